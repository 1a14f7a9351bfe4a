//! Expressions with unknown parts: what is known of them is told, and nothing else is guessed.

use crate::support::{evaluate, find, show};

const VARIABLES: &str = r#"
variable "s" { type = string }
variable "flag" { type = bool }
variable "n" { type = number }
variable "list" { type = list(string) }
variable "map" { type = map(string) }
variable "object" {
  type = object({ name = string, size = optional(number), on = optional(bool, true) })
}
variable "any" {}
data "aws_availability_zones" "z" {}
resource "aws_s3_bucket" "b" {
  bucket = "records"
}
resource "aws_kms_key" "k" {
  enable_key_rotation = true
}
resource "aws_subnet" "n" {
  count = 2
}
resource "aws_subnet" "named" {
  for_each = toset(["a", "b"])
  cidr_block = each.key
}
resource "aws_subnet" "perhaps" {
  count = var.flag ? 1 : 0
}
resource "aws_subnet" "many" {
  count = length(var.list)
}
"#;

#[track_caller]
fn check(expression: &str, expect: &str) {
    let text = format!("{VARIABLES}\noutput \"it\" {{\n  value = {expression}\n}}\n");
    let (_, declared) = evaluate(&[("main.tf", &text)]);
    let value = find(&declared, "output.it").attributes.get("value");
    assert_eq!(show(&value), expect, "{expression}; problems {:?}", declared.problems);
}

#[test]
fn a_variable_without_value_has_an_identity() {
    check("var.s", "?var.s");
    check("var.any.a.b", "?var.any.a.b");
    check("var.list[0]", "?var.list.0");
    check("var.object", "{name=?var.object.name, size=?var.object.size~, on=?var.object.on}");
}

#[test]
fn undecided_conditions_give_alternatives() {
    check("var.flag ? 1 : 2", "<var.flag: 1 | !var.flag: 2>");
    check("var.s == \"prod\" ? 1 : 2", "<var.s=prod: 1 | !var.s=prod: 2>");
    check("var.flag ? (var.flag ? 1 : 2) : 3", "<var.flag: 1 | !var.flag: 3>");
    check("var.flag ? \"a\" : \"a\"", "\"a\"");
    check("!var.flag ? 1 : 2", "<!var.flag: 1 | var.flag: 2>");
}

#[test]
fn branches_become_one_type_though_not_known() {
    check("var.flag ? 1 : \"a\"", "<var.flag: \"1\" | !var.flag: \"a\">");
    check("true ? 1 : var.s", "\"1\"");
    check("false ? var.n : \"x\"", "\"x\"");
    check("true ? 1 : var.n", "1");
    check("true ? 1 : aws_kms_key.k.arn", "1");
    check("true ? [1] : var.list", "[\"1\"]");
    check("true ? var.s : []", "absent");
    check("var.flag ? [1] : {}", "absent");
    check("true ? 1 : var.any", "1");
}

#[test]
fn what_differs_in_type_differs_though_not_known() {
    check("var.s == 1", "false");
    check("var.n == \"1\"", "false");
    check("var.list == []", "false");
    check("var.flag == \"true\"", "false");
    check("var.any == 1", "<var.any=1: true | !var.any=1: false>");
    check("\"a-${var.s}\" == 1", "false");
}

#[test]
fn values_of_the_wrong_type_are_errors_though_not_known() {
    check("!var.n", "absent");
    check("var.n ? 1 : 2", "absent");
    check("toset(var.list)[0]", "absent");
    check("[for x in var.s : x]", "absent");
    check("can(-true)", "false");
}

#[test]
fn logic_decides_where_it_can() {
    // As from Terraform 1.12 on: what the left side decides is not evaluated further.
    check("false && null", "false");
    check("true || {}.a", "true");
    check("true && null", "absent");
    check("false && var.flag", "false");
    check("var.flag && false", "false");
    check("true || var.flag", "true");
    check("var.flag || !var.flag", "true");
    check("var.flag && !var.flag", "false");
    check("var.s != null", "true");
    check("var.s == \"\"", "false");
    check("var.s == var.s", "true");
    check("var.object.size == null", "<var.object.size=null: true | !var.object.size=null: false>");
    check(
        "var.object.size != null && var.object.on",
        "<(!var.object.size=null & var.object.on): true | !(!var.object.size=null & var.object.on): false>",
    );
}

