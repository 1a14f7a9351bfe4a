//! `carelint graph`.

use std::fmt::Write as _;

use facts::Facts;
use graph::Graph;
use value::declared::Mode;

use super::args::{GraphArgs, GraphFormat};
use super::project::{Choice, open};
use super::{UsageError, print};

/// Prints the graph.
pub(crate) fn run(args: &GraphArgs) -> Result<u8, UsageError> {
    let project = open(&args.input, &Choice::default())?;
    let read = carelint::read(&project.sources, &project.paths, &project.options.inputs);
    let graph = Graph::build(&read.declared, project.options.catalogue, &project.options.scope);
    let text = match args.format {
        GraphFormat::Json => format!("{:#}\n", carelint::graph_json::graph(&Facts::new(&graph))),
        GraphFormat::Dot => dot(&graph),
        GraphFormat::Mermaid => mermaid(&graph),
    };
    print(&text)?;
    Ok(0)
}

/// Managed resources with number, address and type.
fn resources(graph: &Graph<'_>) -> Vec<(u32, String, String)> {
    let managed = graph.nodes().filter_map(|(id, _)| {
        let resource = graph.resource(id).filter(|resource| resource.mode == Mode::Managed)?;
        Some((id.0, quoted(&resource.address), quoted(&resource.type_name)))
    });
    managed.collect()
}

/// Text that stands between double quotes in both formats.
fn quoted(text: &str) -> String {
    text.chars().map(|c| if c == '"' { '\'' } else { c }).filter(|c| !c.is_control()).collect()
}

fn dot(graph: &Graph<'_>) -> String {
    let mut text = String::from("digraph carelint {\n  rankdir=LR;\n  node [shape=box];\n");
    for (id, address, type_name) in resources(graph) {
        let _ = writeln!(text, "  n{id} [label=\"{address}\", tooltip=\"{type_name}\"];");
    }
    for edge in graph.edges() {
        let _ = writeln!(text, "  n{} -> n{} [label=\"{}\"];", edge.from.0, edge.to.0, quoted(&edge.via));
    }
    text.push_str("}\n");
    text
}

fn mermaid(graph: &Graph<'_>) -> String {
    let mut text = String::from("flowchart LR\n");
    for (id, address, _) in resources(graph) {
        let _ = writeln!(text, "  n{id}[\"{address}\"]");
    }
    for edge in graph.edges() {
        let _ = writeln!(text, "  n{} -- \"{}\" --> n{}", edge.from.0, quoted(&edge.via), edge.to.0);
    }
    text
}
