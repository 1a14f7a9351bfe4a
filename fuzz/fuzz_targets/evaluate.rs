//! Evaluation of configurations: texts as they come, or out of the grammar. The first byte says which.
#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use carelint_fuzz::configuration::Configuration;
use carelint_fuzz::{invariants, small_limits};
use libfuzzer_sys::fuzz_target;
use carelint_source::Sources;
use carelint_terraform::{Inputs, is_terraform, read};

fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let files = if first % 2 == 0 { written(data) } else { generated(data) };
    let Some(files) = files else { return };
    let once = evaluate(&files);
    // Every run says the same.
    if first % 16 < 2 {
        assert_eq!(once, evaluate(&files));
    }
});

/// Files in a text, divided by form feeds: configuration, variables, a called module.
fn written(data: &[u8]) -> Option<Vec<(&'static str, String)>> {
    let text = std::str::from_utf8(data).ok()?;
    let paths = ["main.tf", "terraform.tfvars", "m/main.tf", "keys.tf.json"];
    Some(paths.into_iter().zip(text.split('\u{c}').map(str::to_owned)).collect())
}

fn generated(data: &[u8]) -> Option<Vec<(&'static str, String)>> {
    let Configuration(files) = Configuration::arbitrary(&mut Unstructured::new(data)).ok()?;
    if std::env::var_os("CARELINT_FUZZ_SHOW").is_some() {
        files.iter().for_each(|(path, text)| eprintln!("--- {path}\n{text}"));
    }
    Some(files)
}

/// What was declared, in a form that can be compared.
fn evaluate(files: &[(&'static str, String)]) -> String {
    let sources = Sources::in_memory(files.iter().map(|(path, text)| (*path, text.as_str())));
    let sources = sources.with_limits(small_limits());
    let mut candidates: Vec<String> = files.iter().map(|(path, _)| (*path).to_owned()).collect();
    candidates.retain(|path| is_terraform(path));
    candidates.sort();
    let declared = read(&sources, &candidates, &Inputs::default());
    invariants::check(&sources, &declared, true);
    format!("{:?}{:?}", declared.problems, declared.resources.iter().map(|one| &one.address).collect::<Vec<_>>())
}
