//! Assemblies as releases of the CDK have written them, from 1.0 on: where metadata stands, how nested stacks are told.

use carelint_cdk::read;
use cloudformation::Inputs;
use source::Sources;
use source::discovery::discover;
use value::declared::Mode;

/// CDK 1: metadata with traces in the manifest, the template of a nested stack by its asset's path, ids that the stack
/// and the stack nested in it share.
const FIRST: &str = r#"{"version": "0.36.0", "artifacts": {
  "Records": {
    "type": "aws:cloudformation:stack", "environment": "aws://111122223333/eu-west-1",
    "properties": {"templateFile": "Records.template.json"},
    "metadata": {
      "/Records/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket1", "trace": [
        "new Bucket (/app/node_modules/@aws-cdk/aws-s3/lib/bucket.ts:1:1)", "new Records (/app/lib/records.ts:9:5)"]}],
      "/Records/Inner/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket1"}],
      "/Records/Inner": [{"type": "aws:cdk:creationStack", "data": ["new Inner (/app/lib/inner.ts:3:5)"]}],
      "/Records/Inner.NestedStack/Inner.NestedStackResource": [
        {"type": "aws:cdk:logicalId", "data": "Inner1"},
        {"type": "aws:cdk:asset", "data": {"path": "Inner.nested.template.json", "packaging": "file"}}],
      "/Records/Inner/Deep/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket1"}],
      "/Records/Inner/Deep.NestedStack/Deep.NestedStackResource": [{"type": "aws:cdk:logicalId", "data": "Deep1"}]
    }
  }
}}"#;

const RECORDS: &str = r#"{"Resources": {
  "Bucket1": {"Type": "AWS::S3::Bucket"},
  "Inner1": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Join": ["", [
      "https://s3.eu-west-1.", {"Ref": "AWS::URLSuffix"}, "/", {"Ref": "AssetParameters1S3Bucket"}]]}},
    "Metadata": {"aws:asset:path": "Inner.nested.template.json", "aws:asset:property": "TemplateURL"}}
}, "Parameters": {"AssetParameters1S3Bucket": {"Type": "String"}}}"#;

/// A nested stack of CDK 2 without metadata of its asset: told by the asset manifest alone.
const INNER: &str = r#"{"Resources": {
  "Bucket1": {"Type": "AWS::S3::Bucket"},
  "Deep1": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": {"Fn::Join": ["", [
      "https://s3.eu-west-1.", {"Ref": "AWS::URLSuffix"}, "/cdk-hnb659fds-assets-1-eu-west-1/0011aa.json"]]}}}
}}"#;

const DEEP: &str = r#"{"Resources": {"Bucket1": {"Type": "AWS::S3::Bucket"}}}"#;

const ASSETS: &str = r#"{"version": "1.0.0", "files": {
  "0011aa": {"source": {"path": "Deep.nested.template.json", "packaging": "file"},
    "destinations": {"current": {"bucketName": "cdk-hnb659fds-assets-1-eu-west-1", "objectKey": "0011aa.json"}}},
  "22": {"source": {"path": "asset.22.zip"}, "destinations": {"current": {"objectKey": "22.zip"}}}
}}"#;

fn files(manifest: &str) -> Vec<(&str, &str)> {
    vec![
        ("cdk.out/manifest.json", manifest),
        ("cdk.out/Records.template.json", RECORDS),
        ("cdk.out/Inner.nested.template.json", INNER),
        ("cdk.out/Deep.nested.template.json", DEEP),
        ("cdk.out/Records.assets.json", ASSETS),
        ("lib/records.ts", ""),
        ("lib/inner.ts", ""),
    ]
}

/// Checks `address path line` of each resource, then problems as `severity code`, then modules that were not opened.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let sources = Sources::in_memory(files.iter().copied());
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let managed = declared.resources.iter().filter(|one| one.mode == Mode::Managed);
    let mut shown: Vec<String> = managed
        .map(|one| format!("{} {} {}", one.address, text(one.construct_path()), text(one.source_trace())))
        .collect();
    shown.extend(declared.problems.iter().map(|one| format!("{} {}", one.severity.as_str(), one.code)));
    shown.extend(declared.opaque.iter().map(|one| format!("opaque {}", one.address)));
    assert_eq!(shown, expected);
}

