//! Conditions on the tags of resources, as backup selections and snapshot policies write them. Invariant: a tag that
//! is not known is never taken for equal or different.

use value::{Kind, Unknown, Value};

use crate::decision::Decision;
use crate::pattern::{known, matches};

/// A tag's value by a key that is a value itself.
pub(super) fn tag_of(tags: &Value, key: &Value) -> Value {
    match key.as_str() {
        Some(key) => tags.get(plain_key(key)),
        None => Value::unknown(Unknown::fresh("the key of a tag is not known"), key.origin.clone()),
    }
}

/// The key of a tag without what conditions write before it: `aws:ResourceTag/key`.
pub(super) fn plain_key(key: &str) -> &str {
    key.strip_prefix("aws:ResourceTag/").unwrap_or(key)
}

/// Whether a condition of a selection holds.
pub(super) fn holds(tags: &Value, condition: &Value) -> Decision {
    let operator = condition.get("operator");
    let Some(operator) = operator.as_str() else {
        return Decision::unknown("the operator of a condition is not known");
    };
    let operator: String = operator.chars().filter(char::is_ascii_alphanumeric).collect();
    compare(&tag_of(tags, &condition.get("key")), &operator.to_ascii_lowercase(), &condition.get("value"))
}

/// Whether a tag's value compares so: `stringequals`, `stringlike` or one of them with `not`. Values keep their case.
pub(super) fn compare(tag: &Value, operator: &str, wanted: &Value) -> Decision {
    let equal = Decision::over_choices(tag, |tag| {
        Decision::over_choices(wanted, |wanted| match (&tag.kind, &wanted.kind) {
            (Kind::Absent | Kind::Null, _) => Decision::NO,
            (Kind::Unknown(unknown), _) | (_, Kind::Unknown(unknown)) if !same_unknown(tag, wanted) => {
                Decision::unknown(unknown.reason.clone())
            }
            (Kind::Unknown(_), _) => Decision::YES,
            _ => match (scalar(tag), scalar(wanted)) {
                (Some(tag), Some(wanted)) if operator.ends_with("like") => {
                    matches(&known(&wanted), &known(&tag))
                }
                (Some(tag), Some(wanted)) => Decision::from(tag == wanted),
                _ => Decision::unknown("the value of a tag is not known"),
            },
        })
    });
    if operator.contains("not") { equal.negated() } else { equal }
}

fn same_unknown(a: &Value, b: &Value) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Unknown(a), Kind::Unknown(b)) => a.identity.is_some() && a.identity == b.identity,
        _ => false,
    }
}

/// The text of a known scalar.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Bool(known) => Some(known.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
