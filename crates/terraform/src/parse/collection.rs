//! Lists, objects, calls and `for` expressions.

use smol_str::SmolStr;

use super::fault::{Fault, Parsed};
use super::parser::Parser;
use crate::ast::{Call, Expr, ExprKind, For};

impl Parser<'_> {
    /// `[…]`: a list, or a `for` expression that makes one.
    pub(super) fn tuple(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let lines = std::mem::replace(&mut self.lines, false);
        self.bump(1);
        self.deeper()?;
        let kind = if self.is_keyword("for") {
            self.for_expression(b']')?
        } else {
            ExprKind::List(self.items(b']', "`,` or `]`")?)
        };
        self.depth -= 1;
        self.lines = lines;
        self.bump(1);
        Ok(Expr::new(kind, self.place(start, self.end)))
    }

    /// Expressions with commas between them, up to `close`, which is left.
    fn items(&mut self, close: u8, wanted: &str) -> Parsed<Vec<Expr>> {
        let first = self.exprs.len();
        let mut height = 0;
        while self.peek() != close {
            let item = self.expr()?;
            height = height.max(self.height);
            self.exprs.push(item);
            if self.peek() == close || (close == b')' && self.is_ellipsis()) {
                break;
            }
            if !self.eat(b',') {
                return Err(self.unexpected(wanted));
            }
        }
        self.height = height + 1;
        Ok(self.exprs.drain(first..).collect())
    }

    pub(super) fn is_ellipsis(&self) -> bool {
        self.rest(self.at).starts_with(b"...")
    }

    /// The arguments after a name, from `(` on.
    pub(super) fn call(&mut self, start: usize, name: SmolStr) -> Parsed<Expr> {
        let lines = std::mem::replace(&mut self.lines, false);
        self.bump(1);
        self.deeper()?;
        let arguments = self.items(b')', "`,` or `)`")?;
        let expand_last = self.is_ellipsis();
        if expand_last {
            self.bump(3);
        }
        if self.peek() != b')' {
            return Err(self.unexpected("`)`"));
        }
        self.depth -= 1;
        self.lines = lines;
        self.bump(1);
        let kind = ExprKind::Call(Box::new(Call { name, arguments, expand_last }));
        Ok(Expr::new(kind, self.place(start, self.end)))
    }

    /// A call of a function in a namespace, from the first `::` on. `core::` names Terraform's own functions.
    pub(super) fn namespaced(&mut self, start: usize, first: &str) -> Parsed<Expr> {
        let mut name = first.to_owned();
        while self.peek() == b':' && self.byte(self.at + 1) == b':' {
            self.bump(2);
            let part = self.wanted_name("the name of a function")?;
            name.push_str("::");
            name.push_str(&part);
        }
        if self.peek() != b'(' {
            return Err(self.unexpected("`(` and the arguments of the function"));
        }
        self.call(start, SmolStr::new(name.strip_prefix("core::").unwrap_or(&name)))
    }

    /// `{…}`: an object, or a `for` expression that makes one.
    pub(super) fn object(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let lines = std::mem::replace(&mut self.lines, false);
        self.bump(1);
        self.deeper()?;
        let kind = if self.is_keyword("for") {
            self.for_expression(b'}')?
        } else {
            self.lines = true;
            self.entries_of(start)?
        };
        self.depth -= 1;
        self.lines = lines;
        self.bump(1);
        Ok(Expr::new(kind, self.place(start, self.end)))
    }

    fn entries_of(&mut self, open: usize) -> Parsed<ExprKind> {
        let first = self.entries.len();
        let mut height = 0;
        loop {
            self.skip_lines();
            if self.is_end() {
                return Err(self.unexpected("`}`"));
            }
            if self.peek() == b'}' {
                if self.by_indentation && self.is_outdented(self.indent(open)) {
                    let message = "the object that starts here is not closed";
                    return Err(Fault::new(open, open + 1, message, "add `}` where it ends"));
                }
                break;
            }
            let key = self.key()?;
            height = height.max(self.height);
            if !self.eats_separator() {
                return Err(self.unexpected("`=` and a value"));
            }
            let value = self.expr()?;
            height = height.max(self.height);
            self.entries.push((key, value));
            if !self.eat(b',') && !self.is_line_end() && self.peek() != b'}' {
                return Err(self.unexpected("a new line, `,` or `}`"));
            }
        }
        self.height = height + 1;
        Ok(ExprKind::Object(self.entries.drain(first..).collect()))
    }

    /// Takes `=` or `:`.
    fn eats_separator(&mut self) -> bool {
        let found = match (self.peek(), self.byte(self.at + 1)) {
            (b'=', next) => next != b'=' && next != b'>',
            (b':', next) => next != b':',
            _ => false,
        };
        if found {
            self.bump(1);
        }
        found
    }

    /// The key of an object's entry: a bare name is a text. A bare path stays one, for provider addresses are written so.
    fn key(&mut self) -> Parsed<Expr> {
        let start = self.at;
        if let Some(name) = self.name() {
            let (end, next) = (self.end, (self.peek(), self.byte(self.at + 1)));
            if matches!(next, (b'=', next) if next != b'=' && next != b'>')
                || matches!(next, (b':', next) if next != b':')
            {
                self.height = 0;
                return Ok(Expr::new(ExprKind::String(SmolStr::new(name)), self.place(start, end)));
            }
            self.at = start;
        }
        self.expr()
    }

    /// A `for` expression from its first word to `close`, which is left.
    fn for_expression(&mut self, close: u8) -> Parsed<ExprKind> {
        self.bump(3);
        let mut key_name = None;
        let mut value_name = self.wanted_name("the name of a variable")?;
        if self.eat(b',') {
            let second = self.wanted_name("the name of a variable")?;
            key_name = Some(std::mem::replace(&mut value_name, second));
        }
        if !self.is_keyword("in") {
            return Err(self.unexpected("`in`"));
        }
        self.bump(2);
        let collection = self.expr()?;
        let mut height = self.height;
        if self.peek() != b':' || self.byte(self.at + 1) == b':' {
            return Err(self.unexpected("`:`"));
        }
        self.bump(1);
        let mut key = None;
        let mut value = self.expr()?;
        height = height.max(self.height);
        if self.rest(self.at).starts_with(b"=>") {
            if close == b']' {
                return Err(self.unexpected("`if` or `]`"));
            }
            self.bump(2);
            let second = self.expr()?;
            height = height.max(self.height);
            key = Some(std::mem::replace(&mut value, second));
        } else if close == b'}' {
            return Err(self.unexpected("`=>` and a value"));
        }
        let grouping = close == b'}' && self.is_ellipsis();
        if grouping {
            self.bump(3);
        }
        let mut condition = None;
        if self.is_keyword("if") {
            self.bump(2);
            condition = Some(self.expr()?);
            height = height.max(self.height);
        }
        if self.peek() != close {
            let wanted = if close == b'}' { "`if` or `}`" } else { "`if` or `]`" };
            return Err(self.unexpected(wanted));
        }
        self.height = height + 1;
        Ok(ExprKind::For(Box::new(For { key_name, value_name, collection, key, value, condition, grouping })))
    }
}
