//! The graph read by the names of kinds, traits and attributes. Invariant: a kind or attribute that the catalogue
//! does not have reads as absent, so that facts work with any catalogue.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use graph::{Graph, Node, NodeId, Resolved};
use language::ir::{AttributeSource, Catalogue, Kind, KindId};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::declared::{Mode, Resource, RootId};
use value::{Condition, Identity, Kind as Is, Reference, Value};

use crate::decision::Decision;
use crate::lists::choices;
use crate::pattern::Text;

/// The graph, read by names.
pub(crate) struct Reader<'g> {
    pub(crate) graph: &'g Graph<'g>,
    by_key: OnceLock<FxHashMap<&'g str, &'g Resource>>,
    inputs: OnceLock<FxHashMap<(RootId, &'g str), &'g Resource>>,
    named: RwLock<FxHashMap<(NodeId, Reference), Arc<Named>>>,
}

/// What a reference names, as a node and as a text.
#[derive(Debug)]
pub(crate) struct Named {
    leads: Vec<Lead>,
    /// Its text.
    pub(crate) text: Text,
}

impl Named {
    /// Everything that it may lead to.
    pub(crate) fn leads(&self) -> &[Lead] {
        &self.leads
    }

    /// Whether it is this node. What lies outside the scan is no node of it.
    pub(crate) fn is(&self, node: NodeId) -> Decision {
        let to_node = |lead: &&Lead| lead.target == Target::Node(node);
        Decision::any(self.leads.iter().filter(to_node).map(|lead| lead.when.clone()))
    }
}

/// What a reference leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// A node.
    Node(NodeId),
    /// Something outside the scan, by what the source says of it.
    Outside(SmolStr),
}

/// One of the places that a reference may lead to.
#[derive(Debug, Clone)]
pub(crate) struct Lead {
    /// What it leads to.
    pub(crate) target: Target,
    /// Whether it leads there.
    pub(crate) when: Decision,
    /// The value that leads there.
    pub(crate) value: Value,
}

impl<'g> Reader<'g> {
    pub(crate) fn new(graph: &'g Graph<'g>) -> Self {
        Self { graph, by_key: OnceLock::new(), inputs: OnceLock::new(), named: RwLock::default() }
    }

