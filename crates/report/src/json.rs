//! The JSON contract: the report as it is, indented, keys in the order of `docs/json.md`.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::Report;
use crate::plain::obeyed;

/// Writes the report as one JSON document.
///
/// # Errors
/// Those of `out`.
pub(crate) fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    pretty(report, out)
}

/// Writes a document with indentation. What a terminal or a reader's eye would obey stands there as an escape: JSON
/// alone escapes no more than the controls below U+0020.
pub(crate) fn pretty<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    let mut escaped = String::with_capacity(text.len() + 1);
    for c in text.chars() {
        // Outside strings there is no such character but the line end.
        if obeyed(c) && c != '\n' {
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped.push('\n');
    out.write_all(escaped.as_bytes())
}
