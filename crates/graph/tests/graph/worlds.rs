//! Reading and joining commute with deciding: what a graph says in a world is what the graph of the decided source
//! says. And no input, however odd, breaks the graph.

use proptest::prelude::*;
use value::declared::{Mode, Resource};
use value::{Condition, Item, Kind, List, Map, MapEntry, Presence, Truth, Value, World};

use crate::support::*;

const NAMES: [&str; 24] = [
    "block",
    "name",
    "port",
    "entries",
    "Key",
    "Value",
    "action",
    "allow",
    "sms",
    "totp",
    "enabled",
    "one",
    "two",
    "ipv4",
    "ipv6",
    "protocol",
    "bucket",
    "logging",
    "target_bucket",
    "policy",
    "versioning",
    "status",
    "versioning_configuration",
    "website",
];

const ADDRESSES: [&str; 8] = [
    "every.x",
    "aws_s3_bucket.a",
    "aws_s3_bucket.b",
    "aws_s3_bucket_versioning.v",
    "aws_s3_bucket_versioning.w",
    "aws_s3_bucket_policy.p",
    "aws_s3_bucket_public_access_block.k",
    "aws_security_group.g",
];

fn guard() -> impl Strategy<Value = Condition> {
    prop_oneof![
        4 => Just(Condition::Always),
        1 => Just(when("c")),
        1 => Just(when("c").not()),
        1 => Just(when("d")),
        1 => Just(when("c").and(when("d"))),
    ]
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(null()),
        Just(b(true)),
        Just(b(false)),
        Just(n("22")),
        Just(s("")),
        Just(s("a")),
        Just(s("drop")),
        Just(s("true")),
        proptest::sample::select(&ADDRESSES[..]).prop_map(|address| to(address, "id")),
        Just(to("aws_s3_bucket.a", "bucket")),
    ]
}

/// Values whose only doubt is the conditions `c` and `d`.
fn decidable() -> BoxedStrategy<Value> {
    leaf()
        .prop_recursive(4, 24, 4, |inner| {
            let entry = (proptest::sample::select(&NAMES[..]), inner.clone());
            prop_oneof![
                proptest::collection::vec((guard(), inner.clone()), 0..4).prop_map(|elements| {
                    items(elements.into_iter().map(|(when, value)| (Presence::guarded(when), value)), false)
                }),
                proptest::collection::vec(entry, 0..5).prop_map(blocks),
                (proptest::sample::select(vec!["c", "d"]), inner.clone(), inner)
                    .prop_map(|(atom, yes, no)| if_else(atom, yes, no)),
            ]
        })
        .boxed()
}

/// Anything at all.
fn anything() -> BoxedStrategy<Value> {
    let odd = prop_oneof![
        leaf(),
        Just(var("v")),
        Just(maybe()),
        Just(crate::support::any("aws_s3_bucket.a", "id")),
        Just(to("nothing.here", "id")),
        Just(template([s("arn:aws:s3:::"), var("v")])),
        Just(template([s("arn:a:b:c:d:e:"), to("aws_s3_bucket.b", "id")])),
        "[a-z:\\[\\].\"*\u{1e}]{0,12}".prop_map(|text| s(&text)),
    ];
    odd.prop_recursive(5, 40, 5, |inner| {
        let entry = (proptest::sample::select(&NAMES[..]), inner.clone());
        prop_oneof![
            (proptest::collection::vec((guard(), any_bool(), inner.clone()), 0..5), any_bool()).prop_map(
                |(elements, open)| {
                    let element = |(when, many, value)| (Presence { when, many }, value);
                    items(elements.into_iter().map(element), open)
                }
            ),
            proptest::collection::vec(entry, 0..6).prop_map(blocks),
            (inner.clone(), inner).prop_map(|(yes, no)| if_else("c", yes, no)),
        ]
    })
    .boxed()
}

fn any_bool() -> impl Strategy<Value = bool> {
    proptest::bool::weighted(0.2)
}

