//! Copies of stores: replication rules, replicas, global databases, and the regions that they are in.

use crate::support::{ask, node, show};

/// Shows the copies of a resource: where each leads, its region, `far` if that is another one, `near` if not.
#[track_caller]
fn check(text: &str, name: &str, expect: &str) {
    let shown = ask(text, |facts| {
        let copies = facts.of_node("copies", node(facts, name));
        let list = copies.as_list().expect("a list");
        let one = |item: &value::Item| {
            let copy = &item.value;
            let far = match copy.get("other_region").as_bool() {
                Some(true) => "far",
                Some(false) => "near",
                None => "?",
            };
            let foreign = match copy.get("other_account").as_bool() {
                Some(true) => " foreign",
                Some(false) => "",
                None => " foreign?",
            };
            let to = copy.get("to");
            let to = if to.is_absent() { show(&copy.get("region")) } else { show(&to) };
            let doubt = if item.presence.is_certain() { "" } else { " perhaps" };
            format!("{to} {far}{foreign}{doubt}")
        };
        let mut all: Vec<String> = list.items.iter().map(one).collect();
        all.extend(list.open.as_ref().map(|_| "…".to_owned()));
        all.join(", ")
    });
    assert_eq!(shown, expect, "{name}");
}

const PROVIDERS: &str = r#"
variable "region" { type = string }
variable "status" { type = string }
variable "arn" { type = string }
variable "replicate" { type = bool }
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
provider "aws" {
  alias  = "some"
  region = var.region
}
provider "aws" {
  alias  = "other"
  region = "us-west-2"
  assume_role { role_arn = "arn:aws:iam::444455556666:role/deploy" }
}
"#;

const BUCKETS: &str = r#"
resource "aws_s3_bucket" "records" { bucket = "records" }
resource "aws_s3_bucket" "near" { bucket = "near" }
resource "aws_s3_bucket" "far" {
  provider = aws.west
  bucket   = "far"
}
resource "aws_s3_bucket" "some" {
  provider = aws.some
  bucket   = "some"
}
resource "aws_s3_bucket" "foreign" {
  provider = aws.other
  bucket   = "foreign"
}
"#;

#[track_caller]
fn check_satellite(status: &str, bucket: &str, expect: &str) {
    let rule = format!(
        "resource \"aws_s3_bucket_replication_configuration\" \"r\" {{\n  bucket = aws_s3_bucket.records.id\n  role = \"r\"\n  rule {{\n    status = {status}\n    destination {{ bucket = {bucket} }}\n  }}\n}}\n"
    );
    check(&format!("{PROVIDERS}{BUCKETS}{rule}"), "aws_s3_bucket.records", expect);
}

#[test]
fn buckets_replicate_by_a_satellite() {
    check_satellite("\"Enabled\"", "aws_s3_bucket.far.arn", "@aws_s3_bucket.far far");
    check_satellite("\"Enabled\"", "aws_s3_bucket.near.arn", "@aws_s3_bucket.near near");
    check_satellite("\"Disabled\"", "aws_s3_bucket.far.arn", "");
    check_satellite("\"Enabled\"", "\"arn:aws:s3:::far\"", "arn:aws:s3:::far far");
    check_satellite("\"Enabled\"", "\"arn:aws:s3:::elsewhere\"", "arn:aws:s3:::elsewhere ? foreign?");
    check_satellite("\"Enabled\"", "aws_s3_bucket.some.arn", "@aws_s3_bucket.some ?");
    check_satellite("\"Enabled\"", "aws_s3_bucket.foreign.arn", "@aws_s3_bucket.foreign far foreign");
    check_satellite("var.status", "aws_s3_bucket.far.arn", "@aws_s3_bucket.far far perhaps");
    check_satellite("\"Enabled\"", "var.arn", "?(variable \"arn\" has no value) ? foreign?");
}

