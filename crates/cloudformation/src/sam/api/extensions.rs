//! What else the properties of a REST API put into its body: answers of the gateway, models, media types, whether the
//! address that AWS gives is switched off; and the form of OpenAPI 3, where that is asked for.

use source::document::{Entry, Node, NodeKind};

use super::body::{Body, is_version_3};
use super::edit::{entries_mut, get_mut, is_set, items_mut, plain, set, take, within};
use crate::sam::expansion::Expansion;
use crate::sam::make::At;
use crate::sam::resolved::resolved;
use crate::sam::serverless::Serverless;

/// Where a document says of which kind its addresses are.
pub(crate) const ENDPOINT: &str = "x-amazon-apigateway-endpoint-configuration";

/// Puts all of it into the body of `api`.
pub(super) fn add(expansion: &Expansion<'_, '_>, body: &mut Body, api: &Serverless<'_>) {
    for response in api.entries("GatewayResponses") {
        let at = At(response.key_span);
        let answer = gateway_response(at, &response.value);
        within(&mut body.document, "x-amazon-apigateway-gateway-responses", at, |all| {
            set(all, &response.key, at, answer);
        });
    }
    if let Some(types) = api.get("BinaryMediaTypes").filter(|node| is_set(node)) {
        let at = api.at("BinaryMediaTypes");
        set(
            &mut body.document,
            "x-amazon-apigateway-binary-media-types",
            at,
            with_slashes(&resolved(expansion, types)),
        );
    }
    for model in api.entries("Models") {
        let at = At(model.key_span);
        within(&mut body.document, "definitions", at, |all| {
            set(all, &model.key.to_lowercase(), at, model.value.clone());
        });
    }
    if let Some(off) = api.get("DisableExecuteApiEndpoint") {
        disable_address(body, api.at("DisableExecuteApiEndpoint"), off);
    }
}

fn gateway_response(at: At, written: &Node) -> Node {
    let mut parameters = at.fields();
    let places = [("Headers", "header"), ("Paths", "path"), ("QueryStrings", "querystring")];
    for (property, place) in places {
        let written = written.get("ResponseParameters").and_then(|all| all.get(property));
        for entry in written.map_or(&[][..], Node::entries) {
            parameters.set(&format!("gatewayresponse.{place}.{}", entry.key), entry.value.clone());
        }
    }
    let empty = || at.fields().node();
    let templates = written.get("ResponseTemplates").cloned().unwrap_or_else(empty);
    let mut answer =
        at.fields().with("responseParameters", parameters.node()).with("responseTemplates", templates);
    if let Some(status) = written.get("StatusCode").filter(|node| is_set(node)) {
        answer.set("statusCode", plain(status).map_or_else(|| status.clone(), |text| at.text(text.clone())));
    }
    answer.node()
}

/// Media types, in which `~1` stands for a slash.
fn with_slashes(node: &Node) -> Node {
    let mut node = node.clone();
    match &mut node.kind {
        NodeKind::Scalar(scalar) if scalar.text.contains("~1") => {
            scalar.text = scalar.text.replace("~1", "/").into();
        }
        NodeKind::Scalar(_) => {}
        NodeKind::Sequence(items) => items.iter_mut().for_each(|item| *item = with_slashes(item)),
        NodeKind::Mapping(entries) => {
            entries.iter_mut().for_each(|entry| entry.value = with_slashes(&entry.value));
        }
    }
    node
}

/// Says in a document whether the address that AWS gives the API is off: for each of its servers in OpenAPI 3.
pub(crate) fn disable_address(body: &mut Body, at: At, off: &Node) {
    let say = |holder: &mut Node| {
        within(holder, ENDPOINT, at, |to| set(to, "disableExecuteApiEndpoint", at, off.clone()));
    };
    if body.openapi().is_none_or(|version| !is_version_3(version)) {
        return say(&mut body.document);
    }
    if body.document.get("servers").is_none() {
        set(&mut body.document, "servers", at, at.list([at.fields().node()]));
    }
    if let Some(servers) = get_mut(&mut body.document, "servers").and_then(items_mut) {
        servers.iter_mut().for_each(say);
    }
}

/// Puts a document that says no version of Swagger into the form of OpenAPI 3, if `asked` or its own version is one.
pub(super) fn to_openapi(
    expansion: &mut Expansion<'_, '_>,
    body: &mut Body,
    asked: Option<&Node>,
) -> Option<()> {
    if body.document.get("swagger").is_some_and(is_set) {
        return Some(());
    }
    let version = asked.and_then(Node::text).or(body.document.get("openapi").and_then(Node::text));
    if !version.is_some_and(|version| is_version_3(version)) {
        return Some(());
    }
    for (old, new) in [("securityDefinitions", "securitySchemes"), ("definitions", "schemas")] {
        if let Some(entry) = take(&mut body.document, old) {
            let at = At(entry.key_span);
            within(&mut body.document, "components", at, |components| set(components, new, at, entry.value));
        }
    }
    for path in body.path_names() {
        expansion.spend(4)?;
        if let Some(options) = body.path_mut(&path).and_then(|item| get_mut(item, "options")) {
            options_to_openapi(options);
        }
    }
    Some(())
}

/// An OPTIONS method: what it takes and gives is said elsewhere, and headers have schemas.
fn options_to_openapi(options: &mut Node) {
    if let Some(entries) = entries_mut(options) {
        entries.retain(|entry| entry.key != "produces" && entry.key != "consumes");
    }
    let headers = get_mut(options, "responses")
        .and_then(|responses| get_mut(responses, "200"))
        .and_then(|ok| get_mut(ok, "headers"))
        .and_then(entries_mut);
    for Entry { key_span, value, .. } in headers.into_iter().flatten() {
        let at = At(*key_span);
        *value = at.map([("schema", value.clone())]);
    }
}
