//! Bodies: arguments and blocks. What is at fault is told and left out; all else is read.

use rustc_hash::FxHashSet;
use smol_str::SmolStr;

use super::fault::{Fault, Parsed};
use super::parser::{NESTING, Parser};
use crate::ast::{Attribute, Block, Body, Expr, ExprKind};

/// Bodies with more arguments than this have a table of names.
const FEW: usize = 16;

/// The header of a block.
struct Header {
    /// Where it starts and ends.
    start: usize,
    end: usize,
    /// Indentation of its line, where that has a say.
    indent: usize,
    kind: SmolStr,
    labels: Vec<SmolStr>,
}

impl Header {
    /// The block as a message names it.
    fn shown(&self) -> String {
        let mut shown = format!("block `{}", self.kind);
        for label in &self.labels {
            shown.push_str(&format!(" \"{label}\""));
        }
        shown.push('`');
        super::fault::shortened(&shown)
    }
}

impl<'t> Parser<'t> {
    /// All of the text.
    pub(super) fn file(&mut self) -> Body {
        self.lines = true;
        self.skip();
        self.body(None)
    }

    /// The items up to the brace that closes `block`, which is taken, or up to the end of the text.
    fn body(&mut self, block: Option<&Header>) -> Body {
        let (attributes, blocks) = (self.attributes.len(), self.blocks.len());
        let mut names = FxHashSet::default();
        let outer = std::mem::replace(&mut self.incomplete, false);
        loop {
            self.skip_lines();
            if self.is_end() {
                if let Some(block) = block {
                    self.unclosed = true;
                    self.tell_unclosed(block);
                }
                break;
            }
            if self.peek() == b'}' {
                match block {
                    Some(block)
                        if self.by_indentation && self.depth > 1 && self.is_outdented(block.indent) =>
                    {
                        self.tell_unclosed(block);
                        break;
                    }
                    Some(_) => {
                        self.bump(1);
                        break;
                    }
                    None => self.stray_brace(),
                }
                continue;
            }
            if let Some(block) = block
                && self.by_indentation
                && self.is_first(self.at)
                && self.indent(self.at) <= block.indent
                && self.starts_top_block(self.at)
            {
                self.tell_unclosed(block);
                break;
            }
            self.item(attributes, &mut names);
        }
        Body {
            attributes: self.attributes.drain(attributes..).collect(),
            blocks: self.blocks.drain(blocks..).collect(),
            incomplete: std::mem::replace(&mut self.incomplete, outer),
        }
    }

    fn tell_unclosed(&mut self, block: &Header) {
        self.incomplete = true;
        let message = format!("the {} that starts here is not closed", block.shown());
        let fault =
            Fault::new(block.start, block.end, message, "add `}` where it ends, or balance the braces in it");
        self.tell("", &fault, "what could be read of it was checked");
    }

    fn stray_brace(&mut self) {
        let message = "a brace closes nothing that is open here";
        let remedy = "remove it, or one that closes a block too early before it";
        let fault = Fault::new(self.at, self.at + 1, message, remedy);
        self.tell("", &fault, "the rest of the file was read");
        self.bump(1);
    }

    /// An argument or a block, with the line end after it.
    fn item(&mut self, first: usize, names: &mut FxHashSet<SmolStr>) {
        let (start, marks) = (self.at, self.marks());
        let quoted = self.peek() == b'"';
        let name = match self.item_name() {
            Ok(name) => name,
            Err(fault) => {
                self.unwind(marks);
                self.tell("", &fault, "this line was skipped");
                self.incomplete = true;
                return self.skip_item(start, start);
            }
        };
        let end = self.end;
        let next = self.byte(self.at + 1);
        let known = self.attributes.len();
        match self.peek() {
            b'=' if next != b'=' && next != b'>' => {
                if quoted {
                    let remedy = "write the name of an argument without quotes";
                    let fault = Fault::new(start, end, "the name of an argument is in quotes", remedy);
                    self.tell("", &fault, "it was read all the same");
                }
                self.attribute(name, start, end);
            }
            b'"' | b'{' if !quoted => self.block(name, start),
            _ if self.is_name() && !quoted => self.block(name, start),
            _ => {
                let fault = self.unexpected("`=` and a value, or the rest of a block's header,");
                self.tell("", &fault, &format!("`{name}` counts as unknown, the rest of the file was read"));
                self.push_broken(name, start, end);
                self.skip_item(start, end);
            }
        }
        // What could not be read counts as an argument, too.
        if self.attributes.len() > known {
            self.note_duplicate(first, names);
        }
    }

