//! What always holds of what a front end declares, whatever the input was.

use std::collections::BTreeSet;

use carelint_source::{Problem, Sources};
use carelint_value::declared::Declared;
use carelint_value::{Alternatives, Condition, Kind, Part, Presence, Value};

/// Most values that evaluation under [`crate::small_limits`] may leave behind, shared ones counted each time they are
/// met.
const MOST_VALUES: usize = 4_000_000;

/// Deepest nesting of values.
const DEEPEST: usize = 1_500;

/// Panics if something does not hold.
pub fn check(sources: &Sources, declared: &Declared, unique: bool) {
    let mut keys = BTreeSet::new();
    let mut walk = Walk { sources, left: MOST_VALUES };
    for resource in &declared.resources {
        assert!(keys.insert((resource.root, &resource.key)) || !unique, "two resources have the key {}", resource.key);
        assert!((resource.root.0 as usize) < declared.roots.len(), "{} has no root", resource.address);
        walk.presence(&resource.presence);
        // Properties that a parameter or a macro gives as a whole are not known.
        let attributes = &resource.attributes.kind;
        assert!(matches!(attributes, Kind::Map(_) | Kind::Unknown(_)), "{} is no map", resource.address);
        walk.value(&resource.attributes, 0);
        walk.value(&resource.meta, 0);
        for value in [&resource.region, &resource.account, &resource.instance].into_iter().flatten() {
            walk.value(value, 0);
        }
    }
    assert!(declared.problems.len() < 10_000, "{} problems", declared.problems.len());
    declared.problems.iter().for_each(|problem| problem_holds(sources, problem));
}

fn problem_holds(sources: &Sources, problem: &Problem) {
    assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem:?} says nothing");
    assert!(problem.message.len() < 100_000, "{} is told in {} bytes", problem.code, problem.message.len());
    if let Some(place) = problem.place {
        let file = sources.file(place.file);
        let (start, end) = (place.span.start as usize, place.span.end as usize);
        assert!(start <= end && file.text.get(start..end).is_some(), "{problem:?} is nowhere in {}", file.path);
    }
}

struct Walk<'s> {
    sources: &'s Sources,
    left: usize,
}

impl Walk<'_> {
    fn value(&mut self, value: &Value, depth: usize) {
        assert!(depth < DEEPEST, "a value is nested too deeply");
        self.left = self.left.saturating_sub(1);
        assert!(self.left > 0, "there are more values than the limits allow");
        match &value.kind {
            Kind::Absent | Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::Unknown(_) => {}
            Kind::Reference(reference) => assert!(!reference.to.is_empty(), "a reference to nothing"),
            Kind::String(text) => self.text(text),
            Kind::List(list) => {
                for item in &list.items {
                    assert!(!item.value.is_absent(), "a list holds an absent value");
                    self.presence(&item.presence);
                    self.value(&item.value, depth + 1);
                }
            }
            Kind::Map(map) => {
                let mut keys = BTreeSet::new();
                for entry in &map.entries {
                    assert!(keys.insert(&entry.key), "a map has the key `{}` twice", entry.key);
                    assert!(!entry.value.is_absent(), "`{}` of a map is absent", entry.key);
                    assert!(!entry.replaceable || map.open.is_some(), "nothing can replace `{}`", entry.key);
                    self.presence(&entry.presence);
                    self.value(&entry.value, depth + 1);
                }
            }
            Kind::Template(template) => {
                let parts = &template.parts;
                assert!(parts.iter().any(|part| matches!(part, Part::Value(_))), "a template is a text");
                let texts = |pair: &[Part]| pair.iter().all(|part| matches!(part, Part::Text(_)));
                assert!(!parts.windows(2).any(texts), "two texts of a template are not one");
                for part in parts {
                    match part {
                        Part::Text(text) => self.text(text),
                        Part::Value(value) => self.value(value, depth + 1),
                    }
                }
            }
            Kind::Alternatives(alternatives) => {
                let many = alternatives.choices.len();
                assert!((2..=Alternatives::MOST).contains(&many), "{many} alternatives");
                for (condition, choice) in &alternatives.choices {
                    assert!(*condition != Condition::Never, "an alternative that never holds");
                    assert!(!matches!(choice.kind, Kind::Alternatives(_)), "alternatives in alternatives");
                    self.value(choice, depth + 1);
                }
            }
        }
    }

    fn text(&self, text: &str) {
        let most = 4 * self.sources.limits().string_bytes + 4 * self.sources.limits().file_bytes as usize;
        assert!(text.len() <= most, "a text of {} bytes", text.len());
    }

    fn presence(&self, presence: &Presence) {
        assert!(presence.when != Condition::Never, "something is there that never is");
    }
}
