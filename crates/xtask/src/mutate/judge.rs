//! What the library says of a set of texts, and how that differs between the whole form and a mutant of it.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use carelint::Options;
use facts::Facts;
use rules::{Subject, Verdict};
use source::{Problem, ProblemSeverity, Sources};

use super::Texts;
use super::plain::plain;
use super::uses::Uses;

/// The verdicts on a set of texts.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// The verdicts that say something, by rule, subject and element.
    verdicts: BTreeMap<String, Judgement>,
    /// Codes and messages of the input's errors.
    errors: Vec<String>,
    /// A hash of all values of the model.
    model: u64,
}

/// One verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Judgement {
    rule: &'static str,
    said: Said,
    /// A hash of what it rests on: the values that the rule took on its way.
    grounds: u64,
}

/// What a verdict says.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Said {
    Pass,
    Fail,
    Unknown(String),
}

/// How a mutant differs from the whole.
#[derive(Debug, Default)]
pub(crate) struct Difference {
    /// An error that the whole does not have.
    pub(crate) error: Option<String>,
    /// The rules of new failures.
    pub(crate) fails: BTreeSet<&'static str>,
    /// Rules of which a verdict, or what one rests on, is another.
    pub(crate) shaken: BTreeSet<&'static str>,
    /// Whether no value of the model is another.
    pub(crate) same: bool,
    /// Hash of the mutant's model: what mutants that mean the same have in common.
    pub(crate) model: u64,
    /// The first verdict that is not what it was, in words.
    pub(crate) change: Option<String>,
}

impl Difference {
    /// Whether a rule fails that did not.
    pub(crate) fn fails(&self, rule: &str) -> bool {
        self.fails.contains(rule)
    }
}

/// A scan of the texts alone, complete, with the built-in catalogue.
pub(super) fn options() -> Options {
    let mut options = Options::default();
    options.scope.complete = true;
    options.rules.evidence = true;
    options
}

/// The texts as sources, with the paths of all of them.
pub(super) fn sources(texts: &Texts) -> (Sources, Vec<PathBuf>) {
    let sources = Sources::in_memory(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    (sources, texts.iter().map(|(path, _)| PathBuf::from(path)).collect())
}

impl Judged {
    /// Judges texts by all rules, or by one.
    pub(crate) fn of(texts: &Texts, uses: &Uses, rule: Option<&str>) -> Self {
        let mut options = options();
        options.rules.selected = rule.map(|rule| vec![rule.into()]);
        let (sources, paths) = sources(texts);
        let read = carelint::read(&sources, &paths, &options.inputs);
        carelint::with_verdicts(&sources, &read.declared, &options, |facts, verdicts, problems| {
            let mut judged = Self { model: model(facts), ..Self::default() };
            verdicts.iter().for_each(|verdict| judged.verdict(facts, uses, verdict));
            let problems = read.declared.problems.iter().chain(problems.iter());
            judged.errors = problems.filter(is_error).map(in_words).collect();
            judged
        })
    }

    fn verdict(&mut self, facts: &Facts<'_>, uses: &Uses, verdict: &Verdict) {
        let said = match &verdict.outcome {
            rules::Outcome::Pass => Said::Pass,
            rules::Outcome::Fail => Said::Fail,
            rules::Outcome::Unknown(causes) => {
                Said::Unknown(causes.first().map(|cause| cause.reason.to_string()).unwrap_or_default())
            }
            rules::Outcome::NotApplicable => return,
        };
        let rule = verdict.rule.id;
        let mut grounds = DefaultHasher::new();
        for decided in &verdict.decided {
            if let Some(taken) = uses.taken(rule, &decided.read, &decided.value) {
                (decided.read.as_str(), taken).hash(&mut grounds);
            }
        }
        let judgement = Judgement { rule, said, grounds: grounds.finish() };
        self.verdicts.insert(name(facts, verdict), judgement);
    }

    /// The failures, in words.
    pub(crate) fn fails(&self) -> impl Iterator<Item = &str> {
        let failing = self.verdicts.iter().filter(|(_, judgement)| judgement.said == Said::Fail);
        failing.map(|(name, _)| name.as_str())
    }

    /// How `other` differs from these verdicts.
    pub(crate) fn difference(&self, other: &Self) -> Difference {
        let error = other.errors.iter().find(|error| !self.errors.contains(error)).cloned();
        let mut found = Difference {
            error,
            same: self.model == other.model,
            model: other.model,
            ..Difference::default()
        };
        let names: BTreeSet<&String> = self.verdicts.keys().chain(other.verdicts.keys()).collect();
        for name in names {
            let (before, after) = (self.verdicts.get(name), other.verdicts.get(name));
            if before == after {
                continue;
            }
            found.shaken.extend(before.or(after).map(|judgement| judgement.rule));
            let said = |judgement: &Judgement| judgement.said.clone();
            let (before, after) = (before.map(said), after.map(said));
            match after {
                Some(Said::Fail) if before != Some(Said::Fail) => {
                    let rule = other.verdicts.get(name).map_or("", |judgement| judgement.rule);
                    found.fails.insert(rule);
                }
                Some(Said::Unknown(reason)) if !matches!(before, Some(Said::Unknown(_))) => {
                    found.change = found.change.or_else(|| Some(format!("{name} becomes unknown: {reason}")));
                }
                None => found.change = found.change.or_else(|| Some(format!("{name} no longer applies"))),
                _ => {}
            }
        }
        found
    }

    /// Whether one of the rules says anything of a subject.
    pub(crate) fn applies(&self, rules: &BTreeSet<&'static str>, address: &str) -> bool {
        rules.iter().any(|rule| self.verdicts.contains_key(&format!("{rule} of {address}")))
    }
}

fn model(facts: &Facts<'_>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (id, node) in facts.graph.nodes() {
        let (Some(model), Some(resource)) = (facts.graph.model(id), facts.graph.resource(id)) else {
            continue;
        };
        (resource.address.as_str(), model.name).hash(&mut hasher);
        node.slots.iter().for_each(|value| plain(value).hash(&mut hasher));
    }
    hasher.finish()
}

fn is_error(problem: &&Problem) -> bool {
    problem.severity == ProblemSeverity::Error
}

fn in_words(problem: &Problem) -> String {
    format!("{}: {}", problem.code, problem.message)
}

/// Rule, subject and element.
fn name(facts: &Facts<'_>, verdict: &Verdict) -> String {
    let account = |id: graph::AccountId| facts.graph.accounts().get(id.0 as usize);
    let subject = match verdict.subject {
        Subject::Node(node) => {
            facts.graph.resource(node).map(|resource| resource.address.to_string()).unwrap_or_default()
        }
        Subject::Account(id) => {
            format!("account {}", account(id).map(|account| account.name.as_str()).unwrap_or_default())
        }
        Subject::Region(id, region) => {
            let regions = account(id).map(|account| account.regions.as_slice()).unwrap_or_default();
            let region = regions.iter().find(|(known, _)| *known == region).map(|(_, name)| name.as_str());
            format!("region {}", region.unwrap_or_default())
        }
    };
    let element = verdict.element.as_ref().map(|element| format!(" ({})", element.key)).unwrap_or_default();
    format!("{} of {}{element}", verdict.rule.id, subject.trim_end())
}
