//! The conventions of the repository, checked: crates use what `docs/architecture.md` says, files and functions have a
//! bounded size, every Rust file says what it is, links lead somewhere. A test holds every change to them.

mod arrows;
mod links;
mod rust;

use crate::{Complaints, generate, repository};

/// Longest Rust file, in lines, tests included.
const LONGEST_FILE: usize = 500;

/// Files that are longer, each with its reason.
const LONGER: [(&str, &str); 1] =
    [("crates/language/src/ir.rs", "the compiled form is one contract, read from top to bottom")];

/// Everything that is not as the conventions want it.
pub(crate) fn check() -> Complaints {
    let mut complaints = arrows::check();
    for path in repository::files("crates", &[".rs"]) {
        match repository::read(&path) {
            Ok(text) => complaints.extend(rust_file(&path, &text)),
            Err(error) => complaints.push(error),
        }
    }
    complaints.extend(unfinished());
    complaints.extend(links::check());
    complaints.extend(generate::check());
    complaints
}

fn rust_file(path: &str, text: &str) -> Complaints {
    let mut complaints = Complaints::new();
    let lines = text.lines().count();
    if lines > LONGEST_FILE && !LONGER.iter().any(|(longer, _)| *longer == path) {
        complaints
            .push(format!("{path}: {lines} lines; a file has at most {LONGEST_FILE}: split it by idea"));
    }
    if !text.starts_with("//! ") {
        complaints.push(format!("{path}:1: the first line says what the file is: //! …"));
    }
    if !path.contains("/tests/") && !path.contains("/benches/") {
        complaints.extend(rust::long_functions(text).into_iter().map(|function| {
            format!(
                "{path}:{}: `{}` has {} lines; a function has at most {}",
                function.line,
                function.name,
                function.lines,
                rust::LONGEST
            )
        }));
    }
    complaints
}

/// Notes of unfinished work: they belong into issues.
fn unfinished() -> Complaints {
    // Spelled in two parts, so that this file is none of them.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME")];
    let mut complaints = Complaints::new();
    let files = ["crates", "rules", "docs", ".ci", "tools"]
        .iter()
        .flat_map(|folder| repository::files(folder, &[".rs", ".yaml", ".md", ".toml", ".py", "run"]));
    for path in files {
        let text = repository::read(&path).unwrap_or_default();
        for (number, line) in (1..).zip(text.lines()) {
            if words.iter().any(|word| line.contains(word)) {
                complaints.push(format!("{path}:{number}: unfinished work belongs into an issue"));
            }
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_is_tidy() {
        let complaints = super::check();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}
