//! Which subnets have a way out to the internet. Invariant: a subnet is public or private only if every link, from
//! subnet to route table to gateway, is known; otherwise the missing link is named.

use graph::NodeId;
use ipnet::IpNet;
use rustc_hash::FxHashMap;
use value::declared::Mode;
use value::{Item, Kind, Reference, Value};

use super::cidr::{Source, cover_everything, source, whole_internet};
use crate::decision::Decision;
use crate::lists::{choices, elements};
use crate::reader::{Reader, Target, expression};

/// Gateways of a VPC and tables of a subnet, by what they point at.
#[derive(Debug, Default)]
pub(crate) struct Routes {
    /// Tables that replace or are the main table of each VPC.
    main: FxHashMap<NodeId, Vec<Association>>,
    /// Internet gateways of each VPC.
    gateways: FxHashMap<NodeId, Vec<Decision>>,
}

/// A table that something may be associated with.
#[derive(Debug, Clone)]
struct Association {
    when: Decision,
    /// The association or the table itself, from which `table` is read.
    holder: NodeId,
    table: Table,
}

#[derive(Debug, Clone)]
enum Table {
    /// Where this value leads.
    Named(Value),
    /// This node.
    Node(NodeId),
}

impl Routes {
    /// Collects the associations of the scan.
    pub(crate) fn collect(reader: &Reader<'_>) -> Self {
        let mut routes = Self::default();
        for association in reader.nodes("main-route-table-association") {
            for lead in reader.leads(&reader.read(association, "vpc"), association, &["vpc"]) {
                let Target::Node(vpc) = lead.target else { continue };
                let table = Table::Named(reader.read(association, "table"));
                let when = lead.when.and(presence(reader, association));
                routes.main.entry(vpc).or_default().push(Association { when, holder: association, table });
            }
        }
        for table in reader.nodes("route-table") {
            routes.add_main_table(reader, table);
        }
        for gateway in reader.nodes("internet-gateway") {
            routes.add_gateway(reader, gateway, &Decision::YES);
        }
        for attachment in reader.nodes("internet-gateway-attachment") {
            let gateway = reader.read(attachment, "gateway");
            let is_internet = Decision::over_choices(&gateway, |choice| match &choice.kind {
                Kind::Absent | Kind::Null => Decision::NO,
                // A gateway outside the scan is a gateway still.
                _ => Decision::YES,
            });
            routes.add_gateway(reader, attachment, &is_internet);
        }
        routes
    }

    /// A table that says it is its VPC's main one, or routes that are added to the main table of a VPC of the scan.
    fn add_main_table(&mut self, reader: &Reader<'_>, table: NodeId) {
        let is_main = Decision::of_bool(&reader.read(table, "main"));
        if !is_main.is_no() {
            for lead in reader.leads(&reader.read(table, "vpc"), table, &["vpc"]) {
                let Target::Node(vpc) = lead.target else { continue };
                let when = is_main.clone().and(lead.when).and(presence(reader, table));
                self.main.entry(vpc).or_default().push(Association {
                    when,
                    holder: table,
                    table: Table::Node(table),
                });
            }
        }
        let stands_in = reader.node(table).is_some_and(|node| node.stand_in);
        let Some(resource) = reader.resource(table).filter(|_| stands_in) else { return };
        for name in ["route_table_id", "RouteTableId"] {
            let Kind::Reference(to) = &resource.attributes.get(name).kind else { continue };
            if let Some(vpc) = main_table_of(reader, to) {
                let when = presence(reader, table);
                self.main.entry(vpc).or_default().push(Association {
                    when,
                    holder: table,
                    table: Table::Node(table),
                });
            }
        }
    }

    fn add_gateway(&mut self, reader: &Reader<'_>, node: NodeId, is_internet: &Decision) {
        for lead in reader.leads(&reader.read(node, "vpc"), node, &["vpc"]) {
            let Target::Node(vpc) = lead.target else { continue };
            let there = is_internet.clone().and(lead.when).and(presence(reader, node));
            self.gateways.entry(vpc).or_default().push(there);
        }
    }

    /// Whether an internet gateway is attached to the VPC.
    pub(crate) fn has_gateway(&self, reader: &Reader<'_>, vpc: NodeId) -> Decision {
        // AWS attaches one to every default VPC.
        let default = Decision::of_bool(&reader.read(vpc, "is_default"));
        let attached = self.gateways.get(&vpc).into_iter().flatten().cloned();
        default.or(Decision::any(attached))
    }

