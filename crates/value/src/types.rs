//! Types of values, as Terraform has them. Invariant: `Any` is a type that is not known, never a wrong one.

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::{Kind, List, ListShape, Map, MapShape, Value};

/// Deepest nesting of a type; what is deeper is `Any`.
const DEPTH: usize = 32;

/// A type. Clones are cheap.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub enum Type {
    /// Not known; also the type of null.
    #[default]
    Any,
    /// Booleans.
    Bool,
    /// Numbers.
    Number,
    /// Strings.
    String,
    /// Sequences of one type.
    List(Arc<Type>),
    /// Sets of one type.
    Set(Arc<Type>),
    /// Maps to one type.
    Map(Arc<Type>),
    /// Sequences of a fixed length, each element with its own type.
    Tuple(Arc<[Type]>),
    /// Maps of fixed keys, each with its own type; sorted by key.
    Object(Arc<[(SmolStr, Type)]>),
}

impl Type {
    /// A list of `element`.
    #[must_use]
    pub fn list(element: Type) -> Self {
        Self::List(Arc::new(element))
    }

    /// A set of `element`.
    #[must_use]
    pub fn set(element: Type) -> Self {
        Self::Set(Arc::new(element))
    }

    /// A map to `element`.
    #[must_use]
    pub fn map(element: Type) -> Self {
        Self::Map(Arc::new(element))
    }

    /// An object of attributes in any order.
    #[must_use]
    pub fn object(attributes: impl IntoIterator<Item = (SmolStr, Type)>) -> Self {
        let mut attributes: Vec<(SmolStr, Type)> = attributes.into_iter().collect();
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        Self::Object(attributes.into())
    }

    /// Whether it is a boolean, a number or a string.
    #[must_use]
    pub fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// Whether no part of it is `Any`.
    #[must_use]
    pub fn is_known(&self) -> bool {
        match self {
            Self::Any => false,
            Self::Bool | Self::Number | Self::String => true,
            Self::List(inner) | Self::Set(inner) | Self::Map(inner) => inner.is_known(),
            Self::Tuple(items) => items.iter().all(Self::is_known),
            Self::Object(attributes) => attributes.iter().all(|(_, ty)| ty.is_known()),
        }
    }

    /// The type of an attribute of an object.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Type> {
        match self {
            Self::Object(attributes) => {
                let at = attributes.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
                attributes.get(at).map(|(_, ty)| ty)
            }
            _ => None,
        }
    }

    /// The type of what is at a key or a position of a value of this type.
    #[must_use]
    pub fn select(&self, step: &str) -> Type {
        match self {
            Self::List(inner) | Self::Map(inner) => (**inner).clone(),
            Self::Tuple(items) => {
                step.parse::<usize>().ok().and_then(|at| items.get(at)).cloned().unwrap_or_default()
            }
            Self::Object(_) => self.attribute(step).cloned().unwrap_or_default(),
            _ => Self::Any,
        }
    }

    fn of(value: &Value, depth: usize) -> Self {
        if depth == 0 {
            return Self::Any;
        }
        match &value.kind {
            Kind::Absent | Kind::Null | Kind::Reference(_) => Self::Any,
            Kind::Bool(_) => Self::Bool,
            Kind::Number(_) => Self::Number,
            Kind::String(_) | Kind::Template(_) => Self::String,
            Kind::Unknown(unknown) => unknown.ty.clone(),
            Kind::List(list) => Self::of_list(list, depth - 1),
            Kind::Map(map) => Self::of_map(map, depth - 1),
            Kind::Alternatives(alternatives) => {
                let choices = alternatives.choices.iter().map(|(_, choice)| choice);
                Self::shared(choices.filter(|choice| !choice.is_absent()), depth)
            }
        }
    }

    fn of_list(list: &List, depth: usize) -> Self {
        let element = |declared: &Type| match declared {
            Self::Any => Self::shared(list.items.iter().map(|item| &item.value), depth),
            known => known.clone(),
        };
        match &list.shape {
            ListShape::List(declared) => Self::list(element(declared)),
            ListShape::Set(declared) => Self::set(element(declared)),
            ListShape::Document(_) => Self::String,
            ListShape::Tuple if list.is_settled() => {
                Self::Tuple(list.items.iter().map(|item| Self::of(&item.value, depth)).collect())
            }
            ListShape::Tuple => Self::Any,
        }
    }

    fn of_map(map: &Map, depth: usize) -> Self {
        match &map.shape {
            MapShape::Map(Self::Any) => {
                Self::map(Self::shared(map.entries.iter().map(|entry| &entry.value), depth))
            }
            MapShape::Map(declared) => Self::map(declared.clone()),
            MapShape::Document(_) => Self::String,
            MapShape::Object if map.is_settled() => Self::object(
                map.entries.iter().map(|entry| (entry.key.clone(), Self::of(&entry.value, depth))),
            ),
            MapShape::Object => Self::Any,
        }
    }

    /// The type of values that have one, by the first that tells it; `Any` if two differ.
    fn shared<'v>(values: impl Iterator<Item = &'v Value>, depth: usize) -> Self {
        let mut shared = Self::Any;
        for value in values {
            match (Self::of(value, depth), &shared) {
                (Self::Any, _) => {}
                (ty, Self::Any) => shared = ty,
                (ty, known) if ty == *known => {}
                _ => return Self::Any,
            }
        }
        shared
    }
}

impl Value {
    /// Its type, as far as it is known.
    #[must_use]
    pub fn ty(&self) -> Type {
        Type::of(self, DEPTH)
    }
}

/// As a type constraint is written; `any` for what is not known.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(inner) => write!(f, "list({inner})"),
            Self::Set(inner) => write!(f, "set({inner})"),
            Self::Map(inner) => write!(f, "map({inner})"),
            Self::Tuple(items) => {
                f.write_str("tuple([")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("])")
            }
            Self::Object(attributes) => {
                f.write_str("object({")?;
                for (at, (name, ty)) in attributes.iter().enumerate() {
                    write!(f, "{}{name} = {ty}", if at == 0 { "" } else { ", " })?;
                }
                f.write_str("})")
            }
        }
    }
}
