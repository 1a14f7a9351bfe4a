//! Work on values that depend on conditions. Invariant: the conditions of [`Cases`] exclude each other and together
//! hold always.

use std::sync::Arc;

use value::{Condition, Item, Kind, List, Origin, Presence, Truth, Unknown, Value, World, worlds};

/// A truth that depends on conditions.
pub(crate) type Cases = Vec<(Condition, Truth)>;

/// More cases than this become one unknown.
const MOST_CASES: usize = 16;

/// Whether nothing is there (null counts as nothing at the model's border).
pub(crate) fn is_nothing(value: &Value) -> bool {
    matches!(value.kind, Kind::Absent | Kind::Null)
}

/// Applies `change` to a value, or to each of its alternatives.
pub(crate) fn map(value: &Value, change: &mut dyn FnMut(&Value) -> Value) -> Value {
    let Kind::Alternatives(alternatives) = &value.kind else { return change(value) };
    let choices: Vec<_> =
        alternatives.choices.iter().map(|(when, choice)| (when.clone(), change(choice))).collect();
    Value::alternatives(choices, value.origin.clone()).with_sensitivity(value.sensitive)
}

/// The alternatives of a value, or the value itself as the only one.
pub(crate) fn choices(value: &Value) -> Vec<(Condition, Value)> {
    match &value.kind {
        Kind::Alternatives(alternatives) => alternatives.choices.clone(),
        _ => vec![(Condition::Always, value.clone())],
    }
}

/// The value, with `rest` where it is absent.
pub(crate) fn or_else(value: Value, rest: impl FnOnce() -> Value) -> Value {
    match &value.kind {
        Kind::Absent | Kind::Null => rest(),
        Kind::Alternatives(alternatives)
            if alternatives.choices.iter().any(|(_, choice)| is_nothing(choice)) =>
        {
            let rest = rest();
            let filled = |(when, choice): &(Condition, Value)| {
                (when.clone(), if is_nothing(choice) { rest.clone() } else { choice.clone() })
            };
            let choices: Vec<_> = alternatives.choices.iter().map(filled).collect();
            Value::alternatives(choices, value.origin.clone())
        }
        _ => value,
    }
}

/// Whether there is a value. An empty list counts as none, for a block that is not written and an empty set of
/// blocks are one thing.
pub(crate) fn presence(value: &Value) -> Cases {
    match &value.kind {
        Kind::Absent | Kind::Null => certainly(Truth::No),
        Kind::Unknown(unknown) if unknown.may_be_absent => certainly(Truth::unknown(unknown.reason.clone())),
        Kind::List(list) => list_presence(list),
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().flat_map(|(when, choice)| within(when, presence(choice))).collect()
        }
        _ => certainly(Truth::Yes),
    }
}

fn list_presence(list: &List) -> Cases {
    if list.items.iter().any(|item| item.presence.is_certain()) {
        return certainly(Truth::Yes);
    }
    let mut single = list.items.iter().filter(|item| !item.presence.many);
    let some = single
        .by_ref()
        .take(MOST_CASES)
        .fold(Condition::Never, |any, item| any.or(item.presence.when.clone()));
    let otherwise = match &list.open {
        Some(open) => Truth::unknown(open.reason.clone()),
        None if list.items.iter().any(|item| item.presence.many) => Truth::unknown(HOW_MANY),
        None if single.next().is_some() => Truth::unknown(TOO_MANY),
        None => Truth::No,
    };
    match some {
        Condition::Never => certainly(otherwise),
        some => vec![(some.clone(), Truth::Yes), (some.not(), otherwise)],
    }
}

/// Why the presence of something that is there any number of times is not known.
pub(crate) const HOW_MANY: &str = "how many there are is not known";

/// Why something is not known that could be.
const TOO_MANY: &str = "it depends on too many conditions";

/// A truth that depends on nothing.
pub(crate) fn certainly(truth: Truth) -> Cases {
    vec![(Condition::Always, truth)]
}

/// Cases that are met under a further condition only.
fn within<'c>(when: &'c Condition, cases: Cases) -> impl Iterator<Item = (Condition, Truth)> + 'c {
    cases.into_iter().map(move |(deeper, truth)| (when.clone().and(deeper), truth))
}

/// The contrary of a truth that depends on conditions.
pub(crate) fn not(cases: Cases) -> Cases {
    cases.into_iter().map(|(when, truth)| (when, truth.not())).collect()
}

/// Combines two truths, condition by condition.
pub(crate) fn combine(a: Cases, b: &Cases, join: fn(Truth, Truth) -> Truth) -> Cases {
    let mut combined: Cases = Vec::new();
    for (when, truth) in a {
        for (other, second) in b {
            if exclude(&when, other) {
                continue;
            }
            let (both, joined) = (when.clone().and(other.clone()), join(truth.clone(), second.clone()));
            match combined
                .iter_mut()
                .find(|(_, known)| *known == joined && !matches!(known, Truth::Unknown(_)))
            {
                Some((known, _)) => *known = std::mem::take(known).or(both),
                None => combined.push((both, joined)),
            }
        }
    }
    if combined.len() > MOST_CASES {
        return certainly(Truth::unknown(TOO_MANY));
    }
    combined
}