    /// Whether the subnet's effective route table leads to an internet gateway.
    pub(crate) fn is_public(&self, reader: &Reader<'_>, subnet: NodeId) -> Decision {
        if reader.node(subnet).is_some_and(|node| node.stand_in) {
            return Decision::unknown(format!("subnet {} lies outside the scan", reader.address(subnet)));
        }
        let (explicit, open) = explicit(reader, subnet);
        let open = open.map(|why| {
            let address = reader.address(subnet);
            Decision::unknown(format!("the route table of subnet {address} is not known: {why}"))
        });
        let associations = explicit.iter().map(|association| association.when.clone());
        let associated = Decision::any(associations.chain(open.clone()));
        let by_table =
            |association: &Association| association.when.clone().and(self.leads_out(reader, association));
        let explicitly = Decision::any(explicit.iter().map(by_table).chain(open));
        if associated.is_yes() {
            return explicitly;
        }
        explicitly.or(associated.negated().and(self.by_main_table(reader, subnet)))
    }

    /// Whether the main table of the subnet's VPC leads out.
    fn by_main_table(&self, reader: &Reader<'_>, subnet: NodeId) -> Decision {
        // AWS makes default subnets with a route to the internet in the default VPC's main table.
        let default = Decision::of_bool(&reader.read(subnet, "is_default"));
        if default.is_yes() {
            return Decision::YES;
        }
        let leads = reader.leads(&reader.read(subnet, "vpc"), subnet, &["vpc"]);
        let address = reader.address(subnet);
        if leads.is_empty() {
            return Decision::unknown(format!("the VPC of subnet {address} is not named"));
        }
        Decision::any(leads.into_iter().map(|lead| {
            lead.when.and(match lead.target {
                Target::Node(vpc) => self.main_table_leads_out(reader, vpc),
                Target::Outside(why) => Decision::unknown(format!(
                    "subnet {address} has no route table of its own and its VPC lies outside the scan: {why}"
                )),
            })
        }))
    }

    fn main_table_leads_out(&self, reader: &Reader<'_>, vpc: NodeId) -> Decision {
        let tables = self.main.get(&vpc).map(Vec::as_slice).unwrap_or_default();
        let by_table = |table: &Association| table.when.clone().and(self.leads_out(reader, table));
        let by_tables = Decision::any(tables.iter().map(by_table));
        if tables.is_empty() {
            // The main table that AWS makes has the local route alone, save in a default VPC.
            return Decision::of_bool(&reader.read(vpc, "is_default"));
        }
        by_tables
    }

    fn leads_out(&self, reader: &Reader<'_>, association: &Association) -> Decision {
        let named = match &association.table {
            Table::Node(table) => return table_leads_out(reader, *table),
            Table::Named(named) => named,
        };
        let leads = reader.leads(named, association.holder, &["route-table"]);
        if leads.is_empty() {
            let address = reader.address(association.holder);
            return Decision::unknown(format!("{address} names no route table that is known"));
        }
        Decision::any(leads.into_iter().map(|lead| {
            let by_table = match lead.target {
                Target::Node(table) => table_leads_out(reader, table),
                Target::Outside(why) => match &lead.value.kind {
                    Kind::Reference(to) if main_table_of(reader, to).is_some() => main_table_of(reader, to)
                        .map_or(Decision::NO, |vpc| self.main_table_leads_out(reader, vpc)),
                    _ => Decision::unknown(format!("a route table lies outside the scan: {why}")),
                },
            };
            lead.when.and(by_table)
        }))
    }

    /// The explicit or main tables of a subnet whose routes lead out, for evidence.
    pub(crate) fn tables_out(&self, reader: &Reader<'_>, subnet: NodeId) -> Vec<NodeId> {
        let (mut associations, _) = explicit(reader, subnet);
        if associations.is_empty() {
            for lead in reader.leads(&reader.read(subnet, "vpc"), subnet, &["vpc"]) {
                if let Target::Node(vpc) = lead.target {
                    associations.extend(self.main.get(&vpc).into_iter().flatten().cloned());
                }
            }
        }
        let tables = associations.into_iter().flat_map(|association| match association.table {
            Table::Node(table) => vec![table],
            Table::Named(named) => {
                let leads = reader.leads(&named, association.holder, &["route-table"]);
                leads
                    .into_iter()
                    .filter_map(|lead| match lead.target {
                        Target::Node(table) => Some(table),
                        Target::Outside(_) => None,
                    })
                    .collect()
            }
        });
        tables.filter(|table| !table_leads_out(reader, *table).is_no()).collect()
    }
}

fn presence(reader: &Reader<'_>, node: NodeId) -> Decision {
    reader.node(node).map_or(Decision::NO, |node| Decision::of_presence(&node.presence))
}

