//! From triaged verdicts to the report. Invariant: a verdict that is the same in all environments of its root is one
//! result, and so is one that is the same in some of them, which it names.

mod coverage;
mod merge;
mod rows;

use std::collections::BTreeMap;

use facts::Facts;
use report::{
    FrameworkRow, PlaceKey, ProblemRow, Report, ResultRow, RuleRow, SectionRow, Summary, Tool, clean,
};
use smol_str::SmolStr;
use source::{Problem, Sources};
use triage::Triaged;

use crate::{Options, Read, Scan};
use coverage::Judged;

/// What one scan gives to the report.
pub(crate) struct Part {
    environment: Option<SmolStr>,
    rows: Vec<ResultRow>,
    rules: BTreeMap<&'static str, RuleRow>,
    problems: Vec<ProblemRow>,
    masked: Vec<PlaceKey>,
    judged: Judged,
}

/// The part of the report that comes from one scan; `problems` are those of its graph.
pub(crate) fn part(
    sources: &Sources,
    facts: &Facts<'_>,
    triaged: Vec<Triaged>,
    scan: &Scan<'_>,
    read: &Read,
    problems: &[Problem],
) -> Part {
    let mut shared = rows::Shared::default();
    let rules = rows::rule_rows(&triaged);
    let judged = Judged::of(sources, facts, &triaged, read.focus.as_ref());
    // Each verdict is given back as its row is made, so that there is never twice as much.
    let row = |triaged: Triaged| rows::row(sources, facts, &triaged, &mut shared);
    Part {
        environment: scan.environment.cloned(),
        rows: triaged.into_iter().map(row).collect(),
        rules,
        problems: problems.iter().map(|problem| rows::problem_row(sources, problem)).collect(),
        masked: crate::masks::masked(facts.graph),
        judged,
    }
}

/// Makes the report; `more` are problems that triage found.
pub(crate) fn report(
    sources: &Sources,
    mut parts: Vec<Part>,
    read: &Read,
    more: &[Problem],
    options: &Options,
) -> Report {
    let of_read = read.declared.problems.iter().chain(more);
    let mut problems: Vec<ProblemRow> = of_read.map(|problem| rows::problem_row(sources, problem)).collect();
    problems.extend(parts.iter_mut().flat_map(|part| std::mem::take(&mut part.problems)));
    problems.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.code, &a.message).cmp(&(&b.file, b.line, b.column, b.code, &b.message))
    });
    problems
        .dedup_by(|a, b| a.code == b.code && a.file == b.file && a.line == b.line && a.message == b.message);
    let coverage = coverage::coverage(sources, read, parts.iter().map(|part| &part.judged));
    let environments = parts.iter().filter_map(|part| part.environment.as_deref()).map(clean).collect();
    let mut rules = BTreeMap::new();
    let mut masked: Vec<PlaceKey> = Vec::new();
    for part in &mut parts {
        rules.append(&mut part.rules);
        masked.append(&mut part.masked);
    }
    masked.sort_unstable();
    masked.dedup();
    let results = merge::merged(parts);
    Report {
        schema_version: 1,
        tool: Tool {
            name: "carelint",
            version: env!("CARGO_PKG_VERSION"),
            rules: options.catalogue.rules.len(),
        },
        coverage,
        summary: Summary::of(&results),
        rules,
        frameworks: options.catalogue.frameworks.iter().map(framework_row).collect(),
        masked,
        results,
        problems,
        environments,
        date: options.date.clone(),
    }
}

fn framework_row(framework: &language::ir::Framework) -> FrameworkRow {
    let section = |section: &language::ir::Section| SectionRow {
        id: section.id,
        title: section.title,
        requirement: section.requirement,
    };
    FrameworkRow {
        id: framework.name,
        title: framework.title,
        source: framework.source,
        sections: framework.sections.iter().map(section).collect(),
    }
}
