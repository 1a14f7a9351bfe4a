//! Lines and comments of HCL. Strings, their interpolations and heredocs are followed as far as it takes to tell code
//! from text; what is broken is taken as it comes.

use super::{Comment, Line};

/// What the scan is in, beside code at the top.
enum Mode {
    /// An interpolation, with the braces that are open in it.
    Interpolation(u32),
    /// A quoted string.
    Quote,
    /// A heredoc, with the word that ends it.
    Heredoc(String),
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
    modes: Vec<Mode>,
    depth: u32,
    line: Line,
    lines: Vec<Line>,
    comments: Vec<Comment>,
    /// The word of a heredoc that begins with the next line.
    heredoc: Option<String>,
}

/// Lines and comments of a text.
pub(super) fn scan(text: &str) -> (Vec<Line>, Vec<Comment>) {
    let mut scan = Scan {
        text,
        at: 0,
        modes: Vec::new(),
        depth: 0,
        line: Line::default(),
        lines: Vec::new(),
        comments: Vec::new(),
        heredoc: None,
    };
    while scan.at < text.len() {
        match scan.modes.last() {
            None | Some(Mode::Interpolation(_)) => scan.code(),
            Some(Mode::Quote) => scan.quote(),
            Some(Mode::Heredoc(_)) => scan.heredoc_text(),
        }
    }
    scan.end_line();
    (scan.lines, scan.comments)
}

impl Scan<'_> {
    fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or(0)
    }

    fn begins(&self, with: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(with.as_bytes()))
    }

    fn end_line(&mut self) {
        let end = if self.at > self.line.start && self.text.as_bytes().get(self.at - 1) == Some(&b'\r') {
            self.at - 1
        } else {
            self.at
        };
        self.lines.push(Line { end, after: self.depth, ..self.line });
        self.line = Line { start: self.at + 1, before: self.depth, ..Line::default() };
    }

    fn newline(&mut self) {
        // What ends a heredoc closes what its beginning opened, so that it is one statement.
        let heredoc = self.heredoc.take();
        self.depth += u32::from(heredoc.is_some());
        self.end_line();
        self.modes.extend(heredoc.map(Mode::Heredoc));
        self.at += 1;
    }

    fn seen(&mut self) {
        self.line.code = true;
    }

    fn code(&mut self) {
        match self.byte(0) {
            b'\n' => self.newline(),
            b'#' => self.line_comment(),
            b'/' if self.byte(1) == b'/' => self.line_comment(),
            b'/' if self.byte(1) == b'*' => self.block_comment(),
            b'"' => {
                self.seen();
                self.modes.push(Mode::Quote);
                self.at += 1;
            }
            b'<' if self.byte(1) == b'<' => self.heredoc_begins(),
            open @ (b'{' | b'[' | b'(') => {
                self.seen();
                self.depth += 1;
                if let Some(Mode::Interpolation(braces)) = self.modes.last_mut().filter(|_| open == b'{') {
                    *braces += 1;
                }
                self.at += 1;
            }
            close @ (b'}' | b']' | b')') => {
                self.line.closes |= !self.line.code;
                self.seen();
                self.depth = self.depth.saturating_sub(1);
                if close == b'}' {
                    match self.modes.last_mut() {
                        Some(Mode::Interpolation(0)) => drop(self.modes.pop()),
                        Some(Mode::Interpolation(braces)) => *braces -= 1,
                        _ => {}
                    }
                }
                self.at += 1;
            }
            other => {
                if !other.is_ascii_whitespace() {
                    self.seen();
                }
                self.at += 1;
            }
        }
    }

    fn line_comment(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let (start, first) = (self.at, self.lines.len());
        self.line.comment = true;
        self.comments.push(Comment {
            bytes: start..start + length,
            first,
            last: first,
            trails: self.line.code,
        });
        self.at += length;
    }

    fn block_comment(&mut self) {
        let rest = self.text.as_bytes().get(self.at + 2..).unwrap_or_default();
        let length = memchr::memmem::find(rest, b"*/").map_or(rest.len() + 2, |end| end + 4);
        let (start, end) = (self.at, self.at + length);
        let (first, trails) = (self.lines.len(), self.line.code);
        self.line.comment = true;
        while self.at < end {
            if self.byte(0) == b'\n' {
                self.end_line();
                self.line.comment = true;
            }
            self.at += 1;
        }
        self.comments.push(Comment { bytes: start..end, first, last: self.lines.len(), trails });
    }

    fn quote(&mut self) {
        match self.byte(0) {
            b'\\' if self.byte(1) != b'\n' => self.at += 2,
            b'"' => {
                self.modes.pop();
                self.at += 1;
            }
            // A string ends with its line; what does not close it is broken.
            b'\n' => {
                self.modes.pop();
                self.newline();
            }
            b'$' | b'%' => self.template(),
            _ => self.at += 1,
        }
    }

    /// `${` and `%{` begin code, `$${` and `%%{` do not.
    fn template(&mut self) {
        let sign = self.byte(0);
        if self.byte(1) == sign && self.byte(2) == b'{' {
            self.at += 3;
        } else if self.byte(1) == b'{' {
            self.depth += 1;
            self.modes.push(Mode::Interpolation(0));
            self.at += 2;
        } else {
            self.at += 1;
        }
    }

    fn heredoc_begins(&mut self) {
        self.seen();
        let marks = if self.begins("<<-") { 3 } else { 2 };
        let rest = self.text.get(self.at + marks..).unwrap_or_default();
        let word = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let word = rest.get(..word).unwrap_or_default();
        if !word.is_empty() {
            self.heredoc = Some(word.to_owned());
        }
        self.at += marks + word.len();
    }

    /// A part of a heredoc: up to the end of the line, or to code in it.
    fn heredoc_text(&mut self) {
        self.seen();
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        if self.at == self.line.start
            && let Some(Mode::Heredoc(word)) = self.modes.last()
            && rest.get(..length).is_some_and(|line| line.trim() == word)
        {
            self.modes.pop();
            self.depth = self.depth.saturating_sub(1);
            self.at += length;
            return;
        }
        let end = self.at + length;
        while self.at < end {
            match self.byte(0) {
                b'$' | b'%' => {
                    self.template();
                    if matches!(self.modes.last(), Some(Mode::Interpolation(_))) {
                        return;
                    }
                }
                _ => self.at += 1,
            }
        }
        if self.at < self.text.len() {
            self.newline();
        }
    }
}
