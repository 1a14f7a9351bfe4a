//! `AWS::Serverless::Api`: a REST API with its body, its deployment and stage, and what belongs to them.

mod authorizers;
pub(crate) mod body;
mod cors;
pub(crate) mod definition;
mod domain;
pub(crate) mod edit;
mod extensions;
pub(crate) mod implicit;
mod integration;
mod policy;
pub(crate) mod routes;
mod security;
mod stage;
mod usage;
pub(crate) mod zones;

use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::document::Node;

pub(crate) use authorizers::{
    authorizer_uri, permission as authorizer_permission, sources as identity_sources,
};
pub(crate) use domain::mutual_tls;
pub(crate) use extensions::disable_address;
pub(crate) use integration::{conditional, function_uri, put as put_integration};
pub(crate) use security::IAM;
pub(crate) use stage::stage_id;

use super::digest;
use super::expansion::Expansion;
use super::make::Fields;
use super::serverless::Serverless;
use super::{resolved::resolved, role, tags};
use body::Body;
use definition::Definition;
use edit::{is_set, plain};
use policy::{Policy, Written};
use routes::{ApiKind, Route, Routes};
use zones::Zones;

/// Properties of a REST API that stand as they are written.
const HANDED: [&str; 10] = [
    "ApiKeySourceType",
    "BinaryMediaTypes",
    "Description",
    "EndpointAccessMode",
    "FailOnWarnings",
    "MinimumCompressionSize",
    "Mode",
    "Name",
    "Policy",
    "SecurityPolicy",
];

/// What the APIs of a template share.
#[derive(Debug, Default)]
pub(crate) struct Apis<'n> {
    /// The events that lead from them.
    pub(crate) routes: Routes<'n>,
    /// Records of their domain names.
    pub(crate) zones: Zones,
    plans: usage::Shared,
    handled: FxHashSet<(&'static str, SmolStr)>,
}

impl<'n> Apis<'n> {
    /// The APIs to which `routes` belong.
    pub(crate) fn new(routes: Routes<'n>) -> Self {
        Self { routes, ..Self::default() }
    }

    /// Notes that the events of an API are taken care of.
    pub(crate) fn handle(&mut self, kind: ApiKind, api: &SmolStr) {
        self.handled.insert((kind.name(), api.clone()));
    }

    /// Makes what a REST API asks for. None if that is more than the expansion may make.
    pub(crate) fn expand(&mut self, expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) -> Option<()> {
        let auth = api.get("Auth").map(|auth| resolved(expansion, auth)).filter(is_set);
        let mut definition = Definition::of_rest(expansion, api)?;
        let stage = api.get("StageName").cloned();
        self.handle(ApiKind::Rest, api.id);
        let routes = self.routes.to(ApiKind::Rest, api.id);
        let policy = Policy::default();
        let mut rest = Rest { api, auth: auth.as_ref(), suffix: suffix(stage.as_ref()), policy };
        rest.add_routes(expansion, &mut definition, &routes)?;
        if let Some(body) = definition.body() {
            rest.complete(expansion, body)?;
        }

        let mut properties = api.at.fields();
        properties.hand_all(&api.properties, &HANDED);
        endpoints(expansion, &mut properties, api);
        let tagged = api.get("PropagateTags").filter(|node| is_set(node)).and(api.get("Tags"));
        if let Some(tagged) = tagged {
            properties.set("Tags", tags::list(api.at("Tags"), tagged));
        }
        definition.put(&mut properties, api);
        expansion.put(api.main(api.id.clone(), "AWS::ApiGateway::RestApi", properties));
        let stage = stage::make(expansion, api);
        domain::make(expansion, api, &mut self.zones, tagged);
        if let Some(auth) = rest.auth {
            authorizers::permit(expansion, api, auth);
            self.plans.add(expansion, api, auth, &stage);
        }
        Some(())
    }

    /// Makes what belongs to several APIs, and the permissions of events that lead from an API which is no serverless one.
    pub(crate) fn finish(self, expansion: &mut Expansion<'_, '_>) {
        for route in self.routes.iter() {
            let api = route.api.clone().unwrap_or_default();
            match route.kind {
                _ if self.handled.contains(&(route.kind.name(), api)) => {}
                ApiKind::Rest if route.api.is_some() => link(expansion, route, "Stage"),
                ApiKind::Rest => link(expansion, route, "AllStages"),
                ApiKind::Http => super::http_api::link(expansion, route),
            }
        }
        self.zones.finish(expansion);
        self.plans.finish(expansion);
    }
}

