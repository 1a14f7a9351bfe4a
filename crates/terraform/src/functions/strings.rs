//! String functions.

use std::sync::Arc;

use regex::Regex;
use smol_str::SmolStr;
use value::{Item, Kind, List, Origin, Part, Unknown, Value};

use super::{Invocation, Pure, elements, integer, strings_kind, text};
use crate::eval::Evaluator;

pub(super) fn find(name: &str) -> Option<Pure> {
    Some(match name {
        "chomp" => |a| string(text(a, 0)?.trim_end_matches(['\n', '\r'])),
        "endswith" => |a| Some(Kind::Bool(text(a, 0)?.ends_with(text(a, 1)?.as_str()))),
        "startswith" => |a| Some(Kind::Bool(text(a, 0)?.starts_with(text(a, 1)?.as_str()))),
        "strcontains" => |a| Some(Kind::Bool(text(a, 0)?.contains(text(a, 1)?.as_str()))),
        "indent" => indent,
        "lower" => |a| string(text(a, 0)?.to_lowercase()),
        "upper" => |a| string(uppercase(&text(a, 0)?)),
        "title" => title,
        "regex" => regex,
        "regexall" => regexall,
        "replace" => replace,
        "split" => split,
        "strrev" => |a| string(text(a, 0)?.chars().rev().collect::<String>()),
        "substr" => substr,
        "trim" => |a| {
            let cut = text(a, 1)?;
            string(text(a, 0)?.trim_matches(|c| cut.contains(c)))
        },
        "trimprefix" => |a| {
            let (whole, prefix) = (text(a, 0)?, text(a, 1)?);
            string(whole.strip_prefix(prefix.as_str()).unwrap_or(&whole))
        },
        "trimsuffix" => |a| {
            let (whole, suffix) = (text(a, 0)?, text(a, 1)?);
            string(whole.strip_suffix(suffix.as_str()).unwrap_or(&whole))
        },
        "trimspace" => |a| string(text(a, 0)?.trim()),
        "basename" => |a| {
            let path = text(a, 0)?;
            string(path.trim_end_matches('/').rsplit('/').next().unwrap_or_default())
        },
        "dirname" => |a| {
            let path = text(a, 0)?;
            string(
                path.rsplit_once('/').map_or(".", |(folder, _)| if folder.is_empty() { "/" } else { folder }),
            )
        },
        "urlencode" => |a| string(urlencode(&text(a, 0)?)),
        "tostring" => |a| match a.first()?.kind {
            Kind::Null => Some(Kind::Null),
            _ => Some(Kind::String(text(a, 0)?)),
        },
        "provider::aws::arn_parse" => arn_parse,
        "provider::aws::arn_build" => |a| {
            let parts: Option<Vec<SmolStr>> = (0..5).map(|at| text(a, at)).collect();
            string(format!("arn:{}", parts?.join(":")))
        },
        _ => return None,
    })
}

/// Names as zones have them: of a region, of a partition with a longer name, of a local zone.
const ZONES: [&str; 4] = ["us-east-1a", "ap-southeast-2c", "us-gov-west-1b", "us-west-2-lax-1a"];

/// What is known of the parts of a zone's name, or of whether it fits a pattern, though the name is not known.
fn of_zone(call: &Invocation<'_>, arguments: &[Value]) -> Option<Value> {
    let zone = arguments.get(1).filter(|zone| crate::eval::select::is_zone_name(zone))?;
    let known = text(arguments, 0)?;
    let part = || {
        Item::certain(Value::unknown(Unknown::fresh("the zone is known at deployment"), zone.origin.clone()))
    };
    let open = || Some(Arc::new(Unknown::fresh("the zone is known at deployment")));
    let list = match call.name {
        "split" if known == "-" => List::new(vec![part(), part(), part()], open()),
        "regexall" => {
            let pattern = pattern(&known)?;
            let fits = ZONES.iter().filter(|zone| pattern.is_match(zone)).count();
            match fits {
                0 => List::default(),
                all if all == ZONES.len() => List::new(vec![part()], open()),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Value::new(Kind::List(Arc::new(list)), call.origin()))
}

/// What a function makes of a text whose parts are not all known, where something can be told.
pub(super) fn partly_known(
    evaluator: &Evaluator<'_>,
    call: &Invocation<'_>,
    arguments: &[Value],
) -> Option<Value> {
    if let Some(value) = of_zone(call, arguments) {
        return Some(value);
    }
    if call.name == "replace" {
        return super::replace::partly(evaluator, call, arguments);
    }
    let [Value { kind: Kind::Template(template), origin, .. }] = arguments else { return None };
    let change: fn(&str) -> String = match call.name {
        "lower" => str::to_lowercase,
        "upper" => uppercase,
        "tostring" => str::to_owned,
        _ => return None,
    };
    let part = |part: &Part| match part {
        Part::Text(text) => Part::Text(change(text).into()),
        Part::Value(value) if call.name == "tostring" => Part::Value(value.clone()),
        Part::Value(value) => {
            Part::Value(evaluator.derived(call.name, std::slice::from_ref(value), call.place))
        }
    };
    Some(Value::template(
        template.parts.iter().map(part),
        Origin { how: value::How::Computed, ..origin.clone() },
    ))
}

fn string(text: impl Into<SmolStr>) -> Option<Kind> {
    Some(Kind::String(text.into()))
}

/// Upper case letter by letter, as Go does: a letter whose upper case is several letters stays.
fn uppercase(text: &str) -> String {
    let upper = |c: char| {
        let mut upper = c.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(one), None) => one,
            _ => c,
        }
    };
    text.chars().map(upper).collect()
}

