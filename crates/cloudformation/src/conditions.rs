//! Conditions of a template as formulas over parameters, so that two conditions about one parameter share its atom
//! and no world has both `Env == prod` and `Env == dev`.

use smol_str::SmolStr;
use source::document::Node;
use value::{Blind, Condition, Identity, Kind, Truth, Value, World, equal};

use crate::intrinsic::Call;
use crate::stack::Stack;

/// A named condition under evaluation.
#[derive(Debug, Clone)]
pub(crate) enum Named {
    /// Being evaluated: whoever asks now is part of a cycle.
    Running,
    /// Evaluated.
    Done(Condition),
}

/// A formula with more literals than this becomes an atom of its own: conditions that name conditions would
/// otherwise grow without bound.
const MOST_LITERALS: usize = 64;

impl Stack<'_> {
    /// The condition that the first argument of `Fn::If` or the key `Condition` names.
    pub(crate) fn condition_named_by(&self, node: &Node) -> Condition {
        match node.text() {
            Some(name) if node.tag.as_deref().is_none_or(|tag| tag == "Condition") => self.named(name, node),
            _ => self.condition_of(node),
        }
    }

    /// The formula of a condition function.
    pub(crate) fn condition_of(&self, node: &Node) -> Condition {
        let evaluated = self.budget.deeper(|| match Call::condition(node) {
            Some(call) => self.condition_call(&call),
            None => self.condition_value(node, &self.value(node)),
        });
        evaluated.unwrap_or_else(|| self.atom(node))
    }

    fn condition_call(&self, call: &Call<'_>) -> Condition {
        let parts = || call.items().iter().map(|item| self.condition_of(item));
        let formula = match (call.name, call.items()) {
            ("And", [_, ..]) => parts().fold(Condition::Always, Condition::and),
            ("Or", [_, ..]) => parts().fold(Condition::Never, Condition::or),
            ("Not", [only]) => self.condition_of(only).not(),
            ("Equals", [a, b]) => self.equal(&self.value(a), &self.value(b), call.node),
            ("Condition", _) => match call.argument.text() {
                Some(name) => self.named(name, call.argument),
                None => self.atom(call.node),
            },
            ("And" | "Or" | "Not" | "Equals", _) => {
                let wanted = if call.name == "Not" { "one condition" } else { "a list of two or more" };
                self.condition_value(call.node, &self.misused(call, wanted))
            }
            _ => self.condition_value(call.node, &self.intrinsic(call)),
        };
        self.bounded(formula, || self.atom(call.node))
    }

    /// A condition that is written as a value: `"true"`, or what a function gives.
    fn condition_value(&self, node: &Node, value: &Value) -> Condition {
        let known = Value::bool(true, value::Origin::default());
        self.equal(value, &known, node)
    }

    /// The condition of this name.
    fn named(&self, name: &SmolStr, node: &Node) -> Condition {
        match self.conditions.borrow().get(name) {
            Some(Named::Done(condition)) => return condition.clone(),
            Some(Named::Running) => {
                let message = format!("the condition {name} depends on itself");
                self.warn("cloudformation-cycle", node.span, message, "break the cycle of conditions");
                return self.named_atom(name);
            }
            None => {}
        }
        let template = self.template.clone();
        let Some(entry) = template.condition(name) else {
            let message = format!("there is no condition {name}");
            let help = "declare it under Conditions, or correct the name";
            self.warn("cloudformation-unknown-condition", node.span, message, help);
            return self.named_atom(name);
        };
        self.conditions.borrow_mut().insert(name.clone(), Named::Running);
        let formula = self.condition_of(&entry.value);
        let formula = self.bounded(formula, || self.named_atom(name));
        self.conditions.borrow_mut().insert(name.clone(), Named::Done(formula.clone()));
        formula
    }

    fn bounded(&self, formula: Condition, atom: impl FnOnce() -> Condition) -> Condition {
        let mut literals = 0usize;
        count_literals(&formula, &mut literals);
        if literals > MOST_LITERALS { atom() } else { formula }
    }

    fn named_atom(&self, name: &str) -> Condition {
        let identity = Identity::new(&self.prefix, &format!("condition {name}"));
        Condition::literal(identity.text, "true")
    }

    /// A condition that is nothing but its own text.
    fn atom(&self, node: &Node) -> Condition {
        let text = self.shared.sources.slice(self.place(node.span));
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = if text.len() <= 120 {
            text
        } else {
            let line = self.shared.sources.file(self.template.file).line_column(node.span.start).line;
            format!("the condition in line {line} at byte {}", node.span.start)
        };
        Condition::literal(Identity::new(&self.prefix, &text).text, "true")
    }

    /// When two values are equal. CloudFormation compares their texts.
    fn equal(&self, a: &Value, b: &Value, node: &Node) -> Condition {
        let mut any = Condition::Never;
        for (when, x) in choices(a) {
            for (also, y) in choices(b) {
                let both = when.clone().and(also.clone());
                any = any.or(both.and(self.equal_choices(x, y, node)));
            }
        }
        any
    }

    fn equal_choices(&self, a: &Value, b: &Value, node: &Node) -> Condition {
        let literal = |unknown: &value::Unknown, other: &Value| {
            let identity = unknown.identity.as_ref()?;
            Some(Condition::literal(identity.text.clone(), scalar_text(other)?))
        };
        let about_input = match (&a.kind, &b.kind) {
            (Kind::Unknown(unknown), _) => literal(unknown, b),
            (_, Kind::Unknown(unknown)) => literal(unknown, a),
            _ => None,
        };
        if let Some(literal) = about_input {
            return literal;
        }
        match equal(a, b, &Blind, &World::default()) {
            Truth::Yes => Condition::Always,
            Truth::No => Condition::Never,
            Truth::Unknown(_) => self.atom(node),
        }
    }
}

fn choices(value: &Value) -> Vec<(Condition, &Value)> {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().map(|(condition, choice)| (condition.clone(), choice)).collect()
        }
        _ => vec![(Condition::Always, value)],
    }
}

/// The text of a known scalar, as parameters hold it.
pub(crate) fn scalar_text(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::String(text) => Some(text.clone()),
        Kind::Bool(known) => Some(SmolStr::new_static(if *known { "true" } else { "false" })),
        Kind::Number(number) => Some(SmolStr::from(number.to_string())),
        _ => None,
    }
}

/// Counts the literals of a formula, no further than one beyond the limit.
fn count_literals(condition: &Condition, found: &mut usize) {
    if *found > MOST_LITERALS {
        return;
    }
    match condition {
        Condition::Always | Condition::Never => {}
        Condition::Literal(_) => *found += 1,
        Condition::Not(inner) => count_literals(inner, found),
        Condition::All(parts) | Condition::Any(parts) => {
            parts.iter().for_each(|part| count_literals(part, found));
        }
    }
}
