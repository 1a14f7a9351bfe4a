//! Who decides on a resource, by the tree of constructs, the marks of metadata and ids that the CDK keeps for itself.

use carelint_cdk::read;
use cloudformation::Inputs;
use source::Sources;
use source::discovery::discover;

const MANIFEST: &str = r#"{
  "version": "54.0.0",
  "artifacts": {
    "Data": {
      "type": "aws:cloudformation:stack", "environment": "aws://unknown-account/unknown-region",
      "properties": {"templateFile": "Data.template.json"}, "additionalMetadataFile": "Data.metadata.json", "displayName": "Data"
    },
    "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}}
  }
}"#;

const TEMPLATE: &str = r#"{"Resources": {
  "Bucket": {"Type": "AWS::S3::Bucket"},
  "Queue": {"Type": "AWS::SQS::Queue"},
  "Emptier": {"Type": "AWS::IAM::Role"},
  "Marked": {"Type": "AWS::IAM::Role"},
  "Unlisted": {"Type": "AWS::SNS::Topic"}
}}"#;

const METADATA: &str = r#"{
  "/Data/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket"}],
  "/Data/Ingest/queue/Resource": [{"data": "Queue", "type": "aws:cdk:logicalId"}],
  "/Data/Custom::S3AutoDeleteObjectsCustomResourceProvider/Role": [{"type": "aws:cdk:logicalId", "data": "Emptier"}],
  "/Data/Maker": [{"type": "aws:cdk:is-custom-resource-handler-singleton", "data": true},
    {"type": "aws:cdk:analytics:construct", "data": {"metadata": "*", "list": [[1, {}], null, 1.5, -1, true, "x (/app/a.ts:1:1)"]}}],
  "/Data/Maker/Role": [{"type": "aws:cdk:logicalId", "data": "Marked"}]
}"#;

/// With classes before and after children, as releases of the CDK have had them.
const TREE: &str = r#"{"version": "tree-0.1", "tree": {"id": "App", "path": "", "children": {
  "Data": {"id": "Data", "path": "Data", "constructInfo": {"fqn": "some-library.Stack", "version": "1"}, "children": {
    "Bucket": {"id": "Bucket", "children": {"Resource": {"constructInfo": {"fqn": "aws-cdk-lib.aws_s3.CfnBucket"},
      "attributes": {"aws:cdk:cloudformation:props": {"a": [1, {"b": null}]}}}}, "constructInfo": {"fqn": "aws-cdk-lib.aws_s3.Bucket"}},
    "Ingest": {"id": "Ingest", "constructInfo": {"fqn": "@scope/library.sub.Ingest"}, "children": {
      "queue": {"constructInfo": {"fqn": "aws-cdk-lib.aws_sqs.Queue"}, "children": {"Resource": {"id": "Resource"}}}}}
  }}
}, "constructInfo": {"fqn": "aws-cdk-lib.App", "version": "2.1.0"}}}"#;

const BY_TREE: [&str; 5] =
    ["Bucket app", "Queue library:@scope/library", "Emptier cdk", "Marked cdk", "Unlisted -"];

const WITHOUT: [&str; 5] = ["Bucket -", "Queue -", "Emptier cdk", "Marked cdk", "Unlisted -"];

/// Checks `id owner` of each resource, then problems of the assembly as `severity path`.
#[track_caller]
fn check(trees: &[(&str, &str)], expected: &[&str]) {
    let mut files = vec![
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/Data.template.json", TEMPLATE),
        ("cdk.out/Data.metadata.json", METADATA),
    ];
    files.extend(trees);
    let sources = Sources::in_memory(files);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let owner = |owner: Option<&value::declared::Owner>| owner.map_or("-".to_owned(), ToString::to_string);
    let mut shown: Vec<String> = declared
        .resources
        .iter()
        .map(|one| format!("{} {}", one.logical_id.as_deref().unwrap_or("?"), owner(one.owner())))
        .collect();
    let own = declared.problems.iter().filter(|one| one.code.starts_with("cdk"));
    shown.extend(own.map(|one| format!("{} {}", one.severity.as_str(), one.path)));
    assert_eq!(shown, expected);
}

#[test]
fn a_tree_tells_owners_and_the_class_of_the_stack_does_not_count() {
    check(&[("cdk.out/tree.json", TREE)], &BY_TREE);
}

#[test]
fn a_tree_may_be_spread_over_files() {
    let tree = r#"{"version": "tree-0.1", "tree": {"children": {"Data": {"id": "Data", "fileName": "trees-1.json", "treeId": "t1"}}}}"#;
    let forest = r#"{"version": "forest-0.1", "forest": {
      "t0": {"constructInfo": {"fqn": "@scope/library.sub.Ingest"}, "children": {"queue": {"children": {"Resource": {}}}}},
      "t1": {"children": {"Bucket": {"children": {"Resource": {}}}, "Ingest": {"fileName": "trees-1.json", "treeId": "t0"}}}}}"#;
    check(&[("cdk.out/tree.json", tree), ("cdk.out/trees-1.json", forest)], &BY_TREE);
}

#[test]
fn without_a_tree_only_helpers_are_told_and_that_is_a_note() {
    let note = ["note cdk.out/tree.json"];
    check(&[], &[WITHOUT.as_slice(), &note].concat());
    check(&[("cdk.out/tree.json", "{\"tree\": ")], &[WITHOUT.as_slice(), &note].concat());
    let deep = format!("{{\"tree\": {}", "{\"children\": {\"a\": ".repeat(100_000));
    check(&[("cdk.out/tree.json", &deep)], &[WITHOUT.as_slice(), &note].concat());
    let round = r#"{"tree": {"children": {"Data": {"fileName": "trees-1.json", "treeId": "t0"}}}}"#;
    let forest = r#"{"forest": {"t0": {"fileName": "trees-1.json", "treeId": "t0"}}}"#;
    check(&[("cdk.out/tree.json", round), ("cdk.out/trees-1.json", forest)], &WITHOUT);
}
