//! The oracle of the parser's tests: HCL's native syntax as hcl-edit reads it, converted to the same tree.

mod heredoc;
mod newlines;
mod template;

use std::ops::Range;

use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, ObjectKey, Traversal, TraversalOperator, UnaryOperator,
};
use hcl_edit::structure::{Block as HclBlock, BlockLabel, Body as HclBody, Structure};
use hcl_edit::{Decorated, Span as _};
use smol_str::SmolStr;
use source::{FileId, Place, Span};
use value::Number;

use crate::ast::{
    Attribute, Binary, Block, Body, Call, Conditional, Expr, ExprKind, For, Piece, Step, Unary,
};
use heredoc::dedented;
use template::{Strip, template_expr};

/// The tree of a file; none if hcl-edit refuses it, also where newlines that HCL ignores are blanked.
pub(super) fn native(file: FileId, text: &str) -> Option<Body> {
    if let Ok(body) = hcl_edit::parser::parse_body(text) {
        return Some(Converter { file, text, within: None }.body(&body));
    }
    let blanked = newlines::blank(text);
    let body = hcl_edit::parser::parse_body(&blanked).ok()?;
    Some(Converter { file, text: &blanked, within: None }.body(&body))
}

/// The pieces of a template file; none if hcl-edit refuses it.
pub(super) fn template_file(file: FileId, text: &str) -> Option<Vec<Piece>> {
    let template = hcl_edit::parser::parse_template(text).ok()?;
    Some(Converter { file, text, within: None }.pieces(template.iter(), Strip::Line))
}

/// Converts hcl-edit's tree of one text.
struct Converter<'t> {
    /// The file.
    file: FileId,
    /// The text that was parsed.
    text: &'t str,
    /// Place of everything, for texts that are not a file of their own (a template within a JSON string).
    within: Option<Place>,
}

