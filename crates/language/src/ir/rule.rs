//! Rules: what is judged, what is asked, how bad a failure is, and what is said of it.

use super::{KindId, Language, Literal, Program, Type};

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `s3-versioning`.
    pub id: &'static str,
    /// States the good state.
    pub title: &'static str,
    /// Names the bad state; `{self.attr}` is replaced by the value.
    pub message: &'static str,
    /// What to type.
    pub help: &'static str,
    /// Why it matters, for a reader who has never met the service.
    pub why: &'static str,
    /// The pillar.
    pub pillar: Pillar,
    /// How bad a failure is.
    pub severity: Grading,
    /// What is judged.
    pub scope: Scope,
    /// The kinds and traits of its subject, as the file names them; empty for other scopes.
    pub subjects: &'static [&'static str],
    /// Where it applies; `unless` is lowered to its negation.
    pub when: Option<Program>,
    /// What is asked.
    pub body: Body,
    /// Names of the attributes that a diagnostic points at, before those that decided.
    pub points_at: &'static [&'static str],
    /// Parameters.
    pub params: &'static [Param],
    /// Framework and citations.
    pub controls: &'static [(&'static str, &'static [&'static str])],
    /// Tool and equivalent checks.
    pub peers: &'static [(&'static str, &'static [&'static str])],
    /// The declared fix, for documentation and for a later step.
    pub fix: Fix,
    /// What the verdict is when the deciding value is an input without default: `pass` where presence decides.
    pub variable_passes: bool,
    /// Old ids that still select it.
    pub aliases: &'static [&'static str],
    /// Languages it is meant for; empty for all.
    pub languages: &'static [Language],
    /// Ids of rules whose result on the same element this one covers.
    pub covers: &'static [&'static str],
    /// Version of carelint that brought it; empty if the file does not say.
    pub since: &'static str,
    /// From when on it should no longer be used, if so.
    pub deprecated: Option<Deprecated>,
    /// Path of its file, relative to `rules/`.
    pub file: &'static str,
    /// Its examples.
    pub examples: &'static [Example],
}

/// That a rule should no longer be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deprecated {
    /// Version of carelint from which on.
    pub since: &'static str,
    /// Id of the rule that takes its place.
    pub instead: &'static str,
}

/// A Well-Architected pillar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pillar {
    /// Security.
    Security,
    /// Reliability.
    Reliability,
    /// Operational excellence.
    OperationalExcellence,
    /// Performance efficiency.
    PerformanceEfficiency,
    /// Cost optimization.
    CostOptimization,
    /// Sustainability.
    Sustainability,
}

impl Pillar {
    /// All, in the order of reports.
    pub const ALL: [Self; 6] = [
        Self::Security,
        Self::Reliability,
        Self::OperationalExcellence,
        Self::PerformanceEfficiency,
        Self::CostOptimization,
        Self::Sustainability,
    ];

    /// Its id, as in rule files and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Reliability => "reliability",
            Self::OperationalExcellence => "operational-excellence",
            Self::PerformanceEfficiency => "performance-efficiency",
            Self::CostOptimization => "cost-optimization",
            Self::Sustainability => "sustainability",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Security => "Security",
            Self::Reliability => "Reliability",
            Self::OperationalExcellence => "Operational Excellence",
            Self::PerformanceEfficiency => "Performance Efficiency",
            Self::CostOptimization => "Cost Optimization",
            Self::Sustainability => "Sustainability",
        }
    }
}

/// How bad a failure is; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// All, from the mildest.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Its id, as in rule files and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The severity of a rule: the first case whose predicate holds (or cannot be told and is the higher one), else the
/// last resort.
#[derive(Debug, Clone, Copy)]
pub struct Grading {
    /// Cases in order of the file. In rules with `each` or `none`, `it` is the failing element.
    pub cases: &'static [(Severity, Program)],
    /// Where no case holds.
    pub otherwise: Severity,
}

/// What a rule judges.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Every node of these kinds (those of a trait are listed one by one).
    Kinds(&'static [KindId]),
    /// Every managed resource, modelled or not.
    AnyResource,
    /// Every thing of a mode: `variable`, `parameter`, `provider`, `backend`, `module-call`, `output`.
    Things(&'static str),
    /// Each account of the scan, once.
    Account,
    /// Each region of each account of the scan, once.
    Region,
}

/// What a rule asks.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// The predicate holds.
    Check(Program),
    /// The predicate holds for each element (`it`) of the list.
    Each(Program, Program),
    /// The list has no element.
    None(Program),
}

/// A parameter of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Its value unless configured.
    pub default: Literal,
    /// The least a number may be configured to.
    pub min: Option<&'static str>,
}

/// What a rule offers as a fix.
#[derive(Debug, Clone, Copy)]
pub enum Fix {
    /// None.
    None,
    /// Attributes to set, and whether that is safe (no replacement, downtime or cost).
    Set {
        /// Attribute and value.
        set: &'static [(&'static str, Literal)],
        /// Whether it is safe.
        safe: bool,
    },
    /// Text that is shown, never applied: language and snippet.
    Snippet(&'static [(Language, &'static str)]),
}

/// An example of a rule file.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// `true` under `pass`, `false` under `fail`, none under `unknown`.
    pub passes: Option<bool>,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: &'static str,
    /// Line of the rule file at which the text starts, from 1.
    pub line: u32,
}
