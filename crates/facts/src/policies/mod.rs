//! The policies family: documents in any spelling, their statements, and questions about them.

mod document;
mod questions;
mod statement;
mod transport;

pub(crate) use questions::{allows_everything, grants_public, is_narrowed};
pub(crate) use statement::{exists, statements};
pub(crate) use transport::denies_plain;
