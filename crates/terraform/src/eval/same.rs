//! Equality as `==` has it: nothing is converted, and values of different types differ; and texts that stand for
//! values, by which sets are ordered.

use value::{Item, Kind, List, ListShape, Map, MapShape, Type, Value};

use super::text;

/// Whether two values are equal; none if that depends on what is not known.
pub(super) fn compared(a: &Value, b: &Value) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => return Some(true),
        (Kind::Bool(a), Kind::Bool(b)) => return Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => return Some(a == b),
        (Kind::String(a), Kind::String(b)) => return Some(a == b),
        _ => {}
    }
    if let (Some(x), Some(y)) = (head(a), head(b))
        && x != y
    {
        return Some(false);
    }
    if !a.is_wholly_known() || !b.is_wholly_known() {
        return None;
    }
    if text::document(a).is_some() || text::document(b).is_some() {
        return Some(crate::text_of(a)? == crate::text_of(b)?);
    }
    match (&a.kind, &b.kind) {
        (Kind::List(a), Kind::List(b)) => lists(a, b),
        (Kind::Map(a), Kind::Map(b)) => maps(a, b),
        // Null beside what is not null; kinds that differ.
        _ => Some(false),
    }
}

/// What values of different types have different; none if the type is not known.
#[derive(Debug, PartialEq, Eq)]
enum Head {
    Bool,
    Number,
    String,
    List,
    Set,
    Map,
    Tuple,
    Object,
}

fn head(value: &Value) -> Option<Head> {
    Some(match &value.kind {
        Kind::Bool(_) => Head::Bool,
        Kind::Number(_) => Head::Number,
        Kind::String(_) | Kind::Template(_) => Head::String,
        Kind::List(list) => match list.shape {
            ListShape::Tuple => Head::Tuple,
            ListShape::List(_) => Head::List,
            ListShape::Set(_) => Head::Set,
            ListShape::Document(_) => Head::String,
        },
        Kind::Map(map) => match map.shape {
            MapShape::Object => Head::Object,
            MapShape::Map(_) => Head::Map,
            MapShape::Document(_) => Head::String,
        },
        Kind::Unknown(unknown) if !unknown.may_be_absent => match unknown.ty {
            Type::Any => return None,
            Type::Bool => Head::Bool,
            Type::Number => Head::Number,
            Type::String => Head::String,
            Type::List(_) => Head::List,
            Type::Set(_) => Head::Set,
            Type::Map(_) => Head::Map,
            Type::Tuple(_) => Head::Tuple,
            Type::Object(_) => Head::Object,
        },
        _ => return None,
    })
}

fn lists(a: &List, b: &List) -> Option<bool> {
    if a.items.is_empty() && b.items.is_empty() {
        return Some(a.shape == b.shape);
    }
    if a.items.len() != b.items.len() {
        return Some(false);
    }
    let pair = |(a, b): (&Item, &Item)| compared(&a.value, &b.value);
    all(a.items.iter().zip(&b.items).map(pair))
}

fn maps(a: &Map, b: &Map) -> Option<bool> {
    if a.entries.is_empty() && b.entries.is_empty() {
        return Some(a.shape == b.shape);
    }
    if a.entries.len() != b.entries.len() {
        return Some(false);
    }
    all(a.entries.iter().map(|entry| match b.entry(&entry.key) {
        Some(other) => compared(&entry.value, &other.value),
        None => Some(false),
    }))
}

fn all(mut pairs: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    pairs.try_fold(true, |all, pair| pair.map(|pair| all && pair))
}

/// A text that is the same for equal elements of a set, and by which Terraform orders those that are neither texts nor
/// numbers nor booleans; none if not all is known.
pub(crate) fn key(value: &Value) -> Option<String> {
    let mut out = String::new();
    write_key(value, &mut out).then_some(out)
}

fn write_key(value: &Value, out: &mut String) -> bool {
    match &value.kind {
        Kind::Null => out.push('~'),
        Kind::Bool(known) => out.push(if *known { 'T' } else { 'F' }),
        Kind::Number(number) => out.push_str(&number.to_string()),
        Kind::String(text) => out.push_str(&format!("{text:?}")),
        Kind::List(_) | Kind::Map(_) if text::document(value).is_some() => {
            let Some(text) = crate::text_of(value) else { return false };
            out.push_str(&format!("{text:?}"));
        }
        Kind::List(list) if list.is_settled() => {
            let tuple = list.shape == ListShape::Tuple;
            out.push(if tuple { '<' } else { '[' });
            for item in &list.items {
                if !write_key(&item.value, out) {
                    return false;
                }
                out.push(';');
            }
            out.push(if tuple { '>' } else { ']' });
        }
        Kind::Map(map) if map.is_settled() => {
            let object = map.shape == MapShape::Object;
            let mut entries: Vec<_> = map.entries.iter().collect();
            entries.sort_by(|a, b| a.key.cmp(&b.key));
            out.push(if object { '<' } else { '{' });
            for entry in entries {
                if !object {
                    out.push_str(&format!("{:?}:", entry.key));
                }
                if !write_key(&entry.value, out) {
                    return false;
                }
                out.push(';');
            }
            out.push(if object { '>' } else { '}' });
        }
        _ => return false,
    }
    true
}
