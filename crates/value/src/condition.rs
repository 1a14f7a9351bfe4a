//! Conditions that evaluation cannot decide, kept as formulas over atoms, and the worlds they span.
//!
//! An atom is something whose value is not known but whose identity is, such as `var.env`. `var.env == "prod"` and
//! `var.env == "dev"` are two values of one atom, so no world has both.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::Truth;

/// A formula over atoms.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Condition {
    /// Holds always.
    #[default]
    Always,
    /// Holds never.
    Never,
    /// One atom has one of some values.
    Literal(Arc<Literal>),
    /// The contrary holds.
    Not(Arc<Condition>),
    /// All hold.
    All(Arc<Vec<Condition>>),
    /// At least one holds.
    Any(Arc<Vec<Condition>>),
}

/// An atom and a value that it is tested for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Literal {
    /// Identity of the atom (see [`crate::Identity`]), for example `infra: var.env`.
    pub atom: SmolStr,
    /// The value; booleans are `true` and `false`.
    pub value: SmolStr,
}

impl Condition {
    /// The atom has this value. A test for `false` is the negation of the test for `true`, so that both are one atom.
    #[must_use]
    pub fn literal(atom: impl Into<SmolStr>, value: impl Into<SmolStr>) -> Self {
        let (atom, value) = (atom.into(), value.into());
        if value == "false" {
            return Self::Literal(Arc::new(Literal { atom, value: SmolStr::new_static("true") })).not();
        }
        Self::Literal(Arc::new(Literal { atom, value }))
    }

    /// The contrary.
    #[must_use]
    #[expect(clippy::should_implement_trait, reason = "negation, named like its siblings `and` and `or`")]
    pub fn not(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(inner) => (*inner).clone(),
            other => Self::Not(Arc::new(other)),
        }
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Never, _) | (_, Self::Never) => Self::Never,
            (Self::Always, other) | (other, Self::Always) => other,
            (a, b) if a == b => a,
            (a, b) => Self::All(Arc::new(vec![a, b])),
        }
    }

    /// At least one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Always, _) | (_, Self::Always) => Self::Always,
            (Self::Never, other) | (other, Self::Never) => other,
            (a, b) if a == b => a,
            (a, b) => Self::Any(Arc::new(vec![a, b])),
        }
    }

    /// Whether the condition holds in `world`; unknown if it rests on an atom that the world leaves open.
    #[must_use]
    pub fn holds(&self, world: &World) -> Truth {
        match self {
            Self::Always => Truth::Yes,
            Self::Never => Truth::No,
            Self::Literal(literal) => world.decide(literal),
            Self::Not(inner) => inner.holds(world).not(),
            Self::All(parts) => parts.iter().fold(Truth::Yes, |truth, part| truth.and(part.holds(world))),
            Self::Any(parts) => parts.iter().fold(Truth::No, |truth, part| truth.or(part.holds(world))),
        }
    }

    /// Whether the formula asks one atom to be two things, so that no world has it. Only conjunctions are looked
    /// through: false says nothing.
    #[must_use]
    pub fn contradicts_itself(&self) -> bool {
        matches!(self, Self::All(_)) && self.holds(&World::assuming(self)) == Truth::No
    }

    /// Calls `visit` with every literal of the formula.
    pub fn literals(&self, visit: &mut impl FnMut(&Literal)) {
        match self {
            Self::Always | Self::Never => {}
            Self::Literal(literal) => visit(literal),
            Self::Not(inner) => inner.literals(visit),
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.literals(visit)),
        }
    }
}

/// Whether something exists: under which condition, and whether it may be there any number of times.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Presence {
    /// It exists where this holds.
    pub when: Condition,
    /// It stands for any number of its kind, none included (`count` unknown, `dynamic` over the unknown).
    pub many: bool,
}

impl Presence {
    /// There for certain, once.
    pub const CERTAIN: Self = Self { when: Condition::Always, many: false };

    /// There under a condition.
    #[must_use]
    pub fn guarded(when: Condition) -> Self {
        Self { when, many: false }
    }

    /// There any number of times.
    #[must_use]
    pub fn any_number() -> Self {
        Self { when: Condition::Always, many: true }
    }

    /// Whether it is there once for certain.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        !self.many && self.when == Condition::Always
    }

    /// Whether there is at least one, in `world`.
    #[must_use]
    pub fn exists(&self, world: &World) -> Truth {
        match (self.when.holds(world), self.many) {
            (Truth::Yes, true) => Truth::unknown("how many there are is not known"),
            (truth, _) => truth,
        }
    }

    /// Present where both are.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self { when: self.when.clone().and(other.when.clone()), many: self.many || other.many }
    }
}

/// Values of some atoms. Atoms that are not in it are open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct World {
    atoms: BTreeMap<SmolStr, AtomValue>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum AtomValue {
    Is(SmolStr),
    /// None of the values that any condition tests for.
    Other,
}

