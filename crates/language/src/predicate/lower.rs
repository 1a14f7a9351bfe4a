//! Typing and lowering of expressions: one pass over the tree, operands before operators.

use super::presence::{self, Polarity};
use super::syntax::{Comparison, Expr, ExprKind};
use super::ty::{Ty, kinds_named};
use super::{Context, Fault};
use crate::facts::METHODS;
use crate::ir::{Literal, Macro, Node, Op, Operand, Program, TextTest};
use crate::{leak, suggest};

/// The state of lowering one program.
pub(super) struct Lowering<'c> {
    pub(super) context: &'c Context<'c>,
    pub(super) text: &'c str,
    pub(super) nodes: Vec<Node>,
    pub(super) variables: Vec<(String, Ty)>,
    /// Keys of what is known to be present here.
    pub(super) present: Vec<String>,
}

/// An expression that was lowered.
#[derive(Debug, Clone)]
pub(super) struct Made {
    pub(super) at: Operand,
    pub(super) ty: Ty,
    /// It may be absent.
    pub(super) absent: bool,
}

type Result<T> = std::result::Result<T, Fault>;

impl<'c> Lowering<'c> {
    pub(super) fn new(context: &'c Context<'c>, text: &'c str) -> Self {
        Self { context, text, nodes: Vec::new(), variables: Vec::new(), present: Vec::new() }
    }

    pub(super) fn push(&mut self, op: Op, span: (u32, u32)) -> Result<Operand> {
        let at = Operand::try_from(self.nodes.len())
            .map_err(|_| Fault::new(span, "the predicate is too large", "split the rule"))?;
        self.nodes.push(Node { op, span });
        Ok(at)
    }

    pub(super) fn make(&mut self, op: Op, span: (u32, u32), ty: Ty) -> Result<Made> {
        Ok(Made { at: self.push(op, span)?, ty, absent: false })
    }

    pub(super) fn show(&self, ty: &Ty) -> String {
        ty.show(self.context.catalogue)
    }

