//! Functions that choose among their arguments, and those that leave them as they are.

use std::sync::Arc;

use source::Place;
use value::{Condition, Kind, Unknown, Value};

use super::{Invocation, Special};
use crate::ast::Expr;
use crate::eval::condition::{self, choose, over, to_value};
use crate::eval::identity::identity_text;
use crate::eval::view::view;
use crate::eval::{Evaluator, Scope};

pub(super) fn find(name: &str) -> Option<Special> {
    Some(match name {
        "coalesce" => |evaluator, call| coalesce(evaluator, call, 0),
        "coalescelist" => |evaluator, call| coalescelist(evaluator, call, 0),
        "sensitive" => |_, call| call.argument(0).with_sensitivity(true),
        "nonsensitive" => |_, call| Value { sensitive: false, ..call.argument(0) },
        "issensitive" => |_, call| Value::bool(call.argument(0).sensitive, call.origin()),
        "ephemeralasnull" => |_, call| call.argument(0),
        "defaults" => |_, call| call.argument(0),
        _ => return None,
    })
}

impl Evaluator<'_> {
    /// The first argument that is no error.
    pub(super) fn eval_try(&mut self, arguments: &[Expr], place: Place, scope: &Scope<'_>) -> Value {
        let Some((first, rest)) = arguments.split_first() else { return Value::absent() };
        let value = self.eval(first, scope);
        if rest.is_empty() {
            return value;
        }
        self.or_else(value, place, |this| this.deeper(place, |this| this.eval_try(rest, place, scope)))
    }

    pub(super) fn eval_can(&mut self, arguments: &[Expr], place: Place, scope: &Scope<'_>) -> Value {
        let Some(argument) = arguments.first() else { return Value::absent() };
        let value = self.eval(argument, scope);
        let origin = value::Origin::computed(place);
        match &value.kind {
            Kind::Unknown(_) => self.derived("can", &[value], place),
            Kind::Alternatives(_) => {
                over(&value, &origin, |choice| Value::bool(!choice.is_absent(), origin.clone()))
            }
            _ => Value::bool(!value.is_absent(), origin),
        }
    }
}

/// The first argument that is neither null nor empty. Something that is set at deployment counts as not empty.
fn coalesce(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, at: usize) -> Value {
    let Some(value) = call.arguments.get(at) else { return Value::absent() };
    let origin = call.origin();
    match &value.kind {
        Kind::Null => coalesce(evaluator, call, at + 1),
        Kind::String(text) if text.is_empty() => coalesce(evaluator, call, at + 1),
        Kind::Alternatives(alternatives) => {
            let mut choices = Vec::new();
            for (condition, choice) in &alternatives.choices {
                let rest = call.arguments.iter().skip(at + 1).cloned();
                let arguments = std::iter::once(choice.clone()).chain(rest).collect();
                let inner = Invocation { arguments, ..*call };
                choices.push((condition.clone(), coalesce(evaluator, &inner, 0)));
            }
            choose(choices, origin)
        }
        Kind::Unknown(unknown) if unknown.may_be_absent => {
            let rest = coalesce(evaluator, call, at + 1);
            let set =
                Value::unknown(Unknown { may_be_absent: false, ..(**unknown).clone() }, value.origin.clone());
            match identity_text(value) {
                Some(atom) => {
                    let null = Condition::literal(atom, "null");
                    choose(vec![(null.clone(), rest), (null.not(), set)], origin)
                }
                None => evaluator.derived("coalesce", &call.arguments, call.place),
            }
        }
        _ => value.clone(),
    }
}

fn coalescelist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, at: usize) -> Value {
    let Some(value) = call.arguments.get(at) else { return Value::absent() };
    let value = evaluator.force(value.clone());
    let Some(view) = view(&value) else { return Value::absent() };
    if view.entries.is_empty() && view.open.is_none() {
        return coalescelist(evaluator, call, at + 1);
    }
    if view.entries.iter().any(|entry| entry.presence.is_certain()) {
        return value;
    }
    let some = view.entries.iter().try_fold(Condition::Never, |any, entry| {
        (!entry.presence.many).then(|| any.or(entry.presence.when.clone()))
    });
    match some {
        Some(some) if view.open.is_none() => {
            let rest = coalescelist(evaluator, call, at + 1);
            choose(vec![(some.clone(), value), (some.not(), rest)], call.origin())
        }
        _ => evaluator.derived("coalescelist", &call.arguments, call.place),
    }
}

/// Whether all (or any) elements are true, in symbols.
pub(super) fn fold_bools(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, all: bool) -> Value {
    let list = evaluator.force_deep(call.argument(0));
    let Some(view) = view(&list) else { return Value::absent() };
    let mut folded = if all { Condition::Always } else { Condition::Never };
    for entry in &view.entries {
        let known = if matches!(entry.value.kind, Kind::Null) {
            Some(Condition::Never)
        } else {
            condition::of(&entry.value)
        };
        let Some(holds) = known.filter(|_| !entry.presence.many) else {
            return evaluator.derived(call.name, std::slice::from_ref(&list), call.place);
        };
        let present = entry.presence.when.clone();
        folded = if all { folded.and(present.not().or(holds)) } else { folded.or(present.and(holds)) };
    }
    let folded = condition::simplified(folded);
    let decided = folded == if all { Condition::Never } else { Condition::Always };
    if view.open.is_some() && !decided {
        return evaluator.derived(call.name, std::slice::from_ref(&list), call.place);
    }
    to_value(&folded, &call.origin())
}

/// Whether an element is in a collection, in symbols.
pub(super) fn contains(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let list = evaluator.force_deep(call.argument(0));
    let wanted = evaluator.force_deep(call.argument(1));
    if let Kind::Alternatives(_) = wanted.kind {
        return over(&wanted, &call.origin(), |choice| {
            let arguments = vec![list.clone(), choice.clone()];
            contains(evaluator, &Invocation { arguments, ..*call })
        });
    }
    let Some(view) = view(&list) else { return Value::absent() };
    let both = [list, wanted];
    let [_, wanted] = &both;
    let mut any = Condition::Never;
    let mut open = view.open.is_some();
    for entry in &view.entries {
        let same = evaluator.equals(&entry.value, wanted, call.place);
        match condition::of(&same) {
            Some(Condition::Never) => {}
            Some(holds) if !entry.presence.many => any = any.or(entry.presence.when.clone().and(holds)),
            _ => open = true,
        }
    }
    let any = condition::simplified(any);
    if open && any != Condition::Always {
        return evaluator.derived("contains", &both, call.place);
    }
    to_value(&any, &call.origin())
}

/// An unknown that may be null, as the open part of a merged map.
pub(super) fn may_be_absent(unknown: &Unknown) -> Arc<Unknown> {
    Arc::new(Unknown { may_be_absent: true, ..unknown.clone() })
}