    fn item_name(&mut self) -> Parsed<SmolStr> {
        if self.peek() != b'"' {
            return self.wanted_name("an argument or a block");
        }
        let quoted = self.quoted()?;
        match quoted.kind {
            ExprKind::String(name) => Ok(name),
            _ => Err(Fault::new(
                quoted.place.span.start as usize,
                self.end,
                "a name is a template",
                "write it without quotes",
            )),
        }
    }

    fn push_broken(&mut self, name: SmolStr, start: usize, end: usize) {
        let place = self.place(start, end);
        let value = Expr::new(ExprKind::Broken, place);
        self.attributes.push(Attribute { name, place, value, per_instance: false });
    }

    /// Takes an argument away that its body has already, and tells of it.
    fn note_duplicate(&mut self, first: usize, names: &mut FxHashSet<SmolStr>) {
        let count = self.attributes.len() - first;
        let Some((last, before)) = self.attributes.get(first..).and_then(|own| own.split_last()) else {
            return;
        };
        let known = if count <= FEW {
            before.iter().any(|known| known.name == last.name)
        } else {
            if names.is_empty() {
                names.extend(before.iter().map(|known| known.name.clone()));
            }
            !names.insert(last.name.clone())
        };
        if known {
            let span = last.place.span;
            let message = format!("argument `{}` is set twice in this block", last.name);
            let fault = Fault::new(span.start as usize, span.end as usize, message, "remove one of the two");
            self.attributes.pop();
            self.tell("", &fault, "the first one was used");
        }
    }

    /// An argument from its `=` on.
    fn attribute(&mut self, name: SmolStr, start: usize, end: usize) {
        let marks = self.marks();
        self.bump(1);
        let from = self.at;
        self.per_instance = false;
        let value = self.expr().and_then(|value| match self.is_line_end() || self.ends_one_line() {
            true => Ok(value),
            false => Err(self.unexpected("a new line")),
        });
        let place = self.place(start, end);
        match value {
            Ok(value) => {
                self.attributes.push(Attribute { name, place, value, per_instance: self.per_instance });
            }
            Err(fault) => {
                self.unwind(marks);
                let what = format!("the value of `{name}`");
                let consequence = format!("`{name}` counts as unknown, the rest of the file was read");
                self.tell(&what, &fault, &consequence);
                self.push_broken(name, start, end);
                self.skip_item(start, from);
                self.pay(fault.start.saturating_sub(self.at));
            }
        }
    }

    /// Whether a block of one line ends here.
    fn ends_one_line(&self) -> bool {
        self.one_line && self.peek() == b'}'
    }

