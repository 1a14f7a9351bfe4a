//! The graph as JSON: resources as written and in the model's spelling, and the edges between them.

use facts::Facts;
use language::ir::AttributeSource;
use serde_json::{Map, Value as Json, json};
use value::declared::Mode;
use value::{Identity, Kind, Part, Value};

/// `{"resources": [...], "edges": [...]}`. Unknown values are `{"$unknown": reason}`, references
/// `{"$ref": "address.attribute"}`, alternatives `{"$one_of": [...]}`, templates `{"$template": [...]}`; sensitive
/// values are `{"$sensitive": true}`.
#[must_use]
pub fn graph(facts: &Facts<'_>) -> Json {
    let graph = facts.graph;
    let resources = graph.nodes().filter_map(|(id, node)| {
        let resource = graph.resource(id).filter(|resource| resource.mode == Mode::Managed)?;
        let kind = node.kind.and_then(|kind| graph.catalogue.kind(kind));
        let mut model = Map::new();
        for (attribute, number) in kind.map_or(&[][..], |kind| kind.attributes).iter().zip(0u16..) {
            let value = match attribute.source {
                AttributeSource::Spelled | AttributeSource::Incoming(_) => {
                    graph.attribute(id, language::ir::AttrId(number))
                }
                AttributeSource::Fact(fact) => facts.of_node(fact, id),
                AttributeSource::ReferenceFact(_) => continue,
            };
            if !value.is_absent() {
                model.insert(attribute.name.to_owned(), json_of(&value));
            }
        }
        Some(json!({
            "address": resource.address.as_str(),
            "type": resource.type_name.as_str(),
            "kind": kind.map(|kind| kind.name),
            "attributes": json_of(&resource.attributes),
            "model": model,
        }))
    });
    let address = |id| graph.resource(id).map(|resource| resource.address.to_string()).unwrap_or_default();
    let edges = graph
        .edges()
        .iter()
        .map(|edge| json!({"from": address(edge.from), "to": address(edge.to), "via": edge.via.as_str()}));
    json!({"resources": resources.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>()})
}

/// A value as JSON.
#[must_use]
pub fn json_of(value: &Value) -> Json {
    if value.sensitive {
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
            let mut items: Vec<Json> = list.items.iter().map(|item| json_of(&item.value)).collect();
            if let Some(open) = &list.open {
                items.push(json!({"$more": open.reason.as_str()}));
            }
            Json::Array(items)
        }
        Kind::Map(map) => {
            let mut entries: Map<String, Json> =
                map.entries.iter().map(|entry| (entry.key.to_string(), json_of(&entry.value))).collect();
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
                Part::Value(value) => json_of(value),
            });
            json!({"$template": parts.collect::<Vec<_>>()})
        }
        Kind::Alternatives(alternatives) => {
            json!({"$one_of": alternatives.choices.iter().map(|(_, choice)| json_of(choice)).collect::<Vec<_>>()})
        }
    }
}
