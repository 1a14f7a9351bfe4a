//! Lists and maps: how they are made, and what is at a key. Invariant: equality looks at elements, not at shapes.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::{Item, MapEntry, Origin, Presence, Type, Unknown, Value};

/// A list whose elements may be there or not. Two lists of the same elements are equal whatever their shapes:
/// languages in which these differ compare their types as well ([`Value::ty`]).
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The elements that are known of; those of a known set in Terraform's order, none twice.
    pub items: Vec<Item>,
    /// Set if there may be more elements, with the reason.
    pub open: Option<Arc<Unknown>>,
    /// What kind of sequence it is.
    pub shape: ListShape,
}

/// What kind of sequence a [`List`] is: the facts of its type that its elements do not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ListShape {
    /// Elements have their own types. Sequences of other languages than Terraform's are tuples too.
    #[default]
    Tuple,
    /// Elements have one type; `Any` where the elements tell it.
    List(Type),
    /// As a list, without order and without index.
    Set(Type),
    /// A string that holds a document, whose structure is kept.
    Document(Format),
}

/// The notation of a document in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// What `jsonencode` gives.
    Json,
    /// What `yamlencode` gives.
    Yaml,
}

/// A map whose entries may be there or not. Entries are in source order; keys are unique. Equality is as that of
/// [`List`].
#[derive(Debug, Clone, Default)]
pub struct Map {
    /// The entries that are known of.
    pub entries: Vec<MapEntry>,
    /// Set if there may be more entries, with the reason.
    pub open: Option<Arc<Unknown>>,
    /// What kind of map it is.
    pub shape: MapShape,
}

/// What kind of map a [`Map`] is: the facts of its type that its entries do not tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum MapShape {
    /// Attributes have their own types. Maps of other languages than Terraform's are objects too.
    #[default]
    Object,
    /// Values have one type; `Any` where the values tell it.
    Map(Type),
    /// A string that holds a document, whose structure is kept.
    Document(Format),
}

impl List {
    /// A tuple; [`Self::shaped`] makes another shape of it.
    #[must_use]
    pub fn new(items: Vec<Item>, open: Option<Arc<Unknown>>) -> Self {
        Self { items, open, shape: ListShape::Tuple }
    }

    /// The same elements in another shape.
    #[must_use]
    pub fn shaped(self, shape: ListShape) -> Self {
        Self { shape, ..self }
    }

    /// Other elements in the same shape, open as before.
    #[must_use]
    pub fn with(&self, items: Vec<Item>) -> Self {
        Self { items, open: self.open.clone(), shape: self.shape.clone() }
    }

    /// Whether all elements are known to be there, and there are no others.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.open.is_none() && self.items.iter().all(|item| item.presence.is_certain())
    }
}

impl PartialEq for List {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items && self.open == other.open
    }
}

impl Eq for List {}

impl ListShape {
    /// A list whose elements tell their type.
    pub const LIST: Self = Self::List(Type::Any);
    /// A set whose elements tell their type.
    pub const SET: Self = Self::Set(Type::Any);

    /// Whether it is a set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }
}

impl Map {
    /// An object; [`Self::shaped`] makes another shape of it.
    #[must_use]
    pub fn new(entries: Vec<MapEntry>, open: Option<Arc<Unknown>>) -> Self {
        Self { entries, open, shape: MapShape::Object }
    }

    /// The same entries in another shape.
    #[must_use]
    pub fn shaped(self, shape: MapShape) -> Self {
        Self { shape, ..self }
    }

    /// Other entries in the same shape, open as before.
    #[must_use]
    pub fn with(&self, entries: Vec<MapEntry>) -> Self {
        Self { entries, open: self.open.clone(), shape: self.shape.clone() }
    }

    /// Whether all entries are known to be there, and there are no others.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        let certain = |entry: &MapEntry| entry.presence.is_certain() && !entry.replaceable;
        self.open.is_none() && self.entries.iter().all(certain)
    }
    /// The value of `key`, with what an open part makes of it.
    #[must_use]
    pub fn get(&self, key: &str) -> Value {
        let Some(entry) = self.entries.iter().find(|entry| entry.key == key) else {
            return match &self.open {
                Some(open) => {
                    let unknown = Unknown { may_be_absent: true, ..open.select(key) };
                    Value::unknown(unknown, Origin::default())
                }
                None => Value::absent(),
            };
        };
        if entry.replaceable {
            let reason = self.open.as_ref().map_or_else(SmolStr::default, |open| open.reason.clone());
            return Value::unknown(Unknown::fresh(reason), entry.value.origin.clone());
        }
        entry.value.clone().guarded_by(&entry.presence)
    }

    /// The entry of `key`.
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&MapEntry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries && self.open == other.open
    }
}

impl Eq for Map {}

impl MapShape {
    /// A map whose values tell their type.
    pub const MAP: Self = Self::Map(Type::Any);

    /// Whether it is a map, not an object.
    #[must_use]
    pub fn is_map(&self) -> bool {
        matches!(self, Self::Map(_))
    }
}

impl MapEntry {
    /// An entry that is there for certain.
    #[must_use]
    pub fn certain(key: impl Into<SmolStr>, value: Value) -> Self {
        Self { key: key.into(), place: None, value, presence: Presence::CERTAIN, replaceable: false }
    }
}

impl Item {
    /// An element that is there for certain.
    #[must_use]
    pub fn certain(value: Value) -> Self {
        Self { value, presence: Presence::CERTAIN }
    }
}
