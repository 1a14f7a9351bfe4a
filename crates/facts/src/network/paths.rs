//! Ways from the internet to a data store. Invariant: a link that is known to be missing settles that there is no
//! such way; a link that is not known leaves a way whose presence is not known, and is named.

use graph::NodeId;
use value::{List, Origin, Value};

use super::openings::describe;
use super::ports::admits;
use super::routes::subnets_of;
use super::{Network, acl, balancers};
use crate::decision::Decision;
use crate::lists::{elements, fact_origin, list_value, record};
use crate::reader::{Reader, Target};
use crate::tables;

/// Kinds whose address depends on the network where the source says nothing: `PubliclyAccessible` of RDS in
/// CloudFormation. The models spell the defaults of other kinds and languages.
const PUBLIC_BY_NETWORK: &[&str] = &["db-instance", "db-cluster"];

/// A security group that lets the internet in on some port.
struct Open {
    group: NodeId,
    when: Decision,
    hop: String,
}

/// A way from the internet to a store.
struct Path {
    when: Decision,
    /// To the store's own public address or by a load balancer in front of it, not through another machine.
    direct: bool,
    /// The machine or load balancer that it leads through.
    through: Option<NodeId>,
    hops: Vec<String>,
    origin: Origin,
}

/// The ways from the internet to a store: to its own public address, by load balancers, and through machines.
fn to_store(reader: &Reader<'_>, network: &Network, store: NodeId) -> List {
    let port = port(reader, store);
    let (when, hops) = direct(reader, network, store, &port);
    let direct =
        Path { when, direct: true, through: None, hops, origin: reader.read(store, "public").origin };
    let balanced = balancers::to_store(reader, store).into_iter();
    let balanced = balanced.map(|way| Path {
        when: way.when,
        direct: true,
        through: Some(way.balancer),
        hops: way.hops,
        origin: way.origin,
    });
    let paths = [direct].into_iter().chain(balanced).chain(through_machines(reader, network, store, &port));
    let item = |path: Path| {
        let origin = fact_origin(&path.origin);
        let through = path.through.map(|node| Value::string(reader.address(node), origin.clone()));
        let through = through.unwrap_or_else(Value::absent);
        let hops = path.hops.into_iter().map(|hop| Value::string(hop, origin.clone()));
        let fields = [
            ("direct", Value::bool(path.direct, origin.clone())),
            ("hops", Value::list(hops, origin.clone())),
            ("port", port.clone()),
            ("through", through),
        ];
        let atom = format!("whether the internet reaches {}", reader.address(store));
        path.when.into_item(record(fields, origin.clone()), &atom)
    };
    List::new(paths.filter_map(item).collect(), None)
}

/// The port of a store: written, or the one that its engine listens on.
fn port(reader: &Reader<'_>, store: NodeId) -> Value {
    let written = reader.read(store, "port");
    if !written.is_absent() {
        return written;
    }
    let engine = reader.read(store, "engine");
    let kind = reader.kind(store).map_or("", |kind| kind.name);
    // The table's keys are engines, and names of services for those that have no engine: `redshift-cluster`.
    let keys =
        engine.as_str().into_iter().chain([kind]).chain(kind.rsplit_once('-').map(|(service, _)| service));
    let found = keys.filter_map(|key| tables::number(reader.catalogue(), "engine-ports", key, "port")).next();
    match found {
        Some(number) => Value::number(number, Origin { how: value::How::Default, ..Origin::default() }),
        None => {
            let why = format!("the port of {} is not known", reader.address(store));
            Value::unknown(value::Unknown::fresh(why), Origin::default())
        }
    }
}

fn direct(reader: &Reader<'_>, network: &Network, store: NodeId, port: &Value) -> (Decision, Vec<String>) {
    let address = reader.address(store);
    let public = has_own_address(reader, network, store);
    if public.is_no() {
        return (Decision::NO, Vec::new());
    }
    let last = format!("{address} has a public address and listens on {}", shown(port));
    if Decision::of_bool(&reader.read(store, "in_vpc")).is_no() && reader.has(store, "in_vpc") {
        // Its endpoint stands outside of any VPC: neither routes nor security groups are in the way.
        return (public, vec![last]);
    }
    let (subnet, mut hops) = public_subnet(reader, network, store, Some(port));
    let (open, group_hops) = open_group(reader, network, store, port);
    hops.extend(group_hops);
    hops.push(last);
    (public.and(subnet).and(open), hops)
}

