//! What an event adds to the body of a REST API: the method that calls the function or starts the state machine, and
//! what of the request it takes.

use source::document::Node;

use super::body::{Body, INTEGRATION, normal};
use super::edit::{append, get_mut, is_set, items, plain, set, set_new, within};
use super::routes::{Callee, Route};
use crate::sam::make::At;

/// Adds the method of an event whose function is called by `callee`. Nothing, if it is answered already.
pub(crate) fn add_function(body: &mut Body, route: &Route<'_>, callee: &Callee, api_auth: Option<&Node>) {
    let at = route.event.at;
    if body.is_integrated(&route.path, &route.method) {
        return;
    }
    let streams =
        route.event.get("ResponseTransferMode").and_then(plain).is_some_and(|mode| mode == "RESPONSE_STREAM");
    let mut integration = at.fields().with("type", at.text("aws_proxy")).with("httpMethod", at.text("POST"));
    integration.set("uri", conditional(route, uri(at, callee, streams)));
    if streams {
        integration.set("responseTransferMode", at.text("STREAM"));
    }
    if let Some(credentials) = credentials(route, api_auth) {
        integration.set("credentials", credentials);
    }
    put(body, route, &integration.node(), &at.fields().node());
    describe(body, route);
}

/// The address by which API Gateway calls a function.
pub(crate) fn function_uri(at: At, callee: &Callee) -> Node {
    uri(at, callee, false)
}

fn uri(at: At, callee: &Callee, streams: bool) -> Node {
    let (version, end) = match streams {
        true => ("2021-11-15", "response-streaming-invocations"),
        false => ("2015-03-31", "invocations"),
    };
    let arn = callee.arn();
    at.sub(&format!(
        "arn:${{AWS::Partition}}:apigateway:${{AWS::Region}}:lambda:path/{version}/functions/{arn}/{end}"
    ))
}

/// A value that is there where the function of an event is.
pub(crate) fn conditional(route: &Route<'_>, value: Node) -> Node {
    let at = route.event.at;
    match route.condition() {
        Some(condition) => at.either(condition, value, at.no_value()),
        None => value,
    }
}

/// With whose rights a method that asks for AWS's signature calls: the caller's, if no role is named.
fn credentials(route: &Route<'_>, api_auth: Option<&Node>) -> Option<Node> {
    let own = route.event.get("Auth").filter(|auth| is_set(auth));
    let says_iam = |auth: Option<&Node>, key: &str| {
        auth.and_then(|auth| auth.get(key)).and_then(plain).is_some_and(|name| name == "AWS_IAM")
    };
    if !says_iam(own, "Authorizer") && (own.is_some() || !says_iam(api_auth, "DefaultAuthorizer")) {
        return None;
    }
    let at = route.event.at;
    let role = |auth: Option<&Node>| auth.and_then(|auth| auth.get("InvokeRole")).cloned();
    let role = role(own).or_else(|| role(api_auth));
    match role.as_ref().map(|role| (role, plain(role).map(smol_str::SmolStr::as_str))) {
        Some((role, _)) if !is_set(role) => None,
        Some((_, Some("NONE"))) => None,
        None | Some((_, Some("CALLER_CREDENTIALS"))) => Some(at.sub("arn:${AWS::Partition}:iam::*:user/*")),
        Some((role, _)) => Some(role.clone()),
    }
}

