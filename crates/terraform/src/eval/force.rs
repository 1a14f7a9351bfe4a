//! Looking through references: an attribute of a resource that is written as its argument has the argument's value
//! where a value is needed.

use std::sync::Arc;

use value::{Item, Kind, MapEntry, Origin, Part, Reference, Value};

use super::Evaluator;

impl Evaluator<'_> {
    /// The value, with a reference at its top replaced by the argument that is behind it, if one is written.
    pub(crate) fn force(&mut self, value: Value) -> Value {
        let looked_through =
            matches!(value.kind, Kind::Reference(_) | Kind::Template(_) | Kind::Alternatives(_));
        if looked_through && !self.pay(1) {
            if let Some(place) = value.origin.place {
                self.limit_hit(place);
            }
            return value;
        }
        match &value.kind {
            Kind::Reference(reference) if !reference.attribute.is_empty() && !reference.many => {
                let reference = reference.clone();
                match self.written(&reference) {
                    Some(written) => {
                        let written = self.force(written);
                        written.with_sensitivity(value.sensitive)
                    }
                    None => value,
                }
            }
            Kind::Template(template) if template.parts.iter().any(is_reference) => {
                let template = template.clone();
                let mut parts = Vec::new();
                for part in &template.parts {
                    match part {
                        Part::Text(_) => parts.push(part.clone()),
                        Part::Value(inner) => {
                            let forced = self.force(inner.clone());
                            parts.extend(super::text::parts(&forced).unwrap_or_else(|| vec![part.clone()]));
                            if parts.len() > super::template::MOST_PARTS {
                                return value;
                            }
                        }
                    }
                }
                Value::template(parts, value.origin.clone()).with_sensitivity(value.sensitive)
            }
            Kind::Alternatives(alternatives)
                if alternatives.choices.iter().any(|(_, choice)| has_reference(choice)) =>
            {
                let alternatives = alternatives.clone();
                let choices = alternatives
                    .choices
                    .iter()
                    .map(|(condition, choice)| (condition.clone(), self.force(choice.clone())));
                super::condition::choose(choices.collect(), value.origin.clone())
            }
            _ => value,
        }
    }

    /// The value, with references in it at any depth replaced.
    pub(crate) fn force_deep(&mut self, value: Value) -> Value {
        if !has_reference(&value) {
            return value;
        }
        match &value.kind {
            Kind::List(list) => {
                let mut items = Vec::with_capacity(list.items.len());
                for item in &list.items {
                    items.push(Item {
                        value: self.force_deep(item.value.clone()),
                        presence: item.presence.clone(),
                    });
                }
                let kind = Kind::List(Arc::new(list.with(items)));
                Value { kind, ..value }
            }
            Kind::Map(map) => {
                let mut entries = Vec::with_capacity(map.entries.len());
                for entry in &map.entries {
                    entries.push(MapEntry { value: self.force_deep(entry.value.clone()), ..entry.clone() });
                }
                let kind = Kind::Map(Arc::new(map.with(entries)));
                Value { kind, ..value }
            }
            Kind::Alternatives(alternatives) => {
                let alternatives = alternatives.clone();
                let choices = alternatives
                    .choices
                    .iter()
                    .map(|(condition, choice)| (condition.clone(), self.force_deep(choice.clone())));
                super::condition::choose(choices.collect(), value.origin.clone())
            }
            _ => self.force(value),
        }
    }

    /// The argument that a reference's attribute was written as; none if it was not written or is not known either.
    fn written(&mut self, reference: &Reference) -> Option<Value> {
        let target = self.targets.get(&reference.to).copied()?;
        let resource = self.resource_block(target)?;
        let path = match reference.attribute.strip_prefix("output") {
            // What goes in comes out once it is applied.
            Some(rest)
                if resource.type_name == "terraform_data" && (rest.is_empty() || rest.starts_with('.')) =>
            {
                format!("input{rest}")
            }
            _ => reference.attribute.to_string(),
        };
        let mut value = match path.split('.').next() {
            Some("tags_all") => Value::map([("tags_all".into(), self.tags_all(target)?)], Origin::default()),
            _ => self.body(target),
        };
        let mut rest = path.as_str();
        while !rest.is_empty() {
            let (step, after) = first_step(&value, rest);
            rest = after;
            value = match &value.kind {
                Kind::List(list) => match step.parse::<usize>() {
                    Ok(at) if list.items.iter().all(|item| item.presence.is_certain()) => {
                        list.items.get(at)?.value.clone()
                    }
                    _ => return None,
                },
                Kind::Map(_) => value.get(step),
                _ => return None,
            };
        }
        // What is not written is the provider's to compute.
        match &value.kind {
            Kind::Absent | Kind::Null | Kind::Unknown(_) => None,
            _ => Some(value),
        }
    }
}

/// The first step of a path from a value, and the rest. Keys of maps may have dots in them.
fn first_step<'p>(value: &Value, path: &'p str) -> (&'p str, &'p str) {
    let step = |length: usize| {
        let (step, rest) = path.split_at_checked(length)?;
        (rest.is_empty() || rest.starts_with('.')).then(|| (step, rest.trim_start_matches('.')))
    };
    let keys = value.as_map().into_iter().flat_map(|map| &map.entries).map(|entry| &entry.key);
    let longest = keys.filter(|key| path.starts_with(key.as_str())).filter_map(|key| step(key.len()));
    let longest = longest.max_by_key(|(step, _)| step.len());
    longest.unwrap_or_else(|| path.split_once('.').unwrap_or((path, "")))
}

fn is_reference(part: &Part) -> bool {
    matches!(part, Part::Value(value) if has_reference(value))
}

fn has_reference(value: &Value) -> bool {
    match &value.kind {
        Kind::Reference(_) => true,
        Kind::Template(template) => template.parts.iter().any(is_reference),
        Kind::List(list) => list.items.iter().any(|item| has_reference(&item.value)),
        Kind::Map(map) => map.entries.iter().any(|entry| has_reference(&entry.value)),
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().any(|(_, choice)| has_reference(choice))
        }
        _ => false,
    }
}
