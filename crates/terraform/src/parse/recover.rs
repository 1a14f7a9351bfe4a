//! Where to go on after a fault. Invariant: every function moves forward or stays, and looks at each byte a bounded
//! number of times.

use super::fault::Fault;
use super::parser::Parser;

/// How often a text may be read again, on the whole, because of faults.
const AGAIN: usize = 8;

/// Types of the blocks that stand at the top of a file, with their number of labels.
const TOP: [(&str, usize); 13] = [
    ("resource", 2),
    ("data", 2),
    ("ephemeral", 2),
    ("variable", 1),
    ("output", 1),
    ("module", 1),
    ("provider", 1),
    ("check", 1),
    ("locals", 0),
    ("terraform", 0),
    ("import", 0),
    ("moved", 0),
    ("removed", 0),
];

/// What is open while text is skipped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Parenthesis,
    Bracket,
    Brace,
    Quote,
    Sequence,
}

/// What is open, with the number of each kind.
#[derive(Default)]
struct Opened {
    stack: Vec<Open>,
    counts: [usize; 5],
}

impl Opened {
    fn push(&mut self, open: Open) {
        self.stack.push(open);
        if let Some(count) = self.counts.get_mut(open as usize) {
            *count += 1;
        }
    }

    fn has(&self, open: Open) -> bool {
        self.counts.get(open as usize).is_some_and(|count| *count > 0)
    }

    fn pop(&mut self) -> Option<Open> {
        let open = self.stack.pop()?;
        if let Some(count) = self.counts.get_mut(open as usize) {
            *count -= 1;
        }
        Some(open)
    }

    /// Closes the innermost of `kinds` and all within it; false if none is open.
    fn close(&mut self, kinds: &[Open]) -> bool {
        if !kinds.iter().any(|kind| self.has(*kind)) {
            return false;
        }
        while let Some(open) = self.pop() {
            if kinds.contains(&open) {
                return true;
            }
        }
        false
    }
}

impl Parser<'_> {
    /// Goes to the end of the argument or block that starts at `start`, whose inside from `from` on is at fault: to
    /// the end of its last line, to the brace that closes the block around it, or to the next line that looks like the
    /// start of another one and is not indented more.
    pub(super) fn skip_item(&mut self, start: usize, from: usize) {
        let indent = self.indent(start);
        let mut opened = Opened::default();
        self.at = from;
        while !self.is_end() {
            if opened.stack.last() == Some(&Open::Quote) {
                self.skip_in_quotes(&mut opened);
                continue;
            }
            match self.peek() {
                b'\n' => {
                    if opened.stack.is_empty() || self.starts_item(self.at + 1, indent) {
                        break;
                    }
                    self.at += 1;
                }
                b'}' => {
                    if !opened.close(&[Open::Brace, Open::Sequence]) && self.depth > 0 {
                        break;
                    }
                    self.at += 1;
                }
                _ => self.skip_token(&mut opened),
            }
        }
        self.end = self.at;
    }

    fn skip_token(&mut self, opened: &mut Opened) {
        match self.peek() {
            b'"' => opened.push(Open::Quote),
            b'(' => opened.push(Open::Parenthesis),
            b'[' => opened.push(Open::Bracket),
            b'{' => opened.push(Open::Brace),
            b')' => drop(opened.close(&[Open::Parenthesis])),
            b']' => drop(opened.close(&[Open::Bracket])),
            b'#' => return self.at = self.line_end(self.at),
            b'/' if self.byte(self.at + 1) == b'/' => return self.at = self.line_end(self.at),
            b'/' if self.byte(self.at + 1) == b'*' => {
                return self.at = self.comment_end(self.at).unwrap_or(self.at + 2);
            }
            b'<' if self.byte(self.at + 1) == b'<' => return self.skip_heredoc(),
            _ => {}
        }
        self.at += 1;
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    fn skip_in_quotes(&mut self, opened: &mut Opened) {
        let next = self.byte(self.at + 1);
        match (self.peek(), next) {
            // The string is not closed on its line.
            (b'\n', _) => {
                let _ = opened.pop();
                return;
            }
            (b'"', _) => {
                let _ = opened.pop();
            }
            (b'$' | b'%', b'{') => {
                opened.push(Open::Sequence);
                self.at += 1;
            }
            (b'$', b'$') | (b'%', b'%') if self.byte(self.at + 2) == b'{' => self.at += 2,
            (b'\\', b'"' | b'\\') => self.at += 1,
            _ => {}
        }
        self.at += 1;
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// Skips a heredoc that has an end, up to its last newline; otherwise its first two characters.
    fn skip_heredoc(&mut self) {
        let Some((marker, _, body)) = self.heredoc_start(self.at) else { return self.at += 2 };
        if self.last_marker(marker).is_none_or(|last| last < body) {
            return self.at += 2;
        }
        self.at = body;
        while !self.is_end() {
            let end = self.line_end(self.at);
            let found = self.slice(self.at, end).trim() == marker;
            self.at = if found { end } else { end + 1 };
            if found {
                return;
            }
        }
    }

    /// White space before the first other character of the line that `at` is in.
    pub(super) fn indent(&self, at: usize) -> usize {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        let start = memchr::memrchr(b'\n', before).map_or(0, |found| found + 1);
        self.rest(start).iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// Whether the token here stands first on its line.
    pub(super) fn is_first(&self, at: usize) -> bool {
        let before = self.text.as_bytes().get(..at).unwrap_or_default();
        before.iter().rev().find(|byte| !matches!(byte, b' ' | b'\t')).is_none_or(|byte| *byte == b'\n')
    }

    /// Whether the brace here stands first on its line, indented by less than `indent`.
    pub(super) fn is_outdented(&self, indent: usize) -> bool {
        self.is_first(self.at) && self.indent(self.at) < indent
    }

    /// Pays for bytes that are to be read again after a fault. A text that is at fault again and again in large parts is
    /// given up, so that its size bounds the time that it takes.
    pub(super) fn pay(&mut self, bytes: usize) {
        self.again += bytes;
        if self.again <= AGAIN.saturating_mul(self.text.len()) || self.is_end() {
            return;
        }
        let message = "too much is wrong in this file to make out where its parts end";
        let fault = Fault::new(self.at, self.at + 1, message, "correct the errors before this place");
        self.tell_always("", &fault, "what follows was not read");
        self.incomplete = true;
        self.at = self.text.len();
        self.end = self.at;
    }

    /// Whether an argument or a block seems to start on the line at `at`, indented by at most `indent`.
    fn starts_item(&self, at: usize, indent: usize) -> bool {
        let white =
            self.rest(at).iter().take(indent + 1).take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        if white > indent {
            return false;
        }
        let start = at + white;
        let name = self.name_end(start);
        if name == start {
            return false;
        }
        let line = self.slice(name, self.line_end(name)).trim_start_matches([' ', '\t']).as_bytes();
        let argument = line.first() == Some(&b'=') && !matches!(line.get(1), Some(b'=' | b'>'));
        argument || line.trim_ascii_end() == b"{" || self.starts_top_block(start)
    }

    /// Whether the header of a block that stands at the top of a file starts at `at`.
    pub(super) fn starts_top_block(&self, at: usize) -> bool {
        let end = self.name_end(at);
        let Some((_, labels)) = TOP.iter().find(|(kind, _)| *kind == self.slice(at, end)) else {
            return false;
        };
        let line = self.slice(end, self.line_end(end));
        let Some((labels_text, _)) = line.split_once('{') else { return false };
        let quotes = labels_text.bytes().filter(|byte| *byte == b'"').count();
        quotes == labels * 2
    }
}
