//! Values of carelint in terms that can be compared with a plan's: references and templates looked through as far as the
//! configuration itself tells what stands behind them, texts of JSON as what they say.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use smol_str::SmolStr;
use value::declared::{Declared, Resource};
use value::{Identity, Kind, Number, Part, Value};

/// Most references that are followed one after another.
const MOST: usize = 16;

/// The resources of an evaluation by key.
pub(super) struct Resources<'d> {
    by_key: BTreeMap<&'d str, &'d Resource>,
}

impl<'d> Resources<'d> {
    /// The resources of an evaluation.
    pub(super) fn of(declared: &'d Declared) -> Self {
        let by_key = declared.resources.iter().map(|resource| (resource.key.as_str(), resource.as_ref()));
        Self { by_key: by_key.collect() }
    }

    /// A value with references and templates looked through.
    pub(super) fn resolve(&self, value: &Value) -> Value {
        self.follow(value, MOST)
    }

    fn follow(&self, value: &Value, left: usize) -> Value {
        if left == 0 {
            return value.clone();
        }
        match &value.kind {
            Kind::Reference(reference) if !reference.many => {
                let target =
                    self.by_key.get(reference.to.as_str()).filter(|_| !reference.attribute.is_empty());
                let Some(target) = target else { return value.clone() };
                let mut found = target.attributes.clone();
                for step in reference.attribute.split('.') {
                    found = self.select(&found, step, left);
                }
                if found.is_absent() { value.clone() } else { self.follow(&found, left - 1) }
            }
            Kind::Template(template) => {
                let parts = template.parts.iter().map(|part| match part {
                    Part::Text(_) => part.clone(),
                    Part::Value(inner) => {
                        let inner = self.follow(inner, left - 1);
                        scalar(&inner).map_or(Part::Value(inner), Part::Text)
                    }
                });
                Value::template(parts, value.origin.clone()).with_sensitivity(value.sensitive)
            }
            _ => value.clone(),
        }
    }

    /// A step into a value: a key, or the index of an element.
    fn select(&self, value: &Value, step: &str, left: usize) -> Value {
        let value = self.follow(value, left - 1);
        let index = step.parse::<usize>().ok();
        match (value.as_list(), index) {
            (Some(list), Some(index)) => {
                list.items.get(index).map_or_else(Value::absent, |item| item.value.clone())
            }
            _ => value.get(step),
        }
    }
}

/// A known scalar as text.
pub(super) fn scalar(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(number.to_string().into()),
        Kind::Bool(known) => Some(SmolStr::new_static(if *known { "true" } else { "false" })),
        _ => None,
    }
}

/// Whether a known scalar and a planned one are the same once the provider's schema has converted it.
pub(super) fn same_scalar(value: &Value, planned: &Json) -> bool {
    let Some(text) = scalar(value) else { return false };
    match planned {
        Json::String(planned) => *planned == *text || same_json(&text, planned),
        Json::Bool(planned) => text == planned.to_string(),
        Json::Number(planned) => {
            let numbers = Number::parse(&text).zip(Number::parse(&planned.to_string()));
            numbers.is_some_and(|(known, planned)| known.to_big() == planned.to_big())
        }
        _ => false,
    }
}

/// Whether two texts are JSON objects or lists and say the same: providers write policies in their own way.
fn same_json(text: &str, planned: &str) -> bool {
    let parsed = |text: &str| {
        serde_json::from_str::<Json>(text).ok().filter(|json| json.is_object() || json.is_array())
    };
    parsed(text).zip(parsed(planned)).is_some_and(|(known, planned)| known == planned)
}

/// What carelint does not know, in its own words without names: the first unknown of a value.
pub(super) fn why_unknown(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(format!("unknown: {}", unknown.reason)),
        Kind::Reference(reference) => {
            let of = Identity::shown(&reference.to);
            let many = if reference.many { " of one of many" } else { "" };
            Some(format!("reference to `{}`{many} of {of}", reference.attribute))
        }
        Kind::Alternatives(_) => Some("one of several values".to_owned()),
        Kind::Template(template) => template.parts.iter().find_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(inner) => why_unknown(inner),
        }),
        Kind::List(list) => {
            let open = list.open.as_ref().map(|open| format!("open list: {}", open.reason));
            let uncertain = list.items.iter().any(|item| !item.presence.is_certain());
            open.or_else(|| uncertain.then(|| "an element may not be there".to_owned()))
        }
        Kind::Map(map) => {
            let open = map.open.as_ref().map(|open| format!("open map: {}", open.reason));
            let uncertain = map.entries.iter().any(|entry| !entry.presence.is_certain() || entry.replaceable);
            open.or_else(|| uncertain.then(|| "an entry may not be there".to_owned()))
        }
        _ => None,
    }
}
