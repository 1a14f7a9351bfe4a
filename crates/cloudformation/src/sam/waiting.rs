//! What resources wait for: a serverless resource that is expanded into others is waited for as those.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use super::api::edit::get_mut;
use super::make::At;

/// Puts others in the place of what a resource waits for.
pub(super) fn replace(resource: &mut Entry, replaced: &FxHashMap<SmolStr, Vec<SmolStr>>) {
    let Some(waits) = get_mut(&mut resource.value, "DependsOn") else { return };
    let items = match &waits.kind {
        NodeKind::Sequence(items) => items.as_slice(),
        _ => std::slice::from_ref(waits),
    };
    let others = |node: &Node| node.text().and_then(|id| replaced.get(id));
    if !items.iter().any(|item| others(item).is_some()) {
        return;
    }
    let mut all: Vec<Node> = Vec::new();
    for item in items {
        match others(item) {
            Some(others) => all.extend(others.iter().map(|id| At(item.span).text(id.clone()))),
            None => all.push(item.clone()),
        }
    }
    waits.kind = NodeKind::Sequence(all);
}