/// Makes a value of a truth that depends on conditions; `of` gives the value of a decided truth.
pub(crate) fn value_of(cases: Cases, origin: &Origin, of: &dyn Fn(bool) -> Value) -> Value {
    let decided = |truth: Truth| match truth {
        Truth::Yes => of(true),
        Truth::No => of(false),
        Truth::Unknown(causes) => {
            let reason = causes.first().map(|cause| cause.reason.clone()).unwrap_or_default();
            Value::unknown(
                Unknown { may_be_absent: of(false).is_absent(), ..Unknown::fresh(reason) },
                origin.clone(),
            )
        }
    };
    let choices: Vec<_> = cases.into_iter().map(|(when, truth)| (when, decided(truth))).collect();
    Value::alternatives(choices, origin.clone())
}

/// Whether no world has both, as far as that shows in conjunctions.
pub(crate) fn exclude(a: &Condition, b: &Condition) -> bool {
    if *a == Condition::Always || *b == Condition::Always {
        return *a == Condition::Never || *b == Condition::Never;
    }
    b.holds(&World::assuming(a)) == Truth::No || a.holds(&World::assuming(b)) == Truth::No
}

/// At least one; always, if together they hold in every world.
pub(crate) fn either(a: Condition, b: Condition) -> Condition {
    let either = a.or(b);
    let mut literals = Vec::new();
    either.literals(&mut |literal| literals.push(literal.clone()));
    let worlds = worlds(&literals, &World::default(), &Condition::Always, MOST_CASES);
    let always = worlds.is_some_and(|worlds| worlds.iter().all(|world| either.holds(world) == Truth::Yes));
    if always { Condition::Always } else { either }
}

/// Whether a condition has more literals than `most`: conditions that are joined over and over must not grow without
/// bound.
pub(crate) fn is_long(condition: &Condition, most: usize) -> bool {
    fn count(condition: &Condition, left: &mut usize) {
        match condition {
            _ if *left == 0 => {}
            Condition::Always | Condition::Never | Condition::Literal(_) => *left -= 1,
            Condition::Not(inner) => count(inner, left),
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| count(part, left)),
        }
    }
    let mut left = most + 1;
    count(condition, &mut left);
    left == 0
}

/// What is left of `when` for someone who takes `given` for granted: the parts that `given` does not state itself.
pub(crate) fn relative(when: &Condition, given: &Condition) -> Condition {
    if *when == Condition::Always || *given == Condition::Always {
        return when.clone();
    }
    if when == given {
        return Condition::Always;
    }
    let (mut parts, mut known) = (Vec::new(), Vec::new());
    conjuncts(when, &mut parts);
    conjuncts(given, &mut known);
    let open = parts.into_iter().filter(|part| !known.contains(part));
    open.fold(Condition::Always, |all, part| all.and(part.clone()))
}

fn conjuncts<'c>(condition: &'c Condition, parts: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(all) => all.iter().for_each(|part| conjuncts(part, parts)),
        part => parts.push(part),
    }
}

/// Appends what `value` holds to a list: the elements of a list, one element for anything else, nothing for
/// nothing, under `presence` each.
pub(crate) fn append(out: &mut List, value: &Value, presence: &Presence) {
    match &value.kind {
        Kind::Absent | Kind::Null => {}
        Kind::List(list) => {
            let sensitive = value.sensitive;
            let under = |item: &Item| Item {
                value: item.value.clone().with_sensitivity(sensitive),
                presence: item.presence.and(presence),
            };
            out.items.extend(list.items.iter().filter(|item| !is_nothing(&item.value)).map(under));
            if out.open.is_none() {
                out.open.clone_from(&list.open);
            }
        }
        Kind::Alternatives(alternatives) => {
            for (when, choice) in &alternatives.choices {
                append(out, choice, &presence.and(&Presence::guarded(when.clone())));
            }
        }
        Kind::Unknown(unknown) => {
            out.open.get_or_insert_with(|| unknown.clone());
        }
        // `aws_subnet.private[*].id` with an unknown `count`: any number of them.
        Kind::Reference(reference) if reference.many => {
            let presence = Presence { many: true, ..presence.clone() };
            out.items.push(Item { value: value.clone(), presence });
        }
        _ => out.items.push(Item { value: value.clone(), presence: presence.clone() }),
    }
}

/// A list as a value.
pub(crate) fn list(list: List, origin: Origin) -> Value {
    Value::new(Kind::List(Arc::new(list)), origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(atom: &str) -> Condition {
        Condition::literal(atom, "true")
    }

    #[test]
    fn a_guard_that_is_given_falls_away() {
        let both = on("a").and(on("b"));
        assert_eq!(relative(&both, &on("a")), on("b"));
        assert_eq!(relative(&on("a"), &both), Condition::Always);
        assert_eq!(relative(&on("c"), &both), on("c"));
    }

    #[test]
    fn a_condition_excludes_its_contrary() {
        assert!(exclude(&on("a"), &on("a").not()));
        assert!(exclude(&on("a").and(on("b")), &on("b").not()));
        assert!(!exclude(&on("a"), &on("b")));
    }

    #[test]
    fn a_list_of_guarded_elements_is_there_where_one_of_them_is() {
        let item =
            |when| Item { value: Value::bool(true, Origin::default()), presence: Presence::guarded(when) };
        let list = List::new(vec![item(on("a")), item(on("b"))], None);
        let cases = list_presence(&list);
        assert_eq!(cases.first(), Some(&(on("a").or(on("b")), Truth::Yes)));
        assert_eq!(cases.get(1), Some(&(on("a").or(on("b")).not(), Truth::No)));
    }
}
