//! Second protections: changes that no control notices, but with which the loss of another is noticed. Invariant: what
//! is found is checked by a run, with the partners alone and with all of them.

use super::Texts;
use super::judge::{Difference, Judged};
use super::mutants::{Changes, Mutant, apply};
use super::uses::Uses;

/// More candidates than this are not put together into one context.
const MOST_TOGETHER: usize = 24;

/// What mutants are searched among.
pub(super) struct Search<'a> {
    pub(super) texts: &'a Texts,
    pub(super) uses: &'a Uses,
    pub(super) found: &'a [(Mutant, Difference)],
}

impl<'a> Search<'a> {
    /// A control that asks for what the mutant changes, and the mutants with which it fails where it fails neither
    /// without them nor without it.
    pub(super) fn partners(&self, at: usize) -> Option<(&'static str, Vec<&'a Mutant>)> {
        let (mutant, difference) = self.found.get(at)?;
        mutant.rules.iter().find_map(|rule| {
            let candidates = self.candidates(mutant, rule);
            // What a verdict rests on must be shaken by one of them.
            let shaken = difference.shaken.contains(rule);
            let shaking = candidates.iter().any(|(_, other)| other.shaken.contains(rule));
            if !shaken && !shaking {
                return None;
            }
            let whole = Judged::of(self.texts, self.uses, Some(rule));
            let fails = |mutants: &[&Mutant]| -> Option<bool> {
                let judged = Judged::of(&apply(mutants, self.texts), self.uses, Some(rule));
                let difference = whole.difference(&judged);
                difference.error.is_none().then(|| difference.fails(rule))
            };
            let one = candidates.iter().filter(|(_, other)| shaken || other.shaken.contains(rule));
            let mut one = one.map(|(partner, _)| *partner);
            if let Some(partner) = one.find(|partner| fails(&[mutant, partner]) == Some(true)) {
                return Some((*rule, vec![partner]));
            }
            together(mutant, rule, &candidates, &fails).map(|partners| (*rule, partners))
        })
    }

    /// Mutants of the same subject, or of what the rule reads beside subjects of its kind, with which alone the rule does
    /// not fail; one of those that mean the same.
    fn candidates(&self, mutant: &Mutant, rule: &str) -> Vec<(&'a Mutant, &'a Difference)> {
        let mut candidates: Vec<(&'a Mutant, &'a Difference)> = Vec::new();
        for (other, difference) in self.found {
            let near = other.address == mutant.address
                || other.kind != mutant.kind && other.kind != "policy" && other.rules.contains(rule);
            let content = difference.error.is_none() && !difference.fails(rule);
            // What means the same by itself need not together with others: a satellite counts for itself.
            let known = |(mutant, known): &(&Mutant, &Difference)| {
                !difference.same && known.model == difference.model && mutant.part == other.part
            };
            if near && content && !mutant.overlaps(other) && !candidates.iter().any(known) {
                candidates.push((other, difference));
            }
        }
        candidates
    }
}

/// The smallest part of as many candidates as the rule is content without, with which it also needs the mutant. `fails`
/// says nothing of texts that are no valid input.
fn together<'a>(
    mutant: &Mutant,
    rule: &str,
    candidates: &[(&'a Mutant, &Difference)],
    fails: &dyn Fn(&[&Mutant]) -> Option<bool>,
) -> Option<Vec<&'a Mutant>> {
    let read = |other: &Mutant| other.rules.contains(rule) || other.part == Changes::Satellite;
    let mut context: Vec<&'a Mutant> = Vec::new();
    for (candidate, _) in candidates.iter().filter(|(other, _)| read(other)).take(MOST_TOGETHER) {
        if context.iter().any(|other| other.overlaps(candidate)) {
            continue;
        }
        context.push(candidate);
        if fails(&context) != Some(false) {
            context.pop();
        }
    }
    let with = |partners: &[&'a Mutant]| -> bool {
        let all: Vec<&Mutant> = partners.iter().copied().chain([mutant]).collect();
        fails(&all) == Some(true)
    };
    if context.len() < 2 || !with(&context) {
        return None;
    }
    for candidate in context.clone() {
        let fewer: Vec<&'a Mutant> = context.iter().copied().filter(|other| *other != candidate).collect();
        if !fewer.is_empty() && with(&fewer) && fails(&fewer) == Some(false) {
            context = fewer;
        }
    }
    Some(context)
}
