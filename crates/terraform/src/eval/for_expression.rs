//! `for` expressions.

use std::sync::Arc;

use value::{Condition, Item, Kind, List, MapEntry, Origin, Presence, Value};

use super::expression::{both, is_no_key, unknown_keys};
use super::view::{Entry, MapBuilder, view};
use super::{Evaluator, Frame, Scope, text, unknown};
use crate::ast::{Expr, For};

impl Evaluator<'_> {
    pub(super) fn eval_for(&mut self, inner: &For, expr: &Expr, scope: &Scope<'_>) -> Value {
        let collection = self.eval(&inner.collection, scope);
        let collection = self.force(collection);
        let whole_object = matches!(&collection.kind, Kind::Reference(_));
        let Some(view) = (if matches!(collection.kind, Kind::Null) { None } else { view(&collection) })
        else {
            return if whole_object {
                unknown("the attributes of a resource as a whole are known after deployment", expr.place)
            } else {
                Value::absent()
            };
        };
        let mut entries: Vec<(Option<Value>, Value, Presence)> = Vec::with_capacity(view.entries.len());
        for entry in &view.entries {
            if !self.pay(1) {
                return self.limit_hit(expr.place);
            }
            match self.eval_iteration(inner, entry, scope) {
                Iteration::Error => return Value::absent(),
                Iteration::Left => {}
                Iteration::Entry(key, value, presence) => entries.push((key, value, presence)),
            }
        }
        let origin = Origin::computed(expr.place);
        let value = match inner.key {
            None => {
                let item = |(_, value, presence)| Item { value, presence };
                let items = entries.into_iter().map(item).collect();
                Value::new(Kind::List(Arc::new(List::new(items, view.open))), origin)
            }
            Some(_) => {
                let mut map = MapBuilder::default();
                for (key, value, presence) in entries {
                    if !add(&mut map, inner, key, value, presence) {
                        return Value::absent();
                    }
                }
                if let Some(open) = view.open {
                    map.open(open, false);
                }
                map.finish(origin)
            }
        };
        self.bounded(value, expr.place).with_sensitivity(collection.sensitive)
    }

    fn eval_iteration(&mut self, inner: &For, entry: &Entry, scope: &Scope<'_>) -> Iteration {
        let key_frame = inner.key_name.as_ref().map(|name| Frame {
            name: name.as_str(),
            value: entry.key.clone(),
            outer: scope.frames,
        });
        let outer = key_frame.as_ref().or(scope.frames);
        let frame = Frame { name: &inner.value_name, value: entry.value.clone(), outer };
        let scope = Scope { frames: Some(&frame), ..*scope };
        let mut presence = entry.presence.clone();
        if let Some(condition) = &inner.condition {
            let value = self.eval(condition, &scope);
            let Some(value) = self.boolean(value) else { return Iteration::Error };
            let holds = self.condition(&value, condition, &scope);
            presence = both(&presence, holds);
            if presence.when == Condition::Never {
                return Iteration::Left;
            }
        }
        let key = match &inner.key {
            None => None,
            Some(key) => {
                let key = self.eval(key, &scope);
                Some(self.force(key))
            }
        };
        let value = self.eval(&inner.value, &scope);
        if value.is_absent() || key.as_ref().is_some_and(is_no_key) {
            return Iteration::Error;
        }
        Iteration::Entry(key, value, presence)
    }
}

enum Iteration {
    /// Terraform would refuse it.
    Error,
    /// The condition leaves it out.
    Left,
    Entry(Option<Value>, Value, Presence),
}

/// Adds an entry; false if its key is there already for certain, which Terraform refuses.
fn add(map: &mut MapBuilder, inner: &For, key: Option<Value>, value: Value, presence: Presence) -> bool {
    let key = key.unwrap_or_else(Value::absent);
    let name = match text::primitive(&key) {
        Some(name) if !presence.many => name,
        _ => {
            map.open(unknown_keys(&key), false);
            return true;
        }
    };
    if !inner.grouping {
        let twice =
            presence.is_certain() && map.get_mut(&name).is_some_and(|entry| entry.presence.is_certain());
        let place = key.origin.place;
        map.put(MapEntry { place, presence, ..MapEntry::certain(name, value) });
        return !twice;
    }
    let item = Item { value, presence: presence.clone() };
    if let Some(entry) = map.get_mut(&name)
        && let Kind::List(group) = &mut entry.value.kind
    {
        Arc::make_mut(group).items.push(item);
        entry.presence.when = std::mem::take(&mut entry.presence.when).or(presence.when);
        return true;
    }
    let origin = item.value.origin.clone();
    let group = Value::new(Kind::List(Arc::new(List::new(vec![item], None))), origin);
    map.put(MapEntry { presence, ..MapEntry::certain(name, group) });
    true
}
