//! One result for equal verdicts of several environments. Invariant: no result is lost, and the order of results is that
//! of one scan: by file, place, rule, address and element.

use std::collections::BTreeMap;

use report::{ResultRow, Status};

use super::Part;

/// A result and the environments (by position) that it holds in.
struct Group {
    row: ResultRow,
    environments: Vec<usize>,
}

/// The results of all parts, equal ones merged.
pub(super) fn merged(parts: Vec<Part>) -> Vec<ResultRow> {
    if parts.iter().all(|part| part.environment.is_none()) {
        return parts.into_iter().flat_map(|part| part.rows).collect();
    }
    let names: Vec<String> =
        parts.iter().map(|part| report::clean(part.environment.as_deref().unwrap_or_default())).collect();
    // Environments in which the root of a result is evaluated, by root: all of them if it has none of its own.
    let mut groups: BTreeMap<(String, usize), Vec<Group>> = BTreeMap::new();
    let mut of_roots: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, part) in parts.into_iter().enumerate() {
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for row in part.rows {
            let count = seen.entry(row.fingerprint.clone()).or_default();
            let key = (row.fingerprint.clone(), *count);
            *count += 1;
            if !row.environments.is_empty() {
                let of_root = of_roots.entry(root_of(&row)).or_default();
                if of_root.last() != Some(&at) {
                    of_root.push(at);
                }
            }
            let group = groups.entry(key).or_default();
            match group.iter_mut().find(|known| is_same(&known.row, &row)) {
                Some(known) => known.environments.push(at),
                None => group.push(Group { row, environments: vec![at] }),
            }
        }
    }
    let every: Vec<usize> = (0..names.len()).collect();
    let mut rows: Vec<ResultRow> = Vec::new();
    for Group { mut row, environments } in groups.into_values().flatten() {
        let own = !row.environments.is_empty();
        let all = if own { of_roots.get(&root_of(&row)) } else { None };
        row.everywhere = &environments == all.unwrap_or(&every);
        row.environments = if own || !row.everywhere {
            environments.iter().filter_map(|at| names.get(*at).cloned()).collect()
        } else {
            Vec::new()
        };
        if !row.everywhere {
            row.fingerprint = format!("{}|{}", row.fingerprint, row.environments.join(","));
        }
        rows.push(row);
    }
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    rows
}

/// The root of a result, as its fingerprint has it.
fn root_of(row: &ResultRow) -> String {
    row.fingerprint.split('|').nth(1).unwrap_or_default().to_owned()
}

/// Whether two results of one rule on one thing are one verdict: a pass is a pass, whatever was read; what is wrong
/// differs by what it says and by where it is mended.
fn is_same(a: &ResultRow, b: &ResultRow) -> bool {
    let quiet = matches!(a.status, Status::Pass | Status::NotApplicable);
    a.status == b.status
        && (quiet
            || a.severity == b.severity
                && a.message == b.message
                && a.reason == b.reason
                && a.location == b.location)
}

/// What results are sorted by.
fn key(row: &ResultRow) -> (&str, u32, &'static str, &str, &str, &[String]) {
    let own = row.resource.as_deref();
    let place = row.location.as_ref().map(|at| (at.file.as_str(), at.place.map_or(0, |(_, start, _)| start)));
    let (file, offset) = place.unwrap_or_else(|| own.map_or(("", 0), |own| (own.file.as_str(), 0)));
    let account = row.account.as_ref().map_or("", |account| account.name.as_str());
    let address = own.map_or(account, |own| own.address.as_str());
    (file, offset, row.rule, address, row.element.as_deref().unwrap_or_default(), &row.environments)
}
