//! Who may call an HTTP API: its authorizers, what events ask of them, and the default.

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use crate::intrinsic::Call;
use crate::sam::api::body::Body;
use crate::sam::api::edit::{append, is_set, plain, set, within};
use crate::sam::api::routes::Route;
use crate::sam::api::{IAM, authorizer_permission, authorizer_uri, identity_sources};
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, count};
use crate::sam::serverless::Serverless;

/// Property of an identity, and what stands before its names.
const SOURCES: [(&str, &str); 4] = [
    ("Headers", "$request.header."),
    ("QueryStrings", "$request.querystring."),
    ("StageVariables", "$stageVariables."),
    ("Context", "$context."),
];

/// Describes the authorizers of an API in its document.
pub(super) fn describe(body: &mut Body, auth: &Node, at: At) {
    let signed = auth.get("EnableIamAuthorizer").is_some_and(crate::parameters::is_true);
    let mut schemes: Vec<(SmolStr, At, Node)> = Vec::new();
    if signed {
        let scheme = at.map([
            ("type", at.text("apiKey")),
            ("name", at.text("Authorization")),
            ("in", at.text("header")),
            ("x-amazon-apigateway-authtype", at.text("awsSigv4")),
        ]);
        schemes.push((SmolStr::new_static(IAM), at, scheme));
    }
    for entry in all(auth) {
        let at = At(entry.key_span);
        schemes.push((entry.key.clone(), at, scheme(at, &entry.value)));
    }
    if schemes.is_empty() {
        return;
    }
    within(&mut body.document, "components", at, |components| {
        within(components, "securitySchemes", at, |known| {
            schemes.into_iter().for_each(|(name, at, scheme)| set(known, &name, at, scheme));
        });
    });
}

fn all(auth: &Node) -> &[Entry] {
    auth.get("Authorizers").filter(|all| Call::of(all).is_none()).map_or(&[], Node::entries)
}

fn scheme(at: At, authorizer: &Node) -> Node {
    let (kind, inner) = match authorizer.get("JwtConfiguration").filter(|node| is_set(node)) {
        Some(configuration) => {
            let mut inner = at.fields().with("type", at.text("jwt"));
            inner.set("jwtConfiguration", with_small_keys(configuration));
            inner.hand_as(authorizer, "IdentitySource", "identitySource");
            return at.map([("type", at.text("oauth2")), ("x-amazon-apigateway-authorizer", inner.node())]);
        }
        None => ("request", of_function(at, authorizer)),
    };
    at.map([
        ("type", at.text("apiKey")),
        ("name", at.text("Unused")),
        ("in", at.text("header")),
        ("x-amazon-apigateway-authorizer", inner.with("type", at.text(kind)).node()),
    ])
}

fn of_function(at: At, authorizer: &Node) -> crate::sam::make::Fields {
    let mut inner = at.fields();
    if let Some(function) = authorizer.get("FunctionArn") {
        inner.set("authorizerUri", authorizer_uri(at, function));
    }
    let role = authorizer.get("FunctionInvokeRole");
    if role.is_some_and(|role| is_set(role) && plain(role).is_none_or(|name| name != "NONE")) {
        inner.hand_as(authorizer, "FunctionInvokeRole", "authorizerCredentials");
    }
    if let Some(identity) = authorizer.get("Identity").filter(|node| is_set(node)) {
        inner.hand_as(identity, "ReauthorizeEvery", "authorizerResultTtlInSeconds");
        let sources = identity_sources(identity, &SOURCES);
        inner.set("identitySource", at.texts(sources.iter().map(String::as_str)));
    }
    inner.hand_as(authorizer, "AuthorizerPayloadFormatVersion", "authorizerPayloadFormatVersion");
    if authorizer.get("EnableSimpleResponses").is_some_and(is_set) {
        inner.hand_as(authorizer, "EnableSimpleResponses", "enableSimpleResponses");
    }
    inner
}

/// A map, each key of which is in small letters.
fn with_small_keys(node: &Node) -> Node {
    let mut node = node.clone();
    if Call::of(&node).is_some() {
        return node;
    }
    if let NodeKind::Mapping(entries) = &mut node.kind {
        entries.iter_mut().for_each(|entry| entry.key = entry.key.to_lowercase().into());
    }
    node
}

/// Adds what the `Auth` of an event says to its method.
pub(super) fn of_event(body: &mut Body, route: &Route<'_>, auth: &Node, api: Option<&Node>) {
    let at = route.event.at;
    let named = auth.get("Authorizer").filter(|node| is_set(node));
    let Some(named) = named.or_else(|| api?.get("DefaultAuthorizer")) else { return };
    let asked = match plain(named) {
        Some(name) => requirement(at, name, auth.get("AuthorizationScopes"), api),
        None => named.clone(),
    };
    body.each_definition(&route.path, &route.method, &mut |definition| {
        append(definition, "security", at, [asked.clone()]);
    });
}

/// What a method asks of an authorizer: its own scopes, or those of the authorizer.
fn requirement(at: At, name: &str, scopes: Option<&Node>, api: Option<&Node>) -> Node {
    let authorizer = api.and_then(|api| api.get("Authorizers")).and_then(|all| all.get(name));
    let scopes = scopes.filter(|node| is_set(node));
    let scopes = scopes.or_else(|| authorizer?.get("AuthorizationScopes")).filter(|node| is_set(node));
    let scopes = scopes.filter(|_| name != "NONE" && name != IAM).cloned();
    at.map([(name, scopes.unwrap_or_else(|| at.list([])))])
}

/// Puts the default authorizer on each method that asks for nothing else.
pub(super) fn defaults(
    expansion: &mut Expansion<'_, '_>,
    body: &mut Body,
    auth: &Node,
    at: At,
) -> Option<()> {
    let Some(default) = auth.get("DefaultAuthorizer").filter(|node| is_set(node)) else { return Some(()) };
    let asked = match plain(default) {
        Some(name) => {
            let authorizer = auth.get("Authorizers").and_then(|all| all.get(name));
            let scopes = authorizer.and_then(|one| one.get("AuthorizationScopes")).cloned();
            at.map([(name.as_str(), scopes.unwrap_or_else(|| at.list([])))])
        }
        None if crate::sam::api::edit::is_no_value(default) => return Some(()),
        None => default.clone(),
    };
    let size = count(&asked);
    for path in body.path_names() {
        expansion.spend(size)?;
        body.each_method(&path, &mut |method, definition| {
            if method != "options" && !definition.get("security").is_some_and(is_set) {
                set(definition, "security", at, at.list([asked.clone()]));
            }
        });
    }
    Some(())
}

/// Permits API Gateway to call the functions of the authorizers that ask for it.
pub(super) fn permit(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, auth: &Node) {
    for authorizer in all(auth) {
        let asked = authorizer.value.get("EnableFunctionDefaultPermissions").is_some_and(is_set);
        if let Some(function) = authorizer.value.get("FunctionArn").filter(|node| asked && is_set(node)) {
            authorizer_permission(expansion, api, authorizer, function);
        }
    }
}
