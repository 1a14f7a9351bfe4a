//! Statements of policies as records, the same for every spelling. Invariant: lists are lists (a single string is a
//! list of one), and what is not written is absent.

use std::sync::Arc;

use value::{Item, Kind, List, Map, Presence, Unknown, Value};

use super::document::{element, raw_statements};
use crate::decision::Decision;
use crate::lists::{elements, list_value, map_choices, record};

/// The statements of a policy. A statement without `Effect` is malformed and left out, as AWS refuses it.
pub(crate) fn statements(policy: &Value) -> Value {
    let raw = raw_statements(policy);
    let mut list = List::new(Vec::new(), raw.open);
    for item in raw.items {
        push(&item.value, &item.presence, policy, &mut list);
    }
    list_value(list, policy.origin.clone())
}

fn push(statement: &Value, presence: &Presence, policy: &Value, list: &mut List) {
    match &statement.kind {
        Kind::Map(_) => {
            let effect = element(statement, "Effect");
            if effect.is_absent() || matches!(effect.kind, Kind::Null) {
                return;
            }
            let value = one(statement, effect, policy);
            list.items.push(Item { value, presence: presence.clone() });
        }
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                push(choice, &presence.and(&Presence::guarded(condition.clone())), policy, list);
            }
        }
        Kind::Unknown(unknown) => list.open = list.open.take().or_else(|| Some(unknown.clone())),
        Kind::List(inner) => {
            for item in &inner.items {
                if matches!(item.value.kind, Kind::Map(_)) {
                    push(&item.value, &presence.and(&item.presence), policy, list);
                }
            }
            list.open = list.open.take().or_else(|| inner.open.clone());
        }
        Kind::Reference(_) | Kind::Template(_) => {
            let open = Unknown::fresh("a statement is known after deployment");
            list.open = list.open.take().or_else(|| Some(Arc::new(open)));
        }
        _ => {}
    }
}

fn one(statement: &Value, effect: Value, policy: &Value) -> Value {
    let origin =
        if statement.origin.place.is_some() { statement.origin.clone() } else { policy.origin.clone() };
    let text_list = |name: &str| strings(&element(statement, name));
    let fields = [
        ("actions", text_list("Action")),
        ("conditions", conditions(&element(statement, "Condition"))),
        ("effect", effect),
        ("not_actions", text_list("NotAction")),
        ("not_principals", principals(&element(statement, "NotPrincipal"))),
        ("not_resources", text_list("NotResource")),
        ("principals", principals(&element(statement, "Principal"))),
        ("resources", text_list("Resource")),
        ("sid", element(statement, "Sid")),
    ];
    record(fields, origin).with_sensitivity(policy.sensitive)
}

/// A string or a list of strings as a list; nothing stays absent.
fn strings(value: &Value) -> Value {
    match &value.kind {
        Kind::Absent | Kind::Null => Value::absent(),
        _ => list_value(texts(value), value.origin.clone()),
    }
}

/// The texts of a string or a list of strings. An unknown is one text: what is asked of it is asked of each text
/// that it may turn out to be.
fn texts(value: &Value) -> List {
    match &value.kind {
        Kind::Unknown(_) => List::new(vec![Item::certain(value.clone())], None),
        _ => elements(value),
    }
}

/// `"*"`, `{"AWS": …, "Service": …}` as a list of type and id.
fn principals(value: &Value) -> Value {
    map_choices(value, |choice| match &choice.kind {
        Kind::Absent | Kind::Null => Value::absent(),
        Kind::Unknown(_) => choice.clone(),
        Kind::Map(map) => {
            let mut list = List::new(Vec::new(), map.open.clone());
            for entry in &map.entries {
                let ids = texts(&entry.value);
                list.open = list.open.take().or(ids.open);
                list.items.extend(ids.items.into_iter().map(|item| Item {
                    presence: entry.presence.and(&item.presence),
                    value: principal(&entry.key, item.value),
                }));
            }
            list_value(list, choice.origin.clone())
        }
        _ => {
            let ids = elements(choice);
            let items = ids.items.into_iter().map(|item| Item { value: principal("*", item.value), ..item });
            list_value(List::new(items.collect(), ids.open), choice.origin.clone())
        }
    })
}

fn principal(kind: &str, id: Value) -> Value {
    let origin = id.origin.clone();
    record([("id", id), ("type", Value::string(kind, origin.clone()))], origin)
}

/// `{operator: {key: value or values}}` as a list of conditions, all of which must hold.
fn conditions(value: &Value) -> Value {
    map_choices(value, |choice| match &choice.kind {
        Kind::Absent | Kind::Null => Value::list([], choice.origin.clone()),
        Kind::Map(operators) => {
            let mut list = List::new(Vec::new(), operators.open.clone());
            for operator in &operators.entries {
                push_keys(operator, &mut list);
            }
            list_value(list, choice.origin.clone())
        }
        _ => choice.clone(),
    })
}

