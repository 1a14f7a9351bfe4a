//! The graph and its questions.

use language::ir::{AttrId, Catalogue, KindId};
use smol_str::SmolStr;
use value::declared::{Declared, Resource};
use value::{Presence, Truth, Value};

use crate::scope::{Account, AccountId, RegionId, ScopeOptions};

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
    /// Satellites, in order of spelling, then of address.
    pub satellites: Vec<Satellite>,
    /// Values of the kind's spelled attributes, by [`AttrId`]; defaults filled in, `else` not followed.
    pub slots: Box<[Value]>,
    /// Whether it exists.
    pub presence: Presence,
    /// Its account; none for nodes of a library.
    pub account: Option<AccountId>,
    /// Its region.
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
    /// To one of these nodes: instances of one address, or alternatives; with what would settle it.
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
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    accounts: Vec<Account>,
}

impl<'a> Graph<'a> {
    /// Builds the graph: finds kinds, joins satellites, reads slots, fills defaults, collects edges.
    #[must_use]
    pub fn build(declared: &'a Declared, catalogue: &'static Catalogue, options: &ScopeOptions) -> Self {
        let _ = options;
        Self { declared, catalogue, nodes: Vec::new(), edges: Vec::new(), accounts: Vec::new() }
    }

    /// All nodes with their ids, in order of declaration.
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
        self.declared.resources.get(node.resource as usize)
    }

    /// The nodes of a kind, in order of declaration.
    #[must_use]
    pub fn of_kind(&self, kind: KindId) -> &[NodeId] {
        let _ = kind;
        &[]
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

    /// Value of an attribute that the model spells or that other nodes point here with: the slot, `else` followed
    /// where it is absent. Attributes that are facts are answered by `crates/facts`.
    #[must_use]
    pub fn attribute(&self, id: NodeId, attribute: AttrId) -> Value {
        let _ = (id, attribute);
        Value::absent()
    }

    /// Where the reference (or identifying text) in `value` leads, seen from `from`, when it should be one of `kinds`
    /// (empty: any).
    #[must_use]
    pub fn resolve(&self, value: &Value, from: NodeId, kinds: &[KindId]) -> Resolved {
        let _ = (value, from, kinds);
        Resolved::Absent
    }

    /// A reference to a node as a value, such as incoming attributes and `nodes("kind")` give.
    #[must_use]
    pub fn reference_to(&self, id: NodeId) -> Value {
        let _ = id;
        Value::absent()
    }
}
