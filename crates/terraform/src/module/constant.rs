//! Expressions that must be constants: defaults of variables and the values in files of variables. Terraform allows
//! operators and templates there, but neither references nor functions.

use source::{Place, Problem, ProblemSeverity};

use crate::ast::{Expr, ExprKind, Piece, Step};

/// What is wrong with a value that is no constant; `what` names it.
pub(crate) fn problem(value: &Expr, what: &str) -> Option<Problem> {
    let place = first_variable_part(value)?;
    Some(Problem::at(
        ProblemSeverity::Warning,
        "terraform-variable-value",
        place,
        format!("{what} refers to something or calls a function, which Terraform refuses here"),
        "write the value itself, or compute it in a local value",
    ))
}

/// The first reference or call in an expression. The names of a `for` are its own.
fn first_variable_part(expr: &Expr) -> Option<Place> {
    let any = |parts: &[&Expr]| parts.iter().find_map(|part| first_variable_part(part));
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::String(_)
        | ExprKind::Broken
        | ExprKind::For(_) => None,
        ExprKind::Name(_) | ExprKind::Call(_) => Some(expr.place),
        ExprKind::List(items) => items.iter().find_map(first_variable_part),
        ExprKind::Object(entries) => entries.iter().find_map(|(key, value)| any(&[key, value])),
        ExprKind::Template(pieces) => pieces.iter().find_map(|piece| match piece {
            Piece::Value(value) => first_variable_part(value),
            Piece::If(inner) => first_variable_part(&inner.condition),
            Piece::Text(_) | Piece::For(_) => None,
        }),
        ExprKind::Path(base, steps) | ExprKind::Splat(base, steps) => {
            let key = |step: &Step| match step {
                Step::Index(key) => first_variable_part(key),
                Step::Attribute(_) | Step::Splat(_) => None,
            };
            first_variable_part(base).or_else(|| steps.iter().find_map(key))
        }
        ExprKind::Conditional(inner) => any(&[&inner.condition, &inner.then, &inner.otherwise]),
        ExprKind::Unary(_, operand) => first_variable_part(operand),
        ExprKind::Binary(_, operands) => any(&[&operands.0, &operands.1]),
    }
}
