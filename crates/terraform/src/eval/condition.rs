//! Conditions that values stand for, and values that stand for conditions.

use std::sync::Arc;

use value::{Condition, Item, Kind, Literal, MapEntry, Origin, Part, Value, World, worlds};

use super::identity::identity_text;
use super::{Evaluator, Scope};
use crate::ast::Expr;

/// Most worlds that are looked into to simplify one condition.
const WORLDS: usize = 64;

/// The condition under which a boolean value is true, if it can be told in symbols.
pub(crate) fn of(value: &Value) -> Option<Condition> {
    match &value.kind {
        Kind::Bool(_) | Kind::String(_) => value.as_bool().map(constant),
        Kind::Alternatives(alternatives) => {
            let mut holds = Condition::Never;
            for (condition, choice) in &alternatives.choices {
                // An alternative that Terraform would refuse does not happen.
                if choice.is_absent() {
                    continue;
                }
                holds = holds.or(condition.clone().and(of(choice)?));
            }
            Some(simplified(holds))
        }
        Kind::Unknown(_) | Kind::Reference(_) => Some(Condition::literal(identity_text(value)?, "true")),
        _ => None,
    }
}

fn constant(known: bool) -> Condition {
    if known { Condition::Always } else { Condition::Never }
}

/// The boolean that is true where `condition` holds.
pub(crate) fn to_value(condition: &Condition, origin: &Origin) -> Value {
    let choice = |condition, known| (condition, Value::bool(known, origin.clone()));
    match condition {
        Condition::Always => Value::bool(true, origin.clone()),
        Condition::Never => Value::bool(false, origin.clone()),
        other => {
            let choices = [choice(other.clone(), true), choice(other.clone().not(), false)];
            Value::alternatives(choices, origin.clone())
        }
    }
}

/// The condition, or always or never if it holds in every or in no world.
pub(crate) fn simplified(condition: Condition) -> Condition {
    if !matches!(condition, Condition::All(_) | Condition::Any(_)) {
        return condition;
    }
    let mut literals: Vec<Literal> = Vec::new();
    condition.literals(&mut |literal| literals.push(literal.clone()));
    let possible = |guard: &Condition| {
        worlds(&literals, &World::default(), guard, WORLDS).is_none_or(|worlds| !worlds.is_empty())
    };
    if !possible(&condition) {
        Condition::Never
    } else if !possible(&condition.clone().not()) {
        Condition::Always
    } else {
        condition
    }
}

/// One of several values; choices that cannot happen are left out, and if all say the same, they are one.
pub(crate) fn choose(choices: Vec<(Condition, Value)>, origin: Origin) -> Value {
    let mut possible: Vec<(Condition, Value)> = Vec::new();
    for (condition, value) in choices {
        match &value.kind {
            Kind::Alternatives(inner) => {
                for (deeper, value) in &inner.choices {
                    push(&mut possible, condition.clone().and(deeper.clone()), value.clone());
                }
            }
            _ => push(&mut possible, condition, value),
        }
    }
    if possible.len() > 1
        && let Some((_, first)) = possible.first()
        && possible.iter().all(|(_, value)| same(value, first))
    {
        return first.clone();
    }
    Value::alternatives(possible, origin)
}

fn push(possible: &mut Vec<(Condition, Value)>, condition: Condition, value: Value) {
    let condition = simplified(condition);
    if condition == Condition::Never {
        return;
    }
    match possible.iter_mut().find(|(_, known)| same(known, &value)) {
        Some((known, _)) => *known = simplified(std::mem::take(known).or(condition)),
        None => possible.push((condition, value)),
    }
}

/// Whether two choices are one: equal scalars, wherever they were written.
fn same(a: &Value, b: &Value) -> bool {
    let scalar = |value: &Value| {
        matches!(
            value.kind,
            Kind::Absent
                | Kind::Null
                | Kind::Bool(_)
                | Kind::Number(_)
                | Kind::String(_)
                | Kind::Reference(_)
        )
    };
    a.sensitive == b.sensitive && a.kind == b.kind && (scalar(a) || a.origin == b.origin)
}

