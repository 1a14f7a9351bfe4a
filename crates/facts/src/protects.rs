//! What a key protects: the resources whose keys lead to it, directly or through an alias. Invariant: the reverse of
//! what models call `ref kms-key`, in attributes and in the fields of records.

use std::sync::OnceLock;

use graph::NodeId;
use language::ir::{AttributeSource, Field, Kind as Model, Type};
use rustc_hash::FxHashMap;
use value::{Item, List, Value};

use crate::attachment::{place, there};
use crate::decision::Decision;
use crate::lists::{elements, fact_origin, list_value, opened};
use crate::reader::{Reader, Target};

/// Kinds that name keys without storing anything under them.
const NOT_PROTECTED: &[&str] = &["kms-key", "kms-alias", "kms-grant"];

/// Who uses which key, collected on first demand.
#[derive(Default)]
pub(crate) struct Protected {
    by_key: OnceLock<FxHashMap<NodeId, Vec<(NodeId, Decision)>>>,
}

/// A path to a reference to a key: an attribute, or a field of its records.
type Path = (&'static str, Option<&'static str>);

/// The resources that a key or an alias protects.
pub(crate) fn protects(known: &Protected, reader: &Reader<'_>, key: NodeId) -> Value {
    let by_key = known.by_key.get_or_init(|| collect(reader));
    let mut list = List::default();
    for (user, when) in by_key.get(&key).into_iter().flatten() {
        let atom = format!("whether {} protects {}", reader.address(key), reader.address(*user));
        let user = Value { origin: place(reader, *user), ..reader.reference_to(*user) };
        list.items.extend(when.clone().into_item(user, &atom));
    }
    list.open = reader.open_world(key).map(opened);
    list_value(list, fact_origin(&place(reader, key)))
}

fn collect(reader: &Reader<'_>) -> FxHashMap<NodeId, Vec<(NodeId, Decision)>> {
    let mut by_key: FxHashMap<NodeId, Vec<(NodeId, Decision)>> = FxHashMap::default();
    for (kind, id) in reader.catalogue().kinds.iter().zip(0u16..) {
        let paths = if NOT_PROTECTED.contains(&kind.name) { Vec::new() } else { paths(kind) };
        let nodes = if paths.is_empty() { &[][..] } else { reader.graph.of_kind(language::ir::KindId(id)) };
        for user in nodes {
            for path in &paths {
                for (key, when) in keys(reader, *user, *path) {
                    add(&mut by_key, key, *user, when);
                }
            }
        }
    }
    by_key
}

fn add(by_key: &mut FxHashMap<NodeId, Vec<(NodeId, Decision)>>, key: NodeId, user: NodeId, when: Decision) {
    let users = by_key.entry(key).or_default();
    match users.last_mut() {
        Some((last, known)) if *last == user => *known = known.clone().or(when),
        _ => users.push((user, when)),
    }
}

/// The paths of a kind that lead to keys.
fn paths(kind: &'static Model) -> Vec<Path> {
    let is_key = |ty: Type| match ty {
        Type::Ref(kinds) => kinds.contains(&"kms-key"),
        Type::List(Type::Ref(kinds)) => kinds.contains(&"kms-key"),
        _ => false,
    };
    let mut paths = Vec::new();
    for attribute in kind.attributes {
        if !matches!(attribute.source, AttributeSource::Spelled) {
            continue;
        }
        if is_key(attribute.ty) {
            paths.push((attribute.name, None));
        }
        let Type::List(Type::Record(record)) = attribute.ty else { continue };
        let fields: &'static [Field] = kind.record(record).map_or(&[], |record| record.fields);
        paths.extend(
            fields.iter().filter(|field| is_key(field.ty)).map(|field| (attribute.name, Some(field.name))),
        );
    }
    paths
}

/// The keys that a path of a node leads to; an alias of the scan and the key behind it both.
fn keys(reader: &Reader<'_>, user: NodeId, (attribute, field): Path) -> Vec<(NodeId, Decision)> {
    let mut found = Vec::new();
    for Item { value, presence } in elements(&reader.read(user, attribute)).items {
        let value = field.map_or(value.clone(), |field| value.get(field));
        if value.is_absent() {
            continue;
        }
        let used = there(reader, user).and(Decision::of_presence(&presence));
        for lead in reader.leads(&value, user, &["kms-key", "kms-alias"]) {
            let Target::Node(key) = lead.target else { continue };
            let when = used.clone().and(lead.when);
            if reader.is(key, "kms-alias") {
                for behind in reader.leads(&reader.read(key, "target"), key, &["kms-key"]) {
                    if let Target::Node(real) = behind.target {
                        found.push((real, when.clone().and(behind.when)));
                    }
                }
            }
            found.push((key, when));
        }
    }
    found
}
