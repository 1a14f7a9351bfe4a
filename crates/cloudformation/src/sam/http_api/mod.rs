//! `AWS::Serverless::HttpApi`: an HTTP API with its body, its stage and what belongs to them.

mod authorizers;
mod body;
mod domain;
mod websocket;

use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::document::Node;

use super::api::body::{ANY, Body, DEFAULT_PATH, normal};
use super::api::definition::Definition;
use super::api::edit::{is_set, plain};
use super::api::routes::{self, ApiKind, Callee, Route};
use super::api::{Apis, conditional_paths};
use super::digest;
use super::expansion::Expansion;
use super::make::{At, Fields, is_null};
use super::resolved::resolved;
use super::serverless::Serverless;

/// The tag by which SAM marks HTTP APIs as its own.
const CREATED_BY: &str = "httpapi:createdBy";

/// The name of the stage of an API that says none.
const DEFAULT_STAGE: &str = "$default";

/// Properties of a stage that stand as they are written.
const HANDED: [&str; 3] = ["AccessLogSettings", "DefaultRouteSettings", "StageVariables"];

impl Apis<'_> {
    /// Makes what an HTTP API asks for. None if that is more than the expansion may make.
    pub(crate) fn expand_http(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        api: &Serverless<'_>,
    ) -> Option<()> {
        self.handle(ApiKind::Http, api.id);
        let mut definition = Definition::of_http(expansion, api)?;
        let routes = self.routes.to(ApiKind::Http, api.id);
        add_routes(expansion, &mut definition, api, &routes)?;
        let mut properties = api.at.fields();
        properties.hand(&api.properties, "FailOnWarnings");
        let has_body = definition.body().is_some();
        let tagged = has_body.then(|| marked(api.at("Tags"), CREATED_BY, api.get("Tags")));
        if let Some(body) = definition.body() {
            complete(expansion, body, api)?;
        }
        definition.put(&mut properties, api);
        let route_settings = route_settings(api, &routes);
        expansion.put(api.main(api.id.clone(), "AWS::ApiGatewayV2::Api", properties));
        stage(expansion, api, tagged.clone(), route_settings);
        let marked = tagged.unwrap_or_else(|| marked(api.at, CREATED_BY, None));
        domain::make(expansion, api, &mut self.zones, Some(marked));
        if let Some(auth) = api.get("Auth") {
            authorizers::permit(expansion, api, auth);
        }
        Some(())
    }

    /// Makes what a WebSocket API asks for.
    pub(crate) fn expand_websocket(&mut self, expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) {
        websocket::expand(expansion, api, &mut self.zones);
    }
}

/// Lets an HTTP API call the function of an event, whatever else it may call.
pub(crate) fn link(expansion: &mut Expansion<'_, '_>, route: &Route<'_>) {
    let callee = route.callee(expansion);
    permit(expansion, route, &callee);
}

fn permit(expansion: &mut Expansion<'_, '_>, route: &Route<'_>, callee: &Callee) {
    let resource = match (route.path.as_str(), route.method.as_str()) {
        (DEFAULT_PATH, _) => permitted(route, ""),
        ("/$default", "any") => "${__ApiId__}/${__Stage__}/$default".to_owned(),
        (path, _) => permitted(route, path),
    };
    expansion.put(routes::permission(route, callee, route.id("Permission"), &resource));
}

fn permitted(route: &Route<'_>, path: &str) -> String {
    format!("${{__ApiId__}}/${{__Stage__}}/{}", routes::permitted(&route.method, path))
}

