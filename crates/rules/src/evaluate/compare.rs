//! Equality, order, membership and arithmetic.

use language::ir::{Arithmetic, Op, Operand, Program};
use value::{Interval, Kind, Number, Truth, Value, over_choices};

use super::{Evaluator, Got};

impl Evaluator<'_, '_> {
    pub(super) fn equal(&mut self, program: &Program, a: Operand, b: Operand) -> Truth {
        let operands = [a, b];
        match (self.node(program, a), self.node(program, b)) {
            (Got::Value(a), Got::Value(b)) => value::equal(&a, &b, self.asked.facts.graph, self.world),
            (Got::Truth(a), b) => same_answer(a, self.truth_of(b)),
            (a, Got::Truth(b)) => same_answer(self.truth_of(a), b),
            (a, b) => {
                let (Some(x), Some(y)) = (interval(a), interval(b)) else { return Truth::No };
                match value::less_than(&x, &y, true).and(value::less_than(&y, &x, true)) {
                    unknown @ Truth::Unknown(_) => self.sized(program, &operands).unwrap_or(unknown),
                    settled => settled,
                }
            }
        }
    }

    pub(super) fn less(&mut self, program: &Program, a: Operand, b: Operand, or_equal: bool) -> Truth {
        let (left, right) = (self.node(program, a), self.node(program, b));
        match self.less_got(left, right, or_equal) {
            unknown @ Truth::Unknown(_) => self.sized(program, &[a, b]).unwrap_or(unknown),
            settled => settled,
        }
    }

    /// Why the size that one of the operands asks for is not known, if one does: the conditions and reasons that
    /// the list itself gives.
    fn sized(&mut self, program: &Program, operands: &[Operand]) -> Option<Truth> {
        let sized = operands.iter().find_map(|at| match program.nodes.get(*at as usize)?.op {
            Op::Size(list) => Some(list),
            _ => None,
        })?;
        let list = self.operand(program, sized);
        match super::lists::open_size(&list, self.world) {
            unknown @ Truth::Unknown(_) => Some(unknown),
            _ => None,
        }
    }

    /// Order of two numbers; no with an absent one. Alternatives are compared one by one.
    fn less_got(&self, a: Got, b: Got, or_equal: bool) -> Truth {
        match (a, b) {
            (Got::Value(Value { kind: Kind::Alternatives(choices), .. }), b) => {
                over_choices(&choices.choices, self.world, |choice| {
                    self.less_got(Got::Value(choice.clone()), b.clone(), or_equal)
                })
            }
            (a, Got::Value(Value { kind: Kind::Alternatives(choices), .. })) => {
                over_choices(&choices.choices, self.world, |choice| {
                    self.less_got(a.clone(), Got::Value(choice.clone()), or_equal)
                })
            }
            (a, b) => {
                let reason = [&a, &b].into_iter().find_map(unknown_reason);
                let (Some(a), Some(b)) = (interval(a), interval(b)) else { return Truth::No };
                match (value::less_than(&a, &b, or_equal), reason) {
                    (Truth::Unknown(_), Some(reason)) => Truth::unknown(reason),
                    (truth, _) => truth,
                }
            }
        }
    }

    pub(super) fn is_in(&mut self, program: &Program, item: Operand, container: Operand) -> Truth {
        let (item, container) = (self.operand(program, item), self.operand(program, container));
        self.value_in(&item, &container)
    }

    fn value_in(&self, item: &Value, container: &Value) -> Truth {
        match &container.kind {
            Kind::List(list) => {
                let found = list.items.iter().fold(Truth::No, |truth, element| {
                    let equal = value::equal(item, &element.value, self.asked.facts.graph, self.world);
                    truth.or(element.presence.exists(self.world).and(equal))
                });
                match &list.open {
                    Some(open) => found.or(Truth::unknown(open.reason.clone())),
                    None => found,
                }
            }
            Kind::Map(_) => match item.as_str() {
                Some(key) => super::has(&container.get(key), self.world),
                None => Truth::unknown("the key is not known"),
            },
            Kind::Alternatives(alternatives) => {
                over_choices(&alternatives.choices, self.world, |choice| self.value_in(item, choice))
            }
            Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
            Kind::Reference(_) => Truth::unknown("the list is known after deployment"),
            _ => Truth::No,
        }
    }

    pub(super) fn arithmetic(
        &mut self,
        program: &Program,
        operation: Arithmetic,
        a: Operand,
        b: Operand,
    ) -> Interval {
        let (a, b) = (interval(self.node(program, a)), interval(self.node(program, b)));
        let (Some(a), Some(b)) = (a, b) else { return Interval::default() };
        let apply = |x: &Option<Number>, y: &Option<Number>| {
            let (x, y) = (x.as_ref()?.to_big(), y.as_ref()?.to_big());
            Some(Number::from_big(match operation {
                Arithmetic::Add => x + y,
                Arithmetic::Subtract => x - y,
                Arithmetic::Multiply => x * y,
            }))
        };
        match operation {
            Arithmetic::Add => Interval { low: apply(&a.low, &b.low), high: apply(&a.high, &b.high) },
            Arithmetic::Subtract => Interval { low: apply(&a.low, &b.high), high: apply(&a.high, &b.low) },
            // The order of the ends depends on signs; only exact factors are worth multiplying.
            Arithmetic::Multiply if a.low == a.high && b.low == b.high => {
                let product = apply(&a.low, &b.low);
                Interval { low: product.clone(), high: product }
            }
            Arithmetic::Multiply => Interval::default(),
        }
    }
}

fn same_answer(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::Unknown(causes), _) | (_, Truth::Unknown(causes)) => Truth::Unknown(causes),
        (a, b) => Truth::from(a == b),
    }
}

/// The bounds of a number; none where there is none.
fn interval(got: Got) -> Option<Interval> {
    match got {
        Got::Interval(interval) => Some(interval),
        Got::Truth(_) => None,
        Got::Value(value) => match &value.kind {
            Kind::Absent | Kind::Null => None,
            Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) | Kind::Alternatives(_) => {
                Some(Interval::default())
            }
            _ => value.as_number().map(Interval::exactly),
        },
    }
}

fn unknown_reason(got: &Got) -> Option<smol_str::SmolStr> {
    match got {
        Got::Value(Value { kind: Kind::Unknown(unknown), .. }) => Some(unknown.reason.clone()),
        _ => None,
    }
}
