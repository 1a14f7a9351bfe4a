//! The parser beside hcl-edit, on the same bytes in one run: all Terraform of the fixtures, as one text a file.

#![expect(clippy::expect_used, reason = "a benchmark without its input has nothing to measure")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the fixtures from disk")]
fn texts(folder: &Path, out: &mut Vec<String>) {
    for entry in folder.read_dir().expect("a folder of fixtures").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() {
            texts(&path, out);
        } else if path.extension().is_some_and(|end| end == "tf") {
            out.push(std::fs::read_to_string(&path).expect("a fixture is a text"));
        }
    }
}

fn parsers(criterion: &mut Criterion) {
    let mut all = Vec::new();
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures"), &mut all);
    let bytes: usize = all.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("carelint", |bencher| {
        bencher
            .iter(|| all.iter().for_each(|text| drop(black_box(carelint_terraform::fuzzing::native(text)))));
    });
    group.bench_function("hcl-edit", |bencher| {
        bencher.iter(|| all.iter().for_each(|text| drop(black_box(hcl_edit::parser::parse_body(text)))));
    });
    group.finish();
}

criterion_group!(benches, parsers);
criterion_main!(benches);
