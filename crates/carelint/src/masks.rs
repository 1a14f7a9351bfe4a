//! The bytes of the sources that no output may show: where secrets are written. Collected before anything prints,
//! because a frame shows the lines around its finding, too.

use std::collections::BTreeSet;

use graph::Graph;
use report::PlaceKey;
use source::Place;
use value::{How, Kind, Part, Value};

/// Deepest nesting that is searched.
const DEPTH: usize = 24;

/// Places of all sensitive literals of the scan, sorted.
pub(crate) fn masked(graph: &Graph<'_>) -> Vec<PlaceKey> {
    let mut places = BTreeSet::new();
    for resource in &graph.declared.resources {
        of_value(&resource.attributes, false, &mut places, DEPTH);
    }
    // The model knows secrets that the language does not mark: a password argument, a field of a record.
    for (_, node) in graph.nodes() {
        for slot in &node.slots {
            of_value(slot, false, &mut places, DEPTH);
        }
    }
    places.into_iter().collect()
}

fn of_value(value: &Value, inside: bool, places: &mut BTreeSet<PlaceKey>, depth: usize) {
    if depth == 0 {
        return;
    }
    let secret = inside || value.sensitive;
    if secret && holds_text(value) {
        places.extend(value.origin.place.filter(|_| value.origin.how != How::Default).map(key));
        places.extend(value.origin.steps().filter_map(|step| step.place).map(key));
    }
    match &value.kind {
        Kind::List(list) => {
            list.items.iter().for_each(|item| of_value(&item.value, secret, places, depth - 1));
        }
        Kind::Map(map) => {
            map.entries.iter().for_each(|entry| of_value(&entry.value, secret, places, depth - 1));
        }
        Kind::Alternatives(choices) => {
            choices.choices.iter().for_each(|(_, choice)| of_value(choice, secret, places, depth - 1));
        }
        Kind::Template(template) => {
            for part in &template.parts {
                if let Part::Value(value) = part {
                    of_value(value, secret, places, depth - 1);
                }
            }
        }
        _ => {}
    }
}

/// Whether the value is a text that someone wrote; a reference or an unknown gives nothing away.
fn holds_text(value: &Value) -> bool {
    matches!(value.kind, Kind::String(_) | Kind::Number(_) | Kind::Template(_) | Kind::Map(_) | Kind::List(_))
}

/// What stands for a place in lists that are sorted and searched.
pub(crate) fn key(place: Place) -> PlaceKey {
    (place.file.index(), place.span.start, place.span.end)
}