#[test]
fn buckets_replicate_inline_and_under_conditions() {
    let inline = BUCKETS.replace(
        "{ bucket = \"records\" }",
        "{\n  bucket = \"records\"\n  replication_configuration {\n    role = \"r\"\n    rules {\n      status = \"Enabled\"\n      destination { bucket = aws_s3_bucket.far.arn }\n    }\n  }\n}",
    );
    check(&format!("{PROVIDERS}{inline}"), "aws_s3_bucket.records", "@aws_s3_bucket.far far");
    let conditional = "resource \"aws_s3_bucket_replication_configuration\" \"r\" {\n  count = var.replicate ? 1 : 0\n  bucket = aws_s3_bucket.records.id\n  role = \"r\"\n  rule {\n    status = \"Enabled\"\n    destination { bucket = aws_s3_bucket.far.arn }\n  }\n}\n";
    check(
        &format!("{PROVIDERS}{BUCKETS}{conditional}"),
        "aws_s3_bucket.records",
        "@aws_s3_bucket.far far perhaps",
    );
    check(&format!("{PROVIDERS}{BUCKETS}"), "aws_s3_bucket.records", "");
}

#[test]
fn databases_have_replicas() {
    let replica = |provider: &str, source: &str| {
        format!(
            "{PROVIDERS}\nresource \"aws_db_instance\" \"db\" {{\n  identifier = \"db\"\n  instance_class = \"db.t3.micro\"\n}}\nresource \"aws_db_instance\" \"replica\" {{\n{provider}\n  replicate_source_db = {source}\n  instance_class = \"db.t3.micro\"\n}}\n"
        )
    };
    let db = "aws_db_instance.db";
    check(&replica("", "aws_db_instance.db.identifier"), db, "@aws_db_instance.replica near");
    check(&replica("  provider = aws.west", "aws_db_instance.db.arn"), db, "@aws_db_instance.replica far");
    check(&replica("  provider = aws.some", "aws_db_instance.db.arn"), db, "@aws_db_instance.replica ?");
    check(&replica("  count = var.replicate ? 1 : 0", "aws_db_instance.db.identifier"), db, {
        "@aws_db_instance.replica[0] near perhaps"
    });
    check(&replica("", "\"others\""), db, "");
}

#[test]
fn members_of_a_global_database_are_copies_of_each_other() {
    let clusters = |first: &str, global: &str| {
        format!(
            "{PROVIDERS}\nresource \"aws_rds_global_cluster\" \"g\" {{\n  global_cluster_identifier = \"g\"\n{global}\n}}\nresource \"aws_rds_cluster\" \"first\" {{\n  engine = \"aurora-mysql\"\n{first}\n}}\nresource \"aws_rds_cluster\" \"second\" {{\n  provider = aws.west\n  engine = \"aurora-mysql\"\n  global_cluster_identifier = aws_rds_global_cluster.g.id\n}}\n"
        )
    };
    let joined = clusters("  global_cluster_identifier = aws_rds_global_cluster.g.id", "");
    check(&joined, "aws_rds_cluster.first", "@aws_rds_cluster.second far");
    check(&joined, "aws_rds_cluster.second", "@aws_rds_cluster.first far");
    let made_from = clusters("", "  source_db_cluster_identifier = aws_rds_cluster.first.arn");
    check(&made_from, "aws_rds_cluster.first", "@aws_rds_cluster.second far");
    check(&made_from, "aws_rds_cluster.second", "@aws_rds_cluster.first far");
    check(&clusters("", ""), "aws_rds_cluster.first", "");
    check(&clusters("  global_cluster_identifier = var.arn", ""), "aws_rds_cluster.first", "…");
}

#[test]
fn tables_have_replicas_in_regions() {
    let table = |provider: &str, replicas: &str| {
        format!(
            "{PROVIDERS}\nresource \"aws_dynamodb_table\" \"t\" {{\n{provider}\n  name = \"t\"\n{replicas}\n}}\n"
        )
    };
    let of = |region: &str| format!("replica {{\n  region_name = {region}\n}}\n");
    let t = "aws_dynamodb_table.t";
    check(&table("", &of("\"us-west-2\"")), t, "us-west-2 far");
    check(&table("", &format!("{}{}", of("\"us-west-2\""), of("\"eu-west-1\""))), t, {
        "us-west-2 far, eu-west-1 far"
    });
    check(&table("", &of("\"us-east-1\"")), t, "us-east-1 near");
    check(&table("  provider = aws.some", &of("\"us-west-2\"")), t, "us-west-2 ?");
    check(&table("  provider = aws.some", &of("var.region")), t, "?(variable \"region\" has no value) near");
    check(&table("", ""), t, "");
    let satellite = "resource \"aws_dynamodb_table_replica\" \"r\" {\n  provider = aws.west\n  global_table_arn = aws_dynamodb_table.t.arn\n}\n";
    check(&format!("{}{satellite}", table("", "")), t, "us-west-2 far");
}

