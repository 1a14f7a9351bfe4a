//! Encodings. `jsonencode` and `yamlencode` keep the structure (so that a policy's statements keep their places);
//! it becomes text where it is used as one. What they gave is what `jsondecode` and `yamldecode` give back.

use smol_str::SmolStr;
use source::document::{Node, NodeKind, ScalarStyle};
use value::{How, Kind, Number, Origin, Value};

use super::{Invocation, Special};
use crate::eval::condition::over;
use crate::eval::{Evaluator, text};

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "jsonencode" | "yamlencode" => |evaluator, call| encode(evaluator, &call.argument(0), call),
        "jsondecode" => |evaluator, call| decode(evaluator, call, json_value),
        "yamldecode" => |evaluator, call| decode(evaluator, call, yaml_value),
        "csvdecode" => csvdecode,
        "base64encode" => |evaluator, call| map_text(evaluator, call, |text| Some(base64(text.as_bytes()))),
        "base64decode" => {
            |evaluator, call| map_text(evaluator, call, |text| String::from_utf8(unbase64(text)?).ok())
        }
        _ => return None,
    })
}

fn encode(evaluator: &Evaluator<'_>, value: &Value, call: &Invocation<'_>) -> Value {
    match &value.kind {
        Kind::List(_) | Kind::Map(_) => {
            let origin = Origin { how: How::Computed, ..value.origin.clone() };
            Value { origin, ..value.clone() }
        }
        Kind::Alternatives(_) => over(value, &call.origin(), |choice| encode(evaluator, choice, call)),
        Kind::Unknown(_) | Kind::Reference(_) => {
            evaluator.derived(call.name, std::slice::from_ref(value), call.place)
        }
        Kind::Absent => Value::absent(),
        _ => Value::template(text::json(value), call.origin()),
    }
}

fn decode(
    evaluator: &mut Evaluator<'_>,
    call: &Invocation<'_>,
    read: fn(&str, &Origin) -> Option<Value>,
) -> Value {
    let value = evaluator.force(call.argument(0));
    decoded(evaluator, &value, call, read)
}

fn decoded(
    evaluator: &Evaluator<'_>,
    value: &Value,
    call: &Invocation<'_>,
    read: fn(&str, &Origin) -> Option<Value>,
) -> Value {
    match &value.kind {
        Kind::List(_) | Kind::Map(_) => value.clone(),
        Kind::String(text) => {
            let origin = Origin { how: How::Computed, ..value.origin.clone() };
            read(text, &origin).unwrap_or_else(Value::absent)
        }
        Kind::Alternatives(_) => over(value, &call.origin(), |choice| decoded(evaluator, choice, call, read)),
        Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) => {
            evaluator.derived(call.name, std::slice::from_ref(value), call.place)
        }
        _ => Value::absent(),
    }
}

/// JSON as a value; all of it has one origin.
pub(crate) fn json_value(text: &str, origin: &Origin) -> Option<Value> {
    let node = source::document::json::parse(text, &source::Limits::default()).ok()?;
    Some(node_value(&node, origin))
}

fn yaml_value(text: &str, origin: &Origin) -> Option<Value> {
    let documents = source::document::yaml::parse(text, &source::Limits::default()).ok()?;
    match documents.as_slice() {
        [] => Some(Value::new(Kind::Null, origin.clone())),
        [node] => Some(node_value(node, origin)),
        _ => None,
    }
}

fn node_value(node: &Node, origin: &Origin) -> Value {
    match &node.kind {
        NodeKind::Sequence(items) => {
            Value::list(items.iter().map(|item| node_value(item, origin)), origin.clone())
        }
        NodeKind::Mapping(entries) => {
            let mut map = crate::eval::view::MapBuilder::default();
            for entry in entries {
                map.put(value::MapEntry::certain(entry.key.clone(), node_value(&entry.value, origin)));
            }
            map.finish(origin.clone())
        }
        NodeKind::Scalar(scalar) => {
            let kind = match scalar.style {
                ScalarStyle::Null => Kind::Null,
                ScalarStyle::Bool => Kind::Bool(scalar.text == "true"),
                ScalarStyle::Number => Number::parse(&scalar.text).map_or(Kind::Null, Kind::Number),
                ScalarStyle::Quoted => Kind::String(scalar.text.clone()),
                ScalarStyle::Plain => plain(&scalar.text),
            };
            Value::new(kind, origin.clone())
        }
    }
}

/// A plain scalar as Terraform reads YAML: the booleans of 1.1, the numbers of 1.2.
fn plain(text: &SmolStr) -> Kind {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Kind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Kind::Bool(false),
        _ if text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) => {
            let radix = |prefix: &str, radix| {
                text.strip_prefix(prefix)
                    .and_then(|digits| i64::from_str_radix(digits, radix).ok())
                    .map(Number::from)
            };
            let number = radix("0x", 16).or_else(|| radix("0o", 8)).or_else(|| radix("0b", 2));
            number.or_else(|| Number::parse(text)).map_or_else(|| Kind::String(text.clone()), Kind::Number)
        }
        _ => Kind::String(text.clone()),
    }
}

fn map_text(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, work: fn(&str) -> Option<String>) -> Value {
    let value = evaluator.force(call.argument(0));
    let evaluator = &*evaluator;
    over(&value, &call.origin(), |value| {
        let known = text::primitive(value).or_else(|| {
            (value.is_wholly_known() && matches!(value.kind, Kind::List(_) | Kind::Map(_)))
                .then(|| Value::template(text::json(value), Origin::default()).as_str().map(SmolStr::new))
                .flatten()
        });
        match (known, &value.kind) {
            (Some(known), _) => match work(&known) {
                Some(text) => Value::string(text, call.origin()),
                None => Value::absent(),
            },
            (None, Kind::Null | Kind::Absent) => Value::absent(),
            (None, _) => evaluator.derived(call.name, std::slice::from_ref(value), call.place),
        }
    })
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Standard base64 with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let index = usize::try_from(group >> (18 - 6 * at) & 63).unwrap_or(0);
            let letter = ALPHABET.get(index).copied().unwrap_or(b'=');
            out.push(if at <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0u32, 0u32);
    for byte in text.trim_end_matches('=').bytes() {
        let index = ALPHABET.iter().position(|letter| *letter == byte)?;
        group = group << 6 | u32::try_from(index).ok()?;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(group >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}

/// Rows of a table without quoted line breaks.
fn csvdecode(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let Some(table) = value.as_str() else { return evaluator.derived("csvdecode", &[value], call.place) };
    let mut rows = table.lines().filter(|line| !line.is_empty()).map(csv_row);
    let Some(header) = rows.next() else { return Value::list([], call.origin()) };
    let row = |cells: Vec<String>| {
        let cells = cells.into_iter().map(|cell| Value::string(cell, call.origin()));
        Value::map(header.iter().map(SmolStr::new).zip(cells), call.origin())
    };
    Value::list(rows.map(row), call.origin())
}

fn csv_row(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                if let Some(cell) = cells.last_mut() {
                    cell.push('"');
                }
            }
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            c => {
                if let Some(cell) = cells.last_mut() {
                    cell.push(c);
                }
            }
        }
    }
    cells
}
