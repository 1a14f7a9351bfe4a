//! `docs/rules` from the catalogue. Invariant: a page for each rule, an index, and nothing else.

use std::collections::BTreeMap;

use crate::{Complaints, index, page, repository};

/// The folder of the pages.
const FOLDER: &str = "docs/rules";

/// All pages by path.
fn pages() -> BTreeMap<String, String> {
    let catalogue = &catalogue::CATALOGUE;
    let rules = catalogue.rules.iter();
    let mut pages: BTreeMap<String, String> =
        rules.map(|rule| (format!("{FOLDER}/{}.md", rule.id), page::page(catalogue, rule))).collect();
    pages.insert(format!("{FOLDER}/README.md"), index::index(catalogue));
    pages
}

/// Writes the pages, and takes away those of rules that are gone.
pub(crate) fn write() -> Complaints {
    let pages = pages();
    let mut complaints = Complaints::new();
    for path in strangers(&pages) {
        if let Err(error) = std::fs::remove_file(repository::root().join(&path)) {
            complaints.push(format!("{path}: {error}"));
        }
    }
    let changed = pages.iter().filter(|(path, text)| repository::read(path).ok().as_ref() != Some(text));
    complaints.extend(changed.filter_map(|(path, text)| repository::write(path, text).err()));
    complaints
}

/// Says which pages are not as the catalogue would have them.
pub(crate) fn check() -> Complaints {
    let pages = pages();
    let stale = pages.iter().filter(|(path, text)| repository::read(path).ok().as_ref() != Some(text));
    let stale = stale.map(|(path, _)| format!("{path} is out of date: cargo xtask generate"));
    stale.chain(strangers(&pages).into_iter().map(|path| format!("{path} belongs to no rule"))).collect()
}

fn strangers(pages: &BTreeMap<String, String>) -> Vec<String> {
    repository::files(FOLDER, &[".md"]).into_iter().filter(|path| !pages.contains_key(path)).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn pages_of_rules_are_up_to_date() {
        let complaints = super::check();
        assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    }
}
