//! Every intrinsic function in both spellings, on values known and not known.

#[path = "show/of_schemas.rs"]
mod of_schemas;
mod show;

use carelint_cloudformation::{Inputs, Parameter, read};
use of_schemas::problems;
use show::show;
use source::discovery::discover;
use source::{Limits, Sources};

const HEADER: &str = r#"
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Env: {Type: String, AllowedValues: [dev, prod]}
  Name: {Type: String}
  Size: {Type: Number, Default: "5"}
  Zone: {Type: String, Default: 012}
  Subnets: {Type: CommaDelimitedList, Default: "a, b,c"}
  Chosen: {Type: List<AWS::EC2::Subnet::Id>}
  Password: {Type: String, NoEcho: true, Default: hunter2}
  Image: {Type: AWS::SSM::Parameter::Value<String>, Default: /ami/latest}
Mappings:
  Sizes:
    dev: {Class: small, Count: 1}
    prod: {Class: large, Count: 1}
  Regions:
    us-east-1: {Image: ami-1}
    eu-west-1: {Image: ami-2}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: {"Fn::Equals": [{Ref: Env}, dev]}
  IsNamed: !Not [!Equals [!Ref Name, ""]]
  Both: !And [!Condition IsProd, {Condition: IsNamed}]
  Either: !Or [!Condition IsProd, !Condition IsNamed]
  Sure: !Equals [a, a]
  Hollow: !Not [!Condition Sure]
Resources:
  Bucket: {Type: "AWS::S3::Bucket"}
  Thing:
    Type: Custom::Thing
    Properties:
      Value: "#;

#[track_caller]
fn check(expression: &str, expected: &str) {
    let declared = declared(&format!("{HEADER}{expression}\n"), &Inputs::default());
    assert_eq!(value_of(&declared), expected, "{:#?}", declared.problems);
}

/// Checks the value and the code of the one problem.
#[track_caller]
fn check_problem(expression: &str, expected: &str, code: &str) {
    let declared = declared(&format!("{HEADER}{expression}\n"), &Inputs::default());
    assert_eq!(value_of(&declared), expected);
    assert_eq!(problems(&declared).map(|problem| problem.code).collect::<Vec<_>>(), [code]);
}

fn declared(template: &str, inputs: &Inputs) -> value::declared::Declared {
    let sources = Sources::in_memory([("t.yaml", template)]);
    let found = discover(&sources, &[".".into()]);
    read(&sources, &found.candidates, inputs)
}

fn value_of(declared: &value::declared::Declared) -> String {
    let thing = declared.resources.iter().find(|resource| resource.address == "t/Thing");
    show(&thing.map(|thing| thing.attributes.get("Value")).unwrap_or_else(value::Value::absent))
}

#[test]
fn references_to_parameters() {
    check("!Ref Name", "?Name");
    check("{Ref: Name}", "?Name");
    check("!Ref Size", "5");
    check("!Ref Zone", "\"012\"");
    check("!Ref Subnets", "[\"a\", \"b\", \"c\"]");
    check("!Ref Chosen", "?Chosen");
    check("!Ref Password", "secret \"hunter2\"");
    check("!Ref Image", "?Image");
    check("!Ref Env", "(Env=dev: \"dev\" | !Env=dev: \"prod\")");
    check_problem("!Ref Absent", "?Absent", "cloudformation-unknown-name");
}

#[test]
fn references_to_resources() {
    check("!Ref Bucket", "@Bucket");
    check("!GetAtt Bucket.Arn", "@Bucket.Arn");
    check("{'Fn::GetAtt': [Bucket, Arn]}", "@Bucket.Arn");
    check("{'Fn::GetAtt': [Bucket, Nested.Part]}", "@Bucket.Nested.Part");
    check("!GetAtt Bucket.Nested.Part", "@Bucket.Nested.Part");
    check_problem("!GetAtt Bucket", "?", "cloudformation-wrong-argument");
    check_problem("!GetAtt Absent.Arn", "?Absent", "cloudformation-unknown-name");
}

