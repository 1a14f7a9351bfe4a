//! What pure functions make of texts whose parts are not all known, where something can be told for certain.

use std::sync::Arc;

use value::{How, Item, Kind, List, Origin, Part, Template, Type, Unknown, Value};

use super::Invocation;
use super::pattern::compile;
use super::strings::{lowercase, uppercase};
use crate::eval::Evaluator;
use crate::eval::identity::identity_text;

/// The result of a call with arguments that are not wholly known; none if nothing can be told.
pub(super) fn known(evaluator: &Evaluator<'_>, call: &Invocation<'_>, arguments: &[Value]) -> Option<Value> {
    if let Some(value) = of_zone(call, arguments) {
        return Some(value);
    }
    match (call.name, arguments) {
        ("replace", _) => super::replace::partly(evaluator, call, arguments),
        ("startswith" | "endswith" | "strcontains", [whole, part]) => {
            let Kind::Template(template) = &whole.kind else { return None };
            let known = test(call.name, template, part.as_str()?)?;
            Some(Value::bool(known, call.origin()))
        }
        ("cidrsubnet" | "cidrhost", [prefix, sizes @ .., at]) => numbered(evaluator, call, prefix, sizes, at),
        ("lower" | "upper", [Value { kind: Kind::Template(template), origin, .. }]) => {
            let change = if call.name == "lower" { lowercase } else { uppercase };
            let part = |part: &Part| match part {
                Part::Text(text) => Part::Text(change(text).into()),
                Part::Value(value) => {
                    Part::Value(evaluator.derived(call.name, std::slice::from_ref(value), call.place))
                }
            };
            let origin = Origin { how: How::Computed, ..origin.clone() };
            Some(Value::template(template.parts.iter().map(part), origin))
        }
        _ => None,
    }
}

/// Subnets and hosts of one network that is not known differ by their numbers.
fn numbered(
    evaluator: &Evaluator<'_>,
    call: &Invocation<'_>,
    prefix: &Value,
    sizes: &[Value],
    at: &Value,
) -> Option<Value> {
    let at = at.as_number()?.as_i64().and_then(|at| u32::try_from(at).ok())?;
    let mut group = format!("{}({}", call.name, identity_text(prefix)?);
    for size in sizes {
        group.push_str(&format!(", {}", size.as_number()?));
    }
    let derived = evaluator.derived_as(&Type::String, call.name, &call.arguments, call.place);
    let Kind::Unknown(unknown) = &derived.kind else { return None };
    let mut unknown = (**unknown).clone();
    unknown.identity.as_mut()?.distinct = Some((group.into(), at));
    Some(Value { kind: Kind::Unknown(Arc::new(unknown)), ..derived })
}

/// A test of a text by the known parts of it that decide.
fn test(name: &str, whole: &Template, wanted: &str) -> Option<bool> {
    let known = |part: Option<&Part>| match part {
        Some(Part::Text(text)) => text.to_string(),
        _ => String::new(),
    };
    match name {
        "startswith" => {
            let start = known(whole.parts.first());
            (start.starts_with(wanted)).then_some(true).or((!wanted.starts_with(&start)).then_some(false))
        }
        "endswith" => {
            let end = known(whole.parts.last());
            (end.ends_with(wanted)).then_some(true).or((!wanted.ends_with(&end)).then_some(false))
        }
        _ => {
            let within = |part: &Part| matches!(part, Part::Text(text) if text.contains(wanted));
            whole.parts.iter().any(within).then_some(true)
        }
    }
}

/// Names as zones have them: of a region, of a partition with a longer name, of a local zone.
const ZONES: [&str; 4] = ["us-east-1a", "ap-southeast-2c", "us-gov-west-1b", "us-west-2-lax-1a"];

/// What is known of the parts of a zone's name, or of whether it fits a pattern, though the name is not known.
fn of_zone(call: &Invocation<'_>, arguments: &[Value]) -> Option<Value> {
    let zone = arguments.get(1).filter(|zone| crate::eval::select::is_zone_name(zone))?;
    let known = arguments.first().and_then(Value::as_str)?;
    let part = || {
        Item::certain(Value::unknown(Unknown::fresh("the zone is known at deployment"), zone.origin.clone()))
    };
    let open = || Some(Arc::new(Unknown::fresh("the zone is known at deployment")));
    let list = match call.name {
        "split" if known == "-" => List::new(vec![part(), part(), part()], open()),
        "regexall" => {
            let pattern = compile(known).ok()?;
            let fits = ZONES.iter().filter(|zone| pattern.is_match(zone)).count();
            match fits {
                0 => List::default(),
                all if all == ZONES.len() => List::new(vec![part()], open()),
                _ => return None,
            }
        }
        _ => return None,
    };
    Some(Value::new(Kind::List(Arc::new(list.shaped(value::ListShape::LIST))), call.origin()))
}
