//! Comparisons of values in three-valued logic, by the truth tables of `docs/semantics.md`.

use crate::{
    Condition, Identity, Item, Kind, List, Number, Part, Reference, Template, Truth, Unknown, Value, World,
};

/// What only the graph knows about references; [`Blind`] where there is no graph yet.
pub trait References {
    /// The text that a reference stands for, as far as the source tells (an ARN template of a bucket by its name).
    fn text(&self, reference: &Reference) -> Option<Value>;
    /// Whether the two are the same identifying attribute of two distinct resources, each of them one instance.
    fn distinct(&self, a: &Reference, b: &Reference) -> bool;
}

/// Knows nothing of references.
#[derive(Debug, Clone, Copy)]
pub struct Blind;

impl References for Blind {
    fn text(&self, _: &Reference) -> Option<Value> {
        None
    }

    fn distinct(&self, _: &Reference, _: &Reference) -> bool {
        false
    }
}

/// A range of numbers, ends included; an end that is not set is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interval {
    /// The least it may be.
    pub low: Option<Number>,
    /// The most it may be.
    pub high: Option<Number>,
}

impl Interval {
    /// Exactly one number.
    #[must_use]
    pub fn exactly(number: impl Into<Number>) -> Self {
        let number = number.into();
        Self { low: Some(number.clone()), high: Some(number) }
    }
}

/// `a < b` if `or_equal` is false, `a <= b` otherwise: decided only if every pair of numbers agrees.
#[must_use]
pub fn less_than(a: &Interval, b: &Interval, or_equal: bool) -> Truth {
    let below = |x: &Option<Number>, y: &Option<Number>, strict: bool| match (x, y) {
        (Some(x), Some(y)) => {
            if strict {
                x < y
            } else {
                x <= y
            }
        }
        _ => false,
    };
    if below(&a.high, &b.low, !or_equal) {
        Truth::Yes
    } else if below(&b.high, &a.low, or_equal) {
        Truth::No
    } else {
        Truth::unknown("the number is not known")
    }
}

/// How many elements a list has in `world`.
#[must_use]
pub fn size(list: &List, world: &World) -> Interval {
    let mut low = 0i64;
    let mut high = 0i64;
    let mut endless = list.open.is_some();
    for item in &list.items {
        match item.presence.when.holds(world) {
            Truth::No => {}
            _ if item.presence.many => endless = true,
            Truth::Yes => (low, high) = (low + 1, high + 1),
            Truth::Unknown(_) => high += 1,
        }
    }
    Interval { low: Some(low.into()), high: (!endless).then(|| high.into()) }
}

/// Whether `a` and `b` are equal in `world`. Scalars are compared after coercion (`"true"` and true, `"7"` and 7);
/// null counts as absent.
#[must_use]
pub fn equal(a: &Value, b: &Value, references: &dyn References, world: &World) -> Truth {
    match (&a.kind, &b.kind) {
        (Kind::Alternatives(choices), _) => {
            over_choices(&choices.choices, world, |choice| equal(choice, b, references, world))
        }
        (_, Kind::Alternatives(choices)) => {
            over_choices(&choices.choices, world, |choice| equal(a, choice, references, world))
        }
        (Kind::Absent | Kind::Null, Kind::Absent | Kind::Null) => Truth::Yes,
        (Kind::Absent | Kind::Null, Kind::Unknown(unknown))
        | (Kind::Unknown(unknown), Kind::Absent | Kind::Null) => {
            if unknown.may_be_absent {
                because(unknown)
            } else {
                Truth::No
            }
        }
        (Kind::Absent | Kind::Null, _) | (_, Kind::Absent | Kind::Null) => Truth::No,
        (Kind::Unknown(x), Kind::Unknown(y)) => equal_unknowns(x, y),
        (Kind::Unknown(unknown), _) | (_, Kind::Unknown(unknown)) => because(unknown),
        (Kind::List(x), Kind::List(y)) => equal_lists(x, y, references, world),
        (Kind::Map(_), Kind::Map(_)) => equal_maps(a, b, references, world),
        (Kind::List(_) | Kind::Map(_), _) | (_, Kind::List(_) | Kind::Map(_)) => Truth::No,
        (Kind::Reference(x), Kind::Reference(y)) if x == y && !x.many => Truth::Yes,
        (Kind::Reference(x), Kind::Reference(y)) if references.distinct(x, y) => Truth::No,
        (Kind::Reference(_) | Kind::Template(_), _) | (_, Kind::Reference(_) | Kind::Template(_)) => {
            equal_texts(a, b, references)
        }
        _ => Truth::from(equal_scalars(a, b)),
    }
}

