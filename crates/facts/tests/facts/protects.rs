//! What keys protect.

use crate::support::check;

const TERRAFORM: &str = r#"
variable "key" { type = string }
variable "strong" { type = bool }
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "other" {}
resource "aws_kms_alias" "a" {
  name          = "alias/records"
  target_key_id = aws_kms_key.k.id
}
resource "aws_db_instance" "db" {
  instance_class = "db.t3.micro"
  kms_key_id     = KEY
}
resource "aws_dynamodb_table" "t" {
  name = "t"
  replica {
    region_name = "us-west-2"
    kms_key_arn = KEY
  }
}
"#;

#[track_caller]
fn check_key(key: &str, expect: &str) {
    check(&TERRAFORM.replace("KEY", key), "aws_kms_key.k", "protects", expect);
}

#[test]
fn keys_protect_what_names_them() {
    check_key("aws_kms_key.k.arn", "[@aws_db_instance.db, @aws_dynamodb_table.t]");
    check_key("aws_kms_key.k.key_id", "[@aws_db_instance.db, @aws_dynamodb_table.t]");
    check_key("aws_kms_key.other.arn", "[]");
    check_key("\"alias/aws/rds\"", "[]");
    check_key("var.key", "[]");
}

#[test]
fn an_alias_leads_to_its_key() {
    check_key("aws_kms_alias.a.arn", "[@aws_db_instance.db, @aws_dynamodb_table.t]");
    check_key("\"alias/records\"", "[@aws_db_instance.db, @aws_dynamodb_table.t]");
    let text = TERRAFORM.replace("KEY", "aws_kms_alias.a.arn");
    check(&text, "aws_kms_alias.a", "protects", "[@aws_db_instance.db, @aws_dynamodb_table.t]");
}

#[test]
fn a_key_under_a_condition_protects_under_it() {
    check_key("var.strong ? aws_kms_key.k.arn : null", {
        "[@aws_db_instance.db if var.strong, @aws_dynamodb_table.t if var.strong]"
    });
}

#[test]
fn satellites_and_templates_count() {
    let bucket = "
resource \"aws_kms_key\" \"k\" {}
resource \"aws_s3_bucket\" \"b\" {}
resource \"aws_s3_bucket_server_side_encryption_configuration\" \"b\" {
  bucket = aws_s3_bucket.b.id
  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm     = \"aws:kms\"
      kms_master_key_id = aws_kms_key.k.arn
    }
  }
}
";
    check(bucket, "aws_kms_key.k", "protects", "[@aws_s3_bucket.b]");
    let template = |key: &str| {
        format!(
            "Parameters:\n  Arn: {{Type: String}}\nResources:\n  Key: {{Type: 'AWS::KMS::Key', Properties: {{KeyPolicy: {{}}}}}}\n  Alias: {{Type: 'AWS::KMS::Alias', Properties: {{AliasName: alias/a, TargetKeyId: !Ref Key}}}}\n  Queue: {{Type: 'AWS::SQS::Queue', Properties: {{KmsMasterKeyId: {key}}}}}\n"
        )
    };
    check(&template("!Ref Key"), "Key", "protects", "[@Queue]");
    check(&template("!GetAtt Key.Arn"), "Key", "protects", "[@Queue]");
    check(&template("alias/a"), "Key", "protects", "[@Queue]");
    check(&template("alias/aws/sqs"), "Key", "protects", "[]");
    check(&template("!Ref Arn"), "Key", "protects", "[]");
}