impl World {
    /// Decides a literal.
    fn decide(&self, literal: &Literal) -> Truth {
        match self.atoms.get(&literal.atom) {
            None => Truth::undecided_condition(&literal.atom),
            Some(AtomValue::Is(value)) => Truth::from(*value == literal.value),
            Some(AtomValue::Other) => Truth::No,
        }
    }

    /// Whether it leaves every atom open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.atoms.is_empty()
    }

    /// The world in which every atom has the value that makes `condition` hold, as far as the condition is a
    /// conjunction: the assumption under which a guarded resource is judged. Parts that are no literal (a
    /// disjunction, say) stay open.
    #[must_use]
    pub fn assuming(condition: &Condition) -> Self {
        let mut world = Self::default();
        world.assume(condition, true);
        world
    }

    fn assume(&mut self, condition: &Condition, wanted: bool) {
        match condition {
            Condition::Literal(literal) => {
                let value = if wanted { AtomValue::Is(literal.value.clone()) } else { AtomValue::Other };
                // "Not this value" settles a two-valued atom only.
                if wanted || literal.value == "true" {
                    self.atoms.insert(literal.atom.clone(), value);
                }
            }
            Condition::Not(inner) => self.assume(inner, !wanted),
            Condition::All(parts) if wanted => parts.iter().for_each(|part| self.assume(part, true)),
            Condition::Any(parts) if !wanted => parts.iter().for_each(|part| self.assume(part, false)),
            _ => {}
        }
    }

    /// The atoms and values of this world as text, for reasons (`var.env = "prod"`).
    #[must_use]
    pub fn describe(&self) -> String {
        let text = |(atom, value): (&SmolStr, &AtomValue)| match value {
            AtomValue::Is(value) => format!("{atom} = {value}"),
            AtomValue::Other => format!("{atom} = anything else"),
        };
        self.atoms.iter().map(text).collect::<Vec<_>>().join(", ")
    }
}

/// Every world of the atoms in `literals` that agrees with `assumed` and in which `guard` does not fail; none if
/// there are more than `most`.
#[must_use]
pub fn worlds(literals: &[Literal], assumed: &World, guard: &Condition, most: usize) -> Option<Vec<World>> {
    let mut domains: BTreeMap<&SmolStr, Vec<AtomValue>> = BTreeMap::new();
    for literal in literals {
        if assumed.atoms.contains_key(&literal.atom) {
            continue;
        }
        let domain = domains.entry(&literal.atom).or_insert_with(|| vec![AtomValue::Other]);
        let value = AtomValue::Is(literal.value.clone());
        if !domain.contains(&value) {
            domain.push(value);
        }
    }
    let mut worlds = vec![assumed.clone()];
    for (atom, domain) in domains {
        if worlds.len().saturating_mul(domain.len()) > most {
            return None;
        }
        let with = |world: &World, value: &AtomValue| {
            let mut world = world.clone();
            world.atoms.insert(atom.clone(), value.clone());
            world
        };
        worlds = worlds.iter().flat_map(|world| domain.iter().map(move |value| with(world, value))).collect();
    }
    worlds.retain(|world| guard.holds(world) != Truth::No);
    Some(worlds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(value: &str) -> Condition {
        Condition::literal("var.env", value)
    }

    #[test]
    fn one_atom_has_one_value_in_a_world() {
        let both = env("prod").and(env("dev"));
        let literals = literals_of(&both);
        let worlds = worlds(&literals, &World::default(), &Condition::Always, 16).expect("three worlds");
        assert_eq!(worlds.len(), 3);
        assert!(worlds.iter().all(|world| both.holds(world) == Truth::No));
    }

    #[test]
    fn true_and_false_are_one_atom() {
        let flag = |value| Condition::literal("var.create", value);
        let never = flag("true").and(flag("false"));
        let worlds =
            worlds(&literals_of(&never), &World::default(), &Condition::Always, 16).expect("two worlds");
        assert_eq!(worlds.len(), 2);
        assert!(worlds.iter().all(|world| never.holds(world) == Truth::No));
    }

    #[test]
    fn a_guard_is_assumed() {
        let world = World::assuming(&env("prod").and(Condition::literal("var.create", "true")));
        assert_eq!(env("prod").holds(&world), Truth::Yes);
        assert_eq!(env("dev").holds(&world), Truth::No);
        assert_eq!(Condition::literal("var.create", "false").holds(&world), Truth::No);
    }

    #[test]
    fn a_contradiction_is_found_in_a_conjunction() {
        let dev = env("dev");
        assert!(env("prod").and(dev.clone()).contradicts_itself());
        assert!(
            env("prod").and(Condition::literal("var.a", "true")).and(env("prod").not()).contradicts_itself()
        );
        assert!(!env("prod").not().and(dev).contradicts_itself());
        assert!(!env("prod").and(Condition::literal("var.a", "true")).contradicts_itself());
    }

    fn literals_of(condition: &Condition) -> Vec<Literal> {
        let mut literals = Vec::new();
        condition.literals(&mut |literal| literals.push(literal.clone()));
        literals
    }
}
