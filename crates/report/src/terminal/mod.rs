//! The report for people at a terminal: problems, then results grouped by pillar with frames around the deciding
//! lines, then unknowns by what would settle them, a table and a coverage line.

mod frame;
mod summary;
mod window;

use std::io::{self, Write};

use language::ir::{Pillar, Severity};

use crate::plain::{clean, line};
use crate::{Context, Location, ProblemRow, Report, ResultRow, Show, Status};

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub(crate) fn terminal(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = Style::new(context);
    for problem in &report.problems {
        self::problem(problem, report, context, out)?;
    }
    let mut helps = frame::Helps::default();
    for pillar in Pillar::ALL {
        let listed: Vec<&ResultRow> = report
            .results
            .iter()
            .filter(|result| result.pillar == pillar && result.status == Status::Fail)
            .collect();
        if !listed.is_empty() {
            writeln!(out, "{}\n", style.heading(pillar.title(), context.width))?;
        }
        let (others, own): (Vec<&ResultRow>, Vec<&ResultRow>) =
            listed.into_iter().partition(|result| owned_elsewhere(result).is_some());
        for result in own {
            frame::result(result, report, &mut helps, context, out)?;
        }
        if !others.is_empty() {
            writeln!(out, "{}\n", style.paint(ELSEWHERE, Tone::Quiet))?;
        }
        for result in others {
            frame::result(result, report, &mut helps, context, out)?;
        }
    }
    if context.show != Show::Fail {
        unknowns(report, &style, context.width, out)?;
    }
    others(report, context.show, &style, context.width, out)?;
    summary::write(report, context.show, &style, out)
}

fn problem(
    problem: &ProblemRow,
    report: &Report,
    context: &Context<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Notes are for those who ask for everything.
    if problem.severity == "note" && context.show != Show::All {
        return Ok(());
    }
    frame::problem(problem, report, context, out)
}

