//! `format` and `formatlist`, with the verbs of Go that Terraform has.

use std::sync::Arc;

use value::{Item, Kind, List, Part, Value};

use super::{Invocation, Special};
use crate::eval::view::view;
use crate::eval::{Evaluator, text};

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "format" => |evaluator, call| {
            let arguments: Vec<Value> = call.arguments.iter().skip(1).cloned().collect();
            format(evaluator, call, &arguments)
        },
        "formatlist" => formatlist,
        _ => return None,
    })
}

fn format(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, arguments: &[Value]) -> Value {
    let template = evaluator.force(call.argument(0));
    let template = match &template.kind {
        Kind::String(text) => vec![Part::Text(text.clone())],
        Kind::Template(template) => template.parts.clone(),
        _ => return evaluator.derived("format", &call.arguments, call.place),
    };
    let mut formatted = Vec::new();
    let mut next = 0;
    for part in template {
        match part {
            Part::Text(text) => match parts(evaluator, &text, arguments, &mut next, call) {
                Some(parts) => formatted.extend(parts),
                None => return Value::absent(),
            },
            // What is not known of the format is taken to hold no verbs.
            Part::Value(value) => formatted.push(Part::Value(value)),
        }
    }
    text::template(formatted, call.origin())
}

fn formatlist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut lists: Vec<Option<Vec<Item>>> = Vec::new();
    for at in 1..call.arguments.len() {
        let value = evaluator.force(call.argument(at));
        match &value.kind {
            Kind::List(list) if list.open.is_none() => lists.push(Some(list.items.clone())),
            Kind::Unknown(_) | Kind::Alternatives(_) | Kind::List(_) => {
                match view(&value).filter(|view| view.open.is_none()) {
                    Some(view) => lists.push(Some(
                        view.entries
                            .into_iter()
                            .map(|entry| Item { value: entry.value, presence: entry.presence })
                            .collect(),
                    )),
                    None => return evaluator.derived("formatlist", &call.arguments, call.place),
                }
            }
            _ => lists.push(None),
        }
    }
    let Some(length) = lists.iter().flatten().map(Vec::len).max() else {
        let arguments: Vec<Value> = call.arguments.iter().skip(1).cloned().collect();
        return Value::list([format(evaluator, call, &arguments)], call.origin());
    };
    let mut items = Vec::with_capacity(length);
    for row in 0..length {
        let mut presence = value::Presence::CERTAIN;
        let mut arguments = Vec::with_capacity(lists.len());
        for (list, whole) in lists.iter().zip(call.arguments.iter().skip(1)) {
            match list {
                Some(list) => match list.get(row) {
                    Some(item) => {
                        presence = presence.and(&item.presence);
                        arguments.push(item.value.clone());
                    }
                    None => return Value::absent(),
                },
                None => arguments.push(whole.clone()),
            }
        }
        items.push(Item { value: format(evaluator, call, &arguments), presence });
    }
    Value::new(Kind::List(Arc::new(List::new(items, None))), call.origin())
}

/// A verb: `%[2]-08.3s`.
#[derive(Debug, Default)]
struct Verb {
    left: bool,
    zero: bool,
    plus: bool,
    sharp: bool,
    width: usize,
    precision: Option<usize>,
    letter: char,
}

/// The parts of a format's text; `next` is the next argument.
fn parts(
    evaluator: &mut Evaluator<'_>,
    template: &str,
    arguments: &[Value],
    next: &mut usize,
    call: &Invocation<'_>,
) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut chars = template.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
            continue;
        }
        if chars.peek() == Some(&'%') {
            chars.next();
            text.push('%');
            continue;
        }
        let verb = verb(&mut chars, next)?;
        let argument = arguments.get(*next)?;
        *next += 1;
        let known = evaluator.force(argument.clone());
        match formatted(&verb, &known) {
            Some(formatted) => text.push_str(&formatted),
            None if known.is_wholly_known() => return None,
            None => {
                parts.push(Part::Text(std::mem::take(&mut text).into()));
                let plain =
                    matches!(verb.letter, 's' | 'v' | 'd') && verb.width == 0 && verb.precision.is_none();
                // A reference stays one, so that it can be followed.
                match plain {
                    true => parts.extend(text::parts(argument)?),
                    false => parts.push(Part::Value(evaluator.derived("format", &[known], call.place))),
                }
            }
        }
    }
    parts.push(Part::Text(text.into()));
    Some(parts)
}

