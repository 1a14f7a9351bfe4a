//! The JSON contract: the report as it is, indented, keys in the order of `docs/json.md`.

use std::io::{self, Write};

use crate::Report;

/// Writes the report as one JSON document.
///
/// # Errors
/// Those of `out`.
pub fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    writeln!(out)
}
