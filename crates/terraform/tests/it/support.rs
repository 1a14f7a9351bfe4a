//! What the tests of this crate share: evaluation of files in memory, and values printed in one line.

use carelint_terraform::{Inputs, is_terraform, read};
use source::Sources;
use value::declared::{Declared, Mode, Resource};
use value::{Condition, Identity, Item, Kind, List, Map, MapEntry, Part, Presence, Value};

/// Evaluates files given as `(path, text)`.
pub(crate) fn evaluate(files: &[(&str, &str)]) -> (Sources, Declared) {
    evaluate_with(files, &Inputs::default())
}

/// Evaluates files with inputs.
pub(crate) fn evaluate_with(files: &[(&str, &str)], inputs: &Inputs) -> (Sources, Declared) {
    let sources = Sources::in_memory(files.iter().copied());
    let mut candidates: Vec<String> =
        files.iter().map(|(path, _)| (*path).to_owned()).filter(|path| is_terraform(path)).collect();
    candidates.sort();
    let declared = read(&sources, &candidates, inputs);
    (sources, declared)
}

/// Codes of the problems of files.
pub(crate) fn codes(files: &[(&str, &str)]) -> Vec<&'static str> {
    evaluate(files).1.problems.iter().map(|problem| problem.code).collect()
}

/// The resource with an address.
#[track_caller]
pub(crate) fn find<'d>(declared: &'d Declared, address: &str) -> &'d Resource {
    let found = declared.resources.iter().find(|resource| resource.address == address);
    found.unwrap_or_else(|| {
        let all: Vec<&str> = declared.resources.iter().map(|resource| resource.address.as_str()).collect();
        panic!("no {address} in {all:?}; problems: {:?}", declared.problems)
    })
}

/// Addresses of managed resources with their presence.
pub(crate) fn managed(declared: &Declared) -> Vec<String> {
    let of_mode = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    of_mode.map(|resource| format!("{}{}", resource.address, presence(&resource.presence))).collect()
}

/// A value in one line: `?reason-or-identity` for unknowns, `->address.attribute` for references.
pub(crate) fn show(value: &Value) -> String {
    match &value.kind {
        Kind::Absent => "absent".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::List(list) => show_list(list),
        Kind::Map(map) => show_map(map),
        Kind::Reference(reference) => {
            let many = if reference.many { "*" } else { "" };
            format!("->{}.{}{many}", Identity::shown(&reference.to), reference.attribute)
        }
        Kind::Unknown(unknown) => {
            let identity = unknown.identity.as_ref();
            let text = identity.map_or_else(
                || format!("({})", unknown.reason),
                |identity| Identity::shown(&identity.text).to_owned(),
            );
            let distinct = identity
                .and_then(|identity| identity.distinct.as_ref())
                .map_or(String::new(), |(_, at)| format!("!{at}"));
            format!("?{text}{distinct}{}", if unknown.may_be_absent { "~" } else { "" })
        }
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => text.to_string(),
                Part::Value(value) => format!("${{{}}}", show(value)),
            };
            format!("`{}`", template.parts.iter().map(part).collect::<String>())
        }
        Kind::Alternatives(alternatives) => {
            let choice = |(condition, value): &(Condition, Value)| {
                format!("{}: {}", show_condition(condition), show(value))
            };
            format!("<{}>", alternatives.choices.iter().map(choice).collect::<Vec<_>>().join(" | "))
        }
    }
}

fn show_list(list: &List) -> String {
    let item = |item: &Item| format!("{}{}", show(&item.value), presence(&item.presence));
    let mut items: Vec<String> = list.items.iter().map(item).collect();
    items.extend(list.open.iter().map(|_| "...".to_owned()));
    format!("[{}]", items.join(", "))
}

fn show_map(map: &Map) -> String {
    let entry = |entry: &MapEntry| {
        let replaceable = if entry.replaceable { "~" } else { "" };
        format!("{}{replaceable}={}{}", entry.key, show(&entry.value), presence(&entry.presence))
    };
    let mut entries: Vec<String> = map.entries.iter().map(entry).collect();
    entries.extend(map.open.iter().map(|_| "...".to_owned()));
    format!("{{{}}}", entries.join(", "))
}

/// A presence as a suffix: nothing if certain.
pub(crate) fn presence(presence: &Presence) -> String {
    let many = if presence.many { "*" } else { "" };
    match &presence.when {
        Condition::Always => many.to_owned(),
        when => format!("?({}){many}", show_condition(when)),
    }
}

/// A condition in one line.
pub(crate) fn show_condition(condition: &Condition) -> String {
    match condition {
        Condition::Always => "always".to_owned(),
        Condition::Never => "never".to_owned(),
        Condition::Literal(literal) => match literal.value.as_str() {
            "true" => Identity::shown(&literal.atom).to_owned(),
            value => format!("{}={value}", Identity::shown(&literal.atom)),
        },
        Condition::Not(inner) => format!("!{}", show_condition(inner)),
        Condition::All(parts) => {
            format!("({})", parts.iter().map(show_condition).collect::<Vec<_>>().join(" & "))
        }
        Condition::Any(parts) => {
            format!("({})", parts.iter().map(show_condition).collect::<Vec<_>>().join(" | "))
        }
    }
}
