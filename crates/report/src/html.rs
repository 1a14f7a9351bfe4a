//! The pillar report: one self-contained page that an auditor can print. By pillar and by section of HIPAA: evidence
//! of passes, failures, and unknowns with what would settle them. It never says "compliant".

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use askama::Template;
use language::ir::{Pillar, Severity};

use crate::plain::{lines, paragraphs};
use crate::terminal::{constructed, place, subject};
use crate::{FrameworkRow, Report, ResultRow, RuleRow, Status, Totals};

/// Values shown of one result; the others stand in the JSON report.
const MOST_OBSERVED: usize = 8;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    severities: String,
    pillars: Vec<PillarPart<'a>>,
    frameworks: Vec<FrameworkPart<'a>>,
    unknowns: Vec<(&'a str, Vec<Line<'a>>)>,
}

struct PillarPart<'a> {
    id: &'static str,
    title: &'static str,
    totals: &'a Totals,
    rules: Vec<RulePart<'a>>,
}

struct RulePart<'a> {
    id: &'static str,
    rule: &'a RuleRow,
    /// What to do, a paragraph a line.
    help: String,
    /// Framework and its sections.
    cited: Vec<(&'a str, String)>,
    totals: Totals,
    lines: Vec<Line<'a>>,
}

struct Line<'a> {
    row: &'a ResultRow,
    status: &'static str,
    subject: String,
    construct: Option<String>,
    source: Option<&'a str>,
    place: String,
    /// Where it is filtered.
    filtered_at: Option<String>,
    /// Whether the message is said; of a pass the observed values are enough.
    says_message: bool,
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
    /// The finding and the class of its colour.
    finding: (&'static str, &'static str),
}

impl Totals {
    /// All counts, in the order of the page's columns.
    fn all(&self) -> [usize; 5] {
        [self.pass, self.fail, self.unknown, self.not_applicable, self.filtered]
    }

    /// The counts of what applies.
    fn decided(&self) -> [usize; 3] {
        [self.pass, self.fail, self.unknown]
    }
}

/// Writes the page.
///
/// # Errors
/// Those of `out`.
pub(crate) fn html(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let pillars = Pillar::ALL.into_iter().filter_map(|pillar| pillar_part(report, pillar)).collect();
    let hipaa = report.frameworks.iter().filter(|row| row.id == "hipaa");
    let frameworks = hipaa.map(|row| framework_part(report, row)).collect();
    let page =
        Page { report, severities: severities(report), pillars, frameworks, unknowns: unknowns(report) };
    let text = page.render().map_err(io::Error::other)?;
    // The template escapes markup; what a reader's eye would obey is left to be replaced.
    writeln!(out, "{}", lines(&text))
}

/// How many failures there are of each severity, the worst first.
fn severities(report: &Report) -> String {
    let failures = |severity| {
        let of = |row: &&ResultRow| row.status == Status::Fail && row.severity == severity;
        report.results.iter().filter(of).count()
    };
    let counts = Severity::ALL.into_iter().rev().map(|severity| (failures(severity), severity.id()));
    let said: Vec<String> =
        counts.filter(|(count, _)| *count > 0).map(|(count, id)| format!("{count} {id}")).collect();
    said.join(", ")
}

fn pillar_part(report: &Report, pillar: Pillar) -> Option<PillarPart<'_>> {
    let totals = report.summary.by_pillar.iter().find(|row| row.pillar == pillar).map(|row| &row.totals)?;
    let mut by_rule: BTreeMap<&'static str, Vec<&ResultRow>> = BTreeMap::new();
    for result in report.results.iter().filter(|result| result.pillar == pillar) {
        by_rule.entry(result.rule).or_default().push(result);
    }
    let mut rules: Vec<RulePart<'_>> =
        by_rule.into_iter().filter_map(|(id, rows)| rule_part(report, id, &rows)).collect();
    // What needs work comes first, the worst before the rest; rules that apply to nothing come last.
    rules.sort_by_key(|part| {
        let open = (part.totals.fail > 0, part.totals.unknown > 0, !part.lines.is_empty());
        (Reverse(open), Reverse(part.rule.severity), part.id)
    });
    (!rules.is_empty()).then_some(PillarPart { id: pillar.id(), title: pillar.title(), totals, rules })
}

