//! Availability Zones that a resource spans. Invariant: elements of the list that are certain are distinct for
//! certain, so its size is an interval around the number of zones.

use std::sync::Arc;

use graph::NodeId;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use value::{Condition, Item, Kind, List, Origin, Presence, Unknown, Value};

use crate::lists::{choices, elements, fact_origin, list_value, opened};
use crate::network::routes::subnets_of;
use crate::reader::{Reader, Target, expression};

/// Most zones that are told apart; no region has as many.
const MOST_ZONES: usize = 64;

/// A zone that a resource may use.
#[derive(Debug, Clone)]
struct Zone {
    value: Value,
    presence: Presence,
}

/// The distinct zones of a node.
pub(crate) fn zones(reader: &Reader<'_>, node: NodeId) -> Value {
    let origin = reader.resource(node).map(|resource| Origin::computed(resource.place)).unwrap_or_default();
    let list = if reader.has(node, "members") && reader.is(node, "db-cluster") {
        of_members(reader, node)
    } else {
        let declared = elements(&reader.read(node, "zones_declared"));
        let own = reader.read(node, "zone");
        if !declared.items.is_empty() || declared.open.is_some() {
            let mut zones = zones_of(&declared);
            zones.extend(declared.open.iter().flat_map(|open| all_of_region(reader, open)));
            distinct(reader, node, zones, declared.open)
        } else if !own.is_absent() {
            distinct(reader, node, vec![Zone { value: own, presence: Presence::CERTAIN }], None)
        } else {
            let (zones, open) = of_subnets(reader, node);
            distinct(reader, node, zones, open)
        }
    };
    list_value(list, fact_origin(&origin))
}

/// Two of the zones of a list of all zones of a region, none for any other list. Every region has at least two.
fn all_of_region(reader: &Reader<'_>, open: &Arc<Unknown>) -> Vec<Zone> {
    let list = Value::new(Kind::Unknown(open.clone()), Origin::default());
    let expression = expression(&list).unwrap_or_default();
    let narrowed = ["filter", "exclude_names", "exclude_zone_ids"];
    let all = match reader.data_source(&list) {
        Some(data) if data.type_name == "aws_availability_zones" => {
            narrowed.iter().all(|name| data.attributes.get(name).is_absent())
        }
        _ => expression.starts_with("GetAZs:"),
    };
    let member = |index: u32| {
        let mut member = open.select(&index.to_string());
        if let Some(identity) = &mut member.identity {
            identity.distinct = Some((expression.clone(), index));
        }
        Zone { value: Value::unknown(member, Origin::default()), presence: Presence::CERTAIN }
    };
    if all { vec![member(0), member(1)] } else { Vec::new() }
}

fn zones_of(list: &List) -> Vec<Zone> {
    list.items
        .iter()
        .map(|item| Zone { value: item.value.clone(), presence: item.presence.clone() })
        .collect()
}

/// The zones of the subnets that a node names, each subnet once.
fn of_subnets(reader: &Reader<'_>, node: NodeId) -> (Vec<Zone>, Option<Arc<Unknown>>) {
    let several = reader.read(node, "subnets");
    let written = if several.is_absent() { reader.read(node, "subnet") } else { several };
    let list = elements(&written);
    let mut seen: FxHashSet<NodeId> = FxHashSet::default();
    let mut zones = Vec::new();
    for item in &list.items {
        let leads = reader.leads(&item.value, node, &["subnet"]);
        if leads.is_empty() {
            let reason = format!("a subnet of {} is not known", reader.address(node));
            zones.push(Zone { value: unknown(reason), presence: item.presence.clone() });
        }
        let several = leads.len() > 1;
        for lead in leads {
            let value = match lead.target {
                Target::Node(subnet) if !seen.insert(subnet) => continue,
                Target::Node(subnet) => zone_of(reader, subnet),
                Target::Outside(why) => outside(&item.value, &why),
            };
            let Some(when) = lead.when.guard("which subnet it is") else { continue };
            let mut presence = item.presence.and(&Presence::guarded(when));
            // One of several instances is one subnet: all of them but the first are in doubt.
            presence.many |= several && lead.when.clone().into_value(Origin::default()).as_bool().is_none();
            zones.push(Zone { value, presence });
        }
    }
    (zones, list.open)
}

fn unknown(reason: impl Into<SmolStr>) -> Value {
    Value::unknown(Unknown::fresh(reason), Origin::default())
}

/// The zone of a subnet outside the scan, symbolically.
fn outside(subnet: &Value, why: &str) -> Value {
    let reason = format!("the Availability Zone of a subnet outside the scan is not known: {why}");
    match &subnet.kind {
        Kind::Unknown(known) => {
            let zone = Unknown { reason: reason.into(), ..known.select("availability_zone") };
            Value::unknown(zone, subnet.origin.clone())
        }
        _ => Value::unknown(Unknown::fresh(reason), subnet.origin.clone()),
    }
}

fn zone_of(reader: &Reader<'_>, subnet: NodeId) -> Value {
    let zone = reader.read(subnet, "zone");
    let many = reader.node(subnet).is_some_and(|node| node.presence.many);
    if zone.is_absent() {
        return unknown(format!("AWS chooses the Availability Zone of {}", reader.address(subnet)));
    }
    if many && !matches!(zone.kind, Kind::String(_)) {
        return unknown(format!("how many zones {} spans is not known", reader.address(subnet)));
    }
    zone
}

