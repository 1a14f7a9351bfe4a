//! What each resource is: subject of kinds, satellite of kinds, or of a type that no model knows. Invariant: a
//! resource whose filter cannot be decided has the role, with its membership open.

use language::ir::{Catalogue, Filter, KindId, Path, Spelling};
use rustc_hash::FxHashMap;
use value::declared::{Declared, Mode, Resource};
use value::{Blind, Origin, Truth, World, equal};

use crate::choices::{is_nothing, presence};
use crate::read::{literal, walk};

/// A role of a resource.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    /// The kind.
    pub(crate) kind: KindId,
    /// Index of the spelling in the kind.
    pub(crate) spelling: u16,
    /// Whether its filter holds: yes or unknown.
    pub(crate) membership: Truth,
    /// Whether it is a satellite.
    pub(crate) satellite: bool,
}

/// Roles of all resources.
pub(crate) struct Roles {
    roles: Vec<Role>,
    /// Where the roles of each resource end.
    ends: Vec<u32>,
}

impl Roles {
    /// The roles of a resource.
    pub(crate) fn of(&self, resource: u32) -> &[Role] {
        let end = |at: u32| self.ends.get(at as usize).copied().unwrap_or(0) as usize;
        let start = resource.checked_sub(1).map_or(0, end);
        self.roles.get(start..end(resource)).unwrap_or(&[])
    }

    /// Finds the roles of all resources.
    pub(crate) fn find(declared: &Declared, catalogue: &'static Catalogue) -> Self {
        let types = types(catalogue);
        let mut found = Self { roles: Vec::new(), ends: Vec::with_capacity(declared.resources.len()) };
        for resource in &declared.resources {
            if resource.mode == Mode::Managed
                && let Some(spellings) = types.get(resource.type_name.as_str())
            {
                found.add(resource, spellings, declared);
            }
            found.ends.push(u32::try_from(found.roles.len()).unwrap_or(u32::MAX));
        }
        found
    }

    fn add(&mut self, resource: &Resource, spellings: &[Spelled], declared: &Declared) {
        let language = declared.root_of(resource).map(|root| root.language.spelling());
        let first = self.roles.len();
        for spelled in spellings.iter().filter(|spelled| Some(spelled.spelling.language) == language) {
            let membership = meets(resource, spelled.spelling.filter);
            let satellite = !spelled.spelling.joins.is_empty();
            if membership == Truth::No || (satellite && !is_joined(resource, spelled.spelling.joins)) {
                continue;
            }
            let role = Role { kind: spelled.kind, spelling: spelled.index, membership, satellite };
            let own = self.roles.get_mut(first..).unwrap_or(&mut []);
            match own.iter_mut().find(|known| !satellite && !known.satellite && known.kind == role.kind) {
                // Of two spellings of one subject the first whose filter holds for certain is taken.
                Some(known) if known.membership == Truth::Yes || role.membership != Truth::Yes => {}
                Some(known) => *known = role,
                None => self.roles.push(role),
            }
        }
    }
}

struct Spelled {
    kind: KindId,
    index: u16,
    spelling: &'static Spelling,
}

/// Spellings by resource type, in order of kind and spelling.
fn types(catalogue: &'static Catalogue) -> FxHashMap<&'static str, Vec<Spelled>> {
    let mut types: FxHashMap<&'static str, Vec<Spelled>> = FxHashMap::default();
    for (kind, id) in catalogue.kinds.iter().zip(0u16..) {
        for (spelling, index) in kind.spellings.iter().zip(0u16..) {
            for name in spelling.types {
                types.entry(name).or_default().push(Spelled { kind: KindId(id), index, spelling });
            }
        }
    }
    types
}

/// Whether a resource meets all of these; judged where it exists.
fn meets(resource: &Resource, filters: &[Filter]) -> Truth {
    if filters.is_empty() {
        return Truth::Yes;
    }
    let world = World::assuming(&resource.presence.when);
    let value = |path: Path| walk(&resource.attributes, path, false);
    let present = |path: Path| {
        let cases = presence(&walk(&resource.attributes, path, true));
        let possible = cases.into_iter().filter(|(when, _)| when.holds(&world) != Truth::No);
        let mut truths = possible.map(|(when, truth)| (when.holds(&world), truth));
        let Some((_, first)) = truths.next() else { return Truth::No };
        truths
            .fold(first, |known, (holds, truth)| if known == truth { known } else { undecided(holds, truth) })
    };
    let equals = |path: Path, known| {
        let known = literal(known, Origin::default());
        equal(&value(path), &known, &Blind, &world)
    };
    let one = |filter: &Filter| match filter {
        Filter::Equals(path, known) => equals(path, *known),
        Filter::Differs(path, known) => equals(path, *known).not(),
        Filter::Present(path) => present(path),
        Filter::Absent(path) => present(path).not(),
    };
    filters.iter().map(one).fold(Truth::Yes, Truth::and)
}

/// Two cases that differ: unknown because of what decides between them.
fn undecided(holds: Truth, truth: Truth) -> Truth {
    match (holds, truth) {
        (unknown @ Truth::Unknown(_), _) | (_, unknown @ Truth::Unknown(_)) => unknown,
        _ => Truth::unknown("it depends on a condition"),
    }
}

/// Whether a satellite names a subject at all.
fn is_joined(resource: &Resource, joins: Path) -> bool {
    let value = walk(&resource.attributes, joins, true);
    let empty = value.as_list().is_some_and(|list| list.items.is_empty() && list.open.is_none());
    !is_nothing(&value) && !empty && value.as_str() != Some("")
}
