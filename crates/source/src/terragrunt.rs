//! Folders of Terragrunt. carelint does not evaluate them: their inputs, includes and generated files are Terragrunt's
//! own. Invariant: they are told of once, never passed over.

use crate::{Problem, ProblemSeverity};

/// Folders that the note lists.
const MOST: usize = 5;

/// Whether a file name is that of a Terragrunt unit or stack.
pub(crate) fn is_unit(name: &str) -> bool {
    matches!(name, "terragrunt.hcl" | "terragrunt.hcl.json" | "terragrunt.stack.hcl")
}

/// Whether a file name is that of what units include, by convention. Other tools may use it, so its text decides.
pub(crate) fn is_root(name: &str) -> bool {
    name == "root.hcl"
}

/// Whether the text of a `root.hcl` is Terragrunt's.
pub(crate) fn speaks_terragrunt(text: &str) -> bool {
    let words = ["remote_state", "path_relative_to_include", "find_in_parent_folders", "terragrunt"];
    words.iter().any(|word| text.contains(word))
}

/// One note for all folders (paths relative to the scan root, sorted); none if there are none.
pub(crate) fn note(folders: &[String]) -> Option<Problem> {
    let shown = |folder: &String| if folder.is_empty() { ".".to_owned() } else { folder.clone() };
    let first = folders.first()?;
    let message = match folders.len() {
        1 => format!("{} is a Terragrunt unit, which is not evaluated", shown(first)),
        many => {
            let mut names: Vec<String> = folders.iter().take(MOST).map(shown).collect();
            if many > MOST {
                names.push(format!("and {} more", many - MOST));
            }
            format!("{many} folders are Terragrunt units, which are not evaluated: {}", names.join(", "))
        }
    };
    let message = message
        + "; inputs, includes and generated files are not known, and modules in the scan are judged with their own defaults";
    let help = "check a unit's plan (terragrunt plan -out=plan.out, terragrunt show -json plan.out > plan.json, carelint check plan.json), or the code that Terragrunt generates in .terragrunt-cache by naming its folder";
    Some(Problem::with_path(
        ProblemSeverity::Warning,
        "terragrunt-not-evaluated",
        shown(first),
        message,
        help,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(folders: &[&str], beginning: Option<&str>) {
        let folders: Vec<String> = folders.iter().map(|folder| (*folder).to_owned()).collect();
        let note = note(&folders).map(|note| note.message);
        match beginning {
            None => assert_eq!(note, None),
            Some(beginning) => {
                assert!(note.as_ref().is_some_and(|note| note.starts_with(beginning)), "{note:?}");
            }
        }
    }

    #[test]
    fn many_folders_are_one_note() {
        check(&[], None);
        check(&[""], Some(". is a Terragrunt unit, which is not evaluated; "));
        check(&["a", "b"], Some("2 folders are Terragrunt units, which are not evaluated: a, b; "));
        let many = ["a", "b", "c", "d", "e", "f", "g"];
        check(
            &many,
            Some("7 folders are Terragrunt units, which are not evaluated: a, b, c, d, e, and 2 more; "),
        );
    }
}
