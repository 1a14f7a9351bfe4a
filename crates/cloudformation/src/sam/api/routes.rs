//! The paths that events of functions and state machines add to APIs, by API. Events that name none belong to an
//! implicit one.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::body::{ANY, DEFAULT_PATH, normal};
use super::edit::{is_set, plain, referenced};
use crate::sam::expansion::Expansion;
use crate::sam::make::Fields;
use crate::sam::serverless::{Event, Serverless};

/// The two kinds of APIs that events lead from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ApiKind {
    /// `AWS::Serverless::Api`.
    Rest,
    /// `AWS::Serverless::HttpApi`.
    Http,
}

impl ApiKind {
    /// The type of such an API, without what serverless types start with.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rest => "Api",
            Self::Http => "HttpApi",
        }
    }

    /// The logical id of the API that is made where events name none.
    pub(crate) fn implicit(self) -> &'static str {
        match self {
            Self::Rest => "ServerlessRestApi",
            Self::Http => "ServerlessHttpApi",
        }
    }

    fn of_event(kind: &str) -> Option<Self> {
        match kind {
            "Api" => Some(Self::Rest),
            "HttpApi" => Some(Self::Http),
            _ => None,
        }
    }

    fn api_property(self) -> &'static str {
        match self {
            Self::Rest => "RestApiId",
            Self::Http => "ApiId",
        }
    }
}

/// One event that leads from an API to a function or state machine.
#[derive(Debug, Clone)]
pub(crate) struct Route<'n> {
    /// Of which kind the API is.
    pub(crate) kind: ApiKind,
    /// The function or state machine.
    pub(crate) owner: &'n Entry,
    /// Whether it is a state machine.
    pub(crate) is_state_machine: bool,
    /// The event.
    pub(crate) event: Event<'n>,
    /// The API as the event names it; none if it names none.
    pub(crate) named: Option<&'n Node>,
    /// The logical id of the API, if it is one of the template.
    pub(crate) api: Option<SmolStr>,
    /// The path.
    pub(crate) path: SmolStr,
    /// The method as it is written, in small letters.
    pub(crate) method: SmolStr,
}

impl<'n> Route<'n> {
    fn of(owner: &'n Entry, is_state_machine: bool, event: Event<'n>) -> Option<Self> {
        let kind =
            ApiKind::of_event(event.kind).filter(|kind| *kind == ApiKind::Rest || !is_state_machine)?;
        let named = event.get(kind.api_property());
        let api = match named {
            Some(node) => plain(node).cloned().or_else(|| referenced(node)),
            None => Some(SmolStr::new_static(kind.implicit())),
        };
        let text = |property: &str| event.get(property).map(|node| plain(node).cloned());
        let (path, method) = match (kind, text("Path"), text("Method")) {
            (ApiKind::Http, None, None) => (SmolStr::new_static(DEFAULT_PATH), SmolStr::new_static(ANY)),
            (_, Some(path), Some(method)) => (path?, method?),
            _ => return None,
        };
        let method = SmolStr::from(method.to_ascii_lowercase());
        Some(Self { kind, owner, is_state_machine, event, named, api, path, method })
    }

    /// The name of the condition of the function or state machine.
    pub(crate) fn condition(&self) -> Option<&'n SmolStr> {
        self.owner.value.get("Condition")?.text()
    }

    /// The function or state machine without its properties: what hands its attributes on.
    pub(crate) fn owner(&self) -> Serverless<'n> {
        Serverless::bare(self.owner)
    }

    /// What a resource that is made for this event starts with.
    pub(crate) fn id(&self, end: &str) -> String {
        format!("{}{}{end}", self.owner.key, self.event.name)
    }

    /// What refers to the API.
    pub(crate) fn api_reference(&self) -> Node {
        match self.named {
            Some(node) => node.clone(),
            None => self.event.at.reference(self.kind.implicit()),
        }
    }

    /// The function or state machine as it is called: its alias, if it publishes one. A state machine must say so.
    pub(crate) fn callee(&self, expansion: &Expansion<'_, '_>) -> Callee {
        let id = &self.owner.key;
        let alias = match self.is_state_machine {
            true => self.machine_alias(expansion),
            false => expansion.stands_for(&format!("{id}.Alias")).cloned(),
        };
        let is_alias = alias.is_some();
        Callee { id: alias.unwrap_or_else(|| id.clone()), is_alias }
    }

    fn machine_alias(&self, expansion: &Expansion<'_, '_>) -> Option<SmolStr> {
        let properties = self.owner.value.get("Properties")?;
        properties.get("UseAliasAsEventTarget").filter(|node| is_set(node))?;
        let name = expansion.text(properties.get("AutoPublishAlias")?)?;
        Some(SmolStr::from(format!("{}Alias{name}", self.owner.key)))
    }
}

