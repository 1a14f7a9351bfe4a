//! Arguments, converted to the types of parameters as Terraform converts them. Invariant: what Terraform refuses is
//! absent, and what is not known stays as it is.

use std::sync::Arc;

use value::{How, Item, Kind, List, ListShape, Map, MapEntry, MapShape, Type, Value};

use super::convert::{to_bool, to_number, unified, unify};
use super::table::{Definition, Parameter};
use crate::eval::condition::over;
use crate::eval::text;

/// The arguments as a function takes them, in order; none if Terraform refuses the call.
pub(super) fn accepted(definition: &Definition, arguments: Vec<Value>) -> Option<Vec<Value>> {
    if arguments.len() < definition.least() {
        return None;
    }
    let mut accepted = Vec::with_capacity(arguments.len());
    for (at, argument) in arguments.into_iter().enumerate() {
        let argument = accept(definition.parameter(at)?, argument);
        if argument.is_absent() {
            return None;
        }
        accepted.push(argument);
    }
    Some(accepted)
}

/// A value as a parameter takes it; absent where Terraform refuses it.
pub(super) fn accept(parameter: Parameter, value: Value) -> Value {
    if let Kind::Alternatives(_) = value.kind {
        let (origin, sensitive) = (value.origin.clone(), value.sensitive);
        return over(&value, &origin, |choice| accept(parameter, choice.clone())).with_sensitivity(sensitive);
    }
    let taken = match (&value.kind, parameter) {
        (Kind::Absent, _) => false,
        (Kind::Null, parameter) => parameter == Parameter::Nullable,
        (Kind::Unknown(unknown), parameter) => fits(&unknown.ty, parameter),
        (Kind::Reference(_), _) => true,
        (_, Parameter::Any | Parameter::Nullable) => true,
        (_, Parameter::String) => return to_text(value),
        (_, Parameter::Number) => return to_number(value),
        _ if is_document(&value) => false,
        (Kind::List(list), Parameter::List) => return list_of_one_type(list, &value, false),
        (Kind::List(list), Parameter::Set) => return list_of_one_type(list, &value, true),
        (Kind::List(list), Parameter::Strings) => return elements(list, &value, Type::String, to_text),
        (Kind::List(list), Parameter::Bools) => return elements(list, &value, Type::Bool, to_bool),
        (Kind::Map(map), Parameter::MapOfStrings) => return lists(map, &value),
        _ => false,
    };
    if taken { value } else { Value::absent() }
}

/// Whether a list or map is a text that holds a document.
pub(super) fn is_document(value: &Value) -> bool {
    text::document(value).is_some()
}

/// Whether a value is, or may be, a sequence of the shapes that a function takes.
pub(super) fn is_sequence(value: &Value, sets: bool) -> bool {
    match &value.kind {
        Kind::List(list) => match list.shape {
            ListShape::Tuple | ListShape::List(_) => true,
            ListShape::Set(_) => sets,
            ListShape::Document(_) => false,
        },
        Kind::Unknown(unknown) => match unknown.ty {
            Type::Any | Type::List(_) | Type::Tuple(_) => true,
            Type::Set(_) => sets,
            _ => false,
        },
        Kind::Reference(_) => true,
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().any(|(_, choice)| is_sequence(choice, sets))
        }
        _ => false,
    }
}

/// The type of the elements of a list, a set or a map: told by its shape, so that nothing is looked through that is no
/// collection of one type. None of a tuple, an object, and what may be one.
pub(super) fn element(value: &Value) -> Option<Type> {
    let ty = match &value.kind {
        Kind::List(list) => match &list.shape {
            ListShape::List(Type::Any) | ListShape::Set(Type::Any) => value.ty(),
            ListShape::List(ty) | ListShape::Set(ty) => return Some(ty.clone()),
            _ => return None,
        },
        Kind::Map(map) => match &map.shape {
            MapShape::Map(Type::Any) => value.ty(),
            MapShape::Map(ty) => return Some(ty.clone()),
            _ => return None,
        },
        Kind::Unknown(unknown) => unknown.ty.clone(),
        Kind::Alternatives(_) => value.ty(),
        _ => return None,
    };
    match ty {
        Type::List(inner) | Type::Set(inner) | Type::Map(inner) => Some((*inner).clone()),
        _ => None,
    }
}