fn indent(arguments: &[Value]) -> Option<Kind> {
    let spaces = usize::try_from(integer(arguments, 0)?).ok().filter(|many| *many <= 1_000)?;
    string(text(arguments, 1)?.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

fn title(arguments: &[Value]) -> Option<Kind> {
    let mut out = String::new();
    let mut start = true;
    for c in text(arguments, 0)?.chars() {
        if start {
            out.extend(c.to_uppercase());
        } else {
            out.push(c);
        }
        start = !(c.is_alphanumeric() || c == '_');
    }
    string(out)
}

/// A pattern, its size bounded so that no input makes it expensive.
fn pattern(text: &str) -> Option<Regex> {
    regex::RegexBuilder::new(text).size_limit(1 << 20).build().ok()
}

fn regex(arguments: &[Value]) -> Option<Kind> {
    let pattern = pattern(&text(arguments, 0)?)?;
    let whole = text(arguments, 1)?;
    captures(&pattern, &pattern.captures(&whole)?)
}

fn regexall(arguments: &[Value]) -> Option<Kind> {
    let pattern = pattern(&text(arguments, 0)?)?;
    let whole = text(arguments, 1)?;
    let found: Option<Vec<Value>> = pattern
        .captures_iter(&whole)
        .map(|found| captures(&pattern, &found).map(|kind| Value::new(kind, Origin::default())))
        .collect();
    Some(Value::list(found?, Origin::default()).kind)
}

/// A match as Terraform gives it: the text, a list of groups, or a map of named groups.
fn captures(pattern: &Regex, found: &regex::Captures<'_>) -> Option<Kind> {
    let group = |found: Option<regex::Match<'_>>| {
        let kind = found.map_or(Kind::Null, |found| Kind::String(found.as_str().into()));
        Value::new(kind, Origin::default())
    };
    if pattern.captures_len() == 1 {
        return string(found.get(0)?.as_str());
    }
    let named: Vec<&str> = pattern.capture_names().flatten().collect();
    if named.is_empty() {
        return Some(Value::list(found.iter().skip(1).map(group), Origin::default()).kind);
    }
    let entries = named.into_iter().map(|name| (SmolStr::new(name), group(found.name(name))));
    Some(Value::map(entries, Origin::default()).kind)
}

fn replace(arguments: &[Value]) -> Option<Kind> {
    let (whole, from, to) = (text(arguments, 0)?, text(arguments, 1)?, text(arguments, 2)?);
    match from.strip_prefix('/').and_then(|inner| inner.strip_suffix('/')) {
        Some(inner) if from.len() > 1 => string(pattern(inner)?.replace_all(&whole, to.as_str())),
        _ => string(whole.replace(from.as_str(), &to)),
    }
}

fn split(arguments: &[Value]) -> Option<Kind> {
    let (separator, whole) = (text(arguments, 0)?, text(arguments, 1)?);
    if whole.is_empty() {
        return Some(strings_kind([""]));
    }
    if separator.is_empty() {
        return Some(strings_kind(whole.chars().map(|c| c.to_string())));
    }
    Some(strings_kind(whole.split(separator.as_str())))
}

fn substr(arguments: &[Value]) -> Option<Kind> {
    let chars: Vec<char> = text(arguments, 0)?.chars().collect();
    let length = i64::try_from(chars.len()).ok()?;
    let (offset, wanted) = (integer(arguments, 1)?, integer(arguments, 2)?);
    let start = if offset < 0 { (length + offset).max(0) } else { offset.min(length) };
    let end = if wanted < 0 { length } else { start.saturating_add(wanted).min(length) };
    let slice = chars.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?)?;
    string(slice.iter().collect::<String>())
}

fn urlencode(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

fn arn_parse(arguments: &[Value]) -> Option<Kind> {
    let arn = text(arguments, 0)?;
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", parts @ ..] = parts.as_slice() else { return None };
    let names = ["partition", "service", "region", "account_id", "resource"];
    let entry = |(name, part): (&str, &&str)| (SmolStr::new(name), Value::string(*part, Origin::default()));
    (parts.len() == names.len())
        .then(|| Value::map(names.into_iter().zip(parts).map(entry), Origin::default()).kind)
}

/// The texts of a list of known primitives.
pub(super) fn texts(value: &Value) -> Option<Vec<SmolStr>> {
    elements(value)?.into_iter().map(crate::eval::text::primitive).collect()
}
