//! Conversion of values to types, and the type that several values have in common, as Terraform finds it. Invariant:
//! what Terraform refuses is absent; what is not known stays as it is.

use std::sync::Arc;

use value::{Item, Kind, List, ListShape, Map, MapEntry, MapShape, Type, Unknown, Value};

use super::arguments::{is_document, to_text};
use crate::eval::condition::over;

/// Deepest nesting that is converted.
const DEPTH: usize = 32;

/// The type that all of these can be converted to without loss; none if there is none. `Any` says nothing.
pub(crate) fn unify(types: &[Type]) -> Option<Type> {
    unify_within(types, DEPTH)
}

fn unify_within(types: &[Type], depth: usize) -> Option<Type> {
    let known: Vec<&Type> = types.iter().filter(|ty| **ty != Type::Any).collect();
    let Some(first) = known.first().copied() else { return Some(Type::Any) };
    if known.iter().all(|ty| *ty == first) {
        return Some(first.clone());
    }
    let depth = depth.checked_sub(1)?;
    if known.iter().all(|ty| ty.is_primitive()) {
        return known.contains(&&Type::String).then_some(Type::String);
    }
    let all = |test: fn(&Type) -> bool| known.iter().all(|ty| test(ty));
    if all(|ty| matches!(ty, Type::Object(_) | Type::Map(_))) {
        return unify_maps(&known, depth);
    }
    if all(|ty| matches!(ty, Type::Tuple(_) | Type::List(_) | Type::Set(_))) {
        return unify_sequences(&known, depth);
    }
    None
}

fn unify_maps(types: &[&Type], depth: usize) -> Option<Type> {
    let names = |ty: &Type| match ty {
        Type::Object(attributes) => Some(attributes.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()),
        _ => None,
    };
    let first = types.first().and_then(|ty| names(ty));
    if let Some(first) = first.filter(|first| types.iter().all(|ty| names(ty).as_ref() == Some(first))) {
        let attribute = |name: &smol_str::SmolStr| {
            let inner: Vec<Type> = types.iter().filter_map(|ty| ty.attribute(name).cloned()).collect();
            Some((name.clone(), unify_within(&inner, depth)?))
        };
        let attributes: Option<Vec<_>> = first.iter().map(attribute).collect();
        return attributes.map(Type::object);
    }
    let inner = types.iter().flat_map(|ty| match ty {
        Type::Object(attributes) => attributes.iter().map(|(_, ty)| ty.clone()).collect(),
        Type::Map(inner) => vec![(**inner).clone()],
        _ => Vec::new(),
    });
    unify_within(&inner.collect::<Vec<_>>(), depth).map(Type::map)
}

fn unify_sequences(types: &[&Type], depth: usize) -> Option<Type> {
    let length = |ty: &Type| match ty {
        Type::Tuple(items) => Some(items.len()),
        _ => None,
    };
    let first = types.first().and_then(|ty| length(ty));
    if let Some(many) = first.filter(|_| types.iter().all(|ty| length(ty) == first)) {
        let item = |at: usize| {
            let inner: Vec<Type> = types
                .iter()
                .filter_map(|ty| match ty {
                    Type::Tuple(items) => items.get(at).cloned(),
                    _ => None,
                })
                .collect();
            unify_within(&inner, depth)
        };
        return (0..many).map(item).collect::<Option<Vec<_>>>().map(|items| Type::Tuple(items.into()));
    }
    if let Some(mixed) = sets_among_others(types, depth) {
        return mixed;
    }
    let inner = types.iter().flat_map(|ty| match ty {
        Type::Tuple(items) => items.to_vec(),
        Type::List(inner) | Type::Set(inner) => vec![(**inner).clone()],
        _ => Vec::new(),
    });
    let inner = unify_within(&inner.collect::<Vec<_>>(), depth)?;
    let set = types.iter().any(|ty| matches!(ty, Type::Set(_)))
        && !types.iter().any(|ty| matches!(ty, Type::List(_)));
    Some(if set { Type::set(inner) } else { Type::list(inner) })
}

