//! A small evaluator for the predicates of conditional defaults: comparisons, membership, presence and tests of
//! strings on the slots of one node. Invariant: what it does not know is unknown, never yes or no.

use language::ir::{Kind as Model, Node, Op, Operand, Program, TextTest};
use smol_str::SmolStr;
use value::{Kind, Origin, Part, Truth, Unknown, Value, World, equal};

use crate::choices::{Cases, certainly, choices, combine, is_nothing, not, presence};
use crate::graph::Graph;
use crate::read::literal;

/// Evaluates predicates over slots that are not all filled yet.
pub(crate) struct Minimal<'m> {
    pub(crate) model: &'static Model,
    pub(crate) slots: &'m [Value],
    pub(crate) graph: &'m Graph<'m>,
}

impl Minimal<'_> {
    /// Whether a predicate holds, by the conditions that its operands depend on.
    pub(crate) fn holds(&self, program: &Program) -> Cases {
        match program.nodes.len().checked_sub(1).and_then(|last| Operand::try_from(last).ok()) {
            Some(last) => self.truth(program.nodes, last),
            None => beyond(),
        }
    }

    /// Operands come before their operators, so recursion ends.
    fn truth(&self, nodes: &[Node], at: Operand) -> Cases {
        let Some(node) = nodes.get(at as usize) else { return beyond() };
        let below = |operand: Operand| if operand < at { self.truth(nodes, operand) } else { beyond() };
        let value = |operand: Operand| self.value(nodes, operand, at);
        match node.op {
            Op::And(parts) => {
                parts.iter().fold(certainly(Truth::Yes), |all, part| combine(all, &below(*part), Truth::and))
            }
            Op::Or(parts) => {
                parts.iter().fold(certainly(Truth::No), |any, part| combine(any, &below(*part), Truth::or))
            }
            Op::Not(inner) => not(below(inner)),
            Op::Has(inner) => presence(&value(inner)),
            Op::Equal(a, b) => self.equal(&value(a), &value(b)),
            Op::NotEqual(a, b) => not(self.equal(&value(a), &value(b))),
            Op::In(element, list) => self.member(&value(element), &value(list)),
            Op::Text(test, text, part) => {
                by_choice(&value(text), &mut |text| tested(test, text, &value(part)))
            }
            _ => by_choice(&value(at), &mut |known| match known.as_bool() {
                Some(known) => Truth::from(known),
                None if is_nothing(known) => Truth::No,
                None => unknown(known),
            }),
        }
    }

    /// The value of an operand that stands before `limit` (or is the node at `limit` itself).
    fn value(&self, nodes: &[Node], at: Operand, limit: Operand) -> Value {
        let Some(node) = nodes.get(at as usize).filter(|_| at <= limit) else { return cannot_be_told() };
        let below = |operand: Operand| match at.checked_sub(1) {
            Some(limit) if operand < at => self.value(nodes, operand, limit),
            _ => cannot_be_told(),
        };
        match node.op {
            Op::Literal(known) => literal(known, Origin::default()),
            Op::List(items) => Value::list(items.iter().map(|item| below(*item)), Origin::default()),
            Op::Select(of, name) => match nodes.get(of as usize).map(|node| node.op) {
                Some(Op::Subject) => self.slot(name),
                _ => below(of).get(name),
            },
            Op::Lower(of) => crate::choices::map(&below(of), &mut |value| match &value.kind {
                Kind::String(text) => {
                    Value { kind: Kind::String(SmolStr::from(text.to_ascii_lowercase())), ..value.clone() }
                }
                _ => value.clone(),
            }),
            _ => cannot_be_told(),
        }
    }

    fn slot(&self, name: &str) -> Value {
        let spelled = |attribute: &language::ir::Attribute| {
            matches!(attribute.source, language::ir::AttributeSource::Spelled)
        };
        match self.model.attribute(name) {
            Some((id, attribute)) if spelled(attribute) => {
                self.slots.get(id.0 as usize).cloned().unwrap_or_else(Value::absent)
            }
            _ => cannot_be_told(),
        }
    }

    fn equal(&self, a: &Value, b: &Value) -> Cases {
        let mut cases = Cases::new();
        for (when, x) in choices(a) {
            let inner = by_choice(b, &mut |y| equal(&x, y, self.graph, &World::default()));
            cases.extend(combine(vec![(when, Truth::Yes)], &inner, Truth::and));
        }
        cases
    }

    fn member(&self, element: &Value, list: &Value) -> Cases {
        let Some(list) = list.as_list() else { return certainly(unknown(list)) };
        let end = list.open.as_ref().map_or(Truth::No, |open| Truth::unknown(open.reason.clone()));
        let certain = |item: &value::Item| match item.presence.is_certain() {
            true => self.equal(element, &item.value),
            false => combine(self.equal(element, &item.value), &certainly(Truth::unknown("")), Truth::and),
        };
        list.items.iter().fold(certainly(end), |any, item| combine(any, &certain(item), Truth::or))
    }
}

fn by_choice(value: &Value, test: &mut dyn FnMut(&Value) -> Truth) -> Cases {
    choices(value).into_iter().map(|(when, choice)| (when, test(&choice))).collect()
}

fn unknown(value: &Value) -> Truth {
    match &value.kind {
        Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
        _ => Truth::unknown("it is not known"),
    }
}

fn tested(test: TextTest, text: &Value, part: &Value) -> Truth {
    match (&text.kind, &part.kind) {
        (Kind::Absent | Kind::Null, _) => Truth::No,
        (Kind::String(text), Kind::String(part)) => Truth::from(match test {
            TextTest::StartsWith => text.starts_with(part.as_str()),
            TextTest::EndsWith => text.ends_with(part.as_str()),
            TextTest::Contains => text.contains(part.as_str()),
            TextTest::AtLeast => return value::version::at_least(&[Part::Text(text.clone())], part),
        }),
        _ => unknown(text),
    }
}

fn cannot_be_told() -> Value {
    let unknown =
        Unknown { may_be_absent: true, ..Unknown::fresh("a default depends on more than the resource says") };
    Value::unknown(unknown, Origin::default())
}

fn beyond() -> Cases {
    certainly(Truth::unknown("a default depends on more than the resource says"))
}
