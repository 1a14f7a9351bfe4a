//! Lookup tables and frameworks, read from `rules/tables` and `rules/frameworks`.

use source::Span;
use source::document::Node;

use crate::error::File;
use crate::ir::{Field, Framework, Literal, Matching, Section, Table};
use crate::{leak, suggest, types};

/// Reads a lookup table.
pub(crate) fn read_table(file: &File<'_>, root: &Node) -> Option<Table> {
    let known = ["table", "dated", "source", "match", "columns", "rows"];
    let fields = file.fields(root, "the table", &known);
    let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| &field.value);
    let text = |key: &str| required(file, root, key, value(key));
    let (name, dated, source) = (text("table")?, text("dated")?, text("source")?);
    let stem = stem(file.path);
    if name != stem {
        let span = value("table").map_or(root.span, |node| node.span);
        file.error(span, format!("the table `{name}` is in a file called `{stem}`"), "give both one name");
    }
    check_date(file, value("dated").unwrap_or(root), dated);
    let matching = match value("match").and_then(|node| file.string(node, "`match`")) {
        None | Some("exact") => Matching::Exact,
        Some("longest-prefix") => Matching::LongestPrefix,
        Some("glob") => Matching::Glob,
        Some(other) => {
            let help = suggest::help(other, ["exact", "longest-prefix", "glob"]);
            file.error(
                value("match").map_or(root.span, |node| node.span),
                format!("`match: {other}` has no meaning"),
                help,
            );
            Matching::Exact
        }
    };
    let mut columns: Vec<Field> = Vec::new();
    for entry in file.mapping(required_node(file, root, "columns", value("columns"))?, "`columns`") {
        let ty = types::read(file, &entry.value)?;
        columns.push(Field { name: leak::text(&entry.key), ty, default: None, secret: false });
    }
    columns.sort_by_key(|column| column.name);
    let mut rows = Vec::new();
    for entry in file.mapping(required_node(file, root, "rows", value("rows"))?, "`rows`") {
        rows.push((leak::text(&entry.key), read_cells(file, &entry.value, &columns)));
    }
    rows.sort_by_key(|(key, _)| *key);
    Some(Table {
        name: leak::text(name),
        dated: leak::text(dated),
        source: leak::text(source),
        matching,
        columns: leak::slice(columns),
        rows: leak::slice(rows),
    })
}

fn read_cells(file: &File<'_>, node: &Node, columns: &[Field]) -> &'static [Option<Literal>] {
    let mut cells: Vec<Option<Literal>> = vec![None; columns.len()];
    for entry in file.mapping(node, "a row") {
        let Some(at) = columns.iter().position(|column| column.name == entry.key.as_str()) else {
            file.unknown_key(entry, "the table", columns.iter().map(|column| column.name));
            continue;
        };
        let Some(literal) = file.literal(&entry.value, "a cell") else { continue };
        let fits = columns.get(at).is_some_and(|column| types::admits(column.ty, literal));
        if !fits {
            let ty = columns.get(at).map_or(String::new(), |column| types::show(column.ty));
            let message = format!("{} is no {ty}", types::show_literal(literal));
            file.error(entry.value.span, message, "quote texts that look like numbers or booleans");
        }
        if let Some(cell) = cells.get_mut(at) {
            *cell = Some(literal);
        }
    }
    leak::slice(cells)
}

/// Reads a framework.
pub(crate) fn read_framework(file: &File<'_>, root: &Node) -> Option<Framework> {
    let known = ["name", "title", "source", "dated", "sections", "questions", "maps", "in_code"];
    let fields = file.fields(root, "the framework", &known);
    let value = |key: &str| fields.iter().find(|field| field.key == key).map(|field| &field.value);
    let text = |key: &str| required(file, root, key, value(key));
    let (name, title, source, dated) = (text("name")?, text("title")?, text("source")?, text("dated")?);
    check_date(file, value("dated").unwrap_or(root), dated);
    let mut sections: Vec<Section> = Vec::new();
    for item in file.sequence(required_node(file, root, "sections", value("sections"))?, "`sections`") {
        let known = ["id", "title", "kind", "requirement", "family", "parent", "pillar", "risk", "question"];
        let fields = file.fields(item, "a section", &known);
        let text = |key: &str| {
            fields
                .iter()
                .find(|field| field.key == key)
                .and_then(|field| file.string(&field.value, "a part of a section"))
        };
        let Some(id) = text("id") else {
            file.error(item.span, "a section has no `id`", "write `- id: \"164.312(a)(1)\"`");
            continue;
        };
        if sections.iter().any(|section| section.id == id) {
            file.error(item.span, format!("the section `{id}` stands twice"), "keep one of them");
        }
        sections.push(Section {
            id: leak::text(id),
            title: leak::text(text("title").unwrap_or("")),
            requirement: leak::text(text("requirement").unwrap_or("")),
            group: leak::text(text("family").or_else(|| text("pillar")).unwrap_or("")),
        });
    }
    let source = format!("{source}, as of {dated}");
    Some(Framework {
        name: leak::text(name),
        title: leak::text(title),
        source: leak::text(&source),
        sections: leak::slice(sections),
    })
}

fn required<'n>(file: &File<'_>, root: &Node, key: &str, node: Option<&'n Node>) -> Option<&'n str> {
    file.string(required_node(file, root, key, node)?, &format!("`{key}`"))
}

fn required_node<'n>(file: &File<'_>, root: &Node, key: &str, node: Option<&'n Node>) -> Option<&'n Node> {
    if node.is_none() {
        let at = Span { start: root.span.start, end: root.span.start };
        file.error(at, format!("`{key}` is missing"), format!("write `{key}: …`"));
    }
    node
}

fn check_date(file: &File<'_>, node: &Node, date: &str) {
    let parts: Vec<&str> = date.split('-').collect();
    let digits =
        |text: &&str, count: usize| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    let fits = matches!(parts.as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2));
    if !fits {
        file.error(node.span, format!("`{date}` is no day"), "write `YYYY-MM-DD`");
    }
}

/// Name of a file without folders and ending.
pub(crate) fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}
