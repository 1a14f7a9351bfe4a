//! `yamlencode`, character by character as Terraform writes it: keys and strings in double quotes and folded at 80
//! columns, strings of several lines as literal blocks where YAML lets them be, everything in block layout.

use value::{Kind, Value};

use super::{Answer, Refusal};
use crate::eval::text::primitive;

/// Column after which a quoted string is folded at its next space.
const BEST_WIDTH: usize = 80;
/// Longest key, in bytes, that is written without a question mark.
const LONGEST_KEY: usize = 128;
/// Deepest value that is written.
const DEPTH: usize = 64;

/// The YAML of a wholly known value.
pub(super) fn encode(arguments: &[Value]) -> Answer {
    let value = arguments.first().ok_or(Refusal::Error)?;
    let mut writer = Writer { out: String::new(), column: 0 };
    match &value.kind {
        Kind::List(_) | Kind::Map(_) => writer.node(value, 0, Position::Root, DEPTH)?,
        Kind::String(text) => writer.string(text, 2, false),
        _ => {
            writer.put(&plain(value)?);
            // A plain scalar alone could go on; the mark ends it.
            writer.put("\n...");
        }
    }
    if !writer.out.ends_with('\n') || matches!(value.kind, Kind::String(_)) && writer.column > 0 {
        writer.put("\n");
    }
    Ok(Kind::String(writer.out.into()))
}

/// What stands before a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Position {
    /// Nothing.
    Root,
    /// The dash of a sequence or the colon of a long key, and a space.
    Inline,
    /// A key and its colon.
    Key,
}

struct Writer {
    out: String,
    /// Characters since the last line break.
    column: usize,
}

impl Writer {
    fn put(&mut self, text: &str) {
        for c in text.chars() {
            self.column = if c == '\n' { 0 } else { self.column + 1 };
        }
        self.out.push_str(text);
    }

    /// A new line and `indent` spaces.
    fn line(&mut self, indent: usize) {
        if self.column > 0 {
            self.put("\n");
        }
        self.put(&" ".repeat(indent));
    }

    /// A node whose children stand at column `indent`.
    fn node(
        &mut self,
        value: &Value,
        indent: usize,
        position: Position,
        depth: usize,
    ) -> Result<(), Refusal> {
        if depth == 0 {
            return Err(Refusal::Limit);
        }
        let space = |writer: &mut Self| {
            if position == Position::Key {
                writer.put(" ");
            }
        };
        match &value.kind {
            Kind::List(list) if list.items.is_empty() => {
                space(self);
                self.put("[]");
            }
            Kind::Map(map) if map.entries.is_empty() => {
                space(self);
                self.put("{}");
            }
            Kind::List(list) => {
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 || position == Position::Key {
                        self.line(indent);
                    }
                    self.put("- ");
                    self.node(&item.value, indent + 2, Position::Inline, depth - 1)?;
                }
            }
            Kind::Map(map) => {
                let mut entries: Vec<_> = map.entries.iter().collect();
                entries.sort_by(|a, b| a.key.cmp(&b.key));
                for (at, entry) in entries.into_iter().enumerate() {
                    if at > 0 || position == Position::Key {
                        self.line(indent);
                    }
                    self.entry(&entry.key, &entry.value, indent, depth - 1)?;
                }
            }
            Kind::String(text) => {
                space(self);
                self.string(text, indent, false);
            }
            _ => {
                space(self);
                self.put(&plain(value)?);
            }
        }
        Ok(())
    }

    fn entry(&mut self, key: &str, value: &Value, indent: usize, depth: usize) -> Result<(), Refusal> {
        let simple = key.len() <= LONGEST_KEY && !key.contains(is_break);
        if !simple {
            self.put("? ");
            self.string(key, indent + 2, false);
            self.line(indent);
            self.put(": ");
            return self.node(value, indent + 2, Position::Inline, depth);
        }
        self.string(key, indent, true);
        self.put(":");
        // The dashes of a sequence stand below its key.
        let below = match &value.kind {
            Kind::List(_) => indent,
            _ => indent + 2,
        };
        self.node(value, below, Position::Key, depth)
    }

    /// A string whose further lines stand at `indent`.
    fn string(&mut self, text: &str, indent: usize, key: bool) {
        if !key && text.contains('\n') && may_be_literal(text) {
            self.literal(text, indent);
        } else {
            self.quoted(text, indent, key);
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.put("|");
        if text.starts_with(|c: char| c == ' ' || is_break(c)) {
            self.put("2");
        }
        let mut ends = text.chars().rev();
        match (ends.next().is_some_and(is_break), ends.next()) {
            (false, _) => self.put("-"),
            (true, None) => self.put("+"),
            (true, Some(before)) if is_break(before) => self.put("+"),
            _ => {}
        }
        self.put("\n");
        let mut after_break = true;
        for c in text.chars() {
            if is_break(c) {
                self.out.push(c);
                self.column = 0;
                after_break = true;
                continue;
            }
            if after_break {
                self.put(&" ".repeat(indent));
                after_break = false;
            }
            self.out.push(c);
            self.column += 1;
        }
    }

    fn quoted(&mut self, text: &str, indent: usize, key: bool) {
        self.put("\"");
        let mut spaces = false;
        let mut chars = text.chars().enumerate().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            if c == ' ' && !key && !spaces && self.column > BEST_WIDTH && at > 0 && next.is_some() {
                self.line(indent);
                if next == Some(' ') {
                    self.put("\\");
                }
                spaces = true;
                continue;
            }
            spaces = c == ' ';
            match escape(c) {
                Some(escaped) => self.put(&escaped),
                None => {
                    self.out.push(c);
                    self.column += 1;
                }
            }
        }
        self.put("\"");
    }
}

/// Null, a boolean or a number.
fn plain(value: &Value) -> Result<String, Refusal> {
    match &value.kind {
        Kind::Null => Ok("null".to_owned()),
        _ => primitive(value).map(|text| text.to_string()).ok_or(Refusal::Error),
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Whether the emitter writes a character as it is: the Basic Multilingual Plane without controls.
fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{ffff}')
        && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn may_be_literal(text: &str) -> bool {
    let space_before_break =
        text.chars().zip(text.chars().skip(1)).any(|(c, next)| c == ' ' && is_break(next));
    !space_before_break && !text.ends_with(' ') && text.chars().all(is_printable)
}

fn escape(c: char) -> Option<String> {
    if is_printable(c) && !is_break(c) && !matches!(c, '"' | '\\') {
        return None;
    }
    let short = match c {
        '\0' => "\\0",
        '\u{7}' => "\\a",
        '\u{8}' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\u{b}' => "\\v",
        '\u{c}' => "\\f",
        '\r' => "\\r",
        '\u{1b}' => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{85}' => "\\N",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        c => {
            let code = u32::from(c);
            return Some(match code {
                0..=0xff => format!("\\x{code:02X}"),
                0x100..=0xffff => format!("\\u{code:04X}"),
                _ => format!("\\U{code:08X}"),
            });
        }
    };
    Some(short.to_owned())
}
