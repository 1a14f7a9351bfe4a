//! The value type.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;

use crate::{Condition, List, ListShape, Map, MapShape, Number, Origin, Presence, Type};

/// A value with its origin. Clones are cheap: everything large is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub kind: Kind,
    /// Where it was written and how it came.
    pub origin: Origin,
    /// Must never be shown (`sensitive = true`, `NoEcho`): reports print its place alone.
    pub sensitive: bool,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Kind {
    /// Nothing is there (an attribute that is not written, `AWS::NoValue`). Containers never hold it.
    #[default]
    Absent,
    /// An explicit null.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(SmolStr),
    /// A list, a set or repeated blocks.
    List(Arc<List>),
    /// A map, an object or a block.
    Map(Arc<Map>),
    /// An attribute of another resource of the scan: known to be set, its text known only after deployment.
    Reference(Arc<Reference>),
    /// Not known, with the reason and an identity.
    Unknown(Arc<Unknown>),
    /// A string of known and unknown parts.
    Template(Arc<Template>),
    /// One of several values, depending on a condition that cannot be decided.
    Alternatives(Arc<Alternatives>),
}

/// An element of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The element.
    pub value: Value,
    /// Whether it is there.
    pub presence: Presence,
}

/// An entry of a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapEntry {
    /// The key.
    pub key: SmolStr,
    /// Where the key is written: what a diagnostic about an absent part of the value points at.
    pub place: Option<Place>,
    /// The value.
    pub value: Value,
    /// Whether the entry is there.
    pub presence: Presence,
    /// Whether an open part that comes later may replace it (`merge({a = 1}, var.more)`).
    pub replaceable: bool,
}

/// A reference to an attribute of a declared resource.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// Key of the resource (see [`crate::declared::key`]).
    pub to: SmolStr,
    /// Path of the attribute in the spelling of the language (`arn`, `Arn`, `endpoint.0.address`); empty for the
    /// resource as a whole and for what CloudFormation's `Ref` gives.
    pub attribute: SmolStr,
    /// Whether it may be any one of several instances (an index that is not known, `count` that is not known).
    pub many: bool,
}

/// A value that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// What would settle it, in words: `variable "kms_key_arn" has no value`.
    pub reason: SmolStr,
    /// What it is, symbolically; none if nothing else can be the same.
    pub identity: Option<Identity>,
    /// Whether it may turn out to be null or absent. False for inputs of a root without default, which count as
    /// given; true for outputs of opaque modules and optional object fields.
    pub may_be_absent: bool,
    /// The type it will have; `Any` if that is not known either.
    pub ty: Type,
}

/// Symbolic identity of an unknown. The same identity means the same value; different identities say nothing,
/// unless both are members of one group of distinct values.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// Scope and expression, for example `infra\u{1f}var.name`.
    pub text: SmolStr,
    /// Group of values that are distinct by contract (`data.aws_availability_zones.x.names`) and the index in it.
    pub distinct: Option<(SmolStr, u32)>,
}

/// A string of known and unknown parts, at least one of them unknown; adjacent texts are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The parts.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Known text.
    Text(SmolStr),
    /// An unknown, a reference or alternatives of strings.
    Value(Value),
}

/// Values of which one holds. Conditions exclude each other and together hold always; at most
/// [`Alternatives::MOST`], none of them alternatives itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternatives {
    /// Condition and value.
    pub choices: Vec<(Condition, Value)>,
}

impl Alternatives {
    /// More alternatives than this become an unknown.
    pub const MOST: usize = 16;
}

impl Identity {
    /// What stands between scope and expression.
    pub const SEPARATOR: char = '\u{1f}';

    /// The identity of `expression` in `scope` (a root, a module instance, a stack).
    #[must_use]
    pub fn new(scope: &str, expression: &str) -> Self {
        let text = SmolStr::from(format!("{scope}{}{expression}", Self::SEPARATOR));
        Self { text, distinct: None }
    }

    /// The text without its scope, as reports show it.
    #[must_use]
    pub fn shown(text: &str) -> &str {
        text.rsplit_once(Self::SEPARATOR).map_or(text, |(_, expression)| expression)
    }
}

impl Unknown {
    /// An unknown without identity.
    #[must_use]
    pub fn fresh(reason: impl Into<SmolStr>) -> Self {
        Self { reason: reason.into(), identity: None, may_be_absent: false, ty: Type::Any }
    }

    /// An unknown with an identity.
    #[must_use]
    pub fn identified(reason: impl Into<SmolStr>, identity: Identity) -> Self {
        Self { reason: reason.into(), identity: Some(identity), may_be_absent: false, ty: Type::Any }
    }

