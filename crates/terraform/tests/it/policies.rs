//! `aws_iam_policy_document` becomes the policy it stands for.

use crate::support::{evaluate, find, show};

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
        "{Version=\"2012-10-17\", Statement=[{Sid=\"tls\", Effect=\"Deny\", Action=[\"s3:*\"], \
         Resource=[->aws_s3_bucket.b.arn, `${->aws_s3_bucket.b.arn}/*`], Principal=\"*\", \
         Condition={Bool={aws:SecureTransport=[\"false\"]}}}, {Effect=\"Allow\", NotAction=[\"iam:*\"], \
         Principal={AWS=[\"a\"], Service=[\"b\"]}}]}",
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
        "{Version=\"2012-10-17\", Statement=[{Sid=\"a\", Effect=\"Allow\", Action=[\"x:1\"]}, \
         {Sid=\"b\", Effect=\"Deny\", Action=\"x:9\"}, {Sid=\"c\", Effect=\"Allow\", Action=[\"x:3\"]}]}",
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
    check(text, "{Version=\"2012-10-17\", Statement=[{Effect=\"Allow\", Action=[\"x:1\"]}?(var.on), ...]}");
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
