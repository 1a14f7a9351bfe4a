//! What the library says of a set of texts, and how that differs between the whole form and a mutant of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use carelint::Options;
use graph::Graph;
use report::{Report, ResultRow, Status};
use source::Sources;

use super::Texts;
use super::mutants::Mutant;
use super::plain::plain;

/// The verdicts on a set of texts.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// Rule, subject and element of each failure.
    pub(crate) fails: BTreeSet<String>,
    /// Of each unknown, with its reason.
    unknowns: BTreeMap<String, String>,
    /// Of each pass.
    passes: BTreeSet<String>,
    /// Codes and messages of the input's errors.
    errors: Vec<String>,
    /// Values of the model, by address, kind and attribute.
    model: BTreeMap<(String, &'static str, &'static str), String>,
}

/// What became of a mutant.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// This control fails that did not before.
    Fails(String),
    /// The model's value is what it was: a default holds the same, or another spelling does.
    Same,
    /// The input is no longer valid.
    Refused(String),
    /// Nothing fails, for this reason.
    Survives(String),
}

/// A scan of the texts alone, complete, with the built-in catalogue.
pub(super) fn options() -> Options {
    let mut options = Options::default();
    options.scope.complete = true;
    options
}

/// The texts as sources, with the paths of all of them.
pub(super) fn sources(texts: &Texts) -> (Sources, Vec<PathBuf>) {
    let sources = Sources::in_memory(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    (sources, texts.iter().map(|(path, _)| PathBuf::from(path)).collect())
}

impl Judged {
    /// Judges texts.
    pub(crate) fn of(texts: &Texts) -> Self {
        let options = options();
        let (sources, paths) = sources(texts);
        let read = carelint::read(&sources, &paths, &options.inputs);
        let mut judged = Self::default();
        judged.report(&carelint::judge(&sources, &read, &options));
        let graph = Graph::build(&read.declared, options.catalogue, &options.scope);
        for (id, node) in graph.nodes() {
            let (Some(model), Some(resource)) = (graph.model(id), graph.resource(id)) else { continue };
            for (attribute, value) in model.attributes.iter().zip(&node.slots) {
                let key = (resource.address.to_string(), model.name, attribute.name);
                judged.model.insert(key, plain(value));
            }
        }
        judged
    }

    fn report(&mut self, report: &Report) {
        for row in &report.results {
            let name = name(row);
            match row.status {
                Status::Fail => drop(self.fails.insert(name)),
                Status::Unknown => drop(self.unknowns.insert(name, row.reason.clone().unwrap_or_default())),
                Status::Pass => drop(self.passes.insert(name)),
                _ => {}
            }
        }
        let errors = report.problems.iter().filter(|problem| problem.severity == "error");
        self.errors = errors.map(|problem| format!("{}: {}", problem.code, problem.message)).collect();
    }

    /// What became of a mutant, whose verdicts are `mutated`.
    pub(crate) fn against(&self, mutated: &Self, mutant: &Mutant) -> Outcome {
        if let Some(error) = mutated.errors.iter().find(|error| !self.errors.contains(error)) {
            return Outcome::Refused(error.clone());
        }
        if let Some(fail) = mutated.fails.difference(&self.fails).next() {
            return Outcome::Fails(fail.clone());
        }
        let key = (mutant.address.clone(), mutant.kind, mutant.attribute);
        if self.model == mutated.model && self.model.contains_key(&key) {
            return Outcome::Same;
        }
        Outcome::Survives(self.why(mutated, mutant))
    }

    /// Why nothing fails: what became unknown, what no longer applies, or the rules that read it and are content.
    fn why(&self, mutated: &Self, mutant: &Mutant) -> String {
        let new = mutated.unknowns.iter().find(|(name, _)| !self.unknowns.contains_key(*name));
        if let Some((name, reason)) = new {
            return format!("{name} becomes unknown: {reason}");
        }
        match self.passes.difference(&mutated.passes).next() {
            Some(name) => format!("{name} no longer applies"),
            None => format!(
                "content with the rest: {}",
                mutant.rules.iter().copied().collect::<Vec<_>>().join(", ")
            ),
        }
    }
}

/// Rule, subject and element.
fn name(row: &ResultRow) -> String {
    let subject = match (&row.resource, &row.account) {
        (Some(resource), _) => resource.address.clone(),
        (None, Some(account)) => {
            format!("account {} {}", account.name, account.region.as_deref().unwrap_or_default())
        }
        (None, None) => String::new(),
    };
    let element = row.element.as_ref().map(|element| format!(" ({element})")).unwrap_or_default();
    format!("{} of {}{element}", row.rule, subject.trim_end())
}
