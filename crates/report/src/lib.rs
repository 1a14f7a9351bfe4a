//! Every output format, each a pure function from report to bytes. Invariant: the formats show the same results and
//! the same totals; nothing here reads a file, the clock or the environment.

mod model;

pub use model::{
    AccountRow, Control, Coverage, Evidence, FrameworkRow, Location, Observed, PillarTotals, PlaceKey,
    ProblemRow, Related, Report, ResourceRow, ResultRow, RuleRow, SectionRow, Status, Summary, Tool, Totals,
};