/// Whether a value is, or may be, a map or an object.
pub(super) fn is_map(value: &Value) -> bool {
    match &value.kind {
        Kind::Map(_) => !is_document(value),
        // One element that stands for all instances of what is repeated by a collection that is not known.
        Kind::List(list) => {
            list.open.is_none() && matches!(list.items.as_slice(), [only] if only.presence.many)
        }
        Kind::Unknown(unknown) => matches!(unknown.ty, Type::Any | Type::Map(_) | Type::Object(_)),
        Kind::Reference(_) => true,
        Kind::Alternatives(alternatives) => alternatives.choices.iter().any(|(_, choice)| is_map(choice)),
        _ => false,
    }
}

/// Whether a value of this type, not known yet, may be taken.
fn fits(ty: &Type, parameter: Parameter) -> bool {
    match (parameter, ty) {
        (_, Type::Any) | (Parameter::Any | Parameter::Nullable, _) => true,
        (Parameter::String, ty) => ty.is_primitive(),
        (Parameter::Number, ty) => matches!(ty, Type::Number | Type::String),
        (Parameter::MapOfStrings, ty) => matches!(ty, Type::Map(_) | Type::Object(_)),
        (Parameter::List | Parameter::Set | Parameter::Strings | Parameter::Bools, ty) => {
            matches!(ty, Type::List(_) | Type::Set(_) | Type::Tuple(_))
        }
    }
}

/// A text: a document stays one, so that its structure is kept.
pub(super) fn to_text(value: Value) -> Value {
    let kind = match &value.kind {
        Kind::String(_) | Kind::Template(_) | Kind::Unknown(_) | Kind::Reference(_) => return value,
        Kind::List(_) | Kind::Map(_) if is_document(&value) => return value,
        Kind::Null | Kind::Alternatives(_) => return value,
        _ => text::primitive(&value).map(Kind::String),
    };
    kind.map_or_else(Value::absent, |kind| Value { kind, ..value })
}

/// A list, or a set, whose elements have one type.
fn list_of_one_type(list: &Arc<List>, value: &Value, set: bool) -> Value {
    let values = list.items.iter().map(|item| item.value.clone()).collect();
    let Some(values) = unified(values) else { return Value::absent() };
    let types: Vec<Type> = values.iter().map(Value::ty).collect();
    let inner = match &list.shape {
        ListShape::List(inner) | ListShape::Set(inner) if *inner != Type::Any => inner.clone(),
        _ => unify(&types).unwrap_or_default(),
    };
    let items = values.into_iter().zip(&list.items);
    let items = items.map(|(value, item)| Item { value, presence: item.presence.clone() }).collect();
    let converted = List::new(items, list.open.clone());
    let converted =
        Value { kind: Kind::List(Arc::new(converted.shaped(ListShape::List(inner)))), ..value.clone() };
    if set { super::sets::to_set(converted) } else { converted }
}

/// A list of elements of a primitive type; null stays null.
fn elements(list: &Arc<List>, value: &Value, ty: Type, convert: fn(Value) -> Value) -> Value {
    let mut items = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let origin = item.value.origin.clone();
        let converted = match &item.value.kind {
            Kind::Null => item.value.clone(),
            _ => over(&item.value, &origin, |choice| match choice.kind {
                Kind::Null => choice.clone(),
                _ => convert(choice.clone()),
            }),
        };
        if converted.is_absent() {
            return converted;
        }
        items.push(Item { value: converted, presence: item.presence.clone() });
    }
    let list = List::new(items, list.open.clone()).shaped(ListShape::List(ty));
    Value { kind: Kind::List(Arc::new(list)), ..value.clone() }
}

fn lists(map: &Arc<Map>, value: &Value) -> Value {
    let mut entries = Vec::with_capacity(map.entries.len());
    for entry in &map.entries {
        let converted = match entry.value.kind {
            Kind::Null => entry.value.clone(),
            _ => accept(Parameter::Strings, entry.value.clone()),
        };
        if converted.is_absent() {
            return converted;
        }
        entries.push(MapEntry { value: converted, ..entry.clone() });
    }
    Value { kind: Kind::Map(Arc::new(map.with(entries))), ..value.clone() }
}

/// Whether a value is a null literal that stands where it is used: one that came another way has a type.
pub(super) fn is_untyped_null(value: &Value) -> bool {
    let here = value.origin.how == How::Literal && value.origin.via.is_none();
    here && matches!(value.kind, Kind::Null)
}

/// Whether anything in a value is secret, at most so deep.
pub(super) fn holds_secret(value: &Value, depth: usize) -> bool {
    if value.sensitive || depth == 0 {
        return value.sensitive;
    }
    match &value.kind {
        Kind::List(list) => list.items.iter().any(|item| holds_secret(&item.value, depth - 1)),
        Kind::Map(map) => map.entries.iter().any(|entry| holds_secret(&entry.value, depth - 1)),
        _ => false,
    }
}
