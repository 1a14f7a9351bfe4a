//! Copies of a store that AWS keeps up to date: replication rules, replicas, members of a global database. Invariant:
//! a copy that may be there is given with its condition; whether it is far away is told only where both places are.

use std::sync::OnceLock;

use graph::NodeId;
use rustc_hash::FxHashMap;
use value::{Item, Kind, List, Origin, Value};

use crate::attachment::{place, there};
use crate::decision::Decision;
use crate::lists::{elements, fact_origin, list_value, opened, record};
use crate::reader::{Lead, Reader, Target};
use crate::regions::{self, Place};

/// Kinds whose members are copies of each other.
const GLOBAL: &[&str] = &["db-global-cluster", "docdb-global-cluster", "neptune-global-cluster"];

/// Who copies whom, collected on first demand.
#[derive(Default)]
pub(crate) struct Copies {
    pointers: OnceLock<Pointers>,
}

#[derive(Default)]
struct Pointers {
    /// Nodes that are made a copy of a node, by that node.
    replicas: FxHashMap<NodeId, Vec<(NodeId, Decision)>>,
    /// Members of global databases, by the global database.
    members: FxHashMap<NodeId, Vec<(NodeId, Decision)>>,
    /// Global databases that were made from a node, by that node.
    globals: FxHashMap<NodeId, Vec<(NodeId, Decision)>>,
}

impl Pointers {
    fn collect(reader: &Reader<'_>) -> Self {
        let mut pointers = Self::default();
        for (node, _) in reader.graph.nodes() {
            // A bucket is made a replica by the rules of another, which says so itself.
            let says = if reader.has(node, "replication") { "" } else { "replica_of" };
            for (replica_of, when) in nodes(reader, node, says) {
                let when = when.and(there(reader, node));
                pointers.replicas.entry(replica_of).or_default().push((node, when));
            }
            for (global, when) in nodes(reader, node, "global_cluster") {
                let when = when.and(there(reader, node));
                pointers.members.entry(global).or_default().push((node, when));
            }
        }
        // What a global database is made from is its first member.
        for global in GLOBAL.iter().flat_map(|kind| reader.nodes(kind)) {
            for (first, when) in nodes(reader, global, "origin") {
                let when = when.and(there(reader, global));
                pointers.members.entry(global).or_default().push((first, when.clone()));
                pointers.globals.entry(first).or_default().push((global, when));
            }
        }
        pointers
    }
}

/// The nodes that a reference of a node leads to.
fn nodes(reader: &Reader<'_>, node: NodeId, attribute: &str) -> Vec<(NodeId, Decision)> {
    let value = reader.read(node, attribute);
    if value.is_absent() {
        return Vec::new();
    }
    let to_node = |lead: Lead| match lead.target {
        Target::Node(node) => Some((node, lead.when)),
        Target::Outside(_) => None,
    };
    reader.leads(&value, node, &[]).into_iter().filter_map(to_node).collect()
}

/// The copies of a node.
pub(crate) fn copies(known: &Copies, reader: &Reader<'_>, node: NodeId) -> Value {
    let mut list = List::default();
    by_rules(reader, node, &mut list);
    by_replicas(reader, node, &mut list);
    let pointers = known.pointers.get_or_init(|| Pointers::collect(reader));
    let mut others = pointers.replicas.get(&node).cloned().unwrap_or_default();
    let mut globals = nodes(reader, node, "global_cluster");
    globals.extend(pointers.globals.get(&node).cloned().unwrap_or_default());
    for (global, when) in globals {
        let members = pointers.members.get(&global).into_iter().flatten();
        let members = members.filter(|(member, _)| *member != node);
        others.extend(members.map(|(member, there)| (*member, there.clone().and(when.clone()))));
    }
    for (other, when) in others {
        let value = Value { origin: place(reader, other), ..reader.reference_to(other) };
        let lead = Lead { target: Target::Node(other), when: Decision::YES, value: value.clone() };
        push(reader, node, (value, regions::of_lead(reader, node, &lead)), when, &mut list);
    }
    let by_others = reader.has(node, "replica_of") && !reader.has(node, "replication");
    if list.open.is_none() && (by_others || reader.has(node, "global_cluster")) {
        list.open = outside_global(reader, node).or_else(|| reader.open_world(node)).map(opened);
    }
    list_value(list, fact_origin(&place(reader, node)))
}

