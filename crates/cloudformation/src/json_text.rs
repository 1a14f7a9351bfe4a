//! `Fn::ToJsonString`: a value written as JSON, with what is not known as parts of the text.

use std::fmt::Write as _;

use value::{Condition, Item, Kind, List, MapEntry, Origin, Part, Type, Unknown, Value};

use crate::intrinsic::{Call, hidden};
use crate::stack::Stack;
use crate::text::plain;

impl Stack<'_> {
    /// `Fn::ToJsonString`: the text of a list or a map.
    pub(crate) fn to_json(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        let value = self.argument(call);
        let text = self.json(&value, &origin).unwrap_or_else(|| {
            Value::unknown(Unknown::fresh("the value is not wholly known"), origin.clone())
        });
        hidden(text, holds_secret(&value))
    }

    /// The JSON of a value; none if its shape is not known.
    fn json(&self, value: &Value, origin: &Origin) -> Option<Value> {
        match &value.kind {
            _ if value.is_wholly_known() => {
                let mut text = String::new();
                write(&mut text, value);
                Some(self.concat(vec![plain(&text)], origin))
            }
            Kind::List(list) if list.open.is_none() => {
                let item = |item: &Item| {
                    Some(Item { value: self.json(&item.value, origin)?, presence: item.presence.clone() })
                };
                let items: Option<Vec<Item>> = list.items.iter().map(item).collect();
                let inside = self.joined(&List::new(items?, None), ",", origin);
                Some(self.concat(vec![plain("["), inside, plain("]")], origin))
            }
            Kind::Map(map) if map.open.is_none() => {
                let entry = |entry: &MapEntry| {
                    let mut key = String::new();
                    quoted(&mut key, &entry.key);
                    let value = self.json(&entry.value, origin)?;
                    let text = self.concat(vec![plain(&(key + ":")), value], origin);
                    Some(Item { value: text, presence: entry.presence.clone() })
                };
                let items: Option<Vec<Item>> = map.entries.iter().map(entry).collect();
                let inside = self.joined(&List::new(items?, None), ",", origin);
                Some(self.concat(vec![plain("{"), inside, plain("}")], origin))
            }
            Kind::Template(template) => {
                let mut parts = vec![plain("\"")];
                parts.extend(template.parts.iter().map(|part| match part {
                    Part::Text(text) => plain(&escape(text)),
                    Part::Value(value) => value.clone(),
                }));
                parts.push(plain("\""));
                Some(self.concat(parts, origin))
            }
            Kind::Unknown(unknown) if matches!(unknown.ty, Type::List(_)) => None,
            Kind::Reference(_) | Kind::Unknown(_) => {
                Some(self.concat(vec![plain("\""), value.clone(), plain("\"")], origin))
            }
            Kind::Alternatives(alternatives) => {
                let choice =
                    |(when, choice): &(Condition, Value)| Some((when.clone(), self.json(choice, origin)?));
                let choices: Option<Vec<_>> = alternatives.choices.iter().map(choice).collect();
                Some(Value::alternatives(choices?, origin.clone()))
            }
            _ => None,
        }
    }
}

/// Whether anything in a value must never be shown.
fn holds_secret(value: &Value) -> bool {
    value.sensitive
        || match &value.kind {
            Kind::List(list) => list.items.iter().any(|item| holds_secret(&item.value)),
            Kind::Map(map) => map.entries.iter().any(|entry| holds_secret(&entry.value)),
            _ => false,
        }
}

/// Writes a value that is wholly known.
fn write(text: &mut String, value: &Value) {
    match &value.kind {
        Kind::Bool(known) => text.push_str(if *known { "true" } else { "false" }),
        Kind::Number(number) => drop(write!(text, "{number}")),
        Kind::String(known) => quoted(text, known),
        Kind::List(list) => {
            text.push('[');
            for (index, item) in list.items.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                write(text, &item.value);
            }
            text.push(']');
        }
        Kind::Map(map) => {
            text.push('{');
            for (index, entry) in map.entries.iter().enumerate() {
                text.push_str(if index == 0 { "" } else { "," });
                quoted(text, &entry.key);
                text.push(':');
                write(text, &entry.value);
            }
            text.push('}');
        }
        _ => text.push_str("null"),
    }
}

fn quoted(text: &mut String, known: &str) {
    text.push('"');
    text.push_str(&escape(known));
    text.push('"');
}

fn escape(known: &str) -> String {
    let mut text = String::with_capacity(known.len());
    for c in known.chars() {
        match c {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            c if c < ' ' => drop(write!(text, "\\u{:04x}", u32::from(c))),
            c => text.push(c),
        }
    }
    text
}
