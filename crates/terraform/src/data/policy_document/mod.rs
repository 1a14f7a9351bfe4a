//! `aws_iam_policy_document`: the policy that it stands for, spelled as the provider spells its JSON, every statement
//! at its block. Invariant: what is known of a partly known document is in it, and what may differ is guarded or open.

mod grouped;
mod merge;
mod read;
mod statement;

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{How, Kind, List, MapEntry, Origin, Unknown, Value};

use crate::eval::identity::reason;
use crate::eval::view::MapBuilder;
use merge::{Merged, Role};

/// Puts the text that an argument refers to in the place of the reference, where it is known.
type Force<'f> = dyn FnMut(Value) -> Value + 'f;

/// The newest version of the policy language, which is also that of a document that names none.
const NEWEST: &str = "2012-10-17";

/// The policy of a document's arguments; `header` is the place of its block.
pub(crate) fn document(force: &mut Force<'_>, arguments: &Value, header: Place) -> Value {
    let mut merged = Merged::default();
    for name in ["source_json", "source_policy_documents"] {
        merged.add_documents(force, &arguments.get(name), Role::Source);
    }
    let version = Some(written(arguments, "version")).filter(|version| !is_nothing(version));
    let newest = || Value::string(NEWEST, Origin { how: How::Default, ..Origin::default() });
    merged.add_header(version.unwrap_or_else(newest), written(arguments, "policy_id"));
    if let Kind::List(own) = &written(arguments, "statement").kind {
        let replaceable = merged.len();
        merged.open(own.open.clone());
        for item in &own.items {
            let value = statement::own(force, &item.value);
            merged.put(value::Item { value, presence: item.presence.clone() }, replaceable);
        }
    }
    for name in ["override_json", "override_policy_documents"] {
        merged.add_documents(force, &arguments.get(name), Role::Override);
    }
    let origin = Origin { place: Some(header), how: How::Computed, via: None };
    let mut policy = MapBuilder::default();
    policy.put(MapEntry::certain("Version", merged.version()));
    if let Some(id) = merged.id() {
        policy.put(MapEntry::certain("Id", id));
    }
    let list = merged.statements();
    if !list.items.is_empty() || list.open.is_some() {
        let list = Value::new(Kind::List(Arc::new(list)), origin.clone());
        policy.put(MapEntry { place: Some(header), ..MapEntry::certain("Statement", list) });
    }
    policy.finish(origin)
}

/// A `sid` that two of the document's own statements have, which the provider refuses, and the place of the second.
pub(crate) fn repeated_sid(arguments: &Value) -> Option<(SmolStr, Option<Place>)> {
    let own = written(arguments, "statement");
    let sids = own.as_list()?.items.iter().filter(|item| item.presence.is_certain());
    let sids = sids.map(|item| written(&item.value, "sid"));
    let mut seen: Vec<SmolStr> = Vec::new();
    for sid in sids {
        let Some(text) = sid.as_str().filter(|text| !text.is_empty()).map(SmolStr::new) else { continue };
        if seen.contains(&text) {
            return Some((text, sid.origin.place));
        }
        seen.push(text);
    }
    None
}

/// An argument as written, without walking into it.
fn written(arguments: &Value, name: &str) -> Value {
    arguments.as_map().and_then(|map| map.entry(name)).map_or_else(Value::absent, |entry| entry.value.clone())
}

/// Whether nothing is written: no value, null, or an empty text.
fn is_nothing(value: &Value) -> bool {
    matches!(value.kind, Kind::Absent | Kind::Null) || value.as_str() == Some("")
}

/// A closed list of values that are there for certain as the provider prints it: one value stands for itself.
fn single_or_list(list: List, origin: Origin) -> Value {
    match list.items.as_slice() {
        [only] if list.open.is_none() && only.presence.is_certain() => only.value.clone(),
        _ => Value::new(Kind::List(Arc::new(list)), origin),
    }
}

/// Known texts in falling order, as the provider prints what it holds as a set.
fn fall(items: &mut [value::Item]) {
    let known = |item: &value::Item| item.presence.is_certain() && item.value.as_str().is_some();
    if items.iter().all(known) {
        items.sort_by(|a, b| b.value.as_str().cmp(&a.value.as_str()));
    }
}

/// Why a part of a policy is not known.
fn why(value: &Value) -> Arc<Unknown> {
    Arc::new(Unknown { may_be_absent: true, ..Unknown::fresh(reason(value).unwrap_or_default()) })
}
