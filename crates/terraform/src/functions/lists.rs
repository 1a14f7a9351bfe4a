//! Functions that make lists.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Condition, Item, Kind, List, ListShape, Number, Part, Presence, Type, Value};

use super::arguments::{element, is_document, is_sequence};
use super::choices::converted;
use super::convert::{convert, unify};
use super::{Invocation, MOST_BYTES};
use crate::eval::condition::simplified;
use crate::eval::identity::identity_text;
use crate::eval::select::at_unknown;
use crate::eval::view::{Entry, View, view};
use crate::eval::{Evaluator, text};

/// Most elements that `range` and `setproduct` make.
pub(super) const MOST: usize = 100_000;

/// Most numbers that `range` gives.
const MOST_OF_RANGE: usize = 1024;

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

/// All elements of lists and tuples: a list if all are lists of types that have one in common, a tuple otherwise.
pub(super) fn concat(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut items = Vec::new();
    let mut open = None;
    let mut elements = Vec::new();
    for at in 0..call.arguments.len() {
        let value = evaluator.force(call.argument(at));
        let Some(view) = view(&value).filter(|_| is_sequence(&value, false)) else { return Value::absent() };
        elements.push(element(&value));
        items.extend(view.entries.into_iter().map(item));
        open = open.or(view.open);
    }
    if call.arguments.is_empty() {
        return Value::absent();
    }
    let elements: Option<Vec<Type>> = elements.into_iter().collect();
    let whole = list(items, open, call);
    match elements.and_then(|elements| unify(&elements)) {
        Some(ty) => convert(whole, &Type::list(ty)),
        None => whole,
    }
}

pub(super) fn tolist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    converted(evaluator, call, &Type::list(Type::Any))
}

/// A tuple of all that is in lists, sets and tuples at any depth.
pub(super) fn flatten(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    let Some(view) = view(&value).filter(|_| is_sequence(&value, true)) else { return Value::absent() };
    let mut flat = View { open: view.open.clone(), ..View::default() };
    for entry in view.entries {
        flatten_into(&mut flat, entry.value, &entry.presence, 32);
    }
    list(flat.entries.into_iter().map(item).collect(), flat.open, call)
}

fn flatten_into(flat: &mut View, value: Value, presence: &Presence, depth: usize) {
    let inner = match &value.kind {
        Kind::List(_) if depth > 0 && !is_document(&value) => view(&value),
        // Alternatives of which one at least is a list.
        Kind::Alternatives(alternatives)
            if depth > 0
                && alternatives
                    .choices
                    .iter()
                    .any(|(_, choice)| matches!(choice.kind, Kind::List(_)) && !is_document(choice)) =>
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
            let many = matches!(&value.kind, Kind::Unknown(unknown) if !unknown.ty.is_primitive());
            let presence = Presence { many: presence.many || many, ..presence.clone() };
            let key = Value::absent();
            flat.entries.push(Entry { key, value, presence, place: None, replaceable: false });
        }
    }
}

pub(super) fn compact(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
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
    let strings = List::new(items, view.open).shaped(ListShape::List(Type::String));
    Value::new(Kind::List(Arc::new(strings)), call.origin())
}

pub(super) fn distinct(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force_deep(call.argument(0));
    let Some(view) = view(&value) else { return Value::absent() };
    let items = super::sets::distinct(view.entries.into_iter().map(item));
    reshaped(&value, items, view.open, call)
}

/// Other elements of a list, in the shape that it has; a list of any type if it is not known.
fn reshaped(
    whole: &Value,
    items: Vec<Item>,
    open: Option<Arc<value::Unknown>>,
    call: &Invocation<'_>,
) -> Value {
    let shape = match &whole.kind {
        Kind::List(list) => match &list.shape {
            ListShape::Set(inner) => ListShape::List(inner.clone()),
            shape => shape.clone(),
        },
        _ => ListShape::LIST,
    };
    Value::new(Kind::List(Arc::new(List::new(items, open).shaped(shape))), call.origin())
}

/// A list or a tuple backwards; a set becomes a list.
pub(super) fn reverse(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    match &value.kind {
        Kind::List(inner) if inner.open.is_none() && !is_document(&value) => {
            reshaped(&value, inner.items.iter().rev().cloned().collect(), None, call)
        }
        _ if !is_sequence(&value, true) => Value::absent(),
        _ => evaluator.derived_as(&value.ty(), "reverse", &[value], call.place),
    }
}

pub(super) fn slice(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    if !is_sequence(&value, false) {
        return Value::absent();
    }
    let bounds = (bound(&call.argument(1)), bound(&call.argument(2)));
    let (start, end) = match bounds {
        (Bound::At(start), Bound::At(end)) if start <= end => (start, end),
        (Bound::Unknown, Bound::At(_) | Bound::Unknown) | (Bound::At(_), Bound::Unknown) => {
            return evaluator.derived("slice", &call.arguments, call.place);
        }
        _ => return Value::absent(),
    };
    match &value.kind {
        Kind::List(inner) if inner.items.iter().all(|item| item.presence.is_certain()) => {
            let known = inner.items.get(start..end.min(inner.items.len()).max(start));
            let mut items: Vec<Item> = known.unwrap_or_default().to_vec();
            match &inner.open {
                None if end > inner.items.len() => return Value::absent(),
                None => {}
                Some(open) => {
                    let from = start.max(inner.items.len()) - inner.items.len();
                    let to = end.saturating_sub(inner.items.len()).min(MOST);
                    items.extend((from..to).map(|at| Item::certain(nth_unknown(open, at, &value))));
                }
            }
            reshaped(&value, items, None, call)
        }
        Kind::Unknown(inner) if end <= MOST => {
            let items = (start..end).map(|at| Item::certain(nth_unknown(inner, at, &value))).collect();
            let shape = match &inner.ty {
                Type::List(element) => ListShape::List((**element).clone()),
                _ => ListShape::Tuple,
            };
            Value::new(Kind::List(Arc::new(List::new(items, None).shaped(shape))), call.origin())
        }
        _ => evaluator.derived("slice", &[value], call.place),
    }
}

