//! From a triaged verdict to a row of the report: addresses, lines, what was observed. Sensitive values stop here.

use std::collections::BTreeMap;
use std::sync::Arc;

use facts::Facts;
use graph::NodeId;
use language::ir::Rule;
use report::{AccountRow, Location, Observed, ProblemRow, Related, ResourceRow, ResultRow, RuleRow, clean};
use rules::Subject;
use rustc_hash::FxHashMap;
use source::{Place, Problem, Sources};
use triage::Triaged;
use value::How;
use value::declared::{Language, Resource, Root};

/// What many results have in common.
#[derive(Default)]
pub(super) struct Shared {
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

/// The row of a verdict.
pub(super) fn row(sources: &Sources, facts: &Facts<'_>, triaged: &Triaged, shared: &mut Shared) -> ResultRow {
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
        environments: own_environment(facts, verdict.subject).into_iter().collect(),
        everywhere: true,
        filtered_at: triaged.by.map(|place| location(sources, place)),
    }
}

/// The environment that the root of a subject was evaluated with.
fn own_environment(facts: &Facts<'_>, subject: Subject) -> Option<String> {
    let Subject::Node(node) = subject else { return None };
    root_of(facts, facts.graph.resource(node)?)?.environment.as_deref().map(clean)
}

fn root_of<'f>(facts: &'f Facts<'_>, resource: &Resource) -> Option<&'f Root> {
    facts.graph.declared.root_of(resource)
}

fn resource_row(sources: &Sources, facts: &Facts<'_>, node: NodeId, resource: &Resource) -> ResourceRow {
    let kind = facts.graph.node(node).and_then(|node| node.kind);
    let file = sources.file(resource.place.file);
    ResourceRow {
        address: clean(&resource.address),
        type_name: clean(&resource.type_name),
        kind: kind.and_then(|kind| facts.graph.catalogue.kind(kind)).map(|kind| kind.name),
        root: root_of(facts, resource).and_then(|root| {
            let own = source::folder_of(&file.path);
            let called = root.language == Language::Terraform && root.folder != own;
            called.then(|| if root.folder.is_empty() { ".".to_owned() } else { clean(&root.folder) })
        }),
        logical_id: resource.logical_id.as_deref().map(clean),
        construct_path: resource.construct_path().map(clean),
        source: resource.source_trace().map(clean),
        owner: resource.owner().map(|owner| clean(&owner.to_string())),
        stack: root_of(facts, resource)
            .filter(|root| root.language == Language::Cdk)
            .map(|root| clean(&root.name)),
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
                let root = root_of(facts, resource);
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
pub(super) fn location(sources: &Sources, place: Place) -> Location {
    let file = sources.file(place.file);
    let start = file.line_column(place.span.start);
    let end = file.line_column(place.span.end);
    Location {
        file: clean(&file.path),
        line: start.line,
        column: start.column,
        end_line: end.line,
        end_column: end.column,
        place: Some(crate::masks::key(place)),
    }
}

/// A problem with its place as lines and columns.
pub(super) fn problem_row(sources: &Sources, problem: &Problem) -> ProblemRow {
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

/// The rules that verdicts name.
pub(super) fn rule_rows(triaged: &[Triaged]) -> BTreeMap<&'static str, RuleRow> {
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
