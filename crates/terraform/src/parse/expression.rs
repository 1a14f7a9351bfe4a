//! Expressions: operators by precedence, conditionals, names, numbers, parentheses.

use smol_str::SmolStr;
use value::Number;

use super::fault::{Fault, Parsed, shortened};
use super::parser::{HEIGHT, Parser};
use crate::ast::{Binary, Conditional, Expr, ExprKind, Unary};

impl Parser<'_> {
    /// Any expression.
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let condition = self.binary(0)?;
        if self.peek() == b'?' { self.conditional(start, condition) } else { Ok(condition) }
    }

    fn conditional(&mut self, start: usize, condition: Expr) -> Parsed<Expr> {
        let mut height = self.height;
        self.bump(1);
        self.deeper()?;
        let then = self.expr()?;
        height = height.max(self.height);
        if self.peek() != b':' || self.byte(self.at + 1) == b':' {
            return Err(self.unexpected("`:` and the other value of the conditional"));
        }
        self.bump(1);
        let otherwise = self.expr()?;
        self.height = height.max(self.height) + 1;
        self.depth -= 1;
        let kind = ExprKind::Conditional(Box::new(Conditional { condition, then, otherwise }));
        Ok(Expr::new(kind, self.place(start, self.end)))
    }

    /// Operands joined by operators that bind at least as strongly as `least`.
    fn binary(&mut self, least: u8) -> Parsed<Expr> {
        let start = self.at;
        let mut left = self.operand()?;
        let mut height = self.height;
        while let Some((operator, precedence, bytes)) = self.operator() {
            if precedence < least {
                break;
            }
            self.bump(bytes);
            self.deeper()?;
            let right = self.binary(precedence + 1)?;
            self.depth -= 1;
            height = height.max(self.height) + 1;
            if height > HEIGHT {
                return Err(self.too_long(start));
            }
            let kind = ExprKind::Binary(operator, Box::new((left, right)));
            left = Expr::new(kind, self.place(start, self.end));
        }
        self.height = height;
        Ok(left)
    }

    pub(super) fn too_long(&self, start: usize) -> Box<Fault> {
        let message = format!("more than {HEIGHT} operators stand in a row");
        Fault::new(start, self.end, message, "move parts of it into locals")
    }

    /// The binary operator here, with its precedence and length.
    fn operator(&self) -> Option<(Binary, u8, usize)> {
        Some(match (self.peek(), self.byte(self.at + 1)) {
            (b'|', b'|') => (Binary::Or, 1, 2),
            (b'&', b'&') => (Binary::And, 2, 2),
            (b'=', b'=') => (Binary::Equal, 3, 2),
            (b'!', b'=') => (Binary::NotEqual, 3, 2),
            (b'<', b'=') => (Binary::LessOrEqual, 4, 2),
            (b'>', b'=') => (Binary::GreaterOrEqual, 4, 2),
            (b'<', _) => (Binary::Less, 4, 1),
            (b'>', _) => (Binary::Greater, 4, 1),
            (b'+', _) => (Binary::Add, 5, 1),
            (b'-', _) => (Binary::Subtract, 5, 1),
            (b'*', _) => (Binary::Multiply, 6, 1),
            (b'/', next) if next != b'*' => (Binary::Divide, 6, 1),
            (b'%', _) => (Binary::Modulo, 6, 1),
            _ => return None,
        })
    }

    /// A term with what is selected from it.
    fn operand(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let base = self.term()?;
        if matches!(self.peek(), b'.' | b'[') { self.traversal(base, start) } else { Ok(base) }
    }

    fn term(&mut self) -> Parsed<Expr> {
        self.height = 0;
        match self.peek() {
            b'"' => self.quoted(),
            b'(' => self.parentheses(),
            b'[' => self.tuple(),
            b'{' => self.object(),
            b'0'..=b'9' => self.number(),
            b'-' => self.unary(Unary::Negate),
            b'!' if self.byte(self.at + 1) != b'=' => self.unary(Unary::Not),
            b'<' if self.byte(self.at + 1) == b'<' => self.heredoc(),
            _ => self.named(),
        }
    }

    /// A name, a keyword or a call.
    fn named(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let Some(name) = self.name() else { return Err(self.unexpected("a value")) };
        match self.peek() {
            b'(' => return self.call(start, SmolStr::new(name)),
            b':' if self.byte(self.at + 1) == b':' => return self.namespaced(start, name),
            _ => {}
        }
        let kind = match name {
            "true" => ExprKind::Bool(true),
            "false" => ExprKind::Bool(false),
            "null" => ExprKind::Null,
            _ => {
                self.per_instance |= matches!(name, "each" | "count" | "self");
                ExprKind::Name(SmolStr::new(name))
            }
        };
        Ok(Expr::new(kind, self.place(start, self.end)))
    }

    /// One operator before an operand. It binds more strongly than any between operands. A number after a minus is a
    /// negative number.
    fn unary(&mut self, operator: Unary) -> Parsed<Expr> {
        let start = self.at;
        self.bump(1);
        self.deeper()?;
        let digits = self.at;
        let operand = self.operand()?;
        self.depth -= 1;
        if let (Unary::Negate, ExprKind::Number(_), b'0'..=b'9') =
            (operator, &operand.kind, self.byte(digits))
        {
            let number = Number::parse(&format!("-{}", self.slice(digits, self.end)));
            let kind = number.map_or(operand.kind, ExprKind::Number);
            return Ok(Expr::new(kind, self.place(start, self.end)));
        }
        self.height += 1;
        Ok(Expr::new(ExprKind::Unary(operator, Box::new(operand)), self.place(start, self.end)))
    }

    /// `(…)`: the expression alone, at its own place.
    fn parentheses(&mut self) -> Parsed<Expr> {
        let lines = std::mem::replace(&mut self.lines, false);
        self.bump(1);
        self.deeper()?;
        let inner = self.expr()?;
        self.depth -= 1;
        if self.peek() != b')' {
            return Err(self.unexpected("`)`"));
        }
        self.lines = lines;
        self.bump(1);
        Ok(inner)
    }

    /// The end of the number that starts at `at` with a digit: it may hold dots but not end with one.
    pub(super) fn number_end(&self, at: usize) -> usize {
        let (mut at, mut end) = (at + 1, at + 1);
        loop {
            match self.byte(at) {
                b'0'..=b'9' => at += 1,
                b'.' => {
                    at += 1;
                    continue;
                }
                b'e' | b'E' => {
                    let sign = usize::from(matches!(self.byte(at + 1), b'+' | b'-'));
                    if !self.byte(at + 1 + sign).is_ascii_digit() {
                        return end;
                    }
                    at += 2 + sign;
                }
                _ => return end,
            }
            end = at;
        }
    }

    fn number(&mut self) -> Parsed<Expr> {
        let start = self.at;
        let end = self.number_end(start);
        let text = self.slice(start, end);
        let Some(number) = Number::parse(text) else {
            let message = format!("`{}` is no number that can be read", shortened(text));
            return Err(Fault::new(start, end, message, "write a number, or put it in quotes"));
        };
        self.bump(end - start);
        Ok(Expr::new(ExprKind::Number(number), self.place(start, end)))
    }
}
