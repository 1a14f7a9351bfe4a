//! Values as text: what interpolation, `join` and `jsonencode` make of them.

use smol_str::SmolStr;
use value::{Kind, Origin, Part, Value};

/// A known primitive as text.
pub(crate) fn primitive(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Number(number) => Some(SmolStr::from(number.to_string())),
        Kind::Bool(known) => Some(SmolStr::new_static(if *known { "true" } else { "false" })),
        _ => None,
    }
}

/// A value as the parts of a text, flattened; none where Terraform would refuse it (null). A list or a map is what
/// `jsonencode` gave, and becomes JSON here.
pub(crate) fn parts(value: &Value) -> Option<Vec<Part>> {
    if let Some(text) = primitive(value) {
        return Some(vec![Part::Text(text)]);
    }
    match &value.kind {
        Kind::Null | Kind::Absent => None,
        Kind::Template(template) => Some(template.parts.clone()),
        Kind::List(_) | Kind::Map(_) => Some(json(value)),
        _ => Some(vec![Part::Value(value.clone())]),
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
    writer.value(value);
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
            Kind::Template(template) => {
                self.text.push('"');
                for part in &template.parts {
                    match part {
                        Part::Text(text) => escape(text, &mut self.text),
                        Part::Value(value) => self.unknown(value),
                    }
                }
                self.text.push('"');
            }
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
            Kind::Reference(_) | Kind::Unknown(_) | Kind::Alternatives(_) => {
                self.text.push('"');
                self.unknown(value);
                self.text.push('"');
            }
        }
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
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}
