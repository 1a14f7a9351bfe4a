//! The graph as JSON: resources as written and in the model's spelling, and the edges between them.

use facts::Facts;
use graph::{Graph, NodeId};
use language::ir::{AttrId, AttributeSource};
use report::PlaceKey;
use serde_json::{Map, Value as Json, json};
use value::declared::{Mode, Resource};
use value::{Identity, Kind, Part, Value};

/// `{"resources": [...], "edges": [...]}`. Unknown values are `{"$unknown": reason}`, references
/// `{"$ref": "address.attribute"}`, alternatives `{"$one_of": [...]}`, templates `{"$template": [...]}`; sensitive
/// values are `{"$sensitive": true}`. A satellite has no kind; an edge `joins` leads to its subject.
#[must_use]
pub fn graph(facts: &Facts<'_>) -> Json {
    let graph = facts.graph;
    let printer = Printer { masked: crate::masks::masked(graph) };
    let managed =
        graph.declared.resources.iter().zip(0u32..).filter(|(resource, _)| resource.mode == Mode::Managed);
    let resources: Vec<Json> = managed
        .map(|(resource, index)| {
            let nodes = graph.nodes_of_resource(index).iter().filter_map(|id| Some((*id, graph.node(*id)?)));
            let own = nodes.into_iter().find(|(_, node)| node.resource == index && !node.stand_in);
            let (kind, model) = match own {
                Some((id, node)) => {
                    (node.kind.and_then(|kind| graph.catalogue.kind(kind)), printer.model(facts, id))
                }
                None => (None, Map::new()),
            };
            json!({
                "address": resource.address.as_str(),
                "type": resource.type_name.as_str(),
                "kind": kind.map(|kind| kind.name),
                "attributes": printer.json_of(&resource.attributes),
                "model": model,
            })
        })
        .collect();
    json!({"resources": resources, "edges": edges(graph)})
}

fn edges(graph: &Graph<'_>) -> Vec<Json> {
    let address = |id| graph.resource(id).map(|resource| resource.address.to_string()).unwrap_or_default();
    let own = graph
        .edges()
        .iter()
        .map(|edge| json!({"from": address(edge.from), "to": address(edge.to), "via": edge.via.as_str()}));
    let joins = graph.nodes().filter(|(_, node)| !node.stand_in).flat_map(|(id, node)| {
        let satellites = node.satellites.iter().filter_map(|joined| graph.declared.resources.get(joined.resource as usize));
        let edge = move |satellite: &Resource| {
            json!({"from": satellite.address.as_str(), "to": address(id), "via": "joins"})
        };
        satellites.map(edge).collect::<Vec<_>>()
    });
    own.chain(joins).collect()
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
        let key = value.origin.place.map(|place| (place.file.0, place.span.start, place.span.end));
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
            Kind::Number(number) => match number.as_i64() {
                Some(whole) => Json::from(whole),
                None => serde_json::from_str(&number.to_string()).unwrap_or(Json::Null),
            },
            Kind::String(text) => Json::String(text.to_string()),
            Kind::List(list) => {
                let mut items: Vec<Json> = list.items.iter().map(|item| self.json_of(&item.value)).collect();
                if let Some(open) = &list.open {
                    items.push(json!({"$more": open.reason.as_str()}));
                }
                Json::Array(items)
            }
            Kind::Map(map) => {
                let mut entries: Map<String, Json> = map
                    .entries
                    .iter()
                    .map(|entry| (entry.key.to_string(), self.json_of(&entry.value)))
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
                json!({"$one_of": alternatives.choices.iter().map(|(_, choice)| self.json_of(choice)).collect::<Vec<_>>()})
            }
        }
    }
}
