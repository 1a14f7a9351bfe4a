//! One planned value beside what carelint evaluates, scalar by scalar. Invariant: a value that carelint knows and that
//! is not the planned one is a difference, whatever its case lists.

use serde_json::Value as Json;
use value::{Kind, Value};

use super::schema::{Body, Shape};
use super::terms::{Resources, same_scalar, scalar, why_unknown};

/// What came of one scalar, with its path.
#[derive(Debug, Clone)]
pub(super) enum Found {
    /// The same on both sides.
    Equal,
    /// Known to the plan alone, with carelint's reason.
    Unknown(String),
    /// Known to carelint alone.
    Beyond,
    /// Not the same.
    Different(String),
}

/// The comparison of a resource.
pub(super) struct Comparison<'d> {
    pub(super) resources: &'d Resources<'d>,
    /// The resource does not exist yet: its provider has filled in no blocks.
    pub(super) created: bool,
    pub(super) found: Vec<(String, Found)>,
}

/// A planned value with what is said about it.
#[derive(Clone, Copy)]
pub(super) struct Planned<'p> {
    pub(super) after: &'p Json,
    pub(super) unknown: &'p Json,
    pub(super) expressions: &'p Json,
}

/// What stands for something that a plan does not have.
const NOTHING: &Json = &Json::Null;

impl<'p> Planned<'p> {
    fn get(&self, key: &str) -> Self {
        let of = |json: &'p Json| json.get(key).unwrap_or(NOTHING);
        let unknown = if *self.unknown == Json::Bool(true) { self.unknown } else { of(self.unknown) };
        Self { after: of(self.after), unknown, expressions: of(self.expressions) }
    }

    fn at(&self, index: usize, ordered: bool) -> Self {
        let of = |json: &'p Json| json.get(index).unwrap_or(NOTHING);
        let unknown = if *self.unknown == Json::Bool(true) { self.unknown } else { of(self.unknown) };
        let expressions = if ordered { of(self.expressions) } else { NOTHING };
        Self { after: of(self.after), unknown, expressions }
    }
}

