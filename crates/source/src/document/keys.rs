//! The keys of a mapping as they count: each once, merge keys resolved. Linear in the entries.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;

use super::remark::{RemarkKind, Remarks};
use super::{Entry, Node, NodeKind};
use crate::Span;

/// Up to so many entries are compared with one another, which costs less than hashing them.
const FEW: usize = 8;

/// Leaves one entry of each key: the last, at the place of the first. `repeated` is told the others.
pub fn unique(entries: &mut Vec<Entry>, mut repeated: impl FnMut(&SmolStr, Span)) {
    if is_unique(entries) {
        return;
    }
    let mut index: FxHashMap<SmolStr, usize> = FxHashMap::default();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries.drain(..) {
        match index.get(&entry.key).and_then(|at| kept.get_mut(*at)) {
            Some(earlier) => {
                repeated(&entry.key, entry.key_span);
                *earlier = entry;
            }
            None => {
                index.insert(entry.key.clone(), kept.len());
                kept.push(entry);
            }
        }
    }
    *entries = kept;
}

fn is_unique(entries: &[Entry]) -> bool {
    if entries.len() <= FEW {
        let is_first =
            |(at, entry): (usize, &Entry)| entries.iter().take(at).all(|earlier| earlier.key != entry.key);
        return entries.iter().enumerate().all(is_first);
    }
    let mut seen = FxHashSet::default();
    entries.iter().all(|entry| seen.insert(entry.key.as_str()))
}

/// Replaces the entries at `merges` by those of the mappings that they hold, where the mapping has none of that key
/// itself: an earlier source before a later one, as YAML 1.1 has it.
pub(super) fn merge(entries: &mut Vec<Entry>, merges: &[usize], remarks: &mut Remarks) {
    let mut sources: Vec<Node> = Vec::new();
    let mut next = merges.iter().peekable();
    let written = std::mem::take(entries);
    for (at, entry) in written.into_iter().enumerate() {
        match next.next_if_eq(&&at) {
            Some(_) => sources.push(entry.value),
            None => entries.push(entry),
        }
    }
    let mut known: FxHashSet<SmolStr> = entries.iter().map(|entry| entry.key.clone()).collect();
    for source in sources {
        let span = source.span;
        let mappings = match source.kind {
            NodeKind::Mapping(_) => vec![source],
            NodeKind::Sequence(items) => items,
            NodeKind::Scalar(_) => Vec::new(),
        };
        let is_mapping = |node: &Node| matches!(node.kind, NodeKind::Mapping(_));
        if mappings.is_empty() || !mappings.iter().all(is_mapping) {
            remarks.tell(RemarkKind::MergedNoMapping, span);
        }
        for mapping in mappings {
            let NodeKind::Mapping(merged) = mapping.kind else { continue };
            for entry in merged {
                if known.insert(entry.key.clone()) {
                    entries.push(entry);
                }
            }
        }
    }
}
