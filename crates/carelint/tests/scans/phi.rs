//! `[phi]` of the configuration: marks, rules that are asked within the scope alone, severities that it raises.

use crate::support::{project, report, rows, run, stderr, text};

const MAIN: &str = r#"
variable "class" { type = string }
resource "aws_dynamodb_table" "visits" {
  name         = "visits"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
}
resource "aws_dynamodb_table" "catalog" {
  name         = "catalog"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"
}
"#;

/// Outcomes and severities of `dynamodb-pitr` with this `[phi]`.
#[track_caller]
fn check(name: &str, main: &str, phi: &str, expect: &[&str]) {
    let config = format!("complete = true\n[phi]\n{phi}\n");
    let folder = project(name, &[("carelint.toml", &config), ("main.tf", main)]);
    let report = report(&folder, &["--show", "all", "--select", "dynamodb-pitr"]);
    let mut shown: Vec<String> = rows(&report, "results")
        .filter(|row| text(row, "status") != "not_applicable")
        .map(|row| {
            let address = text(&row["resource"], "address");
            format!("{address} {} {}", text(row, "status"), text(row, "severity"))
        })
        .collect();
    shown.sort();
    assert_eq!(shown, expect);
}

#[test]
fn without_a_mark_every_store_counts() {
    check(
        "phi-unmarked",
        MAIN,
        "only = [\"dynamodb-pitr\"]",
        &["aws_dynamodb_table.catalog fail high", "aws_dynamodb_table.visits fail high"],
    );
}

#[test]
fn rules_may_be_asked_within_the_scope_alone() {
    check(
        "phi-only",
        MAIN,
        "holds = [\"*.visits\"]\nonly = [\"dynamodb-p*\"]",
        &["aws_dynamodb_table.visits fail high"],
    );
}

#[test]
fn failures_within_the_scope_may_be_more_severe() {
    check(
        "phi-raise",
        MAIN,
        "holds = [\"*.visits\"]\nraise = [\"dynamodb-pitr\"]",
        &["aws_dynamodb_table.catalog fail high", "aws_dynamodb_table.visits fail critical"],
    );
}

#[test]
fn a_mark_that_is_not_known_leaves_a_failure_open() {
    let main = MAIN.replacen(
        "  hash_key     = \"id\"",
        "  hash_key     = \"id\"\n  tags         = { phi = var.class }",
        1,
    );
    check(
        "phi-unknown",
        &main,
        "only = [\"dynamodb-pitr\"]",
        &["aws_dynamodb_table.catalog unknown high", "aws_dynamodb_table.visits unknown high"],
    );
}

#[test]
fn a_rule_that_does_not_exist_is_bad_configuration() {
    let config = "[phi]\nonly = [\"dynamodb-pitre\"]\n";
    let folder = project("phi-wrong", &[("carelint.toml", config), ("main.tf", MAIN)]);
    let output = run(&folder, &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("did you mean \"dynamodb-pitr\"?"), "{}", stderr(&output));
}
