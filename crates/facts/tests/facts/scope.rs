//! The scope of health information: marks, and what data goes through.

use carelint_facts::{Facts, Phi};
use graph::{Graph, ScopeOptions};

use crate::support::{catalogue, declared, show};

/// The addresses in scope, `?` after those that may be.
#[track_caller]
fn check_with(text: &str, phi: Phi, expect: &str) {
    let declared = declared(text);
    let options = ScopeOptions { complete: true, ..ScopeOptions::default() };
    let graph = Graph::build(&declared, catalogue(), &options);
    let facts = Facts::with_phi(&graph, phi);
    let managed = graph.nodes().filter_map(|(id, _)| {
        let resource = graph.resource(id)?;
        // The redrive policy is a part of its queue for some models.
        let part = resource.type_name == "aws_sqs_queue_redrive_policy";
        if part || resource.mode != value::declared::Mode::Managed {
            return None;
        }
        let name = resource
            .logical_id
            .clone()
            .unwrap_or_else(|| resource.address.rsplit('.').next().unwrap_or_default().into());
        match show(&facts.of_node("phi_scope", id)).as_str() {
            "true" => Some(name.to_string()),
            "false" => None,
            _ => Some(format!("{name}?")),
        }
    });
    assert_eq!(managed.collect::<Vec<_>>().join(" "), expect);
}

#[track_caller]
fn check(text: &str, expect: &str) {
    check_with(text, Phi::default(), expect);
}

const PIPELINE: &str = r#"
variable "class" { type = string }
variable "tags" { type = map(string) }
resource "aws_s3_bucket" "records" {
  bucket = "data-1"
  tags   = { TAGS }
}
resource "aws_s3_bucket" "assets" { bucket = "assets" }
resource "aws_s3_bucket" "copy" { bucket = "data-2" }
resource "aws_s3_bucket_replication_configuration" "r" {
  bucket = aws_s3_bucket.records.id
  role   = "r"
  rule {
    status = "Enabled"
    destination { bucket = aws_s3_bucket.copy.arn }
  }
}
resource "aws_sqs_queue" "visits" { name = "visits" }
resource "aws_sqs_queue" "dead" { name = "dead" }
resource "aws_sqs_queue_redrive_policy" "visits" {
  queue_url      = aws_sqs_queue.visits.id
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 3 })
}
resource "aws_sqs_queue" "unrelated" { name = "unrelated" }
resource "aws_iam_role" "reader" {
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "reader" {
  role   = aws_iam_role.reader.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = aws_s3_bucket.records.arn }] })
}
resource "aws_lambda_function" "ingest" {
  function_name = "ingest"
  role          = aws_iam_role.reader.arn
  environment { variables = { QUEUE = aws_sqs_queue.visits.url } }
}
resource "aws_lambda_function" "notify" {
  function_name = "notify"
  role          = "r"
}
resource "aws_lambda_event_source_mapping" "notify" {
  event_source_arn = aws_sqs_queue.visits.arn
  function_name    = aws_lambda_function.notify.arn
}
resource "aws_cloudwatch_log_group" "ingest" { name = "/aws/lambda/ingest" }
resource "aws_cloudwatch_log_group" "other" { name = "/aws/lambda/other" }
"#;

fn tagged(tags: &str) -> String {
    PIPELINE.replace("TAGS", tags)
}

const FLOW: &str = "records copy visits dead reader ingest notify notify ingest";

#[test]
fn the_scope_follows_data() {
    check(&tagged("phi = \"true\""), FLOW);
    check(&tagged("data-classification = \"PHI\""), FLOW);
}

#[test]
fn without_a_mark_every_store_counts() {
    let all = "records assets copy visits dead unrelated reader ingest notify notify ingest other";
    check(&tagged(""), all);
    check(&tagged("team = \"claims\""), all);
    // Tags that are not all known are no mark.
    check(&PIPELINE.replace("{ TAGS }", "var.tags"), all);
}