    /// The unknown that is field or element `step` of this one.
    #[must_use]
    pub fn select(&self, step: &str) -> Self {
        let deeper = |identity: &Identity| {
            let text = SmolStr::from(format!("{}.{step}", identity.text));
            // Deep paths get no identity: comparing them is not worth remembering them.
            (text.matches('.').count() <= 8).then_some(Identity { text, distinct: None })
        };
        let identity = self.identity.as_ref().and_then(deeper);
        let ty = self.ty.select(step);
        Self { reason: self.reason.clone(), identity, may_be_absent: self.may_be_absent, ty }
    }
}

impl Value {
    /// A value with an origin.
    #[must_use]
    pub fn new(kind: Kind, origin: Origin) -> Self {
        Self { kind, origin, sensitive: false }
    }

    /// Nothing, nowhere.
    #[must_use]
    pub fn absent() -> Self {
        Self::new(Kind::Absent, Origin::default())
    }

    /// A string.
    #[must_use]
    pub fn string(text: impl Into<SmolStr>, origin: Origin) -> Self {
        Self::new(Kind::String(text.into()), origin)
    }

    /// A boolean.
    #[must_use]
    pub fn bool(known: bool, origin: Origin) -> Self {
        Self::new(Kind::Bool(known), origin)
    }

    /// A number.
    #[must_use]
    pub fn number(number: impl Into<Number>, origin: Origin) -> Self {
        Self::new(Kind::Number(number.into()), origin)
    }

    /// A closed list, a tuple by its shape, of elements that are there for certain.
    #[must_use]
    pub fn list(items: impl IntoIterator<Item = Value>, origin: Origin) -> Self {
        Self::shaped_list(items, ListShape::Tuple, origin)
    }

    /// A closed list with a shape, of elements that are there for certain.
    #[must_use]
    pub fn shaped_list(items: impl IntoIterator<Item = Value>, shape: ListShape, origin: Origin) -> Self {
        let items = items.into_iter().map(Item::certain).collect();
        Self::new(Kind::List(Arc::new(List::new(items, None).shaped(shape))), origin)
    }

    /// A closed map, an object by its shape, of entries that are there for certain.
    #[must_use]
    pub fn map(entries: impl IntoIterator<Item = (SmolStr, Value)>, origin: Origin) -> Self {
        Self::shaped_map(entries, MapShape::Object, origin)
    }

    /// A closed map with a shape, of entries that are there for certain.
    #[must_use]
    pub fn shaped_map(
        entries: impl IntoIterator<Item = (SmolStr, Value)>,
        shape: MapShape,
        origin: Origin,
    ) -> Self {
        let entries = entries.into_iter().map(|(key, value)| MapEntry::certain(key, value)).collect();
        Self::new(Kind::Map(Arc::new(Map::new(entries, None).shaped(shape))), origin)
    }

    /// An unknown.
    #[must_use]
    pub fn unknown(unknown: Unknown, origin: Origin) -> Self {
        Self::new(Kind::Unknown(Arc::new(unknown)), origin)
    }

    /// One of several values; flattened, equal values merged, conditions that never hold left out. A single value
    /// is given as itself, too many become an unknown.
    #[must_use]
    pub fn alternatives(choices: impl IntoIterator<Item = (Condition, Value)>, origin: Origin) -> Self {
        let mut flat: Vec<(Condition, Value)> = Vec::new();
        for (condition, value) in choices {
            let inner = match &value.kind {
                Kind::Alternatives(inner) => inner.choices.clone(),
                _ => vec![(Condition::Always, value)],
            };
            for (deeper, value) in inner {
                let condition = condition.clone().and(deeper);
                if condition == Condition::Never || condition.contradicts_itself() {
                    continue;
                }
                match flat
                    .iter_mut()
                    .find(|(_, known)| known.kind == value.kind && known.origin == value.origin)
                {
                    Some((known, _)) => *known = std::mem::take(known).or(condition),
                    None => flat.push((condition, value)),
                }
            }
        }
        match flat.len() {
            0 => Self::absent(),
            1 => flat.swap_remove(0).1,
            many if many > Alternatives::MOST => {
                Self::unknown(Unknown::fresh("it depends on too many conditions"), origin)
            }
            _ => {
                let sensitive = flat.iter().any(|(_, value)| value.sensitive);
                let kind = Kind::Alternatives(Arc::new(Alternatives { choices: flat }));
                Self { kind, origin, sensitive }
            }
        }
    }

