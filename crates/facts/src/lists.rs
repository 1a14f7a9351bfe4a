//! Values read as lists and choices. Invariant: whatever a value is, its elements come with their presence, and what
//! cannot be listed leaves the list open.

use std::sync::Arc;

use smol_str::SmolStr;
use value::{Condition, Item, Kind, List, Origin, Presence, Unknown, Value};

/// The elements of a value that should be a list: a single value is one element, nothing is none, an unknown may
/// hold any number.
pub(crate) fn elements(value: &Value) -> List {
    let mut list = List::default();
    push_elements(value, &Presence::CERTAIN, &mut list);
    list
}

fn push_elements(value: &Value, under: &Presence, list: &mut List) {
    match &value.kind {
        Kind::Absent | Kind::Null => {}
        Kind::List(inner) => {
            list.items.extend(
                inner
                    .items
                    .iter()
                    .map(|item| Item { value: item.value.clone(), presence: under.and(&item.presence) }),
            );
            list.open = list.open.take().or_else(|| inner.open.clone());
        }
        Kind::Unknown(unknown) => list.open = list.open.take().or_else(|| Some(unknown.clone())),
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                push_elements(choice, &under.and(&Presence::guarded(condition.clone())), list);
            }
        }
        _ => list.items.push(Item { value: value.clone(), presence: under.clone() }),
    }
}

/// The alternatives of a value with their conditions; a plain value is one that holds always.
pub(crate) fn choices(value: &Value) -> Vec<(Condition, Value)> {
    match &value.kind {
        Kind::Alternatives(alternatives) => alternatives.choices.clone(),
        _ => vec![(Condition::Always, value.clone())],
    }
}

/// What `convert` makes of each alternative, as a value again.
pub(crate) fn map_choices(value: &Value, mut convert: impl FnMut(&Value) -> Value) -> Value {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            let converted =
                alternatives.choices.iter().map(|(condition, choice)| (condition.clone(), convert(choice)));
            Value::alternatives(converted, value.origin.clone())
        }
        _ => convert(value),
    }
}

/// A list value.
pub(crate) fn list_value(list: List, origin: Origin) -> Value {
    Value::new(Kind::List(Arc::new(list)), origin)
}

/// A record: a closed map of the fields that hold something.
pub(crate) fn record(fields: impl IntoIterator<Item = (&'static str, Value)>, origin: Origin) -> Value {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_absent());
    Value::map(fields.map(|(name, value)| (SmolStr::new_static(name), value)), origin)
}

/// The origin of what carelint found from the graph, at the place of `origin`.
pub(crate) fn fact_origin(origin: &Origin) -> Origin {
    Origin { how: value::How::Fact, ..origin.clone() }
}

/// An unknown list for a reason.
pub(crate) fn opened(reason: impl Into<SmolStr>) -> Arc<Unknown> {
    Arc::new(Unknown { may_be_absent: true, ..Unknown::fresh(reason) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(value: &Value, items: usize, open: bool) {
        let list = elements(value);
        assert_eq!((list.items.len(), list.open.is_some()), (items, open), "{list:?}");
    }

    fn text(text: &str) -> Value {
        Value::string(text, Origin::default())
    }

    #[test]
    fn whatever_a_value_is_it_has_elements() {
        check(&Value::absent(), 0, false);
        check(&text("one"), 1, false);
        check(&Value::list([text("a"), text("b")], Origin::default()), 2, false);
        check(&Value::unknown(Unknown::fresh("why"), Origin::default()), 0, true);
    }

    #[test]
    fn elements_of_alternatives_are_guarded() {
        let when = Condition::literal("var.many", "true");
        let two = Value::list([text("a"), text("b")], Origin::default());
        let value = Value::alternatives([(when.clone(), two), (when.not(), text("c"))], Origin::default());
        check(&value, 3, false);
        assert!(elements(&value).items.iter().all(|item| !item.presence.is_certain()));
    }
}
