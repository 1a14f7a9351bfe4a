//! Predicates: parsed, typed against the models, and lowered to a flat [`Program`]. Invariant: a program that exists
//! cannot meet a value of a wrong type in a well-typed graph, and no absence of a value helps a resource to pass
//! unless the predicate says so.

mod access;
mod lower;
mod presence;
mod syntax;
pub(crate) mod ty;

use crate::ir::{Catalogue, Param, Program};
use crate::leak;
use lower::Lowering;
use presence::Polarity;
use syntax::Expr;
use ty::Ty;

/// What is wrong with a predicate, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Byte range of the predicate's text.
    pub(crate) span: (u32, u32),
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Fault {
    fn new(span: (u32, u32), message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { span, message: message.into(), help: help.into() }
    }
}

/// What a predicate may speak of.
pub(crate) struct Context<'a> {
    pub(crate) catalogue: &'a Catalogue,
    /// What `self` is; none in rules about accounts and regions.
    pub(crate) subject: Option<Ty>,
    /// What `it` is.
    pub(crate) it: Option<Ty>,
    pub(crate) params: &'a [Param],
    /// Only attributes that spellings give: the condition of a default.
    pub(crate) spelled_only: bool,
}

/// A predicate that was parsed.
pub(crate) struct Parsed<'t> {
    text: &'t str,
    expr: Expr,
}

/// What a predicate is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// `check`: what is false fails.
    Check,
    /// `when`: what is false does not apply.
    When,
    /// `unless`: what is true does not apply; the program is the negation.
    Unless,
    /// The list of `each` or `none`: what is not in it is not judged.
    Elements,
    /// A case of a severity or of a default.
    Case,
}

impl<'t> Parsed<'t> {
    /// Parses a predicate.
    pub(crate) fn new(text: &'t str) -> Result<Self, Fault> {
        Ok(Self { text, expr: syntax::parse(text)? })
    }

    /// Types and lowers it. `given` are predicates known to hold (`when`), with the truth they have.
    pub(crate) fn lower(
        &self,
        context: &Context<'_>,
        purpose: Purpose,
        given: &[(&Parsed<'_>, bool)],
    ) -> Result<(Program, Ty), Fault> {
        let polarity = match purpose {
            Purpose::Check | Purpose::Unless => Polarity::Strict,
            Purpose::When | Purpose::Elements => Polarity::Lenient,
            Purpose::Case => Polarity::Both,
        };
        let mut lowering = Lowering::new(context, self.text);
        for (parsed, truth) in given {
            lowering.present.extend(presence::implied(&parsed.expr, *truth));
        }
        let made = lowering.expr(&self.expr, polarity)?;
        if purpose == Purpose::Elements {
            if !matches!(made.ty, Ty::List(_)) {
                let message = format!("this is {}, not a list", made.ty.show(context.catalogue));
                return Err(Fault::new(self.expr.span, message, "`each` and `none` take a list of elements"));
            }
        } else {
            lowering.require_answer(&made, &self.expr, polarity)?;
        }
        if purpose == Purpose::Unless {
            lowering.push(crate::ir::Op::Not(made.at), self.expr.span)?;
        }
        Ok((Program { nodes: leak::slice(lowering.nodes), text: leak::text(self.text) }, made.ty))
    }
}