/// Adds the paths of events to the body, and permits their functions to be called. A function that answers whatever no
/// other one does is permitted to be called by all paths, and needs no more permissions.
fn add_routes(
    expansion: &mut Expansion<'_, '_>,
    definition: &mut Definition,
    api: &Serverless<'_>,
    routes: &[&Route<'_>],
) -> Option<()> {
    if let Definition::Made(body) = definition {
        routes.iter().for_each(|route| body.add_path(&route.path, &route.method, route.event.at));
        conditional_paths(expansion, body, api.id, routes);
    }
    let mut default_callee: Option<SmolStr> = definition.body().and_then(default_callee);
    for route in routes {
        let callee = route.callee(expansion);
        let is_default = route.path == DEFAULT_PATH;
        if is_default || default_callee.as_ref() != Some(&callee.id) {
            permit(expansion, route, &callee);
        }
        if let Some(body) = definition.body() {
            body::add_function(body, route, &callee, api.get("Auth"));
            if is_default && normal(&route.method) == Some(ANY) && !callee.is_alias {
                default_callee = Some(callee.id);
            }
        }
    }
    Some(())
}

/// The function to which the default path of a written body leads.
fn default_callee(body: &mut Body) -> Option<SmolStr> {
    let mut found = None;
    body.each_definition(DEFAULT_PATH, ANY, &mut |definition| {
        let uri = definition.get(super::api::body::INTEGRATION).and_then(|to| to.get("uri"));
        let text = uri.and_then(|uri| uri.text().or_else(|| uri.get("Fn::Sub")?.text()));
        let name = text.and_then(|text| text.split_once("${")?.1.split_once(".Arn}")).map(|(name, _)| name);
        found = name.map(SmolStr::new);
    });
    found
}

/// Adds what the API says about all of its paths.
fn complete(expansion: &mut Expansion<'_, '_>, body: &mut Body, api: &Serverless<'_>) -> Option<()> {
    if let Some(cors) = api.properties.entry("CorsConfiguration").filter(|entry| is_set(&entry.value)) {
        body::add_cors(body, At(cors.key_span), &resolved(expansion, &cors.value));
    }
    if let Some(auth) = api.get("Auth").filter(|node| is_set(node)) {
        authorizers::describe(body, auth, api.at("Auth"));
        authorizers::defaults(expansion, body, auth, api.at("Auth"))?;
    }
    body::add_tags(body, api, CREATED_BY);
    if let Some(off) = api.get("DisableExecuteApiEndpoint") {
        body::disable_address(body, api.at("DisableExecuteApiEndpoint"), off);
    }
    body::describe(body, api);
    if api.get("FailOnWarnings").is_some_and(is_set) {
        body.rename(DEFAULT_PATH, "/$default");
    }
    Some(())
}

fn stage(
    expansion: &mut Expansion<'_, '_>,
    api: &Serverless<'_>,
    tagged: Option<Node>,
    settings: Option<Node>,
) {
    let at = api.at;
    let written = api.get("StageName").filter(|node| is_set(node));
    let id = stage_id(api.id, written, "ApiGatewayDefaultStage");
    let mut properties = at.fields().with("ApiId", at.reference(api.id));
    match written {
        Some(_) => properties.hand(&api.properties, "StageName"),
        None => properties.set("StageName", at.text(DEFAULT_STAGE)),
    }
    properties.hand_all(&api.properties, &HANDED);
    if let Some(tagged) = tagged {
        properties.set("Tags", tagged);
    }
    properties.set("AutoDeploy", at.bool(true));
    if let Some(settings) = settings {
        properties.set("RouteSettings", settings);
    }
    expansion.put(api.further(id.clone(), "AWS::ApiGatewayV2::Stage", properties));
    expansion.stand_for(format!("{}.Stage", api.id), id);
}

/// The logical id of the stage of an API of this version.
fn stage_id(api: &str, name: Option<&Node>, default: &str) -> SmolStr {
    match name.map(|name| plain(name)) {
        None => SmolStr::from(format!("{api}{default}")),
        Some(Some(name)) if name == DEFAULT_STAGE => SmolStr::from(format!("{api}{default}")),
        Some(name) => super::api::stage_id(api, name),
    }
}

/// Settings of the routes: those of the API, and those of events.
fn route_settings(api: &Serverless<'_>, routes: &[&Route<'_>]) -> Option<Node> {
    let mut settings: Fields = api.at("RouteSettings").fields();
    let written = api.get("RouteSettings");
    let mut of_events: Vec<(String, At, &Node, Option<&SmolStr>)> = Vec::new();
    for route in routes {
        let Some(own) = route.event.get("RouteSettings").filter(|node| !is_null(node)) else { continue };
        let key = match normal(&route.method) {
            Some(ANY) if route.method == ANY => route.path.to_string(),
            _ => format!("{} {}", route.method.to_ascii_uppercase(), route.path),
        };
        of_events.push((key, route.event.at, own, route.condition()));
    }
    if let (Some(written), true) = (written, of_events.is_empty()) {
        return Some(written.clone());
    }
    let keys: FxHashSet<&str> = of_events.iter().map(|(key, ..)| key.as_str()).collect();
    for entry in
        written.map_or(&[][..], Node::entries).iter().filter(|entry| !keys.contains(entry.key.as_str()))
    {
        settings.push(entry.clone());
    }
    for (key, at, own, condition) in &of_events {
        let of_api = written.and_then(|written| written.get(key));
        let mut all = at.fields();
        let overruled = |entry: &&source::document::Entry| own.get(&entry.key).is_none();
        of_api
            .map_or(&[][..], Node::entries)
            .iter()
            .filter(overruled)
            .for_each(|entry| all.push(entry.clone()));
        own.entries().iter().for_each(|entry| all.push(entry.clone()));
        settings.set(
            key,
            match condition {
                Some(condition) => at.either(condition, all.node(), at.no_value()),
                None => all.node(),
            },
        );
    }
    (!settings.is_empty()).then(|| settings.node())
}

/// The tags of what is made for an API, and the one by which SAM marks it as its own.
fn marked(at: At, key: &str, tags: Option<&Node>) -> Node {
    let mut map = at.fields().with(key, at.text("SAM"));
    let written = tags.map_or(&[][..], Node::entries).iter().filter(|tag| tag.key != key);
    written.for_each(|tag| map.push(tag.clone()));
    map.node()
}

/// The hash of a name in the logical id of what is made for it.
fn hash(name: &Node) -> String {
    digest::of_node(name)
}
