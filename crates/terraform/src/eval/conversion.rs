//! Type constraints of variables, and what values become under them. Invariant: what Terraform refuses is absent.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Item, Kind, Map, MapEntry, MapShape, Origin, Type, Unknown, Value};

use super::condition::over;
use super::view::{MapBuilder, inherit};
use super::{Evaluator, Scope};
use crate::ast::{Expr, ExprKind};
use crate::functions::convert::convert;

/// Most levels of a type constraint that are followed.
const DEPTH: usize = 32;

/// A type constraint: a type in which attributes may be optional.
#[derive(Debug, Clone)]
pub(crate) enum Constraint<'e> {
    /// A type without optional attributes.
    Plain(Type),
    List(Box<Constraint<'e>>),
    Set(Box<Constraint<'e>>),
    Map(Box<Constraint<'e>>),
    Object(Vec<Field<'e>>),
    Tuple(Vec<Constraint<'e>>),
}

/// An attribute of an object type.
#[derive(Debug, Clone)]
pub(crate) struct Field<'e> {
    name: SmolStr,
    constraint: Constraint<'e>,
    optional: bool,
    default: Option<&'e Expr>,
}

impl<'e> Constraint<'e> {
    /// What says nothing.
    pub(crate) const ANY: Self = Self::Plain(Type::Any);

    /// Reads a type constraint; what is none is `any`.
    pub(crate) fn parse(expr: &'e Expr) -> Self {
        Self::parse_within(expr, DEPTH)
    }

    /// Whether `-var` takes the text as it is.
    pub(crate) fn is_primitive(&self) -> bool {
        matches!(self, Self::Plain(ty) if ty.is_primitive())
    }

    fn parse_within(expr: &'e Expr, depth: usize) -> Self {
        let name = match &expr.kind {
            ExprKind::Name(name) | ExprKind::String(name) => name.as_str(),
            ExprKind::Call(call) if depth > 0 => {
                return Self::parse_call(&call.name, call.arguments.first(), depth - 1);
            }
            _ => return Self::ANY,
        };
        Self::Plain(match name {
            "string" => Type::String,
            "number" => Type::Number,
            "bool" => Type::Bool,
            // Terraform 0.11 and older.
            "list" => Type::list(Type::Any),
            "map" => Type::map(Type::Any),
            _ => Type::Any,
        })
    }

    fn parse_call(name: &str, argument: Option<&'e Expr>, depth: usize) -> Self {
        let inner = || argument.map_or(Self::ANY, |inner| Self::parse_within(inner, depth));
        let constraint = match (name, argument.map(|argument| &argument.kind)) {
            ("list", _) => Self::List(Box::new(inner())),
            ("set", _) => Self::Set(Box::new(inner())),
            ("map", _) => Self::Map(Box::new(inner())),
            ("object", Some(ExprKind::Object(entries))) => {
                Self::Object(entries.iter().filter_map(|(key, ty)| Self::field(key, ty, depth)).collect())
            }
            ("tuple", Some(ExprKind::List(items))) => {
                Self::Tuple(items.iter().map(|item| Self::parse_within(item, depth)).collect())
            }
            _ => Self::ANY,
        };
        if constraint.has_optional() { constraint } else { Self::Plain(constraint.ty()) }
    }

    fn field(key: &'e Expr, ty: &'e Expr, depth: usize) -> Option<Field<'e>> {
        let name = key.literal()?.clone();
        match &ty.kind {
            ExprKind::Call(call) if call.name == "optional" => {
                let constraint =
                    call.arguments.first().map_or(Self::ANY, |inner| Self::parse_within(inner, depth));
                Some(Field { name, constraint, optional: true, default: call.arguments.get(1) })
            }
            _ => {
                let constraint = Self::parse_within(ty, depth);
                Some(Field { name, constraint, optional: false, default: None })
            }
        }
    }

    /// Whether an attribute of an object in it is optional.
    fn has_optional(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::List(inner) | Self::Set(inner) | Self::Map(inner) => inner.has_optional(),
            Self::Object(fields) => {
                fields.iter().any(|field| field.optional || field.constraint.has_optional())
            }
            Self::Tuple(items) => items.iter().any(Self::has_optional),
        }
    }

    /// The type of what meets it.
    pub(crate) fn ty(&self) -> Type {
        match self {
            Self::Plain(ty) => ty.clone(),
            Self::List(inner) => Type::list(inner.ty()),
            Self::Set(inner) => Type::set(inner.ty()),
            Self::Map(inner) => Type::map(inner.ty()),
            Self::Object(fields) => {
                Type::object(fields.iter().map(|field| (field.name.clone(), field.constraint.ty())))
            }
            Self::Tuple(items) => Type::Tuple(items.iter().map(Self::ty).collect()),
        }
    }
}

impl Evaluator<'_> {
    /// `value` as `constraint` wants it: missing attributes filled in, then converted. Absent where Terraform refuses.
    pub(crate) fn conform(&mut self, value: Value, constraint: &Constraint<'_>, instance: usize) -> Value {
        match constraint {
            Constraint::Plain(Type::Any) => value,
            Constraint::Plain(ty) => converted(value, ty),
            _ => {
                let filled = self.filled(value, constraint, instance);
                converted(filled, &constraint.ty())
            }
        }
    }

    /// The value with the optional attributes that it leaves out, at any depth.
    fn filled(&mut self, value: Value, constraint: &Constraint<'_>, instance: usize) -> Value {
        if !self.step() {
            return value;
        }
        if let Kind::Alternatives(_) = value.kind {
            let origin = value.origin.clone();
            return over(&value, &origin, |choice| self.filled(choice.clone(), constraint, instance))
                .with_sensitivity(value.sensitive);
        }
        match (&value.kind, constraint) {
            (Kind::Unknown(unknown), _) => {
                let (unknown, sensitive) = (unknown.clone(), value.sensitive);
                unknown_of(&unknown, constraint, &value.origin).with_sensitivity(sensitive)
            }
            (Kind::List(list), Constraint::List(inner) | Constraint::Set(inner)) => {
                let list = list.clone();
                let mut items = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    let value = self.filled(item.value.clone(), inner, instance);
                    items.push(Item { value, presence: item.presence.clone() });
                }
                Value { kind: Kind::List(Arc::new(list.with(items))), ..value }
            }
            (Kind::List(list), Constraint::Tuple(inner)) if list.items.len() == inner.len() => {
                let list = list.clone();
                let mut items = Vec::with_capacity(list.items.len());
                for (item, inner) in list.items.iter().zip(inner) {
                    let value = self.filled(item.value.clone(), inner, instance);
                    items.push(Item { value, presence: item.presence.clone() });
                }
                Value { kind: Kind::List(Arc::new(list.with(items))), ..value }
            }
            (Kind::Map(map), Constraint::Map(inner)) => {
                let map = map.clone();
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    let value = self.filled(entry.value.clone(), inner, instance);
                    entries.push(MapEntry { value, ..entry.clone() });
                }
                Value { kind: Kind::Map(Arc::new(map.with(entries))), ..value }
            }
            (Kind::Map(map), Constraint::Object(fields)) if !matches!(map.shape, MapShape::Document(_)) => {
                let map = map.clone();
                self.filled_object(&map, fields, value, instance)
            }
            _ => value,
        }
    }

    fn filled_object(&mut self, map: &Map, fields: &[Field<'_>], whole: Value, instance: usize) -> Value {
        let mut object = MapBuilder::default();
        for field in fields {
            let entry = map.entry(&field.name);
            if entry.is_none() && map.open.is_none() && !field.optional {
                return Value::absent();
            }
            let written = map.get(&field.name);
            let origin = written.origin.clone();
            let filled = over(&written, &origin, |written| match &written.kind {
                // A null takes the default as well as a missing attribute does.
                Kind::Null | Kind::Absent => self.default_of(field, &whole, instance),
                _ => self.filled(written.clone(), &field.constraint, instance),
            });
            let filled = filled.with_sensitivity(written.sensitive);
            let place = entry.and_then(|entry| entry.place);
            object.put(MapEntry { place, ..MapEntry::certain(field.name.clone(), filled) });
        }
        Value { kind: object.finish(Origin::default()).kind, ..whole }
    }

    fn default_of(&mut self, field: &Field<'_>, whole: &Value, instance: usize) -> Value {
        let Some(default) = field.default else { return Value::new(Kind::Null, whole.origin.clone()) };
        let scope = Scope { closed: true, ..Scope::of(instance) };
        let default = self.eval(default, &scope);
        self.filled(default, &field.constraint, instance)
    }
}

