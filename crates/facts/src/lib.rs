//! What only the graph as a whole can tell: network, policies, attachment, placement, purpose and PHI scope. Each
//! family is computed on first demand; a family reads only those listed before it.

use graph::{Graph, NodeId};
use value::Value;

/// The facts of a graph. Shared between threads; every family is filled once.
pub struct Facts<'g> {
    /// The graph.
    pub graph: &'g Graph<'g>,
}

impl<'g> Facts<'g> {
    /// Facts of `graph`, nothing computed yet.
    #[must_use]
    pub fn new(graph: &'g Graph<'g>) -> Self {
        Self { graph }
    }

    /// Value of the fact `name` (one of [`language::facts::NODE_FACTS`] and [`language::facts::EVERY_NODE`]) of a node.
    #[must_use]
    pub fn of_node(&self, name: &str, node: NodeId) -> Value {
        let _ = (name, node);
        Value::absent()
    }

    /// Value of the fact `name` (one of [`language::facts::REFERENCE_FACTS`]) of a reference held by `holder`.
    #[must_use]
    pub fn of_reference(&self, name: &str, reference: &Value, holder: NodeId) -> Value {
        let _ = (name, reference, holder);
        Value::absent()
    }

    /// The statements of a policy document in any spelling: a list of `statement` records, each with the place where
    /// it is written; open if parts of the document are not known.
    #[must_use]
    pub fn statements(&self, policy: &Value, holder: NodeId) -> Value {
        let _ = (policy, holder);
        Value::absent()
    }

    /// Result of a method of [`language::facts::METHODS`], asked by a rule about `subject`. Booleans that cannot be
    /// told are unknown values with their reason.
    #[must_use]
    pub fn method(&self, name: &str, receiver: &Value, arguments: &[Value], subject: NodeId) -> Value {
        let _ = (name, receiver, arguments, subject);
        Value::absent()
    }
}