/// Whether a store has a public address. Where nothing is said of one, AWS gives none, save to databases in a VPC
/// with an internet gateway.
fn has_own_address(reader: &Reader<'_>, network: &Network, store: NodeId) -> Decision {
    let written = reader.read(store, "public");
    if !written.is_absent() || !PUBLIC_BY_NETWORK.iter().any(|kind| reader.is(store, kind)) {
        return Decision::of_bool(&written);
    }
    let (subnets, open) = subnets_of(reader, &reader.read(store, "subnets"), store);
    let by_gateway = subnets.into_iter().map(|(when, target)| {
        when.and(match target {
            Target::Node(subnet) => in_vpc_with_gateway(reader, network, subnet),
            Target::Outside(why) => Decision::unknown(why),
        })
    });
    Decision::any(by_gateway.chain(open.map(Decision::unknown)))
}

fn in_vpc_with_gateway(reader: &Reader<'_>, network: &Network, subnet: NodeId) -> Decision {
    let leads = reader.leads(&reader.read(subnet, "vpc"), subnet, &["vpc"]);
    Decision::any(leads.into_iter().map(|lead| {
        lead.when.and(match lead.target {
            Target::Node(vpc) => network.routes(reader).has_gateway(reader, vpc),
            Target::Outside(why) => Decision::unknown(why),
        })
    }))
}

fn shown(port: &Value) -> String {
    port.as_number().map_or_else(|| "a port that is not known".to_owned(), |number| format!("port {number}"))
}

/// Whether one of the subnets of a node is public and its network ACL lets the internet in on the port, with the
/// hops that lead there.
fn public_subnet(
    reader: &Reader<'_>,
    network: &Network,
    node: NodeId,
    port: Option<&Value>,
) -> (Decision, Vec<String>) {
    let subnets = reader.read(node, "subnets");
    if names_none(&subnets) {
        // AWS puts what names no subnet into the default VPC, whose subnets are public.
        return (Decision::YES, vec!["no subnets are named: those of the default VPC are public".to_owned()]);
    }
    let (subnets, open) = subnets_of(reader, &subnets, node);
    let (mut answers, mut hops) = (Vec::new(), Vec::new());
    for (when, target) in subnets {
        let answer = match target {
            Target::Outside(why) => Decision::unknown(format!(
                "a subnet of {} lies outside the scan: {why}",
                reader.address(node)
            )),
            Target::Node(subnet) => {
                let by_acl = port.map_or(Decision::YES, |port| acl::lets_in(reader, subnet, port));
                let public = network.is_public(reader, subnet).and(by_acl);
                if !public.is_no() {
                    hops.push(hop(reader, network, subnet, &public));
                }
                public
            }
        };
        answers.push(when.and(answer));
    }
    if let Some(why) = open {
        answers
            .push(Decision::unknown(format!("the subnets of {} are not known: {why}", reader.address(node))));
    }
    hops.truncate(2);
    (Decision::any(answers), hops)
}

/// Whether a list of references is not written, or empty for certain.
fn names_none(list: &Value) -> bool {
    let list = elements(list);
    list.items.is_empty() && list.open.is_none()
}

fn hop(reader: &Reader<'_>, network: &Network, subnet: NodeId, public: &Decision) -> String {
    let tables = network.routes(reader).tables_out(reader, subnet);
    let way = tables.first().map_or_else(
        || "its route table".to_owned(),
        |table| format!("route table {}", reader.address(*table)),
    );
    let has = if public.is_yes() { "has" } else { "may have" };
    format!("subnet {} {has} a route to an internet gateway by {way}", reader.address(subnet))
}

