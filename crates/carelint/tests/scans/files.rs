//! Which files are read, and what naming a single one means.

use crate::support::{problems, project, report, results, run, stdout};

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

const VARIABLE: &str = "variable \"days\" {\n  default = 400\n}\n";

const GROUP: &str = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = var.days\n}\n";

#[track_caller]
fn check(name: &str, files: &[(&str, &str)], paths: &[&str], expect: &[&str]) {
    let found = report(&project(name, files), &[&RULE, paths].concat());
    assert_eq!(results(&found), expect, "{:?}", problems(&found));
}

#[test]
fn a_single_file_is_judged_with_its_module() {
    let other = "resource \"aws_cloudwatch_log_group\" \"b\" {\n  retention_in_days = 0\n}\n";
    let files = [("variables.tf", VARIABLE), ("main.tf", GROUP), ("other.tf", other)];
    check("one-file", &files, &["main.tf"], &["pass aws_cloudwatch_log_group.a main.tf:1"]);
}

#[test]
fn a_single_file_of_a_module_is_judged_where_it_is_called() {
    let call = "module \"logs\" {\n  source = \"../../modules/logs\"\n  days = 0\n}\n";
    let files = [
        ("modules/logs/variables.tf", VARIABLE),
        ("modules/logs/main.tf", GROUP),
        ("live/app/main.tf", call),
        ("live/other/main.tf", "resource \"aws_cloudwatch_log_group\" \"b\" {\n  retention_in_days = 0\n}\n"),
        ("live/broken/main.tf", "resource {{{\n"),
        ("live/app/far.tf", "module \"far\" {\n  source = \"acme/far/aws\"\n}\n"),
    ];
    let expect = ["fail module.logs.aws_cloudwatch_log_group.a modules/logs/main.tf:2"];
    check("called-file", &files, &["modules/logs/main.tf"], &expect);
    // The value that decided stands in the calling file.
    check("calling-file", &files, &["live/app/main.tf"], &expect);
    let folder = project("called-problems", &files);
    let found = report(&folder, &["modules/logs/main.tf"]);
    assert_eq!(problems(&found), Vec::<String>::new(), "what is not read for the file is not told of");
    assert_eq!(found["coverage"]["resources"], 1);
    assert_eq!(found["coverage"]["opaque_modules"], serde_json::json!([]), "another file calls it");
    let far = report(&folder, &["live/app/far.tf"]);
    assert_eq!(far["coverage"]["opaque_modules"], serde_json::json!(["acme/far/aws"]));
}

#[test]
fn a_single_file_without_callers_is_a_root() {
    let files = [("modules/logs/variables.tf", "variable \"days\" {}\n"), ("modules/logs/main.tf", GROUP)];
    check(
        "uncalled",
        &files,
        &["modules/logs/main.tf"],
        &["unknown aws_cloudwatch_log_group.a modules/logs/main.tf:2"],
    );
}

#[test]
fn a_file_of_variables_is_judged_with_its_root() {
    let files =
        [("live/variables.tf", VARIABLE), ("live/main.tf", GROUP), ("live/terraform.tfvars", "days = 0\n")];
    let expect = ["fail aws_cloudwatch_log_group.a live/main.tf:2"];
    check("variables-file", &files, &["live/terraform.tfvars"], &expect);
}

#[test]
fn opentofu_is_read_and_tests_and_locks_are_not() {
    let json = "{\"resource\": {\"aws_cloudwatch_log_group\": {\"j\": {\"retention_in_days\": 0}}}}";
    let files = [
        ("a/main.tofu", "resource \"aws_cloudwatch_log_group\" \"t\" {\n  retention_in_days = 0\n}\n"),
        ("b/main.tofu.json", json),
        ("a/x.tftest.hcl", "run {{{"),
        ("a/x.tofutest.hcl", "run {{{"),
        ("a/x.tfmock.hcl", "mock {{{"),
        ("a/x.tftest.json", "{"),
        ("a/.terraform.lock.hcl", "provider {{{"),
    ];
    let expect = [
        "fail aws_cloudwatch_log_group.t a/main.tofu:2",
        "fail aws_cloudwatch_log_group.j b/main.tofu.json:1",
    ];
    check("tofu", &files, &[], &expect);
    let folder = project("tofu-problems", &files);
    assert_eq!(problems(&report(&folder, &[])), Vec::<String>::new());
    let named = run(&folder, &["check", "a/.terraform.lock.hcl", "a/x.tftest.hcl"]);
    assert_eq!(named.status.code(), Some(0), "a hook that names nothing else has nothing to say");
}

#[test]
fn a_scan_that_finds_nothing_is_not_clean() {
    let folder = project("nothing", &[("README.md", "x"), ("pod.yaml", "kind: Pod\n"), ("empty/x.md", "")]);
    let output = run(&folder, &["check"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("no infrastructure code was found in ."), "{}", stdout(&output));
    let found = report(&folder, &["empty"]);
    assert_eq!(problems(&found), ["error nothing-found"]);
    assert_eq!(found["coverage"]["unread"], 0);
}

#[test]
fn terragrunt_is_told_of_once() {
    let files = [
        ("root.hcl", "remote_state {\n  backend = \"s3\"\n}\n"),
        ("live/a/terragrunt.hcl", "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n"),
        ("live/b/terragrunt.hcl", "terraform {\n  source = \"../../modules/x\"\n}\n"),
        ("modules/x/main.tf", "variable \"days\" {}\n"),
    ];
    let folder = project("terragrunt", &files);
    let output = run(&folder, &["check"]);
    let shown = stdout(&output);
    assert!(shown.contains("2 folders are Terragrunt units"), "{shown}");
    assert_eq!(output.status.code(), Some(0), "{shown}");
    let alone = run(&folder, &["check", "live"]);
    assert_eq!(alone.status.code(), Some(3), "nothing else is there");
    assert!(stdout(&alone).contains("Terragrunt"), "{}", stdout(&alone));
}
