//! YAML read into [`Node`]s from granit-parser's events. Spans are exact: they end with the last character of
//! the text, never in the line break or the indentation that follows.

use std::borrow::Cow;

use granit_parser::{Event, Options, Parser, Tag};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use super::{DocumentError, Entry, Node, NodeKind, Scalar, ScalarStyle};
use crate::{Limits, Span};

/// Most nodes that aliases may add to a stream: far beyond any honest file, far below what a file of nested
/// aliases grows to.
const MOST_FROM_ALIASES: usize = 1 << 20;

/// Reads the documents of a YAML stream. Aliases are expanded within [`Limits::document_nodes`]; merge keys stay
/// ordinary `<<` entries. Entries whose key is no scalar are left out.
///
/// # Errors
/// The first syntax error, or the limit that was hit, with its span.
pub fn parse(text: &str, limits: &Limits) -> Result<Vec<Node>, DocumentError> {
    read(text, Builder::new(text, limits))
}

/// The same, with an error for a key that is no scalar.
///
/// # Errors
/// The first syntax error, the limit that was hit, or the first such key, with its span.
pub fn parse_simple(text: &str, limits: &Limits) -> Result<Vec<Node>, DocumentError> {
    read(text, Builder { simple: true, ..Builder::new(text, limits) })
}

fn read(text: &str, mut builder: Builder<'_>) -> Result<Vec<Node>, DocumentError> {
    let mut options = Options::default();
    options.emit_comments = false;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| builder.syntax_error(&error))?;
        builder.take(event, &span)?;
    }
    Ok(builder.documents)
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

enum OpenKind {
    Sequence(Vec<Node>),
    Mapping {
        entries: Vec<Entry>,
        /// The key that waits for its value; the inner option is none for a key that is no scalar.
        key: Option<Option<(SmolStr, Span)>>,
    },
}

struct Builder<'t> {
    text: &'t str,
    limits: &'t Limits,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: FxHashMap<usize, Anchored>,
    nodes: usize,
    from_aliases: usize,
    /// End of the last token that had any text: where an empty value stands.
    last_end: usize,
    /// Whether a key that is no scalar is an error.
    simple: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, limits: &'t Limits) -> Self {
        let (documents, open, anchors) = (Vec::new(), Vec::new(), FxHashMap::default());
        Self { text, limits, documents, open, anchors, nodes: 0, from_aliases: 0, last_end: 0, simple: false }
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
                let bracket = (style == granit_parser::StructureStyle::Flow).then_some(bytes.start);
                self.begin(OpenKind::Sequence(Vec::new()), anchor, tag, tag_start.or(bracket), bytes.start)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                let bracket = (style == granit_parser::StructureStyle::Flow).then_some(bytes.start);
                let kind = OpenKind::Mapping { entries: Vec::new(), key: None };
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
            OpenKind::Sequence(items) => {
                let ends = (items.first().map(|item| item.span), items.last().map(|item| item.span));
                (NodeKind::Sequence(items), ends.0, ends.1)
            }
            OpenKind::Mapping { entries, .. } => {
                let ends = (entries.first().map(Entry::span), entries.last().map(Entry::span));
                (NodeKind::Mapping(entries), ends.0, ends.1)
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

    fn alias(&mut self, id: usize, bytes: std::ops::Range<usize>) -> Result<(), DocumentError> {
        let Some(anchored) = self.anchors.get(&id) else {
            return Err(self.error(bytes, "an alias stands within the node that it repeats"));
        };
        let (nodes, depth) = (anchored.nodes, anchored.depth);
        let mut node = None;
        self.from_aliases += nodes;
        if self.from_aliases <= MOST_FROM_ALIASES && self.nodes + nodes <= self.limits.document_nodes {
            node = Some(Node { span: Span::from(bytes.clone()), ..anchored.node.clone() });
        }
        self.check_depth(depth, bytes.start)?;
        self.last_end = bytes.end;
        self.nodes += nodes;
        let node = node.ok_or_else(|| self.error(bytes, "aliases make the document too large"))?;
        self.finish(node, 0, nodes, depth)
    }

    /// Puts a node that is complete where it belongs.
    fn finish(&mut self, node: Node, anchor: usize, nodes: usize, depth: usize) -> Result<(), DocumentError> {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored { node: node.clone(), nodes, depth });
        }
        let Some(parent) = self.open.last_mut() else {
            self.documents.push(node);
            return Ok(());
        };
        parent.depth = parent.depth.max(depth);
        if self.simple && node.text().is_none() && matches!(parent.kind, OpenKind::Mapping { key: None, .. })
        {
            return Err(DocumentError { message: "a key is no scalar".to_owned(), span: node.span });
        }
        match &mut parent.kind {
            OpenKind::Sequence(items) => items.push(node),
            OpenKind::Mapping { entries, key } => match key.take() {
                None => *key = Some(node.text().map(|text| (text.clone(), node.span))),
                Some(Some((key, key_span))) => entries.push(Entry { key, key_span, value: node }),
                Some(None) => {}
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
            return Err(self.error(at..at, "the document has too many nodes"));
        }
        Ok(())
    }

    fn check_depth(&self, deeper: usize, at: usize) -> Result<(), DocumentError> {
        if self.open.len() + deeper > self.limits.depth {
            return Err(self.error(at..at, "the document is nested too deeply"));
        }
        Ok(())
    }

    fn error(&self, bytes: std::ops::Range<usize>, message: &str) -> DocumentError {
        DocumentError { message: message.to_owned(), span: Span::from(bytes) }
    }

    fn syntax_error(&self, error: &granit_parser::ScanError) -> DocumentError {
        let at = error.marker().byte_offset().unwrap_or(self.last_end).min(self.text.len());
        let width = self.text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        DocumentError { message: error.info(), span: Span::new(at, at + width) }
    }
}

