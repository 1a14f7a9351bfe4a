//! `yamldecode`: the one document of a stream, its plain scalars read as Terraform reads them (the booleans and merge
//! keys of YAML 1.1, the numbers of 1.2). Aliases are expanded within the limits of a document.

use smol_str::SmolStr;
use source::document::yaml::parse_simple;
use source::document::{Entry, Node, NodeKind, Scalar, ScalarStyle};
use value::{Kind, MapEntry, Number, Origin, Value};

use super::Refusal;
use super::texts::{decoded, encoded};
use crate::eval::view::MapBuilder;

/// What a text of YAML holds.
///
/// # Errors
/// What Terraform refuses; a limit for documents that are too large, and what has no value here (infinities).
pub(super) fn decode(text: &str, origin: &Origin) -> Result<Value, Refusal> {
    // A tab indents nothing.
    let first = text.lines().find(|line| !line.trim().is_empty());
    if first.is_some_and(|line| line.starts_with('\t')) {
        return Err(Refusal::Error);
    }
    let documents = parse_simple(text, &source::Limits::default()).map_err(|error| {
        let limit =
            ["too large", "too many nodes", "too deeply"].iter().any(|end| error.message.ends_with(end));
        if limit { Refusal::Limit } else { Refusal::Error }
    })?;
    match documents.as_slice() {
        [node] => Reader { text, origin }.value(node),
        _ => Err(Refusal::Error),
    }
}

struct Reader<'t> {
    text: &'t str,
    origin: &'t Origin,
}

impl Reader<'_> {
    fn value(&self, node: &Node) -> Result<Value, Refusal> {
        // What is no tag of the core schema is written out.
        let tag = node.tag.as_deref().map(|tag| match tag.strip_prefix("tag:yaml.org,2002:") {
            Some(name) => format!("!{name}"),
            None => tag.to_owned(),
        });
        match (&node.kind, tag.as_deref()) {
            (NodeKind::Scalar(scalar), tag) => Ok(Value::new(resolved(scalar, tag)?, self.origin.clone())),
            (NodeKind::Sequence(items), None | Some("!seq")) => {
                let items: Result<Vec<Value>, Refusal> = items.iter().map(|item| self.value(item)).collect();
                Ok(Value::list(items?, self.origin.clone()))
            }
            (NodeKind::Mapping(entries), None | Some("!map")) => self.mapping(entries),
            _ => Err(Refusal::Error),
        }
    }

    fn mapping(&self, entries: &[Entry]) -> Result<Value, Refusal> {
        let mut map = MapBuilder::default();
        for entry in entries {
            let value = self.value(&entry.value)?;
            let written = self.text.get(entry.key_span.range()).unwrap_or_default();
            let style =
                if written.starts_with(['"', '\'']) { ScalarStyle::Quoted } else { ScalarStyle::Plain };
            if style == ScalarStyle::Plain && entry.key == "<<" {
                // Later entries win, those of a merged mapping too.
                let Kind::Map(merged) = &value.kind else { return Err(Refusal::Error) };
                merged.entries.iter().for_each(|entry| map.put(entry.clone()));
                continue;
            }
            let key =
                Value::new(resolved(&Scalar { text: entry.key.clone(), style }, None)?, Origin::default());
            let key = crate::eval::text::primitive(&key).ok_or(Refusal::Error)?;
            map.put(MapEntry::certain(key, value));
        }
        Ok(map.finish(self.origin.clone()))
    }
}

/// A scalar by its tag, or by its text where it is plain.
fn resolved(scalar: &Scalar, tag: Option<&str>) -> Result<Kind, Refusal> {
    let text = &scalar.text;
    let plain = scalar.style == ScalarStyle::Plain;
    match tag {
        Some("!binary") => {
            let bytes = decoded(&text.replace(char::is_whitespace, "")).ok_or(Refusal::Error)?;
            Ok(Kind::String(encoded(&bytes).into()))
        }
        Some("!str") => Ok(Kind::String(text.clone())),
        Some("!bool" | "!int" | "!float" | "!null" | "!timestamp") | None if !plain => {
            Ok(Kind::String(text.clone()))
        }
        None => by_text(text),
        Some("!bool") => as_kind(text, |kind| matches!(kind, Kind::Bool(_))),
        Some("!null") => as_kind(text, |kind| matches!(kind, Kind::Null)),
        Some("!float") => as_kind(text, |kind| matches!(kind, Kind::Number(_))),
        Some("!int") => as_kind(text, |kind| match kind {
            Kind::Number(number) => number.to_big().is_integer(),
            _ => false,
        }),
        Some("!timestamp") => timestamp(text).map(|text| Kind::String(text.into())).ok_or(Refusal::Error),
        Some(_) => Err(Refusal::Error),
    }
}

