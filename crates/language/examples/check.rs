//! Compiles a folder of models and rules and prints what is wrong, for people who write them:
//! `cargo run -q -p carelint-language --example check [FOLDER]` (default `rules`).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for developers, not part of the program"
)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use carelint_language::{RuleSource, compile};

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("rules"), PathBuf::from);
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    let sources: Vec<RuleSource<'_>> = files.iter().map(|(path, text)| RuleSource { path, text }).collect();
    match compile(&sources) {
        Ok(compiled) => {
            let catalogue = compiled.catalogue;
            let (kinds, rules) = (catalogue.kinds.len(), catalogue.rules.len());
            println!(
                "{kinds} kinds, {} traits, {} tables, {rules} rules",
                catalogue.traits.len(),
                catalogue.tables.len()
            );
            ExitCode::SUCCESS
        }
        Err(errors) => {
            for error in &errors {
                println!("{}/{error}", folder.display());
            }
            println!("{} errors", errors.len());
            ExitCode::FAILURE
        }
    }
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            collect(root, &path, files);
        } else if let (Ok(name), Ok(text)) = (path.strip_prefix(root), std::fs::read_to_string(&path)) {
            files.push((name.to_string_lossy().replace('\\', "/"), text));
        }
    }
}
