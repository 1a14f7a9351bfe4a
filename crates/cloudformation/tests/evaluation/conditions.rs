//! Conditions over inputs: decided where they can be, judged in all branches otherwise, and never multiplied.

use carelint_cloudformation::Inputs;

use crate::show::condition;
use crate::{check, declared, template, value_of, warnings};

const HEADER: &str = "
Parameters:
  Env: {Type: String, AllowedValues: [dev, test, prod]}
  Flag: {Type: String, AllowedValues: ['true', 'false']}
  Free: {Type: String}
  Size: {Type: Number, Default: 5}
  Empty: {Type: String, Default: ''}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
  IsDev: !Equals [!Ref Env, dev]
  IsOn: !Equals [!Ref Flag, true]
  IsTrue: !Equals [!Ref Free, 'true']
  IsFalse: !Equals [!Ref Free, 'false']
  HasFree: !Not [!Equals [!Ref Free, '']]
  HasEmpty: !Not [!Equals [!Ref Empty, '']]";

/// Checks what `!Equals` of two values decides.
#[track_caller]
fn equals(a: &str, b: &str, expected: &str) {
    let header = format!("{HEADER}\n  Asked: !Equals [{a}, {b}]");
    check(&header, "!If [Asked, 1, 2]", expected);
}

#[test]
fn equality_is_that_of_texts() {
    for (a, b, expected) in [
        ("'true'", "true", "1"),
        ("True", "'true'", "1"),
        ("'True'", "true", "2"),
        ("1", "'1'", "1"),
        ("1.0", "1", "2"),
        ("'01'", "1", "2"),
        ("!Ref Size", "5", "1"),
        ("!Ref Size", "'5'", "1"),
        ("!Ref Empty", "''", "1"),
        ("a", "A", "2"),
        ("!Sub 'x-${Size}'", "x-5", "1"),
        ("!Join ['', [a, b]]", "ab", "1"),
        ("!Ref Free", "!Ref Free", "1"),
        ("!Ref 'AWS::Region'", "us-east-1", "(AWS::Region=us-east-1: 1 | !AWS::Region=us-east-1: 2)"),
    ] {
        equals(a, b, expected);
    }
}

#[test]
fn a_condition_is_decided_by_each_allowed_value() {
    check(HEADER, "!If [IsProd, 1, 2]", "(!(Env=dev | Env=test): 1 | (Env=dev | Env=test): 2)");
    check(HEADER, "!If [IsDev, !If [IsProd, 1, 2], 3]", "(Env=dev: 2 | !Env=dev: 3)");
    check(HEADER, "!If [IsOn, 1, 2]", "(Flag=true: 1 | !Flag=true: 2)");
    check(HEADER, "!If [HasEmpty, 1, 2]", "2");
    equals("!Ref Env", "other", "2");
    let many: Vec<String> = (0..40).map(|index| format!("v{index}")).collect();
    let header = format!(
        "Parameters:\n  Many: {{Type: String, AllowedValues: [{}]}}\n  Path: {{Type: 'AWS::SSM::Parameter::Value<String>', AllowedValues: [/a], Default: /a}}\nConditions:\n  Is: !Equals [!Ref Many, v7]\n  IsNot: !Equals [!Ref Many, v77]\n  Stored: !Equals [!Ref Path, x]",
        many.join(", ")
    );
    check(&header, "!If [Is, 1, 2]", "(Many=v7: 1 | !Many=v7: 2)");
    check(&header, "!If [IsNot, 1, 2]", "2");
    check(&header, "!If [Stored, 1, 2]", "(Path=x: 1 | !Path=x: 2)");
}

#[test]
fn two_texts_are_not_one_and_its_contrary() {
    check(
        HEADER,
        "!If [IsTrue, 1, !If [IsFalse, 2, 3]]",
        "(Free=\"true\": 1 | (!Free=\"true\" & Free=\"false\"): 2 | (!Free=\"true\" & !Free=\"false\"): 3)",
    );
}

#[test]
fn functions_of_conditions_nest() {
    let header = format!(
        "{HEADER}
  Sure: !Equals [a, a]
  All: !And [!Condition Sure, {{Condition: IsDev}}, !Not [{{'Fn::Equals': [b, c]}}]]
  Any: {{'Fn::Or': [!Equals [x, y], {{Condition: IsDev}}]}}
  Ten: !Or [{}]",
        ["!Equals [x, y]"; 10].join(", ")
    );
    check(&header, "!If [All, 1, 2]", "(Env=dev: 1 | !Env=dev: 2)");
    check(&header, "!If [Any, 1, 2]", "(Env=dev: 1 | !Env=dev: 2)");
    check(&header, "!If [Ten, 1, 2]", "2");
}

