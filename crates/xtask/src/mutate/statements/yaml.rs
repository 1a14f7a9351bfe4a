//! Statements in CloudFormation templates: mappings with an `Effect`.

use std::ops::Range;

use source::Limits;
use source::document::{Entry, Node, NodeKind, yaml};

use super::{Edit, Statement};
use crate::mutate::outline::{dashed, trimmed, without};

/// All statements of a template.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let mut found = Vec::new();
    for document in yaml::parse(text, &Limits::default()).unwrap_or_default() {
        match document.get("Resources") {
            Some(resources) => {
                for entry in resources.entries() {
                    walk(&entry.value, &entry.key, text, &mut found);
                }
            }
            None => walk(&document, "", text, &mut found),
        }
    }
    found
}

fn walk(node: &Node, owner: &str, text: &str, found: &mut Vec<Statement>) {
    match &node.kind {
        NodeKind::Mapping(entries) => {
            if node.get("Effect").is_some() {
                found.push(statement(node, entries, owner, text));
            }
            entries.iter().for_each(|entry| walk(&entry.value, owner, text, found));
        }
        NodeKind::Sequence(items) => {
            let spans: Vec<_> = items.iter().map(|item| item.span.range()).collect();
            for (at, item) in items.iter().enumerate() {
                let before = found.len();
                walk(item, owner, text, found);
                if let (Some(statement), Some(_)) = (found.get_mut(before), item.get("Effect")) {
                    statement.drop = Some(element(&spans, at, text));
                }
            }
        }
        NodeKind::Scalar(_) => {}
    }
}

/// An element of a sequence, without any byte of its siblings: with its dash, or with a comma.
fn element(spans: &[Range<usize>], at: usize, text: &str) -> Edit {
    let own = spans.get(at).cloned().unwrap_or_default();
    let before = text.get(..own.start).unwrap_or("").trim_end_matches(' ');
    let range = match before.strip_suffix('-') {
        Some(before) => before.len()..trimmed(text, own.end),
        None => without(spans, at, text),
    };
    (range, String::new())
}

fn statement(node: &Node, entries: &[Entry], owner: &str, text: &str) -> Statement {
    let spans: Vec<_> = entries.iter().map(|entry| entry.span().range()).collect();
    let field = |name: &str| -> Option<Edit> {
        let value = &entries.iter().find(|entry| entry.key == name)?.value;
        let range = value.span.range();
        let range = if matches!(value.kind, NodeKind::Sequence(_)) { dashed(&range, text) } else { range };
        Some((range.start..trimmed(text, range.end), "\"*\"".to_owned()))
    };
    let conditions = entries.iter().enumerate().filter(|(_, entry)| entry.key == "Condition");
    Statement {
        owner: owner.to_owned(),
        whole: node.span.range(),
        deny: node.get("Effect").and_then(Node::text).is_some_and(|effect| effect == "Deny"),
        drop: None,
        principal: field("Principal"),
        action: field("Action"),
        resource: field("Resource"),
        conditions: conditions.map(|(at, _)| (without(&spans, at, text), String::new())).collect(),
    }
}
