//! What a stack declares: its parameters, resources and outputs, and those of the stacks nested in it.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use source::{Problem, ProblemSeverity, Span};
use value::declared::{Declared, Mode, OpaqueModule, Resource, RootId, key};
use value::{Condition, Kind, Map, MapEntry, Origin, Presence, Reference, Value};

use crate::nested::{NESTS_ITSELF, is_nesting};
use crate::stack::{Stack, push_entry};
use crate::{macros, parameters, text};

/// What stands beside the properties of a resource.
const META: [&str; 6] =
    ["DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Metadata", "CreationPolicy", "UpdatePolicy"];

impl Stack<'_> {
    /// Adds everything that the stack declares.
    pub(crate) fn declare(&self, declared: &mut Declared) {
        let template = self.template.clone();
        self.check_sections();
        for entry in template.section("Parameters") {
            self.declare_parameter(entry, declared);
        }
        for entry in template.section("Resources") {
            if !self.budget.take_instance() {
                self.too_many(entry);
                break;
            }
            self.declare_resource(entry, declared);
        }
        for entry in template.section("Outputs") {
            self.declare_output(entry, declared);
        }
        for (id, nested) in self.all_nested() {
            self.check_given(&id, &nested);
            nested.declare(declared);
        }
        if self.budget.is_spent() {
            self.out_of_steps();
        }
        declared.problems.append(&mut self.problems.borrow_mut());
    }

    fn too_many(&self, entry: &Entry) {
        let limit = self.shared.sources.limits().instances;
        let message = format!(
            "the stack has more than {limit} resources; {} and those after it were left out",
            entry.key
        );
        let help = "split the stack";
        let code = "too-many-instances";
        let problem = Problem::at(ProblemSeverity::Error, code, self.place(entry.key_span), message, help);
        self.problems.borrow_mut().push(problem);
    }

    fn out_of_steps(&self) {
        let place = self.place(Span::new(0, 0));
        let message = "the template takes too many steps to evaluate; values found later are unknown";
        let help = "split the template";
        let problem = Problem::at(ProblemSeverity::Error, "too-many-steps", place, message, help);
        self.problems.borrow_mut().push(problem);
    }

    fn declare_parameter(&self, entry: &Entry, declared: &mut Declared) {
        self.check_parameter(entry);
        let value = self.value(&entry.value);
        let hidden = entry.value.get("NoEcho").is_some_and(parameters::is_true);
        let attributes = match (&value.kind, hidden) {
            (Kind::Map(map), true) => {
                let mut map = (**map).clone();
                let default = map.entries.iter_mut().find(|entry| entry.key == "Default");
                if let Some(default) = default {
                    default.value.sensitive = true;
                }
                Value { kind: Kind::Map(Arc::new(map)), ..value }
            }
            _ => self.body(value, entry),
        };
        let found = Found { mode: Mode::Parameter, type_name: entry.key.clone(), attributes };
        declared.resources.push(Arc::new(self.resource(entry, self.address(&entry.key), found)));
    }

    /// What a parameter or an output says of itself: nothing, if it is no map.
    fn body(&self, value: Value, entry: &Entry) -> Value {
        match value.kind {
            Kind::Map(_) | Kind::Unknown(_) => value,
            _ => Value::map([], Origin::literal(self.place(entry.key_span))),
        }
    }

    fn declare_output(&self, entry: &Entry, declared: &mut Declared) {
        let when = self.condition_of_entry(&entry.value);
        if when == Condition::Never {
            return;
        }
        let attributes = self.body(self.assuming(&when, || self.value(&entry.value)), entry);
        let found = Found { mode: Mode::Output, type_name: entry.key.clone(), attributes };
        let address = SmolStr::from(format!("{}/Outputs/{}", self.prefix, entry.key));
        let when = self.guard.clone().and(when);
        let resource = Resource { presence: Presence::guarded(when), ..self.resource(entry, address, found) };
        declared.resources.push(Arc::new(resource));
    }

    fn declare_resource(&self, entry: &Entry, declared: &mut Declared) {
        if self.declare_module_of_rain(entry, declared) {
            return;
        }
        let Some(type_name) = entry.value.get("Type").and_then(Node::text).cloned() else {
            return self.without_type(entry, declared);
        };
        let when = self.condition_of_entry(&entry.value);
        if when == Condition::Never {
            return;
        }
        let (attributes, meta) = self.assuming(&when, || (self.properties(entry), self.meta(entry)));
        let is_module = type_name.ends_with("::MODULE");
        let found = Found { mode: Mode::Managed, type_name, attributes };
        let address = self.address(&entry.key);
        let resource = self.resource(entry, address.clone(), found);
        // Modules of the registry stand under a type of their own, and what they hold is nowhere in the scan.
        let opaque = is_module || is_nesting(&entry.value) && self.nested_stack(entry).is_none();
        if opaque && !is_module {
            self.tell_unopened(entry);
        }
        if opaque {
            let source = match is_module {
                true => resource.type_name.clone(),
                false => self.template_source(&resource.attributes),
            };
            declared.opaque.push(OpaqueModule { source, address, place: resource.place });
        }
        let when = self.guard.clone().and(when);
        let presence = Presence { when, many: self.many || entry.key.contains(crate::loops::ANY) };
        declared.resources.push(Arc::new(Resource { presence, meta, ..resource }));
    }

    fn tell_unopened(&self, entry: &Entry) {
        let why = self.why_unopened(&entry.key);
        if why == NESTS_ITSELF {
            return;
        }
        let message = format!("the stack {} is not opened: {why}", entry.key);
        let help = "put its template into the scan, or scan that alone; its outputs are unknown until then";
        self.note("cloudformation-nested-unopened", entry.key_span, message, help);
    }

    fn without_type(&self, entry: &Entry, declared: &mut Declared) {
        if entry.key == "Fn::Transform" {
            self.transformed(&entry.value);
            let source = macros::source_of(&entry.value);
            let (address, place) = (self.address(&entry.key), self.place(entry.key_span));
            return declared.opaque.push(OpaqueModule { source, address, place });
        }
        let message = format!("the resource {} has no type", entry.key);
        let help = "add its Type, for example AWS::S3::Bucket";
        self.warn("cloudformation-resource-without-type", entry.key_span, message, help);
    }

    /// When a resource or an output exists, by its `Condition`.
    pub(crate) fn condition_of_entry(&self, body: &Node) -> Condition {
        body.get("Condition").map_or(Condition::Always, |condition| self.condition_named_by(condition))
    }

    fn resource(&self, entry: &Entry, address: SmolStr, found: Found) -> Resource {
        let place = self.place(entry.key_span);
        Resource {
            key: key(&self.context.name, &address),
            address,
            mode: found.mode,
            type_name: found.type_name,
            attributes: found.attributes,
            presence: Presence::guarded(self.guard.clone()),
            root: RootId(0),
            place,
            body: self.place(entry.span()),
            logical_id: Some(entry.key.clone()),
            construct: None,
            caller: None,
            instance: None,
            region: self.context.region.clone().filter(|_| self.elsewhere).map(Box::new),
            account: self.context.account.clone().filter(|_| self.elsewhere).map(Box::new),
            meta: Value::map([], Origin::computed(place)),
        }
    }

    fn properties(&self, entry: &Entry) -> Value {
        let key = entry.value.entry("Properties");
        let value = match key.map(|key| &key.value) {
            Some(node) => self.value(node),
            None => Value::absent(),
        };
        let value = key.into_iter().fold(value, |value, key| self.pointed(value, key));
        let place = Origin::literal(self.place(key.map_or(entry.key_span, |key| key.key_span)));
        match value.kind {
            Kind::Map(_) | Kind::Unknown(_) => value,
            Kind::Alternatives(_) => merged(&value),
            Kind::Absent | Kind::Null => Value::map([], place),
            _ => {
                let message = format!("the properties of {} are no map", entry.key);
                let help = "write them as a map of property names to values";
                self.warn("cloudformation-wrong-properties", entry.key_span, message, help);
                Value::map([], place)
            }
        }
    }

    fn meta(&self, entry: &Entry) -> Value {
        let mut map = Map::default();
        for one in entry.value.entries() {
            if !META.contains(&one.key.as_str()) {
                continue;
            }
            let value =
                if one.key == "DependsOn" { self.depends_on(&one.value) } else { self.value(&one.value) };
            push_entry(&mut map, one.key.clone(), self.place(one.key_span), value);
        }
        if let Some(tags) = &self.tags {
            push_entry(&mut map, "default_tags".into(), self.place(entry.key_span), tags.clone());
        }
        Value::new(Kind::Map(Arc::new(map)), Origin::literal(self.place(entry.value.span)))
    }

    /// The resources that a resource waits for, as references.
    fn depends_on(&self, node: &Node) -> Value {
        let names = match &node.kind {
            NodeKind::Sequence(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let reference = |node: &Node| {
            let name = node.text()?;
            let name = self.template.aliases.get(name).unwrap_or(name);
            let to = key(&self.context.name, &self.address(name));
            let reference = Reference { to, attribute: SmolStr::default(), many: false };
            let origin = Origin::literal(self.place(node.span));
            Some(Value::new(Kind::Reference(Arc::new(reference)), origin))
        };
        Value::list(names.iter().filter_map(reference), Origin::literal(self.place(node.span)))
    }

    /// What a nested stack that is not at hand gives as its template.
    fn template_source(&self, attributes: &Value) -> SmolStr {
        let mut url = attributes.get("TemplateURL");
        if url.is_absent() {
            url = attributes.get("Location");
        }
        if url.is_absent() {
            return SmolStr::new_static("TemplateBody");
        }
        if let Some(known) = url.as_str() {
            return SmolStr::new(known);
        }
        if let Kind::Template(_) = &url.kind {
            return SmolStr::from(text::shown(&url));
        }
        let shown = url.origin.place.map(|place| self.shared.sources.slice(place)).unwrap_or_default();
        SmolStr::from(shown.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// What is found of an entry of a section.
struct Found {
    mode: Mode,
    type_name: SmolStr,
    attributes: Value,
}

/// Alternative maps as one map whose entries are alternatives.
fn merged(value: &Value) -> Value {
    let Kind::Alternatives(alternatives) = &value.kind else { return value.clone() };
    let mut map = Map::default();
    let mut keys: Vec<(SmolStr, Option<source::Place>)> = Vec::new();
    let mut known: FxHashSet<SmolStr> = FxHashSet::default();
    for (_, choice) in &alternatives.choices {
        match &choice.kind {
            Kind::Map(choice) => {
                for entry in &choice.entries {
                    if known.insert(entry.key.clone()) {
                        keys.push((entry.key.clone(), entry.place));
                    }
                }
                if let Some(open) = &choice.open {
                    map.open.get_or_insert_with(|| open.clone());
                }
            }
            Kind::Unknown(unknown) => {
                map.open.get_or_insert_with(|| unknown.clone());
            }
            _ => {}
        }
    }
    let indexed: Vec<(&Condition, Entries<'_>)> =
        alternatives.choices.iter().map(|(when, choice)| (when, Entries::of(choice))).collect();
    for (key, place) in keys {
        let choices = indexed.iter().map(|(when, entries)| ((*when).clone(), entries.get(&key)));
        let one = Value::alternatives(choices, value.origin.clone());
        if let (Some(place), Some((value, presence))) = (place, crate::stack::present(one)) {
            let entry = value::MapEntry { key, place: Some(place), value, presence, replaceable: false };
            map.entries.push(entry);
        }
    }
    Value::new(Kind::Map(Arc::new(map)), value.origin.clone())
}

/// The entries of a map by key.
struct Entries<'v> {
    by_key: FxHashMap<&'v str, &'v MapEntry>,
    /// The value, if it is no map.
    other: Option<&'v Value>,
}

impl<'v> Entries<'v> {
    fn of(value: &'v Value) -> Self {
        match &value.kind {
            Kind::Map(map) => {
                let by_key = map.entries.iter().map(|entry| (entry.key.as_str(), entry)).collect();
                Self { by_key, other: None }
            }
            _ => Self { by_key: FxHashMap::default(), other: Some(value) },
        }
    }

    fn get(&self, key: &str) -> Value {
        match (self.other, self.by_key.get(key)) {
            (Some(other), _) => other.get(key),
            (None, Some(entry)) => entry.value.clone().guarded_by(&entry.presence),
            (None, None) => Value::absent(),
        }
    }
}
