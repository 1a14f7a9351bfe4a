//! Records of the domain names of APIs. Names in the same hosted zone share one group of records.

use smol_str::SmolStr;
use source::document::Node;

use super::edit::{is_set, items, plain};
use crate::sam::digest;
use crate::sam::expansion::Expansion;
use crate::sam::make::At;
use crate::sam::serverless::{Made, Serverless};

/// The hosted zone of CloudFront's names, in every account.
const CLOUDFRONT_ZONE: &str = "Z2FDTNDATAQYW2";

/// The groups of records so far.
#[derive(Debug, Default)]
pub(crate) struct Zones {
    groups: Vec<Group>,
}

#[derive(Debug)]
struct Group {
    id: SmolStr,
    made: Made,
    at: At,
    records: Vec<Node>,
}

/// A domain name of an API that is to have records.
pub(crate) struct Domain<'n> {
    /// The property `Domain`.
    pub(crate) written: &'n Node,
    /// The same, parameters in it resolved.
    pub(crate) said: &'n Node,
    /// `EDGE`, `REGIONAL` or `PRIVATE`, if it is known.
    pub(crate) endpoint: &'n str,
    /// The logical id of the domain name.
    pub(crate) id: &'n str,
}

impl Zones {
    /// Adds the records of a domain name, if it asks for them.
    pub(crate) fn add(&mut self, api: &Serverless<'_>, domain: &Domain<'_>) {
        let Some(route53) = domain.written.entry("Route53") else { return };
        let (at, route53) = (At(route53.key_span), &route53.value);
        let Some(id) = group_id(domain.said) else { return };
        let records = records(at, domain, route53);
        if let Some(group) = self.groups.iter_mut().find(|group| group.id == id) {
            return group.records.extend(records);
        }
        let mut properties = at.fields();
        properties.hand_all(route53, &["HostedZoneId", "HostedZoneName"]);
        let made = api.further(id.clone(), "AWS::Route53::RecordSetGroup", properties);
        self.groups.push(Group { id, made, at, records });
    }

    /// Makes the groups.
    pub(crate) fn finish(self, expansion: &mut Expansion<'_, '_>) {
        for group in self.groups {
            let records = group.at.list(group.records);
            expansion.put(group.made.property("RecordSets", records));
        }
    }
}

/// The logical id of the group of a domain name's records; none without hosted zone.
fn group_id(domain: &Node) -> Option<SmolStr> {
    let route53 = domain.get("Route53")?;
    let named = |key: &&str| route53.get(key).filter(|node| is_set(node));
    let zone = ["HostedZoneId", "HostedZoneName"].iter().find_map(named)?;
    let separate = route53.get("SeparateRecordSetGroup").is_some_and(is_set);
    let hash = match domain.get("DomainName") {
        Some(name) if separate => {
            digest::of_text(&format!("[{},{}]", digest::json(zone), digest::json(name)))
        }
        _ => digest::of_node(zone),
    };
    Some(SmolStr::from(format!("RecordSetGroup{hash}")))
}

fn records(at: At, domain: &Domain<'_>, route53: &Node) -> Vec<Node> {
    let record = |ty: &str| {
        let mut record = at.fields();
        record.hand_as(domain.written, "DomainName", "Name");
        record.set("Type", at.text(ty));
        record.set("AliasTarget", target(at, domain, route53));
        record.hand_all(route53, &["Region", "SetIdentifier"]);
        record.node()
    };
    let also_v6 = route53.get("IpV6").is_some_and(crate::parameters::is_true);
    let types = if also_v6 { &["A", "AAAA"][..] } else { &["A"] };
    types.iter().map(|ty| record(ty)).collect()
}

fn target(at: At, domain: &Domain<'_>, route53: &Node) -> Node {
    let mut target = at.fields();
    target.hand(route53, "EvaluateTargetHealth");
    match domain.endpoint {
        "EDGE" => {
            target.set("HostedZoneId", at.text(CLOUDFRONT_ZONE));
            let written = route53.get("DistributionDomainName").cloned();
            let name = written.unwrap_or_else(|| at.attribute(domain.id, "DistributionDomainName"));
            target.set("DNSName", name);
        }
        "PRIVATE" => {
            target.hand_as(route53, "VpcEndpointHostedZoneId", "HostedZoneId");
            target.hand_as(route53, "VpcEndpointDomainName", "DNSName");
        }
        _ => {
            target.set("HostedZoneId", at.attribute(domain.id, "RegionalHostedZoneId"));
            target.set("DNSName", at.attribute(domain.id, "RegionalDomainName"));
        }
    }
    target.node()
}

/// The paths of a domain name that lead to the API: one or several texts.
pub(crate) fn base_paths(domain: &Node) -> Vec<SmolStr> {
    let Some(written) = domain.get("BasePath") else { return Vec::new() };
    match plain(written) {
        Some(path) => vec![path.clone()],
        None => items(written).iter().filter_map(plain).cloned().collect(),
    }
}
