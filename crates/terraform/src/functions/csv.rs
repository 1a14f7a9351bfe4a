//! `csvdecode`: tables of RFC 4180, as strict as Go's reader. (The csv crate takes what Go refuses: quotes within a
//! field, and fields that are not closed.)

use smol_str::SmolStr;
use value::{ListShape, Origin, Type, Value};

use super::{Answer, Refusal, text};

pub(super) fn csvdecode(arguments: &[Value]) -> Answer {
    let mut rows = rows(text(arguments, 0)?).ok_or(Refusal::Error)?.into_iter();
    let header = rows.next().ok_or(Refusal::Error)?;
    let mut names: Vec<&String> = header.iter().collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(Refusal::Error);
    }
    let cell = |cell: String| Value::string(cell, Origin::default());
    let mut items = Vec::new();
    for row in rows {
        if row.len() != header.len() {
            return Err(Refusal::Error);
        }
        let entries = header.iter().map(SmolStr::new).zip(row.into_iter().map(cell));
        items.push(Value::map(entries, Origin::default()));
    }
    let row = Type::object(header.iter().map(|name| (SmolStr::new(name), Type::String)));
    Ok(Value::shaped_list(items, ListShape::List(row), Origin::default()).kind)
}

/// The rows of a table; empty lines are none. None if a quote stands where it may not.
fn rows(table: &str) -> Option<Vec<Vec<String>>> {
    let mut rows = Vec::new();
    let mut chars = Chars { text: table };
    while !chars.text.is_empty() {
        if chars.line_break() {
            continue;
        }
        let mut row = Vec::new();
        loop {
            row.push(if chars.next_if('"') { chars.quoted()? } else { chars.bare()? });
            if !chars.next_if(',') {
                break;
            }
        }
        if !chars.line_break() && !chars.text.is_empty() {
            return None;
        }
        rows.push(row);
    }
    Some(rows)
}

struct Chars<'t> {
    text: &'t str,
}

impl Chars<'_> {
    fn next_if(&mut self, c: char) -> bool {
        let rest = self.text.strip_prefix(c);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn line_break(&mut self) -> bool {
        let rest = self.text.strip_prefix("\r\n").or_else(|| self.text.strip_prefix('\n'));
        // A return that ends the text ends its line.
        let rest = rest.or_else(|| (self.text == "\r").then_some(""));
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn bare(&mut self) -> Option<String> {
        let end = self.text.find([',', '\n']).unwrap_or(self.text.len());
        let (field, rest) = self.text.split_at_checked(end)?;
        let (field, cut) = match field.strip_suffix('\r') {
            Some(cut) if !rest.starts_with(',') => (cut, 1),
            _ => (field, 0),
        };
        self.text = self.text.get(end - cut..)?;
        (!field.contains('"')).then(|| field.to_owned())
    }

    /// A field whose opening quote is read.
    fn quoted(&mut self) -> Option<String> {
        let mut field = String::new();
        loop {
            let (part, rest) = self.text.split_once('"')?;
            field.push_str(part);
            self.text = rest;
            if !self.next_if('"') {
                break;
            }
            field.push('"');
        }
        // Line ends within a field are those of Unix.
        Some(field.replace("\r\n", "\n"))
    }
}
