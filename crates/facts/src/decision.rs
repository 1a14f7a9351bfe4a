//! Three-valued answers under conditions. Invariant: the conditions of yes and of no exclude each other, and where
//! neither holds a cause says why the answer is not known.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Condition, Item, Kind, Origin, Presence, Unknown, Value};

/// Most conditions that one answer joins; beyond that it becomes unknown, so that formulas stay shallow.
const MOST_CONDITIONS: usize = 256;

/// Most causes that one answer carries.
const MOST_CAUSES: usize = 4;

/// An answer: where it is yes, where it is no, and why it is neither elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    yes: Condition,
    no: Condition,
    causes: Vec<SmolStr>,
}

impl Decision {
    /// Yes, always.
    pub(crate) const YES: Self = Self { yes: Condition::Always, no: Condition::Never, causes: Vec::new() };

    /// No, always.
    pub(crate) const NO: Self = Self { yes: Condition::Never, no: Condition::Always, causes: Vec::new() };

    /// Not known, for this reason.
    pub(crate) fn unknown(reason: impl Into<SmolStr>) -> Self {
        Self { yes: Condition::Never, no: Condition::Never, causes: vec![reason.into()] }
    }

    /// Yes where the condition holds, no elsewhere.
    pub(crate) fn where_holds(condition: Condition) -> Self {
        Self { no: condition.clone().not(), yes: condition, causes: Vec::new() }
    }

    /// Whether something with this presence is there.
    pub(crate) fn of_presence(presence: &Presence) -> Self {
        let there = Self::where_holds(presence.when.clone());
        if presence.many { there.and(Self::unknown("how many there are is not known")) } else { there }
    }

    /// A boolean value as an answer; nothing is no.
    pub(crate) fn of_bool(value: &Value) -> Self {
        Self::over_choices(value, |choice| match &choice.kind {
            Kind::Absent | Kind::Null => Self::NO,
            Kind::Unknown(unknown) => Self::unknown(unknown.reason.clone()),
            _ => match choice.as_bool() {
                Some(known) => Self::from(known),
                None => Self::unknown("it is no boolean that can be told before deployment"),
            },
        })
    }

    /// The answer of `ask` for each alternative of `value`, under the alternative's condition.
    pub(crate) fn over_choices(value: &Value, mut ask: impl FnMut(&Value) -> Self) -> Self {
        match &value.kind {
            Kind::Alternatives(alternatives) => Self::any(
                alternatives
                    .choices
                    .iter()
                    .map(|(condition, choice)| Self::where_holds(condition.clone()).and(ask(choice))),
            ),
            _ => ask(value),
        }
    }

    /// Both.
    pub(crate) fn and(self, other: Self) -> Self {
        Self::all([self, other])
    }

    /// At least one.
    pub(crate) fn or(self, other: Self) -> Self {
        Self::any([self, other])
    }

    /// The contrary.
    pub(crate) fn negated(self) -> Self {
        Self { yes: self.no, no: self.yes, causes: self.causes }
    }

    /// All; yes if there are none.
    pub(crate) fn all(decisions: impl IntoIterator<Item = Self>) -> Self {
        Self::any(decisions.into_iter().map(Self::negated)).negated()
    }

    /// At least one; no if there are none.
    pub(crate) fn any(decisions: impl IntoIterator<Item = Self>) -> Self {
        let (mut yes, mut no, mut causes) = (Vec::new(), Vec::new(), Vec::new());
        for decision in decisions {
            if decision.is_yes() {
                return Self::YES;
            }
            if decision.is_no() {
                continue;
            }
            push_new(&mut yes, decision.yes);
            push_new(&mut no, decision.no);
            decision.causes.into_iter().for_each(|cause| push_new(&mut causes, cause));
        }
        if yes.len().max(no.len()) > MOST_CONDITIONS {
            return Self::unknown("it depends on too many conditions");
        }
        causes.truncate(MOST_CAUSES);
        Self { yes: any_of(yes), no: all_of(no), causes }
    }

    /// Whether it is yes whatever holds.
    pub(crate) fn is_yes(&self) -> bool {
        self.yes == Condition::Always
    }

    /// Whether it is no whatever holds.
    pub(crate) fn is_no(&self) -> bool {
        self.no == Condition::Always
    }

    /// Why it is not known, in one line; empty if conditions alone decide.
    pub(crate) fn reason(&self) -> String {
        self.causes.join("; ")
    }

