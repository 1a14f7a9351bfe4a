//! All selected rules over all their subjects, in parallel, in one stable order.

use facts::Facts;
use language::ir::{Rule, Scope};
use rayon::prelude::*;
use smol_str::SmolStr;
use source::{Place, Sources};
use value::declared::{Mode, Resource};

use crate::evaluate::Patterns;
use crate::judge::Judge;
use crate::verdict::{Settings, Subject, Verdict};

/// Evaluates the selected rules. Verdicts are sorted by file, offset, rule, address and element.
#[must_use]
pub fn decide(facts: &Facts<'_>, sources: &Sources, settings: &Settings) -> Vec<Verdict> {
    let rules = facts.graph.catalogue.rules.iter().filter(|rule| settings.selects(rule));
    let asked: Vec<(&'static Rule, Subject)> = rules
        .flat_map(|rule| subjects(facts, rule).into_iter().map(move |subject| (rule, subject)))
        .collect();
    let (patterns, ranks) = (Patterns::default(), ranks(sources));
    let mut verdicts: Vec<(Key, Verdict)> = asked
        .par_iter()
        .with_min_len(32)
        .flat_map_iter(|(rule, subject)| Judge::new(facts, settings, &patterns, rule, *subject).verdicts())
        .map(|verdict| (Key::of(facts, &ranks, &verdict), verdict))
        .collect();
    verdicts.par_sort_by(|(a, _), (b, _)| a.cmp(b));
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

pub(crate) fn subjects(facts: &Facts<'_>, rule: &'static Rule) -> Vec<Subject> {
    let graph = facts.graph;
    let meant = |resource: &Resource| {
        let root = graph.declared.root_of(resource);
        rule.languages.is_empty()
            || root.is_some_and(|root| rule.languages.contains(&root.language.spelling()))
    };
    let of_mode = |mode: Mode| {
        let nodes = graph.nodes().filter(move |(id, _)| {
            graph.resource(*id).is_some_and(|resource| resource.mode == mode && meant(resource))
        });
        nodes.map(|(id, _)| Subject::Node(id)).collect()
    };
    match rule.scope {
        Scope::Kinds(kinds) => {
            let nodes = kinds.iter().flat_map(|kind| graph.of_kind(*kind)).copied();
            let managed = nodes.filter(|id| {
                graph.resource(*id).is_some_and(|resource| resource.mode == Mode::Managed && meant(resource))
            });
            managed.map(Subject::Node).collect()
        }
        Scope::AnyResource => of_mode(Mode::Managed),
        Scope::Things(mode) => mode_named(mode).map(of_mode).unwrap_or_default(),
        Scope::Account => spoken(facts, rule).map(|(id, _)| Subject::Account(id)).collect(),
        Scope::Region => spoken(facts, rule)
            .flat_map(|(id, account)| {
                account.regions.iter().map(move |(region, _)| Subject::Region(id, *region))
            })
            .collect(),
    }
}

fn accounts<'a>(facts: &'a Facts<'_>) -> impl Iterator<Item = (graph::AccountId, &'a graph::Account)> {
    facts.graph.accounts().iter().zip(0..).map(|(account, id)| (graph::AccountId(id), account))
}

/// The accounts to which a language of the rule deploys.
fn spoken<'a>(
    facts: &'a Facts<'_>,
    rule: &'static Rule,
) -> impl Iterator<Item = (graph::AccountId, &'a graph::Account)> {
    let roots = &facts.graph.declared.roots;
    accounts(facts).filter(move |(_, account)| {
        let mut roots = account.roots.iter().filter_map(|root| roots.get(root.0 as usize));
        rule.languages.is_empty() || roots.any(|root| rule.languages.contains(&root.language.spelling()))
    })
}

fn mode_named(name: &str) -> Option<Mode> {
    Some(match name {
        "variable" => Mode::Variable,
        "parameter" => Mode::Parameter,
        "provider" => Mode::Provider,
        "backend" => Mode::Backend,
        "module-call" => Mode::ModuleCall,
        "output" => Mode::Output,
        _ => return None,
    })
}

/// What verdicts are sorted by. Accounts and regions come first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    /// Rank of the file's path, from 1; 0 without a file.
    file: u32,
    offset: u32,
    rule: &'static str,
    address: SmolStr,
    element: SmolStr,
}

impl Key {
    fn of(facts: &Facts<'_>, ranks: &[u32], verdict: &Verdict) -> Self {
        let resource = match verdict.subject {
            Subject::Node(id) => facts.graph.resource(id),
            Subject::Account(_) | Subject::Region(..) => None,
        };
        let place = verdict.place.or(resource.map(|resource| resource.place));
        let rank = |place: Place| ranks.get(place.file.index() as usize).copied();
        Self {
            file: place.and_then(rank).unwrap_or(0),
            offset: place.map_or(0, |place| place.span.start),
            rule: verdict.rule.id,
            address: resource
                .map_or_else(|| account_key(verdict.subject), |resource| resource.address.clone()),
            element: verdict.element.as_ref().map(|element| element.key.clone()).unwrap_or_default(),
        }
    }
}

/// The rank of each file among the paths, by its id: comparing paths for every verdict costs more than ranking them.
fn ranks(sources: &Sources) -> Vec<u32> {
    let files = sources.files();
    let mut ranks = vec![0; files.len()];
    for (file, rank) in files.iter().zip(1..) {
        if let Some(of_file) = ranks.get_mut(file.id.index() as usize) {
            *of_file = rank;
        }
    }
    ranks
}

fn account_key(subject: Subject) -> SmolStr {
    match subject {
        Subject::Account(account) => SmolStr::from(format!("{:08}", account.0)),
        Subject::Region(account, region) => SmolStr::from(format!("{:08}/{:08}", account.0, region.0)),
        Subject::Node(_) => SmolStr::default(),
    }
}
