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
    out.write_all(pretty(report)?.as_bytes())
}

/// A document with indentation. What a terminal or a reader's eye would obey stands there as an escape: JSON
/// alone escapes no more than the controls below U+0020.
///
/// # Errors
/// Those of serialising the document.
pub fn pretty<T: Serialize>(document: &T) -> io::Result<String> {
    let text = serde_json::to_string_pretty(document)?;
    let mut escaped = String::with_capacity(text.len() + 1);
    let mut rest = text.as_str();
    // JSON has escaped what is below U+0020, so whatever else is obeyed begins with a byte from 0x7f.
    while let Some((plain, from)) =
        rest.bytes().position(|byte| byte >= 0x7f).and_then(|at| rest.split_at_checked(at))
    {
        escaped.push_str(plain);
        let mut characters = from.chars();
        match characters.next() {
            Some(c) if obeyed(c) => drop(write!(escaped, "\\u{:04x}", u32::from(c))),
            Some(c) => escaped.push(c),
            None => {}
        }
        rest = characters.as_str();
    }
    escaped.push_str(rest);
    escaped.push('\n');
    Ok(escaped)
}
