//! Files of a scan: discovery, limits, text, byte spans, line index, spanned YAML and JSON documents,
//! input problems. Invariant: nothing outside the scan root is ever read, and reading never fails as a
//! whole: what cannot be read is a [`Problem`] beside the part that could.

pub mod discovery;
mod disk;
pub mod document;
mod limits;
mod nearest;
mod place;
mod problem;
mod sources;
pub mod synthesized;
mod terragrunt;
mod text;

pub use limits::Limits;
pub use nearest::nearest;
pub use place::{FileId, Place, Span};
pub use problem::{Problem, ProblemSeverity, Problems};
pub use sources::{LoadError, SourceFile, Sources, folder_of};
pub use text::{LineColumn, LineIndex};
