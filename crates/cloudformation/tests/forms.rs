//! One template in three forms: JSON, and YAML with functions in the long and in the short form, in blocks and in
//! brackets as it comes. What is declared is the same, whatever the form: types, attributes, conditions, references.

#[path = "show/of_schemas.rs"]
mod of_schemas;
mod show;

use std::fmt::Write as _;

use carelint_cloudformation::{Inputs, read};
use of_schemas::problems;
use proptest::prelude::*;
use show::{condition, show};
use source::Sources;
use source::discovery::discover;

/// A value of a template.
#[derive(Debug, Clone)]
enum Tree {
    Null,
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Tree>),
    Map(Vec<(String, Tree)>),
    /// A function with a short form, by its name without `Fn::`.
    Call(&'static str, Box<Tree>),
}

fn text(text: &str) -> Tree {
    Tree::Text(text.to_owned())
}

fn call(name: &'static str, arguments: Vec<Tree>) -> Tree {
    Tree::Call(name, Box::new(Tree::List(arguments)))
}

/// How YAML is written: each choice takes a bit.
struct Choices {
    bits: u64,
    short: bool,
}

impl Choices {
    fn take(&mut self) -> bool {
        self.bits = self.bits.rotate_right(1) ^ 0x9e37_79b9;
        self.bits & 4 == 0
    }
}

const TEXTS: [&str; 24] = [
    "plain",
    "yes",
    "Off",
    "012",
    "1e3",
    "443",
    "12:30:45",
    "null",
    "~",
    "",
    " lead",
    "a: b",
    "a #b",
    "#a",
    "é {x}",
    "two\nlines\n",
    "!Ref P",
    "'",
    "\"\\",
    "*a",
    "{{resolve:ssm:/a}}",
    "arn:aws:s3:::b/*",
    "-",
    "2012-10-17",
];

fn leaf() -> impl Strategy<Value = Tree> {
    let names = || {
        prop_oneof![Just("P"), Just("Q"), Just("AWS::Region"), Just("AWS::NoValue"), Just("R0"), Just("R1")]
    };
    prop_oneof![
        Just(Tree::Null),
        any::<bool>().prop_map(Tree::Bool),
        (-70_000i64..70_000).prop_map(Tree::Number),
        prop::sample::select(TEXTS.to_vec()).prop_map(text),
        names().prop_map(|name| Tree::Call("Ref", Box::new(text(name)))),
        prop_oneof![Just("Arn"), Just("Endpoint.Address")]
            .prop_map(|name| call("GetAtt", vec![text("R0"), text(name)])),
        prop_oneof![Just("${P}-${AWS::Region}"), Just("${R0.Arn}/*"), Just("${!P}"), Just("x")]
            .prop_map(|name| Tree::Call("Sub", Box::new(text(name)))),
        Just(call("FindInMap", vec![text("M"), text("k"), text("l")])),
        Just(Tree::Call("GetAZs", Box::new(text("")))),
    ]
}

fn tree() -> impl Strategy<Value = Tree> {
    leaf().prop_recursive(4, 32, 4, |inner| {
        let list = prop::collection::vec(inner.clone(), 0..4);
        let key = prop_oneof![Just("A"), Just("B c"), Just("yes"), Just("443"), Just("'q'"), Just("Ref:")];
        let map = prop::collection::btree_map(key.prop_map(str::to_owned), inner.clone(), 0..4);
        let two = (inner.clone(), inner.clone());
        prop_oneof![
            list.clone().prop_map(Tree::List),
            map.prop_map(|map| Tree::Map(map.into_iter().collect())),
            (prop_oneof![Just("C0"), Just("C1"), Just("C2")], two)
                .prop_map(|(name, (yes, no))| call("If", vec![text(name), yes, no])),
            list.clone().prop_map(|list| call("Join", vec![text(","), Tree::List(list)])),
            (0i64..3, list).prop_map(|(at, list)| call("Select", vec![Tree::Number(at), Tree::List(list)])),
            inner.clone().prop_map(|inner| call("Split", vec![text("-"), inner])),
            inner.clone().prop_map(|inner| Tree::Call("Base64", Box::new(inner))),
            inner.prop_map(|inner| call(
                "Sub",
                vec![text("${x}${P}"), Tree::Map(vec![("x".to_owned(), inner)])]
            )),
        ]
    })
}

