//! Planned values: `after`, `after_unknown` and `after_sensitive` walked side by side with the expressions of the
//! configuration.
//!
//! - A known planned value stands, even where the configuration is silent: it is what the provider will set.
//! - An unknown value that the configuration gives an expression is a reference, if the expression is just that, or
//!   unknown. One without an expression is absent: the provider computes it, nobody wrote it. Source and plan agree.
//! - A null, and an empty list without an expression (a block that nobody wrote), are absent.

use std::sync::Arc;

use smol_str::SmolStr;
use source::document::{Node, NodeKind, ScalarStyle};
use source::{FileId, Place};
use value::{Kind, List, Map, MapEntry, Number, Origin, Unknown, Value};

use super::configuration::{Configuration, Scope};

/// Deepest nesting of a planned value.
const DEPTH: usize = 64;

/// A planned value with everything that is said about it.
#[derive(Clone, Copy)]
pub(super) struct Planned<'a> {
    pub(super) after: Option<&'a Node>,
    pub(super) unknown: Option<&'a Node>,
    pub(super) sensitive: Option<&'a Node>,
    pub(super) expressions: Option<&'a Node>,
    pub(super) file: FileId,
    pub(super) scope: Scope<'a>,
    pub(super) configuration: &'a Configuration<'a>,
}

/// The value of a resource's attributes.
pub(super) fn convert(planned: &Planned<'_>) -> Value {
    at_depth(planned, DEPTH)
}

fn at_depth(planned: &Planned<'_>, depth: usize) -> Value {
    if depth == 0 {
        return Value::unknown(Unknown::fresh("the planned value is nested too deeply"), Origin::default());
    }
    if is_true(planned.unknown) {
        return unknown(planned);
    }
    let sensitive = is_true(planned.sensitive);
    let value = match planned.after.map(|node| (&node.kind, node)) {
        None => mapping(planned, depth, &[]),
        Some((NodeKind::Mapping(entries), _)) => mapping(planned, depth, entries),
        Some((NodeKind::Sequence(items), node)) => sequence(planned, node, items, depth),
        Some((NodeKind::Scalar(scalar), node)) => {
            let origin = Origin::literal(Place::new(planned.file, node.span));
            match scalar.style {
                ScalarStyle::Null => Value::absent(),
                ScalarStyle::Bool => Value::bool(scalar.text == "true", origin),
                ScalarStyle::Number => match Number::parse(&scalar.text) {
                    Some(number) => Value::number(number, origin),
                    None => Value::string(scalar.text.clone(), origin),
                },
                // A sensitive value is not even loaded: that it is set is all that is needed.
                _ if sensitive => Value::string("", origin),
                _ => Value::string(scalar.text.clone(), origin),
            }
        }
    };
    match (&value.kind, sensitive) {
        (Kind::String(text), true) if text.is_empty() => {
            let known = Unknown::fresh("the planned value is sensitive");
            Value::unknown(known, value.origin).with_sensitivity(true)
        }
        _ => value.with_sensitivity(sensitive),
    }
}

fn mapping(planned: &Planned<'_>, depth: usize, after: &[source::document::Entry]) -> Value {
    let unknowns = planned.unknown.map(Node::entries).unwrap_or_default();
    if planned.after.is_none() && unknowns.is_empty() {
        return Value::absent();
    }
    let mut entries: Vec<MapEntry> = Vec::new();
    let missing = unknowns.iter().filter(|entry| !after.iter().any(|known| known.key == entry.key));
    for entry in after.iter().chain(missing) {
        let name = entry.key.as_str();
        let inner = Planned {
            after: planned.after.and_then(|node| node.get(name)),
            unknown: planned.unknown.and_then(|node| node.get(name)),
            sensitive: planned.sensitive.and_then(|node| node.get(name).or_else(|| wholly(node))),
            expressions: planned.expressions.and_then(|node| node.get(name)),
            ..*planned
        };
        let value = at_depth(&inner, depth - 1);
        if !value.is_absent() {
            let place = Some(Place::new(planned.file, entry.key_span));
            entries.push(MapEntry { place, ..MapEntry::certain(entry.key.clone(), value) });
        }
    }
    let origin = planned
        .after
        .map_or_else(Origin::default, |node| Origin::literal(Place::new(planned.file, node.span)));
    Value::new(Kind::Map(Arc::new(Map { entries, open: None })), origin)
}

fn sequence(planned: &Planned<'_>, node: &Node, items: &[Node], depth: usize) -> Value {
    if items.is_empty() && planned.expressions.is_none() {
        return Value::absent();
    }
    let at = |list: Option<&'_ Node>, index: usize| list.and_then(|node| node.items().get(index).cloned());
    let _ = at;
    let values = items.iter().enumerate().map(|(index, item)| {
        let inner = Planned {
            after: Some(item),
            unknown: planned.unknown.and_then(|node| node.items().get(index)),
            sensitive: planned.sensitive.and_then(|node| node.items().get(index).or_else(|| wholly(node))),
            // A block that is repeated by `dynamic` has one expression, or none; static ones have one each.
            expressions: planned.expressions.and_then(|node| node.items().get(index).or(element(node))),
            ..*planned
        };
        at_depth(&inner, depth - 1)
    });
    let values: Vec<Value> = values.filter(|value| !value.is_absent()).collect();
    let mut list = Value::list(values, Origin::literal(Place::new(planned.file, node.span)));
    if list.as_list().is_none() {
        list.kind = Kind::List(Arc::new(List::default()));
    }
    list
}

/// The expression of a block list's elements where it is not one for each: a single nested block, or an attribute
/// whose elements have no expressions of their own.
fn element(node: &Node) -> Option<&Node> {
    matches!(node.kind, NodeKind::Mapping(_)).then_some(node)
}

fn wholly(node: &Node) -> Option<&Node> {
    is_true(Some(node)).then_some(node)
}

fn is_true(node: Option<&Node>) -> bool {
    let Some(Node { kind: NodeKind::Scalar(scalar), .. }) = node else { return false };
    scalar.style == ScalarStyle::Bool && scalar.text == "true"
}

/// A value that is known after the plan is applied.
fn unknown(planned: &Planned<'_>) -> Value {
    let Some(expression) = planned.expressions else { return Value::absent() };
    let sensitive = is_true(planned.sensitive);
    let origin = Origin::computed(Place::new(planned.file, expression.span));
    let references: Vec<SmolStr> = expression
        .get("references")
        .map(Node::items)
        .unwrap_or_default()
        .iter()
        .filter_map(|node| node.text().cloned())
        .collect();
    match planned.configuration.follow(&references, planned.scope) {
        Some(reference) => Value::new(Kind::Reference(Arc::new(reference)), origin),
        None => {
            let named = references.first().map(|name| format!(" ({name})")).unwrap_or_default();
            Value::unknown(Unknown::fresh(format!("it is known after the plan is applied{named}")), origin)
        }
    }
    .with_sensitivity(sensitive)
}