/// Where some are sets and some are not: the first list, else the first set, if all others can be converted to it.
fn sets_among_others(types: &[&Type], depth: usize) -> Option<Option<Type>> {
    let is_set = |ty: &&&Type| matches!(ty, Type::Set(_));
    if types.iter().all(|ty| is_set(&ty)) || !types.iter().any(|ty| is_set(&ty)) {
        return None;
    }
    let list = types.iter().find(|ty| matches!(ty, Type::List(_)));
    let wanted = list.or_else(|| types.iter().find(is_set))?;
    let (Type::List(inner) | Type::Set(inner)) = wanted else { return None };
    let fits = |ty: &&Type| {
        let elements: Vec<Type> = match ty {
            Type::Tuple(items) => items.iter().cloned().chain([(**inner).clone()]).collect(),
            Type::List(other) | Type::Set(other) => vec![(**other).clone(), (**inner).clone()],
            _ => return false,
        };
        unify_within(&elements, depth).is_some()
    };
    Some(types.iter().all(fits).then(|| (*wanted).clone()))
}

/// Values as the one type that they have in common; none if there is none.
pub(crate) fn unified(values: Vec<Value>) -> Option<Vec<Value>> {
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    if types.windows(2).all(|pair| pair.first() == pair.last()) {
        return Some(values);
    }
    let ty = unify(&types)?;
    let converted: Vec<Value> = values.into_iter().map(|value| convert(value, &ty)).collect();
    converted.iter().all(|value| !value.is_absent()).then_some(converted)
}

/// A value as a type; absent if Terraform refuses it.
pub(crate) fn convert(value: Value, ty: &Type) -> Value {
    convert_within(value, ty, DEPTH)
}

fn convert_within(value: Value, ty: &Type, depth: usize) -> Value {
    let Some(depth) = depth.checked_sub(1) else { return value };
    if let Kind::Alternatives(_) = value.kind {
        let origin = value.origin.clone();
        return over(&value, &origin, |choice| convert_within(choice.clone(), ty, depth))
            .with_sensitivity(value.sensitive);
    }
    match (&value.kind, ty) {
        (_, Type::Any) | (Kind::Null | Kind::Absent | Kind::Reference(_), _) => value,
        (Kind::Unknown(unknown), ty) if unknown.ty == *ty => value,
        (Kind::Unknown(unknown), ty) => {
            let unknown = Unknown { ty: of_unknown(&unknown.ty, ty), ..(**unknown).clone() };
            Value { kind: Kind::Unknown(Arc::new(unknown)), ..value }
        }
        (_, Type::String) => to_text(value),
        (_, Type::Number) => to_number(value),
        (_, Type::Bool) => to_bool(value),
        _ if is_document(&value) => Value::absent(),
        (Kind::List(list), Type::List(inner)) => sequence(list, &value, inner, false, depth),
        (Kind::List(list), Type::Set(inner)) => sequence(list, &value, inner, true, depth),
        (Kind::List(list), Type::Tuple(types))
            if list.shape == ListShape::Tuple && list.items.len() == types.len() =>
        {
            let items = list.items.iter().zip(types.iter());
            let items = items.map(|(item, ty)| Item {
                value: convert_within(item.value.clone(), ty, depth),
                presence: item.presence.clone(),
            });
            whole(Kind::List(Arc::new(list.with(items.collect()))), value.clone())
        }
        (Kind::Map(map), Type::Map(inner)) => {
            let inner = match &**inner {
                Type::Any => {
                    let types: Vec<Type> = map.entries.iter().map(|entry| entry.value.ty()).collect();
                    match unify(&types) {
                        Some(ty) => ty,
                        None => return Value::absent(),
                    }
                }
                known => known.clone(),
            };
            let entry = |entry: &MapEntry| MapEntry {
                value: convert_within(entry.value.clone(), &inner, depth),
                ..entry.clone()
            };
            let entries = map.entries.iter().map(entry).collect();
            let map = map.with(entries).shaped(MapShape::Map(inner));
            whole(Kind::Map(Arc::new(map)), value.clone())
        }
        (Kind::Map(map), Type::Object(attributes)) => object(map, &value, attributes, depth),
        _ => Value::absent(),
    }
}

