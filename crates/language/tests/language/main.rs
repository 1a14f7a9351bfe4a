//! Models and rules compiled, in a small world of their own.

#![expect(clippy::expect_used, clippy::panic, clippy::string_slice, reason = "a test fails by panicking")]

mod errors;
mod extend;
mod predicates;
mod world;