    /// A block after its type.
    fn block(&mut self, kind: SmolStr, start: usize) {
        let marks = self.marks();
        let mut header = Header { start, end: self.end, indent: 0, kind, labels: Vec::new() };
        if self.by_indentation {
            header.indent = self.indent(start);
        }
        if let Err(fault) = self.header(&mut header) {
            self.unwind(marks);
            return self.broken_header(header, &fault);
        }
        if self.depth >= NESTING {
            let fault = self.too_deep();
            self.tell("", &fault, "the block counts as unknown");
            self.push_broken(header.kind, start, header.end);
            return self.skip_item(start, start);
        }
        self.depth += 1;
        self.bump(1);
        let one_line = !self.is_line_end() && self.peek() != b'}';
        let outer = std::mem::replace(&mut self.one_line, one_line);
        let body = if one_line { self.one_line_body(&header) } else { self.body(Some(&header)) };
        self.one_line = outer;
        self.depth -= 1;
        let end = self.end.max(header.end);
        if !self.is_line_end() && !self.ends_one_line() && !self.by_indentation {
            let fault = self.unexpected("a new line after a block");
            self.tell("", &fault, "the rest of this line was skipped");
            self.incomplete = true;
            self.skip_item(start, self.at);
        }
        let (place, whole) = (self.place(header.start, header.end), self.place(start, end));
        let Header { kind, labels, .. } = header;
        self.blocks.push(Block { kind, labels, body, header: place, place: whole });
    }

    /// Labels, up to the opening brace.
    fn header(&mut self, header: &mut Header) -> Parsed<()> {
        loop {
            match self.peek() {
                b'{' => return Ok(()),
                b'"' => {
                    let label = self.quoted()?;
                    let ExprKind::String(text) = label.kind else {
                        let span = label.place.span;
                        let message = "a label of a block is a template";
                        let remedy = "write a plain text, with `$${` for `${`";
                        return Err(Fault::new(span.start as usize, span.end as usize, message, remedy));
                    };
                    header.labels.push(text);
                }
                _ => match self.name() {
                    Some(label) => header.labels.push(SmolStr::new(label)),
                    None => return Err(self.unexpected("`{` or a label")),
                },
            }
            header.end = self.end;
        }
    }

    /// Tells of a header at fault and goes on after its block. An argument without `=` counts as unknown.
    fn broken_header(&mut self, header: Header, fault: &Fault) {
        let Header { start, end, kind, labels, .. } = header;
        let after = self.at;
        let ends = self.is_line_end();
        self.skip_lines();
        let brace = ends && self.peek() == b'{';
        self.at = after;
        if labels.len() == 1 && ends && !brace {
            let message = format!("`{kind}` is neither an argument nor a block");
            let fault = Fault::new(start, end, message, "add `=` before the value, or `{` after the header");
            self.tell("", &fault, &format!("`{kind}` counts as unknown, the rest of the file was read"));
            self.push_broken(kind.clone(), start, start + kind.len());
            return self.skip_item(start, after);
        }
        let consequence = match self.depth {
            0 => "the block was skipped, the rest of the file was read",
            _ => "the block counts as unknown, the rest of the file was read",
        };
        self.tell(&format!("the header of block `{kind}`"), fault, consequence);
        if self.depth > 0 {
            self.push_broken(kind, start, end);
        }
        if brace {
            self.skip_lines();
            return self.skip_item(start, self.at);
        }
        self.skip_item(start, after);
    }

    /// The one argument of a block on one line, with the brace that closes it.
    fn one_line_body(&mut self, header: &Header) -> Body {
        let first = self.attributes.len();
        let blocks = self.blocks.len();
        let mut names = FxHashSet::default();
        let outer = std::mem::replace(&mut self.incomplete, false);
        let start = self.at;
        self.item(first, &mut names);
        let has_block = self.blocks.len() > blocks;
        if !has_block && self.peek() == b'}' {
            self.bump(1);
        } else {
            let message = "a block on one line holds one argument and its closing brace";
            let remedy = "write each argument and the closing brace on lines of their own";
            let fault = Fault::new(start, self.end, message, remedy);
            self.tell(&header.shown(), &fault, "what could be read of it was checked");
            let rest = self.body(Some(header));
            self.attributes.extend(rest.attributes);
            self.blocks.extend(rest.blocks);
            self.incomplete |= rest.incomplete;
        }
        Body {
            attributes: self.attributes.drain(first..).collect(),
            blocks: self.blocks.drain(blocks..).collect(),
            incomplete: std::mem::replace(&mut self.incomplete, outer),
        }
    }
}
