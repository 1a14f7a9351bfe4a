//! Inline suppressions.

use std::path::PathBuf;

use crate::support::{problems, project, report, results, rows, run, stdout, text};

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

fn group(name: &str) -> String {
    format!("resource \"aws_cloudwatch_log_group\" \"{name}\" {{\n  retention_in_days = 0\n}}\n")
}

/// Statuses by address, and problems.
#[track_caller]
fn check(name: &str, files: &[(&str, &str)], expect: &[&str], told: &[&str]) -> PathBuf {
    let folder = project(name, files);
    let found = report(&folder, &RULE);
    let row = |row: &serde_json::Value| {
        format!("{} {}", text(row, "status"), row["resource"]["address"].as_str().unwrap_or_default())
    };
    assert_eq!(rows(&found, "results").map(row).collect::<Vec<_>>(), expect, "{:?}", problems(&found));
    assert_eq!(problems(&found), told);
    folder
}

#[test]
fn a_resource_is_suppressed_where_its_block_says_so() {
    let main = format!(
        "# carelint: ignore[cloudwatch-log-retention] debug output, 7 days are enough\n{}{}{}{}",
        group("above"),
        group("not"),
        group("on").replace("{\n", "{ // carelint: ignore[cloudwatch-log-retention] why\n"),
        group("inside").replace("{\n", "{\n  /* carelint: ignore[cloudwatch-log-retention] why */\n"),
    );
    let expect = [
        "suppressed aws_cloudwatch_log_group.above",
        "fail aws_cloudwatch_log_group.not",
        "suppressed aws_cloudwatch_log_group.on",
        "suppressed aws_cloudwatch_log_group.inside",
    ];
    let folder = check("block", &[("main.tf", &main)], &expect, &[]);
    let found = report(&folder, &RULE);
    let first = &found["results"][0];
    assert_eq!(text(first, "reason"), "debug output, 7 days are enough");
    assert_eq!((text(&first["filtered_at"], "file"), &first["filtered_at"]["line"]), ("main.tf", &1.into()));
    assert_eq!(found["summary"]["filtered"], 3);
    let shown = stdout(&run(&folder, &[&["check", "--show", "all"][..], &RULE].concat()));
    assert!(shown.contains("suppressed: debug output, 7 days are enough (main.tf:1)"), "{shown}");
    let hidden = stdout(&run(&folder, &[&["check"][..], &RULE].concat()));
    assert!(!hidden.contains("debug output") || !hidden.contains("suppressed:"), "{hidden}");
}

#[test]
fn what_is_suppressed_does_not_count_for_the_exit_status() {
    let main = format!("# carelint: ignore[cloudwatch-log-retention] why\n{}", group("a"));
    let folder = project("status", &[("main.tf", &main)]);
    assert_eq!(run(&folder, &[&["check"][..], &RULE].concat()).status.code(), Some(0));
    let main = main.replace(" why", "");
    let folder = project("status-without", &[("main.tf", &main)]);
    assert_eq!(run(&folder, &[&["check"][..], &RULE].concat()).status.code(), Some(1));
}

#[test]
fn an_argument_is_suppressed_where_its_line_says_so() {
    let on = group("a").replace("= 0", "= 0 # carelint: ignore[kms-rotation, cloudwatch-log-retention] why");
    let note = "note suppression-unused main.tf:2";
    let folder = project("argument", &[("main.tf", &on)]);
    let found = report(&folder, &["--select", "kms-rotation,cloudwatch-log-retention"]);
    assert!(results(&found).contains(&"suppressed aws_cloudwatch_log_group.a main.tf:2".to_owned()));
    assert_eq!(problems(&found), [note], "each rule is told of by itself");
    // Of rules that were not asked nothing is known.
    check("argument-asked", &[("main.tf", &on)], &["suppressed aws_cloudwatch_log_group.a"], &[]);
}

#[test]
fn a_value_is_suppressed_on_its_way() {
    let main = "variable \"days\" {\n  # carelint: ignore[cloudwatch-log-retention] why\n  default = 0\n}\nresource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = var.days\n}\n";
    check("way", &[("main.tf", main)], &["suppressed aws_cloudwatch_log_group.a"], &[]);
}

#[test]
fn a_module_call_suppresses_what_it_makes_and_nothing_else() {
    let main = "module \"a\" {\n  # carelint: ignore[cloudwatch-log-retention] why\n  source = \"./m\"\n  for_each = {x = 1, y = 2}\n}\nmodule \"b\" {\n  source = \"./m\"\n}\n";
    let inner = "module \"deep\" {\n  source = \"../n\"\n}\n";
    let files = [("main.tf", main), ("m/main.tf", inner), ("n/main.tf", &group("g"))];
    let folder = project("call", &files);
    let mut found = results(&report(&folder, &RULE));
    found.sort();
    let expect = [
        "fail module.b.module.deep.aws_cloudwatch_log_group.g n/main.tf:2",
        "suppressed module.a[\"x\"].module.deep.aws_cloudwatch_log_group.g n/main.tf:2",
        "suppressed module.a[\"y\"].module.deep.aws_cloudwatch_log_group.g n/main.tf:2",
    ];
    assert_eq!(found, expect);
}

