//! Tasks of carelint's developers: `cargo xtask`.

fn main() {}
