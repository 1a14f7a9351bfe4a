//! How the predicates of a rule use the names that they select, so that what a passing verdict read can be told from
//! what merely stood beside it.

use std::collections::BTreeMap;

use language::ir::{Body, Catalogue, Op, Operand, Program};
use value::{Kind, Value};

use super::plain::plain;

/// Ways in which one rule uses a name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Ways {
    /// `exists`, `all`, `filter` or `map` select from its elements; what they select is read for itself.
    elements: bool,
    /// `size`.
    size: bool,
    /// `has`.
    has: bool,
    /// Any other: the whole value counts.
    whole: bool,
}

/// Uses of names, by rule.
#[derive(Debug)]
pub(crate) struct Uses(BTreeMap<&'static str, BTreeMap<&'static str, Ways>>);

impl Uses {
    /// The uses of all rules.
    pub(crate) fn of(catalogue: &'static Catalogue) -> Self {
        let mut uses = BTreeMap::new();
        for rule in catalogue.rules {
            let mut walk = Walk::default();
            match rule.body {
                Body::Check(check) => walk.program(&check, 0),
                Body::Each(list, check) => {
                    walk.program(&list, 0);
                    walk.program(&check, 0);
                }
                Body::None(list) => walk.program(&list, 0),
            }
            uses.insert(rule.id, walk.ways);
        }
        Self(uses)
    }

    /// What the rule took from a value that it read as `read` (`self.rules`, `r.delete_after`): equal texts let it
    /// decide alike. Nothing where it only went through the elements.
    pub(crate) fn taken(&self, rule: &str, read: &str, value: &Value) -> Option<String> {
        let name = read.rsplit('.').next().unwrap_or(read);
        let ways = self.0.get(rule).and_then(|names| names.get(name)).copied();
        match ways.unwrap_or(Ways { whole: true, ..Ways::default() }) {
            Ways { whole: true, .. } => Some(plain(value)),
            Ways { size: true, .. } => Some(size(value)),
            Ways { has: true, .. } if matches!(value.kind, Kind::Absent | Kind::Null | Kind::Unknown(_)) => {
                Some(plain(value))
            }
            Ways { has: true, .. } => Some("present".to_owned()),
            _ => None,
        }
    }
}

fn size(value: &Value) -> String {
    match &value.kind {
        Kind::List(list) => format!("{} elements; {}", list.items.len(), list.open.is_some()),
        _ => plain(value),
    }
}

#[derive(Default)]
struct Walk {
    ways: BTreeMap<&'static str, Ways>,
}

impl Walk {
    /// `depth` is the number of macros around the program.
    fn program(&mut self, program: &Program, depth: u16) {
        let last = program.nodes.len().saturating_sub(1);
        self.mark(program, last as Operand, |ways| ways.whole = true);
        for node in program.nodes {
            match node.op {
                Op::Macro(_, range, body) => {
                    let bare = bare(&body, depth);
                    self.mark(
                        program,
                        range,
                        |ways| if bare { ways.whole = true } else { ways.elements = true },
                    );
                    self.program(&body, depth + 1);
                }
                Op::Size(operand) => self.mark(program, operand, |ways| ways.size = true),
                Op::Has(operand) => self.mark(program, operand, |ways| ways.has = true),
                op => operands(op)
                    .iter()
                    .for_each(|operand| self.mark(program, *operand, |ways| ways.whole = true)),
            }
        }
    }

    fn mark(&mut self, program: &Program, operand: Operand, set: impl Fn(&mut Ways)) {
        if let Some(Op::Select(_, name)) = program.nodes.get(operand as usize).map(|node| node.op) {
            set(self.ways.entry(name).or_default());
        }
    }
}

/// Whether the body of a macro uses its element otherwise than by selecting from it.
fn bare(body: &Program, depth: u16) -> bool {
    let is_element = |operand: Operand| matches!(body.nodes.get(operand as usize).map(|node| node.op), Some(Op::Variable(at)) if at == depth);
    let last = body.nodes.len().saturating_sub(1);
    is_element(last as Operand)
        || body.nodes.iter().any(|node| match node.op {
            Op::Select(..) | Op::Follow(..) => false,
            Op::Macro(_, range, inner) => is_element(range) || bare(&inner, depth),
            op => operands(op).into_iter().any(is_element),
        })
}

fn operands(op: Op) -> Vec<Operand> {
    match op {
        Op::Literal(_) | Op::Subject | Op::It | Op::Variable(_) | Op::Param(_) | Op::Nodes(_) => Vec::new(),
        Op::List(all) | Op::And(all) | Op::Or(all) | Op::Lookup(_, all) => all.to_vec(),
        Op::Select(one, _)
        | Op::Follow(one, _)
        | Op::ReferenceFact(one, _)
        | Op::Statements(one)
        | Op::Raw(one)
        | Op::Not(one)
        | Op::Has(one)
        | Op::Size(one)
        | Op::Macro(_, one, _)
        | Op::Matches(one, _)
        | Op::Lower(one) => vec![one],
        Op::Index(a, b)
        | Op::Equal(a, b)
        | Op::NotEqual(a, b)
        | Op::Less(a, b)
        | Op::LessOrEqual(a, b)
        | Op::In(a, b)
        | Op::Arithmetic(_, a, b)
        | Op::Text(_, a, b) => vec![a, b],
        Op::Conditional(a, b, c) => vec![a, b, c],
        Op::Method(_, receiver, arguments) => {
            std::iter::once(receiver).chain(arguments.iter().copied()).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use value::Origin;

    #[track_caller]
    fn check(rule: &str, read: &str, value: &Value, expect: Option<&str>) {
        let uses = Uses::of(&catalogue::CATALOGUE);
        assert_eq!(uses.taken(rule, read, value).as_deref(), expect);
    }

    #[test]
    fn of_what_only_has_asks_for_the_value_is_not_taken() {
        let mode = Value::string("GOVERNANCE", Origin::default());
        check("s3-object-lock", "self.lock_mode", &mode, Some("present"));
        check("s3-object-lock", "self.lock_mode", &Value::absent(), Some("null"));
    }

    #[test]
    fn of_a_list_the_size_or_the_elements_are_taken() {
        let list = Value::list([Value::absent()], Origin::default());
        check("rds-backup-plan", "b.plan.rules", &list, Some("1 elements; false"));
        check("wafv2-sqli-rules", "self.rules", &list, None);
    }

    #[test]
    fn what_is_compared_is_taken_whole() {
        check(
            "s3-versioning",
            "self.versioning",
            &Value::string("Enabled", Origin::default()),
            Some("\"Enabled\""),
        );
    }
}