impl Comparison<'_> {
    /// Compares the attributes of a resource, or the body of a block.
    pub(super) fn body(&mut self, body: &Body, planned: Planned<'_>, value: &Value, path: &str) {
        let Kind::Map(map) = &value.kind else {
            return self.value(&Shape::Any, planned, value, path);
        };
        if let Some(why) = why_unknown(value) {
            return self.note(path, Found::Unknown(why));
        }
        let mut names: Vec<&str> = map.entries.iter().map(|entry| entry.key.as_str()).collect();
        let written = planned.expressions.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        names.extend(written.filter(|name| map.entry(name).is_none()));
        for name in &names {
            let shape = body.get(*name).map_or(&Shape::Any, |field| &field.shape);
            self.value(shape, planned.get(name), &value.get(name), &step(path, name));
        }
        // `dynamic` blocks have no expressions in a plan: those that carelint lost show here.
        for (name, after) in planned.after.as_object().into_iter().flatten().filter(|_| self.created) {
            let block = body.get(name).is_some_and(|field| field.block);
            let some = after.as_array().is_some_and(|items| !items.is_empty());
            if block
                && some
                && !names.contains(&name.as_str())
                && planned.get(name).unknown != &Json::Bool(true)
            {
                let what = format!("the plan has blocks that carelint lacks: {after}");
                self.found.push((step(path, name), Found::Different(what)));
            }
        }
    }

    fn note(&mut self, path: &str, found: Found) {
        self.found.push((path.to_owned(), found));
    }

    fn different(&mut self, path: &str, planned: &Json, value: &Value) {
        let shown = if value.sensitive { "(sensitive)".to_owned() } else { shown(value) };
        self.note(path, Found::Different(format!("planned {planned}, evaluated {shown}")));
    }

    fn value(&mut self, shape: &Shape, planned: Planned<'_>, value: &Value, path: &str) {
        let value = self.resources.resolve(value);
        if *planned.unknown == Json::Bool(true) {
            if scalar(&value).is_some() {
                self.note(path, Found::Beyond);
            }
            return;
        }
        match (&value.kind, planned.after) {
            (Kind::Absent | Kind::Null, after) => {
                if is_nothing(after) {
                    self.note(path, Found::Equal);
                } else {
                    self.different(path, after, &value);
                }
            }
            (Kind::Unknown(_) | Kind::Reference(_) | Kind::Template(_) | Kind::Alternatives(_), _) => {
                self.note(path, Found::Unknown(why_unknown(&value).unwrap_or_default()));
            }
            (Kind::Bool(_) | Kind::Number(_) | Kind::String(_), after) => {
                if same_scalar(&value, after) {
                    self.note(path, Found::Equal);
                } else {
                    self.different(path, after, &value);
                }
            }
            (Kind::List(_) | Kind::Map(_), Json::String(text)) => self.text(text, &value, path),
            (Kind::List(_), _) => self.list(shape, planned, &value, path),
            (Kind::Map(_), Json::Array(_)) => {
                let one = Value::list([value.clone()], value.origin.clone());
                self.list(shape, planned, &one, path);
            }
            (Kind::Map(_), _) => match shape {
                Shape::Object(body) => self.body(body, planned, &value, path),
                Shape::Map(inner) => self.map(inner, planned, &value, path),
                _ => self.map(&Shape::Any, planned, &value, path),
            },
        }
    }

    /// A text of JSON that carelint keeps as what it says.
    fn text(&mut self, text: &str, value: &Value, path: &str) {
        match serde_json::from_str::<Json>(text) {
            Ok(json) => {
                let planned = Planned { after: &json, unknown: NOTHING, expressions: NOTHING };
                self.value(&Shape::Any, planned, value, path);
            }
            Err(_) => self.different(path, &Json::from(text), value),
        }
    }

    /// A map: every key on either side counts.
    fn map(&mut self, inner: &Shape, planned: Planned<'_>, value: &Value, path: &str) {
        let Some(map) = value.as_map() else { return };
        if let Some(why) = why_unknown(value) {
            return self.note(path, Found::Unknown(why));
        }
        for entry in &map.entries {
            self.value(inner, planned.get(&entry.key), &entry.value, &step(path, &entry.key));
        }
        for (key, after) in planned.after.as_object().into_iter().flatten() {
            if map.entry(key).is_none() && !after.is_null() {
                self.different(&step(path, key), after, &Value::absent());
            }
        }
        if map.entries.is_empty() {
            self.note(path, Found::Equal);
        }
    }

    fn list(&mut self, shape: &Shape, planned: Planned<'_>, value: &Value, path: &str) {
        let Some(list) = value.as_list() else { return };
        if let Some(why) = why_unknown(value) {
            return self.note(path, Found::Unknown(why));
        }
        let none = Vec::new();
        let after = planned.after.as_array().unwrap_or(&none);
        let values: Vec<&Value> = list.items.iter().map(|item| &item.value).collect();
        match shape {
            Shape::Set(inner) => self.set(inner, planned, &values, path),
            _ if after.len() == values.len() => {
                let inner = if let Shape::List(inner) = shape { inner } else { &Shape::Any };
                for (index, value) in values.iter().enumerate() {
                    self.value(inner, planned.at(index, true), value, &format!("{path}[{index}]"));
                }
                if values.is_empty() {
                    self.note(path, Found::Equal);
                }
            }
            _ => self.different(path, planned.after, value),
        }
    }

    /// A set: each element has one on the other side that is not another one.
    fn set(&mut self, inner: &Shape, planned: Planned<'_>, values: &[&Value], path: &str) {
        let count = planned.after.as_array().map_or(0, Vec::len);
        let mut taken = vec![false; values.len()];
        for index in 0..count {
            let at = format!("{path}[{index}]");
            let tries: Vec<Vec<(String, Found)>> = values
                .iter()
                .map(|value| {
                    let mut one = Comparison { found: Vec::new(), ..*self };
                    one.value(inner, planned.at(index, false), value, &at);
                    one.found
                })
                .collect();
            let cost = |found: &Vec<(String, Found)>| {
                let wrong = found.iter().filter(|(_, found)| matches!(found, Found::Different(_))).count();
                (wrong, found.iter().filter(|(_, found)| matches!(found, Found::Unknown(_))).count())
            };
            let used = |at: usize| taken.get(at).copied().unwrap_or(false);
            let best = (0..values.len()).min_by_key(|at| (tries.get(*at).map(cost), used(*at)));
            match best.and_then(|best| Some((best, tries.get(best)?))) {
                Some((best, found)) => {
                    if let Some(taken) = taken.get_mut(best) {
                        *taken = true;
                    }
                    self.found.extend(found.iter().cloned());
                }
                None => {
                    let what = format!("the plan has {}", planned.at(index, false).after);
                    self.note(&at, Found::Different(what));
                }
            }
        }
        self.left_over(values, &taken, path);
        if values.is_empty() && count == 0 {
            self.note(path, Found::Equal);
        }
    }

    /// Elements that no planned one took: a set holds equal ones once.
    fn left_over(&mut self, values: &[&Value], taken: &[bool], path: &str) {
        let left: Vec<&Value> =
            values.iter().zip(taken).filter(|(_, taken)| !**taken).map(|(v, _)| *v).collect();
        let known: Vec<Value> = values
            .iter()
            .zip(taken)
            .filter(|(_, taken)| **taken)
            .map(|(value, _)| self.resources.resolve(value))
            .collect();
        for value in left {
            let value = self.resources.resolve(value);
            let twice = known.iter().any(|other| scalar(other) == scalar(&value) && scalar(&value).is_some());
            match why_unknown(&value) {
                Some(why) => self.note(path, Found::Unknown(why)),
                None if twice => {}
                None => self.note(path, Found::Different(format!("the plan has no {}", shown(&value)))),
            }
        }
    }
}

fn step(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Whether a planned value is what a provider makes of null: nothing, or the zero of its type.
fn is_nothing(planned: &Json) -> bool {
    match planned {
        Json::Null | Json::Bool(false) => true,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(entries) => entries.is_empty(),
        Json::Bool(true) => false,
    }
}

/// A value in one line.
fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Absent => "nothing".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::String(text) => format!("{text:?}"),
        Kind::List(list) => {
            let items: Vec<String> = list.items.iter().map(|item| shown(&item.value)).collect();
            format!("[{}]", items.join(", "))
        }
        Kind::Map(map) => {
            let entries: Vec<String> =
                map.entries.iter().map(|entry| format!("{}={}", entry.key, shown(&entry.value))).collect();
            format!("{{{}}}", entries.join(", "))
        }
        _ => scalar(value).map_or_else(|| why_unknown(value).unwrap_or_default(), |text| text.to_string()),
    }
}
