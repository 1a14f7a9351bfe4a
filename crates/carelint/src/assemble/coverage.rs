//! How much of the input was judged. Invariant: a resource counts once in its root, however many environments that has;
//! one that is undecided in any of them is undecided.

use std::collections::{BTreeMap, BTreeSet};

use facts::Facts;
use report::{Coverage, OpaqueRow, Status, clean};
use rules::Subject;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::{Place, ProblemSeverity, Sources};
use triage::Triaged;
use value::declared::Mode;

use super::rows::location;
use crate::Read;
use crate::focus::Focus;

/// Managed resources of one scan and what became of them. A resource is known by its root and address and, where one
/// root has two of them, by which of them it is.
pub(super) struct Judged {
    managed: FxHashSet<(SmolStr, u32)>,
    judged: FxHashSet<(SmolStr, u32)>,
    unknown: FxHashSet<(SmolStr, u32)>,
    files: BTreeSet<u32>,
}

impl Judged {
    /// What a scan judged, of everything or of what is in focus.
    pub(super) fn of(
        sources: &Sources,
        facts: &Facts<'_>,
        triaged: &[Triaged],
        focus: Option<&Focus>,
    ) -> Self {
        let declared = facts.graph.declared;
        let mut judged = Self {
            managed: FxHashSet::default(),
            judged: FxHashSet::default(),
            unknown: FxHashSet::default(),
            files: BTreeSet::new(),
        };
        let mut ids: Vec<Option<(SmolStr, u32)>> = Vec::with_capacity(declared.resources.len());
        let mut known: FxHashMap<&SmolStr, u32> = FxHashMap::default();
        for resource in &declared.resources {
            let counts = focus.is_none_or(|focus| focus.holds(sources, facts.graph, resource));
            if counts {
                judged.files.insert(resource.place.file.index());
            }
            let id = (counts && resource.mode == Mode::Managed).then(|| {
                let count = known.entry(&resource.key).or_default();
                let id = (resource.key.clone(), *count);
                *count += 1;
                id
            });
            judged.managed.extend(id.clone());
            ids.push(id);
        }
        for one in triaged {
            let Subject::Node(node) = one.verdict.subject else { continue };
            let index = facts.graph.node(node).map(|node| node.resource as usize);
            let Some(id) = index.and_then(|index| ids.get(index)?.as_ref()) else { continue };
            match one.status {
                Status::NotApplicable => {}
                Status::Unknown => drop(judged.unknown.insert(id.clone())),
                _ => drop(judged.judged.insert(id.clone())),
            }
        }
        judged
    }
}

/// The coverage of a report.
pub(super) fn coverage<'p>(
    sources: &Sources,
    read: &Read,
    parts: impl Iterator<Item = &'p Judged>,
) -> Coverage {
    let mut all = Judged {
        managed: FxHashSet::default(),
        judged: FxHashSet::default(),
        unknown: FxHashSet::default(),
        files: BTreeSet::new(),
    };
    for part in parts {
        all.managed.extend(part.managed.iter().cloned());
        all.judged.extend(part.judged.iter().cloned());
        all.unknown.extend(part.unknown.iter().cloned());
        all.files.extend(&part.files);
    }
    let unread: BTreeSet<String> = read
        .declared
        .problems
        .iter()
        .filter(|problem| problem.severity == ProblemSeverity::Error && problem.code != "nothing-found")
        .map(|problem| match problem.place {
            Some(place) => sources.file(place.file).path.clone(),
            None => problem.path.clone(),
        })
        .collect();
    let (managed, unknown) = (all.managed.len(), all.unknown.len());
    let decided = all.judged.difference(&all.unknown).count();
    let opaque_calls = opaque_rows(sources, read);
    Coverage {
        files: all.files.len(),
        unread: unread.len(),
        resources: managed,
        decided,
        unknown,
        unjudged: managed.saturating_sub(decided + unknown),
        opaque_modules: opaque_calls.iter().map(|row| row.source.clone()).collect(),
        opaque_calls,
    }
}

/// Modules that could not be opened, by source: how many calls there are, and the first of them.
fn opaque_rows(sources: &Sources, read: &Read) -> Vec<OpaqueRow> {
    let environments = read.environments.iter().flat_map(|one| &one.declared.opaque);
    let mut by_source: BTreeMap<String, BTreeMap<(u32, u32), Place>> = BTreeMap::new();
    let named = |place| read.focus.as_ref().is_none_or(|focus| focus.has(sources, place));
    for module in read.declared.opaque.iter().chain(environments).filter(|module| named(module.place)) {
        let place = (module.place.file.index(), module.place.span.start);
        by_source.entry(clean(&module.source)).or_default().insert(place, module.place);
    }
    let row = |(source, calls): (String, BTreeMap<(u32, u32), Place>)| {
        let places = calls.values().map(|place| location(sources, *place));
        let first = places.map(|at| (at.file, at.line)).min().unwrap_or_default();
        OpaqueRow { source, calls: calls.len(), file: first.0, line: first.1 }
    };
    by_source.into_iter().map(row).collect()
}
