//! One predicate over one subject in one world, in three-valued logic. Follows the truth tables of
//! `docs/semantics.md`; what a node of the program means is said in [`language::ir::Op`].

mod compare;
mod lists;
mod select;
mod text;
mod trace;

use facts::Facts;
use graph::{AccountId, NodeId, RegionId};
use language::ir::{Literal, Op, Operand, Program, Rule};
use smol_str::SmolStr;
use value::{Interval, Kind, Origin, Truth, Unknown, Value, World, over_choices};

pub(crate) use select::attribute;
pub(crate) use text::Patterns;
pub(crate) use trace::{Read, Trace};

use crate::Settings;

/// What an expression gives.
#[derive(Debug, Clone)]
pub(crate) enum Got {
    /// A value.
    Value(Value),
    /// The answer of a test.
    Truth(Truth),
    /// A number of which only bounds may be known.
    Interval(Interval),
}

/// What a program is evaluated for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a, 'g> {
    pub(crate) facts: &'a Facts<'g>,
    pub(crate) settings: &'a Settings,
    pub(crate) patterns: &'a Patterns,
    pub(crate) rule: &'static Rule,
    /// The subject; none for accounts and regions.
    pub(crate) subject: Option<NodeId>,
    pub(crate) account: Option<AccountId>,
    pub(crate) region: Option<RegionId>,
}

/// Evaluates programs for one subject in one world.
pub(crate) struct Evaluator<'a, 'g> {
    pub(crate) asked: Asked<'a, 'g>,
    pub(crate) world: &'a World,
    /// The element of `each`, or of a severity case after it.
    pub(crate) it: Option<Value>,
    /// Variables of the macros around, outermost first.
    variables: Vec<Value>,
    /// What was read, if anyone wants to know.
    pub(crate) trace: Option<Trace>,
}

impl<'a, 'g> Evaluator<'a, 'g> {
    pub(crate) fn new(asked: Asked<'a, 'g>, world: &'a World) -> Self {
        Self { asked, world, it: None, variables: Vec::new(), trace: None }
    }

    pub(crate) fn with_it(mut self, it: Option<Value>) -> Self {
        self.it = it;
        self
    }

    /// Keeps what is read from here on, if `wanted`.
    pub(crate) fn traced(mut self, wanted: bool) -> Self {
        self.trace = wanted.then(Trace::default);
        self
    }

    /// The answer of a whole predicate.
    pub(crate) fn truth(&mut self, program: &Program) -> Truth {
        let got = self.whole(program);
        self.truth_of(got)
    }

    /// The value of a whole expression.
    pub(crate) fn value(&mut self, program: &Program) -> Value {
        value_of(self.whole(program))
    }

    fn whole(&mut self, program: &Program) -> Got {
        let last = program.nodes.len().saturating_sub(1);
        self.node(program, Operand::try_from(last).unwrap_or(Operand::MAX))
    }