#[test]
fn nothing_is_there_where_no_value_stands() {
    check(HEADER, "{a: !Ref 'AWS::NoValue', b: 1}", "{b: 1}");
    check(HEADER, "[!Ref 'AWS::NoValue', 1]", "[1]");
    check(HEADER, "!If [IsOn, {a: 1}, !Ref 'AWS::NoValue']", "(Flag=true: {a: 1} | !Flag=true: absent)");
    check(HEADER, "{a: !If [IsOn, !Ref 'AWS::NoValue', 1]}", "{<!Flag=true> a: 1}");
    check(
        HEADER,
        "[!If [IsOn, !If [IsDev, 1, !Ref 'AWS::NoValue'], 2]]",
        "[<((Flag=true & Env=dev) | !Flag=true)> ((Flag=true & Env=dev): 1 | !(Flag=true & Env=dev): 2)]",
    );
}

#[test]
fn elements_that_may_be_missing_are_joined() {
    let item = |condition: &str, text: &str| format!("!If [{condition}, {text}, !Ref 'AWS::NoValue']");
    let (on, free) = (item("IsOn", "b"), item("HasFree", "c"));
    check(HEADER, &format!("!Join ['-', [a, {on}, {on}]]"), "(Flag=true: \"a-b-b\" | !Flag=true: \"a\")");
    check(HEADER, &format!("!Select [1, [a, {on}, d]]"), "(Flag=true: \"b\" | !Flag=true: \"d\")");
    let header = format!("Transform: AWS::LanguageExtensions{HEADER}");
    check(&header, &format!("{{'Fn::Length': [a, {on}, {free}, {on}]}}"), LENGTHS);
    check(
        &header,
        &format!("{{'Fn::ToJsonString': {{x: {on}, y: [1, {on}]}}}}"),
        "(Flag=true: \"{\\\"x\\\":\\\"b\\\",\\\"y\\\":[1,\\\"b\\\"]}\" | !Flag=true: \"{\\\"y\\\":[1]}\")",
    );
}

const LENGTHS: &str =
    "((Flag=true & !Free=): 4 | (!Flag=true & !Free=): 2 | (Flag=true & Free=): 3 | (!Flag=true & Free=): 1)";

#[test]
fn many_elements_that_may_be_missing_are_parts_of_the_text() {
    let mut header = String::from("Parameters:\n");
    for index in 0..50 {
        header += &format!("  P{index}: {{Type: String}}\n");
    }
    header += "Conditions:\n";
    for index in 0..50 {
        header += &format!("  C{index}: !Not [!Equals [!Ref P{index}, '']]\n");
    }
    let items = |count: usize| {
        let item = |index| format!("!If [C{index}, 'x{index}', !Ref 'AWS::NoValue']");
        (0..count).map(item).collect::<Vec<_>>().join(", ")
    };
    let text = template(&header, &format!("!Join [',', [first, {}]]", items(50)));
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    let value = value_of(&found);
    assert!(value.starts_with("`first{(!P0=: \",x0\" | P0=: \"\")}{(!P1=: \",x1\" | P1=: \"\")}"), "{value}");
    assert!(value.ends_with("{(!P49=: \",x49\" | P49=: \"\")}`"), "{value}");
    let text = template(&header, &format!("!Join ['', [{}]]", items(50)));
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    assert!(value_of(&found).starts_with("`{(!P0=: \"x0\" | P0=: \"\")}"));
    let parts: String = (0..10).map(|index| format!("${{p{index}}}")).collect();
    let names = |condition: &dyn Fn(usize) -> usize| {
        let name = |index| format!("p{index}: !If [C{}, a, b]", condition(index));
        (0..10).map(name).collect::<Vec<_>>().join(", ")
    };
    check(
        &header,
        &format!("!Sub ['{parts}', {{{}}}]", names(&|_| 0)),
        "(!P0=: \"aaaaaaaaaa\" | P0=: \"bbbbbbbbbb\")",
    );
    let text = template(&header, &format!("!Sub ['{parts}', {{{}}}]", names(&|index| index)));
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    assert!(value_of(&found).starts_with("`{(!P0=: \"a\" | P0=: \"b\")}"));
    let text = template(&header, &format!("[{}]", items(50)));
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    assert!(value_of(&found).starts_with("[<!P0=> \"x0\", <!P1=> \"x1\""));
}

