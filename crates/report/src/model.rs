//! The report: what every format is made from, and, serialised, the JSON contract for other programs
//! (`docs/json.md`). Everything in it is plain data; values of secrets never get into it.

use std::collections::BTreeMap;
use std::sync::Arc;

use language::ir::{Pillar, Severity};
use serde::{Serialize, Serializer};
use source::Place;
use triage::Status;

/// A whole report.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Version of this contract.
    pub schema_version: u32,
    /// What made it.
    pub tool: Tool,
    /// All results, filtered ones included under their own status; sorted by file, offset, rule, address and element.
    pub results: Vec<ResultRow>,
    /// What is wrong with the input, sorted by file, place and code.
    pub problems: Vec<ProblemRow>,
    /// How much of the input was judged.
    pub coverage: Coverage,
    /// Totals.
    pub summary: Summary,
    /// The rules that results name, by id.
    pub rules: BTreeMap<&'static str, RuleRow>,
    /// The frameworks that the rules cite, with all their sections: a section without a result is said, too.
    #[serde(skip)]
    pub frameworks: Vec<FrameworkRow>,
    /// Bytes that no format may print: secrets in the sources, sorted.
    #[serde(skip)]
    pub masked: Vec<PlaceKey>,
    /// Names of the environments that were checked, in order of the configuration; empty where none is configured.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Day of the report as `YYYY-MM-DD`, only where the caller gives one: two runs are byte-identical otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// The tool and its catalogue.
#[derive(Debug, Clone, Serialize)]
pub struct Tool {
    /// `carelint`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// How many rules its catalogue holds, users' own included.
    pub rules: usize,
}

/// One rule on one subject or element of it.
#[derive(Debug, Clone, Serialize)]
pub struct ResultRow {
    /// The rule's id.
    pub rule: &'static str,
    /// What became of it.
    pub status: Status,
    /// How bad it is (or would be).
    #[serde(serialize_with = "severity_id")]
    pub severity: Severity,
    /// The rule's pillar.
    #[serde(serialize_with = "pillar_id")]
    pub pillar: Pillar,
    /// The resource, shared by its results; null for accounts and regions.
    #[serde(serialize_with = "shared_or_null")]
    pub resource: Option<Arc<ResourceRow>>,
    /// The account or region, for controls that are asked once for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<AccountRow>,
    /// Stable key of the element, where one resource gives several results.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub element: Option<String>,
    /// Names the bad state (the good one, where it passes).
    pub message: String,
    /// Where the deciding value is written; null for accounts and regions.
    pub location: Option<Location>,
    /// Other places: the chain of the value, the resource itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<Related>,
    /// Framework and sections, shared by the results of a rule.
    #[serde(serialize_with = "shared")]
    pub controls: Arc<BTreeMap<&'static str, Vec<&'static str>>>,
    /// Why it is unknown, or why it was filtered.
    pub reason: Option<String>,
    /// What was observed: the values that decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<Observed>,
    /// Evidence in words, one line a step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The environments that the result holds in, where its root has any, or where other environments differ.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub environments: Vec<String>,
    /// Whether these are all environments of its root: then formats for people do not name them.
    #[serde(skip)]
    pub everywhere: bool,
    /// Where the comment or the metadata stands that filtered it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtered_at: Option<Location>,
    /// Stays the same when lines move: rule, address, element and, where environments differ, their names.
    pub fingerprint: String,
}

/// A resource of a result.
#[derive(Debug, Clone, Serialize)]
pub struct ResourceRow {
    /// `module.x.aws_s3_bucket.a`, `network/Vpc`.
    pub address: String,
    /// `aws_s3_bucket`, `AWS::S3::Bucket`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Kind of the model; null for unmodelled types.
    pub kind: Option<&'static str>,
    /// Folder of the root module that calls the module which declares it, if another folder than that of its file:
    /// several roots may call one module.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<String>,
    /// Logical id, in CloudFormation and CDK.
    pub logical_id: Option<String>,
    /// Construct path, in CDK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub construct_path: Option<String>,
    /// Line of the CDK application's own source, `path:line:column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Who decides on it, in CDK: `app`, `cdk`, `library:PACKAGE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The stack that deploys it, in CDK, as `cdk deploy` takes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// File of its header.
    pub file: String,
    /// Line of its header, from 1.
    pub line: u32,
}

/// An account or region that was judged.
#[derive(Debug, Clone, Serialize)]
pub struct AccountRow {
    /// Name of the account; empty for the one that the source does not name.
    pub name: String,
    /// Name of the region, for controls that are asked once for each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// A place in a file. Lines and columns count from 1; the end is exclusive.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// Path relative to the scan root, `/` between its parts.
    pub file: String,
    /// First line.
    pub line: u32,
    /// First column.
    pub column: u32,
    /// Last line.
    pub end_line: u32,
    /// Column after the last character.
    pub end_column: u32,
    /// The bytes, for frames around the source.
    #[serde(skip)]
    pub place: Option<PlaceKey>,
}

/// A place as comparable numbers: file id, start, end.
pub type PlaceKey = (u32, u32, u32);

/// Another place that has to do with a result.
#[derive(Debug, Clone, Serialize)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// What stands there.
    pub note: String,
}

/// A value that decided.
#[derive(Debug, Clone, Serialize)]
pub struct Observed {
    /// What was read: `self.versioning`.
    pub read: String,
    /// What was found, in one line; `(sensitive)` for secrets.
    pub value: String,
    /// `written`, `default`, `absent`, `computed`.
    pub how: &'static str,
}

/// A line of evidence.
pub type Evidence = String;

