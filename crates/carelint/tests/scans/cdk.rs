//! Applications of the CDK: what is found of them, and what their metadata suppresses.

use crate::support::{problems, project, report, results, rows, run, stderr, stdout, text, write};

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

const APP: &str = r#"{"app": "npx ts-node bin/app.ts"}"#;

const MANIFEST: &str = r#"{"version": "36.0.0", "artifacts": {"Data": {
  "type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
  "properties": {"templateFile": "Data.template.json"}, "displayName": "Data"}}}"#;

/// A template with a log group for each name, each with its metadata.
fn template(groups: &[(&str, &str)]) -> String {
    let one = |(name, metadata): &(&str, &str)| {
        let path = format!("\"aws:cdk:path\": \"Data/{name}/Resource\"");
        let metadata = if metadata.is_empty() { path } else { format!("{path}, {metadata}") };
        format!("\"{name}\": {{\"Type\": \"AWS::Logs::LogGroup\", \"Metadata\": {{{metadata}}}}}")
    };
    format!("{{\"Resources\": {{{}}}}}", groups.iter().map(one).collect::<Vec<_>>().join(",\n"))
}

fn nag(suppression: &str) -> String {
    format!("\"cdk_nag\": {{\"rules_to_suppress\": [{suppression}]}}")
}

const ID: &str = r#""id": "HIPAA.Security-CloudWatchLogGroupRetentionPeriod""#;

#[test]
fn an_application_is_read_by_what_it_was_synthesized_to_though_git_ignores_it() {
    let template = template(&[("Visits", "")]);
    let files = [("app/cdk.json", APP), (".gitignore", "cdk.out\n"), ("app/bin/app.ts", "")];
    let folder = project("cdk-ignored", &files);
    let found = report(&folder, &RULE);
    assert_eq!(problems(&found), ["error cdk-not-synthesized app/cdk.json"]);
    assert_eq!(run(&folder, &["check"]).status.code(), Some(3));
    write(&folder, &[("app/cdk.out/manifest.json", MANIFEST), ("app/cdk.out/Data.template.json", &template)]);
    let found = report(&folder, &RULE);
    assert_eq!(results(&found), ["fail Data/Visits app/cdk.out/Data.template.json:1"]);
    assert_eq!(problems(&found), Vec::<String>::new());
    let resource = &found["results"][0]["resource"];
    assert_eq!((text(resource, "construct_path"), text(resource, "stack")), ("Data/Visits/Resource", "Data"));
}

#[test]
fn an_application_beside_other_code_that_was_not_synthesized_is_noted() {
    let main = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = 30\n}\n";
    let output = r#"{"app": "node app.js", "output": "dist/assembly"}"#;
    let files = [("main.tf", main), ("a/cdk.json", output), ("library/cdk.json", "{\"context\": {}}")];
    let folder = project("cdk-beside", &files);
    assert_eq!(problems(&report(&folder, &RULE)), ["note cdk-not-synthesized a/cdk.json"]);
    write(
        &folder,
        &[("a/dist/assembly/manifest.json", MANIFEST), ("a/dist/assembly/Data.template.json", "{}")],
    );
    assert_eq!(problems(&report(&folder, &RULE)), Vec::<String>::new());
}

#[test]
fn metadata_of_cdk_nag_counts_where_the_configuration_says_so() {
    let short = nag(&format!("{{{ID}, \"reason\": \"later\"}}"));
    let plain = nag(&format!("{{{ID}, \"reason\": \"kept by the central account\"}}"));
    let encoded =
        nag(&format!("{{{ID}, \"reason\": \"a2VwdCDigJMgY2VudHJhbGx5\", \"is_reason_encoded\": true}}"));
    let other = nag("{\"id\": \"AwsSolutions-L1\", \"reason\": \"the runtime is pinned\"}");
    let skip = "\"checkov\": {\"skip\": [{\"id\": \"CKV_AWS_66\", \"comment\": \"kept centrally\"}]}";
    let template = template(&[
        ("Short", &short),
        ("Plain", &plain),
        ("Encoded", &encoded),
        ("Other", &other),
        ("Skip", skip),
    ]);
    let files = [("cdk.out/manifest.json", MANIFEST), ("cdk.out/Data.template.json", &template)];
    let folder = project("cdk-nag", &files);
    let status = |found: &serde_json::Value| {
        let row = |row: &serde_json::Value| format!("{} {}", text(row, "status"), text(row, "reason"));
        rows(found, "results").map(row).collect::<Vec<_>>()
    };
    assert_eq!(status(&report(&folder, &RULE)), ["fail "; 5]);
    write(&folder, &[("carelint.toml", "[suppressions]\nfrom = [\"cdk-nag\"]\n")]);
    let found = report(&folder, &RULE);
    let expected =
        ["fail ", "suppressed kept by the central account", "suppressed kept – centrally", "fail ", "fail "];
    assert_eq!(status(&found), expected);
    assert_eq!(problems(&found), ["warning suppression-without-reason cdk.out/Data.template.json:1"]);
    write(&folder, &[("carelint.toml", "[suppressions]\nfrom = [\"checkov\"]\n")]);
    let found = report(&folder, &RULE);
    assert_eq!(status(&found).last().map(String::as_str), Some("suppressed kept centrally"));
    write(&folder, &[("carelint.toml", "[suppressions]\nfrom = [\"nag\"]\n")]);
    let output = run(&folder, &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("those of cdk-nag, checkov are"), "{}", stderr(&output));
}

