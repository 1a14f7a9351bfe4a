//! SAM templates: the transform `AWS::Serverless-2016-10-31`, run on the document as AWS runs it. Serverless
//! resources become the resources that they deploy, each at the place of the source that makes it, and functions in
//! property values pass through untouched. Invariant: a serverless resource of a type that is not known here, and all
//! of them if the template is too large, stay as they are written, with their globals.

mod additions;
mod api;
mod application;
mod capacity_provider;
mod connector;
mod deployments;
mod digest;
mod events;
mod expansion;
mod function;
mod globals;
mod graphql;
mod http_api;
mod layer_version;
mod make;
mod managed_policies;
mod policies;
mod policy_templates;
mod resolved;
mod role;
mod serverless;
mod simple_table;
mod state_machine;
mod tags;
mod target;
mod waiting;

use memchr::memmem;
use source::document::{Entry, Node};

use crate::stack::Stack;
use crate::template::Template;
use api::Apis;
use api::routes::Routes;
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
        without_transform(stack);
        return None;
    }
    let mut expansion = Expansion::new(stack);
    let resources = template.section("Resources");
    let embedded = connector::embedded(resources);
    let mut entries: Vec<(&Entry, &str)> = resources.iter().chain(&embedded).filter_map(of_kind).collect();
    let routes = Routes::of(&entries);
    let implicit = api::implicit::apis(&mut expansion, &routes);
    entries.retain(|(entry, _)| implicit.iter().all(|(api, _)| api.key != entry.key));
    entries.extend(implicit.iter().map(|(api, kind)| (api, *kind)));
    entries.sort_by_key(|(_, kind)| rank(kind));
    let mut apis = Apis::new(routes);
    let mut mappings = None;
    for (entry, kind) in entries {
        let Some(serverless) = Serverless::of(&mut expansion, entry, kind) else { break };
        if kind == "Connector" {
            let mappings = mappings.get_or_insert_with(|| connector::mappings(&expansion));
            connector::expand(&mut expansion, &serverless, mappings);
            continue;
        }
        expand(&mut expansion, &mut apis, &serverless, kind);
    }
    apis.finish(&mut expansion);
    Some(expansion.finish())
}

/// A serverless resource and its type, without what all of them start with.
fn of_kind(entry: &Entry) -> Option<(&Entry, &str)> {
    kind(&entry.value).map(|kind| (entry, kind))
}

/// The type of a serverless resource, without what all of them start with.
fn kind(resource: &Node) -> Option<&str> {
    resource.get("Type")?.text()?.strip_prefix(PREFIX)
}

/// Says of a template that it has serverless resources and nothing that deploys them: CloudFormation refuses it.
fn without_transform(stack: &Stack<'_>) {
    let text = stack.shared.sources.file(stack.template.file).text.clone();
    if memmem::find(text.as_bytes(), PREFIX.as_bytes()).is_none() {
        return;
    }
    let template = stack.template.clone();
    let mut resources = template.section("Resources").iter();
    let Some(first) = resources.find(|entry| kind(&entry.value).is_some()) else { return };
    let message = format!("{} is a serverless resource, and the template has no transform for it", first.key);
    let help = "add `Transform: AWS::Serverless-2016-10-31` to the template";
    stack.warn("cloudformation-sam-without-transform", first.key_span, message, help);
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
fn expand(expansion: &mut Expansion<'_, '_>, apis: &mut Apis<'_>, serverless: &Serverless<'_>, kind: &str) {
    let done = match kind {
        "Api" => apis.expand(expansion, serverless),
        "HttpApi" => apis.expand_http(expansion, serverless),
        _ => Some(()),
    };
    if done.is_none() {
        return expansion.keep(serverless);
    }
    match kind {
        "Api" | "HttpApi" => {}
        "WebSocketApi" => apis.expand_websocket(expansion, serverless),
        "GraphQLApi" => graphql::expand(expansion, serverless),
        "Function" => function::expand(expansion, serverless),
        "StateMachine" => state_machine::expand(expansion, serverless),
        "LayerVersion" => layer_version::expand(expansion, serverless),
        "Application" => application::expand(expansion, serverless),
        "CapacityProvider" => capacity_provider::expand(expansion, serverless),
        "SimpleTable" => simple_table::expand(expansion, serverless),
        _ => expansion.keep(serverless),
    }
}
