//! `aws_iam_policy_document`: the policy that it stands for, spelled as IAM's JSON, every statement at its block.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{How, Item, Kind, List, Map, MapEntry, Origin, Presence, Unknown, Value};

use crate::eval::identity::reason;
use crate::eval::view::{MapBuilder, view};
use crate::functions::json_value;

/// Statements that may be there or not, and whether there may be more.
#[derive(Default)]
struct Statements {
    items: Vec<Item>,
    open: Option<Arc<Unknown>>,
}

/// Puts the text that an argument refers to in the place of the reference, where it is known.
type Force<'f> = dyn FnMut(Value) -> Value + 'f;

/// The policy of a document's arguments; `header` is the place of its block.
pub(crate) fn document(force: &mut Force<'_>, arguments: &Value, header: Place) -> Value {
    let mut statements = Statements::default();
    for name in ["source_json", "source_policy_documents"] {
        add_documents(force, &mut statements, &arguments.get(name));
    }
    if let Kind::List(own) = &written(arguments, "statement").kind {
        statements.open = statements.open.take().or(own.open.clone());
        for item in &own.items {
            let value = statement(force, &item.value);
            put(&mut statements.items, Item { value, presence: item.presence.clone() });
        }
    }
    for name in ["override_json", "override_policy_documents"] {
        add_documents(force, &mut statements, &arguments.get(name));
    }
    let origin = Origin { place: Some(header), how: How::Computed, via: None };
    let mut policy = MapBuilder::default();
    let version = match arguments.get("version") {
        Value { kind: Kind::Absent | Kind::Null, .. } => {
            Value::string("2012-10-17", Origin { how: How::Default, ..Origin::default() })
        }
        version => version,
    };
    policy.put(MapEntry::certain("Version", version));
    put_field(&mut policy, arguments, "policy_id", "Id");
    let list = List::new(statements.items, statements.open);
    let list = Value::new(Kind::List(Arc::new(list)), origin.clone());
    policy.put(MapEntry { place: Some(header), ..MapEntry::certain("Statement", list) });
    policy.finish(origin)
}

/// An argument as written, without walking into it.
fn written(arguments: &Value, name: &str) -> Value {
    arguments.as_map().and_then(|map| map.entry(name)).map_or_else(Value::absent, |entry| entry.value.clone())
}

fn put_field(out: &mut MapBuilder, from: &Value, name: &str, key: &'static str) {
    let Some(entry) = from.as_map().and_then(|map| map.entry(name)) else { return };
    if !matches!(entry.value.kind, Kind::Null | Kind::Absent) {
        out.put(MapEntry { key: SmolStr::new_static(key), ..entry.clone() });
    }
}

/// A `statement` block in IAM's spelling.
fn statement(force: &mut Force<'_>, block: &Value) -> Value {
    if block.as_map().is_none() {
        return block.clone();
    }
    let mut out = MapBuilder::default();
    put_field(&mut out, block, "sid", "Sid");
    match written(block, "effect").kind {
        Kind::Absent | Kind::Null => {
            let allow = Value::string("Allow", Origin { how: How::Default, ..Origin::default() });
            out.put(MapEntry::certain("Effect", allow));
        }
        _ => put_field(&mut out, block, "effect", "Effect"),
    }
    for (name, key) in [
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        put_field(&mut out, block, name, key);
    }
    for (name, key) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(entry) = block.as_map().and_then(|map| map.entry(name)) {
            let value = principals(&entry.value);
            out.put(MapEntry { key: SmolStr::new_static(key), value, ..entry.clone() });
        }
    }
    if let Some(entry) = block.as_map().and_then(|map| map.entry("condition")) {
        let value = conditions(force, &entry.value);
        out.put(MapEntry { key: SmolStr::new_static("Condition"), value, ..entry.clone() });
    }
    let statement = out.finish(block.origin.clone());
    statement.with_sensitivity(block.sensitive)
}

/// `{type: [identifiers]}`, or `*` for anyone as the provider spells it.
fn principals(blocks: &Value) -> Value {
    let Some(list) = blocks.as_list() else { return blocks.clone() };
    let is = |value: &Value, text: &str| value.as_str() == Some(text);
    if let [only] = list.items.as_slice() {
        let identifiers = written(&only.value, "identifiers");
        let anyone = identifiers
            .as_list()
            .is_some_and(|list| matches!(list.items.as_slice(), [one] if is(&one.value, "*")));
        if is(&written(&only.value, "type"), "*") && anyone && only.presence.is_certain() {
            return Value::string("*", identifiers.origin);
        }
    }
    let mut map = Grouped::default();
    for item in &list.items {
        map.add(&written(&item.value, "type"), &written(&item.value, "identifiers"), &item.presence);
    }
    map.open = map.open.take().or(list.open.clone());
    map.finish(&blocks.origin)
}

