//! The whole pipeline on one page: sources in, [`report::Report`] out. The program (`main.rs`) adds arguments,
//! configuration and exit statuses; whatever it prints comes from here.

mod assemble;
pub mod config;
mod environments;
pub mod examples;
mod focus;
mod frontends;
pub mod graph_json;
mod json_files;
mod masks;
mod options;
pub mod parameters;
mod template_inputs;
mod tfvars;

use std::borrow::Cow;
use std::path::PathBuf;

use facts::Facts;
use graph::Graph;
use language::ir::Catalogue;
use report::Report;
use rules::Verdict;
use smol_str::SmolStr;
use source::{ProblemSeverity, Problems, Sources, discovery};
use triage::Suppressions;
use value::declared::Declared;

pub use focus::Focus;
pub use options::{Environment, Inputs, NamedFiles, Options, ParameterSource};

/// What the front ends found, with what is wrong with it: the first half of a check.
#[derive(Debug)]
pub struct Read {
    /// Roots, resources and modules that could not be opened of everything that has no environments; all problems of
    /// discovery and reading.
    pub declared: Declared,
    /// What the roots with environments declare in each of them, in order of the configuration.
    pub environments: Vec<InEnvironment>,
    /// The named files, if nothing but single files of modules is to be reported.
    pub focus: Option<Focus>,
}

/// What roots declare in one environment.
#[derive(Debug)]
pub struct InEnvironment {
    /// Its name.
    pub name: SmolStr,
    /// What the roots that have this environment declare in it.
    pub declared: Declared,
}

/// What is judged as a whole: everything that has no environments, with one environment of what has.
#[derive(Debug)]
pub struct Scan<'a> {
    /// The environment; none where there is only one scan.
    pub environment: Option<&'a SmolStr>,
    /// What is declared.
    pub declared: Cow<'a, Declared>,
}

impl Read {
    /// The scans, one for each environment, made one after the other.
    pub fn scans(&self) -> impl Iterator<Item = Scan<'_>> {
        let whole = self
            .environments
            .is_empty()
            .then_some(Scan { environment: None, declared: Cow::Borrowed(&self.declared) });
        let each = self.environments.iter().map(|one| {
            let mut declared = copy(&self.declared);
            declared.append(copy(&one.declared));
            Scan { environment: Some(&one.name), declared: Cow::Owned(declared) }
        });
        whole.into_iter().chain(each)
    }

    /// Whether nothing was found that could be judged.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.declared.roots.is_empty() && self.environments.is_empty()
    }

    /// Whether some input could not be read.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.declared.problems.iter().any(|problem| problem.severity == ProblemSeverity::Error)
    }
}

/// What is declared, without problems: they belong to no environment.
fn copy(declared: &Declared) -> Declared {
    Declared {
        roots: declared.roots.clone(),
        resources: declared.resources.clone(),
        opaque: declared.opaque.clone(),
        problems: Problems::new(),
    }
}

/// Reads everything under `paths` (absolute or relative to the current folder) that is infrastructure code.
#[must_use]
pub fn read(sources: &Sources, paths: &[PathBuf], inputs: &Inputs) -> Read {
    let found = discovery::discover(sources, paths);
    frontends::read(sources, found, paths, inputs)
}

/// Checks everything under `paths` and reports on it. Never fails: what cannot be read is a problem in the report.
#[must_use]
pub fn check(sources: &Sources, paths: &[PathBuf], options: &Options) -> Report {
    let read = read(sources, paths, &options.inputs);
    judge(sources, &read, options)
}

/// Judges what was read and reports on it: the second half of a check.
#[must_use]
pub fn judge(sources: &Sources, read: &Read, options: &Options) -> Report {
    let mut suppressions = Suppressions::read(sources, options.catalogue).honouring(&options.suppressions_of);
    let mut parts = Vec::new();
    for scan in read.scans() {
        with_verdicts(sources, &scan.declared, options, |facts, mut verdicts, problems| {
            if let Some(focus) = &read.focus {
                verdicts.retain(|verdict| focus.keeps(sources, facts.graph, verdict));
            }
            let triaged = triage::triage(facts.graph, verdicts, &mut suppressions);
            parts.push(assemble::part(sources, facts, triaged, &scan, read, &problems));
        });
    }
    let mut problems = suppressions.problems(&options.rules);
    if let Some(focus) = &read.focus {
        problems.retain(|problem| focus.keeps_problem(sources, problem));
    }
    assemble::report(sources, parts, read, &problems, options)
}

/// Decides the rules over what was declared and hands facts, verdicts and the graph's own problems to `then`.
pub fn with_verdicts<T>(
    sources: &Sources,
    declared: &Declared,
    options: &Options,
    then: impl FnOnce(&Facts<'_>, Vec<Verdict>, Problems) -> T,
) -> T {
    let catalogue: &'static Catalogue = options.catalogue;
    let graph = Graph::build(declared, catalogue, &options.scope);
    let facts = Facts::with_phi(&graph, options.phi.clone());
    let verdicts = rules::decide(&facts, sources, &options.rules);
    let problems = graph.problems().to_vec();
    then(&facts, verdicts, problems)
}