    fn node(&mut self, program: &Program, at: Operand) -> Got {
        let Some(node) = program.nodes.get(at as usize) else { return Got::Value(Value::absent()) };
        match node.op {
            Op::Literal(literal) => Got::Value(literal_value(literal)),
            Op::List(items) => {
                let items: Vec<Value> = items.iter().map(|item| self.operand(program, *item)).collect();
                Got::Value(Value::list(items, Origin::default()))
            }
            Op::Subject => Got::Value(self.subject_reference()),
            Op::It => Got::Value(self.it.clone().unwrap_or_else(Value::absent)),
            Op::Variable(index) => {
                Got::Value(self.variables.get(index as usize).cloned().unwrap_or_else(Value::absent))
            }
            Op::Param(name) => Got::Value(literal_value(self.asked.settings.param(self.asked.rule, name))),
            Op::Select(..)
            | Op::Follow(..)
            | Op::Index(..)
            | Op::Raw(_)
            | Op::ReferenceFact(..)
            | Op::Statements(_)
            | Op::Lookup(..)
            | Op::Nodes(_)
            | Op::Method(..) => Got::Value(self.reach(program, node)),
            Op::And(operands) => Got::Truth(self.every(program, operands)),
            Op::Or(operands) => Got::Truth(self.any(program, operands)),
            Op::Not(operand) => Got::Truth(self.operand_truth(program, operand).not()),
            Op::Equal(a, b) => Got::Truth(self.equal(program, a, b)),
            Op::NotEqual(a, b) => Got::Truth(self.equal(program, a, b).not()),
            Op::Less(a, b) => Got::Truth(self.less(program, a, b, false)),
            Op::LessOrEqual(a, b) => Got::Truth(self.less(program, a, b, true)),
            Op::In(item, container) => Got::Truth(self.is_in(program, item, container)),
            Op::Arithmetic(operation, a, b) => Got::Interval(self.arithmetic(program, operation, a, b)),
            Op::Conditional(condition, then, otherwise) => {
                self.conditional(program, condition, then, otherwise)
            }
            Op::Has(operand) => {
                let value = self.operand(program, operand);
                Got::Truth(has(&value, self.world))
            }
            Op::Size(operand) => {
                let value = self.operand(program, operand);
                Got::Interval(lists::size_of(&value, self.world))
            }
            Op::Macro(kind, range, body) => self.over(program, kind, range, &body),
            Op::Text(test, subject, other) => Got::Truth(self.text_test(program, test, subject, other)),
            Op::Matches(subject, pattern) => Got::Truth(self.matches(program, subject, pattern)),
            Op::Lower(operand) => Got::Value(text::lower(&self.operand(program, operand))),
        }
    }

    fn operand(&mut self, program: &Program, at: Operand) -> Value {
        value_of(self.node(program, at))
    }

    fn operand_truth(&mut self, program: &Program, at: Operand) -> Truth {
        let got = self.node(program, at);
        self.truth_of(got)
    }

    fn truth_of(&self, got: Got) -> Truth {
        match got {
            Got::Truth(truth) => truth,
            Got::Value(value) => truth_of_value(&value, self.world),
            Got::Interval(_) => Truth::unknown("a number is no answer"),
        }
    }

    fn every(&mut self, program: &Program, operands: &[Operand]) -> Truth {
        self.connect(program, operands, &Truth::Yes, Truth::and)
    }

    fn any(&mut self, program: &Program, operands: &[Operand]) -> Truth {
        self.connect(program, operands, &Truth::No, Truth::or)
    }

    /// Connects operands; stops at the first that settles it. The trace keeps the reads of the operands that agree
    /// with the result: of a false conjunction those that are false, of a true one all.
    fn connect(
        &mut self,
        program: &Program,
        operands: &[Operand],
        neutral: &Truth,
        connect: fn(Truth, Truth) -> Truth,
    ) -> Truth {
        let mut result = neutral.clone();
        let mut parts: Vec<(Truth, Trace)> = Vec::new();
        let outer = self.trace.take();
        for operand in operands {
            self.trace = outer.as_ref().map(|_| Trace::default());
            let truth = self.operand_truth(program, *operand);
            parts.extend(self.trace.take().map(|trace| (truth.clone(), trace)));
            result = connect(result, truth.clone());
            if truth == neutral.clone().not() && !matches!(truth, Truth::Unknown(_)) {
                break;
            }
        }
        self.trace = outer;
        if let Some(trace) = &mut self.trace {
            parts.into_iter().filter(|(truth, _)| *truth == result).for_each(|(_, part)| trace.append(part));
        }
        result
    }

    fn conditional(
        &mut self,
        program: &Program,
        condition: Operand,
        then: Operand,
        otherwise: Operand,
    ) -> Got {
        let outer = self.trace.take();
        self.trace = outer.as_ref().map(|_| Trace::default());
        let chosen = self.operand_truth(program, condition);
        let read = std::mem::replace(&mut self.trace, outer);
        let got = match chosen {
            Truth::Yes => self.node(program, then),
            Truth::No => self.node(program, otherwise),
            Truth::Unknown(causes) => {
                let (then, otherwise) = (self.node(program, then), self.node(program, otherwise));
                self.either(then, otherwise, Truth::Unknown(causes))
            }
        };
        // The branch decided, the condition only chose it: a diagnostic points at what the branch read.
        if let (Some(trace), Some(read)) = (&mut self.trace, read) {
            trace.append(read);
        }
        got
    }