/// Adds the method of an event that starts a state machine with the rights of `role`.
pub(crate) fn add_state_machine(body: &mut Body, route: &Route<'_>, machine: &str, role: &str) {
    let at = route.event.at;
    if body.is_integrated(&route.path, &route.method) {
        return;
    }
    let status = |code: &str| at.map([("statusCode", at.text(code))]);
    let described = |text: &str| at.map([("description", at.text(text))]);
    let unescape = route.event.get("UnescapeMappingTemplate").is_some_and(is_set);
    let escaped = "$util.escapeJavaScript($input.json('$'))";
    let input = match unescape {
        true => format!(r#"{escaped}.replaceAll("\\'","'")"#),
        false => escaped.to_owned(),
    };
    let request = at.sub(&format!(r#"{{"input": "{input}", "stateMachineArn": "${{{machine}}}"}}"#));
    let start = at.sub("arn:${AWS::Partition}:apigateway:${AWS::Region}:states:action/StartExecution");
    let integration = at
        .fields()
        .with("type", at.text("aws"))
        .with("httpMethod", at.text("POST"))
        .with("uri", conditional(route, start))
        .with("responses", at.map([("200", status("200")), ("400", status("400"))]))
        .with("credentials", at.attribute(role, "Arn"))
        .with("requestTemplates", at.map([("application/json", request)]));
    let responses = at.map([("200", described("OK")), ("400", described("Bad Request"))]);
    put(body, route, &integration.node(), &responses);
}

/// Puts an integration under the path and method of an event, under the condition of its resource.
pub(crate) fn put(body: &mut Body, route: &Route<'_>, integration: &Node, responses: &Node) {
    let at = route.event.at;
    let Some(method) = normal(&route.method) else { return };
    body.add_path(&route.path, method, at);
    body.each_item(&route.path, &mut |item| {
        let Some(definition) = get_mut(item, method) else { return };
        if definition.entries().is_empty() {
            *definition = at.fields().node();
        }
        set(definition, INTEGRATION, at, integration.clone());
        set_new(definition, "responses", at, responses.clone());
        if let Some(condition) = route.condition() {
            *definition = at.either(condition, definition.clone(), at.no_value());
        }
    });
}

/// Time-out, model and parameters of the request.
fn describe(body: &mut Body, route: &Route<'_>) {
    let at = route.event.at;
    if let Some(timeout) = route.event.get("TimeoutInMillis").filter(|node| is_set(node)) {
        body.each_definition(&route.path, &route.method, &mut |definition| {
            within(definition, INTEGRATION, at, |to| set(to, "timeoutInMillis", at, timeout.clone()));
        });
    }
    if let Some(model) = route.event.get("RequestModel") {
        request_model(body, route, model);
    }
    if let Some(parameters) = route.event.get("RequestParameters") {
        let parameters: Vec<Parameter> =
            items(parameters).iter().filter_map(|node| Parameter::of(at, node)).collect();
        body.each_definition(&route.path, &route.method, &mut |definition| {
            append(definition, "parameters", at, parameters.iter().map(|one| one.node.clone()));
            let cached = parameters.iter().filter_map(|one| one.cached.clone());
            let cached: Vec<Node> = cached.collect();
            if !cached.is_empty() {
                within(definition, INTEGRATION, at, |to| append(to, "cacheKeyParameters", at, cached));
            }
        });
    }
}

/// The model of the request's body, and what is checked of the request.
fn request_model(body: &mut Body, route: &Route<'_>, written: &Node) {
    let at = route.event.at;
    let Some(model) = written.get("Model").and_then(plain).map(|model| model.to_lowercase()) else { return };
    let is_openapi = body.openapi().is_some();
    body.each_definition(&route.path, &route.method, &mut |definition| {
        let mut schema = at.fields();
        let (holder, location) =
            if is_openapi { ("components/schemas", "") } else { ("definitions", "body") };
        schema.set("$ref", at.text(format!("#/{holder}/{model}")));
        let mut made = at.fields();
        if is_openapi {
            let content = at.map([("schema", schema.node())]);
            made.set("content", at.map([("application/json", content)]));
            made.hand_as(written, "Required", "required");
            set(definition, "requestBody", at, made.node());
        } else {
            made.set("in", at.text(location));
            made.set("name", at.text(model.as_str()));
            made.set("schema", schema.node());
            made.hand_as(written, "Required", "required");
            append(definition, "parameters", at, [made.node()]);
        }
    });
    let asked = |key: &str| written.get(key).map(is_set);
    let (checks_body, checks_parameters) = (asked("ValidateBody"), asked("ValidateParameters"));
    if checks_body.is_none() && checks_parameters.is_none() {
        return;
    }
    let (checks_body, checks_parameters) = (checks_body == Some(true), checks_parameters == Some(true));
    let name = match (checks_body, checks_parameters) {
        (true, true) => "body-and-params",
        (true, false) => "body-only",
        (false, true) => "params-only",
        (false, false) => "no-validation",
    };
    let validator = at.map([
        ("validateRequestBody", at.bool(checks_body)),
        ("validateRequestParameters", at.bool(checks_parameters)),
    ]);
    within(&mut body.document, "x-amazon-apigateway-request-validators", at, |all| {
        set_new(all, name, at, validator);
    });
    body.each_definition(&route.path, &route.method, &mut |definition| {
        set(definition, "x-amazon-apigateway-request-validator", at, at.text(name));
    });
}

/// A parameter that a method takes.
struct Parameter {
    node: Node,
    /// Its name, if answers are cached by it.
    cached: Option<Node>,
}

impl Parameter {
    /// `method.request.header.Authorization`, alone or with what it must be.
    fn of(at: At, written: &Node) -> Option<Self> {
        let (name, settings) = match written.entries().first() {
            Some(entry) => (&entry.key, Some(&entry.value)),
            None => (plain(written)?, None),
        };
        let (location, short) = name.strip_prefix("method.request.")?.split_once('.')?;
        let location = if location == "querystring" { "query" } else { location };
        let required = settings.and_then(|settings| settings.get("Required")).cloned();
        let node = at.map([
            ("in", at.text(location)),
            ("name", at.text(short)),
            ("required", required.unwrap_or_else(|| at.bool(false))),
            ("type", at.text("string")),
        ]);
        let caches = settings.and_then(|settings| settings.get("Caching")).is_some_and(is_set);
        Some(Self { node, cached: caches.then(|| at.text(name.clone())) })
    }
}
