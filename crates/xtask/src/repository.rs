//! The repository on disk: paths relative to its root, with `/` between their parts, sorted.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are no part of the sources.
const PASSED_OVER: [&str; 4] = [".git", "target", "cdk.out", "node_modules"];

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The text of a file of the repository.
pub(crate) fn read(path: &str) -> Result<String, String> {
    fs::read_to_string(root().join(path)).map_err(|error| format!("{path}: {error}"))
}

/// Writes a file of the repository, folders included.
pub(crate) fn write(path: &str, text: &str) -> Result<(), String> {
    let full = root().join(path);
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(|error| format!("{path}: {error}"))?;
    }
    fs::write(full, text).map_err(|error| format!("{path}: {error}"))
}

/// Files under `folder` (`""` for all) whose name ends with one of `ends`.
pub(crate) fn files(folder: &str, ends: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    walk(&root(), folder, ends, &mut found);
    found.sort_unstable();
    found
}

/// All files under `folder`, which may lie in `target`.
pub(crate) fn all(folder: &str) -> Vec<String> {
    files(folder, &[""])
}

/// Names of the folders directly in `folder`, sorted.
pub(crate) fn folders(folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root().join(folder)) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

fn walk(root: &Path, folder: &str, ends: &[&str], found: &mut Vec<String>) {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return };
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
        if entry.path().is_dir() {
            if !PASSED_OVER.contains(&name.as_str()) {
                walk(root, &path, ends, found);
            }
        } else if ends.iter().any(|end| name.ends_with(end)) {
            found.push(path);
        }
    }
}
