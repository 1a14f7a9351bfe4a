//! The JSON contract: the report as it is, indented, keys in the order of `docs/json.md`. Invariant: it is written piece
//! by piece, never held as a whole.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::Report;
use crate::plain::obeyed;

/// Writes the report as one JSON document.
///
/// # Errors
/// Those of `out`.
pub(crate) fn json(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write_pretty(report, out)
}

/// A document with indentation. What a terminal or a reader's eye would obey stands there as an escape: JSON
/// alone escapes no more than the controls below U+0020.
///
/// # Errors
/// Those of serialising the document.
pub fn pretty<T: Serialize>(document: &T) -> io::Result<String> {
    let mut text = Vec::new();
    write_pretty(document, &mut text)?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// Writes a document as [`pretty`] gives it.
///
/// # Errors
/// Those of `out`.
pub(crate) fn write_pretty<T: Serialize>(document: &T, out: &mut dyn Write) -> io::Result<()> {
    let mut escaping = Escaping { out: BufWriter::new(out) };
    serde_json::to_writer_pretty(&mut escaping, document)?;
    escaping.out.write_all(b"\n")?;
    escaping.out.flush()
}

/// Escapes what is obeyed on its way. It is given whole characters, as the serialiser cuts texts at ASCII alone.
struct Escaping<W: Write> {
    out: W,
}

impl<W: Write> Write for Escaping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // JSON has escaped what is below U+0020, so whatever else is obeyed begins with a byte from 0x7f.
        if bytes.iter().all(|byte| *byte < 0x7f) {
            self.out.write_all(bytes)?;
            return Ok(bytes.len());
        }
        let mut rest = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        while let Some((plain, from)) = rest.find(obeyed_beyond).and_then(|at| rest.split_at_checked(at)) {
            self.out.write_all(plain.as_bytes())?;
            let mut characters = from.chars();
            if let Some(c) = characters.next() {
                write!(self.out, "\\u{:04x}", u32::from(c))?;
            }
            rest = characters.as_str();
        }
        self.out.write_all(rest.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether a character is obeyed that JSON does not escape; line ends of the indentation are no such thing.
fn obeyed_beyond(c: char) -> bool {
    u32::from(c) >= 0x7f && obeyed(c)
}