#[test]
fn file_systems_replicate() {
    let text = format!(
        "{PROVIDERS}\nresource \"aws_efs_file_system\" \"f\" {{}}\nresource \"aws_efs_replication_configuration\" \"r\" {{\n  source_file_system_id = aws_efs_file_system.f.id\n  destination {{ region = \"eu-west-1\" }}\n}}\n"
    );
    check(&text, "aws_efs_file_system.f", "eu-west-1 far");
}

fn template(resources: &str) -> String {
    format!("Parameters:\n  Region: {{Type: String}}\n  Arn: {{Type: String}}\nResources:\n{resources}")
}

#[test]
fn templates_say_it_in_their_way() {
    let bucket = |rules: &str| {
        template(&format!(
            "  Records: {{Type: 'AWS::S3::Bucket', Properties: {{ReplicationConfiguration: {{Role: r, Rules: [{rules}]}}}}}}\n  Near: {{Type: 'AWS::S3::Bucket'}}\n"
        ))
    };
    let rule =
        |status: &str, bucket: &str| format!("{{Status: {status}, Destination: {{Bucket: {bucket}}}}}");
    check(&bucket(&rule("Enabled", "!GetAtt Near.Arn")), "Records", "@Near near");
    check(&bucket(&rule("Disabled", "!GetAtt Near.Arn")), "Records", "");
    check(&bucket(&rule("Enabled", "'arn:aws:s3:::far'")), "Records", "arn:aws:s3:::far ? foreign?");
    let table = |regions: &[&str]| {
        let replicas: Vec<String> = regions.iter().map(|region| format!("{{Region: {region}}}")).collect();
        template(&format!(
            "  Table: {{Type: 'AWS::DynamoDB::GlobalTable', Properties: {{AttributeDefinitions: [], KeySchema: [], Replicas: [{}]}}}}\n",
            replicas.join(", ")
        ))
    };
    check(&table(&["!Ref AWS::Region", "us-west-2"]), "Table", "us-west-2 far");
    check(&table(&["!Ref AWS::Region"]), "Table", "");
    check(&table(&["us-east-1", "us-west-2"]), "Table", "us-east-1 ?, us-west-2 ?");
    let replica = "  Db: {Type: 'AWS::RDS::DBInstance', Properties: {Engine: postgres}}\n  Replica: {Type: 'AWS::RDS::DBInstance', Properties: {SourceDBInstanceIdentifier: !Ref Db}}\n";
    check(&template(replica), "Db", "@Replica near");
    let far =
        "  Replica: {Type: 'AWS::RDS::DBInstance', Properties: {SourceDBInstanceIdentifier: !Ref Arn}}\n";
    check(&template(far), "Replica", "");
}

/// The region of a resource, shown.
#[track_caller]
fn check_region(text: &str, name: &str, expect: &str) {
    crate::support::check(text, name, "region", expect);
}

#[test]
fn every_resource_has_a_region() {
    let text = format!("{PROVIDERS}{BUCKETS}");
    check_region(&text, "aws_s3_bucket.records", "us-east-1");
    check_region(&text, "aws_s3_bucket.far", "us-west-2");
    check_region(&text, "aws_s3_bucket.some", "?(variable \"region\" has no value)");
    check_region(
        BUCKETS.split("resource \"aws_s3_bucket\" \"far\"").next().unwrap_or_default(),
        "aws_s3_bucket.near",
        "?(the region is chosen at deployment)",
    );
    check_region(
        &template("  Near: {Type: 'AWS::S3::Bucket'}\n"),
        "Near",
        "?(the region is chosen at deployment)",
    );
}
