//! `Globals`: properties that all serverless resources of a type have. Maps are merged, lists joined with the global
//! part first, and anything else is replaced by the resource's own, a function call too.

use source::document::{Entry, Node, NodeKind};

use super::expansion::Expansion;
use super::make::count;
use crate::intrinsic::Call;

/// The properties of a serverless resource of the type `kind` (`Function`) with the globals of that type: what
/// stands under `Properties` in `body`, or an empty map. None if that takes more than the expansion may spend.
pub(super) fn properties(expansion: &mut Expansion<'_, '_>, kind: &str, body: &Node) -> Option<Node> {
    let empty = Node { kind: NodeKind::Mapping(Vec::new()), tag: None, span: body.span };
    let template = expansion.template.clone();
    let written = body.get("Properties").filter(|node| matches!(node.kind, NodeKind::Mapping(_)));
    expansion.spend(written.map_or(1, count))?;
    let all = template.document.get("Globals");
    let mut properties = match all.and_then(|all| all.get(kind)) {
        None => written.cloned().unwrap_or(empty),
        Some(globals) => {
            let compared =
                written.map_or(0, |own| own.entries().len()).saturating_mul(globals.entries().len());
            expansion.spend(count(globals) + compared / 8)?;
            let globals = without_ignored(globals, body.get("IgnoreGlobals"));
            merged(&globals, written.unwrap_or(&empty))
        }
    };
    // Globals that a transform makes at deployment may say anything about the resource.
    if let Some(unknown) = all.and_then(|all| all.entry("Fn::Transform"))
        && let NodeKind::Mapping(entries) = &mut properties.kind
    {
        expansion.spend(count(&unknown.value))?;
        entries.push(unknown.clone());
    }
    Some(properties)
}

/// The globals that a resource does not ignore: `IgnoreGlobals` is `*` or a list of properties.
fn without_ignored(globals: &Node, ignored: Option<&Node>) -> Node {
    let Some(ignored) = ignored else { return globals.clone() };
    let all = ignored.text().is_some_and(|text| text == "*");
    let is_ignored =
        |key: &str| all || ignored.items().iter().any(|item| item.text().is_some_and(|t| t == key));
    let entries = globals.entries().iter().filter(|entry| !is_ignored(&entry.key)).cloned().collect();
    Node { kind: NodeKind::Mapping(entries), tag: globals.tag.clone(), span: globals.span }
}

fn merged(global: &Node, own: &Node) -> Node {
    if Call::of(global).is_some() || Call::of(own).is_some() {
        return own.clone();
    }
    let kind = match (&global.kind, &own.kind) {
        (NodeKind::Mapping(globals), NodeKind::Mapping(owns)) => {
            let mut entries: Vec<Entry> = Vec::new();
            for entry in globals {
                let value = match own.get(&entry.key) {
                    Some(own) => merged(&entry.value, own),
                    None => entry.value.clone(),
                };
                let key_span = own.entry(&entry.key).map_or(entry.key_span, |own| own.key_span);
                entries.push(Entry { key: entry.key.clone(), key_span, value });
            }
            entries.extend(owns.iter().filter(|entry| global.get(&entry.key).is_none()).cloned());
            NodeKind::Mapping(entries)
        }
        (NodeKind::Sequence(globals), NodeKind::Sequence(owns)) => {
            NodeKind::Sequence(globals.iter().chain(owns).cloned().collect())
        }
        _ => return own.clone(),
    };
    Node { kind, tag: own.tag.clone(), span: own.span }
}
