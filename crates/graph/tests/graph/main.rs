//! The graph on declared resources made by hand.

mod joining;
mod reading;
mod resolving;
mod support;