    /// A string made of parts: a plain string if all are known.
    #[must_use]
    pub fn template(parts: impl IntoIterator<Item = Part>, origin: Origin) -> Self {
        let mut joined: Vec<Part> = Vec::new();
        let mut text = String::new();
        let mut sensitive = false;
        for part in parts {
            match part {
                Part::Text(known) => text.push_str(&known),
                Part::Value(value) => {
                    sensitive |= value.sensitive;
                    if !text.is_empty() {
                        joined.push(Part::Text(std::mem::take(&mut text).into()));
                    }
                    joined.push(Part::Value(value));
                }
            }
        }
        if joined.is_empty() {
            return Self::string(text, origin);
        }
        if !text.is_empty() {
            joined.push(Part::Text(text.into()));
        }
        Self { kind: Kind::Template(Arc::new(Template { parts: joined })), origin, sensitive }
    }

    /// Whether nothing is there.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, Kind::Absent)
    }

    /// The text of a known string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::String(text) => Some(text),
            _ => None,
        }
    }

    /// A known boolean, also written as a string.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match &self.kind {
            Kind::Bool(known) => Some(*known),
            Kind::String(text) if text == "true" => Some(true),
            Kind::String(text) if text == "false" => Some(false),
            _ => None,
        }
    }

    /// A known number, also written as a string.
    #[must_use]
    pub fn as_number(&self) -> Option<Number> {
        match &self.kind {
            Kind::Number(number) => Some(number.clone()),
            Kind::String(text) => Number::parse(text),
            _ => None,
        }
    }

    /// The list, if it is one.
    #[must_use]
    pub fn as_list(&self) -> Option<&List> {
        match &self.kind {
            Kind::List(list) => Some(list),
            _ => None,
        }
    }

    /// The map, if it is one.
    #[must_use]
    pub fn as_map(&self) -> Option<&Map> {
        match &self.kind {
            Kind::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The same value seen through one more step of its way.
    #[must_use]
    pub fn through(mut self, kind: crate::StepKind, name: impl Into<SmolStr>, place: Option<Place>) -> Self {
        self.origin = self.origin.through(kind, name, place);
        self
    }

    /// The same value, never to be shown if `sensitive`.
    #[must_use]
    pub fn with_sensitivity(mut self, sensitive: bool) -> Self {
        self.sensitive |= sensitive;
        self
    }

    /// Whether anything in it is unknown, a reference included.
    #[must_use]
    pub fn is_wholly_known(&self) -> bool {
        match &self.kind {
            Kind::Absent | Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => true,
            Kind::List(list) => {
                let known = |item: &Item| item.presence.is_certain() && item.value.is_wholly_known();
                list.open.is_none() && list.items.iter().all(known)
            }
            Kind::Map(map) => {
                let known = |entry: &MapEntry| {
                    entry.presence.is_certain() && !entry.replaceable && entry.value.is_wholly_known()
                };
                map.open.is_none() && map.entries.iter().all(known)
            }
            Kind::Reference(_) | Kind::Unknown(_) | Kind::Template(_) | Kind::Alternatives(_) => false,
        }
    }

    /// Field `name` of a map: absent if the map is closed and has none, unknown if it is open or the value is
    /// unknown. A list of one element is walked as that element, as a block that may occur once is.
    #[must_use]
    pub fn get(&self, name: &str) -> Value {
        match &self.kind {
            Kind::Map(map) => map.get(name),
            Kind::List(list) => match list.items.as_slice() {
                [only] if list.open.is_none() => only.value.get(name).guarded_by(&only.presence),
                _ => match &list.open {
                    Some(open) => Value::unknown(open.select(name), self.origin.clone()),
                    None => Value::absent(),
                },
            },
            Kind::Unknown(unknown) => Value::unknown(unknown.select(name), self.origin.clone()),
            Kind::Reference(reference) => {
                let attribute = match reference.attribute.as_str() {
                    "" => SmolStr::from(name),
                    path => SmolStr::from(format!("{path}.{name}")),
                };
                let deeper = Reference { attribute, ..(**reference).clone() };
                Value::new(Kind::Reference(Arc::new(deeper)), self.origin.clone())
            }
            Kind::Alternatives(alternatives) => {
                let choice = |(condition, value): &(Condition, Value)| (condition.clone(), value.get(name));
                Value::alternatives(alternatives.choices.iter().map(choice), self.origin.clone())
            }
            _ => Value::absent(),
        }
    }

    /// The value where `presence` holds, and nothing elsewhere.
    #[must_use]
    pub fn guarded_by(self, presence: &Presence) -> Value {
        let origin = self.origin.clone();
        let sensitive = self.sensitive;
        let value = if presence.many {
            let reason = "how many there are is not known";
            Value::unknown(Unknown { may_be_absent: true, ..Unknown::fresh(reason) }, origin.clone())
        } else {
            self
        };
        if presence.when == Condition::Always {
            return value;
        }
        let choices = [(presence.when.clone(), value), (presence.when.clone().not(), Value::absent())];
        Value::alternatives(choices, origin).with_sensitivity(sensitive)
    }
}
