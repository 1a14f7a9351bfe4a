//! The state of reading one text: position, white space, comments, names. Invariants: `end <= at`, both on character
//! boundaries; a function of the grammar starts at the first byte of a token, and leaves `end` after its last token
//! and `at` at the first byte of the next one.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::{FileId, Place, Problems, Span};

use super::fault::{Fault, Parsed};
use super::template::Part;
use crate::ast::{Attribute, Block, Expr, Step};

/// Deepest nesting of expressions, templates and blocks. With it a text needs less than half of the 2 MB of stack that
/// a thread has by default, in a build without optimisation.
pub(super) const NESTING: usize = 200;

/// Tallest tree that a chain of operators on one level may make; it bounds the recursion of whoever walks the tree.
pub(super) const HEIGHT: usize = 600;

const START: u8 = 1;
const CONTINUE: u8 = 2;

/// What an ASCII byte may be in a name.
static CLASSES: [u8; 256] = classes();

#[expect(clippy::indexing_slicing, reason = "a byte is an index of 256 elements")]
const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => START | CONTINUE,
            b'0'..=b'9' | b'-' => CONTINUE,
            _ => 0,
        };
        byte += 1;
    }
    classes
}

fn is_class(byte: u8, class: u8) -> bool {
    CLASSES.get(usize::from(byte)).is_some_and(|known| known & class != 0)
}

