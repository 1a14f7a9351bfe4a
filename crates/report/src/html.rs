//! The pillar report: one self-contained page that an auditor can print. By pillar and by section of HIPAA: evidence
//! of passes, failures, and unknowns with what would settle them. It never says "compliant".

use std::collections::BTreeMap;
use std::io::{self, Write};

use askama::Template;
use language::ir::Pillar;

use crate::terminal::subject;
use crate::{FrameworkRow, Report, ResultRow, RuleRow, Status, Totals};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    pillars: Vec<PillarPart<'a>>,
    frameworks: Vec<FrameworkPart<'a>>,
    unknowns: Vec<(&'a str, Vec<Line<'a>>)>,
}

struct PillarPart<'a> {
    title: &'static str,
    totals: &'a Totals,
    rules: Vec<RulePart<'a>>,
}

struct RulePart<'a> {
    id: &'static str,
    rule: &'a RuleRow,
    cited: String,
    totals: Totals,
    lines: Vec<Line<'a>>,
}

struct Line<'a> {
    row: &'a ResultRow,
    status: &'static str,
    subject: String,
    place: String,
    observed: Vec<String>,
}

struct FrameworkPart<'a> {
    row: &'a FrameworkRow,
    sections: Vec<SectionPart<'a>>,
}

struct SectionPart<'a> {
    id: &'static str,
    title: &'static str,
    requirement: &'static str,
    totals: Totals,
    rules: Vec<&'a str>,
    finding: &'static str,
}

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub fn html(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let pillars = Pillar::ALL.into_iter().filter_map(|pillar| pillar_part(report, pillar)).collect();
    let frameworks = report
        .frameworks
        .iter()
        .filter(|row| row.id == "hipaa")
        .map(|row| framework_part(report, row))
        .collect();
    let page = Page { report, pillars, frameworks, unknowns: unknowns(report) };
    let text = page.render().map_err(io::Error::other)?;
    out.write_all(text.as_bytes())
}

fn pillar_part(report: &Report, pillar: Pillar) -> Option<PillarPart<'_>> {
    let totals = report.summary.by_pillar.iter().find(|row| row.pillar == pillar).map(|row| &row.totals)?;
    let mut by_rule: BTreeMap<&'static str, Vec<&ResultRow>> = BTreeMap::new();
    for result in report.results.iter().filter(|result| result.pillar == pillar) {
        by_rule.entry(result.rule).or_default().push(result);
    }
    let rules: Vec<RulePart<'_>> = by_rule.into_iter().filter_map(|(id, rows)| rule_part(report, id, &rows)).collect();
    (!rules.is_empty()).then_some(PillarPart { title: pillar.title(), totals, rules })
}

fn rule_part<'a>(report: &'a Report, id: &'static str, rows: &[&'a ResultRow]) -> Option<RulePart<'a>> {
    let rule = report.rules.get(id)?;
    let mut totals = Totals::default();
    rows.iter().for_each(|row| totals.count(row.status));
    let judged = rows.iter().filter(|row| row.status != Status::NotApplicable);
    let mut lines: Vec<Line<'_>> = judged.map(|row| line(row)).collect();
    lines.sort_by_key(|line| line.row.status);
    let cited = rule.controls.iter().map(|(framework, ids)| format!("{framework}: {}", ids.join(", ")));
    Some(RulePart { id, rule, cited: cited.collect::<Vec<_>>().join("; "), totals, lines })
}

fn line(row: &ResultRow) -> Line<'_> {
    let place = row.location.as_ref().map(|at| format!("{}:{}", at.file, at.line)).unwrap_or_default();
    let observed = row.observed.iter().take(8).map(|seen| format!("{} = {} ({})", seen.read, seen.value, seen.how));
    Line { row, status: row.status.id(), subject: subject(row), place, observed: observed.collect() }
}

fn framework_part<'a>(report: &'a Report, row: &'a FrameworkRow) -> FrameworkPart<'a> {
    let mut totals: BTreeMap<&str, (Totals, Vec<&'a str>)> = BTreeMap::new();
    for result in &report.results {
        for section in result.controls.get(row.id).into_iter().flatten() {
            let (counts, rules) = totals.entry(*section).or_default();
            counts.count(result.status);
            if !rules.contains(&result.rule) {
                rules.push(result.rule);
            }
        }
    }
    let sections = row
        .sections
        .iter()
        .map(|section| {
            let (totals, mut rules) = totals.remove(section.id).unwrap_or_default();
            rules.sort_unstable();
            SectionPart {
                id: section.id,
                title: section.title,
                requirement: section.requirement,
                finding: finding(&totals),
                totals,
                rules,
            }
        })
        .collect();
    FrameworkPart { row, sections }
}

/// What the results of a section amount to, in the words of an assessor.
fn finding(totals: &Totals) -> &'static str {
    if totals.fail > 0 {
        "not met"
    } else if totals.unknown > 0 {
        "not decided"
    } else if totals.pass > 0 {
        "no deviation found"
    } else {
        "not assessed by code"
    }
}

fn unknowns(report: &Report) -> Vec<(&str, Vec<Line<'_>>)> {
    let mut reasons: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for row in report.results.iter().filter(|row| row.status == Status::Unknown) {
        reasons.entry(row.reason.as_deref().unwrap_or("no reason was given")).or_default().push(line(row));
    }
    reasons.into_iter().collect()
}
