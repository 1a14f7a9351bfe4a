//! Evaluation of templates, and what always holds of it.

use carelint_cloudformation::{Inputs, read};
use carelint_source::Sources;
use carelint_source::discovery::discover;

use crate::{invariants, small_limits};

/// Files in a text, divided by form feeds: a template, one that it may nest, one in JSON.
pub fn written(data: &[u8]) -> Option<Vec<(&'static str, String)>> {
    let text = std::str::from_utf8(data).ok()?;
    let paths = ["t.yaml", "n.yaml", "u.json"];
    Some(paths.into_iter().zip(text.split('\u{c}').map(str::to_owned)).collect())
}

/// Panics if something does not hold of what the files declare, or if `twice` is not the same.
pub fn check(files: &[(&'static str, String)], twice: bool) {
    if std::env::var_os("CARELINT_FUZZ_SHOW").is_some() {
        files.iter().for_each(|(path, text)| eprintln!("--- {path}\n{text}"));
    }
    let once = evaluate(files);
    if twice {
        assert_eq!(once, evaluate(files), "two runs differ");
    }
}

/// What was declared, in a form that can be compared.
fn evaluate(files: &[(&'static str, String)]) -> String {
    let sources = Sources::in_memory(files.iter().map(|(path, text)| (*path, text.as_str())));
    let sources = sources.with_limits(small_limits());
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    invariants::check(&sources, &declared, true);
    format!("{:?}{:?}", declared.problems, declared.resources.iter().map(|one| (&one.address, &one.attributes)).collect::<Vec<_>>())
}
