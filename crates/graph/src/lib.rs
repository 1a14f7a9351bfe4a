//! The common resource graph: the model that gives every resource one spelling, satellites joined, defaults, edges.
//! Invariant: every declared resource is a node or a satellite of one (or both: a satellite whose subject lies
//! outside the scan makes a stand-in node at its own address).

mod attributes;
mod build;
mod choices;
mod copies;
mod defaults;
mod edges;
mod graph;
mod identity;
mod incoming;
mod join;
mod keys;
mod kinds;
mod merge;
mod predicate;
mod read;
mod resolve;
mod scope;

pub use graph::{Edge, Graph, Node, NodeId, Resolved, Satellite};
pub use scope::{Account, AccountId, OpenWorld, RegionId, ScopeOptions};
