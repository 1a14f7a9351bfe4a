//! `carelint graph`.

use std::fmt::Write as _;

use carelint::Read;
use graph::Graph;
use source::ProblemSeverity;
use value::declared::Mode;

use super::args::{GraphArgs, GraphFormat};
use super::project::{Choice, Project, open};
use super::{UsageError, print, say};

/// Prints the graph.
pub(crate) fn run(args: &GraphArgs) -> Result<u8, UsageError> {
    let project = open(&args.input, &Choice::default())?;
    let read = carelint::read(&project.sources, &project.paths, &project.options.inputs);
    let text = match args.format {
        GraphFormat::Json => report::pretty(&carelint::graph_json::graph(&read, &project.options))
            .map_err(|error| UsageError::Argument(format!("the graph cannot be written: {error}")))?,
        GraphFormat::Dot => {
            drawn("digraph carelint {\n  rankdir=LR;\n  node [shape=box];\n", "}\n", &read, &project, dot)
        }
        GraphFormat::Mermaid => drawn("flowchart LR\n", "", &read, &project, mermaid),
    };
    print(&text)?;
    // A graph of what could be read is printed; that something could not is said.
    let unread = read.declared.problems.iter().filter(|problem| problem.severity == ProblemSeverity::Error);
    let unread: Vec<String> = unread.map(|problem| report::clean(&problem.message)).collect();
    unread.iter().for_each(|message| say(&format!("error: {message}")));
    Ok(if unread.is_empty() { 0 } else { 3 })
}

/// A drawing of all scans; what all environments share is drawn in each.
fn drawn(
    begin: &str,
    end: &str,
    read: &Read,
    project: &Project,
    draw: fn(&mut String, &Graph<'_>, &str),
) -> String {
    let mut text = String::from(begin);
    for (scan, number) in read.scans().zip(0u32..) {
        let graph = Graph::build(&scan.declared, project.options.catalogue, &project.options.scope);
        let prefix = if scan.environment.is_some() { format!("e{number}n") } else { "n".to_owned() };
        draw(&mut text, &graph, &prefix);
    }
    text.push_str(end);
    text
}

/// Managed resources with number, address and type.
fn resources(graph: &Graph<'_>) -> Vec<(u32, String, String)> {
    let managed = graph.nodes().filter_map(|(id, _)| {
        let resource = graph.resource(id).filter(|resource| resource.mode == Mode::Managed)?;
        let root = graph.declared.root_of(resource);
        let environment = root.and_then(|root| root.environment.as_ref());
        let environment = environment.map(|name| format!(" ({name})")).unwrap_or_default();
        let label = format!("{}{environment}", resource.address);
        Some((id.0, quoted(&label), quoted(&resource.type_name)))
    });
    managed.collect()
}

/// Text that stands between double quotes in both formats.
fn quoted(text: &str) -> String {
    report::clean(text).replace('"', "'")
}

fn dot(text: &mut String, graph: &Graph<'_>, prefix: &str) {
    for (id, address, type_name) in resources(graph) {
        let _ = writeln!(text, "  {prefix}{id} [label=\"{address}\", tooltip=\"{type_name}\"];");
    }
    for edge in graph.edges() {
        let (from, to) = (edge.from.0, edge.to.0);
        let _ = writeln!(text, "  {prefix}{from} -> {prefix}{to} [label=\"{}\"];", quoted(&edge.via));
    }
}

fn mermaid(text: &mut String, graph: &Graph<'_>, prefix: &str) {
    for (id, address, _) in resources(graph) {
        let _ = writeln!(text, "  {prefix}{id}[\"{address}\"]");
    }
    for edge in graph.edges() {
        let (from, to) = (edge.from.0, edge.to.0);
        let _ = writeln!(text, "  {prefix}{from} -- \"{}\" --> {prefix}{to}", quoted(&edge.via));
    }
}
