//! `replace` where not everything is known: in the known parts of a text, and in the strings of a document that
//! stands for its JSON. Nothing is told where a match could lie across what is known and what is not.

use std::sync::Arc;

use value::{Condition, Item, Kind, MapEntry, Origin, Part, Value};

use super::Invocation;
use crate::eval::Evaluator;
use crate::eval::text::{self, primitive};

/// A shorter text could lie across the end of a known part; placeholders, which are what is replaced in texts that
/// are not wholly known, are longer.
const SHORTEST: usize = 8;

/// The result of a call with arguments that are not wholly known texts, where it can be told.
pub(super) fn partly(evaluator: &Evaluator<'_>, call: &Invocation<'_>, arguments: &[Value]) -> Option<Value> {
    let [whole, from, to] = arguments else { return None };
    let from = primitive(from).filter(|from| from.len() > 1)?;
    if from.starts_with('/') && from.ends_with('/') {
        return None;
    }
    let is_document = matches!(whole.kind, Kind::Map(_) | Kind::List(_));
    if is_document && !(lies_within_a_string(&from) && keeps_strings(to)) {
        return None;
    }
    let to = text::parts(to)?;
    Replacement { evaluator, call, from: &from, to }.within(whole)
}

/// Whether a text, found in JSON, is part of a string of it.
fn lies_within_a_string(text: &str) -> bool {
    let structural = |c: char| matches!(c, '"' | '\\' | '{' | '}' | '[' | ']' | ',') || c.is_control();
    let literal = |c: char| "truefalsn.+-E0123456789".contains(c);
    !text.contains(structural) && !text.starts_with(':') && !text.chars().all(literal)
}

/// Whether a text leaves a JSON string one string.
fn keeps_strings(value: &Value) -> bool {
    let keeps = |text: &str| !text.contains(|c: char| matches!(c, '"' | '\\') || c.is_control());
    match &value.kind {
        Kind::Template(template) => template.parts.iter().all(|part| match part {
            Part::Text(text) => keeps(text),
            Part::Value(value) => keeps_strings(value),
        }),
        Kind::Map(_) | Kind::List(_) => false,
        _ => primitive(value).is_none_or(|text| keeps(&text)),
    }
}

struct Replacement<'r, 'e> {
    evaluator: &'r Evaluator<'e>,
    call: &'r Invocation<'r>,
    from: &'r str,
    to: Vec<Part>,
}

impl Replacement<'_, '_> {
    fn within(&self, value: &Value) -> Option<Value> {
        let kind = match &value.kind {
            Kind::String(text) if !text.contains(self.from) => return Some(value.clone()),
            Kind::String(text) => {
                return Some(text::template(self.in_text(text), value.origin.clone()));
            }
            Kind::Template(_) if self.from.len() < SHORTEST => return None,
            Kind::Template(template) => {
                let mut parts = Vec::with_capacity(template.parts.len());
                for part in &template.parts {
                    match part {
                        Part::Text(text) => parts.extend(self.in_text(text)),
                        Part::Value(value) => parts.push(Part::Value(self.within(value)?)),
                    }
                }
                return Some(text::template(parts, value.origin.clone()));
            }
            Kind::List(list) => {
                let item = |item: &Item| Some(Item { value: self.within(&item.value)?, ..item.clone() });
                let items: Option<Vec<Item>> = list.items.iter().map(item).collect();
                Kind::List(Arc::new(list.with(items?)))
            }
            Kind::Map(map) => {
                let entry = |entry: &MapEntry| {
                    let value = self.within(&entry.value)?;
                    (!entry.key.contains(self.from)).then(|| MapEntry { value, ..entry.clone() })
                };
                let entries: Option<Vec<MapEntry>> = map.entries.iter().map(entry).collect();
                Kind::Map(Arc::new(map.with(entries?)))
            }
            Kind::Alternatives(alternatives) => {
                let choice = |(when, choice): &(Condition, Value)| Some((when.clone(), self.within(choice)?));
                let choices: Option<Vec<_>> = alternatives.choices.iter().map(choice).collect();
                return Some(Value::alternatives(choices?, value.origin.clone()));
            }
            // What AWS makes up holds no placeholder.
            Kind::Reference(_) | Kind::Absent | Kind::Null | Kind::Bool(_) | Kind::Number(_) => {
                return Some(value.clone());
            }
            Kind::Unknown(_) => {
                let from = Value::string(self.from, Origin::computed(self.call.place));
                return Some(self.evaluator.derived(self.call.name, &[value.clone(), from], self.call.place));
            }
        };
        Some(Value { kind, ..value.clone() })
    }

    fn in_text(&self, text: &str) -> Vec<Part> {
        let mut parts = Vec::new();
        for (at, between) in text.split(self.from).enumerate() {
            if at > 0 {
                parts.extend(self.to.iter().cloned());
            }
            if !between.is_empty() {
                parts.push(Part::Text(between.into()));
            }
        }
        parts
    }
}
