//! One serverless resource under expansion, or one event of a function or state machine.

use smol_str::SmolStr;
use source::Span;
use source::document::{Entry, Node, NodeKind};

use super::expansion::Expansion;
use super::make::{At, Fields, is_null};
use super::{globals, tags};
use crate::intrinsic::Call;

/// Attributes of a serverless resource that the resource of the same purpose has, too.
const OWN: [&str; 6] =
    ["Condition", "DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "DependsOn", "Metadata"];

/// Attributes that everything has that is made of a serverless resource. SAM hands on the metadata only where its
/// caller wants that; here it is handed on so that what a user says about the resource in it holds for all.
const PASSED_ON: [&str; 4] = ["Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"];

/// Types that have the tags of the serverless resource that they are made of, where it propagates them.
const TAGGED: [&str; 7] = [
    "AWS::Lambda::Function",
    "AWS::IAM::Role",
    "AWS::SQS::Queue",
    "AWS::SNS::Topic",
    "AWS::IoT::TopicRule",
    "AWS::StepFunctions::StateMachine",
    "AWS::CloudFormation::Stack",
];

/// A serverless resource with its globals.
#[derive(Debug)]
pub(crate) struct Serverless<'n> {
    /// Its logical id.
    pub(crate) id: &'n SmolStr,
    /// The place of its logical id.
    pub(crate) at: At,
    /// The resource as written.
    pub(crate) body: &'n Node,
    /// Its properties, globals merged in; always a map.
    pub(crate) properties: Node,
    /// Its tags as a list, if everything that is made of it has them.
    propagated: Option<Node>,
    /// Attributes of the resource of the same purpose.
    own: Vec<Entry>,
    /// Attributes of everything that is made of it.
    passed_on: Vec<Entry>,
}

impl<'n> Serverless<'n> {
    /// The serverless resource that `entry` declares; none if the expansion may spend no more.
    pub(super) fn of(expansion: &mut Expansion<'_, '_>, entry: &'n Entry, kind: &str) -> Option<Self> {
        let properties = globals::properties(expansion, kind, &entry.value)?;
        let (id, at, body) = (&entry.key, At(entry.key_span), &entry.value);
        let (own, passed_on) = (attributes(body, &OWN), attributes(body, &PASSED_ON));
        let mut serverless = Self { id, at, body, properties, propagated: None, own, passed_on };
        let propagates =
            serverless.get("PropagateTags").is_some_and(|node| expansion.truth(node) != Some(false));
        let tags = serverless.get("Tags").filter(|tags| propagates && !tags.entries().is_empty());
        serverless.propagated = tags.map(|tags| tags::list(serverless.at("Tags"), tags));
        Some(serverless)
    }

    /// The resource without its properties, for what has its attributes alone.
    pub(crate) fn bare(entry: &'n Entry) -> Self {
        let (id, at, body) = (&entry.key, At(entry.key_span), &entry.value);
        let (own, passed_on) = (attributes(body, &OWN), attributes(body, &PASSED_ON));
        Self { id, at, body, properties: at.fields().node(), propagated: None, own, passed_on }
    }

    /// The map of tags that everything has that is made of the resource.
    pub(crate) fn propagated_tags(&self) -> Option<&Node> {
        self.propagated.as_ref().and_then(|_| self.get("Tags"))
    }

    /// A property that is there and not null.
    pub(crate) fn get(&self, property: &str) -> Option<&Node> {
        self.properties.get(property).filter(|node| !is_null(node))
    }

    /// The place of a property's name, or of the logical id.
    pub(crate) fn at(&self, property: &str) -> At {
        self.properties.entry(property).map_or(self.at, |entry| At(entry.key_span))
    }

    /// The entries of a property that is a map, and no function that gives one.
    pub(crate) fn entries(&self, property: &str) -> &[Entry] {
        self.get(property).filter(|node| Call::of(node).is_none()).map_or(&[], Node::entries)
    }

    /// The name of its condition.
    pub(crate) fn condition(&self) -> Option<&SmolStr> {
        self.passed_on.iter().find(|entry| entry.key == "Condition")?.value.text()
    }

    /// The resource of the same purpose, with the attributes of this one.
    pub(crate) fn main(&self, id: impl Into<SmolStr>, type_name: &'static str, properties: Fields) -> Made {
        let properties = self.tagged(type_name, properties);
        let (id, at, whole) = (id.into(), self.at, self.body.span);
        Made { id, at, whole, type_name, properties, attributes: self.own.clone() }
    }

