//! Changes to maps of a document in place, also behind `Fn::If`: of a conditional part, both sides are changed.

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use crate::intrinsic::Call;
use crate::sam::make::{At, is_null};

/// Deepest `Fn::If` in `Fn::If` that is looked into.
const MOST_BRANCHES: usize = 8;

/// The value of `key` in a map.
pub(crate) fn get_mut<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    entries_mut(node)?.iter_mut().rev().find(|entry| entry.key == key).map(|entry| &mut entry.value)
}

/// The entries of a map.
pub(crate) fn entries_mut(node: &mut Node) -> Option<&mut Vec<Entry>> {
    match &mut node.kind {
        NodeKind::Mapping(entries) => Some(entries),
        _ => None,
    }
}

/// Sets `key` in a map.
pub(crate) fn set(node: &mut Node, key: &str, at: At, value: Node) {
    let Some(entries) = entries_mut(node) else { return };
    match entries.iter_mut().rev().find(|entry| entry.key == key) {
        Some(entry) => entry.value = value,
        None => entries.push(Entry { key: SmolStr::new(key), key_span: at.0, value }),
    }
}

/// Sets `key` in a map that does not have it.
pub(crate) fn set_new(node: &mut Node, key: &str, at: At, value: Node) {
    if node.get(key).is_none_or(is_null) {
        set(node, key, at, value);
    }
}

/// Changes the map under `key`, which is made if it is not there.
pub(crate) fn within(node: &mut Node, key: &str, at: At, change: impl FnOnce(&mut Node)) {
    set_new(node, key, at, at.fields().node());
    if let Some(inner) = get_mut(node, key) {
        change(inner);
    }
}

/// Takes `key` out of a map.
pub(crate) fn take(node: &mut Node, key: &str) -> Option<Entry> {
    let entries = entries_mut(node)?;
    let at = entries.iter().rposition(|entry| entry.key == key)?;
    Some(entries.remove(at))
}

/// Appends to the list under `key`, which is made if it is not there.
pub(crate) fn append(node: &mut Node, key: &str, at: At, added: impl IntoIterator<Item = Node>) {
    set_new(node, key, at, at.list([]));
    if let Some(items) = get_mut(node, key).and_then(items_mut) {
        items.extend(added);
    }
}

/// The items of a list that is written out.
pub(crate) fn items(node: &Node) -> &[Node] {
    if Call::of(node).is_some() { &[] } else { node.items() }
}

/// The items of a list that is written out.
pub(crate) fn items_mut(node: &mut Node) -> Option<&mut Vec<Node>> {
    let is_call = Call::of(node).is_some();
    match &mut node.kind {
        NodeKind::Sequence(items) if !is_call => Some(items),
        _ => None,
    }
}

/// Changes what a node is: itself, or each side of `Fn::If` that is something.
pub(crate) fn branches(node: &mut Node, change: &mut dyn FnMut(&mut Node)) {
    branches_below(node, MOST_BRANCHES, change);
}

fn branches_below(node: &mut Node, levels: usize, change: &mut dyn FnMut(&mut Node)) {
    let Some(call) = Call::of(node).filter(|call| call.name == "If") else {
        return change(node);
    };
    let list = if call.tagged { Some(node) } else { get_mut(node, "Fn::If") };
    let Some(Node { kind: NodeKind::Sequence(items), .. }) = list else { return };
    for item in items.iter_mut().skip(1).filter(|item| !is_no_value(item)) {
        if levels > 0 {
            branches_below(item, levels - 1, change);
        }
    }
}

/// Whether a node says `AWS::NoValue`.
pub(crate) fn is_no_value(node: &Node) -> bool {
    Call::of(node).is_some_and(|call| {
        call.name == "Ref" && call.argument.text().is_some_and(|text| text == "AWS::NoValue")
    })
}

/// The text of a node that calls no function.
pub(crate) fn plain(node: &Node) -> Option<&SmolStr> {
    node.text().filter(|_| Call::of(node).is_none() && !is_null(node))
}

/// What a reference leads to: the argument of `Ref`, or the resource of `Fn::GetAtt`.
pub(crate) fn referenced(node: &Node) -> Option<SmolStr> {
    let call = Call::of(node)?;
    match (call.name, call.argument.text(), call.items().first()) {
        ("Ref", Some(name), _) => Some(name.clone()),
        ("GetAtt", Some(text), _) => text.split_once('.').map(|(name, _)| SmolStr::new(name)),
        ("GetAtt", None, Some(first)) => plain(first).cloned(),
        _ => None,
    }
}

/// Whether a node counts as set in SAM: neither null nor false, not empty.
pub(crate) fn is_set(node: &Node) -> bool {
    match &node.kind {
        _ if Call::of(node).is_some() => true,
        NodeKind::Scalar(scalar) => match crate::scalar::kind(scalar) {
            value::Kind::Null | value::Kind::Bool(false) => false,
            _ => !scalar.text.is_empty() && scalar.text != "0",
        },
        NodeKind::Sequence(items) => !items.is_empty(),
        NodeKind::Mapping(entries) => !entries.is_empty(),
    }
}
