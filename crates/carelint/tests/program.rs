//! The program as a user meets it: what it prints, where, and its exit status.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that cannot set up its world, or finds nothing to look at, says so and stops"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for a test, empty at first.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder of the test");
    // The folder is a project of its own, whatever repository it lies in.
    fs::write(path.join("carelint.toml"), "").expect("a configuration");
    path
}

fn write(folder: &Path, name: &str, bytes: impl AsRef<[u8]>) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, bytes).expect("a file");
}

fn carelint(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carelint"));
    command.current_dir(folder).args(arguments).env_clear().output().expect("the program runs")
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).expect("one JSON document on standard output")
}

/// Code, file and line of each error and warning.
fn problems(report: &serde_json::Value) -> Vec<(String, String, u64)> {
    let rows = report["problems"].as_array().expect("problems").iter();
    let text = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    rows.filter(|row| row["severity"] != "note")
        .map(|row| (text(row, "code"), text(row, "file"), row["line"].as_u64().unwrap_or(0)))
        .collect()
}

const BUCKET: &str = "resource \"aws_s3_bucket\" \"records\" {\n  bucket = \"clinic-records\"\n}\n";

/// The status is 3, the one problem is the expected one, has help, and the bucket beside it is still judged.
#[track_caller]
fn one_problem(folder: &Path, arguments: &[&str], code: &str, file: &str) {
    let output = carelint(folder, &[&["check", "--format", "json"], arguments].concat());
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    let report = json(&output);
    let found = problems(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), (code, file));
    let help = report["problems"].as_array().expect("problems").iter().all(|row| row["help"] != "");
    assert!(help, "every problem says what to do");
    let judged = report["results"].as_array().expect("results").iter();
    assert!(
        judged.clone().any(|row| row["resource"]["address"] == "aws_s3_bucket.records"),
        "the rest is checked"
    );
}

#[test]
fn a_file_that_does_not_parse_is_one_problem() {
    let folder = folder("syntax");
    write(&folder, "main.tf", BUCKET);
    write(&folder, "broken.tf", "resource \"aws_vpc\" \"x\" {\n  cidr_block = \n}\n");
    one_problem(&folder, &[], "terraform-syntax", "broken.tf");
}

#[test]
fn a_template_that_does_not_parse_is_one_problem() {
    let folder = folder("template-syntax");
    write(&folder, "main.tf", BUCKET);
    write(
        &folder,
        "stack.yaml",
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A: {Type: AWS::S3::Bucket\n",
    );
    one_problem(&folder, &[], "cloudformation-syntax", "stack.yaml");
}

#[test]
fn a_missing_module_is_one_problem() {
    let folder = folder("missing-module");
    write(&folder, "main.tf", format!("{BUCKET}module \"net\" {{\n  source = \"./net\"\n}}\n"));
    one_problem(&folder, &[], "terraform-module-missing", "main.tf");
}

#[test]
fn a_cycle_of_modules_is_one_problem() {
    let folder = folder("module-cycle");
    write(&folder, "main.tf", format!("{BUCKET}module \"a\" {{\n  source = \"./a\"\n}}\n"));
    write(&folder, "a/main.tf", "module \"b\" {\n  source = \"../b\"\n}\n");
    write(&folder, "b/main.tf", "module \"a\" {\n  source = \"../a\"\n}\n");
    let output = carelint(&folder, &["check", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    let found = problems(&json(&output));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, "terraform-module-cycle");
}

#[test]
fn a_module_that_calls_itself_is_one_problem() {
    let folder = folder("self-call");
    write(&folder, "main.tf", format!("{BUCKET}module \"me\" {{\n  source = \"./\"\n}}\n"));
    one_problem(&folder, &[], "terraform-module-cycle", "main.tf");
}

#[test]
fn a_huge_file_is_one_problem() {
    let folder = folder("huge");
    write(&folder, "main.tf", BUCKET);
    let file = fs::File::create(folder.join("huge.tf")).expect("a file");
    file.set_len(100 << 20).expect("100 MB");
    one_problem(&folder, &[], "file-too-large", "huge.tf");
}

#[test]
fn a_file_that_is_no_utf8_is_one_problem() {
    let folder = folder("utf8");
    write(&folder, "main.tf", BUCKET);
    write(&folder, "latin.tf", b"# caf\xe9\n");
    let output = carelint(&folder, &["check", "--format", "json"]);
    assert_eq!(output.status.code(), Some(3));
    let found = problems(&json(&output));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].1, "latin.tf");
}

