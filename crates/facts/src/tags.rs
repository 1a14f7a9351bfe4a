//! Tags of resources in every spelling as one map. Invariant: a tag that may be there or may be another is never
//! given as known.

use std::sync::Arc;

use graph::NodeId;
use value::{Item, Kind, Map, MapEntry, Origin, Presence, Unknown, Value};

use crate::lists::elements;
use crate::reader::Reader;

/// The tags of a node: its own, and those that the provider or the stacks around it add.
pub(crate) fn of_node(reader: &Reader<'_>, node: NodeId) -> Value {
    let Some(resource) = reader.resource(node) else { return Value::absent() };
    let attributes = &resource.attributes;
    let Kind::Map(written) = &attributes.kind else {
        return match &attributes.kind {
            Kind::Unknown(_) => attributes.get("tags"),
            _ => Value::map([], Origin::computed(resource.place)),
        };
    };
    let mut map = Map::default();
    let mut origin = Origin::computed(resource.place);
    for entry in &written.entries {
        if !is_tags(&entry.key) {
            continue;
        }
        let value = attributes.get(&entry.key);
        if entry.key != "tags_all" {
            origin = value.origin.clone();
        }
        add(&value, &Presence::CERTAIN, &mut map);
    }
    // Tags of the provider, or of the stacks around, that no attribute shows.
    add(&resource.meta.get("default_tags"), &Presence::CERTAIN, &mut map);
    map.open = map.open.or_else(|| written.open.clone());
    Value::new(Kind::Map(Arc::new(map)), origin)
}

/// `tags`, `tags_all`, the blocks `tag` of an Auto Scaling group; `Tags`, `UserPoolTags`, `FileSystemTags` and so on.
fn is_tags(name: &str) -> bool {
    matches!(name, "tags" | "tags_all" | "tag" | "default_tags") || name.ends_with("Tags")
}

/// Adds what is not there yet: tags of the resource come before those of its provider or stack.
fn add(value: &Value, under: &Presence, map: &mut Map) {
    match &value.kind {
        Kind::Map(more) => {
            for entry in &more.entries {
                let value = if entry.replaceable { more.get(&entry.key) } else { entry.value.clone() };
                insert(map, MapEntry { value, presence: under.and(&entry.presence), ..entry.clone() });
            }
            map.open = map.open.take().or_else(|| more.open.clone());
        }
        Kind::List(_) => {
            let list = elements(value);
            for item in &list.items {
                add_pair(item, under, map);
            }
            map.open = map.open.take().or(list.open);
        }
        Kind::Unknown(unknown) => map.open = map.open.take().or_else(|| Some(unknown.clone())),
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                add(choice, &under.and(&Presence::guarded(condition.clone())), map);
            }
        }
        _ => {}
    }
}

/// An entry of a list of `Key` and `Value`, or tags inside a list.
fn add_pair(item: &Item, under: &Presence, map: &mut Map) {
    let presence = under.and(&item.presence);
    let first = |names: [&str; 2]| {
        names
            .into_iter()
            .map(|name| item.value.get(name))
            .find(|value| !value.is_absent())
            .unwrap_or_else(Value::absent)
    };
    let (key, value) = (first(["Key", "key"]), first(["Value", "value"]));
    match (&key.kind, &item.value.kind) {
        (Kind::String(key), _) => {
            insert(
                map,
                MapEntry {
                    presence,
                    place: item.value.origin.place,
                    ..MapEntry::certain(key.clone(), value)
                },
            );
        }
        (Kind::Absent, Kind::Map(_) | Kind::List(_) | Kind::Alternatives(_)) => {
            add(&item.value, &presence, map);
        }
        _ => {
            let open = Unknown { may_be_absent: true, ..Unknown::fresh("the key of a tag is not known") };
            map.open = map.open.take().or_else(|| Some(Arc::new(open)));
        }
    }
}

fn insert(map: &mut Map, entry: MapEntry) {
    match map.entries.iter_mut().find(|known| known.key == entry.key) {
        None => map.entries.push(entry),
        // Where the first is there under a condition alone, the second holds elsewhere.
        Some(known) if !known.presence.is_certain() => {
            let rest = entry.value.clone().guarded_by(&entry.presence);
            let choices = [
                (known.presence.when.clone(), known.value.clone()),
                (known.presence.when.clone().not(), rest),
            ];
            let value = Value::alternatives(choices, known.value.origin.clone());
            *known = MapEntry { value, presence: Presence::CERTAIN, ..known.clone() };
        }
        Some(_) => {}
    }
}
