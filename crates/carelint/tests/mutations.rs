//! The fixtures' texts, damaged at random, through the whole pipeline: nothing panics, whatever is left of a file, and
//! every format can be written.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot set up its world says so and stops"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use carelint::{Options, check};
use proptest::prelude::*;
use report::{Context, Format, Show};
use source::Sources;

/// Files of one form of the fixture in one language, as path and text.
type Files = Vec<(String, String)>;

/// The fixture in every language and form.
static FIXTURES: LazyLock<Vec<Files>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/telehealth");
    let forms = ["compliant", "careless"].iter();
    let languages = ["terraform", "cloudformation", "plan", "cdk/cdk.out"];
    let folders = forms.flat_map(|form| languages.iter().map(move |language| format!("{form}/{language}")));
    folders.map(|folder| files(&root.join(folder), "")).filter(|files| !files.is_empty()).collect()
});

fn files(folder: &Path, below: &str) -> Files {
    let mut found = Files::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        let shown = if below.is_empty() { name } else { format!("{below}/{name}") };
        match path.is_dir() {
            true => found.extend(files(&path, &shown)),
            false => found.push((shown, fs::read_to_string(&path).expect("a text"))),
        }
    }
    found
}

/// What is done to a text.
#[derive(Debug, Clone, Copy)]
enum Damage {
    DeleteLine,
    DoubleLine,
    SwapLines,
    DeleteText,
    DoubleText,
    SwapTexts,
    Cut,
    Put(char),
}

/// One damage at two places, each a share of the text.
type Blow = (Damage, f64, f64);

fn blow() -> impl Strategy<Value = Blow> {
    let put = prop::sample::select(vec![
        '{', '}', '[', ']', '(', ')', '"', '\'', '$', '&', '*', '!', '\\', '\n', ':', '=', '-', '\0',
        '\u{202e}', 'é', '0',
    ]);
    let damage = prop_oneof![
        Just(Damage::DeleteLine),
        Just(Damage::DoubleLine),
        Just(Damage::SwapLines),
        Just(Damage::DeleteText),
        Just(Damage::DoubleText),
        Just(Damage::SwapTexts),
        Just(Damage::Cut),
        put.prop_map(Damage::Put),
    ];
    (damage, 0.0..1.0f64, 0.0..1.0f64)
}

fn damaged(text: &str, (damage, first, second): Blow) -> String {
    let lines = || text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let chars = || text.chars().collect::<Vec<_>>();
    let at = |share: f64, length: usize| ((share * length as f64) as usize).min(length.saturating_sub(1));
    match damage {
        Damage::DeleteLine => without(lines(), at(first, lines().len()), 1).concat(),
        Damage::DoubleLine => doubled(lines(), at(first, lines().len()), 1).concat(),
        Damage::SwapLines => swapped(lines(), first, second).concat(),
        Damage::DeleteText => without(chars(), at(first, text.len()), at(second, 40)).into_iter().collect(),
        Damage::DoubleText => doubled(chars(), at(first, text.len()), at(second, 400)).into_iter().collect(),
        Damage::SwapTexts => swapped(chars(), first, second).into_iter().collect(),
        Damage::Cut => chars().into_iter().take(at(first, text.len())).collect(),
        Damage::Put(c) => {
            let mut chars = chars();
            chars.insert(at(first, text.len()).min(chars.len()), c);
            chars.into_iter().collect()
        }
    }
}

fn without<T>(parts: Vec<T>, at: usize, count: usize) -> Vec<T> {
    parts
        .into_iter()
        .enumerate()
        .filter(|(index, _)| !(at..at + count).contains(index))
        .map(|(_, part)| part)
        .collect()
}

fn doubled<T: Clone>(parts: Vec<T>, at: usize, count: usize) -> Vec<T> {
    let again: Vec<T> = parts.iter().skip(at).take(count).cloned().collect();
    let mut parts = parts;
    let at = at.min(parts.len());
    parts.splice(at..at, again);
    parts
}

fn swapped<T>(mut parts: Vec<T>, first: f64, second: f64) -> Vec<T> {
    let at = |share: f64| (share * parts.len() as f64) as usize;
    let (a, b) = (at(first), at(second));
    if a < parts.len() && b < parts.len() {
        parts.swap(a, b);
    }
    parts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_fixture_never_panics(
        fixture in any::<prop::sample::Index>(),
        file in any::<prop::sample::Index>(),
        blows in prop::collection::vec(blow(), 1..6),
        format in prop::sample::select(Format::ALL.to_vec()),
    ) {
        let mut files = fixture.get(&FIXTURES).clone();
        let at = file.index(files.len());
        if let Some((_, text)) = files.get_mut(at) {
            *text = blows.iter().fold(text.clone(), |text, blow| damaged(&text, *blow));
        }
        let sources = Sources::in_memory(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
        let report = check(&sources, &[PathBuf::from(".")], &Options::default());
        let context = Context { sources: &sources, color: false, width: 80, show: Show::All };
        let mut out = Vec::new();
        report::write(format, &report, &context, &mut out).expect("a format");
        prop_assert!(!out.is_empty());
    }
}
