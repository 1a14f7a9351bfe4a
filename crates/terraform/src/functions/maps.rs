//! Functions on maps and objects.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Item, Kind, List, ListShape, MapEntry, MapShape, Origin, Type, Value};

use super::Invocation;
use super::arguments::{element, is_map, is_sequence, is_untyped_null};
use super::choices::{converted, may_be_absent};
use super::convert::convert;
use super::sets::alike;
use crate::eval::condition::simplified;
use crate::eval::identity::reason;
use crate::eval::view::{MapBuilder, inherit, view};
use crate::eval::{Evaluator, text};

/// Later maps win: a map if all are maps of one type, an object otherwise. What an unknown map may bring leaves the
/// entries before it replaceable.
pub(super) fn merge(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut merged = MapBuilder::default();
    let mut types = Vec::new();
    for at in 0..call.arguments.len() {
        let value = evaluator.force(call.argument(at));
        if matches!(value.kind, Kind::Null) {
            // A null literal has no type, which makes types differ.
            types.extend(is_untyped_null(&value).then_some(None));
            continue;
        }
        if !is_map(&value) {
            return Value::absent();
        }
        types.push(element(&value));
        match &value.kind {
            Kind::Unknown(unknown) => merged.open(may_be_absent(unknown), true),
            Kind::Reference(_) | Kind::List(_) => {
                let reason = reason(&value).unwrap_or_default();
                merged.open(may_be_absent(&value::Unknown::fresh(reason)), true);
            }
            _ if !merge_known(&mut merged, &value) => return Value::absent(),
            _ => {}
        }
    }
    let whole = merged.finish(call.origin());
    match types.first() {
        Some(Some(ty)) if types.iter().all(|known| known.as_ref() == Some(ty)) => {
            shaped(whole, MapShape::Map(ty.clone()))
        }
        _ => whole,
    }
}

fn shaped(whole: Value, shape: MapShape) -> Value {
    match whole.kind {
        Kind::Map(map) => {
            let map = Arc::unwrap_or_clone(map).shaped(shape);
            Value { kind: Kind::Map(Arc::new(map)), ..whole }
        }
        _ => whole,
    }
}

fn merge_known(merged: &mut MapBuilder, value: &Value) -> bool {
    // Entries as written, not by key, so that a merged map reads like its parts.
    if let Kind::Map(map) = &value.kind {
        if let Some(open) = &map.open {
            merged.open(may_be_absent(open), true);
        }
        for entry in &map.entries {
            merged.put(MapEntry { value: inherit(entry.value.clone(), value), ..entry.clone() });
        }
        return true;
    }
    let Some(view) = view(value) else { return false };
    if let Some(open) = &view.open {
        merged.open(may_be_absent(open), true);
    }
    for entry in view.entries {
        match text::primitive(&entry.key) {
            Some(key) => merged.put(MapEntry {
                key,
                place: entry.place,
                value: entry.value,
                presence: entry.presence,
                replaceable: entry.replaceable,
            }),
            None => {
                let reason = reason(&entry.key).unwrap_or_default();
                merged.open(may_be_absent(&value::Unknown::fresh(reason)), true);
            }
        }
    }
    true
}

/// Keys in their order: a list of a map's, a tuple of an object's.
pub(super) fn keys(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let shape = element(&value).map_or(ListShape::Tuple, |_| ListShape::List(Type::String));
    let Some(view) = view(&value).filter(|_| is_map(&value)) else { return Value::absent() };
    let items = view.entries.into_iter().map(|entry| Item { value: entry.key, presence: entry.presence });
    let keys = List::new(items.collect(), view.open).shaped(shape);
    Value::new(Kind::List(Arc::new(keys)), call.origin())
}

/// Values in the order of their keys: a list of a map's, a tuple of an object's.
pub(super) fn values(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let shape = element(&value).map_or(ListShape::Tuple, ListShape::List);
    let Some(view) = view(&value).filter(|_| is_map(&value)) else { return Value::absent() };
    let items = view.entries.into_iter().map(|entry| Item { value: entry.value, presence: entry.presence });
    let values = List::new(items.collect(), view.open).shaped(shape);
    Value::new(Kind::List(Arc::new(values)), call.origin())
}

