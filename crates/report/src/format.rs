//! The formats by name, and what they may know beside the report.

use std::io::{self, Write};

use source::Sources;

use crate::Report;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Frames around the source, grouped by pillar, with a summary: for people.
    Terminal,
    /// The JSON contract.
    Json,
    /// SARIF 2.1.0 by GitHub's rules.
    Sarif,
    /// Markdown, for a comment on a pull request.
    Markdown,
    /// A self-contained pillar report that can be printed.
    Html,
}

impl Format {
    /// All formats, in the order of the manual.
    pub const ALL: [Self; 5] = [Self::Terminal, Self::Json, Self::Sarif, Self::Markdown, Self::Html];

    /// Its name on the command line.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Terminal => "terminal",
            Self::Json => "json",
            Self::Sarif => "sarif",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.id() == name)
    }
}

/// Which results a format for people lists in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Show {
    /// Failures only.
    Fail,
    /// Failures and unknowns.
    #[default]
    Open,
    /// Passes, too.
    Pass,
    /// Everything, what does not apply and what was filtered included.
    All,
}

/// What formats may know beside the report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The sources, for frames.
    pub sources: &'a Sources,
    /// Whether the terminal shows colours.
    pub color: bool,
    /// Columns of the terminal.
    pub width: usize,
    /// Which results are listed in full, in the formats for people.
    pub show: Show,
}

/// Writes the report in a format.
///
/// # Errors
/// Those of `out`.
pub fn write(format: Format, report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Terminal => crate::terminal::terminal(report, context, out),
        Format::Json => crate::json::json(report, out),
        Format::Sarif => crate::sarif::sarif(report, out),
        Format::Markdown => crate::markdown::markdown(report, context, out),
        Format::Html => crate::html::html(report, out),
    }
}
