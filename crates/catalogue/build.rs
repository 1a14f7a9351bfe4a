//! Compiles `rules/` and writes it as Rust source to `OUT_DIR`. A file that is wrong fails the build, with its place.
//!
//! With `CARELINT_SKIP_BROKEN_RULES=1` broken files are left out with a warning instead: for developers who build while
//! somebody else is in the middle of a rule. Releases never set it.

#![expect(clippy::disallowed_methods, reason = "a build script reads files")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use language::ir::Catalogue;
use language::{CompileError, RuleSource, compile, emit};

/// How often broken files are left out: each time something else may miss them.
const ROUNDS: usize = 8;

fn main() {
    let manifest = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let rules = manifest.join("../../rules");
    println!("cargo::rerun-if-changed={}", rules.display());
    println!("cargo::rerun-if-env-changed=CARELINT_SKIP_BROKEN_RULES");
    let mut files = Vec::new();
    collect(&rules, &rules, &mut files);
    files.sort();
    let skip = std::env::var_os("CARELINT_SKIP_BROKEN_RULES").is_some();
    let Some(catalogue) = compile_all(&mut files, if skip { ROUNDS } else { 0 }) else {
        std::process::exit(1)
    };
    let mut source = emit(catalogue);
    source.push_str("static FILES: &[(&str, &str)] = &[\n");
    for rule in catalogue.rules {
        let path = rules.join(rule.file);
        let _ = writeln!(source, "({:?}, include_str!({:?})),", rule.file, path.display().to_string());
    }
    source.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("catalogue.rs");
    if let Err(error) = std::fs::write(&out, source) {
        println!("cargo::error=cannot write {}: {error}", out.display());
    }
}

fn compile_all(files: &mut Vec<(String, String)>, rounds: usize) -> Option<&'static Catalogue> {
    let sources: Vec<RuleSource<'_>> = files.iter().map(|(path, text)| RuleSource { path, text }).collect();
    let errors = match compile(&sources) {
        Ok(compiled) => return Some(compiled.catalogue),
        Err(errors) => errors,
    };
    for error in &errors {
        report(error, if rounds > 0 { "warning" } else { "error" });
    }
    if rounds == 0 {
        return None;
    }
    files.retain(|(path, _)| !errors.iter().any(|error| error.file == *path));
    compile_all(files, rounds - 1)
}

fn report(error: &CompileError, level: &str) {
    let CompileError { file, line, column, message, help } = error;
    println!("cargo::{level}=rules/{file}:{line}:{column}: {message} (help: {help})");
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
