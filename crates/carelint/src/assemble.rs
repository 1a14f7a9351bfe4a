//! From triaged verdicts to the report: addresses, lines, totals, coverage. Sensitive values stop here.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use facts::Facts;
use graph::NodeId;
use language::ir::Rule;
use report::{
    AccountRow, Coverage, FrameworkRow, Location, Observed, ProblemRow, Related, Report, ResourceRow,
    ResultRow, RuleRow, SectionRow, Status, Summary, Tool, clean,
};
use rules::Subject;
use rustc_hash::FxHashMap;
use source::{Place, Problem, ProblemSeverity, Sources};
use triage::Triaged;
use value::How;
use value::declared::{Language, Mode, Resource};

use crate::{Options, Read};

/// Makes the report.
pub(crate) fn report(
    sources: &Sources,
    facts: &Facts<'_>,
    triaged: &[Triaged],
    read: &Read,
    more: &[Problem],
    options: &Options,
) -> Report {
    let mut shared = Shared::default();
    let results: Vec<ResultRow> =
        triaged.iter().map(|triaged| row(sources, facts, triaged, &mut shared)).collect();
    let mut problems: Vec<ProblemRow> =
        read.declared.problems.iter().chain(more).map(|problem| problem_row(sources, problem)).collect();
    problems.sort_by(|a, b| {
        (&a.file, a.line, a.column, a.code, &a.message).cmp(&(&b.file, b.line, b.column, b.code, &b.message))
    });
    problems
        .dedup_by(|a, b| a.code == b.code && a.file == b.file && a.line == b.line && a.message == b.message);
    Report {
        schema_version: 1,
        tool: Tool {
            name: "carelint",
            version: env!("CARGO_PKG_VERSION"),
            rules: options.catalogue.rules.len(),
        },
        coverage: coverage(sources, facts, triaged, read),
        summary: Summary::of(&results),
        rules: rule_rows(triaged),
        frameworks: options.catalogue.frameworks.iter().map(framework_row).collect(),
        masked: crate::masks::masked(facts.graph),
        results,
        problems,
        date: options.date.clone(),
    }
}

/// What many results have in common.
#[derive(Default)]
struct Shared {
    resources: FxHashMap<NodeId, Arc<ResourceRow>>,
    controls: FxHashMap<&'static str, Arc<Controls>>,
}

type Controls = BTreeMap<&'static str, Vec<&'static str>>;

impl Shared {
    fn resource(&mut self, sources: &Sources, facts: &Facts<'_>, node: NodeId) -> Option<Arc<ResourceRow>> {
        let resource = facts.graph.resource(node)?;
        let make = || Arc::new(resource_row(sources, facts, node, resource));
        Some(self.resources.entry(node).or_insert_with(make).clone())
    }

    fn controls(&mut self, rule: &'static Rule) -> Arc<Controls> {
        self.controls.entry(rule.id).or_insert_with(|| Arc::new(lists(rule.controls))).clone()
    }
}

fn row(sources: &Sources, facts: &Facts<'_>, triaged: &Triaged, shared: &mut Shared) -> ResultRow {
    let verdict = &triaged.verdict;
    let resource = match verdict.subject {
        Subject::Node(node) => shared.resource(sources, facts, node),
        Subject::Account(_) | Subject::Region(..) => None,
    };
    let account = account_row(facts, verdict.subject);
    let element = verdict.element.as_ref().map(|element| clean(&element.key));
    let related = verdict
        .related
        .iter()
        .map(|(place, note)| Related { location: location(sources, *place), note: clean(note) })
        .collect();
    let observed = verdict
        .decided
        .iter()
        .map(|decided| Observed {
            read: decided.read.to_string(),
            value: rules::shown(&decided.value),
            how: how(&decided.value),
        })
        .collect();
    ResultRow {
        rule: verdict.rule.id,
        status: triaged.status,
        severity: verdict.severity,
        pillar: verdict.rule.pillar,
        fingerprint: fingerprint(facts, verdict),
        resource,
        account,
        element,
        message: clean(&verdict.message),
        location: verdict.place.map(|place| location(sources, place)),
        related,
        controls: shared.controls(verdict.rule),
        reason: triaged.reason.as_deref().map(clean),
        observed,
        evidence: verdict.evidence.iter().map(|line| clean(line)).collect(),
    }
}

fn resource_row(sources: &Sources, facts: &Facts<'_>, node: NodeId, resource: &Resource) -> ResourceRow {
    let kind = facts.graph.node(node).and_then(|node| node.kind);
    let file = sources.file(resource.place.file);
    ResourceRow {
        address: clean(&resource.address),
        type_name: clean(&resource.type_name),
        kind: kind.and_then(|kind| facts.graph.catalogue.kind(kind)).map(|kind| kind.name),
        root: facts.graph.declared.roots.get(resource.root.0 as usize).and_then(|root| {
            let own = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            let called = root.language == Language::Terraform && root.folder != own;
            called.then(|| if root.folder.is_empty() { ".".to_owned() } else { clean(&root.folder) })
        }),
        logical_id: resource.logical_id.as_deref().map(clean),
        construct_path: resource.construct_path.as_deref().map(clean),
        source: resource.source_trace.as_deref().map(clean),
        line: file.lines().line(resource.place.span.start),
        file: clean(&file.path),
    }
}

