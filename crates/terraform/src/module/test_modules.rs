//! Modules of tests: what lies in the `tests` folder of a module beside files of tests is only ever deployed by these,
//! and is no root.

use std::collections::BTreeMap;

use source::{Problem, ProblemSeverity, Sources};

use super::Project;

/// How the names of files of tests end.
const ENDS: [&str; 4] = [".tftest.hcl", ".tftest.json", ".tofutest.hcl", ".tofutest.json"];

/// Marks the folders that hold modules of tests, and says so.
pub(super) fn mark(sources: &Sources, project: &mut Project) {
    let mut known: BTreeMap<String, bool> = BTreeMap::new();
    let of_tests = |path: &str, known: &mut BTreeMap<String, bool>| {
        let parts: Vec<&str> = path.split('/').collect();
        (0..parts.len()).any(|at| {
            let (module, tests) = (parts.get(..at), parts.get(..=at));
            let (Some(module), Some([.., "tests"])) = (module, tests) else { return false };
            let tests = parts.get(..=at).unwrap_or_default().join("/");
            project.folder(&module.join("/")).is_some()
                && *known.entry(tests).or_insert_with_key(|tests| {
                    let is_test = |name: &String| ENDS.iter().any(|end| name.ends_with(end));
                    sources.children(tests).iter().any(is_test)
                })
        })
    };
    let marked: Vec<bool> = project.folders.iter().map(|folder| of_tests(&folder.path, &mut known)).collect();
    for (folder, _) in project.folders.iter_mut().zip(marked).filter(|(_, marked)| *marked) {
        folder.of_tests = true;
        let message = "the modules of tests are not checked";
        let help = "move it out of `tests` if anything else deploys it";
        let severity = ProblemSeverity::Note;
        folder.problems.push(Problem::with_path(severity, "terraform-tests", &folder.path, message, help));
    }
}
