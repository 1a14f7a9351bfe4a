//! What is known to be present. A comparison with `<` and a test of a text are false for an absent value; where that
//! would help a rule to pass or not to apply, the value must be present for sure: by the model, or by a guard such as
//! `has(self.x)` beside it.

use super::syntax::{Comparison, Expr, ExprKind};
use crate::ir::Literal;

/// Whom a false answer helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Polarity {
    /// The reader: false leads to a failure, or makes the rule apply.
    Strict,
    /// The resource: false leads to a pass, or to the rule not applying.
    Lenient,
    /// Either, depending on the rest.
    Both,
}

impl Polarity {
    /// Under a negation.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Strict => Self::Lenient,
            Self::Lenient => Self::Strict,
            Self::Both => Self::Both,
        }
    }
}

/// Keys of what is present if `expr` is `truth`.
pub(super) fn implied(expr: &Expr, truth: bool) -> Vec<String> {
    let mut keys = Vec::new();
    collect(expr, truth, &mut keys);
    keys
}

fn collect(expr: &Expr, truth: bool, keys: &mut Vec<String>) {
    match (&expr.kind, truth) {
        (ExprKind::Has(operand), true) => add(operand, keys),
        // A flag that is set is there.
        (ExprKind::Select(..) | ExprKind::Index(..), true) => add(expr, keys),
        (ExprKind::Not(operand), _) => collect(operand, !truth, keys),
        (ExprKind::And(operands), true) | (ExprKind::Or(operands), false) => {
            for operand in operands {
                collect(operand, truth, keys);
            }
        }
        (ExprKind::Compare(Comparison::NotEqual, left, right), true)
        | (ExprKind::Compare(Comparison::Equal, left, right), false)
            if is_null(right) =>
        {
            add(left, keys);
        }
        (ExprKind::Compare(Comparison::Equal, left, right), true) if !is_null(right) && !is_null(left) => {
            // Both are present only if one of them is known to be: a literal always is.
            if matches!(right.kind, ExprKind::Literal(_)) {
                add(left, keys);
            }
            if matches!(left.kind, ExprKind::Literal(_)) {
                add(right, keys);
            }
        }
        (ExprKind::Compare(Comparison::Less | Comparison::LessOrEqual, left, right), true) => {
            add(left, keys);
            add(right, keys);
        }
        (ExprKind::Text(_, operand, _) | ExprKind::Matches(operand, _), true) => add(operand, keys),
        (ExprKind::In(item, range), true) => {
            add(item, keys);
            add(range, keys);
            if let (Some(item), Some(range)) = (item.key(), range.key()) {
                keys.push(format!("{range}[{item}]"));
            }
        }
        _ => {}
    }
}

/// The expression itself and everything that it is read from.
fn add(expr: &Expr, keys: &mut Vec<String>) {
    keys.extend(expr.key());
    match &expr.kind {
        ExprKind::Select(operand, _) | ExprKind::Index(operand, _) | ExprKind::Lower(operand) => {
            add(operand, keys);
        }
        _ => {}
    }
}

fn is_null(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(Literal::Null))
}