#[test]
fn twelve_branches_in_one_another_are_twelve_alternatives() {
    let mut header = String::from("Parameters: {Env: {Type: String}}\nConditions:\n");
    for index in 0..12 {
        header += &format!("  Is{index}: !Equals [!Ref Env, e{index}]\n");
    }
    let chain =
        (0..12).rev().fold("other".to_owned(), |rest, index| format!("!If [Is{index}, v{index}, {rest}]"));
    let text = template(&header, &chain);
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    let value = value_of(&found);
    assert!(value.starts_with("(Env=e0: \"v0\" | (!Env=e0 & Env=e1): \"v1\""), "{value}");
    assert_eq!(value.matches(" | ").count(), 12);
}

#[test]
fn two_hundred_conditions_stay_small() {
    let mut header = String::from("Parameters:\n");
    for index in 0..30 {
        header += &format!("  P{index}: {{Type: String, AllowedValues: [a, b, c]}}\n");
    }
    header += "Conditions:\n";
    for index in 0..200 {
        let (x, y, z) = (index % 30, (index * 7 + 1) % 30, (index * 13 + 2) % 30);
        header += &format!(
            "  C{index}: !And [!Equals [!Ref P{x}, a], !Or [!Equals [!Ref P{y}, b], !Not [!Equals [!Ref P{z}, c]]]]\n"
        );
    }
    let items: Vec<String> =
        (0..200).map(|index| format!("!If [C{index}, x{index}, !Ref 'AWS::NoValue']")).collect();
    let text = template(&header, &format!("{{list: [{0}], text: !Join [',', [a, {0}]]}}", items.join(", ")));
    let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    assert_eq!(warnings(&found), Vec::<String>::new());
    let thing = found.resources.iter().find(|one| one.address == "t/Thing").expect("a thing");
    let list = thing.attributes.get("Value").get("list");
    assert_eq!(list.as_list().map(|list| list.items.len()), Some(200));
}

#[test]
fn a_reference_to_what_is_not_there_is_said() {
    let template = "
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod], Never: !Equals [a, b]}
Resources:
  Key: {Type: AWS::KMS::Key, Condition: IsProd}
  Gone: {Type: AWS::KMS::Key, Condition: Never}
  Both:
    Type: AWS::S3::Bucket
    Properties: {A: !If [IsProd, !Ref Key, x], B: !If [IsProd, x, !GetAtt Key.Arn], C: !Ref Key, D: !Ref Gone}
  Prod: {Type: AWS::S3::Bucket, Condition: IsProd, Properties: {A: !Ref Key}}
Outputs:
  Out: {Condition: IsProd, Value: !Ref Prod}
";
    let (found, _) = declared(&[("t.yaml", template)], &Inputs::default());
    let shown: Vec<String> = found
        .resources
        .iter()
        .filter(|one| one.mode != value::declared::Mode::Parameter)
        .map(|one| {
            format!(
                "{} <{}> {}",
                one.address,
                condition(&one.presence.when),
                crate::show::show(&one.attributes)
            )
        })
        .collect();
    assert_eq!(
        shown,
        [
            "t/Key <Env=prod> {}",
            "t/Both <always> {A: (Env=prod: @Key | !Env=prod: \"x\"), B: (Env=prod: \"x\" | !Env=prod: ?), C: @Key, D: ?}",
            "t/Prod <Env=prod> {A: @Key}",
            "t/Outputs/Out <Env=prod> {Condition: \"IsProd\", Value: @Prod}",
        ]
    );
    let code = "cloudformation-absent-resource";
    assert_eq!(
        warnings(&found),
        [
            format!("{code}: Key does not exist where its condition IsProd does not hold"),
            format!("{code}: Gone does not exist where its condition Never does not hold"),
        ]
    );
}

#[test]
fn whole_properties_under_a_condition_are_one_map() {
    let template = "
Parameters: {Env: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Env, prod]}
Resources:
  A: {Type: AWS::S3::Bucket, Properties: !If [IsProd, {X: 1, Y: 2}, {X: 1}]}
  B: {Type: AWS::S3::Bucket, Properties: {'Fn::If': [IsProd, {X: 1}, !Ref 'AWS::NoValue']}}
";
    let (found, _) = declared(&[("t.yaml", template)], &Inputs::default());
    let shown = |address: &str| {
        let one = found.resources.iter().find(|one| one.address == address).expect("a resource");
        crate::show::show(&one.attributes)
    };
    assert_eq!(shown("t/A"), "{X: (Env=prod: 1 | !Env=prod: 1), <Env=prod> Y: 2}");
    assert_eq!(shown("t/B"), "{<Env=prod> X: 1}");
}
