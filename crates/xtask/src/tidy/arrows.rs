//! Which crate may use which: the table of `docs/architecture.md` against the manifests. What tests use is free.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Complaints, repository};

/// The page with the table.
const PAGE: &str = "docs/architecture.md";

/// What a crate may use.
#[derive(Debug, PartialEq, Eq)]
enum MayUse {
    All,
    These(BTreeSet<String>),
}

/// Crates whose dependencies differ from the table.
pub(super) fn check() -> Complaints {
    let page = match repository::read(PAGE) {
        Ok(page) => page,
        Err(error) => return vec![error],
    };
    let table = table(&page);
    let crates = repository::folders("crates");
    let mut complaints = Complaints::new();
    for name in &crates {
        let path = format!("crates/{name}/Cargo.toml");
        let used = used(&repository::read(&path).unwrap_or_default(), &crates);
        match table.get(name) {
            None => complaints.push(format!("{PAGE}: no row for the crate `{name}`")),
            Some(MayUse::All) => {}
            Some(MayUse::These(may)) if *may == used => {}
            Some(MayUse::These(may)) => {
                let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
                complaints.push(format!("{path} uses {}; {PAGE} says {}", list(&used), list(may)));
            }
        }
    }
    let gone = table.keys().filter(|name| !crates.contains(name));
    complaints.extend(gone.map(|name| format!("{PAGE}: there is no crate `{name}`")));
    complaints
}

/// The rows of the table: `` | `name`, `name` | charter | may use | ``.
fn table(page: &str) -> BTreeMap<String, MayUse> {
    let mut table = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let (Some(names), Some(may)) = (cells.first(), cells.last()) else { continue };
        for name in names.split(',') {
            let may = match *may {
                "all" => MayUse::All,
                "–" => MayUse::These(BTreeSet::new()),
                list => MayUse::These(list.split(',').map(|name| name.trim().to_owned()).collect()),
            };
            table.insert(name.trim().trim_matches('`').to_owned(), may);
        }
    }
    table
}

/// The workspace's crates that a manifest names among its dependencies and build dependencies.
fn used(manifest: &str, crates: &[String]) -> BTreeSet<String> {
    let mut section = "";
    let mut used = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(title) = line.strip_prefix('[') {
            section = title.trim_end_matches(']');
        } else if matches!(section, "dependencies" | "build-dependencies") {
            let name = line.split(['.', '=', ' ']).next().unwrap_or_default();
            if crates.iter().any(|known| known == name) {
                used.insert(name.to_owned());
            }
        }
    }
    used
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_row_may_name_several_crates() {
        let table = table(
            "| crate | x |\n| --- | --- |\n| `a`, `b` | c | all |\n| `d` | e | a, b |\n| `f` | g | – |\n",
        );
        assert_eq!(table.get("b"), Some(&MayUse::All));
        assert_eq!(table.get("d"), Some(&MayUse::These(names(&["a", "b"]))));
        assert_eq!(table.get("f"), Some(&MayUse::These(names(&[]))));
        assert_eq!(table.len(), 4);
    }

    #[test]
    fn what_tests_use_is_free() {
        let manifest = "[dependencies]\na.workspace = true\nserde = \"1\"\n[dev-dependencies]\nb.workspace = true\n[build-dependencies]\nc = {}\n";
        assert_eq!(used(manifest, &["a", "b", "c"].map(str::to_owned)), names(&["a", "c"]));
    }
}
