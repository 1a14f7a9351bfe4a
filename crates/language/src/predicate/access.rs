//! Names, fields, elements and the checks of operands.

use super::Fault;
use super::lower::{Lowering, Made};
use super::presence::Polarity;
use super::syntax::{Expr, ExprKind};
use super::ty::{Ty, attribute};
use crate::ir::{AttributeSource, KindId, Literal, Op, Record, Table, Type};
use crate::{leak, suggest};

type Result<T> = std::result::Result<T, Fault>;

impl Lowering<'_> {
    pub(super) fn name(&mut self, name: &str, span: (u32, u32)) -> Result<Made> {
        if let Some(at) = self.variables.iter().position(|(known, _)| known == name) {
            let ty = self.variables.get(at).map_or(Ty::Any, |(_, ty)| ty.clone());
            let index = u16::try_from(at).unwrap_or(u16::MAX);
            return self.make(Op::Variable(index), span, ty);
        }
        match name {
            "self" => match &self.context.subject {
                Some(ty) => self.make(Op::Subject, span, ty.clone()),
                None => Err(Fault::new(
                    span,
                    "there is no `self` here",
                    "ask `nodes(\"kind\")` in rules of an account or region",
                )),
            },
            "it" => match &self.context.it {
                Some(ty) => self.make(Op::It, span, ty.clone()),
                None => {
                    Err(Fault::new(span, "there is no `it` here", "`it` is the element of `each` or `none`"))
                }
            },
            "params" => Err(Fault::new(span, "`params` is no value", "write `params.name`")),
            _ => {
                let variables = self.variables.iter().map(|(known, _)| known.as_str());
                let names: Vec<&str> = ["self", "it", "params"].into_iter().chain(variables).collect();
                let help = source::nearest(name, names).map_or_else(
                    || format!("write `self.{name}` for an attribute, `\"{name}\"` for a text"),
                    |meant| format!("did you mean `{meant}`?"),
                );
                Err(Fault::new(span, format!("`{name}` is unknown"), help))
            }
        }
    }

    pub(super) fn select(&mut self, expr: &Expr, operand: &Expr, field: &str) -> Result<Made> {
        if matches!(&operand.kind, ExprKind::Name(name) if name == "params") {
            return self.param(expr, field);
        }
        let made = self.expr(operand, Polarity::Both)?;
        let known = expr.key().is_some_and(|key| self.present.contains(&key));
        let mut selected = match made.ty.clone() {
            Ty::Node(kinds) | Ty::Ref(kinds) => self.of_node(expr, (operand, &made), &kinds, field)?,
            Ty::Record(record, owner) => {
                let ty = self.field(expr, record, field)?;
                let mut selected = self.make(
                    Op::Select(made.at, leak::text(field)),
                    expr.span,
                    Ty::of(self.context.catalogue, ty.0, owner),
                )?;
                selected.absent = !ty.1;
                selected
            }
            // Of a list of policies, the statements of all.
            ty if field == "statements" && is_policies(&ty) => self.statements(expr, &made)?,
            Ty::Policy => {
                return Err(Fault::new(
                    expr.span,
                    format!("a policy has no `{field}`"),
                    "write `.statements`, or call a method",
                ));
            }
            Ty::Row(table) => self.column(expr, &made, table, field)?,
            Ty::Map(inner) => self.maybe(Op::Select(made.at, leak::text(field)), expr.span, *inner)?,
            Ty::Any => self.maybe(Op::Select(made.at, leak::text(field)), expr.span, Ty::Any)?,
            Ty::List(_) => {
                let message = format!("`{}` is a list and has no `{field}`", self.source(operand));
                return Err(Fault::new(
                    expr.span,
                    message,
                    "ask its elements: `list.exists(x, …)`, `list.all(x, …)`",
                ));
            }
            other => {
                let message = format!("{} has no `{field}`", self.show(&other));
                return Err(Fault::new(
                    expr.span,
                    message,
                    "fields are of resources, references, records and rows",
                ));
            }
        };
        selected.absent = (selected.absent || made.absent) && !known;
        Ok(selected)
    }

    /// An attribute of a resource: of the subject, or of the one that a reference leads to.
    fn of_node(
        &mut self,
        expr: &Expr,
        (operand, made): (&Expr, &Made),
        kinds: &[KindId],
        field: &str,
    ) -> Result<Made> {
        if field == "raw" {
            let help = "write `self.raw[\"argument\"]`; only the subject has it";
            return Err(Fault::new(expr.span, "`raw` takes the name of an argument", help));
        }
        let info = attribute(self.context.catalogue, kinds, field)
            .map_err(|(message, help)| Fault::new(expr.span, message, help))?;
        if !matches!(info.source, AttributeSource::Spelled) {
            self.refuse_in_default(expr.span, "an attribute that is computed")?;
        }
        if let AttributeSource::ReferenceFact(fact) = info.source {
            return self.make(Op::ReferenceFact(made.at, fact), expr.span, info.ty);
        }
        let mut at = made.at;
        if matches!(made.ty, Ty::Ref(_)) {
            self.refuse_in_default(expr.span, "a reference")?;
            at = self.push(Op::Follow(at, leak::slice(kinds.to_vec())), operand.span)?;
        }
        let mut selected = self.make(Op::Select(at, leak::text(field)), expr.span, info.ty)?;
        selected.absent = !info.present;
        Ok(selected)
    }

    fn statements(&mut self, expr: &Expr, made: &Made) -> Result<Made> {
        self.refuse_in_default(expr.span, "`statements`")?;
        let ty = Ty::of(self.context.catalogue, Type::List(&Type::Record("statement")), None);
        self.make(Op::Statements(made.at), expr.span, ty)
    }

    /// A node whose value may be absent.
    fn maybe(&mut self, op: Op, span: (u32, u32), ty: Ty) -> Result<Made> {
        Ok(Made { absent: true, ..self.make(op, span, ty)? })
    }

    fn param(&mut self, expr: &Expr, field: &str) -> Result<Made> {
        let Some(param) = self.context.params.iter().find(|param| param.name == field) else {
            let names = self.context.params.iter().map(|param| param.name);
            let help = if self.context.params.is_empty() {
                format!("add `params: {{{field}: {{type: number, default: 1}}}}` to the rule")
            } else {
                suggest::help(field, names)
            };
            return Err(Fault::new(expr.span, format!("the rule has no parameter `{field}`"), help));
        };
        let ty = Ty::of(self.context.catalogue, param.ty, None);
        self.make(Op::Param(param.name), expr.span, ty)
    }

    /// Type of a field and whether it is always there.
    fn field(&self, expr: &Expr, record: &Record, name: &str) -> Result<(Type, bool)> {
        match record.fields.iter().find(|field| field.name == name) {
            Some(field) => Ok((field.ty, field.default.is_some())),
            None => {
                let help = suggest::help(name, record.fields.iter().map(|field| field.name));
                Err(Fault::new(
                    expr.span,
                    format!("the record `{}` has no field `{name}`", record.name),
                    help,
                ))
            }
        }
    }

    fn column(&mut self, expr: &Expr, made: &Made, table: &'static Table, name: &str) -> Result<Made> {
        let Some(at) = table.columns.iter().position(|column| column.name == name) else {
            let help = suggest::help(name, table.columns.iter().map(|column| column.name));
            return Err(Fault::new(
                expr.span,
                format!("the table `{}` has no column `{name}`", table.name),
                help,
            ));
        };
        let ty =
            table.columns.get(at).map_or(Ty::Any, |column| Ty::of(self.context.catalogue, column.ty, None));
        let mut selected = self.make(Op::Select(made.at, leak::text(name)), expr.span, ty)?;
        selected.absent = table.rows.iter().any(|(_, cells)| matches!(cells.get(at), None | Some(None)));
        Ok(selected)
    }

    pub(super) fn index(&mut self, expr: &Expr, operand: &Expr, index: &Expr) -> Result<Made> {
        if let ExprKind::Select(node, field) = &operand.kind
            && field == "raw"
        {
            return self.raw(expr, node, index);
        }
        let made = self.expr(operand, Polarity::Both)?;
        let key = self.expr(index, Polarity::Both)?;
        let known = expr.key().is_some_and(|key| self.present.contains(&key));
        let ty = match (&made.ty, &key.ty) {
            (Ty::List(inner), Ty::Number) => (**inner).clone(),
            (Ty::Map(inner), Ty::Text(_) | Ty::Any) => (**inner).clone(),
            (Ty::Any, Ty::Text(_) | Ty::Number | Ty::Any) => Ty::Any,
            (Ty::List(_), other) => return Err(self.wrong_type(index, other, "a number")),
            (Ty::Map(_), other) => return Err(self.wrong_type(index, other, "a string")),
            (other, _) => return Err(self.wrong_type(operand, other, "a list or a map")),
        };
        let mut selected = self.make(Op::Index(made.at, key.at), expr.span, ty)?;
        selected.absent = !known;
        Ok(selected)
    }

    fn raw(&mut self, expr: &Expr, node: &Expr, index: &Expr) -> Result<Made> {
        if !matches!(&node.kind, ExprKind::Name(name) if name == "self") || self.context.subject.is_none() {
            let help = "write `self.raw[\"argument\"]`";
            return Err(Fault::new(expr.span, "only the subject has `raw`", help));
        }
        if !matches!(index.kind, ExprKind::Literal(Literal::String(_))) {
            return Err(Fault::new(
                index.span,
                "`raw` takes the name of an argument",
                "write `self.raw[\"argument\"]`",
            ));
        }
        let name = self.expr(index, Polarity::Both)?;
        let mut made = self.make(Op::Raw(name.at), expr.span, Ty::Any)?;
        made.absent = !expr.key().is_some_and(|key| self.present.contains(&key));
        Ok(made)
    }

    pub(super) fn boolean(&mut self, expr: &Expr, polarity: Polarity) -> Result<Made> {
        let made = self.expr(expr, polarity)?;
        self.require_answer(&made, expr, polarity)?;
        Ok(made)
    }

    /// Requires a condition; an absent flag is not set, so its absence must not help. A default only chooses by it.
    pub(super) fn require_answer(&self, made: &Made, expr: &Expr, polarity: Polarity) -> Result<()> {
        self.require_bool(made, expr)?;
        if self.context.spelled_only {
            return Ok(());
        }
        self.refuse_absence(expr, made, polarity)
    }

    pub(super) fn number(&mut self, expr: &Expr) -> Result<Made> {
        let made = self.expr(expr, Polarity::Both)?;
        if matches!(made.ty, Ty::Number | Ty::Any) {
            Ok(made)
        } else {
            Err(self.wrong_type(expr, &made.ty, "a number"))
        }
    }

    pub(super) fn text_operand(&mut self, expr: &Expr, polarity: Polarity) -> Result<Made> {
        let made = self.expr(expr, Polarity::Both)?;
        self.require_text(&made, expr)?;
        self.refuse_absence(expr, &made, polarity)?;
        Ok(made)
    }

    fn require_bool(&self, made: &Made, expr: &Expr) -> Result<()> {
        if matches!(made.ty, Ty::Bool | Ty::Any) {
            Ok(())
        } else {
            Err(self.wrong_type(expr, &made.ty, "a condition"))
        }
    }

    pub(super) fn require_text(&self, made: &Made, expr: &Expr) -> Result<()> {
        let texts = matches!(made.ty, Ty::Text(_) | Ty::Ref(_) | Ty::Any);
        if texts { Ok(()) } else { Err(self.wrong_type(expr, &made.ty, "a string")) }
    }

    pub(super) fn wrong_type(&self, expr: &Expr, ty: &Ty, wanted: &str) -> Fault {
        let message = format!("`{}` is {}, not {wanted}", self.source(expr), self.show(ty));
        let help = match ty {
            Ty::List(_) => "ask a list with `in`, `exists`, `all` or `size`",
            Ty::Ref(_) if wanted == "a condition" => "ask whether it is there with `has(…)`",
            Ty::Text(_) | Ty::Number if wanted == "a condition" => {
                "compare it with something, or write `has(…)`"
            }
            _ => "docs/rule-grammar.md says what each operator takes",
        };
        Fault::new(expr.span, message, help)
    }

    /// Refuses a value that may be absent where that would help the resource.
    pub(super) fn refuse_absence(&self, expr: &Expr, made: &Made, polarity: Polarity) -> Result<()> {
        if polarity == Polarity::Strict || !made.absent {
            return Ok(());
        }
        let name = self.source(expr);
        let message =
            format!("`{name}` may be absent; this would then be false and help the resource to pass");
        let help = format!(
            "add `has({name}) &&`, give the attribute a default in the model, or mark it `required: true`"
        );
        Err(Fault::new(expr.span, message, help))
    }

    pub(super) fn refuse_in_default(&self, span: (u32, u32), what: &str) -> Result<()> {
        if !self.context.spelled_only {
            return Ok(());
        }
        let help = "conditions of defaults ask only the spelled attributes of `self`";
        Err(Fault::new(span, format!("{what} cannot be asked in a default"), help))
    }
}

/// A policy or a list of them.
fn is_policies(ty: &Ty) -> bool {
    match ty {
        Ty::Policy => true,
        Ty::List(inner) => matches!(**inner, Ty::Policy),
        _ => false,
    }
}
