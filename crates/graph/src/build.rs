//! How a graph is built, on one page. Every step reads what the steps before it made.

use language::ir::Catalogue;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use source::Problems;
use value::declared::Declared;
use value::{Truth, Value};

use crate::graph::{Graph, Node, NodeId};
use crate::identity::Identities;
use crate::incoming::Incoming;
use crate::keys::Keys;
use crate::kinds::{Role, Roles};
use crate::read::{At, Reader};
use crate::scope::{Places, ScopeOptions, Scopes};
use crate::{edges, incoming, join, merge};

/// Fewer resources than this are not worth another thread.
pub(crate) const LEAST_CHUNK: usize = 256;

/// Builds the graph.
pub(crate) fn build<'a>(
    declared: &'a Declared,
    catalogue: &'static Catalogue,
    options: &ScopeOptions,
) -> Graph<'a> {
    let mut scopes = Scopes::new(declared, options);
    let mut graph = Graph {
        declared,
        catalogue,
        nodes: Vec::new(),
        by_kind: vec![Vec::new(); catalogue.kinds.len()],
        subjects: vec![Vec::new(); declared.resources.len()],
        attached: FxHashMap::default(),
        roles: Roles::find(declared, catalogue),
        keys: Keys::new(declared),
        identities: Identities::default(),
        incoming: Incoming::default(),
        edges: Vec::new(),
        accounts: Vec::new(),
        problems: Problems::new(),
    };
    subjects(&mut graph, &mut scopes);
    join::join(&mut graph, &mut scopes);
    merge::merge(&mut graph);
    (graph.accounts, graph.problems) = {
        let (accounts, mut problems) = scopes.finish(declared);
        problems.append(&mut graph.problems);
        (accounts, problems)
    };
    for (id, node) in graph.nodes.iter().zip(0..).map(|(node, id)| (NodeId(id), node)) {
        if let Some(nodes) = node.kind.and_then(|kind| graph.by_kind.get_mut(kind.0 as usize)) {
            nodes.push(id);
        }
    }
    graph.incoming = incoming::collect(&graph);
    let (edges, problem) = edges::collect(&graph);
    graph.edges = edges;
    graph.problems.extend(problem);
    graph
}

/// Makes the nodes of all subjects, and of what no model knows, with what their own spelling says.
fn subjects(graph: &mut Graph<'_>, scopes: &mut Scopes) {
    let own = graph.declared.resources.iter();
    let places: Vec<Places> = own.map(|resource| scopes.of(resource, graph.declared)).collect();
    let whole: &Graph<'_> = graph;
    let nodes: Vec<Node> = places
        .par_iter()
        .with_min_len(LEAST_CHUNK)
        .enumerate()
        .flat_map_iter(|(index, places)| {
            u32::try_from(index).map_or_else(|_| Vec::new(), |at| of_resource(whole, at, *places))
        })
        .collect();
    for (node, id) in nodes.iter().zip(0u32..) {
        if let Some(subjects) = graph.subjects.get_mut(node.resource as usize) {
            subjects.push(NodeId(id));
        }
    }
    graph.nodes = nodes;
}

/// The nodes whose subject a resource is.
fn of_resource(graph: &Graph<'_>, index: u32, places: Places) -> Vec<Node> {
    let roles = graph.roles.of(index);
    if roles.is_empty() {
        return subject(graph, places, index, None).into_iter().collect();
    }
    let own = roles.iter().filter(|role| !role.satellite);
    own.filter_map(|role| subject(graph, places, index, Some(role))).collect()
}

fn subject(graph: &Graph<'_>, (account, region): Places, index: u32, role: Option<&Role>) -> Option<Node> {
    let resource = graph.declared.resources.get(index as usize)?;
    let model = role.and_then(|role| graph.catalogue.kind(role.kind));
    let mut slots = vec![Value::absent(); model.map_or(0, |model| model.attributes.len())].into_boxed_slice();
    if let Some((model, role)) = model.zip(role)
        && let Some(spelling) = model.spellings.get(role.spelling as usize)
    {
        let reader = Reader { declared: graph.declared, keys: &graph.keys };
        reader.slots(spelling, &At::top(resource, &resource.key, model), &mut slots);
    }
    Some(Node {
        kind: role.map(|role| role.kind),
        resource: index,
        spelling: role.map(|role| role.spelling),
        satellites: Vec::new(),
        slots,
        presence: resource.presence.clone(),
        account,
        region,
        stand_in: false,
        membership: role.map_or(Truth::Yes, |role| role.membership.clone()),
    })
}
