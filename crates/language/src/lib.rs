//! The grammar of models and rules: reading them, checking their types, and lowering them to one flat form
//! ([`ir`]). Used by the build script of `catalogue` for the built-in rules and at run time for users' own files;
//! both give the same [`ir::Catalogue`]. Invariant: a catalogue that exists is well-typed; every attribute, field,
//! table, fact and citation that it names exists.

pub mod facts;
pub mod ir;
