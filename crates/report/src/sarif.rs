//! SARIF 2.1.0 by GitHub's rules: one run, relative encoded URIs, `security-severity` as a string, lines from 1,
//! limits kept with a notice. The structs are our own and few: the generated ones of the standard take 2 KB a result.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use language::ir::Severity;
use serde::Serialize;

use crate::plain;
use crate::terminal::{made, owned_elsewhere, subject};
use crate::{Location, ProblemRow, Report, ResultRow, RuleRow, Status};

/// GitHub takes no more results of one run.
const MOST_RESULTS: usize = 25_000;
/// GitHub takes no more characters of a description.
const MOST_CHARACTERS: usize = 1_000;
/// GitHub takes no more locations of one result.
const MOST_LOCATIONS: usize = 100;
/// GitHub takes no more tags of one rule.
const MOST_TAGS: usize = 20;

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
    /// Columns of the report count characters, where the standard would count UTF-16 units.
    column_kind: &'static str,
    invocations: [Invocation<'a>; 1],
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
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

#[derive(Serialize)]
struct Help {
    text: String,
    markdown: String,
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
pub(crate) fn sarif(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let index: BTreeMap<&str, usize> = report.rules.keys().enumerate().map(|(at, id)| (*id, at)).collect();
    let is_open = |result: &&ResultRow| matches!(result.status, Status::Fail | Status::Unknown);
    let mut open: Vec<&ResultRow> = report.results.iter().filter(is_open).collect();
    let left_out = open.len().saturating_sub(MOST_RESULTS);
    if left_out > 0 {
        open.sort_by_key(|result| Reverse(result.severity));
        open.truncate(MOST_RESULTS);
    }
    let anywhere = first_file(report);
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
            results: open.iter().map(|result| finding(result, &index, anywhere)).collect(),
            column_kind: "unicodeCodePoints",
            invocations: [invocation(report, left_out)],
        }],
    };
    crate::json::write_pretty(&log, out)
}

/// A file for results that have no place, those on accounts: GitHub refuses a result without one.
fn first_file(report: &Report) -> Option<&str> {
    let of_results =
        report.results.iter().filter_map(|result| result.location.as_ref()).map(|at| at.file.as_str());
    let of_problems = report.problems.iter().map(|problem| problem.file.as_str());
    of_results.chain(of_problems).find(|file| !file.is_empty())
}

fn descriptor<'a>(id: &'a str, rule: &RuleRow) -> Descriptor<'a> {
    let cited = |(framework, ids): (&&str, &Vec<&str>)| -> Vec<String> {
        ids.iter().map(|id| format!("{framework}/{id}")).collect()
    };
    let mut tags = vec!["security".to_owned(), format!("pillar/{}", rule.pillar.id())];
    tags.extend(rule.controls.iter().flat_map(cited));
    tags.truncate(MOST_TAGS);
    let why = limited(rule.why, rule.title);
    let help = limited(rule.help, rule.title);
    let markdown = format!("{why}\n\n```\n{}\n```\n", help.replace("```", "~~~"));
    Descriptor {
        id,
        short_description: text(rule.title, id),
        full_description: Text { text: why },
        help: Help { text: help, markdown },
        default_configuration: Configuration { level: level(rule.severity) },
        properties: Properties {
            tags,
            precision: "high",
            security_severity: security_severity(rule.severity),
        },
    }
}

