//! Values as text: what interpolation, `join` and `jsonencode` make of them.

use smol_str::SmolStr;
use value::{Format, Kind, ListShape, MapShape, Origin, Part, Unknown, Value};

use super::identity::reason;

/// A known primitive as text.
pub(crate) fn primitive(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(SmolStr::from(number.to_string())),
        Kind::Bool(known) => Some(SmolStr::new_static(if *known { "true" } else { "false" })),
        _ => None,
    }
}

/// A value as the parts of a text, flattened; none where Terraform would refuse it (null, a list, a map). A document
/// becomes its text.
pub(crate) fn parts(value: &Value) -> Option<Vec<Part>> {
    if let Some(text) = primitive(value) {
        return Some(vec![Part::Text(text)]);
    }
    match &value.kind {
        Kind::Null | Kind::Absent => None,
        Kind::Template(template) => Some(template.parts.clone()),
        _ if document(value) == Some(Format::Yaml) => {
            let unknown = Unknown::fresh(reason(value).unwrap_or_else(|| "the text is not known".into()));
            Some(vec![Part::Value(Value::unknown(unknown, value.origin.clone()))])
        }
        Kind::List(_) | Kind::Map(_) if document(value).is_some() => Some(json(value)),
        Kind::List(_) | Kind::Map(_) => None,
        _ => Some(vec![Part::Value(value.clone())]),
    }
}

/// The notation of a text that is kept as the structure that it holds.
pub(crate) fn document(value: &Value) -> Option<Format> {
    match &value.kind {
        Kind::List(list) => match list.shape {
            ListShape::Document(format) => Some(format),
            _ => None,
        },
        Kind::Map(map) => match map.shape {
            MapShape::Document(format) => Some(format),
            _ => None,
        },
        _ => None,
    }
}

/// A string of parts; a single part that is not known is that value itself.
pub(crate) fn template(parts: Vec<Part>, origin: Origin) -> Value {
    match parts.as_slice() {
        [Part::Value(only)] if matches!(only.kind, Kind::Reference(_) | Kind::Unknown(_)) => only.clone(),
        _ => Value::template(parts, origin),
    }
}

/// JSON of a value as Terraform prints it; unknown parts stay parts.
pub(crate) fn json(value: &Value) -> Vec<Part> {
    let mut writer = Writer { parts: Vec::new(), text: String::new() };
    match value.kind {
        Kind::List(_) | Kind::Map(_) => writer.structure(value),
        _ => writer.value(value),
    }
    writer.flush();
    writer.parts
}

struct Writer {
    parts: Vec<Part>,
    text: String,
}

impl Writer {
    fn flush(&mut self) {
        if !self.text.is_empty() {
            self.parts.push(Part::Text(std::mem::take(&mut self.text).into()));
        }
    }

    fn unknown(&mut self, value: &Value) {
        self.flush();
        self.parts.push(Part::Value(value.clone()));
    }

    fn value(&mut self, value: &Value) {
        match &value.kind {
            Kind::Absent | Kind::Null => self.text.push_str("null"),
            Kind::Bool(known) => self.text.push_str(if *known { "true" } else { "false" }),
            Kind::Number(number) => self.text.push_str(&number.to_string()),
            Kind::String(text) => self.string(text),
            Kind::Template(template) => self.quoted(&template.parts),
            Kind::List(_) | Kind::Map(_) => match document(value) {
                Some(_) => self.quoted(&parts(value).unwrap_or_default()),
                None => self.structure(value),
            },
            Kind::Reference(_) | Kind::Unknown(_) | Kind::Alternatives(_) => {
                self.text.push('"');
                self.unknown(value);
                self.text.push('"');
            }
        }
    }

    /// A list or a map, a document as what it holds.
    fn structure(&mut self, value: &Value) {
        match &value.kind {
            Kind::List(list) => {
                if list.open.is_some() || list.items.iter().any(|item| !item.presence.is_certain()) {
                    return self.unknown(value);
                }
                self.text.push('[');
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.value(&item.value);
                }
                self.text.push(']');
            }
            Kind::Map(map) => {
                if map.open.is_some()
                    || map.entries.iter().any(|entry| !entry.presence.is_certain() || entry.replaceable)
                {
                    return self.unknown(value);
                }
                let mut entries: Vec<_> = map.entries.iter().collect();
                entries.sort_by(|a, b| a.key.cmp(&b.key));
                self.text.push('{');
                for (at, entry) in entries.into_iter().enumerate() {
                    if at > 0 {
                        self.text.push(',');
                    }
                    self.string(&entry.key);
                    self.text.push(':');
                    self.value(&entry.value);
                }
                self.text.push('}');
            }
            _ => self.value(value),
        }
    }

    /// The parts of a text as a string.
    fn quoted(&mut self, parts: &[Part]) {
        self.text.push('"');
        for part in parts {
            match part {
                Part::Text(text) => escape(text, &mut self.text),
                Part::Value(value) => self.unknown(value),
            }
        }
        self.text.push('"');
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        escape(text, &mut self.text);
        self.text.push('"');
    }
}

/// Escapes as Go's encoder does, which Terraform uses.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}
