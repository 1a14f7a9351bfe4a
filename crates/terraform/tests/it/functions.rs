//! Functions of what is not wholly known, those of OpenTofu and of providers, and their limits. What Terraform
//! itself can be asked stands in `tests/answers`.

use crate::support::{evaluate, show};
use value::Value;

const DECLARATIONS: &str = r#"
variable "text" {}
variable "cidr" {}
variable "flag" { type = bool }
variable "tags" { type = map(string) }
variable "any" {}
resource "aws_s3_bucket" "b" {}
"#;

fn value_of(expression: &str) -> (Value, Vec<String>) {
    let text = format!("{DECLARATIONS}\noutput \"it\" {{\n  value = [{expression}]\n}}\n");
    let files = [
        ("main.tf", text.as_str()),
        ("files/a.txt", "a"),
        ("files/sub/b.txt", "b"),
        ("files/me.tftpl", "${templatefile(\"files/me.tftpl\", {})}"),
    ];
    let (_, declared) = evaluate(&files);
    let output = declared.resources.iter().find(|resource| resource.address == "output.it");
    let list = output.map_or_else(Value::absent, |output| output.attributes.get("value"));
    // Where a limit is hit, the list is unknown as a whole.
    let value = match list.as_list() {
        Some(list) => list.items.first().map(|item| item.value.clone()),
        None => Some(list),
    };
    let problems = declared.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.message));
    (value.unwrap_or_else(Value::absent), problems.collect())
}

#[track_caller]
fn check(expression: &str, expect: &str) {
    let (value, problems) = value_of(expression);
    assert_eq!(show(&value), expect, "{expression}; problems {problems:?}");
}

#[track_caller]
fn check_problem(expression: &str, expect: &str) {
    let (value, problems) = value_of(expression);
    assert!(!value.is_wholly_known(), "{expression} is {}", show(&value));
    assert!(problems.iter().any(|problem| problem.starts_with(expect)), "{expression}: {problems:?}");
}

#[test]
fn functions_of_open_tofu() {
    check("urldecode(\"a+b%26c%2F%C3%A9\")", "\"a b&c/é\"");
    check("try(urldecode(\"%zz\"), \"refused\")", "\"refused\"");
    check("cidrcontains(\"10.0.0.0/8\", \"10.1.2.3\")", "true");
    check("cidrcontains(\"10.0.0.0/8\", \"10.1.0.0/16\")", "true");
    check("cidrcontains(\"10.1.0.0/16\", \"10.0.0.0/8\")", "false");
    check("cidrcontains(\"10.0.0.0/8\", \"11.0.0.1\")", "false");
    check("cidrcontains(\"fd00::/8\", \"fd12::1\")", "true");
    check("try(cidrcontains(\"10.0.0.0/8\", \"::1\"), \"refused\")", "\"refused\"");
    check("base64gunzip(\"H4sIAAAAAAAA/0oEAAAA//8BAAD//0O+t+gBAAAA\")", "\"a\"");
}

#[test]
fn functions_of_the_aws_provider_are_computed() {
    check(
        "provider::aws::arn_parse(\"arn:aws:iam::123456789012:role/a:b\")",
        "{partition=\"aws\", service=\"iam\", region=\"\", account_id=\"123456789012\", resource=\"role/a:b\"}",
    );
    check("provider::aws::arn_build(\"aws\", \"s3\", \"\", \"\", \"b\")", "\"arn:aws:s3:::b\"");
    check("provider::aws::trim_iam_role_path(\"arn:aws:iam::1:role/p/q/r\")", "\"arn:aws:iam::1:role/r\"");
    check("can(provider::aws::arn_parse(\"arn:aws\"))", "false");
}

#[test]
fn other_functions_of_providers_are_unknown_and_the_same_for_the_same_arguments() {
    check("provider::x::y(1)", "?provider::x::y(1)");
    check("provider::x::y(1) == provider::x::y(1)", "true");
}