/// What is called: a function, or its alias.
#[derive(Debug, Clone)]
pub(crate) struct Callee {
    /// Its logical id.
    pub(crate) id: SmolStr,
    /// Whether it is an alias; the reference to one gives its ARN.
    pub(crate) is_alias: bool,
}

impl Callee {
    /// Its ARN as it stands in a substituted text.
    pub(crate) fn arn(&self) -> String {
        if self.is_alias { format!("${{{}}}", self.id) } else { format!("${{{}.Arn}}", self.id) }
    }
}

/// All routes of a template.
#[derive(Debug, Default)]
pub(crate) struct Routes<'n> {
    all: Vec<Route<'n>>,
    by_api: FxHashMap<(&'static str, SmolStr), Vec<usize>>,
}

impl<'n> Routes<'n> {
    /// The routes of the events of functions and state machines, functions first.
    pub(crate) fn of(resources: &[(&'n Entry, &'n str)]) -> Self {
        let mut routes = Self::default();
        for wanted in ["Function", "StateMachine"] {
            for (entry, _) in resources.iter().filter(|(_, kind)| *kind == wanted) {
                routes.add(entry, wanted == "StateMachine");
            }
        }
        routes
    }

    fn add(&mut self, owner: &'n Entry, is_state_machine: bool) {
        let events = owner.value.get("Properties").and_then(|properties| properties.get("Events"));
        let events = events.map_or(&[][..], Node::entries).iter().filter_map(Event::of);
        let mut routes: Vec<Route<'n>> =
            events.filter_map(|event| Route::of(owner, is_state_machine, event)).collect();
        // SAM takes the events of a function in the order of their paths, `$default` first.
        if !is_state_machine {
            routes.sort_by(|a, b| a.path.cmp(&b.path));
        }
        for route in routes {
            if let Some(api) = &route.api {
                self.by_api.entry((route.kind.name(), api.clone())).or_default().push(self.all.len());
            }
            self.all.push(route);
        }
    }

    /// The routes of an API, in order.
    pub(crate) fn to(&self, kind: ApiKind, api: &str) -> Vec<&Route<'n>> {
        let found = self.by_api.get(&(kind.name(), SmolStr::new(api)));
        found.into_iter().flatten().filter_map(|at| self.all.get(*at)).collect()
    }

    /// All routes, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Route<'n>> {
        self.all.iter()
    }
}

/// Adds a path and a method of an event to a permission's path: parameters are any text, and a slash at the end
/// counts for nothing.
pub(crate) fn permitted(method: &str, path: &str) -> String {
    let path = if path.len() > 1 { path.strip_suffix('/').unwrap_or(path) } else { path };
    let method = match normal(method) {
        Some(ANY) => "*".to_owned(),
        _ => method.to_ascii_uppercase(),
    };
    format!("{method}{}", without_parameters(path))
}

/// A path with `*` for each of its parameters (`{id}`, `{proxy+}`).
pub(crate) fn without_parameters(path: &str) -> String {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        match after.split_once('}') {
            Some((name, after)) if is_parameter(name, is_letter) => {
                out.push('*');
                rest = after;
            }
            _ => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn is_parameter(name: &str, is_letter: impl Fn(char) -> bool) -> bool {
    let name = name.strip_suffix('+').unwrap_or(name);
    !name.is_empty() && name.chars().all(is_letter)
}

/// The permission of API Gateway to call a function for one method of one path.
pub(crate) fn permission(
    route: &Route<'_>,
    callee: &Callee,
    id: String,
    resource: &str,
) -> crate::sam::serverless::Made {
    let at = route.event.at;
    let names = at.fields().with("__ApiId__", route.api_reference()).with("__Stage__", at.text("*"));
    let arn = format!("arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:{resource}");
    let mut properties = at.fields();
    invocation(&mut properties, at.reference(&callee.id), "apigateway.amazonaws.com");
    properties.set("SourceArn", at.sub_with(&arn, names));
    route.owner().further(id, "AWS::Lambda::Permission", properties)
}

/// The part of a permission that says who may call what.
pub(crate) fn invocation(properties: &mut Fields, function: Node, principal: &str) {
    let at = properties.at;
    properties.set("Action", at.text("lambda:InvokeFunction"));
    properties.set("FunctionName", function);
    properties.set("Principal", at.text(principal));
}