/// What the ids of permissions end in: the name of the stage, where it is known.
fn suffix(stage: Option<&Node>) -> SmolStr {
    stage.and_then(plain).cloned().unwrap_or_else(|| SmolStr::new_static("Stage"))
}

/// Lets the API call the function of an event, or gives it the role to start its state machine.
fn link(expansion: &mut Expansion<'_, '_>, route: &Route<'_>, suffix: &str) {
    if route.is_state_machine {
        return start_role(expansion, route);
    }
    let callee = route.callee(expansion);
    let end = if stage::is_alphanumeric(suffix) { suffix.to_owned() } else { digest::of_text(suffix) };
    let permitted = routes::permitted(&route.method, &route.path);
    let resource = format!("${{__ApiId__}}/${{__Stage__}}/{permitted}");
    let id = route.id(&format!("Permission{end}"));
    expansion.put(routes::permission(route, &callee, id, &resource));
}

/// The role by which API Gateway starts a state machine.
fn start_role(expansion: &mut Expansion<'_, '_>, route: &Route<'_>) {
    let at = route.event.at;
    let id = route.id("Role");
    let machine = at.reference(&route.callee(expansion).id);
    let allowed = at.map([
        ("Effect", at.text("Allow")),
        ("Action", at.text("states:StartExecution")),
        ("Resource", machine),
    ]);
    let allowed = role::document(at, [allowed]);
    let policy = role::named(at, &format!("{id}StartExecutionPolicy"), allowed);
    let mut properties = role::of_service(at, "apigateway.amazonaws.com", vec![policy]);
    if let Some(machine) = route.owner.value.get("Properties") {
        properties.hand(machine, "PermissionsBoundary");
    }
    if let Some(handed_on) = implicit::tags_to_hand_on(expansion, route) {
        properties.set("Tags", tags::list(at, &handed_on));
    }
    expansion.put(route.owner().further(id, "AWS::IAM::Role", properties));
}

/// A REST API and what is asked of its body.
struct Rest<'a> {
    api: &'a Serverless<'a>,
    auth: Option<&'a Node>,
    suffix: SmolStr,
    policy: Policy,
}

impl Rest<'_> {
    /// Adds the paths of events to a body that SAM makes, or into which they are merged.
    fn add_routes(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        definition: &mut Definition,
        routes: &[&Route<'_>],
    ) -> Option<()> {
        let merges = self.api.get("MergeDefinitions").is_some_and(is_set);
        if let Definition::Made(body) = definition {
            routes.iter().for_each(|route| body.add_path(&route.path, &route.method, route.event.at));
            conditional_paths(expansion, body, self.api.id, routes);
        }
        for route in routes {
            link(expansion, route, &self.suffix);
            match definition {
                Definition::Made(body) => self.add_route(expansion, body, route)?,
                Definition::Written(body) if merges && !route.is_state_machine => {
                    let mut own = Body::empty(route.event.at, "swagger", "2.0");
                    self.add_route(expansion, &mut own, route)?;
                    body.merge(own, &route.path, &route.method);
                }
                Definition::Written(body) => self.overrule(expansion, body, route)?,
                Definition::Other(_) | Definition::Elsewhere(_) => {}
            }
        }
        Some(())
    }

    fn add_route(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        body: &mut Body,
        route: &Route<'_>,
    ) -> Option<()> {
        if route.is_state_machine {
            let machine = route.callee(expansion).id;
            integration::add_state_machine(body, route, &machine, &route.id("Role"));
        } else {
            let callee = route.callee(expansion);
            integration::add_function(body, route, &callee, self.auth);
        }
        match route.event.get("Auth") {
            Some(auth) => self.secure(expansion, body, route, auth),
            None => Some(()),
        }
    }

    /// What an event says about a method that is written out, if it is to count.
    fn overrule(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        body: &mut Body,
        route: &Route<'_>,
    ) -> Option<()> {
        match route.event.get("Auth").filter(|auth| auth.get("OverrideApiAuth").is_some_and(is_set)) {
            Some(auth) => self.secure(expansion, body, route, auth),
            None => Some(()),
        }
    }

    fn secure(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        body: &mut Body,
        route: &Route<'_>,
        auth: &Node,
    ) -> Option<()> {
        let at = route.event.at;
        security::of_event(body, &route.path, &route.method, at, auth, self.auth);
        let stage = at.text(self.suffix.clone());
        let Some(written) = auth.get("ResourcePolicy").filter(|node| is_set(node)) else { return Some(()) };
        self.policy.add(expansion, body, &Written { at, node: written, stage: &stage }, &route.path)?;
        if let Some(statements) = written.get("CustomStatements") {
            self.policy.add_custom(body, at, statements);
        }
        Some(())
    }

    /// Adds what the API says about all of its paths.
    fn complete(&mut self, expansion: &mut Expansion<'_, '_>, body: &mut Body) -> Option<()> {
        if let Some(cors) = self.api.properties.entry("Cors") {
            cors::add(expansion, body, cors)?;
        }
        if let Some(auth) = self.auth {
            self.authorize(expansion, body, auth)?;
        }
        extensions::add(expansion, body, self.api);
        extensions::to_openapi(expansion, body, self.api.get("OpenApiVersion"))
    }

    fn authorize(&mut self, expansion: &mut Expansion<'_, '_>, body: &mut Body, auth: &Node) -> Option<()> {
        let at = self.api.at("Auth");
        authorizers::describe(body, auth, at);
        security::defaults(expansion, body, auth, at)?;
        if auth.get("ApiKeyRequired").is_some_and(is_set) {
            security::keys(expansion, body, auth, at)?;
        }
        let Some(written) = auth.get("ResourcePolicy").filter(|node| is_set(node)) else { return Some(()) };
        let nothing = at.text("");
        let stage = self.api.get("StageName").unwrap_or(&nothing);
        for path in body.path_names() {
            self.policy.add(expansion, body, &Written { at, node: written, stage }, &path)?;
        }
        if let Some(statements) = written.get("CustomStatements") {
            self.policy.add_custom(body, at, statements);
        }
        Some(())
    }
}

