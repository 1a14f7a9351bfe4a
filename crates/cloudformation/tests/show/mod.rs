//! Values as one line of text, short enough for a table of tests.

use value::{Condition, Identity, Kind, Part, Presence, Value};

/// `"text"`, `7`, `true`, `@Bucket.Arn`, `?Name`, `` `arn:{@Bucket.Arn}` ``, `(Env=prod: 1 | !Env=prod: 2)`, `[...]`, `{A: ...}`;
/// an element or entry that may be missing has its condition before it in angle brackets.
pub(crate) fn show(value: &Value) -> String {
    let text = match &value.kind {
        Kind::Absent => "absent".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::List(list) => {
            let mut items: Vec<String> =
                list.items.iter().map(|item| presence(&item.presence) + &show(&item.value)).collect();
            items.extend(list.open.iter().map(|open| format!("...{}", identity(open.identity.as_ref()))));
            format!("[{}]", items.join(", "))
        }
        Kind::Map(map) => {
            let entry = |entry: &value::MapEntry| {
                format!("{}{}: {}", presence(&entry.presence), entry.key, show(&entry.value))
            };
            let mut entries: Vec<String> = map.entries.iter().map(entry).collect();
            entries.extend(map.open.iter().map(|open| format!("...{}", identity(open.identity.as_ref()))));
            format!("{{{}}}", entries.join(", "))
        }
        Kind::Reference(reference) => {
            let of = reference.to.rsplit('/').next().unwrap_or_default();
            let dot = if reference.attribute.is_empty() { "" } else { "." };
            format!("@{of}{dot}{}", reference.attribute)
        }
        Kind::Unknown(unknown) => format!("?{}", identity(unknown.identity.as_ref())),
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => text.to_string(),
                Part::Value(value) => format!("{{{}}}", show(value)),
            };
            format!("`{}`", template.parts.iter().map(part).collect::<String>())
        }
        Kind::Alternatives(alternatives) => {
            let choice =
                |(when, choice): &(Condition, Value)| format!("{}: {}", condition(when), show(choice));
            format!("({})", alternatives.choices.iter().map(choice).collect::<Vec<_>>().join(" | "))
        }
    };
    if value.sensitive { format!("secret {text}") } else { text }
}

fn identity(identity: Option<&Identity>) -> String {
    let text = identity.map_or("", |identity| Identity::shown(&identity.text));
    match identity.and_then(|identity| identity.distinct.as_ref()) {
        Some((_, index)) => format!("{text}#{index}"),
        None => text.to_owned(),
    }
}

pub(crate) fn presence(presence: &Presence) -> String {
    match &presence.when {
        Condition::Always => String::new(),
        when => format!("<{}> ", condition(when)),
    }
}

/// `Env=prod`, `!Env=prod`, `(A=1 & B=2)`.
pub(crate) fn condition(when: &Condition) -> String {
    let joined = |parts: &[Condition], between: &str| {
        format!("({})", parts.iter().map(condition).collect::<Vec<_>>().join(between))
    };
    match when {
        Condition::Always => "always".to_owned(),
        Condition::Never => "never".to_owned(),
        Condition::Literal(literal) => format!("{}={}", Identity::shown(&literal.atom), literal.value),
        Condition::Not(inner) => format!("!{}", condition(inner)),
        Condition::All(parts) => joined(parts, " & "),
        Condition::Any(parts) => joined(parts, " | "),
    }
}
