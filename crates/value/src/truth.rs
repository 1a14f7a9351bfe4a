//! Kleene's three truth values; the third carries what would settle it.

use std::sync::Arc;

use smol_str::SmolStr;

/// Yes, no, or unknown with the causes. Two unknowns are equal whatever their causes.
#[derive(Debug, Clone)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It cannot be told; the causes in the order in which they were met, none of them twice.
    Unknown(Arc<[Cause]>),
}

/// Why something cannot be told, in words that say what would settle it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cause {
    /// For example `variable "kms_key_arn" has no value`.
    pub reason: SmolStr,
    /// Whether it is an undecided condition of alternatives or of a presence, which looking into the worlds may
    /// settle.
    pub condition: bool,
}

/// Most causes that one verdict carries.
const MOST_CAUSES: usize = 8;

impl Truth {
    /// Unknown for a reason.
    #[must_use]
    pub fn unknown(reason: impl Into<SmolStr>) -> Self {
        Self::Unknown(Arc::from([Cause { reason: reason.into(), condition: false }]))
    }

    /// Unknown because the condition on this atom is not decided. An atom that stands for a question with its reason,
    /// `whether … (reason)`, is told of by the reason: that is what would settle it.
    #[must_use]
    pub fn undecided_condition(atom: &str) -> Self {
        let shown = crate::Identity::shown(atom);
        let inner = shown.strip_suffix(')').filter(|shown| shown.starts_with("whether "));
        let reason = match inner.and_then(|inner| inner.split_once(" (")) {
            Some((_, reason)) => SmolStr::from(reason),
            None => SmolStr::from(format!("{shown} is not known")),
        };
        Self::Unknown(Arc::from([Cause { reason, condition: true }]))
    }

    /// The contrary.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "Kleene's negation, named like its siblings")]
    pub fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Kleene's conjunction.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) | (other, Self::Yes) => other,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(joined(&a, &b)),
        }
    }

    /// Kleene's disjunction.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, other) | (other, Self::No) => other,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(joined(&a, &b)),
        }
    }

    /// The causes of an unknown; none of the two others.
    #[must_use]
    pub fn causes(&self) -> &[Cause] {
        match self {
            Self::Unknown(causes) => causes,
            _ => &[],
        }
    }
}

fn joined(a: &Arc<[Cause]>, b: &Arc<[Cause]>) -> Arc<[Cause]> {
    let fresh: Vec<&Cause> = b.iter().filter(|cause| !a.contains(cause)).collect();
    if fresh.is_empty() || a.len() >= MOST_CAUSES {
        return a.clone();
    }
    a.iter().chain(fresh).take(MOST_CAUSES).cloned().collect()
}

impl From<bool> for Truth {
    fn from(known: bool) -> Self {
        if known { Self::Yes } else { Self::No }
    }
}

impl PartialEq for Truth {
    fn eq(&self, other: &Self) -> bool {
        matches!(
            (self, other),
            (Self::Yes, Self::Yes) | (Self::No, Self::No) | (Self::Unknown(_), Self::Unknown(_))
        )
    }
}

impl Eq for Truth {}
