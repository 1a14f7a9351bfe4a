//! Attributes and elements of values.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{
    Condition, Identity, Kind, List, ListShape, Map, MapShape, Origin, Reference, Type, Unknown, Value,
};

use super::condition::{choose, over};
use super::identity::identity_text;
use super::view::inherit;
use super::{Evaluator, text, unknown};

/// Most entries of a map that an unknown key is compared with.
const MOST_KEYS: usize = 7;

impl Evaluator<'_> {
    /// Attribute `name` of a value.
    pub(crate) fn attribute(&mut self, value: &Value, name: &str, place: Place) -> Value {
        let selected = match &value.kind {
            Kind::Unknown(_) => value.get(name),
            Kind::Reference(_) => return value.get(name).with_sensitivity(value.sensitive),
            Kind::Alternatives(_) => {
                return over(value, &Origin::computed(place), |choice| self.attribute(choice, name, place));
            }
            Kind::Map(map) if matches!(map.shape, MapShape::Document(_)) => Value::absent(),
            Kind::Map(map) => field(map, name),
            // A list that stands for all instances of a resource or for a nested block.
            Kind::List(list) if list.shape.is_set() || matches!(list.shape, ListShape::Document(_)) => {
                Value::absent()
            }
            Kind::List(list) => match name.parse::<usize>() {
                Ok(at) => nth(list, at, place),
                Err(_) => match only_many(list) {
                    Some(element) => element.get(name),
                    None => Value::absent(),
                },
            },
            _ => Value::absent(),
        };
        inherit(selected, value)
    }

    /// The element of `value` at `key`.
    pub(crate) fn index(&mut self, value: &Value, key: &Value, place: Place) -> Value {
        let key = self.force(key.clone());
        if let Kind::Alternatives(_) = key.kind {
            return over(&key, &Origin::computed(place), |choice| self.index(value, choice, place));
        }
        if let Kind::Alternatives(_) = value.kind {
            return over(value, &Origin::computed(place), |choice| self.index(choice, &key, place));
        }
        if key.is_absent() || matches!(key.kind, Kind::Null) {
            return Value::absent();
        }
        let known = text::primitive(&key);
        let element = match (&value.kind, known) {
            (Kind::List(list), _) if list.shape.is_set() => Value::absent(),
            (Kind::Unknown(unknown), _) if matches!(unknown.ty, Type::Set(_)) => Value::absent(),
            (Kind::List(_) | Kind::Map(_), _) if text::document(value).is_some() => Value::absent(),
            (Kind::List(list), Some(_)) => match position(&key) {
                Some(at) => nth(list, at, place),
                None => only_many(list).cloned().unwrap_or_else(Value::absent),
            },
            (Kind::List(_) | Kind::Map(_), None) if super::expression::is_no_key(&key) => Value::absent(),
            (Kind::Map(map), Some(known)) => field(map, &known),
            (Kind::Unknown(unknown), Some(known)) => {
                let selected = at_unknown(unknown, &known);
                Value::unknown(selected, value.origin.clone())
            }
            (Kind::Reference(_), Some(known)) => value.get(&known),
            (Kind::Reference(reference), None) => {
                let many = Reference { many: true, ..(**reference).clone() };
                Value::new(Kind::Reference(Arc::new(many)), value.origin.clone())
            }
            (Kind::List(list), None) => self.any_of_list(list, value, &key, place),
            (Kind::Map(_), None) => self.any_of_map(value, &key, place),
            (Kind::Unknown(_), None) => self.derived("index", &[value.clone(), key.clone()], place),
            _ => Value::absent(),
        };
        inherit(element, value)
    }

    /// The element at an index that is not known.
    fn any_of_list(&mut self, list: &List, whole: &Value, index: &Value, place: Place) -> Value {
        if let Some(any) = any_instance(list) {
            return any;
        }
        // What stands for all instances stands for any one of them.
        if let (Some(any), None) = (only_many(list), &list.open) {
            return any.clone();
        }
        let certain = list.open.is_none() && list.items.iter().all(|item| item.presence.is_certain());
        let number = |at: usize| SmolStr::from(at.to_string());
        let items = list.items.iter().enumerate().map(|(at, item)| (number(at), item.value.clone()));
        match identity_text(index) {
            Some(atom) if certain && list.items.len() <= MOST_KEYS => by_key(&atom, items.collect(), place),
            _ => self.derived("index", &[whole.clone(), index.clone()], place),
        }
    }

    /// The value at a key that is not known.
    fn any_of_map(&mut self, whole: &Value, key: &Value, place: Place) -> Value {
        let Some(map) = whole.as_map() else { return Value::absent() };
        let values = map.entries.iter().map(|entry| value::Item::certain(entry.value.clone()));
        let list = List::new(values.collect(), map.open.clone());
        if let Some(any) = any_instance(&list) {
            return any;
        }
        let certain = map.open.is_none() && map.entries.iter().all(|entry| entry.presence.is_certain());
        let entries = map.entries.iter().map(|entry| (entry.key.clone(), entry.value.clone()));
        match identity_text(key) {
            Some(atom) if certain && map.entries.len() <= MOST_KEYS => {
                by_key(&atom, entries.collect(), place)
            }
            _ => self.derived("index", &[whole.clone(), key.clone()], place),
        }
    }
}