    /// A further resource made at `at`, with the attributes that all of them have.
    pub(crate) fn further(
        &self,
        id: impl Into<SmolStr>,
        type_name: &'static str,
        properties: Fields,
    ) -> Made {
        let properties = self.tagged(type_name, properties);
        let at = properties.at;
        Made { id: id.into(), at, whole: at.0, type_name, properties, attributes: self.passed_on.clone() }
    }

    /// The properties with the tags of the resource instead of those that SAM gives, if they are for all.
    fn tagged(&self, type_name: &str, mut properties: Fields) -> Fields {
        if let Some(tags) = self.propagated.as_ref().filter(|_| TAGGED.contains(&type_name)) {
            properties.replace("Tags", tags.clone());
        }
        properties
    }
}

/// The attributes of a resource with these names, in this order.
fn attributes(body: &Node, keys: &[&str]) -> Vec<Entry> {
    let written = keys.iter().filter_map(|key| body.entry(key));
    written.filter(|entry| !is_null(&entry.value)).cloned().collect()
}

/// A resource in the making.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    /// Its logical id.
    pub(crate) id: SmolStr,
    at: At,
    /// All of the source that it is made of, as far as it stands in one place.
    whole: Span,
    type_name: &'static str,
    properties: Fields,
    attributes: Vec<Entry>,
}

impl Made {
    /// A resource that shares nothing with a serverless one.
    pub(crate) fn plain(id: impl Into<SmolStr>, type_name: &'static str, properties: Fields) -> Self {
        let at = properties.at;
        Self { id: id.into(), at, whole: at.0, type_name, properties, attributes: Vec::new() }
    }

    /// The resource with an attribute of its own instead of one that it was handed.
    pub(crate) fn attribute(mut self, key: &str, value: Node) -> Self {
        self.attributes.retain(|entry| entry.key != key);
        self.attributes.push(Entry { key: SmolStr::new(key), key_span: self.at.0, value });
        self
    }

    /// The resource without an attribute.
    pub(crate) fn without(mut self, key: &str) -> Self {
        self.attributes.retain(|entry| entry.key != key);
        self
    }

    /// The resource with one more property; it must not be set yet.
    pub(crate) fn property(mut self, key: &str, value: Node) -> Self {
        self.properties.set(key, value);
        self
    }

    /// The resource that is made after `id`, too.
    pub(crate) fn depends_on(self, id: &str) -> Self {
        let earlier = self.attributes.iter().find(|entry| entry.key == "DependsOn");
        let mut items: Vec<Node> = match earlier.map(|entry| &entry.value) {
            Some(Node { kind: NodeKind::Sequence(items), .. }) => items.clone(),
            Some(one) => vec![one.clone()],
            None => Vec::new(),
        };
        items.push(self.at.text(id));
        let all = self.at.list(items);
        self.attribute("DependsOn", all)
    }

    /// The entry of the resources that declares it.
    pub(super) fn entry(self) -> Entry {
        let mut body = self.at.fields();
        body.set("Type", self.at.text(self.type_name));
        if !self.properties.is_empty() {
            body.set("Properties", self.properties.node());
        }
        self.attributes.into_iter().for_each(|entry| body.push(entry));
        let value = Node { span: self.whole, ..body.node() };
        Entry { key: self.id, key_span: self.at.0, value }
    }
}

/// One event of a function or a state machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'n> {
    /// Its name among the events of its resource.
    pub(crate) name: &'n SmolStr,
    /// The place of its name.
    pub(crate) at: At,
    /// Its type.
    pub(crate) kind: &'n str,
    /// Its properties, if it has any.
    properties: Option<&'n Node>,
}

impl<'n> Event<'n> {
    /// The event that an entry of `Events` declares.
    pub(crate) fn of(entry: &'n Entry) -> Option<Self> {
        let kind = entry.value.get("Type")?.text()?.as_str();
        let properties = entry.value.get("Properties");
        Some(Self { name: &entry.key, at: At(entry.key_span), kind, properties })
    }

    /// A property that is there and not null.
    pub(crate) fn get(&self, property: &str) -> Option<&'n Node> {
        self.properties?.get(property).filter(|node| !is_null(node))
    }

    /// Takes properties of the event over into what is made of it.
    pub(crate) fn hand(&self, fields: &mut Fields, keys: &[&str]) {
        if let Some(properties) = self.properties {
            fields.hand_all(properties, keys);
        }
    }
}