    pub(super) fn source(&self, expr: &Expr) -> &'c str {
        self.text.get(expr.span.0 as usize..expr.span.1 as usize).unwrap_or("")
    }

    pub(super) fn expr(&mut self, expr: &Expr, polarity: Polarity) -> Result<Made> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => {
                let mut made = self.make(Op::Literal(*literal), span, Ty::of_literal(*literal))?;
                made.absent = *literal == Literal::Null;
                Ok(made)
            }
            ExprKind::List(items) => self.list(items, span),
            ExprKind::Name(name) => self.name(name, span),
            ExprKind::Select(operand, field) => self.select(expr, operand, field),
            ExprKind::Index(operand, index) => self.index(expr, operand, index),
            ExprKind::And(operands) => {
                let at = self.connective(operands, polarity, true)?;
                self.make(Op::And(leak::slice(at)), span, Ty::Bool)
            }
            ExprKind::Or(operands) => {
                let at = self.connective(operands, polarity, false)?;
                self.make(Op::Or(leak::slice(at)), span, Ty::Bool)
            }
            ExprKind::Not(operand) => {
                let made = self.boolean(operand, polarity.flipped())?;
                self.make(Op::Not(made.at), span, Ty::Bool)
            }
            ExprKind::Compare(comparison, left, right) => {
                self.compare(expr, *comparison, (left, right), polarity)
            }
            ExprKind::In(item, range) => self.membership(expr, item, range, polarity),
            ExprKind::Arithmetic(op, left, right) => {
                let (a, b) = (self.number(left)?, self.number(right)?);
                let mut made = self.make(Op::Arithmetic(*op, a.at, b.at), span, Ty::Number)?;
                made.absent = a.absent || b.absent;
                Ok(made)
            }
            ExprKind::Conditional(condition, then, otherwise) => {
                self.conditional(expr, [condition, then, otherwise], polarity)
            }
            ExprKind::Has(operand) => {
                let made = self.expr(operand, Polarity::Both)?;
                self.make(Op::Has(made.at), span, Ty::Bool)
            }
            ExprKind::Size(operand) => {
                let made = self.expr(operand, Polarity::Both)?;
                if !matches!(made.ty, Ty::List(_) | Ty::Map(_) | Ty::Any) {
                    return Err(self.wrong_type(operand, &made.ty, "a list or a map"));
                }
                self.make(Op::Size(made.at), span, Ty::Number)
            }
            ExprKind::Macro(kind, range, name, body) => {
                self.macro_call(expr, *kind, range, (name, body), polarity)
            }
            ExprKind::Text(..) | ExprKind::Matches(..) | ExprKind::Lower(_) => self.text(expr, polarity),
            ExprKind::Lookup(table, keys) => self.lookup(table, keys, span),
            ExprKind::Nodes(name) => self.nodes_of(name, span),
            ExprKind::Method(name, receiver, arguments) => self.method(expr, name, receiver, arguments),
        }
    }

    /// Tests of texts, and their lower case.
    fn text(&mut self, expr: &Expr, polarity: Polarity) -> Result<Made> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Text(test, operand, argument) => {
                let made = self.text_operand(operand, polarity)?;
                if *test == TextTest::AtLeast
                    && let ExprKind::Literal(Literal::String(version)) = &argument.kind
                    && !version.bytes().any(|byte| byte.is_ascii_digit())
                {
                    let message = format!("`{version}` is no version");
                    return Err(Fault::new(argument.span, message, "write `x.atLeast(\"8.0.35\")`"));
                }
                let argument = self.text_operand(argument, polarity)?;
                self.make(Op::Text(*test, made.at, argument.at), span, Ty::Bool)
            }
            ExprKind::Matches(operand, pattern) => {
                if let Err(error) = regex::Regex::new(pattern) {
                    let message =
                        format!("the regular expression is wrong: {}", last_line(&error.to_string()));
                    return Err(Fault::new(span, message, "the syntax is that of the regex crate"));
                }
                let made = self.text_operand(operand, polarity)?;
                self.make(Op::Matches(made.at, pattern), span, Ty::Bool)
            }
            ExprKind::Lower(operand) => {
                let made = self.expr(operand, Polarity::Both)?;
                self.require_text(&made, operand)?;
                let mut lowered = self.make(Op::Lower(made.at), span, Ty::STRING)?;
                lowered.absent = made.absent;
                Ok(lowered)
            }
            _ => Err(Fault::new(span, "this is no test of a text", "docs/rule-grammar.md lists them")),
        }
    }

    fn list(&mut self, items: &[Expr], span: (u32, u32)) -> Result<Made> {
        let mut ty: Option<Ty> = None;
        let mut at = Vec::new();
        for item in items {
            let made = self.expr(item, Polarity::Both)?;
            ty = match ty {
                None => Some(made.ty),
                Some(before) => Some(
                    before
                        .unite(&made.ty)
                        .ok_or_else(|| self.wrong_type(item, &made.ty, &self.show(&before)))?,
                ),
            };
            at.push(made.at);
        }
        self.make(Op::List(leak::slice(at)), span, Ty::List(Box::new(ty.unwrap_or(Ty::Any))))
    }

    /// Operands of `&&` and `||`: each may rely on what the others say.
    fn connective(&mut self, operands: &[Expr], polarity: Polarity, all: bool) -> Result<Vec<Operand>> {
        let mut at = Vec::new();
        for (index, operand) in operands.iter().enumerate() {
            let known = self.present.len();
            for (_, other) in operands.iter().enumerate().filter(|(other, _)| *other != index) {
                self.present.extend(presence::implied(other, all));
            }
            let made = self.boolean(operand, polarity)?;
            self.present.truncate(known);
            at.push(made.at);
        }
        Ok(at)
    }

    fn compare(
        &mut self,
        expr: &Expr,
        comparison: Comparison,
        (left, right): (&Expr, &Expr),
        polarity: Polarity,
    ) -> Result<Made> {
        if matches!(comparison, Comparison::Less | Comparison::LessOrEqual) {
            let (a, b) = (self.number(left)?, self.number(right)?);
            self.refuse_absence(left, &a, polarity)?;
            self.refuse_absence(right, &b, polarity)?;
            let op = if comparison == Comparison::Less { Op::Less } else { Op::LessOrEqual };
            return self.make(op(a.at, b.at), expr.span, Ty::Bool);
        }
        let a = self.expr(left, Polarity::Both)?;
        let b = self.expr(right, Polarity::Both)?;
        self.require_comparable(expr, &a.ty, &b.ty)?;
        let op = if comparison == Comparison::Equal { Op::Equal } else { Op::NotEqual };
        self.make(op(a.at, b.at), expr.span, Ty::Bool)
    }

    fn require_comparable(&self, expr: &Expr, left: &Ty, right: &Ty) -> Result<()> {
        if !left.comparable(right) {
            let message = format!("{} is never equal to {}", self.show(left), self.show(right));
            let help = match (left, right) {
                (Ty::List(_), _) | (_, Ty::List(_)) => "ask a list with `in`, `exists`, `all` or `size`",
                (Ty::Number, Ty::Text(_)) | (Ty::Text(_), Ty::Number) => "quote both or none",
                _ => "compare values of one type",
            };
            return Err(Fault::new(expr.span, message, help));
        }
        if let (Ty::Text(left), Ty::Text(right)) = (left, right)
            && let Some((message, help)) = left.disjoint(right)
        {
            return Err(Fault::new(expr.span, message, help));
        }
        Ok(())
    }

    fn membership(&mut self, expr: &Expr, item: &Expr, range: &Expr, polarity: Polarity) -> Result<Made> {
        let a = self.expr(item, Polarity::Both)?;
        let b = self.expr(range, polarity)?;
        match &b.ty {
            Ty::List(_) if matches!(range.kind, ExprKind::List(_)) => {
                let ExprKind::List(items) = &range.kind else {
                    return Err(self.wrong_type(range, &b.ty, "a list"));
                };
                for element in items {
                    let ty = match &element.kind {
                        ExprKind::Literal(literal) => Ty::of_literal(*literal),
                        _ => continue,
                    };
                    let at = Expr { kind: element.kind.clone(), span: element.span };
                    self.require_comparable(&at, &a.ty, &ty)?;
                }
            }
            Ty::List(inner) => self.require_comparable(expr, &a.ty, inner)?,
            Ty::Map(_) => self.require_text(&a, item)?,
            Ty::Any => {}
            _ => return Err(self.wrong_type(range, &b.ty, "a list or a map")),
        }
        self.make(Op::In(a.at, b.at), expr.span, Ty::Bool)
    }

    fn conditional(
        &mut self,
        expr: &Expr,
        [condition, then, otherwise]: [&Expr; 3],
        polarity: Polarity,
    ) -> Result<Made> {
        let asked = self.boolean(condition, Polarity::Both)?;
        let known = self.present.len();
        self.present.extend(presence::implied(condition, true));
        let first = self.expr(then, polarity)?;
        self.present.truncate(known);
        self.present.extend(presence::implied(condition, false));
        let second = self.expr(otherwise, polarity)?;
        self.present.truncate(known);
        let Some(ty) = first.ty.unite(&second.ty) else {
            let message =
                format!("one branch is {}, the other {}", self.show(&first.ty), self.show(&second.ty));
            return Err(Fault::new(expr.span, message, "both branches of `?:` have one type"));
        };
        let mut made = self.make(Op::Conditional(asked.at, first.at, second.at), expr.span, ty)?;
        made.absent = first.absent || second.absent;
        Ok(made)
    }

    fn macro_call(
        &mut self,
        expr: &Expr,
        kind: Macro,
        range: &Expr,
        (name, body): (&str, &Expr),
        polarity: Polarity,
    ) -> Result<Made> {
        let (of_range, of_body) = match kind {
            Macro::Exists => (polarity, polarity),
            Macro::All => (polarity.flipped(), polarity),
            Macro::Filter => (polarity, polarity),
            Macro::Map => (polarity, Polarity::Both),
        };
        let over = self.expr(range, of_range)?;
        let element = match &over.ty {
            Ty::List(inner) => (**inner).clone(),
            Ty::Any => Ty::Any,
            Ty::Map(_) => {
                let message = format!("`{}` is a map", self.source(range));
                return Err(Fault::new(range.span, message, "ask a map with `key in map` and `map[key]`"));
            }
            other => return Err(self.wrong_type(range, other, "a list")),
        };
        if ["self", "it", "params"].contains(&name) || self.variables.iter().any(|(known, _)| known == name) {
            let help = "give the variable of this macro another name";
            return Err(Fault::new(expr.span, format!("`{name}` already means something here"), help));
        }
        let outer = std::mem::take(&mut self.nodes);
        self.variables.push((name.to_owned(), element.clone()));
        let made = self.expr(body, of_body).and_then(|made| {
            if kind != Macro::Map {
                self.require_answer(&made, body, of_body)?;
            }
            Ok(made)
        });
        self.variables.pop();
        let inner = std::mem::replace(&mut self.nodes, outer);
        let made = made?;
        let program = Program { nodes: leak::slice(inner), text: leak::text(self.text) };
        let ty = match kind {
            Macro::Exists | Macro::All => Ty::Bool,
            Macro::Filter => Ty::List(Box::new(element)),
            Macro::Map => Ty::List(Box::new(made.ty)),
        };
        self.make(Op::Macro(kind, over.at, program), expr.span, ty)
    }

    fn lookup(&mut self, name: &str, keys: &[Expr], span: (u32, u32)) -> Result<Made> {
        self.refuse_in_default(span, "`lookup`")?;
        let Some(table) = self.context.catalogue.table(name) else {
            let tables = self.context.catalogue.tables.iter().map(|table| table.name);
            return Err(Fault::new(span, format!("there is no table `{name}`"), suggest::help(name, tables)));
        };
        let mut at = Vec::new();
        for key in keys {
            let made = self.expr(key, Polarity::Both)?;
            if !matches!(made.ty, Ty::Number) {
                self.require_text(&made, key)?;
            }
            at.push(made.at);
        }
        // A key that is absent or not in the table gives an unknown, so nothing is absent but cells.
        self.make(Op::Lookup(table.name, leak::slice(at)), span, Ty::Row(table))
    }

    fn nodes_of(&mut self, name: &str, span: (u32, u32)) -> Result<Made> {
        self.refuse_in_default(span, "`nodes`")?;
        let catalogue = self.context.catalogue;
        let known = catalogue.kind_named(name).is_some() || catalogue.trait_named(name).is_some();
        if !known {
            let names: Vec<&str> = catalogue
                .kinds
                .iter()
                .map(|kind| kind.name)
                .chain(catalogue.traits.iter().map(|known| known.name))
                .collect();
            return Err(Fault::new(span, format!("there is no kind `{name}`"), suggest::help(name, names)));
        }
        let kinds = kinds_named(catalogue, &[name]);
        let ty = Ty::List(Box::new(Ty::Ref(kinds.clone())));
        self.make(Op::Nodes(leak::slice(kinds)), span, ty)
    }

    fn method(&mut self, expr: &Expr, name: &str, receiver: &Expr, arguments: &[Expr]) -> Result<Made> {
        self.refuse_in_default(expr.span, "a method")?;
        let Some(signature) = METHODS.iter().find(|known| known.name == name) else {
            let names = METHODS.iter().map(|known| known.name);
            let tests = [
                "startsWith",
                "endsWith",
                "contains",
                "atLeast",
                "matches",
                "lowerAscii",
                "exists",
                "all",
                "filter",
                "map",
            ];
            let names: Vec<&str> = names.chain(tests).collect();
            return Err(Fault::new(
                expr.span,
                format!("there is no method `{name}`"),
                suggest::help(name, names),
            ));
        };
        let catalogue = self.context.catalogue;
        let made = self.expr(receiver, Polarity::Both)?;
        let wanted = Ty::of(catalogue, signature.receiver, None);
        if !made.ty.fits(&wanted) {
            return Err(self.wrong_type(receiver, &made.ty, &self.show(&wanted)));
        }
        if arguments.len() != signature.arguments.len() {
            let message = format!("`{name}` takes {} arguments", signature.arguments.len());
            return Err(Fault::new(expr.span, message, "docs/rule-grammar.md lists the methods"));
        }
        let mut at = Vec::new();
        for (argument, ty) in arguments.iter().zip(signature.arguments) {
            let made = self.expr(argument, Polarity::Both)?;
            let wanted = Ty::of(catalogue, *ty, None);
            if !made.ty.fits(&wanted) {
                return Err(self.wrong_type(argument, &made.ty, &self.show(&wanted)));
            }
            at.push(made.at);
        }
        let result = Ty::of(catalogue, signature.result, None);
        self.make(Op::Method(signature.name, made.at, leak::slice(at)), expr.span, result)
    }
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or("").trim_start_matches("error: ")
}