fn account_row(facts: &Facts<'_>, subject: Subject) -> Option<AccountRow> {
    let (account, region) = match subject {
        Subject::Node(_) => return None,
        Subject::Account(account) => (account, None),
        Subject::Region(account, region) => (account, Some(region)),
    };
    let account = facts.graph.accounts().get(account.0 as usize)?;
    let region = region.and_then(|region| account.regions.iter().find(|(id, _)| *id == region));
    Some(AccountRow {
        name: clean(&account.name),
        region: region.map(|(_, name)| clean(name)).filter(|name| !name.is_empty()),
    })
}

/// Rule, address (or account) and element in words, so that two runs and two checkouts agree.
fn fingerprint(facts: &Facts<'_>, verdict: &rules::Verdict) -> String {
    let (scope, address) = match verdict.subject {
        Subject::Node(node) => match facts.graph.resource(node) {
            Some(resource) => {
                let root = facts.graph.declared.roots.get(resource.root.0 as usize);
                (root.map(|root| root.name.to_string()).unwrap_or_default(), resource.address.to_string())
            }
            None => (String::new(), String::new()),
        },
        subject => {
            let row = account_row(facts, subject);
            let region = row.as_ref().and_then(|row| row.region.clone()).unwrap_or_default();
            ("account".to_owned(), format!("{}/{region}", row.map(|row| row.name).unwrap_or_default()))
        }
    };
    let element = verdict.element.as_ref().map(|element| element.key.as_str()).unwrap_or_default();
    clean(&format!("{}|{scope}|{address}|{element}", verdict.rule.id))
}

fn how(value: &value::Value) -> &'static str {
    match value.origin.how {
        _ if value.is_absent() => "absent",
        How::Default => "default",
        How::Fact => "computed",
        How::Literal | How::Computed => "written",
    }
}

/// A place as lines and columns.
pub(crate) fn location(sources: &Sources, place: Place) -> Location {
    let file = sources.file(place.file);
    let start = file.line_column(place.span.start);
    let end = file.line_column(place.span.end);
    Location {
        file: clean(&file.path),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        place: Some((place.file.0, place.span.start, place.span.end)),
    }
}

fn problem_row(sources: &Sources, problem: &Problem) -> ProblemRow {
    let place = problem.place.map(|place| location(sources, place));
    let (line, column) = place.as_ref().map_or((0, 0), |place| (place.line, place.column));
    ProblemRow {
        severity: problem.severity.as_str(),
        code: problem.code,
        message: clean(&problem.message),
        help: clean(&problem.help),
        place: place.as_ref().and_then(|place| place.place),
        file: place.map_or_else(|| clean(&problem.path), |place| place.file),
        line,
        column,
    }
}

fn coverage(sources: &Sources, facts: &Facts<'_>, triaged: &[Triaged], read: &Read) -> Coverage {
    let declared = &read.declared;
    // Resources by their index: one address may stand in several roots.
    let mut unknown: BTreeSet<u32> = BTreeSet::new();
    let mut judged: BTreeSet<u32> = BTreeSet::new();
    for one in triaged {
        let Subject::Node(node) = one.verdict.subject else { continue };
        let Some(resource) = facts.graph.node(node).map(|node| node.resource) else { continue };
        match one.status {
            Status::NotApplicable => {}
            Status::Unknown => drop(unknown.insert(resource)),
            _ => drop(judged.insert(resource)),
        }
    }
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed).count();
    let decided = judged.difference(&unknown).count();
    let unread: BTreeSet<String> = declared
        .problems
        .iter()
        .filter(|problem| problem.severity == ProblemSeverity::Error)
        .map(|problem| match problem.place {
            Some(place) => sources.file(place.file).path.clone(),
            None => problem.path.clone(),
        })
        .collect();
    let opaque: BTreeSet<String> = declared.opaque.iter().map(|module| clean(&module.source)).collect();
    Coverage {
        files: declared_files(declared),
        unread: unread.len(),
        resources: managed,
        decided,
        unknown: unknown.len(),
        unjudged: managed.saturating_sub(decided + unknown.len()),
        opaque_modules: opaque.into_iter().collect(),
    }
}

/// Files that declare something.
fn declared_files(declared: &value::declared::Declared) -> usize {
    let files: BTreeSet<u32> = declared.resources.iter().map(|resource| resource.place.file.0).collect();
    files.len()
}

fn rule_rows(triaged: &[Triaged]) -> BTreeMap<&'static str, RuleRow> {
    let mut rows = BTreeMap::new();
    for rule in triaged.iter().map(|triaged| triaged.verdict.rule) {
        rows.entry(rule.id).or_insert_with(|| RuleRow {
            title: rule.title,
            why: rule.why,
            help: rule.help,
            pillar: rule.pillar,
            severity: rule.severity.otherwise,
            controls: lists(rule.controls),
            peers: lists(rule.peers),
            page: format!("docs/rules/{}.md", rule.id),
        });
    }
    rows
}

fn lists(rows: &[(&'static str, &'static [&'static str])]) -> Controls {
    rows.iter().map(|(name, ids)| (*name, ids.to_vec())).collect()
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
