//! `AWS::Serverless::WebSocketApi`: an API of messages, its routes and the functions that they lead to.

use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::{domain, stage_id};
use crate::sam::api::edit::{is_set, plain};
use crate::sam::api::routes::invocation;
use crate::sam::api::zones::Zones;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, Fields};
use crate::sam::serverless::Serverless;

/// The tag by which SAM marks WebSocket APIs as its own.
const CREATED_BY: &str = "websocketapi:createdBy";

/// The route by which connections are opened, and the only one that asks who calls.
const CONNECT: &str = "$connect";

/// Properties of the API that stand as they are written.
const HANDED: [&str; 6] = [
    "ApiKeySelectionExpression",
    "Description",
    "DisableExecuteApiEndpoint",
    "DisableSchemaValidation",
    "IpAddressType",
    "RouteSelectionExpression",
];

/// Properties of a route that stand as they are written.
const ROUTE_HANDED: [&str; 6] = [
    "ApiKeyRequired",
    "ModelSelectionExpression",
    "OperationName",
    "RequestModels",
    "RequestParameters",
    "RouteResponseSelectionExpression",
];

/// Makes what the API asks for.
pub(super) fn expand(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, zones: &mut Zones) {
    let at = api.at;
    let mut properties = at.fields().with("ProtocolType", at.text("WEBSOCKET"));
    match api.get("Name") {
        Some(_) => properties.hand(&api.properties, "Name"),
        None => properties.set("Name", at.text(api.id.clone())),
    }
    properties.hand_all(&api.properties, &HANDED);
    properties.set("Tags", super::marked(api.at("Tags"), CREATED_BY, api.get("Tags")));
    expansion.put(api.main(api.id.clone(), "AWS::ApiGatewayV2::Api", properties));

    let propagates = api.get("PropagateTags").is_some_and(is_set);
    let handed_on = api.get("Tags").filter(|_| propagates);
    let marked = || super::marked(at, CREATED_BY, handed_on);
    let mut routes = Vec::new();
    for route in api.entries("Routes") {
        routes.push(add_route(expansion, api, route));
    }
    stage(expansion, api, marked(), &routes);
    domain::make(expansion, api, zones, Some(marked()));
}

fn add_route(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, route: &Entry) -> SmolStr {
    let at = At(route.key_span);
    let id = |end: &str| SmolStr::from(format!("{}{}{end}", api.id, readable(&route.key)));
    let (route_id, integration_id) = (id("Route"), id("Integration"));
    let target = at.join("/", [at.text("integrations"), at.reference(&integration_id)]);
    let mut properties = at.fields().with("ApiId", at.reference(api.id));
    properties.set("RouteKey", at.text(route.key.clone()));
    properties.hand_all(&route.value, &ROUTE_HANDED);
    properties.set("Target", target);
    if route.key == CONNECT
        && let Some(auth) = api.properties.entry("Auth").filter(|entry| is_set(&entry.value))
    {
        authorize(expansion, api, auth, &mut properties);
    }
    expansion.put(api.further(route_id.clone(), "AWS::ApiGatewayV2::Route", properties));

    let function = route.value.get("FunctionArn").cloned().unwrap_or_else(|| at.no_value());
    let mut properties = at.fields().with("ApiId", at.reference(api.id));
    properties.set("IntegrationType", at.text("AWS_PROXY"));
    properties.set("IntegrationUri", uri(at, "FunctionArn", &function));
    properties.hand_as(&route.value, "IntegrationTimeout", "TimeoutInMillis");
    expansion.put(api.further(integration_id, "AWS::ApiGatewayV2::Integration", properties));

    let mut properties = at.fields();
    invocation(&mut properties, function, "apigateway.amazonaws.com");
    properties.set("SourceArn", source(at, api, &route.key));
    expansion.put(api.further(id("Permission"), "AWS::Lambda::Permission", properties));
    route_id
}

/// The address by which API Gateway calls a function, whose ARN the text calls `name`.
fn uri(at: At, name: &str, function: &Node) -> Node {
    let arn = format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{name}}}/invocations"
    );
    at.sub_with(&arn, at.fields().with(name, function.clone()))
}

