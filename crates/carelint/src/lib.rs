//! The whole pipeline on one page: sources in, [`report::Report`] out. The program (`main.rs`) adds arguments,
//! configuration and exit statuses; whatever it prints comes from here.

mod assemble;
pub mod config;
pub mod examples;
mod frontends;
pub mod graph_json;
mod masks;
mod options;

use std::path::PathBuf;

use facts::Facts;
use graph::Graph;
use language::ir::Catalogue;
use report::Report;
use rules::Verdict;
use source::{Problems, Sources, discovery};
use value::declared::Declared;

pub use options::{Inputs, Options};

/// What the front ends found, with what is wrong with it: the first half of a check.
#[derive(Debug)]
pub struct Read {
    /// Roots, resources, modules that could not be opened, and all problems of discovery and reading.
    pub declared: Declared,
}

/// Reads everything under `paths` (absolute or relative to the current folder) that is infrastructure code.
#[must_use]
pub fn read(sources: &Sources, paths: &[PathBuf], inputs: &Inputs) -> Read {
    let found = discovery::discover(sources, paths);
    frontends::read(sources, found, inputs)
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
    with_verdicts(sources, &read.declared, options, |facts, verdicts, problems| {
        let triaged = triage::triage(verdicts);
        assemble::report(sources, facts, &triaged, read, &problems, options)
    })
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
    let facts = Facts::new(&graph);
    let verdicts = rules::decide(&facts, sources, &options.rules);
    let problems = graph.problems().to_vec();
    then(&facts, verdicts, problems)
}
