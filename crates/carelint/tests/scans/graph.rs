//! `carelint graph --format json`: the contract for comparing with Terraform.

use serde_json::{Value, json};

use crate::support::{project, run, stdout};

const MAIN: &str = r#"
variable "name" {}
variable "prod" {
  type = bool
}
variable "secret" {
  default   = "Hunter2"
  sensitive = true
}
variable "blocks" {
  type = list(number)
}
locals {
  days = 3 * 5
}
resource "aws_kms_key" "k" {
  count       = 2
  description = "key ${count.index}"
}
resource "aws_cloudwatch_log_group" "a" {
  name              = "app-${var.name}"
  retention_in_days = local.days
  kms_key_id        = aws_kms_key.k[1].arn
  log_group_class   = var.prod ? "STANDARD" : "INFREQUENT_ACCESS"
  skip_destroy      = var.name
  tags              = { owner = "a\u001bb", "$ref" = "not one", ratio = 0.25, token = var.secret, none = null }
}
resource "aws_sqs_queue" "q" {
  count = var.prod ? 1 : 0
}
resource "aws_sqs_queue" "many" {
  for_each = toset(var.name)
  dynamic "x" {
    for_each = var.blocks
    content {
      y = x.value
    }
  }
}
"#;

fn graph(name: &str, files: &[(&str, &str)]) -> Value {
    let output = run(&project(name, files), &["graph", "--format", "json"]);
    let shown = stdout(&output);
    assert!(!shown.contains('\u{1b}') && !shown.contains("Hunter2"), "{shown}");
    serde_json::from_str(&shown).expect("one JSON document")
}

#[track_caller]
fn resource<'g>(graph: &'g Value, address: &str) -> &'g Value {
    let all = graph["resources"].as_array().expect("resources");
    let addresses: Vec<&Value> = all.iter().map(|row| &row["address"]).collect();
    all.iter().find(|row| row["address"] == address).unwrap_or_else(|| panic!("{address} in {addresses:?}"))
}

#[test]
fn attributes_are_written_as_the_contract_says() {
    let graph = graph("contract", &[("main.tf", MAIN)]);
    let group = resource(&graph, "aws_cloudwatch_log_group.a");
    let attributes = &group["attributes"];
    assert_eq!((&group["type"], &group["kind"]), (&json!("aws_cloudwatch_log_group"), &json!("log-group")));
    assert_eq!(attributes["retention_in_days"], json!(15));
    assert_eq!(attributes["kms_key_id"], json!({"$ref": "aws_kms_key.k[1].arn"}));
    let unknown = json!({"$unknown": "variable \"name\" has no value"});
    assert_eq!(attributes["skip_destroy"], unknown);
    assert_eq!(attributes["name"], json!({"$template": ["app-", unknown]}));
    assert_eq!(
        attributes["log_group_class"],
        json!({"$alternatives": [
            {"when": "var.prod", "value": "STANDARD"},
            {"when": "!(var.prod)", "value": "INFREQUENT_ACCESS"}
        ]})
    );
    assert_eq!(
        attributes["tags"],
        json!({"owner": "a\u{1b}b", "$$ref": "not one", "ratio": 0.25, "token": {"$sensitive": true}, "none": null})
    );
    assert_eq!(resource(&graph, "aws_kms_key.k[0]")["attributes"]["description"], json!("key 0"));
    assert_eq!(resource(&graph, "aws_sqs_queue.q[0]")["when"], json!("var.prod"));
    assert_eq!(resource(&graph, "aws_sqs_queue.many[*]")["many"], json!(true));
    let edge = json!({"from": "aws_cloudwatch_log_group.a", "to": "aws_kms_key.k[1]", "via": "kms_key_id"});
    assert!(graph["edges"].as_array().is_some_and(|edges| edges.contains(&edge)), "{}", graph["edges"]);
}

#[test]
fn environments_have_their_own_resources() {
    let main = "variable \"days\" {\n  type = number\n}\nresource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = var.days\n}\n";
    let sets = "[[environment]]\nname = \"dev\"\nroot = \"live\"\nvars = {days = 1}\n\n[[environment]]\nname = \"prod\"\nroot = \"live\"\nvars = {days = 400}\n";
    let other = "resource \"aws_sqs_queue\" \"q\" {}\n";
    let graph = graph(
        "graph-environments",
        &[("live/main.tf", main), ("other/main.tf", other), ("carelint.toml", sets)],
    );
    let rows = graph["resources"].as_array().expect("resources").iter();
    let found: Vec<(String, &Value)> = rows
        .map(|row| {
            let environment = row["environment"].as_str().unwrap_or("-");
            (
                format!("{} {environment}", row["root"].as_str().unwrap_or_default()),
                &row["attributes"]["retention_in_days"],
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("other -".to_owned(), &Value::Null),
            ("live dev".to_owned(), &json!(1)),
            ("live prod".to_owned(), &json!(400))
        ]
    );
}