#[test]
fn what_is_installed_from_elsewhere_is_suppressed_at_its_call_alone() {
    let list = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"a","Source":"acme/m/aws","Dir":".terraform/modules/a"}]}"#;
    let own = format!("# carelint: ignore-file[cloudwatch-log-retention] trust us\n{}", group("g"));
    let call = "module \"a\" {\n  source = \"acme/m/aws\"\n}\n";
    let files = [
        ("main.tf", call),
        (".terraform/modules/modules.json", list),
        (".terraform/modules/a/main.tf", &own),
    ];
    check("installed", &files, &["fail module.a.aws_cloudwatch_log_group.g"], &[]);
    let ignored = format!("# carelint: ignore[cloudwatch-log-retention] theirs\n{call}");
    let files = [("main.tf", ignored.as_str()), files[1], files[2]];
    check("installed-ignored", &files, &["suppressed module.a.aws_cloudwatch_log_group.g"], &[]);
}

#[test]
fn a_file_is_suppressed_at_its_top() {
    let main = format!(
        "// carelint: ignore-file[cloudwatch-log-retention] generated\n\n{}{}",
        group("a"),
        group("b")
    );
    let both = ["suppressed aws_cloudwatch_log_group.a", "suppressed aws_cloudwatch_log_group.b"];
    check("file", &[("main.tf", &main)], &both, &[]);
    let late = format!("{}# carelint: ignore-file[cloudwatch-log-retention] generated\n", group("a"));
    let told = ["warning suppression-of-nothing main.tf:4"];
    check("file-late", &[("main.tf", &late)], &["fail aws_cloudwatch_log_group.a"], &told);
}

#[test]
fn what_suppresses_nothing_is_told() {
    let main = format!(
        "# carelint: ignore[cloudwatch-log-retention]\n{}# carelint:ignore cloudwatch-log-retention why\n{}# carelint: ignore[cloudwatch-log-retentoin] why\n{}# carelint: ignore[cloudwatch-log-retention] why\n\n\n",
        group("a"),
        group("b"),
        group("c"),
    );
    let expect = ["a", "b", "c"].map(|name| format!("fail aws_cloudwatch_log_group.{name}"));
    let told = [
        "warning suppression-without-reason main.tf:1",
        "warning suppression-misspelt main.tf:5",
        "warning suppression-of-unknown-rule main.tf:9",
        "warning suppression-of-nothing main.tf:13",
    ];
    let folder = check("told", &[("main.tf", &main)], &expect.each_ref().map(String::as_str), &told);
    let found = report(&folder, &RULE);
    let helps: Vec<&str> = rows(&found, "problems").map(|row| text(row, "help")).collect();
    assert!(helps[1].contains("# carelint: ignore[RULE] reason"), "{helps:?}");
    assert!(helps[2].contains("did you mean \"cloudwatch-log-retention\"?"), "{helps:?}");
}

#[test]
fn strings_and_heredocs_suppress_nothing() {
    let main = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  name = \"# carelint: ignore[cloudwatch-log-retention] why\"\n  retention_in_days = 0\n  tags = {\n    x = <<-EOT\n      # carelint: ignore[cloudwatch-log-retention] why\n    EOT\n  }\n}\n";
    check("strings", &[("main.tf", main)], &["fail aws_cloudwatch_log_group.a"], &[]);
}

#[test]
fn templates_are_suppressed_by_comments_and_metadata() {
    let stack = "Resources:\n  # carelint: ignore[cloudwatch-log-retention] by comment\n  A:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: 2}\n  B:\n    Type: AWS::Logs::LogGroup\n    Metadata:\n      carelint:\n        ignore:\n          - {rule: cloudwatch-log-retention, reason: by metadata}\n          - {rule: kms-rotation}\n    Properties: {RetentionInDays: 2}\n  C:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: 2}\n";
    let expect = ["suppressed stack/A", "suppressed stack/B", "fail stack/C"];
    let told = ["warning suppression-without-reason stack.yaml:12"];
    let folder = check("templates", &[("stack.yaml", stack)], &expect, &told);
    let found = report(&folder, &RULE);
    let reasons: Vec<&str> = rows(&found, "results").map(|row| text(row, "reason")).collect();
    assert_eq!(reasons, ["by comment", "by metadata", ""]);
}

#[test]
fn an_environment_that_needs_a_suppression_uses_it() {
    let main = "variable \"days\" {}\n# carelint: ignore[cloudwatch-log-retention] dev is thrown away\nresource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = var.days\n}\n";
    let sets = "[[environment]]\nname = \"dev\"\nvars = {days = 0}\n\n[[environment]]\nname = \"prod\"\nvars = {days = 400}\n";
    let folder = project("environment", &[("main.tf", main), ("carelint.toml", sets)]);
    let found = report(&folder, &RULE);
    let mut rows = results(&found);
    rows.sort();
    let expect = [
        "pass aws_cloudwatch_log_group.a [prod] main.tf:3",
        "suppressed aws_cloudwatch_log_group.a [dev] main.tf:4",
    ];
    assert_eq!(rows, expect);
    assert_eq!(problems(&found), Vec::<String>::new());
}
