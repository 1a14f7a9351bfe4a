//! Symbolic identities of results: a pure function of things with identities has one itself.

use smol_str::SmolStr;
use source::Place;
use value::{Identity, Kind, MapEntry, Origin, Part, Unknown, Value};

use super::Evaluator;

/// Longest identity that is kept.
const LONGEST: usize = 200;

/// What a value is, symbolically: the same text means the same value. None if nothing else can be the same.
pub(crate) fn identity_text(value: &Value) -> Option<SmolStr> {
    let text = match &value.kind {
        Kind::Unknown(unknown) => unknown.identity.as_ref().map(|identity| identity.text.clone())?,
        Kind::Reference(reference) if !reference.many => {
            SmolStr::from(format!("{}.{}", reference.to, reference.attribute))
        }
        Kind::Null => SmolStr::new_static("null"),
        Kind::Bool(known) => SmolStr::new_static(if *known { "true" } else { "false" }),
        Kind::Number(number) => SmolStr::from(number.to_string()),
        Kind::String(text) => SmolStr::from(format!("\"{text}\"")),
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => Some(text.clone()),
                Part::Value(value) => identity_text(value).map(|text| SmolStr::from(format!("${{{text}}}"))),
            };
            let parts: Option<Vec<SmolStr>> = template.parts.iter().map(part).collect();
            SmolStr::from(format!("\"{}\"", parts?.join("")))
        }
        Kind::List(list) if list.open.is_none() && list.items.len() <= 8 => {
            let item =
                |item: &value::Item| item.presence.is_certain().then(|| identity_text(&item.value)).flatten();
            let items: Option<Vec<SmolStr>> = list.items.iter().map(item).collect();
            SmolStr::from(format!("[{}]", items?.join(", ")))
        }
        Kind::Map(map) if map.open.is_none() && map.entries.len() <= 8 => {
            let entry = |entry: &MapEntry| {
                let certain = entry.presence.is_certain() && !entry.replaceable;
                certain
                    .then(|| identity_text(&entry.value))
                    .flatten()
                    .map(|value| format!("{} = {value}", entry.key))
            };
            let entries: Option<Vec<String>> = map.entries.iter().map(entry).collect();
            SmolStr::from(format!("{{{}}}", entries?.join(", ")))
        }
        _ => return None,
    };
    (text.len() <= LONGEST).then_some(text)
}

/// The reason of the first unknown in a value.
pub(crate) fn reason(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.reason.clone()),
        Kind::Reference(reference) => {
            let to = Identity::shown(&reference.to);
            Some(SmolStr::from(format!("{to}.{} is known after deployment", reference.attribute)))
        }
        Kind::Template(template) => template.parts.iter().find_map(|part| match part {
            Part::Text(_) => None,
            Part::Value(value) => reason(value),
        }),
        Kind::List(list) => {
            let open = list.open.as_ref().map(|open| open.reason.clone());
            let presence = |item: &value::Item| {
                (!item.presence.is_certain()).then(|| SmolStr::new_static("how many there are is not known"))
            };
            list.items.iter().find_map(|item| reason(&item.value).or_else(|| presence(item))).or(open)
        }
        Kind::Map(map) => {
            let open = map.open.as_ref().map(|open| open.reason.clone());
            map.entries.iter().find_map(|entry| reason(&entry.value)).or(open)
        }
        Kind::Alternatives(alternatives) => alternatives.choices.iter().find_map(|(condition, value)| {
            reason(value).or_else(|| {
                let mut atom = None;
                condition.literals(&mut |literal| {
                    atom.get_or_insert_with(|| {
                        SmolStr::from(format!("{} is not known", Identity::shown(&literal.atom)))
                    });
                });
                atom
            })
        }),
        _ => None,
    }
}

impl Evaluator<'_> {
    /// The unknown result of a pure operation on `operands`, written at `place`.
    pub(crate) fn derived(&self, operation: &str, operands: &[Value], place: Place) -> Value {
        let reason = operands
            .iter()
            .find_map(reason)
            .unwrap_or_else(|| SmolStr::from(format!("the result of {operation} is not known")));
        let sensitive = operands.iter().any(|operand| operand.sensitive);
        let identity = self.derived_identity(operation, operands);
        let unknown = Unknown { identity, ..Unknown::fresh(reason) };
        Value::unknown(unknown, Origin::computed(place)).with_sensitivity(sensitive)
    }

    fn derived_identity(&self, operation: &str, operands: &[Value]) -> Option<Identity> {
        let scope = format!("{}{}", self.root, Identity::SEPARATOR);
        let mut texts = Vec::with_capacity(operands.len());
        for operand in operands {
            let text = identity_text(operand)?;
            texts.push(text.replace(&scope, ""));
        }
        let expression = match texts.as_slice() {
            [a, b] if !operation.starts_with(|first: char| first.is_ascii_alphabetic()) => {
                format!("{a} {operation} {b}")
            }
            _ => format!("{operation}({})", texts.join(", ")),
        };
        // Deep nests are not worth remembering.
        let shallow = expression.matches('(').count() <= 4 && expression.len() <= LONGEST;
        shallow.then(|| Identity::new(&self.root, &expression))
    }
}