fn as_kind(text: &SmolStr, fits: fn(&Kind) -> bool) -> Result<Kind, Refusal> {
    by_text(text).and_then(|kind| if fits(&kind) { Ok(kind) } else { Err(Refusal::Error) })
}

/// A plain scalar.
fn by_text(text: &SmolStr) -> Result<Kind, Refusal> {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Kind::Null),
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => {
            return Ok(Kind::Bool(true));
        }
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            return Ok(Kind::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" => return Err(Refusal::Error),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" => {
            return Err(Refusal::Unknown("a number of the document is infinite".into()));
        }
        _ => {}
    }
    if !text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) {
        return Ok(Kind::String(text.clone()));
    }
    if let Some(stamp) = timestamp(text) {
        return Ok(Kind::String(stamp.into()));
    }
    let radix = |prefix: &str, radix: u32| {
        let digits = text.strip_prefix(prefix).filter(|digits| digits.chars().all(|c| c.is_digit(radix)))?;
        i64::from_str_radix(digits, radix).ok().map(Number::from)
    };
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Ok(Kind::Number(number));
    }
    if !is_decimal(text) {
        return Ok(Kind::String(text.clone()));
    }
    let written = text.strip_prefix('+').unwrap_or(text);
    let number = Number::parse(written.trim_end_matches('.'));
    number.map(Kind::Number).ok_or(Refusal::Unknown("a number of the document is too large".into()))
}

/// `-1`, `.5`, `5.`, `1.5e+3`.
fn is_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = unsigned
        .split_once(['e', 'E'])
        .map_or((unsigned, None), |(mantissa, exponent)| (mantissa, Some(exponent)));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && digits(exponent))
}

/// A timestamp, which becomes a text of RFC 3339: a date alone, a date and a time apart by a space, or joined by a T
/// with an offset.
fn timestamp(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let month = parts.next()?;
    let rest = parts.next()?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (day, rest) = rest.split_at_checked(end)?;
    let number = |text: &str, most: usize| {
        let fits = !text.is_empty() && text.len() <= most && text.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| text.parse::<i8>().ok()).flatten()
    };
    let (month, day) = (number(month, 2)?, number(day, 2)?);
    let date = jiff::civil::Date::new(year.parse().ok()?, month, day).ok()?;
    let (separator, rest) = match rest.chars().next() {
        None => return Some(format!("{date}T00:00:00Z")),
        Some(separator @ ('T' | 't' | ' ')) => (separator, rest.get(1..)?),
        Some(_) => return None,
    };
    let end = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(end)?;
    // With a space there is no offset, without there must be one.
    if (separator == ' ') != zone.is_empty() {
        return None;
    }
    let mut parts = time.splitn(3, ':');
    let (hour, minute) = (number(parts.next()?, 2)?, number(parts.next()?, 2)?);
    let (second, fraction) = parts.next().map(|second| second.split_once('.').unwrap_or((second, "")))?;
    let second = number(second, 2).filter(|second| *second < 60)?;
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || time.ends_with('.') {
        return None;
    }
    let time = jiff::civil::Time::new(hour, minute, second, 0).ok()?;
    let zone = match zone {
        "" | "Z" => "Z".to_owned(),
        zone => {
            let (hours, minutes) = zone.get(1..)?.split_once(':').filter(|(hours, _)| hours.len() == 2)?;
            let (hours, minutes) = (number(hours, 2)?, number(minutes, 2).filter(|many| *many < 60)?);
            if (hours, minutes) == (0, 0) { "Z".to_owned() } else { zone.to_owned() }
        }
    };
    Some(format!("{date}T{time}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: Option<&str>) {
        let found = decode(text, &Origin::default()).ok();
        let found = found.map(|value| Value::template(crate::eval::text::json(&value), Origin::default()));
        assert_eq!(found.as_ref().and_then(Value::as_str), expect, "{text}");
    }

    #[test]
    fn tags_say_what_a_plain_scalar_is() {
        check("!!binary aGVsbG8=", Some("\"aGVsbG8=\""));
        check("!!str 1", Some("\"1\""));
        check("!!int \"3\"", Some("\"3\""));
        check("!!float 1", Some("1"));
        check("!!bool \"true\"", Some("\"true\""));
        check("!!null ''", Some("\"\""));
        check("!!int x", None);
    }

    #[test]
    fn merged_mappings_win_over_what_stands_before_them() {
        check("{d: 2, <<: {d: 3, e: 4}}", Some("{\"d\":3,\"e\":4}"));
        check("{\"<<\": 1}", Some("{\"\\u003c\\u003c\":1}"));
        check("<<: 1", None);
    }

    #[test]
    fn aliases_that_multiply_are_a_limit() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let inner = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.push_str(&format!("a{level}: &a{level} [{inner}]\n"));
        }
        assert_eq!(decode(&bomb, &Origin::default()).err(), Some(Refusal::Limit));
    }
}
