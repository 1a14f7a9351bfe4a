//! What is wrong with a model or rule file, and where. Every error has a file, a line, a column, a message that names
//! the thing and a help that says what to write.

use std::cell::RefCell;
use std::fmt;

use source::document::{Node, NodeKind};
use source::{LineIndex, Span};

/// One thing that is wrong with a file of a catalogue.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CompileError {
    /// The file, as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong, in one line.
    pub message: String,
    /// What to write instead.
    pub help: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, message, help } = self;
        write!(out, "{file}:{line}:{column}: {message}\n  help: {help}")
    }
}

impl std::error::Error for CompileError {}

/// A file of a catalogue that is being read. Errors are collected in it.
pub(crate) struct File<'a> {
    /// Its path, relative to `rules/`.
    pub(crate) path: &'a str,
    text: &'a str,
    lines: LineIndex,
    errors: RefCell<Vec<CompileError>>,
}

impl<'a> File<'a> {
    pub(crate) fn new(path: &'a str, text: &'a str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self { path, text, lines: LineIndex::new(text), errors: RefCell::default() }
    }

    /// Its text, without a byte-order mark.
    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    /// Notes an error at a place.
    pub(crate) fn error(&self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        let at = self.lines.line_column(self.text, span.start);
        self.errors.borrow_mut().push(CompileError {
            file: self.path.to_owned(),
            line: at.line,
            column: at.column,
            message: message.into(),
            help: help.into(),
        });
    }

    /// Line (from 1) of a byte offset.
    pub(crate) fn line(&self, offset: u32) -> u32 {
        self.lines.line(offset)
    }

    /// The errors so far, in order of discovery.
    pub(crate) fn into_errors(self) -> Vec<CompileError> {
        self.errors.into_inner()
    }

    /// Whether there are errors.
    pub(crate) fn is_broken(&self) -> bool {
        !self.errors.borrow().is_empty()
    }

    /// Offset in the file of byte `offset` of a scalar's text. Exact for plain, simply quoted and literal scalars; for
    /// others (folded, escaped) the start of the scalar.
    pub(crate) fn offset_in(&self, node: &Node, offset: u32) -> u32 {
        let NodeKind::Scalar(scalar) = &node.kind else { return node.span.start };
        let raw = self.text.get(node.span.range()).unwrap_or("");
        let text = scalar.text.as_str();
        if let Some(shift) = raw.find(text).filter(|shift| *shift <= 1) {
            return node.span.start + u32::try_from(shift).unwrap_or(0) + offset;
        }
        self.offset_in_block(node.span, text, offset).unwrap_or(node.span.start)
    }

    /// Offset in the file of byte `offset` of a literal block scalar, whose lines are indented there.
    fn offset_in_block(&self, span: Span, text: &str, offset: u32) -> Option<u32> {
        let before = text.get(..offset as usize)?;
        let line_in_text = u32::try_from(before.matches('\n').count()).ok()?;
        let column = before.rsplit('\n').next()?.len();
        let wanted = text.split('\n').nth(line_in_text as usize)?;
        let raw_line = self.first_line(span) + line_in_text;
        let start = self.lines.start_of(raw_line);
        let raw = self.text.get(start as usize..)?.split('\n').next()?;
        let indent = raw.find(wanted)?;
        u32::try_from(indent + column).ok().map(|shift| start + shift)
    }

    /// Line at which the text of a scalar starts: the one after the header, for a block scalar.
    pub(crate) fn first_line(&self, span: Span) -> u32 {
        let raw = self.text.get(span.range()).unwrap_or("");
        self.line(span.start) + u32::from(raw.starts_with(['|', '>']))
    }
}
