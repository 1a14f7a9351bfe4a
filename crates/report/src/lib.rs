//! Every output format, each a pure function from report to bytes. Invariant: the formats show the same results and
//! the same totals; nothing here reads a file, the clock or the environment.

mod format;
mod html;
mod json;
mod markdown;
mod model;
mod plain;
mod sarif;
mod terminal;

pub use format::{Context, Format, Show, write};
pub use json::pretty;
pub use model::{
    AccountRow, Control, Coverage, Evidence, FrameworkRow, Location, Observed, OpaqueRow, PillarTotals,
    PlaceKey, ProblemRow, Related, Report, ResourceRow, ResultRow, RuleRow, SectionRow, Summary, Tool,
    Totals,
};
pub use plain::clean;
pub use triage::Status;
