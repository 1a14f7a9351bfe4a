//! Any text as JSON: what serde_json takes is taken, and nothing else; every place within the text and within that of its
//! parent; a part that an outline gives is read as it is in the whole.
#![no_main]

use carelint_fuzz::{document, small_limits};
use carelint_source::document::{json, outline};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parsed = json::parse(text, &small_limits());
    let read = json::read(text, &small_limits());
    assert_eq!(parsed.is_ok(), read.is_ok(), "one reader takes what the other refuses");
    match (&parsed, serde_json::from_str::<serde_json::Value>(text)) {
        (Ok(node), Ok(_)) => document::written(text, node),
        // Numbers stay as they are written, and nothing can be out of their range.
        (Ok(_), Err(error)) => assert!(error.to_string().contains("out of range"), "{error}"),
        (Err(error), found) => {
            let limit = error.message.contains("too deeply") || error.message.contains("too many nodes");
            assert!(found.is_err() || limit, "serde_json takes it: {error}");
            assert!(text.get(error.span.range()).is_some() && !error.message.is_empty(), "{error:?}");
        }
    }
    if let Ok(reading) = &read {
        document::counting(text, reading);
    }
    if let (Ok(node), Ok(whole)) = (&parsed, outline::whole(text)) {
        for entry in node.entries() {
            let member = whole.get(&entry.key).and_then(|span| outline::node(text, span, &small_limits()).ok());
            let last = node.get(&entry.key);
            assert_eq!(member.as_ref(), last, "the outline has another {}", entry.key);
        }
    }
});