fn blocks(entries: Vec<(&'static str, Value)>) -> Value {
    let mut map = Map::default();
    for (key, value) in entries {
        if map.entry(key).is_none() {
            map.entries.push(MapEntry::certain(key, value));
        }
    }
    Value::new(Kind::Map(map.into()), written())
}

/// Attributes of a resource: satellites have a subject more often than not, and names are no references to what may
/// not be there.
fn attributes(address: &str, value: BoxedStrategy<Value>) -> impl Strategy<Value = Value> + use<> {
    let name = prop_oneof![Just(s("a")), Just(s("b")), Just(if_else("d", s("a"), s("b")))].boxed();
    let subject = prop_oneof![
        Just(to("aws_s3_bucket.a", "id")),
        Just(to("aws_s3_bucket.b", "id")),
        Just(if_else("c", to("aws_s3_bucket.a", "id"), to("aws_s3_bucket.b", "id"))),
        Just(s("a")),
    ]
    .boxed();
    let subject = if address.starts_with("aws_s3_bucket.") { name } else { subject };
    let entry = (proptest::sample::select(&NAMES[..]), value);
    (subject, proptest::collection::vec(entry, 0..8))
        .prop_map(|(subject, entries)| blocks([("bucket", subject)].into_iter().chain(entries).collect()))
}

type Parts = Vec<(&'static str, Condition, Value)>;

fn resources(value: &BoxedStrategy<Value>) -> impl Strategy<Value = Parts> + use<> {
    let one = |address: &'static str| {
        proptest::option::weighted(0.7, (Just(address), guard(), attributes(address, value.clone()))).boxed()
    };
    let all: Vec<_> = ADDRESSES.into_iter().map(one).collect();
    all.prop_map(|parts| parts.into_iter().flatten().collect())
}

fn scan(parts: &Parts) -> Scan {
    let add = |scan: Scan, (address, guard, attributes): &(&str, Condition, Value)| {
        scan.add(address, attributes.clone(), |resource: &mut Resource| {
            resource.mode = Mode::Managed;
            resource.presence = Presence::guarded(guard.clone());
        })
    };
    parts.iter().fold(Scan::new(), add)
}

fn described(parts: &Parts) -> String {
    let one = |(address, guard, value): &(&str, Condition, Value)| {
        format!("\n  {address} if {}: {}", condition(guard), show(value))
    };
    parts.iter().map(one).collect()
}

/// A value in a world that decides every condition of it.
fn decided(value: &Value, world: &World) -> Value {
    let kind = match &value.kind {
        Kind::Alternatives(alternatives) => {
            let mut holding = alternatives.choices.iter().filter(|(when, _)| when.holds(world) == Truth::Yes);
            return holding.next().map_or_else(Value::absent, |(_, choice)| decided(choice, world));
        }
        Kind::List(list) => {
            let there = list.items.iter().filter(|item| item.presence.when.holds(world) == Truth::Yes);
            let items = there.map(|item| Item::certain(decided(&item.value, world)));
            Kind::List(List::new(items.filter(|item| !item.value.is_absent()).collect(), None).into())
        }
        Kind::Map(map) => {
            let entry = |entry: &MapEntry| MapEntry { value: decided(&entry.value, world), ..entry.clone() };
            let entries = map.entries.iter().map(entry).filter(|entry| !entry.value.is_absent());
            Kind::Map(Map::new(entries.collect(), None).into())
        }
        kind => kind.clone(),
    };
    Value { kind, ..value.clone() }
}

/// As text; an empty list counts as absent, and what comes from defaults is not marked.
fn shown(value: &Value) -> String {
    let text = show(value).replace('=', "");
    if text == "[]" { "absent".to_owned() } else { text }
}

fn every_attribute(scan: &Scan, world: &World) -> Vec<(String, String)> {
    let graph = scan.graph();
    let mut all = Vec::new();
    for (id, node) in graph.nodes() {
        let (Some(resource), Some(model)) = (graph.resource(id), graph.model(id)) else { continue };
        if resource.presence.when.holds(world) != Truth::Yes || node.stand_in {
            continue;
        }
        for (attribute, at) in model.attributes.iter().zip(0..) {
            let value = decided(&graph.attribute(id, language::ir::AttrId(at)), world);
            all.push((format!("{} {}", resource.address, attribute.name), shown(&value)));
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn deciding_first_or_last_makes_no_difference(parts in resources(&decidable()), c: bool, d: bool) {
        let of = |atom: &str, yes: bool| if yes { when(atom) } else { when(atom).not() };
        let world = World::assuming(&of("c", c).and(of("d", d)));
        let open = scan(&parts);
        let there = parts.iter().filter(|(_, guard, _)| guard.holds(&world) == Truth::Yes);
        let closed: Parts =
            there.map(|(address, _, value)| (*address, Condition::Always, decided(value, &world))).collect();
        let closed = scan(&closed);
        // Two that contradict each other are told as alternatives of their own.
        prop_assume!(open.graph().problems().is_empty() && closed.graph().problems().is_empty());
        let (one, other) = (every_attribute(&open, &world), every_attribute(&closed, &world));
        for (one, other) in one.iter().zip(&other) {
            // An unknown is never wrong.
            if !one.1.contains('?') {
                prop_assert_eq!(one, other, "c {} d {} {}", c, d, described(&parts));
            }
        }
        prop_assert_eq!(one.len(), other.len());
    }

    #[test]
    fn no_input_breaks_the_graph(parts in resources(&anything())) {
        let scan = scan(&parts);
        let (one, other) = (every_attribute(&scan, &World::default()), every_attribute(&scan, &World::default()));
        prop_assert_eq!(one, other);
        let graph = scan.graph();
        for (id, node) in graph.nodes() {
            for (at, value) in node.slots.iter().enumerate() {
                let at = language::ir::AttrId(at as u16);
                prop_assert!(!matches!(value.kind, Kind::Null), "null passed the border of the model");
                let _ = graph.absence_place(id, at);
                let _ = graph.resolve(value, id, &[]);
            }
        }
    }
}
