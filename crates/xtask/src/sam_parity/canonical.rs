//! Values as texts that are the same for values that mean the same to AWS: keys and lists in one order, a list of
//! one like its element, numbers and booleans like their texts, hashes in logical ids left out.

use value::{Condition, Identity, Kind, Part, Value};

/// Length of the hash at the end of some logical ids.
const HASH: usize = 10;

/// Keys whose values say nothing about protection, wherever they stand.
const LEFT_OUT: [&str; 3] = ["PolicyName", "Sid", "description"];

/// A value that is there under a condition.
pub(super) fn guarded(when: &Condition, value: &Value) -> String {
    match when {
        Condition::Always => show(value),
        when => format!("<{}> {}", condition(when), show(value)),
    }
}

/// A value.
pub(super) fn show(value: &Value) -> String {
    match &value.kind {
        Kind::Absent | Kind::Null => String::new(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string().trim_end_matches(".0").to_owned(),
        Kind::String(text) => text.trim_end_matches(".0").to_owned(),
        Kind::List(list) => {
            let mut items: Vec<String> =
                list.items.iter().map(|item| guarded(&item.presence.when, &item.value)).collect();
            items.sort();
            items.dedup();
            match items.as_slice() {
                [only] => only.clone(),
                _ => format!("[{}]", items.join(", ")),
            }
        }
        Kind::Map(map) => {
            let kept = map.entries.iter().filter(|entry| !LEFT_OUT.contains(&entry.key.as_str()));
            let mut entries: Vec<String> = kept
                .map(|entry| format!("{}: {}", entry.key, guarded(&entry.presence.when, &entry.value)))
                .collect();
            entries.sort();
            format!("{{{}}}", entries.join(", "))
        }
        Kind::Reference(reference) => {
            let of = without_hash(reference.to.rsplit('/').next().unwrap_or_default());
            let dot = if reference.attribute.is_empty() { "" } else { "." };
            format!("@{of}{dot}{}", reference.attribute)
        }
        Kind::Unknown(unknown) => {
            let identity = unknown.identity.as_ref();
            format!("?{}", identity.map_or("", |identity| Identity::shown(&identity.text)))
        }
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => text.to_string(),
                Part::Value(value) => format!("{{{}}}", show(value)),
            };
            template.parts.iter().map(part).collect()
        }
        Kind::Alternatives(alternatives) => {
            let mut choices: Vec<String> = alternatives
                .choices
                .iter()
                .map(|(when, choice)| format!("{}: {}", condition(when), show(choice)))
                .collect();
            choices.sort();
            format!("({})", choices.join(" | "))
        }
    }
}

/// A condition.
pub(super) fn condition(when: &Condition) -> String {
    let joined = |parts: &[Condition], between: &str| {
        let mut parts: Vec<String> = parts.iter().map(condition).collect();
        parts.sort();
        format!("({})", parts.join(between))
    };
    match when {
        Condition::Always => "always".to_owned(),
        Condition::Never => "never".to_owned(),
        Condition::Literal(literal) => format!("{}={}", Identity::shown(&literal.atom), literal.value),
        Condition::Not(inner) => format!("!{}", condition(inner)),
        Condition::All(parts) => joined(parts, " & "),
        Condition::Any(parts) => joined(parts, " | "),
    }
}

/// A logical id without the hash that it may end in.
pub(super) fn without_hash(id: &str) -> String {
    let is_hash =
        |text: &str| text.len() == HASH && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let cut = id.len().checked_sub(HASH).and_then(|at| id.split_at_checked(at));
    match cut {
        Some((name, hash)) if !name.is_empty() && is_hash(hash) => name.to_owned(),
        _ => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_hash;

    #[test]
    fn hashes_are_left_out_of_ids() {
        assert_eq!(without_hash("MyFnVersion640128d35d"), "MyFnVersion");
        assert_eq!(without_hash("MyFunction"), "MyFunction");
        assert_eq!(without_hash("0123456789"), "0123456789");
    }
}
