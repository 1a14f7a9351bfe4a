//! Network ACLs: whether the one of a subnet lets the internet in on a port. Invariant: an ACL breaks a path only if
//! all of its entries that matter are known.

use graph::NodeId;
use value::{Item, Kind, List, Value};

use super::cidr::whole_internet;
use super::ports::{admits, ports, protocol};
use crate::decision::Decision;
use crate::lists::{elements, record};
use crate::reader::{Reader, Target};

/// Whether the ACLs of a subnet let the internet in on this port. Without one of the scan the VPC's default ACL
/// holds, which AWS makes open.
pub(crate) fn lets_in(reader: &Reader<'_>, subnet: NodeId, port: &Value) -> Decision {
    let acls = elements(&reader.read(subnet, "acls"));
    let mut answers: Vec<Decision> = Vec::new();
    let mut covered: Vec<Decision> = Vec::new();
    for item in &acls.items {
        for lead in reader.leads(&item.value, subnet, &["network-acl"]) {
            let Target::Node(acl) = lead.target else { continue };
            let when = Decision::of_presence(&item.presence).and(lead.when);
            answers.push(when.clone().and(by_entries(reader, acl, port)));
            covered.push(when);
        }
    }
    if let Some(open) = acls.open {
        let why = format!("the network ACL of {} is not known: {}", reader.address(subnet), open.reason);
        covered.push(Decision::unknown(why));
    }
    let otherwise = by_default_acl(reader, subnet, port);
    Decision::any(answers).or(Decision::any(covered).negated().and(otherwise))
}

/// Whether the default ACL of the subnet's VPC lets the internet in: as it is adopted in the scan, else as AWS makes
/// it.
fn by_default_acl(reader: &Reader<'_>, subnet: NodeId, port: &Value) -> Decision {
    let vpcs = reader.leads(&reader.read(subnet, "vpc"), subnet, &["vpc"]);
    let adopted = |acl: &NodeId| {
        reader.resource(*acl).is_some_and(|resource| resource.type_name == "aws_default_network_acl")
    };
    for acl in reader.nodes("network-acl").into_iter().filter(adopted) {
        let of = reader.leads(&reader.read(acl, "vpc"), acl, &["vpc"]);
        let same = vpcs.iter().any(|vpc| of.iter().any(|other| other.target == vpc.target));
        if same {
            return by_entries(reader, acl, port);
        }
    }
    Decision::YES
}

/// The first entry, by number, that decides for everyone on this port; none denies.
fn by_entries(reader: &Reader<'_>, acl: NodeId, port: &Value) -> Decision {
    let entries = elements(&reader.read(acl, "entries"));
    let Some(ordered) = ordered(&entries) else {
        return Decision::unknown(format!("the entries of {} are not all known", reader.address(acl)));
    };
    let families = ["cidr", "cidr6"].map(|family| {
        let mut open = Decision::NO;
        for entry in ordered.iter().rev() {
            let here = applies(entry, family, port);
            let allows = Decision::over_choices(&entry.get("action"), |action| match action.as_str() {
                Some(action) => Decision::from(action.eq_ignore_ascii_case("allow")),
                None => Decision::unknown("the action of a network ACL's entry is not known"),
            });
            open = here.clone().and(allows).or(here.negated().and(open));
        }
        open
    });
    Decision::any(families)
}

/// The entries for traffic that comes in, by number; none if they cannot be put in order.
fn ordered(entries: &List) -> Option<Vec<Value>> {
    let incoming = |item: &&Item| item.value.get("egress").as_bool() != Some(true);
    let mut numbered = Vec::new();
    for item in entries.items.iter().filter(incoming) {
        let known = item.presence.is_certain() && !matches!(item.value.get("egress").kind, Kind::Unknown(_));
        numbered.push((item.value.get("number").as_number().filter(|_| known)?, item.value.clone()));
    }
    numbered.sort_by(|(a, _), (b, _)| a.cmp(b));
    entries.open.is_none().then(|| numbered.into_iter().map(|(_, entry)| entry).collect())
}

/// Whether an entry decides for all addresses of a family on this port.
fn applies(entry: &Value, family: &str, port: &Value) -> Decision {
    let protocol = protocol(&entry.get("protocol"));
    let (from, to) = ports(&protocol, &entry.get("from"), &entry.get("to"));
    let opening = record([("protocol", protocol), ("from", from), ("to", to)], entry.origin.clone());
    let tcp = Value::string("tcp", entry.origin.clone());
    let range = Value::list([port.clone()], port.origin.clone());
    whole_internet(&entry.get(family)).and(admits(&opening, &tcp, &range))
}
