//! A `statement` block in IAM's spelling. Its lists are sets to the provider: no value twice, falling order, a single
//! value as a text.

use smol_str::SmolStr;
use source::Place;
use value::{How, Item, Kind, List, Map, MapEntry, Origin, Part, Value};

use super::grouped::Grouped;
use super::{Force, fall, single_or_list, why, written};
use crate::eval::condition::over;
use crate::eval::identity::identity_text;
use crate::eval::text::primitive;
use crate::eval::view::MapBuilder;

/// The statement of a block's arguments; what is no block stays as it is.
pub(super) fn own(force: &mut Force<'_>, block: &Value) -> Value {
    let Some(arguments) = block.as_map() else { return block.clone() };
    let mut out = MapBuilder::default();
    for (name, key) in FIELDS {
        let Some(entry) = arguments.entry(name) else {
            if key == "Effect" {
                out.put(allow());
            }
            continue;
        };
        let value = match key {
            "Effect" if matches!(entry.value.kind, Kind::Null) => {
                out.put(allow());
                continue;
            }
            "Sid" | "Effect" => entry.value.clone(),
            "Principal" | "NotPrincipal" => principals(&entry.value),
            "Condition" => conditions(force, &entry.value),
            _ => set(&entry.value, key.ends_with("Resource")),
        };
        if !is_empty(&value) {
            out.put(MapEntry { key: SmolStr::new_static(key), value, ..entry.clone() });
        }
    }
    out.finish(block.origin.clone()).with_sensitivity(block.sensitive)
}

/// Arguments and the fields that they become, in the order of the JSON.
const FIELDS: [(&str, &str); 9] = [
    ("sid", "Sid"),
    ("effect", "Effect"),
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
    ("principals", "Principal"),
    ("not_principals", "NotPrincipal"),
    ("condition", "Condition"),
];

fn allow() -> MapEntry {
    let value = Value::string("Allow", Origin { how: How::Default, ..Origin::default() });
    MapEntry::certain("Effect", value)
}

fn is_empty(value: &Value) -> bool {
    match &value.kind {
        Kind::List(list) => list.items.is_empty() && list.open.is_none(),
        Kind::Map(map) => map.entries.is_empty() && map.open.is_none(),
        _ => super::is_nothing(value),
    }
}

/// A set of texts as the provider prints it.
fn set(value: &Value, variables: bool) -> Value {
    match &value.kind {
        Kind::List(list) => single_or_list(members(list, variables), value.origin.clone()),
        Kind::Alternatives(_) => over(value, &value.origin, |choice| set(choice, variables)),
        _ => value.clone(),
    }
    .with_sensitivity(value.sensitive)
}

/// The members of a set: texts, each once. With `variables`, `&{…}` is the spelling of IAM's own variables.
fn members(list: &List, variables: bool) -> List {
    let mut items: Vec<Item> = Vec::with_capacity(list.items.len());
    for item in &list.items {
        let value = if variables { with_variables(text(&item.value)) } else { text(&item.value) };
        let name = identity_text(&value);
        let same = |known: &Item| {
            known.presence == item.presence && name.is_some() && identity_text(&known.value) == name
        };
        if !items.iter().any(same) {
            items.push(Item { value, presence: item.presence.clone() });
        }
    }
    fall(&mut items);
    List::new(items, list.open.clone())
}

/// A known primitive as a text.
fn text(value: &Value) -> Value {
    match (&value.kind, primitive(value)) {
        (Kind::Number(_) | Kind::Bool(_), Some(text)) => Value { kind: Kind::String(text), ..value.clone() },
        _ => value.clone(),
    }
}

/// The text with `${` for `&{`, which Terraform's own templates leave alone.
fn with_variables(value: Value) -> Value {
    let replaced = |text: &SmolStr| SmolStr::from(text.replace("&{", "${"));
    let kind = match &value.kind {
        Kind::String(text) if text.contains("&{") => Kind::String(replaced(text)),
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => Part::Text(replaced(text)),
                Part::Value(_) => part.clone(),
            };
            let parts = template.parts.iter().map(part).collect();
            Kind::Template(value::Template { parts }.into())
        }
        _ => return value,
    };
    Value { kind, ..value }
}

/// `{type: identifiers}`, or `*` for anyone at all.
fn principals(blocks: &Value) -> Value {
    let Some(list) = blocks.as_list() else { return blocks.clone() };
    let is = |value: &Value, text: &str| value.as_str() == Some(text);
    if let [only] = list.items.as_slice() {
        let identifiers = set(&written(&only.value, "identifiers"), false);
        if is(&written(&only.value, "type"), "*") && is(&identifiers, "*") && only.presence.is_certain() {
            return identifiers;
        }
    }
    let mut types = Grouped::default();
    for item in &list.items {
        let identifiers = written(&item.value, "identifiers");
        let identifiers = match &identifiers.kind {
            Kind::List(list) => Value { kind: Kind::List(members(list, true).into()), ..identifiers.clone() },
            _ => identifiers,
        };
        types.add(&written(&item.value, "type"), &identifiers, &item.presence);
    }
    types.open(list.open.clone());
    types.finish(&blocks.origin)
}

/// `{operator: {key: values}}`. Values stay in the order in which they are written.
fn conditions(force: &mut Force<'_>, blocks: &Value) -> Value {
    let Some(list) = blocks.as_list() else { return blocks.clone() };
    let mut operators: Vec<(SmolStr, Option<Place>, Grouped, Origin)> = Vec::new();
    let mut open = list.open.clone();
    for item in &list.items {
        let test = force(written(&item.value, "test"));
        let Some(name) = test.as_str().map(SmolStr::new) else {
            open = open.or_else(|| Some(why(&test)));
            continue;
        };
        if !operators.iter().any(|(known, ..)| *known == name) {
            operators.push((name.clone(), test.origin.place, Grouped::default(), item.value.origin.clone()));
        }
        let variable = force(written(&item.value, "variable"));
        let values = written(&item.value, "values");
        let values = match &values.kind {
            Kind::List(list) => {
                let texts = |item: &Item| Item { value: with_variables(text(&item.value)), ..item.clone() };
                let items = list.items.iter().map(texts).collect();
                Value { kind: Kind::List(List::new(items, list.open.clone()).into()), ..values.clone() }
            }
            _ => values,
        };
        if let Some((_, _, group, _)) = operators.iter_mut().find(|(known, ..)| *known == name) {
            group.add(&variable, &values, &item.presence);
        }
    }
    operators.sort_by(|(a, ..), (b, ..)| a.cmp(b));
    let entry = |(key, place, group, origin): (SmolStr, Option<Place>, Grouped, Origin)| {
        // An operator is there where one of its keys is.
        let presence = group.presence();
        MapEntry { place, presence, ..MapEntry::certain(key, group.finish(&origin)) }
    };
    let entries = operators.into_iter().map(entry).collect();
    Value::new(Kind::Map(Map::new(entries, open).into()), blocks.origin.clone())
}
