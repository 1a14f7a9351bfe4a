//! A plan laid over the evaluated configuration of its root: known planned values stand, everything else and all
//! places come from the source.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::declared::{Declared, Language, Mode, Resource, RootId};
use value::{How, Item, Kind, List, Map, MapEntry, Value};

/// The name that the configuration's front end gives the root of a folder.
pub(super) fn root_name(folder: &str) -> SmolStr {
    let folder = folder.trim_end_matches('/');
    SmolStr::from(if folder.is_empty() { "." } else { folder })
}

/// Lays planned resources over those of a root. Managed resources that the plan does not have do not exist; what is
/// no resource (variables, providers, data sources) stays as the source declares it.
pub(super) fn onto(declared: &mut Declared, root: RootId, planned: Vec<Resource>) {
    if let Some(row) = declared.roots.get_mut(root.0 as usize) {
        row.language = Language::Plan;
    }
    let mut by_address: FxHashMap<SmolStr, Resource> = FxHashMap::default();
    let mut order = Vec::new();
    for resource in planned.into_iter().filter(|resource| resource.mode == Mode::Managed) {
        order.push(resource.address.clone());
        by_address.insert(resource.address.clone(), resource);
    }
    let mut kept = Vec::with_capacity(declared.resources.len());
    for resource in std::mem::take(&mut declared.resources) {
        if resource.root != root || resource.mode != Mode::Managed {
            kept.push(resource);
            continue;
        }
        if let Some(planned) = by_address.remove(&resource.address) {
            kept.push(merged(resource, &planned));
        }
    }
    // What the source could not name, such as instances of an unknown `for_each`.
    kept.extend(
        order
            .iter()
            .filter_map(|address| by_address.remove(address))
            .map(|resource| Resource { root, ..resource }),
    );
    declared.resources = kept;
}

fn merged(source: Resource, planned: &Resource) -> Resource {
    let attributes = merge(&source.attributes, &planned.attributes, 64);
    Resource { attributes, presence: planned.presence.clone(), ..source }
}

/// The planned value where it is known, with the source's place; the source's where it is not.
fn merge(source: &Value, planned: &Value, depth: usize) -> Value {
    if depth == 0 {
        return source.clone();
    }
    match (&source.kind, &planned.kind) {
        (Kind::Absent | Kind::Null, _) => planned.clone(),
        (_, Kind::Unknown(_) | Kind::Reference(_) | Kind::Absent) => source.clone(),
        (Kind::Map(written), Kind::Map(plan)) => {
            let kind = Kind::Map(Arc::new(merge_maps(written, plan, depth)));
            Value { kind, ..source.clone() }
        }
        (Kind::List(written), Kind::List(plan)) => merge_lists(source, written, planned, plan, depth),
        // A policy that the source holds as a structure is the same one as the plan's text, with its places.
        (Kind::Map(_) | Kind::List(_), Kind::String(_)) => source.clone(),
        _ if how(source) => Value { kind: planned.kind.clone(), ..source.clone() },
        _ => planned.clone(),
    }
}

fn how(source: &Value) -> bool {
    source.origin.place.is_some() && source.origin.how != How::Default
}

fn merge_maps(written: &Map, plan: &Map, depth: usize) -> Map {
    let mut entries: Vec<MapEntry> = Vec::with_capacity(written.entries.len());
    for entry in &written.entries {
        match plan.entry(&entry.key) {
            Some(planned) => {
                let value = merge(&entry.value, &planned.value, depth - 1);
                entries.push(MapEntry { place: entry.place, ..MapEntry::certain(entry.key.clone(), value) });
            }
            // The plan is silent where the value is unknown to it as well, or where it was written as null.
            None => entries.push(entry.clone()),
        }
    }
    let new = plan.entries.iter().filter(|entry| written.entry(&entry.key).is_none());
    entries.extend(new.cloned());
    Map { entries, open: None }
}

fn merge_lists(source: &Value, written: &List, planned: &Value, plan: &List, depth: usize) -> Value {
    let same_length = written.open.is_none() && written.items.len() == plan.items.len();
    if same_length && written.items.len() == 1 {
        let pairs = written.items.iter().zip(&plan.items);
        let items = pairs.map(|(a, b)| Item::certain(merge(&a.value, &b.value, depth - 1))).collect();
        return Value { kind: Kind::List(Arc::new(List { items, open: None })), ..source.clone() };
    }
    // Sets come in another order in a plan: elements cannot be paired. A plan that knows all of them knows better.
    if planned.is_wholly_known() && !source.is_wholly_known() {
        return Value { kind: planned.kind.clone(), ..source.clone() };
    }
    source.clone()
}
