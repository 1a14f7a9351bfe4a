//! `aws_iam_policy_document` becomes the policy it stands for.

use value::{Item, Kind, MapEntry, Value};

use crate::support::{evaluate, find, presence, show};

#[track_caller]
fn check(text: &str, expect: &str) {
    let text = format!("{text}\noutput \"it\" {{\n  value = data.aws_iam_policy_document.d.json\n}}\n");
    let (_, declared) = evaluate(&[("main.tf", &text)]);
    let value = find(&declared, "output.it").attributes.get("value");
    assert_eq!(show(&value), expect, "problems {:?}", declared.problems);
}

#[test]
fn statements_are_spelled_as_iam_does() {
    let text = r#"
resource "aws_s3_bucket" "b" {}
data "aws_iam_policy_document" "d" {
  statement {
    sid       = "tls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
  statement {
    not_actions = ["iam:*"]
    principals {
      type        = "AWS"
      identifiers = ["a"]
    }
    principals {
      type        = "Service"
      identifiers = ["b"]
    }
  }
}
"#;
    check(
        text,
        "{Version=\"2012-10-17\", Statement=[{Sid=\"tls\", Effect=\"Deny\", Action=\"s3:*\", \
         Resource=[->aws_s3_bucket.b.arn, `${->aws_s3_bucket.b.arn}/*`], Principal=\"*\", \
         Condition={Bool={aws:SecureTransport=\"false\"}}}, {Effect=\"Allow\", NotAction=\"iam:*\", \
         Principal={AWS=\"a\", Service=\"b\"}}]}",
    );
}

#[test]
fn documents_are_merged_by_sid() {
    let text = r#"
data "aws_iam_policy_document" "base" {
  statement {
    sid     = "a"
    actions = ["x:1"]
  }
  statement {
    sid     = "b"
    actions = ["x:2"]
  }
}
data "aws_iam_policy_document" "d" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "b", Effect = "Deny", Action = "x:9" }] })]
  statement {
    sid     = "c"
    actions = ["x:3"]
  }
}
"#;
    check(
        text,
        "{Version=\"2012-10-17\", Statement=[{Sid=\"a\", Effect=\"Allow\", Action=\"x:1\"}, \
         {Sid=\"b\", Effect=\"Deny\", Action=\"x:9\"}, {Sid=\"c\", Effect=\"Allow\", Action=\"x:3\"}]}",
    );
}

#[test]
fn undecided_statements_are_guarded_and_unknown_documents_open() {
    let text = r#"
variable "on" {}
variable "more" {}
data "aws_iam_policy_document" "d" {
  source_json = var.more
  dynamic "statement" {
    for_each = var.on ? [1] : []
    content {
      actions = ["x:1"]
    }
  }
}
"#;
    check(text, "{Version=\"2012-10-17\", Statement=[{Effect=\"Allow\", Action=\"x:1\"}?(var.on), ...]}");
}

#[test]
fn statements_keep_their_places() {
    let text = "data \"aws_iam_policy_document\" \"d\" {\n  statement {\n    actions = [\"a:b\"]\n  }\n}\nresource \"aws_iam_policy\" \"p\" {\n  policy = data.aws_iam_policy_document.d.json\n}\n";
    let (sources, declared) = evaluate(&[("main.tf", text)]);
    let policy = find(&declared, "aws_iam_policy.p").attributes.get("policy");
    let statements = policy.get("Statement");
    let statement = &statements.as_list().expect("statements").items[0].value;
    assert_eq!(
        statement.origin.place.map(|place| sources.file(place.file).line_column(place.span.start).line),
        Some(2)
    );
    let action = statement.as_map().and_then(|map| map.entry("Action")).expect("an action");
    assert_eq!(action.place.map(|place| sources.slice(place)).as_deref(), Some("actions"));
}

#[test]
fn a_document_for_each_of_an_unknown_number_is_a_document() {
    let text = "variable \"l\" {}\ndata \"aws_iam_policy_document\" \"d\" {\n for_each = var.l\n statement {\n  actions = [\"s3:GetObject\"]\n  resources = [each.value.arn]\n }\n}\nresource \"a_b\" \"c\" {\n for_each = var.l\n policy = data.aws_iam_policy_document.d[each.key].json\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let policy = find(&declared, "a_b.c[*]").attributes.get("policy");
    let text = show(&policy);
    assert!(text.contains("s3:GetObject"), "{text}");
}

#[test]
fn placeholders_in_a_document_are_replaced() {
    let text = "resource \"aws_s3_bucket\" \"b\" {}\ndata \"aws_iam_policy_document\" \"d\" {\n statement {\n  actions = [\"s3:*\"]\n  resources = [\"_BUCKET_ARN_\", \"_BUCKET_ARN_/*\", aws_s3_bucket.b.arn]\n }\n}\nresource \"a_b\" \"c\" {\n policy = replace(data.aws_iam_policy_document.d.json, \"_BUCKET_ARN_\", aws_s3_bucket.b.arn)\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let policy = find(&declared, "a_b.c").attributes.get("policy");
    let resources = policy.get("Statement").as_list().expect("statements").items[0].value.get("Resource");
    assert_eq!(
        show(&resources),
        "[->aws_s3_bucket.b.arn, `${->aws_s3_bucket.b.arn}/*`, ->aws_s3_bucket.b.arn]"
    );
}

