//! Templates: quoted strings, interpolations, directives. Texts and sequences are first read one after the other, with
//! strip markers applied as HCL does (to the text beside them, in heredocs to its line alone), then put together.

use smol_str::SmolStr;

use super::fault::{CORRECT, Fault, Parsed, shortened};
use super::parser::{NESTING, Parser};
use crate::ast::{Expr, ExprKind, ForPiece, IfPiece, Piece};

/// A part of a template that is being read.
#[derive(Debug)]
pub(super) enum Part {
    /// Text of a quoted string, escapes resolved.
    Text(SmolStr),
    /// Bytes of the source: a line of a heredoc or a template file, or part of one.
    Slice(usize, usize),
    Value(Expr),
    If(Expr, usize),
    For(Box<(Option<SmolStr>, SmolStr, Expr)>, usize),
    Else(usize),
    EndIf(usize),
    EndFor(usize),
}

/// A directive that waits for its end.
struct Open {
    /// Where it starts.
    at: usize,
    kind: OpenKind,
    /// The pieces before it.
    before: Vec<Piece>,
}

enum OpenKind {
    /// The condition, and the pieces before `else` once that was read.
    If(Expr, Option<Vec<Piece>>),
    For(Box<(Option<SmolStr>, SmolStr, Expr)>),
}