/// Folds a truth over alternatives: decided if all that may hold in `world` agree.
#[must_use]
pub fn over_choices(choices: &[(Condition, Value)], world: &World, test: impl Fn(&Value) -> Truth) -> Truth {
    let mut merged: Option<Truth> = None;
    let mut conditions = Truth::Yes;
    for (condition, value) in choices {
        let holds = condition.holds(world);
        if holds == Truth::No {
            continue;
        }
        let truth = test(value);
        if holds == Truth::Yes {
            return truth;
        }
        conditions = conditions.and(holds);
        merged = Some(match merged {
            None => truth,
            Some(known) if known == truth && known != Truth::unknown("") => known,
            Some(known) => conditions.clone().and(unknown_part(known)).and(unknown_part(truth)),
        });
    }
    merged.unwrap_or_else(|| Truth::unknown("no alternative holds"))
}

fn unknown_part(truth: Truth) -> Truth {
    match truth {
        unknown @ Truth::Unknown(_) => unknown,
        _ => Truth::Yes,
    }
}

fn because(unknown: &Unknown) -> Truth {
    Truth::unknown(unknown.reason.clone())
}

fn equal_unknowns(a: &Unknown, b: &Unknown) -> Truth {
    match (&a.identity, &b.identity) {
        (Some(x), Some(y)) if x.text == y.text => Truth::Yes,
        (Some(x), Some(y)) if distinct_members(x, y) => Truth::No,
        _ => because(a).and(because(b)),
    }
}

fn distinct_members(a: &Identity, b: &Identity) -> bool {
    matches!((&a.distinct, &b.distinct), (Some((g, i)), Some((h, j))) if g == h && i != j)
}

fn equal_lists(a: &List, b: &List, references: &dyn References, world: &World) -> Truth {
    let settled =
        |list: &List| list.open.is_none() && list.items.iter().all(|item| item.presence.is_certain());
    if !settled(a) || !settled(b) {
        return Truth::unknown("the elements of the list are not all known");
    }
    if a.items.len() != b.items.len() {
        return Truth::No;
    }
    let pair = |(x, y): (&Item, &Item)| equal(&x.value, &y.value, references, world);
    a.items.iter().zip(&b.items).map(pair).fold(Truth::Yes, Truth::and)
}

fn equal_maps(a: &Value, b: &Value, references: &dyn References, world: &World) -> Truth {
    let (Some(x), Some(y)) = (a.as_map(), b.as_map()) else { return Truth::No };
    let keys = x.entries.iter().chain(&y.entries).map(|entry| &entry.key);
    let open =
        Truth::from(x.open.is_none() && y.open.is_none()).or(Truth::unknown("the map may hold more entries"));
    keys.fold(open, |truth, key| truth.and(equal(&x.get(key), &y.get(key), references, world)))
}

fn equal_scalars(a: &Value, b: &Value) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::String(x), Kind::String(y)) => x == y,
        (Kind::Bool(_), _) | (_, Kind::Bool(_)) => a.as_bool().is_some() && a.as_bool() == b.as_bool(),
        (Kind::Number(_), _) | (_, Kind::Number(_)) => {
            a.as_number().is_some() && a.as_number() == b.as_number()
        }
        _ => false,
    }
}

