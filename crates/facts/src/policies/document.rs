//! Policy documents in any spelling made one: structured values, JSON texts, JSON texts with holes. Invariant: what
//! cannot be read becomes an unknown with a reason, never a statement that is not there.

use serde_json::Value as Json;
use smol_str::SmolStr;
use value::{Kind, List, Number, Origin, Part, Template, Unknown, Value};

use crate::lists::{elements, map_choices, opened};

/// Longest policy text that is read, in bytes. AWS allows 20,480 characters at most.
const MOST_BYTES: usize = 1 << 20;

/// Encloses the number of a hole inside JSON text. Policies have no use for this private character; a text that
/// holds it is not read.
const MARK: char = '\u{e000}';

/// Deepest nesting that is read.
const DEPTH: usize = 32;

/// The document as a structured value: a map (or a list of maps) in the JSON spelling of IAM.
pub(crate) fn structured(policy: &Value) -> Value {
    map_choices(policy, |choice| match &choice.kind {
        Kind::String(text) if text.trim().is_empty() => Value::absent(),
        Kind::String(text) => {
            parse(text, &[], &choice.origin, choice.sensitive).unwrap_or_else(|why| unread(&why, choice))
        }
        Kind::Template(template) => template_document(template, choice),
        _ => choice.clone(),
    })
}

fn unread(why: &str, written: &Value) -> Value {
    Value::unknown(Unknown::fresh(why), written.origin.clone())
}

/// Reads JSON text; `holes` are the values that stand for its marks.
fn parse(text: &str, holes: &[Value], origin: &Origin, sensitive: bool) -> Result<Value, SmolStr> {
    if text.len() > MOST_BYTES {
        return Err("the policy document is too large to be read".into());
    }
    let json: Json = serde_json::from_str(text)
        .map_err(|error| SmolStr::from(format!("the policy document is no valid JSON: {error}")))?;
    Ok(convert(&json, holes, origin, sensitive, DEPTH))
}

fn convert(json: &Json, holes: &[Value], origin: &Origin, sensitive: bool, depth: usize) -> Value {
    if depth == 0 {
        return Value::unknown(Unknown::fresh("the policy document is nested too deeply"), origin.clone());
    }
    let value = match json {
        Json::Null => Value::new(Kind::Null, origin.clone()),
        Json::Bool(known) => Value::bool(*known, origin.clone()),
        Json::Number(number) => match Number::parse(&number.to_string()) {
            Some(number) => Value::number(number, origin.clone()),
            None => Value::string(number.to_string(), origin.clone()),
        },
        Json::String(text) => string(text, holes, origin),
        Json::Array(items) => {
            let mut list = List::default();
            for item in items {
                let value = convert(item, holes, origin, sensitive, depth - 1);
                // A hole between brackets may stand for any number of elements.
                match (&value.kind, is_bare_hole(item)) {
                    (Kind::Unknown(unknown), true) => list.open = Some(unknown.clone()),
                    (Kind::List(inner), true) => list.items.extend(inner.items.iter().cloned()),
                    _ => list.items.push(value::Item::certain(value)),
                }
            }
            crate::lists::list_value(list, origin.clone())
        }
        Json::Object(entries) => Value::map(
            entries.iter().map(|(key, value)| {
                (SmolStr::from(key.as_str()), convert(value, holes, origin, sensitive, depth - 1))
            }),
            origin.clone(),
        ),
    };
    value.with_sensitivity(sensitive)
}

fn is_bare_hole(json: &Json) -> bool {
    json.as_str().is_some_and(|text| bare_hole(text).is_some())
}

/// The number of a hole that stands where JSON expects a value: its mark is doubled.
fn bare_hole(text: &str) -> Option<usize> {
    text.strip_prefix(MARK)?.strip_prefix(MARK)?.strip_suffix(MARK)?.parse().ok()
}

fn string(text: &str, holes: &[Value], origin: &Origin) -> Value {
    if let Some(at) = bare_hole(text) {
        return holes.get(at).cloned().unwrap_or_else(Value::absent);
    }
    if !text.contains(MARK) {
        return Value::string(text, origin.clone());
    }
    // Texts and numbers of holes take turns.
    let parts = text.split(MARK).enumerate().filter_map(|(turn, part)| match turn % 2 {
        0 => Some(Part::Text(part.into())),
        _ => part.parse::<usize>().ok().and_then(|at| holes.get(at)).cloned().map(Part::Value),
    });
    match parts.collect::<Vec<_>>().as_slice() {
        [Part::Text(before), Part::Value(value), Part::Text(after)]
            if before.is_empty() && after.is_empty() =>
        {
            value.clone()
        }
        parts => Value::template(parts.to_vec(), origin.clone()),
    }
}

