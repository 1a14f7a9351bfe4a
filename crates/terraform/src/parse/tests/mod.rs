//! Tests of the parser.

mod differential;
mod grammar;
mod recovery;
mod show;
mod strings;
