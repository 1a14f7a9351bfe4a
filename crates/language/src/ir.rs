//! The compiled form of models and rules. Everything is `'static` and `Copy`: the built-in catalogue is a constant of
//! the program, and users' own files, which are read once at start, are leaked into the same shape.

pub use value::declared::Spelling as Language;

mod model;
mod program;
mod rule;
mod table;

pub use model::*;
pub use program::*;
pub use rule::*;
pub use table::*;

/// Index of a kind in [`Catalogue::kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(pub u16);

/// Index of an attribute in [`Kind::attributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttrId(pub u16);

/// Models, rules and tables, compiled.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// Kinds, sorted by name.
    pub kinds: &'static [Kind],
    /// Traits, sorted by name.
    pub traits: &'static [Trait],
    /// Rules, sorted by id.
    pub rules: &'static [Rule],
    /// Lookup tables, sorted by name.
    pub tables: &'static [Table],
    /// Frameworks whose sections rules may cite, sorted by name.
    pub frameworks: &'static [Framework],
}

impl Catalogue {
    /// The kind with this id. Ids come from the catalogue itself.
    #[must_use]
    pub fn kind(&self, id: KindId) -> Option<&'static Kind> {
        self.kinds.get(id.0 as usize)
    }

    /// The kind with this name.
    #[must_use]
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        let index = self.kinds.binary_search_by(|kind| kind.name.cmp(name)).ok()?;
        u16::try_from(index).ok().map(KindId)
    }

    /// The trait with this name.
    #[must_use]
    pub fn trait_named(&self, name: &str) -> Option<&'static Trait> {
        self.traits.binary_search_by(|known| known.name.cmp(name)).ok().and_then(|at| self.traits.get(at))
    }

    /// The rule with this id or alias.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        let by_id =
            self.rules.binary_search_by(|rule| rule.id.cmp(id)).ok().and_then(|at| self.rules.get(at));
        by_id.or_else(|| self.rules.iter().find(|rule| rule.aliases.contains(&id)))
    }

    /// The table with this name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&'static Table> {
        self.tables.binary_search_by(|table| table.name.cmp(name)).ok().and_then(|at| self.tables.get(at))
    }
}
