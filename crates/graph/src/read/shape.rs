//! The model's border: values as the model declares them. Invariant: null and, where the model says so, emptiness
//! become absence; nothing else is lost, and a value that does not fit its type stays as it is.

use std::sync::Arc;

use language::ir::{Attribute, Default, Literal, Type};
use smol_str::SmolStr;
use value::{How, Item, Kind, List, MapEntry, Origin, Part, Presence, Template, Unknown, Value};

use super::literal;
use crate::choices::{is_nothing, list, map, or_else};

/// Deepest nesting of a secret that is marked part by part.
const DEEPEST: usize = 128;

/// A value that was read, as its attribute declares it.
pub(crate) fn shaped(value: Value, attribute: &Attribute) -> Value {
    let mut value = if fits(&value, attribute.ty) { value } else { coerced(&value, attribute.ty) };
    if is_nothing(&value) {
        return Value::absent();
    }
    if attribute.fold {
        value = folded(&value);
    }
    if attribute.empty_is_absent {
        value = without_empty(&value);
    }
    if attribute.secret && !value.is_absent() {
        value = sensitive(&value);
    }
    value
}

/// Whether a value needs no coercion.
fn fits(value: &Value, ty: Type) -> bool {
    match (&value.kind, ty) {
        (Kind::Absent | Kind::Unknown(_), _) => true,
        (Kind::Null | Kind::Alternatives(_), _) => false,
        (Kind::List(list), Type::List(inner)) => {
            list.items.iter().all(|item| !matches!(item.value.kind, Kind::Null) && fits(&item.value, *inner))
        }
        (_, Type::Any | Type::Policy) => true,
        (Kind::Map(map), Type::Map(inner)) => map.entries.iter().all(|entry| fits(&entry.value, *inner)),
        (Kind::List(_), _) | (_, Type::List(_) | Type::Map(_)) => false,
        (Kind::String(_), Type::Bool | Type::Number) => false,
        (Kind::Bool(_) | Kind::Number(_), Type::String | Type::Enum(_) | Type::Cidr) => false,
        _ => true,
    }
}

/// A value coerced to a type: `"true"` to true, `"7"` to 7, a scalar to a list of one, a list of one to a scalar.
pub(super) fn coerced(value: &Value, ty: Type) -> Value {
    if fits(value, ty) {
        return value.clone();
    }
    match (&value.kind, ty) {
        (Kind::Null, _) => Value::absent(),
        (Kind::Alternatives(_), _) => map(value, &mut |choice| coerced(choice, ty)),
        (Kind::List(elements), Type::List(inner)) => {
            let item = |item: &Item| Item { value: coerced(&item.value, *inner), ..item.clone() };
            let items = elements.items.iter().map(item).filter(|item| !is_nothing(&item.value)).collect();
            like(value, Kind::List(Arc::new(elements.with(items))))
        }
        (_, Type::List(inner)) => one_element(value, *inner),
        (Kind::Map(known), Type::Map(inner)) => {
            let entry = |entry: &MapEntry| MapEntry { value: coerced(&entry.value, *inner), ..entry.clone() };
            let entries = known.entries.iter().map(entry).filter(|entry| !is_nothing(&entry.value)).collect();
            like(value, Kind::Map(Arc::new(known.with(entries))))
        }
        (Kind::List(elements), _) => first(elements, value, ty),
        (_, Type::Bool) => {
            value.as_bool().map_or_else(|| value.clone(), |known| like(value, Kind::Bool(known)))
        }
        (_, Type::Number) => {
            value.as_number().map_or_else(|| value.clone(), |number| like(value, Kind::Number(number)))
        }
        (_, Type::String | Type::Enum(_) | Type::Cidr) => {
            super::text(value).map_or_else(|| value.clone(), |text| like(value, Kind::String(text)))
        }
        _ => value.clone(),
    }
}

fn like(value: &Value, kind: Kind) -> Value {
    Value { kind, ..value.clone() }
}

/// A list of one. A reference that may be any of several instances is any number of elements.
fn one_element(value: &Value, inner: Type) -> Value {
    let many = matches!(&value.kind, Kind::Reference(reference) if reference.many);
    let presence = Presence { many, ..Presence::CERTAIN };
    let items = vec![Item { value: coerced(value, inner), presence }];
    list(List::new(items, None), value.origin.clone()).with_sensitivity(value.sensitive)
}

