//! What only the graph as a whole can tell: network, policies, placement, purpose, attachment. Invariant: answers do
//! not depend on the order in which they are asked for, and what cannot be told is unknown with its reason.
//!
//! The names and types of the answers stand in [`language::facts`]; which kinds and attributes of the models they are
//! read from, in `docs/facts.md`. Families read only those before them in this order: tags, network, policies,
//! placement, purpose, secrets, custody, attachment.

mod arn;
mod attachment;
mod copies;
mod custody;
mod decision;
mod identity;
mod lists;
mod memo;
mod network;
mod origin_facing;
mod pattern;
mod placement;
mod policies;
mod protects;
mod purpose;
mod reader;
mod regions;
mod scope;
mod secrets;
mod tables;
mod tags;

use graph::{Graph, NodeId};
use smol_str::SmolStr;
use value::declared::Spelling;
use value::{Origin, Value};

use crate::attachment::Attached;
use crate::copies::Copies;
use crate::decision::Decision;
use crate::lists::{fact_origin, list_value, map_choices};
use crate::memo::Memo;
use crate::network::Network;
use crate::protects::Protected;
use crate::reader::Reader;
use crate::scope::Scopes;

/// The facts of a graph. Shared between threads; what a family collects from the whole graph is collected once, on
/// first demand.
pub struct Facts<'g> {
    /// The graph.
    pub graph: &'g Graph<'g>,
    reader: Reader<'g>,
    network: Network,
    attached: Attached,
    copies: Copies,
    protected: Protected,
    scopes: Scopes,
    phi: Phi,
    memo: Memo,
}

/// What the configuration says of protected health information: patterns of addresses, in which `*` stands for any
/// text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Phi {
    /// Resources that hold some.
    pub holds: Vec<SmolStr>,
    /// Resources that hold none; these win.
    pub holds_none: Vec<SmolStr>,
}

impl<'g> Facts<'g> {
    /// Facts of `graph`, nothing computed yet.
    #[must_use]
    pub fn new(graph: &'g Graph<'g>) -> Self {
        Self::with_phi(graph, Phi::default())
    }

    /// Facts of `graph` with what the configuration says of health information.
    #[must_use]
    pub fn with_phi(graph: &'g Graph<'g>, phi: Phi) -> Self {
        Self {
            graph,
            reader: Reader::new(graph),
            network: Network::default(),
            attached: Attached::default(),
            copies: Copies::default(),
            protected: Protected::default(),
            scopes: Scopes::default(),
            phi,
            memo: Memo::new(graph),
        }
    }

    /// Value of the fact `name` (one of [`language::facts::NODE_FACTS`] and [`language::facts::EVERY_NODE`]) of a
    /// node; absent for any other name.
    #[must_use]
    pub fn of_node(&self, name: &str, node: NodeId) -> Value {
        match name {
            "type" | "address" | "language" | "meta" => self.of_resource(name, node),
            _ => self.memo.of(name, node, || self.computed(name, node)),
        }
    }

    fn computed(&self, name: &str, node: NodeId) -> Value {
        let reader = &self.reader;
        let truth = |decision: Decision| decision.into_value(self.origin(node));
        match name {
            "subnet-public" => truth(self.network.is_public(reader, node)),
            "vpc-has-internet-gateway" => truth(self.network.routes(reader).has_gateway(reader, node)),
            "open-ports" => list_value((*self.network.openings(reader, node)).clone(), self.origin(node)),
            "only-cloudfront" => truth(origin_facing::only_cloudfront(reader, node)),
            "internet-paths" => network::paths::value(reader, &self.network, node),
            "zones" => placement::zones(reader, node),
            "backups" => attachment::backups(&self.attached, reader, node),
            "data-event-trails" => attachment::data_event_trails(&self.attached, reader, node),
            "snapshot-policies" => attachment::snapshot_policies(reader, node),
            "copies" => copies::copies(&self.copies, reader, node),
            "protects" => protects::protects(&self.protected, reader, node),
            "region" => regions::of_node(reader, node),
            "purpose" => purpose::purpose(reader, node),
            "phi" => purpose::phi(reader, &self.phi, node),
            "phi_scope" => scope::in_scope(&self.scopes, reader, &self.phi, node),
            "secrets" => secrets::of_node(reader, node),
            "tags" => tags::of_node(reader, node),
            _ => Value::absent(),
        }
    }

    /// What every declared resource has.
    fn of_resource(&self, name: &str, node: NodeId) -> Value {
        let Some(resource) = self.graph.resource(node) else { return Value::absent() };
        let text = |text: &str| Value::string(text, self.origin(node));
        match name {
            "type" => text(&resource.type_name),
            "address" => text(&resource.address),
            "meta" => resource.meta.clone(),
            _ => {
                let root = self.graph.declared.root_of(resource);
                text(match root.map(|root| root.language.spelling()) {
                    Some(Spelling::Terraform) | None => "terraform",
                    Some(Spelling::CloudFormation) => "cloudformation",
                })
            }
        }
    }

    /// Where facts about a node as a whole are found: its header.
    fn origin(&self, node: NodeId) -> Origin {
        let place = self.graph.resource(node).map(|resource| resource.place);
        fact_origin(&Origin { place, ..Origin::default() })
    }

    /// Value of the fact `name` (one of [`language::facts::REFERENCE_FACTS`]) of a reference held by `holder`; absent
    /// for any other name.
    #[must_use]
    pub fn of_reference(&self, name: &str, reference: &Value, holder: NodeId) -> Value {
        match name {
            "key-custody" => custody::of_key(&self.reader, reference, holder),
            _ => Value::absent(),
        }
    }

    /// The statements of a policy document in any spelling: a list of `statement` records, each with the place where
    /// it is written; open if parts of the document are not known.
    #[must_use]
    pub fn statements(&self, policy: &Value, holder: NodeId) -> Value {
        let _ = holder;
        policies::statements(policy)
    }

    /// Result of a method of [`language::facts::METHODS`], asked by a rule about `subject`. Booleans that cannot be
    /// told are unknown values with their reason; absent for any other name.
    #[must_use]
    pub fn method(&self, name: &str, receiver: &Value, arguments: &[Value], subject: NodeId) -> Value {
        let reader = &self.reader;
        let argument = |at: usize| arguments.get(at).cloned().unwrap_or_else(Value::absent);
        let decide = |ask: &dyn Fn(&Value) -> Decision| {
            Decision::over_choices(receiver, ask).into_value(fact_origin(&receiver.origin))
        };
        match name {
            "denies_plain_transport" => {
                let about = self.subject_of(&argument(0), subject);
                decide(&|policy| policies::denies_plain(reader, policy, about))
            }
            "allows_everything" => decide(&|statement| policies::allows_everything(reader, statement)),
            "grants_public" => decide(&|statement| policies::grants_public(reader, statement)),
            "is_narrowed" => decide(&|statement| policies::is_narrowed(reader, statement)),
            "admits" => decide(&|opening| network::ports::admits(opening, &argument(0), &argument(1))),
            "width" => map_choices(receiver, network::ports::width),
            _ => Value::absent(),
        }
    }

    /// The node that an argument of a method names: the one that a reference leads to, else the rule's subject.
    fn subject_of(&self, argument: &Value, subject: NodeId) -> NodeId {
        let leads = self.reader.leads(argument, subject, &[]);
        match leads.as_slice() {
            [reader::Lead { target: reader::Target::Node(node), .. }] => *node,
            _ => subject,
        }
    }
}
