//! `carelint explain`: a rule in words, or the decision of a rule at a place with everything that led to it.

use std::fmt::Write as _;
use std::path::PathBuf;

use carelint::config;
use facts::Facts;
use graph::{Graph, NodeId};
use language::ir::{Body, Rule};
use rules::{Outcome, Subject, Verdict};
use smol_str::SmolStr;
use source::{Place, Sources};

use super::args::{ExplainArgs, InputArgs};
use super::project::{Choice, Project, open};
use super::{UsageError, print};

/// Explains.
pub(crate) fn run(args: &ExplainArgs) -> Result<u8, UsageError> {
    let text = match &args.place {
        None if is_place(&args.rule) => at_place(args, "*", &args.rule)?,
        None => {
            let rules =
                config::rules_named(&catalogue::CATALOGUE, &args.rule).map_err(UsageError::Argument)?;
            rules.iter().map(|rule| in_words(rule)).collect::<Vec<_>>().join("\n")
        }
        Some(place) => at_place(args, &args.rule, place)?,
    };
    print(&text)?;
    Ok(0)
}

fn in_words(rule: &Rule) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}: {}", rule.id, rule.title);
    let _ = writeln!(text, "pillar {}, severity {}\n", rule.pillar.id(), rule.severity.otherwise.id());
    let _ = writeln!(text, "{}\n", rule.why.trim());
    if let Some(when) = &rule.when {
        let word = if when.negates_its_text() { "unless" } else { "when" };
        let _ = writeln!(text, "{word}: {}", when.text);
    }
    let _ = match &rule.body {
        Body::Check(check) => writeln!(text, "check: {}", check.text),
        Body::Each(list, check) => writeln!(text, "each: {}\ncheck: {}", list.text, check.text),
        Body::None(list) => writeln!(text, "none: {}", list.text),
    };
    for param in rule.params {
        let _ = writeln!(text, "parameter {}: {}", param.name, param.default);
    }
    let _ = writeln!(text, "\nhelp: {}", rule.help.trim());
    for (framework, sections) in rule.controls {
        let _ = writeln!(text, "{framework}: {}", sections.join(", "));
    }
    for (tool, checks) in rule.peers {
        let _ = writeln!(text, "{tool}: {}", checks.join(", "));
    }
    text
}

/// Whether an argument is `FILE:LINE`; ids of rules have no colon.
fn is_place(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(_, line)| line.parse::<u32>().is_ok())
}

/// What `check` would read from here, if the place is part of it: a module is judged where it is called.
fn default_path(file: &str) -> PathBuf {
    let outside = PathBuf::from(file).is_absolute() || file.starts_with("..");
    let folder = PathBuf::from(file).parent().map(PathBuf::from).filter(|path| !path.as_os_str().is_empty());
    folder.filter(|_| outside).unwrap_or_else(|| PathBuf::from("."))
}

fn at_place(args: &ExplainArgs, rule: &str, place: &str) -> Result<String, UsageError> {
    let wrong =
        || UsageError::Argument(format!("\"{place}\" is no place; write FILE:LINE, for example main.tf:14"));
    let (file, line) = place.rsplit_once(':').ok_or_else(wrong)?;
    let line: u32 = line.parse().map_err(|_| wrong())?;
    let paths = match args.paths.as_slice() {
        [] => vec![default_path(file)],
        paths => paths.to_vec(),
    };
    let input = InputArgs { paths, values: args.values.clone(), ..InputArgs::default() };
    let rule = rule.to_owned();
    let choice = Choice { select: std::slice::from_ref(&rule), ..Choice::default() };
    let project = open(&input, &choice)?;
    let rules = config::rules_named(project.options.catalogue, &rule).map_err(UsageError::Argument)?;
    let read = carelint::read(&project.sources, &project.paths, &project.options.inputs);
    // What an environment does not change is told once.
    let mut told: Vec<(String, Vec<&SmolStr>)> = Vec::new();
    let mut all = 0;
    for scan in read.scans() {
        all += usize::from(scan.environment.is_some());
        let graph = Graph::build(&scan.declared, project.options.catalogue, &project.options.scope);
        for text in traces(&project, &graph, &rules, (file, line)) {
            match told.iter_mut().find(|(known, _)| *known == text) {
                Some((_, environments)) => environments.extend(scan.environment),
                None => told.push((text, scan.environment.into_iter().collect())),
            }
        }
    }
    if told.is_empty() {
        return Err(UsageError::Argument(format!("no resource of rule {rule} stands at {place}")));
    }
    let mut text = String::new();
    for (trace, environments) in told {
        text.push_str(&trace);
        if environments.len() < all {
            let names: Vec<&str> = environments.iter().map(|name| name.as_str()).collect();
            let _ = writeln!(text, "  in environment {}", names.join(", "));
        }
    }
    // Nothing of the input does anything to a terminal.
    Ok(text.lines().map(|line| report::clean(line) + "\n").collect())
}

