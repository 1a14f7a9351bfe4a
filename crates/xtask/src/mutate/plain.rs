//! A value as text, without where it was written: equal texts are equal values of the model. For comparing, never for
//! showing: secrets stand in it.

use value::{Kind, Part, Value};

/// The text of a value.
pub(super) fn plain(value: &Value) -> String {
    match &value.kind {
        Kind::Absent | Kind::Null => "null".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::Reference(reference) => format!("&{}.{}", reference.to, reference.attribute),
        Kind::Unknown(unknown) => format!("?({})", unknown.reason),
        Kind::List(list) => {
            let open = list.open.is_some();
            let items =
                list.items.iter().map(|item| format!("{} if {:?}", plain(&item.value), item.presence));
            format!("[{}; {open}]", items.collect::<Vec<_>>().join(", "))
        }
        Kind::Map(map) => {
            let open = map.open.is_some();
            let entries = map.entries.iter();
            let entries = entries
                .map(|entry| format!("{}: {} if {:?}", entry.key, plain(&entry.value), entry.presence));
            format!("{{{}; {open}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => format!("{text:?}"),
                Part::Value(value) => plain(value),
            };
            template.parts.iter().map(part).collect::<Vec<_>>().join(" + ")
        }
        Kind::Alternatives(choices) => {
            let choices =
                choices.choices.iter().map(|(when, choice)| format!("{} if {when:?}", plain(choice)));
            choices.collect::<Vec<_>>().join(" | ")
        }
    }
}
