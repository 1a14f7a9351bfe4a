//! Mutation of the compliant fixtures: one hardening attribute is taken out or weakened at a time, and some control must
//! then fail that did not before. What survives is a gap in the catalogue, or an attribute that hardens nothing.

mod judge;
mod mutants;
mod outline;
mod plain;
mod reads;
mod sites;
mod weaken;

use std::collections::{BTreeMap, BTreeSet};

use crate::{Complaints, repository};
use judge::{Judged, Outcome};
use mutants::Mutant;

/// Folders of the compliant forms and the ends of their files.
const FORMS: [(&str, &str); 2] = [
    ("fixtures/telehealth/compliant/terraform", ".tf"),
    ("fixtures/telehealth/compliant/cloudformation", ".yaml"),
];

/// Texts of a form: path and text.
type Texts = Vec<(String, String)>;

/// Judges every mutant of every form and prints the score and the survivors. A form that fails before anything is taken
/// out is the only complaint: survivors are for people to look at.
pub(crate) fn run() -> Complaints {
    let mut complaints = Complaints::new();
    for (folder, end) in FORMS {
        match texts(folder, end) {
            Ok(texts) => {
                let whole = Judged::of(&texts);
                complaints.extend(whole.fails.iter().map(|fail| format!("{folder}: {fail} fails as it is")));
                print(folder, &judged(&texts, &whole, |_| true));
            }
            Err(error) => complaints.push(error),
        }
    }
    complaints
}

/// The files of a form, and what else its root reads.
fn texts(folder: &str, end: &str) -> Result<Texts, String> {
    let paths = repository::files(folder, &[end, ".tfvars"]);
    paths.into_iter().map(|path| repository::read(&path).map(|text| (path, text))).collect()
}

/// Each wanted mutant with what became of it.
fn judged(texts: &Texts, whole: &Judged, wanted: impl Fn(&Mutant) -> bool) -> Vec<(Mutant, Outcome)> {
    let mutants = mutants::of(texts).into_iter().filter(wanted);
    mutants
        .map(|mutant| {
            let outcome = whole.against(&Judged::of(&mutant.texts(texts)), &mutant);
            (mutant, outcome)
        })
        .collect()
}

fn print(folder: &str, judged: &[(Mutant, Outcome)]) {
    let count = |wanted: fn(&Outcome) -> bool| judged.iter().filter(|(_, outcome)| wanted(outcome)).count();
    let killed = count(|outcome| matches!(outcome, Outcome::Fails(_)));
    let survived = count(|outcome| matches!(outcome, Outcome::Survives(_)));
    let same = count(|outcome| matches!(outcome, Outcome::Same));
    let refused = count(|outcome| matches!(outcome, Outcome::Refused(_)));
    let failing = judged.iter().filter_map(|(_, outcome)| match outcome {
        Outcome::Fails(control) => control.split(' ').next(),
        _ => None,
    });
    let controls: BTreeSet<&str> = failing.collect();
    println!("## {folder}\n");
    println!(
        "{} mutants: {killed} make a control fail, {survived} survive, {same} mean the same, {refused} are no valid input.",
        judged.len()
    );
    println!(
        "Score: {:.1} %, by {} controls.\n",
        100.0 * killed as f64 / (killed + survived).max(1) as f64,
        controls.len()
    );
    let mut survivors: BTreeMap<(String, &str), Vec<String>> = BTreeMap::new();
    for (mutant, outcome) in judged {
        if let Outcome::Survives(why) | Outcome::Refused(why) = outcome {
            survivors.entry((mutant.subject(), why)).or_default().push(mutant.to_string());
        }
    }
    for ((attribute, why), mutants) in survivors {
        println!("- {attribute}, {why}:");
        mutants.iter().for_each(|mutant| println!("  - {mutant}"));
    }
    println!();
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The outcomes of the mutants of an attribute, by their actions.
    #[track_caller]
    fn check(form: usize, kind: &str, attribute: &str, least: usize) {
        let (folder, end) = FORMS[form];
        let texts = texts(folder, end).unwrap();
        let whole = Judged::of(&texts);
        assert!(whole.fails.is_empty(), "{:?}", whole.fails);
        let outcomes = judged(&texts, &whole, |mutant| mutant.kind == kind && mutant.attribute == attribute);
        assert!(outcomes.len() >= least, "only {} mutants of {kind}.{attribute}", outcomes.len());
        for (mutant, outcome) in &outcomes {
            let caught = matches!(outcome, Outcome::Fails(_) | Outcome::Same | Outcome::Refused(_));
            assert!(caught, "{mutant}: {outcome:?}");
        }
        assert!(outcomes.iter().any(|(_, outcome)| matches!(outcome, Outcome::Fails(_))));
    }

    #[test]
    fn a_bucket_without_its_key_fails_in_terraform() {
        check(0, "s3-bucket", "algorithm", 4);
    }

    #[test]
    fn a_bucket_without_its_key_fails_in_cloudformation() {
        check(1, "s3-bucket", "algorithm", 4);
    }

    #[test]
    fn a_trail_without_validation_fails_in_both() {
        check(0, "cloudtrail", "log_validation", 2);
        check(1, "cloudtrail", "log_validation", 2);
    }

    #[test]
    fn a_key_without_rotation_fails_in_both() {
        check(0, "kms-key", "rotation", 2);
        check(1, "kms-key", "rotation", 2);
    }
}
