//! Paths over values. Invariant: what a path leaves undecided (an open list, a guarded block, an unknown container)
//! stays undecided in the result, and nothing is copied as long as everything on the way is certain.

use std::borrow::Cow;

use language::ir::Step;
use value::{Blind, How, Item, Kind, List, Origin, Truth, Unknown, Value, World, equal};

use crate::choices::{append, is_nothing, list, map, or_else};

/// Nothing, to be borrowed.
static ABSENT: Value = Value {
    kind: Kind::Absent,
    origin: Origin { place: None, how: How::Computed, via: None },
    sensitive: false,
};

/// The value at `path`. A list of one element is walked as that element. Of a list of several, a name step takes
/// the values of all (`flat`, for attributes that are lists) or the first that is there.
pub(crate) fn walk<'v>(value: &'v Value, path: &[Step], flat: bool) -> Cow<'v, Value> {
    let mut here = value;
    let mut rest = path;
    let mut sensitive = false;
    while let Some((step, deeper)) = rest.split_first() {
        sensitive |= here.sensitive;
        match certain(here, step) {
            Some(next) => (here, rest) = (next, deeper),
            None => return Cow::Owned(uncertain(here, step, deeper, flat).with_sensitivity(sensitive)),
        }
    }
    if sensitive && !here.sensitive {
        return Cow::Owned(here.clone().with_sensitivity(true));
    }
    Cow::Borrowed(here)
}

/// One step that is certain; none if it takes more thought.
fn certain<'v>(here: &'v Value, step: &Step) -> Option<&'v Value> {
    match (&here.kind, step) {
        (Kind::Map(map), Step::Name(name)) => match map.entries.iter().find(|entry| entry.key == *name) {
            Some(entry) if entry.presence.is_certain() && !entry.replaceable => Some(&entry.value),
            Some(_) => None,
            None => map.open.is_none().then_some(&ABSENT),
        },
        (Kind::List(list), Step::Name(_)) => match list.items.as_slice() {
            [] if list.open.is_none() => Some(&ABSENT),
            [only] if list.open.is_none() && only.presence.is_certain() && !only.value.sensitive => {
                certain(&only.value, step)
            }
            _ => None,
        },
        (Kind::List(list), Step::Index(index)) => {
            let index = *index as usize;
            let before = list.items.get(..=index).unwrap_or(&list.items);
            let settled = before.iter().all(|item| item.presence.is_certain());
            match list.items.get(index) {
                Some(item) if settled => Some(&item.value),
                None if settled && list.open.is_none() => Some(&ABSENT),
                _ => None,
            }
        }
        (Kind::Absent | Kind::Null, _) => Some(&ABSENT),
        // A single block or a scalar where a list may stand is its only element.
        (
            Kind::Map(_) | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Template(_),
            Step::Index(0),
        ) => Some(here),
        (Kind::Map(_), Step::Index(_)) => Some(&ABSENT),
        (Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Template(_), _) => Some(&ABSENT),
        _ => None,
    }
}

/// The value at `step`, then `rest`, where the step is not certain.
fn uncertain(here: &Value, step: &Step, rest: &[Step], flat: bool) -> Value {
    let onward = |value: &Value| walk(value, rest, flat).into_owned();
    match (&here.kind, step) {
        (Kind::Alternatives(_), _) => map(here, &mut |choice| then(choice, step, rest, flat)),
        (Kind::Map(map), Step::Name(name)) => onward(&map.get(name)),
        (Kind::List(list), Step::Name(_)) if flat => flattened(list, here, step, rest),
        (Kind::List(list), Step::Name(_)) => first_present(list, here, step, rest),
        (Kind::List(list), Step::Index(index)) => onward(&nth(list, here, *index as usize)),
        (Kind::List(list), Step::Entry(field, text)) => entry(list, here, (field, text), &onward),
        (Kind::Map(_), Step::Entry(field, text)) => {
            let only = List::new(vec![Item::certain(here.clone())], None);
            entry(&only, here, (field, text), &onward)
        }
        (Kind::Unknown(unknown), Step::Entry(_, text)) => {
            let unknown = Unknown { may_be_absent: true, ..unknown.select(text) };
            onward(&Value::unknown(unknown, here.origin.clone()))
        }
        (Kind::Reference(reference), Step::Entry(_, text)) => {
            let shown = value::Identity::shown(&reference.to);
            let reason =
                format!("the entry `{text}` of {shown}.{} is known after deployment", reference.attribute);
            let unknown = Unknown { may_be_absent: true, ..Unknown::fresh(reason) };
            onward(&Value::unknown(unknown, here.origin.clone()))
        }
        (_, Step::Name(name)) => onward(&here.get(name)),
        (_, Step::Index(index)) => onward(&here.get(&index.to_string())),
        _ => Value::absent(),
    }
}

