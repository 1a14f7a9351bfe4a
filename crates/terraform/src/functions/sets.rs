//! Functions on sets. A set is a list whose known strings are sorted and which has no element twice.

use std::sync::Arc;

use value::{Item, Kind, List, ListShape, Presence, Value};

use super::lists::{MOST, argument, list};
use super::{Invocation, Special};
use crate::eval::conversion::unify;
use crate::eval::{Evaluator, text};

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "toset" => |evaluator, call| to_set(evaluator.force(call.argument(0))),
        "setunion" => |evaluator, call| {
            let mut items = Vec::new();
            let mut open = None;
            for at in 0..call.arguments.len() {
                let Some(view) = argument(evaluator, call, at) else { return Value::absent() };
                items.extend(
                    view.entries
                        .into_iter()
                        .map(|entry| Item { value: entry.value, presence: entry.presence }),
                );
                open = open.or(view.open);
            }
            to_set(list(items, open, call))
        },
        "setintersection" => |evaluator, call| known_sets(evaluator, call, true),
        "setsubtract" => |evaluator, call| known_sets(evaluator, call, false),
        "setproduct" => setproduct,
        _ => return None,
    })
}

/// A list as a set.
pub(crate) fn to_set(value: Value) -> Value {
    match &value.kind {
        Kind::List(inner) => {
            let mut items = inner.items.clone();
            unify(items.iter_mut().map(|item| &mut item.value));
            let mut items = distinct(items.into_iter());
            if items.iter().all(|item| item.value.as_str().is_some()) {
                items.sort_by(|a, b| a.value.as_str().cmp(&b.value.as_str()));
            } else if items.iter().all(|item| matches!(item.value.kind, Kind::Number(_))) {
                items.sort_by_key(|item| item.value.as_number());
            }
            let set = List::new(items, inner.open.clone()).shaped(ListShape::SET);
            let kind = Kind::List(Arc::new(set));
            Value { kind, ..value }
        }
        Kind::Alternatives(_) => {
            let origin = value.origin.clone();
            crate::eval::condition::over(&value, &origin, |choice| to_set(choice.clone()))
        }
        Kind::Null | Kind::Unknown(_) | Kind::Reference(_) => value,
        _ => Value::absent(),
    }
}

/// The items without those that are certainly there already.
pub(super) fn distinct(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::new();
    let mut seen: rustc_hash::FxHashMap<(bool, smol_str::SmolStr), usize> = rustc_hash::FxHashMap::default();
    for item in items {
        // Numbers and strings of one spelling differ in type.
        let key = text::primitive(&item.value).map(|text| (matches!(item.value.kind, Kind::String(_)), text));
        let known = match &key {
            Some(key) => seen.get(key).copied(),
            None => kept.iter().position(|known| {
                !item.presence.many && known.value.kind == item.value.kind && same_always(&item.value)
            }),
        };
        match known.and_then(|at| kept.get_mut(at)) {
            Some(known) => {
                let when = std::mem::take(&mut known.presence.when).or(item.presence.when);
                known.presence = Presence { when, many: known.presence.many && item.presence.many };
            }
            None => {
                if let Some(key) = key {
                    seen.insert(key, kept.len());
                }
                kept.push(item);
            }
        }
    }
    kept
}

/// Whether two values of this look are certainly the same.
fn same_always(value: &Value) -> bool {
    crate::eval::identity::identity_text(value).is_some()
}

fn known_sets(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, intersect: bool) -> Value {
    let sets: Vec<Value> = call.arguments.iter().map(|value| evaluator.force_deep(value.clone())).collect();
    if !sets.iter().all(Value::is_wholly_known) {
        return evaluator.derived(call.name, &sets, call.place);
    }
    let Some((first, rest)) = sets.split_first() else { return Value::absent() };
    let Some(items) = super::elements(first) else { return Value::absent() };
    let within = |value: &Value, other: &Value| {
        super::elements(other).is_some_and(|items| items.iter().any(|item| item.kind == value.kind))
    };
    let kept = items.into_iter().filter(|value| {
        if intersect {
            rest.iter().all(|other| within(value, other))
        } else {
            !rest.iter().any(|other| within(value, other))
        }
    });
    to_set(list(kept.cloned().map(Item::certain).collect(), None, call))
}

fn setproduct(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut rows: Vec<(Vec<Value>, Presence)> = vec![(Vec::new(), Presence::CERTAIN)];
    let mut open = None;
    for at in 0..call.arguments.len() {
        let Some(view) = argument(evaluator, call, at) else { return Value::absent() };
        let made = rows.len().saturating_mul(view.entries.len());
        if made > MOST || !evaluator.pay(made) {
            return evaluator.limit_hit(call.place);
        }
        open = open.or(view.open);
        let mut next = Vec::with_capacity(rows.len() * view.entries.len());
        for (row, presence) in &rows {
            for entry in &view.entries {
                let mut row = row.clone();
                row.push(entry.value.clone());
                next.push((row, presence.and(&entry.presence)));
            }
        }
        rows = next;
    }
    let item = |(row, presence)| Item { value: Value::list(row, call.origin()), presence };
    list(rows.into_iter().map(item).collect(), open, call)
}