/// A text while it is read.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    bytes: &'t [u8],
    file: FileId,
    /// Place of everything, for texts that are not a file of their own (a template within a JSON string).
    within: Option<Place>,
    /// The next token.
    pub(super) at: usize,
    /// The end of the last token.
    pub(super) end: usize,
    /// Whether a newline is a token, and no white space.
    pub(super) lines: bool,
    /// Whether the block that is being read is to end on the line that it starts on.
    pub(super) one_line: bool,
    pub(super) depth: usize,
    /// Height of the expression that was read last.
    pub(super) height: usize,
    /// Whether `each`, `count` or `self` was mentioned.
    pub(super) per_instance: bool,
    /// Whether braces do not balance in this text, so that indentation has a say in where blocks end.
    pub(super) by_indentation: bool,
    /// Whether a block was open at the end of the text.
    pub(super) unclosed: bool,
    /// Whether something without a name was left out of the body that is being read.
    pub(super) incomplete: bool,
    pub(super) problems: Problems,
    /// Faults beyond those that are told one by one.
    pub(super) further: usize,
    /// Bytes that were read and have to be read again.
    pub(super) again: usize,
    /// Where no comment ends any more.
    comment_limit: usize,
    /// The last line that each end marker of a heredoc stands on; made when the first one is missed.
    markers: Option<FxHashMap<&'t str, usize>>,
    // Stacks of what is being put together, so that each list of the tree is allocated once, in its final size.
    pub(super) exprs: Vec<Expr>,
    pub(super) entries: Vec<(Expr, Expr)>,
    pub(super) steps: Vec<Step>,
    pub(super) parts: Vec<Part>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(file: FileId, text: &'t str, within: Option<Place>) -> Self {
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self {
            text,
            bytes: text.as_bytes(),
            file,
            within,
            at: start,
            end: start,
            lines: false,
            one_line: false,
            depth: 0,
            height: 0,
            per_instance: false,
            by_indentation: false,
            unclosed: false,
            incomplete: false,
            problems: Problems::new(),
            further: 0,
            again: 0,
            comment_limit: usize::MAX,
            markers: None,
            exprs: Vec::new(),
            entries: Vec::new(),
            steps: Vec::new(),
            parts: Vec::new(),
            attributes: Vec::new(),
            blocks: Vec::new(),
        }
    }

    pub(super) fn place(&self, start: usize, end: usize) -> Place {
        self.within.unwrap_or_else(|| Place::new(self.file, Span::new(start, end)))
    }

    /// The byte at a position; 0 past the end.
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(0)
    }

    pub(super) fn peek(&self) -> u8 {
        self.byte(self.at)
    }

    pub(super) fn is_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The text from a position on.
    pub(super) fn rest(&self, at: usize) -> &'t [u8] {
        self.bytes.get(at..).unwrap_or_default()
    }

    /// Takes a token of `bytes` bytes.
    pub(super) fn bump(&mut self, bytes: usize) {
        self.at += bytes;
        self.end = self.at;
        self.skip();
    }

    /// Takes a token of one byte if it stands here.
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        if found {
            self.bump(1);
        }
        found
    }

    /// Skips white space and comments, and newlines where they are no tokens.
    #[inline]
    pub(super) fn skip(&mut self) {
        // All that is skipped starts with a byte up to the slash.
        if self.peek() <= b'/' {
            self.skip_some();
        }
    }

    fn skip_some(&mut self) {
        loop {
            match self.peek() {
                b' ' | b'\t' => self.at += 1,
                b'\n' if !self.lines => self.at += 1,
                b'\r' if !self.lines && self.byte(self.at + 1) == b'\n' => self.at += 2,
                b'#' => self.at = self.line_end(self.at),
                b'/' if self.byte(self.at + 1) == b'/' => self.at = self.line_end(self.at),
                b'/' if self.byte(self.at + 1) == b'*' => match self.comment_end(self.at) {
                    Some(end) => self.at = end,
                    None => return,
                },
                _ => return,
            }
        }
    }

    /// Skips white space, comments and newlines.
    pub(super) fn skip_lines(&mut self) {
        let lines = std::mem::replace(&mut self.lines, false);
        self.skip();
        self.lines = lines;
    }

    /// The position of the newline that ends the line at `at`, or the end of the text.
    pub(super) fn line_end(&self, at: usize) -> usize {
        memchr::memchr(b'\n', self.rest(at)).map_or(self.bytes.len(), |found| at + found)
    }

    /// The end of the comment that starts at `at` with `/*`, if it has one.
    pub(super) fn comment_end(&mut self, at: usize) -> Option<usize> {
        if at >= self.comment_limit {
            return None;
        }
        let body = at + 2;
        let found = memchr::memmem::find(self.rest(body), b"*/");
        if found.is_none() {
            self.comment_limit = at;
        }
        found.map(|found| body + found + 2)
    }

    /// Whether a line ends here: at a newline or at the end of the text.
    pub(super) fn is_line_end(&self) -> bool {
        match self.peek() {
            b'\n' => true,
            b'\r' => self.byte(self.at + 1) == b'\n',
            _ => self.is_end(),
        }
    }

    /// Whether a name starts here.
    pub(super) fn is_name(&self) -> bool {
        let byte = self.peek();
        if byte < 0x80 { is_class(byte, START) } else { self.unicode_at(self.at, true) > 0 }
    }

    /// Bytes of the character outside ASCII at `at` if it may stand in a name.
    fn unicode_at(&self, at: usize, start: bool) -> usize {
        let Some(found) = self.text.get(at..).and_then(|rest| rest.chars().next()) else { return 0 };
        let fits =
            if start { unicode_ident::is_xid_start(found) } else { unicode_ident::is_xid_continue(found) };
        if fits { found.len_utf8() } else { 0 }
    }

    /// The end of the name that starts at `at`; `at` if there is none.
    pub(super) fn name_end(&self, at: usize) -> usize {
        let first = self.byte(at);
        let mut end = at;
        if first >= 0x80 {
            end += self.unicode_at(at, true);
        } else if is_class(first, START) {
            end += 1;
        }
        if end == at {
            return at;
        }
        loop {
            let byte = self.byte(end);
            if is_class(byte, CONTINUE) {
                end += 1;
                continue;
            }
            let more = if byte >= 0x80 { self.unicode_at(end, false) } else { 0 };
            if more == 0 {
                return end;
            }
            end += more;
        }
    }

    /// Takes a name.
    pub(super) fn name(&mut self) -> Option<&'t str> {
        let start = self.at;
        let end = self.name_end(start);
        if end == start {
            return None;
        }
        self.bump(end - start);
        Some(self.slice(start, end))
    }

    /// Takes a name, or says what is missing.
    pub(super) fn wanted_name(&mut self, wanted: &str) -> Parsed<SmolStr> {
        match self.name() {
            Some(name) => Ok(SmolStr::new(name)),
            None => Err(self.unexpected(wanted)),
        }
    }

    /// Whether the word `keyword` stands here, whole.
    pub(super) fn is_keyword(&self, keyword: &str) -> bool {
        self.rest(self.at).starts_with(keyword.as_bytes())
            && self.name_end(self.at) == self.at + keyword.len()
    }

    /// Goes one level deeper; the caller comes back by `self.depth -= 1`, and whoever handles a fault resets it.
    pub(super) fn deeper(&mut self) -> Parsed<()> {
        self.depth += 1;
        if self.depth <= NESTING { Ok(()) } else { Err(self.too_deep()) }
    }

    pub(super) fn too_deep(&self) -> Box<Fault> {
        let message = format!("expressions and blocks are nested deeper than {NESTING} levels here");
        Fault::new(self.at, self.at + 1, message, "move parts of it into locals")
    }

    /// The line, without white space around it, on which a marker stands last; made in one pass over the text.
    pub(super) fn last_marker(&mut self, marker: &str) -> Option<usize> {
        let text = self.text;
        let markers = self.markers.get_or_insert_with(|| {
            let mut markers = FxHashMap::default();
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                let word = line.trim();
                if !word.is_empty() && line.ends_with('\n') && !word.contains(char::is_whitespace) {
                    markers.insert(word, at);
                }
                at += line.len();
            }
            markers
        });
        markers.get(marker).copied()
    }

    /// Whether a heredoc was found to be without an end, so that [`Self::last_marker`] is worth asking.
    pub(super) fn has_missed_marker(&self) -> bool {
        self.markers.is_some()
    }

    /// Takes everything off the stacks that was put there after `marks`.
    pub(super) fn unwind(&mut self, marks: Marks) {
        self.depth = marks.depth;
        self.lines = marks.lines;
        self.exprs.truncate(marks.exprs);
        self.entries.truncate(marks.entries);
        self.steps.truncate(marks.steps);
        self.parts.truncate(marks.parts);
    }

    /// How things stand, for [`Self::unwind`].
    pub(super) fn marks(&self) -> Marks {
        Marks {
            depth: self.depth,
            lines: self.lines,
            exprs: self.exprs.len(),
            entries: self.entries.len(),
            steps: self.steps.len(),
            parts: self.parts.len(),
        }
    }
}

/// Heights of the stacks at some moment.
#[derive(Clone, Copy)]
pub(super) struct Marks {
    depth: usize,
    lines: bool,
    exprs: usize,
    entries: usize,
    steps: usize,
    parts: usize,
}
