//! `jsonencode`, `yamlencode` and their contraries. What is encoded keeps its structure (so that a policy's
//! statements keep their places) in the shape of a document; it becomes text where it is used as one, and decoding
//! gives the structure back.

use std::sync::Arc;

use source::document::{Node, NodeKind, ScalarStyle};
use value::{Format, How, Item, Kind, List, ListShape, Map, MapEntry, MapShape, Number, Origin, Type, Value};

use super::arguments::is_document;
use super::{Invocation, Refusal, yaml_decode, yaml_encode};
use crate::eval::condition::over;
use crate::eval::{Evaluator, text};

pub(super) fn jsonencode(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    over(&value, &call.origin(), |value| match &value.kind {
        _ if is_document(value) => {
            let parts = text::parts(value).unwrap_or_default();
            let inner = Value::template(parts, value.origin.clone());
            Value::template(text::json(&inner), call.origin())
        }
        Kind::List(_) | Kind::Map(_) => document(value, Format::Json),
        Kind::Unknown(_) | Kind::Reference(_) => {
            evaluator.derived_as(&Type::String, call.name, std::slice::from_ref(value), call.place)
        }
        Kind::Absent => Value::absent(),
        _ => Value::template(text::json(value), call.origin()),
    })
}

pub(super) fn yamlencode(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force_deep(call.argument(0));
    let mut too_large = false;
    let encoded = over(&value, &call.origin(), |value| {
        if value.is_absent() {
            return Value::absent();
        }
        let plain = as_text(value);
        if !plain.is_wholly_known() {
            return match &plain.kind {
                Kind::List(_) | Kind::Map(_) => document(&plain, Format::Yaml),
                _ => evaluator.derived_as(&Type::String, call.name, std::slice::from_ref(value), call.place),
            };
        }
        match yaml_encode::encode(std::slice::from_ref(&plain)) {
            Ok(kind) => Value::new(kind, call.origin()),
            Err(Refusal::Limit) => {
                too_large = true;
                Value::absent()
            }
            Err(_) => Value::absent(),
        }
    });
    if too_large { evaluator.limit_hit(call.place) } else { encoded }
}

/// A document as the text that it is, if it is known; anything else as it is.
fn as_text(value: &Value) -> Value {
    match &value.kind {
        Kind::List(list) if !is_document(value) => {
            let item = |item: &Item| Item { value: as_text(&item.value), ..item.clone() };
            Value {
                kind: Kind::List(Arc::new(list.with(list.items.iter().map(item).collect()))),
                ..value.clone()
            }
        }
        Kind::Map(map) if !is_document(value) => {
            let entry = |entry: &MapEntry| MapEntry { value: as_text(&entry.value), ..entry.clone() };
            let entries = map.entries.iter().map(entry).collect();
            Value { kind: Kind::Map(Arc::new(map.with(entries))), ..value.clone() }
        }
        Kind::List(_) | Kind::Map(_) => {
            let parts = text::parts(value).unwrap_or_default();
            Value::template(parts, value.origin.clone()).with_sensitivity(value.sensitive)
        }
        _ => value.clone(),
    }
}

/// A list or a map as a text that holds it.
fn document(value: &Value, format: Format) -> Value {
    let kind = match &value.kind {
        Kind::List(list) => {
            let items = List::new(list.items.clone(), list.open.clone());
            Kind::List(Arc::new(items.shaped(ListShape::Document(format))))
        }
        Kind::Map(map) => {
            let entries = Map::new(map.entries.clone(), map.open.clone());
            Kind::Map(Arc::new(entries.shaped(MapShape::Document(format))))
        }
        other => other.clone(),
    };
    let origin = Origin { how: How::Computed, ..value.origin.clone() };
    Value { kind, origin, sensitive: value.sensitive }
}

/// What a document holds: tuples and objects, whatever they were.
fn structure(value: &Value, inner: bool) -> Value {
    if inner && is_document(value) {
        return value.clone();
    }
    let kind = match &value.kind {
        Kind::List(list) => {
            let item = |item: &Item| Item { value: structure(&item.value, true), ..item.clone() };
            Kind::List(Arc::new(List::new(list.items.iter().map(item).collect(), list.open.clone())))
        }
        Kind::Map(map) => {
            let entry = |entry: &MapEntry| MapEntry { value: structure(&entry.value, true), ..entry.clone() };
            Kind::Map(Arc::new(Map::new(map.entries.iter().map(entry).collect(), map.open.clone())))
        }
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}

/// Whether a document's text can be read as the other format.
fn reads(value: &Value, wanted: Format) -> bool {
    // JSON is YAML.
    text::document(value).is_some_and(|format| format == wanted || wanted == Format::Yaml)
}

pub(super) fn jsondecode(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    decode(evaluator, call, Format::Json, |text, origin| json_value(text, origin).ok_or(Refusal::Error))
}

pub(super) fn yamldecode(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    decode(evaluator, call, Format::Yaml, yaml_decode::decode)
}

fn decode(
    evaluator: &mut Evaluator<'_>,
    call: &Invocation<'_>,
    format: Format,
    read: fn(&str, &Origin) -> Result<Value, Refusal>,
) -> Value {
    let value = evaluator.force(call.argument(0));
    let mut refused = None;
    let mut made = 0;
    let decoded = over(&value, &call.origin(), |value| match &value.kind {
        Kind::List(_) | Kind::Map(_) if reads(value, format) => structure(value, false),
        Kind::String(text) => {
            let origin = Origin { how: How::Computed, ..value.origin.clone() };
            made += text.len() / 8;
            match read(text, &origin) {
                Ok(value) => value,
                Err(Refusal::Error) => Value::absent(),
                Err(other) => {
                    refused = Some(other);
                    Value::absent()
                }
            }
        }
        Kind::Null | Kind::Absent => Value::absent(),
        _ => evaluator.derived(call.name, std::slice::from_ref(value), call.place),
    });
    match refused {
        Some(Refusal::Unknown(reason)) => evaluator.opaque(&reason, call, &Type::Any),
        Some(_) => evaluator.limit_hit(call.place),
        None if evaluator.pay(made / 8) => decoded,
        None => evaluator.limit_hit(call.place),
    }
}

/// JSON as a value; all of it has one origin.
pub(crate) fn json_value(text: &str, origin: &Origin) -> Option<Value> {
    let node = source::document::json::parse(text, &source::Limits::default()).ok()?;
    node_value(&node, origin)
}

fn node_value(node: &Node, origin: &Origin) -> Option<Value> {
    Some(match &node.kind {
        NodeKind::Sequence(items) => {
            let items: Option<Vec<Value>> = items.iter().map(|item| node_value(item, origin)).collect();
            Value::list(items?, origin.clone())
        }
        NodeKind::Mapping(entries) => {
            let mut map = crate::eval::view::MapBuilder::default();
            for entry in entries {
                map.put(MapEntry::certain(entry.key.clone(), node_value(&entry.value, origin)?));
            }
            map.finish(origin.clone())
        }
        NodeKind::Scalar(scalar) => {
            let kind = match scalar.style {
                ScalarStyle::Null => Kind::Null,
                ScalarStyle::Bool => Kind::Bool(scalar.text == "true"),
                ScalarStyle::Number => Number::parse(&scalar.text).map(Kind::Number)?,
                ScalarStyle::Quoted | ScalarStyle::Plain => Kind::String(scalar.text.clone()),
            };
            Value::new(kind, origin.clone())
        }
    })
}
