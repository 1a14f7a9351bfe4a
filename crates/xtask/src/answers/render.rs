//! Types and values of a state file in one line: types as constraints are written, values as JSON. The type of a
//! null is `any`, unless a collection around it has a type for its elements: no expression can tell.

use source::document::{Node, NodeKind, Scalar, ScalarStyle};

use super::get;

/// A type, of a value where there is one.
pub(super) fn ty(node: &Node, value: Option<&Node>) -> String {
    if value.is_some_and(is_null) {
        return "any".to_owned();
    }
    match &node.kind {
        NodeKind::Scalar(scalar) if scalar.text == "dynamic" => "any".to_owned(),
        NodeKind::Scalar(scalar) => scalar.text.to_string(),
        NodeKind::Sequence(parts) => compound(parts, value),
        NodeKind::Mapping(_) => String::new(),
    }
}

fn compound(parts: &[Node], value: Option<&Node>) -> String {
    let [head, inner, ..] = parts else { return String::new() };
    let head = ty(head, None);
    match (&inner.kind, head.as_str()) {
        (NodeKind::Sequence(items), "tuple") => {
            let item = |(at, item): (usize, &Node)| ty(item, value.and_then(|value| element(value, at)));
            let items: Vec<String> = items.iter().enumerate().map(item).collect();
            format!("tuple([{}])", items.join(", "))
        }
        (NodeKind::Mapping(entries), "object") => {
            let mut attributes: Vec<String> = entries
                .iter()
                .map(|entry| {
                    let attribute = value.and_then(|value| get(value, &entry.key));
                    format!("{} = {}", entry.key, ty(&entry.value, attribute))
                })
                .collect();
            attributes.sort();
            format!("object({{{}}})", attributes.join(", "))
        }
        _ => format!("{head}({})", ty(inner, None)),
    }
}

fn element(value: &Node, at: usize) -> Option<&Node> {
    match &value.kind {
        NodeKind::Sequence(items) => items.get(at),
        _ => None,
    }
}

fn is_null(node: &Node) -> bool {
    matches!(&node.kind, NodeKind::Scalar(Scalar { style: ScalarStyle::Null, .. }))
}

/// A value as JSON, keys sorted.
pub(super) fn value(node: &Node) -> String {
    match &node.kind {
        NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Quoted => quoted(&scalar.text),
        NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Null => "null".to_owned(),
        NodeKind::Scalar(scalar) => scalar.text.to_string(),
        NodeKind::Sequence(items) => {
            format!("[{}]", items.iter().map(value).collect::<Vec<_>>().join(","))
        }
        NodeKind::Mapping(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            let entry =
                |entry: &&source::document::Entry| format!("{}:{}", quoted(&entry.key), value(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
