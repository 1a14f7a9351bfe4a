//! A plan laid over the evaluated configuration of its root: known planned values stand, everything else and all
//! places come from the source.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use value::declared::{Declared, Language, Mode, Resource, RootId};
use value::{How, Item, Kind, List, Map, MapEntry, Part, Value};

use super::address::without_keys;

/// Deepest nesting that is merged.
const DEPTH: usize = 64;

/// Longest lists whose elements are paired, which takes as many steps as both lengths multiplied.
const MOST_PAIRED: usize = 256;

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
    let planned: Vec<Resource> =
        planned.into_iter().filter(|resource| resource.mode == Mode::Managed).collect();
    let keys: FxHashSet<SmolStr> = planned.iter().map(|resource| resource.key.clone()).collect();
    let order: Vec<SmolStr> = planned.iter().map(|resource| resource.address.clone()).collect();
    let mut by_address: FxHashMap<SmolStr, Resource> =
        planned.into_iter().map(|resource| (resource.address.clone(), resource)).collect();
    let merging = Merging { planned: &keys };
    let mut kept = Vec::with_capacity(declared.resources.len());
    // Blocks of which the source cannot tell the instances, by their address without keys.
    let mut repeated: FxHashMap<String, Arc<Resource>> = FxHashMap::default();
    for resource in std::mem::take(&mut declared.resources) {
        if resource.root != root || resource.mode != Mode::Managed {
            kept.push(resource);
        } else if let Some(planned) = by_address.remove(&resource.address) {
            kept.push(Arc::new(merging.merged(Arc::unwrap_or_clone(resource), &planned)));
        } else if resource.address.contains("[*]") {
            repeated.insert(without_keys(&resource.address), resource);
        }
    }
    let named = order.iter().filter_map(|address| by_address.remove(address));
    let block_of = |planned: Resource| match repeated.get(&without_keys(&planned.address)) {
        // Values of the block may differ between its instances, so only its places and what stands beside them count.
        Some(block) => Resource {
            key: planned.key,
            address: planned.address,
            attributes: tidy(&planned.attributes, DEPTH),
            presence: planned.presence,
            instance: planned.instance,
            ..Resource::clone(block)
        },
        None => Resource { root, attributes: tidy(&planned.attributes, DEPTH), ..planned },
    };
    kept.extend(named.map(|planned| Arc::new(block_of(planned))));
    declared.resources = kept;
}

/// What merging needs to know of the plan as a whole.
struct Merging<'a> {
    /// Keys of the planned resources.
    planned: &'a FxHashSet<SmolStr>,
}

