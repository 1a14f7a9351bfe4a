//! What fuzzing and benchmarks reach of the crate's inside. No part of its interface: it changes without notice.

use source::{FileId, Place, Problems, Sources, Span};

use crate::ast::{Attribute, Body, Expr, ExprKind, Piece, Step};
use crate::parse;

/// A tree, opaque.
#[derive(Debug)]
pub struct Tree {
    body: Body,
    problems: Problems,
}

/// Reads a text in the native syntax.
#[must_use]
pub fn native(text: &str) -> Tree {
    let (body, problems) = parse::native(FileId::new(0), text);
    Tree { body, problems }
}

/// Reads a text in Terraform's JSON syntax.
#[must_use]
pub fn json(text: &str) -> Tree {
    let sources = Sources::in_memory([("main.tf.json", text)]);
    let read = sources.loaded("main.tf.json").map(|id| parse::file(&sources, id));
    let (body, problems) = read.unwrap_or_default();
    Tree { body, problems }
}

/// Reads a text as a template file; as a body with one argument, none if it is no template.
#[must_use]
pub fn template(text: &str) -> Tree {
    let pieces = parse::template_file(FileId::new(0), text).ok();
    let place = Place::new(FileId::new(0), Span::new(0, text.len()));
    let value = pieces.map(|pieces| Expr::new(ExprKind::Template(pieces), place));
    let attribute = |value| Attribute { name: "template".into(), place, value, per_instance: false };
    let body = Body { attributes: value.into_iter().map(attribute).collect(), ..Body::default() };
    Tree { body, problems: Problems::new() }
}

impl Tree {
    /// Number of problems that were told.
    #[must_use]
    pub fn problems(&self) -> usize {
        self.problems.len()
    }

    /// The number of nodes of the tree, which was read from `text`.
    ///
    /// # Errors
    /// The first place that does not fit the text, is not within that of its parent, or that of a problem.
    pub fn check(&self, text: &str) -> Result<usize, String> {
        let mut walk = Walk { text, nodes: 0 };
        let whole = Span::new(0, text.len());
        for place in self.problems.iter().filter_map(|problem| problem.place) {
            walk.within(place, whole)?;
        }
        walk.body(&self.body, whole)?;
        Ok(walk.nodes)
    }
}

struct Walk<'t> {
    text: &'t str,
    nodes: usize,
}

type Checked = Result<(), String>;

impl Walk<'_> {
    fn within(&mut self, place: Place, outer: Span) -> Checked {
        self.nodes += 1;
        if self.text.get(place.span.range()).is_none() {
            return Err(format!("{:?} is no part of the text", place.span));
        }
        if outer.contains(place.span) {
            Ok(())
        } else {
            Err(format!("{:?} is not within {outer:?}", place.span))
        }
    }

    fn body(&mut self, body: &Body, outer: Span) -> Checked {
        for attribute in &body.attributes {
            self.within(attribute.place, outer)?;
            self.expr(&attribute.value, outer)?;
        }
        for block in &body.blocks {
            self.within(block.place, outer)?;
            self.within(block.header, block.place.span)?;
            self.body(&block.body, block.place.span)?;
        }
        Ok(())
    }

    fn exprs<'e>(&mut self, exprs: impl IntoIterator<Item = &'e Expr>, outer: Span) -> Checked {
        exprs.into_iter().try_for_each(|expr| self.expr(expr, outer))
    }

    fn expr(&mut self, expr: &Expr, outer: Span) -> Checked {
        self.within(expr.place, outer)?;
        let span = expr.place.span;
        match &expr.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Name(_)
            | ExprKind::Broken => Ok(()),
            ExprKind::List(items) => self.exprs(items, span),
            ExprKind::Object(entries) => {
                self.exprs(entries.iter().flat_map(|(key, value)| [key, value]), span)
            }
            ExprKind::Template(pieces) => self.pieces(pieces, span),
            ExprKind::Path(base, steps) | ExprKind::Splat(base, steps) => {
                self.expr(base, span)?;
                self.steps(steps, span)
            }
            ExprKind::Conditional(inner) => {
                self.exprs([&inner.condition, &inner.then, &inner.otherwise], span)
            }
            ExprKind::Call(call) => self.exprs(&call.arguments, span),
            ExprKind::Unary(_, operand) => self.expr(operand, span),
            ExprKind::Binary(_, operands) => self.exprs([&operands.0, &operands.1], span),
            ExprKind::For(inner) => {
                let optional = inner.key.iter().chain(&inner.condition);
                self.exprs(optional.chain([&inner.collection, &inner.value]), span)
            }
        }
    }

    fn steps(&mut self, steps: &[Step], outer: Span) -> Checked {
        for step in steps {
            self.nodes += 1;
            match step {
                Step::Attribute(_) => {}
                Step::Index(index) => self.expr(index, outer)?,
                Step::Splat(inner) => self.steps(inner, outer)?,
            }
        }
        Ok(())
    }

    fn pieces(&mut self, pieces: &[Piece], outer: Span) -> Checked {
        for piece in pieces {
            self.nodes += 1;
            match piece {
                Piece::Text(_) => {}
                Piece::Value(value) => self.expr(value, outer)?,
                Piece::If(inner) => {
                    self.expr(&inner.condition, outer)?;
                    self.pieces(&inner.then, outer)?;
                    self.pieces(&inner.otherwise, outer)?;
                }
                Piece::For(inner) => {
                    self.expr(&inner.collection, outer)?;
                    self.pieces(&inner.body, outer)?;
                }
            }
        }
        Ok(())
    }
}
