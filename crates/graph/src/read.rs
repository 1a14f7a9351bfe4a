//! Reads the attributes of a model from the attributes of a resource, by the model's combinators. Invariant: what
//! comes out is in the model's spelling, has the origin of what was read, and holds no null at its top.

mod behind;
mod fields;
mod json;
mod shape;
mod walk;

use std::borrow::Cow;
use std::sync::Arc;

use language::ir::{How, Kind as Model, Literal, Path, Spelling, Step, Type};
use smol_str::SmolStr;
use value::declared::{Declared, Mode, Resource};
use value::{
    Blind, Kind, List, Map, MapEntry, Number, Origin, Presence, Reference, Truth, Unknown, Value, World,
};

use crate::choices::{Cases, append, certainly, is_nothing, list, map, or_else, presence, value_of};
use crate::keys::{Instances, Keys};

pub(crate) use shape::{default, shaped};
pub(crate) use walk::walk;

/// Reads models from resources.
pub(crate) struct Reader<'r, 'a> {
    pub(crate) declared: &'a Declared,
    pub(crate) keys: &'r Keys<'a>,
}

/// Where a combinator stands: what its paths start from, and for whom it reads.
#[derive(Clone, Copy)]
pub(crate) struct At<'v> {
    /// What paths start from: the attributes of the resource, or an element of one of its lists.
    value: &'v Value,
    /// The resource that is read.
    resource: &'v Resource,
    /// Key of the node that the values are for.
    subject: &'v SmolStr,
    /// The node's kind.
    model: &'static Model,
}

impl<'v> At<'v> {
    /// The top of a resource.
    pub(crate) fn top(resource: &'v Resource, subject: &'v SmolStr, model: &'static Model) -> Self {
        Self { value: &resource.attributes, resource, subject, model }
    }

    fn walk(&self, path: Path, flat: bool) -> Cow<'v, Value> {
        walk(self.value, path, flat)
    }

    /// Where a value that the model itself states belongs: the element or the resource that is read.
    fn origin(&self) -> Origin {
        let element =
            self.value.origin.place.filter(|_| !std::ptr::eq(self.value, &self.resource.attributes));
        Origin::computed(element.unwrap_or(self.resource.place))
    }
}

/// Whether a path of this type takes the values of all elements of a list that it meets.
fn is_flat(ty: Type) -> bool {
    matches!(ty, Type::List(_))
}

impl Reader<'_, '_> {
    /// Fills `slots` with the attributes that a spelling reads; those of its attributes that are absent stay so.
    pub(crate) fn slots(&self, spelling: &Spelling, at: &At<'_>, slots: &mut [Value]) {
        for (id, how) in spelling.reads {
            let (Some(attribute), Some(slot)) =
                (at.model.attributes.get(id.0 as usize), slots.get_mut(id.0 as usize))
            else {
                continue;
            };
            *slot = shaped(self.read(how, at, attribute.ty), attribute);
        }
    }

    /// What `how` reads, not yet coerced to `ty`.
    pub(crate) fn read(&self, how: &How, at: &At<'_>, ty: Type) -> Value {
        match how {
            How::Path(path) => self.behind(at.walk(path, is_flat(ty)).into_owned(), ty),
            How::Rename(path, pairs) => {
                // What a map renames is a scalar, whatever the renamed value is.
                let written = self.behind(at.walk(path, is_flat(ty)).into_owned(), Type::String);
                renamed(&written, pairs)
            }
            How::OneOf(blocks) => one_of(blocks, at),
            How::SetOf(members) => self.set_of(members, at),
            How::Present(path) => present(&at.walk(path, true)),
            How::Const(known) => literal(*known, at.origin()),
            How::Any(hows) => self.any(hows, at),
            How::First(hows) => self.first(hows, at, ty),
            How::SelfIf(path) => itself(&at.walk(path, true), at),
            How::Pairs { path, key, value } => pairs(&at.walk(path, true), key, value),
            How::Concat(hows) => self.concat(hows, at, ty),
            How::Each { path, through, fields } => {
                let fields = fields::Fields { reader: self, through, fields, record: record(at.model, ty) };
                fields.each(path, at)
            }
            How::Json { path, how } => map(&at.walk(path, false), &mut |text| self.json(text, how, at, ty)),
            How::Follow { path, how } => {
                map(&at.walk(path, false), &mut |value| self.follow(value, how, at, ty))
            }
        }
    }

