//! Trees in one line, so that a test can say what it expects and two parsers can be compared.

use crate::ast::{Attribute, Block, Body, Expr, ExprKind, Piece, Step, Unary};

/// What is shown beside the tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Places {
    No,
    /// The bytes of every expression, name and header.
    Yes,
}

pub(super) struct Show {
    pub(super) out: String,
    pub(super) places: Places,
}

impl Show {
    pub(super) fn body(body: &Body, places: Places) -> String {
        let mut show = Self { out: String::new(), places };
        show.items(body);
        show.out
    }

    pub(super) fn pieces(pieces: &[Piece], places: Places) -> String {
        let mut show = Self { out: String::new(), places };
        show.template(pieces);
        show.out
    }

    fn put(&mut self, text: &str) {
        self.out.push_str(text);
    }

    fn place(&mut self, place: source::Place) {
        if self.places == Places::Yes {
            self.put(&format!("@{}-{}", place.span.start, place.span.end));
        }
    }

    fn items(&mut self, body: &Body) {
        self.put(if body.incomplete { "INCOMPLETE " } else { "" });
        for Attribute { name, place, value, per_instance } in &body.attributes {
            self.put(name);
            self.place(*place);
            self.put(if *per_instance { " := " } else { " = " });
            self.expr(value);
            self.put("; ");
        }
        for Block { kind, labels, body, header, place } in &body.blocks {
            self.put(&format!("{kind}{labels:?}"));
            self.place(*header);
            self.place(*place);
            self.put(" {");
            self.items(body);
            self.put("} ");
        }
    }

    fn list<T>(&mut self, open: &str, items: &[T], close: &str, show: impl Fn(&mut Self, &T)) {
        self.put(open);
        for (at, item) in items.iter().enumerate() {
            self.put(if at > 0 { ", " } else { "" });
            show(self, item);
        }
        self.put(close);
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Null => self.put("null"),
            ExprKind::Broken => self.put("BROKEN"),
            ExprKind::Bool(known) => self.put(&known.to_string()),
            ExprKind::Number(number) => self.put(&number.to_string()),
            ExprKind::String(text) => self.put(&format!("{text:?}")),
            ExprKind::Name(name) => self.put(name),
            ExprKind::List(items) => self.list("[", items, "]", Self::expr),
            ExprKind::Object(entries) => self.list("{", entries, "}", |show, (key, value)| {
                show.expr(key);
                show.put(" = ");
                show.expr(value);
            }),
            ExprKind::Template(pieces) => self.template(pieces),
            ExprKind::Path(base, steps) => {
                self.expr(base);
                self.steps(steps);
            }
            ExprKind::Splat(base, steps) => {
                self.expr(base);
                self.put("[* ");
                self.steps(steps);
                self.put("]");
            }
            ExprKind::Conditional(inner) => {
                let parts = [&inner.condition, &inner.then, &inner.otherwise];
                self.list("if(", &parts, ")", |show, part| show.expr(part));
            }
            ExprKind::Call(call) => {
                self.put(&call.name);
                self.list("(", &call.arguments, if call.expand_last { "...)" } else { ")" }, Self::expr);
            }
            ExprKind::Unary(operator, operand) => {
                self.put(if *operator == Unary::Not { "!" } else { "-" });
                self.expr(operand);
            }
            ExprKind::Binary(operator, operands) => {
                self.put("(");
                self.expr(&operands.0);
                self.put(&format!(" {} ", operator.sign()));
                self.expr(&operands.1);
                self.put(")");
            }
            ExprKind::For(inner) => {
                let key = inner.key_name.as_ref().map(|key| format!("{key}, ")).unwrap_or_default();
                self.put(&format!("for({key}{} in ", inner.value_name));
                self.expr(&inner.collection);
                self.put(": ");
                if let Some(key) = &inner.key {
                    self.expr(key);
                    self.put(" => ");
                }
                self.expr(&inner.value);
                self.put(if inner.grouping { "..." } else { "" });
                if let Some(condition) = &inner.condition {
                    self.put(" if ");
                    self.expr(condition);
                }
                self.put(")");
            }
        }
        self.place(expr.place);
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Attribute(name) => self.put(&format!(".{name}")),
                Step::Index(index) => {
                    self.put("[");
                    self.expr(index);
                    self.put("]");
                }
                Step::Splat(inner) => {
                    self.put("[* ");
                    self.steps(inner);
                    self.put("]");
                }
            }
        }
    }

    fn template(&mut self, pieces: &[Piece]) {
        self.list("`", pieces, "`", |show, piece| match piece {
            Piece::Text(text) => show.put(&format!("{text:?}")),
            Piece::Value(value) => show.expr(value),
            Piece::If(inner) => {
                show.put("if ");
                show.expr(&inner.condition);
                show.template(&inner.then);
                show.template(&inner.otherwise);
            }
            Piece::For(inner) => {
                let key = inner.key.as_ref().map(|key| format!("{key}, ")).unwrap_or_default();
                show.put(&format!("for {key}{} in ", inner.value));
                show.expr(&inner.collection);
                show.template(&inner.body);
            }
        });
    }
}
