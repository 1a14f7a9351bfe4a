//! `AWS::Include` and other macros: files of the scan are read, places point into them, and the rest is not known.

use carelint_cloudformation::Inputs;
use value::declared::Mode;

use crate::show::show;
use crate::{declared, said};

/// Checks the managed resources as `address {properties}`, then all that is said.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str], messages: &[&str]) {
    let (found, _) = declared(files, &Inputs::default());
    let managed = found.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let shown: Vec<String> =
        managed.map(|resource| format!("{} {}", resource.address, show(&resource.attributes))).collect();
    assert_eq!((shown, said(&found)), (strings(expected), strings(messages)));
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn include(location: &str) -> String {
    format!("{{Name: 'AWS::Include', Parameters: {{Location: {location}}}}}")
}

#[test]
fn a_file_stands_wherever_aws_takes_one() {
    let main = format!(
        "
AWSTemplateFormatVersion: 2010-09-09
Parameters: {{Folder: {{Type: String, Default: parts}}}}
Mappings: {{'Fn::Transform': {}}}
Conditions: {{'Fn::Transform': {}}}
Resources:
  'Fn::Transform': {}
  A:
    Type: AWS::S3::Bucket
    Properties:
      Own: 1
      'Fn::Transform': {}
  B:
    Type: AWS::S3::Bucket
    Properties:
      Policy: {{'Fn::Transform': [{}]}}
      Short: !Transform {{Name: 'AWS::Include', Parameters: {{Location: parts/properties.yaml}}}}
      Mapped: !FindInMap [M, a, b]
      Chosen: !If [C, 1, 2]
",
        include("parts/mappings.json"),
        include("./parts/conditions.yaml"),
        include("!Sub '${Folder}/resources.yaml'"),
        include("parts/properties.yaml"),
        include("parts/policy.json"),
    );
    check(
        &[
            ("infra/main.yaml", &main),
            ("infra/parts/mappings.json", "{\"M\": {\"a\": {\"b\": \"c\"}}}"),
            ("infra/parts/conditions.yaml", "C: {'Fn::Equals': [a, a]}"),
            ("infra/parts/resources.yaml", "C: {Type: AWS::SQS::Queue, Properties: {Name: {Ref: Folder}}}"),
            ("infra/parts/properties.yaml", "Own: 2\nMore: {Ref: A}\n"),
            ("infra/parts/policy.json", "{\"Version\": \"2012-10-17\"}"),
        ],
        &[
            "infra/main/A {Own: 1, More: @A}",
            "infra/main/B {Policy: {Version: \"2012-10-17\"}, Short: {Own: 2, More: @A}, Mapped: \"c\", Chosen: 1}",
            "infra/main/C {Name: \"parts\"}",
        ],
        &[],
    );
}

#[test]
fn a_file_at_the_top_level_completes_the_template() {
    let main = format!(
        "Transform: [{}, 'AWS::LanguageExtensions']\nAWSTemplateFormatVersion: 2010-09-09\nResources: {{A: {{Type: AWS::S3::Bucket}}}}\n",
        include("more.yaml")
    );
    let more = "Resources: {B: {Type: AWS::S3::Bucket}, A: {Type: AWS::SQS::Queue}}\nMetadata: {x: 1}\n";
    check(&[("main.yaml", &main), ("more.yaml", more)], &["main/A {}", "main/B {}"], &[]);
}

#[test]
fn places_point_into_the_included_file() {
    let main =
        format!("Resources: {{'Fn::Transform': {}}}\nAWSTemplateFormatVersion: x\n", include("part.yaml"));
    let part = "# a bucket\nA:\n  Type: AWS::S3::Bucket\n  Properties:\n    X: 7\n    Y: {Ref: Nothing}\n";
    let (found, sources) = declared(&[("main.yaml", &main), ("part.yaml", part)], &Inputs::default());
    let bucket = found.resources.first().expect("a bucket");
    let at = |place: source::Place| (sources.file(place.file).path.clone(), sources.slice(place));
    let part = |text: &str| ("part.yaml".to_owned(), text.to_owned());
    assert_eq!(at(bucket.place), part("A"));
    let x = bucket.attributes.get("X");
    assert_eq!(at(x.origin.place.expect("a place")), part("7"));
    let problem = found.problems.first().expect("a problem");
    assert_eq!(
        (problem.code, at(problem.place.expect("a place"))),
        ("cloudformation-unknown-name", part("{Ref: Nothing}"))
    );
}

