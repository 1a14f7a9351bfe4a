//! The hashes in logical ids: SHA-1 of a text, or of the JSON of a document node with sorted keys, as SAM takes them.
//! Functions count in their long form, whichever way they are written.

use sha1::{Digest, Sha1};
use source::document::{Node, NodeKind};
use value::Kind;

use crate::intrinsic::Call;

/// Letters of a hash in a logical id.
const LETTERS: usize = 10;

/// The hash of a text.
pub(crate) fn of_text(text: &str) -> String {
    let hash = Sha1::digest(text.as_bytes());
    hash.iter().take(LETTERS / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a node: of its own text if it is one, else of its JSON.
pub(crate) fn of_node(node: &Node) -> String {
    match node.text() {
        Some(text) if Call::of(node).is_none() => of_text(text),
        _ => of_text(&json(node)),
    }
}

/// The JSON of a node, without spaces and with sorted keys. Two nodes that say the same have the same JSON.
pub(crate) fn json(node: &Node) -> String {
    let mut out = String::new();
    write(node, &mut out);
    out
}

fn write(node: &Node, out: &mut String) {
    match Call::of(node) {
        Some(call) if call.tagged => write_call(&call, out),
        _ => write_plain(node, out),
    }
}

/// A function in its short form.
fn write_call(call: &Call<'_>, out: &mut String) {
    let name = match call.name {
        "Ref" | "Condition" => call.name.to_owned(),
        name => format!("Fn::{name}"),
    };
    out.push('{');
    write_text(&name, out);
    out.push(':');
    match (call.name, call.argument.text().and_then(|text| text.split_once('.'))) {
        ("GetAtt", Some((resource, attribute))) => {
            out.push('[');
            write_text(resource, out);
            out.push(',');
            write_text(attribute, out);
            out.push(']');
        }
        _ => write_plain(call.argument, out),
    }
    out.push('}');
}

fn write_plain(node: &Node, out: &mut String) {
    match &node.kind {
        NodeKind::Scalar(scalar) => match crate::scalar::kind(scalar) {
            Kind::Bool(known) => out.push_str(if known { "true" } else { "false" }),
            Kind::Number(_) => out.push_str(&scalar.text),
            Kind::Null => out.push_str("null"),
            _ => write_text(&scalar.text, out),
        },
        NodeKind::Sequence(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        NodeKind::Mapping(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_by(|a, b| a.key.cmp(&b.key));
            out.push('{');
            for (index, entry) in sorted.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_text(&entry.key, out);
                out.push(':');
                write(&entry.value, out);
            }
            out.push('}');
        }
    }
}

/// A text as JSON of ASCII letters.
fn write_text(text: &str, out: &mut String) {
    out.push('"');
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(letter),
            _ => {
                let mut units = [0; 2];
                letter
                    .encode_utf16(&mut units)
                    .iter()
                    .for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let node = source::document::yaml::parse(text, &source::Limits::default()).unwrap().remove(0);
        assert_eq!(json(&node), expected);
    }

    #[test]
    fn keys_are_sorted_and_functions_long() {
        check("{b: !Ref X, a: !GetAtt A.B.C}", r#"{"a":{"Fn::GetAtt":["A","B.C"]},"b":{"Ref":"X"}}"#);
        check("[1, true, '1', é, !Sub '${A}']", r#"[1,true,"1","\u00e9",{"Fn::Sub":"${A}"}]"#);
    }

    #[test]
    fn the_hash_of_a_domain_name_is_that_of_its_text() {
        assert_eq!(of_text("admin.one.amazon.com"), "5fe29fe649");
    }
}
