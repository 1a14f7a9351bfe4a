//! `Fn::ForEach`: over lists that are written, given, found in a mapping or chosen by a condition.

use carelint_cloudformation::Inputs;

use crate::show::{condition, show};
use crate::{declared, warnings};

const HEADER: &str = "
Transform: AWS::LanguageExtensions
Parameters:
  Names: {Type: CommaDelimitedList, Default: 'a, b'}
  More: {Type: CommaDelimitedList}
  Env: {Type: String, AllowedValues: [dev, prod]}
Mappings:
  M: {dev: {N: [x]}, prod: {N: [x, y]}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]";

/// Checks resources and outputs as `name <condition> {properties}`.
#[track_caller]
fn check(sections: &str, expected: &[&str]) {
    let text = format!("{HEADER}\n{sections}\n");
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    let shown: Vec<String> = found
        .resources
        .iter()
        .filter(|one| one.mode != value::declared::Mode::Parameter)
        .map(|one| {
            let many = if one.presence.many { "* " } else { "" };
            let name = one.address.trim_start_matches("t/");
            format!("{many}{name} <{}> {}", condition(&one.presence.when), show(&one.attributes))
        })
        .collect();
    assert_eq!(
        (shown, warnings(&found)),
        (expected.iter().map(|one| (*one).to_owned()).collect(), Vec::new())
    );
}

#[test]
fn a_loop_repeats_its_body() {
    check(
        "Resources:
  'Fn::ForEach::Topics':
    - Name
    - !Ref Names
    - 'Topic${Name}': {Type: 'AWS::SNS::Topic', Properties: {TopicName: !Ref Name, Text: !Sub 'x-${Name}', Join: !Join ['', [!Ref Name, z]]}}
Outputs:
  'Fn::ForEach::Out':
    - Name
    - [a]
    - 'Out${Name}': {Value: !GetAtt ['Fn::Sub': 'Topic${Name}', Arn]}",
        &[
            "Topica <always> {TopicName: \"a\", Text: \"x-a\", Join: \"az\"}",
            "Topicb <always> {TopicName: \"b\", Text: \"x-b\", Join: \"bz\"}",
            "Outputs/Outa <always> {Value: @Topica.Arn}",
        ],
    );
}

#[test]
fn letters_alone_make_a_logical_name() {
    check(
        "Resources:
  'Fn::ForEach::Blocks':
    - Block
    - ['10.0.0.0/16', 'a-b']
    - 'Vpc&{Block}': {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Block}}",
        &["Vpc1000016 <always> {CidrBlock: \"10.0.0.0/16\"}", "Vpcab <always> {CidrBlock: \"a-b\"}"],
    );
}

#[test]
fn loops_nest_in_sections_and_in_properties() {
    check(
        "Resources:
  'Fn::ForEach::Outer':
    - A
    - [p, q]
    - 'Fn::ForEach::Inner':
        - B
        - [r, s]
        - 'R${A}${B}':
            Type: AWS::S3::Bucket
            Properties:
              'Fn::ForEach::Props': [C, [K, L], {'X${C}': !Sub '${A}${B}${C}'}]",
        &[
            "Rpr <always> {XK: \"prK\", XL: \"prL\"}",
            "Rps <always> {XK: \"psK\", XL: \"psL\"}",
            "Rqr <always> {XK: \"qrK\", XL: \"qrL\"}",
            "Rqs <always> {XK: \"qsK\", XL: \"qsL\"}",
        ],
    );
}

#[test]
fn a_loop_makes_conditions() {
    check(
        "  'Fn::ForEach::Each': [N, [dev, prod], {'Only${N}': !Equals [!Ref Env, !Ref N]}]
Resources:
  A: {Type: AWS::S3::Bucket, Condition: Onlyprod}
  'Fn::ForEach::Buckets': [N, [dev, prod], {'B${N}': {Type: AWS::S3::Bucket, Condition: 'Only${N}', Properties: {V: !If ['Only${N}', 1, 2]}}}]",
        &["A <!Env=dev> {}", "Bdev <Env=dev> {V: 1}", "Bprod <!Env=dev> {V: 1}"],
    );
}

#[test]
fn a_list_that_depends_on_a_condition_makes_what_does() {
    let buckets = |list: &str| {
        format!(
            "Resources:
  'Fn::ForEach::Buckets':
    - N
    - {list}
    - 'B${{N}}': {{Type: AWS::S3::Bucket, Condition: IsProd}}
      'C${{N}}': {{Type: AWS::S3::Bucket}}"
        )
    };
    check(
        &buckets("!FindInMap [M, !Ref Env, N]"),
        &[
            "Bx <((Env=dev | !Env=dev) & !Env=dev)> {}",
            "Cx <(Env=dev | !Env=dev)> {}",
            "By <!Env=dev> {}",
            "Cy <!Env=dev> {}",
        ],
    );
    check(
        &buckets("!If [IsProd, !Ref Names, []]").replace(", Condition: IsProd", ""),
        &["Ba <!Env=dev> {}", "Ca <!Env=dev> {}", "Bb <!Env=dev> {}", "Cb <!Env=dev> {}"],
    );
    check(
        "Resources:
  A:
    Type: AWS::S3::Bucket
    Properties:
      'Fn::ForEach::Props': [N, [k, !If [IsProd, l, !Ref 'AWS::NoValue']], {'X${N}': !Ref N}]
Outputs:
  'Fn::ForEach::Out': [N, !If [IsProd, [o], []], {'Out${N}': {Value: !Ref N}}]",
        &[
            "A <always> {Xk: \"k\", <!Env=dev> Xl: \"l\"}",
            "Outputs/Outo <!Env=dev> {Value: \"o\", Condition: \"Fn::ForEach::Out 1\"}",
        ],
    );
}

#[test]
fn an_empty_list_makes_nothing() {
    check(
        "Resources:\n  A: {Type: AWS::S3::Bucket}\n  'Fn::ForEach::B': [N, [], {'B${N}': {Type: AWS::S3::Bucket}}]",
        &["A <always> {}"],
    );
}

#[test]
fn a_list_that_is_not_known_makes_any_number() {
    let text = format!(
        "{HEADER}
Resources:
  'Fn::ForEach::Outer':
    - A
    - !Ref More
    - 'One${{A}}': {{Type: AWS::S3::Bucket, Properties: {{V: !Ref A}}}}
      'Fn::ForEach::Inner': [B, [r, s], {{'Two${{A}}${{B}}': {{Type: AWS::S3::Bucket, Properties: {{V: !Sub '${{A}}${{B}}'}}}}}}]
"
    );
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    let resources = found.resources.iter().filter(|one| one.mode == value::declared::Mode::Managed);
    let shown: Vec<String> = resources
        .map(|one| format!("{} {} {}", one.address, one.presence.many, show(&one.attributes)))
        .collect();
    assert_eq!(shown, ["t/One* true {V: ?}", "t/Two*r true {V: `{?}r`}", "t/Two*s true {V: `{?}s`}"]);
    assert_eq!(
        warnings(&found),
        [
            "cloudformation-unknown-loop: the list of Fn::ForEach::Outer is not known: parameter \"More\" has no default"
        ]
    );
}
