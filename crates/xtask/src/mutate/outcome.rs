//! What becomes of each mutant: whether a control fails, and if none does, why.

use std::collections::{BTreeMap, BTreeSet};

use super::Texts;
use super::each::each;
use super::judge::{Difference, Judged};
use super::mutants::{self, Changes, Mutant, apply};
use super::partners::Search;
use super::uses::Uses;

/// What became of a mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// These controls fail that did not before.
    Fails(BTreeSet<&'static str>),
    /// The model's values are what they were: a default holds the same, or another spelling does.
    Same,
    /// The input is no longer valid.
    Refused(String),
    /// A second protection holds; without both, a control fails.
    Redundant(String),
    /// No verdict depends on it, for this reason.
    NotAsked(String),
    /// Nothing fails, for this reason.
    Survives(String),
}

/// What takes nothing away that protects, with the reason: kind, and attribute, field or block.
const NO_WEAKER_WITHOUT: [(&str, &str, &str); 5] = [
    ("backup-plan", "delete_after", "without it, AWS Backup keeps what it has copied for ever"),
    ("backup-plan", "lifecycle", "without it, AWS Backup keeps what it has copied for ever"),
    ("s3-bucket", "ownership", "without it, a new bucket has no access control lists either"),
    ("backup-plan", "schedule", "without it, AWS Backup copies every day"),
    ("backup-vault", "max_days", "without it, a copy may be kept longer"),
];

/// Each wanted mutant with what became of it, in the order of the mutants. Partners are looked for among them.
pub(super) fn outcomes(
    texts: &Texts,
    uses: &Uses,
    whole: &Judged,
    wanted: impl Fn(&Mutant) -> bool,
) -> Vec<(Mutant, Outcome)> {
    let differ = |mutant: &Mutant| {
        let judged = Judged::of(&apply(&[mutant], texts), uses, None);
        let difference = whole.difference(&judged);
        (mutant.clone(), difference)
    };
    let mutants: Vec<Mutant> = mutants::of(texts).into_iter().filter(wanted).collect();
    let found: Vec<(Mutant, Difference)> = each(&mutants, differ);
    let redundant = redundant(&Search { texts, uses, found: &found }, whole);
    let all = found.iter().enumerate().filter(|(_, (mutant, _))| !needless(&found, mutant));
    all.map(|(at, (mutant, difference))| {
        let outcome = alone(&found, whole, mutant, difference);
        let outcome = match redundant.get(&at) {
            Some(partners) => Outcome::Redundant(partners.clone()),
            None => outcome,
        };
        (mutant.clone(), outcome)
    })
    .collect()
}

/// What a mutant comes to by itself.
fn alone(
    found: &[(Mutant, Difference)],
    whole: &Judged,
    mutant: &Mutant,
    difference: &Difference,
) -> Outcome {
    if let Some(error) = &difference.error {
        return Outcome::Refused(error.clone());
    }
    if !difference.fails.is_empty() {
        return Outcome::Fails(difference.fails.iter().copied().collect());
    }
    if difference.same {
        return Outcome::Same;
    }
    match not_asked(found, whole, mutant, difference) {
        Some(reason) => Outcome::NotAsked(reason),
        None => Outcome::Survives(difference.change.clone().unwrap_or_else(|| {
            let rules: Vec<&str> = mutant.rules.intersection(&difference.shaken).copied().collect();
            format!("content with the rest: {}", rules.join(", "))
        })),
    }
}

/// Why no verdict depends on a mutant that nothing notices.
fn not_asked(
    found: &[(Mutant, Difference)],
    whole: &Judged,
    mutant: &Mutant,
    difference: &Difference,
) -> Option<String> {
    let rules: Vec<&str> = mutant.rules.iter().copied().collect();
    let rules = rules.join(", ");
    let block = mutant.action.strip_prefix("without ").map(str::to_ascii_lowercase);
    let named = |name: &&str| {
        *name == mutant.attribute || Some(*name) == mutant.field || Some(*name) == block.as_deref()
    };
    let harmless = NO_WEAKER_WITHOUT.iter().find(|(kind, name, _)| *kind == mutant.kind && named(name));
    if let Some((.., reason)) = harmless.filter(|_| mutant.part != Changes::Weaker) {
        return Some((*reason).to_owned());
    }
    if mutant.rules.is_disjoint(&difference.shaken) {
        let applies = whole.applies(&mutant.rules, &mutant.address);
        let reason = match mutant.kind {
            "policy" => "not a document of its subjects",
            _ if applies => "decided without it",
            _ => "exempt, or no verdict rests on it",
        };
        return Some(format!("{reason}: {rules}"));
    }
    if mutant.part == Changes::Listed && mutant.rules.is_subset(&mutant.judged) {
        return Some(format!("nothing is left to judge: {rules}"));
    }
    let below = weaker_still(found, mutant)?;
    let rule = mutant.rules.iter().find(|rule| below.fails(rule))?;
    Some(format!("enough for {rule}, which fails at 0"))
}

/// How the same number, weaker still, differs.
fn weaker_still<'a>(found: &'a [(Mutant, Difference)], mutant: &Mutant) -> Option<&'a Difference> {
    let zero = mutant.by.replace('1', "0");
    let same_place = |other: &&(Mutant, Difference)| {
        other.0.path == mutant.path && other.0.range == mutant.range && other.0.by == zero
    };
    let number = mutant.part == Changes::Weaker && mutant.by.trim_matches(['"', '\'']) == "1";
    found.iter().filter(|_| number).find(same_place).map(|(_, difference)| difference)
}

/// Whether a mutant sets a number to 0 where 1 is noticed already.
fn needless(found: &[(Mutant, Difference)], mutant: &Mutant) -> bool {
    let number = mutant.part == Changes::Weaker && mutant.by.trim_matches(['"', '\'']) == "0";
    let one = mutant.by.replace('0', "1");
    number
        && found.iter().any(|(other, difference)| {
            let same_place = other.path == mutant.path && other.range == mutant.range && other.by == one;
            same_place && !difference.fails.is_empty()
        })
}

/// The survivors with partners, in words.
fn redundant(search: &Search<'_>, whole: &Judged) -> BTreeMap<usize, String> {
    let open = search.found.iter().enumerate().filter(|(_, (mutant, difference))| {
        let outcome = alone(search.found, whole, mutant, difference);
        matches!(outcome, Outcome::NotAsked(_) | Outcome::Survives(_))
    });
    let open: Vec<usize> = open.map(|(at, _)| at).collect();
    let found = each(&open, |at| {
        let (rule, partners) = search.partners(*at)?;
        let partners: Vec<String> = partners.iter().map(|partner| partner.short()).collect();
        Some((*at, format!("redundant with {} ({rule})", partners.join(" and "))))
    });
    found.into_iter().flatten().collect()
}