/// Unknowns, grouped by what would settle them: one variable may keep forty verdicts open.
fn unknowns(report: &Report, style: &Style, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let unknown = |result: &&ResultRow| result.status == Status::Unknown;
    let mut reasons: Vec<(&str, Vec<&ResultRow>)> = Vec::new();
    for result in report.results.iter().filter(unknown) {
        let reason = result.reason.as_deref().unwrap_or("no reason was given");
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, results)) => results.push(result),
            None => reasons.push((reason, vec![result])),
        }
    }
    if reasons.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}\n", style.heading("Unknown", width))?;
    for (reason, results) in reasons {
        writeln!(out, "  {} {}", style.paint("?", Tone::Unknown), line(reason))?;
        for result in results {
            writeln!(out, "    {}", one_line(result))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// What is listed only on demand, a line each.
fn others(report: &Report, show: Show, style: &Style, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let listed = |result: &&ResultRow| match result.status {
        Status::Fail | Status::Unknown => false,
        Status::Pass => matches!(show, Show::Pass | Show::All),
        _ => show == Show::All,
    };
    let results: Vec<&ResultRow> = report.results.iter().filter(listed).collect();
    if results.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}\n", style.heading("Everything else", width))?;
    for result in results {
        let (sign, tone) = match result.status {
            Status::Pass => ("✓", Tone::Pass),
            Status::NotApplicable => ("-", Tone::Quiet),
            _ => ("~", Tone::Quiet),
        };
        let word = match (result.status, &result.reason) {
            (Status::Pass, _) => String::new(),
            (status, None) => format!("  {}", status.id()),
            (status, Some(reason)) => {
                let at = result.filtered_at.as_ref().map(|at| format!(" ({})", place(at)));
                format!("  {}: {}{}", status.id(), line(reason), at.unwrap_or_default())
            }
        };
        writeln!(
            out,
            "  {} {}{}",
            style.paint(sign, tone),
            one_line(result),
            style.paint(&word, Tone::Quiet)
        )?;
    }
    writeln!(out)
}

/// Rule, subject and place in one line.
fn one_line(result: &ResultRow) -> String {
    let subject = subject(result);
    let place = result.location.as_ref().map(|at| format!("  {}", place(at))).unwrap_or_default();
    format!("{}  {subject}{place}", result.rule)
}

/// `file:line`.
pub(crate) fn place(at: &Location) -> String {
    format!("{}:{}", clean(&at.file), at.line)
}

/// What stands above the results whose resources the application does not make itself.
const ELSEWHERE: &str = "In constructs of the CDK or of a library:";

/// Who makes the resource of a result, in words, if it is not the CDK application itself.
pub(crate) fn owned_elsewhere(result: &ResultRow) -> Option<String> {
    match result.resource.as_ref()?.owner.as_deref()? {
        "app" => None,
        "cdk" => Some("made by the CDK for its own work".to_owned()),
        other => Some(format!("made by the library {}", clean(other.trim_start_matches("library:")))),
    }
}

/// Where the CDK application makes the resource of a result, and what it calls it, after the words to say it with.
pub(crate) fn made(result: &ResultRow) -> Option<(&'static str, String)> {
    let resource = result.resource.as_ref()?;
    let stack = resource.stack.as_deref().map(|stack| format!(", stack {}", clean(stack)));
    let construct = resource.construct_path.as_deref().map(clean);
    let construct = construct.map(|construct| construct + stack.as_deref().unwrap_or_default());
    match (resource.source.as_deref().map(clean), construct) {
        (Some(source), Some(construct)) => Some(("made at", format!("{source} ({construct})"))),
        (Some(source), None) => Some(("made at", source)),
        (None, construct) => Some(("made by", construct?)),
    }
}

/// The construct of a result, and who makes it if it is not the application itself, for a cell of a table.
pub(crate) fn constructed(result: &ResultRow) -> Option<String> {
    let path = result.resource.as_ref()?.construct_path.as_deref()?;
    match owned_elsewhere(result) {
        Some(owner) => Some(format!("{path} ({owner})")),
        None => Some(path.to_owned()),
    }
}

/// What a result is about, in words.
pub(crate) fn subject(result: &ResultRow) -> String {
    let element = result.element.as_ref().map(|element| format!(" ({element})")).unwrap_or_default();
    let environments = environments(result);
    if let Some(resource) = &result.resource {
        let root = resource.root.as_ref().map(|root| format!(" in {root}")).unwrap_or_default();
        return clean(&format!("{}{element}{root}{environments}", resource.address));
    }
    let Some(account) = &result.account else { return "the scan".to_owned() };
    let name = if account.name.is_empty() { "the account" } else { account.name.as_str() };
    let region = account.region.as_ref().map(|region| format!(", region {region}")).unwrap_or_default();
    clean(&format!("{name}{region}{element}{environments}"))
}

/// The environments that a result holds in, if it does not hold in all of them.
fn environments(result: &ResultRow) -> String {
    match result.environments.as_slice() {
        [] => String::new(),
        _ if result.everywhere => String::new(),
        [only] => format!(", environment {only}"),
        several => format!(", environments {}", several.join(", ")),
    }
}

/// Colours, or none.
pub(crate) struct Style {
    color: bool,
}

/// What a colour stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Fail,
    Unknown,
    Pass,
    Quiet,
    Strong,
}

impl Style {
    /// Colours as the terminal wants them.
    pub(crate) fn new(context: &Context<'_>) -> Self {
        Self { color: context.color }
    }

    /// Text in the colour of its tone.
    pub(crate) fn paint(&self, text: &str, tone: Tone) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let code = match tone {
            Tone::Fail => "31",
            Tone::Unknown => "33",
            Tone::Pass => "32",
            Tone::Quiet => "2",
            Tone::Strong => "1",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A title that spans the width.
    fn heading(&self, text: &str, width: usize) -> String {
        let rule = "─".repeat(width.saturating_sub(text.chars().count() + 4));
        format!(
            "{} {} {}",
            self.paint("──", Tone::Quiet),
            self.paint(text, Tone::Strong),
            self.paint(&rule, Tone::Quiet)
        )
    }
}

/// The severity as a word with the weight of its colour.
pub(crate) fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Fail,
        Severity::Medium => Tone::Unknown,
        Severity::Low | Severity::Info => Tone::Quiet,
    }
}