#[test]
fn a_named_file_that_is_no_infrastructure_code_is_one_problem() {
    let folder = folder("named");
    write(&folder, "main.tf", BUCKET);
    write(&folder, "notes.yaml", "todo: [call the lab]\n");
    one_problem(&folder, &["main.tf", "notes.yaml"], "not-infrastructure-code", "notes.yaml");
}

#[test]
fn other_yaml_and_json_on_a_walk_are_passed_over() {
    let folder = folder("others");
    write(&folder, "main.tf", BUCKET);
    write(&folder, "pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n");
    write(&folder, "broken.yaml", "a: [\n");
    write(&folder, "package.json", "{\"name\": \"x\"}");
    write(&folder, "broken.json", "{");
    let output = carelint(&folder, &["check", "--format", "json"]);
    assert_eq!(problems(&json(&output)), []);
    assert_eq!(output.status.code(), Some(1));
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_root_is_one_problem() {
    let outside = folder("outside");
    write(&outside, "secret.tf", "resource \"aws_vpc\" \"outside\" {}\n");
    let folder = folder("link");
    write(&folder, "main.tf", BUCKET);
    std::os::unix::fs::symlink(outside.join("secret.tf"), folder.join("linked.tf")).expect("a link");
    let output = carelint(&folder, &["check", "--format", "json"]);
    let report = json(&output);
    let found = problems(&report);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].1.as_str()), ("link-outside-root", "linked.tf"));
    assert_eq!(output.status.code(), Some(3));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("aws_vpc.outside"));
}

#[test]
fn a_path_that_does_not_exist_is_one_problem() {
    let folder = folder("no-path");
    write(&folder, "main.tf", BUCKET);
    one_problem(&folder, &["main.tf", "nowhere"], "path-missing", "nowhere");
}