/// The value at `step`, then `rest`.
fn then(here: &Value, step: &Step, rest: &[Step], flat: bool) -> Value {
    match certain(here, step) {
        Some(next) => walk(next, rest, flat).into_owned(),
        None => uncertain(here, step, rest, flat),
    }
}

fn maybe(open: &Unknown, origin: &Origin) -> Value {
    Value::unknown(Unknown { may_be_absent: true, ..open.clone() }, origin.clone())
}

/// The values of all elements.
fn flattened(elements: &List, here: &Value, step: &Step, rest: &[Step]) -> Value {
    let mut out = elements.with(Vec::new());
    for item in &elements.items {
        append(&mut out, &then(&item.value, step, rest, true), &item.presence);
    }
    if out.items.is_empty() && out.open.is_none() {
        return Value::absent();
    }
    list(out, here.origin.clone())
}

/// The value of the first element that has one.
fn first_present(elements: &List, here: &Value, step: &Step, rest: &[Step]) -> Value {
    let mut found = Vec::new();
    let mut settled = false;
    for item in &elements.items {
        let value = then(&item.value, step, rest, false).guarded_by(&item.presence);
        if is_nothing(&value) {
            continue;
        }
        settled = !matches!(value.kind, Kind::Alternatives(_));
        found.push(value);
        if settled {
            break;
        }
    }
    let last = match &elements.open {
        Some(open) if !settled => maybe(open, &here.origin),
        _ => Value::absent(),
    };
    found.into_iter().rev().fold(last, |later, value| or_else(value, || later))
}

/// The element at `index`, where some before it may be missing.
fn nth(list: &List, here: &Value, index: usize) -> Value {
    let unsure = |reason: &str| {
        Value::unknown(Unknown { may_be_absent: true, ..Unknown::fresh(reason) }, here.origin.clone())
    };
    let before = list.items.get(..=index).unwrap_or(&list.items);
    if index > 0 && before.iter().any(|item| !item.presence.is_certain()) {
        return unsure("which elements of the list are there is not known");
    }
    let last = match &list.open {
        Some(open) => maybe(open, &here.origin),
        None => Value::absent(),
    };
    match list.items.get(index) {
        Some(_) if index == 0 => {
            let end = list.items.iter().position(|item| item.presence.is_certain());
            let items = list.items.get(..=end.unwrap_or(usize::MAX - 1)).unwrap_or(&list.items);
            let choice =
                |later, item: &Item| or_else(item.value.clone().guarded_by(&item.presence), || later);
            items.iter().rev().fold(last, choice)
        }
        Some(item) => item.value.clone(),
        None => last,
    }
}

/// The entry of a name/value list whose field has this text.
fn entry(
    list: &List,
    here: &Value,
    (field, text): (&'static str, &str),
    onward: &dyn Fn(&Value) -> Value,
) -> Value {
    let wanted = Value::string(smol_str::SmolStr::new(text), Origin::default());
    let mut found = Vec::new();
    let mut doubt: Option<Unknown> = list.open.as_deref().cloned();
    let mut settled = false;
    for item in &list.items {
        match equal(&walk(&item.value, &[Step::Name(field)], false), &wanted, &Blind, &World::default()) {
            Truth::Yes => found.push(onward(&item.value).guarded_by(&item.presence)),
            Truth::No => continue,
            Truth::Unknown(causes) => {
                let reason = causes.first().map(|cause| cause.reason.clone()).unwrap_or_default();
                doubt.get_or_insert(Unknown::fresh(reason));
                continue;
            }
        }
        settled = item.presence.is_certain();
        if settled {
            break;
        }
    }
    let last = match doubt {
        Some(doubt) if !settled => maybe(&doubt, &here.origin),
        _ => Value::absent(),
    };
    found.into_iter().rev().fold(last, |later, value| or_else(value, || later))
}