#[test]
fn what_holds_none_ends_it() {
    check(&tagged("phi = \"false\""), {
        "assets copy visits dead unrelated reader ingest notify notify ingest other"
    });
    let queue = tagged("phi = \"true\"")
        .replace("{ name = \"visits\" }", "{\n  name = \"visits\"\n  tags = { phi = \"no\" }\n}");
    check(&queue, "records copy reader ingest ingest");
}

#[test]
fn a_mark_that_is_not_known_leaves_the_scope_open() {
    check(&tagged("phi = var.class"), {
        "records? assets? copy? visits? dead? unrelated? reader? ingest? notify? notify? ingest? other?"
    });
    let two = tagged("phi = var.class")
        .replace("{ bucket = \"assets\" }", "{\n  bucket = \"assets\"\n  tags = { phi = \"yes\" }\n}");
    check(&two, "records? assets copy? visits? dead? reader? ingest? notify? notify? ingest?");
}

#[test]
fn names_widen_a_scope_and_make_none() {
    let named = |tags: &str| {
        tagged(tags)
            .replace("\"unrelated\" { name = \"unrelated\" }", "\"patients\" { name = \"patient-events\" }")
    };
    check(&named("phi = \"true\""), "records copy visits dead patients reader ingest notify notify ingest");
    check(
        &named("phi = \"false\""),
        "assets copy visits dead patients reader ingest notify notify ingest other",
    );
}

#[test]
fn the_configuration_marks() {
    let holds = |holds: &[&str], none: &[&str]| Phi {
        holds: holds.iter().map(|text| (*text).into()).collect(),
        holds_none: none.iter().map(|text| (*text).into()).collect(),
    };
    check_with(&tagged(""), holds(&["aws_s3_bucket.records"], &[]), FLOW);
    check_with(&tagged(""), holds(&["aws_sqs_queue.un*"], &[]), {
        // The bucket is called `records`.
        "records copy visits dead unrelated reader ingest notify notify ingest"
    });
    check_with(&tagged("phi = \"true\""), holds(&[], &["aws_s3_bucket.records"]), {
        "assets copy visits dead unrelated reader ingest notify notify ingest other"
    });
    check_with(&tagged(""), holds(&["aws_s3_bucket.*"], &["aws_s3_bucket.assets"]), FLOW);
}

#[test]
fn databases_take_their_snapshots_replicas_and_keys_along() {
    let text = r#"
resource "aws_kms_key" "k" {}
resource "aws_kms_key" "other" {}
resource "aws_db_subnet_group" "g" { subnet_ids = [] }
resource "aws_db_instance" "db" {
  instance_class       = "db.t3.micro"
  kms_key_id           = aws_kms_key.k.arn
  db_subnet_group_name = aws_db_subnet_group.g.name
  tags                 = { phi = "yes" }
}
resource "aws_db_instance" "replica" {
  instance_class      = "db.t3.micro"
  replicate_source_db = aws_db_instance.db.identifier
}
resource "aws_db_snapshot" "s" {
  db_instance_identifier = aws_db_instance.db.identifier
  db_snapshot_identifier = "s"
}
resource "aws_db_instance" "elsewhere" { instance_class = "db.t3.micro" }
"#;
    check(text, "k g db replica s");
}

#[test]
fn templates_have_a_scope() {
    let text = "
Resources:
  Records: {Type: 'AWS::DynamoDB::Table', Properties: {KeySchema: [], Tags: [{Key: phi, Value: 'true'}]}}
  Other: {Type: 'AWS::DynamoDB::Table', Properties: {KeySchema: []}}
  Topic: {Type: 'AWS::SNS::Topic'}
  Queue: {Type: 'AWS::SQS::Queue'}
  Subscription: {Type: 'AWS::SNS::Subscription', Properties: {Protocol: sqs, TopicArn: !Ref Topic, Endpoint: !GetAtt Queue.Arn}}
  Writer:
    Type: AWS::Lambda::Function
    Properties:
      Role: r
      Code: {ZipFile: x}
      Environment: {Variables: {TABLE: !Ref Records, TOPIC: !Ref Topic}}
";
    check(text, "Records Topic Queue Subscription Writer");
}
