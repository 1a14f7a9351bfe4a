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

/// The reference architectures.
const ARCHITECTURES: [&str; 2] = ["telehealth", "lake"];
/// Folders of the compliant forms and the ends of their files; an architecture need not have all.
const FORMS: [(&str, &str, &str); 3] = [
    ("terraform", "terraform", ".tf"),
    ("cloudformation", "cloudformation", ".yaml"),
    ("cdk", "cdk/cdk.out", ".template.json"),
];

/// Texts of a form: path and text.
type Texts = Vec<(String, String)>;

/// Judges every mutant of every form, or of those whose name (`lake terraform`) has all of the words, and prints the
/// score and the survivors. A form that fails before anything is taken out is the only complaint: survivors are for
/// people to look at.
pub(crate) fn run(words: &[&str]) -> Complaints {
    let mut complaints = Complaints::new();
    let uses = Uses::of(&catalogue::CATALOGUE);
    let mut forms = Vec::new();
    for architecture in ARCHITECTURES {
        for (form, ..) in FORMS {
            let name = format!("{architecture} {form}");
            if !words.iter().all(|word| name.split(' ').any(|part| part == *word)) {
                continue;
            }
            match texts(architecture, form) {
                Ok(texts) if texts.is_empty() => {}
                Ok(texts) => {
                    let whole = Judged::of(&texts, &uses, None);
                    complaints.extend(whole.fails().map(|fail| format!("{name}: {fail} fails as it is")));
                    forms.push((name, outcomes(&texts, &uses, &whole, |_| true)));
                }
                Err(error) => complaints.push(error),
            }
        }
    }
    let rows: Vec<(&str, Counts)> =
        forms.iter().map(|(form, outcomes)| (form.as_str(), Counts::of(outcomes))).collect();
    table::print(&rows);
    table::print_silent(&rows);
    forms.iter().for_each(|(form, outcomes)| table::print_lists(form, outcomes));
    complaints
}

/// The files of a form of an architecture, and what else its root reads; none if there is no such form.
fn texts(architecture: &str, form: &str) -> Result<Texts, String> {
    let Some((_, folder, end)) = FORMS.iter().find(|(name, ..)| *name == form) else {
        return Ok(Texts::new());
    };
    let paths = repository::files(&format!("fixtures/{architecture}/compliant/{folder}"), &[end, ".tfvars"]);
    paths.into_iter().map(|path| repository::read(&path).map(|text| (path, text))).collect()
}

#[cfg(test)]
mod tests {
    use super::outcome::Outcome;
    use super::*;

    /// The outcomes of the mutants of some attributes (`kind.attribute`) in words, each word once.
    #[track_caller]
    fn check((architecture, form): (&str, &str), attributes: &[&str], expect: &[&str]) {
        let texts = texts(architecture, form).unwrap();
        let uses = Uses::of(&catalogue::CATALOGUE);
        let whole = Judged::of(&texts, &uses, None);
        // That the compliant forms pass is held by their verdicts.txt.
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
        check(("telehealth", "terraform"), &["cloudtrail.log_validation"], &["fails"]);
        check(("telehealth", "cloudformation"), &["cloudtrail.log_validation"], &["fails"]);
    }

    #[test]
    fn a_key_without_rotation_fails_in_both() {
        check(("telehealth", "terraform"), &["kms-key.rotation"], &["fails"]);
        check(("telehealth", "cloudformation"), &["kms-key.rotation"], &["fails"]);
    }

    #[test]
    fn the_lake_in_both_languages() {
        let attributes = ["dms-instance.public", "kms-key.rotation"];
        check(("lake", "terraform"), &attributes, &["fails", "same"]);
        check(("lake", "cloudformation"), &attributes, &["fails"]);
    }

    #[test]
    fn access_logs_and_data_events_are_redundant() {
        check(
            ("telehealth", "cloudformation"),
            &["s3-bucket.log_bucket", "cloudtrail.logging"],
            &["not asked", "redundant", "same"],
        );
    }

    #[test]
    fn versions_and_both_ways_to_lock_objects_are_redundant() {
        let attributes = ["s3-bucket.versioning", "s3-bucket.lock"];
        check(("telehealth", "terraform"), &attributes, &["fails", "not asked", "redundant", "same"]);
    }
}
