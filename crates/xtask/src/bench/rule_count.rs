//! What more rules cost: a check with all of them beside one with the flagship ones, on the large tree, and on one small
//! file, where the start of the process is most of it. Invariant: both columns are measured in turn, in one run.

use std::fmt::Write as _;
use std::time::Instant;

use super::{RUNS, TREES, measure, spawned, trees};
use crate::repository;

/// Starts of each program.
const STARTS: usize = 41;

/// One file with three resources.
const SMALL: &str = r#"resource "aws_s3_bucket" "records" { bucket = "records" }
resource "aws_s3_bucket_versioning" "records" {
  bucket = aws_s3_bucket.records.id
  versioning_configuration { status = "Enabled" }
}
resource "aws_sqs_queue" "visits" { name = "visits" }
"#;

/// The table in Markdown.
pub(super) fn table() -> Result<String, String> {
    let all = catalogue::CATALOGUE.rules.len();
    let mut table = format!("| What | 48 rules | {all} rules | Ratio |\n| --- | ---: | ---: | ---: |\n");
    if let Some((name, copies)) = TREES.last() {
        let folder = trees::grow(name, *copies)?;
        let (mut few, mut many) = (f64::INFINITY, f64::INFINITY);
        for _ in 0..RUNS {
            few = few.min(measure("check-flagship", &folder)?.milliseconds);
            many = many.min(measure("check", &folder)?.milliseconds);
        }
        let _ =
            writeln!(table, "| check of the {name} tree | {few:.0} ms | {many:.0} ms | {:.2} |", many / few);
    }
    let folder = "target/bench/start";
    repository::write(&format!("{folder}/main.tf"), SMALL)?;
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        few.push(start("check-flagship", folder)?);
        many.push(start("check", folder)?);
    }
    let (few, many) = (median(few), median(many));
    let _ =
        writeln!(table, "| one small file, whole process | {few:.1} ms | {many:.1} ms | {:.2} |", many / few);
    Ok(table)
}

/// Milliseconds from the start of a process to its end.
fn start(what: &str, folder: &str) -> Result<f64, String> {
    let start = Instant::now();
    let output = spawned(what, folder)?;
    let milliseconds = start.elapsed().as_secs_f64() * 1e3;
    match output.status.success() {
        true => Ok(milliseconds),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or_default()
}
