//! Collections as a sequence of entries that may be there or not: what `for`, `for_each`, `dynamic` and most
//! functions walk over.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{Condition, Item, Kind, List, Map, MapEntry, Origin, Presence, Reference, Unknown, Value};

use super::condition::{choose, simplified};

/// A collection, walked over.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) entries: Vec<Entry>,
    /// Set if there may be more entries.
    pub(crate) open: Option<Arc<Unknown>>,
    /// Whether keys are those of a map rather than positions.
    pub(crate) map: bool,
    /// Whether it is a set: its elements are their own keys.
    pub(crate) set: bool,
}

/// An entry of a collection.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// A string or a number; unknown if it cannot be told.
    pub(crate) key: Value,
    pub(crate) value: Value,
    pub(crate) presence: Presence,
    /// Where the key is written.
    pub(crate) place: Option<Place>,
    pub(crate) replaceable: bool,
}

/// The entries of a collection, maps in order of their keys; none if it is no collection. Null has no entries.
pub(crate) fn view(value: &Value) -> Option<View> {
    match &value.kind {
        Kind::List(_) | Kind::Map(_) if super::text::document(value).is_some() => None,
        Kind::List(list) => Some(list_view(list, value)),
        Kind::Map(map) => Some(map_view(map, value)),
        Kind::Null => Some(View::default()),
        Kind::Unknown(unknown) if unknown.ty.is_primitive() => None,
        Kind::Unknown(unknown) => Some(unknown_view(unknown, &value.origin, value.sensitive)),
        Kind::Reference(reference) if !reference.attribute.is_empty() => {
            Some(reference_view(reference, &value.origin))
        }
        Kind::Alternatives(alternatives) => {
            let mut merged = View::default();
            for (condition, choice) in &alternatives.choices {
                if choice.is_absent() {
                    continue;
                }
                merge(&mut merged, view(choice)?, condition);
            }
            for entry in &mut merged.entries {
                entry.presence.when = simplified(std::mem::take(&mut entry.presence.when));
            }
            if merged.map {
                sort(&mut merged.entries);
            }
            Some(merged)
        }
        _ => None,
    }
}

fn list_view(list: &List, whole: &Value) -> View {
    let set = list.shape.is_set();
    let mut certain = true;
    let mut entries = Vec::with_capacity(list.items.len());
    for (at, item) in list.items.iter().enumerate() {
        certain &= item.presence.is_certain();
        let key = if set {
            item.value.clone()
        } else if certain {
            Value::number(i64::try_from(at).unwrap_or(i64::MAX), Origin::default())
        } else {
            Value::unknown(Unknown::fresh("the position in the list is not known"), Origin::default())
        };
        let value = inherit(item.value.clone(), whole);
        entries.push(Entry { key, value, presence: item.presence.clone(), place: None, replaceable: false });
    }
    View { entries, open: list.open.clone(), map: false, set }
}

fn map_view(map: &Map, whole: &Value) -> View {
    let entry = |entry: &MapEntry| Entry {
        key: Value::string(entry.key.clone(), entry.place.map(Origin::literal).unwrap_or_default()),
        value: inherit(entry.value.clone(), whole),
        presence: entry.presence.clone(),
        place: entry.place,
        replaceable: entry.replaceable,
    };
    let mut entries: Vec<Entry> = map.entries.iter().map(entry).collect();
    sort(&mut entries);
    View { entries, open: map.open.clone(), map: true, set: false }
}

fn sort(entries: &mut [Entry]) {
    entries.sort_by(|a, b| a.key.as_str().cmp(&b.key.as_str()));
}

/// One entry that stands for all; nothing in it is the same as in another one.
fn unknown_view(unknown: &Unknown, origin: &Origin, sensitive: bool) -> View {
    let fresh = || {
        let inner = Unknown { may_be_absent: false, ..Unknown::fresh(unknown.reason.clone()) };
        Value::unknown(inner, origin.clone()).with_sensitivity(sensitive)
    };
    let entry = Entry {
        key: fresh(),
        value: fresh(),
        presence: Presence::any_number(),
        place: None,
        replaceable: false,
    };
    View { entries: vec![entry], open: None, map: false, set: false }
}