/// A list where one value is declared: its first element, as a block that may occur once.
fn first(elements: &List, value: &Value, ty: Type) -> Value {
    let last = match &elements.open {
        Some(open) => {
            Value::unknown(Unknown { may_be_absent: true, ..(**open).clone() }, value.origin.clone())
        }
        None => Value::absent(),
    };
    let mut found = Vec::new();
    for item in &elements.items {
        let element = coerced(&item.value, ty);
        let depends = matches!(element.kind, Kind::Alternatives(_));
        let settled = item.presence.is_certain() && !depends && !is_nothing(&element);
        found.push(element.guarded_by(&item.presence));
        if settled {
            break;
        }
    }
    let first = found.into_iter().rev().fold(last, |later, element| or_else(element, || later));
    first.with_sensitivity(value.sensitive)
}

/// A value in lower case. Lists in lists are left as they are: no attribute that is compared is of that type.
fn folded(value: &Value) -> Value {
    match &value.kind {
        Kind::String(text) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            like(value, Kind::String(text.to_ascii_lowercase().into()))
        }
        Kind::Alternatives(_) => map(value, &mut folded),
        Kind::List(elements) => {
            let flat = |value: &Value| match value.kind {
                Kind::List(_) => value.clone(),
                _ => folded(value),
            };
            let item = |item: &Item| Item { value: flat(&item.value), ..item.clone() };
            let items = elements.items.iter().map(item).collect();
            like(value, Kind::List(Arc::new(elements.with(items))))
        }
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => Part::Text(SmolStr::from(text.to_ascii_lowercase())),
                part @ Part::Value(_) => part.clone(),
            };
            let parts = template.parts.iter().map(part).collect();
            like(value, Kind::Template(Arc::new(Template { parts })))
        }
        _ => value.clone(),
    }
}

fn without_empty(value: &Value) -> Value {
    let empty = match &value.kind {
        Kind::String(text) => text.is_empty(),
        Kind::List(list) => list.items.is_empty() && list.open.is_none(),
        Kind::Map(map) => map.entries.is_empty() && map.open.is_none(),
        Kind::Alternatives(_) => return map(value, &mut without_empty),
        _ => false,
    };
    if empty { Value::absent() } else { value.clone() }
}

/// A value that must not be shown, nor any part of it.
pub(super) fn sensitive(value: &Value) -> Value {
    sensitive_within(value, DEEPEST)
}

fn sensitive_within(value: &Value, left: usize) -> Value {
    let Some(left) = left.checked_sub(1) else {
        let unknown = Unknown::fresh("the secret is nested too deeply");
        return Value::unknown(unknown, value.origin.clone()).with_sensitivity(true);
    };
    let kind = match &value.kind {
        Kind::List(elements) => {
            let item = |item: &Item| Item { value: sensitive_within(&item.value, left), ..item.clone() };
            let items = elements.items.iter().map(item).collect();
            Kind::List(Arc::new(elements.with(items)))
        }
        Kind::Map(known) => {
            let entry =
                |entry: &MapEntry| MapEntry { value: sensitive_within(&entry.value, left), ..entry.clone() };
            let entries = known.entries.iter().map(entry).collect();
            Kind::Map(Arc::new(known.with(entries)))
        }
        Kind::Alternatives(alternatives) => {
            let choice =
                |(when, choice): &(value::Condition, Value)| (when.clone(), sensitive_within(choice, left));
            let choices = alternatives.choices.iter().map(choice).collect();
            Kind::Alternatives(Arc::new(value::Alternatives { choices }))
        }
        kind => kind.clone(),
    };
    Value { kind, origin: value.origin.clone(), sensitive: true }
}

/// The value of a default that depends on nothing; none for conditional ones.
pub(crate) fn default(default: &Default, ty: Type) -> Option<Value> {
    let origin = Origin { place: None, how: How::Default, via: None };
    match default {
        Default::Literal(Literal::Null) => Some(Value::absent()),
        Default::Literal(known) => Some(coerced(&literal(*known, origin), ty)),
        Default::Unknown(reason) => {
            let unknown = Unknown { may_be_absent: true, ..Unknown::fresh(SmolStr::new_static(reason)) };
            Some(Value::unknown(unknown, origin))
        }
        Default::Cases(_) => None,
    }
}
