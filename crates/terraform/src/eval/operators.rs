//! Operators, with Terraform's conversions and unknown operands.

use smol_str::SmolStr;
use source::Place;
use value::{
    Blind, Condition, Identity, Interval, Kind, Number, Origin, Truth, Value, World, equal, less_than, size,
};

use super::condition::{self, over, to_value};
use super::expression::extent;
use super::identity::identity_text;
use super::view::view;
use super::{Evaluator, Scope, same, text, unknown};
use crate::ast::{Binary, Expr, ExprKind, Unary};

impl Evaluator<'_> {
    pub(super) fn unary(
        &mut self,
        operator: Unary,
        operand: Value,
        expr: &Expr,
        place: Place,
        scope: &Scope<'_>,
    ) -> Value {
        let operand = self.force(operand);
        if operand.is_absent() || matches!(operand.kind, Kind::Null) {
            return Value::absent();
        }
        let origin = Origin::computed(place);
        match operator {
            Unary::Not => {
                let Some(operand) = self.boolean(operand) else { return Value::absent() };
                let holds = self.condition(&operand, expr, scope);
                to_value(&holds.not(), &origin).with_sensitivity(operand.sensitive)
            }
            Unary::Negate => over(&operand, &origin, |operand| match (operand.as_number(), &operand.kind) {
                (Some(number), _) => Value::number(number.negated(), origin.clone()),
                (None, Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_)) => {
                    self.derived("-", std::slice::from_ref(operand), place)
                }
                _ => Value::absent(),
            }),
        }
    }

    pub(super) fn eval_binary(
        &mut self,
        operator: Binary,
        operands: &(Expr, Expr),
        place: Place,
        scope: &Scope<'_>,
    ) -> Value {
        let (left, right) = operands;
        if matches!(operator, Binary::And | Binary::Or) {
            return self.eval_logic(operator, operands, place, scope);
        }
        if let Some(decided) = self.compare_lengths(operator, operands, place, scope) {
            return decided;
        }
        let deep = matches!(operator, Binary::Equal | Binary::NotEqual);
        let left = self.eval(left, scope);
        let right = self.eval(right, scope);
        let (left, right) = if deep {
            (self.force_deep(left), self.force_deep(right))
        } else {
            (self.force(left), self.force(right))
        };
        if deep && !self.pay((extent(&left) + extent(&right)) / 8) {
            return self.limit_hit(place);
        }
        let sensitive = left.sensitive || right.sensitive;
        self.binary(operator, &left, &right, place).with_sensitivity(sensitive)
    }

    /// `&&` and `||`: the left operand may decide alone, and so may the right one where the left is not known.
    fn eval_logic(
        &mut self,
        operator: Binary,
        operands: &(Expr, Expr),
        place: Place,
        scope: &Scope<'_>,
    ) -> Value {
        let origin = Origin::computed(place);
        let and = operator == Binary::And;
        let left = self.eval(&operands.0, scope);
        let Some(left) = self.boolean(left) else { return Value::absent() };
        let a = self.condition(&left, &operands.0, scope);
        match (&a, and) {
            (Condition::Never, true) | (Condition::Always, false) => {
                return to_value(&a, &origin).with_sensitivity(left.sensitive);
            }
            _ => {}
        }
        let right = self.eval(&operands.1, scope);
        let Some(right) = self.boolean(right) else {
            // Guarded by the left operand, as in `x != null && x.enabled`: an error only where that lets it through.
            return match (&a, and) {
                (Condition::Always, true) | (Condition::Never, false) => Value::absent(),
                (_, true) => to_value(&Condition::Never, &origin),
                (_, false) => to_value(&Condition::Always, &origin),
            };
        };
        let b = self.condition(&right, &operands.1, scope);
        let both = if and { a.and(b) } else { a.or(b) };
        to_value(&condition::simplified(both), &origin).with_sensitivity(left.sensitive || right.sensitive)
    }

    /// An operator on evaluated operands.
    pub(crate) fn binary(&mut self, operator: Binary, left: &Value, right: &Value, place: Place) -> Value {
        let origin = Origin::computed(place);
        if let Kind::Alternatives(_) = left.kind {
            return over(left, &origin, |left| self.binary(operator, left, right, place));
        }
        if let Kind::Alternatives(_) = right.kind {
            return over(right, &origin, |right| self.binary(operator, left, right, place));
        }
        if left.is_absent() || right.is_absent() {
            return Value::absent();
        }
        match operator {
            Binary::Equal => self.equals(left, right, place),
            Binary::NotEqual => {
                let same = self.equals(left, right, place);
                match condition::of(&same) {
                    Some(holds) => to_value(&holds.not(), &origin),
                    None => self.derived("!=", &[left.clone(), right.clone()], place),
                }
            }
            _ => self.arithmetic(operator, left, right, place),
        }
    }

    fn arithmetic(&mut self, operator: Binary, left: &Value, right: &Value, place: Place) -> Value {
        let open =
            |value: &Value| matches!(value.kind, Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_));
        let (Some(a), Some(b)) = (left.as_number(), right.as_number()) else {
            return if open(left) || open(right) {
                self.derived(operator.sign(), &[left.clone(), right.clone()], place)
            } else {
                Value::absent()
            };
        };
        let origin = Origin::computed(place);
        let number = |number: Option<Number>| match number {
            Some(number) => Value::number(number, origin.clone()),
            None => unknown("the number is too large", place),
        };
        match operator {
            Binary::Less => Value::bool(a < b, origin),
            Binary::LessOrEqual => Value::bool(a <= b, origin),
            Binary::Greater => Value::bool(a > b, origin),
            Binary::GreaterOrEqual => Value::bool(a >= b, origin),
            Binary::Add => number(a.plus(&b)),
            Binary::Subtract => number(a.minus(&b)),
            Binary::Multiply => number(a.times(&b)),
            Binary::Divide if a.is_zero() && b.is_zero() => Value::absent(),
            Binary::Divide => number(a.over(&b)),
            Binary::Modulo => number(a.modulo(&b)),
            _ => Value::absent(),
        }
    }

    /// Whether two values are equal; values of different types are not.
    pub(crate) fn equals(&mut self, left: &Value, right: &Value, place: Place) -> Value {
        let origin = Origin::computed(place);
        if let Some(known) = same::compared(left, right) {
            return Value::bool(known, origin);
        }
        if let Some(condition) = unknown_equals(left, right).or_else(|| unknown_equals(right, left)) {
            return to_value(&condition, &origin);
        }
        match equal(left, right, &Blind, &World::default()) {
            Truth::Yes => Value::bool(true, origin),
            Truth::No => Value::bool(false, origin),
            Truth::Unknown(_) => self.derived("==", &[left.clone(), right.clone()], place),
        }
    }

    /// `length(x) > 0` and the like, where the bounds of the length decide.
    fn compare_lengths(
        &mut self,
        operator: Binary,
        operands: &(Expr, Expr),
        place: Place,
        scope: &Scope<'_>,
    ) -> Option<Value> {
        let is_length = |expr: &Expr| matches!(&expr.kind, ExprKind::Call(call) if call.name == "length" && call.arguments.len() == 1);
        if !is_length(&operands.0) && !is_length(&operands.1) {
            return None;
        }
        let a = self.interval(&operands.0, scope)?;
        let b = self.interval(&operands.1, scope)?;
        let same = || less_than(&a, &b, true).and(less_than(&b, &a, true));
        let truth = match operator {
            Binary::Less => less_than(&a, &b, false),
            Binary::LessOrEqual => less_than(&a, &b, true),
            Binary::Greater => less_than(&b, &a, false),
            Binary::GreaterOrEqual => less_than(&b, &a, true),
            Binary::Equal => same(),
            Binary::NotEqual => same().not(),
            _ => return None,
        };
        match truth {
            Truth::Yes => Some(Value::bool(true, Origin::computed(place))),
            Truth::No => Some(Value::bool(false, Origin::computed(place))),
            Truth::Unknown(_) => None,
        }
    }

    fn interval(&mut self, expr: &Expr, scope: &Scope<'_>) -> Option<Interval> {
        if let ExprKind::Call(call) = &expr.kind
            && call.name == "length"
        {
            let value = self.eval(call.arguments.first()?, scope);
            let value = self.force(value);
            let (Kind::List(_) | Kind::Map(_) | Kind::Alternatives(_)) = value.kind else { return None };
            let list = view(&value)?.into_list(Origin::default());
            return list.as_list().map(|list| size(list, &World::default()));
        }
        let value = self.eval(expr, scope);
        self.force(value).as_number().map(Interval::exactly)
    }
}

/// The condition under which an unknown equals a known primitive or null.
fn unknown_equals(unknown: &Value, known: &Value) -> Option<Condition> {
    let atom = || identity_text(unknown);
    let Kind::Unknown(inner) = &unknown.kind else { return None };
    match &known.kind {
        Kind::Null if !inner.may_be_absent => Some(Condition::Never),
        Kind::Null => Some(Condition::literal(atom()?, "null")),
        // A root variable without a value counts as given, neither null nor empty.
        Kind::String(text) if text.is_empty() && is_unset_variable(inner) => Some(Condition::Never),
        Kind::String(_) | Kind::Number(_) | Kind::Bool(_) => {
            let text: SmolStr = text::primitive(known)?;
            Some(Condition::literal(atom()?, text))
        }
        _ => None,
    }
}

/// Whether an unknown is a root variable as a whole.
fn is_unset_variable(unknown: &value::Unknown) -> bool {
    let name =
        unknown.identity.as_ref().and_then(|identity| Identity::shown(&identity.text).strip_prefix("var."));
    !unknown.may_be_absent && name.is_some_and(|name| !name.contains(['.', '(', ' ', '[']))
}
