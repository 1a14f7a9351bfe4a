//! Texts of several lines: heredocs and template files. A line is a part of its own, for that is what strip markers and
//! the removal of indentation work on.

use super::fault::{Fault, Parsed};
use super::parser::Parser;
use super::template::Part;
use crate::ast::{Expr, Piece};

impl<'t> Parser<'t> {
    /// A heredoc from its `<<` on.
    pub(super) fn heredoc(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let Some((marker, flush, body)) = self.heredoc_start(start) else {
            return Err(self.unexpected("a value"));
        };
        if self.has_missed_marker() && self.last_marker(marker).is_none_or(|last| last < body) {
            return Err(unterminated(start, body, marker));
        }
        self.at = body;
        let first = self.parts.len();
        let mut height = 0;
        let mut strip = false;
        let mut line_start = true;
        loop {
            let Some(found) = memchr::memchr(b'\n', self.rest(self.at)) else {
                // From now on it is known which markers there are.
                let _ = self.last_marker(marker);
                return Err(unterminated(start, body, marker));
            };
            let line_end = self.at + found + 1;
            if line_start && is_marker(self.slice(self.at, line_end), marker) {
                break;
            }
            line_start = self.line_part(first, line_end, &mut strip, &mut height)?;
        }
        let end = self.line_end(self.at);
        self.end = self.slice(self.at, end).strip_suffix('\r').map_or(end, |line| self.at + line.len());
        self.at = self.end;
        if flush {
            self.dedent(first);
        }
        let end = self.end;
        let template = self.template(first, height, start, end);
        self.skip();
        template
    }

    /// The marker of the heredoc that starts at `at`, whether indentation is taken away, and where its text starts.
    pub(super) fn heredoc_start(&self, at: usize) -> Option<(&'t str, bool, usize)> {
        let flush = self.byte(at + 2) == b'-';
        let name = at + 2 + usize::from(flush);
        let end = self.name_end(name);
        let newline = end + usize::from(self.byte(end) == b'\r');
        (end > name && self.byte(newline) == b'\n').then(|| (self.slice(name, end), flush, newline + 1))
    }

    /// Reads up to the end of a line or of a sequence in it, whichever comes first; says whether a line starts then.
    fn line_part(
        &mut self,
        first: usize,
        line_end: usize,
        strip: &mut bool,
        height: &mut usize,
    ) -> Parsed<bool> {
        let start = self.at;
        self.at = self.sequence_start(start, line_end);
        let ends = self.at == line_end;
        if self.at > start {
            let text = self.slice(start, self.at);
            let lone = lone_return(text);
            if let Some(at) = lone.map(|at| start + at) {
                let remedy = "end lines by a line feed, alone or after a carriage return";
                return Err(Fault::new(at, at + 1, "a carriage return stands alone in a text", remedy));
            }
            let stripped = if *strip { text.len() - text.trim_start().len() } else { 0 };
            self.parts.push(Part::Slice(start + stripped, self.at));
        }
        *strip = if ends { false } else { self.sequence(first, height)? };
        Ok(ends)
    }

    /// Where the first interpolation or directive between two positions starts; the second one if there is none.
    fn sequence_start(&self, from: usize, to: usize) -> usize {
        let mut at = from;
        let line = |at: usize| self.rest(at).get(..to.saturating_sub(at)).unwrap_or_default();
        while let Some(found) = memchr::memchr2(b'$', b'%', line(at)) {
            at += found;
            let sign = self.byte(at);
            if self.byte(at + 1) == b'{' {
                return at;
            }
            let escaped = self.byte(at + 1) == sign && self.byte(at + 2) == b'{';
            at = (at + if escaped { 3 } else { 1 }).min(to);
        }
        to
    }

    /// A template that is all of the text: its pieces, and whether it is an interpolation alone.
    pub(super) fn bare(&mut self) -> Parsed<(Vec<Piece>, bool)> {
        let first = self.parts.len();
        let mut height = 0;
        let mut strip = false;
        while !self.is_end() {
            let line_end = (self.line_end(self.at) + 1).min(self.text.len());
            let part_end = self.sequence_start(self.at, line_end);
            let part = self.slice(self.at, part_end);
            if lone_return(part).is_some() {
                // HCL's scanner stops there and takes all that is left for text.
                let stripped = if strip { part.len() - part.trim_start().len() } else { 0 };
                self.parts.push(Part::Slice(self.at + stripped, self.text.len()));
                self.at = self.text.len();
                break;
            }
            self.line_part(first, line_end, &mut strip, &mut height)?;
        }
        self.pieces(first, height)
    }

    /// Takes away the indentation that all lines from part `first` on have in common. Blank lines do not count and
    /// stay; a line that starts with a sequence has none.
    fn dedent(&mut self, first: usize) {
        let least = self.leading(first).filter_map(|(_, indent)| indent).min().unwrap_or(0);
        if least == 0 {
            return;
        }
        let indented: Vec<usize> =
            self.leading(first).filter(|(_, indent)| indent.is_some()).map(|(at, _)| at).collect();
        let text = self.text;
        for at in indented {
            if let Some(Part::Slice(start, end)) = self.parts.get_mut(at) {
                let line = text.get(*start..*end).unwrap_or_default();
                *start += line.char_indices().nth(least).map_or(line.len(), |(bytes, _)| bytes);
            }
        }
    }

    /// The parts that start a line, with the number of white space characters before their text; none for blank lines.
    fn leading(&self, first: usize) -> impl Iterator<Item = (usize, Option<usize>)> {
        let mut starts_line = true;
        self.parts.iter().enumerate().skip(first).filter_map(move |(at, part)| {
            let Part::Slice(start, end) = part else {
                return std::mem::take(&mut starts_line).then_some((at, Some(0)));
            };
            let line = self.slice(*start, *end);
            let leads = std::mem::replace(&mut starts_line, line.ends_with('\n'));
            let trimmed = line.trim_start();
            let blank = trimmed.is_empty() && line.ends_with('\n');
            let indent = || line.get(..line.len() - trimmed.len()).unwrap_or_default().chars().count();
            leads.then(|| (at, (!blank).then(indent)))
        })
    }
}

/// The first carriage return in part of a line that does not end it.
fn lone_return(text: &str) -> Option<usize> {
    memchr::memchr(b'\r', text.as_bytes()).filter(|at| text.get(*at..) != Some("\r\n"))
}

/// Whether a line is that of a marker: beside white space, but no carriage return within the line.
fn is_marker(line: &str, marker: &str) -> bool {
    let line = line.strip_suffix('\n').unwrap_or(line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    line.trim_matches(|found: char| found.is_whitespace() && found != '\r') == marker
}

fn unterminated(start: usize, body: usize, marker: &str) -> Box<Fault> {
    let message = format!("the text that starts here is not closed by a line `{marker}`");
    Fault::new(start, body, message, "write the marker alone on a line of its own, with a line end after it")
}
