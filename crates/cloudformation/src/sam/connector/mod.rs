//! `AWS::Serverless::Connector`, and `Connectors` of any resource: the policies that let one resource act on another,
//! by their types.

mod profiles;
mod resource;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use super::api::edit::{items, plain, referenced, set};
use super::expansion::Expansion;
use super::make::{At, Fields};
use super::serverless::{Made, Serverless};
use crate::intrinsic::Call;
use profiles::{ACCESSES, Profile};
pub(super) use resource::Connected;

/// The connectors that stand on resources as `Connectors`, as resources of their own, in order of the template.
pub(super) fn embedded(resources: &[Entry]) -> Vec<Entry> {
    let mut found = Vec::new();
    for owner in resources {
        for connector in owner.value.get("Connectors").map_or(&[][..], Node::entries) {
            found.extend(of_resource(owner, connector));
        }
    }
    found
}

fn of_resource(owner: &Entry, connector: &Entry) -> Option<Entry> {
    let at = At(connector.key_span);
    let written = connector.value.get("Properties")?;
    let mut source = written.get("SourceReference").cloned().unwrap_or_else(|| at.fields().node());
    set(&mut source, "Id", at, at.text(owner.key.clone()));
    let mut properties = at.fields().with("Source", source);
    properties.hand_all(written, &["Destination", "Permissions"]);
    let mut body = at.fields().with("Type", at.text("AWS::Serverless::Connector"));
    body.set("Properties", properties.node());
    connector
        .value
        .entries()
        .iter()
        .filter(|entry| entry.key != "Properties")
        .for_each(|entry| body.push(entry.clone()));
    let key = SmolStr::from(format!("{}{}", owner.key, connector.key));
    Some(Entry { key, key_span: connector.key_span, value: body.node() })
}

/// Makes what a connector asks for. One that leads nowhere stays, with a warning.
pub(super) fn expand(expansion: &mut Expansion<'_, '_>, connector: &Serverless<'_>, mappings: &Mappings) {
    if made(expansion, connector, mappings).is_none() {
        let message =
            format!("the connector {} gives nothing: SAM cannot connect what it names", connector.id);
        let help =
            "name a source and a destination that SAM supports, and roles where they have none of their own";
        expansion.stack.warn("cloudformation-sam-connector", connector.at.0, message, help);
        expansion.keep(connector);
    }
}

fn made(expansion: &mut Expansion<'_, '_>, connector: &Serverless<'_>, mappings: &Mappings) -> Option<()> {
    let source = connector.get("Source")?.clone();
    let written = connector.get("Destination")?;
    let (destinations, many) = match &written.kind {
        NodeKind::Sequence(items) if Call::of(written).is_none() => (items.clone(), true),
        _ => (vec![written.clone()], false),
    };
    let asked: Vec<SmolStr> =
        items(connector.get("Permissions")?).iter().filter_map(plain).cloned().collect();
    let mut made: Vec<Made> = Vec::new();
    for (index, destination) in destinations.iter().enumerate() {
        let end = if many { format!("Destination{index}") } else { String::new() };
        let at = At(destination.span);
        let from = Connected::of(expansion, at, &source, destination)?;
        let to = Connected::of(expansion, at, destination, &source)?;
        let connection = Connection { at: connector.at, id: connector.id, end, from, to };
        let (id, type_name, properties) = connection.make(&asked)?;
        made.push(connector.main(id, type_name, properties));
        connection.order(expansion, mappings);
    }
    expansion.replace_by(connector.id, made.iter().map(|one| one.id.clone()).collect());
    expansion.remove(connector.id);
    made.into_iter().for_each(|one| expansion.put(one));
    Some(())
}

/// Connects two ends that SAM itself joins; `id` is what the id of what is made starts with.
pub(super) fn connect(
    expansion: &mut Expansion<'_, '_>,
    serverless: &Serverless<'_>,
    (at, id): (At, &str),
    (from, to): (Connected, Connected),
    asked: &[SmolStr],
) {
    let connection = Connection { at, id, end: String::new(), from, to };
    if let Some((id, type_name, properties)) = connection.make(asked) {
        expansion.put(serverless.further(id, type_name, properties));
    }
}

/// Event source mappings by function and source: the ids of those that there are.
pub(super) type Mappings = FxHashMap<(SmolStr, SmolStr), Vec<SmolStr>>;

/// The event source mappings of a template whose serverless resources are expanded.
pub(super) fn mappings(expansion: &Expansion<'_, '_>) -> Mappings {
    let mut mappings = Mappings::default();
    for entry in expansion.resources() {
        let type_name = entry.value.get("Type").and_then(Node::text);
        if type_name.is_none_or(|name| name != "AWS::Lambda::EventSourceMapping") {
            continue;
        }
        let named = |key: &str| entry.value.get("Properties")?.get(key).and_then(referenced);
        if let (Some(function), Some(source)) = (named("FunctionName"), named("EventSourceArn")) {
            mappings.entry((function, source)).or_default().push(entry.key.clone());
        }
    }
    mappings
}

/// One source and one destination.
struct Connection<'a> {
    at: At,
    id: &'a str,
    /// What the ids of several destinations end in.
    end: String,
    from: Connected,
    to: Connected,
}

