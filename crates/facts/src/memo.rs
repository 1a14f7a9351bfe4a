//! Answers of facts, each computed once. Invariant: a fact that nobody asks costs nothing; one that is asked costs one
//! cell for each node.

use std::sync::OnceLock;

use graph::{Graph, NodeId};
use language::facts::{EVERY_NODE, NODE_FACTS};
use value::Value;

/// The answers of one fact, by node.
type Answers = Box<[OnceLock<Value>]>;

/// Answers by fact and node.
pub(crate) struct Memo {
    nodes: usize,
    facts: Box<[OnceLock<Answers>]>,
}

impl Memo {
    pub(crate) fn new(graph: &Graph<'_>) -> Self {
        let facts = NODE_FACTS.iter().chain(EVERY_NODE).map(|_| OnceLock::new()).collect();
        Self { nodes: graph.nodes().count(), facts }
    }

    /// The answer of the fact `name` of a node: the known one, or what `compute` gives.
    pub(crate) fn of(&self, name: &str, node: NodeId, compute: impl FnOnce() -> Value) -> Value {
        let at = NODE_FACTS.iter().chain(EVERY_NODE).position(|fact| fact.name == name);
        let answers = at.and_then(|at| self.facts.get(at));
        let cells = answers.map(|cells| {
            cells.get_or_init(|| std::iter::repeat_with(OnceLock::new).take(self.nodes).collect())
        });
        match cells.and_then(|cells| cells.get(node.0 as usize)) {
            Some(cell) => cell.get_or_init(compute).clone(),
            None => compute(),
        }
    }
}
