//! Files of variables that Terraform does not load by itself: where nothing names them, the defaults of the variables
//! decide, and that is said.

use std::collections::BTreeSet;

use source::{Problem, ProblemSeverity, Problems, folder_of};

/// Names that a note lists.
const MOST: usize = 5;

/// A note for each of `roots` that has files of variables which nothing names, in its folder or in one below it that
/// holds no module. `modules` are the Terraform files of the scan, `files` its other files, both sorted.
pub(crate) fn unused<'f>(
    roots: &[&str],
    modules: &[String],
    files: impl Iterator<Item = &'f str>,
) -> Problems {
    let mut files = files.filter(|path| is_named(path)).peekable();
    if roots.is_empty() || files.peek().is_none() {
        return Problems::new();
    }
    let modules: BTreeSet<&str> = modules.iter().map(|path| folder_of(path)).collect();
    let mut found: Vec<Vec<&str>> = vec![Vec::new(); roots.len()];
    for file in files {
        let mut folder = folder_of(file);
        while !folder.is_empty() && !modules.contains(folder) {
            folder = folder_of(folder);
        }
        let root = roots.iter().position(|root| *root == folder);
        if let Some(of_root) = root.and_then(|root| found.get_mut(root)) {
            of_root.push(file);
        }
    }
    roots
        .iter()
        .zip(found)
        .filter(|(_, files)| !files.is_empty())
        .map(|(root, files)| note(root, &files))
        .collect()
}

/// Whether a file holds variables that Terraform reads only if it is told to.
fn is_named(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let Some(stem) = name.strip_suffix(".tfvars").or_else(|| name.strip_suffix(".tfvars.json")) else {
        return false;
    };
    stem != "terraform" && !stem.ends_with(".auto")
}

fn note(root: &str, files: &[&str]) -> Problem {
    let inside = |file: &&&str| match root {
        "" => (**file).to_owned(),
        root => file.strip_prefix(root).unwrap_or(file).trim_start_matches('/').to_owned(),
    };
    let mut names: Vec<String> = files.iter().take(MOST).map(|file| inside(&file)).collect();
    if files.len() > MOST {
        names.push(format!("and {} more", files.len() - MOST));
    }
    let (root, first) =
        (if root.is_empty() { "." } else { root }, names.first().cloned().unwrap_or_default());
    let what = match files.len() {
        1 => "1 file of variables is not used".to_owned(),
        many => format!("{many} files of variables are not used"),
    };
    let message = format!("{root}: {what}: {}", names.join(", "));
    let help = format!(
        "name them in carelint.toml as environments, each of which is checked ([[environment]] with name = \"…\", root = \"{root}\", var_files = [\"{first}\"]), or one with --var-file"
    );
    Problem::with_path(ProblemSeverity::Note, "terraform-variables-not-used", root, message, help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(roots: &[&str], modules: &[&str], files: &[&str], expect: &[&str]) {
        let modules: Vec<String> = modules.iter().map(|path| (*path).to_owned()).collect();
        let notes = unused(roots, &modules, files.iter().copied());
        let messages: Vec<&str> = notes.iter().map(|note| note.message.as_str()).collect();
        assert_eq!(messages, expect);
    }

    #[test]
    fn what_terraform_loads_by_itself_is_used() {
        let files =
            ["terraform.tfvars", "a.auto.tfvars", "b.auto.tfvars.json", "terraform.tfvars.json", "x.json"];
        check(&[""], &["main.tf"], &files, &[]);
    }

    #[test]
    fn files_belong_to_the_module_around_them() {
        check(
            &["app"],
            &["app/main.tf", "app/net/main.tf"],
            &["app/env/dev.tfvars", "app/net/x.tfvars", "app/prod.tfvars", "x.tfvars"],
            &["app: 2 files of variables are not used: env/dev.tfvars, prod.tfvars"],
        );
    }

    #[test]
    fn long_lists_are_cut() {
        let files: Vec<String> = (0..8).map(|at| format!("{at}.tfvars")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let expect = ".: 8 files of variables are not used: 0.tfvars, 1.tfvars, 2.tfvars, 3.tfvars, 4.tfvars, and 3 more";
        check(&[""], &["main.tf"], &files, &[expect]);
    }
}
