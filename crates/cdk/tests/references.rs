//! References between the stacks of an assembly, in each way that the CDK makes them.

#![expect(clippy::expect_used, reason = "a test that does not find its resource says so and stops")]

use carelint_cdk::read;
use cloudformation::Inputs;
use source::Sources;
use source::discovery::discover;
use value::Kind;

/// Two stacks, each with its environment and template, where `App` has a topic whose `KmsMasterKeyId` is the reference.
#[track_caller]
fn check(data: (&str, &str), app: (&str, &str), expected: &str) {
    let stack = |id: &str, environment: &str| {
        format!(
            r#""{id}": {{"type": "aws:cloudformation:stack", "environment": "aws://{environment}", "displayName": "{id}",
              "properties": {{"templateFile": "{id}.json", "stackName": "{id}-stack"}}}}"#
        )
    };
    let manifest = format!(
        r#"{{"version": "54.0.0", "artifacts": {{{}, {}}}}}"#,
        stack("App", app.0),
        stack("Data", data.0)
    );
    let files = [
        ("cdk.out/manifest.json", manifest.as_str()),
        ("cdk.out/Data.json", data.1),
        ("cdk.out/App.json", app.1),
    ];
    let sources = Sources::in_memory(files);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let topic = declared.resources.iter().find(|one| one.address == "App/Topic").expect("a topic");
    let shown = match topic.attributes.get("KmsMasterKeyId").kind {
        Kind::Reference(reference) => {
            format!("{}.{}", reference.to.replace('\u{1f}', " "), reference.attribute)
        }
        Kind::Unknown(unknown) => unknown.reason.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(shown, expected);
}

const HERE: &str = "111122223333/eu-west-1";
const THERE: &str = "111122223333/us-east-1";

fn key(rest: &str) -> String {
    format!(r#"{{"Resources": {{"Key": {{"Type": "AWS::KMS::Key"}}{rest}"#)
}

fn topic(key: &str, rest: &str) -> String {
    format!(
        r#"{{"Resources": {{"Topic": {{"Type": "AWS::SNS::Topic", "Properties": {{"KmsMasterKeyId": {key}}}}}{rest}}}}}"#
    )
}

#[test]
fn an_export_is_the_resource_itself() {
    let data = key(r#"}, "Outputs": {"ExportsOutputRefKey": {"Value": {"Fn::GetAtt": ["Key", "Arn"]},
          "Export": {"Name": "Data-stack:ExportsOutputFnGetAttKeyArn"}}}}"#);
    let app = topic(r#"{"Fn::ImportValue": "Data-stack:ExportsOutputFnGetAttKeyArn"}"#, "");
    check((HERE, &data), (HERE, &app), "Data Data/Key.Arn");
    let unknown = "no stack of the scan exports Data-stack:ExportsOutputFnGetAttKeyArn";
    check((THERE, &data), (HERE, &app), unknown);
}

#[test]
fn an_output_is_read_by_stack_and_name() {
    let data = key(r#"}, "Outputs": {"KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}}}}"#);
    let read = |more: &str| {
        topic(
            &format!(
                r#"{{"Fn::GetStackOutput": {{"StackName": "Data-stack", "OutputName": "KeyArn"{more}}}}}"#
            ),
            "",
        )
    };
    check((HERE, &data), (HERE, &read("")), "Data Data/Key.Arn");
    check((THERE, &data), (HERE, &read(r#", "Region": "us-east-1""#)), "Data Data/Key.Arn");
    let unknown = "the output Data-stack.KeyArn is read from its stack at deployment";
    check((THERE, &data), (HERE, &read("")), unknown);
    check((HERE, &data), (HERE, &read(r#", "RoleArn": "arn:aws:iam::1:role/x""#)), unknown);
    check(("999988887777/eu-west-1", &data), (HERE, &read("")), unknown);
}

#[test]
fn a_parameter_that_crosses_regions_is_the_resource_itself() {
    let name = "/cdk/exports/App-stack/DatauswestFnGetAttKeyArn";
    let data = key(&format!(
        r#", "ExportsWriter": {{"Type": "Custom::CrossRegionExportWriter", "Properties": {{"WriterProps": {{
          "region": "eu-west-1", "exports": {{"{name}": {{"Fn::GetAtt": ["Key", "Arn"]}}}}}}}}}}}}}}"#
    ));
    let reader = r#", "ExportsReader": {"Type": "Custom::CrossRegionExportReader", "Properties": {"ReaderProps": {"region": "eu-west-1"}}}"#;
    let app = topic(&format!(r#"{{"Fn::GetAtt": ["ExportsReader", "{name}"]}}"#), reader);
    check((THERE, &data), (HERE, &app), "Data Data/Key.Arn");
    let app = topic(r#"{"Fn::GetAtt": ["ExportsReader", "/cdk/exports/App-stack/Other"]}"#, reader);
    check((THERE, &data), (HERE, &app), "App App/ExportsReader./cdk/exports/App-stack/Other");
}
