//! Satellites that are not where they should be: without a subject in the scan, two for one subject, joined through a
//! name that is not known, with values that the service does not have.

use crate::support::{problems, project, report, results};

/// Checks one file against one rule. Of stand-ins only failures are reported.
#[track_caller]
fn check(name: &str, rule: &str, text: &str, expect: &[&str]) {
    let found = report(
        &project(&format!("satellites-{name}"), &[("main.tf", text)]),
        &["--select", rule, "--show", "all"],
    );
    assert_eq!(results(&found), expect, "{:?}", problems(&found));
}

const LIFECYCLE: &str = "resource \"aws_s3_bucket_lifecycle_configuration\" \"STATUS\" {\n  bucket = BUCKET\n  rule {\n    id = \"a\"\n    status = \"STATUS\"\n    expiration {\n      days = 30\n    }\n  }\n}\n";

fn lifecycle(bucket: &str, status: &str) -> String {
    LIFECYCLE.replace("BUCKET", bucket).replace("STATUS", status)
}

const EXPORTS: &str = "resource \"aws_s3_bucket\" \"exports\" {\n  bucket = \"exports\"\n}\n";

#[test]
fn of_two_lists_for_one_subject_either_is_enough() {
    let bucket = "aws_s3_bucket.exports.id";
    let text = [EXPORTS, &lifecycle(bucket, "Disabled"), &lifecycle(bucket, "Enabled")].concat();
    check("two-lists", "s3-lifecycle", &text, &["pass aws_s3_bucket.exports main.tf:6"]);
}

#[test]
fn two_values_for_one_subject_are_unknown_and_a_problem() {
    let bucket = "variable \"b\" { type = string }\nresource \"aws_efs_file_system\" \"f\" {}\n";
    let policy = |name: &str, status: &str| {
        format!(
            "resource \"aws_efs_backup_policy\" \"{name}\" {{\n  file_system_id = aws_efs_file_system.f.id\n  backup_policy {{\n    status = \"{status}\"\n  }}\n}}\n"
        )
    };
    let text = [bucket, &policy("a", "ENABLED"), &policy("b", "DISABLED")].concat();
    check("two-values", "efs-backup", &text, &["unknown aws_efs_file_system.f main.tf:6"]);
    let text = [bucket, &policy("a", "ENABLED"), &policy("b", "ENABLED")].concat();
    check("one-value", "efs-backup", &text, &["pass aws_efs_file_system.f main.tf:6"]);
}

#[test]
fn a_satellite_of_another_name_says_nothing_of_the_bucket() {
    let text = [EXPORTS, &lifecycle("\"imports\"", "Enabled")].concat();
    check("other", "s3-lifecycle", &text, &["fail aws_s3_bucket.exports main.tf:1"]);
}

#[test]
fn the_same_unknown_name_joins_and_another_one_does_not() {
    let variables = "variable \"a\" { type = string }\nvariable \"b\" { type = string }\n";
    let bucket = "resource \"aws_s3_bucket\" \"x\" {\n  bucket = var.a\n}\n";
    let text = [variables, bucket, &lifecycle("var.a", "Enabled")].concat();
    check("same-unknown", "s3-lifecycle", &text, &["pass aws_s3_bucket.x main.tf:8"]);
    let text = [variables, bucket, &lifecycle("var.b", "Enabled")].concat();
    check("other-unknown", "s3-lifecycle", &text, &["fail aws_s3_bucket.x main.tf:3"]);
}

#[test]
fn what_a_satellite_does_not_say_is_no_failure_of_what_it_stands_for() {
    let attachment = "resource \"aws_volume_attachment\" \"a\" {\n  device_name = \"/dev/sdf\"\n  volume_id = \"vol-0a1b2c3d4e5f60718\"\n  instance_id = \"i-0a1b2c3d4e5f60718\"\n}\n";
    for rule in ["ebs-backup-plan", "ebs-encryption-at-rest", "ebs-cmk"] {
        check(rule, rule, attachment, &[]);
    }
    check(
        "acl",
        "s3-no-public-acl",
        "resource \"aws_s3_bucket_acl\" \"a\" {\n  bucket = \"b\"\n  acl = \"public-read\"\n}\n",
        &[],
    );
}

#[test]
fn values_that_the_service_does_not_have_never_pass() {
    let text = [EXPORTS, &lifecycle("aws_s3_bucket.exports.id", "enabled")].concat();
    check("case", "s3-lifecycle", &text, &["fail aws_s3_bucket.exports main.tf:6"]);
    let server = "resource \"aws_transfer_server\" \"s\" {\n  endpoint_type = \"MOON\"\n}\n";
    check("enum", "transfer-private-endpoint", server, &["fail aws_transfer_server.s main.tf:2"]);
    let files = "resource \"aws_efs_file_system\" \"f\" {\n  encrypted = \"maybe\"\n}\n";
    check("bool", "efs-encryption-at-rest", files, &["unknown aws_efs_file_system.f main.tf:2"]);
}