#[test]
fn templates_keep_their_known_parts() {
    check("\"a-${var.s}-b\"", "`a-${?var.s}-b`");
    check("\"${var.s}\"", "?var.s");
    check("\"${var.flag ? \"x\" : \"y\"}-b\"", "<var.flag: \"x-b\" | !var.flag: \"y-b\">");
    check("upper(\"a-${var.s}\")", "`A-${?upper(var.s)}`");
    check("format(\"%s/*\", aws_s3_bucket.b.arn)", "`${->aws_s3_bucket.b.arn}/*`");
    check("format(\"${var.s}-%s\", \"x\")", "`${?var.s}-x`");
    check("join(\"/\", [\"a\", var.s])", "`a/${?var.s}`");
}

#[test]
fn collections_stay_open() {
    check("concat([\"a\"], var.list)", "[\"a\", ?(variable \"list\" has no value)*]");
    check("merge({a = 1}, var.map)", "{a~=1, ...}");
    check("merge(var.map, {a = 1})", "{a=1, ...}");
    check("merge(var.map, {a = 1}).a", "1");
    check("length(concat([\"a\"], var.list)) > 0", "true");
    check("length([var.s])", "1");
    check("[for x in var.list : upper(x)]", "[?(variable \"list\" has no value)*]");
    check("contains([\"a\", var.s], \"a\")", "true");
    check("contains([\"a\", \"b\"], var.s)", "<(var.s=a | var.s=b): true | !(var.s=a | var.s=b): false>");
    check("concat([1], var.flag ? [2] : [])", "[1, 2?(var.flag)]");
    check("compact([var.flag ? \"a\" : \"\"])", "[\"a\"?(var.flag)]");
    check("merge({a = 1}, var.flag ? {b = 2} : {})", "{a=1, b=2?(var.flag)}");
    check("merge({a = 1}, var.flag ? {a = 2} : {})", "{a=<var.flag: 2 | !var.flag: 1>}");
    check("length(var.flag ? [1] : [])", "<var.flag: 1 | !var.flag: 0>");
    check("[for k in [\"a\", \"b\"] : k if k == var.s]", "[\"a\"?(var.s=a), \"b\"?(var.s=b)]");
}

#[test]
fn an_unknown_key_gives_one_of_the_entries() {
    check("{a = 1, b = 2}[var.s]", "<var.s=a: 1 | !var.s=a: 2>");
    check("lookup({a = 1}, var.s, 9)", "<var.s=a: 1 | !var.s=a: 9>");
}

#[test]
fn attributes_of_resources_are_references() {
    check("aws_s3_bucket.b.id", "->aws_s3_bucket.b.id");
    check("aws_s3_bucket.b.bucket", "->aws_s3_bucket.b.bucket");
    check("aws_subnet.n[*].id", "[->aws_subnet.n[0].id, ->aws_subnet.n[1].id]");
    check("aws_subnet.named[\"a\"].id", "->aws_subnet.named[\"a\"].id");
    check("values(aws_subnet.named)[*].id", "[->aws_subnet.named[\"a\"].id, ->aws_subnet.named[\"b\"].id]");
    check(
        "[for s in aws_subnet.named : s.id]",
        "[->aws_subnet.named[\"a\"].id, ->aws_subnet.named[\"b\"].id]",
    );
    check(
        "{for k, s in aws_subnet.named : k => s.id}",
        "{a=->aws_subnet.named[\"a\"].id, b=->aws_subnet.named[\"b\"].id}",
    );
    check("aws_subnet.n[var.n].id", "->aws_subnet.n.id*");
    check("aws_subnet.many[0].id", "->aws_subnet.many[*].id*");
    check("aws_subnet.many[*].id", "[->aws_subnet.many[*].id**]");
    check(
        "flatten([aws_subnet.n[*].id, [aws_kms_key.k.arn]])",
        "[->aws_subnet.n[0].id, ->aws_subnet.n[1].id, ->aws_kms_key.k.arn]",
    );
}

#[test]
fn references_are_looked_through_where_a_value_is_needed() {
    check("aws_s3_bucket.b.bucket == \"records\"", "true");
    check("aws_kms_key.k.enable_key_rotation ? 1 : 2", "1");
    check("upper(aws_s3_bucket.b.bucket)", "\"RECORDS\"");
    check("length(aws_s3_bucket.b.bucket)", "7");
    check("aws_s3_bucket.b.id == aws_s3_bucket.b.id", "true");
    check("aws_s3_bucket.b.arn != null", "true");
}