impl Merging<'_> {
    fn merged(&self, source: Resource, planned: &Resource) -> Resource {
        let attributes = self.merge(&source.attributes, &planned.attributes, DEPTH);
        Resource { attributes, presence: planned.presence.clone(), ..source }
    }

    /// The planned value where it is known, with the source's place; the source's where it is not.
    fn merge(&self, source: &Value, planned: &Value, depth: usize) -> Value {
        if depth == 0 {
            return source.clone();
        }
        match (&source.kind, &planned.kind) {
            (Kind::Absent | Kind::Null, _) => tidy(planned, depth),
            // The plan names the instances that the source cannot.
            (Kind::Reference(written), Kind::Reference(_)) if !self.planned.contains(&written.to) => {
                Value { kind: planned.kind.clone(), ..source.clone() }
            }
            (_, Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) | Kind::Absent) => source.clone(),
            // A null settles what the source leaves open; what the source is sure of, the provider only reads.
            (Kind::Unknown(_) | Kind::Alternatives(_), Kind::Null) => {
                Value { kind: Kind::Null, ..source.clone() }
            }
            (_, Kind::Null) => source.clone(),
            (Kind::Map(written), Kind::Map(plan)) => {
                let kind = Kind::Map(Arc::new(self.merge_maps(written, plan, depth)));
                Value { kind, ..source.clone() }
            }
            (Kind::List(written), Kind::List(plan)) => {
                let kind = self.merge_lists(written, plan, depth);
                kind.map_or_else(|| source.clone(), |kind| Value { kind, ..source.clone() })
            }
            // A policy that the source holds as a structure is the same one as the plan's text, with its places.
            (Kind::Map(_) | Kind::List(_), Kind::String(_)) if is_settled(source, depth) => source.clone(),
            // The plan hides the text of what is sensitive: the source's own stands, and is not shown either.
            (Kind::String(_) | Kind::Number(_) | Kind::Template(_), Kind::String(_)) if planned.sensitive => {
                source.clone().with_sensitivity(true)
            }
            _ if how(source) => {
                let value = Value { kind: tidy(planned, depth).kind, ..source.clone() };
                value.with_sensitivity(planned.sensitive)
            }
            _ => tidy(planned, depth),
        }
    }

    fn merge_maps(&self, written: &Map, plan: &Map, depth: usize) -> Map {
        let by_key: FxHashMap<&str, &MapEntry> =
            plan.entries.iter().map(|entry| (entry.key.as_str(), entry)).collect();
        let mut known: FxHashSet<&str> = FxHashSet::default();
        let mut entries: Vec<MapEntry> = Vec::with_capacity(written.entries.len());
        for entry in &written.entries {
            known.insert(entry.key.as_str());
            match by_key.get(entry.key.as_str()) {
                Some(planned) => {
                    let value = self.merge(&entry.value, &planned.value, depth - 1);
                    let place = entry.place;
                    // What is left unknown may still turn out not to be there.
                    let (presence, replaceable) = match &planned.value.kind {
                        Kind::Unknown(_) | Kind::Reference(_) => (entry.presence.clone(), entry.replaceable),
                        _ => (value::Presence::CERTAIN, false),
                    };
                    let certain = MapEntry::certain(entry.key.clone(), value);
                    entries.push(MapEntry { place, presence, replaceable, ..certain });
                }
                // The plan is silent where the value is unknown to it as well, or where it was written as null.
                None => entries.push(entry.clone()),
            }
        }
        let new = plan.entries.iter().filter(|entry| !known.contains(entry.key.as_str()));
        let new = new.filter(|entry| !is_nothing(&entry.value));
        entries.extend(new.map(|entry| MapEntry { value: tidy(&entry.value, depth - 1), ..entry.clone() }));
        Map::new(entries, None)
    }

    /// A plan knows how many elements there are; the source knows which is which, unless they are told apart by what
    /// only the plan knows. None if the source stands.
    fn merge_lists(&self, written: &List, plan: &List, depth: usize) -> Option<Kind> {
        let counted = written.open.is_none() && written.items.iter().all(|item| item.presence.is_certain());
        let same = counted && written.items.len() == plan.items.len();
        if let ([source], [planned]) = (written.items.as_slice(), plan.items.as_slice())
            && same
        {
            return Some(list([self.merge(&source.value, &planned.value, depth - 1)]));
        }
        let pairs = paired(written, plan);
        let all: Option<Vec<usize>> = pairs.iter().copied().collect();
        if let Some(all) = all.filter(|_| same) {
            let mut of_source: Vec<(usize, &Item)> = all.into_iter().zip(&plan.items).collect();
            of_source.sort_by_key(|(at, _)| *at);
            let merged = written.items.iter().zip(of_source);
            return Some(list(
                merged.map(|(source, (_, planned))| self.merge(&source.value, &planned.value, depth - 1)),
            ));
        }
        let known = plan.items.iter().all(|item| item.value.is_wholly_known());
        if same && !known {
            return None;
        }
        // A plan that knows all elements knows better, as it does where the source does not know how many there are.
        let source = |pair: &Option<usize>| pair.and_then(|at| written.items.get(at));
        Some(list(plan.items.iter().zip(&pairs).map(|(planned, pair)| match source(pair) {
            Some(source) => self.merge(&source.value, &planned.value, depth - 1),
            None => tidy(&planned.value, depth - 1),
        })))
    }
}

