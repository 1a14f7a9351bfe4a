//! Compiles a folder of models and rules, holds the models against the providers' schemas, and prints what is wrong,
//! for people who write them:
//! `cargo run -q -p carelint-language --example check [FOLDER]` (default `rules`).

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for developers, not part of the program"
)]

extern crate carelint_language as language;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use language::{RuleSource, compile};

#[path = "../../catalogue/tests/schema/mod.rs"]
mod schema;

const TERRAFORM: &str = include_str!("../../catalogue/schemas/terraform-aws-5.100.0.txt");
const CLOUDFORMATION: &str = include_str!("../../catalogue/schemas/cloudformation-2026-10.txt");

fn main() -> ExitCode {
    let folder = std::env::args().nth(1).map_or_else(|| PathBuf::from("rules"), PathBuf::from);
    let mut files = Vec::new();
    collect(&folder, &folder, &mut files);
    let sources: Vec<RuleSource<'_>> = files.iter().map(|(path, text)| RuleSource { path, text }).collect();
    match compile(&sources) {
        Ok(compiled) => {
            let catalogue = compiled.catalogue;
            let wrong = schema::check(catalogue, TERRAFORM, CLOUDFORMATION);
            for line in &wrong {
                println!("{line}");
            }
            let (kinds, traits) = (catalogue.kinds.len(), catalogue.traits.len());
            println!(
                "{kinds} kinds, {traits} traits, {} tables, {} rules",
                catalogue.tables.len(),
                catalogue.rules.len()
            );
            println!("{} names that the providers' schemas do not have", wrong.len());
            if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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
