//! The kinds and attributes that facts read, as `docs/facts.md` lists them, exist in the models of the repository.

use std::path::Path;

use language::ir::{Field, Kind, Type};

use crate::support::catalogue;

#[expect(clippy::disallowed_methods, reason = "the test reads the documentation of the repository")]
fn documentation() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/facts.md");
    std::fs::read_to_string(path).expect("docs/facts.md")
}

/// Names between backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn record_fields(kind: &'static Kind, ty: Type) -> &'static [Field] {
    match ty {
        Type::List(Type::Record(name)) => kind.record(name).map_or(&[], |record| record.fields),
        _ => &[],
    }
}

/// Whether the kind has what a name asks for: `attribute` or `attribute.field.field`.
fn has(kind: &'static Kind, name: &str) -> bool {
    let mut steps = name.split('.');
    let Some((_, attribute)) = steps.next().and_then(|step| kind.attribute(step)) else { return false };
    let mut fields = record_fields(kind, attribute.ty);
    steps.all(|step| match fields.iter().find(|field| field.name == step) {
        Some(field) => {
            fields = record_fields(kind, field.ty);
            true
        }
        None => false,
    })
}

#[test]
fn what_facts_read_exists() {
    let text = documentation();
    let (_, after) = text.split_once("## What facts read").expect("the section");
    let section = after.split("\n## ").next().unwrap_or_default();
    let mut rows = 0;
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').collect();
        let [_, kind, attributes, ..] = cells.as_slice() else { panic!("{row}") };
        let name = names(kind)[0];
        let kinds = match catalogue().trait_named(name) {
            Some(known) => known.kinds.to_vec(),
            None => vec![catalogue().kind_named(name).unwrap_or_else(|| panic!("no kind {name}"))],
        };
        for kind in kinds.into_iter().filter_map(|kind| catalogue().kind(kind)) {
            for attribute in names(attributes) {
                assert!(has(kind, attribute), "{} has no {attribute}", kind.name);
                rows += 1;
            }
        }
    }
    assert!(rows > 40, "{rows}");
}
