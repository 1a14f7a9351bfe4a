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

/// How many failures lie in whose constructs, where some are not the application's own.
fn owners(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let owners = &report.summary.by_owner;
    let failed: Vec<String> = owners
        .iter()
        .filter(|(_, totals)| totals.fail > 0)
        .map(|(owner, totals)| format!("{} {}", totals.fail, clean(owner)))
        .collect();
    match owners.keys().any(|owner| owner != "app") && !failed.is_empty() {
        true => writeln!(out, "failures by owner: {}", failed.join(", ")),
        false => Ok(()),
    }
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

/// A module that could not be opened, in words.
pub(crate) fn opaque(module: &OpaqueRow) -> String {
    let place = clean(&format!("{}:{}", module.file, module.line));
    match module.calls {
        1 => format!("{} (called at {place})", clean(&module.source)),
        many => format!("{} ({many} calls, the first at {place})", clean(&module.source)),
    }
}