fn finding<'a>(result: &'a ResultRow, index: &BTreeMap<&str, usize>, anywhere: Option<&str>) -> Finding<'a> {
    let unknown = result.status == Status::Unknown;
    let message = match &result.reason {
        Some(reason) if unknown => format!("Cannot be decided: {reason}. Asked: {}", result.message),
        _ => result.message.clone(),
    };
    let elsewhere = || anywhere.map(|file| start_of(file, 1));
    let place = result.location.as_ref().map(|location| located(location, None)).or_else(elsewhere);
    let related = result.related.iter().map(|related| located(&related.location, Some(&related.note)));
    let message = match made(result) {
        Some((by, what)) => format!("{message} ({}), {by} {what}", subject(result)),
        None => format!("{message} ({})", subject(result)),
    };
    let message = match owned_elsewhere(result) {
        Some(owner) => format!("{message}; {owner}"),
        None => message,
    };
    Finding {
        rule_id: result.rule,
        rule_index: index.get(result.rule).copied().unwrap_or(0),
        kind: if unknown { "review" } else { "fail" },
        // The standard wants no level where the kind is not `fail`.
        level: if unknown { "none" } else { level(result.severity) },
        message: text(&message, result.rule),
        locations: place.into_iter().collect(),
        related_locations: application(result).into_iter().chain(related).take(MOST_LOCATIONS).collect(),
        partial_fingerprints: BTreeMap::from([("carelint/v1", result.fingerprint.as_str())]),
    }
}

/// The line of the CDK application that makes the resource, if its file is in the scan.
fn application(result: &ResultRow) -> Option<Located> {
    let (_, what) = made(result)?;
    let source = result.resource.as_ref()?.source.as_deref()?;
    let (rest, column) = source.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    let (line, column) = (line.parse().ok()?, column.parse().ok()?);
    // An absolute path is one of the machine that synthesised the application.
    let relative = !path.starts_with('/') && !path.contains(":\\");
    let region = Region { start_line: line, start_column: column, end_line: line, end_column: column };
    let physical = Physical { artifact_location: Artifact { uri: encoded(path) }, region };
    relative.then(|| Located { physical_location: physical, message: Some(text(&what, "made here")) })
}

fn invocation(report: &Report, left_out: usize) -> Invocation<'_> {
    let mut notifications: Vec<Notification<'_>> = report.problems.iter().map(notification).collect();
    if left_out > 0 {
        let message = format!("{left_out} of the mildest results are left out: a run holds {MOST_RESULTS}");
        notifications.push(Notification {
            level: "warning",
            message: text(&message, ""),
            locations: Vec::new(),
        });
    }
    let failed = report.problems.iter().any(|problem| problem.severity == "error");
    Invocation { execution_successful: !failed, tool_execution_notifications: notifications }
}

fn notification(problem: &ProblemRow) -> Notification<'_> {
    let place = (!problem.file.is_empty()).then(|| start_of(&problem.file, problem.line));
    let message = text(&format!("{} ({})", problem.message, problem.help), problem.code);
    Notification { level: problem.severity, message, locations: place.into_iter().collect() }
}

/// The start of a line.
fn start_of(file: &str, line: u32) -> Located {
    let line = line.max(1);
    let region = Region { start_line: line, start_column: 1, end_line: line, end_column: 1 };
    let artifact = Artifact { uri: encoded(file) };
    Located { physical_location: Physical { artifact_location: artifact, region }, message: None }
}

fn located(location: &Location, note: Option<&str>) -> Located {
    let (line, column) = (location.line.max(1), location.column.max(1));
    let (end_line, end_column) = (location.end_line, location.end_column).max((line, column));
    let region = Region { start_line: line, start_column: column, end_line, end_column: end_column.max(1) };
    Located {
        physical_location: Physical { artifact_location: Artifact { uri: encoded(&location.file) }, region },
        message: note.map(|note| text(note, "related")),
    }
}

/// A path as a relative URI: what is neither unreserved nor `/` is percent-encoded.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte as char);
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

/// A text; the other one if it is empty, which GitHub refuses.
fn text(text: &str, otherwise: &str) -> Text {
    Text { text: limited(text, otherwise) }
}

fn limited(text: &str, otherwise: &str) -> String {
    let text = plain::lines(text);
    let text = if text.is_empty() { otherwise } else { &text };
    text.chars().take(MOST_CHARACTERS).collect()
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
