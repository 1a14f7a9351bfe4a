//! Failures that a failure of a stronger rule on the same element takes the place of. Invariant: what is taken away from
//! one rule is said by another one that stands, so that nobody reads the same gap twice, nor misses it.

use rules::Subject;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::{Status, Triaged};

/// What a failure is about, and the rule that is weaker there.
type Key = (Subject, Option<SmolStr>, &'static str);

/// Gives the failures of weaker rules to the stronger ones. A stronger rule whose failure is suppressed takes nothing.
pub(crate) fn fold(triaged: &mut [Triaged]) {
    let mut stronger: FxHashMap<Key, &'static str> = FxHashMap::default();
    for one in triaged.iter().filter(|one| one.status == Status::Fail) {
        for weaker in one.verdict.rule.covers {
            stronger.entry(key(one, weaker)).or_insert(one.verdict.rule.id);
        }
    }
    if stronger.is_empty() {
        return;
    }
    for one in triaged.iter_mut().filter(|one| one.status == Status::Fail) {
        if let Some(rule) = stronger.get(&key(one, one.verdict.rule.id)) {
            one.status = Status::NotApplicable;
            one.reason = Some(format!("{rule} says it"));
        }
    }
}

fn key(one: &Triaged, rule: &'static str) -> Key {
    (one.verdict.subject, one.verdict.element.as_ref().map(|element| element.key.clone()), rule)
}

#[cfg(test)]
mod tests {
    use language::ir::Rule;
    use rules::Outcome;

    use super::*;
    use crate::tests::{RULE, verdict};

    static STRONG: Rule = Rule { id: "strong", covers: &["weak"], ..RULE };
    static WEAK: Rule = Rule { id: "weak", ..RULE };

    #[track_caller]
    fn check(strong: (u32, Status), weak: (u32, Status), expect: Status) {
        let one = |rule, (account, status)| Triaged {
            verdict: verdict(rule, account, Outcome::Fail),
            status,
            reason: None,
            by: None,
        };
        let mut triaged = [one(&WEAK, weak), one(&STRONG, strong)];
        fold(&mut triaged);
        let statuses = triaged.map(|one| one.status);
        assert_eq!(statuses, [expect, strong.1]);
    }

    #[test]
    fn a_failure_of_the_stronger_rule_takes_the_place_of_the_weaker_one() {
        check((0, Status::Fail), (0, Status::Fail), Status::NotApplicable);
    }

    #[test]
    fn another_subject_and_another_outcome_stay() {
        check((1, Status::Fail), (0, Status::Fail), Status::Fail);
        check((0, Status::Fail), (0, Status::Pass), Status::Pass);
        check((0, Status::Fail), (0, Status::Suppressed), Status::Suppressed);
    }

    #[test]
    fn a_stronger_rule_that_does_not_fail_takes_nothing() {
        for status in [Status::Pass, Status::Unknown, Status::Suppressed, Status::NotApplicable] {
            check((0, status), (0, Status::Fail), Status::Fail);
        }
    }
}
