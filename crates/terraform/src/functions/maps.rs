//! Functions on maps.

use smol_str::SmolStr;
use value::{Item, Kind, MapEntry, MapShape, Origin, Value};

use super::choices::may_be_absent;
use super::lists::{argument, list};
use super::{Invocation, Special};
use crate::eval::condition::simplified;
use crate::eval::conversion::unify;
use crate::eval::view::{MapBuilder, view};
use crate::eval::{Evaluator, text};

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "merge" => merge,
        "keys" => keys,
        "values" => values,
        "lookup" => lookup,
        "zipmap" => zipmap,
        "tomap" => tomap,
        "transpose" => transpose,
        "matchkeys" => matchkeys,
        _ => return None,
    })
}

/// Later maps win. What an unknown map may bring leaves the entries before it replaceable.
fn merge(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut merged = MapBuilder::default();
    for at in 0..call.arguments.len() {
        let value = evaluator.force(call.argument(at));
        match &value.kind {
            Kind::Null => continue,
            Kind::Unknown(unknown) => {
                merged.open(may_be_absent(unknown), true);
                continue;
            }
            Kind::Reference(_) => {
                let reason = crate::eval::identity::reason(&value).unwrap_or_default();
                merged.open(may_be_absent(&value::Unknown::fresh(reason)), true);
                continue;
            }
            Kind::List(list) if list.items.is_empty() && list.open.is_none() => continue,
            Kind::Map(_) | Kind::Alternatives(_) => {}
            _ => return Value::absent(),
        }
        if !merge_known(&mut merged, &value) {
            return Value::absent();
        }
    }
    merged.finish(call.origin())
}

fn merge_known(merged: &mut MapBuilder, value: &Value) -> bool {
    let Some(view) = view(value) else { return false };
    if let Some(open) = &view.open {
        merged.open(may_be_absent(open), true);
    }
    let mut entries = view.entries;
    // Entries as written, not by key, so that a merged map reads like its parts.
    if let Kind::Map(map) = &value.kind {
        let place =
            |key: &Value| map.entries.iter().position(|entry| key.as_str() == Some(entry.key.as_str()));
        entries.sort_by_key(|entry| place(&entry.key));
    }
    for entry in entries {
        match text::primitive(&entry.key) {
            Some(key) => merged.put(MapEntry {
                key,
                place: entry.place,
                value: entry.value,
                presence: entry.presence,
                replaceable: entry.replaceable,
            }),
            None => {
                let reason = crate::eval::identity::reason(&entry.key).unwrap_or_default();
                merged.open(may_be_absent(&value::Unknown::fresh(reason)), true);
            }
        }
    }
    true
}

fn keys(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let Some(view) = argument(evaluator, call, 0) else { return Value::absent() };
    let items = view.entries.into_iter().map(|entry| Item { value: entry.key, presence: entry.presence });
    list(items.collect(), view.open, call)
}

fn values(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let Some(view) = argument(evaluator, call, 0) else { return Value::absent() };
    let items = view.entries.into_iter().map(|entry| Item { value: entry.value, presence: entry.presence });
    list(items.collect(), view.open, call)
}

fn lookup(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let map = evaluator.force(call.argument(0));
    let found = evaluator.index(&map, &call.argument(1), call.place);
    match call.arguments.get(2) {
        Some(default) => evaluator.or_else(found, call.place, |_| default.clone()),
        None => found,
    }
}

fn zipmap(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let keys = evaluator.force_deep(call.argument(0));
    let values = evaluator.force(call.argument(1));
    let (Some(keys), Some(values)) = (view(&keys), view(&values)) else { return Value::absent() };
    let mut map = MapBuilder::default();
    for (key, value) in keys.entries.into_iter().zip(values.entries) {
        let when = simplified(key.presence.when.clone().and(value.presence.when.clone()));
        let presence = value::Presence { when, many: key.presence.many || value.presence.many };
        match text::primitive(&key.value) {
            Some(name) if !presence.many => {
                map.put(MapEntry { presence, ..MapEntry::certain(name, value.value) });
            }
            _ => map.open(crate::eval::expression::unknown_keys(&key.value), true),
        }
    }
    if let Some(open) = keys.open.or(values.open) {
        map.open(open, false);
    }
    map.finish(call.origin())
}

fn tomap(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut value = evaluator.force(call.argument(0));
    if let Kind::Map(map) = &mut value.kind {
        let map = std::sync::Arc::make_mut(map);
        map.shape = MapShape::MAP;
        unify(map.entries.iter_mut().map(|entry| &mut entry.value));
    }
    if matches!(value.kind, Kind::String(_) | Kind::Number(_) | Kind::Bool(_) | Kind::List(_)) {
        return Value::absent();
    }
    value
}

fn transpose(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force_deep(call.argument(0));
    let Some(map) = value.as_map().filter(|_| value.is_wholly_known()) else {
        return evaluator.derived("transpose", &[value], call.place);
    };
    let mut turned: std::collections::BTreeMap<SmolStr, Vec<Value>> = std::collections::BTreeMap::new();
    for entry in &map.entries {
        for text in super::strings::texts(&entry.value).unwrap_or_default() {
            turned.entry(text).or_default().push(Value::string(entry.key.clone(), Origin::default()));
        }
    }
    let entries = turned.into_iter().map(|(key, items)| (key, Value::list(items, Origin::default())));
    Value::map(entries, call.origin())
}

fn matchkeys(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let arguments: Vec<Value> = (0..3).map(|at| evaluator.force_deep(call.argument(at))).collect();
    let [values, keys, wanted] = arguments.as_slice() else { return Value::absent() };
    let known = keys.is_wholly_known() && wanted.is_wholly_known();
    let (Kind::List(values), Kind::List(keys), Kind::List(wanted), true) =
        (&values.kind, &keys.kind, &wanted.kind, known)
    else {
        return evaluator.derived("matchkeys", &arguments, call.place);
    };
    let is_wanted = |key: &Item| wanted.items.iter().any(|item| item.value.kind == key.value.kind);
    let pairs = values.items.iter().zip(&keys.items).filter(|(_, key)| is_wanted(key));
    list(pairs.map(|(item, _)| item.clone()).collect(), values.open.clone(), call)
}
