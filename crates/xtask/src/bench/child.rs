//! One measurement, in a process of its own: `bench-child check|check-flagship|read|parse FOLDER` prints files, bytes, resources,
//! milliseconds and kilobytes.

use std::path::{Path, PathBuf};
use std::time::Instant;

use carelint::Options;
use rayon::prelude::*;
use report::{Context, Format, Show};
use source::{Limits, Sources};

use crate::{Complaints, repository};

/// Measures and prints.
pub(crate) fn run(what: &str, folder: &str) -> Complaints {
    let measured = match what {
        "parse" => parse(folder),
        "read" => read(folder),
        "check-flagship" => check(folder, super::flagship::settings()),
        _ => check(folder, rules::Settings::default()),
    };
    match measured {
        Ok(Measured { files, bytes, resources, milliseconds }) => {
            println!("{files} {bytes} {resources} {milliseconds} {}", most_resident());
            Complaints::new()
        }
        Err(error) => vec![error],
    }
}

/// What was measured, and what it took. Counting what was worked on is no part of that.
struct Measured {
    files: usize,
    bytes: usize,
    resources: usize,
    milliseconds: f64,
}

fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_secs_f64() * 1e3
}

/// A whole check with some rules, its JSON report included.
fn check(folder: &str, rules: rules::Settings) -> Result<Measured, String> {
    let start = Instant::now();
    let root = repository::root().join(folder);
    let sources = Sources::new(&root, Limits::default()).map_err(|error| error.to_string())?;
    let mut options = Options::default();
    options.scope.complete = true;
    options.rules = rules;
    let report = carelint::check(&sources, &[root], &options);
    let context = Context { sources: &sources, color: false, width: 100, show: Show::Open };
    report::write(Format::Json, &report, &context, &mut std::io::sink())
        .map_err(|error| error.to_string())?;
    let milliseconds = milliseconds(start);
    let (files, resources) = (sources.files().len(), report.coverage.resources);
    Ok(Measured { files, bytes: bytes_of(folder)?, resources, milliseconds })
}

/// Discovery, parsing and evaluation: everything before the graph.
fn read(folder: &str) -> Result<Measured, String> {
    let start = Instant::now();
    let root = repository::root().join(folder);
    let sources = Sources::new(&root, Limits::default()).map_err(|error| error.to_string())?;
    let read = carelint::read(&sources, &[root], &Options::default().inputs);
    let milliseconds = milliseconds(start);
    let (files, resources) = (sources.files().len(), read.declared.resources.len());
    // It would go on to the graph: giving it back is no part of reading.
    std::mem::forget((sources, read));
    Ok(Measured { files, bytes: bytes_of(folder)?, resources, milliseconds })
}

/// Bytes of all files in a folder: also of those that are read in passing and not kept.
fn bytes_of(folder: &str) -> Result<usize, String> {
    let root = repository::root();
    let size = |path: String| std::fs::metadata(root.join(&path)).map(|file| file.len() as usize);
    repository::all(folder).into_iter().map(size).sum::<Result<usize, _>>().map_err(|error| error.to_string())
}

/// Reading and parsing alone, as parallel as a check.
fn parse(folder: &str) -> Result<Measured, String> {
    let start = Instant::now();
    let root = repository::root();
    let files: Vec<PathBuf> = repository::all(folder).into_iter().map(|path| root.join(path)).collect();
    let sizes: Vec<usize> = files.par_iter().map(|path| parse_file(path)).collect::<Result<_, _>>()?;
    let milliseconds = milliseconds(start);
    Ok(Measured { files: files.len(), bytes: sizes.iter().sum(), resources: 0, milliseconds })
}

fn parse_file(path: &Path) -> Result<usize, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(&error))?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("yaml") => {
            for event in granit_parser::Parser::new_from_str(&text) {
                std::hint::black_box(event.map_err(|error| wrong(&error))?);
            }
        }
        Some("json") => {
            let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| wrong(&error))?;
            std::hint::black_box(&value);
        }
        _ => drop(std::hint::black_box(hcl_edit::parser::parse_body(&text).map_err(|error| wrong(&error))?)),
    }
    Ok(text.len())
}

/// Most kilobytes of this process that were resident at once.
fn most_resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or(0)
}
