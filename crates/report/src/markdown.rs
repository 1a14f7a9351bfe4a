//! Markdown for a comment on a pull request: a table by pillar, then the open results by pillar.

use std::cmp::Reverse;
use std::io::{self, Write};

use language::ir::Pillar;

use crate::plain::line;
use crate::terminal::{constructed, place, subject};
use crate::{Context, OpaqueRow, Report, ResultRow, Show, Status};

/// Most rows of one table; a comment has a limited length.
const MOST_ROWS: usize = 200;

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub(crate) fn markdown(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# carelint\n")?;
    writeln!(out, "| pillar | pass | fail | unknown | not applicable | filtered |")?;
    writeln!(out, "| --- | ---: | ---: | ---: | ---: | ---: |")?;
    let rows = report.summary.by_pillar.iter().map(|row| (row.pillar.title(), &row.totals));
    for (name, totals) in rows.chain([("**all**", &report.summary.totals)]) {
        let counts = [totals.pass, totals.fail, totals.unknown, totals.not_applicable, totals.filtered];
        writeln!(out, "| {name} | {} |", counts.map(|count| count.to_string()).join(" | "))?;
    }
    let coverage = &report.coverage;
    writeln!(
        out,
        "\n{} files, {} resources: {} decided, {} with unknowns, {} that no rule judges.",
        coverage.files, coverage.resources, coverage.decided, coverage.unknown, coverage.unjudged
    )?;
    if !report.environments.is_empty() {
        let names: Vec<String> = report.environments.iter().map(|name| code(name)).collect();
        writeln!(out, "\nEnvironments: {}.", names.join(", "))?;
    }
    if !coverage.opaque_calls.is_empty() {
        let modules: Vec<String> = coverage.opaque_calls.iter().map(opaque).collect();
        writeln!(out, "\nNot opened, so not judged: {}.", modules.join(", "))?;
    }
    problems(report, out)?;
    for pillar in Pillar::ALL {
        section(report, pillar, context.show, out)?;
    }
    Ok(())
}

fn problems(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let shown: Vec<_> = report.problems.iter().filter(|problem| problem.severity != "note").collect();
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Problems with the input\n\n| severity | place | problem | what to do |")?;
    writeln!(out, "| --- | --- | --- | --- |")?;
    for problem in shown.iter().take(MOST_ROWS) {
        let place = match (problem.file.as_str(), problem.line) {
            ("", _) => String::new(),
            (file, 0) => code(file),
            (file, line) => code(&format!("{file}:{line}")),
        };
        writeln!(
            out,
            "| {} | {place} | {} | {} |",
            problem.severity,
            cell(&problem.message),
            cell(&problem.help)
        )?;
    }
    left_out(shown.len(), out)
}

fn section(report: &Report, pillar: Pillar, show: Show, out: &mut dyn Write) -> io::Result<()> {
    let wanted = |result: &&ResultRow| {
        let listed = match result.status {
            Status::Fail => true,
            Status::Unknown => show != Show::Fail,
            Status::Pass => matches!(show, Show::Pass | Show::All),
            _ => show == Show::All,
        };
        result.pillar == pillar && listed
    };
    let mut results: Vec<&ResultRow> = report.results.iter().filter(wanted).collect();
    if results.is_empty() {
        return Ok(());
    }
    // The worst come first: a table is cut at its end.
    results.sort_by_key(|result| (result.status, Reverse(result.severity)));
    writeln!(out, "\n## {}\n\n| status | severity | rule | resource | place | finding |", pillar.title())?;
    writeln!(out, "| --- | --- | --- | --- | --- | --- |")?;
    for result in results.iter().take(MOST_ROWS) {
        row(result, out)?;
    }
    left_out(results.len(), out)
}

fn row(result: &ResultRow, out: &mut dyn Write) -> io::Result<()> {
    let finding = match (&result.reason, result.status) {
        (Some(reason), Status::Unknown) => format!("cannot be decided: {reason}"),
        (Some(reason), _) => format!("{} ({reason})", result.message),
        (None, _) => result.message.clone(),
    };
    let resource = result.resource.as_ref();
    let construct = constructed(result);
    let source = resource.and_then(|resource| resource.source.as_deref());
    let place = result.location.as_ref().map(place).unwrap_or_default();
    let cells = [
        result.status.id().to_owned(),
        result.severity.id().to_owned(),
        code(result.rule),
        two_lines(&subject(result), construct.as_deref()),
        two_lines(&place, source),
        cell(&finding),
    ];
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Code in a cell, and what CDK adds to it.
fn two_lines(first: &str, second: Option<&str>) -> String {
    match second {
        Some(second) => format!("{}<br>{}", code(first), code(second)),
        None => code(first),
    }
}

fn left_out(rows: usize, out: &mut dyn Write) -> io::Result<()> {
    match rows.saturating_sub(MOST_ROWS) {
        0 => Ok(()),
        more => writeln!(out, "\n{more} more rows are left out."),
    }
}

/// Text of the input in a table's cell: nothing in it is markup, a mention, an issue or a link.
fn cell(text: &str) -> String {
    let text = line(text);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '|' | '!' | '&' | '~' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            // GitHub looks for mentions, issues and addresses in what is left after escapes; a comment parts them.
            '@' | '#' | ':' => {
                escaped.push(c);
                escaped.push_str("<!-- -->");
            }
            c => escaped.push(c),
        }
    }
    escaped.replace(":<!-- --> ", ": ").trim_end_matches("<!-- -->").to_owned()
}

/// A module that could not be opened, with its calls.
fn opaque(module: &OpaqueRow) -> String {
    let calls = if module.calls == 1 { "1 call".to_owned() } else { format!("{} calls", module.calls) };
    format!("{} ({calls}, {})", code(&module.source), code(&format!("{}:{}", module.file, module.line)))
}

/// Text of the input as code in a table's cell.
fn code(text: &str) -> String {
    let plain = line(text).replace('`', "'").replace('|', "\\|");
    if plain.is_empty() { plain } else { format!("`{plain}`") }
}