impl Converter<'_> {
    fn place(&self, span: Option<Range<usize>>) -> Place {
        match (self.within, span) {
            (Some(place), _) => place,
            (None, Some(span)) => Place::new(self.file, span),
            (None, None) => Place::new(self.file, Span::default()),
        }
    }

    fn body(&self, body: &HclBody) -> Body {
        let mut converted = Body::default();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let name = SmolStr::new(attribute.key.as_str());
                    let place = self.place(attribute.key.span());
                    converted.attributes.push(Attribute::new(name, place, self.expr(&attribute.value)));
                }
                Structure::Block(block) => converted.blocks.push(self.block(block)),
            }
        }
        converted
    }

    fn block(&self, block: &HclBlock) -> Block {
        let place = self.place(block.span());
        let mut header = self.place(block.ident.span());
        let mut labels = Vec::with_capacity(block.labels.len());
        for label in &block.labels {
            header.span = header.span.to(self.place(label.span()).span);
            labels.push(match label {
                BlockLabel::Ident(ident) => SmolStr::new(ident.as_str()),
                BlockLabel::String(text) => SmolStr::new(text.as_str()),
            });
        }
        Block {
            kind: SmolStr::new(block.ident.as_str()),
            labels,
            body: self.body(&block.body),
            header,
            place,
        }
    }

    fn expr(&self, expression: &Expression) -> Expr {
        let place = self.place(expression.span());
        let kind = match expression {
            Expression::Null(_) => ExprKind::Null,
            Expression::Bool(known) => ExprKind::Bool(**known),
            Expression::Number(number) => ExprKind::Number(self.number(number.span(), number.value())),
            Expression::String(text) => ExprKind::String(SmolStr::new(text.as_str())),
            Expression::Array(items) => ExprKind::List(items.iter().map(|item| self.expr(item)).collect()),
            Expression::Object(object) => ExprKind::Object(
                object.iter().map(|(key, value)| (self.key(key), self.expr(value.expr()))).collect(),
            ),
            Expression::StringTemplate(template) => {
                return template_expr(self.pieces(template.iter(), Strip::Run), place);
            }
            Expression::HeredocTemplate(heredoc) => {
                let flush = expression.span().and_then(|span| self.text.get(span));
                let pieces = match flush.is_some_and(|text| text.starts_with("<<-")) {
                    true => self.pieces(dedented(&heredoc.template, self.text).iter(), Strip::Line),
                    false => self.pieces(heredoc.template.iter(), Strip::Line),
                };
                return template_expr(pieces, place);
            }
            Expression::Parenthesis(inner) => return self.expr(inner.inner()),
            Expression::Variable(name) => ExprKind::Name(SmolStr::new(name.as_str())),
            Expression::Conditional(inner) => ExprKind::Conditional(Box::new(Conditional {
                condition: self.expr(&inner.cond_expr),
                then: self.expr(&inner.true_expr),
                otherwise: self.expr(&inner.false_expr),
            })),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => return self.traversal(traversal, place),
            Expression::UnaryOp(operation) => {
                let operator = match *operation.operator {
                    UnaryOperator::Neg => Unary::Negate,
                    UnaryOperator::Not => Unary::Not,
                };
                ExprKind::Unary(operator, Box::new(self.expr(&operation.expr)))
            }
            Expression::BinaryOp(operation) => {
                let operands = (self.expr(&operation.lhs_expr), self.expr(&operation.rhs_expr));
                ExprKind::Binary(binary(*operation.operator), Box::new(operands))
            }
            Expression::ForExpr(inner) => self.for_expr(inner),
        };
        Expr::new(kind, place)
    }

    /// The number as written, so that no digit is lost.
    fn number(&self, span: Option<Range<usize>>, parsed: &hcl_edit::Number) -> Number {
        let written = span.and_then(|span| self.text.get(span)).and_then(Number::parse);
        written.or_else(|| Number::parse(&parsed.to_string())).unwrap_or_else(|| Number::from(0))
    }

    fn key(&self, key: &ObjectKey) -> Expr {
        match key {
            ObjectKey::Ident(name) => {
                Expr::new(ExprKind::String(SmolStr::new(name.as_str())), self.place(name.span()))
            }
            ObjectKey::Expression(expression) => self.expr(expression),
        }
    }

    fn call(&self, call: &FuncCall) -> ExprKind {
        let mut name = String::new();
        for part in &call.name.namespace {
            name.push_str(part.as_str());
            name.push_str("::");
        }
        name.push_str(call.name.name.as_str());
        ExprKind::Call(Box::new(Call {
            // `core::` names Terraform's own functions.
            name: SmolStr::new(name.strip_prefix("core::").unwrap_or(&name)),
            arguments: call.args.iter().map(|argument| self.expr(argument)).collect(),
            expand_last: call.args.expand_final(),
        }))
    }

    fn for_expr(&self, inner: &ForExpr) -> ExprKind {
        ExprKind::For(Box::new(For {
            key_name: inner.intro.key_var.as_ref().map(|name| SmolStr::new(name.as_str())),
            value_name: SmolStr::new(inner.intro.value_var.as_str()),
            collection: self.expr(&inner.intro.collection_expr),
            key: inner.key_expr.as_ref().map(|key| self.expr(key)),
            value: self.expr(&inner.value_expr),
            condition: inner.cond.as_ref().map(|condition| self.expr(&condition.expr)),
            grouping: inner.grouping,
        }))
    }

    fn traversal(&self, traversal: &Traversal, place: Place) -> Expr {
        self.apply(self.expr(&traversal.expr), &traversal.operators, place)
    }

    /// Steps after an expression. A full splat takes all that follows it, an attribute splat the attributes alone.
    fn apply(&self, base: Expr, operators: &[Decorated<TraversalOperator>], place: Place) -> Expr {
        let is_splat = |operator: &Decorated<TraversalOperator>| self.step(operator).is_none();
        let plain = operators.iter().position(is_splat).unwrap_or(operators.len());
        let (before, rest) = operators.split_at(plain);
        let steps: Vec<Step> = before.iter().filter_map(|operator| self.step(operator)).collect();
        let base = if steps.is_empty() {
            base
        } else {
            Expr::new(ExprKind::Path(Box::new(base), steps.into()), place)
        };
        let Some((splat, rest)) = rest.split_first() else { return base };
        let taken = splat_reach(splat, rest);
        let (inner, after) = rest.split_at(taken);
        let splat = Expr::new(ExprKind::Splat(Box::new(base), self.steps(inner).into()), place);
        if after.is_empty() { splat } else { self.apply(splat, after, place) }
    }

    /// Steps that apply to every element of a splat, further splats among them.
    fn steps(&self, operators: &[Decorated<TraversalOperator>]) -> Vec<Step> {
        let mut steps = Vec::with_capacity(operators.len());
        let mut rest = operators;
        while let Some((operator, after)) = rest.split_first() {
            rest = after;
            match self.step(operator) {
                Some(step) => steps.push(step),
                None => {
                    let (inner, after) = rest.split_at(splat_reach(operator, rest));
                    steps.push(Step::Splat(self.steps(inner).into()));
                    rest = after;
                }
            }
        }
        steps
    }

    /// An operator as a step; none for a splat.
    fn step(&self, operator: &Decorated<TraversalOperator>) -> Option<Step> {
        Some(match &**operator {
            TraversalOperator::GetAttr(name) => Step::Attribute(SmolStr::new(name.as_str())),
            TraversalOperator::Index(key) => Step::Index(Box::new(self.expr(key))),
            TraversalOperator::LegacyIndex(index) => {
                let number = Number::parse(&index.to_string()).unwrap_or_else(|| Number::from(0));
                Step::Index(Box::new(Expr::new(ExprKind::Number(number), self.place(index.span()))))
            }
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return None,
        })
    }
}

/// How many of the operators after a splat apply to its elements.
fn splat_reach(splat: &TraversalOperator, rest: &[Decorated<TraversalOperator>]) -> usize {
    let attribute = |operator: &Decorated<TraversalOperator>| {
        matches!(**operator, TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_))
    };
    match splat {
        TraversalOperator::AttrSplat(_) => rest.iter().take_while(|operator| attribute(operator)).count(),
        _ => rest.len(),
    }
}

fn binary(operator: BinaryOperator) -> Binary {
    match operator {
        BinaryOperator::Eq => Binary::Equal,
        BinaryOperator::NotEq => Binary::NotEqual,
        BinaryOperator::LessEq => Binary::LessOrEqual,
        BinaryOperator::GreaterEq => Binary::GreaterOrEqual,
        BinaryOperator::Less => Binary::Less,
        BinaryOperator::Greater => Binary::Greater,
        BinaryOperator::Plus => Binary::Add,
        BinaryOperator::Minus => Binary::Subtract,
        BinaryOperator::Mul => Binary::Multiply,
        BinaryOperator::Div => Binary::Divide,
        BinaryOperator::Mod => Binary::Modulo,
        BinaryOperator::And => Binary::And,
        BinaryOperator::Or => Binary::Or,
    }
}