/// The position that a known index says: a whole number, also as a text.
fn position(index: &Value) -> Option<usize> {
    if matches!(index.kind, Kind::Bool(_)) {
        return None;
    }
    index.as_number().and_then(|number| number.as_i64()).and_then(|at| usize::try_from(at).ok())
}

/// The field of a map; that of an open map may be as absent as its open part says.
pub(crate) fn field(map: &Map, name: &str) -> Value {
    match (map.entry(name), &map.open) {
        (None, Some(open)) => Value::unknown(open.select(name), Origin::default()),
        _ => map.get(name),
    }
}

/// One of the entries, by the value of an atom; the rest of the worlds is an error of Terraform's.
pub(crate) fn by_key(atom: &SmolStr, entries: Vec<(SmolStr, Value)>, place: Place) -> Value {
    let mut none = Condition::Always;
    let mut choices = Vec::with_capacity(entries.len() + 1);
    for (key, value) in entries {
        let here = Condition::literal(atom.clone(), key);
        none = none.and(here.clone().not());
        choices.push((here, value));
    }
    choices.push((none, Value::absent()));
    choose(choices, Origin::computed(place))
}

/// An element of an unknown list; those of availability zones are known to differ from one another.
pub(crate) fn at_unknown(unknown: &Unknown, key: &str) -> Unknown {
    let mut selected = unknown.select(key);
    let group = unknown.identity.as_ref().map(|identity| identity.text.clone());
    if let (Some(identity), Some(group), Ok(at)) = (&mut selected.identity, group, key.parse::<u32>())
        && is_zones(&group)
    {
        identity.distinct = Some((group, at));
    }
    selected
}

/// Whether an identity is that of a list of zones, whose elements are distinct.
pub(crate) fn is_zones(identity: &str) -> bool {
    let shown = Identity::shown(identity);
    shown.contains("data.aws_availability_zones.")
        && (shown.ends_with(".names") || shown.ends_with(".zone_ids"))
}

/// Whether a value is the name of a zone that is not known.
pub(crate) fn is_zone_name(value: &Value) -> bool {
    let Kind::Unknown(unknown) = &value.kind else { return false };
    let group = unknown.identity.as_ref().and_then(|identity| identity.distinct.as_ref());
    group.is_some_and(|(group, _)| is_zones(group) && group.ends_with(".names"))
}

/// The element that stands for any number of elements, if it is the only one.
fn only_many(list: &List) -> Option<&Value> {
    match list.items.as_slice() {
        [only] if only.presence.many => Some(&only.value),
        _ => None,
    }
}

/// If all elements are the same attribute of instances of one resource: any one of them.
pub(crate) fn any_instance(list: &List) -> Option<Value> {
    let mut found: Option<(SmolStr, SmolStr)> = None;
    for item in &list.items {
        let Kind::Reference(reference) = &item.value.kind else { return None };
        let all = SmolStr::new(without_instance(&reference.to));
        match &found {
            Some((to, attribute)) if *to != all || *attribute != reference.attribute => return None,
            _ => found = Some((all, reference.attribute.clone())),
        }
    }
    let (to, attribute) = found?;
    let origin = list.items.first()?.value.origin.clone();
    Some(Value::new(Kind::Reference(Arc::new(Reference { to, attribute, many: true })), origin))
}

/// An address without the instance at its end.
pub(crate) fn without_instance(address: &str) -> &str {
    match address.strip_suffix(']') {
        Some(inner) => inner.rsplit_once('[').map_or(address, |(before, _)| before),
        None => address,
    }
}

/// Element `at` of a list whose elements may be there or not.
pub(crate) fn nth(list: &List, at: usize, place: Place) -> Value {
    let certain = |item: &value::Item| !item.presence.many && matches!(item.presence.when, Condition::Always);
    let uncertain = list.items.iter().take(at + 1).filter(|item| !certain(item)).count();
    if uncertain == 0 {
        return match (list.items.get(at), &list.open) {
            (Some(item), _) => item.value.clone(),
            (None, Some(open)) => Value::unknown(
                at_unknown(open, &(at - list.items.len()).to_string()),
                Origin::computed(place),
            ),
            (None, None) => Value::absent(),
        };
    }
    if let Some(any) = only_many(list) {
        return match &any.kind {
            Kind::Reference(_) => any.clone(),
            _ => unknown("how many elements there are is not known", place),
        };
    }
    if uncertain > 3 || list.items.iter().any(|item| item.presence.many) {
        return unknown("which elements there are is not known", place);
    }
    guarded_nth(&list.items, at, place, list.open.is_some())
}

fn guarded_nth(items: &[value::Item], at: usize, place: Place, open: bool) -> Value {
    let Some((first, rest)) = items.split_first() else {
        return if open { unknown("which elements there are is not known", place) } else { Value::absent() };
    };
    let here = |place| match at {
        0 => first.value.clone(),
        _ => guarded_nth(rest, at - 1, place, open),
    };
    if first.presence.is_certain() {
        return here(place);
    }
    let when = first.presence.when.clone();
    let choices = vec![(when.clone(), here(place)), (when.not(), guarded_nth(rest, at, place, open))];
    choose(choices, Origin::computed(place))
}
