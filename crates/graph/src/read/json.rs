//! JSON texts as structure. Invariant: everything read from a text has the text's own origin.

use language::ir::{How, Type};
use source::document::{Node, NodeKind, ScalarStyle, json};
use value::{Kind, List, Map, MapEntry, Number, Unknown, Value};

use super::{At, Reader};

impl Reader<'_, '_> {
    /// What `how` reads from a JSON text.
    pub(super) fn json(&self, text: &Value, how: &How, at: &At<'_>, ty: Type) -> Value {
        let unknown = |reason: String| Value::unknown(Unknown::fresh(reason), text.origin.clone());
        let known = match &text.kind {
            Kind::Absent | Kind::Null => return Value::absent(),
            // Some languages write the structure itself where others write its text.
            Kind::List(_) | Kind::Map(_) => Some(text.clone()),
            // What AWS gives back where no document is set, and plans and states hold.
            Kind::String(known) if known.trim().is_empty() => return Value::absent(),
            Kind::String(known) => match json::parse(known, &source::Limits::default()) {
                Ok(node) => Some(structure(&node, text)),
                Err(_) => return unknown("the text is no JSON".to_owned()),
            },
            Kind::Unknown(open) => return unknown(open.reason.to_string()),
            _ => None,
        };
        let Some(known) = known else { return unknown("the text is not wholly known".to_owned()) };
        self.read(how, &At { value: &known, ..*at }, ty).with_sensitivity(text.sensitive)
    }
}

/// A node as a value with the origin and sensitivity of the text that it stands in.
fn structure(node: &Node, text: &Value) -> Value {
    let kind = match &node.kind {
        NodeKind::Sequence(items) => {
            let mut elements = List::default();
            elements.items.extend(items.iter().map(|item| value::Item::certain(structure(item, text))));
            Kind::List(elements.into())
        }
        NodeKind::Mapping(entries) => {
            let entry = |entry: &source::document::Entry| {
                MapEntry::certain(entry.key.clone(), structure(&entry.value, text))
            };
            Kind::Map(Map::new(entries.iter().map(entry).collect(), None).into())
        }
        NodeKind::Scalar(scalar) => match scalar.style {
            ScalarStyle::Null => Kind::Null,
            ScalarStyle::Bool => Kind::Bool(scalar.text == "true"),
            ScalarStyle::Number => {
                Number::parse(&scalar.text).map_or_else(|| Kind::String(scalar.text.clone()), Kind::Number)
            }
            ScalarStyle::Plain | ScalarStyle::Quoted => Kind::String(scalar.text.clone()),
        },
    };
    Value { kind, ..text.clone() }
}
