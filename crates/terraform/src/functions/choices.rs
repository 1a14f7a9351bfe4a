//! Functions that choose among their arguments, and those that leave them as they are.

use std::sync::Arc;

use source::Place;
use value::{Condition, Identity, Kind, Type, Unknown, Value};

use super::Invocation;
use super::arguments::{holds_secret, is_document, is_sequence, is_untyped_null};
use super::convert::{convert, unify};
use crate::ast::Expr;
use crate::eval::condition::{self, choose, over, to_value};
use crate::eval::identity::identity_text;
use crate::eval::view::view;
use crate::eval::{Evaluator, Scope};

pub(super) fn sensitive(_: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    call.argument(0).with_sensitivity(true)
}

pub(super) fn nonsensitive(_: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    Value { sensitive: false, ..call.argument(0) }
}

pub(super) fn issensitive(_: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    // A document is one text: any secret in it makes all of it one.
    let value = call.argument(0);
    let secret = value.sensitive || is_document(&value) && holds_secret(&value, 32);
    Value::bool(secret, call.origin())
}

/// A value, or null for what is opened at deployment only and never stored.
pub(super) fn ephemeralasnull(_: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let value = call.argument(0);
    let ephemeral = match &value.kind {
        Kind::Unknown(unknown) => unknown.identity.as_ref().is_some_and(|identity| {
            let shown = Identity::shown(&identity.text);
            shown.starts_with("ephemeral.") || shown.contains(".ephemeral.") || shown == "terraform.applying"
        }),
        _ => false,
    };
    if ephemeral { Value::new(Kind::Null, call.origin()) } else { value }
}

pub(super) fn refused(_: &mut Evaluator<'_>, _: &Invocation<'_>) -> Value {
    Value::absent()
}

/// `try` and `can` see expressions, not values; see [`Evaluator::eval_try`]. Spread arguments are none.
pub(super) fn not_called(_: &mut Evaluator<'_>, _: &Invocation<'_>) -> Value {
    Value::absent()
}

pub(super) fn tostring(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    converted(evaluator, call, &Type::String)
}

pub(super) fn tonumber(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    converted(evaluator, call, &Type::Number)
}

pub(super) fn tobool(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    converted(evaluator, call, &Type::Bool)
}

/// A value as a type: what is not known has it, or is refused by the type that it will have.
pub(super) fn converted(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, ty: &Type) -> Value {
    let value = evaluator.force(call.argument(0));
    over(&value, &call.origin(), |value| match (&value.kind, ty) {
        (Kind::Unknown(unknown), _) if !may_become(&unknown.ty, ty) => Value::absent(),
        (Kind::Unknown(unknown), _) if unknown.ty == Type::Any => {
            let typed = Unknown { ty: ty.clone(), ..(**unknown).clone() };
            Value { kind: Kind::Unknown(Arc::new(typed)), ..value.clone() }
        }
        (Kind::Template(_), Type::Number | Type::Bool) => {
            evaluator.derived_as(ty, call.name, std::slice::from_ref(value), call.place)
        }
        (Kind::Null, _) => Value::new(Kind::Null, call.origin()),
        _ => convert(value.clone(), ty),
    })
}

/// Whether a value of one type can be converted to another at all.
fn may_become(from: &Type, to: &Type) -> bool {
    match (from, to) {
        (Type::Any, _) | (_, Type::Any) => true,
        (from, Type::String) => from.is_primitive(),
        (from, Type::Number) => matches!(from, Type::Number | Type::String),
        (from, Type::Bool) => matches!(from, Type::Bool | Type::String),
        (from, Type::List(_) | Type::Set(_)) => matches!(from, Type::List(_) | Type::Set(_) | Type::Tuple(_)),
        (from, Type::Map(_)) => matches!(from, Type::Map(_) | Type::Object(_)),
        _ => true,
    }
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

/// The first argument that is neither null nor empty, as the type that all have in common. Something that is set at
/// deployment counts as not empty.
pub(super) fn coalesce(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let types: Vec<Type> = call.arguments.iter().map(Value::ty).collect();
    let Some(ty) = unify(&types) else { return Value::absent() };
    let chosen = first_set(evaluator, call, 0);
    // A null literal has no type, and keeps collections from being converted.
    let untyped = call.arguments.iter().any(is_untyped_null);
    if untyped && !ty.is_primitive() { chosen } else { convert(chosen, &ty) }
}

fn first_set(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, at: usize) -> Value {
    let Some(value) = call.arguments.get(at) else { return Value::absent() };
    let origin = call.origin();
    match &value.kind {
        Kind::Null => first_set(evaluator, call, at + 1),
        Kind::String(text) if text.is_empty() => first_set(evaluator, call, at + 1),
        Kind::Alternatives(alternatives) => {
            let mut choices = Vec::new();
            for (condition, choice) in &alternatives.choices {
                let rest = call.arguments.iter().skip(at + 1).cloned();
                let arguments = std::iter::once(choice.clone()).chain(rest).collect();
                let inner = Invocation { arguments, ..*call };
                choices.push((condition.clone(), first_set(evaluator, &inner, 0)));
            }
            choose(choices, origin)
        }
        Kind::Unknown(unknown) if unknown.may_be_absent => {
            let rest = first_set(evaluator, call, at + 1);
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

/// The first argument that has elements.
pub(super) fn coalescelist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    // A null is taken to have the type of a list: a literal would not do.
    let lists = |value: &Value| matches!(value.kind, Kind::Null) || is_sequence(value, false);
    let arguments: Vec<Value> = call.arguments.iter().map(|value| evaluator.force(value.clone())).collect();
    if !arguments.iter().all(lists) {
        return Value::absent();
    }
    first_filled(evaluator, call, &arguments)
}

fn first_filled(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, arguments: &[Value]) -> Value {
    let Some((value, rest)) = arguments.split_first() else { return Value::absent() };
    let Some(view) = view(value) else { return Value::absent() };
    if view.entries.is_empty() && view.open.is_none() {
        return first_filled(evaluator, call, rest);
    }
    if view.entries.iter().any(|entry| entry.presence.is_certain()) {
        return value.clone();
    }
    let some = view.entries.iter().try_fold(Condition::Never, |any, entry| {
        (!entry.presence.many).then(|| any.or(entry.presence.when.clone()))
    });
    match some {
        Some(some) if view.open.is_none() => {
            let rest = first_filled(evaluator, call, rest);
            choose(vec![(some.clone(), value.clone()), (some.not(), rest)], call.origin())
        }
        _ => evaluator.derived("coalescelist", &call.arguments, call.place),
    }
}

pub(super) fn alltrue(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    fold_bools(evaluator, call, true)
}

pub(super) fn anytrue(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    fold_bools(evaluator, call, false)
}

/// Whether all (or any) elements are true, in symbols.
fn fold_bools(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>, all: bool) -> Value {
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
    if !is_sequence(&list, true) {
        return Value::absent();
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
