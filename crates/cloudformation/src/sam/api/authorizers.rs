//! `Auth.Authorizers` of a REST API: the schemes by which its methods are secured, and the permissions to call the
//! functions among them.

use source::document::{Entry, Node, NodeKind};

use super::body::Body;
use super::edit::{is_set, items, plain, set, within};
use super::routes::invocation;
use super::security::IAM;
use crate::intrinsic::Call;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, Fields};
use crate::sam::serverless::Serverless;

/// Property of an identity, and what stands before its names in a source of identity.
const SOURCES: [(&str, &str); 4] = [
    ("Headers", "method.request.header."),
    ("QueryStrings", "method.request.querystring."),
    ("StageVariables", "stageVariables."),
    ("Context", "context."),
];

/// Describes the authorizers of an API in its document.
pub(super) fn describe(body: &mut Body, auth: &Node, at: At) {
    let default = auth.get("DefaultAuthorizer").and_then(plain);
    if default.is_some_and(|name| name == IAM) {
        let scheme = at.map([
            ("type", at.text("apiKey")),
            ("name", at.text("Authorization")),
            ("in", at.text("header")),
            ("x-amazon-apigateway-authtype", at.text("awsSigv4")),
        ]);
        within(&mut body.document, "securityDefinitions", at, |all| set(all, IAM, at, scheme));
    }
    for authorizer in all(auth) {
        let at = At(authorizer.key_span);
        let scheme = scheme(at, &authorizer.value);
        within(&mut body.document, "securityDefinitions", at, |all| set(all, &authorizer.key, at, scheme));
    }
}

/// The authorizers of an API.
pub(super) fn all(auth: &Node) -> &[Entry] {
    auth.get("Authorizers").filter(|all| Call::of(all).is_none()).map_or(&[], Node::entries)
}

fn scheme(at: At, authorizer: &Node) -> Node {
    let identity = authorizer.get("Identity");
    let asks_request =
        authorizer.get("FunctionPayloadType").and_then(plain).is_some_and(|ty| ty == "REQUEST");
    let pool = authorizer.get("UserPoolArn").filter(|node| is_set(node));
    let is_request = asks_request && pool.is_none();
    let header = identity.and_then(|identity| identity.get("Header")).filter(|node| is_set(node));
    let name = match header {
        _ if is_request => at.text("Unused"),
        Some(header) => header.clone(),
        None => at.text("Authorization"),
    };
    let kind = if pool.is_some() { "cognito_user_pools" } else { "custom" };
    let mut inner = match pool {
        Some(pool) => of_pool(at, pool),
        None => of_function(at, authorizer, is_request),
    };
    if !is_request && let Some(identity) = identity {
        inner.hand_as(identity, "ValidationExpression", "identityValidationExpression");
    }
    at.map([
        ("type", at.text("apiKey")),
        ("name", name),
        ("in", at.text("header")),
        ("x-amazon-apigateway-authtype", at.text(kind)),
        ("x-amazon-apigateway-authorizer", inner.node()),
    ])
}

fn of_pool(at: At, pool: &Node) -> Fields {
    let pools = match pool.kind {
        NodeKind::Sequence(_) if Call::of(pool).is_none() => pool.clone(),
        _ => at.list([pool.clone()]),
    };
    at.fields().with("type", at.text("cognito_user_pools")).with("providerARNs", pools)
}

fn of_function(at: At, authorizer: &Node, is_request: bool) -> Fields {
    let mut inner = at.fields().with("type", at.text(if is_request { "request" } else { "token" }));
    if let Some(function) = authorizer.get("FunctionArn") {
        inner.set("authorizerUri", authorizer_uri(at, function));
    }
    let identity = authorizer.get("Identity");
    if let Some(identity) = identity {
        inner.hand_as(identity, "ReauthorizeEvery", "authorizerResultTtlInSeconds");
    }
    let role = authorizer.get("FunctionInvokeRole");
    if role.is_some_and(|role| is_set(role) && plain(role).is_none_or(|name| name != "NONE")) {
        inner.hand_as(authorizer, "FunctionInvokeRole", "authorizerCredentials");
    }
    if is_request {
        let sources: Vec<String> = identity.map(|identity| sources(identity, &SOURCES)).unwrap_or_default();
        if !sources.is_empty() {
            inner.set("identitySource", at.text(sources.join(", ")));
        }
    }
    inner
}

/// The address by which API Gateway calls the function of an authorizer.
pub(crate) fn authorizer_uri(at: At, function: &Node) -> Node {
    let arn = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${__FunctionArn__}/invocations";
    at.sub_with(arn, at.fields().with("__FunctionArn__", function.clone()))
}

/// What of a request identifies a caller.
pub(crate) fn sources(identity: &Node, known: &[(&str, &str)]) -> Vec<String> {
    let names = |(property, before): &(&str, &str)| {
        let before = (*before).to_owned();
        let names = identity.get(property).map_or(&[][..], items);
        names.iter().filter_map(plain).map(move |name| format!("{before}{name}")).collect::<Vec<_>>()
    };
    known.iter().flat_map(names).collect()
}

/// Permits API Gateway to call the functions of the authorizers.
pub(super) fn permit(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, auth: &Node) {
    for authorizer in all(auth) {
        let refused = authorizer.value.get("DisableFunctionDefaultPermissions").is_some_and(is_set);
        let Some(function) = authorizer.value.get("FunctionArn").filter(|node| is_set(node) && !refused)
        else {
            continue;
        };
        permission(expansion, api, authorizer, function);
    }
}

/// Permits API Gateway to call the function of one authorizer of an API.
pub(crate) fn permission(
    expansion: &mut Expansion<'_, '_>,
    api: &Serverless<'_>,
    authorizer: &Entry,
    function: &Node,
) {
    let at = At(authorizer.key_span);
    let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
    let mut properties = at.fields();
    invocation(&mut properties, function.clone(), "apigateway.amazonaws.com");
    properties.set("SourceArn", at.sub_with(arn, at.fields().with("__ApiId__", at.reference(api.id))));
    let id = format!("{}{}AuthorizerPermission", api.id, authorizer.key);
    expansion.put(api.further(id, "AWS::Lambda::Permission", properties));
}