/// Applies `work` to every alternative of a value, and to the value itself if it has none.
pub(crate) fn over(value: &Value, origin: &Origin, mut work: impl FnMut(&Value) -> Value) -> Value {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            let choices = alternatives.choices.iter();
            choose(
                choices.map(|(condition, choice)| (condition.clone(), work(choice))).collect(),
                origin.clone(),
            )
        }
        _ => work(value),
    }
}

/// The value without the alternatives, at any depth, that Terraform would refuse: a configuration that can be applied
/// does not have them. Their conditions go to the last alternative that is left, so that the conditions still cover
/// all.
pub(crate) fn without_errors(value: Value) -> Value {
    if !has_errors(&value) {
        return value;
    }
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            let clean = |(condition, choice): &(Condition, Value)| {
                (condition.clone(), without_errors(choice.clone()))
            };
            let choices: Vec<(Condition, Value)> = alternatives.choices.iter().map(clean).collect();
            without_absent(choices, value.origin.clone()).with_sensitivity(value.sensitive)
        }
        Kind::List(list) => {
            let clean = |item: &Item| Item { value: without_errors(item.value.clone()), ..item.clone() };
            let items = list.items.iter().map(clean).collect();
            Value { kind: Kind::List(Arc::new(list.with(items))), ..value }
        }
        Kind::Map(map) => {
            let clean =
                |entry: &MapEntry| MapEntry { value: without_errors(entry.value.clone()), ..entry.clone() };
            let entries = map.entries.iter().map(clean).collect();
            Value { kind: Kind::Map(Arc::new(map.with(entries))), ..value }
        }
        Kind::Template(template) => {
            let clean = |part: &Part| match part {
                Part::Text(_) => part.clone(),
                Part::Value(value) => Part::Value(without_errors(value.clone())),
            };
            let parts = template.parts.iter().map(clean).collect();
            super::text::template(parts, value.origin.clone()).with_sensitivity(value.sensitive)
        }
        _ => value,
    }
}

fn has_errors(value: &Value) -> bool {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().any(|(_, choice)| choice.is_absent() || has_errors(choice))
        }
        Kind::List(list) => list.items.iter().any(|item| has_errors(&item.value)),
        Kind::Map(map) => map.entries.iter().any(|entry| has_errors(&entry.value)),
        Kind::Template(template) => {
            template.parts.iter().any(|part| matches!(part, Part::Value(value) if has_errors(value)))
        }
        _ => false,
    }
}

fn without_absent(choices: Vec<(Condition, Value)>, origin: Origin) -> Value {
    let mut kept: Vec<(Condition, Value)> =
        choices.into_iter().filter(|(_, choice)| !choice.is_absent()).collect();
    if kept.len() < 2 {
        return kept.pop().map_or_else(Value::absent, |(_, only)| only);
    }
    let others =
        kept.iter().rev().skip(1).fold(Condition::Never, |any, (condition, _)| any.or(condition.clone()));
    if let Some((condition, _)) = kept.last_mut() {
        *condition = others.not();
    }
    Value::alternatives(kept, origin)
}

impl Evaluator<'_> {
    /// The condition under which `value`, the value of `expr`, is true. A value without symbols becomes an atom
    /// named by the text of the expression.
    pub(crate) fn condition(&mut self, value: &Value, expr: &Expr, scope: &Scope<'_>) -> Condition {
        if let Some(condition) = of(value) {
            return condition;
        }
        let mut text = self.sources.slice(expr.place);
        text.truncate(text.char_indices().nth(80).map_or(text.len(), |(at, _)| at));
        let varies = scope.frames.is_some() || expr.is_per_instance();
        if varies {
            text = format!("{text} #{}", self.fresh_number());
        }
        let module = self.address(scope.instance, "");
        let atom = value::Identity::new(&self.root, &format!("{module}{text}"));
        Condition::literal(atom.text, "true")
    }
}