/// For each planned element the one of the source that it is; none where that is not told. Sets come in another order
/// in a plan.
fn paired(written: &List, plan: &List) -> Vec<Option<usize>> {
    if written.items.len().max(plan.items.len()) > MOST_PAIRED {
        return vec![None; plan.items.len()];
    }
    let candidates: Vec<Vec<usize>> = plan
        .items
        .iter()
        .map(|planned| {
            let agrees = |(_, item): &(usize, &Item)| agree(&item.value, &planned.value, DEPTH);
            written.items.iter().enumerate().filter(agrees).map(|(at, _)| at).collect()
        })
        .collect();
    let mut claims: FxHashMap<usize, usize> = FxHashMap::default();
    for at in candidates.iter().flatten() {
        *claims.entry(*at).or_default() += 1;
    }
    let only = |found: &Vec<usize>| match found.as_slice() {
        [one] if claims.get(one) == Some(&1) => Some(*one),
        _ => None,
    };
    candidates.iter().map(only).collect()
}

/// Whether two values may be the same: nothing that both know differs.
fn agree(source: &Value, planned: &Value, depth: usize) -> bool {
    if depth == 0 {
        return true;
    }
    match (&source.kind, &planned.kind) {
        (
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_),
            Kind::Bool(_) | Kind::Number(_) | Kind::String(_),
        ) => {
            let numbers = source.as_number().zip(planned.as_number());
            let bools = source.as_bool().zip(planned.as_bool());
            source.kind == planned.kind
                || numbers.is_some_and(|(a, b)| a == b)
                || bools.is_some_and(|(a, b)| a == b)
        }
        (Kind::Map(written), Kind::Map(plan)) => written.entries.iter().all(|entry| {
            plan.entry(&entry.key).is_none_or(|planned| agree(&entry.value, &planned.value, depth - 1))
        }),
        (Kind::List(written), Kind::List(plan)) => match (written.items.as_slice(), plan.items.as_slice()) {
            ([source], [planned]) => agree(&source.value, &planned.value, depth - 1),
            (source, planned) => written.open.is_some() || source.len() == planned.len(),
        },
        _ => true,
    }
}

fn list(values: impl IntoIterator<Item = Value>) -> Kind {
    let items = values.into_iter().filter(|value| !value.is_absent()).map(Item::certain).collect();
    Kind::List(Arc::new(List::new(items, None)))
}

/// Whether a value leaves nothing open but what references stand for.
fn is_settled(value: &Value, depth: usize) -> bool {
    let deeper = |value: &Value| depth > 0 && is_settled(value, depth - 1);
    match &value.kind {
        Kind::Unknown(_) | Kind::Alternatives(_) => false,
        Kind::List(list) => {
            let settled = |item: &Item| item.presence.is_certain() && deeper(&item.value);
            list.open.is_none() && list.items.iter().all(settled)
        }
        Kind::Map(map) => {
            let settled =
                |entry: &MapEntry| entry.presence.is_certain() && !entry.replaceable && deeper(&entry.value);
            map.open.is_none() && map.entries.iter().all(settled)
        }
        Kind::Template(template) => template.parts.iter().all(|part| match part {
            Part::Text(_) => true,
            Part::Value(value) => deeper(value),
        }),
        _ => true,
    }
}

fn how(source: &Value) -> bool {
    source.origin.place.is_some() && source.origin.how != How::Default
}

/// Whether a planned value says that nothing is there.
fn is_nothing(planned: &Value) -> bool {
    match &planned.kind {
        Kind::Absent | Kind::Null => true,
        Kind::List(list) => list.items.is_empty() && list.open.is_none(),
        _ => false,
    }
}

/// A planned value without what says that nothing is there.
fn tidy(planned: &Value, depth: usize) -> Value {
    let kind = match &planned.kind {
        Kind::Null => return Value::absent(),
        Kind::Map(map) if depth > 0 => {
            let entries = map.entries.iter().filter(|entry| !is_nothing(&entry.value));
            let entries =
                entries.map(|entry| MapEntry { value: tidy(&entry.value, depth - 1), ..entry.clone() });
            Kind::Map(Arc::new(map.with(entries.collect())))
        }
        Kind::List(written) if depth > 0 => {
            list(written.items.iter().map(|item| tidy(&item.value, depth - 1)))
        }
        other => other.clone(),
    };
    Value { kind, ..planned.clone() }
}