    fn first(&self, hows: &[How], at: &At<'_>, ty: Type) -> Value {
        let Some((how, rest)) = hows.split_first() else { return Value::absent() };
        let value = self.read(how, at, ty);
        if rest.is_empty() {
            return value;
        }
        or_else(map(&value, &mut where_present), || self.first(rest, at, ty))
    }

    fn concat(&self, hows: &[How], at: &At<'_>, ty: Type) -> Value {
        let parts: Vec<Value> =
            hows.iter().map(|how| self.read(how, at, ty)).filter(|v| !is_nothing(v)).collect();
        if parts.len() <= 1 {
            return parts.into_iter().next().unwrap_or_else(Value::absent);
        }
        let mut joined = List::default();
        parts.iter().for_each(|part| append(&mut joined, part, &Presence::CERTAIN));
        let sensitive = parts.iter().any(|part| part.sensitive);
        let origin = parts.into_iter().next().map(|part| part.origin).unwrap_or_default();
        list(joined, origin).with_sensitivity(sensitive)
    }

    /// True if one of them is; absent if all are.
    fn any(&self, hows: &[How], at: &At<'_>) -> Value {
        let Some((how, rest)) = hows.split_first() else { return Value::absent() };
        let rest = self.any(rest, at);
        map(&shape::coerced(&self.read(how, at, Type::Bool), Type::Bool), &mut |own| match said(own) {
            _ if is_nothing(own) => rest.clone(),
            Truth::Yes => Value::bool(true, own.origin.clone()),
            Truth::No => map(&rest, &mut |other| if is_nothing(other) { own.clone() } else { other.clone() }),
            Truth::Unknown(_) => map(&rest, &mut |other| match other.as_bool() {
                Some(true) => other.clone(),
                _ => own.clone(),
            }),
        })
    }

