//! Conditions of a template as formulas over parameters, so that two conditions about one parameter share its atom
//! and no world has both `Env == prod` and `Env == dev`.

use smol_str::SmolStr;
use source::document::Node;
use value::{Blind, Condition, Identity, Kind, Truth, Value, World, equal};

use crate::intrinsic::{Call, reason_of};
use crate::parameters::{STORED, is_list_type, type_of};
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

/// Functions that give conditions.
const CONDITIONS: [&str; 5] = ["And", "Or", "Not", "Equals", "Condition"];

/// Most conditions of `Fn::And` and `Fn::Or`.
const MOST_PARTS: usize = 10;

impl Stack<'_> {
    /// The condition that the first argument of `Fn::If` or the key `Condition` names. AWS takes nothing but a name
    /// there; what else is written is evaluated all the same.
    pub(crate) fn condition_named_by(&self, node: &Node) -> Condition {
        match node.text() {
            Some(name) if node.tag.as_deref().is_none_or(|tag| tag == "!str") => self.named(name, node),
            _ => {
                let message = "the name of a condition is wanted here, and CloudFormation takes no function";
                let help = "declare the condition under Conditions and write its name";
                self.warn("cloudformation-wrong-argument", node.span, message, help);
                if Call::condition(node).is_some_and(|call| CONDITIONS.contains(&call.name)) {
                    return self.condition_of(node);
                }
                match self.value(node).as_str() {
                    Some(name) => self.named(&SmolStr::new(name), node),
                    None => self.atom(node),
                }
            }
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
            ("And" | "Or", [] | [_]) => {
                self.condition_value(call.node, &self.misused(call, "a list of two to ten conditions"))
            }
            ("And" | "Or", items) => {
                if items.len() > MOST_PARTS {
                    self.misused(call, "a list of two to ten conditions");
                }
                match call.name {
                    "And" => parts().fold(Condition::Always, Condition::and),
                    _ => parts().fold(Condition::Never, Condition::or),
                }
            }
            ("Not", [only]) => self.condition_of(only).not(),
            ("Equals", [a, b]) => self.equal(&self.value(a), &self.value(b), call.node),
            ("Condition", _) => match call.argument.text() {
                Some(name) => self.named(name, call.argument),
                None => self.atom(call.node),
            },
            ("Not" | "Equals", _) => {
                let wanted =
                    if call.name == "Not" { "a list of one condition" } else { "a list of two values" };
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
        if let Some(formula) = template.formulas.get(name) {
            let own = formula.own.as_ref().map_or(Condition::Always, |own| self.named(own, node));
            return formula.guard.clone().and(own);
        }
        let Some(entry) = template.condition(name) else {
            if !template.is_completed() {
                let message = format!("there is no condition {name}");
                let help = "declare it under Conditions, or correct the name";
                self.warn("cloudformation-unknown-condition", node.span, message, help);
            }
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
            let place = self.place(node.span);
            let line = self.shared.sources.file(place.file).line_column(place.span.start).line;
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
        if let (Some(x), Some(y)) = (scalar_text(a), scalar_text(b)) {
            return if x == y { Condition::Always } else { Condition::Never };
        }
        let is = |unknown: &value::Unknown, other: &Value| {
            let (identity, text) = (unknown.identity.as_ref()?, scalar_text(other)?);
            Some(if self.may_be(identity, &text) { is_value(identity, &text) } else { Condition::Never })
        };
        let about_input = match (&a.kind, &b.kind) {
            (Kind::Unknown(unknown), _) => is(unknown, b),
            (_, Kind::Unknown(unknown)) => is(unknown, a),
            _ => None,
        };
        if let Some(literal) = about_input {
            return literal;
        }
        if let Some(reference) = [a, b].into_iter().find(|value| matches!(value.kind, Kind::Reference(_))) {
            let message = format!("a condition cannot rest on a resource: {}", reason_of(reference));
            let help = "compare a parameter, a pseudo parameter or a mapping";
            self.warn("cloudformation-wrong-argument", node.span, message, help);
        }
        match equal(a, b, &Blind, &World::default()) {
            Truth::Yes => Condition::Always,
            Truth::No => Condition::Never,
            Truth::Unknown(_) => self.atom(node),
        }
    }
}

impl Stack<'_> {
    /// Whether an input may have this text: not if it is a parameter of this stack that does not allow it.
    fn may_be(&self, identity: &Identity, text: &str) -> bool {
        let name = Identity::shown(&identity.text);
        let parameter =
            self.template.parameter(name).filter(|_| Identity::new(&self.prefix, name) == *identity);
        let Some(entry) = parameter.filter(|entry| !type_of(entry).starts_with(STORED)) else { return true };
        let allowed = entry.value.get("AllowedValues").map_or(&[][..], Node::items);
        self.budget.spend(allowed.len() / 8);
        let is_it = |node: &Node| scalar_text(&self.default(node)).is_none_or(|known| known == text);
        allowed.is_empty() || is_list_type(&type_of(entry)) || allowed.iter().any(is_it)
    }
}

/// That an input of the stack has this text. It may have any other one as well: where it is `true` or `false` that is
/// tested, two tests are two values and not one and its contrary.
pub(crate) fn is_value(identity: &Identity, text: &str) -> Condition {
    match text {
        "true" | "false" => Condition::literal(identity.text.clone(), format!("\"{text}\"")),
        _ => Condition::literal(identity.text.clone(), text),
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