#[test]
fn pseudo_parameters() {
    check("!Ref AWS::Region", "?AWS::Region");
    check("!Ref AWS::AccountId", "?AWS::AccountId");
    check("!Ref AWS::Partition", "\"aws\"");
    check("!Ref AWS::URLSuffix", "\"amazonaws.com\"");
    check("!Ref AWS::StackName", "?AWS::StackName");
    check("!Ref AWS::NoValue", "absent");
    check("[a, !Ref AWS::NoValue, {k: !Ref AWS::NoValue}]", "[\"a\", {}]");
}

#[test]
fn inputs_set_parameters_and_the_region() {
    let given = |name: &str, text: &str| Parameter::text(name, text);
    let inputs = Inputs {
        parameters: vec![
            given("Name", "n"),
            given("Env", "prod"),
            given("Other", "x"),
            given("AWS::StackName", "s"),
        ],
        region: Some("cn-north-1".to_owned()),
        environment: None,
    };
    let check = |expression: &str, expected: &str| {
        let declared = declared(&format!("{HEADER}{expression}\n"), &inputs);
        assert_eq!(value_of(&declared), expected);
    };
    check(
        "!Sub '${Name} ${Env} ${AWS::StackName} ${AWS::Region} ${AWS::Partition}'",
        "\"n prod s cn-north-1 aws-cn\"",
    );
    check("!If [Both, yes, no]", "true");
    check("!FindInMap [Sizes, !Ref Env, Class]", "\"large\"");
}

#[test]
fn texts_are_substituted() {
    check("!Sub plain", "\"plain\"");
    check("!Sub '${Size}-${Zone}'", "\"5-012\"");
    check("!Sub '${Name}'", "?Name");
    check("!Sub 'a-${Name}-${Bucket.Arn}-${Bucket}'", "`a-{?Name}-{@Bucket.Arn}-{@Bucket}`");
    check("!Sub ['${x}/${Size}', {x: !Ref Name}]", "`{?Name}/5`");
    check("{'Fn::Sub': ['${x}/${Size}', {x: 1}]}", "\"1/5\"");
    check("!Sub '${!Literal} ${open'", "\"${Literal} ${open\"");
    check("!Sub '${Env}-x'", "(Env=dev: \"dev-x\" | !Env=dev: \"prod-x\")");
    check("!Sub '${Env}${Env}'", "(Env=dev: \"devdev\" | !Env=dev: \"prodprod\")");
    check("!Join ['', [!Ref Env, !If [IsProd, x, y]]]", "(Env=dev: \"devy\" | !Env=dev: \"prodx\")");
    check("!Sub 'p=${Password}'", "secret \"p=hunter2\"");
    check_problem("!Sub '${Absent}'", "?Absent", "cloudformation-unknown-name");
}

#[test]
fn lists_are_joined_and_texts_split() {
    check("!Join ['-', [a, !Ref Size, c]]", "\"a-5-c\"");
    check("!Join ['', ['arn:', !Ref AWS::Partition, ':', !GetAtt Bucket.Arn]]", "`arn:aws:{@Bucket.Arn}`");
    check("!Join [',', !Ref Subnets]", "\"a,b,c\"");
    check("!Join [',', !Ref Chosen]", "?Chosen.join(,)");
    check("!Join [',', [a, !If [IsProd, b, !Ref AWS::NoValue]]]", "(!Env=dev: \"a,b\" | Env=dev: \"a\")");
    check("!Split ['-', 'a-b-c']", "[\"a\", \"b\", \"c\"]");
    check("!Select [1, !Split ['-', !Sub 'x-${Size}']]", "\"5\"");
    check("!Split ['-', !Ref Name]", "?Name.split(-)");
    check_problem("!Join [',']", "?", "cloudformation-wrong-argument");
}

