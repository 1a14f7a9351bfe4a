//! From a three-valued answer to a decision: where only undecided conditions keep it open, the worlds of the few
//! conditions that it touched are looked into.

use std::collections::BTreeSet;

use language::ir::{Program, Rule};
use value::{Cause, Condition, Kind, Literal, Map, Presence, Truth, Value, World, worlds};

use crate::evaluate::{Asked, Evaluator, Trace};

/// More worlds than this are not looked into; the answer stays unknown.
const MOST_WORLDS: usize = 16;

/// What a rule's predicate says where its `when` is taken into account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    Pass,
    Fail,
    Unknown(Vec<Cause>),
    NotApplicable,
}

/// What is asked of a subject or of one element of it.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a, 'g> {
    pub(crate) asked: Asked<'a, 'g>,
    /// The predicate that must hold.
    pub(crate) check: &'a Program,
    /// The element, if the rule goes over a list.
    pub(crate) it: Option<&'a Value>,
    /// Under what the subject exists: the assumption that it is judged under.
    pub(crate) guard: &'a Condition,
    /// Whether the resource is of the rule's kind at all.
    pub(crate) membership: &'a Truth,
}

impl Question<'_, '_> {
    /// The answer, with what was read on the way to it, as far as anyone is told: nothing of a pass, unless evidence is
    /// wanted. Most answers are passes, and keeping what is read costs more than reading it, so that the few others are
    /// rather asked twice.
    pub(crate) fn answer(&self) -> (Answer, Trace) {
        let assumed = World::assuming(self.guard);
        let evidence = self.asked.settings.evidence;
        let (answer, trace) = match self.in_world(&assumed, evidence) {
            (Answer::Fail | Answer::Unknown(_), _) if !evidence => self.in_world(&assumed, true),
            first => first,
        };
        let Answer::Unknown(causes) = &answer else { return (answer, trace) };
        if !causes.iter().any(|cause| cause.condition) {
            return (answer, trace);
        }
        match self.over_worlds(&trace, &assumed) {
            Some(settled) => settled,
            None => (answer, trace),
        }
    }

    fn over_worlds(&self, trace: &Trace, assumed: &World) -> Option<(Answer, Trace)> {
        let literals = literals(trace, self.guard);
        let worlds = worlds(&literals, assumed, self.guard, MOST_WORLDS)?;
        let mut merged: Option<(Answer, Trace)> = None;
        for world in &worlds {
            let (answer, trace) = self.in_world(world, true);
            merged = match (merged, answer) {
                (None, answer) => Some((answer, trace)),
                (Some((Answer::NotApplicable, _)), Answer::Pass) => Some((Answer::Pass, trace)),
                (Some((Answer::Pass, known)), Answer::NotApplicable) => Some((Answer::Pass, known)),
                (Some((known, old)), answer) if known == answer => Some((known, old)),
                _ => return None,
            };
        }
        merged.filter(|(answer, _)| !matches!(answer, Answer::Unknown(_)))
    }

    fn in_world(&self, world: &World, traced: bool) -> (Answer, Trace) {
        let mut evaluator = Evaluator::new(self.asked, world).with_it(self.it.cloned()).traced(traced);
        let applies = match self.asked.rule.when {
            Some(when) => self.membership.clone().and(evaluator.truth(&when)),
            None => self.membership.clone(),
        };
        if applies == Truth::No {
            return (Answer::NotApplicable, evaluator.trace.take().unwrap_or_default());
        }
        let when_trace = evaluator.trace.as_mut().map(std::mem::take).unwrap_or_default();
        let holds = evaluator.truth(self.check);
        let mut trace = evaluator.trace.take().unwrap_or_default();
        let answer = match (applies, holds) {
            (_, Truth::Yes) => Answer::Pass,
            (Truth::Yes, Truth::No) => Answer::Fail,
            (applies, holds) => {
                if matches!(applies, Truth::Unknown(_)) {
                    trace.append(when_trace);
                }
                let open = if matches!(holds, Truth::Unknown(_)) { holds } else { Truth::Yes };
                Answer::Unknown(applies.and(open).causes().to_vec())
            }
        };
        (answer, trace)
    }
}

