//! Functions that ask something of a collection.

use value::{Condition, Item, Kind, List, Presence, Type, Value};

use super::Invocation;
use super::arguments::{is_document, is_sequence};
use super::sets::alike;
use super::strings::characters;
use crate::eval::condition::{choose, over};
use crate::eval::select::{any_instance, at_unknown, is_zones, nth};
use crate::eval::view::{View, view};
use crate::eval::{Evaluator, text, unknown};

/// Most elements of an undecided presence that a length is told over.
const MOST_GUARDED: usize = 3;

pub(super) fn length(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    length_of(evaluator, &value, call)
}

fn length_of(evaluator: &Evaluator<'_>, value: &Value, call: &Invocation<'_>) -> Value {
    let number = |known: usize| Value::number(i64::try_from(known).unwrap_or(i64::MAX), call.origin());
    match &value.kind {
        Kind::Alternatives(_) => over(value, &call.origin(), |choice| length_of(evaluator, choice, call)),
        Kind::String(text) => number(characters(text)),
        _ if is_document(value) => {
            let parts = text::parts(value).unwrap_or_default();
            match Value::template(parts, value.origin.clone()).as_str() {
                Some(text) => number(characters(text)),
                None => evaluator.derived("length", std::slice::from_ref(value), call.place),
            }
        }
        Kind::List(_) | Kind::Map(_) => match view(value) {
            Some(view) => count(&view)
                .map(|counts| {
                    choose(
                        counts.into_iter().map(|(when, known)| (when, number(known))).collect(),
                        call.origin(),
                    )
                })
                .unwrap_or_else(|| evaluator.derived("length", std::slice::from_ref(value), call.place)),
            None => Value::absent(),
        },
        Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) => {
            evaluator.derived("length", std::slice::from_ref(value), call.place)
        }
        _ => Value::absent(),
    }
}

/// How many entries there are, by condition; none if that cannot be told.
fn count(view: &View) -> Option<Vec<(Condition, usize)>> {
    let certain = view.entries.iter().filter(|entry| entry.presence.is_certain()).count();
    let guards: Vec<&Presence> =
        view.entries.iter().map(|entry| &entry.presence).filter(|presence| !presence.is_certain()).collect();
    if view.open.is_some() || guards.len() > MOST_GUARDED || guards.iter().any(|presence| presence.many) {
        return None;
    }
    let mut counts = vec![(Condition::Always, certain)];
    for guard in guards {
        let with = counts.iter().map(|(when, known)| (when.clone().and(guard.when.clone()), known + 1));
        let without = counts.iter().map(|(when, known)| (when.clone().and(guard.when.clone().not()), *known));
        counts = with.chain(without).collect();
    }
    Some(counts)
}

pub(super) fn element(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let list = evaluator.force(call.argument(0));
    let at = evaluator.force(call.argument(1));
    if let Kind::Alternatives(_) = list.kind {
        return over(&list, &call.origin(), |choice| {
            element(evaluator, &Invocation { arguments: vec![choice.clone(), at.clone()], ..*call })
        });
    }
    let refused = |number: value::Number| number.as_i64().is_none_or(|at| at < 0);
    if !is_sequence(&list, false) || at.as_number().is_some_and(refused) {
        return Value::absent();
    }
    let position = at.as_number().and_then(|number| number.as_i64()).and_then(|at| usize::try_from(at).ok());
    match (&list.kind, position) {
        (Kind::List(list), Some(position)) => wrapped(list, position, call),
        (Kind::List(items), None) => any_instance(items)
            .unwrap_or_else(|| evaluator.derived("element", &[list.clone(), at], call.place)),
        (Kind::Unknown(inner), Some(position)) => {
            // It wraps around: how far the list goes before that is not known, but nobody has a single zone.
            let zones = inner.identity.as_ref().is_some_and(|identity| is_zones(&identity.text));
            if position == 0 || zones && position == 1 {
                return Value::unknown(at_unknown(inner, &position.to_string()), list.origin.clone());
            }
            evaluator.derived("element", &[list.clone(), at], call.place)
        }
        (Kind::Unknown(_) | Kind::Reference(_), _) => {
            evaluator.derived("element", &[list.clone(), at], call.place)
        }
        _ => Value::absent(),
    }
}

fn wrapped(list: &List, position: usize, call: &Invocation<'_>) -> Value {
    let settled = list.open.is_none() && list.items.iter().all(|item| item.presence.is_certain());
    if settled {
        let at = position.checked_rem(list.items.len());
        return at.and_then(|at| list.items.get(at)).map_or_else(Value::absent, |item| item.value.clone());
    }
    if let Some(open) = &list.open {
        let zones = open.identity.as_ref().is_some_and(|identity| is_zones(&identity.text));
        return match list.items.get(position) {
            Some(item) if item.presence.is_certain() => item.value.clone(),
            None if zones && position < 2 => nth(list, position, call.place),
            _ => unknown("how many elements there are is not known", call.place),
        };
    }
    nth(list, position, call.place)
}

pub(super) fn one(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = evaluator.force(call.argument(0));
    match view(&value).filter(|_| is_sequence(&value, true)) {
        Some(_) if matches!(value.kind, Kind::Unknown(_)) => {
            evaluator.derived("one", std::slice::from_ref(&value), call.place)
        }
        Some(view) => only(&view, evaluator, &value, call),
        None => Value::absent(),
    }
}

fn only(view: &View, evaluator: &Evaluator<'_>, whole: &Value, call: &Invocation<'_>) -> Value {
    let null = || Value::new(Kind::Null, call.origin());
    match view.entries.as_slice() {
        [] if view.open.is_none() => null(),
        [entry] if entry.presence.is_certain() && view.open.is_none() => entry.value.clone(),
        entries if entries.iter().filter(|entry| entry.presence.is_certain()).count() > 1 => Value::absent(),
        [entry] if entry.presence.many && matches!(entry.value.kind, Kind::Reference(_)) => {
            entry.value.clone()
        }
        entries if view.open.is_none() && entries.iter().all(|entry| !entry.presence.many) => {
            // At most one of them is there, or Terraform refuses it.
            let mut none = Condition::Always;
            let mut choices = Vec::new();
            for entry in entries {
                none = none.and(entry.presence.when.clone().not());
                choices.push((entry.presence.when.clone(), entry.value.clone()));
            }
            choices.push((none, null()));
            choose(choices, call.origin())
        }
        _ => evaluator.derived("one", std::slice::from_ref(whole), call.place),
    }
}

pub(super) fn index(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let list = evaluator.force_deep(call.argument(0));
    let wanted = evaluator.force_deep(call.argument(1));
    if !is_sequence(&list, false) {
        return Value::absent();
    }
    if !list.is_wholly_known() || !wanted.is_wholly_known() {
        return evaluator.derived_as(&Type::Number, "index", &[list, wanted], call.place);
    }
    let Some(items) = list.as_list() else { return Value::absent() };
    let same = |item: &Item| alike(&item.value, &wanted);
    match items.items.iter().position(same).map(i64::try_from) {
        Some(Ok(at)) => Value::number(at, call.origin()),
        _ => Value::absent(),
    }
}
