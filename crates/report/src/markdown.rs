//! Markdown for a comment on a pull request: a table by pillar, then the open results by pillar.

use std::io::{self, Write};

use language::ir::Pillar;

use crate::terminal::subject;
use crate::{Context, Report, ResultRow, Show, Status};

/// Most rows of one table; a comment has a limited length.
const MOST_ROWS: usize = 200;

/// Writes the report.
///
/// # Errors
/// Those of `out`.
pub fn markdown(report: &Report, context: &Context<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# carelint\n")?;
    writeln!(out, "| pillar | pass | fail | unknown | not applicable |\n| --- | ---: | ---: | ---: | ---: |")?;
    let rows = report.summary.by_pillar.iter().map(|row| (row.pillar.title(), &row.totals));
    for (name, totals) in rows.chain([("**all**", &report.summary.totals)]) {
        let cells = [totals.pass, totals.fail, totals.unknown, totals.not_applicable].map(|count| count.to_string());
        writeln!(out, "| {name} | {} |", cells.join(" | "))?;
    }
    let coverage = &report.coverage;
    writeln!(
        out,
        "\n{} files, {} resources: {} decided, {} with unknowns, {} that no rule judges.",
        coverage.files, coverage.resources, coverage.decided, coverage.unknown, coverage.unjudged
    )?;
    if !coverage.opaque_modules.is_empty() {
        let modules: Vec<String> = coverage.opaque_modules.iter().map(|module| code(module)).collect();
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
    writeln!(out, "\n## Problems with the input\n\n| severity | place | problem | what to do |\n| --- | --- | --- | --- |")?;
    for problem in shown.iter().take(MOST_ROWS) {
        let place = code(&format!("{}:{}", problem.file, problem.line.max(1)));
        writeln!(out, "| {} | {place} | {} | {} |", problem.severity, cell(&problem.message), cell(&problem.help))?;
    }
    Ok(())
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
    let results: Vec<&ResultRow> = report.results.iter().filter(wanted).collect();
    if results.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## {}\n\n| status | severity | rule | resource | place | finding |\n| --- | --- | --- | --- | --- | --- |", pillar.title())?;
    for result in results.iter().take(MOST_ROWS) {
        let place = result.location.as_ref().map(|at| code(&format!("{}:{}", at.file, at.line))).unwrap_or_default();
        let finding = match (&result.reason, result.status) {
            (Some(reason), Status::Unknown) => format!("cannot be decided: {reason}"),
            _ => result.message.clone(),
        };
        writeln!(
            out,
            "| {} | {} | {} | {} | {place} | {} |",
            result.status.id(),
            result.severity.id(),
            code(result.rule),
            code(&subject(result)),
            cell(&finding)
        )?;
    }
    if results.len() > MOST_ROWS {
        writeln!(out, "\n{} more rows are left out.", results.len() - MOST_ROWS)?;
    }
    Ok(())
}

/// Text of the input in a table's cell: nothing in it is markup.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '@' | '&' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c if c.is_whitespace() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Text of the input as code in a table's cell.
fn code(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c == '`' { '\'' } else { c }).collect();
    format!("`{}`", plain.replace('|', "\\|").replace('\n', " "))
}