    /// The answer as a boolean value.
    pub(crate) fn into_value(self, origin: Origin) -> Value {
        let known = |truth: bool| Value::bool(truth, origin.clone());
        if self.is_yes() {
            return known(true);
        }
        if self.is_no() {
            return known(false);
        }
        if self.causes.is_empty() {
            let otherwise = self.yes.clone().not();
            return Value::alternatives([(self.yes, known(true)), (otherwise, known(false))], origin);
        }
        let unknown = Value::unknown(Unknown::fresh(self.reason()), origin.clone());
        let open = any_of(vec![self.yes.clone(), self.no.clone()]).not();
        Value::alternatives([(self.yes, known(true)), (self.no, known(false)), (open, unknown)], origin)
    }

    /// The condition under which something is there that is there if the answer is yes. What is not known becomes
    /// an atom of its own, called `atom`; nothing if it is there never.
    pub(crate) fn guard(&self, atom: &str) -> Option<Condition> {
        if self.is_no() {
            return None;
        }
        if self.causes.is_empty() || self.is_yes() {
            return Some(self.yes.clone());
        }
        let open = Condition::literal(format!("{atom} ({})", self.reason()), "true");
        Some(self.yes.clone().or(self.no.clone().not().and(open)))
    }

    /// `value` as an element that is there if the answer is yes.
    pub(crate) fn into_item(self, value: Value, atom: &str) -> Option<Item> {
        let when = self.guard(atom)?;
        Some(Item { value, presence: Presence { when, many: false } })
    }
}

impl From<bool> for Decision {
    fn from(known: bool) -> Self {
        if known { Self::YES } else { Self::NO }
    }
}

fn push_new<T: PartialEq>(list: &mut Vec<T>, new: T) {
    if list.len() <= MOST_CONDITIONS && !list.contains(&new) {
        list.push(new);
    }
}

/// A flat disjunction.
pub(crate) fn any_of(mut conditions: Vec<Condition>) -> Condition {
    conditions.retain(|condition| *condition != Condition::Never);
    if conditions.contains(&Condition::Always) {
        return Condition::Always;
    }
    match conditions.len() {
        0 => Condition::Never,
        1 => conditions.swap_remove(0),
        _ => Condition::Any(Arc::new(conditions)),
    }
}

/// A flat conjunction.
pub(crate) fn all_of(mut conditions: Vec<Condition>) -> Condition {
    conditions.retain(|condition| *condition != Condition::Always);
    if conditions.contains(&Condition::Never) {
        return Condition::Never;
    }
    match conditions.len() {
        0 => Condition::Always,
        1 => conditions.swap_remove(0),
        _ => Condition::All(Arc::new(conditions)),
    }
}

#[cfg(test)]
mod tests {
    use value::{Truth, World};

    use super::*;

    fn flag(name: &str) -> Decision {
        Decision::where_holds(Condition::literal(name, "true"))
    }

    #[track_caller]
    fn check(decision: &Decision, expect: &str) {
        let truth = |condition: &Condition| condition.holds(&World::default());
        let shown = match (truth(&decision.yes), truth(&decision.no)) {
            (Truth::Yes, _) => "yes",
            (_, Truth::Yes) => "no",
            (Truth::No, Truth::No) => "unknown",
            _ => "depends",
        };
        assert_eq!(shown, expect, "{decision:?}");
    }

    #[test]
    fn a_known_answer_beats_an_unknown_one() {
        let unknown = || Decision::unknown("why");
        check(&unknown().and(Decision::NO), "no");
        check(&unknown().or(Decision::YES), "yes");
        check(&unknown().and(Decision::YES), "unknown");
        check(&unknown().negated(), "unknown");
        check(&flag("a").and(unknown()), "depends");
    }

    #[test]
    fn none_of_nothing_and_all_of_nothing() {
        check(&Decision::any([]), "no");
        check(&Decision::all([]), "yes");
    }

    #[test]
    fn an_undecided_answer_guards_its_element_with_an_atom_of_its_own() {
        let guard = Decision::unknown("var.cidr is not set").guard("the source").expect("it may be there");
        assert_eq!(guard, Condition::literal("the source (var.cidr is not set)", "true"));
        assert_eq!(flag("a").guard("x"), Some(Condition::literal("a", "true")));
        assert_eq!(Decision::NO.guard("x"), None);
    }

    #[test]
    fn a_conditional_answer_is_two_alternatives() {
        let value = flag("a").into_value(Origin::default());
        let Kind::Alternatives(alternatives) = &value.kind else { panic!("{value:?}") };
        assert_eq!(alternatives.choices.len(), 2);
    }

    #[test]
    fn a_presence_of_any_number_is_not_known() {
        check(&Decision::of_presence(&Presence::any_number()), "unknown");
        check(&Decision::of_presence(&Presence::CERTAIN), "yes");
    }
}
