//! Any text as YAML: no panic, no hang, every place within the text and within that of its parent, keys as they count,
//! and no more nodes than the limits allow.
#![no_main]

use carelint_fuzz::{document, small_limits};
use carelint_source::document::yaml;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let parsed = yaml::parse(text, &small_limits());
    let read = yaml::read(text, &small_limits());
    assert_eq!(parsed.is_ok(), read.is_ok(), "one reader takes what the other refuses");
    if let Err(error) = &parsed {
        assert!(text.get(error.span.range()).is_some() && !error.message.is_empty(), "{error:?}");
    }
    parsed.iter().flatten().for_each(|node| document::written(text, node));
    if let Ok(reading) = &read {
        document::counting(text, reading);
    }
});