fn push_keys(operator: &value::MapEntry, list: &mut List) {
    let (keys, presence): (&Map, &Presence) = match &operator.value.kind {
        Kind::Map(keys) => (keys, &operator.presence),
        Kind::Absent | Kind::Null => return,
        Kind::Unknown(unknown) => {
            list.open = list.open.take().or_else(|| Some(unknown.clone()));
            return;
        }
        _ => {
            let open = Unknown::fresh(format!("the conditions under {} are not known", operator.key));
            list.open = list.open.take().or_else(|| Some(Arc::new(open)));
            return;
        }
    };
    list.open = list.open.take().or_else(|| keys.open.clone());
    for key in &keys.entries {
        let origin = key.value.origin.clone();
        let fields = [
            ("key", Value::string(key.key.clone(), origin.clone())),
            ("operator", Value::string(operator.key.clone(), origin.clone())),
            ("values", strings(&key.value)),
        ];
        list.items.push(Item { value: record(fields, origin), presence: presence.and(&key.presence) });
    }
}

/// Whether the effect is this one (`Allow`, `Deny`).
pub(crate) fn has_effect(statement: &Value, wanted: &str) -> Decision {
    Decision::over_choices(&statement.get("effect"), |effect| match &effect.kind {
        Kind::String(text) => Decision::from(text.eq_ignore_ascii_case(wanted)),
        Kind::Unknown(unknown) => Decision::unknown(unknown.reason.clone()),
        Kind::Absent | Kind::Null => Decision::NO,
        _ => Decision::unknown("the effect of the statement is not known"),
    })
}

/// Whether some element of a list that is there meets `test`.
pub(crate) fn exists(list: &Value, mut test: impl FnMut(&Value) -> Decision) -> Decision {
    let list = elements(list);
    let found = list.items.iter().map(|item| {
        Decision::of_presence(&item.presence).and(Decision::over_choices(&item.value, &mut test))
    });
    let found: Vec<Decision> = found.collect();
    Decision::any(found.into_iter().chain(list.open.map(|open| Decision::unknown(open.reason.clone()))))
}

/// Whether every element of a list that is there meets `test`.
pub(crate) fn every(list: &Value, mut test: impl FnMut(&Value) -> Decision) -> Decision {
    exists(list, |element| test(element).negated()).negated()
}

/// The statements of a JSON text.
#[cfg(test)]
pub(crate) fn from_json(json: &str) -> Vec<Value> {
    let list = statements(&Value::string(json, value::Origin::default()));
    elements(&list).items.into_iter().map(|item| item.value).collect()
}

#[cfg(test)]
mod tests {
    use value::Origin;

    use super::*;

    #[track_caller]
    fn only(json: &str) -> Value {
        let mut all = from_json(json);
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    fn texts(list: &Value) -> Vec<String> {
        elements(list).items.iter().filter_map(|item| item.value.as_str().map(str::to_owned)).collect()
    }

    #[test]
    fn single_strings_are_lists_of_one() {
        let statement =
            only(r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": ["a", "b"]}}"#);
        assert_eq!(texts(&statement.get("actions")), ["s3:*"]);
        assert_eq!(texts(&statement.get("resources")), ["a", "b"]);
        assert!(statement.get("not_actions").is_absent());
        assert!(statement.get("sid").is_absent());
    }

    #[test]
    fn principals_have_types() {
        let json = r#"{"Statement": {"Effect": "Allow", "Principal": {"AWS": ["1", "2"], "Service": "s"}}}"#;
        let principals = elements(&only(json).get("principals"));
        let shown = |item: &Item| {
            texts(&Value::list([item.value.get("type"), item.value.get("id")], Origin::default()))
        };
        assert_eq!(
            principals.items.iter().map(shown).collect::<Vec<_>>(),
            [["AWS", "1"], ["AWS", "2"], ["Service", "s"]]
        );
        let star =
            elements(&only(r#"{"Statement": {"Effect": "Allow", "Principal": "*"}}"#).get("principals"));
        assert_eq!(star.items.iter().map(shown).collect::<Vec<_>>(), [["*", "*"]]);
    }

    #[test]
    fn conditions_are_one_list() {
        let json = r#"{"Statement": {"Effect": "Deny", "Condition":
            {"Bool": {"aws:SecureTransport": false}, "StringEquals": {"a": ["1"], "b": "2"}}}}"#;
        let conditions = elements(&only(json).get("conditions"));
        assert_eq!(conditions.items.len(), 3);
    }

    #[test]
    fn a_statement_without_effect_is_left_out() {
        assert!(from_json(r#"{"Statement": [{"Action": "*"}]}"#).is_empty());
    }
}