/// The value of a key, or a default: of a map's elements' type for a map, of any for an object.
pub(super) fn lookup(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let map = evaluator.force(call.argument(0));
    if call.arguments.len() > 3 || !is_map(&map) {
        return Value::absent();
    }
    let default = match (call.arguments.get(2).cloned(), element(&map)) {
        (Some(default), Some(ty)) => {
            let default = convert(default, &ty);
            if default.is_absent() {
                return default;
            }
            Some(default)
        }
        (default, _) => default,
    };
    let key = call.argument(1);
    let found = evaluator.index(&map, &key, call.place);
    let Some(default) = default else { return found };
    // What an open map may not hold is the default then, not the element.
    let may_be_default = matches!(found.kind, Kind::Unknown(_))
        && match &map.kind {
            Kind::Unknown(_) => true,
            Kind::Map(map) => {
                let entry = text::primitive(&key).and_then(|key| map.entry(&key).cloned());
                map.open.is_some() && entry.is_none_or(|entry| entry.replaceable)
            }
            _ => false,
        };
    if may_be_default {
        let nullable = matches!(default.kind, Kind::Null);
        let looked_up = evaluator.derived("lookup", &[map, key, default], call.place);
        let Kind::Unknown(unknown) = &looked_up.kind else { return looked_up };
        let unknown = value::Unknown { may_be_absent: nullable, ..(**unknown).clone() };
        return Value { kind: Kind::Unknown(Arc::new(unknown)), ..looked_up };
    }
    evaluator.or_else(found, call.place, |_| default)
}

pub(super) fn zipmap(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let keys = evaluator.force_deep(call.argument(0));
    let values = evaluator.force(call.argument(1));
    if !is_sequence(&values, false) {
        return Value::absent();
    }
    let shape = element(&values).map_or(MapShape::Object, MapShape::Map);
    let (Some(keys), Some(values)) = (view(&keys), view(&values)) else { return Value::absent() };
    let settled = |view: &crate::eval::view::View| {
        view.open.is_none() && view.entries.iter().all(|entry| entry.presence.is_certain())
    };
    if settled(&keys) && settled(&values) && keys.entries.len() != values.entries.len() {
        return Value::absent();
    }
    let mut map = MapBuilder::default();
    for (key, value) in keys.entries.into_iter().zip(values.entries) {
        if matches!(key.value.kind, Kind::Null) {
            return Value::absent();
        }
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
    shaped(map.finish(call.origin()), shape)
}

pub(super) fn tomap(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    converted(evaluator, call, &Type::map(Type::Any))
}

/// A map of lists of strings, with strings and keys exchanged.
pub(super) fn transpose(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force_deep(call.argument(0));
    let strings = Type::list(Type::String);
    let Some(map) = value.as_map().filter(|_| value.is_wholly_known()) else {
        return evaluator.derived_as(&Type::map(strings), "transpose", &[value], call.place);
    };
    let mut turned: std::collections::BTreeMap<SmolStr, Vec<Value>> = std::collections::BTreeMap::new();
    let mut entries: Vec<&MapEntry> = map.entries.iter().collect();
    entries.sort_by(|a, b| a.key.cmp(&b.key));
    for entry in entries {
        let Some(list) = entry.value.as_list() else { return Value::absent() };
        for item in &list.items {
            let Some(text) = text::primitive(&item.value) else { return Value::absent() };
            turned.entry(text).or_default().push(Value::string(entry.key.clone(), Origin::default()));
        }
    }
    let entry = |(key, items)| {
        let shape = ListShape::List(Type::String);
        (key, Value::shaped_list(items, shape, Origin::default()))
    };
    Value::shaped_map(turned.into_iter().map(entry), MapShape::Map(strings), call.origin())
}

/// The values whose keys are among those wanted.
pub(super) fn matchkeys(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let arguments: Vec<Value> = (0..3).map(|at| evaluator.force_deep(call.argument(at))).collect();
    let [values, keys, wanted] = arguments.as_slice() else { return Value::absent() };
    let known = keys.is_wholly_known() && wanted.is_wholly_known();
    let (Kind::List(values), Kind::List(keys), Kind::List(wanted), true) =
        (&values.kind, &keys.kind, &wanted.kind, known)
    else {
        return evaluator.derived("matchkeys", &arguments, call.place);
    };
    if values.open.is_none() && values.items.len() != keys.items.len() {
        return Value::absent();
    }
    if !evaluator.pay(keys.items.len().saturating_mul(wanted.items.len()) / 8) {
        return evaluator.limit_hit(call.place);
    }
    // Keys of another type than those wanted are converted to it.
    let same = |a: &Value, b: &Value| {
        alike(a, b) || text::primitive(a).is_some() && text::primitive(a) == text::primitive(b)
    };
    let is_wanted = |key: &Item| wanted.items.iter().any(|item| same(&item.value, &key.value));
    let pairs = values.items.iter().zip(&keys.items).filter(|(_, key)| is_wanted(key));
    let matched = values.with(pairs.map(|(item, _)| item.clone()).collect());
    Value::new(Kind::List(Arc::new(matched)), call.origin())
}