    /// The names of the members that are present or true.
    fn set_of(&self, members: &[(&'static str, How)], at: &At<'_>) -> Value {
        let mut names = List::default();
        for (name, how) in members {
            let value = self.read(how, at, Type::Any);
            let origin = Origin { how: value::How::Computed, ..value.origin.clone() };
            for (when, truth) in truth(&value) {
                let element = Value::string(SmolStr::new_static(name), origin.clone());
                let presence = match truth {
                    Truth::Yes => Presence::guarded(when),
                    Truth::No => continue,
                    Truth::Unknown(_) => {
                        let atom = value::Identity::new(
                            &at.resource.key,
                            &format!("whether {} has {name}", at.resource.address),
                        );
                        Presence::guarded(when.and(value::Condition::literal(atom.text, "true")))
                    }
                };
                names.items.push(value::Item { value: element, presence });
            }
        }
        let how = if names.items.is_empty() { value::How::Default } else { value::How::Computed };
        list(names, Origin { place: None, how, via: None })
    }

    /// What `how` reads from the resource that `value` points to.
    fn follow(&self, value: &Value, how: &How, at: &At<'_>, ty: Type) -> Value {
        let outside = |reason: String| {
            let unknown = Unknown { may_be_absent: true, ..Unknown::fresh(reason) };
            Value::unknown(unknown, value.origin.clone())
        };
        let reference = match &value.kind {
            Kind::Absent | Kind::Null => return Value::absent(),
            Kind::Reference(reference) => reference,
            Kind::Unknown(unknown) => return outside(unknown.reason.to_string()),
            Kind::String(text) => return outside(format!("`{text}` lies outside the scan")),
            _ => return outside("what it refers to is not known".to_owned()),
        };
        let read = |index: u32| {
            let target =
                self.declared.resources.get(index as usize).filter(|found| found.mode == Mode::Managed)?;
            Some(self.read(how, &At { value: &target.attributes, resource: target, ..*at }, ty))
        };
        let shown = value::Identity::shown(&reference.to);
        match self.keys.find(reference) {
            Instances::One(index) => {
                read(index).unwrap_or_else(|| outside(format!("{shown} lies outside the scan")))
            }
            Instances::None => outside(format!("{shown} lies outside the scan")),
            Instances::Any(candidates) => {
                let mut values = candidates.iter().filter_map(|index| read(*index));
                let first = values.next().unwrap_or_else(Value::absent);
                let agree =
                    |other: Value| value::equal(&first, &other, &Blind, &World::default()) == Truth::Yes;
                if values.all(agree) { first } else { outside(format!("which {shown} it is, is not known")) }
            }
        }
    }
}

/// The record that elements of a list of this type are.
fn record(model: &'static Model, ty: Type) -> Option<&'static language::ir::Record> {
    match ty {
        Type::Record(name) => model.record(name),
        Type::List(inner) | Type::Map(inner) => record(model, *inner),
        _ => None,
    }
}

/// Whether a value says yes, by the conditions it depends on.
fn truth(value: &Value) -> Cases {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            let deeper = |(when, choice): &(value::Condition, Value)| {
                truth(choice)
                    .into_iter()
                    .map(|(inner, truth)| (when.clone().and(inner), truth))
                    .collect::<Vec<_>>()
            };
            alternatives.choices.iter().flat_map(deeper).collect()
        }
        Kind::List(_) => presence(value),
        _ => certainly(said(value)),
    }
}

/// Whether a value that is no alternatives says yes: a boolean says what it is, anything else that is known is there.
fn said(value: &Value) -> Truth {
    match &value.kind {
        Kind::Absent | Kind::Null => Truth::No,
        Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
        Kind::Reference(_) | Kind::Template(_) => {
            Truth::unknown("what it is set to is known after deployment")
        }
        _ => value.as_bool().map_or(Truth::Yes, Truth::from),
    }
}

/// A list where it has elements, and nothing where it has none: an empty list of blocks is no value.
fn where_present(value: &Value) -> Value {
    let Kind::List(list) = &value.kind else { return value.clone() };
    if list.items.iter().any(|item| item.presence.is_certain()) {
        return value.clone();
    }
    let choice = |(when, truth)| match truth {
        Truth::No => (when, Value::absent()),
        _ => (when, value.clone()),
    };
    Value::alternatives(presence(value).into_iter().map(choice).collect::<Vec<_>>(), value.origin.clone())
}

/// Whether there is a value, as a boolean. That there is none counts as a default of the model, so that what another
/// spelling says prevails.
fn present(value: &Value) -> Value {
    let origin = value.origin.clone();
    let nothing = Origin { place: None, how: value::How::Default, via: None };
    value_of(presence(value), &origin, &|known| {
        Value::bool(known, if known { origin.clone() } else { nothing.clone() })
    })
}

/// A reference to the subject, where there is a value.
fn itself(value: &Value, at: &At<'_>) -> Value {
    let reference = Reference { to: at.subject.clone(), attribute: SmolStr::default(), many: false };
    let reference = Arc::new(reference);
    value_of(presence(value), &value.origin, &|known| {
        if known {
            Value::new(Kind::Reference(reference.clone()), value.origin.clone())
        } else {
            Value::absent()
        }
    })
}

/// The name of the first block that is present.
fn one_of(blocks: &[(&'static str, Path)], at: &At<'_>) -> Value {
    let Some(((name, path), rest)) = blocks.split_first() else { return Value::absent() };
    let block = at.walk(path, true);
    if is_nothing(&block) {
        return one_of(rest, at);
    }
    let this = value_of(presence(&block), &block.origin, &|known| {
        if known { Value::string(SmolStr::new_static(name), block.origin.clone()) } else { Value::absent() }
    });
    or_else(this, || one_of(rest, at))
}

/// Renames known values by the pairs; anything else stays as it is.
fn renamed(value: &Value, pairs: &[(Literal, Literal)]) -> Value {
    map(value, &mut |value| match &value.kind {
        Kind::List(elements) => {
            let item =
                |item: &value::Item| value::Item { value: renamed(&item.value, pairs), ..item.clone() };
            let items = elements.items.iter().map(item).filter(|item| !is_nothing(&item.value)).collect();
            Value { kind: Kind::List(Arc::new(elements.with(items))), ..value.clone() }
        }
        Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) => value.clone(),
        _ => {
            let same = |known: &Literal| match (known, &value.kind) {
                // `default.*`: whatever starts so.
                (Literal::String(pattern), Kind::String(text)) if pattern.ends_with('*') => {
                    text.starts_with(pattern.trim_end_matches('*'))
                }
                _ => {
                    let known = literal(*known, Origin::default());
                    value::equal(&known, value, &Blind, &World::default()) == Truth::Yes
                }
            };
            let new =
                pairs.iter().find(|(old, _)| same(old)).map(|(_, new)| literal(*new, value.origin.clone()));
            new.map_or_else(|| value.clone(), |new| new.with_sensitivity(value.sensitive))
        }
    })
}

/// A name/value list as a map. A map stays one: some languages spell the same thing so.
fn pairs(value: &Value, key: &'static str, field: &'static str) -> Value {
    map(value, &mut |value| match &value.kind {
        Kind::Map(map) if map.entry(key).is_none() => value.clone(),
        Kind::Absent | Kind::Null => Value::absent(),
        Kind::Unknown(_) | Kind::Reference(_) => value.clone(),
        _ => {
            let mut elements = List::default();
            append(&mut elements, value, &Presence::CERTAIN);
            let mut entries: Vec<MapEntry> = Vec::new();
            let mut open = elements.open.clone();
            for item in &elements.items {
                let at = |name| walk(&item.value, &[Step::Name(name)], false).into_owned();
                let (name, content) = (at(key), at(field));
                let Some(name) = text(&name) else {
                    open.get_or_insert_with(|| Arc::new(Unknown::fresh("the name of an entry is not known")));
                    continue;
                };
                if is_nothing(&content) {
                    continue;
                }
                let (place, presence) = (item.value.origin.place, item.presence.clone());
                entries.retain(|entry| entry.key != name || !presence.is_certain());
                if entries.iter().all(|entry| entry.key != name) {
                    let value = content.with_sensitivity(item.value.sensitive);
                    entries.push(MapEntry { key: name, place, value, presence, replaceable: false });
                }
            }
            Value { kind: Kind::Map(Arc::new(Map::new(entries, open))), ..value.clone() }
        }
    })
}

/// A known scalar as text.
fn text(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Bool(known) => Some(SmolStr::new_static(if *known { "true" } else { "false" })),
        _ => None,
    }
}

/// A literal of a model as a value; null is nothing.
pub(crate) fn literal(literal_: Literal, origin: Origin) -> Value {
    match literal_ {
        Literal::Null => Value::absent(),
        Literal::Bool(known) => Value::bool(known, origin),
        Literal::Number(text) => match Number::parse(text) {
            Some(number) => Value::number(number, origin),
            None => Value::string(SmolStr::new_static(text), origin),
        },
        Literal::String(text) => Value::string(SmolStr::new_static(text), origin),
        Literal::List(items) => {
            let items: Vec<Value> = items.iter().map(|item| literal(*item, origin.clone())).collect();
            Value::list(items, origin)
        }
    }
}
