//! Who may call a method of a REST API: what an event says for its own method, and what the API says for the rest. A
//! method that asks for nothing has no list, or one in which `NONE` stands, a scheme that is nowhere described.

use smol_str::SmolStr;
use source::document::Node;

use super::body::Body;
use super::edit::{get_mut, is_set, items, items_mut, plain, set, set_new, within};
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, count};

/// The name by which methods ask for AWS's signature.
pub(crate) const IAM: &str = "AWS_IAM";

const NONE: &str = "NONE";
const KEY: &str = "api_key";
const NO_KEY: &str = "api_key_false";

/// Adds what the `Auth` of an event says to its method; `api` is the `Auth` of the API.
pub(super) fn of_event(body: &mut Body, path: &str, method: &str, at: At, auth: &Node, api: Option<&Node>) {
    if let Some(named) = auth.get("Authorizer").filter(|node| is_set(node)) {
        let asked = match plain(named) {
            Some(name) => requirement(at, name, scopes(name, auth, api)),
            None => named.clone(),
        };
        let mut signs = false;
        body.each_definition(path, method, &mut |definition| {
            super::edit::append(definition, "security", at, [asked.clone()]);
            signs |= asks_first(definition, IAM);
        });
        if signs {
            add_iam(body, at);
        }
    }
    if let Some(key) = auth.get("ApiKeyRequired") {
        let name = if is_set(key) { KEY } else { NO_KEY };
        body.each_definition(path, method, &mut |definition| {
            super::edit::append(definition, "security", at, [requirement(at, name, None)]);
        });
        if is_set(key) {
            add_key(body, at);
        }
    }
}

/// The scopes that a method asks of an authorizer: its own, or those of the authorizer.
fn scopes(name: &str, auth: &Node, api: Option<&Node>) -> Option<Node> {
    let authorizer = api.and_then(|api| api.get("Authorizers")).and_then(|all| all.get(name))?;
    auth.get("AuthorizationScopes").or_else(|| authorizer.get("AuthorizationScopes")).cloned()
}

fn requirement(at: At, name: &str, scopes: Option<Node>) -> Node {
    at.map([(name, scopes.unwrap_or_else(|| at.list([])))])
}

/// Puts the default authorizer of the API on each method that says nothing else.
pub(super) fn defaults(
    expansion: &mut Expansion<'_, '_>,
    body: &mut Body,
    auth: &Node,
    at: At,
) -> Option<()> {
    let Some(default) = auth.get("DefaultAuthorizer").filter(|node| is_set(node)) else { return Some(()) };
    let known: Vec<SmolStr> = names(auth);
    let asked = match plain(default) {
        Some(name) => {
            let authorizer = auth.get("Authorizers").and_then(|all| all.get(name));
            requirement(at, name, authorizer.and_then(|one| one.get("AuthorizationScopes")).cloned())
        }
        None => default.clone(),
    };
    let preflight = auth.get("AddDefaultAuthorizerToCorsPreflight").is_none_or(is_set);
    let size = count(&asked);
    let mut signs = false;
    for path in body.path_names() {
        expansion.spend(size)?;
        body.each_method(&path, &mut |method, definition| {
            if method == "options" && !preflight {
                return;
            }
            change(definition, at, |security| {
                let is_authorizer = |one: &Node| one.entries().iter().any(|entry| known.contains(&entry.key));
                if security.iter().any(|one| one.get(NONE).is_some()) {
                    let is_other = |one: &Node| one.get(NONE).is_none() && !is_authorizer(one);
                    // SAM leaves a list as it is that it would empty.
                    if security.iter().any(is_other) {
                        security.retain(is_other);
                    }
                } else if !security.iter().any(is_authorizer) {
                    security.push(asked.clone());
                }
            });
            signs |= asks_first(definition, IAM);
        });
    }
    if signs {
        add_iam(body, at);
    }
    Some(())
}

/// Names of the authorizers of an API, and that of AWS's signature.
fn names(auth: &Node) -> Vec<SmolStr> {
    let all = auth.get("Authorizers").map_or(&[][..], Node::entries).iter().map(|entry| entry.key.clone());
    std::iter::once(SmolStr::new_static(IAM)).chain(all).collect()
}

/// Asks for an API key on each method that does not say otherwise.
pub(super) fn keys(expansion: &mut Expansion<'_, '_>, body: &mut Body, auth: &Node, at: At) -> Option<()> {
    add_key(body, at);
    let preflight = auth.get("AddApiKeyRequiredToCorsPreflight").is_none_or(is_set);
    for path in body.path_names() {
        expansion.spend(4)?;
        body.each_method(&path, &mut |method, definition| {
            change(definition, at, |security| {
                let refused = security.iter().any(|one| one.get(NO_KEY).is_some());
                security.retain(|one| one.get(NO_KEY).is_none() && one.get(KEY).is_none());
                if !refused && (method != "options" || preflight) {
                    security.push(requirement(at, KEY, None));
                }
            });
        });
    }
    Some(())
}

/// Changes the list of what a method asks for; a list that stays empty is not made.
fn change(definition: &mut Node, at: At, work: impl FnOnce(&mut Vec<Node>)) {
    if definition.get("security").is_none() {
        let mut made = Vec::new();
        work(&mut made);
        if !made.is_empty() {
            set(definition, "security", at, at.list(made));
        }
        return;
    }
    if let Some(items) = get_mut(definition, "security").and_then(items_mut) {
        work(items);
    }
}

fn asks_first(definition: &Node, name: &str) -> bool {
    let first = definition.get("security").and_then(|security| items(security).first());
    first.is_some_and(|first| first.get(name).is_some())
}

/// Describes AWS's signature among the schemes of a document.
fn add_iam(body: &mut Body, at: At) {
    let scheme = at.map([
        ("x-amazon-apigateway-authtype", at.text("awsSigv4")),
        ("type", at.text("apiKey")),
        ("name", at.text("Authorization")),
        ("in", at.text("header")),
    ]);
    within(&mut body.document, "securityDefinitions", at, |all| set_new(all, IAM, at, scheme));
}

fn add_key(body: &mut Body, at: At) {
    let scheme =
        at.map([("type", at.text("apiKey")), ("name", at.text("x-api-key")), ("in", at.text("header"))]);
    within(&mut body.document, "securityDefinitions", at, |all| set_new(all, KEY, at, scheme));
}
