//! A settled verdict is right in every world: whatever the unknown values turn out to be, whichever branch a condition
//! takes, however many elements an open list holds, the rule would say the same of the concrete resource. Small
//! domains are enumerated whole.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot set up its world says so and stops"
)]

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use carelint_rules::{Outcome, Settings, decide};
use facts::Facts;
use graph::{Graph, ScopeOptions};
use language::ir::Catalogue;
use language::{RuleSource, compile};
use proptest::prelude::*;
use smol_str::SmolStr;
use source::{FileId, Place, Sources, Span};
use value::declared::{Declared, Language, Mode, Resource, Root, RootId, key};
use value::{
    Condition, Identity, Item, Kind, List, Map, MapEntry, Origin, Presence, Unknown, Value, World, worlds,
};

const MODEL: &str = r"
thing:
  service: Test
  attributes:
    name: string
    release: string
    least: string
    flag: bool
    days: number
    list: list<string>
    labels: map<string>
    parts: list<part>
  records:
    part: {key: [name], fields: {name: string, on: bool}}
  spelled:
    - terraform: thing
      parts: {each: part, name: name, on: on}
";

/// Predicates over every operator; each becomes a rule of its own, some with a `when`.
const PREDICATES: &[(&str, &str)] = &[
    ("", r#"self.name == "a""#),
    ("", r#"self.name != "a""#),
    ("", r#"has(self.name) && self.name == "a" || has(self.name) && self.name == "b""#),
    ("", r#"self.name in ["a", "b", "ab"]"#),
    ("", "has(self.name)"),
    ("", r#"has(self.name) && self.name.startsWith("a")"#),
    ("", r#"has(self.name) && self.name.endsWith("b")"#),
    ("", r#"has(self.name) && self.name.contains("b")"#),
    ("", r#"has(self.name) && self.name.matches("^a+$")"#),
    ("", r#"has(self.release) && self.release.atLeast("1.9")"#),
    ("", r#"!(has(self.release) && self.release.atLeast("2.0"))"#),
    ("", r#"has(self.release) && has(self.least) && self.release.atLeast(self.least)"#),
    ("", "self.flag"),
    ("", "!(has(self.flag) && self.flag)"),
    ("", "!has(self.flag) || !self.flag"),
    ("", r#"has(self.flag) && self.flag == (self.name == "a")"#),
    ("", "has(self.days) && self.days >= 5"),
    ("", "has(self.days) && self.days < 9"),
    ("", "has(self.days) && self.days + 1 > 5"),
    ("", "size(self.list) > 0"),
    ("", "size(self.list) == 2"),
    ("", "size(self.list) != 1"),
    ("", r#""a" in self.list"#),
    ("", r#"self.list.exists(x, x == "a")"#),
    ("", r#"self.list.all(x, x == "a")"#),
    ("", r#"!self.list.exists(x, x == "b")"#),
    ("", r#"size(self.list.filter(x, x == "a")) > 0"#),
    ("", r#"size(self.list.filter(x, x == "a")) != 1"#),
    ("", r#"self.list.map(x, x == "a").exists(y, y)"#),
    ("", "self.list.exists(x, has(self.name) && x == self.name)"),
    ("", r#""k" in self.labels"#),
    ("", r#"has(self.labels) && self.labels["k"] == "a""#),
    ("", "self.parts.exists(p, p.on)"),
    ("", r#"self.parts.all(p, p.on || p.name == "a")"#),
    ("", r#"has(self.flag) && self.flag ? has(self.name) : size(self.list) > 0"#),
    (r#"has(self.name) && self.name == "a""#, "self.flag"),
    ("has(self.flag) && self.flag", "has(self.days) && self.days >= 5"),
    ("size(self.list) > 0", r#"self.list.exists(x, x == "b")"#),
];

static CATALOGUE: LazyLock<&'static Catalogue> = LazyLock::new(|| {
    let rule = |(index, (when, check)): (usize, &(&str, &str))| {
        let when = if when.is_empty() { String::new() } else { format!("when: |\n  {when}\n") };
        let text = format!(
            "id: rule-{index:02}\ntitle: T\nmessage: M\nhelp: H\nwhy: W\npillar: security\nseverity: high\n\
             subject: thing\n{when}check: |\n  {check}\ncontrols:\n  hipaa: [\"164.312(b)\"]\n\
             languages: [terraform]\n\
             examples: {{pass: {{terraform: x}}, fail: {{terraform: \"y #~ fail\"}}}}\n"
        );
        (format!("thing/rule-{index:02}.yaml"), text)
    };
    let rules: Vec<(String, String)> = PREDICATES.iter().enumerate().map(rule).collect();
    let hipaa = "name: hipaa\ntitle: HIPAA\nsource: test\ndated: \"2026-01-01\"\nsections:\n  - {id: \"164.312(b)\", title: Audit controls, requirement: required, family: technical}\n";
    let fixed = [("thing/model.yaml", MODEL), ("frameworks/hipaa.yaml", hipaa)];
    let mut files: Vec<RuleSource<'_>> = fixed.iter().map(|(path, text)| RuleSource { path, text }).collect();
    files.extend(rules.iter().map(|(path, text)| RuleSource { path, text }));
    match compile(&files) {
        Ok(compiled) => compiled.catalogue,
        Err(errors) => panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
});

/// Unknown strings, numbers and booleans with the values that they may turn out to have.
const STRINGS: &[&str] = &["a", "b", "ab"];
const NUMBERS: &[i64] = &[0, 5, 9];
const RELEASES: &[&str] = &["1.2.0", "1.9.0", "1.10.0", "2.0.0"];
const ENDS: &[&str] = &["0.0", "9.9"];

fn origin() -> Origin {
    Origin::literal(Place { file: FileId::new(0), span: Span { start: 0, end: 1 } })
}

fn unknown(name: &str) -> Value {
    Value::unknown(Unknown::identified(format!("{name} has no value"), Identity::new("t", name)), origin())
}

fn text(text: &str) -> Value {
    Value::string(text, origin())
}

fn conditions() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        Just(Condition::literal("t\u{1f}c1", "true")),
        Just(Condition::literal("t\u{1f}c1", "false")),
        Just(Condition::literal("t\u{1f}env", "prod")),
        Just(Condition::literal("t\u{1f}env", "dev")),
    ];
    leaf.prop_recursive(2, 4, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.and(b)),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| a.or(b)),
            inner.prop_map(Condition::not),
        ]
    })
}

fn either(
    plain: impl Strategy<Value = Value> + Clone + 'static,
) -> impl Strategy<Value = Value> + Clone + 'static {
    let choice = (conditions(), plain.clone(), plain.clone()).prop_map(|(condition, a, b)| {
        Value::alternatives([(condition.clone(), a), (condition.not(), b)], origin())
    });
    prop_oneof![3 => plain, 1 => choice].boxed()
}

fn strings() -> impl Strategy<Value = Value> + Clone + 'static {
    let plain = prop_oneof![
        4 => prop::sample::select(STRINGS).prop_map(text),
        2 => prop::sample::select(&["s1", "s2"][..]).prop_map(unknown),
        1 => Just(Value::absent()),
    ];
    either(plain)
}

/// Versions, known, known in part or not at all, that every concrete one decides against every other.
fn releases() -> impl Strategy<Value = Value> + Clone + 'static {
    let in_part = |prefix: &str, end: &str| {
        let parts = vec![value::Part::Text(prefix.into()), value::Part::Value(unknown(end))];
        Value::new(Kind::Template(Arc::new(value::Template { parts })), origin())
    };
    let plain = prop_oneof![
        4 => prop::sample::select(RELEASES).prop_map(text),
        1 => Just(unknown("r1")),
        1 => Just(in_part("1.", "e1")),
        1 => Just(in_part("1.1", "e1")),
        1 => Just(Value::absent()),
    ];
    either(plain)
}

fn flags() -> impl Strategy<Value = Value> + Clone + 'static {
    let plain = prop_oneof![
        3 => any::<bool>().prop_map(|known| Value::bool(known, origin())),
        1 => Just(unknown("b1")),
        1 => Just(Value::absent()),
    ];
    either(plain)
}

fn numbers() -> impl Strategy<Value = Value> + Clone + 'static {
    let plain = prop_oneof![
        3 => prop::sample::select(NUMBERS).prop_map(|number| Value::number(number, origin())),
        1 => Just(unknown("n1")),
        1 => Just(Value::absent()),
    ];
    either(plain)
}

fn presences() -> impl Strategy<Value = Presence> {
    prop_oneof![3 => Just(Presence::CERTAIN), 1 => conditions().prop_map(Presence::guarded)]
}

fn listed(elements: impl Strategy<Value = Value> + 'static) -> impl Strategy<Value = Value> + 'static {
    let items = prop::collection::vec((elements, presences()), 0..3);
    (items, prop::bool::weighted(0.2)).prop_map(|(items, open)| {
        let items = items.into_iter().filter(|(value, _)| !value.is_absent());
        let items = items.map(|(value, presence)| Item { value, presence }).collect();
        let open = open.then(|| Arc::new(Unknown::fresh("there may be more")));
        Value::new(Kind::List(Arc::new(List::new(items, open))), origin())
    })
}

fn known_strings() -> impl Strategy<Value = Value> + 'static {
    prop_oneof![3 => prop::sample::select(STRINGS).prop_map(text), 1 => Just(unknown("s1"))]
}

fn parts() -> impl Strategy<Value = Value> + 'static {
    let part = (strings(), flags()).prop_map(|(name, on)| {
        let entries = [("name", name), ("on", on)].into_iter().filter(|(_, value)| !value.is_absent());
        Value::map(entries.map(|(name, value)| (SmolStr::new(name), value)), origin())
    });
    listed(part)
}

fn labels() -> impl Strategy<Value = Value> {
    let entry = (prop::sample::select(&["k", "l"][..]), known_strings(), presences());
    prop::collection::vec(entry, 0..2).prop_map(|entries| {
        let mut map = Map::default();
        for (key, value, presence) in entries {
            if map.entry(key).is_none() {
                map.entries.push(MapEntry { presence, ..MapEntry::certain(key, value) });
            }
        }
        Value::new(Kind::Map(Arc::new(map)), origin())
    })
}

fn resources() -> impl Strategy<Value = Value> {
    let versions = (releases(), releases());
    (strings(), versions, flags(), numbers(), listed(known_strings()), labels(), parts()).prop_map(
        |(name, (release, least), flag, days, list, labels, parts)| {
            let named = [
                ("name", name),
                ("release", release),
                ("least", least),
                ("flag", flag),
                ("days", days),
                ("list", list),
                ("labels", labels),
                ("part", parts),
            ];
            let entries = named.into_iter().filter(|(_, value)| !value.is_absent());
            Value::map(entries.map(|(name, value)| (SmolStr::new(name), value)), origin())
        },
    )
}

/// One way in which everything unknown may turn out.
#[derive(Debug, Clone)]
struct Reality {
    world: World,
    unknowns: BTreeMap<&'static str, Value>,
    more: Vec<Value>,
}

/// Every way.
fn realities() -> Vec<Reality> {
    let literals: Vec<value::Literal> =
        [("t\u{1f}c1", "true"), ("t\u{1f}env", "prod"), ("t\u{1f}env", "dev")]
            .map(|(atom, value)| value::Literal { atom: atom.into(), value: value.into() })
            .to_vec();
    let worlds = worlds(&literals, &World::default(), &Condition::Always, 64).expect("six worlds");
    let mut all = Vec::new();
    for world in worlds {
        for (s1, s2) in STRINGS.iter().flat_map(|a| STRINGS.iter().map(move |b| (*a, *b))) {
            // Enough of all pairs: every unknown takes every value, beside several of the others.
            let turn = all.len() / 12;
            let r1 = RELEASES.get(turn % RELEASES.len()).expect("within the releases");
            let e1 = ENDS.get(turn / RELEASES.len() % ENDS.len()).expect("within the ends");
            for (n1, b1) in NUMBERS.iter().flat_map(|n| [true, false].map(|b| (*n, b))) {
                let unknowns = BTreeMap::from([
                    ("s1", text(s1)),
                    ("s2", text(s2)),
                    ("n1", Value::number(n1, origin())),
                    ("b1", Value::bool(b1, origin())),
                    ("r1", text(r1)),
                    ("e1", text(e1)),
                ]);
                for more in [vec![], vec![text(s2)]] {
                    all.push(Reality { world: world.clone(), unknowns: unknowns.clone(), more });
                }
            }
        }
    }
    all
}

impl Reality {
    fn of(&self, value: &Value) -> Value {
        match &value.kind {
            Kind::Unknown(unknown) => {
                let name =
                    unknown.identity.as_ref().map(|identity| Identity::shown(&identity.text).to_owned());
                self.unknowns.get(name.unwrap_or_default().as_str()).cloned().unwrap_or_else(Value::absent)
            }
            Kind::Alternatives(alternatives) => {
                let holds = |condition: &Condition| condition.holds(&self.world) == value::Truth::Yes;
                let chosen = alternatives.choices.iter().find(|(condition, _)| holds(condition));
                self.of(&chosen.expect("the conditions of alternatives cover all worlds").1)
            }
            Kind::List(list) => {
                let there = list.items.iter().filter(|item| self.exists(&item.presence));
                let mut items: Vec<Value> = there.map(|item| self.of(&item.value)).collect();
                if list.open.is_some() {
                    // A list of parts gets parts, of which the name is all that is said.
                    let as_part =
                        |value: &Value| Value::map([(SmolStr::new("name"), value.clone())], origin());
                    let parts = list.items.first().is_some_and(|item| item.value.as_map().is_some());
                    items.extend(
                        self.more.iter().map(|value| if parts { as_part(value) } else { value.clone() }),
                    );
                }
                Value::list(items, value.origin.clone())
            }
            Kind::Map(map) => {
                let there = map.entries.iter().filter(|entry| self.exists(&entry.presence));
                let entries = there.map(|entry| (entry.key.clone(), self.of(&entry.value)));
                let entries: Vec<_> = entries.filter(|(_, value)| !value.is_absent()).collect();
                Value::map(entries, value.origin.clone())
            }
            Kind::Template(template) => {
                let part = |part: &value::Part| match part {
                    value::Part::Text(text) => text.to_string(),
                    value::Part::Value(hole) => self.of(hole).as_str().unwrap_or_default().to_owned(),
                };
                text(&template.parts.iter().map(part).collect::<String>())
            }
            _ => value.clone(),
        }
    }

    fn exists(&self, presence: &Presence) -> bool {
        presence.when.holds(&self.world) == value::Truth::Yes
    }
}

fn judged(attributes: Value, presence: Presence) -> Vec<Outcome> {
    let place = Place { file: FileId::new(0), span: Span { start: 0, end: 1 } };
    let resource = Resource {
        key: key("t", "thing.x"),
        address: "thing.x".into(),
        mode: Mode::Managed,
        type_name: "thing".into(),
        attributes,
        presence,
        root: RootId(0),
        place,
        body: place,
        logical_id: None,
        construct: None,
        caller: None,
        instance: None,
        region: None,
        account: None,
        meta: Value::map([], Origin::default()),
    };
    let root = Root {
        name: "t".into(),
        language: Language::Terraform,
        folder: "t".into(),
        library: false,
        account: None,
        region: None,
        environment: None,
    };
    let declared = Declared { roots: vec![root], resources: vec![resource.into()], ..Declared::default() };
    let sources = Sources::in_memory([("t/main.tf", "thing")]);
    let graph = Graph::build(&declared, *CATALOGUE, &ScopeOptions::default());
    let facts = Facts::new(&graph);
    let verdicts = decide(&facts, &sources, &Settings::default());
    assert_eq!(verdicts.len(), PREDICATES.len(), "every rule judges the one thing");
    verdicts.into_iter().map(|verdict| verdict.outcome).collect()
}

/// Whether a settled verdict agrees with what the rule says of the concrete resource. A rule that passes where it
/// applies may not apply.
fn agrees(settled: &Outcome, concrete: &Outcome) -> bool {
    match settled {
        Outcome::Unknown(_) => true,
        Outcome::Pass => matches!(concrete, Outcome::Pass | Outcome::NotApplicable),
        Outcome::Fail => *concrete == Outcome::Fail,
        Outcome::NotApplicable => *concrete == Outcome::NotApplicable,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_settled_verdict_holds_in_every_reality(attributes in resources(), presence in presences()) {
        let settled = judged(attributes.clone(), presence.clone());
        for reality in realities().into_iter().filter(|reality| reality.exists(&presence)) {
            let concrete = judged(reality.of(&attributes), Presence::CERTAIN);
            for ((settled, concrete), (when, check)) in settled.iter().zip(&concrete).zip(PREDICATES) {
                prop_assert!(
                    agrees(settled, concrete),
                    "`{check}` (when `{when}`) is {settled:?}, but {concrete:?} in {reality:?}"
                );
            }
        }
    }

    #[test]
    fn a_concrete_resource_is_never_unknown(attributes in resources()) {
        for reality in realities().into_iter().step_by(37) {
            for (outcome, (_, check)) in judged(reality.of(&attributes), Presence::CERTAIN).iter().zip(PREDICATES) {
                prop_assert!(!matches!(outcome, Outcome::Unknown(_)), "`{check}` is {outcome:?}");
            }
        }
    }
}

#[test]
fn worlds_decide_what_kleene_leaves_open() {
    let env = |value| Condition::literal("t\u{1f}env", value);
    let name = Value::alternatives([(env("prod"), text("a")), (env("prod").not(), text("b"))], origin());
    let outcomes = judged(Value::map([(SmolStr::new("name"), name)], origin()), Presence::CERTAIN);
    // Both branches are acceptable, so the check passes although neither comparison is decided.
    assert_eq!(outcomes.get(2), Some(&Outcome::Pass));
    assert!(matches!(outcomes.first(), Some(Outcome::Unknown(_))));
}

#[test]
fn worlds_decide_how_many_elements_there_are() {
    let env = |value| Condition::literal("t\u{1f}env", value);
    let guarded = |when| Item { value: text("a"), presence: Presence::guarded(when) };
    let items = vec![guarded(env("prod")), guarded(env("prod").not())];
    let list = Value::new(Kind::List(Arc::new(List::new(items, None))), origin());
    let outcomes = judged(Value::map([(SmolStr::new("list"), list)], origin()), Presence::CERTAIN);
    let of = |check: &str| {
        PREDICATES.iter().position(|(_, known)| *known == check).and_then(|at| outcomes.get(at))
    };
    assert_eq!(of("size(self.list) > 0"), Some(&Outcome::Pass), "there is one in every world");
    assert_eq!(of("size(self.list) == 2"), Some(&Outcome::Fail), "there are never two");
}
