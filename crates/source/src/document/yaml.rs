//! YAML read into [`Node`]s from granit-parser's events. Spans are exact: they end with the last character of
//! the text, never in the line break or the indentation that follows.

use std::borrow::Cow;

use granit_parser::{Event, Options, Parser, Tag};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::remark::{RemarkKind, Remarks};
use super::{DocumentError, Entry, Node, NodeKind, Reading, Scalar, ScalarStyle, keys};
use crate::{Limits, Span};

/// Most nodes that aliases may add to a stream: far beyond any honest file, far below what a file of nested
/// aliases grows to.
const MOST_FROM_ALIASES: usize = 1 << 17;

/// Reads the documents of a YAML stream. Aliases are expanded within [`Limits::document_nodes`]; merge keys stay
/// ordinary `<<` entries. Entries whose key is no scalar are left out.
///
/// # Errors
/// The first syntax error, or the limit that was hit, with its span.
pub fn parse(text: &str, limits: &Limits) -> Result<Vec<Node>, DocumentError> {
    Ok(build(text, Builder::new(text, limits))?.documents)
}

/// The same, each key once (the last one counts), merge keys (a plain `<<`) resolved, and told what was noticed.
///
/// # Errors
/// As of [`parse`].
pub fn read(text: &str, limits: &Limits) -> Result<Reading, DocumentError> {
    let builder = build(text, Builder { remarks: Some(Remarks::default()), ..Builder::new(text, limits) })?;
    let remarks = builder.remarks.map(|remarks| remarks.told).unwrap_or_default();
    Ok(Reading { documents: builder.documents, remarks })
}

/// The same, with an error for a key that is no scalar.
///
/// # Errors
/// The first syntax error, the limit that was hit, or the first such key, with its span.
pub fn parse_simple(text: &str, limits: &Limits) -> Result<Vec<Node>, DocumentError> {
    Ok(build(text, Builder { simple: true, ..Builder::new(text, limits) })?.documents)
}

fn build<'t>(text: &'t str, mut builder: Builder<'t>) -> Result<Builder<'t>, DocumentError> {
    let mut options = Options::default();
    options.emit_comments = false;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| builder.syntax_error(&error))?;
        builder.take(event, &span)?;
    }
    Ok(builder)
}

/// A node that aliases may repeat, with what its repetition costs.
struct Anchored {
    node: Node,
    nodes: usize,
    depth: usize,
}

/// A sequence or mapping whose end has not been met.
struct Open {
    kind: OpenKind,
    anchor: usize,
    tag: Option<SmolStr>,
    /// Where it starts, if that is known before its first child is: a tag or an opening bracket.
    start: Option<usize>,
    /// Nodes of the stream before it, to know what it costs to repeat.
    nodes_before: usize,
    /// Depth of the deepest child met.
    depth: usize,
}

/// What is open, with the number of items or entries of the collections around it.
enum OpenKind {
    Sequence(usize),
    Mapping {
        before: usize,
        /// The key that waits for its value.
        key: Option<Key>,
        /// Which of its entries are merge keys.
        merges: Vec<usize>,
    },
}

enum Key {
    Scalar(SmolStr, Span),
    /// `<<` in no quotes and without a tag.
    Merge(Span),
    NoScalar(Span),
}

