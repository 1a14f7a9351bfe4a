//! Lists of records. Invariant: every element of the source is one record, and wrappers that hold elements of their
//! own are descended through only where the model names them.

use language::ir::{How, Path, Record, Type};
use smol_str::SmolStr;
use value::{Item, Kind, List, Origin, Presence, Value};

use super::{At, Reader, literal, shape, walk};
use crate::choices::{append, is_nothing, list, map, or_else};

/// Deepest nesting of wrappers.
const DEEPEST: usize = 24;
/// Most records of one list; what is beyond them leaves the list open.
const MOST: usize = 20_000;

/// How the elements of a list are read.
pub(super) struct Fields<'f> {
    pub(super) reader: &'f Reader<'f, 'f>,
    pub(super) through: &'static [Path],
    pub(super) fields: &'static [(&'static str, How)],
    pub(super) record: Option<&'static Record>,
}

impl Fields<'_> {
    /// The records at `path`; the resource itself is the one element if the path is empty.
    pub(super) fn each(&self, path: Path, at: &At<'_>) -> Value {
        if path.is_empty() && !matches!(at.value.kind, Kind::List(_)) {
            let mut only = List::default();
            let value = Value { origin: Origin::literal(at.resource.place), ..at.value.clone() };
            self.element(&Item::certain(value), at, DEEPEST, &mut only);
            return list(only, Origin::literal(at.resource.place));
        }
        map(&at.walk(path, true), &mut |found| match &found.kind {
            Kind::Absent | Kind::Null => Value::absent(),
            Kind::Unknown(_) => found.clone(),
            _ => {
                let mut elements = List::default();
                append(&mut elements, found, &Presence::CERTAIN);
                let mut records = List::new(Vec::with_capacity(elements.items.len()), elements.open);
                elements.items.iter().for_each(|item| self.element(item, at, DEEPEST, &mut records));
                list(records, found.origin.clone()).with_sensitivity(found.sensitive)
            }
        })
    }

    /// Adds the record of one element, and those of the elements that its wrappers hold.
    fn element(&self, item: &Item, at: &At<'_>, depth: usize, out: &mut List) {
        if depth == 0 || out.items.len() >= MOST {
            let too_many = value::Unknown::fresh("the list is nested too deeply or too long");
            out.open.get_or_insert_with(|| too_many.into());
            return;
        }
        let mut nested = List::default();
        for wrapper in self.through {
            append(&mut nested, &walk(&item.value, wrapper, true), &item.presence);
        }
        let (value, says_something) = self.record(&item.value, at);
        // A wrapper that says nothing itself is no element.
        if says_something || (nested.items.is_empty() && nested.open.is_none()) {
            out.items.push(Item { value, presence: item.presence.clone() });
        }
        if out.open.is_none() {
            out.open.clone_from(&nested.open);
        }
        nested.items.iter().for_each(|inner| self.element(inner, at, depth - 1, out));
    }

    /// The record of an element, and whether any of its fields is written.
    fn record(&self, element: &Value, at: &At<'_>) -> (Value, bool) {
        if self.fields.is_empty() {
            return (element.clone(), true);
        }
        let at = At { value: element, ..*at };
        let mut says_something = false;
        let mut entries = Vec::with_capacity(self.fields.len());
        for (name, how) in self.fields {
            let field = self.record.and_then(|record| record.fields.iter().find(|field| field.name == *name));
            let ty = field.map_or(Type::Any, |field| field.ty);
            let value = shape::coerced(&self.reader.read(how, &at, ty), ty);
            let is_written = !is_nothing(&value) && value.origin.how != value::How::Default;
            says_something |= is_written && !matches!(how, How::Const(_));
            let value = match field {
                Some(field) if field.secret && !is_nothing(&value) => shape::sensitive(&value),
                Some(language::ir::Field { default: Some(known), .. }) => or_else(value, || {
                    literal(*known, Origin { place: None, how: value::How::Default, via: None })
                }),
                _ => value,
            };
            if !is_nothing(&value) {
                entries.push((SmolStr::new_static(name), value.with_sensitivity(element.sensitive)));
            }
        }
        self.unread_defaults(&mut entries);
        (Value::map(entries, element.origin.clone()), says_something)
    }

    /// Defaults of fields that this spelling does not read.
    fn unread_defaults(&self, entries: &mut Vec<(SmolStr, Value)>) {
        for field in self.record.map_or(&[][..], |record| record.fields) {
            let Some(known) = field.default else { continue };
            if self.fields.iter().all(|(name, _)| *name != field.name) {
                let origin = Origin { place: None, how: value::How::Default, via: None };
                entries.push((SmolStr::new_static(field.name), literal(known, origin)));
            }
        }
    }
}