/// The status is 2, nothing is on standard output, and standard error says what is expected.
#[track_caller]
fn usage(folder: &Path, arguments: &[&str], expected: &str) {
    let output = carelint(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(output.stdout.is_empty());
    assert!(said.contains(expected), "{said}");
}

#[test]
fn an_unknown_rule_is_bad_usage_with_a_suggestion() {
    let folder = folder("unknown-rule");
    usage(&folder, &["check", "--select", "s3-versionin"], "did you mean \"s3-versioning\"?");
    usage(&folder, &["check", "--ignore", "nothing-like-it-at-all"], "carelint rules list");
}

#[test]
fn a_bad_configuration_is_told_with_its_place() {
    let folder = folder("configuration");
    write(&folder, "carelint.toml", "complete = true\nselect = [\"s3-versioning\", \"kms-rotatoin\"]\n");
    usage(
        &folder,
        &["check"],
        "carelint.toml:2:28: there is no rule \"kms-rotatoin\"; did you mean \"kms-rotation\"?",
    );
    write(&folder, "carelint.toml", "complete = true\nselekt = []\n");
    usage(&folder, &["check"], "carelint.toml:2:1: unknown field `selekt`");
    write(&folder, "carelint.toml", "[rules.s3-object-lock]\nday = 3\n");
    usage(&folder, &["check"], "carelint.toml:2:7: rule s3-object-lock has no parameter \"day\"; it has");
    write(&folder, "carelint.toml", "fail_on = \"hihg\"\n");
    usage(&folder, &["check"], "carelint.toml:1:11: there is no severity \"hihg\"");
}

#[test]
fn a_bad_argument_is_bad_usage() {
    let folder = folder("arguments");
    usage(&folder, &["check", "--format", "xml"], "there is no format \"xml\"");
    usage(&folder, &["check", "--pillar", "speed"], "there is no pillar \"speed\"");
    usage(&folder, &["check", "--var", "novalue"], "write NAME=VALUE");
    usage(&folder, &["check", "--parameters", "missing.json"], "there is no such file");
}

#[test]
fn nothing_found_is_status_0_and_findings_are_status_1() {
    let folder = folder("statuses");
    write(&folder, "main.tf", BUCKET);
    assert_eq!(carelint(&folder, &["check", "--select", "s3-versioning"]).status.code(), Some(1));
    assert_eq!(
        carelint(&folder, &["check", "--select", "s3-versioning", "--fail-on", "critical"]).status.code(),
        Some(0)
    );
    assert_eq!(
        carelint(&folder, &["check", "--select", "s3-versioning", "--fail-on", "never"]).status.code(),
        Some(0)
    );
    assert_eq!(carelint(&folder, &["check", "--select", "kms-rotation"]).status.code(), Some(0));
}

#[test]
fn an_unknown_counts_only_where_it_is_asked_to() {
    let folder = folder("unknown");
    write(
        &folder,
        "main.tf",
        "variable \"days\" {}\nresource \"aws_cloudwatch_log_group\" \"x\" {\n  retention_in_days = var.days\n}\n",
    );
    let select = ["check", "--select", "cloudwatch-log-retention"];
    assert_eq!(carelint(&folder, &select).status.code(), Some(0));
    assert_eq!(carelint(&folder, &[&select[..], &["--fail-on-unknown"]].concat()).status.code(), Some(1));
    assert_eq!(
        carelint(&folder, &[&select[..], &["--fail-on-unknown", "--var", "days=400"]].concat()).status.code(),
        Some(0)
    );
}

#[test]
fn the_order_does_not_depend_on_the_number_of_threads() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/telehealth");
    let run = |threads: &str| {
        carelint(&fixture, &["check", "--format", "json", "--show", "all", "--threads", threads]).stdout
    };
    let one = run("1");
    assert_eq!(one, run("1"), "two runs");
    assert_eq!(one, run("4"), "one thread and four");
}

#[test]
fn several_formats_are_written_in_one_run() {
    let folder = folder("formats");
    write(&folder, "main.tf", BUCKET);
    let outputs = [
        "--output",
        "sarif:a.sarif",
        "--output",
        "html:a.html",
        "--output",
        "markdown:a.md",
        "--output",
        "json:a.json",
    ];
    let output = carelint(&folder, &[&["check", "--quiet"][..], &outputs].concat());
    assert_eq!(output.status.code(), Some(1));
    for name in ["a.sarif", "a.html", "a.md", "a.json"] {
        let text = fs::read_to_string(folder.join(name)).expect("the format is written");
        assert!(text.contains("s3-versioning"), "{name}");
    }
}