struct Builder<'t> {
    text: &'t str,
    limits: &'t Limits,
    documents: Vec<Node>,
    open: Vec<Open>,
    /// Items and entries of what is open, outermost first: each collection becomes as large as it is at its end.
    items: Vec<Node>,
    entries: Vec<Entry>,
    anchors: FxHashMap<usize, Anchored>,
    nodes: usize,
    from_aliases: usize,
    /// End of the last token that had any text: where an empty value stands.
    last_end: usize,
    /// Whether a key that is no scalar is an error.
    simple: bool,
    /// What was noticed; none if nobody asks, and then keys stay as they are.
    remarks: Option<Remarks>,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, limits: &'t Limits) -> Self {
        let (documents, open, anchors) = (Vec::new(), Vec::new(), FxHashMap::default());
        Self {
            text,
            limits,
            documents,
            open,
            items: Vec::new(),
            entries: Vec::new(),
            anchors,
            nodes: 0,
            from_aliases: 0,
            last_end: 0,
            simple: false,
            remarks: None,
        }
    }

    fn take(&mut self, event: Event<'_>, span: &granit_parser::Span) -> Result<(), DocumentError> {
        let bytes = span.byte_range().unwrap_or(0..0);
        let tag_start = span.tag_start().and_then(|marker| marker.byte_offset());
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                self.count(1, bytes.start)?;
                let node = self.scalar(&text, style, tag, bytes, tag_start);
                self.finish(node, anchor, 1, 1)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                let start = tag_start.or_else(|| match style {
                    granit_parser::StructureStyle::Flow => Some(bytes.start),
                    granit_parser::StructureStyle::Block => self.dash(bytes.start),
                });
                let kind = OpenKind::Sequence(self.items.len());
                self.begin(kind, anchor, tag, start, bytes.start)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let bracket = (style == granit_parser::StructureStyle::Flow).then_some(bytes.start);
                let kind = OpenKind::Mapping { before: self.entries.len(), key: None, merges: Vec::new() };
                self.begin(kind, anchor, tag, tag_start.or(bracket), bytes.start)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes)?,
            Event::Alias(id) => self.alias(id, bytes)?,
            _ => {}
        }
        Ok(())
    }

    fn scalar(
        &mut self,
        text: &str,
        style: granit_parser::ScalarStyle,
        tag: Option<Cow<'_, Tag>>,
        bytes: std::ops::Range<usize>,
        tag_start: Option<usize>,
    ) -> Node {
        let written = self.text.get(bytes.clone()).unwrap_or_default();
        let block = matches!(style, granit_parser::ScalarStyle::Literal | granit_parser::ScalarStyle::Folded);
        let end = match style {
            _ if written.is_empty() => self.last_end.max(tag_start.map_or(0, |at| self.tag_end(at))),
            _ if block => bytes.start + written.trim_end().len(),
            _ => bytes.end,
        };
        let start = if written.is_empty() { end } else { bytes.start };
        self.last_end = end;
        let style = match style {
            granit_parser::ScalarStyle::Plain => ScalarStyle::Plain,
            _ => ScalarStyle::Quoted,
        };
        // `~` is what the parser puts for an empty value; written or not, it means null.
        let text = if written.is_empty() && style == ScalarStyle::Plain { "" } else { text };
        let kind = NodeKind::Scalar(Scalar { text: SmolStr::new(text), style });
        Node { kind, tag: tag.map(|tag| tag_name(&tag)), span: Span::new(tag_start.unwrap_or(start), end) }
    }

    /// Where the tag that starts at `at` ends: a tag has no space in it.
    fn tag_end(&self, at: usize) -> usize {
        let tag = self.text.get(at..).unwrap_or_default();
        at + tag.find(|c: char| c.is_whitespace() || matches!(c, ',' | ']' | '}')).unwrap_or(tag.len())
    }

    /// Where the first dash of a block sequence is that is said to start at `at`: one that is not indented is said to
    /// start with its first item. Before it stand only white space and comments.
    fn dash(&self, at: usize) -> Option<usize> {
        let is_dash = |text: &str| {
            text.strip_prefix('-').is_some_and(|rest| rest.chars().next().is_none_or(char::is_whitespace))
        };
        let mut line_start = self.last_end;
        for line in self.text.get(self.last_end..at)?.split_inclusive(['\n', '\r']) {
            let trimmed = line.trim_start();
            if is_dash(trimmed) {
                return Some(line_start + line.len() - trimmed.len());
            }
            line_start += line.len();
        }
        is_dash(self.text.get(at..)?).then_some(at)
    }

    fn begin(
        &mut self,
        kind: OpenKind,
        anchor: usize,
        tag: Option<Cow<'_, Tag>>,
        start: Option<usize>,
        at: usize,
    ) -> Result<(), DocumentError> {
        let nodes_before = self.nodes;
        self.count(1, at)?;
        self.check_depth(1, at)?;
        self.last_end = self.last_end.max(start.map_or(0, |start| start + 1));
        let tag = tag.map(|tag| tag_name(&tag));
        self.open.push(Open { kind, anchor, tag, start, nodes_before, depth: 0 });
        Ok(())
    }

    fn end(&mut self, bytes: std::ops::Range<usize>) -> Result<(), DocumentError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let (kind, first, last) = match open.kind {
            OpenKind::Sequence(before) => {
                let items: Vec<Node> = self.items.drain(before..).collect();
                let ends = (items.first().map(|item| item.span), items.last().map(|item| item.span));
                (NodeKind::Sequence(items), ends.0, ends.1)
            }
            OpenKind::Mapping { before, merges, .. } => {
                let entries: Vec<Entry> = self.entries.drain(before..).collect();
                let first = entries.first().map(|entry| entry.key_span);
                let last = entries.last().map(|entry| entry.value.span);
                (NodeKind::Mapping(self.counting(entries, &merges)), first, last)
            }
        };
        let start = open.start.or(first.map(|span| span.start as usize)).unwrap_or(bytes.start);
        // A flow collection ends with its bracket, a block collection with its last child.
        let end = if bytes.is_empty() { last.map(|span| span.end as usize) } else { Some(bytes.end) };
        let end = end.unwrap_or(start).max(start);
        self.last_end = self.last_end.max(end);
        let node = Node { kind, tag: open.tag, span: Span::new(start, end) };
        self.finish(node, open.anchor, self.nodes - open.nodes_before, open.depth + 1)
    }

    /// The entries as they count, if what is noticed is told.
    fn counting(&mut self, mut entries: Vec<Entry>, merges: &[usize]) -> Vec<Entry> {
        if let Some(remarks) = &mut self.remarks {
            if !merges.is_empty() {
                keys::merge(&mut entries, merges, remarks);
            }
            keys::unique(&mut entries, |key, span| remarks.tell(RemarkKind::RepeatedKey(key.clone()), span));
        }
        entries
    }

    fn alias(&mut self, id: usize, bytes: std::ops::Range<usize>) -> Result<(), DocumentError> {
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(self.error(bytes, "an alias stands within the node that it repeats"));
        };
        if let Some(remarks) = &mut self.remarks {
            remarks.alias(Span::from(bytes.clone()));
        }
        let (nodes, depth) = (anchored.nodes, anchored.depth);
        let mut node = None;
        self.from_aliases += nodes;
        if self.from_aliases <= MOST_FROM_ALIASES && self.nodes + nodes <= self.limits.document_nodes {
            node = Some(Node { span: Span::from(bytes.clone()), ..anchored.node.clone() });
        }
        self.check_depth(depth, bytes.start)?;
        self.last_end = bytes.end;
        self.nodes += nodes;
        let node = node.ok_or_else(|| self.error(bytes, "aliases make the document too large").limit())?;
        self.finish(node, 0, nodes, depth)
    }

    /// Puts a node that is complete where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, nodes: usize, depth: usize) -> Result<(), DocumentError> {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, depth });
        }
        if let (Some(remarks), Some(tag)) = (&mut self.remarks, &node.tag) {
            remarks.tag(tag, node.span);
        }
        let Some(parent) = self.open.last_mut() else {
            if let (Some(remarks), [_, ..]) = (&mut self.remarks, self.documents.as_slice()) {
                remarks.tell(RemarkKind::FurtherDocument, node.span);
            }
            self.documents.push(node);
            return Ok(());
        };
        parent.depth = parent.depth.max(depth);
        match &mut parent.kind {
            OpenKind::Sequence(_) => self.items.push(node),
            OpenKind::Mapping { before, key, merges } => match key.take() {
                None => {
                    let found = key_of(node);
                    if let Key::NoScalar(span) = found {
                        if self.simple {
                            return Err(DocumentError::new("a key is no scalar", span));
                        }
                        if let Some(remarks) = &mut self.remarks {
                            remarks.tell(RemarkKind::KeyNoScalar, span);
                        }
                    }
                    *key = Some(found);
                }
                Some(Key::Scalar(key, key_span)) => self.entries.push(Entry { key, key_span, value: node }),
                Some(Key::Merge(key_span)) => {
                    merges.push(self.entries.len() - *before);
                    self.entries.push(Entry { key: SmolStr::new_static(MERGE), key_span, value: node });
                }
                Some(Key::NoScalar(_)) => {}
            },
        }
        self.after_key(depth)
    }

    /// Moves over the colon of a key, so that an empty value stands after it.
    fn after_key(&mut self, depth: usize) -> Result<(), DocumentError> {
        let waits =
            matches!(self.open.last(), Some(Open { kind: OpenKind::Mapping { key: Some(_), .. }, .. }));
        if waits && depth == 1 {
            let rest = self.text.get(self.last_end..).unwrap_or_default();
            let colon = rest.trim_start_matches([' ', '\t']);
            if colon.starts_with(':') {
                self.last_end += rest.len() - colon.len() + 1;
            }
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, at: usize) -> Result<(), DocumentError> {
        self.nodes += nodes;
        if self.nodes > self.limits.document_nodes {
            return Err(self.error(at..at, "the document has too many nodes").limit());
        }
        Ok(())
    }

    fn check_depth(&self, deeper: usize, at: usize) -> Result<(), DocumentError> {
        if self.open.len() + deeper > self.limits.depth {
            return Err(self.error(at..at, "the document is nested too deeply").limit());
        }
        Ok(())
    }

    fn error(&self, bytes: std::ops::Range<usize>, message: &str) -> DocumentError {
        DocumentError::new(message, Span::from(bytes))
    }

    /// A tab in the indentation of the line that holds a byte.
    fn tab_before(&self, at: usize) -> Option<usize> {
        let before = self.text.get(..at)?;
        let line = before.rfind(['\n', '\r']).map_or(0, |end| end + 1);
        let indentation = self.text.get(line..)?;
        let length = indentation.find(|c| c != ' ' && c != '\t').unwrap_or(indentation.len());
        indentation.get(..length)?.find('\t').map(|tab| line + tab)
    }

    fn syntax_error(&self, error: &granit_parser::ScanError) -> DocumentError {
        let at = error.marker().byte_offset().unwrap_or(self.last_end).min(self.text.len());
        if let Some(tab) = self.tab_before(at) {
            let message = "a tab stands in the indentation, where YAML takes spaces alone";
            return self.error(tab..tab + 1, message);
        }
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        DocumentError::new(error.info(), Span::new(at, at + width))
    }
}

/// The key that merges mappings in YAML 1.1.
const MERGE: &str = "<<";

fn key_of(node: Node) -> Key {
    match node.kind {
        NodeKind::Scalar(Scalar { text, style: ScalarStyle::Plain })
            if text == MERGE && node.tag.is_none() =>
        {
            Key::Merge(node.span)
        }
        NodeKind::Scalar(scalar) => Key::Scalar(scalar.text, node.span),
        _ => Key::NoScalar(node.span),
    }
}

/// A tag without its `!`; a core schema tag (`!!str`) keeps one.
fn tag_name(tag: &Tag) -> SmolStr {
    match tag.core_suffix() {
        Some(core) => SmolStr::from(format!("!{core}")),
        None if tag.handle() == "!" => SmolStr::new(tag.suffix()),
        // `!` alone, and a tag in angle brackets.
        None if tag.handle().is_empty() => SmolStr::new(tag.suffix().trim_start_matches('!')),
        None => SmolStr::from(format!("{}{}", tag.handle(), tag.suffix())),
    }
}

#[cfg(test)]
mod tests;
