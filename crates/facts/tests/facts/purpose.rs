//! Tags, purpose, health information, secrets and keys.

use crate::support::{ask, check, node, show};

fn bucket(properties: &str) -> String {
    format!(
        "
Parameters:
  Class: {{Type: String}}
  Password: {{Type: String, NoEcho: true}}
  Weak: {{Type: String, NoEcho: true, Default: changeme}}
Resources:
  Storage: {{Type: 'AWS::S3::Bucket', Properties: {{{properties}}}}}
  Key: {{Type: 'AWS::KMS::Key', Properties: {{KeyPolicy: {{}}}}}}
  Alias: {{Type: 'AWS::KMS::Alias', Properties: {{AliasName: alias/records, TargetKeyId: !Ref Key}}}}
"
    )
}

#[test]
fn tags_are_one_map() {
    check(
        &bucket("Tags: [{Key: a, Value: b}, {Key: c, Value: !Ref Class}]"),
        "Storage",
        "tags",
        "{a: b, c: ?(parameter \"Class\" has no default)}",
    );
    check(&bucket(""), "Storage", "tags", "{}");
}

#[test]
fn tags_of_stacks_are_tags_of_what_is_in_them() {
    let template = "
Resources:
  Outer:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: outer
      PermissionModel: SELF_MANAGED
      Tags: [{Key: Owner, Value: lake}, {Key: Stage, Value: prod}]
      TemplateBody: |
        Resources:
          Inner:
            Type: AWS::CloudFormation::StackSet
            Properties:
              StackSetName: inner
              PermissionModel: SELF_MANAGED
              Tags: [{Key: Owner, Value: records}]
              TemplateBody: |
                Resources:
                  Storage: {Type: 'AWS::S3::Bucket', Properties: {Tags: [{Key: Stage, Value: test}]}}
";
    check(template, "Storage", "tags", "{Stage: test, Owner: records}");
}

#[test]
fn a_purpose_comes_from_tags_then_from_names() {
    check(&bucket("BucketName: patient-records"), "Storage", "purpose", "records");
    check(
        &bucket("BucketName: patient-records, Tags: [{Key: Purpose, Value: access-logs}]"),
        "Storage",
        "purpose",
        "logs",
    );
    check(&bucket(""), "Storage", "purpose", "unstated");
    check(
        &bucket("Tags: [{Key: Purpose, Value: !Ref Class}]"),
        "Storage",
        "purpose",
        "?(parameter \"Class\" has no default)",
    );
}

#[test]
fn a_classification_is_a_purpose_where_nothing_else_says_one() {
    let classified = |more: &str, name: &str| {
        bucket(&format!("{name} Tags: [{{Key: DataClassification, Value: phi}}{more}]"))
    };
    check(&classified("", ""), "Storage", "purpose", "records");
    check(&classified("", "BucketName: portal-access-logs,"), "Storage", "purpose", "logs");
    let processing = ", {Key: Purpose, Value: processing}";
    check(&classified(processing, ""), "Storage", "purpose", "unstated");
    check(&classified(processing, "BucketName: night-backups,"), "Storage", "purpose", "backup");
}

#[test]
fn health_information_is_stated_by_tags() {
    let tagged = |key: &str, value: &str| bucket(&format!("Tags: [{{Key: {key}, Value: {value}}}]"));
    check(&tagged("data-classification", "PHI"), "Storage", "phi", "yes");
    check(&tagged("DataClassification", "public"), "Storage", "phi", "no");
    check(&tagged("contains-phi", "'true'"), "Storage", "phi", "yes");
    check(&tagged("team", "claims"), "Storage", "phi", "unstated");
    check(&tagged("phi", "!Ref Class"), "Storage", "phi", "?(parameter \"Class\" has no default)");
}

#[track_caller]
fn check_secret(password: &str, expect: &str) {
    let db = format!(
        "  Db: {{Type: 'AWS::RDS::DBInstance', Properties: {{Engine: postgres, MasterUserPassword: {password}}}}}\n"
    );
    check(&format!("{}{db}", bucket("")), "Db", "secrets", expect);
}

#[test]
fn secrets_tell_where_they_came_from() {
    check_secret("hunter2", "[{came_from: literal, name: password}]");
    check_secret("!Ref Password", "[{came_from: input, name: password, hidden: true}]");
    check_secret("!Ref Weak", "[{came_from: default, name: password, hidden: true}]");
    check_secret(
        "'{{resolve:secretsmanager:db:SecretString:password}}'",
        "[{came_from: dynamic, name: password}]",
    );
    check_secret("!Sub '${Class}hunter2hunter2'", "[{came_from: literal, name: password}]");
    check_secret("!Ref AWS::NoValue", "[]");
    check_secret("''", "[]");
    check_secret("!Ref Class", "[{came_from: input, name: password, hidden: false}]");
}

#[test]
fn secrets_tell_what_gives_them() {
    let db = |password: &str| {
        format!(
            "variable \"open\" {{ type = string }}\nvariable \"shut\" {{\n  type = string\n  sensitive = true\n}}\nresource \"random_password\" \"p\" {{ length = 20 }}\ndata \"aws_secretsmanager_secret_version\" \"s\" {{ secret_id = \"s\" }}\nresource \"aws_db_instance\" \"db\" {{\n  instance_class = \"db.t3.micro\"\n  password = {password}\n}}\n"
        )
    };
    let told = |password: &str, expect: &str| check(&db(password), "aws_db_instance.db", "secrets", expect);
    told("random_password.p.result", "[{came_from: generated, name: password, source: random_password}]");
    told("data.aws_secretsmanager_secret_version.s.secret_string", {
        "[{came_from: reference, name: password, source: aws_secretsmanager_secret_version}]"
    });
    told("jsondecode(data.aws_secretsmanager_secret_version.s.secret_string).password", {
        "[{came_from: computed, name: password}]"
    });
    told("var.open", "[{came_from: input, name: password, hidden: false}]");
    told("var.shut", "[{came_from: input, name: password, hidden: true}]");
    told("\"hunter2hunter2\"", "[{came_from: literal, name: password}]");
}

#[track_caller]
fn check_custody(key: &str, expect: &str) {
    let text = bucket(&format!(
        "BucketEncryption: {{ServerSideEncryptionConfiguration: [{{ServerSideEncryptionByDefault: {{SSEAlgorithm: 'aws:kms', KMSMasterKeyID: {key}}}}}]}}"
    ));
    let shown = ask(&text, |facts| {
        let bucket = node(facts, "Storage");
        let (id, _) = facts.graph.model(bucket).and_then(|kind| kind.attribute("key")).expect("a key");
        show(&facts.of_reference("key-custody", &facts.graph.attribute(bucket, id), bucket))
    });
    assert_eq!(shown, expect, "{key}");
}

#[test]
fn a_key_is_the_customers_or_of_aws() {
    check_custody("!Ref Key", "customer");
    check_custody("!GetAtt Key.Arn", "customer");
    check_custody("!Ref Alias", "customer");
    check_custody("alias/records", "customer");
    check_custody("alias/other", "customer");
    check_custody("alias/aws/s3", "aws");
    check_custody("!Sub 'arn:aws:kms:${AWS::Region}:${AWS::AccountId}:alias/aws/s3'", "aws");
    check_custody("!Ref Class", "?(parameter \"Class\" has no default)");
}

#[test]
fn every_resource_has_an_address_a_type_and_a_language() {
    check(&bucket(""), "Storage", "type", "AWS::S3::Bucket");
    check(&bucket(""), "Storage", "language", "cloudformation");
    check(&bucket(""), "Storage", "address", "t/Storage");
}
