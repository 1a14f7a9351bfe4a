//! Documents put together: a statement takes the place of an earlier one with its `Sid`, others are added.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Condition, Identity, Item, Kind, List, Part, Presence, Unknown, Value};

use super::{Force, NEWEST, is_nothing, read, why, written};
use crate::eval::identity::{identity_text, reason};
use crate::eval::view::view;
use crate::functions::json_value;

/// What a document that is merged may do to the statements before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// The sources: no two of them may have a `Sid` in common.
    Source,
    /// Overrides replace what has their `Sid`.
    Override,
}

/// The document so far.
#[derive(Default)]
pub(super) struct Merged {
    items: Vec<Item>,
    open: Option<Arc<Unknown>>,
    versions: Vec<Value>,
    id: Option<Value>,
}

/// The `Sid` of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Sid {
    /// Known.
    Text(SmolStr),
    /// Not known, by its identity or, without one, its reason; and what is known of how it begins and ends.
    Symbol { atom: SmolStr, start: SmolStr, end: SmolStr },
}

impl Sid {
    fn of(statement: &Value) -> Option<Self> {
        let sid = written(statement, "Sid");
        if let Some(text) = sid.as_str() {
            return Some(Self::Text(SmolStr::new(text))).filter(|_| !text.is_empty());
        }
        if is_nothing(&sid) {
            return None;
        }
        let atom = identity_text(&sid).or_else(|| reason(&sid))?;
        let known = |part: Option<&Part>| match part {
            Some(Part::Text(text)) => text.clone(),
            _ => SmolStr::default(),
        };
        let (start, end) = match &sid.kind {
            Kind::Template(template) => (known(template.parts.first()), known(template.parts.last())),
            _ => Default::default(),
        };
        Some(Self::Symbol { atom, start, end })
    }

    /// The condition under which a statement of this `Sid` is there at all.
    fn there(&self, item: &Item) -> Condition {
        if !item.presence.many {
            return item.presence.when.clone();
        }
        let (Self::Text(name) | Self::Symbol { atom: name, .. }) = self;
        // What stands before the separator keeps this apart from other documents and is not shown.
        let (place, between) = (item.value.origin.place, Identity::SEPARATOR);
        let atom = format!("{place:?}{between}statement {name} is there");
        Condition::literal(atom, "true").and(item.presence.when.clone())
    }

    /// The condition under which two are the same.
    fn same(&self, other: &Self) -> Condition {
        match (self, other) {
            (Self::Text(a), Self::Text(b)) => {
                if a == b {
                    Condition::Always
                } else {
                    Condition::Never
                }
            }
            (Self::Symbol { atom, start, end }, Self::Text(text))
            | (Self::Text(text), Self::Symbol { atom, start, end }) => {
                let possible = text.starts_with(start.as_str()) && text.ends_with(end.as_str());
                if possible { Condition::literal(atom.clone(), text.clone()) } else { Condition::Never }
            }
            (Self::Symbol { atom: a, .. }, Self::Symbol { atom: b, .. }) => {
                if a == b {
                    Condition::Always
                } else {
                    Condition::Never
                }
            }
        }
    }
}

impl Merged {
    /// How many statements there are.
    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    /// Says that there may be more statements.
    pub(super) fn open(&mut self, open: Option<Arc<Unknown>>) {
        self.open = self.open.take().or(open);
    }

    /// Version and id of a document; the newest version and the last id hold.
    pub(super) fn add_header(&mut self, version: Value, id: Value) {
        if !is_nothing(&version) {
            self.versions.push(version);
        }
        if !is_nothing(&id) {
            self.id = Some(id);
        }
    }

    /// The version that holds.
    pub(super) fn version(&self) -> Value {
        let known = self.versions.iter().filter(|version| version.as_str().is_some());
        let newest = known.max_by(|a, b| a.as_str().cmp(&b.as_str()));
        let unknown = self.versions.iter().find(|version| version.as_str().is_none());
        match (newest, unknown) {
            (Some(newest), _) if newest.as_str() == Some(NEWEST) => newest.clone(),
            (_, Some(unknown)) => unknown.clone(),
            (newest, None) => newest.cloned().unwrap_or_else(Value::absent),
        }
    }

