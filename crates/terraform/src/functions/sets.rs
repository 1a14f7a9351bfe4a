//! Functions on sets. A set is a list in Terraform's order of sets, without an element twice.

use std::cmp::Ordering;
use std::sync::Arc;

use value::{Item, Kind, List, ListShape, Presence, Type, Value};

use super::Invocation;
use super::arguments::{element, holds_secret, is_sequence};
use super::choices::converted;
use super::convert::{convert, unified, unify};
use super::lists::MOST;
use crate::eval::view::{Entry, view};
use crate::eval::{Evaluator, text};

pub(super) fn toset(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    converted(evaluator, call, &Type::set(Type::Any))
}

/// A list as a set; absent if its elements have no type in common.
pub(crate) fn to_set(value: Value) -> Value {
    match &value.kind {
        Kind::List(inner) => {
            let known = matches!(&inner.shape, ListShape::List(ty) | ListShape::Set(ty) if *ty != Type::Any);
            let values = inner.items.iter().map(|item| item.value.clone()).collect();
            let Some(values) = (if known { Some(values) } else { unified(values) }) else {
                return Value::absent();
            };
            let presences = inner.items.iter().map(|item| item.presence.clone());
            let items = values.into_iter().zip(presences).map(|(value, presence)| Item { value, presence });
            let mut items = distinct(items);
            if items.iter().all(|item| item.value.is_wholly_known()) {
                items.sort_by(|a, b| order(&a.value, &b.value));
            }
            let ty = match &inner.shape {
                ListShape::List(ty) | ListShape::Set(ty) => ty.clone(),
                _ => Type::Any,
            };
            let set = List::new(items, inner.open.clone()).shaped(ListShape::Set(ty));
            // Which elements are there tells of each of them.
            let secret = set.items.iter().any(|item| holds_secret(&item.value, 32));
            Value { kind: Kind::List(Arc::new(set)), ..value }.with_sensitivity(secret)
        }
        Kind::Alternatives(_) => {
            let origin = value.origin.clone();
            crate::eval::condition::over(&value, &origin, |choice| to_set(choice.clone()))
        }
        Kind::Null | Kind::Unknown(_) | Kind::Reference(_) => value,
        _ => Value::absent(),
    }
}

/// The order of a set's elements: numbers by size, false before true, texts by their bytes, null last; anything else
/// by a text that stands for it.
fn order(a: &Value, b: &Value) -> Ordering {
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => Ordering::Equal,
        (Kind::Null, _) => Ordering::Greater,
        (_, Kind::Null) => Ordering::Less,
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.cmp(b),
        (Kind::String(a), Kind::String(b)) => a.cmp(b),
        (Kind::List(_) | Kind::Map(_), Kind::List(_) | Kind::Map(_)) => {
            crate::eval::same::key(a).cmp(&crate::eval::same::key(b))
        }
        _ => Ordering::Equal,
    }
}

