//! Type constraints of variables, and conversion of values to them.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Item, Kind, List, ListShape, Map, MapEntry, MapShape, Number, Origin, Unknown, Value};

use super::condition::over;
use super::view::{MapBuilder, inherit};
use super::{Evaluator, Scope, text};
use crate::ast::{Expr, ExprKind};

/// Most levels of a type constraint that are followed.
const DEPTH: usize = 32;

/// A type constraint.
#[derive(Debug, Clone)]
pub(crate) enum Type<'e> {
    Any,
    String,
    Number,
    Bool,
    List(Box<Type<'e>>),
    Set(Box<Type<'e>>),
    Map(Box<Type<'e>>),
    Object(Vec<Field<'e>>),
    Tuple(Vec<Type<'e>>),
}

/// A field of an object type.
#[derive(Debug, Clone)]
pub(crate) struct Field<'e> {
    name: SmolStr,
    ty: Type<'e>,
    optional: bool,
    default: Option<&'e Expr>,
}

impl<'e> Type<'e> {
    /// Reads a type constraint; what is none is `any`.
    pub(crate) fn parse(expr: &'e Expr) -> Self {
        Self::parse_within(expr, DEPTH)
    }

    /// Whether `-var` takes the text as it is.
    pub(crate) fn is_primitive(&self) -> bool {
        matches!(self, Self::String | Self::Number | Self::Bool)
    }

    fn parse_within(expr: &'e Expr, depth: usize) -> Self {
        let name = match &expr.kind {
            ExprKind::Name(name) | ExprKind::String(name) => name.as_str(),
            ExprKind::Call(call) if depth > 0 => {
                return Self::parse_call(&call.name, call.arguments.first(), depth - 1);
            }
            _ => return Self::Any,
        };
        let any = || Box::new(Type::Any);
        match name {
            "string" => Self::String,
            "number" => Self::Number,
            "bool" => Self::Bool,
            // Terraform 0.11 and older.
            "list" => Self::List(any()),
            "map" => Self::Map(any()),
            _ => Self::Any,
        }
    }

    fn parse_call(name: &str, argument: Option<&'e Expr>, depth: usize) -> Self {
        let inner = || Box::new(argument.map_or(Type::Any, |inner| Self::parse_within(inner, depth)));
        match (name, argument.map(|argument| &argument.kind)) {
            ("list", _) => Self::List(inner()),
            ("set", _) => Self::Set(inner()),
            ("map", _) => Self::Map(inner()),
            ("object", Some(ExprKind::Object(entries))) => {
                Self::Object(entries.iter().filter_map(|(key, ty)| Self::field(key, ty, depth)).collect())
            }
            ("tuple", Some(ExprKind::List(items))) => {
                Self::Tuple(items.iter().map(|item| Self::parse_within(item, depth)).collect())
            }
            _ => Self::Any,
        }
    }

    fn field(key: &'e Expr, ty: &'e Expr, depth: usize) -> Option<Field<'e>> {
        let name = key.literal()?.clone();
        match &ty.kind {
            ExprKind::Call(call) if call.name == "optional" => {
                let inner =
                    call.arguments.first().map_or(Type::Any, |inner| Self::parse_within(inner, depth));
                Some(Field { name, ty: inner, optional: true, default: call.arguments.get(1) })
            }
            _ => Some(Field { name, ty: Self::parse_within(ty, depth), optional: false, default: None }),
        }
    }
}

impl Evaluator<'_> {
    /// `value` as `ty`; what cannot be converted stays as it is.
    pub(crate) fn convert(&mut self, value: Value, ty: &Type<'_>, instance: usize) -> Value {
        if !self.step() {
            return value;
        }
        match (&value.kind, ty) {
            (_, Type::Any) | (Kind::Null | Kind::Absent | Kind::Reference(_) | Kind::Template(_), _) => value,
            (Kind::Alternatives(_), _) => {
                let origin = value.origin.clone();
                over(&value, &origin, |choice| self.convert(choice.clone(), ty, instance))
            }
            (Kind::Unknown(unknown), _) => {
                let (unknown, sensitive) = (unknown.clone(), value.sensitive);
                unknown_of(&unknown, ty, &value.origin).with_sensitivity(sensitive)
            }
            (_, Type::String | Type::Number | Type::Bool) => to_primitive(value, ty),
            (Kind::List(list), Type::List(inner) | Type::Set(inner)) => {
                let list = list.clone();
                let kind = self.converted_list(&list, inner, instance);
                let value = Value { kind, ..value };
                if matches!(ty, Type::Set(_)) { crate::functions::to_set(value) } else { value }
            }
            (Kind::List(list), Type::Tuple(types)) => {
                let list = list.clone();
                let mut items = Vec::with_capacity(list.items.len());
                for (item, ty) in list.items.iter().zip(types) {
                    items.push(Item {
                        value: self.convert(item.value.clone(), ty, instance),
                        presence: item.presence.clone(),
                    });
                }
                Value { kind: Kind::List(Arc::new(list.with(items))), ..value }
            }
            (Kind::Map(map), Type::Map(inner)) => {
                let map = map.clone();
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let converted = self.convert(entry.value.clone(), inner, instance);
                    entries.push(MapEntry { value: converted, ..entry.clone() });
                }
                let map = map.with(entries).shaped(MapShape::MAP);
                Value { kind: Kind::Map(Arc::new(map)), ..value }
            }
            (Kind::Map(map), Type::Object(fields)) => {
                let map = map.clone();
                self.converted_object(&map, fields, value, instance)
            }
            _ => value,
        }
    }

    fn converted_list(&mut self, list: &List, inner: &Type<'_>, instance: usize) -> Kind {
        let mut items = Vec::with_capacity(list.items.len());
        for item in &list.items {
            let converted = self.convert(item.value.clone(), inner, instance);
            items.push(Item { value: converted, presence: item.presence.clone() });
        }
        Kind::List(Arc::new(list.with(items).shaped(ListShape::LIST)))
    }

    fn converted_object(&mut self, map: &Map, fields: &[Field<'_>], whole: Value, instance: usize) -> Value {
        let mut object = MapBuilder::default();
        for field in fields {
            let entry = map.entry(&field.name);
            let written = match entry {
                Some(_) => map.get(&field.name),
                None if map.open.is_some() => map.get(&field.name),
                None => Value::new(Kind::Null, whole.origin.clone()),
            };
            let converted = match (&written.kind, field.default) {
                // A null takes the default as well as a missing field does.
                (Kind::Null, Some(default)) => {
                    let scope = Scope { closed: true, ..Scope::of(instance) };
                    let default = self.eval(default, &scope);
                    self.convert(default, &field.ty, instance)
                }
                _ => self.convert(written, &field.ty, instance),
            };
            let place = entry.and_then(|entry| entry.place);
            object.put(MapEntry { place, ..MapEntry::certain(field.name.clone(), converted) });
        }
        Value { kind: object.finish(Origin::default()).kind, ..whole }
    }
}

/// A primitive as another primitive type.
pub(crate) fn to_primitive(value: Value, ty: &Type<'_>) -> Value {
    let kind = match ty {
        Type::String => text::primitive(&value).map(Kind::String),
        Type::Number => value.as_str().and_then(Number::parse).map(Kind::Number),
        Type::Bool => value.as_bool().map(Kind::Bool),
        _ => None,
    };
    match kind {
        Some(kind) => Value { kind, ..value },
        None => value,
    }
}

/// An unknown of a type: of an object, the fields are known to be there.
pub(crate) fn unknown_of(unknown: &Unknown, ty: &Type<'_>, origin: &Origin) -> Value {
    let Type::Object(fields) = ty else { return Value::unknown(unknown.clone(), origin.clone()) };
    let whole = Value::unknown(unknown.clone(), origin.clone());
    let entry = |field: &Field<'_>| {
        let may_be_absent = unknown.may_be_absent || field.optional && field.default.is_none();
        let selected = Unknown { may_be_absent, ..unknown.select(&field.name) };
        MapEntry::certain(field.name.clone(), inherit(unknown_of(&selected, &field.ty, origin), &whole))
    };
    let entries = fields.iter().map(entry).collect();
    Value::new(Kind::Map(Arc::new(Map::new(entries, None))), origin.clone())
}