#[test]
fn elements_are_selected() {
    check("!Select [1, [a, b]]", "\"b\"");
    check("!Select ['0', !Ref Subnets]", "\"a\"");
    check("!Select [1, !Ref Chosen]", "?Chosen.1");
    check("!Select [7, [a, b]]", "?");
    check("!Select [0, !GetAZs '']", "?GetAZs:AWS::Region.0#0");
    check("!Select [1, {'Fn::GetAZs': us-east-1}]", "?GetAZs:us-east-1.1#1");
    check("!GetAZs {Ref: 'AWS::Region'}", "[...GetAZs:AWS::Region]");
}

#[test]
fn conditions_choose() {
    check("!If [IsProd, 1, 2]", "(!Env=dev: 1 | Env=dev: 2)");
    check("{'Fn::If': [IsDev, 1, 2]}", "(Env=dev: 1 | !Env=dev: 2)");
    check("!If [IsNamed, 1, 2]", "(!Name=: 1 | Name=: 2)");
    check("!If [Both, 1, 2]", "((!Env=dev & !Name=): 1 | !(!Env=dev & !Name=): 2)");
    check("!If [Either, 1, 2]", "((!Env=dev | !Name=): 1 | !(!Env=dev | !Name=): 2)");
    check("!If [Sure, 1, 2]", "1");
    check("!If [Hollow, 1, 2]", "2");
    check("!If [IsProd, !If [IsProd, 1, 2], !If [IsDev, 3, 4]]", "(!Env=dev: 1 | Env=dev: 3)");
    check("{a: !If [IsProd, 1, !Ref AWS::NoValue]}", "{<!Env=dev> a: 1}");
    check("[!If [IsProd, 1, !Ref AWS::NoValue], 2]", "[<!Env=dev> 1, 2]");
    check_problem(
        "!If [Absent, 1, 2]",
        "(condition Absent=true: 1 | !condition Absent=true: 2)",
        "cloudformation-unknown-condition",
    );
}

#[test]
fn mappings_are_looked_up() {
    check("!FindInMap [Sizes, prod, Class]", "\"large\"");
    check("!FindInMap [Sizes, !Ref Env, Class]", "(Env=dev: \"small\" | !Env=dev: \"large\")");
    check("!FindInMap [Sizes, !Ref Env, Count]", "(Env=dev: 1 | !Env=dev: 1)");
    check(
        "!FindInMap [Regions, !Ref AWS::Region, Image]",
        "(AWS::Region=us-east-1: \"ami-1\" | !AWS::Region=us-east-1: \"ami-2\")",
    );
    check("!FindInMap [Sizes, test, Class, {DefaultValue: tiny}]", "\"tiny\"");
    check("!FindInMap [!Ref Name, dev, Class]", "?FindInMap ${Name}.dev.Class");
    check_problem("!FindInMap [Sizes, test, Class]", "?", "cloudformation-unknown-key");
    check_problem("!FindInMap [Absent, test, Class]", "?", "cloudformation-unknown-key");
}