/// The items without those that are certainly there already.
pub(super) fn distinct(items: impl Iterator<Item = Item>) -> Vec<Item> {
    let mut kept: Vec<Item> = Vec::new();
    let mut seen: rustc_hash::FxHashMap<(bool, smol_str::SmolStr), usize> = rustc_hash::FxHashMap::default();
    for item in items {
        // Numbers and strings of one spelling differ in type.
        let key = match text::primitive(&item.value) {
            Some(text) => Some((matches!(item.value.kind, Kind::String(_)), text)),
            None => crate::eval::same::key(&item.value).map(|key| (false, key.into())),
        };
        let known = match &key {
            Some(key) => seen.get(key).copied(),
            None => kept.iter().position(|known| {
                !item.presence.many
                    && (alike(&known.value, &item.value) || same_unknown(&known.value, &item.value))
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

/// Whether two values that are not known are the same.
fn same_unknown(a: &Value, b: &Value) -> bool {
    a.kind == b.kind && crate::eval::identity::identity_text(a).is_some()
}

/// Whether two known values are the same in type and value, wherever they were written.
pub(super) fn alike(a: &Value, b: &Value) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::List(x), Kind::List(y)) => {
            let settled = x.is_settled() && y.is_settled() && x.items.len() == y.items.len();
            settled && x.items.iter().zip(&y.items).all(|(a, b)| alike(&a.value, &b.value))
        }
        (Kind::Map(x), Kind::Map(y)) => {
            let settled = x.is_settled() && y.is_settled() && x.entries.len() == y.entries.len();
            settled && x.entries.iter().all(|a| y.entry(&a.key).is_some_and(|b| alike(&a.value, &b.value)))
        }
        (Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_), _) => a.kind == b.kind,
        _ => false,
    }
}

/// The arguments as sets of one type; none if they have none in common.
fn of_one_type(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Option<Vec<Value>> {
    let sets: Vec<Value> = call.arguments.iter().map(|value| evaluator.force_deep(value.clone())).collect();
    let types: Vec<Type> = sets.iter().map(|set| element(set).unwrap_or_default()).collect();
    let ty = Type::set(unify(&types)?);
    let sets: Vec<Value> = sets.into_iter().map(|set| convert(set, &ty)).collect();
    sets.iter().all(|set| !set.is_absent()).then_some(sets)
}

pub(super) fn setunion(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let Some(sets) = of_one_type(evaluator, call) else { return Value::absent() };
    let mut items = Vec::new();
    let mut open = None;
    let mut ty = Type::Any;
    for set in &sets {
        if let (Type::Set(element), Type::Any) = (set.ty(), &ty) {
            ty = (*element).clone();
        }
        let Some(view) = view(set) else { return Value::absent() };
        let item = |entry: Entry| Item { value: entry.value, presence: entry.presence };
        items.extend(view.entries.into_iter().map(item));
        open = open.or(view.open);
    }
    let list = List::new(items, open).shaped(ListShape::List(ty));
    to_set(Value::new(Kind::List(Arc::new(list)), call.origin()))
}

pub(super) fn setintersection(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    known_sets(evaluator, call, true)
}

pub(super) fn setsubtract(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    known_sets(evaluator, call, false)
}

fn known_sets(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, intersect: bool) -> Value {
    let Some(sets) = of_one_type(evaluator, call) else { return Value::absent() };
    if !sets.iter().all(Value::is_wholly_known) {
        let ty = sets.first().map(Value::ty).unwrap_or_default();
        return evaluator.derived_as(&ty, call.name, &sets, call.place);
    }
    let Some((first, rest)) = sets.split_first() else { return Value::absent() };
    let Some(list) = first.as_list() else { return Value::absent() };
    let others: usize = rest.iter().filter_map(Value::as_list).map(|list| list.items.len()).sum();
    if !evaluator.pay(list.items.len().saturating_mul(others) / 8) {
        return evaluator.limit_hit(call.place);
    }
    let within = |value: &Value, other: &Value| {
        other.as_list().is_some_and(|list| list.items.iter().any(|item| alike(&item.value, value)))
    };
    let kept = list.items.iter().filter(|item| {
        if intersect {
            rest.iter().all(|other| within(&item.value, other))
        } else {
            !rest.iter().any(|other| within(&item.value, other))
        }
    });
    Value::new(Kind::List(Arc::new(list.with(kept.cloned().collect()))), call.origin())
}

/// All combinations of elements of two or more lists, as tuples: a set if one of the lists is one.
pub(super) fn setproduct(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    if call.arguments.len() < 2 {
        return Value::absent();
    }
    let mut rows: Vec<(Vec<Value>, Presence)> = vec![(Vec::new(), Presence::CERTAIN)];
    let mut open = None;
    let mut set = false;
    let mut types = Vec::new();
    for at in 0..call.arguments.len() {
        let value = evaluator.force(call.argument(at));
        if !is_sequence(&value, true) {
            return Value::absent();
        }
        set |= match &value.kind {
            Kind::List(list) => list.shape.is_set(),
            Kind::Unknown(unknown) => matches!(unknown.ty, Type::Set(_)),
            _ => false,
        };
        let value = match value.kind {
            Kind::List(_) => convert(value, &Type::list(Type::Any)),
            _ => value,
        };
        types.push(element(&value).unwrap_or_default());
        let Some(view) = view(&value) else { return Value::absent() };
        let made = rows.len().saturating_mul(view.entries.len());
        if made > MOST || !evaluator.pay(made) {
            return evaluator.limit_hit(call.place);
        }
        open = open.or(view.open);
        let mut next = Vec::with_capacity(made);
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
    let list = List::new(rows.into_iter().map(item).collect(), open);
    let list = list.shaped(ListShape::List(Type::Tuple(types.into())));
    let list = Value::new(Kind::List(Arc::new(list)), call.origin());
    if set { to_set(list) } else { list }
}