/// Why the global database of a node may have members elsewhere; none if it has none, or is in the scan.
fn outside_global(reader: &Reader<'_>, node: NodeId) -> Option<smol_str::SmolStr> {
    let global = reader.read(node, "global_cluster");
    let leads = reader.leads(&global, node, &[]);
    leads.into_iter().find_map(|lead| match lead.target {
        Target::Outside(why) => Some(format!("its global database is outside the scan: {why}").into()),
        Target::Node(_) => None,
    })
}

/// Replication rules that are switched on (`replication`).
fn by_rules(reader: &Reader<'_>, node: NodeId, list: &mut List) {
    let rules = elements(&reader.read(node, "replication"));
    for Item { value: rule, presence } in &rules.items {
        let enabled = rule.get("enabled");
        let on = if enabled.is_absent() { Decision::YES } else { Decision::of_bool(&enabled) };
        let on = Decision::of_presence(presence).and(on);
        let destination = rule.get("destination");
        for lead in reader.leads(&destination, node, &["s3-bucket"]) {
            let mut place = regions::of_lead(reader, node, &lead);
            let account = rule.get("account");
            if matches!(lead.target, Target::Outside(_)) && !account.is_absent() {
                let own = reader.resource(node).and_then(|resource| resource.account.as_deref());
                place.other_account = regions::account_differs(own, Some(&account));
            }
            let value = Value { origin: rule.origin.clone(), ..lead.value.clone() };
            push(reader, node, (value, place), on.clone().and(lead.when), list);
        }
    }
    list.open = list.open.take().or(rules.open);
}

/// Replicas that are a part of the store itself (`replicas`): each in a Region that is named, or in that of the
/// satellite that says it.
fn by_replicas(reader: &Reader<'_>, node: NodeId, list: &mut List) {
    let replicas = elements(&reader.read(node, "replicas"));
    let mut found: Vec<(Value, Place, Decision)> = Vec::new();
    for Item { value: replica, presence } in &replicas.items {
        if !matches!(replica.kind, Kind::Map(_)) {
            continue;
        }
        let written = replica.get("region");
        let region =
            if written.is_absent() { satellite_region(reader, node, &replica.origin) } else { written };
        let place = regions::of_region(reader, node, region);
        let target = Value { origin: replica.origin.clone(), ..replica.get("file_system") };
        found.push((target, place, Decision::of_presence(presence)));
    }
    // The Regions of a global table are distinct: where one is its own, all others are elsewhere.
    let by_replica = Decision::of_bool(&reader.read(node, "by_replica")).is_yes();
    let home = found.iter().position(|(_, place, _)| place.other_region.is_no()).filter(|_| by_replica);
    for (at, (target, mut place, when)) in found.into_iter().enumerate() {
        if home == Some(at) {
            continue;
        }
        if home.is_some() {
            place.other_region = Decision::YES;
        }
        push(reader, node, (target, place), when, list);
    }
    if replicas.items.iter().all(|item| matches!(item.value.kind, Kind::Map(_)))
        && !reader.has(node, "replica_of")
    {
        list.open = list.open.take().or(replicas.open);
    }
}

/// The region of the satellite that stands at a place; that of the node itself where there is none.
fn satellite_region(reader: &Reader<'_>, node: NodeId, origin: &Origin) -> Value {
    let satellites = reader.node(node).map_or(&[][..], |node| node.satellites.as_slice());
    let resources = &reader.graph.declared.resources;
    let own = satellites.iter().filter_map(|satellite| resources.get(satellite.resource as usize)).find(
        |resource| {
            origin.place.is_some_and(|at| {
                at == resource.place
                    || (at.file == resource.body.file && resource.body.span.contains(at.span))
            })
        },
    );
    let region = own.and_then(|resource| resource.region.as_deref().cloned());
    region.unwrap_or_else(|| regions::of_node(reader, node))
}

fn push(reader: &Reader<'_>, node: NodeId, (to, place): (Value, Place), when: Decision, list: &mut List) {
    let origin = to.origin.clone();
    let fields = [
        ("other_account", place.other_account.into_value(fact_origin(&origin))),
        ("other_region", place.other_region.into_value(fact_origin(&origin))),
        ("region", place.region),
        ("to", to),
    ];
    let atom = format!("whether {} has this copy", reader.address(node));
    list.items.extend(when.into_item(record(fields, origin), &atom));
}
