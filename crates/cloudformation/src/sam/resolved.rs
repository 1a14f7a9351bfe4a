//! Parts of a template with the values of its parameters, as SAM sees what it looks into. What else is computed at
//! deployment stays as it is written.

use source::document::{Entry, Node, NodeKind};

use super::expansion::Expansion;
use super::make::At;
use crate::intrinsic::Call;

/// The node with known parameters in place of references to them.
pub(crate) fn resolved(expansion: &Expansion<'_, '_>, node: &Node) -> Node {
    let call = Call::of(node);
    if let Some(known) = call.as_ref().and_then(|call| parameter(expansion, call)) {
        return known;
    }
    let kind = match &node.kind {
        NodeKind::Scalar(scalar) if call.is_some_and(|call| call.name == "Sub") => {
            let mut scalar = scalar.clone();
            scalar.text = substituted(expansion, &scalar.text).into();
            NodeKind::Scalar(scalar)
        }
        NodeKind::Scalar(_) => node.kind.clone(),
        NodeKind::Sequence(items) => {
            NodeKind::Sequence(items.iter().map(|item| resolved(expansion, item)).collect())
        }
        NodeKind::Mapping(entries) => {
            let inner = |entry: &Entry| match (entry.key.as_str(), entry.value.text()) {
                ("Fn::Sub", Some(text)) => At(entry.value.span).text(substituted(expansion, text)),
                _ => resolved(expansion, &entry.value),
            };
            NodeKind::Mapping(
                entries.iter().map(|entry| Entry { value: inner(entry), ..entry.clone() }).collect(),
            )
        }
    };
    Node { kind, ..node.clone() }
}

/// The value of a parameter to which a call refers.
fn parameter(expansion: &Expansion<'_, '_>, call: &Call<'_>) -> Option<Node> {
    call.argument.text().filter(|name| call.name == "Ref" && is_input(expansion, name))?;
    Some(At(call.node.span).text(expansion.text(call.node)?))
}

/// Whether a name is one of a parameter, or of a pseudo parameter that SAM knows.
fn is_input(expansion: &Expansion<'_, '_>, name: &str) -> bool {
    matches!(name, "AWS::Region" | "AWS::Partition") || expansion.template.parameter(name).is_some()
}

fn substituted(expansion: &Expansion<'_, '_>, text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        out.push_str(before);
        let Some((name, after)) = after.split_once('}') else {
            out.push_str("${");
            rest = after;
            continue;
        };
        let at = At(expansion.template.document.span);
        let known = is_input(expansion, name).then(|| expansion.text(&at.reference(name))).flatten();
        match known {
            Some(known) => out.push_str(&known),
            None => {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
        }
        rest = after;
    }
    out.push_str(rest);
    out
}
