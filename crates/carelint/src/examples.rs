//! The examples of rule files as tests: each proves a verdict and its place. The marked line is the reported line,
//! every resource without a mark passes or is none of the rule's business, and each language gives the same verdict.

use std::path::PathBuf;

use language::ir::{Catalogue, Example, Language, Rule, Scope};
use report::{Report, ResultRow, Status};
use smol_str::SmolStr;
use source::Sources;

use crate::Options;

/// What an example promised and did not keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The rule.
    pub rule: &'static str,
    /// File of the rule, relative to the folder of rules.
    pub file: &'static str,
    /// Line of that file, from 1.
    pub line: u32,
    /// What was expected and what came.
    pub message: String,
}

/// Runs all examples of a rule; none is returned if each keeps its promise.
#[must_use]
pub fn run(catalogue: &'static Catalogue, rule: &'static Rule) -> Vec<Mismatch> {
    rule.examples.iter().flat_map(|example| run_one(catalogue, rule, example)).collect()
}

/// The report on one example, checked as a complete scan.
#[must_use]
pub fn report(catalogue: &'static Catalogue, rule: &'static Rule, example: &Example) -> Report {
    let name = match example.language {
        Language::Terraform => "main.tf",
        Language::CloudFormation if example.text.trim_start().starts_with('{') => "template.json",
        Language::CloudFormation => "template.yaml",
    };
    let sources = Sources::in_memory([(name, example.text)]);
    let mut options = Options { catalogue, ..Options::default() };
    options.scope.complete = true;
    options.rules.selected = Some(vec![SmolStr::new_static(rule.id)]);
    crate::check(&sources, &[PathBuf::from(name)], &options)
}

fn run_one(catalogue: &'static Catalogue, rule: &'static Rule, example: &Example) -> Vec<Mismatch> {
    let report = report(catalogue, rule, example);
    let at = |line: u32, message: String| Mismatch {
        rule: rule.id,
        file: rule.file,
        line: example.line.saturating_add(line).saturating_sub(1),
        message,
    };
    let errors = report.problems.iter().filter(|problem| problem.severity == "error");
    let mut mismatches: Vec<Mismatch> = errors
        .map(|problem| at(problem.line.max(1), format!("{}: {}", problem.code, problem.message)))
        .collect();
    let marks = marks(example.text);
    let by_account = matches!(rule.scope, Scope::Account | Scope::Region);
    if by_account {
        let wanted = status_of(example);
        if !report.results.iter().any(|result| result.status == wanted) {
            mismatches.push(at(1, format!("no account is {}: {}", wanted.id(), summary(&report))));
        }
        return mismatches;
    }
    mismatches.extend(unmarked(&report, &marks).into_iter().map(|(line, message)| at(line, message)));
    mismatches.extend(unmet(&report, &marks).into_iter().map(|(line, message)| at(line, message)));
    let wanted = status_of(example);
    // An example may pass by being none of the rule's business; another one of the rule must pass for good.
    let fits = |status| status == wanted || wanted == Status::Pass && status == Status::NotApplicable;
    if !report.results.iter().any(|result| fits(result.status)) {
        let message = format!("the example promises {}, but: {}", wanted.id(), summary(&report));
        mismatches.push(at(1, message));
    }
    mismatches
}

fn status_of(example: &Example) -> Status {
    match example.passes {
        Some(true) => Status::Pass,
        Some(false) => Status::Fail,
        None => Status::Unknown,
    }
}

/// Line (from 1) and status of each mark.
fn marks(text: &str) -> Vec<(u32, Status)> {
    let mark = |(number, line): (u32, &str)| {
        let (_, word) = line.split_once("#~")?;
        let status = match word.trim() {
            "unknown" => Status::Unknown,
            _ => Status::Fail,
        };
        Some((number, status))
    };
    (1u32..).zip(text.lines()).filter_map(mark).collect()
}

/// Failures and unknowns on lines without their mark.
fn unmarked(report: &Report, marks: &[(u32, Status)]) -> Vec<(u32, String)> {
    let flagged = report.results.iter().filter(|row| matches!(row.status, Status::Fail | Status::Unknown));
    flagged
        .filter(|row| !marks.contains(&(line_of(row), row.status)))
        .map(|row| {
            let address = row.resource.as_ref().map(|resource| resource.address.as_str()).unwrap_or_default();
            let reason = row.reason.as_deref().unwrap_or(&row.message);
            (
                line_of(row).max(1),
                format!("{} of {address} is reported here without a mark: {reason}", row.status.id()),
            )
        })
        .collect()
}

/// Marks that no result answers.
fn unmet(report: &Report, marks: &[(u32, Status)]) -> Vec<(u32, String)> {
    let met = |(line, status): &(u32, Status)| {
        report.results.iter().any(|row| row.status == *status && line_of(row) == *line)
    };
    marks
        .iter()
        .filter(|mark| !met(mark))
        .map(|(line, status)| (*line, format!("{} is expected here, but: {}", status.id(), summary(report))))
        .collect()
}

fn line_of(row: &ResultRow) -> u32 {
    row.location.as_ref().map_or(0, |location| location.line)
}

/// All results in one line, for a message.
fn summary(report: &Report) -> String {
    if report.results.is_empty() {
        return "the rule finds nothing to judge".to_owned();
    }
    let row = |row: &ResultRow| {
        let address = row.resource.as_ref().map_or("account", |resource| resource.address.as_str());
        let reason = row.reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        format!("{address} {} at line {}{reason}", row.status.id(), line_of(row))
    };
    report.results.iter().map(row).collect::<Vec<_>>().join("; ")
}
