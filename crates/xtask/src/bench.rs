//! Whole checks of generated trees beside the bare parsers on the same bytes, in one run: wall time and the most memory
//! that was resident. Each measurement is a process of its own; the best of several runs counts. Linux only, because
//! that is where `/proc` tells.

mod assembly;
mod child;
mod flagship;
mod hcl_tree;
mod plan_file;
mod rule_count;
mod template_tree;
mod trees;

use std::fmt::Write as _;
use std::process::{Command, Output};

use crate::Complaints;

pub(crate) use child::run as child;

/// Runs of each measurement.
const RUNS: usize = 5;

/// Trees by name, with how often the fixtures are repeated in each.
const TREES: [(&str, usize); 3] = [("small", 1), ("medium", 12), ("large", 120)];

/// How often the fixture is repeated in the tree of Terraform alone: some 350,000 lines.
const HCL_COPIES: usize = 57;

/// How often the plan of the fixture is repeated in the large plan: some 100 MB.
const PLAN_COPIES: usize = 300;

/// Templates of the tree of templates alone: some 3.3 MB.
const TEMPLATES: usize = 300;

/// How often the stacks of the fixture are repeated in the large assembly: some 50 MB, with what the CDK says of them.
const ASSEMBLY_COPIES: usize = 150;

/// What a child measured.
#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    files: u64,
    bytes: u64,
    /// Resources, or nothing for parsers.
    resources: u64,
    milliseconds: f64,
    /// Most kilobytes resident.
    kilobytes: u64,
}

/// Measures all trees and prints a table in Markdown.
pub(crate) fn run() -> Complaints {
    if cfg!(debug_assertions) {
        return vec![
            "an unoptimised program measures nothing: cargo run --release -p xtask -- bench".to_owned(),
        ];
    }
    let mut table = String::from(
        "| Tree | Files | MB | Resources | Parse | Check | Ratio | Parse, memory | Check, memory |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    for (name, copies) in TREES {
        match trees::grow(name, copies)
            .and_then(|folder| Ok((best("parse", &folder)?, best("check", &folder)?)))
        {
            Ok((parse, check)) => row(&mut table, name, &parse, &check),
            Err(error) => return vec![error],
        }
    }
    println!("{table}");
    match terraform() {
        Ok(table) => println!("{table}"),
        Err(error) => return vec![error],
    }
    let complaints = rules();
    if !complaints.is_empty() {
        return complaints;
    }
    let complaints = plan();
    if complaints.is_empty() { templates() } else { complaints }
}

/// All rules beside the flagship ones: a check of the large tree, and of one small file from start to end.
pub(crate) fn rules() -> Complaints {
    match rule_count::table() {
        Ok(table) => {
            println!("{table}");
            Complaints::new()
        }
        Err(error) => vec![error],
    }
}

/// Reading templates alone beside the bare parsers on the same files, and checking a large assembly: its memory.
pub(crate) fn templates() -> Complaints {
    let measured = template_tree::grow("templates", TEMPLATES)
        .and_then(|folder| Ok((best("parse", &folder)?, best("read", &folder)?)));
    let (parse, read) = match measured {
        Ok(measured) => measured,
        Err(error) => return vec![error],
    };
    let mut table = String::from(
        "| Tree | Files | MB | Resources | Bare parsers | Read | Ratio | Parsers, memory | Read, memory |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    row(&mut table, "templates", &parse, &read);
    println!("{table}");
    large("Assembly", assembly::grow("assembly", ASSEMBLY_COPIES))
}

/// Reading and checking a large plan: time, and memory in multiples of its size.
pub(crate) fn plan() -> Complaints {
    large("Plan", plan_file::grow("plan", PLAN_COPIES))
}

/// Reading and checking something large: time, and memory in multiples of its size.
fn large(what: &str, folder: Result<String, String>) -> Complaints {
    let measured =
        folder.and_then(|folder| Ok([("read", best("read", &folder)?), ("check", best("check", &folder)?)]));
    let measured = match measured {
        Ok(measured) => measured,
        Err(error) => return vec![error],
    };
    println!(
        "| {what} | MB | Resources | Time | Memory | Memory / size |\n| --- | ---: | ---: | ---: | ---: | ---: |"
    );
    for (what, one) in measured {
        let (megabytes, resident) = (one.bytes as f64 / 1e6, one.kilobytes as f64 * 1.024e-3);
        println!(
            "| {what} | {megabytes:.0} | {} | {:.1} s | {resident:.0} MB | {:.1} |",
            one.resources,
            one.milliseconds / 1e3,
            resident / megabytes
        );
    }
    Complaints::new()
}

/// Parsing and evaluating Terraform alone, beside hcl-edit on the same files.
fn terraform() -> Result<String, String> {
    let folder = hcl_tree::grow("hcl", HCL_COPIES)?;
    let (parse, read) = (best("parse", &folder)?, best("read", &folder)?);
    let header = "| Tree | Files | MB | Resources | hcl-edit | Read | Ratio | hcl-edit, memory | Read, memory |\n\
                  | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    let mut table = String::from(header);
    row(&mut table, "hcl", &parse, &read);
    Ok(table)
}

fn row(table: &mut String, name: &str, parse: &Measured, check: &Measured) {
    let _ = writeln!(
        table,
        "| {name} | {} | {:.1} | {} | {:.0} ms | {:.0} ms | {:.1} | {} MB | {} MB |",
        parse.files,
        parse.bytes as f64 / 1e6,
        check.resources,
        parse.milliseconds,
        check.milliseconds,
        check.milliseconds / parse.milliseconds,
        parse.kilobytes / 1024,
        check.kilobytes / 1024,
    );
}

/// The fastest of several runs, with the least memory of them.
fn best(what: &str, folder: &str) -> Result<Measured, String> {
    let runs: Vec<Measured> = (0..RUNS).map(|_| measure(what, folder)).collect::<Result<_, _>>()?;
    let kilobytes = runs.iter().map(|run| run.kilobytes).min().unwrap_or_default();
    let fastest = runs.into_iter().min_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    Ok(Measured { kilobytes, ..fastest.unwrap_or_default() })
}

/// Runs one measurement in a process of its own.
fn spawned(what: &str, folder: &str) -> Result<Output, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    Command::new(program).args(["bench-child", what, folder]).output().map_err(|error| error.to_string())
}

fn measure(what: &str, folder: &str) -> Result<Measured, String> {
    let output = spawned(what, folder)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [files, bytes, resources, milliseconds, kilobytes] = numbers.as_slice() else {
        return Err(format!("{what} of {folder}: {}", String::from_utf8_lossy(&output.stderr)));
    };
    Ok(Measured {
        files: *files as u64,
        bytes: *bytes as u64,
        resources: *resources as u64,
        milliseconds: *milliseconds,
        kilobytes: *kilobytes as u64,
    })
}
