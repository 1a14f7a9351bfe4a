//! What is selected from an expression: attributes, elements, splats.

use smol_str::SmolStr;
use value::Number;

use super::fault::{Fault, Parsed};
use super::parser::{HEIGHT, Parser};
use crate::ast::{Expr, ExprKind, Step};

/// A step, or the beginning of a splat.
enum Next {
    Step(Step),
    /// `.*`, which takes the attributes that follow.
    Attributes,
    /// `[*]`, which takes all that follows.
    Full,
    /// Nothing more is selected.
    End,
}

impl Parser<'_> {
    /// What is selected from `base`, which starts at `start`. All of it stands at one place.
    pub(super) fn traversal(&mut self, base: Expr, start: usize) -> Parsed<Expr> {
        let mut base = base;
        let mut height = self.height;
        let first = self.steps.len();
        let mut made = 0;
        loop {
            let splat = match self.next_step(&mut height)? {
                Next::Step(step) => {
                    self.steps.push(step);
                    continue;
                }
                Next::End => break,
                Next::Attributes => self.attribute_steps()?,
                Next::Full => self.steps_within(&mut height)?,
            };
            let place = base.place;
            if self.steps.len() > first {
                let steps = self.steps.drain(first..).collect();
                base = Expr::new(ExprKind::Path(Box::new(base), steps), place);
                made += 1;
            }
            base = Expr::new(ExprKind::Splat(Box::new(base), splat), place);
            made += 1;
            height += 2;
            if height > HEIGHT {
                return Err(self.too_long(start));
            }
        }
        if self.steps.len() > first {
            let steps = self.steps.drain(first..).collect();
            let place = base.place;
            base = Expr::new(ExprKind::Path(Box::new(base), steps), place);
            made += 1;
        }
        self.height = height + 1;
        let whole = self.place(start, self.end);
        let mut node = &mut base;
        for _ in 0..made {
            node.place = whole;
            match &mut node.kind {
                ExprKind::Path(inner, _) | ExprKind::Splat(inner, _) => node = inner,
                _ => break,
            }
        }
        Ok(base)
    }

    /// All steps that follow `[*]`, splats among them.
    fn steps_within(&mut self, height: &mut usize) -> Parsed<Box<[Step]>> {
        self.deeper()?;
        let first = self.steps.len();
        loop {
            match self.next_step(height)? {
                Next::Step(step) => self.steps.push(step),
                Next::End => break,
                Next::Attributes => {
                    let inner = self.attribute_steps()?;
                    self.steps.push(Step::Splat(inner));
                }
                Next::Full => {
                    let inner = self.steps_within(height)?;
                    self.steps.push(Step::Splat(inner));
                }
            }
        }
        *height += 1;
        self.depth -= 1;
        Ok(self.steps.drain(first..).collect())
    }

    /// The attributes that follow `.*`.
    fn attribute_steps(&mut self) -> Parsed<Box<[Step]>> {
        let first = self.steps.len();
        while self.peek() == b'.' && !self.is_ellipsis() {
            self.bump(1);
            if self.peek() == b'*' {
                let remedy = "write `[*]` for both";
                let message = "a splat stands within a splat of attributes";
                return Err(Fault::new(self.at, self.at + 1, message, remedy));
            }
            let step = self.after_dot()?;
            self.steps.push(step);
        }
        Ok(self.steps.drain(first..).collect())
    }

    fn next_step(&mut self, height: &mut usize) -> Parsed<Next> {
        match self.peek() {
            b'.' if !self.is_ellipsis() => {
                self.bump(1);
                if self.eat(b'*') {
                    return Ok(Next::Attributes);
                }
                Ok(Next::Step(self.after_dot()?))
            }
            b'[' => {
                let (before, end) = (self.at, self.end);
                self.bump(1);
                if self.eat(b'*') {
                    if !self.eat(b']') {
                        return Err(self.unexpected("`]`"));
                    }
                    return Ok(Next::Full);
                }
                (self.at, self.end) = (before, end);
                let index = self.index()?;
                *height = (*height).max(self.height);
                Ok(Next::Step(Step::Index(Box::new(index))))
            }
            _ => Ok(Next::End),
        }
    }

    fn index(&mut self) -> Parsed<Expr> {
        let lines = std::mem::replace(&mut self.lines, false);
        self.bump(1);
        self.deeper()?;
        let index = self.expr()?;
        self.depth -= 1;
        if self.peek() != b']' {
            return Err(self.unexpected("`]`"));
        }
        self.lines = lines;
        self.bump(1);
        Ok(index)
    }

    /// An attribute, or an index in the old way of writing it.
    fn after_dot(&mut self) -> Parsed<Step> {
        if !self.peek().is_ascii_digit() {
            return match self.name() {
                Some(name) => Ok(Step::Attribute(SmolStr::new(name))),
                None => Err(self.unexpected("the name of an attribute")),
            };
        }
        let start = self.at;
        let end = self.number_end(start);
        let text = self.slice(start, end);
        if text.contains('.') {
            let message = format!("`.{text}` is read as a fraction, and no index");
            return Err(Fault::new(start, end, message, "write each index in brackets: `[0][1]`"));
        }
        let Some(number) = Number::parse(text) else {
            let message = "this is no index";
            return Err(Fault::new(start, end, message, "write the index in brackets"));
        };
        self.bump(end - start);
        let index = Expr::new(ExprKind::Number(number), self.place(start, end));
        Ok(Step::Index(Box::new(index)))
    }
}