#[test]
fn instances_that_may_be_there_are_guarded() {
    check("aws_subnet.perhaps[*].id", "[->aws_subnet.perhaps[0].id?(var.flag)]");
    check("one(aws_subnet.perhaps[*].id)", "<var.flag: ->aws_subnet.perhaps[0].id | !var.flag: null>");
    check("join(\"\", aws_subnet.perhaps[*].id)", "<var.flag: ->aws_subnet.perhaps[0].id | !var.flag: \"\">");
    check(
        "try(aws_subnet.perhaps[0].id, \"none\")",
        "<var.flag: ->aws_subnet.perhaps[0].id | !var.flag: \"none\">",
    );
    check(
        "var.flag ? aws_subnet.perhaps[0].id : null",
        "<var.flag: ->aws_subnet.perhaps[0].id | !var.flag: null>",
    );
    check(
        "element(concat(aws_subnet.perhaps[*].id, [\"\"]), 0)",
        "<var.flag: ->aws_subnet.perhaps[0].id | !var.flag: \"\">",
    );
    check("aws_subnet.perhaps[0].id", "->aws_subnet.perhaps[0].id");
    check("[aws_subnet.perhaps[0].id]", "[->aws_subnet.perhaps[0].id]");
    check("\"${aws_subnet.perhaps[0].arn}/x\"", "`${->aws_subnet.perhaps[0].arn}/x`");
}

#[test]
fn zones_are_distinct() {
    check("data.aws_availability_zones.z.names[0]", "?data.aws_availability_zones.z.names.0!0");
    check("element(data.aws_availability_zones.z.names, 1)", "?data.aws_availability_zones.z.names.1!1");
    check(
        "slice(data.aws_availability_zones.z.names, 0, 2)",
        "[?data.aws_availability_zones.z.names.0!0, ?data.aws_availability_zones.z.names.1!1]",
    );
    check("length(data.aws_availability_zones.z.names)", "?length(data.aws_availability_zones.z.names)");
    check("length(split(\"-\", data.aws_availability_zones.z.names[0])) != 2 ? 1 : 2", "1");
    check("length(regexall(\"^[a-z]{2}-\", data.aws_availability_zones.z.names[0])) > 0 ? 1 : 2", "1");
    check(
        "element(data.aws_availability_zones.z.names, 2)",
        "?element(data.aws_availability_zones.z.names, 2)",
    );
}

#[test]
fn results_of_pure_functions_have_identities() {
    check("lower(var.s)", "?lower(var.s)");
    check("lower(var.s) == lower(var.s)", "true");
    check("var.n + 1", "?var.n + 1");
    check("md5(var.s)", "?md5(var.s)");
    check("timestamp()", "?(`timestamp()` gives another value at every run)");
    check("nosuch(1)", "?(there is no function `nosuch`)");
    check("jsonencode({a = var.s})", "{a=?var.s}");
    check("\"${jsonencode({a = var.s})}\"", "{a=?var.s}");
    check("\"x${jsonencode({a = var.s})}\"", "`x{\"a\":\"${?var.s}\"}`");
    check("coalesce(var.s, \"x\")", "?var.s");
    check(
        "coalesce(var.object.size, 3)",
        "<var.object.size=null: 3 | !var.object.size=null: ?var.object.size>",
    );
}

#[test]
fn texts_are_replaced_where_no_match_can_lie_across_an_unknown() {
    check(
        "replace(\"_BUCKET_/a-${var.s}\", \"_BUCKET_\", aws_s3_bucket.b.arn)",
        "`${->aws_s3_bucket.b.arn}/a-${?replace(var.s, \"_BUCKET_\")}`",
    );
    check("replace(\"_BUCKET_/a\", \"_BUCKET_\", var.s)", "`${?var.s}/a`");
    check("replace(\"a-${var.s}\", \"a-\", \"b\")", "?replace(\"a-${var.s}\", \"a-\", \"b\")");
    check("replace(jsonencode({a = \"xx1\", b = true}), \"xx\", \"y\")", "{a=\"y1\", b=true}");
    check(
        "replace(jsonencode({a = \"xx1\", b = true}), \"true\", \"y\")",
        "\"{\\\"a\\\":\\\"xx1\\\",\\\"b\\\":y}\"",
    );
}

#[test]
fn what_could_not_be_read_is_unknown_and_never_absent() {
    let text = "resource \"a_b\" \"c\" {\n  x = 'no'\n  v \"w\" = {\n    y = 1\n  }\n  z = 1\n}\nresource \"a_b\" \"d\" {\n  z = 1\n  ? q\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let syntax = "?(its syntax is at fault)";
    let c = show(&find(&declared, "a_b.c").attributes);
    assert_eq!(c, format!("{{x={syntax}, v={syntax}, z=1}}"));
    assert_eq!(show(&find(&declared, "a_b.d").attributes), "{z=1, ...}");
}