fn condition_tree() -> impl Strategy<Value = Tree> {
    let name = || prop_oneof![Just("P"), Just("Q")];
    let side = || Tree::Call("Ref", Box::new(text("P")));
    let leaf = prop_oneof![
        (name(), prop_oneof![Just("a"), Just("b")]).prop_map(|(name, value)| call(
            "Equals",
            vec![Tree::Call("Ref", Box::new(text(name))), text(value)]
        )),
        name().prop_map(move |name| call("Equals", vec![side(), Tree::Call("Ref", Box::new(text(name)))])),
        Just(Tree::Call("Condition", Box::new(text("C0")))),
    ];
    leaf.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| call("Not", vec![inner])),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| call("And", vec![a, b])),
            (inner.clone(), inner).prop_map(|(a, b)| call("Or", vec![a, b])),
        ]
    })
}

fn template() -> impl Strategy<Value = Tree> {
    let pairs = |pairs: Vec<(&str, Tree)>| {
        Tree::Map(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    };
    let properties = || prop::collection::vec(tree(), 1..4);
    (properties(), properties(), condition_tree(), condition_tree(), tree()).prop_map(
        move |(first, second, one, two, out)| {
            let parameter = |more: Option<Tree>| {
                let mut parts = vec![("Type", text("String"))];
                parts.extend(more.map(|more| ("AllowedValues", more)));
                pairs(parts)
            };
            let resource = |properties: Vec<Tree>, condition: Option<&str>| {
                let properties =
                    properties.into_iter().enumerate().map(|(at, one)| (format!("P{at}"), one)).collect();
                let mut parts = vec![("Type", text("AWS::Made::Up")), ("Properties", Tree::Map(properties))];
                parts.extend(condition.map(|name| ("Condition", text(name))));
                pairs(parts)
            };
            let base = call("Equals", vec![Tree::Call("Ref", Box::new(text("P"))), text("a")]);
            pairs(vec![
                ("AWSTemplateFormatVersion", text("2010-09-09")),
                (
                    "Parameters",
                    pairs(vec![
                        ("P", parameter(None)),
                        ("Q", parameter(Some(Tree::List(vec![text("a"), text("b")])))),
                    ]),
                ),
                ("Mappings", pairs(vec![("M", pairs(vec![("k", pairs(vec![("l", text("found"))]))]))])),
                ("Conditions", pairs(vec![("C0", base), ("C1", one), ("C2", two)])),
                (
                    "Resources",
                    pairs(vec![("R0", resource(first, None)), ("R1", resource(second, Some("C1")))]),
                ),
                ("Outputs", pairs(vec![("O", pairs(vec![("Value", out)]))])),
            ])
        },
    )
}

/// The name of a function in the long form.
fn long(name: &str) -> String {
    if matches!(name, "Ref" | "Condition") { name.to_owned() } else { format!("Fn::{name}") }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => write!(out, "\\{letter}"),
            '\n' => write!(out, "\\n"),
            _ => write!(out, "{letter}"),
        }
        .unwrap_or_default();
    }
    out + "\""
}

