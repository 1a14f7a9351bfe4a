//! Lookup tables of the catalogue, read by facts. Invariant: a table, row or cell that is not there is no answer.

use language::ir::{Catalogue, Literal, Matching, Table};

use crate::pattern::glob;

/// A cell of a table's row.
pub(crate) fn cell(catalogue: &Catalogue, table: &str, key: &str, column: &str) -> Option<Literal> {
    let table = catalogue.table(table)?;
    let at = table.columns.iter().position(|field| field.name == column)?;
    row(table, key)?.get(at).copied().flatten()
}

/// A number in a table.
pub(crate) fn number(catalogue: &Catalogue, table: &str, key: &str, column: &str) -> Option<value::Number> {
    match cell(catalogue, table, key, column)? {
        Literal::Number(text) => value::Number::parse(text),
        _ => None,
    }
}

/// A text in a table.
pub(crate) fn text(catalogue: &Catalogue, table: &str, key: &str, column: &str) -> Option<&'static str> {
    match cell(catalogue, table, key, column)? {
        Literal::String(text) => Some(text),
        _ => None,
    }
}

/// A boolean in a table; false where there is none.
pub(crate) fn flag(catalogue: &Catalogue, table: &str, key: &str, column: &str) -> bool {
    cell(catalogue, table, key, column) == Some(Literal::Bool(true))
}

fn row(table: &'static Table, key: &str) -> Option<&'static [Option<Literal>]> {
    let matching = |(known, _): &&(&'static str, &'static [Option<Literal>])| match table.matching {
        Matching::Exact => *known == key,
        Matching::LongestPrefix => key.starts_with(known),
        Matching::Glob => *known == key || glob(known, key),
    };
    let exact = table.rows.iter().find(|(known, _)| *known == key);
    let best = exact.or_else(|| table.rows.iter().filter(matching).max_by_key(|(known, _)| known.len()))?;
    Some(best.1)
}
