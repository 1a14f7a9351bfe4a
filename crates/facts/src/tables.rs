//! Lookup tables of the catalogue, read by facts. Invariant: a table, row or cell that is not there is no answer.

use language::ir::{Catalogue, Literal};

/// A cell of a table's row.
pub(crate) fn cell(catalogue: &Catalogue, table: &str, key: &str, column: &str) -> Option<Literal> {
    let table = catalogue.table(table)?;
    let at = table.columns.iter().position(|field| field.name == column)?;
    table.row(key)?.get(at).copied().flatten()
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
