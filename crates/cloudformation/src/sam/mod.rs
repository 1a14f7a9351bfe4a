//! SAM templates: the transform `AWS::Serverless-2016-10-31`, run on the document as AWS runs it. Serverless
//! resources become the resources that they deploy, each at the place of the source that makes it, and functions in
//! property values pass through untouched. Invariant: a serverless resource of a type that is not known here, and all
//! of them if the template is too large, stay as they are written, with their globals.

mod additions;
mod application;
mod capacity_provider;
mod deployments;
mod events;
mod expansion;
mod function;
mod globals;
mod layer_version;
mod make;
mod managed_policies;
mod policies;
mod policy_templates;
mod role;
mod serverless;
mod simple_table;
mod state_machine;
mod tags;
mod target;

use source::document::{Entry, Node};

use crate::stack::Stack;
use crate::template::Template;
use expansion::Expansion;
use serverless::Serverless;

/// The transform that makes a template a SAM template.
pub(crate) const TRANSFORM: &str = "AWS::Serverless-2016-10-31";

/// What the types of serverless resources start with.
const PREFIX: &str = "AWS::Serverless::";

/// The template with its serverless resources expanded; none if it is no SAM template.
pub(crate) fn expanded(stack: &Stack<'_>) -> Option<Template> {
    let template = stack.template.clone();
    if !template.has_transform(TRANSFORM) {
        return None;
    }
    let mut expansion = Expansion::new(stack);
    let mut entries: Vec<(usize, &Entry, &str)> = Vec::new();
    for entry in template.section("Resources") {
        if let Some(kind) = kind(&entry.value) {
            entries.push((rank(kind), entry, kind));
        }
    }
    entries.sort_by_key(|(rank, ..)| *rank);
    for (_, entry, kind) in entries {
        let Some(serverless) = Serverless::of(&mut expansion, entry, kind) else { break };
        expand(&mut expansion, &serverless, kind);
    }
    Some(expansion.finish())
}

/// The type of a serverless resource, without what all of them start with.
fn kind(resource: &Node) -> Option<&str> {
    resource.get("Type")?.text()?.strip_prefix(PREFIX)
}

/// When a type is expanded: events of functions and state machines add paths to APIs, and connectors look at what all
/// others were made into.
fn rank(kind: &str) -> usize {
    match kind {
        "Function" => 0,
        "StateMachine" => 1,
        "Api" | "HttpApi" | "WebSocketApi" => 2,
        "Connector" => 4,
        _ => 3,
    }
}

/// Puts what a serverless resource deploys into its place.
fn expand(expansion: &mut Expansion<'_, '_>, serverless: &Serverless<'_>, kind: &str) {
    match kind {
        "Function" => function::expand(expansion, serverless),
        "StateMachine" => state_machine::expand(expansion, serverless),
        "LayerVersion" => layer_version::expand(expansion, serverless),
        "Application" => application::expand(expansion, serverless),
        "CapacityProvider" => capacity_provider::expand(expansion, serverless),
        "SimpleTable" => simple_table::expand(expansion, serverless),
        _ => expansion.keep(serverless),
    }
}
