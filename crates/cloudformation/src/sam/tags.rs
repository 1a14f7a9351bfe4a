//! Tags: a map in SAM, a list of keys and values in most of what is made.

use source::document::{Entry, Node, NodeKind};

use super::make::{At, is_null};
use crate::intrinsic::Call;

/// The list of tags that a map says. What is no map passes through as it is.
pub(crate) fn list(at: At, tags: &Node) -> Node {
    match tags.kind {
        NodeKind::Mapping(_) if Call::of(tags).is_none() => at.list(tags.entries().iter().map(tag)),
        _ => tags.clone(),
    }
}

/// The list of tags of a resource that SAM marks as its own.
pub(crate) fn created_by(at: At, key: &str, tags: Option<&Node>) -> Node {
    let own = at.map([("Key", at.text(key)), ("Value", at.text("SAM"))]);
    let written = tags.filter(|tags| Call::of(tags).is_none()).map_or(&[][..], Node::entries);
    at.list(std::iter::once(own).chain(written.iter().map(tag)))
}

fn tag(entry: &Entry) -> Node {
    let at = At(entry.key_span);
    let value = if is_null(&entry.value) { at.text("") } else { entry.value.clone() };
    at.map([("Key", at.text(entry.key.clone())), ("Value", value)])
}
