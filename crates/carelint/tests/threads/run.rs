//! A thread is checked as the program would check it, and compared with what it expects.

use std::collections::BTreeSet;
use std::path::PathBuf;

use carelint::{Options, ParameterSource, graph_json, judge, read};
use report::{Context, Format, Report, ResultRow, Show, Status};
use serde_json::Value as Json;
use smol_str::SmolStr;
use source::Sources;

use crate::thread::Thread;

/// What is not as it is expected.
pub(crate) fn mismatches(thread: &Thread) -> Vec<String> {
    let sources = Sources::in_memory(thread.files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let scan = if thread.scan.is_empty() { vec![".".to_owned()] } else { thread.scan.clone() };
    let paths: Vec<PathBuf> = scan.iter().map(PathBuf::from).collect();
    let mut options = options(thread);
    let read = read(&sources, &paths, &options.inputs);
    let mut said = Vec::new();
    let mut flagged = BTreeSet::new();
    for (rule, expected) in &thread.rules {
        options.rules.selected = Some(vec![SmolStr::new(rule)]);
        let report = judge(&sources, &read, &options);
        let found: BTreeSet<String> = report.results.iter().filter_map(shown).collect();
        said.extend(differences(rule, expected, &found).map(|line| format!("{line}{}", reasons(&report))));
        flagged.extend(report.results.iter().filter_map(flag));
    }
    options.rules.selected = None;
    let report = judge(&sources, &read, &options);
    said.extend(marked(thread, &flagged));
    said.extend(problems(thread, &report));
    said.extend(differences(
        "opaque",
        &thread.opaque,
        &report.coverage.opaque_modules.iter().cloned().collect(),
    ));
    let graph = graph_json::graph(&read, &options);
    said.extend(thread.values.iter().filter_map(|(address, path, json)| value(&graph, address, path, json)));
    said.extend(thread.resources.iter().filter_map(|expected| field(&report, expected)));
    said.extend(hidden(thread, &sources, &report, &graph));
    said
}

fn options(thread: &Thread) -> Options {
    let mut options = Options::default();
    options.scope.complete = true;
    let tool = |name: &String| triage::Foreign::named(name).expect("a tool whose suppressions are read");
    options.suppressions_of = thread.suppressions.iter().map(tool).collect();
    options.inputs.vars = thread.vars.clone();
    options.inputs.parameters = vec![ParameterSource::texts("", thread.parameters.clone())];
    options.inputs.plans = thread.plans.iter().cloned().collect();
    options.inputs.module_folders = thread.modules.iter().cloned().collect();
    options
}

/// `status address`, unless the rule has nothing to say of the subject.
fn shown(row: &ResultRow) -> Option<String> {
    let address = row.resource.as_ref().map_or("account", |resource| resource.address.as_str());
    (row.status != Status::NotApplicable).then(|| format!("{} {address}", row.status.id()))
}

fn flag(row: &ResultRow) -> Option<(String, u32, &'static str)> {
    let location = row.location.as_ref()?;
    let flagged = matches!(row.status, Status::Fail | Status::Unknown);
    flagged.then(|| (location.file.clone(), location.line, row.status.id()))
}

/// Why results are as they are, for a message.
fn reasons(report: &Report) -> String {
    let reason = |row: &ResultRow| {
        let address = row.resource.as_ref().map_or("account", |resource| resource.address.as_str());
        format!("\n    {} {address}: {}", row.status.id(), row.reason.as_deref().unwrap_or(&row.message))
    };
    report.results.iter().map(reason).collect()
}

/// What is expected and not found, and the reverse.
fn differences(
    what: &str,
    expected: &[String],
    found: &BTreeSet<String>,
) -> impl Iterator<Item = String> + use<> {
    let expected: BTreeSet<String> = expected.iter().cloned().collect();
    let missing: Vec<String> =
        expected.difference(found).map(|line| format!("{what}: `{line}` is expected")).collect();
    let more: Vec<String> =
        found.difference(&expected).map(|line| format!("{what}: `{line}` is not expected")).collect();
    missing.into_iter().chain(more)
}

/// The marked lines against the reported ones, if there are marks.
fn marked(thread: &Thread, flagged: &BTreeSet<(String, u32, &'static str)>) -> Vec<String> {
    let mut marks = BTreeSet::new();
    for (path, text) in &thread.files {
        for (line, number) in text.lines().zip(1u32..) {
            let status = match line.rsplit_once("#~ ").map(|(_, word)| word.trim()) {
                Some("fail") => Status::Fail.id(),
                Some("unknown") => Status::Unknown.id(),
                _ => continue,
            };
            marks.insert((path.clone(), number, status));
        }
    }
    if marks.is_empty() || marks == *flagged {
        return Vec::new();
    }
    vec![format!("the marked lines are {marks:?}, the reported ones {flagged:?}")]
}

fn problems(thread: &Thread, report: &Report) -> Vec<String> {
    let loud = report.problems.iter().filter(|row| row.severity != "note");
    let found: BTreeSet<String> = loud.map(|row| row.code.to_owned()).collect();
    let texts: String = report.problems.iter().map(|row| format!("\n    {}", row.message)).collect();
    let mut said: Vec<String> = differences("problem", &thread.problems, &found).collect();
    for note in &thread.notes {
        if !report.problems.iter().any(|row| row.code == note) {
            said.push(format!("note: `{note}` is expected"));
        }
    }
    said.iter_mut().for_each(|line| line.push_str(&texts));
    for row in &report.problems {
        if row.file.is_empty() || row.help.is_empty() {
            said.push(format!("the problem {} has no place or no help", row.code));
        }
    }
    said
}

/// An attribute of the printed graph; `a.0.b` walks lists and maps, lists of one element also without their index.
fn value(graph: &Json, address: &str, path: &str, expected: &str) -> Option<String> {
    let expected: Json = serde_json::from_str(expected).expect("a value is JSON");
    let resources = graph.get("resources").and_then(Json::as_array).expect("resources");
    let Some(resource) =
        resources.iter().find(|one| one.get("address").and_then(Json::as_str) == Some(address))
    else {
        return Some(format!("there is no {address}"));
    };
    let mut found = resource.get("attributes").cloned().unwrap_or_default();
    for step in path.split('.') {
        let next = match &found {
            Json::Array(items) => match step.parse::<usize>() {
                Ok(at) => items.get(at).cloned(),
                Err(_) => items.first().filter(|_| items.len() == 1).and_then(|only| only.get(step)).cloned(),
            },
            other => other.get(step).cloned(),
        };
        found = next.unwrap_or_default();
    }
    (found != expected).then(|| format!("{address} {path} is {found}, not {expected}"))
}

/// A field of a resource of the report that is not as expected; `none` for one that is left out.
fn field(report: &Report, (address, name, expected): &(String, String, String)) -> Option<String> {
    let mut all = report.results.iter().filter_map(|row| row.resource.as_ref());
    let Some(resource) = all.find(|resource| resource.address == *address) else {
        return Some(format!("no result is of {address}"));
    };
    let resource = serde_json::to_value(resource.as_ref()).expect("a row is JSON");
    let found = resource.get(name).and_then(Json::as_str).unwrap_or("none");
    (found != expected).then(|| format!("{address} {name} is {found}, not {expected}"))
}

/// Texts that must be in no output.
fn hidden(thread: &Thread, sources: &Sources, report: &Report, graph: &Json) -> Vec<String> {
    let mut outputs = vec![("graph", graph.to_string())];
    for format in Format::ALL {
        let context = Context { sources, color: false, width: 100, show: Show::All };
        let mut out = Vec::new();
        report::write(format, report, &context, &mut out).expect("a format");
        outputs.push((format.id(), String::from_utf8(out).expect("a text")));
    }
    let shows = |text: &String| {
        let found = outputs.iter().find(|(_, output)| output.contains(text.as_str()));
        found.map(|(format, _)| format!("{format} shows `{text}`"))
    };
    thread.hidden.iter().filter_map(shows).collect()
}