#[test]
fn a_function_that_nobody_has_is_said() {
    check_problem("nosuch(1)", "terraform-function: there is no function `nosuch`");
    check_problem("upper(nosuch(1))", "terraform-function: there is no function `nosuch`");
}

#[test]
fn what_differs_at_every_run_has_no_identity() {
    check("timestamp()", "?(`timestamp()` gives another value at every run)");
    check("uuid() == uuid()", "?(`uuid()` gives another value at every run)");
    check("bcrypt(\"a\", 4)", "?(`bcrypt()` gives another value at every run)");
    check("can(timestamp(1))", "false");
}

#[test]
fn what_is_ephemeral_is_null_where_that_is_asked_for() {
    check("ephemeralasnull(terraform.applying)", "null");
    check("ephemeralasnull(var.text)", "?var.text");
}

#[test]
fn known_beginnings_and_ends_decide_tests_of_texts() {
    check("startswith(\"alias/${var.text}\", \"alias/\")", "true");
    check("startswith(\"alias/${var.text}\", \"arn:\")", "false");
    check("startswith(\"al${var.text}\", \"alias/\")", "?startswith(\"al${var.text}\", \"alias/\")");
    check("endswith(\"${var.text}.json\", \".json\")", "true");
    check("endswith(\"${var.text}.json\", \".yaml\")", "false");
    check("strcontains(\"a-${var.text}-b\", \"a-\")", "true");
    check("strcontains(\"a-${var.text}\", \"x\")", "?strcontains(\"a-${var.text}\", \"x\")");
}

#[test]
fn arguments_of_a_wrong_type_are_errors_though_others_are_unknown() {
    check("can(substr(var.text, [], 1))", "false");
    check("can(join(var.text, \"a\"))", "false");
    check("can(element(toset([\"a\"]), 0))", "false");
    check("can(cidrsubnet(var.cidr, \"x\", 1))", "false");
}

#[test]
fn subnets_of_one_unknown_network_differ_by_their_numbers() {
    check("cidrsubnet(var.cidr, 8, 1) == cidrsubnet(var.cidr, 8, 1)", "true");
    check("cidrsubnet(var.cidr, 8, 1) == cidrsubnet(var.cidr, 8, 2)", "false");
    check("cidrhost(var.cidr, 1) == cidrhost(var.cidr, 2)", "false");
    check(
        "cidrsubnet(var.cidr, 8, 1) == cidrsubnet(var.cidr, 4, 2)",
        "?cidrsubnet(var.cidr, 8, 1) == cidrsubnet(var.cidr, 4, 2)",
    );
}

#[test]
fn looking_up_in_a_map_that_is_not_known_may_give_the_default() {
    check("lookup(var.tags, \"a\", \"x\")", "?lookup(var.tags, \"a\", \"x\")");
    check("lookup(merge({a = \"y\"}, var.tags), \"a\", \"x\") == \"y\"", "?(variable \"tags\" has no value)");
    check("lookup(merge(var.tags, {a = \"y\"}), \"a\", \"x\")", "\"y\"");
}

#[test]
fn shapes_go_through_functions_of_unknown_values() {
    check("can(concat(keys(var.tags), [\"a\"]))", "true");
    check("length(toset([var.text, var.text]))", "1");
    check("flatten([[var.text], [\"a\"]])", "[?var.text*, \"a\"]");
    check("coalesce(var.text, \"a\")", "?var.text");
    check("format(\"%s-%d\", var.text, 7)", "`${?var.text}-7`");
    check("jsonencode({a = aws_s3_bucket.b.arn})", "{a=->aws_s3_bucket.b.arn}");
    check("jsondecode(jsonencode({a = aws_s3_bucket.b.arn})).a", "->aws_s3_bucket.b.arn");
    check("yamldecode(yamlencode({a = var.text})).a", "?var.text");
    check("one([var.text])", "?var.text");
    check("sum([var.any, 1])", "?sum([var.any, 1])");
}

