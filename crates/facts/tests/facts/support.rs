//! Facts of templates and modules under the models of `rules/`, shown in one line.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use carelint_facts::Facts;
use graph::{Graph, NodeId, OpenWorld, ScopeOptions};
use language::ir::Catalogue;
use source::Sources;
use value::declared::Declared;
use value::{Condition, Kind, Part, Presence, Value};

/// Models, traits and tables of the repository; rules are left out.
pub(crate) fn catalogue() -> &'static Catalogue {
    static CATALOGUE: OnceLock<&'static Catalogue> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
        let mut files = Vec::new();
        collect(&root, &root, &mut files);
        let wanted = |path: &str| match path.split_once('/') {
            Some((_, "model.yaml")) => true,
            Some((folder, _)) => folder == "tables",
            None => path == "traits.yaml",
        };
        files.retain(|(path, _)| wanted(path));
        let sources: Vec<language::RuleSource<'_>> =
            files.iter().map(|(path, text)| language::RuleSource { path, text }).collect();
        match language::compile(&sources) {
            Ok(compiled) => compiled.catalogue,
            Err(errors) => panic!("{}", errors.iter().map(|e| format!("{e}\n")).collect::<String>()),
        }
    })
}

#[expect(clippy::disallowed_methods, reason = "tests read the rules of the repository")]
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let entries = std::fs::read_dir(folder).expect("the folder of rules");
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(root, &path, files);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            let name = path.strip_prefix(root).expect("a path below").to_string_lossy().into_owned();
            files.push((name, std::fs::read_to_string(&path).expect("a readable file")));
        }
    }
}

/// What a template declares; a text with `Resources:` is CloudFormation, any other Terraform.
pub(crate) fn declared(text: &str) -> Declared {
    let path = if text.contains("Resources:") { "t.yaml" } else { "main.tf" };
    let sources = Sources::in_memory([(path, text)]);
    let found = source::discovery::discover(&sources, &[PathBuf::from(".")]);
    let declared = if path == "t.yaml" {
        cloudformation::read(&sources, &found.candidates, &cloudformation::Inputs::default())
    } else {
        let paths: Vec<String> = found.candidates.iter().map(|candidate| candidate.path.clone()).collect();
        terraform::read(&sources, &paths, &terraform::Inputs::default())
    };
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
    declared
}

/// Builds the graph of a text in a complete account and asks it.
pub(crate) fn ask<T>(text: &str, ask: impl FnOnce(&Facts<'_>) -> T) -> T {
    let declared = declared(text);
    let options = ScopeOptions { complete: true, ..ScopeOptions::default() };
    let graph = Graph::build(&declared, catalogue(), &options);
    let complete = graph.accounts().iter().all(|account| account.world == OpenWorld::Complete);
    assert!(complete);
    ask(&Facts::new(&graph))
}

/// The node of a logical id or of a Terraform address.
#[track_caller]
pub(crate) fn node(facts: &Facts<'_>, name: &str) -> NodeId {
    let graph = facts.graph;
    let is = |id: &NodeId| {
        graph
            .resource(*id)
            .is_some_and(|resource| resource.address == name || resource.logical_id.as_deref() == Some(name))
    };
    graph.nodes().map(|(id, _)| id).find(is).unwrap_or_else(|| panic!("no resource {name}"))
}

/// A fact of a node, shown.
#[track_caller]
pub(crate) fn check(text: &str, name: &str, fact: &str, expect: &str) {
    let shown = ask(text, |facts| show(&facts.of_node(fact, node(facts, name))));
    assert_eq!(shown, expect, "{fact} of {name}");
}

/// A value in one line: `?` for what is not known, `*` for any number, `if` for conditions, `…` for an open list.
pub(crate) fn show(value: &Value) -> String {
    match &value.kind {
        Kind::Absent | Kind::Null => "none".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => text.to_string(),
        Kind::Unknown(unknown) => format!("?({})", unknown.reason),
        Kind::Reference(to) => {
            let key = to.to.rsplit('\u{1f}').next().unwrap_or_default();
            format!("@{}", key.rsplit('/').next().unwrap_or_default())
        }
        Kind::Template(template) => template
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.to_string(),
                Part::Value(value) => format!("${{{}}}", show(value)),
            })
            .collect(),
        Kind::List(list) => {
            let mut items: Vec<String> = list.items.iter().map(|i| guarded(&i.value, &i.presence)).collect();
            items.extend(list.open.as_ref().map(|open| format!("…({})", open.reason)));
            format!("[{}]", items.join(", "))
        }
        Kind::Map(map) => {
            let one = |e: &value::MapEntry| format!("{}: {}", e.key, guarded(&e.value, &e.presence));
            let mut entries: Vec<String> = map.entries.iter().map(one).collect();
            entries.extend(map.open.as_ref().map(|open| format!("…({})", open.reason)));
            format!("{{{}}}", entries.join(", "))
        }
        Kind::Alternatives(alternatives) => {
            let choice =
                |(when, value): &(Condition, Value)| format!("{} if {}", show(value), condition(when));
            alternatives.choices.iter().map(choice).collect::<Vec<_>>().join(" | ")
        }
    }
}

fn guarded(value: &Value, presence: &Presence) -> String {
    let many = if presence.many { "*" } else { "" };
    match &presence.when {
        Condition::Always => format!("{}{many}", show(value)),
        when => format!("{}{many} if {}", show(value), condition(when)),
    }
}

fn condition(when: &Condition) -> String {
    let all = |parts: &[Condition], with: &str| {
        format!("({})", parts.iter().map(condition).collect::<Vec<_>>().join(with))
    };
    match when {
        Condition::Always => "always".to_owned(),
        Condition::Never => "never".to_owned(),
        Condition::Literal(literal) if literal.value == "true" => shown(&literal.atom),
        Condition::Literal(literal) => format!("{} = {}", shown(&literal.atom), literal.value),
        Condition::Not(inner) => format!("not {}", condition(inner)),
        Condition::All(parts) => all(parts, " and "),
        Condition::Any(parts) => all(parts, " or "),
    }
}

fn shown(atom: &str) -> String {
    value::Identity::shown(atom).to_owned()
}
