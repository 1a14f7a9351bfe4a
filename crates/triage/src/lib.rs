//! Verdict to status. Invariant: nothing vanishes; every verdict that goes in comes out under a status, in the same
//! order.

use rules::{Outcome, Verdict};
use serde::Serialize;

/// What became of a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The control is not met.
    Fail,
    /// It cannot be told.
    Unknown,
    /// The control is met.
    Pass,
    /// The rule does not apply.
    NotApplicable,
    /// A comment or metadata in the source suppresses it.
    Suppressed,
    /// The configuration waives it.
    Waived,
    /// Somebody attests that it is met elsewhere.
    Attested,
    /// It was there when the baseline was taken.
    Baselined,
    /// The change did not make it worse.
    Unchanged,
}

impl Status {
    /// Its id in JSON and on the command line.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::Pass => "pass",
            Self::NotApplicable => "not_applicable",
            Self::Suppressed => "suppressed",
            Self::Waived => "waived",
            Self::Attested => "attested",
            Self::Baselined => "baselined",
            Self::Unchanged => "unchanged",
        }
    }
}

/// A verdict and what became of it.
#[derive(Debug, Clone)]
pub struct Triaged {
    /// The verdict.
    pub verdict: Verdict,
    /// What became of it.
    pub status: Status,
    /// Why it was filtered, in the words of whoever filtered it; why it is unknown.
    pub reason: Option<String>,
}

/// Gives every verdict its status.
#[must_use]
pub fn triage(verdicts: Vec<Verdict>) -> Vec<Triaged> {
    verdicts.into_iter().map(plain).collect()
}

/// The status of a verdict that nothing filters.
fn plain(verdict: Verdict) -> Triaged {
    let (status, reason) = match &verdict.outcome {
        Outcome::Pass => (Status::Pass, None),
        Outcome::Fail => (Status::Fail, None),
        Outcome::NotApplicable => (Status::NotApplicable, None),
        Outcome::Unknown(causes) => {
            let mut reasons: Vec<&str> = Vec::new();
            for cause in causes.iter().map(|cause| cause.reason.as_str()) {
                if !reasons.contains(&cause) {
                    reasons.push(cause);
                }
            }
            (Status::Unknown, Some(reasons.join("; ")))
        }
    };
    Triaged { verdict, status, reason }
}

#[cfg(test)]
mod tests {
    use language::ir::{Body, Fix, Grading, Literal, Node, Op, Pillar, Program, Rule, Scope, Severity};
    use rules::Subject;
    use value::Cause;

    use super::*;

    static RULE: Rule = Rule {
        id: "x",
        title: "",
        message: "",
        help: "",
        why: "",
        pillar: Pillar::Security,
        severity: Grading { cases: &[], otherwise: Severity::High },
        scope: Scope::Account,
        subjects: &[],
        when: None,
        body: Body::Check(Program {
            nodes: &[Node { op: Op::Literal(Literal::Bool(true)), span: (0, 4) }],
            text: "true",
        }),
        points_at: &[],
        params: &[],
        controls: &[],
        peers: &[],
        fix: Fix::None,
        variable_passes: false,
        aliases: &[],
        languages: &[],
        covers: &[],
        file: "",
        examples: &[],
    };

    #[track_caller]
    fn check(outcome: Outcome, status: Status, reason: Option<&str>) {
        let verdict = Verdict {
            rule: &RULE,
            subject: Subject::Account(graph::AccountId(0)),
            element: None,
            outcome,
            severity: Severity::High,
            decided: Vec::new(),
            place: None,
            related: Vec::new(),
            evidence: Vec::new(),
            message: String::new(),
        };
        let triaged = triage(vec![verdict]);
        let found: Vec<_> = triaged.iter().map(|one| (one.status, one.reason.as_deref())).collect();
        assert_eq!(found, [(status, reason)]);
    }

    #[test]
    fn every_outcome_has_its_status() {
        check(Outcome::Pass, Status::Pass, None);
        check(Outcome::Fail, Status::Fail, None);
        check(Outcome::NotApplicable, Status::NotApplicable, None);
    }

    #[test]
    fn an_unknown_says_each_of_its_reasons_once() {
        let cause = |reason: &str, condition| Cause { reason: reason.into(), condition };
        let causes = vec![cause("a", false), cause("b", true), cause("a", true)];
        check(Outcome::Unknown(causes), Status::Unknown, Some("a; b"));
    }
}
