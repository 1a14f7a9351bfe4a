//! Templates as documents: what YAML and JSON make of them, what CloudFormation takes, and where problems point.

#![expect(clippy::expect_used, reason = "a test that cannot set up its world says so and stops")]

#[path = "show/of_schemas.rs"]
mod of_schemas;
mod show;

use carelint_cloudformation::{Inputs, read};
use of_schemas::problems;
use show::show;
use source::Sources;
use source::discovery::discover;
use value::declared::{Declared, Mode};

fn declared(path: &str, text: &str) -> (Sources, Declared) {
    let sources = Sources::in_memory([(path, text)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    (sources, declared)
}

/// Checks the properties of the resource `It`, then each problem as `code: the text that it points at`.
#[track_caller]
fn check(path: &str, text: &str, expected: &[&str]) {
    let (sources, declared) = declared(path, text);
    let it =
        declared.resources.iter().filter(|one| one.mode == Mode::Managed && one.address.ends_with("/It"));
    let mut shown: Vec<String> = it.map(|one| show(&one.attributes)).collect();
    shown.extend(problems(&declared).map(|problem| {
        let at = problem.place.map(|place| sources.slice(place)).unwrap_or_default();
        format!("{}: {at}", problem.code)
    }));
    assert_eq!(shown, expected, "{text}\n{:#?}", declared.problems);
}

/// Checks the value of a property in YAML.
#[track_caller]
fn value(yaml: &str, expected: &[&str]) {
    let text = format!(
        "Parameters: {{P: {{Type: String}}}}\nMappings: {{M: {{k: {{l: 1}}}}}}\nResources:\n  It:\n    Type: A::B::C\n    Properties:\n      V: {yaml}\n"
    );
    check("t.yaml", &text, expected);
}

#[test]
fn short_forms_nest_in_one_another() {
    value("!Base64 {Fn::Sub: 'x${P}'}", &["{V: `x{?P}`}"]);
    value("!Base64\n        Fn::Sub: 'x${P}'", &["{V: `x{?P}`}"]);
    value("!Base64\n        'Fn::Join': ['-', [a, !Ref P]]", &["{V: `a-{?P}`}"]);
    value("!Join [',', !Split ['-', a-b]]", &["{V: \"a,b\"}"]);
    value("!Join\n        - ','\n        - - a\n          - !Sub '${P}'", &["{V: `a,{?P}`}"]);
    value("!Select [0, !Split ['-', !FindInMap [M, k, l]]]", &["{V: \"1\"}"]);
    value("!Sub ['${a}-${b}', {a: !Ref P, b: !Select [0, [x, y]]}]", &["{V: `{?P}-x`}"]);
    value("!Ref\n        P", &["{V: ?P}"]);
    value("!Ref 'P'", &["{V: ?P}"]);
    value("!<!Ref> P", &["{V: ?P}"]);
    value("[!Ref P, !Base64 a]", &["{V: [?P, \"YQ==\"]}"]);
    value(
        "\n      - !If\n        - !Equals [a, a]\n        - {K: !Ref P}\n        - !Ref AWS::NoValue",
        &["{V: [{K: ?P}]}", "cloudformation-wrong-argument: !Equals [a, a]"],
    );
    value("!GetAZs ''", &["{V: [...GetAZs:AWS::Region]}"]);
}

#[test]
fn two_short_forms_on_one_value_are_an_error() {
    let text = "Resources:\n  It:\n    Type: A::B::C\n    Properties: {V: !Base64 !Sub x}\n";
    let (_, declared) = declared("t.yaml", text);
    let codes: Vec<_> = problems(&declared).map(|problem| problem.code).collect();
    assert_eq!(codes, ["cloudformation-syntax"]);
}

#[test]
fn scalars_are_read_as_yaml_1_1() {
    value("[yes, No, on, OFF, True, y, n]", &["{V: [true, false, true, false, true, \"y\", \"n\"]}"]);
    value("[~, null, '', 'yes']", &["{V: [null, null, \"\", \"yes\"]}"]);
    value(
        "[012345678901, 123456789012, 0777, 0x1f, 0b11, 1_000]",
        &["{V: [\"012345678901\", \"123456789012\", \"0777\", \"0x1f\", \"0b11\", \"1_000\"]}"],
    );
    value(
        "[2012-10-17, 12:30:45, 1e3, .inf, 443, -1, 0.5]",
        &["{V: [\"2012-10-17\", \"12:30:45\", \"1e3\", \".inf\", 443, -1, 0.5]}"],
    );
    value(
        "[!!str 443, !!str yes, !!int '7', !!bool 'yes', ! 443]",
        &["{V: [\"443\", \"yes\", 7, true, \"443\"]}"],
    );
    value("!!map {a: !!seq [1]}", &["{V: {a: [1]}}"]);
    value("{yes: 1, 443: 2, 2012-10-17: 3}", &["{V: {yes: 1, 443: 2, 2012-10-17: 3}}"]);
    value("|\n        a\n          b\n\n", &["{V: \"a\\n  b\\n\"}"]);
    value(">-\n        a\n        b", &["{V: \"a b\"}"]);
}

#[test]
fn tags_that_say_nothing_to_cloudformation_are_told_once() {
    value(
        "[!Foo a, !Foo b, !Bar {c: 1}]",
        &[
            "{V: [\"a\", \"b\", {c: 1}]}",
            "cloudformation-unknown-tag: !Foo a",
            "cloudformation-unknown-tag: !Bar {c: 1}",
        ],
    );
    value("!!binary aGk=", &["{V: \"aGk=\"}", "cloudformation-unknown-tag: !!binary aGk="]);
    value(
        "!!timestamp 2001-12-14",
        &["{V: \"2001-12-14\"}", "cloudformation-unknown-tag: !!timestamp 2001-12-14"],
    );
}

const ALIASES: &str = r#"
Metadata:
  Shared: &shared {Encrypted: true, Size: 1}
  More: &more {Size: 2, Name: !Ref P}
Parameters: {P: {Type: String}}
Resources:
  Base: &base
    Type: A::B::C
    Properties: {K: v}
  It:
    <<: *base
    Properties:
      <<: [*shared, *more]
      Size: 3
      List: &list [1, 2]
      Same: *list
"#;

#[test]
fn aliases_and_merge_keys_are_read_as_the_cli_packages_them() {
    check(
        "t.yaml",
        ALIASES,
        &["{Size: 3, List: [1, 2], Same: [1, 2], Encrypted: true, Name: ?P}", "cloudformation-alias: *base"],
    );
    value("{<<: x, a: 1}", &["{V: {a: 1}}", "cloudformation-merge-key: x"]);
    value("{'<<': x}", &["{V: {<<: \"x\"}}"]);
    check(
        "t.json",
        r#"{"Resources": {"It": {"Type": "A::B::C", "Properties": {"<<": {"a": 1}}}}}"#,
        &["{<<: {a: 1}}"],
    );
}

#[test]
fn a_repeated_key_is_told_at_its_second_place() {
    value("{a: 1, b: 2, \"a\": 3}", &["{V: {a: 3, b: 2}}", "cloudformation-duplicate-key: \"a\""]);
    let json = r#"{"Resources": {"It": {"Type": "X::Y::Z"}, "It" : {"Type": "A::B::C", "Properties": {"a": 1, "a":2}}}}"#;
    check(
        "t.json",
        json,
        &["{a: 2}", "cloudformation-duplicate-key: \"a\"", "cloudformation-duplicate-key: \"It\""],
    );
    check(
        "t.yaml",
        "Resources: {It: {Type: A::B::C}}\nResources: {Other: {Type: A::B::C}}\n",
        &["cloudformation-duplicate-key: Resources"],
    );
}

#[test]
fn what_yaml_has_and_templates_have_not_is_a_problem() {
    value("{[a]: 1, b: 2}", &["{V: {b: 2}}", "cloudformation-key-no-text: [a]"]);
    let bucket = "Resources: {It: {Type: A::B::C}}\n";
    check(
        "t.yaml",
        &format!("{bucket}---\na: 1\n---\nb: 2\n"),
        &["{}", "cloudformation-many-documents: a: 1"],
    );
    check(
        "t.yaml",
        &format!("kind: X\n---\n{bucket}"),
        &["{}", &format!("cloudformation-many-documents: {}", bucket.trim())],
    );
    check("t.yaml", "Resources:\n  It:\n\t  Type: A::B::C\n", &["cloudformation-syntax: \t"]);
    check("t.yaml", "Resources:\n  It:\n    Type: AWS::B::C\n   X: 1\n", &["cloudformation-syntax: X"]);
    check("t.yaml", &format!("%YAML 1.1\n---\n{bucket}...\n"), &["{}"]);
}

/// Checks the place of the value at a path below the properties of `It`.
#[track_caller]
fn place(path: &str, text: &str, steps: &[&str], expected: &str) {
    let (sources, declared) = declared(path, text);
    let it = declared.resources.iter().find(|one| one.address == "t/It").expect("the resource");
    let value = steps.iter().fold(it.attributes.clone(), |value, step| match step.parse::<usize>() {
        Ok(at) => value.as_list().and_then(|list| list.items.get(at)).expect("an element").value.clone(),
        Err(_) => value.get(step),
    });
    assert_eq!(value.origin.place.map(|place| sources.slice(place)).as_deref(), Some(expected));
}

const PLACES: &str = "Resources:\n  It:\n    Type: A::B::C\n    Properties:\n      Map:\n        A: 1\n        B: 2\n      List:\n        - A: 1\n          B: 2\n        - x\n      Flow: {A: 1, B: [2]}\n      Tagged: !Sub\n        - '${x}'\n        - x: !Ref AWS::Region\n";

#[test]
fn a_block_is_pointed_at_by_its_key() {
    place("t.yaml", PLACES, &[], "Properties");
    place("t.yaml", PLACES, &["Map"], "Map");
    place("t.yaml", PLACES, &["Map", "B"], "2");
    place("t.yaml", PLACES, &["List"], "List");
    place("t.yaml", PLACES, &["List", "0"], "A: 1\n          B: 2");
    place("t.yaml", PLACES, &["List", "1"], "x");
    place("t.yaml", PLACES, &["Flow"], "{A: 1, B: [2]}");
    place("t.yaml", PLACES, &["Flow", "B"], "[2]");
    place("t.yaml", PLACES, &["Tagged"], "!Sub\n        - '${x}'\n        - x: !Ref AWS::Region");
    let json = r#"{"Resources": {"It": {"Type": "A::B::C", "Properties": {"Map": {"A": "b"}}}}}"#;
    place("t.json", json, &["Map"], r#"{"A": "b"}"#);
    place("t.json", json, &["Map", "A"], "\"b\"");
}

#[test]
fn templates_are_found_under_any_of_their_names() {
    let bucket = "Resources: {B: {Type: AWS::S3::Bucket}}";
    let names = [
        "a.yaml",
        "b.YML",
        "c.Template",
        "d.cfn",
        "e.cloudformation",
        "f.template.yml",
        "g.JSON",
        "h.yaml.j2",
        "i.txt",
    ];
    let sources = Sources::in_memory(names.map(|name| (name, bucket)));
    let found = discover(&sources, &[".".into()]);
    let addresses = |declared: Declared| -> Vec<String> {
        declared.resources.into_iter().map(|resource| resource.address.to_string()).collect()
    };
    let expected = ["a/B", "b.YML/B", "c.Template/B", "d/B", "e/B", "f.template/B", "g.JSON/B"];
    assert_eq!(addresses(read(&sources, &found.candidates, &Inputs::default())), expected);
    // What is named is read whatever it is called.
    let found = discover(&sources, &["h.yaml.j2".into(), "i.txt".into()]);
    assert_eq!(addresses(read(&sources, &found.candidates, &Inputs::default())), ["h.yaml.j2/B", "i/B"]);
}

#[test]
fn what_a_program_is_to_write_out_is_named_as_such() {
    let sources = Sources::in_memory([(
        "t.yaml",
        "Resources:\n{% for x in y %}\n  B: {Type: AWS::S3::Bucket}\n{% endfor %}\n",
    )]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    assert!(
        matches!(declared.problems.as_slice(), [only] if only.help.contains("for another program")),
        "{:?}",
        declared.problems
    );
}
