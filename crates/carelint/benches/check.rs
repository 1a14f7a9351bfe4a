//! The stages of a check on the telehealth fixture, each with the time of the ones before it in mind: the bare parsers on
//! the same bytes, reading, deciding, and the whole. Whole programs on larger trees are `cargo xtask`'s `bench`.
#![expect(clippy::expect_used, reason = "without its input a benchmark cannot go on")]

use std::hint::black_box;
use std::path::{Path, PathBuf};

use carelint::Options;
use criterion::{Criterion, criterion_group, criterion_main};
use source::Sources;

/// The compliant form in both languages: path and text of each file.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/telehealth/compliant");
    let folders =
        ["terraform", "terraform/modules/database", "terraform/modules/messaging", "cloudformation"];
    let files = folders.iter().flat_map(|folder| {
        let entries = std::fs::read_dir(root.join(folder)).expect("the fixture is there").flatten();
        entries.map(move |entry| format!("{folder}/{}", entry.file_name().to_string_lossy()))
    });
    let mut files: Vec<String> =
        files.filter(|path| path.ends_with(".tf") || path.ends_with(".yaml")).collect();
    files.sort_unstable();
    files.into_iter().map(|path| (path.clone(), text(&root.join(path)))).collect()
}

#[expect(clippy::disallowed_methods, reason = "the benchmark brings its own input")]
fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("the fixture can be read")
}

fn options() -> Options {
    let mut options = Options::default();
    options.scope.complete = true;
    options
}

fn in_memory(texts: &[(String, String)]) -> Sources {
    Sources::in_memory(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

fn parse(texts: &[(String, String)]) {
    for (path, text) in texts {
        if path.ends_with(".yaml") {
            granit_parser::Parser::new_from_str(text).for_each(|event| drop(black_box(event)));
        } else {
            drop(black_box(hcl_edit::parser::parse_body(text)));
        }
    }
}

fn stages(criterion: &mut Criterion) {
    let texts = texts();
    let paths: Vec<PathBuf> = texts.iter().map(|(path, _)| PathBuf::from(path)).collect();
    let options = options();
    criterion.bench_function("parse", |bencher| bencher.iter(|| parse(black_box(&texts))));
    criterion.bench_function("read", |bencher| {
        bencher.iter(|| carelint::read(&in_memory(&texts), &paths, &options.inputs));
    });
    let sources = in_memory(&texts);
    let read = carelint::read(&sources, &paths, &options.inputs);
    criterion.bench_function("judge", |bencher| bencher.iter(|| carelint::judge(&sources, &read, &options)));
    criterion.bench_function("check", |bencher| {
        bencher.iter(|| carelint::check(&in_memory(&texts), &paths, &options));
    });
}

criterion_group!(benches, stages);
criterion_main!(benches);
