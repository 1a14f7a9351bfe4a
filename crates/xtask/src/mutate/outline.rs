//! The outline of a source file: which bytes are an attribute, a block, an entry or an element, and what is left of
//! the file without them. Invariant: ranges lie on character boundaries of the text.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::structure::{Body, Structure};
use source::Limits;
use source::document::{Node, NodeKind, yaml};

/// A part of a file that can be taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Its name; empty for an element of a list.
    pub(crate) name: String,
    /// All of it, key and value.
    pub(crate) whole: Range<usize>,
    /// What is replaced to take it out, and by which text.
    pub(crate) out: (Range<usize>, &'static str),
    /// Its value, where that is a scalar.
    pub(crate) scalar: Option<Range<usize>>,
}

/// The parts of a file, none if it does not parse.
pub(crate) fn outline(path: &str, text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    if path.ends_with(".tf") {
        if let Ok(body) = hcl_edit::parser::parse_body(text) {
            of_body(&body, text, &mut parts);
        }
    } else if let Ok(documents) = yaml::parse(text, &Limits::default()) {
        documents.iter().for_each(|document| of_node(document, text, &mut parts));
    }
    parts
}

/// The smallest part that holds the byte.
pub(crate) fn at(parts: &[Part], byte: usize) -> Option<&Part> {
    parts.iter().filter(|part| part.whole.contains(&byte)).min_by_key(|part| part.whole.len())
}

fn of_body(body: &Body, text: &str, parts: &mut Vec<Part>) {
    for structure in body {
        match structure {
            Structure::Attribute(attribute) => {
                if let (Some(key), Some(value)) = (attribute.key.span(), attribute.value.span()) {
                    let whole = key.start..value.end;
                    let scalar = text.get(value.clone()).is_some_and(is_scalar).then_some(value);
                    let name = attribute.key.as_str().to_owned();
                    parts.push(Part { name, out: (lines(text, &whole), ""), whole, scalar });
                }
            }
            Structure::Block(block) => {
                if let (Some(key), Some(whole)) = (block.ident.span(), block.span()) {
                    let whole =
                        key.start..text.get(..whole.end).map_or(whole.end, |text| text.trim_end().len());
                    let name = block.ident.as_str().to_owned();
                    parts.push(Part { name, out: (lines(text, &whole), ""), whole, scalar: None });
                }
                of_body(&block.body, text, parts);
            }
        }
    }
}

