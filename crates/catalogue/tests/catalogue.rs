//! What holds for the built-in catalogue as a whole.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "tests read rules/ and fail by panicking"
)]

use std::path::{Path, PathBuf};

use carelint_catalogue::{CATALOGUE, files};
use language::ir::Scope;
use language::{RuleSource, compile};

fn collect(root: &Path, folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder of rules") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("inside").to_string_lossy().replace('\\', "/");
            found.push((name, std::fs::read_to_string(&path).expect("a text")));
        }
    }
}

#[test]
fn what_is_compiled_in_is_what_the_files_say() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    let sources: Vec<RuleSource<'_>> = found.iter().map(|(path, text)| RuleSource { path, text }).collect();
    let compiled = compile(&sources).expect("the rules compile");
    // Files are found in any order; the catalogue must not depend on it.
    assert!(
        format!("{:?}", compiled.catalogue) == format!("{CATALOGUE:?}"),
        "rebuild: the catalogue is older than rules/"
    );
}

#[test]
fn every_rule_has_its_file() {
    assert_eq!(files().len(), CATALOGUE.rules.len());
    for (rule, (path, text)) in CATALOGUE.rules.iter().zip(files()) {
        assert_eq!(rule.file, *path);
        assert!(text.contains(&format!("id: {}", rule.id)), "{path}");
    }
}

#[test]
fn names_are_sorted_and_unique() {
    let sorted =
        |names: Vec<&str>| assert!(names.windows(2).all(|pair| pair.first() < pair.last()), "{names:?}");
    sorted(CATALOGUE.rules.iter().map(|rule| rule.id).collect());
    sorted(CATALOGUE.kinds.iter().map(|kind| kind.name).collect());
    sorted(CATALOGUE.traits.iter().map(|known| known.name).collect());
    sorted(CATALOGUE.tables.iter().map(|table| table.name).collect());
    for kind in CATALOGUE.kinds {
        sorted(kind.attributes.iter().map(|attribute| attribute.name).collect());
    }
}

#[test]
fn rules_say_what_is_wrong_not_what_is_right() {
    for rule in CATALOGUE.rules {
        assert_ne!(rule.title, rule.message, "{}", rule.id);
        for text in [rule.title, rule.message] {
            assert!(
                !text.ends_with('.') && !text.contains('\n'),
                "{}: `{text}` is one line without a full stop",
                rule.id
            );
        }
    }
}

#[test]
fn rules_of_resources_have_kinds() {
    for rule in CATALOGUE.rules {
        if let Scope::Kinds(kinds) = rule.scope {
            assert!(!kinds.is_empty() && !rule.subjects.is_empty(), "{}", rule.id);
        }
    }
}
