//! The parser beside hcl-edit: the same trees, with the same places.

use std::path::{Path, PathBuf};

use source::FileId;

use super::show::{Places, Show};
use crate::parse::{native, oracle};

/// Where the two parsers differ about a text; none if they agree on its tree, or that it has none.
pub(super) fn difference(text: &str) -> Option<String> {
    let (ours, problems) = native(FileId::new(0), text);
    let theirs = oracle::native(FileId::new(0), text);
    match (theirs, problems.first()) {
        (None, Some(_)) => None,
        (None, None) => Some("hcl-edit refuses it".to_owned()),
        (Some(_), Some(problem)) => Some(format!("we refuse it: {}", problem.message)),
        (Some(theirs), None) => {
            let (ours, theirs) = (Show::body(&ours, Places::Yes), Show::body(&theirs, Places::Yes));
            (ours != theirs).then(|| format!("\n  ours: {ours}\ntheirs: {theirs}"))
        }
    }
}

fn terraform_files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in folder.read_dir().expect("a folder of fixtures").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            terraform_files(&path, out);
        } else if path.extension().is_some_and(|end| end == "tf") {
            out.push(path);
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test reads the fixtures from disk")]
fn fixtures_read_as_hcl_edit_reads_them() {
    let mut files = Vec::new();
    terraform_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut files);
    assert!(files.len() >= 40, "{files:?}");
    // It strips and dedents where Terraform does not; see the differences below.
    let read_otherwise = |file: &&PathBuf| file.ends_with("parity/templates/main.tf");
    for file in files.iter().filter(|file| !read_otherwise(file)) {
        let text = std::fs::read_to_string(file).expect("a fixture is a text");
        assert_eq!(difference(&text), None, "{}", file.display());
    }
}

/// Texts that hcl-edit reads otherwise than Terraform, and why. Ours is what `terraform console` 1.11 says.
const DIFFERENCES: [(&str, &str); 7] = [
    ("\u{feff}a = 1\n", "it refuses a byte-order mark"),
    ("a = { b = 1, b = 2 }\n", "it refuses a key that is written twice; for Terraform the last one wins"),
    ("a = { null = 5 }\n", "it takes the key `null` for the value"),
    ("a = b.0.1\n", "it reads two indices where Terraform refuses a fraction"),
    ("a = b.*.*\n", "it reads a splat within one of attributes, which Terraform refuses"),
    ("a = <<-X\n  %{ if b ~}\n  c\n  %{ endif }\n  X\n", "it goes on to dedent after a stripped line end"),
    ("a = \"${b ~} \"\n", "it takes the text that was stripped away for none"),
];

#[test]
fn hcl_edit_differs_where_it_is_known_to() {
    for (text, why) in DIFFERENCES {
        assert!(difference(text).is_some(), "{text:?} is the same now: {why}");
    }
}
