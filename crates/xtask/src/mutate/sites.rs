//! Where a resource spells the attributes that checks read: the keys on the way to each value, and the value.

use std::collections::BTreeSet;

use language::ir::{How, Step};
use source::Place;
use value::declared::{Declared, Resource};
use value::{Kind, List, Value};

/// A place of the source that spells something that a check reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// The key of an entry or a block.
    Key(Place),
    /// An element of a list.
    Element(Place),
}

/// A site, with what of the attribute it spells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) site: Site,
    /// The field, where the attribute is a list of records and the site lies in one.
    pub(crate) field: Option<&'static str>,
    /// Whether it spells the list itself or a whole element of it.
    pub(crate) listed: bool,
}

/// Finds sites in one resource.
pub(crate) struct Finder<'a> {
    declared: &'a Declared,
    /// Names that rules select: only these fields of records are looked at.
    names: &'a BTreeSet<&'static str>,
    field: Option<&'static str>,
    listed: bool,
    pub(crate) found: Vec<Found>,
}

impl<'a> Finder<'a> {
    /// A finder that looks at these fields of records.
    pub(crate) fn new(declared: &'a Declared, names: &'a BTreeSet<&'static str>) -> Self {
        Self { declared, names, field: None, listed: false, found: Vec::new() }
    }
}

impl Finder<'_> {
    /// The sites of an attribute that is read by `how` from `value`.
    pub(crate) fn how(&mut self, how: &How, value: &Value) {
        match how {
            How::Path(path) | How::Rename(path, _) | How::Present(path) | How::SelfIf(path) => {
                self.along(path, value);
            }
            How::OneOf(cases) => cases.iter().for_each(|(_, path)| drop(self.along(path, value))),
            How::SetOf(cases) => cases.iter().for_each(|(_, how)| self.how(how, value)),
            How::Any(hows) | How::First(hows) | How::Concat(hows) => {
                hows.iter().for_each(|how| self.how(how, value));
            }
            // A text is mutated as a whole.
            How::Json { path, .. } => drop(self.along(path, value)),
            How::Const(_) => {}
            How::Pairs { path, .. } => {
                let list = self.along(path, value);
                self.elements(&list);
            }
            How::Each { path, fields, .. } => self.each(path, fields, value),
            How::Follow { path, how } => {
                if let Some(target) = self.along(path, value).iter().find_map(|value| self.target(value)) {
                    let attributes = target.attributes.clone();
                    self.how(how, &attributes);
                }
            }
        }
    }

    fn each(&mut self, path: &[Step], fields: &[(&'static str, How)], value: &Value) {
        self.listed = self.field.is_none();
        let lists = if path.is_empty() { vec![value.clone()] } else { self.along(path, value) };
        self.elements(&lists);
        self.listed = false;
        let outer = self.field;
        for element in lists.iter().flat_map(items) {
            for (name, how) in fields {
                // A name tells elements apart and protects nothing.
                if *name != "name" && self.names.contains(name) {
                    self.field = outer.or(Some(*name));
                    self.how(how, &element);
                }
            }
        }
        self.field = outer;
    }

    fn push(&mut self, sites: impl IntoIterator<Item = Site>) {
        let (field, listed) = (self.field, self.listed);
        self.found.extend(sites.into_iter().map(|site| Found { site, field, listed }));
    }

    /// Elements of lists as sites of their own.
    fn elements(&mut self, lists: &[Value]) {
        let lists = lists.iter().filter_map(Value::as_list);
        let places = lists.flat_map(|list| &list.items).filter_map(|item| item.value.origin.place);
        self.push(places.map(Site::Element).collect::<Vec<_>>());
    }

    /// The values at the end of a path; keys on the way are sites.
    fn along(&mut self, path: &[Step], value: &Value) -> Vec<Value> {
        let mut values = vec![value.clone()];
        for step in path {
            values = values.iter().flat_map(|value| self.step(step, value)).collect();
        }
        values
    }

    fn step(&mut self, step: &Step, value: &Value) -> Vec<Value> {
        match step {
            Step::Name(name) => {
                let maps = match &value.kind {
                    Kind::List(list) => list.items.iter().map(|item| item.value.clone()).collect(),
                    _ => vec![value.clone()],
                };
                let entries = maps.iter().filter_map(Value::as_map).filter_map(|map| map.entry(name));
                let entries: Vec<_> = entries.cloned().collect();
                self.push(entries.iter().filter_map(|entry| entry.place).map(Site::Key));
                entries.into_iter().map(|entry| entry.value).collect()
            }
            Step::Index(at) => {
                value.as_list().and_then(|list| element(list, *at as usize)).into_iter().collect()
            }
            Step::Entry(field, text) => {
                let found = items(value).into_iter().find(|item| item.get(field).as_str() == Some(text));
                self.push(found.iter().filter_map(|item| item.origin.place).map(Site::Element));
                found.into_iter().collect()
            }
        }
    }

    /// The resource that a reference leads to.
    fn target(&self, value: &Value) -> Option<&Resource> {
        let Kind::Reference(reference) = &value.kind else { return None };
        self.declared.resources.iter().find(|resource| resource.key == reference.to).map(AsRef::as_ref)
    }
}

fn element(list: &List, at: usize) -> Option<Value> {
    list.items.get(at).map(|item| item.value.clone())
}

/// The elements of a list; any other value is its own only element.
fn items(value: &Value) -> Vec<Value> {
    match value.as_list() {
        Some(list) => list.items.iter().map(|item| item.value.clone()).collect(),
        None if value.is_absent() => Vec::new(),
        None => vec![value.clone()],
    }
}