/// Whether the text of an expression is a literal that can be weakened.
fn is_scalar(text: &str) -> bool {
    let quoted = text.starts_with('"') && !text.contains("${");
    quoted || matches!(text, "true" | "false") || text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The range with its whole lines, if nothing else stands on them.
pub(super) fn lines(text: &str, range: &Range<usize>) -> Range<usize> {
    let before = text.get(..range.start).unwrap_or("");
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let after = text.get(range.end..).unwrap_or("");
    let rest = after.split('\n').next().unwrap_or("");
    let alone = text.get(start..range.start).is_some_and(|text| text.trim().is_empty());
    if alone && (rest.trim().is_empty() || rest.trim_start().starts_with('#')) {
        start..(range.end + rest.len() + 1).min(text.len())
    } else {
        range.clone()
    }
}

fn of_node(node: &Node, text: &str, parts: &mut Vec<Part>) {
    match &node.kind {
        NodeKind::Mapping(entries) => {
            let spans: Vec<Range<usize>> = entries.iter().map(|entry| entry.span().range()).collect();
            for (at, entry) in entries.iter().enumerate() {
                let scalar = matches!(entry.value.kind, NodeKind::Scalar(_)) && entry.value.tag.is_none();
                let scalar = scalar.then(|| entry.value.span.range());
                let whole = entry.span().range();
                parts.push(Part {
                    name: entry.key.to_string(),
                    out: (without(&spans, at, text), ""),
                    whole,
                    scalar,
                });
                of_node(&entry.value, text, parts);
            }
        }
        NodeKind::Sequence(items) => {
            let spans: Vec<Range<usize>> = items.iter().map(|item| item.span.range()).collect();
            for (at, item) in items.iter().enumerate() {
                let scalar = matches!(item.kind, NodeKind::Scalar(_)) && item.tag.is_none();
                let scalar = scalar.then(|| item.span.range());
                let out = match (spans.len(), node.span.range()) {
                    // The only element: an empty list is left.
                    (1, list) => (dashed(&list, text), "[]"),
                    _ => (without(&spans, at, text), ""),
                };
                parts.push(Part { name: String::new(), whole: item.span.range(), out, scalar });
                of_node(item, text, parts);
            }
        }
        NodeKind::Scalar(_) => {}
    }
}

/// What goes with a child so that its siblings stay what they are: up to the next one, or from the end of the one
/// before; an only child leaves an empty parent.
pub(super) fn without(spans: &[Range<usize>], at: usize, text: &str) -> Range<usize> {
    let (before, own, after) =
        (at.checked_sub(1).and_then(|at| spans.get(at)), spans.get(at), spans.get(at + 1));
    match (before, own, after) {
        (_, Some(own), Some(after)) => own.start..after.start,
        (Some(before), Some(own), None) => trimmed(text, before.end)..trimmed(text, own.end).max(own.start),
        (None, Some(own), None) => own.clone(),
        (_, None, _) => 0..0,
    }
}

/// The end without white space before it: a block scalar's span may hold its last line end.
pub(super) fn trimmed(text: &str, end: usize) -> usize {
    text.get(..end).map_or(end, |text| text.trim_end().len())
}

/// A block sequence with its first dash; one in brackets as it is.
pub(super) fn dashed(list: &Range<usize>, text: &str) -> Range<usize> {
    let before = text.get(..list.start).unwrap_or("").trim_end_matches(' ');
    let start = if before.ends_with('-') { before.len() - 1 } else { list.start };
    start..trimmed(text, list.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes out the part that holds `^`.
    #[track_caller]
    fn check(path: &str, marked: &str, expect: &str) {
        let at_mark = marked.find('^').unwrap();
        let text = marked.replacen('^', "", 1);
        let parts = outline(path, &text);
        let part = at(&parts, at_mark).unwrap();
        let (range, by) = part.out.clone();
        let mut left = text;
        left.replace_range(range, by);
        assert_eq!(left, expect);
    }

    #[test]
    fn attributes_and_blocks_go_with_their_lines() {
        check("a.tf", "a = 1\n^b = 2 # c\nd {\n}\n", "a = 1\nd {\n}\n");
        check("a.tf", "a = 1\nx {\n  ^b {\n    c = 1\n  }\n}\n", "a = 1\nx {\n}\n");
        check("a.tf", "x { ^a = 1 }\n", "x {  }\n");
    }

    #[test]
    fn entries_leave_their_siblings() {
        check("a.yaml", "a: 1\n^b: 2\nc: 3\n", "a: 1\nc: 3\n");
        check("a.yaml", "x:\n  a: 1\n  ^b:\n    c: 2\nd: 4\n", "x:\n  a: 1\nd: 4\n");
        check("a.yaml", "x: {a: 1, ^b: 2}\n", "x: {a: 1}\n");
        check("a.yaml", "- ^a: 1\n  b: 2\n- c: 3\n", "- b: 2\n- c: 3\n");
        check("a.yaml", "x:\n  ^a: 1\n", "x:\n  \n");
    }

    #[test]
    fn elements_leave_a_list() {
        check("a.yaml", "x:\n  - ^a\n  - b\n", "x:\n  - b\n");
        check("a.yaml", "x:\n  - a\n  - ^b\n", "x:\n  - a\n");
        check("a.yaml", "x:\n  - ^a\ny: 1\n", "x:\n  []\ny: 1\n");
        check("a.yaml", "x: [^a, b]\n", "x: [b]\n");
    }
}