/// What is wrong with the input.
#[derive(Debug, Clone, Serialize)]
pub struct ProblemRow {
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// Stable name.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The file; empty where there is none.
    pub file: String,
    /// Line, from 1; 0 for the file as a whole.
    pub line: u32,
    /// Column, from 1; 0 for the file as a whole.
    pub column: u32,
    /// The bytes, for frames around the source.
    #[serde(skip)]
    pub place: Option<PlaceKey>,
}

/// How much of the input was judged.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Coverage {
    /// Files that were read as infrastructure code.
    pub files: usize,
    /// Files that could not be read.
    pub unread: usize,
    /// Managed resources.
    pub resources: usize,
    /// Resources on which every applicable rule was decided.
    pub decided: usize,
    /// Resources on which at least one rule is unknown.
    pub unknown: usize,
    /// Resources of types without a model (or with no applicable rule).
    pub unjudged: usize,
    /// Sources of modules that could not be opened, each once, sorted.
    pub opaque_modules: Vec<String>,
    /// The same modules with their calls.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub opaque_calls: Vec<OpaqueRow>,
}

/// A module that could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpaqueRow {
    /// Its source as written.
    pub source: String,
    /// How many blocks call it.
    pub calls: usize,
    /// File of the first call.
    pub file: String,
    /// Line of the first call, from 1.
    pub line: u32,
}

/// Totals of results by status.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Totals {
    /// Passes.
    pub pass: usize,
    /// Failures.
    pub fail: usize,
    /// Unknowns.
    pub unknown: usize,
    /// Not applicable.
    pub not_applicable: usize,
    /// Filtered: suppressed, waived, attested, baselined, unchanged.
    pub filtered: usize,
}

/// Totals of the report.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Summary {
    /// Over all pillars.
    #[serde(flatten)]
    pub totals: Totals,
    /// By pillar, in the order of [`Pillar::ALL`]; every pillar is there.
    #[serde(serialize_with = "pillar_map")]
    pub by_pillar: Vec<PillarTotals>,
    /// By owner of the resource, in CDK.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub by_owner: BTreeMap<String, Totals>,
}

/// Totals of one pillar.
#[derive(Debug, Clone, Serialize)]
pub struct PillarTotals {
    /// The pillar.
    #[serde(serialize_with = "pillar_id")]
    pub pillar: Pillar,
    /// Its totals.
    pub totals: Totals,
}

/// What formats say of a rule.
#[derive(Debug, Clone, Serialize)]
pub struct RuleRow {
    /// States the good state.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub help: &'static str,
    /// The pillar.
    #[serde(serialize_with = "pillar_id")]
    pub pillar: Pillar,
    /// Severity of a failure, unless its grading says otherwise.
    #[serde(serialize_with = "severity_id")]
    pub severity: Severity,
    /// Framework and sections.
    pub controls: BTreeMap<&'static str, Vec<&'static str>>,
    /// Equivalent checks of other tools.
    pub peers: BTreeMap<&'static str, Vec<&'static str>>,
    /// Address of its page in the manual.
    pub page: String,
}

/// A framework for the pillar report.
#[derive(Debug, Clone)]
pub struct FrameworkRow {
    /// `hipaa`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// Day and source of the list.
    pub source: &'static str,
    /// Its sections in the framework's order.
    pub sections: Vec<SectionRow>,
}

/// A section of a framework.
#[derive(Debug, Clone)]
pub struct SectionRow {
    /// `164.312(a)(1)`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// `required`, `addressable` or empty.
    pub requirement: &'static str,
}

/// A framework and a section of it.
pub type Control = (&'static str, &'static str);

impl Location {
    /// The place in the store of sources.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        let (file, start, end) = self.place?;
        Some(Place { file: source::FileId::new(file), span: source::Span { start, end } })
    }
}

impl Totals {
    /// Counts one result.
    pub fn count(&mut self, status: Status) {
        match status {
            Status::Pass => self.pass += 1,
            Status::Fail => self.fail += 1,
            Status::Unknown => self.unknown += 1,
            Status::NotApplicable => self.not_applicable += 1,
            _ => self.filtered += 1,
        }
    }
}

impl Summary {
    /// Totals of some results.
    #[must_use]
    pub fn of(results: &[ResultRow]) -> Self {
        let mut totals = Totals::default();
        let empty = |pillar| PillarTotals { pillar, totals: Totals::default() };
        let mut by_pillar: Vec<PillarTotals> = Pillar::ALL.into_iter().map(empty).collect();
        let mut by_owner: BTreeMap<String, Totals> = BTreeMap::new();
        for result in results {
            totals.count(result.status);
            if let Some(owner) = result.resource.as_ref().and_then(|resource| resource.owner.as_ref()) {
                by_owner.entry(owner.clone()).or_default().count(result.status);
            }
            if let Some(row) = by_pillar.iter_mut().find(|row| row.pillar == result.pillar) {
                row.totals.count(result.status);
            }
        }
        Self { totals, by_pillar, by_owner }
    }
}

fn shared<T: Serialize, S: Serializer>(value: &Arc<T>, serializer: S) -> Result<S::Ok, S::Error> {
    value.as_ref().serialize(serializer)
}

fn shared_or_null<T: Serialize, S: Serializer>(
    value: &Option<Arc<T>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_deref().serialize(serializer)
}

fn severity_id<S: Serializer>(severity: &Severity, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(severity.id())
}

fn pillar_id<S: Serializer>(pillar: &Pillar, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(pillar.id())
}

fn pillar_map<S: Serializer>(rows: &[PillarTotals], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(rows.iter().map(|row| (row.pillar.id(), &row.totals)))
}
