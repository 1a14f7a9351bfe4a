//! Functions that make lists.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Condition, Item, Kind, List, ListShape, Number, Part, Presence, Value};

use super::{Invocation, Special};
use crate::eval::condition::simplified;
use crate::eval::conversion::unify;
use crate::eval::identity::identity_text;
use crate::eval::select::at_unknown;
use crate::eval::view::{Entry, View, view};
use crate::eval::{Evaluator, text, unknown};

/// Most elements that `range` and `setproduct` make.
pub(super) const MOST: usize = 100_000;

/// Most numbers that `range` gives.
const MOST_OF_RANGE: usize = 1024;

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "concat" => concat,
        "flatten" => flatten,
        "compact" => compact,
        "distinct" => distinct,
        "reverse" => reverse,
        "slice" => slice,
        "sort" => sort,
        "chunklist" => chunklist,
        "range" => range,
        "join" => join,
        "tolist" => tolist,
        _ => return None,
    })
}

/// A list of items.
pub(super) fn list(items: Vec<Item>, open: Option<Arc<value::Unknown>>, call: &Invocation<'_>) -> Value {
    Value::new(Kind::List(Arc::new(List::new(items, open))), call.origin())
}

fn item(entry: Entry) -> Item {
    Item { value: entry.value, presence: entry.presence }
}

/// The view of an argument, references looked through at the top.
pub(super) fn argument(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, at: usize) -> Option<View> {
    let value = evaluator.force(call.argument(at));
    if matches!(value.kind, Kind::Null) { None } else { view(&value) }
}

fn concat(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut items = Vec::new();
    let mut open = None;
    for at in 0..call.arguments.len() {
        let Some(view) = argument(evaluator, call, at) else { return Value::absent() };
        items.extend(view.entries.into_iter().map(item));
        open = open.or(view.open);
    }
    list(items, open, call)
}

fn tolist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut value = evaluator.force(call.argument(0));
    if let Kind::List(list) = &mut value.kind {
        let list = Arc::make_mut(list);
        list.shape = ListShape::LIST;
        unify(list.items.iter_mut().map(|item| &mut item.value));
    }
    match &value.kind {
        Kind::List(_) | Kind::Null | Kind::Unknown(_) | Kind::Reference(_) => value,
        Kind::Alternatives(_) => value,
        _ => Value::absent(),
    }
}

fn flatten(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let Some(view) = argument(evaluator, call, 0) else { return Value::absent() };
    let mut flat = View { open: view.open.clone(), ..View::default() };
    for entry in view.entries {
        flatten_into(&mut flat, entry.value, &entry.presence, 32);
    }
    list(flat.entries.into_iter().map(item).collect(), flat.open, call)
}

fn flatten_into(flat: &mut View, value: Value, presence: &Presence, depth: usize) {
    let inner = match &value.kind {
        Kind::List(_) if depth > 0 => view(&value),
        // Alternatives of which one at least is a list.
        Kind::Alternatives(alternatives)
            if depth > 0
                && alternatives.choices.iter().any(|(_, choice)| matches!(choice.kind, Kind::List(_))) =>
        {
            view(&value)
        }
        _ => None,
    };
    match inner {
        Some(inner) => {
            flat.open = flat.open.take().or(inner.open);
            for entry in inner.entries {
                flatten_into(flat, entry.value, &presence.and(&entry.presence), depth - 1);
            }
        }
        None => {
            // An unknown element may be a list itself.
            let many = matches!(value.kind, Kind::Unknown(_));
            let presence = Presence { many: presence.many || many, ..presence.clone() };
            let key = Value::absent();
            flat.entries.push(Entry { key, value, presence, place: None, replaceable: false });
        }
    }
}

fn compact(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let Some(view) = argument(evaluator, call, 0) else { return Value::absent() };
    let mut items = Vec::new();
    for entry in view.entries {
        let choices = match &entry.value.kind {
            Kind::Alternatives(alternatives) => alternatives.choices.clone(),
            _ => vec![(Condition::Always, entry.value.clone())],
        };
        for (condition, value) in choices {
            let empty = match &value.kind {
                Kind::Null | Kind::Absent => Condition::Always,
                Kind::String(text) if text.is_empty() => Condition::Always,
                Kind::Unknown(unknown) if unknown.may_be_absent => match identity_text(&value) {
                    Some(atom) => Condition::literal(atom, ""),
                    None => Condition::literal("an element that is not known", ""),
                },
                _ => Condition::Never,
            };
            let when = simplified(entry.presence.when.clone().and(condition).and(empty.not()));
            if when != Condition::Never {
                items.push(Item { value, presence: Presence { when, many: entry.presence.many } });
            }
        }
    }
    list(items, view.open, call)
}

fn distinct(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let Some(view) = view(&value) else { return Value::absent() };
    list(super::sets::distinct(view.entries.into_iter().map(item)), view.open, call)
}

fn reverse(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    match &value.kind {
        Kind::List(inner) if inner.open.is_none() => {
            list(inner.items.iter().rev().cloned().collect(), None, call)
        }
        Kind::String(_) | Kind::Map(_) | Kind::Null => Value::absent(),
        _ => evaluator.derived("reverse", &[value], call.place),
    }
}

