//! The graph and its questions. Invariant: ids and indices that a graph gives out are valid in it.

use language::ir::{AttrId, Attribute, Catalogue, Kind as Model, KindId};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Problems;
use value::declared::{Declared, Resource};
use value::{Presence, Truth, Value};

use crate::identity::Identities;
use crate::incoming::Incoming;
use crate::keys::Keys;
use crate::kinds::Roles;
use crate::scope::{Account, AccountId, OpenWorld, RegionId, ScopeOptions};

/// A node, by its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A subject with everything that was joined to it.
#[derive(Debug)]
pub struct Node {
    /// Its kind; none for resources of unmodelled types.
    pub kind: Option<KindId>,
    /// Index in [`Declared::resources`] of the subject itself (of the satellite, for a stand-in).
    pub resource: u32,
    /// Index in [`language::ir::Kind::spellings`] of the spelling that reads the subject itself; none for stand-ins
    /// and unmodelled resources.
    pub spelling: Option<u16>,
    /// Satellites, in order of spelling, then of address.
    pub satellites: Vec<Satellite>,
    /// Values of the kind's spelled attributes, by [`AttrId`]; defaults filled in, `else` not followed.
    pub slots: Box<[Value]>,
    /// Whether it exists.
    pub presence: Presence,
    /// Its account; none for nodes of a library.
    pub account: Option<AccountId>,
    /// Its region; none for nodes of a library and for things that are no managed resources.
    pub region: Option<RegionId>,
    /// It stands for a subject outside the scan that a satellite names: only failures of it are reported.
    pub stand_in: bool,
    /// Whether a filter of its spelling left open if it is of this kind at all.
    pub membership: Truth,
}

/// A resource that was joined to a node.
#[derive(Debug, Clone)]
pub struct Satellite {
    /// Index in [`Declared::resources`].
    pub resource: u32,
    /// Index in [`language::ir::Kind::spellings`] of the spelling that reads it.
    pub spelling: u16,
    /// Whether it is joined: its own guard beside its subject's, and whether the join is certain.
    pub presence: Presence,
}

/// A reference from one node to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    /// The node that refers.
    pub from: NodeId,
    /// The node that is referred to.
    pub to: NodeId,
    /// Path of the attribute that holds the reference, as the language spells it.
    pub via: SmolStr,
}

/// Where a reference leads.
#[derive(Debug, Clone)]
pub enum Resolved {
    /// To this node.
    Node(NodeId),
    /// To one of these nodes: instances of one address, or alternatives; with what would settle it. Where none of the
    /// conditions holds, it leads outside the scan or nowhere.
    OneOf(Vec<(value::Condition, NodeId)>, SmolStr),
    /// To something that is not in the scan, known by what the source says (an input, a data source, a literal ARN).
    Outside(SmolStr),
    /// There is no reference.
    Absent,
}

/// The graph.
pub struct Graph<'a> {
    /// What the front ends declared.
    pub declared: &'a Declared,
    /// The models.
    pub catalogue: &'static Catalogue,
    pub(crate) nodes: Vec<Node>,
    /// Nodes by kind, in order of declaration.
    pub(crate) by_kind: Vec<Vec<NodeId>>,
    /// Nodes whose subject a resource is; stand-ins are not among them.
    pub(crate) subjects: Vec<Vec<NodeId>>,
    /// Nodes that a satellite is joined to, stand-ins included, by the satellite's resource.
    pub(crate) attached: FxHashMap<u32, Vec<NodeId>>,
    pub(crate) roles: Roles,
    pub(crate) keys: Keys<'a>,
    pub(crate) identities: Identities,
    pub(crate) incoming: Incoming,
    pub(crate) edges: Vec<Edge>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) problems: Problems,
}

impl<'a> Graph<'a> {
    /// Builds the graph: finds kinds, joins satellites, reads slots, fills defaults, collects edges.
    #[must_use]
    pub fn build(declared: &'a Declared, catalogue: &'static Catalogue, options: &ScopeOptions) -> Self {
        crate::build::build(declared, catalogue, options)
    }

    /// All nodes with their ids: in order of declaration, stand-ins after them.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &Node)> {
        self.nodes.iter().zip(0..).map(|(node, id)| (NodeId(id), node))
    }

    /// The node with this id. Ids come from this graph.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// The declared resource of a node.
    #[must_use]
    pub fn resource(&self, id: NodeId) -> Option<&'a Resource> {
        let node = self.node(id)?;
        self.declared.resources.get(node.resource as usize).map(AsRef::as_ref)
    }

    /// The model of a node; none for resources of unmodelled types.
    #[must_use]
    pub fn model(&self, id: NodeId) -> Option<&'static Model> {
        self.catalogue.kind(self.node(id)?.kind?)
    }

    /// The nodes of a kind: in order of declaration, stand-ins after them.
    #[must_use]
    pub fn of_kind(&self, kind: KindId) -> &[NodeId] {
        self.by_kind.get(kind.0 as usize).map_or(&[], Vec::as_slice)
    }

    /// The nodes that the resource with this key is, or that it is joined to as a satellite.
    #[must_use]
    pub fn nodes_at(&self, key: &str) -> &[NodeId] {
        self.keys.exact(key).map_or(&[], |resource| self.nodes_of_resource(resource))
    }

    /// The nodes that a resource, by its index in [`Declared::resources`], is, or else is joined to as a satellite.
    #[must_use]
    pub fn nodes_of_resource(&self, resource: u32) -> &[NodeId] {
        match self.subjects_of(resource) {
            [] => self.attached.get(&resource).map_or(&[], Vec::as_slice),
            subjects => subjects,
        }
    }

    /// Nodes whose subject a resource is.
    pub(crate) fn subjects_of(&self, resource: u32) -> &[NodeId] {
        self.subjects.get(resource as usize).map_or(&[], Vec::as_slice)
    }

    /// Edges between nodes, sorted by `from`, then by `via`.
    #[must_use]
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// Accounts of the scan.
    #[must_use]
    pub fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The account with this id. Ids come from this graph.
    #[must_use]
    pub fn account(&self, id: AccountId) -> Option<&Account> {
        self.accounts.get(id.0 as usize)
    }

    /// What was found to be wrong with the input while the graph was built.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// The slot of a spelled attribute: defaults filled in, `else` not followed.
    #[must_use]
    pub fn slot(&self, id: NodeId, attribute: AttrId) -> Option<&Value> {
        self.node(id)?.slots.get(attribute.0 as usize)
    }

    /// The declaration of an attribute of a node's kind.
    pub(crate) fn declaration(&self, id: NodeId, attribute: AttrId) -> Option<&'static Attribute> {
        self.model(id)?.attributes.get(attribute.0 as usize)
    }

    /// Why something that is not in this account of the scan may exist elsewhere; none if it may not.
    pub(crate) fn open_reason(&self, account: Option<AccountId>) -> Option<&SmolStr> {
        let open = |account: &'_ Account| matches!(account.world, OpenWorld::Open(_));
        let account = match account {
            Some(id) => self.account(id).filter(|account| open(account)),
            None => self.accounts.iter().find(|account| open(account)),
        };
        account.and_then(|account| match &account.world {
            OpenWorld::Open(reason) => Some(reason),
            OpenWorld::Complete => None,
        })
    }
}