impl Parser<'_> {
    /// A quoted string.
    pub(super) fn quoted(&mut self) -> Parsed<Expr> {
        let start = self.at;
        self.at += 1;
        let end = self.plain_end(self.at);
        if self.byte(end) == b'"' {
            let text = SmolStr::new(self.slice(self.at, end));
            self.at = end;
            self.bump(1);
            return Ok(Expr::new(ExprKind::String(text), self.place(start, self.end)));
        }
        let first = self.parts.len();
        let mut height = 0;
        let mut strip = false;
        loop {
            let text = self.quoted_text(start)?;
            let text = if strip { text.trim_start() } else { text.as_str() };
            if !text.is_empty() || strip {
                self.parts.push(Part::Text(SmolStr::new(text)));
            }
            if self.peek() == b'"' {
                break;
            }
            strip = self.sequence(first, &mut height)?;
        }
        self.bump(1);
        let end = self.end;
        self.template(first, height, start, end)
    }

    /// The end of the run of bytes from `at` on that mean themselves within quotes.
    fn plain_end(&self, at: usize) -> usize {
        let special = |byte: &u8| matches!(byte, b'"' | b'\\' | b'$' | b'%' | b'\n' | b'\r');
        self.rest(at).iter().position(special).map_or(self.text.len(), |found| at + found)
    }

    /// Text up to a quote or a sequence, escapes resolved.
    fn quoted_text(&mut self, open: usize) -> Parsed<SmolStr> {
        let mut run = self.at;
        let mut text = String::new();
        loop {
            self.at = self.plain_end(self.at);
            match (self.peek(), self.byte(self.at + 1)) {
                (b'"', _) | (b'$' | b'%', b'{') => break,
                (b'$', b'$') | (b'%', b'%') if self.byte(self.at + 2) == b'{' => {
                    text.push_str(self.slice(run, self.at + 1));
                    run = self.at + 2;
                    self.at += 3;
                }
                (b'$' | b'%', _) => self.at += 1,
                (b'\\', _) => {
                    text.push_str(self.slice(run, self.at));
                    text.push(self.escape()?);
                    run = self.at;
                }
                _ => {
                    let message = "a string is not closed on its line";
                    let remedy = "close it by `\"`, or write a text of several lines as a heredoc (`<<-EOT`)";
                    return Err(Fault::new(open, self.at, message, remedy));
                }
            }
        }
        let rest = self.slice(run, self.at);
        if text.is_empty() {
            return Ok(SmolStr::new(rest));
        }
        text.push_str(rest);
        Ok(SmolStr::from(text))
    }

    /// The character that the escape here stands for.
    fn escape(&mut self) -> Parsed<char> {
        let start = self.at;
        let digits = match self.byte(start + 1) {
            b'u' => 4,
            b'U' => 8,
            simple => {
                let found = match simple {
                    b'n' => '\n',
                    b'r' => '\r',
                    b't' => '\t',
                    b'"' => '"',
                    b'\\' => '\\',
                    _ => return Err(self.bad_escape(start)),
                };
                self.at += 2;
                return Ok(found);
            }
        };
        let end = start + 2 + digits;
        let hex = self.slice(start + 2, end);
        let code = hex.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u32::from_str_radix(hex, 16));
        match code.and_then(Result::ok).and_then(char::from_u32) {
            Some(found) => {
                self.at = end;
                Ok(found)
            }
            None => {
                let message = format!(
                    "`\\{}` is not followed by the {digits} hexadecimal digits of a character",
                    self.slice(start + 1, start + 2)
                );
                Err(Fault::new(start, start + 2, message, "write all digits, or `\\\\` for a backslash"))
            }
        }
    }

    fn bad_escape(&self, start: usize) -> Box<Fault> {
        let after = self.text.get(start + 1..).and_then(|rest| rest.chars().next());
        let Some(after) = after.filter(|after| *after != '\n' && *after != '\r') else {
            return Fault::new(start, start + 1, "a string is not closed on its line", "close it by `\"`");
        };
        let message = format!("`\\{}` is no escape", after.escape_debug());
        Fault::new(start, start + 1 + after.len_utf8(), message, "write `\\\\` for a backslash")
    }

    /// An interpolation or a directive; says whether white space after it goes. `first` is the first part of its
    /// template.
    pub(super) fn sequence(&mut self, first: usize, height: &mut usize) -> Parsed<bool> {
        let start = self.at;
        let directive = self.peek() == b'%';
        let strip = self.byte(start + 2) == b'~';
        if strip && self.parts.len() > first {
            self.strip_end();
        }
        let lines = std::mem::replace(&mut self.lines, false);
        self.bump(2 + usize::from(strip));
        self.deeper()?;
        let part = if directive {
            self.directive(start, height)?
        } else {
            let value = self.expr()?;
            *height = (*height).max(self.height);
            Part::Value(value)
        };
        self.parts.push(part);
        self.depth -= 1;
        let strip = self.peek() == b'~' && self.byte(self.at + 1) == b'}';
        self.at += usize::from(strip);
        if self.peek() != b'}' {
            let mut fault = self.unexpected("`}`");
            if !directive && fault.remedy == CORRECT {
                fault.remedy = "close the interpolation, or write `$${` for a plain `${`";
            }
            return Err(fault);
        }
        self.at += 1;
        self.end = self.at;
        self.lines = lines;
        Ok(strip)
    }

    /// Takes the white space off the end of the last part, if it is a text.
    fn strip_end(&mut self) {
        let text = self.text;
        match self.parts.last_mut() {
            Some(Part::Text(text)) => *text = SmolStr::new(text.trim_end()),
            Some(Part::Slice(start, end)) => {
                let line = text.get(*start..*end).unwrap_or_default();
                // HCL's scanner takes a lone sign with the one character before the line end for a token of its own.
                let kept = match line.as_bytes() {
                    [.., b'$' | b'%', b' ' | b'\t', b'\n'] => line.len() - 1,
                    [.., b'$' | b'%', b' ' | b'\t', b'\r', b'\n'] => line.len() - 2,
                    _ => line.trim_end().len(),
                };
                *end = *start + kept;
            }
            _ => {}
        }
    }

    /// A directive after its `%{`.
    fn directive(&mut self, start: usize, height: &mut usize) -> Parsed<Part> {
        let at = self.at;
        let Some(word) = self.name() else { return Err(self.unexpected("the name of a directive")) };
        Ok(match word {
            "if" => {
                let condition = self.expr()?;
                *height = (*height).max(self.height);
                Part::If(condition, start)
            }
            "else" => Part::Else(start),
            "endif" => Part::EndIf(start),
            "endfor" => Part::EndFor(start),
            "for" => {
                let mut value = self.wanted_name("the name of a variable")?;
                let mut key = None;
                if self.eat(b',') {
                    let second = self.wanted_name("the name of a variable")?;
                    key = Some(std::mem::replace(&mut value, second));
                }
                if !self.is_keyword("in") {
                    return Err(self.unexpected("`in`"));
                }
                self.bump(2);
                let collection = self.expr()?;
                *height = (*height).max(self.height);
                Part::For(Box::new((key, value, collection)), start)
            }
            other => {
                let message = format!("`{}` is no directive of templates", shortened(other));
                let remedy = "write `if`, `else`, `endif`, `for` or `endfor`, or `%%{` for a plain `%{`";
                return Err(Fault::new(at, at + other.len(), message, remedy));
            }
        })
    }

    /// The template of the parts from `first` on: text alone is a string, and a single interpolation is its value.
    pub(super) fn template(&mut self, first: usize, height: usize, start: usize, end: usize) -> Parsed<Expr> {
        let (mut pieces, alone) = self.pieces(first, height)?;
        if alone && let Some(Piece::Value(only)) = pieces.pop_if(|piece| matches!(piece, Piece::Value(_))) {
            return Ok(only);
        }
        let kind = match pieces.as_slice() {
            [] => ExprKind::String(SmolStr::default()),
            [Piece::Text(text)] => ExprKind::String(text.clone()),
            _ => ExprKind::Template(pieces),
        };
        Ok(Expr::new(kind, self.place(start, end)))
    }

    /// The pieces of the parts from `first` on, and whether they are an interpolation alone.
    pub(super) fn pieces(&mut self, first: usize, height: usize) -> Parsed<(Vec<Piece>, bool)> {
        let text = self.text;
        let count = self.parts.len() - first;
        let alone = count == 1 && matches!(self.parts.last(), Some(Part::Value(_)));
        let most = NESTING.saturating_sub(self.depth);
        let mut assembly = Assembly {
            pieces: Vec::with_capacity(count),
            buffer: String::new(),
            open: Vec::new(),
            deepest: 0,
        };
        for part in self.parts.drain(first..) {
            match part {
                Part::Slice(start, end) => {
                    assembly.slice(text.get(start..end).unwrap_or_default());
                    continue;
                }
                Part::Text(text) if text.is_empty() => continue,
                part => assembly.add(part)?,
            }
            if assembly.open.len() > most {
                let message = format!("directives are nested deeper than {NESTING} levels here");
                let at = assembly.open.last().map_or(0, |open| open.at);
                return Err(Fault::new(at, at + 2, message, "split the template"));
            }
        }
        assembly.flush();
        self.height = height + assembly.deepest + 1;
        if let Some(open) = assembly.open.last() {
            let (word, remedy) = match open.kind {
                OpenKind::If(..) => ("if", "add `%{ endif }`"),
                OpenKind::For(_) => ("for", "add `%{ endfor }`"),
            };
            return Err(Fault::new(
                open.at,
                open.at + 2,
                format!("the directive `{word}` has no end"),
                remedy,
            ));
        }
        Ok((assembly.pieces, alone))
    }
}

