//! The counts of a comparison, printed as they stand in `docs/contributing.md`.

use std::collections::BTreeMap;
use std::fmt;

/// What was compared, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Cases.
    pub(super) cases: usize,
    /// Planned instances of resources.
    pub(super) instances: usize,
    /// Attributes that the configuration sets and the plan knows, each scalar counted.
    pub(super) compared: usize,
    /// Those that are equal.
    pub(super) equal: usize,
    /// Those that the provider writes in another way, listed word by word.
    pub(super) rewritten: usize,
    /// Those that carelint does not know, by the reason that it gives.
    pub(super) unknown: BTreeMap<String, usize>,
    /// Attributes that carelint knows and the plan will know after it is applied.
    pub(super) beyond: usize,
    /// Verdicts that both sides give.
    pub(super) verdicts: usize,
    /// Those that are the same.
    pub(super) same_verdicts: usize,
    /// Verdicts that one side does not decide, listed with a reason.
    pub(super) listed_verdicts: usize,
    /// Everything that differs.
    pub(super) differences: Vec<String>,
    /// How many of these there were, once they are told.
    pub(super) different: usize,
}

impl Tally {
    /// Adds the counts of another comparison.
    pub(super) fn add(&mut self, other: Self) {
        self.cases += other.cases;
        self.instances += other.instances;
        self.compared += other.compared;
        self.equal += other.equal;
        self.rewritten += other.rewritten;
        self.beyond += other.beyond;
        self.verdicts += other.verdicts;
        self.same_verdicts += other.same_verdicts;
        self.listed_verdicts += other.listed_verdicts;
        self.different += other.different;
        for (reason, count) in other.unknown {
            *self.unknown.entry(reason).or_default() += count;
        }
    }

    /// Notes a difference.
    pub(super) fn differs(&mut self, what: String) {
        self.different += 1;
        self.differences.push(what);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknown: usize = self.unknown.values().sum();
        writeln!(f, "configurations            {:>6}", self.cases)?;
        writeln!(f, "planned instances         {:>6}", self.instances)?;
        writeln!(f, "attributes compared       {:>6}", self.compared)?;
        writeln!(f, "  equal                   {:>6}", self.equal)?;
        writeln!(f, "  rewritten by provider   {:>6}", self.rewritten)?;
        writeln!(f, "  unknown to carelint     {unknown:>6}")?;
        for (reason, count) in &self.unknown {
            writeln!(f, "    {count:>4}  {reason}")?;
        }
        writeln!(f, "known to carelint alone   {:>6}", self.beyond)?;
        writeln!(f, "verdicts compared         {:>6}", self.verdicts)?;
        writeln!(f, "  the same                {:>6}", self.same_verdicts)?;
        writeln!(f, "  listed                  {:>6}", self.listed_verdicts)?;
        write!(f, "differences               {:>6}", self.different)
    }
}
