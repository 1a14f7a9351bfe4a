//! The graph as JSON: resources as written and in the model's spelling, and the edges between them.

use facts::Facts;
use graph::{Graph, NodeId};
use language::ir::{AttrId, AttributeSource};
use report::PlaceKey;
use serde_json::{Map, Value as Json, json};
use value::declared::{Mode, Resource, Root};
use value::{Condition, Identity, Kind, Number, Part, Presence, Value};

use crate::{Options, Read};

/// Deepest nesting of a condition that is written out.
const DEPTH: usize = 16;

/// `{"resources": [...], "edges": [...]}` of all scans of what was read; what all environments share is there once.
/// How values are written is told in `docs/json.md`; sensitive ones are not. A satellite has no kind; an edge `joins`
/// leads to its subject.
#[must_use]
pub fn graph(read: &Read, options: &Options) -> Json {
    let (mut resources, mut edges) = (Vec::new(), Vec::new());
    for (scan, number) in read.scans().zip(0u32..) {
        let graph = Graph::build(&scan.declared, options.catalogue, &options.scope);
        let facts = Facts::with_phi(&graph, options.phi.clone());
        let own = |resource: &Resource| number == 0 || environment(&graph, resource).is_some();
        resources.extend(resources_of(&facts, own));
        edges.extend(edges_of(&graph, own));
    }
    json!({"resources": resources, "edges": edges})
}

fn root<'g>(graph: &Graph<'g>, resource: &Resource) -> Option<&'g Root> {
    graph.declared.root_of(resource)
}

fn environment<'g>(graph: &Graph<'g>, resource: &Resource) -> Option<&'g str> {
    root(graph, resource)?.environment.as_deref()
}

fn resources_of(facts: &Facts<'_>, own: impl Fn(&Resource) -> bool) -> Vec<Json> {
    let graph = facts.graph;
    let printer = Printer { masked: crate::masks::masked(graph) };
    let managed = graph.declared.resources.iter().zip(0u32..);
    let managed = managed.filter(|(resource, _)| resource.mode == Mode::Managed && own(resource));
    managed
        .map(|(resource, index)| {
            let nodes = graph.nodes_of_resource(index).iter().filter_map(|id| Some((*id, graph.node(*id)?)));
            let node = nodes.into_iter().find(|(_, node)| node.resource == index && !node.stand_in);
            let (kind, model) = match node {
                Some((id, node)) => {
                    (node.kind.and_then(|kind| graph.catalogue.kind(kind)), printer.model(facts, id))
                }
                None => (None, Map::new()),
            };
            let mut row = Map::new();
            row.insert("address".to_owned(), json!(resource.address.as_str()));
            row.insert("type".to_owned(), json!(resource.type_name.as_str()));
            row.insert("kind".to_owned(), json!(kind.map(|kind| kind.name)));
            row.insert("root".to_owned(), json!(root(graph, resource).map(|root| root.name.as_str())));
            if let Some(name) = environment(graph, resource) {
                row.insert("environment".to_owned(), json!(name));
            }
            if let Some(when) = condition(&resource.presence.when) {
                row.insert("when".to_owned(), json!(when));
            }
            if resource.presence.many {
                row.insert("many".to_owned(), json!(true));
            }
            row.insert("attributes".to_owned(), printer.json_of(&resource.attributes));
            row.insert("model".to_owned(), Json::Object(model));
            Json::Object(row)
        })
        .collect()
}

fn edges_of(graph: &Graph<'_>, own: impl Fn(&Resource) -> bool) -> Vec<Json> {
    let edge = |from: &Resource, to: NodeId, via: &str| {
        if !own(from) {
            return None;
        }
        let to = graph.resource(to).map(|resource| resource.address.to_string()).unwrap_or_default();
        let mut row = json!({"from": from.address.as_str(), "to": to, "via": via});
        if let (Some(name), Json::Object(row)) = (environment(graph, from), &mut row) {
            row.insert("environment".to_owned(), json!(name));
        }
        Some(row)
    };
    let mut rows = Vec::new();
    for known in graph.edges() {
        rows.extend(graph.resource(known.from).and_then(|from| edge(from, known.to, &known.via)));
    }
    for (id, node) in graph.nodes().filter(|(_, node)| !node.stand_in) {
        for joined in &node.satellites {
            let satellite = graph.declared.resources.get(joined.resource as usize);
            rows.extend(satellite.and_then(|satellite| edge(satellite, id, "joins")));
        }
    }
    rows
}

/// A condition in words of Terraform's language; none for what always holds.
fn condition(condition: &Condition) -> Option<String> {
    (*condition != Condition::Always).then(|| in_words(condition, DEPTH))
}