/// The type of an unknown of one type after its conversion to another, of which elements may be left open.
fn of_unknown(from: &Type, to: &Type) -> Type {
    let element = match from {
        Type::List(inner) | Type::Set(inner) | Type::Map(inner) => (**inner).clone(),
        _ => Type::Any,
    };
    match to {
        Type::List(inner) if **inner == Type::Any => Type::list(element),
        Type::Set(inner) if **inner == Type::Any => Type::set(element),
        Type::Map(inner) if **inner == Type::Any => Type::map(element),
        known => known.clone(),
    }
}

fn sequence(list: &List, value: &Value, inner: &Type, set: bool, depth: usize) -> Value {
    let inner = match inner {
        Type::Any => {
            let types: Vec<Type> = list.items.iter().map(|item| item.value.ty()).collect();
            match (unify(&types), &list.shape) {
                (Some(Type::Any), ListShape::List(known) | ListShape::Set(known)) => known.clone(),
                (Some(ty), _) => ty,
                (None, _) => return Value::absent(),
            }
        }
        known => known.clone(),
    };
    let item = |item: &Item| Item {
        value: convert_within(item.value.clone(), &inner, depth),
        presence: item.presence.clone(),
    };
    let items = list.items.iter().map(item).collect();
    let shaped = List::new(items, list.open.clone()).shaped(ListShape::List(inner));
    let converted = whole(Kind::List(Arc::new(shaped)), value.clone());
    if set { super::sets::to_set(converted) } else { converted }
}

fn object(map: &Map, value: &Value, attributes: &[(smol_str::SmolStr, Type)], depth: usize) -> Value {
    let mut entries = Vec::with_capacity(attributes.len());
    for (name, ty) in attributes {
        match map.entry(name) {
            Some(entry) => entries
                .push(MapEntry { value: convert_within(entry.value.clone(), ty, depth), ..entry.clone() }),
            None if map.open.is_some() => entries.push(MapEntry::certain(name.clone(), map.get(name))),
            None => return Value::absent(),
        }
    }
    whole(Kind::Map(Arc::new(Map::new(entries, None))), value.clone())
}

/// A value of which no element is absent.
fn whole(kind: Kind, value: Value) -> Value {
    let refused = match &kind {
        Kind::List(list) => list.items.iter().any(|item| item.value.is_absent()),
        Kind::Map(map) => map.entries.iter().any(|entry| entry.value.is_absent()),
        _ => false,
    };
    if refused { Value::absent() } else { Value { kind, ..value } }
}

/// A number or a text of one; absent for anything else that is known.
pub(super) fn to_number(value: Value) -> Value {
    match &value.kind {
        Kind::Number(_) | Kind::Template(_) | Kind::Unknown(_) | Kind::Reference(_) | Kind::Null => value,
        Kind::String(_) => match value.as_number() {
            Some(number) => Value { kind: Kind::Number(number), ..value },
            None => Value::absent(),
        },
        _ => Value::absent(),
    }
}

/// A boolean or a text of one; absent for anything else that is known.
pub(super) fn to_bool(value: Value) -> Value {
    let kind = match &value.kind {
        Kind::Bool(_) | Kind::Template(_) | Kind::Unknown(_) | Kind::Reference(_) | Kind::Null => {
            return value;
        }
        Kind::String(text) => match text.as_str() {
            "true" | "1" => Some(Kind::Bool(true)),
            "false" | "0" => Some(Kind::Bool(false)),
            _ => None,
        },
        _ => None,
    };
    kind.map_or_else(Value::absent, |kind| Value { kind, ..value })
}