    fn either(&self, then: Got, otherwise: Got, condition: Truth) -> Got {
        match (then, otherwise) {
            (Got::Value(a), Got::Value(b)) => {
                let same = value::equal(&a, &b, self.asked.facts.graph, self.world) == Truth::Yes;
                Got::Value(if same { a } else { unknown_value(&condition) })
            }
            (a, b) => {
                let (a, b) = (self.truth_of(a), self.truth_of(b));
                let same = a == b && !matches!(a, Truth::Unknown(_));
                Got::Truth(if same { a } else { condition })
            }
        }
    }

    fn subject_reference(&self) -> Value {
        self.asked.subject.map_or_else(Value::absent, |node| self.asked.facts.graph.reference_to(node))
    }
}

/// Whether there is a value: no for absent and null, unknown for what may turn out to be absent.
pub(crate) fn has(value: &Value, world: &World) -> Truth {
    match &value.kind {
        Kind::Absent | Kind::Null => Truth::No,
        Kind::Unknown(unknown) if unknown.may_be_absent => Truth::unknown(unknown.reason.clone()),
        Kind::Alternatives(alternatives) => {
            over_choices(&alternatives.choices, world, |choice| has(choice, world))
        }
        _ => Truth::Yes,
    }
}

/// The answer that a value gives where a test is wanted: an absent flag is not set.
fn truth_of_value(value: &Value, world: &World) -> Truth {
    match &value.kind {
        Kind::Absent | Kind::Null => Truth::No,
        Kind::Bool(known) => Truth::from(*known),
        Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
        Kind::Alternatives(alternatives) => {
            over_choices(&alternatives.choices, world, |choice| truth_of_value(choice, world))
        }
        _ => match value.as_bool() {
            Some(known) => Truth::from(known),
            None if matches!(value.kind, Kind::String(_) | Kind::Number(_)) => {
                Truth::unknown("its value is neither true nor false")
            }
            None => Truth::unknown("whether it is true is known after deployment"),
        },
    }
}

/// An answer or a number where a value is wanted.
fn value_of(got: Got) -> Value {
    match got {
        Got::Value(value) => value,
        Got::Truth(Truth::Yes) => Value::bool(true, Origin::default()),
        Got::Truth(Truth::No) => Value::bool(false, Origin::default()),
        Got::Truth(unknown) => unknown_value(&unknown),
        Got::Interval(Interval { low: Some(low), high: Some(high) }) if low == high => {
            Value::number(low, Origin::default())
        }
        Got::Interval(_) => Value::unknown(Unknown::fresh("the number is not known"), Origin::default()),
    }
}

/// The unknown value that stands for an undecided answer.
fn unknown_value(truth: &Truth) -> Value {
    let reason = truth.causes().first().map_or_else(SmolStr::default, |cause| cause.reason.clone());
    Value::unknown(Unknown::fresh(reason), Origin::default())
}

/// A literal of the program as a value.
pub(crate) fn literal_value(literal: Literal) -> Value {
    let origin = Origin::default();
    match literal {
        Literal::Null => Value::absent(),
        Literal::Bool(known) => Value::bool(known, origin),
        Literal::Number(text) => match value::Number::parse(text) {
            Some(number) => Value::number(number, origin),
            None => Value::absent(),
        },
        Literal::String(text) => Value::string(SmolStr::new_static(text), origin),
        Literal::List(items) => Value::list(items.iter().map(|item| literal_value(*item)), origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &Value, expect: Result<bool, &str>) {
        match (truth_of_value(value, &World::default()), expect) {
            (Truth::Yes, Ok(true)) | (Truth::No, Ok(false)) => {}
            (Truth::Unknown(causes), Err(reason)) => {
                assert_eq!(causes.first().map(|cause| cause.reason.as_str()), Some(reason));
            }
            (truth, _) => panic!("{truth:?}"),
        }
    }

    #[test]
    fn a_test_of_what_is_no_bool_says_so() {
        let text = |text| Value::string(SmolStr::new_static(text), Origin::default());
        check(&text("true"), Ok(true));
        check(&text("maybe"), Err("its value is neither true nor false"));
        check(&Value::absent(), Ok(false));
    }
}