/// How rules were decided at a place in one scan.
fn traces(
    project: &Project,
    graph: &Graph<'_>,
    rules: &[&'static Rule],
    (file, line): (&str, u32),
) -> Vec<String> {
    let facts = Facts::with_phi(graph, project.options.phi.clone());
    let mut texts = Vec::new();
    for node in nodes_at(&project.sources, graph, file, line) {
        for rule in rules {
            for verdict in rules::explain(&facts, &project.options.rules, rule, Subject::Node(node)) {
                // Of many rules only those that have something to say.
                if rules.len() == 1 || !matches!(verdict.outcome, Outcome::NotApplicable) {
                    texts.push(trace(project, graph, node, &verdict));
                }
            }
        }
    }
    texts
}

/// Nodes whose block, or a satellite's block, holds the line.
fn nodes_at(sources: &Sources, graph: &Graph<'_>, file: &str, line: u32) -> Vec<NodeId> {
    // Paths of sources are relative to the project's root, which the place need not be.
    let whole = PathBuf::from(file).canonicalize().unwrap_or_else(|_| PathBuf::from(file));
    let files = sources.files();
    let Some(named) =
        files.iter().filter(|source| whole.ends_with(&source.path)).max_by_key(|s| s.path.len())
    else {
        return Vec::new();
    };
    let holds = |place: Place| {
        let source = sources.file(place.file);
        source.path == named.path
            && (source.lines().line(place.span.start)..=source.lines().line(place.span.end)).contains(&line)
    };
    let at = |id: &NodeId| {
        let of_node = graph.resource(*id).is_some_and(|resource| holds(resource.body));
        let of_satellite = graph.node(*id).is_some_and(|node| {
            let bodies =
                node.satellites.iter().filter_map(|s| graph.declared.resources.get(s.resource as usize));
            bodies.into_iter().any(|resource| holds(resource.body))
        });
        of_node || of_satellite
    };
    graph.nodes().map(|(id, _)| id).filter(at).collect()
}

fn trace(project: &Project, graph: &Graph<'_>, node: NodeId, verdict: &Verdict) -> String {
    let mut text = String::new();
    let address = graph.resource(node).map(|resource| resource.address.to_string()).unwrap_or_default();
    // Only the root tells apart what several roots make of one module.
    let root = graph.resource(node).and_then(|resource| {
        let root = graph.declared.root_of(resource)?;
        let file = project.sources.file(resource.place.file);
        let own = source::folder_of(&file.path);
        (root.folder != own && !root.folder.is_empty()).then(|| format!(" in {}", root.folder))
    });
    let root = root.unwrap_or_default();
    let word = match &verdict.outcome {
        Outcome::Pass => "pass",
        Outcome::Fail => "fail",
        Outcome::Unknown(_) => "unknown",
        Outcome::NotApplicable => "not applicable",
    };
    let element = verdict.element.as_ref().map(|element| format!(" ({})", element.key)).unwrap_or_default();
    let _ = writeln!(text, "{}: {word} for {address}{element}{root}", verdict.rule.id);
    let _ = writeln!(text, "  {}", verdict.message);
    if let Outcome::Unknown(causes) = &verdict.outcome {
        for cause in causes {
            let _ = writeln!(text, "  settled by: {}", cause.reason);
        }
    }
    for decided in &verdict.decided {
        let place =
            decided.value.origin.place.map(|place| format!(" at {}", line_of(&project.sources, place)));
        let _ = writeln!(
            text,
            "  read {} = {}{}",
            decided.read,
            rules::shown(&decided.value),
            place.unwrap_or_default()
        );
        for step in decided.value.origin.steps() {
            let place = step
                .place
                .map(|place| format!(" at {}", line_of(&project.sources, place)))
                .unwrap_or_default();
            let _ = writeln!(text, "       through {} \"{}\"{place}", step.kind.as_str(), step.name);
        }
    }
    for satellite in graph.node(node).map_or(&[][..], |node| node.satellites.as_slice()) {
        if let Some(resource) = graph.declared.resources.get(satellite.resource as usize) {
            let _ = writeln!(
                text,
                "  joined {} at {}",
                resource.address,
                line_of(&project.sources, resource.place)
            );
        }
    }
    for line in &verdict.evidence {
        let _ = writeln!(text, "  {line}");
    }
    text
}

fn line_of(sources: &Sources, place: Place) -> String {
    let file = sources.file(place.file);
    format!("{}:{}", file.path, file.lines().line(place.span.start))
}