/// A JSON text with holes: inside its strings a hole is part of the text, elsewhere it is a value.
fn template_document(template: &Template, written: &Value) -> Value {
    let mut text = String::new();
    let mut holes = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for part in &template.parts {
        match part {
            Part::Text(known) => {
                if known.contains(MARK) {
                    return unread("the policy document holds a character of private use", written);
                }
                for char in known.chars() {
                    match char {
                        _ if escaped => escaped = false,
                        '\\' if quoted => escaped = true,
                        '"' => quoted = !quoted,
                        _ => {}
                    }
                }
                text.push_str(known);
            }
            Part::Value(value) => {
                let at = holes.len();
                text.push_str(&if quoted {
                    format!("{MARK}{at}{MARK}")
                } else {
                    format!("\"{MARK}{MARK}{at}{MARK}\"")
                });
                holes.push(value.clone());
            }
        }
    }
    parse(&text, &holes, &written.origin, written.sensitive)
        .unwrap_or_else(|_| unread(&reason(&holes), written))
}

fn reason(holes: &[Value]) -> String {
    let unknown = holes.iter().find_map(|hole| match &hole.kind {
        Kind::Unknown(unknown) => Some(unknown.reason.to_string()),
        _ => None,
    });
    unknown.unwrap_or_else(|| "the policy document is not wholly known".to_owned())
}

/// The value of an element of a policy, whatever its case.
pub(crate) fn element(map: &Value, name: &str) -> Value {
    let Kind::Map(entries) = &map.kind else { return map.get(name) };
    let found = entries.entries.iter().find(|entry| entry.key.eq_ignore_ascii_case(name));
    entries.get(found.map_or(name, |entry| &entry.key))
}

/// The statements of a document as a list of maps, each with its presence.
pub(crate) fn raw_statements(policy: &Value) -> List {
    let mut statements = List::default();
    let documents = elements(&structured(policy));
    statements.open = documents.open;
    for document in &documents.items {
        // A list may hold documents or, in SAM, statements themselves.
        let structure = structured(&document.value);
        for item in elements(&structure).items {
            let presence = document.presence.and(&item.presence);
            let list = match &item.value.kind {
                Kind::Map(map)
                    if map.entries.iter().any(|entry| entry.key.eq_ignore_ascii_case("effect")) =>
                {
                    List::new(vec![item.clone()], None)
                }
                Kind::Map(_) => elements(&element(&item.value, "Statement")),
                Kind::Reference(_) | Kind::Template(_) => {
                    List::new(Vec::new(), Some(opened("the policy document is known after deployment")))
                }
                // Something else is no document, and AWS refuses it.
                _ => List::default(),
            };
            statements.open = statements.open.take().or(list.open);
            statements.items.extend(
                list.items
                    .into_iter()
                    .map(|item| value::Item { presence: presence.and(&item.presence), ..item }),
            );
        }
        if let Kind::Unknown(unknown) = &structure.kind {
            statements.open = statements.open.take().or_else(|| Some(unknown.clone()));
        }
    }
    statements
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::string(text, Origin::default())
    }

    fn unknown(name: &str) -> Part {
        Part::Value(Value::unknown(Unknown::fresh(name), Origin::default()))
    }

    #[track_caller]
    fn check(policy: &Value, statements: usize, open: bool) {
        let list = raw_statements(policy);
        assert_eq!((list.items.len(), list.open.is_some()), (statements, open), "{list:?}");
    }

    #[test]
    fn one_statement_needs_no_list() {
        check(&text(r#"{"Statement": {"Effect": "Deny"}}"#), 1, false);
        check(&text(r#"{"Statement": [{"Effect": "Deny"}, {"Effect": "Allow"}]}"#), 2, false);
        check(&text(r#"{"statement": {"effect": "Deny"}}"#), 1, false);
    }

    #[test]
    fn what_is_no_document_has_no_statement_or_is_unknown() {
        check(&Value::absent(), 0, false);
        check(&text(""), 0, false);
        check(&text("{"), 0, true);
        check(&text("[]"), 0, false);
        check(&Value::unknown(Unknown::fresh("why"), Origin::default()), 0, true);
    }

    #[test]
    fn a_hole_inside_a_string_is_a_part_of_it() {
        let parts = [
            Part::Text(r#"{"Statement": [{"Effect": "Allow", "Resource": "arn:aws:s3:::"#.into()),
            unknown("var.name"),
            Part::Text(r#"/*"}]}"#.into()),
        ];
        let policy = Value::template(parts, Origin::default());
        let list = raw_statements(&policy);
        let resource = list.items.first().map(|item| item.value.get("Resource")).expect("a statement");
        assert!(
            matches!(&resource.kind, Kind::Template(template) if template.parts.len() == 3),
            "{resource:?}"
        );
    }

    #[test]
    fn a_hole_in_place_of_a_value_leaves_its_list_open() {
        let parts = [
            Part::Text(r#"{"Statement": [{"Effect": "Allow"}, "#.into()),
            unknown("var.more"),
            Part::Text("]}".into()),
        ];
        check(&Value::template(parts, Origin::default()), 1, true);
    }

    #[test]
    fn a_hole_that_breaks_the_json_leaves_everything_open() {
        let parts = [Part::Text("{".into()), unknown("var.entries"), Part::Text("}".into())];
        check(&Value::template(parts, Origin::default()), 0, true);
    }

    #[test]
    fn deep_nesting_is_refused() {
        check(&text(&"[".repeat(100_000)), 0, true);
    }
}