    pub(crate) fn catalogue(&self) -> &'static Catalogue {
        self.graph.catalogue
    }

    /// The kind of a node, if its type is modelled.
    pub(crate) fn kind(&self, node: NodeId) -> Option<&'static Kind> {
        self.graph.model(node)
    }

    /// Whether a node is of this kind or has this trait.
    pub(crate) fn is(&self, node: NodeId, name: &str) -> bool {
        self.kind(node).is_some_and(|kind| kind.name == name || kind.traits.contains(&name))
    }

    /// The kinds with these names, traits spelled out.
    pub(crate) fn kinds(&self, names: &[&str]) -> Vec<KindId> {
        let catalogue = self.catalogue();
        let of = |name: &&str| match catalogue.trait_named(name) {
            Some(known) => known.kinds.to_vec(),
            None => catalogue.kind_named(name).into_iter().collect(),
        };
        names.iter().flat_map(of).collect()
    }

    /// The nodes of a kind or trait, in order of declaration within each kind.
    pub(crate) fn nodes(&self, name: &str) -> Vec<NodeId> {
        self.kinds(&[name]).into_iter().flat_map(|kind| self.graph.of_kind(kind).to_vec()).collect()
    }

    /// Value of an attribute; absent if the kind does not have it or computes it as a fact.
    pub(crate) fn read(&self, node: NodeId, attribute: &str) -> Value {
        let found = self.kind(node).and_then(|kind| kind.attribute(attribute));
        match found {
            Some((id, attribute)) if !is_fact(attribute.source) => self.graph.attribute(node, id),
            _ => Value::absent(),
        }
    }

    /// Whether the kind of the node has this attribute.
    pub(crate) fn has(&self, node: NodeId, attribute: &str) -> bool {
        self.kind(node).is_some_and(|kind| kind.attribute(attribute).is_some())
    }

    /// The node's declared resource.
    pub(crate) fn resource(&self, node: NodeId) -> Option<&'g Resource> {
        self.graph.resource(node)
    }

    pub(crate) fn node(&self, node: NodeId) -> Option<&Node> {
        self.graph.node(node)
    }

    /// What reports call the node.
    pub(crate) fn address(&self, node: NodeId) -> SmolStr {
        self.resource(node).map(|resource| resource.address.clone()).unwrap_or_default()
    }

    /// The declared resource that a reference names, data sources included.
    pub(crate) fn declared(&self, reference: &Reference) -> Option<&'g Resource> {
        self.with_key(&reference.to)
    }

    fn with_key(&self, key: &str) -> Option<&'g Resource> {
        let index = self.by_key.get_or_init(|| {
            self.graph
                .declared
                .resources
                .iter()
                .map(|resource| (resource.key.as_str(), resource.as_ref()))
                .collect()
        });
        index.get(key).copied()
    }

    /// The variable or parameter of a root with this name.
    pub(crate) fn input(&self, root: RootId, name: &str) -> Option<&'g Resource> {
        let index = self.inputs.get_or_init(|| {
            let resources = self.graph.declared.resources.iter();
            let inputs = resources.filter(|input| matches!(input.mode, Mode::Variable | Mode::Parameter));
            inputs.map(|input| ((input.root, input.type_name.as_str()), input.as_ref())).collect()
        });
        index.get(&(root, name)).copied()
    }

    /// The node whose own resource a reference names.
    pub(crate) fn node_of(&self, reference: &Reference) -> Option<NodeId> {
        let is_own = |node: &&NodeId| self.resource(**node).is_some_and(|own| own.key == reference.to);
        self.graph.nodes_at(&reference.to).iter().find(is_own).copied()
    }

    /// The data source that a value is an attribute of.
    pub(crate) fn data_source(&self, value: &Value) -> Option<&'g Resource> {
        let found = match &value.kind {
            Is::Reference(reference) => self.declared(reference),
            Is::Unknown(unknown) => {
                // The identity of an attribute is the key of its resource and a path.
                let mut key = unknown.identity.as_ref()?.text.as_str();
                let shorter = std::iter::from_fn(|| {
                    key = key.rsplit_once('.')?.0;
                    Some(self.with_key(key))
                });
                shorter.flatten().next()
            }
            _ => None,
        };
        found.filter(|resource| resource.mode == Mode::Data)
    }

    /// Everything that the references in `value` may lead to, when they should be one of `kinds` (kinds and
    /// traits; empty for any).
    pub(crate) fn leads(&self, value: &Value, from: NodeId, kinds: &[&str]) -> Vec<Lead> {
        let kinds = self.kinds(kinds);
        let mut leads = Vec::new();
        for (condition, choice) in choices(value) {
            let when = Decision::where_holds(condition);
            match self.graph.resolve(&choice, from, &kinds) {
                Resolved::Absent => {}
                Resolved::Node(node) => leads.push(Lead { target: Target::Node(node), when, value: choice }),
                Resolved::Outside(why) => {
                    leads.push(Lead { target: Target::Outside(why), when, value: choice });
                }
                Resolved::OneOf(nodes, why) => leads.extend(nodes.into_iter().map(|(condition, node)| {
                    // Instances of one address are told apart by nothing: each of them may be meant.
                    let is = match condition {
                        Condition::Always => Decision::unknown(why.clone()),
                        condition => Decision::where_holds(condition),
                    };
                    Lead { target: Target::Node(node), when: when.clone().and(is), value: choice.clone() }
                })),
            }
        }
        leads
    }

    /// Whether the references in `value` lead to `target`. What lies outside the scan is no node of it.
    pub(crate) fn leads_to(&self, value: &Value, from: NodeId, kinds: &[&str], target: NodeId) -> Decision {
        let leads = self.leads(value, from, kinds);
        Decision::any(
            leads.into_iter().filter(|lead| lead.target == Target::Node(target)).map(|lead| lead.when),
        )
    }

    /// What a reference that `holder` holds names; `value` is that reference. Worked out once, for those that every
    /// resource of an account is held against.
    pub(crate) fn named(&self, reference: &Reference, value: &Value, holder: NodeId) -> Arc<Named> {
        let key = (holder, reference.clone());
        let known = self.named.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        known.unwrap_or_else(|| {
            let named = Arc::new(Named { leads: self.leads(value, holder, &[]), text: self.text(value) });
            self.named.write().unwrap_or_else(PoisonError::into_inner).insert(key, named.clone());
            named
        })
    }

    /// A reference to a node, as models and rules see it.
    pub(crate) fn reference_to(&self, node: NodeId) -> Value {
        self.graph.reference_to(node)
    }

    /// Whether two nodes may stand in one account: accounts that are both known and differ part them.
    pub(crate) fn share_account(&self, a: NodeId, b: NodeId) -> bool {
        let account = |node| self.node(node).and_then(|node| node.account);
        !matches!((account(a), account(b)), (Some(x), Some(y)) if x != y)
    }

    /// Why things that the account of this node may have are not all in the scan; none if absence is an answer. What a
    /// satellite stands for lies outside, and so may what points to it.
    pub(crate) fn open_world(&self, node: NodeId) -> Option<SmolStr> {
        let node = self.node(node)?;
        if node.stand_in {
            return Some(SmolStr::new_static("it lies outside the scan"));
        }
        let account = node.account?;
        match &self.graph.account(account)?.world {
            graph::OpenWorld::Complete => None,
            graph::OpenWorld::Open(why) => Some(why.clone()),
        }
    }
}

fn is_fact(source: AttributeSource) -> bool {
    matches!(source, AttributeSource::Fact(_) | AttributeSource::ReferenceFact(_))
}

/// The text of an unknown's identity as the source spells it (`data.aws_vpc.main.cidr_block`), or of a reference.
pub(crate) fn expression(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Is::Unknown(unknown) => {
            unknown.identity.as_ref().map(|identity| SmolStr::from(Identity::shown(&identity.text)))
        }
        Is::Reference(to) => Some(format!("{}.{}", Identity::shown(&to.to), to.attribute).into()),
        _ => None,
    }
}