fn slice(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let bound = |evaluator: &mut Evaluator<'_>, at: usize| {
        let bound = evaluator.force(call.argument(at)).as_number().and_then(|number| number.as_i64());
        bound.and_then(|bound| usize::try_from(bound).ok())
    };
    let (Some(start), Some(end)) = (bound(evaluator, 1), bound(evaluator, 2)) else {
        return evaluator.derived("slice", &call.arguments, call.place);
    };
    match &value.kind {
        Kind::List(inner) if inner.items.iter().all(|item| item.presence.is_certain()) => {
            let known = inner.items.get(start..end.min(inner.items.len()).max(start));
            let mut items: Vec<Item> = known.unwrap_or_default().to_vec();
            match &inner.open {
                None if end > inner.items.len() || start > end => return Value::absent(),
                None => {}
                Some(open) => {
                    let from = start.max(inner.items.len()) - inner.items.len();
                    let to = end.saturating_sub(inner.items.len()).min(MOST);
                    items.extend((from..to).map(|at| Item::certain(nth_unknown(open, at, &value))));
                }
            }
            list(items, None, call)
        }
        Kind::Unknown(inner) if end <= MOST => {
            list((start..end).map(|at| Item::certain(nth_unknown(inner, at, &value))).collect(), None, call)
        }
        Kind::String(_) | Kind::Map(_) | Kind::Null => Value::absent(),
        _ => evaluator.derived("slice", &[value], call.place),
    }
}

fn nth_unknown(list: &value::Unknown, at: usize, whole: &Value) -> Value {
    Value::unknown(at_unknown(list, &at.to_string()), whole.origin.clone())
}

fn sort(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force_deep(call.argument(0));
    let Kind::List(inner) = &value.kind else { return evaluator.derived("sort", &[value], call.place) };
    if !value.is_wholly_known() {
        // The elements are known, their order is not; none can be told apart from the others by position.
        return match inner.items.as_slice() {
            [_] | [] => value,
            _ => evaluator.derived("sort", &[value], call.place),
        };
    }
    let mut items = inner.items.clone();
    items.sort_by_key(|item| text::primitive(&item.value));
    list(items, None, call)
}

fn chunklist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let size = evaluator.force(call.argument(1)).as_number().and_then(|number| number.as_i64());
    match (&value.kind, size.and_then(|size| usize::try_from(size).ok())) {
        (Kind::List(inner), Some(size)) if inner.open.is_none() => {
            let size = if size == 0 { inner.items.len().max(1) } else { size };
            let chunk = |items: &[Item]| Item::certain(list(items.to_vec(), None, call));
            list(inner.items.chunks(size).map(chunk).collect(), None, call)
        }
        _ => evaluator.derived("chunklist", &[value], call.place),
    }
}

fn range(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut bounds = Vec::with_capacity(3);
    for at in 0..call.arguments.len() {
        let bound = evaluator.force(call.argument(at));
        match bound.as_number() {
            Some(known) => bounds.push(known),
            None => {
                let many = Item {
                    value: unknown("a bound of `range` is not known", call.place),
                    presence: Presence::any_number(),
                };
                return list(vec![many], None, call);
            }
        }
    }
    let one = |negative: bool| Number::from(if negative { -1 } else { 1 });
    let zero = || Number::from(0);
    let (start, end, step) = match bounds.as_slice() {
        [end] => (zero(), end.clone(), one(*end < zero())),
        [start, end] => (start.clone(), end.clone(), one(end < start)),
        [start, end, step] if *step != zero() => (start.clone(), end.clone(), step.clone()),
        _ => return Value::absent(),
    };
    let mut items = Vec::new();
    let mut at = start;
    while if step > zero() { at < end } else { at > end } {
        // Terraform refuses longer ranges.
        if items.len() == MOST_OF_RANGE {
            return Value::absent();
        }
        items.push(Item::certain(Value::number(at.clone(), call.origin())));
        at = Number::from_big(at.to_big() + step.to_big());
    }
    if !evaluator.pay(items.len()) {
        return evaluator.limit_hit(call.place);
    }
    list(items, None, call)
}

/// Joins the elements of one or more lists; unknown elements stay parts of the text.
fn join(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let separator = evaluator.force(call.argument(0));
    let Some(separator) = text::primitive(&separator) else {
        return evaluator.derived("join", &call.arguments, call.place);
    };
    let mut items: Vec<Item> = Vec::new();
    for at in 1..call.arguments.len() {
        let Some(view) = argument(evaluator, call, at) else { return Value::absent() };
        if view.open.is_some() {
            return evaluator.derived("join", &call.arguments, call.place);
        }
        items.extend(view.entries.into_iter().map(item));
    }
    joined(&separator, &items, evaluator, call, 3)
}

/// The text of the items, by the presence of at most `guards` of them.
fn joined(
    separator: &SmolStr,
    items: &[Item],
    evaluator: &Evaluator<'_>,
    call: &Invocation<'_>,
    guards: usize,
) -> Value {
    let Some(at) = items.iter().position(|item| !item.presence.is_certain()) else {
        let mut parts = Vec::new();
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                parts.push(Part::Text(separator.clone()));
            }
            match text::parts(&item.value) {
                Some(text) => parts.extend(text),
                None => return Value::absent(),
            }
        }
        return text::template(parts, call.origin());
    };
    let guard = items.get(at).map(|item| item.presence.clone()).unwrap_or_default();
    if guards == 0 || guard.many {
        // A join of the one instance that may be there gives that one.
        if let [Item { value: only, .. }] = items
            && matches!(only.kind, Kind::Reference(_))
        {
            return only.clone();
        }
        return evaluator.derived("join", &call.arguments, call.place);
    }
    let mut with = items.to_vec();
    let mut without = items.to_vec();
    without.remove(at);
    if let Some(item) = with.get_mut(at) {
        item.presence = Presence::CERTAIN;
    }
    let choices = vec![
        (guard.when.clone(), joined(separator, &with, evaluator, call, guards - 1)),
        (guard.when.not(), joined(separator, &without, evaluator, call, guards - 1)),
    ];
    crate::eval::condition::choose(choices, call.origin())
}