/// Pieces while they are put together.
struct Assembly {
    pieces: Vec<Piece>,
    /// Lines that were not made a piece yet.
    buffer: String,
    open: Vec<Open>,
    /// Most directives that were open at once.
    deepest: usize,
}

impl Assembly {
    /// A part of a heredoc or a template file.
    fn slice(&mut self, raw: &str) {
        if memchr::memmem::find(raw.as_bytes(), b"$${").is_none()
            && memchr::memmem::find(raw.as_bytes(), b"%%{").is_none()
        {
            self.buffer.push_str(raw);
        } else {
            self.buffer.push_str(&raw.replace("$${", "${").replace("%%{", "%{"));
        }
    }

    fn flush(&mut self) {
        if !self.buffer.is_empty() {
            self.pieces.push(Piece::Text(SmolStr::new(&self.buffer)));
            self.buffer.clear();
        }
    }

    fn add(&mut self, part: Part) -> Parsed<()> {
        self.flush();
        match part {
            Part::Slice(..) => {}
            Part::Text(text) => self.pieces.push(Piece::Text(text)),
            Part::Value(value) => self.pieces.push(Piece::Value(value)),
            Part::If(condition, at) => self.begin(OpenKind::If(condition, None), at),
            Part::For(intro, at) => self.begin(OpenKind::For(intro), at),
            Part::Else(at) => match self.open.last_mut() {
                Some(Open { kind: OpenKind::If(_, then @ None), .. }) => {
                    *then = Some(std::mem::take(&mut self.pieces));
                }
                _ => return Err(unbalanced(at, "else")),
            },
            Part::EndIf(at) => match self.open.pop() {
                Some(Open { kind: OpenKind::If(condition, then), before, .. }) => {
                    let last = std::mem::replace(&mut self.pieces, before);
                    let (then, otherwise) = match then {
                        Some(then) => (then, last),
                        None => (last, Vec::new()),
                    };
                    self.pieces.push(Piece::If(Box::new(IfPiece { condition, then, otherwise })));
                }
                _ => return Err(unbalanced(at, "endif")),
            },
            Part::EndFor(at) => match self.open.pop() {
                Some(Open { kind: OpenKind::For(intro), before, .. }) => {
                    let body = std::mem::replace(&mut self.pieces, before);
                    let (key, value, collection) = *intro;
                    self.pieces.push(Piece::For(Box::new(ForPiece { key, value, collection, body })));
                }
                _ => return Err(unbalanced(at, "endfor")),
            },
        }
        Ok(())
    }

    fn begin(&mut self, kind: OpenKind, at: usize) {
        let before = std::mem::take(&mut self.pieces);
        self.open.push(Open { at, kind, before });
        self.deepest = self.deepest.max(self.open.len());
    }
}

fn unbalanced(at: usize, word: &str) -> Box<Fault> {
    let message = format!("the directive `{word}` ends nothing that is open here");
    Fault::new(at, at + 2, message, "balance `if` and `endif`, `for` and `endfor`")
}
