//! Tests of the parser.

mod differential;
mod generated;
mod grammar;
mod hostile;
mod json;
mod recovery;
mod show;
mod strings;
