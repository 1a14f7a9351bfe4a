//! What a rule says of a subject.

use std::collections::BTreeMap;

use graph::{AccountId, NodeId, RegionId};
use language::ir::{Literal, Rule, Severity};
use smol_str::SmolStr;
use source::Place;
use value::{Cause, Value};

/// What a rule says of one subject, or of one element of it.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The rule.
    pub rule: &'static Rule,
    /// What was judged.
    pub subject: Subject,
    /// The element, where one subject gives several verdicts.
    pub element: Option<Element>,
    /// The outcome.
    pub outcome: Outcome,
    /// Severity of this failure (graded where the rule grades).
    pub severity: Severity,
    /// The values that decided, in the order in which they were read; of an unknown, those that kept it open.
    pub decided: Vec<Decided>,
    /// Where the deciding value is written (see "Where a diagnostic points" in `docs/rule-grammar.md`). None for
    /// accounts and regions.
    pub place: Option<Place>,
    /// Other places, each with what stands there: the chain of a value, a satellite, a hop of a path.
    pub related: Vec<(Place, SmolStr)>,
    /// Evidence in words, one line a step (hops of a path, satellites that were searched for).
    pub evidence: Vec<SmolStr>,
    /// Of a failure the message, `{self.attr}` filled in; secrets never are. Else the title of the rule.
    pub message: String,
}

/// What was judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Subject {
    /// A node.
    Node(NodeId),
    /// An account of the scan.
    Account(AccountId),
    /// A region of an account of the scan.
    Region(AccountId, RegionId),
}

/// One element of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// A key that stays the same when other elements come and go: a Sid, a name, a path pattern, ports; the index
    /// last.
    pub key: SmolStr,
    /// Where it is written.
    pub place: Option<Place>,
}

/// The outcome of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The control is met.
    Pass,
    /// It is not.
    Fail,
    /// It cannot be told; the causes say what would settle it.
    Unknown(Vec<Cause>),
    /// The rule does not apply.
    NotApplicable,
}

/// A value that took part in a decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// What was read: `self.versioning`, `it.viewer`.
    pub read: SmolStr,
    /// The value.
    pub value: Value,
}

/// What the configuration says of rules.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The rules to evaluate, by id; none for all of the catalogue.
    pub selected: Option<Vec<SmolStr>>,
    /// Parameters: rule id, then parameter name.
    pub params: BTreeMap<SmolStr, BTreeMap<SmolStr, Literal>>,
    /// Rules, by id, that are asked within the scope of health information alone.
    pub phi_only: Vec<SmolStr>,
    /// Rules, by id, whose failures there are one step more severe.
    pub phi_raised: Vec<SmolStr>,
    /// Whether passes carry the values that decided them, too (reports that show evidence ask for it).
    pub evidence: bool,
}

impl Settings {
    /// Whether the rule is evaluated at all.
    #[must_use]
    pub fn selects(&self, rule: &Rule) -> bool {
        let named = |id: &SmolStr| id == rule.id || rule.aliases.contains(&id.as_str());
        self.selected.as_ref().is_none_or(|selected| selected.iter().any(named))
    }

    /// The value of a rule's parameter.
    #[must_use]
    pub fn param(&self, rule: &'static Rule, name: &str) -> Literal {
        let configured = self.params.get(rule.id).and_then(|params| params.get(name)).copied();
        let default = || rule.params.iter().find(|param| param.name == name).map(|param| param.default);
        configured.or_else(default).unwrap_or(Literal::Null)
    }
}
