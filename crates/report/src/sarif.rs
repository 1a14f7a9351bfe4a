//! SARIF 2.1.0 by GitHub's rules: one run, relative encoded URIs, `security-severity` as a string, lines from 1,
//! limits kept with a notice. The structs are our own and few: the generated ones of the standard take 2 KB a result.

use std::collections::BTreeMap;
use std::io::{self, Write};

use language::ir::Severity;
use serde::Serialize;

use crate::{Location, Report, ResultRow, RuleRow, Status};

/// GitHub takes no more results of one run.
const MOST_RESULTS: usize = 25_000;
/// GitHub takes no more characters of a description.
const MOST_CHARACTERS: usize = 1_000;

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    automation_details: Id,
    tool: Tool<'a>,
    results: Vec<Finding<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invocations: Vec<Invocation<'a>>,
}

#[derive(Serialize)]
struct Id {
    id: &'static str,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Properties {
    tags: Vec<String>,
    precision: &'static str,
    #[serde(rename = "security-severity")]
    security_severity: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'a str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: Vec<Located>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Located>,
    partial_fingerprints: BTreeMap<&'static str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Located {
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Serialize)]
struct Notification<'a> {
    level: &'a str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Located>,
}

/// Writes failures and unknowns as SARIF; unknowns are results of kind `review`. What is filtered is left out,
/// because GitHub would open an alert for it.
///
/// # Errors
/// Those of `out`.
pub fn sarif(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let index: BTreeMap<&str, usize> = report.rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let open: Vec<&ResultRow> = report
        .results
        .iter()
        .filter(|result| matches!(result.status, Status::Fail | Status::Unknown))
        .collect();
    let results = open.iter().take(MOST_RESULTS).map(|result| finding(result, &index)).collect();
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            automation_details: Id { id: "carelint/" },
            tool: Tool {
                driver: Driver {
                    name: "carelint",
                    semantic_version: report.tool.version,
                    rules: report.rules.iter().map(|(id, rule)| descriptor(id, rule)).collect(),
                },
            },
            results,
            invocations: invocations(report, open.len()),
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn descriptor<'a>(id: &'a str, rule: &RuleRow) -> Descriptor<'a> {
    let sections = rule.controls.iter().flat_map(|(framework, ids)| ids.iter().map(move |id| format!("{framework}/{id}")));
    let mut tags = vec!["security".to_owned(), rule.pillar.id().to_owned()];
    // GitHub keeps twenty tags of a rule and shows ten.
    tags.extend(sections.take(18));
    Descriptor {
        id,
        short_description: text(rule.title),
        full_description: text(rule.why.trim()),
        help: text(rule.help.trim()),
        default_configuration: Configuration { level: level(rule.severity) },
        properties: Properties { tags, precision: "high", security_severity: security_severity(rule.severity) },
    }
}

fn finding<'a>(result: &'a ResultRow, index: &BTreeMap<&str, usize>) -> Finding<'a> {
    let unknown = result.status == Status::Unknown;
    let message = match &result.reason {
        Some(reason) if unknown => format!("Cannot be decided: {reason}. Asked: {}", result.message),
        _ => result.message.clone(),
    };
    let subject = result.resource.as_ref().map(|resource| format!(" ({})", resource.address)).unwrap_or_default();
    Finding {
        rule_id: result.rule,
        rule_index: index.get(result.rule).copied().unwrap_or(0),
        kind: if unknown { "review" } else { "fail" },
        // The standard wants no level where the kind is not `fail`.
        level: if unknown { "none" } else { level(result.severity) },
        message: text(&format!("{message}{subject}")),
        locations: result.location.iter().map(|location| located(location, None)).collect(),
        related_locations: result
            .related
            .iter()
            .take(100)
            .map(|related| located(&related.location, Some(&related.note)))
            .collect(),
        partial_fingerprints: BTreeMap::from([("carelint/v1", result.fingerprint.as_str())]),
    }
}

fn invocations(report: &Report, open: usize) -> Vec<Invocation<'_>> {
    let problem = |problem: &crate::ProblemRow| {
        let region = Region { start_line: problem.line.max(1), start_column: 1, end_line: problem.line.max(1), end_column: 1 };
        let artifact = Artifact { uri: encoded(&problem.file) };
        let located = Located { physical_location: Physical { artifact_location: artifact, region }, message: None };
        (problem.severity, problem.message.clone(), (!problem.file.is_empty()).then_some(located))
    };
    let mut notifications: Vec<Notification<'_>> = report
        .problems
        .iter()
        .map(problem)
        .map(|(level, message, located)| Notification { level, message: Text { text: message }, locations: located.into_iter().collect() })
        .collect();
    if open > MOST_RESULTS {
        let message = format!("{} of {open} results were left out: more than GitHub takes", open - MOST_RESULTS);
        notifications.push(Notification { level: "warning", message: Text { text: message }, locations: Vec::new() });
    }
    let failed = report.problems.iter().any(|problem| problem.severity == "error");
    vec![Invocation { execution_successful: !failed, tool_execution_notifications: notifications }]
}

fn located(location: &Location, note: Option<&str>) -> Located {
    Located {
        physical_location: Physical {
            artifact_location: Artifact { uri: encoded(&location.file) },
            region: Region {
                start_line: location.line.max(1),
                start_column: location.column.max(1),
                end_line: location.end_line.max(location.line.max(1)),
                end_column: location.end_column.max(1),
            },
        },
        message: note.map(text),
    }
}

/// A path as a relative URI: what is neither unreserved nor `/` is percent-encoded.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte as char),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn text(text: &str) -> Text {
    Text { text: text.chars().take(MOST_CHARACTERS).collect() }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// GitHub's bands: over 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}
