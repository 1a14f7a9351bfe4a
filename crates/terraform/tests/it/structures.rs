//! Whole configurations against Terraform's own plans: the same resources at the same addresses, and every value that
//! the plan knows and the configuration sets.

use source::Limits;
use source::document::json;
use source::document::{Node, NodeKind, ScalarStyle};
use value::declared::{Declared, Mode};
use value::{Kind, Number, Part, Value};

use crate::support::{evaluate, show};

const CONFIGURATIONS: &str = include_str!("answers/structures.txt");
const ANSWERS: &str = include_str!("answers/structures.json");

/// The files of every configuration, by name.
fn configurations() -> Vec<(&'static str, Vec<(&'static str, String)>)> {
    let mut all: Vec<(&str, Vec<(&str, String)>)> = Vec::new();
    for line in CONFIGURATIONS.lines() {
        if let Some(name) = line.strip_prefix("=== ").and_then(|line| line.strip_suffix(" ===")) {
            all.push((name, Vec::new()));
        } else if let Some(path) = line.strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) {
            all.last_mut().expect("a configuration").1.push((path, String::new()));
        } else if let Some((_, text)) = all.last_mut().and_then(|(_, files)| files.last_mut()) {
            text.push_str(line);
            text.push('\n');
        }
    }
    all
}

/// The value with every reference replaced by the argument behind it, as far as one is written.
fn resolved(declared: &Declared, value: &Value) -> Value {
    match &value.kind {
        Kind::Reference(reference) if !reference.attribute.is_empty() => {
            let Some(to) = declared.resources.iter().find(|resource| resource.key == reference.to) else {
                return value.clone();
            };
            let found = walked(declared, &to.attributes, &reference.attribute);
            if found.is_absent() { value.clone() } else { resolved(declared, &found) }
        }
        Kind::List(list) => {
            Value::list(list.items.iter().map(|item| resolved(declared, &item.value)), value.origin.clone())
        }
        Kind::Map(map) => {
            let entry = |entry: &value::MapEntry| (entry.key.clone(), resolved(declared, &entry.value));
            Value::map(map.entries.iter().map(entry), value.origin.clone())
        }
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => Part::Text(text.clone()),
                Part::Value(inner) => {
                    let inner = resolved(declared, inner);
                    match &inner.kind {
                        Kind::String(text) => Part::Text(text.clone()),
                        Kind::Number(number) => Part::Text(number.to_string().into()),
                        _ => Part::Value(inner),
                    }
                }
            };
            Value::template(template.parts.iter().map(part), value.origin.clone())
        }
        _ => value.clone(),
    }
}

/// What is at a path in a value; keys of maps may have dots in them.
fn walked(declared: &Declared, value: &Value, path: &str) -> Value {
    let value = resolved(declared, value);
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match &value.kind {
        _ if path.is_empty() => value,
        Kind::List(list) => {
            walked(declared, &list.items[first.parse::<usize>().expect("an index")].value, rest)
        }
        Kind::Map(map) if map.entry(path).is_some() => value.get(path),
        _ => walked(declared, &value.get(first), rest),
    }
}

/// Whether a value is the planned one. Within `blocks`, the plan has more than is written, in any order.
fn agrees(value: &Value, planned: &Node, blocks: bool) -> bool {
    let scalar = |style: ScalarStyle| match &planned.kind {
        NodeKind::Scalar(scalar) if scalar.style == style => Some(scalar.text.clone()),
        _ => None,
    };
    let text = scalar(ScalarStyle::Quoted).or_else(|| scalar(ScalarStyle::Plain));
    match (&value.kind, &planned.kind) {
        (Kind::Null, _) => blocks || scalar(ScalarStyle::Null).is_some(),
        (Kind::String(known), _) => {
            text.or_else(|| scalar(ScalarStyle::Number).filter(|_| blocks)).is_some_and(|text| text == *known)
        }
        (Kind::Number(number), _) => {
            let planned = scalar(ScalarStyle::Number).or_else(|| text.filter(|_| blocks));
            planned.and_then(|text| Number::parse(&text)).is_some_and(|planned| planned == *number)
        }
        (Kind::Bool(known), _) => scalar(ScalarStyle::Bool).is_some_and(|text| text == known.to_string()),
        (Kind::List(list), NodeKind::Sequence(items)) if blocks => {
            let same = |item: &value::Item| items.iter().any(|planned| agrees(&item.value, planned, true));
            list.items.len() == items.len() && list.items.iter().all(same)
        }
        (Kind::List(list), NodeKind::Sequence(items)) => {
            let pairs = list.items.iter().zip(items);
            list.items.len() == items.len()
                && pairs.into_iter().all(|(item, node)| agrees(&item.value, node, false))
        }
        (Kind::Map(map), NodeKind::Mapping(entries)) => {
            (blocks || map.entries.len() >= entries.len())
                && map.entries.iter().all(|entry| match planned.get(&entry.key) {
                    Some(node) => agrees(&entry.value, node, blocks),
                    // The plan leaves out what it does not know.
                    None => blocks || !entry.value.is_wholly_known(),
                })
        }
        // A document: a text to Terraform.
        (Kind::Map(_) | Kind::List(_), _) => text.is_some_and(|text| {
            json::parse(&text, &Limits::default()).is_ok_and(|document| agrees(value, &document, false))
        }),
        _ => false,
    }
}

/// What differs between a configuration's evaluation and its plan.
fn differences(files: &[(&str, String)], answer: &Node) -> Vec<String> {
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let (_, declared) = evaluate(&files);
    let mut differences: Vec<String> =
        declared.problems.iter().map(|problem| format!("problem: {}", problem.message)).collect();
    let planned = answer.get("resources").expect("resources");
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    for resource in managed.clone() {
        let Some(values) = planned.get(&resource.address) else {
            differences.push(format!("{} is not planned", resource.address));
            continue;
        };
        let blocks = resource.type_name != "terraform_data";
        for entry in &resource.attributes.as_map().expect("attributes").entries {
            let Some(node) = values.get(&entry.key) else { continue };
            let value = resolved(&declared, &entry.value);
            if !agrees(&value, node, blocks) {
                differences.push(format!(
                    "{}.{}: {} but {node:?}",
                    resource.address,
                    entry.key,
                    show(&value)
                ));
            }
        }
    }
    for entry in planned.entries() {
        if !managed.clone().any(|resource| resource.address == entry.key) {
            differences.push(format!("{} is not declared", entry.key));
        }
    }
    for entry in answer.get("outputs").expect("outputs").entries() {
        let address = format!("output.{}", entry.key);
        let output =
            declared.resources.iter().find(|resource| resource.address == address).expect("an output");
        let value = resolved(&declared, &output.attributes.get("value"));
        if !agrees(&value, &entry.value, false) {
            differences.push(format!("{address}: {} but {:?}", show(&value), entry.value));
        }
    }
    differences
}

#[test]
fn what_terraform_plans_is_what_is_evaluated() {
    let answers = json::parse(ANSWERS, &Limits::default()).expect("answers");
    let configurations = configurations();
    assert_eq!(configurations.len(), answers.entries().len());
    let mut all = Vec::new();
    for (name, files) in &configurations {
        let answer = answers.get(name).expect("an answer");
        all.extend(differences(files, answer).into_iter().map(|difference| format!("{name}: {difference}")));
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