/// The ARN of a route of the API in its stage.
fn source(at: At, api: &Serverless<'_>, key: &str) -> Node {
    let before = format!(
        "arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:${{{}.ApiId}}",
        api.id
    );
    match api.get("StageName") {
        None => at.sub(&format!("{before}/default/{key}")),
        Some(name) => match plain(name) {
            Some(name) => at.sub(&format!("{before}/{name}/{key}")),
            None => {
                let names = at.fields().with("__StageName__", name.clone());
                at.sub_with(&format!("{before}/${{__StageName__}}/{key}"), names)
            }
        },
    }
}

/// A route's key as it stands in logical ids.
fn readable(key: &str) -> String {
    let mut letters = key.strip_prefix('$').unwrap_or(key).chars();
    let first = letters.next().map(|first| first.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}", letters.as_str().to_lowercase())
}

/// Who may open a connection.
fn authorize(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, auth: &Entry, route: &mut Fields) {
    let at = At(auth.key_span);
    let auth = &auth.value;
    let kind = auth.get("AuthType").and_then(plain).map(|kind| kind.to_ascii_uppercase());
    match (kind.as_deref(), auth.get("AuthArn")) {
        (Some("CUSTOM"), Some(function)) => {
            let id = format!("{}ConnectAuthorizer", api.id);
            route.set("AuthorizationType", at.text("CUSTOM"));
            route.set("AuthorizerId", at.reference(&id));
            let mut properties = at.fields().with("ApiId", at.reference(api.id));
            properties.set("AuthorizerType", at.text("REQUEST"));
            properties.set("AuthorizerUri", uri(at, "AuthArn", function));
            properties.hand_as(auth, "InvokeRole", "AuthorizerCredentialsArn");
            properties.hand(auth, "IdentitySource");
            match auth.get("Name") {
                Some(_) => properties.hand(auth, "Name"),
                None => properties.set("Name", at.text(id.as_str())),
            }
            expansion.put(api.further(id, "AWS::ApiGatewayV2::Authorizer", properties));
            if !auth.get("InvokeRole").is_some_and(is_set) {
                permit(expansion, api, at, function);
            }
        }
        (Some("AWS_IAM"), _) => route.set("AuthorizationType", at.text("AWS_IAM")),
        (Some("NONE"), _) => route.set("AuthorizationType", at.text("NONE")),
        _ => route.hand_as(auth, "AuthType", "AuthorizationType"),
    }
}

fn permit(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, at: At, function: &Node) {
    let arn = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
    let mut properties = at.fields();
    invocation(&mut properties, function.clone(), "apigateway.amazonaws.com");
    let names = at.fields().with("__ApiId__", at.reference(api.id));
    properties.set("SourceArn", at.sub_with(arn, names));
    let id = format!("{}AuthorizerPermission", api.id);
    expansion.put(api.further(id, "AWS::Lambda::Permission", properties));
}

fn stage(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, tagged: Node, routes: &[SmolStr]) {
    let at = api.at;
    let written = api.get("StageName").filter(|node| is_set(node));
    let id = match written.and_then(plain) {
        Some(name) => SmolStr::from(format!("{}{name}Stage", api.id)),
        None => stage_id(api.id, written, "DefaultStage"),
    };
    let mut properties = at.fields().with("ApiId", at.reference(api.id));
    match written {
        Some(_) => properties.hand(&api.properties, "StageName"),
        None => properties.set("StageName", at.text("default")),
    }
    let handed = ["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"];
    properties.hand_all(&api.properties, &handed);
    properties.set("Tags", tagged);
    properties.set("AutoDeploy", at.bool(true));
    let mut made = api.further(id.clone(), "AWS::ApiGatewayV2::Stage", properties);
    if api.get("RouteSettings").is_some_and(is_set) {
        made = routes.iter().fold(made, |made, route| made.depends_on(route));
    }
    expansion.put(made);
    expansion.stand_for(format!("{}.Stage", api.id), id);
}
