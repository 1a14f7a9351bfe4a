//! Verdict to status. Invariant: nothing vanishes; every verdict that goes in comes out under a status, in the same
//! order.

mod covered;
mod directive;
mod foreign;
mod layout;
mod metadata;
mod suppressions;

use graph::Graph;
use rules::{Outcome, Subject, Verdict};
use rustc_hash::FxHashMap;
use serde::Serialize;
use smol_str::SmolStr;
use source::Place;
use value::declared::{Mode, Resource, RootId};

pub use foreign::Foreign;
pub use suppressions::Suppressions;

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
    /// What filtered it, where that is written in the sources.
    pub by: Option<Place>,
}

/// Module calls in files that have suppressions, by root and address: where their headers stand.
type Calls = FxHashMap<(RootId, SmolStr), Place>;

/// Gives every verdict of a scan its status; suppressions that suppress one are used up.
#[must_use]
pub fn triage(graph: &Graph<'_>, verdicts: Vec<Verdict>, suppressions: &mut Suppressions) -> Vec<Triaged> {
    suppressions.metadata(graph.declared, graph.catalogue);
    let triaged = verdicts.into_iter().map(plain);
    let mut triaged: Vec<Triaged> = if suppressions.is_empty() {
        triaged.collect()
    } else {
        let calls = calls(graph, suppressions);
        triaged.map(|triaged| suppressed(triaged, graph, &calls, suppressions)).collect()
    };
    covered::fold(&mut triaged);
    triaged
}

fn calls(graph: &Graph<'_>, suppressions: &Suppressions) -> Calls {
    let resources = graph.declared.resources.iter();
    let calls = resources
        .filter(|resource| resource.mode == Mode::ModuleCall && suppressions.has_file(resource.place.file));
    calls.map(|call| ((call.root, call.address.clone()), call.place)).collect()
}

/// A verdict that fails or is open, suppressed if something in the sources says so: at the resource, at what decided or
/// on its way, at a module call around the resource, in its metadata, or for the file of any of them.
fn suppressed(
    triaged: Triaged,
    graph: &Graph<'_>,
    calls: &Calls,
    suppressions: &mut Suppressions,
) -> Triaged {
    if !matches!(triaged.status, Status::Fail | Status::Unknown) {
        return triaged;
    }
    let verdict = &triaged.verdict;
    let rule = verdict.rule.id;
    let resource = match verdict.subject {
        Subject::Node(node) => graph.resource(node),
        Subject::Account(_) | Subject::Region(..) => None,
    };
    let mut places: Vec<Place> = resource.map(|resource| resource.place).into_iter().collect();
    places.extend(verdict.place);
    places.extend(verdict.related.iter().map(|(place, _)| *place));
    places.extend(resource.into_iter().flat_map(|resource| around(resource, calls)));
    let metadata = resource.and_then(|own| suppressions.by_resource.get(&(own.key.clone(), rule)));
    let metadata =
        metadata.into_iter().flatten().copied().filter(|index| suppressions.covers(*index, verdict));
    let found: Vec<usize> =
        places.iter().flat_map(|place| suppressions.at(rule, *place)).chain(metadata).collect();
    found.iter().for_each(|index| suppressions.use_up(*index));
    match found.first().and_then(|index| suppressions.all.get(*index)) {
        None => triaged,
        Some(by) => Triaged {
            status: Status::Suppressed,
            reason: Some(by.reason.clone()),
            by: Some(by.at),
            ..triaged
        },
    }
}

/// The module calls around a resource, the outermost first.
fn around<'c>(resource: &'c Resource, calls: &'c Calls) -> impl Iterator<Item = Place> {
    let address = resource.address.as_str();
    let prefixes = address.match_indices('.').filter_map(move |(at, _)| address.get(..at));
    let called = prefixes.filter(|prefix| !calls.is_empty() && prefix.starts_with("module."));
    called.filter_map(|prefix| calls.get(&(resource.root, SmolStr::new(prefix))).copied())
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
    Triaged { verdict, status, reason, by: None }
}

#[cfg(test)]
mod tests {
    use language::ir::{Body, Fix, Grading, Literal, Node, Op, Pillar, Program, Rule, Scope, Severity};
    use rules::Subject;
    use value::Cause;

    use super::*;

    pub(crate) const RULE: Rule = Rule {
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
        since: "",
        deprecated: None,
        file: "",
        examples: &[],
    };

    pub(crate) fn verdict(rule: &'static Rule, account: u32, outcome: Outcome) -> Verdict {
        Verdict {
            rule,
            subject: Subject::Account(graph::AccountId(account)),
            element: None,
            outcome,
            severity: Severity::High,
            decided: Vec::new(),
            place: None,
            related: Vec::new(),
            evidence: Vec::new(),
            message: String::new(),
        }
    }

    #[track_caller]
    fn check(outcome: Outcome, status: Status, reason: Option<&str>) {
        let triaged = plain(verdict(&RULE, 0, outcome));
        assert_eq!((triaged.status, triaged.reason.as_deref()), (status, reason));
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
