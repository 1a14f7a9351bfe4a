//! What users of other scanners suffered from, end to end: every file or folder in `terraform/`,
//! `cloudformation/`, `sam/` and `cdk/` is a configuration of the shape that a public thread tells of, with the verdicts
//! that are right. Adding a thread is adding a file.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot read its own data says so and stops"
)]

mod run;
mod thread;
mod variants;

use std::fs;
use std::path::{Path, PathBuf};

use thread::Thread;

/// Folders of threads, each with the least number that it holds.
const LANGUAGES: [(&str, usize); 4] = [("terraform", 60), ("cloudformation", 12), ("sam", 2), ("cdk", 18)];

/// All threads, by language and name.
fn threads() -> impl Iterator<Item = Thread> {
    LANGUAGES.iter().flat_map(|(language, _)| threads_in(language))
}

/// All threads in the folder of a language, by name.
fn threads_in(language: &str) -> Vec<Thread> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/threads").join(language);
    let entries = fs::read_dir(&folder).expect("the folder of threads");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| Thread::read(path)).collect()
}

#[test]
fn every_thread_has_the_verdicts_that_are_right() {
    let only = option_env!("CARELINT_THREAD");
    let mut wrong = Vec::new();
    for thread in threads() {
        if only.is_some_and(|only| !thread.name.contains(only)) {
            continue;
        }
        for variant in variants::all(&thread) {
            let said = run::mismatches(&variant);
            wrong.extend(said.into_iter().map(|said| format!("{}: {said}", variant.name)));
        }
    }
    assert!(wrong.is_empty(), "{} expectations are not met\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_thread_is_cited_and_says_what_went_wrong() {
    for thread in threads() {
        let (repository, number) =
            thread.cited.split_once('#').expect("a citation is owner/repository#number");
        let (_, repository) = repository.split_once('/').expect("a citation names the owner");
        let expected = format!("{repository}-{number}");
        assert_eq!(thread.name, expected, "the name of a thread is that of its citation");
        assert!(thread.wrong.ends_with('.'), "{}: one sentence says what went wrong", thread.name);
        assert!(thread.asserts() > 0, "{}: nothing is asserted", thread.name);
    }
    for (language, least) in LANGUAGES {
        let found = threads_in(language).len();
        assert!(found >= least, "only {found} threads in {language}");
    }
}