/// Puts the paths of which each method is there under a condition under one that holds where any of them does.
pub(crate) fn conditional_paths(
    expansion: &mut Expansion<'_, '_>,
    body: &mut Body,
    api: &str,
    routes: &[&Route<'_>],
) {
    let mut by_path: Vec<(&SmolStr, Vec<&Route<'_>>)> = Vec::new();
    let mut index: rustc_hash::FxHashMap<&SmolStr, usize> = rustc_hash::FxHashMap::default();
    for route in routes {
        match index.get(&route.path).and_then(|at| by_path.get_mut(*at)) {
            Some((_, known)) => known.push(route),
            None => {
                index.insert(&route.path, by_path.len());
                by_path.push((&route.path, vec![route]));
            }
        }
    }
    for (path, routes) in by_path {
        let Some(first) = routes.first() else { continue };
        let at = first.event.at;
        let readable = path.replace('/', "SLASH").replace('{', "OB").replace('}', "CB");
        let name = format!("{api}{readable}PathCondition");
        let conditions = routes.iter().map(|route| route.condition());
        let Some(condition) = implicit::combined(expansion, at, &name, conditions) else { continue };
        if let Some(node) = body.path_mut(path) {
            *node = at.either(&condition, node.clone(), at.no_value());
        }
    }
}

/// `EndpointConfiguration`: of which kind the addresses of the API are. Where there is no EDGE, as in China, SAM says
/// REGIONAL.
fn endpoints(expansion: &Expansion<'_, '_>, properties: &mut Fields, api: &Serverless<'_>) {
    let at = api.at("EndpointConfiguration");
    let regional = at.text("REGIONAL");
    let has_edge =
        || expansion.text(&at.reference("AWS::Partition")).is_none_or(|partition| partition == "aws");
    let written = match api.get("EndpointConfiguration").filter(|node| is_set(node)) {
        Some(written) => written,
        None if has_edge() => return,
        None => &regional,
    };
    let kind = written.get("Type").unwrap_or(written);
    let mut endpoints = at.fields().with("Types", at.list([kind.clone()]));
    let ids = if written.get("VPCEndpointIds").is_some() { "VPCEndpointIds" } else { "VpcEndpointIds" };
    endpoints.hand_as(written, ids, "VpcEndpointIds");
    endpoints.hand(written, "IpAddressType");
    properties.set("EndpointConfiguration", endpoints.node());
    properties.set("Parameters", at.map([("endpointConfigurationTypes", kind.clone())]));
}
