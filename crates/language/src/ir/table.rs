//! What rules look up and cite: dated tables and the sections of frameworks.

use super::{Field, Literal};

/// A lookup table with a date.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Day on which the facts were true, `YYYY-MM-DD`.
    pub dated: &'static str,
    /// Where they come from.
    pub source: &'static str,
    /// How a key finds its row.
    pub matching: Matching,
    /// Names and types of the columns, sorted by name.
    pub columns: &'static [Field],
    /// Key and cells (in the order of the columns; none where a row leaves a column out), sorted by key.
    pub rows: &'static [(&'static str, &'static [Option<Literal>])],
}

/// How a key finds its row in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Equal.
    Exact,
    /// The longest row key that the key starts with.
    LongestPrefix,
    /// The most specific row key with `*` and `?` that matches; a key without them first, then the longest.
    Glob,
}

/// A framework.
#[derive(Debug, Clone, Copy)]
pub struct Framework {
    /// `hipaa`, `well-architected`, `nist-800-53`.
    pub name: &'static str,
    /// Its name for reports.
    pub title: &'static str,
    /// Day and source of the list.
    pub source: &'static str,
    /// Its sections, in the framework's order.
    pub sections: &'static [Section],
}

/// A section of a framework.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// `164.312(a)(1)`, `REL09-BP01`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// `required`, `addressable` or empty.
    pub requirement: &'static str,
    /// Family or pillar that it belongs to.
    pub group: &'static str,
}
