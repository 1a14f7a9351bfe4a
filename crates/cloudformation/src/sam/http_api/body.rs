//! What events and the properties of an HTTP API put into its body.

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Node, NodeKind};

use crate::intrinsic::Call;
use crate::sam::api::body::{ANY, Body, DEFAULT_PATH, INTEGRATION, normal};
use crate::sam::api::edit::{append, get_mut, is_set, items_mut, plain, set, set_new, within};
use crate::sam::api::routes::{Callee, Route};
use crate::sam::api::{conditional, function_uri, put_integration};
use crate::sam::make::At;
use crate::sam::serverless::Serverless;

/// Where a document says which other sites may call.
const CORS: &str = "x-amazon-apigateway-cors";

/// Properties of `CorsConfiguration`, and what the document calls them.
const CORS_PARTS: [(&str, &str); 6] = [
    ("AllowOrigins", "allowOrigins"),
    ("AllowHeaders", "allowHeaders"),
    ("AllowMethods", "allowMethods"),
    ("ExposeHeaders", "exposeHeaders"),
    ("MaxAge", "maxAge"),
    ("AllowCredentials", "allowCredentials"),
];

/// Adds the method of an event, unless the body has it, and what the event says about it.
pub(super) fn add_function(body: &mut Body, route: &Route<'_>, callee: &Callee, api_auth: Option<&Node>) {
    let at = route.event.at;
    if !body.is_integrated(&route.path, &route.method) {
        let integration = at
            .fields()
            .with("type", at.text("aws_proxy"))
            .with("httpMethod", at.text("POST"))
            .with("payloadFormatVersion", at.text("2.0"))
            .with("uri", conditional(route, function_uri(at, callee)));
        put_integration(body, route, &integration.node(), &at.fields().node());
        if route.path == DEFAULT_PATH && normal(&route.method) == Some(ANY) {
            body.each_definition(&route.path, &route.method, &mut |definition| {
                set(definition, "isDefaultRoute", at, at.bool(true));
            });
        }
    }
    if let Some(auth) = route.event.get("Auth").filter(|node| is_set(node)) {
        super::authorizers::of_event(body, route, auth, api_auth);
    }
    let parameters: Vec<&str> = parameters(&route.path);
    body.each_definition(&route.path, &route.method, &mut |definition| {
        for (property, key) in
            [("TimeoutInMillis", "timeoutInMillis"), ("PayloadFormatVersion", "payloadFormatVersion")]
        {
            if let Some(value) = route.event.get(property).filter(|node| is_set(node)) {
                within(definition, INTEGRATION, at, |to| set(to, key, at, value.clone()));
            }
        }
        for name in &parameters {
            path_parameter(definition, at, name);
        }
    });
}

/// Names of the parameters in a path.
fn parameters(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

fn path_parameter(definition: &mut Node, at: At, name: &str) {
    let known = |node: &Node| node.get("name").and_then(plain).is_some_and(|known| known == name);
    if let Some(items) = get_mut(definition, "parameters").and_then(items_mut)
        && let Some(parameter) = items.iter_mut().find(|item| known(item))
    {
        set(parameter, "in", at, at.text("path"));
        return set(parameter, "required", at, at.bool(true));
    }
    let parameter = at.map([("name", at.text(name)), ("in", at.text("path")), ("required", at.bool(true))]);
    append(definition, "parameters", at, [parameter]);
}

/// `CorsConfiguration`: which other sites may call.
pub(super) fn add_cors(body: &mut Body, at: At, cors: &Node) {
    let is_call = Call::of(cors).is_some();
    let is_map = matches!(cors.kind, NodeKind::Mapping(_)) && !is_call;
    within(&mut body.document, CORS, at, |to| {
        if is_map {
            for (property, key) in CORS_PARTS {
                let Some(value) = cors.get(property) else { continue };
                if property == "MaxAge" || is_set(value) {
                    set(to, key, at, value.clone());
                }
            }
        } else if is_call {
            *to = in_small_letters(cors);
        } else {
            set(to, "allowOrigins", at, at.texts(["*"]));
        }
    });
}

/// A function that gives a configuration, the parts of which the document spells otherwise.
fn in_small_letters(node: &Node) -> Node {
    let mut node = node.clone();
    match &mut node.kind {
        NodeKind::Scalar(_) => {}
        NodeKind::Sequence(items) => items.iter_mut().for_each(|item| *item = in_small_letters(item)),
        NodeKind::Mapping(entries) => entries.iter_mut().for_each(|entry| {
            if let Some((_, key)) = CORS_PARTS.iter().find(|(property, _)| *property == entry.key) {
                entry.key = SmolStr::new_static(key);
            }
            entry.value = in_small_letters(&entry.value);
        }),
    }
    node
}

/// Tags of the API, and the one by which SAM marks it.
pub(super) fn add_tags(body: &mut Body, api: &Serverless<'_>, created_by: &str) {
    let tag = |at: At, name: &str, value: Node| {
        at.map([("name", at.text(name)), ("x-amazon-apigateway-tag-value", value)])
    };
    let written = api.entries("Tags").iter();
    let mut own: Vec<(At, SmolStr, Node)> =
        written.map(|entry| (At(entry.key_span), entry.key.clone(), entry.value.clone())).collect();
    own.push((api.at, SmolStr::new(created_by), api.at.text("SAM")));
    let values: FxHashMap<SmolStr, (At, Node)> =
        own.iter().map(|(at, name, value)| (name.clone(), (*at, value.clone()))).collect();
    let mut known = FxHashSet::default();
    if let Some(items) = get_mut(&mut body.document, "tags").and_then(items_mut) {
        for item in items {
            let Some(name) = item.get("name").and_then(plain).cloned() else { continue };
            if let Some((at, value)) = values.get(&name) {
                set(item, "x-amazon-apigateway-tag-value", *at, value.clone());
                known.insert(name);
            }
        }
    }
    let new = own.into_iter().filter(|(_, name, _)| !known.contains(name));
    append(&mut body.document, "tags", api.at, new.map(|(at, name, value)| tag(at, &name, value)));
}

/// Says whether the address that AWS gives the API is switched off.
pub(super) fn disable_address(body: &mut Body, at: At, off: &Node) {
    crate::sam::api::disable_address(body, at, off);
}

/// Name and description of the API.
pub(super) fn describe(body: &mut Body, api: &Serverless<'_>) {
    if let Some(name) = api.get("Name") {
        let at = api.at("Name");
        within(&mut body.document, "info", at, |info| set(info, "title", at, name.clone()));
    }
    if let Some(description) = api.get("Description") {
        let at = api.at("Description");
        within(&mut body.document, "info", at, |info| set_new(info, "description", at, description.clone()));
    }
}
