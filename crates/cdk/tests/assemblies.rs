//! Small assemblies: which stacks are found, what their resources are called, and where they come from.

use carelint_cdk::read;
use cloudformation::Inputs;
use source::Sources;
use source::discovery::discover;
use value::declared::{Declared, Mode};

const MANIFEST: &str = r#"{
  "version": "36.0.0",
  "artifacts": {
    "assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
    "Data": {
      "type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1", "displayName": "Data",
      "properties": {"templateFile": "Data.template.json", "stackName": "records"},
      "metadata": {"/Data/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket1", "trace": [
        "new CfnBucket (/app/node_modules/aws-cdk-lib/aws-s3/lib/s3.generated.js:1:2)",
        "new Data (/app/lib/data.ts:12:5)", "Object.<anonymous> (/app/bin/app.ts:3:1)"]}]}
    },
    "App": {
      "type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
      "properties": {"templateFile": "App.template.json"}, "additionalMetadataFile": "App.metadata.json"
    },
    "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}
  }
}"#;

const STAGE: &str = r#"{
  "version": "36.0.0",
  "artifacts": {"ProdData1": {
    "type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1", "displayName": "Prod/Data",
    "properties": {"templateFile": "ProdData1.template.json", "stackName": "Prod-Data"}
  }}
}"#;

const DATA: &str = r#"{
  "Resources": {
    "Bucket1": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "${AWS::StackName}-${AWS::Region}"}}},
    "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Sub": "https://x/${AWS::Region}"}},
      "Metadata": {"aws:cdk:path": "Data/Nested.NestedStack/Resource", "aws:asset:path": "Nested.nested.template.json"}}
  },
  "Outputs": {"B": {"Value": {"Fn::GetAtt": ["Bucket1", "Arn"]}, "Export": {"Name": "Data:Bucket"}}}
}"#;

const NESTED: &str = r#"{"Resources": {"Key1": {"Type": "AWS::KMS::Key", "Metadata": {"aws:cdk:path": "Data/Nested/Key/Resource"}}}}"#;

const APP: &str = r#"{"Resources": {"Topic1": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::ImportValue": "Data:Bucket"}}}}}"#;

const METADATA: &str = r#"{"/App/Topic/Resource": [{"type": "aws:cdk:logicalId", "data": "Topic1"}]}"#;

/// Metadata as CDK 2.276 writes it: the stack is an entry of its own, frames of libraries are folded.
const STACKS: &str = r#"{
  "/App": [{"type": "aws:cdk:creationStack", "data": ["<anonymous> (/app/bin/app.ts:8:1)", "...node internals..."]}],
  "/App/Topic/Resource": [
    {"type": "aws:cdk:logicalId", "data": "Topic1"},
    {"type": "aws:cdk:creationStack", "data": [
      "...new Topic2 in aws-cdk-lib...", "new App (/app/lib/data.ts:32:17)", "<anonymous> (/app/bin/app.ts:8:1)"]}]
}"#;

fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/tree.json", r#"{"version": "tree-0.1", "tree": {"id": "App", "path": ""}}"#),
        ("lib/data.ts", ""),
        ("cdk.out/Data.template.json", DATA),
        ("cdk.out/Nested.nested.template.json", NESTED),
        ("cdk.out/App.template.json", APP),
        ("cdk.out/App.metadata.json", METADATA),
        ("cdk.out/assembly-Prod/manifest.json", STAGE),
        (
            "cdk.out/assembly-Prod/ProdData1.template.json",
            r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#,
        ),
    ]
}

fn declared(files: &[(&str, &str)]) -> Declared {
    let sources = Sources::in_memory(files.iter().copied());
    let found = discover(&sources, &[".".into()]);
    read(&sources, &found.candidates, &Inputs::default())
}

/// Checks the managed resources as `address path trace`, then the problems by their codes.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let declared = declared(files);
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let mut shown: Vec<String> = managed
        .map(|resource| {
            let (path, trace) = (text(resource.construct_path()), text(resource.source_trace()));
            format!("{} {path} {trace}", resource.address)
        })
        .collect();
    shown.extend(
        declared.problems.iter().map(|problem| format!("{}: {}", problem.severity.as_str(), problem.code)),
    );
    assert_eq!(shown, expected);
}

#[test]
fn every_stack_of_every_stage_is_read_once() {
    check(
        &files(),
        &[
            "Data/Bucket1 Data/Bucket/Resource lib/data.ts:12:5",
            "Data/Nested Data/Nested.NestedStack/Resource -",
            "Data/Nested/Key1 Data/Nested/Key/Resource -",
            "App/Topic1 App/Topic/Resource -",
            "Prod/Data/B - -",
        ],
    );
}