#[test]
fn texts_are_encoded() {
    check("!Base64 AWS CloudFormation", "\"QVdTIENsb3VkRm9ybWF0aW9u\"");
    check("{'Fn::Base64': ab}", "\"YWI=\"");
    check("!Base64 {'Fn::Sub': 'x=${Name}'}", "`x={?Name}`");
    check("!ToJsonString {a: 1, b: [x, true]}", r#""{\"a\":1,\"b\":[\"x\",true]}""#);
    check("{'Fn::ToJsonString': {a: !Ref Name}}", r#"`{"a":"{?Name}"}`"#);
    check("!Length [a, b]", "2");
    check("{'Fn::Length': !Ref Subnets}", "3");
    check("{'Fn::Length': !Ref Chosen}", "?Length ${Chosen}");
}

#[test]
fn address_blocks_are_divided() {
    check("!Cidr [10.0.0.0/16, 2, 8]", "[\"10.0.0.0/24\", \"10.0.1.0/24\"]");
    check("!Select [2, !Cidr [10.0.7.9/16, 3, 12]]", "\"10.0.32.0/20\"");
    check("!Cidr ['2001:db8::/56', 2, 64]", "[\"2001:db8::/64\", \"2001:db8:0:1::/64\"]");
    check("!Select [1, !Cidr [!Ref Name, 3, 8]]", "?Cidr ${Name} 8.1#1");
    check_problem("!Cidr [10.0.0.0/24, 4, 8]", "?", "cloudformation-wrong-argument");
}

#[test]
fn dynamic_references_are_set_and_secret() {
    let secret = "secret ?resolve:secretsmanager:db:SecretString:password";
    check("'{{resolve:secretsmanager:db:SecretString:password}}'", secret);
    check(
        "!Sub '{{resolve:secretsmanager:${Bucket}:SecretString:p}}'",
        "secret ?resolve:secretsmanager:${t/Bucket}:SecretString:p",
    );
    check(
        "!Join ['', ['{{resolve:ssm:', !Ref Size, '}} and more']]",
        "secret `{secret ?resolve:ssm:5} and more`",
    );
    check("'{{resolve:ssm:unclosed'", "\"{{resolve:ssm:unclosed\"");
}

#[test]
fn what_runs_at_deployment_is_not_known() {
    check("!ImportValue shared-vpc", "?import shared-vpc");
    check("!ImportValue {'Fn::Sub': '${Name}-vpc'}", "?import ${Name}-vpc");
    check("{'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: s3://x}}}", "?");
    check("{a: 1, 'Fn::Transform': {Name: 'AWS::Include'}}", "{a: 1, ...}");
    check_problem("{'Fn::Frobnicate': 1}", "?", "cloudformation-unknown-function");
}

#[test]
fn scalars_and_merge_keys_of_yaml() {
    check(
        "{a: yes, b: 0123, c: 2012-10-17, d: '7', e: ~, f: 1.5}",
        r#"{a: true, b: "0123", c: "2012-10-17", d: "7", e: null, f: 1.5}"#,
    );
    check("{a: &x {k: 1, l: 2}, b: {<<: *x, l: 3}}", "{a: {k: 1, l: 2}, b: {l: 3, k: 1}}");
    check_problem("{a: 1, a: 2}", "{a: 2}", "cloudformation-duplicate-key");
}

#[test]
fn hostile_nesting_and_repetition_end() {
    let deep = format!("{}x{}", "!Join ['', [".repeat(50), "]]".repeat(50));
    check(&deep, "\"x\"");
    let doubled =
        (0..14).fold("!Ref Name".to_owned(), |inner, _| format!("!If [IsNamed, [{inner}], {{a: {inner}}}]"));
    let found = declared(&format!("{HEADER}{doubled}\n"), &Inputs::default());
    assert!(!found.resources.is_empty());
    let mut chain = String::from(
        "AWSTemplateFormatVersion: x\nParameters: {P: {Type: String}}\nConditions:\n  C0: !Equals [!Ref P, a]\n",
    );
    for level in 1..3_000 {
        let before = level - 1;
        chain += &format!(
            "  C{level}: !And [!Condition C{before}, !Or [!Condition C{before}, !Equals [!Ref P, b{level}]]]\n"
        );
    }
    chain += "Resources: {Thing: {Type: A::B::C, Properties: {Value: !If [C2999, 1, 2]}}}\n";
    assert!(!declared(&chain, &Inputs::default()).resources.is_empty());
    let looped = "Conditions: {A: !Condition B, B: !Not [!Condition A]}\nResources: {Thing: {Type: 'AWS::B::C', Condition: A}}\n";
    assert_eq!(declared(looped, &Inputs::default()).problems[0].code, "cloudformation-cycle");
    let steps = Limits { steps: 50, ..Limits::default() };
    assert!(steps.steps < Limits::default().steps);
}

#[test]
fn directives_of_rain_are_not_known() {
    for text in ["!Rain::Embed a.sh", "{'Rain::Embed': a.sh}"] {
        let code = "cloudformation-unpacked";
        check_problem(text, "?", code);
        check_problem(&format!("{{'Fn::Sub': {text}}}"), "?", code);
        check_problem(&format!("{{'Fn::Base64': {{'Fn::Sub': {text}}}}}"), "?", code);
    }
}