#[test]
fn files_are_read_inside_the_scan_root_only() {
    check("filemd5(\"files/a.txt\")", "\"0cc175b9c0f1b6a831c399e269772661\"");
    check("fileset(\"files\", \"**/*.txt\")", "[\"a.txt\", \"sub/b.txt\"]");
    check("fileset(\".\", \"files/*/b.txt\")", "[\"files/sub/b.txt\"]");
    check("file(\"/etc/passwd\")", "?(`/etc/passwd` lies outside the scan root)");
    check("filesha256(\"../x\")", "?(`../x` lies outside the scan root)");
    check("fileset(\"..\", \"*\")", "?(`..` lies outside the scan root)");
    check_problem("templatefile(\"files/me.tftpl\", {})", "terraform-template: the template includes itself");
}

#[test]
fn results_that_grow_without_bound_are_limits() {
    check_problem("format(\"%99999999d\", 1)", "terraform-limit");
    check_problem("format(\"%.99999999f\", 1)", "terraform-limit");
    check_problem("indent(1000000000, \"a\\nb\")", "terraform-limit");
    let big = "join(\"\", [for i in range(1024) : join(\"\", [for j in range(1000) : \"0123456789\"])])";
    check_problem(big, "terraform-limit");
    let once = "join(\"\", [for j in range(1000) : \"aaaaaaaaaa\"])";
    check_problem(&format!("replace({once}, \"a\", {once})"), "terraform-limit");
    check_problem(&format!("replace({once}, \"/a/\", {once})"), "terraform-limit");
    let many = "setproduct(range(1000), range(1000), range(1000), range(1000))";
    check_problem(many, "terraform-limit");
    check("can(regex(\"((a{1000}){1000}){1000}\", \"a\"))", "false");
    check("can(regex(\"(a{10}){100}\", \"a\"))", "false");
    check_problem("regex(\"(\\\\pL{1000}|\\\\pN{1000}|x\\\\pL{1000})\", \"a\")", "terraform-limit");
    check("can(range(1000000000))", "false");
    check("can(range(0, 1, 0))", "false");
}

/// Arguments of every kind, among them the largest and the emptiest.
const ARGUMENTS: [&str; 14] = [
    "null",
    "true",
    "0",
    "-1",
    "99999999999999999999.5",
    "1e300",
    "\"\"",
    "\"a,é\\n%[9]s/${\"\"}10.0.0.0/8\"",
    "\"2020-01-01T00:00:00Z\"",
    "[]",
    "[null, [\"a\"], {b = 1}, 2]",
    "toset([\"b\", \"a\"])",
    "{a = [1, null], b = var.text}",
    "var.any",
];

#[test]
fn no_argument_of_any_function_makes_it_fail() {
    let names = include_str!("../../src/functions/terraform-1.11.txt").lines();
    let names = names.filter_map(|line| line.split_once(' ')).map(|(name, _)| name);
    for name in names.chain(["base64gunzip", "cidrcontains", "urldecode", "provider::aws::arn_parse"]) {
        let mut calls = vec![format!("{name}()")];
        for (at, first) in ARGUMENTS.iter().enumerate() {
            calls.push(format!("{name}({first})"));
            calls.push(format!("{name}({first}...)"));
            for (more, second) in ARGUMENTS.iter().enumerate() {
                calls.push(format!("{name}({first}, {second})"));
                let third = ARGUMENTS.get((at + more) % ARGUMENTS.len()).expect("an argument");
                calls.push(format!("{name}({first}, {second}, {third})"));
            }
        }
        let calls: Vec<String> =
            calls.into_iter().map(|call| format!("    try({call}, \"refused\"),\n")).collect();
        let text = format!("{DECLARATIONS}\noutput \"it\" {{\n  value = [\n{}  ]\n}}\n", calls.concat());
        let (_, declared) = evaluate(&[("main.tf", &text)]);
        let output = declared.resources.iter().find(|resource| resource.address == "output.it");
        let list = output.map_or_else(Value::absent, |output| output.attributes.get("value"));
        assert_eq!(list.as_list().map(|list| list.items.len()), Some(calls.len()), "{name}");
    }
}