/// `{operator: {key: [values]}}`.
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
        if let Some((_, _, group, _)) = operators.iter_mut().find(|(known, ..)| *known == name) {
            group.add(&variable, &written(&item.value, "values"), &item.presence);
        }
    }
    let entry = |(key, place, group, origin): (SmolStr, Option<Place>, Grouped, Origin)| {
        // An operator is there where one of its keys is.
        let presence = group.presence();
        MapEntry { place, presence, ..MapEntry::certain(key, group.finish(&origin)) }
    };
    let entries = operators.into_iter().map(entry).collect();
    Value::new(Kind::Map(Arc::new(Map::new(entries, open))), blocks.origin.clone())
}

fn why(value: &Value) -> Arc<Unknown> {
    Arc::new(Unknown { may_be_absent: true, ..Unknown::fresh(reason(value).unwrap_or_default()) })
}

/// Lists by key, lists of one key joined.
#[derive(Default)]
struct Grouped {
    entries: Vec<MapEntry>,
    open: Option<Arc<Unknown>>,
}

impl Grouped {
    fn add(&mut self, key: &Value, list: &Value, presence: &Presence) {
        let Some(name) = key.as_str() else {
            self.open = self.open.take().or_else(|| Some(why(key)));
            return;
        };
        let known = self.entries.iter_mut().find(|entry| entry.key == name);
        match known {
            Some(entry) => {
                if let (Kind::List(old), Kind::List(new)) = (&mut entry.value.kind, &list.kind) {
                    let item = |item: &Item| Item {
                        value: item.value.clone(),
                        presence: item.presence.and(presence),
                    };
                    Arc::make_mut(old).items.extend(new.items.iter().map(item));
                } else {
                    entry.replaceable = true;
                    self.open = self.open.take().or_else(|| Some(why(list)));
                }
                entry.presence.when = std::mem::take(&mut entry.presence.when).or(presence.when.clone());
            }
            None => self.entries.push(MapEntry {
                place: key.origin.place,
                presence: presence.clone(),
                ..MapEntry::certain(name, list.clone())
            }),
        }
    }

    fn presence(&self) -> Presence {
        let when = self
            .entries
            .iter()
            .fold(value::Condition::Never, |any, entry| any.or(entry.presence.when.clone()));
        let many = !self.entries.is_empty() && self.entries.iter().all(|entry| entry.presence.many);
        if self.entries.is_empty() { Presence::CERTAIN } else { Presence { when, many } }
    }

    fn finish(self, origin: &Origin) -> Value {
        Value::new(Kind::Map(Arc::new(Map::new(self.entries, self.open))), origin.clone())
    }
}

/// Adds a statement; one of the same `Sid` is replaced.
fn put(items: &mut Vec<Item>, item: Item) {
    let sid = written(&item.value, "Sid").as_str().filter(|sid| !sid.is_empty()).map(SmolStr::new);
    let same =
        |known: &&mut Item| sid.is_some() && written(&known.value, "Sid").as_str().map(SmolStr::new) == sid;
    match items.iter_mut().find(same) {
        Some(known) if item.presence.is_certain() => *known = item,
        _ => items.push(item),
    }
}

/// Adds the statements of one document or of a list of documents.
fn add_documents(force: &mut Force<'_>, statements: &mut Statements, value: &Value) {
    let value = force(value.clone());
    if matches!(value.kind, Kind::Absent | Kind::Null) {
        return;
    }
    let Kind::List(list) = &value.kind else {
        return add_document(force, statements, &value, &Presence::CERTAIN);
    };
    statements.open = statements.open.take().or_else(|| list.open.clone());
    for item in &list.items {
        add_document(force, statements, &item.value, &item.presence);
    }
}

fn add_document(force: &mut Force<'_>, statements: &mut Statements, value: &Value, presence: &Presence) {
    let value = force(value.clone());
    let parsed = match &value.kind {
        Kind::String(text) if text.trim().is_empty() => return,
        Kind::Null | Kind::Absent => return,
        Kind::String(text) => json_value(text, &value.origin),
        Kind::Map(_) => Some(value.clone()),
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                let guarded = presence.and(&Presence::guarded(condition.clone()));
                if matches!(choice.kind, Kind::Alternatives(_)) {
                    continue;
                }
                add_document(force, statements, choice, &guarded);
            }
            return;
        }
        _ => None,
    };
    let Some(document) = parsed else {
        // What it says is not known: it may say anything, and if it overrides, instead of what is there.
        statements.open = statements.open.take().or_else(|| Some(why(&value)));
        return;
    };
    let list = written(&document, "Statement");
    let list = if list.as_map().is_some() { Value::list([list], document.origin) } else { list };
    let Some(view) = view(&list) else { return };
    statements.open = statements.open.take().or(view.open);
    for entry in view.entries {
        put(&mut statements.items, Item { value: entry.value, presence: entry.presence.and(presence) });
    }
}