fn rule_part<'a>(report: &'a Report, id: &'static str, rows: &[&'a ResultRow]) -> Option<RulePart<'a>> {
    let rule = report.rules.get(id)?;
    let mut totals = Totals::default();
    rows.iter().for_each(|row| totals.count(row.status));
    let judged = rows.iter().filter(|row| row.status != Status::NotApplicable);
    let mut lines: Vec<Line<'_>> = judged.map(|row| line(row)).collect();
    lines.sort_by_key(|line| line.row.status);
    let cited = rule.controls.iter().map(|(framework, ids)| (name(framework), ids.join(", "))).collect();
    let help = paragraphs(rule.help).join("\n");
    Some(RulePart { id, rule, help, cited, totals, lines })
}

/// A framework as readers know it.
fn name(framework: &str) -> &str {
    match framework {
        "hipaa" => "HIPAA",
        "well-architected" => "Well-Architected",
        "nist-800-53" => "NIST SP 800-53",
        other => other,
    }
}

fn line(row: &ResultRow) -> Line<'_> {
    let observed = row.observed.iter().take(MOST_OBSERVED);
    Line {
        row,
        status: row.status.id(),
        subject: subject(row),
        construct: constructed(row),
        source: row.resource.as_ref().and_then(|resource| resource.source.as_deref()),
        place: row.location.as_ref().map(place).unwrap_or_default(),
        filtered_at: row.filtered_at.as_ref().map(place),
        says_message: !matches!(row.status, Status::Pass | Status::Unknown),
        observed: observed.map(|seen| format!("{} = {} ({})", seen.read, seen.value, seen.how)).collect(),
    }
}

fn framework_part<'a>(report: &'a Report, row: &'a FrameworkRow) -> FrameworkPart<'a> {
    let mut found: BTreeMap<&str, (Totals, Vec<&'a str>)> = BTreeMap::new();
    for result in &report.results {
        for section in result.controls.get(row.id).into_iter().flatten() {
            let (totals, rules) = found.entry(*section).or_default();
            totals.count(result.status);
            if let Err(at) = rules.binary_search(&result.rule) {
                rules.insert(at, result.rule);
            }
        }
    }
    let part = |section: &crate::SectionRow| {
        let (totals, rules) = found.remove(section.id).unwrap_or_default();
        SectionPart {
            id: section.id,
            title: section.title,
            requirement: section.requirement,
            finding: finding(&totals),
            totals,
            rules,
        }
    };
    FrameworkPart { row, sections: row.sections.iter().map(part).collect() }
}

/// What the results of a section amount to, in the words of an assessor, with the class of its colour.
fn finding(totals: &Totals) -> (&'static str, &'static str) {
    if totals.fail > 0 {
        ("not met", "fail")
    } else if totals.unknown > 0 {
        ("not decided", "unknown")
    } else if totals.pass > 0 {
        ("no deviation found", "pass")
    } else {
        ("not assessed by code", "quiet")
    }
}

/// Unknowns by their reasons, those that keep most open first.
fn unknowns(report: &Report) -> Vec<(&str, Vec<Line<'_>>)> {
    let mut reasons: BTreeMap<&str, Vec<Line<'_>>> = BTreeMap::new();
    for row in report.results.iter().filter(|row| row.status == Status::Unknown) {
        reasons.entry(row.reason.as_deref().unwrap_or("no reason was given")).or_default().push(line(row));
    }
    let mut reasons: Vec<(&str, Vec<Line<'_>>)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, lines)| Reverse(lines.len()));
    reasons
}