/// A wholly known value as the compact JSON that the provider prints.
fn json(value: &Value) -> String {
    match &value.kind {
        Kind::String(text) => {
            let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
            let escaped = escaped.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
            format!("\"{escaped}\"")
        }
        Kind::List(list) => {
            let item = |item: &Item| format!("{}{}", json(&item.value), presence(&item.presence));
            format!("[{}]", list.items.iter().map(item).collect::<Vec<_>>().join(","))
        }
        Kind::Map(map) => {
            let entry = |entry: &MapEntry| {
                format!("\"{}\":{}", entry.key.replace('&', "\\u0026"), json(&entry.value))
            };
            format!("{{{}}}", map.entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
        _ => show(value),
    }
}

#[test]
fn documents_are_those_of_the_provider() {
    let mut text = include_str!("answers/policies.tf").to_owned();
    let limits = source::Limits::default();
    let answers =
        source::document::json::parse(include_str!("answers/policies.json"), &limits).expect("answers");
    for answer in answers.entries() {
        let name = &answer.key;
        text.push_str(&format!(
            "output \"{name}\" {{\n  value = data.aws_iam_policy_document.{name}.json\n}}\n"
        ));
    }
    let (_, declared) = evaluate(&[("main.tf", &text)]);
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
    assert!(answers.entries().len() >= 25);
    for answer in answers.entries() {
        let value = find(&declared, &format!("output.{}", answer.key)).attributes.get("value");
        assert_eq!(Some(json(&value).as_str()), answer.value.text().map(|text| &**text), "{}", answer.key);
    }
}

#[test]
fn a_document_that_may_override_guards_what_it_may_replace() {
    let text = r#"
variable "more" {}
variable "on" {}
data "aws_iam_policy_document" "d" {
  override_policy_documents = [var.more]
  statement {
    sid     = "a"
    actions = ["x:1"]
  }
  statement {
    actions = ["x:2"]
  }
}
"#;
    check(
        text,
        "{Version=\"2012-10-17\", Statement=[{Sid=\"a\", Effect=\"Allow\", Action=\"x:1\"}?(!var.more has a statement a), \
         {Effect=\"Allow\", Action=\"x:2\"}, ...]}",
    );
}

#[test]
fn a_statement_replaces_one_of_its_sid_where_it_is_there() {
    let text = r#"
variable "on" {}
variable "name" {}
data "aws_iam_policy_document" "base" {
  statement {
    sid     = "a"
    actions = ["x:1"]
  }
  statement {
    sid     = "Of${var.name}"
    actions = ["x:2"]
  }
}
data "aws_iam_policy_document" "d" {
  source_policy_documents = [data.aws_iam_policy_document.base.json]
  dynamic "statement" {
    for_each = var.on ? [1] : []
    content {
      sid     = "a"
      actions = ["x:3"]
    }
  }
  statement {
    sid     = "Of${var.name}"
    actions = ["x:4"]
  }
}
"#;
    check(
        text,
        "{Version=\"2012-10-17\", Statement=[{Sid=\"a\", Effect=\"Allow\", Action=\"x:1\"}?(!var.on), \
         {Sid=`Of${?var.name}`, Effect=\"Allow\", Action=\"x:4\"}, \
         {Sid=\"a\", Effect=\"Allow\", Action=\"x:3\"}?(var.on)]}",
    );
}

#[test]
fn partly_unknown_lists_keep_what_is_known() {
    let text = r#"
variable "more" {}
resource "aws_s3_bucket" "b" {
  bucket = "known"
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = concat(["s3:GetObject"], var.more)
    resources = ["arn:aws:s3:::${aws_s3_bucket.b.bucket}", aws_s3_bucket.b.arn, "a", "a"]
    principals {
      type        = "AWS"
      identifiers = [var.more]
    }
  }
}
"#;
    check(
        text,
        "{Version=\"2012-10-17\", Statement=[{Effect=\"Allow\", Action=[\"s3:GetObject\", ?(variable \"more\" has no value)*], \
         Resource=[`arn:aws:s3:::${->aws_s3_bucket.b.bucket}`, ->aws_s3_bucket.b.arn, \"a\"], Principal={AWS=?var.more}}]}",
    );
}

#[test]
fn a_sid_that_is_there_twice_is_reported() {
    let text = "data \"aws_iam_policy_document\" \"d\" {\n statement {\n  sid = \"a\"\n }\n statement {\n  sid = \"a\"\n }\n}\noutput \"o\" {\n value = data.aws_iam_policy_document.d.json\n}\n";
    let (sources, declared) = evaluate(&[("main.tf", text)]);
    let problem = &declared.problems[0];
    assert_eq!(problem.code, "terraform-policy-sid");
    assert_eq!(
        problem.place.map(|place| sources.file(place.file).line_column(place.span.start).line),
        Some(6)
    );
}

#[test]
fn lists_that_are_missing_leave_the_document_open() {
    let text = "data \"aws_iam_policy_document\" \"d\" {\n statement {\n  principals {\n   type = \"*\"\n  }\n }\n}\n";
    check(text, r#"{Version="2012-10-17", Statement=[{Effect="Allow", Principal={...}}]}"#);
}