const OUTER: [&str; 3] = [
    "Records/Bucket1 Records/Bucket/Resource lib/records.ts:9:5",
    "Records/Inner1 Records/Inner.NestedStack/Inner.NestedStackResource -",
    "Records/Inner1/Bucket1 Records/Inner/Bucket/Resource lib/inner.ts:3:5",
];

#[test]
fn ids_of_nested_stacks_are_told_apart_in_the_first_release() {
    let deep =
        "Records/Inner1/Deep1 Records/Inner/Deep.NestedStack/Deep.NestedStackResource lib/inner.ts:3:5";
    check(
        &files(FIRST),
        &[OUTER.as_slice(), &[deep, "note cloudformation-nested-unopened", "opaque Records/Inner1/Deep1"]]
            .concat(),
    );
}

#[test]
fn an_asset_manifest_tells_the_template_of_a_nested_stack() {
    let with_assets = FIRST.replacen(
        "\"artifacts\": {",
        "\"artifacts\": {\"Records.assets\": {\"type\": \"cdk:asset-manifest\", \"properties\": {\"file\": \"Records.assets.json\"}},",
        1,
    );
    let deep = [
        "Records/Inner1/Deep1 Records/Inner/Deep.NestedStack/Deep.NestedStackResource lib/inner.ts:3:5",
        "Records/Inner1/Deep1/Bucket1 Records/Inner/Deep/Bucket/Resource lib/inner.ts:3:5",
    ];
    check(&files(&with_assets), &[OUTER.as_slice(), &deep].concat());
}

#[test]
fn every_schema_is_read_and_one_that_is_not_known_yet_is_noted() {
    let template =
        r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket", "Metadata": {"aws:cdk:path": "S/B/Resource"}}}}"#;
    for version in ["0.36.0", "1.10.0", "2.0.0", "21.0.0", "36.0.0", "38.0.1", "41.0.0", "48.0.0", "55.0.0"] {
        let manifest = manifest(version);
        check(&[("out/manifest.json", manifest.as_str()), ("out/S.json", template)], &["S/B S/B/Resource -"]);
    }
    let manifest = manifest("99.1.0");
    let noted = ["S/B S/B/Resource -", "note cdk-assembly-newer"];
    check(&[("out/manifest.json", manifest.as_str()), ("out/S.json", template)], &noted);
}

fn manifest(version: &str) -> String {
    format!(
        r#"{{"version": "{version}", "artifacts": {{"S": {{"type": "aws:cloudformation:stack", "properties": {{"templateFile": "S.json"}}}},
          "Later": {{"type": "aws:of:the:future", "properties": [1]}}}}, "runtime": {{"libraries": {{}}}}}}"#
    )
}

#[test]
fn metadata_that_cannot_be_read_is_a_warning() {
    let manifest = manifest("48.0.0").replace(
        "\"properties\": {\"templateFile\"",
        "\"additionalMetadataFile\": \"S.metadata.json\", \"properties\": {\"templateFile\"",
    );
    let files = [("out/manifest.json", manifest.as_str()), ("out/S.json", DEEP)];
    check(&files, &["S/Bucket1 - -", "warning cdk-assembly"]);
    let broken = r#"{"/S/Bucket/Resource": [{"type": "aws:cdk:logicalId", "data": "Bucket1"}], "#;
    let files = [&files[..], &[("out/S.metadata.json", broken)]].concat();
    check(&files, &["S/Bucket1 S/Bucket/Resource -", "warning cdk-assembly"]);
}

#[test]
fn two_stacks_may_share_a_template() {
    let manifest = r#"{"version": "30.0.0", "artifacts": {
      "A": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.json"}},
      "B": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.json"}}}}"#;
    check(&[("out/manifest.json", manifest), ("out/S.json", DEEP)], &["A/Bucket1 - -", "B/Bucket1 - -"]);
}
