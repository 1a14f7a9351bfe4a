//! What is wrong with the input: never an error that stops the scan, always a line in the report.

use crate::Place;

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemSeverity {
    /// Said for completeness.
    Note,
    /// Something was judged with less than it could have been.
    Warning,
    /// Some input was not read: the exit status is 3.
    Error,
}

impl ProblemSeverity {
    /// The word used in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One thing that is wrong with the input, with its place and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// How much it matters.
    pub severity: ProblemSeverity,
    /// Stable kebab-case name, for example `terraform-syntax`.
    pub code: &'static str,
    /// What is wrong, in one line, naming the thing.
    pub message: String,
    /// What to do. Never empty.
    pub help: String,
    /// Where, if the problem has a place in a file that was read.
    pub place: Option<Place>,
    /// The path as shown to the user, for problems with files that could not be read. Empty where `place` is set.
    pub path: String,
}

/// Problems in order of discovery; the report sorts them.
pub type Problems = Vec<Problem>;

impl Problem {
    /// A problem at a place.
    #[must_use]
    pub fn at(
        severity: ProblemSeverity,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (message, help) = (message.into(), help.into());
        Self { severity, code, message, help, place: Some(place), path: String::new() }
    }

    /// A problem with a file or folder as a whole, or with none (`path` empty).
    #[must_use]
    pub fn with_path(
        severity: ProblemSeverity,
        code: &'static str,
        path: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        let (path, message, help) = (path.into(), message.into(), help.into());
        Self { severity, code, message, help, place: None, path }
    }
}