/// A value as a type; what is not known keeps what is known of it.
fn converted(value: Value, ty: &Type) -> Value {
    match &value.kind {
        Kind::Unknown(unknown) => {
            let unknown = Unknown { ty: ty.clone(), ..(**unknown).clone() };
            Value { kind: unknown_of(&unknown, &Constraint::Plain(ty.clone()), &value.origin).kind, ..value }
        }
        _ => convert(value, ty),
    }
}

/// An unknown of a type: of an object, the attributes are known to be there.
pub(crate) fn unknown_of(unknown: &Unknown, constraint: &Constraint<'_>, origin: &Origin) -> Value {
    let whole = || Value::unknown(Unknown { ty: constraint.ty(), ..unknown.clone() }, origin.clone());
    let attributes: Vec<(SmolStr, Constraint<'_>, bool)> = match constraint {
        Constraint::Object(fields) => {
            let bare = |field: &Field<'_>| field.optional && field.default.is_none();
            fields.iter().map(|field| (field.name.clone(), field.constraint.clone(), bare(field))).collect()
        }
        Constraint::Plain(Type::Object(attributes)) => {
            let plain = |(name, ty): &(SmolStr, Type)| (name.clone(), Constraint::Plain(ty.clone()), false);
            attributes.iter().map(plain).collect()
        }
        _ => return whole(),
    };
    let whole = Value::unknown(unknown.clone(), origin.clone());
    let entry = |(name, constraint, optional): (SmolStr, Constraint<'_>, bool)| {
        let may_be_absent = unknown.may_be_absent || optional;
        let selected = Unknown { may_be_absent, ..unknown.select(&name) };
        MapEntry::certain(name, inherit(unknown_of(&selected, &constraint, origin), &whole))
    };
    let entries = attributes.into_iter().map(entry).collect();
    Value::new(Kind::Map(Arc::new(Map::new(entries, None))), origin.clone())
}
