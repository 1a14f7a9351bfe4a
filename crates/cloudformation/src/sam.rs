//! SAM templates: `Globals` merged into the properties of the resources that they are for. The resources keep their
//! serverless types.

use source::document::{Entry, Node, NodeKind};

use crate::intrinsic::Call;
use crate::stack::Stack;

/// The transform that makes a template a SAM template.
pub(crate) const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// The properties of a resource with the globals of its type; none if there are no globals for it.
pub(crate) fn with_globals(stack: &Stack<'_>, type_name: &str, properties: Option<&Node>) -> Option<Node> {
    let kind = type_name.strip_prefix("AWS::Serverless::")?;
    if !stack.template.has_transform(TRANSFORM) {
        return None;
    }
    let globals = stack.template.document.get("Globals")?.get(kind)?;
    let compared = properties.map_or(0, |own| own.entries().len()).saturating_mul(globals.entries().len());
    if !stack.budget.spend(count(globals) + compared / 8) {
        return None;
    }
    Some(match properties {
        Some(properties) => merged(globals, properties),
        None => globals.clone(),
    })
}

/// How many nodes a node has.
fn count(node: &Node) -> usize {
    let below = match &node.kind {
        NodeKind::Scalar(_) => 0,
        NodeKind::Sequence(items) => items.iter().map(count).sum(),
        NodeKind::Mapping(entries) => entries.iter().map(|entry| count(&entry.value)).sum(),
    };
    below + 1
}

/// Maps are merged, lists joined with the global part first, and anything else is replaced by the resource's own.
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