/// Whether a group of the store admits the internet on its port.
fn open_group(
    reader: &Reader<'_>,
    network: &Network,
    store: NodeId,
    port: &Value,
) -> (Decision, Vec<String>) {
    let written = reader.read(store, "groups");
    let groups = elements(&written);
    let (mut answers, mut hops) = (Vec::new(), Vec::new());
    for item in &groups.items {
        for lead in reader.leads(&item.value, store, &["security-group"]) {
            let answer = match lead.target {
                Target::Node(group) => {
                    let open = open_on(reader, network, group, Some(port));
                    hops.extend(open.as_ref().map(|open| open.hop.clone()));
                    open.map_or(Decision::NO, |open| open.when)
                }
                Target::Outside(why) => Decision::unknown(format!(
                    "a security group of {} lies outside the scan: {why}",
                    reader.address(store)
                )),
            };
            answers.push(Decision::of_presence(&item.presence).and(lead.when).and(answer));
        }
    }
    if let Some(open) = groups.open {
        answers.push(Decision::unknown(format!(
            "the security groups of {} are not known: {}",
            reader.address(store),
            open.reason
        )));
    }
    if names_none(&written) {
        answers.push(Decision::unknown(format!(
            "{} names no security group: the default group of its VPC guards it",
            reader.address(store)
        )));
    }
    hops.truncate(2);
    (Decision::any(answers), hops)
}

/// The opening of a group that admits the internet on this port (on any, if none is given).
fn open_on(reader: &Reader<'_>, network: &Network, group: NodeId, port: Option<&Value>) -> Option<Open> {
    if reader.node(group).is_some_and(|node| node.stand_in) {
        // Rules of a group outside the scan: what they open is open, the rest of the group is not seen.
        let why = format!("the other rules of the group of {} lie outside the scan", reader.address(group));
        let open = opened(reader, network, group, port);
        let when = open.as_ref().map_or(Decision::NO, |open| open.when.clone()).or(Decision::unknown(why));
        let hop = open
            .map_or_else(|| format!("security group {} may be open", reader.address(group)), |open| open.hop);
        return Some(Open { group, when, hop });
    }
    opened(reader, network, group, port)
}

fn opened(reader: &Reader<'_>, network: &Network, group: NodeId, port: Option<&Value>) -> Option<Open> {
    let openings = network.openings(reader, group);
    let tcp = Value::string("tcp", Origin::default());
    let mut hop = None;
    let mut answers = Vec::new();
    for item in &openings.items {
        let admits = port.map_or(Decision::YES, |port| {
            admits(&item.value, &tcp, &Value::list([port.clone()], Origin::default()))
        });
        if admits.is_no() {
            continue;
        }
        let (protocol, from, to) = (item.value.get("protocol"), item.value.get("from"), item.value.get("to"));
        let from_where = item.value.get("source");
        let from_where = from_where.as_str().unwrap_or("a source that is not known");
        let text = format!(
            "security group {} admits {} from {from_where}",
            reader.address(group),
            describe(&protocol, &from, &to)
        );
        hop.get_or_insert(text);
        answers.push(Decision::of_presence(&item.presence).and(admits));
    }
    if let Some(open) = &openings.open {
        answers.push(Decision::unknown(open.reason.clone()));
        hop.get_or_insert_with(|| format!("security group {} may have more rules", reader.address(group)));
    }
    let when = Decision::any(answers);
    Some(Open { group, when, hop: hop? })
}

/// Machines with a public address whose own group is open to the internet and is admitted by the store's group.
fn through_machines(reader: &Reader<'_>, network: &Network, store: NodeId, port: &Value) -> Vec<Path> {
    let mut found = Vec::new();
    for (admitted, when) in admitted_groups(reader, store, port) {
        let Some(open) = open_on(reader, network, admitted, None) else { continue };
        for (machine, in_group) in network.machines(reader, open.group) {
            if *machine == store {
                continue;
            }
            let public = has_public_address(reader, network, *machine);
            let all = when.clone().and(open.when.clone()).and(in_group.clone()).and(public);
            if all.is_no() {
                continue;
            }
            let hops = vec![
                open.hop.clone(),
                format!("{} has a public address and is in that group", reader.address(*machine)),
                format!("{} admits that group on {}", reader.address(store), shown(port)),
            ];
            let origin = reader
                .resource(*machine)
                .map(|resource| Origin::computed(resource.place))
                .unwrap_or_default();
            found.push(Path { when: all, direct: false, through: Some(*machine), hops, origin });
        }
    }
    found
}

