//! What events add to other resources of the template: notifications of a bucket, triggers of a user pool. They are
//! collected, and added once all of them are known.

use std::mem;

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use super::make::{At, is_null};

/// Most additions to one resource; what comes after them is left out.
const MOST: usize = 1_000;

/// What is added to one resource.
#[derive(Debug, Default)]
pub(crate) struct Additions {
    items: Vec<(&'static [&'static str], Node)>,
    fields: Vec<(&'static [&'static str], Entry)>,
    earlier: Vec<(At, SmolStr)>,
}

impl Additions {
    /// Adds an item to the list under a path of properties.
    pub(crate) fn item(&mut self, path: &'static [&'static str], item: Node) {
        if self.items.len() < MOST {
            self.items.push((path, item));
        }
    }

    /// Adds an entry to the map under a path of properties.
    pub(crate) fn field(&mut self, path: &'static [&'static str], at: At, key: &str, value: Node) {
        if self.fields.len() < MOST {
            self.fields.push((path, Entry { key: SmolStr::new(key), key_span: at.0, value }));
        }
    }

    /// Makes the resource wait for another one.
    pub(crate) fn depends_on(&mut self, at: At, id: &str) {
        if self.earlier.len() < MOST {
            self.earlier.push((at, SmolStr::new(id)));
        }
    }

    /// Adds everything to the resource that `entry` declares.
    pub(super) fn apply(self, entry: &mut Entry) {
        let at = At(entry.key_span);
        let Some(properties) = field(&mut entry.value, "Properties", at) else { return };
        for (path, added) in self.fields {
            let map =
                path.iter().try_fold(&mut *properties, |node, key| field(node, key, At(added.key_span)));
            if let Some(NodeKind::Mapping(entries)) = map.map(|map| &mut map.kind) {
                entries.retain(|known| known.key != added.key);
                entries.push(added);
            }
        }
        for (path, item) in self.items {
            let at = At(item.span);
            let list = path.iter().try_fold(&mut *properties, |node, key| field(node, key, at));
            match list.map(|list| &mut list.kind) {
                Some(NodeKind::Sequence(items)) => items.push(item),
                Some(kind @ NodeKind::Mapping(_)) if is_empty(kind) => *kind = NodeKind::Sequence(vec![item]),
                _ => {}
            }
        }
        if !self.earlier.is_empty()
            && let Some(waits) = field(&mut entry.value, "DependsOn", at)
        {
            let written = mem::replace(waits, at.list([]));
            let mut items = match written.kind {
                NodeKind::Sequence(items) => items,
                NodeKind::Mapping(_) => Vec::new(),
                NodeKind::Scalar(_) => vec![written],
            };
            items.extend(self.earlier.into_iter().map(|(at, id)| at.text(id)));
            *waits = Node { span: waits.span, ..at.list(items) };
        }
    }
}

fn is_empty(kind: &NodeKind) -> bool {
    matches!(kind, NodeKind::Mapping(entries) if entries.is_empty())
}

/// The value under a key of a map, which becomes an empty map if it is missing. None if the node is no map.
fn field<'n>(node: &'n mut Node, key: &str, at: At) -> Option<&'n mut Node> {
    let NodeKind::Mapping(entries) = &mut node.kind else { return None };
    let known = entries.iter().rposition(|entry| entry.key == key && !is_null(&entry.value));
    let position = known.unwrap_or_else(|| {
        entries.retain(|entry| entry.key != key);
        entries.push(Entry { key: SmolStr::new(key), key_span: at.0, value: at.fields().node() });
        entries.len() - 1
    });
    entries.get_mut(position).map(|entry| &mut entry.value)
}
