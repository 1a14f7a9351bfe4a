//! Which folders are roots: those that no other scanned module calls, and that are no modules of tests.

use std::collections::BTreeSet;

use source::folder_of;

use super::load::{Project, called};

/// Positions of the root folders among the folders of `candidates`, sorted. Modules that call each other in a
/// circle have no caller from outside; the first of them is taken, so that the circle is found and reported.
pub(crate) fn roots(project: &Project, candidates: &[String]) -> Vec<usize> {
    let own: BTreeSet<usize> = candidates.iter().filter_map(|file| project.folder(folder_of(file))).collect();
    let own: BTreeSet<usize> =
        own.into_iter().filter(|at| !third_party(project, *at) && !of_tests(project, *at)).collect();
    let mut is_called: BTreeSet<usize> = BTreeSet::new();
    for (at, folder) in project.folders.iter().enumerate().filter(|(_, folder)| !folder.of_tests) {
        is_called.extend(
            called(folder, &project.mapped)
                .filter_map(|path| project.folder(&path))
                .filter(|target| *target != at),
        );
    }
    let mapped = project.installed.values().flat_map(super::Installed::all);
    is_called.extend(mapped.filter_map(|path| project.folder(&path)).filter(|at| third_party(project, *at)));
    let mut roots: BTreeSet<usize> = own.difference(&is_called).copied().collect();
    let mut reached = reachable(project, roots.iter().copied());
    for at in own {
        if !reached.contains(&at) {
            roots.insert(at);
            reached.extend(reachable(project, [at]));
        }
    }
    roots.into_iter().collect()
}

fn of_tests(project: &Project, at: usize) -> bool {
    project.folders.get(at).is_some_and(|folder| folder.of_tests)
}

fn third_party(project: &Project, at: usize) -> bool {
    project.folders.get(at).is_some_and(super::Folder::is_third_party)
}

/// Folders and those that they call, directly or through others.
pub(crate) fn reachable(project: &Project, from: impl IntoIterator<Item = usize>) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<usize> = from.into_iter().collect();
    while let Some(at) = open.pop() {
        if reached.insert(at)
            && let Some(folder) = project.folders.get(at)
        {
            open.extend(called(folder, &project.mapped).filter_map(|path| project.folder(&path)));
        }
    }
    reached
}