/// Whether a machine has an address on the internet: its own setting, else that of its subnets, which must be public.
fn has_public_address(reader: &Reader<'_>, network: &Network, machine: NodeId) -> Decision {
    let own = reader.read(machine, "public");
    let subnets = reader.read(machine, "subnets");
    let given = if own.is_absent() && names_none(&subnets) {
        // Default subnets give public addresses.
        Decision::YES
    } else if own.is_absent() {
        let (subnets, open) = subnets_of(reader, &subnets, machine);
        let by_subnet = subnets.into_iter().map(|(when, target)| match target {
            Target::Node(subnet) => when.and(Decision::of_bool(&reader.read(subnet, "public_ip"))),
            Target::Outside(why) => when.and(Decision::unknown(why)),
        });
        let open = open.map(Decision::unknown);
        Decision::any(by_subnet.chain(open))
    } else {
        Decision::of_bool(&own)
    };
    if given.is_no() {
        return given;
    }
    given.and(public_subnet(reader, network, machine, None).0)
}

/// Groups of the scan that the store's groups admit on its port.
fn admitted_groups(reader: &Reader<'_>, store: NodeId, port: &Value) -> Vec<(NodeId, Decision)> {
    let tcp = Value::string("tcp", Origin::default());
    let ports = Value::list([port.clone()], Origin::default());
    let mut admitted: Vec<(NodeId, Decision)> = Vec::new();
    for item in &elements(&reader.read(store, "groups")).items {
        for lead in reader.leads(&item.value, store, &["security-group"]) {
            let Target::Node(group) = lead.target else { continue };
            for rule in &elements(&reader.read(group, "ingress")).items {
                let protocol = super::ports::protocol(&rule.value.get("protocol"));
                let (from, to) =
                    super::ports::ports(&protocol, &rule.value.get("from"), &rule.value.get("to"));
                let opening = record([("protocol", protocol), ("from", from), ("to", to)], Origin::default());
                let there = Decision::of_presence(&item.presence)
                    .and(lead.when.clone())
                    .and(Decision::of_presence(&rule.presence))
                    .and(admits(&opening, &tcp, &ports));
                if there.is_no() {
                    continue;
                }
                for source in &elements(&rule.value.get("groups")).items {
                    for lead in reader.leads(&source.value, group, &["security-group"]) {
                        if let Target::Node(admits) = lead.target {
                            let when =
                                there.clone().and(Decision::of_presence(&source.presence)).and(lead.when);
                            admitted.push((admits, when));
                        }
                    }
                }
            }
        }
    }
    admitted
}

/// The paths as a value.
pub(crate) fn value(reader: &Reader<'_>, network: &Network, store: NodeId) -> Value {
    let place = reader.resource(store).map(|resource| resource.place);
    let origin = Origin { place, how: value::How::Fact, via: None };
    list_value(to_store(reader, network, store), origin)
}

/// Machines by the groups they are in.
pub(crate) fn machines_by_group(reader: &Reader<'_>) -> Vec<(NodeId, NodeId, Decision)> {
    let mut found = Vec::new();
    for machine in reader.nodes("network-endpoint") {
        if reader.is(machine, "data-store") {
            continue;
        }
        for item in &elements(&reader.read(machine, "groups")).items {
            for lead in reader.leads(&item.value, machine, &["security-group"]) {
                if let Target::Node(group) = lead.target {
                    let there = reader
                        .node(machine)
                        .map_or(Decision::NO, |node| Decision::of_presence(&node.presence));
                    found.push((
                        group,
                        machine,
                        there.and(Decision::of_presence(&item.presence)).and(lead.when),
                    ));
                }
            }
        }
    }
    found
}
