//! Edges: every reference of a resource to another, whether a model knows it or not. Invariant: sorted, and none
//! twice.

use rayon::prelude::*;
use smol_str::SmolStr;
use source::{Problem, ProblemSeverity};
use value::declared::Resource;
use value::{Kind, Part, Value};

use crate::build::LEAST_CHUNK;
use crate::graph::{Edge, Graph, NodeId};
use crate::keys::Instances;

/// Deepest nesting of values that are searched.
const DEEPEST: usize = 128;
/// Most edges of one graph.
const MOST: usize = 4_000_000;
/// Most edges of one resource.
const MOST_OF_ONE: usize = 4_096;
/// Most nodes that one satellite speaks for.
const MOST_OWNERS: usize = 64;
/// Resources that are looked at together.
const CHUNK: usize = 1_024;

/// Collects all edges; a graph with too many of them is told of.
pub(crate) fn collect(graph: &Graph<'_>) -> (Vec<Edge>, Option<Problem>) {
    let resources = &graph.declared.resources;
    let mut edges: Vec<Edge> = Vec::new();
    let mut complete = true;
    for (chunk, number) in resources.chunks(CHUNK).zip(0..) {
        let first = number * CHUNK;
        let of_one = |(resource, at): (&Resource, usize)| of_resource(graph, resource, first + at);
        let found: Vec<(Vec<Edge>, bool)> = chunk
            .par_iter()
            .with_min_len(LEAST_CHUNK)
            .enumerate()
            .map(|(at, resource)| of_one((resource, at)))
            .collect();
        for (of_one, whole) in found {
            edges.extend(of_one);
            complete &= whole;
        }
        if edges.len() > MOST {
            complete = false;
            break;
        }
    }
    edges.sort_unstable_by(|a: &Edge, b| (a.from, &a.via, a.to).cmp(&(b.from, &b.via, b.to)));
    edges.dedup();
    let problem = || {
        Problem::with_path(
            ProblemSeverity::Warning,
            "edge-limit",
            "",
            format!(
                "a resource refers to more than {MOST_OF_ONE} others, or the scan has more than {MOST} references"
            ),
            "Scan fewer roots at once; the graph lacks the references beyond the limit.",
        )
    };
    (edges, (!complete).then(problem))
}

/// The edges that a resource gives its node, and whether they are all.
fn of_resource(graph: &Graph<'_>, resource: &Resource, index: usize) -> (Vec<Edge>, bool) {
    let mut edges = Vec::new();
    let mut path = String::new();
    let owners = u32::try_from(index).map_or(&[][..], |index| graph.nodes_of_resource(index));
    for from in owners.iter().take(MOST_OWNERS) {
        let mut seen = Seen { graph, from: *from, edges: &mut edges };
        seen.visit(&resource.attributes, &mut path, DEEPEST);
        seen.visit(&resource.meta, &mut path, DEEPEST);
    }
    let complete = edges.len() < MOST_OF_ONE && owners.len() <= MOST_OWNERS;
    (edges, complete)
}

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
            if *to != self.from && self.edges.len() < MOST_OF_ONE {
                self.edges.push(Edge { from: self.from, to: *to, via: SmolStr::from(path) });
            }
        }
    }
}