/// A tag without its `!`; a core schema tag (`!!str`) keeps one.
fn tag_name(tag: &Tag) -> SmolStr {
    match tag.core_suffix() {
        Some(core) => SmolStr::from(format!("!{core}")),
        None if tag.handle() == "!" => SmolStr::new(tag.suffix()),
        None => SmolStr::from(format!("{}{}", tag.handle(), tag.suffix())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every document on a line: mappings and sequences in brackets, scalars as the bytes of their span (tag and
    /// quotes included), a tag of a collection before it.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match parse(text, &Limits::default()) {
            Ok(documents) => documents.iter().map(|node| shown(text, node)).collect::<Vec<_>>().join("\n"),
            Err(error) => format!("{}..{} {}", error.span.start, error.span.end, error.message),
        };
        assert_eq!(found, expected);
    }

    fn slice(text: &str, span: Span) -> &str {
        text.get(span.range()).expect("a span of whole characters")
    }

    fn shown(text: &str, node: &Node) -> String {
        let tag = node.tag.as_ref().map_or_else(String::new, |tag| format!("!{tag} "));
        match &node.kind {
            NodeKind::Scalar(_) => slice(text, node.span).to_owned(),
            NodeKind::Sequence(items) => {
                let items: Vec<_> = items.iter().map(|item| shown(text, item)).collect();
                format!("{tag}[{}]", items.join(", "))
            }
            NodeKind::Mapping(entries) => {
                let entry =
                    |entry: &Entry| format!("{}: {}", slice(text, entry.key_span), shown(text, &entry.value));
                format!("{tag}{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[track_caller]
    fn check_span(text: &str, expected: &str) {
        let documents = parse(text, &Limits::default()).expect("it parses");
        let value = documents[0].entries()[0].value.span;
        assert_eq!(slice(text, value), expected);
    }

    #[test]
    fn block_and_flow_collections() {
        check(
            "a: 1\nb:\n  - x\n  - 'y'\nc: {d: [\"e\"], f: }\n",
            "{a: 1, b: [x, 'y'], c: {d: [\"e\"], f: }}",
        );
        check("- a: é\n  b: ü\n- c\n", "[{a: é, b: ü}, c]");
        check("\"a b\": x\r\n'c': y\r\n", "{\"a b\": x, 'c': y}");
    }

    #[test]
    fn tags_are_part_of_the_span() {
        check("a: !Ref X\nb: !Sub 'x'\nc: !!str 1\nd: ! x\n", "{a: !Ref X, b: !Sub 'x', c: !!str 1, d: ! x}");
        check("a: !If\n  - c\n  - !Ref b\n", "{a: !If [c, !Ref b]}");
        check("a: !GetAtt {x: y}\n", "{a: !GetAtt {x: y}}");
        check_span("a: !If\n  - c\n  - d\n\nb: 1\n", "!If\n  - c\n  - d");
        let documents =
            parse("a: !Ref X\nb: !!str 1\nc: !Transform {a: b}", &Limits::default()).expect("parses");
        let tags: Vec<_> =
            documents[0].entries().iter().filter_map(|entry| entry.value.tag.clone()).collect();
        assert_eq!(tags, ["Ref", "!str", "Transform"]);
    }

    #[test]
    fn spans_end_with_their_text() {
        check_span("a: |\n  one\n  two\n\nb: 1\n", "one\n  two");
        check_span("a: !Sub |\n  one\n\nb: 1\n", "!Sub |\n  one");
        check_span("a:\n  b: 1\n  c: 2\n\n# comment\nd: 3\n", "b: 1\n  c: 2");
        check_span("a:\n  - 1\n  - 2\nd: 3\n", "1\n  - 2");
        check_span("a: { b: 1 } # comment\n", "{ b: 1 }");
        check_span("a: one\n  two\nb: 1\n", "one\n  two");
        check_span("a: 'é' # comment\n", "'é'");
    }

    #[test]
    fn an_empty_value_is_null_after_its_key() {
        let text = "a:\nb: !Tag\nc: 1\n";
        let documents = parse(text, &Limits::default()).expect("it parses");
        let spans: Vec<_> =
            documents[0].entries().iter().map(|e| (e.value.span.start, e.value.span.end)).collect();
        assert_eq!(spans, [(2, 2), (6, 10), (14, 15)]);
        assert_eq!(documents[0].get("a").and_then(Node::text).map(SmolStr::as_str), Some(""));
    }

    #[test]
    fn duplicate_keys_are_kept_and_complex_keys_left_out() {
        check("a: 1\na: 2\n? [x]\n: 3\nb: 4\n", "{a: 1, a: 2, b: 4}");
    }

    #[test]
    fn aliases_are_expanded_and_merge_keys_kept() {
        let text = "a: &x {k: v}\nb: *x\nc:\n  <<: *x\n";
        let documents = parse(text, &Limits::default()).expect("it parses");
        let b = documents[0].get("b").expect("b");
        assert_eq!(b.get("k").and_then(Node::text).map(SmolStr::as_str), Some("v"));
        assert_eq!(slice(text, b.span), "*x");
        assert_eq!(documents[0].get("c").map(|c| c.entries()[0].key.as_str()), Some("<<"));
    }

    #[test]
    fn documents_of_a_stream_are_all_read() {
        check("--- # one\na: 1\n---\n- b\n...\n", "{a: 1}\n[b]");
        check("", "");
        check("# only a comment\n", "");
    }

    #[test]
    fn an_error_has_its_place() {
        check("a: 'x\n", "3..4 unclosed quote");
        check("a: &x [*x]\n", "7..9 an alias stands within the node that it repeats");
    }

    #[test]
    fn a_bomb_is_refused() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let below = format!("*a{}", level - 1);
            bomb += &format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", "));
        }
        let error = parse(&bomb, &Limits::default()).expect_err("too large");
        assert_eq!(error.message, "aliases make the document too large");
    }

    #[test]
    fn depth_is_bounded() {
        for text in ["[".repeat(10_000), "- ".repeat(10_000), "{a: ".repeat(10_000)] {
            assert!(parse(&text, &Limits::default()).is_err());
        }
        let mut chain = String::from("a0: &a0 [x]\n");
        for level in 1..200 {
            chain += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
        }
        let error = parse(&chain, &Limits::default()).expect_err("too deep");
        assert_eq!(error.message, "the document is nested too deeply");
    }
}