/// An index argument.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    At(usize),
    Unknown,
    Refused,
}

fn bound(value: &Value) -> Bound {
    match value.as_number() {
        Some(number) => {
            let at = number.as_i64().and_then(|at| usize::try_from(at).ok());
            at.map_or(Bound::Refused, Bound::At)
        }
        None => Bound::Unknown,
    }
}

fn nth_unknown(list: &value::Unknown, at: usize, whole: &Value) -> Value {
    Value::unknown(at_unknown(list, &at.to_string()), whole.origin.clone())
}

pub(super) fn sort(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force_deep(call.argument(0));
    let Kind::List(inner) = &value.kind else {
        return evaluator.derived_as(&Type::list(Type::String), "sort", &[value], call.place);
    };
    if inner.items.iter().any(|item| matches!(item.value.kind, Kind::Null)) {
        return Value::absent();
    }
    if !value.is_wholly_known() {
        // The elements are known, their order is not; none can be told apart from the others by position.
        return match inner.items.as_slice() {
            [_] | [] => value,
            _ => evaluator.derived_as(&Type::list(Type::String), "sort", &[value], call.place),
        };
    }
    let mut items = inner.items.clone();
    items.sort_by_key(|item| text::primitive(&item.value));
    reshaped(&value, items, None, call)
}

/// A list of lists, each of so many elements save the last; all of them in one for a size of zero.
pub(super) fn chunklist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    match (&value.kind, bound(&call.argument(1))) {
        (_, Bound::Refused) => Value::absent(),
        (Kind::List(inner), Bound::At(size)) if inner.is_settled() => {
            let size = if size == 0 { inner.items.len().max(1) } else { size };
            let chunk = |items: &[Item]| Item::certain(reshaped(&value, items.to_vec(), None, call));
            let chunks = List::new(inner.items.chunks(size).map(chunk).collect(), None);
            let chunks = chunks.shaped(ListShape::List(value.ty()));
            Value::new(Kind::List(Arc::new(chunks)), call.origin())
        }
        _ => evaluator.derived("chunklist", &[value, call.argument(1)], call.place),
    }
}

pub(super) fn range(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let mut bounds = Vec::with_capacity(3);
    for at in 0..call.arguments.len() {
        let bound = evaluator.force(call.argument(at));
        match bound.as_number() {
            Some(known) => bounds.push(known),
            None => {
                let many = Item { value: unknown_number(call.place), presence: Presence::any_number() };
                return numbers(vec![many], call);
            }
        }
    }
    let one = |negative: bool| Number::from(if negative { -1 } else { 1 });
    let zero = || Number::from(0);
    let (start, end, step) = match bounds.as_slice() {
        [end] => (zero(), end.clone(), one(*end < zero())),
        [start, end] => (start.clone(), end.clone(), one(end < start)),
        [start, end, step] if *step != zero() || start == end => (start.clone(), end.clone(), step.clone()),
        _ => return Value::absent(),
    };
    if if step > zero() { end < start } else { end > start } {
        return Value::absent();
    }
    let mut items = Vec::new();
    let mut at = start;
    while if step > zero() { at < end } else { at > end } {
        // Terraform refuses longer ranges.
        if items.len() == MOST_OF_RANGE {
            return Value::absent();
        }
        items.push(Item::certain(Value::number(at.clone(), call.origin())));
        let Some(next) = at.plus(&step) else { return Value::absent() };
        at = next;
    }
    if !evaluator.pay(items.len()) {
        return evaluator.limit_hit(call.place);
    }
    numbers(items, call)
}

fn unknown_number(place: source::Place) -> Value {
    let reason = value::Unknown::fresh("a bound of `range` is not known");
    Value::unknown(value::Unknown { ty: Type::Number, ..reason }, value::Origin::computed(place))
}

fn numbers(items: Vec<Item>, call: &Invocation<'_>) -> Value {
    let list = List::new(items, None).shaped(ListShape::List(Type::Number));
    Value::new(Kind::List(Arc::new(list)), call.origin())
}

/// Joins the elements of one or more lists; unknown elements stay parts of the text.
pub(super) fn join(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let separator = evaluator.force(call.argument(0));
    let Some(separator) = text::primitive(&separator) else {
        return evaluator.derived_as(&Type::String, "join", &call.arguments, call.place);
    };
    if call.arguments.len() < 2 {
        return Value::absent();
    }
    let mut items: Vec<Item> = Vec::new();
    for at in 1..call.arguments.len() {
        let Some(view) = argument(evaluator, call, at) else { return Value::absent() };
        if view.open.is_some() {
            return evaluator.derived_as(&Type::String, "join", &call.arguments, call.place);
        }
        items.extend(view.entries.into_iter().map(item));
    }
    let bytes = |item: &Item| item.value.as_str().map_or(0, str::len) + separator.len();
    let whole: usize = items.iter().map(bytes).sum();
    if whole > MOST_BYTES || !evaluator.pay(items.len() + whole / 256) {
        return evaluator.limit_hit(call.place);
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
        return evaluator.derived_as(&Type::String, "join", &call.arguments, call.place);
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