#[test]
fn a_secret_is_in_no_output() {
    let folder = folder("secret");
    let secret = "Hunter2-in-the-clear";
    write(
        &folder,
        "main.tf",
        format!(
            "variable \"token\" {{\n  default = \"{secret}-2\"\n  sensitive = true\n}}\n\
             resource \"aws_db_instance\" \"x\" {{\n  engine = \"mysql\"\n  password = \"{secret}\"\n}}\n\
             resource \"aws_elasticache_replication_group\" \"y\" {{\n  auth_token = var.token\n}}\n"
        ),
    );
    for format in ["terminal", "json", "sarif", "markdown", "html"] {
        let output = carelint(&folder, &["check", "--format", format, "--show", "all"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("secret-resource-literal"), "{format}: {text}");
        assert!(!text.contains("Hunter2"), "{format}: {text}");
    }
    let graph = carelint(&folder, &["graph"]);
    assert!(!String::from_utf8_lossy(&graph.stdout).contains("Hunter2"));
    let explained = carelint(&folder, &["explain", "secret-resource-literal", "main.tf:7"]);
    assert!(!String::from_utf8_lossy(&explained.stdout).contains("Hunter2"));
}

#[test]
fn a_rule_is_explained_in_words_and_at_a_place() {
    let folder = folder("explain");
    write(&folder, "main.tf", BUCKET);
    let words = carelint(&folder, &["explain", "s3-versioning"]);
    assert!(String::from_utf8_lossy(&words.stdout).contains("check: "));
    let all = carelint(&folder, &["explain", "main.tf:2"]);
    let all = String::from_utf8_lossy(&all.stdout).into_owned();
    assert!(all.contains("s3-versioning: fail") && !all.contains("rds-"), "{all}");
    let place = carelint(&folder, &["explain", "s3-versioning", "main.tf:2"]);
    let text = String::from_utf8_lossy(&place.stdout).into_owned();
    assert!(text.contains("s3-versioning: fail for aws_s3_bucket.records"), "{text}");
    assert!(text.contains("read self.versioning = Disabled"), "{text}");
}

#[test]
fn the_graph_is_printed_in_every_format() {
    let folder = folder("graph");
    write(
        &folder,
        "main.tf",
        format!(
            "{BUCKET}resource \"aws_s3_bucket_versioning\" \"v\" {{\n  bucket = aws_s3_bucket.records.id\n}}\n"
        ),
    );
    let graph = json(&carelint(&folder, &["graph"]));
    assert_eq!(graph["resources"].as_array().map(Vec::len), Some(2));
    let joined = serde_json::json!({"from": "aws_s3_bucket_versioning.v", "to": "aws_s3_bucket.records", "via": "joins"});
    assert!(graph["edges"].as_array().is_some_and(|edges| edges.contains(&joined)));
    for (format, beginning) in [("dot", "digraph carelint {"), ("mermaid", "flowchart LR")] {
        let output = carelint(&folder, &["graph", "--format", format]);
        assert!(output.stdout.starts_with(beginning.as_bytes()), "{format}");
    }
}

#[test]
fn users_rules_are_tested_and_run() {
    let folder = folder("own-rules");
    write(&folder, "main.tf", BUCKET);
    write(&folder, "carelint.toml", "rule_folders = [\"policy\"]\n");
    write(&folder, "policy/bucket-name.yaml", OWN_RULE);
    let tested = carelint(&folder, &["rules", "test", "policy"]);
    let said =
        String::from_utf8_lossy(&tested.stdout).into_owned() + &String::from_utf8_lossy(&tested.stderr);
    assert_eq!(tested.status.code(), Some(0), "{said}");
    let report = json(&carelint(&folder, &["check", "--format", "json", "--select", "bucket-name"]));
    assert_eq!(report["results"][0]["rule"], "bucket-name");
    assert_eq!(report["results"][0]["status"], "fail");
}

const OWN_RULE: &str = r#"id: bucket-name
title: Buckets carry the company's prefix
message: The bucket's name lacks the prefix
help: |
  Terraform and CloudFormation: begin the name with acme-.
why: |
  Names tell whose bucket it is.
pillar: operational-excellence
severity: low
subject: s3-bucket
check: has(self.name) && self.name.startsWith("acme-")
points_at: [name]
controls:
  well-architected: [OPS05-BP07]
examples:
  pass:
    terraform: |
      resource "aws_s3_bucket" "x" { bucket = "acme-x" }
    cloudformation: |
      Resources:
        X: {Type: "AWS::S3::Bucket", Properties: {BucketName: acme-x}}
  fail:
    terraform: |
      resource "aws_s3_bucket" "x" {
        bucket = "x" #~ fail
      }
    cloudformation: |
      Resources:
        X:
          Type: AWS::S3::Bucket
          Properties:
            BucketName: x #~ fail
"#;

#[test]
fn account_controls_are_asked_once_for_each_configured_account() {
    let folder = folder("accounts");
    write(&folder, "prod/main.tf", BUCKET.to_owned() + "provider \"aws\" {\n  region = \"us-east-1\"\n}\n");
    write(&folder, "prod/more/main.tf", "provider \"aws\" {}\nresource \"aws_sqs_queue\" \"q\" {}\n");
    write(
        &folder,
        "audit/main.tf",
        "provider \"aws\" {}\nresource \"aws_cloudtrail\" \"t\" {\n  name = \"t\"\n  s3_bucket_name = \"logs\"\n}\n",
    );
    write(
        &folder,
        "carelint.toml",
        "complete = true\n\n[[account]]\nname = \"prod\"\npaths = [\"prod\", \"prod/**\"]\n\n[[account]]\nname = \"audit\"\npaths = [\"audit\"]\n",
    );
    let report = json(&carelint(&folder, &["check", "--format", "json", "--select", "cloudtrail-enabled"]));
    let rows = report["results"].as_array().expect("results").iter();
    let mut found: Vec<(String, String)> = rows
        .map(|row| {
            (
                row["account"]["name"].as_str().unwrap_or_default().to_owned(),
                row["status"].as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    found.sort();
    let expected = [("audit", "pass"), ("prod", "fail")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(found, expected);
}

#[test]
fn a_narrow_scan_does_not_take_absence_for_an_answer() {
    let folder = folder("narrow");
    write(&folder, "app/main.tf", BUCKET.to_owned() + "provider \"aws\" {}\n");
    let status = |arguments: &[&str]| {
        let select = ["check", "--format", "json", "--select", "cloudtrail-enabled"];
        let report = json(&carelint(&folder, &[&select[..], arguments].concat()));
        report["results"][0]["status"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(status(&["app"]), "unknown");
    assert_eq!(status(&["app", "--complete"]), "fail");
    assert_eq!(status(&[]), "fail", "the project's root is complete");
    write(&folder, "carelint.toml", "external_baseline = true\n");
    assert_eq!(status(&[]), "unknown");
}

#[test]
fn a_resource_of_a_called_module_names_its_root() {
    let folder = folder("roots");
    write(&folder, "modules/store/main.tf", BUCKET);
    for root in ["one", "two"] {
        write(
            &folder,
            &format!("roots/{root}/main.tf"),
            "module \"m\" {\n  source = \"../../modules/store\"\n}\n",
        );
    }
    let report = json(&carelint(&folder, &["check", "--select", "s3-versioning", "--format", "json"]));
    let root = |at: usize| report["results"][at]["resource"]["root"].as_str().map(ToOwned::to_owned);
    assert_eq!([root(0).as_deref(), root(1).as_deref()], [Some("roots/one"), Some("roots/two")]);
    let text = carelint(&folder, &["check", "--select", "s3-versioning"]);
    let text = String::from_utf8_lossy(&text.stdout).into_owned();
    assert!(text.contains("module.m.aws_s3_bucket.records in roots/two"), "{text}");
}

#[test]
fn coverage_counts_a_resource_in_each_of_its_roots() {
    let folder = folder("coverage");
    write(&folder, "a/main.tf", BUCKET.to_owned() + "provider \"aws\" {}\n");
    write(&folder, "b/main.tf", BUCKET.to_owned() + "provider \"aws\" {}\n");
    let report = json(&carelint(&folder, &["check", "--format", "json", "--select", "s3-versioning"]));
    assert_eq!(report["coverage"]["resources"], 2);
    assert_eq!(report["coverage"]["decided"], 2);
    assert_eq!(report["coverage"]["unjudged"], 0);
}
