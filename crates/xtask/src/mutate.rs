//! Mutation of the compliant fixtures: one hardening attribute is taken out or weakened at a time, and some control must
//! then fail that did not before. What survives is a gap in the catalogue; what has a second protection beside it, or
//! what no control asks for, is told apart from that by further runs.

mod each;
mod judge;
mod mutants;
mod outcome;
mod outline;
mod partners;
mod plain;
mod reads;
mod sites;
mod statements;
mod table;
mod uses;
mod weaken;

use crate::{Complaints, repository};
use judge::Judged;
use outcome::outcomes;
use table::Counts;
use uses::Uses;

/// Folders of the compliant forms and the ends of their files.
const FORMS: [(&str, &str); 3] = [
    ("fixtures/telehealth/compliant/terraform", ".tf"),
    ("fixtures/telehealth/compliant/cloudformation", ".yaml"),
    ("fixtures/telehealth/compliant/cdk/cdk.out", ".template.json"),
];

/// Texts of a form: path and text.
type Texts = Vec<(String, String)>;

/// Judges every mutant of every form and prints the score and the survivors. A form that fails before anything is taken
/// out is the only complaint: survivors are for people to look at.
pub(crate) fn run() -> Complaints {
    let mut complaints = Complaints::new();
    let uses = Uses::of(&catalogue::CATALOGUE);
    let mut forms = Vec::new();
    for (folder, end) in FORMS {
        match texts(folder, end) {
            Ok(texts) => {
                let whole = Judged::of(&texts, &uses, None);
                complaints.extend(whole.fails().map(|fail| format!("{folder}: {fail} fails as it is")));
                let form = folder.rsplit('/').find(|name| *name != "cdk.out").unwrap_or(folder);
                forms.push((form, outcomes(&texts, &uses, &whole, |_| true)));
            }
            Err(error) => complaints.push(error),
        }
    }
    let rows: Vec<(&str, Counts)> =
        forms.iter().map(|(form, outcomes)| (*form, Counts::of(outcomes))).collect();
    table::print(&rows);
    table::print_silent(&rows);
    forms.iter().for_each(|(form, outcomes)| table::print_lists(form, outcomes));
    complaints
}

/// The files of a form, and what else its root reads.
fn texts(folder: &str, end: &str) -> Result<Texts, String> {
    let paths = repository::files(folder, &[end, ".tfvars"]);
    paths.into_iter().map(|path| repository::read(&path).map(|text| (path, text))).collect()
}

#[cfg(test)]
mod tests {
    use super::outcome::Outcome;
    use super::*;

    /// The outcomes of the mutants of some attributes (`kind.attribute`) in words, each word once.
    #[track_caller]
    fn check(form: usize, attributes: &[&str], expect: &[&str]) {
        let (folder, end) = FORMS[form];
        let texts = texts(folder, end).unwrap();
        let uses = Uses::of(&catalogue::CATALOGUE);
        let whole = Judged::of(&texts, &uses, None);
        assert_eq!(whole.fails().collect::<Vec<_>>(), Vec::<&str>::new());
        let wanted = |name: &str| attributes.contains(&name);
        let outcomes = outcomes(&texts, &uses, &whole, |mutant| {
            wanted(&format!("{}.{}", mutant.kind, mutant.attribute))
        });
        let words = outcomes.iter().map(|(_, outcome)| match outcome {
            Outcome::Fails(_) => "fails",
            Outcome::Same => "same",
            Outcome::Refused(_) => "refused",
            Outcome::Redundant(_) => "redundant",
            Outcome::NotAsked(_) => "not asked",
            Outcome::Survives(_) => "survives",
        });
        let words: std::collections::BTreeSet<&str> = words.collect();
        assert_eq!(words.into_iter().collect::<Vec<_>>(), expect, "{outcomes:#?}");
    }

    #[test]
    fn a_trail_without_validation_fails_in_both() {
        check(0, &["cloudtrail.log_validation"], &["fails"]);
        check(1, &["cloudtrail.log_validation"], &["fails"]);
    }

    #[test]
    fn a_key_without_rotation_fails_in_both() {
        check(0, &["kms-key.rotation"], &["fails"]);
        check(1, &["kms-key.rotation"], &["fails"]);
    }

    #[test]
    fn access_logs_and_data_events_are_redundant() {
        check(1, &["s3-bucket.log_bucket", "cloudtrail.logging"], &["not asked", "redundant", "same"]);
    }

    #[test]
    fn versions_and_both_ways_to_lock_objects_are_redundant() {
        let attributes = ["s3-bucket.versioning", "s3-bucket.lock"];
        check(0, &attributes, &["fails", "not asked", "redundant", "same"]);
    }
}
