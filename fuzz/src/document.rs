//! What always holds of the tree of a document, whatever the text was.

use std::collections::BTreeSet;

use carelint_source::Span;
use carelint_source::document::{Node, NodeKind, Reading};

/// Panics if something does not hold of a tree that keeps its keys as they are written.
pub fn written(text: &str, document: &Node) {
    Walk { text, unique: false }.node(document, Span::new(0, text.len()), 0);
}

/// Panics if something does not hold of documents whose keys are as they count.
pub fn counting(text: &str, reading: &Reading) {
    for document in &reading.documents {
        Walk { text, unique: true }.node(document, Span::new(0, text.len()), 0);
    }
    assert!(reading.remarks.len() <= 201, "{} remarks", reading.remarks.len());
    for remark in &reading.remarks {
        assert!(text.get(remark.span.range()).is_some(), "{remark:?} is nowhere in the text");
    }
}

struct Walk<'t> {
    text: &'t str,
    /// Keys are unique, and entries may come from elsewhere by merge keys.
    unique: bool,
}

impl Walk<'_> {
    fn within(&self, span: Span, outer: Option<Span>) -> &str {
        let slice = self.text.get(span.range());
        assert!(slice.is_some(), "{span:?} is no part of the text");
        if let Some(outer) = outer {
            assert!(outer.contains(span), "{span:?} is not within {outer:?}");
        }
        slice.unwrap_or_default()
    }

    fn node(&self, node: &Node, outer: impl Into<Option<Span>>, depth: usize) {
        assert!(depth <= 128, "nested too deeply");
        let outer = outer.into();
        let slice = self.within(node.span, outer);
        // What an alias repeats stands where its anchor is, and what a key merges where its source is.
        let own = (outer.is_some() && !slice.starts_with('*') && !self.unique).then_some(node.span);
        match &node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::Sequence(items) => items.iter().for_each(|item| self.node(item, own, depth + 1)),
            NodeKind::Mapping(entries) => {
                let mut keys = BTreeSet::new();
                for entry in entries {
                    assert!(keys.insert(&entry.key) || !self.unique, "the key {} is there twice", entry.key);
                    self.within(entry.key_span, own);
                    self.node(&entry.value, own, depth + 1);
                }
            }
        }
    }
}
