//! Any text as Terraform's native syntax, as a template file and as Terraform's JSON syntax: no panic, no hang, every
//! place within the text and within that of its parent, and no more nodes than bytes allow.

#![no_main]

use carelint_terraform::fuzzing::{Tree, json, native, template};
use libfuzzer_sys::fuzz_target;

/// Most nodes that a byte of the text may make: an argument has one for itself and one for its value, a template one
/// for each text.
const NODES_A_BYTE: usize = 4;

fn check(tree: &Tree, text: &str) {
    match tree.check(text) {
        Ok(nodes) => assert!(nodes <= 64 + text.len() * NODES_A_BYTE, "{nodes} nodes of {} bytes", text.len()),
        Err(why) => panic!("{why}"),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    check(&native(text), text);
    check(&template(text), text);
    // A file is read without its byte-order mark, and its places are counted from there.
    let text = text.trim_start_matches('\u{feff}');
    check(&json(text), text);
});
