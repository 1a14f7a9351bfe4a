//! What an expansion has made so far: resources, conditions, and names that stand for resources that were made.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use value::{Kind, Value};

use super::additions::Additions;
use super::deployments::Group;
use super::make::{At, count};
use super::serverless::{Made, Serverless};
use super::waiting;
use crate::conditions::scalar_text;
use crate::stack::Stack;
use crate::template::Template;

/// Most nodes that an expansion makes.
const MOST_NODES: usize = 1 << 19;

/// An expansion under way.
#[derive(Debug)]
pub(crate) struct Expansion<'a, 's> {
    /// The stack of the template.
    pub(crate) stack: &'a Stack<'s>,
    /// The template as it is written, its loops expanded.
    pub(crate) template: Arc<Template>,
    /// Resources as they stand, in the order of the template; those that were made come last.
    resources: Vec<Entry>,
    index: FxHashMap<SmolStr, usize>,
    conditions: Vec<Entry>,
    condition_names: FxHashSet<SmolStr>,
    aliases: FxHashMap<SmolStr, SmolStr>,
    nodes: usize,
    /// Deployment groups that were made.
    pub(super) groups: Vec<Group>,
    additions: FxHashMap<SmolStr, Additions>,
    replaced: FxHashMap<SmolStr, Vec<SmolStr>>,
}

impl<'a, 's> Expansion<'a, 's> {
    pub(super) fn new(stack: &'a Stack<'s>) -> Self {
        let template = stack.template.clone();
        let resources: Vec<Entry> = template.section("Resources").to_vec();
        let index = resources.iter().enumerate().map(|(at, entry)| (entry.key.clone(), at)).collect();
        Self {
            stack,
            template,
            resources,
            index,
            conditions: Vec::new(),
            condition_names: FxHashSet::default(),
            aliases: FxHashMap::default(),
            nodes: MOST_NODES,
            groups: Vec::new(),
            additions: FxHashMap::default(),
            replaced: FxHashMap::default(),
        }
    }

    /// Takes `nodes` of what may be made. None if that is too much; then nothing more is expanded.
    pub(super) fn spend(&mut self, nodes: usize) -> Option<()> {
        let left = self.nodes.checked_sub(nodes).filter(|_| self.stack.budget.spend(nodes / 4));
        self.nodes = left.unwrap_or(0);
        left.map(|_| ())
    }

    /// Whether nothing more can be made.
    pub(crate) fn is_spent(&self) -> bool {
        self.nodes == 0
    }

    /// The resource of this name as it stands: made, or as it is written.
    pub(crate) fn resource(&self, id: &str) -> Option<&Node> {
        self.index.get(id).and_then(|at| self.resources.get(*at)).map(|entry| &entry.value)
    }

    /// The name of the type of a resource as it stands.
    pub(crate) fn type_of(&self, id: &str) -> Option<&str> {
        self.resource(id)?.get("Type")?.text().map(SmolStr::as_str)
    }

    /// Takes out a resource of which others were made, but none with its id.
    pub(crate) fn remove(&mut self, id: &str) {
        if let Some(entry) = self.index.remove(id).and_then(|at| self.resources.get_mut(at)) {
            entry.key = SmolStr::default();
        }
    }

    /// Adds a resource, in place of the one that has its id.
    pub(crate) fn put(&mut self, made: Made) {
        self.put_entry(made.entry());
    }

    fn put_entry(&mut self, entry: Entry) {
        if self.spend(count(&entry.value)).is_none() {
            return;
        }
        match self.index.get(&entry.key).and_then(|at| self.resources.get_mut(*at)) {
            Some(earlier) => *earlier = entry,
            None => {
                self.index.insert(entry.key.clone(), self.resources.len());
                self.resources.push(entry);
            }
        }
    }

    /// Leaves a serverless resource as it is, with its globals.
    pub(super) fn keep(&mut self, serverless: &Serverless<'_>) {
        let mut body = At(serverless.body.span).fields();
        for entry in serverless.body.entries() {
            if entry.key != "Properties" {
                body.push(entry.clone());
            }
        }
        let written = serverless.body.entry("Properties");
        let key_span = written.map_or(serverless.at.0, |entry| entry.key_span);
        if written.is_some() || !serverless.properties.entries().is_empty() {
            body.push(Entry { key: "Properties".into(), key_span, value: serverless.properties.clone() });
        }
        let body = Node { span: serverless.body.span, ..body.node() };
        self.put_entry(Entry { key: serverless.id.clone(), key_span: serverless.at.0, value: body });
    }

    /// A logical id that ends in a hash when AWS makes it, and so never collides with another one. Here it has no
    /// hash, which rests on where the code is uploaded to, unless the id is taken.
    pub(crate) fn hashed_id(&self, id: &str) -> SmolStr {
        if self.index.contains_key(id) { SmolStr::from(format!("{id}Made")) } else { SmolStr::new(id) }
    }

