//! Lists by key: principals by type, values of a condition by variable.

use std::sync::Arc;

use value::{Item, Kind, List, Map, MapEntry, Origin, Presence, Unknown, Value};

use super::{single_or_list, why};

/// Lists by key, lists of one key joined.
#[derive(Default)]
pub(super) struct Grouped {
    entries: Vec<MapEntry>,
    open: Option<Arc<Unknown>>,
}

impl Grouped {
    pub(super) fn add(&mut self, key: &Value, list: &Value, presence: &Presence) {
        let Some(name) = key.as_str() else {
            self.open(Some(why(key)));
            return;
        };
        // The provider refuses a block without them.
        if list.is_absent() {
            self.open(Some(Arc::new(Unknown::fresh("a list that the provider asks for is not written"))));
            return;
        }
        let known = self.entries.iter_mut().find(|entry| entry.key == name);
        match known {
            Some(entry) => {
                if let (Kind::List(old), Kind::List(new)) = (&mut entry.value.kind, &list.kind) {
                    let item = |item: &Item| Item {
                        value: item.value.clone(),
                        presence: item.presence.and(presence),
                    };
                    let old = Arc::make_mut(old);
                    old.items.extend(new.items.iter().map(item));
                    old.open = old.open.take().or_else(|| new.open.clone());
                } else {
                    entry.replaceable = true;
                    self.open = self.open.take().or_else(|| Some(why(list)));
                }
                entry.presence.when = std::mem::take(&mut entry.presence.when).or(presence.when.clone());
            }
            None => self.entries.push(MapEntry {
                place: key.origin.place,
                presence: presence.clone(),
                ..MapEntry::certain(name, list.clone())
            }),
        }
    }

    /// Says that there may be more keys.
    pub(super) fn open(&mut self, open: Option<Arc<Unknown>>) {
        self.open = self.open.take().or(open);
    }

    /// Whether there is any key at all.
    pub(super) fn presence(&self) -> Presence {
        let when = self
            .entries
            .iter()
            .fold(value::Condition::Never, |any, entry| any.or(entry.presence.when.clone()));
        let many = !self.entries.is_empty() && self.entries.iter().all(|entry| entry.presence.many);
        if self.entries.is_empty() { Presence::CERTAIN } else { Presence { when, many } }
    }

    /// The map in order of the keys; a list of one value is that value.
    pub(super) fn finish(mut self, origin: &Origin) -> Value {
        self.entries.sort_by(|a, b| a.key.cmp(&b.key));
        for entry in &mut self.entries {
            if let Kind::List(list) = &entry.value.kind {
                let list: List = List::clone(list);
                entry.value = single_or_list(list, entry.value.origin.clone());
            }
        }
        Value::new(Kind::Map(Map::new(self.entries, self.open).into()), origin.clone())
    }
}