fn reference_view(reference: &Reference, origin: &Origin) -> View {
    let kind = Kind::Reference(Arc::new(Reference { many: true, ..reference.clone() }));
    let key = Value::unknown(Unknown::fresh("the elements are known after deployment"), origin.clone());
    let value = Value::new(kind, origin.clone());
    let entry = Entry { key, value, presence: Presence::any_number(), place: None, replaceable: false };
    View { entries: vec![entry], open: None, map: false, set: false }
}

/// Adds the entries of one alternative; an entry that is there already is there in both.
fn merge(merged: &mut View, other: View, condition: &Condition) {
    merged.map |= other.map;
    merged.set |= other.set;
    merged.open = merged.open.take().or(other.open);
    for mut entry in other.entries {
        entry.presence.when = condition.clone().and(entry.presence.when);
        let same = merged.entries.iter_mut().find(|known| {
            known.presence.many == entry.presence.many
                && known.key.kind == entry.key.kind
                && (other.map || known.value.kind == entry.value.kind)
        });
        let Some(known) = same else {
            merged.entries.push(entry);
            continue;
        };
        if known.value.kind != entry.value.kind {
            let choices = vec![
                (known.presence.when.clone(), known.value.clone()),
                (entry.presence.when.clone(), entry.value.clone()),
            ];
            known.value = choose(choices, known.value.origin.clone());
        }
        known.presence.when = std::mem::take(&mut known.presence.when).or(entry.presence.when);
    }
}

/// An element seen through its collection: it came the way that the collection came, and is as secret.
pub(crate) fn inherit(mut element: Value, whole: &Value) -> Value {
    element.sensitive |= whole.sensitive;
    if whole.origin.via.is_some() && element.origin.steps().count() < 12 {
        let steps: Vec<_> = whole.origin.steps().take(12).cloned().collect();
        for step in steps.into_iter().rev() {
            element.origin = element.origin.through(step.kind, step.name, step.place);
        }
    }
    element
}

impl View {
    /// The view as a list.
    pub(crate) fn into_list(self, origin: Origin) -> Value {
        let items =
            self.entries.into_iter().map(|entry| Item { value: entry.value, presence: entry.presence });
        Value::new(Kind::List(Arc::new(List::new(items.collect(), self.open))), origin)
    }
}

/// A map of entries; later entries of a key win.
#[derive(Debug, Default)]
pub(crate) struct MapBuilder {
    entries: Vec<MapEntry>,
    index: rustc_hash::FxHashMap<SmolStr, usize>,
    open: Option<Arc<Unknown>>,
}

impl MapBuilder {
    /// Adds or overrides an entry.
    pub(crate) fn put(&mut self, new: MapEntry) {
        let Some(old) = self.index.get(&new.key).and_then(|at| self.entries.get_mut(*at)) else {
            self.index.insert(new.key.clone(), self.entries.len());
            self.entries.push(new);
            return;
        };
        if new.presence.is_certain() {
            *old = new;
            return;
        }
        let when = new.presence.when.clone();
        let choices = vec![(when.clone(), new.value), (when.clone().not(), old.value.clone())];
        old.value = choose(choices, old.value.origin.clone());
        old.presence.when = simplified(std::mem::take(&mut old.presence.when).or(when));
        old.presence.many |= new.presence.many;
    }

    /// Says that there may be more entries; those so far may be replaced by them if `override_` is set.
    pub(crate) fn open(&mut self, unknown: Arc<Unknown>, replaces: bool) {
        if replaces {
            self.entries.iter_mut().for_each(|entry| entry.replaceable = true);
        }
        self.open.get_or_insert(unknown);
    }

    /// Whether a key is there.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut MapEntry> {
        self.index.get(key).and_then(|at| self.entries.get_mut(*at))
    }

    pub(crate) fn finish(self, origin: Origin) -> Value {
        Value::new(Kind::Map(Arc::new(Map::new(self.entries, self.open))), origin)
    }
}