#[test]
fn a_creation_stack_of_its_own_tells_the_line() {
    let mut files = files();
    files.retain(|(path, _)| *path != "cdk.out/App.metadata.json");
    files.push(("cdk.out/App.metadata.json", STACKS));
    check(
        &files,
        &[
            "Data/Bucket1 Data/Bucket/Resource lib/data.ts:12:5",
            "Data/Nested Data/Nested.NestedStack/Resource -",
            "Data/Nested/Key1 Data/Nested/Key/Resource -",
            "App/Topic1 App/Topic/Resource lib/data.ts:32:17",
            "Prod/Data/B - -",
        ],
    );
}

#[test]
fn a_line_of_a_file_that_is_not_in_the_scan_stays_as_written() {
    let mut files = files();
    files.retain(|(path, _)| !path.ends_with("App.metadata.json") && !path.ends_with(".ts"));
    let deep = format!("/{}x.ts", "a/".repeat(400));
    let stacks = STACKS.replace("/app/lib/data.ts", &deep);
    files.push(("cdk.out/App.metadata.json", stacks.as_str()));
    let declared = declared(&files);
    let trace = |address: &str| {
        let resource = declared.resources.iter().find(|resource| resource.address == address);
        resource.and_then(|resource| resource.source_trace().map(str::to_owned))
    };
    assert_eq!(trace("Data/Bucket1").as_deref(), Some("/app/lib/data.ts:12:5"));
    assert_eq!(trace("App/Topic1"), Some(format!("{deep}:32:17")));
}

#[test]
fn stacks_know_their_environment_and_name() {
    let declared = declared(&files());
    let roots: Vec<_> = declared
        .roots
        .iter()
        .map(|root| {
            let text = |value: &Option<value::Value>| {
                value.as_ref().and_then(|value| value.as_str()).unwrap_or("-").to_owned()
            };
            format!("{} {} {}", root.name, text(&root.account), text(&root.region))
        })
        .collect();
    assert_eq!(roots, ["Data 111122223333 eu-west-1", "App - -", "Prod/Data 111122223333 eu-west-1"]);
    let bucket =
        declared.resources.iter().find(|resource| resource.address == "Data/Bucket1").expect("a bucket");
    assert_eq!(bucket.attributes.get("BucketName").as_str(), Some("records-eu-west-1"));
}

#[test]
fn stacks_without_environment_import_from_one_another() {
    let app = r#"{"version": "1", "artifacts": {
        "A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "Data.template.json"}},
        "App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}"#;
    let declared =
        declared(&[("manifest.json", app), ("Data.template.json", DATA), ("App.template.json", APP)]);
    let topic = declared.resources.iter().find(|resource| resource.address == "App/Topic1").expect("a topic");
    let value::Kind::Reference(reference) = topic.attributes.get("DisplayName").kind else {
        panic!("no reference")
    };
    assert_eq!((reference.to.as_str(), reference.attribute.as_str()), ("A\u{1f}A/Bucket1", "Arn"));
}

#[test]
fn stacks_of_the_same_id_in_two_assemblies_are_told_apart() {
    let manifest = r#"{"version": "1", "artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.json"}}}}"#;
    let template = r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#;
    check(
        &[
            ("a/manifest.json", manifest),
            ("a/S.json", template),
            ("b/manifest.json", manifest),
            ("b/S.json", template),
        ],
        &["a/S/B - -", "b/S/B - -"],
    );
}

#[test]
fn what_cannot_be_read_is_an_error() {
    check(
        &[("cdk.out/manifest.json", "{\"version\": "), ("cdk.out/cdk.out", "{}")],
        &["error: cdk-assembly"],
    );
    check(&[("web/manifest.json", "{\"name\": \"app\"}"), ("x/manifest.json", "{")], &[]);
    let mut without_template = files();
    without_template.retain(|(path, _)| {
        !path.ends_with("ProdData1.template.json") && !path.ends_with("App.template.json")
    });
    check(
        &without_template,
        &[
            "Data/Bucket1 Data/Bucket/Resource lib/data.ts:12:5",
            "Data/Nested Data/Nested.NestedStack/Resource -",
            "Data/Nested/Key1 Data/Nested/Key/Resource -",
            "error: cdk-assembly",
            "error: cdk-assembly",
        ],
    );
}

#[test]
fn an_assembly_that_names_itself_or_the_outside_ends() {
    let manifest = r#"{"version": "1", "artifacts": {
        "x": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}},
        "y": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../.."}},
        "S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../etc/passwd"}}}}"#;
    let declared = declared(&[("out/manifest.json", manifest)]);
    assert!(declared.problems.iter().all(|problem| problem.code == "cdk-assembly"));
    assert!(declared.resources.is_empty() && !declared.problems.is_empty());
}
