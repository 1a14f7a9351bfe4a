//! Module sources that the configuration maps to folders of the scan. Invariant: a mapping of a package serves all its
//! submodules, and the longest spelling of a source that is mapped decides.

use std::collections::BTreeMap;

use super::path;

/// The folder, relative to the scan root, that stands for a module source; none if nothing maps it. Sources are tried
/// as written, without the query (`?ref=v1`), and as a package whose submodule (`//modules/x`) is looked for in the
/// package's folder.
pub(crate) fn folder(source: &str, folders: &BTreeMap<String, String>) -> Option<String> {
    if folders.is_empty() {
        return None;
    }
    let mapped = |source: &str| folders.get(source).and_then(|folder| path::join("", folder));
    let (plain, query) = source.split_once('?').map_or((source, ""), |(plain, query)| (plain, query));
    if let Some(folder) = mapped(source).or_else(|| mapped(plain)) {
        return Some(folder);
    }
    let (package, inner) = submodule(plain)?;
    let with_query = if query.is_empty() { None } else { mapped(&format!("{package}?{query}")) };
    path::join(&with_query.or_else(|| mapped(package))?, inner)
}

/// The package of a source and the folder in it: what stands after `//`, that of a scheme (`https://`) left aside.
fn submodule(source: &str) -> Option<(&str, &str)> {
    let start = source.find("://").map_or(0, |scheme| scheme + 3);
    let at = start + source.get(start..)?.find("//")?;
    let (package, inner) = source.split_at_checked(at)?;
    Some((package, inner.trim_start_matches('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expect: Option<&str>) {
        let folders = [
            ("terraform-aws-modules/iam/aws", "vendor/iam"),
            ("terraform-aws-modules/iam/aws//modules/role", "./own/role/"),
            ("git::https://example.com/net.git", "vendor/net"),
            ("git::https://example.com/net.git?ref=v2", "vendor/net-2"),
            ("outside/of/it", "../elsewhere"),
        ];
        let folders = folders.map(|(source, folder)| (source.to_owned(), folder.to_owned()));
        assert_eq!(folder(source, &BTreeMap::from(folders)).as_deref(), expect);
    }

    #[test]
    fn a_mapping_of_a_package_serves_its_submodules() {
        check("terraform-aws-modules/iam/aws", Some("vendor/iam"));
        check("terraform-aws-modules/iam/aws//modules/user", Some("vendor/iam/modules/user"));
        check("terraform-aws-modules/iam", None);
    }

    #[test]
    fn the_longest_spelling_decides() {
        check("terraform-aws-modules/iam/aws//modules/role", Some("own/role"));
        check("git::https://example.com/net.git?ref=v2", Some("vendor/net-2"));
        check("git::https://example.com/net.git//a/b?ref=v2", Some("vendor/net-2/a/b"));
        check("git::https://example.com/net.git//a?ref=v1", Some("vendor/net/a"));
        check("git::https://example.com/net.git?ref=v1", Some("vendor/net"));
    }

    #[test]
    fn no_mapping_leads_out_of_the_scan_root() {
        check("outside/of/it", None);
        check("terraform-aws-modules/iam/aws//../../../x", None);
        check("terraform-aws-modules/iam/aws//../x", Some("vendor/x"));
    }
}