fn verb(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, next: &mut usize) -> Option<Verb> {
    let mut verb = Verb::default();
    loop {
        let c = chars.next()?;
        match c {
            '-' => verb.left = true,
            '+' => verb.plus = true,
            '#' => verb.sharp = true,
            ' ' => {}
            '0' if verb.width == 0 && verb.precision.is_none() => verb.zero = true,
            '[' => {
                let index = number(chars);
                (chars.next()? == ']').then_some(())?;
                *next = index.checked_sub(1)?;
            }
            '.' => verb.precision = Some(number(chars).min(1_000)),
            '1'..='9' => {
                let first = c.to_digit(10).unwrap_or(0) as usize;
                let rest = digits(chars);
                verb.width = format!("{first}{rest}").parse().unwrap_or(0usize).min(1_000);
            }
            letter => {
                verb.letter = letter;
                return Some(verb);
            }
        }
    }
}

fn digits(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> String {
    let mut text = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        text.push(digit);
    }
    text
}

fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> usize {
    digits(chars).parse().unwrap_or(0)
}

/// `1.234568e+04`, the exponent signed and of two digits at least.
fn exponent(number: f64, precision: usize) -> String {
    let text = format!("{number:.precision$e}");
    match text.split_once('e') {
        Some((digits, exponent)) => {
            let (sign, size) = exponent.strip_prefix('-').map_or(('+', exponent), |size| ('-', size));
            format!("{digits}e{sign}{size:0>2}")
        }
        None => text,
    }
}

/// A known value by a verb; none if it is not known or does not fit.
fn formatted(verb: &Verb, value: &Value) -> Option<String> {
    let known = || text::primitive(value).map(|text| text.to_string());
    let json = || {
        let json = Value::template(text::json(value), value::Origin::default());
        value.is_wholly_known().then(|| json.as_str().map(str::to_owned)).flatten()
    };
    let body = match verb.letter {
        's' => known()?,
        'v' if verb.sharp => json()?,
        'v' => match value.kind {
            Kind::Null => "null".to_owned(),
            _ => known().or_else(json)?,
        },
        'd' => value.as_number()?.to_big().with_scale(0).to_plain_string(),
        't' => value.as_bool()?.to_string(),
        'q' => {
            let text = Value::string(known()?, value::Origin::default());
            Value::template(text::json(&text), value::Origin::default()).as_str()?.to_owned()
        }
        'f' => format!("{:.*}", verb.precision.unwrap_or(6), value.as_number()?.as_f64()),
        'e' => exponent(value.as_number()?.as_f64(), verb.precision.unwrap_or(6)),
        'g' | 'G' => value.as_number()?.to_string(),
        'x' => format!("{:x}", value.as_number()?.as_i64()?),
        'X' => format!("{:X}", value.as_number()?.as_i64()?),
        'o' => format!("{:o}", value.as_number()?.as_i64()?),
        'b' => format!("{:b}", value.as_number()?.as_i64()?),
        'c' => char::from_u32(u32::try_from(value.as_number()?.as_i64()?).ok()?)?.to_string(),
        _ => return None,
    };
    let body = match (verb.letter, verb.precision) {
        ('s' | 'v' | 'q', Some(most)) => body.chars().take(most).collect(),
        _ => body,
    };
    let body = if verb.plus && matches!(verb.letter, 'd' | 'f') && !body.starts_with('-') {
        format!("+{body}")
    } else {
        body
    };
    let missing = verb.width.saturating_sub(body.chars().count());
    Some(match (verb.left, verb.zero) {
        (true, _) => body + &" ".repeat(missing),
        (false, true) => match body.strip_prefix('-') {
            Some(digits) => format!("-{}{digits}", "0".repeat(missing)),
            None => "0".repeat(missing) + &body,
        },
        (false, false) => " ".repeat(missing) + &body,
    })
}