/// Texts of which at least one is a template or a reference.
fn equal_texts(a: &Value, b: &Value, references: &dyn References) -> Truth {
    let (x, y) = (text_parts(a, references), text_parts(b, references));
    if x == y && !x.iter().any(is_fresh) {
        return Truth::Yes;
    }
    if contradict(&x, &y) { Truth::No } else { Truth::unknown(unknown_text(&x, &y)) }
}

fn unknown_text(x: &[Part], y: &[Part]) -> String {
    let unknown = x.iter().chain(y).find_map(|part| match part {
        Part::Value(Value { kind: Kind::Unknown(unknown), .. }) => Some(unknown.reason.to_string()),
        Part::Value(Value { kind: Kind::Reference(to), .. }) => Some(format!(
            "the text of {}.{} is known after deployment",
            Identity::shown(&to.to),
            to.attribute
        )),
        _ => None,
    });
    unknown.unwrap_or_else(|| "the text is not wholly known".to_owned())
}

/// Whether a part may stand for two different texts at two places.
fn is_fresh(part: &Part) -> bool {
    match part {
        Part::Text(_) => false,
        Part::Value(value) => match &value.kind {
            Kind::Unknown(unknown) => unknown.identity.is_none(),
            Kind::Reference(reference) => reference.many,
            _ => true,
        },
    }
}

/// A value as the parts of a text, places forgotten, so that parts can be compared.
#[must_use]
pub fn text_parts(value: &Value, references: &dyn References) -> Vec<Part> {
    let mut parts = Vec::new();
    push_parts(value, references, &mut parts, 4);
    parts
}

fn push_parts(value: &Value, references: &dyn References, parts: &mut Vec<Part>, depth: usize) {
    match &value.kind {
        Kind::String(text) => push_text(parts, text),
        Kind::Bool(known) => push_text(parts, if *known { "true" } else { "false" }),
        Kind::Number(number) => push_text(parts, &number.to_string()),
        Kind::Template(template) => template_parts(template, references, parts, depth),
        Kind::Reference(reference) => match references.text(reference) {
            Some(text) if depth > 0 => push_parts(&text, references, parts, depth - 1),
            _ => parts.push(Part::Value(Value::new(value.kind.clone(), crate::Origin::default()))),
        },
        _ => parts.push(Part::Value(Value::new(value.kind.clone(), crate::Origin::default()))),
    }
}

fn template_parts(template: &Template, references: &dyn References, parts: &mut Vec<Part>, depth: usize) {
    for part in &template.parts {
        match part {
            Part::Text(text) => push_text(parts, text),
            Part::Value(value) if depth > 0 => push_parts(value, references, parts, depth - 1),
            Part::Value(value) => parts.push(Part::Value(value.clone())),
        }
    }
}

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Text(last)) => *last = format!("{last}{text}").into(),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Text(text.into())),
    }
}

/// Whether two texts cannot be the same, by their known prefixes, suffixes and least lengths.
fn contradict(a: &[Part], b: &[Part]) -> bool {
    let (prefix_a, prefix_b) = (known_end(a.first()), known_end(b.first()));
    let (suffix_a, suffix_b) = (known_end(a.last()), known_end(b.last()));
    let starts_part = !prefix_a.starts_with(prefix_b) && !prefix_b.starts_with(prefix_a);
    let ends_part = !suffix_a.ends_with(suffix_b) && !suffix_b.ends_with(suffix_a);
    starts_part || ends_part || too_long(a, b) || too_long(b, a)
}

fn known_end(part: Option<&Part>) -> &str {
    match part {
        Some(Part::Text(text)) => text,
        _ => "",
    }
}

/// Whether the known parts of `a` alone are longer than the wholly known text `b`, or `b` ends within them.
fn too_long(a: &[Part], b: &[Part]) -> bool {
    let whole = match b {
        [] => "",
        [Part::Text(text)] => text.as_str(),
        _ => return false,
    };
    let least = |part: &Part| match part {
        Part::Text(text) => text.len(),
        Part::Value(_) => 0,
    };
    a.iter().map(least).sum::<usize>() > whole.len()
}
