//! `Fn::ToJsonString`: a value written as JSON, with what is not known as parts of the text.

use std::fmt::Write as _;

use value::{Kind, Value};

use crate::intrinsic::Call;
use crate::stack::Stack;

impl Stack<'_> {
    pub(crate) fn to_json(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        let value = self.argument(call);
        let mut writer = Writer { parts: Vec::new(), text: String::new() };
        match writer.value(&value) {
            Some(()) => {
                writer.flush();
                self.concat(writer.parts, &origin).with_sensitivity(value.sensitive)
            }
            None => {
                let reason = "the value depends on conditions that are not known";
                Value::unknown(value::Unknown::fresh(reason), origin)
            }
        }
    }
}

struct Writer {
    parts: Vec<Value>,
    text: String,
}

impl Writer {
    /// Writes a value; none if its shape is not known.
    fn value(&mut self, value: &Value) -> Option<()> {
        match &value.kind {
            Kind::Absent | Kind::Null => self.text.push_str("null"),
            Kind::Bool(known) => self.text.push_str(if *known { "true" } else { "false" }),
            Kind::Number(number) => drop(write!(self.text, "{number}")),
            Kind::String(text) => self.quoted(text),
            Kind::List(list) => {
                if list.open.is_some() || list.items.iter().any(|item| !item.presence.is_certain()) {
                    return None;
                }
                self.text.push('[');
                for (index, item) in list.items.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { "," });
                    self.value(&item.value)?;
                }
                self.text.push(']');
            }
            Kind::Map(map) => {
                if map.open.is_some() || map.entries.iter().any(|entry| !entry.presence.is_certain()) {
                    return None;
                }
                self.text.push('{');
                for (index, entry) in map.entries.iter().enumerate() {
                    self.text.push_str(if index == 0 { "" } else { "," });
                    self.quoted(&entry.key);
                    self.text.push(':');
                    self.value(&entry.value)?;
                }
                self.text.push('}');
            }
            Kind::Template(template) => {
                self.text.push('"');
                for part in &template.parts {
                    match part {
                        value::Part::Text(text) => self.escaped(text),
                        value::Part::Value(value) => self.part(value),
                    }
                }
                self.text.push('"');
            }
            Kind::Reference(_) | Kind::Unknown(_) => {
                self.text.push('"');
                self.part(value);
                self.text.push('"');
            }
            Kind::Alternatives(_) => return None,
        }
        Some(())
    }

    fn part(&mut self, value: &Value) {
        self.flush();
        self.parts.push(value.clone());
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.parts.push(Value::string(text, value::Origin::default()));
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        self.escaped(text);
        self.text.push('"');
    }

    fn escaped(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                '\n' => self.text.push_str("\\n"),
                '\r' => self.text.push_str("\\r"),
                '\t' => self.text.push_str("\\t"),
                c if c < ' ' => drop(write!(self.text, "\\u{:04x}", u32::from(c))),
                c => self.text.push(c),
            }
        }
    }
}
