//! The result in print: a table of all forms, and the lists of what nothing notices.

use std::collections::{BTreeMap, BTreeSet};

use super::mutants::Mutant;
use super::outcome::Outcome;

/// How many mutants of a form came to what.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) all: usize,
    pub(super) fail: usize,
    pub(super) redundant: usize,
    not_asked: usize,
    same: usize,
    refused: usize,
    survive: usize,
    /// What fails, upon one change or upon several.
    controls: BTreeSet<String>,
}

impl Counts {
    pub(super) fn of(outcomes: &[(Mutant, Outcome)]) -> Self {
        let mut counts = Self { all: outcomes.len(), ..Self::default() };
        for (_, outcome) in outcomes {
            match outcome {
                Outcome::Fails(controls) => {
                    counts.fail += 1;
                    counts.controls.extend(controls.iter().map(|control| (*control).to_owned()));
                }
                Outcome::Redundant(words) => {
                    counts.redundant += 1;
                    let control = words.rsplit('(').next().map(|words| words.trim_end_matches(')'));
                    counts.controls.extend(control.map(str::to_owned));
                }
                Outcome::NotAsked(_) => counts.not_asked += 1,
                Outcome::Same => counts.same += 1,
                Outcome::Refused(_) => counts.refused += 1,
                Outcome::Survives(_) => counts.survive += 1,
            }
        }
        counts
    }

    /// Percent of what is asked for that is noticed.
    pub(super) fn score(&self) -> f64 {
        let asked = self.fail + self.redundant + self.survive;
        100.0 * (self.fail + self.redundant) as f64 / asked.max(1) as f64
    }
}

/// Prints a table of the forms.
pub(super) fn print(rows: &[(&str, Counts)]) {
    println!(
        "| form | mutants | make a control fail | redundant | not asked | mean the same | invalid | survive | score | controls |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    for (form, counts) in rows {
        println!(
            "| {form} | {} | {} | {} | {} | {} | {} | {} | {:.1} % | {} |",
            counts.all,
            counts.fail,
            counts.redundant,
            counts.not_asked,
            counts.same,
            counts.refused,
            counts.survive,
            counts.score(),
            counts.controls.len()
        );
    }
    println!();
}

/// Prints the controls that no mutant of a form makes fail, by itself or with its partners.
pub(super) fn print_silent(rows: &[(&str, Counts)]) {
    for (form, counts) in rows {
        let ids = catalogue::CATALOGUE.rules.iter().map(|rule| rule.id);
        let silent: Vec<&str> = ids.filter(|id| !counts.controls.contains(*id)).collect();
        println!("Made to fail by no mutant of {form}: {}.\n", silent.join(", "));
    }
}

/// Mutants in words, by attribute and reason.
type Entries<'a> = BTreeMap<(String, &'a str), Vec<String>>;

/// Prints what no control notices by itself, by attribute and reason.
pub(super) fn print_lists(form: &str, outcomes: &[(Mutant, Outcome)]) {
    let mut lists: [(&str, Entries<'_>); 4] =
        ["survive", "invalid", "redundant", "not asked"].map(|title| (title, BTreeMap::new()));
    for (mutant, outcome) in outcomes {
        let (at, why) = match outcome {
            Outcome::Survives(why) => (0, why),
            Outcome::Refused(why) => (1, why),
            Outcome::Redundant(why) => (2, why),
            Outcome::NotAsked(why) => (3, why),
            Outcome::Fails(_) | Outcome::Same => continue,
        };
        if let Some((_, list)) = lists.get_mut(at) {
            list.entry((mutant.subject(), why)).or_default().push(mutant.to_string());
        }
    }
    for (title, list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        println!("## {form}: {title}\n");
        for ((attribute, why), mutants) in list {
            println!("- {attribute}, {why}:");
            mutants.iter().for_each(|mutant| println!("  - {mutant}"));
        }
        println!();
    }
}
