//! What holds for texts of any kind: no function fails on one, and what one function encodes another one decodes.

use proptest::prelude::*;
use value::{Kind, Origin, Value};

use super::glob::Pattern;
use super::table::{Function, find};
use super::{Answer, Pure, pattern, verbs, yaml_decode, yaml_encode};

fn pure(name: &str) -> Pure {
    match find(name).map(|definition| definition.function) {
        Some(Function::Pure(function)) => function,
        _ => panic!("{name} is no pure function"),
    }
}

fn call(name: &str, texts: &[&str]) -> Answer {
    let arguments: Vec<Value> = texts.iter().map(|text| Value::string(*text, Origin::default())).collect();
    pure(name)(&arguments)
}

fn text(answer: Answer) -> Option<String> {
    match answer {
        Ok(Kind::String(text)) => Some(text.to_string()),
        _ => None,
    }
}

/// Characters that mean something to one of the readers.
const SIGNS: &str = "[a-c0-9é😀\\[\\](){}*+?^$|.,:;!&#%<>=_/'\"`~@ \\n\\t\\\\TZPdwsbQEx-]{0,24}";

proptest! {
    #[test]
    fn readers_of_texts_never_fail(signs in SIGNS, other in SIGNS, any in "\\PC{0,24}") {
        for text in [&signs, &other, &any] {
            let _ = pattern::compile(text);
            let _ = verbs::pieces(text);
            let _ = Pattern::parse(text);
            let _ = yaml_decode::decode(text, &Origin::default());
            for one in ["csvdecode", "base64decode", "base64gunzip", "urldecode", "dirname", "title", "cidrnetmask"] {
                let _ = call(one, &[text]);
            }
            for two in ["formatdate", "timeadd", "timecmp", "regexall", "split", "uuidv5", "textdecodebase64"] {
                let _ = call(two, &[text, &other]);
                let _ = call(two, &[&other, text]);
            }
            let _ = call("replace", &[text, &format!("/{signs}/"), &other]);
        }
    }

    #[test]
    fn what_is_encoded_is_decoded(any in "\\PC{0,40}", signs in SIGNS) {
        for given in [&any, &signs] {
            let there = |encode: &str, decode: &str| {
                text(call(encode, &[given])).and_then(|encoded| text(call(decode, &[&encoded])))
            };
            prop_assert_eq!(there("base64encode", "base64decode"), Some(given.clone()));
            prop_assert_eq!(there("urlencode", "urldecode"), Some(given.clone()));
            let yaml = text(yaml_encode::encode(&[Value::string(given.as_str(), Origin::default())]));
            let back = yaml_decode::decode(&yaml.unwrap_or_default(), &Origin::default()).ok();
            prop_assert_eq!(back.as_ref().and_then(Value::as_str), Some(given.as_str()));
        }
    }
}