/// The zones of a cluster's members: those that are pinned to one, and for the others those of the subnet group.
fn of_members(reader: &Reader<'_>, cluster: NodeId) -> List {
    let members = elements(&reader.read(cluster, "members"));
    let (mut pinned, mut free) = (Vec::new(), Vec::new());
    for item in &members.items {
        let leads = reader.leads(&item.value, cluster, &["db-instance"]);
        let zone = match leads.as_slice() {
            [lead] => match lead.target {
                Target::Node(member) => reader.read(member, "zone"),
                Target::Outside(_) => Value::absent(),
            },
            _ => Value::absent(),
        };
        if zone.is_absent() {
            free.push(item.presence.clone());
        } else {
            pinned.push(Zone { value: zone, presence: item.presence.clone() });
        }
    }
    if free.is_empty() {
        return distinct(reader, cluster, pinned, members.open);
    }
    let (subnets, open) = subnets_of(reader, &reader.read(cluster, "subnets"), cluster);
    let visible = open.is_none() && !subnets.is_empty();
    let in_scan = |(_, target): &(_, Target)| matches!(target, Target::Node(_));
    if visible && subnets.iter().all(in_scan) {
        return spread(reader, cluster, pinned, &free, members.open);
    }
    // AWS demands subnets in at least two zones of every subnet group and spreads members over them.
    let known = distinct(reader, cluster, pinned, members.open.clone());
    let mut items = known.items;
    for presence in free {
        let presence =
            if items.len() < 2 { presence } else { doubtful(reader, cluster, items.len(), &presence) };
        let value =
            unknown(format!("AWS chooses the Availability Zone of a member of {}", reader.address(cluster)));
        items.push(Item { value, presence });
    }
    List::new(items, members.open)
}

/// Members that are not pinned, spread over the zones of the subnets: no more zones than members.
fn spread(
    reader: &Reader<'_>,
    cluster: NodeId,
    pinned: Vec<Zone>,
    free: &[Presence],
    open: Option<Arc<Unknown>>,
) -> List {
    let (of_subnets, subnets_open) = of_subnets(reader, cluster);
    let members = pinned.len() + free.len();
    let mut zones = pinned;
    zones.extend(of_subnets);
    let all = distinct(reader, cluster, zones, open.or(subnets_open));
    let mut items = all.items;
    items.truncate(members);
    // As many of the free members as are certain make as many zones certain.
    let sure = members - free.iter().filter(|presence| !presence.is_certain()).count();
    let doubts = free.iter().filter(|presence| !presence.is_certain());
    for (item, presence) in items.iter_mut().skip(sure).zip(doubts) {
        item.presence = item.presence.and(presence);
    }
    List::new(items, all.open)
}

fn doubtful(reader: &Reader<'_>, node: NodeId, at: usize, presence: &Presence) -> Presence {
    let atom = format!("whether zone {} of {} differs from the others", at + 1, reader.address(node));
    presence.and(&Presence::guarded(Condition::literal(atom, "true")))
}

/// Makes a list whose certain elements are pairwise distinct: known names, or members of one group of values that
/// are distinct by contract, whichever are more; what may equal one of them is in doubt.
fn distinct(reader: &Reader<'_>, node: NodeId, zones: Vec<Zone>, open: Option<Arc<Unknown>>) -> List {
    let flat = flatten(zones);
    let mut groups: Vec<(Option<SmolStr>, Vec<Zone>)> = Vec::new();
    let mut seen: Vec<(Kind, Presence)> = Vec::new();
    for zone in flat {
        let identity = (zone.value.kind.clone(), zone.presence.clone());
        let repeats = seen.iter().any(|(kind, presence)| {
            same_zone(kind, &zone.value.kind) && (presence.is_certain() || *presence == zone.presence)
        });
        if repeats || seen.len() > MOST_ZONES {
            continue;
        }
        seen.push(identity);
        let group = group_of(&zone.value.kind);
        match groups.iter_mut().find(|(known, _)| *known == group && group.is_some()) {
            Some((_, members)) => members.push(zone),
            None => groups.push((group, vec![zone])),
        }
    }
    let certain = |members: &Vec<Zone>| members.iter().filter(|zone| zone.presence.is_certain()).count();
    // The first of the largest groups, so that the order of the source decides.
    let largest = groups.iter().map(|(_, members)| certain(members)).max().unwrap_or(0);
    if let Some(at) = groups.iter().position(|(_, members)| certain(members) == largest) {
        let first = groups.remove(at);
        groups.insert(0, first);
    }
    let mut items = Vec::new();
    for (turn, (_, members)) in groups.into_iter().enumerate() {
        for zone in members {
            let presence =
                if turn == 0 { zone.presence } else { doubtful(reader, node, items.len(), &zone.presence) };
            items.push(Item { value: zone.value, presence });
        }
    }
    let open = open.or_else(|| (items.len() > MOST_ZONES).then(|| opened("there are too many zones")));
    items.truncate(MOST_ZONES);
    List::new(items, open)
}

fn flatten(zones: Vec<Zone>) -> Vec<Zone> {
    let of = |zone: Zone| {
        let presence = zone.presence;
        choices(&zone.value).into_iter().filter(|(_, value)| !value.is_absent()).map(
            move |(condition, value)| Zone { value, presence: presence.and(&Presence::guarded(condition)) },
        )
    };
    zones.into_iter().flat_map(of).collect()
}

fn same_zone(a: &Kind, b: &Kind) -> bool {
    match (a, b) {
        (Kind::Unknown(a), Kind::Unknown(b)) => match (&a.identity, &b.identity) {
            (Some(a), Some(b)) => a.text == b.text,
            _ => false,
        },
        _ => a == b,
    }
}

/// Known names are one group of distinct values; members of a list that is distinct by contract another.
fn group_of(kind: &Kind) -> Option<SmolStr> {
    match kind {
        Kind::String(_) => Some(SmolStr::new_static("")),
        Kind::Unknown(unknown) => {
            unknown.identity.as_ref()?.distinct.as_ref().map(|(group, _)| group.clone())
        }
        _ => None,
    }
}