#[test]
fn what_is_not_at_hand_is_not_known() {
    let thing = |location: &str| {
        format!(
            "Parameters: {{Bucket: {{Type: String}}}}\nResources: {{T: {{Type: AWS::S3::Bucket, Properties: {{A: 1, 'Fn::Transform': {}}}}}}}\n",
            include(location)
        )
    };
    let check = |location: &str, message: &str| {
        check(
            &[("t.yaml", &thing(location)), ("list.yaml", "[1]"), ("bad.yaml", "a: ["), ("scalar.yaml", "x")],
            &["t/T {A: 1, ...}"],
            &[message],
        );
    };
    check(
        "s3://bucket/x.yaml",
        "note cloudformation-include: s3://bucket/x.yaml is not opened: what it adds to the template is not known",
    );
    check(
        "!Sub 's3://${Bucket}/x.yaml'",
        "note cloudformation-include: what AWS::Include adds is not known: parameter \"Bucket\" has no default",
    );
    check("gone.yaml", "warning cloudformation-include: AWS::Include adds nothing: gone.yaml does not exist");
    check(
        "../../etc/passwd",
        "warning cloudformation-include: AWS::Include adds nothing: ../../etc/passwd lies outside the scan root",
    );
    check(
        "/etc/passwd",
        "warning cloudformation-include: AWS::Include adds nothing: /etc/passwd lies outside the scan root",
    );
    check(
        "list.yaml",
        "warning cloudformation-include: list.yaml is included and holds no map of keys to values",
    );
    check(
        "bad.yaml",
        "warning cloudformation-syntax: bad.yaml is included and does not parse: unclosed bracket '['",
    );
}

#[test]
fn a_file_that_includes_itself_is_included_once() {
    let part = format!("X: 1\n'Fn::Transform': {}\n", include("part.yaml"));
    let main = format!(
        "Resources: {{T: {{Type: AWS::S3::Bucket, Properties: {{'Fn::Transform': {}}}}}}}\n",
        include("part.yaml")
    );
    check(
        &[("t.yaml", &main), ("part.yaml", &part)],
        &["t/T {X: 1, ...}"],
        &[
            "warning cloudformation-include: part.yaml includes another file, which CloudFormation refuses in what is included",
        ],
    );
    let itself =
        format!("Resources: {{'Fn::Transform': {}, T: {{Type: AWS::S3::Bucket}}}}\n", include("t.yaml"));
    let (found, _) = declared(&[("t.yaml", &itself)], &Inputs::default());
    assert_eq!(found.resources.len(), 1);
}

#[test]
fn an_included_template_is_no_root() {
    let main = format!("Transform: {}\nResources: {{A: {{Type: AWS::S3::Bucket}}}}\n", include("more.yaml"));
    let more = "Resources: {B: {Type: AWS::S3::Bucket}}\n";
    let (found, _) = declared(&[("main.yaml", &main), ("more.yaml", more)], &Inputs::default());
    let roots: Vec<&str> = found.roots.iter().map(|root| root.name.as_str()).collect();
    assert_eq!(roots, ["main.yaml"]);
}

#[test]
fn a_macro_makes_what_is_not_known_and_is_said_once() {
    let main = "
Transform: [AWS::SecretsManager-2020-07-23, AWS::CodeDeployBlueGreen]
Resources:
  'Fn::Transform': {Name: Many}
  A:
    Type: AWS::S3::Bucket
    Properties:
      X: {'Fn::Transform': {Name: Upper, Parameters: {Text: a}}}
      Y: {'Fn::Transform': {Name: Upper, Parameters: {Text: b}}}
      Z: !Ref MadeByMany
";
    check(
        &[("t.yaml", main)],
        &["t/A {X: ?, Y: ?, Z: ?MadeByMany}"],
        &[
            "note cloudformation-macro: the macro Many runs at deployment; what it makes is not judged",
            "note cloudformation-macro: the macro Upper runs at deployment; what it makes is not judged",
        ],
    );
    let (found, _) = declared(&[("t.yaml", main)], &Inputs::default());
    let opaque: Vec<&str> = found.opaque.iter().map(|one| one.source.as_str()).collect();
    assert_eq!(opaque, ["Many"]);
}

#[test]
fn rules_and_hooks_are_passed_over() {
    let main = "
Parameters: {P: {Type: String}}
Rules:
  R: {Assertions: [{Assert: {'Fn::Contains': [[a, b], {Ref: P}]}}]}
Hooks: {H: {Type: AWS::CodeDeploy::BlueGreen, Properties: {}}}
Resources: {A: {Type: AWS::S3::Bucket}}
";
    check(
        &[("t.yaml", main)],
        &["t/A {}"],
        &[
            "note cloudformation-rules: the rules of the template are not evaluated; they may refuse values of parameters",
            "note cloudformation-hooks: the hooks of the template are not evaluated; they run at deployment",
        ],
    );
    let cdk = "Rules: {CheckBootstrapVersion: {Assertions: []}}\nResources: {A: {Type: AWS::S3::Bucket}}\n";
    check(&[("t.yaml", cdk)], &["t/A {}"], &[]);
}

#[test]
fn outputs_of_products_are_not_known() {
    let main = "
Transform: AWS::ServiceCatalog
Resources: {A: {Type: AWS::S3::Bucket, Properties: {X: '[[servicecatalog:Network:Vpc]]'}}}
";
    check(&[("t.yaml", main)], &["t/A {X: ?[[servicecatalog:Network:Vpc]]}"], &[]);
}
