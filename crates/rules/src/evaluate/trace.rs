//! What a predicate has read, so that a diagnostic can point at what decided.

use graph::NodeId;
use smol_str::SmolStr;
use source::Place;
use value::Value;

/// Reads of one evaluation, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    pub(crate) reads: Vec<Read>,
}

/// One read.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    /// The text of the predicate that read it: `self.versioning`.
    pub(crate) text: SmolStr,
    /// The node and attribute that were read; none for fields of elements.
    pub(crate) of: Option<(NodeId, &'static str)>,
    /// What was found.
    pub(crate) value: Value,
    /// The element that it is a field of, where it would stand if it were written.
    pub(crate) within: Option<Place>,
}

/// More reads than this are of no use to a reader.
const MOST_READS: usize = 64;

impl Trace {
    pub(crate) fn push(&mut self, read: Read) {
        let known = |old: &Read| {
            old.text == read.text
                && (old.of, old.within) == (read.of, read.within)
                && old.value.kind == read.value.kind
        };
        if self.reads.len() < MOST_READS && !self.reads.iter().any(known) {
            self.reads.push(read);
        }
    }

    pub(crate) fn append(&mut self, other: Trace) {
        other.reads.into_iter().for_each(|read| self.push(read));
    }
}
