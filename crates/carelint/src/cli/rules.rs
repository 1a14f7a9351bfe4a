//! `carelint rules`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use carelint::config::{self, Config};
use carelint::examples;
use language::ir::{Catalogue, Rule};
use serde_json::json;

use super::args::{RulesArgs, RulesCommand};
use super::project::{catalogue_of, extended, yaml_files};
use super::{UsageError, print};

/// Lists, shows or tests rules.
pub(crate) fn run(args: &RulesArgs) -> Result<u8, UsageError> {
    match &args.command {
        RulesCommand::List { json, config } => {
            let catalogue = configured(config.as_deref())?;
            print(&if *json { list_json(catalogue) } else { list(catalogue) })?;
            Ok(0)
        }
        RulesCommand::Show { rule } => {
            let rules = config::rules_named(&catalogue::CATALOGUE, rule).map_err(UsageError::Argument)?;
            let text: Vec<&str> = rules.iter().filter_map(|rule| source_of(rule)).collect();
            print(&text.join("\n"))?;
            Ok(0)
        }
        RulesCommand::Test { paths } => test(paths),
    }
}

#[expect(clippy::disallowed_methods, reason = "the configuration is read at the edge")]
fn configured(path: Option<&Path>) -> Result<&'static Catalogue, UsageError> {
    let Some(path) = path else { return Ok(&catalogue::CATALOGUE) };
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| UsageError::Argument(format!("{shown} cannot be read: {error}")))?;
    let config = Config::parse(&shown, &text)?;
    catalogue_of(&config, path.parent().unwrap_or(Path::new("")))
}

/// The rule file as written.
pub(crate) fn source_of(rule: &Rule) -> Option<&'static str> {
    catalogue::files().iter().find(|(path, _)| *path == rule.file).map(|(_, text)| *text)
}

fn list(catalogue: &Catalogue) -> String {
    let width = catalogue.rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for rule in catalogue.rules {
        let (severity, pillar) = (rule.severity.otherwise.id(), rule.pillar.id());
        let _ = writeln!(text, "{:width$}  {severity:8}  {pillar:22}  {}", rule.id, rule.title);
    }
    text
}

fn list_json(catalogue: &Catalogue) -> String {
    let rows = catalogue.rules.iter().map(|rule| {
        json!({
            "id": rule.id,
            "title": rule.title,
            "pillar": rule.pillar.id(),
            "severity": rule.severity.otherwise.id(),
            "controls": rule.controls.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
            "peers": rule.peers.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
        })
    });
    format!("{:#}\n", serde_json::Value::Array(rows.collect()))
}

/// Runs the examples of the built-in rules, or of those in the paths; status 1 if any breaks its promise.
#[expect(clippy::disallowed_methods, reason = "rule files that the command line names are read at the edge")]
fn test(paths: &[PathBuf]) -> Result<u8, UsageError> {
    let mut files: Vec<(String, String)> = Vec::new();
    for path in paths.iter().flat_map(|path| yaml_files(path)) {
        let text = std::fs::read_to_string(&path)
            .map_err(|error| UsageError::Argument(format!("{} cannot be read: {error}", path.display())))?;
        files.push((path.display().to_string(), text));
    }
    let catalogue = if paths.is_empty() { &catalogue::CATALOGUE } else { extended(&files)? };
    let own = |rule: &&'static Rule| paths.is_empty() || files.iter().any(|(path, _)| path == rule.file);
    let mut text = String::new();
    let (mut passed, mut failed) = (0, 0);
    for rule in catalogue.rules.iter().filter(own) {
        let mismatches = examples::run(catalogue, rule);
        match mismatches.is_empty() {
            true => passed += 1,
            false => failed += 1,
        }
        for mismatch in mismatches {
            let _ = writeln!(
                text,
                "{}:{}: {}: {}",
                mismatch.file, mismatch.line, mismatch.rule, mismatch.message
            );
        }
    }
    let _ = writeln!(text, "{passed} rules keep the promises of their examples, {failed} do not");
    print(&text)?;
    Ok(u8::from(failed > 0))
}