    /// What is to be added to a resource of the template.
    pub(crate) fn additions(&mut self, id: &SmolStr) -> &mut Additions {
        self.additions.entry(id.clone()).or_default()
    }

    /// Makes `name`, `MyFunction.Alias`, stand for the resource `id` in references.
    pub(crate) fn stand_for(&mut self, name: String, id: SmolStr) {
        self.aliases.insert(SmolStr::from(name), id);
    }

    /// The resource for which a name stands.
    pub(crate) fn stands_for(&self, name: &str) -> Option<&SmolStr> {
        self.aliases.get(name)
    }

    /// The resources as they stand.
    pub(crate) fn resources(&self) -> &[Entry] {
        &self.resources
    }

    /// Lets whatever waits for the resource `id` wait for others, which were made of it.
    pub(crate) fn replace_by(&mut self, id: &SmolStr, others: Vec<SmolStr>) {
        self.replaced.insert(id.clone(), others);
    }

    /// Adds a condition.
    pub(crate) fn condition(&mut self, name: &str, at: At, formula: Node) {
        if self.template.condition(name).is_none() && self.condition_names.insert(SmolStr::new(name)) {
            self.conditions.push(Entry { key: SmolStr::new(name), key_span: at.0, value: formula });
        }
    }

    /// What a node says, evaluated.
    pub(crate) fn value(&self, node: &Node) -> Value {
        let before = self.stack.problems.borrow().len();
        let value = self.stack.value(node);
        // It may name what is yet to be made; what it says is evaluated again once all of that is there.
        let mut at = 0;
        self.stack.problems.borrow_mut().retain(|problem| {
            at += 1;
            at <= before || problem.code != "cloudformation-unknown-name"
        });
        value
    }

    /// The text that a node says, if it is one for certain.
    pub(crate) fn text(&self, node: &Node) -> Option<SmolStr> {
        scalar_text(&self.value(node))
    }

    /// Whether the stack belongs to the partition `aws`, as it does unless its region says otherwise.
    pub(crate) fn is_first_partition(&self) -> bool {
        let partition = self.text(&At(self.template.document.span).reference("AWS::Partition"));
        partition.is_none_or(|partition| partition == "aws")
    }

    /// Whether a node says true or false; none if neither is certain.
    pub(crate) fn truth(&self, node: &Node) -> Option<bool> {
        let value = self.value(node);
        match (&value.kind, scalar_text(&value).as_deref()) {
            (_, Some("true" | "True")) => Some(true),
            (Kind::Absent | Kind::Null, _) | (_, Some("false" | "False")) => Some(false),
            _ => None,
        }
    }

    /// The template with what was made.
    pub(super) fn finish(mut self) -> Template {
        super::deployments::finish(&mut self);
        for entry in &mut self.resources {
            if let Some(additions) = self.additions.remove(&entry.key) {
                additions.apply(entry);
            }
            if !self.replaced.is_empty() {
                waiting::replace(entry, &self.replaced);
            }
        }
        if self.nodes == 0 {
            let message = "the serverless resources of the template make it too large; some stay as written";
            let help = "split the template";
            self.stack.warn("cloudformation-sam-too-large", self.template.document.span, message, help);
        }
        let resources: Vec<Entry> =
            self.resources.into_iter().filter(|entry| !entry.key.is_empty()).collect();
        let written = &self.template.document;
        let others = written.entries().iter().filter(|section| section.key != "Resources");
        let mut sections: Vec<Entry> = others.cloned().collect();
        add(&mut sections, "Conditions", self.conditions);
        let place = written.entry("Resources").map_or(written.span, |section| section.key_span);
        let value = Node { kind: NodeKind::Mapping(resources), tag: None, span: place };
        sections.push(Entry { key: "Resources".into(), key_span: place, value });
        let document = Node { kind: NodeKind::Mapping(sections), tag: None, span: written.span };
        let mut template = self.template.with_document(document);
        template.aliases = self.aliases;
        template
    }
}

/// Adds entries to a section.
fn add(sections: &mut Vec<Entry>, key: &str, mut entries: Vec<Entry>) {
    let Some(first) = entries.first().map(|entry| entry.key_span) else { return };
    let section = sections.iter_mut().rev().find(|section| section.key == key);
    match section.map(|section| &mut section.value.kind) {
        Some(NodeKind::Mapping(known)) => known.append(&mut entries),
        _ => {
            let value = Node { kind: NodeKind::Mapping(entries), tag: None, span: first };
            sections.push(Entry { key: SmolStr::new(key), key_span: first, value });
        }
    }
}