fn json(tree: &Tree) -> String {
    match tree {
        Tree::Null => "null".to_owned(),
        Tree::Bool(known) => known.to_string(),
        Tree::Number(number) => number.to_string(),
        Tree::Text(text) => quoted(text),
        Tree::List(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Tree::Map(entries) => {
            let entry = |(key, value): &(String, Tree)| format!("{}: {}", quoted(key), json(value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(",\n"))
        }
        Tree::Call(name, argument) => format!("{{\"{}\": {}}}", long(name), json(argument)),
    }
}

/// A text in YAML on one line.
fn scalar(text: &str, choices: &mut Choices) -> String {
    let plain = !text.is_empty()
        && text.chars().all(|letter| {
            letter.is_ascii_alphanumeric() || matches!(letter, ':' | '/' | '*' | '.' | '-' | 'é')
        })
        && text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && !text.ends_with(':')
        && !["yes", "Off", "null"].contains(&text);
    match (plain && choices.take(), choices.take() && !text.contains('\n')) {
        (true, _) => text.to_owned(),
        (false, true) => format!("'{}'", text.replace('\'', "''")),
        (false, false) => quoted(text),
    }
}

/// A value in brackets.
fn flow(tree: &Tree, choices: &mut Choices, tagged: bool) -> String {
    let word = |choices: &mut Choices, one: &str, other: &str| {
        if choices.take() { one.to_owned() } else { other.to_owned() }
    };
    match tree {
        Tree::Null => word(choices, "null", "~"),
        Tree::Bool(true) => word(choices, "true", "Yes"),
        Tree::Bool(false) => word(choices, "false", "off"),
        Tree::Number(number) => number.to_string(),
        Tree::Text(text) => scalar(text, choices),
        Tree::List(items) => {
            format!(
                "[{}]",
                items.iter().map(|item| flow(item, choices, false)).collect::<Vec<_>>().join(", ")
            )
        }
        Tree::Map(entries) => {
            let entry =
                |(key, value): &(String, Tree)| format!("{}: {}", quoted(key), flow(value, choices, false));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        // Two tags cannot stand on one value.
        Tree::Call(name, argument) if choices.short && !tagged && choices.take() => {
            format!("!{name} {}", flow(&short_argument(name, argument, choices), choices, true))
        }
        Tree::Call(name, argument) => {
            format!("{{{}: {}}}", quoted(&long(name)), flow(argument, choices, false))
        }
    }
}

/// The argument of a function in its short form: attributes have one of their own.
fn short_argument(name: &str, argument: &Tree, choices: &mut Choices) -> Tree {
    match (name, argument) {
        ("GetAtt", Tree::List(parts)) if choices.take() => {
            let parts = parts.iter().map(|part| if let Tree::Text(text) = part { text.as_str() } else { "" });
            Tree::Text(parts.collect::<Vec<_>>().join("."))
        }
        _ => argument.clone(),
    }
}

/// A value after its key or its dash, in blocks where it can be.
fn block(tree: &Tree, indentation: usize, choices: &mut Choices, tagged: bool) -> String {
    let newline = format!("\n{}", " ".repeat(indentation));
    match tree {
        Tree::Text(text) if text.ends_with('\n') && !text.starts_with(' ') && choices.take() => {
            format!(" |{newline}{}", text.trim_end().replace('\n', &newline))
        }
        Tree::Null if !tagged && choices.take() => String::new(),
        Tree::List(items) if !items.is_empty() && choices.take() => {
            let item = |item: &Tree| format!("{newline}-{}", block(item, indentation + 2, choices, false));
            items.iter().map(item).collect()
        }
        Tree::Map(entries) if !entries.is_empty() && choices.take() => {
            let entry = |(key, value): &(String, Tree)| {
                format!("{newline}{}:{}", quoted(key), block(value, indentation + 2, choices, false))
            };
            entries.iter().map(entry).collect()
        }
        Tree::Call(name, argument) if choices.short && !tagged && choices.take() => {
            let argument = short_argument(name, argument, choices);
            format!(" !{name}{}", block(&argument, indentation, choices, true))
        }
        Tree::Call(name, argument) if choices.take() => {
            format!("{newline}{}:{}", quoted(&long(name)), block(argument, indentation + 2, choices, false))
        }
        _ => format!(" {}", flow(tree, choices, tagged)),
    }
}

/// What a template declares, without places.
fn declared(path: &str, text: &str) -> Vec<String> {
    let sources = Sources::in_memory([(path, text)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let mut shown: Vec<String> = declared
        .resources
        .iter()
        .map(|one| {
            let when = condition(&one.presence.when);
            format!(
                "{} {:?} {} <{when}> {} {}",
                one.address,
                one.mode,
                one.type_name,
                show(&one.attributes),
                show(&one.meta)
            )
        })
        .collect();
    shown.extend(problems(&declared).map(|problem| format!("{}: {}", problem.code, problem.message)));
    shown
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn a_template_declares_the_same_in_every_form(tree in template(), bits in any::<u64>()) {
        let expected = declared("t.json", &json(&tree));
        prop_assert!(expected.len() >= 6, "{expected:#?}");
        for short in [false, true] {
            let yaml = block(&tree, 0, &mut Choices { bits, short }, false);
            let found = declared("t.yaml", &yaml);
            prop_assert_eq!(&found, &expected, "{}\n{}", json(&tree), yaml);
        }
    }
}