/// The severity of a failure: the first case that holds; one that cannot be told counts if it is the higher.
pub(crate) fn severity(
    asked: Asked<'_, '_>,
    rule: &'static Rule,
    it: Option<&Value>,
    guard: &Condition,
) -> language::ir::Severity {
    let world = World::assuming(guard);
    let mut at_least = None;
    for (severity, case) in rule.severity.cases {
        match Evaluator::new(asked, &world).with_it(it.cloned()).truth(case) {
            Truth::Yes => return at_least.max(Some(*severity)).unwrap_or(*severity),
            Truth::No => {}
            Truth::Unknown(_) => at_least = at_least.max(Some(*severity)),
        }
    }
    at_least.max(Some(rule.severity.otherwise)).unwrap_or(rule.severity.otherwise)
}

/// Whether one of some elements is there in every world that `guard` leaves, as one branch of a condition always is.
pub(crate) fn one_is_there(presences: &[&Presence], guard: &Condition) -> bool {
    let mut found = BTreeSet::new();
    of_condition(guard, &mut found);
    presences.iter().for_each(|presence| of_condition(&presence.when, &mut found));
    let literals: Vec<Literal> = found.into_iter().collect();
    let worlds = worlds(&literals, &World::assuming(guard), guard, MOST_WORLDS).unwrap_or_default();
    let is_there = |world: &World| presences.iter().any(|presence| presence.exists(world) == Truth::Yes);
    !worlds.is_empty() && worlds.iter().all(is_there)
}

/// The atoms that what was read and the guard rest on.
fn literals(trace: &Trace, guard: &Condition) -> Vec<Literal> {
    let mut found = BTreeSet::new();
    guard.literals(&mut |literal| {
        found.insert(literal.clone());
    });
    for read in &trace.reads {
        of_value(&read.value, &mut found, 12);
    }
    found.into_iter().collect()
}

fn of_value(value: &Value, found: &mut BTreeSet<Literal>, depth: usize) {
    if depth == 0 {
        return;
    }
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                of_condition(condition, found);
                of_value(choice, found, depth - 1);
            }
        }
        Kind::List(list) => {
            for item in &list.items {
                of_condition(&item.presence.when, found);
                of_value(&item.value, found, depth - 1);
            }
        }
        Kind::Map(map) => of_map(map, found, depth),
        _ => {}
    }
}

fn of_map(map: &Map, found: &mut BTreeSet<Literal>, depth: usize) {
    for entry in &map.entries {
        of_condition(&entry.presence.when, found);
        of_value(&entry.value, found, depth - 1);
    }
}

fn of_condition(condition: &Condition, found: &mut BTreeSet<Literal>) {
    condition.literals(&mut |literal| {
        found.insert(literal.clone());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(presences: &[Condition], guard: &Condition, expected: bool) {
        let presences: Vec<Presence> = presences.iter().cloned().map(Presence::guarded).collect();
        assert_eq!(one_is_there(&presences.iter().collect::<Vec<_>>(), guard), expected);
    }

    #[test]
    fn one_branch_of_a_condition_is_always_there() {
        let env = |value: &str| Condition::literal("Env", value);
        check(&[env("prod"), env("prod").not()], &Condition::Always, true);
        check(&[env("prod"), env("dev")], &Condition::Always, false);
        check(&[env("prod"), env("dev")], &env("dev"), true);
        check(&[env("prod")], &env("prod"), true);
        check(&[], &Condition::Always, false);
        let many = Presence { when: Condition::Always, many: true };
        assert!(!one_is_there(&[&many], &Condition::Always));
    }
}