    /// The id that holds.
    pub(super) fn id(&mut self) -> Option<Value> {
        self.id.take()
    }

    /// The statements.
    pub(super) fn statements(self) -> List {
        List::new(self.items, self.open)
    }

    /// Adds a statement, which takes the place of one with its `Sid` among the first `replaceable`.
    pub(super) fn put(&mut self, item: Item, replaceable: usize) {
        let Some(sid) = Sid::of(&item.value) else {
            self.items.push(item);
            return;
        };
        let there = sid.there(&item);
        for known in self.items.iter_mut().take(replaceable) {
            let Some(other) = Sid::of(&known.value) else { continue };
            match sid.same(&other) {
                Condition::Never => {}
                Condition::Always if item.presence.is_certain() && known.presence.is_certain() => {
                    *known = item;
                    return;
                }
                same => {
                    let replaced = Presence::guarded(same.and(there.clone()).not());
                    known.presence = known.presence.and(&replaced);
                }
            }
        }
        self.items.retain(|known| known.presence.when != Condition::Never);
        self.items.push(item);
    }

    /// Adds the statements of one document or of a list of documents.
    pub(super) fn add_documents(&mut self, force: &mut Force<'_>, value: &Value, role: Role) {
        let value = force(value.clone());
        if is_nothing(&value) {
            return;
        }
        let Kind::List(list) = &value.kind else {
            self.add_document(force, &value, &Presence::CERTAIN, role);
            return;
        };
        self.open(list.open.clone());
        for item in &list.items {
            self.add_document(force, &item.value, &item.presence, role);
        }
    }

    fn add_document(&mut self, force: &mut Force<'_>, value: &Value, presence: &Presence, role: Role) {
        let value = force(value.clone());
        if is_nothing(&value) {
            return;
        }
        let parsed = match &value.kind {
            Kind::String(text) => json_value(text, &value.origin),
            Kind::Map(_) => Some(value.clone()),
            Kind::Alternatives(alternatives) => {
                for (condition, choice) in &alternatives.choices {
                    let guarded = presence.and(&Presence::guarded(condition.clone()));
                    if !matches!(choice.kind, Kind::Alternatives(_)) {
                        self.add_document(force, choice, &guarded, role);
                    }
                }
                return;
            }
            _ => None,
        };
        match parsed {
            Some(document) => self.add_parsed(document, presence, role),
            None => self.add_unknown(&value, presence, role),
        }
    }

    fn add_parsed(&mut self, document: Value, presence: &Presence, role: Role) {
        if presence.is_certain() {
            self.add_header(written(&document, "Version"), written(&document, "Id"));
        }
        let list = written(&document, "Statement");
        let list = if list.as_map().is_some() { Value::list([list], document.origin) } else { list };
        let Some(view) = view(&list) else { return };
        self.open(view.open);
        let replaceable = if role == Role::Override { self.items.len() } else { 0 };
        for entry in view.entries {
            let value = read::statement(&entry.value);
            self.put(Item { value, presence: entry.presence.and(presence) }, replaceable);
        }
    }

    /// A document of which is not known what it says: it may say anything and, if it overrides, instead of what is
    /// there.
    fn add_unknown(&mut self, value: &Value, presence: &Presence, role: Role) {
        self.open(Some(why(value)));
        if role == Role::Source {
            return;
        }
        let document = identity_text(value).or_else(|| reason(value)).unwrap_or_default();
        for known in &mut self.items {
            let name = match Sid::of(&known.value) {
                None => continue,
                Some(Sid::Text(text)) => text,
                Some(Sid::Symbol { atom, .. }) => atom,
            };
            let atom = SmolStr::from(format!("{document} has a statement {name}"));
            let replaced = Condition::literal(atom, "true").and(presence.when.clone());
            known.presence = known.presence.and(&Presence::guarded(replaced.not()));
        }
    }
}