#[test]
fn a_suppression_of_one_finding_leaves_the_others() {
    let group = |name: &str, metadata: &str| {
        let rule = |from: &str| {
            format!("{{\"IpProtocol\": \"tcp\", \"FromPort\": 22, \"ToPort\": 22, \"CidrIp\": \"{from}\"}}")
        };
        let metadata = nag(&format!(
            "{{\"id\": \"HIPAA.Security-EC2RestrictedSSH\", \"reason\": \"a honeypot, watched\", \"applies_to\": [{metadata}]}}"
        ));
        format!(
            "\"{name}\": {{\"Type\": \"AWS::EC2::SecurityGroup\", \"Properties\": {{\"GroupDescription\": \"x\", \"SecurityGroupIngress\": [{}]}}, \"Metadata\": {{{metadata}}}}}",
            rule("0.0.0.0/0")
        )
    };
    let groups = [
        group("None", "\"tcp 22 22 10.0.0.0/8\""),
        group("Text", "\"tcp 22 22 0.0.0.0/0\""),
        group("Pattern", "{\"regex\": \"/^TCP 22/gi\"}"),
        group("Broken", "{\"regex\": \"/(/\"}"),
        group("Empty", ""),
    ];
    let template = format!("{{\"Resources\": {{{}}}}}", groups.join(",\n"));
    let files = [
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/Data.template.json", template.as_str()),
        ("carelint.toml", "[suppressions]\nfrom = [\"cdk-nag\"]\n"),
    ];
    let folder = project("cdk-nag-applies", &files);
    let found = report(&folder, &["--select", "sg-no-public-ssh"]);
    let row = |row: &serde_json::Value| {
        format!("{} {} {}", text(row, "status"), text(&row["resource"], "logical_id"), text(row, "element"))
    };
    let expected = [
        "fail None tcp 22 22 0.0.0.0/0",
        "suppressed Text tcp 22 22 0.0.0.0/0",
        "suppressed Pattern tcp 22 22 0.0.0.0/0",
        "fail Broken tcp 22 22 0.0.0.0/0",
        "fail Empty tcp 22 22 0.0.0.0/0",
    ];
    assert_eq!(rows(&found, "results").map(row).collect::<Vec<_>>(), expected);
}

#[test]
fn a_stale_suppression_is_a_note_and_never_stops_a_check() {
    let own = "\"carelint\": {\"ignore\": [{\"rule\": \"cloudwatch-log-retention\", \"reason\": \"was needed once\"}]}";
    let stale = format!("{own}, {}", nag(&format!("{{{ID}, \"reason\": \"was needed once\"}}")));
    let template = template(&[("Kept", &stale)])
        .replace("\"Metadata\"", "\"Properties\": {\"RetentionInDays\": 2192}, \"Metadata\"");
    let files = [
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/Data.template.json", template.as_str()),
        ("carelint.toml", "[suppressions]\nfrom = [\"cdk-nag\"]\n"),
    ];
    let folder = project("cdk-stale", &files);
    let found = report(&folder, &RULE);
    assert_eq!(results(&found), ["pass Data/Kept cdk.out/Data.template.json:1"]);
    assert_eq!(problems(&found), ["note suppression-unused cdk.out/Data.template.json:1"]);
    assert_eq!(run(&folder, &[&["check"][..], &RULE].concat()).status.code(), Some(0));
}

/// cdklabs/cdk-validator-cfnguard#67: words of the validator among the data corrupted what was read after it.
#[test]
fn data_stands_alone_on_standard_output() {
    let template = template(&[("Visits", "")]);
    let manifest = MANIFEST.replace("36.0.0", "99.0.0");
    let files =
        [("cdk.json", APP), ("cdk.out/manifest.json", &manifest), ("cdk.out/Data.template.json", &template)];
    let folder = project("cdk-data", &files);
    for format in ["json", "sarif"] {
        let output = run(&folder, &["check", "--format", format]);
        let parsed = serde_json::from_slice::<serde_json::Value>(&output.stdout);
        assert!(parsed.is_ok(), "{}", stdout(&output));
        let again = run(&folder, &["check", "--format", format]);
        assert_eq!(output.stdout, again.stdout);
    }
}
