//! Statements of documents that a document is made from. The provider reads them into its own form and prints that:
//! what IAM does not know is left out, and so are empty texts and numbers in conditions.

use smol_str::SmolStr;
use value::{Item, Kind, List, Map, MapEntry, Value};

use super::{fall, is_nothing, single_or_list};

/// Fields of a statement, in the order of the JSON.
const FIELDS: [&str; 9] = [
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
];

/// A statement as the provider prints it after reading it; what is no object stays as it is.
pub(super) fn statement(read: &Value) -> Value {
    let Kind::Map(map) = &read.kind else { return read.clone() };
    let mut entries = Vec::with_capacity(map.entries.len());
    for field in FIELDS {
        let Some(entry) = map.entry(field) else { continue };
        let value = match field {
            "Principal" | "NotPrincipal" => principals(&entry.value),
            "Condition" => conditions(&entry.value),
            _ => entry.value.clone(),
        };
        let empty = matches!(&value.kind, Kind::Map(map) if map.entries.is_empty() && map.open.is_none());
        if !empty && !is_nothing(&value) {
            entries.push(MapEntry { value, ..entry.clone() });
        }
    }
    Value { kind: Kind::Map(Map::new(entries, map.open.clone()).into()), ..read.clone() }
}

fn principals(read: &Value) -> Value {
    let Kind::Map(map) = &read.kind else { return read.clone() };
    if let [only] = map.entries.as_slice()
        && map.open.is_none()
        && only.key == "*"
        && only.presence.is_certain()
        && only.value.as_str() == Some("*")
    {
        return only.value.clone();
    }
    let sorted = |entry: &MapEntry| {
        let Kind::List(list) = &entry.value.kind else { return entry.clone() };
        let mut items = list.items.clone();
        fall(&mut items);
        let list = List::new(items, list.open.clone());
        MapEntry { value: Value { kind: Kind::List(list.into()), ..entry.value.clone() }, ..entry.clone() }
    };
    by_key(map, read, |entry| Some(sorted(entry)))
}

fn conditions(read: &Value) -> Value {
    let Kind::Map(operators) = &read.kind else { return read.clone() };
    by_key(operators, read, |operator| {
        let Kind::Map(variables) = &operator.value.kind else { return Some(operator.clone()) };
        let value = by_key(variables, &operator.value, |variable| {
            let value = values(&variable.value)?;
            Some(MapEntry { value, ..variable.clone() })
        });
        let empty = value.as_map().is_some_and(|map| map.entries.is_empty() && map.open.is_none());
        (!empty).then(|| MapEntry { value, ..operator.clone() })
    })
}

/// The values of a condition; none where the provider takes no notice of them.
fn values(value: &Value) -> Option<Value> {
    let text = |value: &Value| match &value.kind {
        Kind::Bool(known) => {
            let text = SmolStr::new_static(if *known { "true" } else { "false" });
            Value { kind: Kind::String(text), ..value.clone() }
        }
        _ => value.clone(),
    };
    match &value.kind {
        Kind::Number(_) | Kind::Null => None,
        Kind::List(list) => {
            let items = list.items.iter().map(|item| Item { value: text(&item.value), ..item.clone() });
            let list = List::new(items.collect(), list.open.clone());
            Some(single_or_list(list, value.origin.clone()))
        }
        _ => Some(text(value)),
    }
}

/// The entries that `change` keeps, in order of their keys.
fn by_key(map: &Map, whole: &Value, change: impl Fn(&MapEntry) -> Option<MapEntry>) -> Value {
    let mut entries: Vec<MapEntry> = map.entries.iter().filter_map(change).collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    Value { kind: Kind::Map(Map::new(entries, map.open.clone()).into()), ..whole.clone() }
}
