//! The message of a verdict: the rule's words with `{self.attr}` and `{it.attr}` filled in. Secrets never are.

use graph::NodeId;
use value::{Identity, Kind, Part, Value};

/// Longest value that a message shows, in characters.
const LONGEST: usize = 60;

/// Fills the placeholders of `message`.
pub(crate) fn fill(
    facts: &facts::Facts<'_>,
    message: &'static str,
    node: Option<NodeId>,
    element: Option<&Value>,
) -> String {
    let mut filled = String::with_capacity(message.len());
    let mut rest = message;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            filled.push('{');
            rest = after;
            continue;
        };
        filled.push_str(
            &value_of(facts, name, node, element).map_or_else(|| "?".to_owned(), |value| shown(&value)),
        );
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn value_of(
    facts: &facts::Facts<'_>,
    name: &'static str,
    node: Option<NodeId>,
    element: Option<&Value>,
) -> Option<Value> {
    let mut steps = name.split('.');
    let first = steps.next()?;
    let start = match (first, node, element) {
        ("self", Some(node), _) => crate::evaluate::attribute(facts, node, steps.next()?),
        ("it", _, Some(element)) => element.clone(),
        _ => return None,
    };
    Some(steps.fold(start, |value, step| value.get(step)))
}

/// A value for people, in one line of at most 60 characters; `(sensitive)` for secrets.
#[must_use]
pub fn shown(value: &Value) -> String {
    if value.sensitive {
        return "(sensitive)".to_owned();
    }
    let text = match &value.kind {
        Kind::Absent | Kind::Null => "not set".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => text.to_string(),
        Kind::Reference(reference) if reference.attribute.is_empty() => {
            Identity::shown(&reference.to).to_owned()
        }
        Kind::Reference(reference) => format!("{}.{}", Identity::shown(&reference.to), reference.attribute),
        Kind::Unknown(unknown) => format!("unknown ({})", unknown.reason),
        Kind::Template(template) => template.parts.iter().map(part_shown).collect(),
        Kind::List(list) => {
            let items: Vec<String> = list.items.iter().take(4).map(|item| shown(&item.value)).collect();
            let more = if list.items.len() > 4 || list.open.is_some() { ", …" } else { "" };
            format!("[{}{more}]", items.join(", "))
        }
        Kind::Map(map) => format!("{} entries", map.entries.len()),
        Kind::Alternatives(alternatives) => {
            let choices: Vec<String> = alternatives.choices.iter().map(|(_, choice)| shown(choice)).collect();
            choices.join(" or ")
        }
    };
    shortened(&text)
}

fn part_shown(part: &Part) -> String {
    match part {
        Part::Text(text) => text.to_string(),
        Part::Value(value) => format!("${{{}}}", shown(value)),
    }
}

fn shortened(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if plain.chars().count() <= LONGEST {
        return plain;
    }
    plain.chars().take(LONGEST - 1).chain(['…']).collect()
}