fn in_words(condition: &Condition, depth: usize) -> String {
    let several = |parts: &[Condition], operator: &str| {
        let parts = parts.iter().map(|part| match part {
            Condition::All(_) | Condition::Any(_) => format!("({})", in_words(part, depth - 1)),
            part => in_words(part, depth - 1),
        });
        parts.collect::<Vec<_>>().join(operator)
    };
    match condition {
        _ if depth == 0 => "…".to_owned(),
        Condition::Always => "true".to_owned(),
        Condition::Never => "false".to_owned(),
        Condition::Literal(literal) if literal.value == "true" => Identity::shown(&literal.atom).to_owned(),
        Condition::Literal(literal) => format!("{} == {:?}", Identity::shown(&literal.atom), literal.value),
        Condition::Not(inner) => format!("!({})", in_words(inner, depth - 1)),
        Condition::All(parts) => several(parts, " && "),
        Condition::Any(parts) => several(parts, " || "),
    }
}

/// Prints values; secrets are known by their places, too.
struct Printer {
    masked: Vec<PlaceKey>,
}

impl Printer {
    /// The attributes of a node in the model's spelling.
    fn model(&self, facts: &Facts<'_>, id: NodeId) -> Map<String, Json> {
        let graph = facts.graph;
        let kind = graph.node(id).and_then(|node| node.kind).and_then(|kind| graph.catalogue.kind(kind));
        let mut model = Map::new();
        for (attribute, number) in kind.map_or(&[][..], |kind| kind.attributes).iter().zip(0u16..) {
            let value = match attribute.source {
                AttributeSource::Spelled | AttributeSource::Incoming(_) => {
                    graph.attribute(id, AttrId(number))
                }
                AttributeSource::Fact(fact) => facts.of_node(fact, id),
                AttributeSource::ReferenceFact(_) => continue,
            };
            if !value.is_absent() {
                model.insert(attribute.name.to_owned(), self.json_of(&value));
            }
        }
        model
    }

    fn is_masked(&self, value: &Value) -> bool {
        let scalar = !matches!(value.kind, Kind::List(_) | Kind::Map(_));
        let key = value.origin.place.map(crate::masks::key);
        value.sensitive || scalar && key.is_some_and(|key| self.masked.binary_search(&key).is_ok())
    }

    /// A value as JSON.
    fn json_of(&self, value: &Value) -> Json {
        if self.is_masked(value) {
            return json!({"$sensitive": true});
        }
        match &value.kind {
            Kind::Absent | Kind::Null => Json::Null,
            Kind::Bool(known) => Json::Bool(*known),
            Kind::Number(number) => number_of(number),
            Kind::String(text) => Json::String(text.to_string()),
            Kind::List(list) => {
                let item = |item: &value::Item| present(&item.presence, self.json_of(&item.value));
                let mut items: Vec<Json> = list.items.iter().map(item).collect();
                if let Some(open) = &list.open {
                    items.push(json!({"$more": open.reason.as_str()}));
                }
                Json::Array(items)
            }
            Kind::Map(map) => {
                let mut entries: Map<String, Json> = map
                    .entries
                    .iter()
                    .map(|entry| (key(&entry.key), present(&entry.presence, self.json_of(&entry.value))))
                    .collect();
                if let Some(open) = &map.open {
                    entries.insert("$more".to_owned(), Json::String(open.reason.to_string()));
                }
                Json::Object(entries)
            }
            Kind::Reference(reference) => {
                let address = Identity::shown(&reference.to);
                let text = match reference.attribute.as_str() {
                    "" => address.to_owned(),
                    attribute => format!("{address}.{attribute}"),
                };
                json!({"$ref": text})
            }
            Kind::Unknown(unknown) => json!({"$unknown": unknown.reason.as_str()}),
            Kind::Template(template) => {
                let parts = template.parts.iter().map(|part| match part {
                    Part::Text(text) => Json::String(text.to_string()),
                    Part::Value(value) => self.json_of(value),
                });
                json!({"$template": parts.collect::<Vec<_>>()})
            }
            Kind::Alternatives(alternatives) => {
                let choice = |(when, choice): &(Condition, Value)| json!({"when": in_words(when, DEPTH), "value": self.json_of(choice)});
                json!({"$alternatives": alternatives.choices.iter().map(choice).collect::<Vec<_>>()})
            }
        }
    }
}

/// A number as JSON has it, or as text where JSON readers would take another one for it.
fn number_of(number: &Number) -> Json {
    if let Some(whole) = number.as_i64() {
        return Json::from(whole);
    }
    let text = number.to_string();
    let parsed: Option<Json> = serde_json::from_str(&text).ok();
    let printed = parsed.as_ref().map(Json::to_string);
    parsed.filter(|_| printed.as_ref() == Some(&text)).unwrap_or_else(|| json!({"$number": text}))
}

/// A key of the input: one that begins like the names of this format has one sign more.
fn key(name: &str) -> String {
    if name.starts_with('$') { format!("${name}") } else { name.to_owned() }
}

/// An element or entry with what is known of its presence.
fn present(presence: &Presence, value: Json) -> Json {
    match (condition(&presence.when), presence.many) {
        (None, false) => value,
        (Some(when), false) => json!({"$if": when, "value": value}),
        (None, true) => json!({"$many": true, "value": value}),
        (Some(when), true) => json!({"$many": true, "$if": when, "value": value}),
    }
}
