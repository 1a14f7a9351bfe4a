//! The table by pillar, the coverage line and the last words.

use std::io::{self, Write};

use super::{Style, Tone};
use crate::plain::clean;
use crate::{OpaqueRow, Report, Show, Totals};

/// Writes table and coverage.
pub(super) fn write(report: &Report, show: Show, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{:24}{:>8}{:>8}{:>10}{:>17}", "", "pass", "fail", "unknown", "not applicable")?;
    for row in &report.summary.by_pillar {
        let judged = row.totals.pass + row.totals.fail + row.totals.unknown + row.totals.not_applicable;
        if judged > 0 {
            totals(row.pillar.title(), &row.totals, style, out)?;
        }
    }
    totals("all", &report.summary.totals, style, out)?;
    if report.summary.totals.filtered > 0 {
        writeln!(out, "{:24}{:>8} (listed by --show all)", "filtered", report.summary.totals.filtered)?;
    }
    owners(report, out)?;
    coverage(report, out)?;
    // Notes are listed for those who ask for everything; others learn that there are some.
    let notes = report.problems.iter().filter(|problem| problem.severity == "note").count();
    match notes {
        0 => Ok(()),
        _ if show == Show::All => Ok(()),
        1 => writeln!(out, "1 note on the input (listed by --show all)"),
        many => writeln!(out, "{many} notes on the input (listed by --show all)"),
    }
}

/// Libraries that are named in the line of owners.
const MOST_LIBRARIES: usize = 3;

/// How many failures lie in whose constructs, where some are not the application's own: of libraries, those with most.
fn owners(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let owners = &report.summary.by_owner;
    let failed = owners.iter().filter(|(_, totals)| totals.fail > 0);
    let (mut libraries, own): (Vec<_>, Vec<_>) = failed.partition(|(owner, _)| owner.starts_with("library:"));
    if !owners.keys().any(|owner| owner != "app") || libraries.is_empty() && own.is_empty() {
        return Ok(());
    }
    libraries.sort_by_key(|(_, totals)| std::cmp::Reverse(totals.fail));
    let (named, others) = libraries.split_at(MOST_LIBRARIES.min(libraries.len()));
    let shown = own.iter().chain(named).map(|(owner, totals)| format!("{} {}", totals.fail, clean(owner)));
    let mut parts: Vec<String> = shown.collect();
    let failures: usize = others.iter().map(|(_, totals)| totals.fail).sum();
    match others.len() {
        0 => {}
        1 => parts.push(format!("{failures} in 1 other library")),
        many => parts.push(format!("{failures} in {many} other libraries")),
    }
    writeln!(out, "failures by owner: {}", parts.join(", "))
}

fn totals(name: &str, totals: &Totals, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let cell = |count: usize, width: usize, tone: Tone| {
        let text = format!("{count:>width$}");
        if count == 0 { text } else { style.paint(&text, tone) }
    };
    writeln!(
        out,
        "{name:24}{}{}{}{:>17}",
        cell(totals.pass, 8, Tone::Pass),
        cell(totals.fail, 8, Tone::Fail),
        cell(totals.unknown, 10, Tone::Unknown),
        totals.not_applicable
    )
}

fn coverage(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let coverage = &report.coverage;
    let mut parts = vec![
        format!("{} decided", coverage.decided),
        format!("{} with unknowns", coverage.unknown),
        format!("{} that no rule judges", coverage.unjudged),
    ];
    if coverage.unread > 0 {
        parts.push(format!(
            "{} {} unread",
            coverage.unread,
            if coverage.unread == 1 { "file" } else { "files" }
        ));
    }
    match coverage.opaque_calls.len() {
        0 => {}
        1 => parts.push("1 module not opened".to_owned()),
        many => parts.push(format!("{many} modules not opened")),
    }
    writeln!(out, "\n{} files, {} resources: {}", coverage.files, coverage.resources, parts.join(", "))?;
    if !report.environments.is_empty() {
        writeln!(out, "environments: {}", clean(&report.environments.join(", ")))?;
    }
    for module in &coverage.opaque_calls {
        writeln!(out, "not opened, so not judged: {}", opaque(module))?;
    }
    Ok(())
}

/// Longest source of a module that is shown in words, in characters.
const LONGEST_SOURCE: usize = 120;

/// A module that could not be opened, in words.
pub(crate) fn opaque(module: &OpaqueRow) -> String {
    let place = clean(&format!("{}:{}", module.file, module.line));
    let mut source: String = module.source.chars().take(LONGEST_SOURCE).collect();
    if source.len() < module.source.len() {
        source.push('…');
    }
    match module.calls {
        1 => format!("{} (called at {place})", clean(&source)),
        many => format!("{} ({many} calls, the first at {place})", clean(&source)),
    }
}
