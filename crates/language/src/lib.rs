//! The grammar of models and rules: reading them, checking their types, and lowering them to one flat form
//! ([`ir`]). Used by the build script of `catalogue` for the built-in rules and at run time for users' own files;
//! both give the same [`ir::Catalogue`]. Invariant: a catalogue that exists is well-typed; every attribute, field,
//! table, fact and citation that it names exists.

mod assemble;
mod compile;
mod emit;
mod error;
mod extend;
pub mod facts;
mod how;
pub mod ir;
mod leak;
mod model;
mod moved;
mod path;
mod predicate;
mod reader;
mod rule;
mod spelling;
mod suggest;
mod tables;
mod types;

pub use compile::{Compiled, RuleSource, compile};
pub use emit::emit;
pub use error::CompileError;
pub use extend::extend;
pub use source::nearest;