/// The explicit associations of a subnet, and why there may be others.
fn explicit(reader: &Reader<'_>, subnet: NodeId) -> (Vec<Association>, Option<String>) {
    let list = elements(&reader.read(subnet, "associations"));
    let of = |item: &Item| {
        let there = Decision::of_presence(&item.presence);
        let leads = reader.leads(&item.value, subnet, &["route-table-association"]);
        leads.into_iter().filter_map(move |lead| match lead.target {
            Target::Node(holder) => {
                let table = Table::Named(reader.read(holder, "table"));
                Some(Association { when: there.clone().and(lead.when), holder, table })
            }
            Target::Outside(_) => None,
        })
    };
    (list.items.iter().flat_map(of).collect(), list.open.map(|open| open.reason.to_string()))
}

/// The VPC whose main table an attribute names (`aws_vpc.main.main_route_table_id`).
fn main_table_of(reader: &Reader<'_>, reference: &Reference) -> Option<NodeId> {
    let names = matches!(reference.attribute.as_str(), "main_route_table_id" | "default_route_table_id");
    reader.node_of(reference).filter(|node| names && reader.is(*node, "vpc"))
}

/// Whether a default route of the table, or several that together are one, leads to an internet gateway.
fn table_leads_out(reader: &Reader<'_>, table: NodeId) -> Decision {
    let routes = elements(&reader.read(table, "routes"));
    let mut blocks: Vec<IpNet> = Vec::new();
    let mut answers: Vec<Decision> = Vec::new();
    for item in &routes.items {
        let gateway = leads_to_internet_gateway(reader, table, &item.value.get("gateway"));
        if gateway.is_no() {
            continue;
        }
        let destinations = [item.value.get("destination"), item.value.get("destination6")];
        let everything = Decision::any(destinations.iter().map(whole_internet));
        if gateway.is_yes() && item.presence.is_certain() {
            blocks.extend(destinations.iter().filter_map(|value| match source(value) {
                Source::Block(block) => Some(block),
                _ => None,
            }));
        }
        answers.push(Decision::of_presence(&item.presence).and(gateway).and(everything));
    }
    if cover_everything(&blocks) {
        return Decision::YES;
    }
    if let Some(open) = &routes.open {
        answers.push(Decision::unknown(format!(
            "the routes of {} are not all known: {}",
            reader.address(table),
            open.reason
        )));
    }
    Decision::any(answers)
}

fn leads_to_internet_gateway(reader: &Reader<'_>, table: NodeId, gateway: &Value) -> Decision {
    Decision::any(choices(gateway).into_iter().map(|(condition, choice)| {
        Decision::where_holds(condition).and(is_internet_gateway(reader, table, &choice))
    }))
}

fn is_internet_gateway(reader: &Reader<'_>, table: NodeId, gateway: &Value) -> Decision {
    match &gateway.kind {
        Kind::Absent | Kind::Null => return Decision::NO,
        // Ids of gateways tell what they are; anything else that a route can name is no way in.
        Kind::String(id) => return Decision::from(id.starts_with("igw-")),
        Kind::Reference(to) => {
            if let Some(resource) = reader.declared(to) {
                let is = matches!(
                    resource.type_name.as_str(),
                    "aws_internet_gateway" | "AWS::EC2::InternetGateway" | "aws_default_internet_gateway"
                );
                if is || resource.mode != Mode::ModuleCall {
                    return Decision::from(is || is_attachment_gateway(to));
                }
            }
        }
        Kind::Unknown(_)
            if expression(gateway).is_some_and(|name| name.starts_with("data.aws_internet_gateway.")) =>
        {
            return Decision::YES;
        }
        _ => {}
    }
    let leads = reader.leads(gateway, table, &["internet-gateway"]);
    Decision::any(leads.into_iter().map(|lead| {
        lead.when.and(match lead.target {
            Target::Node(node) => Decision::from(reader.is(node, "internet-gateway")),
            Target::Outside(why) => Decision::unknown(format!(
                "the gateway of a route of {} lies outside the scan: {why}",
                reader.address(table)
            )),
        })
    }))
}

/// `aws_internet_gateway_attachment.main.internet_gateway_id`.
fn is_attachment_gateway(reference: &Reference) -> bool {
    matches!(reference.attribute.as_str(), "internet_gateway_id" | "InternetGatewayId")
}

/// Whether an element of a list leads somewhere, for callers that walk subnets.
pub(crate) fn subnets_of(
    reader: &Reader<'_>,
    list: &Value,
    holder: NodeId,
) -> (Vec<(Decision, Target)>, Option<String>) {
    let list = elements(list);
    let lead = |item: &Item| {
        let there = Decision::of_presence(&item.presence);
        let leads = reader.leads(&item.value, holder, &["subnet"]);
        leads.into_iter().map(move |lead| (there.clone().and(lead.when), lead.target)).collect::<Vec<_>>()
    };
    (list.items.iter().flat_map(lead).collect(), list.open.map(|open| open.reason.to_string()))
}