impl Connection<'_> {
    /// Id, type and properties of what gives the accesses asked for.
    fn make(&self, asked: &[SmolStr]) -> Option<(String, &'static str, Fields)> {
        let profile = Profile::between(&self.from.type_name, &self.to.type_name)?;
        let at = self.at;
        let accesses: Vec<&str> =
            ACCESSES.into_iter().filter(|access| asked.iter().any(|one| one == access)).collect();
        let of_source = profile.word("of") == "source";
        let owner = if of_source { &self.from } else { &self.to };
        let id = |end: &str| format!("{}{end}{}", self.id, self.end);
        let document = || self.document(&profile, &accesses);
        let mut properties = at.fields();
        match profile.word("makes") {
            "role-policy" => {
                properties.set("PolicyDocument", document());
                properties.set("Roles", at.list([owner.role.clone()?]));
                Some((id("Policy"), "AWS::IAM::ManagedPolicy", properties))
            }
            "queue-policy" => {
                properties.set("PolicyDocument", document());
                properties.set("Queues", at.list([owner.queue_url.clone()?]));
                Some((id("QueuePolicy"), "AWS::SQS::QueuePolicy", properties))
            }
            "topic-policy" => {
                properties.set("PolicyDocument", document());
                properties.set("Topics", at.list([owner.arn.clone()?]));
                Some((id("TopicPolicy"), "AWS::SNS::TopicPolicy", properties))
            }
            "permission" => {
                properties.set("Action", at.text("lambda:InvokeFunction"));
                properties.set("FunctionName", owner.arn.clone()?);
                properties.set("Principal", at.text(profile.service(&self.from.type_name)?));
                properties.set("SourceArn", self.filled(profile.word("source")));
                if self.from.type_name == "AWS::S3::Bucket" {
                    properties.set("SourceAccount", at.sub("${AWS::AccountId}"));
                }
                let access = accesses.first()?;
                Some((id(&format!("{access}LambdaPermission")), "AWS::Lambda::Permission", properties))
            }
            _ => None,
        }
    }

    fn document(&self, profile: &Profile, accesses: &[&str]) -> Node {
        let at = self.at;
        let statements = accesses.iter().filter_map(|access| profile.statements(access)).flatten();
        let of_role = profile.word("makes") == "role-policy";
        let statements = statements.map(|(actions, on)| {
            let mut statement = at.fields().with("Effect", at.text("Allow"));
            let actions: Vec<Node> = actions.into_iter().map(|action| at.text(action)).collect();
            let on: Vec<Node> = on.into_iter().map(|text| self.filled(text)).collect();
            let listed = |items: Vec<Node>| match <[Node; 1]>::try_from(items) {
                Ok([only]) if !of_role => only,
                Ok([only]) => at.list([only]),
                Err(items) => at.list(items),
            };
            statement.set("Action", listed(actions));
            statement.set("Resource", listed(on));
            if let Some(service) = profile.service(&self.from.type_name).filter(|_| !of_role) {
                statement.set("Principal", at.map([("Service", at.text(service))]));
                let source = at.map([("aws:SourceArn", self.filled("{source}"))]);
                statement.set("Condition", at.map([("ArnEquals", source)]));
            }
            statement.node()
        });
        at.map([("Version", at.text("2012-10-17")), ("Statement", at.list(statements))])
    }

    /// A text of the table with the parts of the two ends filled in.
    fn filled(&self, text: &str) -> Node {
        let at = self.at;
        let parts = [
            ("{source}", "SourceArn", &self.from.arn),
            ("{destination}", "DestinationArn", &self.to.arn),
            ("{source-id}", "SourceResourceId", &self.from.resource_id),
            ("{qualifier}", "SourceQualifier", &self.from.qualifier),
            ("{destination-name}", "DestinationName", &self.to.name),
        ];
        let mut names = at.fields();
        let mut filled = text.to_owned();
        for (part, name, value) in parts.into_iter().filter(|(part, ..)| text.contains(part)) {
            let value = value.clone().unwrap_or_else(|| at.no_value());
            if text == part {
                return value;
            }
            filled = filled.replace(part, &format!("${{{name}}}"));
            names.set(name, value);
        }
        match (names.is_empty(), filled.contains("${")) {
            (false, _) => at.sub_with(&filled, names),
            (true, true) => at.sub(&filled),
            (true, false) => at.text(filled),
        }
    }

    /// Makes what must wait for the policy wait.
    fn order(&self, expansion: &mut Expansion<'_, '_>, mappings: &Mappings) {
        let Some(profile) = Profile::between(&self.from.type_name, &self.to.type_name) else { return };
        let (Some(from), Some(to)) = (&self.from.id, &self.to.id) else { return };
        let waits = match profile.word("first") {
            "source" => from,
            // Of several mappings from one source to one function none could be deployed.
            "event-source-mapping" => match mappings.get(&(to.clone(), from.clone())).map(Vec::as_slice) {
                Some([only]) => only,
                _ => return,
            },
            _ => return,
        };
        expansion.additions(waits).depends_on(self.at, &format!("{}Policy{}", self.id, self.end));
    }
}
