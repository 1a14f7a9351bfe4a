//! The property `Policies` of a function or state machine: names and ARNs of managed policies, policy documents, and
//! policy templates, in any mixture, also in the branches of `Fn::If`.

use source::document::{Node, NodeKind};

use super::make::At;
use super::role::{Role, named};
use super::{managed_policies, policy_templates};
use crate::intrinsic::Call;

/// Adds the policies to the role that is made for their resource.
pub(crate) fn add(role: &mut Role, policies: &Node) {
    let items = match &policies.kind {
        NodeKind::Sequence(items) if Call::of(policies).is_none() => items.as_slice(),
        _ => std::slice::from_ref(policies),
    };
    for (index, item) in items.iter().enumerate() {
        let name = format!("{}Policy{index}", role.id);
        match policy(item, &name) {
            Policy::Managed(arn) => role.attach(arn),
            Policy::Inline(policy) => role.inline(policy),
        }
    }
}

/// One policy as a role has it.
enum Policy {
    /// The ARN of a policy.
    Managed(Node),
    /// A policy with its document.
    Inline(Node),
}

fn policy(item: &Node, name: &str) -> Policy {
    let at = At(item.span);
    if let Some(call) = Call::of(item) {
        return match (call.name, call.items()) {
            ("If", [condition, yes, no]) => chosen(at, condition, yes, no, name),
            _ => Policy::Managed(item.clone()),
        };
    }
    if let Some(text) = item.text() {
        return Policy::Managed(managed_policies::arn(at, text));
    }
    match item.entries() {
        [only] if policy_templates::is_template(&only.key) => {
            let document = policy_templates::document(At(only.key_span), &only.key, &only.value);
            Policy::Inline(named(at, name, document.unwrap_or_else(|| item.clone())))
        }
        _ => Policy::Inline(named(at, name, item.clone())),
    }
}

/// A policy of which one of two branches holds. SAM takes branches of one sort only, or none in one of them.
fn chosen(at: At, condition: &Node, yes: &Node, no: &Node, name: &str) -> Policy {
    let branch = |node: &Node| if is_no_value(node) { None } else { Some(policy(node, name)) };
    let (yes, no) = (branch(yes), branch(no));
    let is_managed = |one: &Option<Policy>| matches!(one, Some(Policy::Managed(_)));
    let managed = is_managed(&yes) || is_managed(&no);
    let node = |one: Option<Policy>| match one {
        Some(Policy::Managed(node) | Policy::Inline(node)) => node,
        None => at.no_value(),
    };
    let choice = at.call("Fn::If", at.list([condition.clone(), node(yes), node(no)]));
    if managed { Policy::Managed(choice) } else { Policy::Inline(choice) }
}

/// Whether a node is `Ref: AWS::NoValue`.
pub(crate) fn is_no_value(node: &Node) -> bool {
    Call::of(node).is_some_and(|call| {
        call.name == "Ref" && call.argument.text().is_some_and(|name| name == "AWS::NoValue")
    })
}
