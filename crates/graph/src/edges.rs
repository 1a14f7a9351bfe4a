//! Edges: every reference of a resource to another, whether a model knows it or not. Invariant: sorted, and none
//! twice.

use smol_str::SmolStr;
use source::{Problem, ProblemSeverity};
use value::{Kind, Part, Value};

use crate::graph::{Edge, Graph, NodeId};
use crate::keys::Instances;

/// Deepest nesting of values that are searched.
const DEEPEST: usize = 128;
/// Most edges of one graph.
const MOST: usize = 4_000_000;

/// Collects all edges; a graph with too many of them is told of.
pub(crate) fn collect(graph: &mut Graph<'_>) -> Vec<Edge> {
    let mut edges = Vec::new();
    let mut path = String::new();
    for (resource, index) in graph.declared.resources.iter().zip(0u32..) {
        for from in graph.nodes_of_resource(index).iter().take(MOST_OWNERS) {
            let mut seen = Seen { graph, from: *from, edges: &mut edges };
            path.clear();
            seen.visit(&resource.attributes, &mut path, DEEPEST);
            path.clear();
            seen.visit(&resource.meta, &mut path, DEEPEST);
        }
    }
    edges.sort_unstable_by(|a: &Edge, b| (a.from, &a.via, a.to).cmp(&(b.from, &b.via, b.to)));
    edges.dedup();
    if edges.len() >= MOST {
        graph.problems.push(Problem::with_path(
            ProblemSeverity::Warning,
            "edge-limit",
            "",
            format!("the resources of the scan refer to each other more than {MOST} times"),
            "Scan fewer roots at once; edges beyond the limit are left out.",
        ));
    }
    edges
}

/// Most nodes that one satellite speaks for.
const MOST_OWNERS: usize = 256;

struct Seen<'s> {
    graph: &'s Graph<'s>,
    from: NodeId,
    edges: &'s mut Vec<Edge>,
}

impl Seen<'_> {
    fn visit(&mut self, value: &Value, path: &mut String, depth: usize) {
        if depth == 0 {
            return;
        }
        match &value.kind {
            Kind::Reference(reference) => match self.graph.keys.find(reference) {
                Instances::None => {}
                Instances::One(index) => self.to(index, path),
                Instances::Any(all) => all.iter().for_each(|index| self.to(*index, path)),
            },
            Kind::List(list) => list.items.iter().for_each(|item| self.visit(&item.value, path, depth - 1)),
            Kind::Map(map) => {
                for entry in &map.entries {
                    let length = path.len();
                    if length > 0 {
                        path.push('.');
                    }
                    path.push_str(&entry.key);
                    self.visit(&entry.value, path, depth - 1);
                    path.truncate(length);
                }
            }
            Kind::Template(template) => {
                for part in &template.parts {
                    if let Part::Value(value) = part {
                        self.visit(value, path, depth - 1);
                    }
                }
            }
            Kind::Alternatives(alternatives) => {
                alternatives.choices.iter().for_each(|(_, choice)| self.visit(choice, path, depth - 1));
            }
            _ => {}
        }
    }

    fn to(&mut self, index: u32, path: &str) {
        for to in self.graph.nodes_of_resource(index).iter().take(1) {
            if *to != self.from && self.edges.len() < MOST {
                self.edges.push(Edge { from: self.from, to: *to, via: SmolStr::from(path) });
            }
        }
    }
}
