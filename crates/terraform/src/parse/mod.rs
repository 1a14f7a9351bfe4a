//! Texts to trees: HCL's native syntax and its form in JSON, as Terraform reads them. Reading never fails: what is at
//! fault is a problem, counts as unknown or is left out, and all else is read.

mod body;
mod collection;
mod expression;
mod fault;
mod heredoc;
mod json;
#[cfg(test)]
mod oracle;
mod parser;
mod recover;
mod template;
#[cfg(test)]
mod tests;
mod traversal;

use source::{FileId, Place, Problem, ProblemSeverity, Problems, Sources};

use crate::ast::{Attribute, Body, Expr, ExprKind, Piece};
use fault::{Fault, Parsed};
use parser::Parser;

/// Reads a file of configuration or variables in either syntax.
pub(crate) fn file(sources: &Sources, id: FileId) -> (Body, Problems) {
    let file = sources.file(id);
    if !file.path.ends_with(".json") {
        return native(id, &file.text);
    }
    match source::document::json::parse(&file.text, sources.limits()) {
        Ok(document) => json::file(id, &document),
        Err(error) => (Body::default(), vec![json_syntax(Place::new(id, error.span), &error.message)]),
    }
}

/// Reads a file of variables in JSON: every entry is an attribute, and its texts are no templates.
pub(crate) fn json_variables(sources: &Sources, id: FileId) -> (Vec<Attribute>, Problems) {
    let file = sources.file(id);
    match source::document::json::parse(&file.text, sources.limits()) {
        Ok(document) => json::variables(id, &document),
        Err(error) => (Vec::new(), vec![json_syntax(Place::new(id, error.span), &error.message)]),
    }
}

fn json_syntax(place: Place, message: &str) -> Problem {
    Problem::at(
        ProblemSeverity::Error,
        "terraform-syntax",
        place,
        format!("the file is no valid JSON: {message}"),
        "correct the syntax; nothing in this file was checked",
    )
}

/// Reads a text in the native syntax. Where its braces do not balance it is read again, with an eye on indentation, so
/// that one forgotten brace does not take the rest of the file along.
pub(crate) fn native(id: FileId, text: &str) -> (Body, Problems) {
    let mut parser = Parser::new(id, text, None);
    let mut body = parser.file();
    if parser.unclosed {
        parser = Parser::new(id, text, None);
        parser.by_indentation = true;
        body = parser.file();
    }
    parser.tell_further();
    (body, parser.problems)
}

/// A template within another text, all of it at one place.
fn template_within(text: &str, place: Place) -> Parsed<Expr> {
    if !text.contains("${") && !text.contains("%{") {
        return Ok(Expr::new(ExprKind::String(text.into()), place));
    }
    let mut parser = Parser::new(place.file, text, Some(place));
    let (mut pieces, alone) = parser.bare()?;
    if alone && let Some(Piece::Value(only)) = pieces.pop_if(|piece| matches!(piece, Piece::Value(_))) {
        return Ok(only);
    }
    Ok(match pieces.as_slice() {
        [] => Expr::new(ExprKind::String(text.into()), place),
        [Piece::Text(text)] => Expr::new(ExprKind::String(text.clone()), place),
        _ => Expr::new(ExprKind::Template(pieces), place),
    })
}

/// An expression that is all of a text.
fn expression(parser: &mut Parser<'_>) -> Parsed<Expr> {
    parser.skip();
    let expr = parser.expr()?;
    if parser.is_end() { Ok(expr) } else { Err(parser.unexpected("the end of the expression")) }
}

/// An expression within another text, all of it at one place; a text that is none stands for itself as a string.
pub(crate) fn expression_within(text: &str, place: Place) -> Expr {
    let mut parser = Parser::new(place.file, text, Some(place));
    expression(&mut parser).unwrap_or_else(|_| Expr::new(ExprKind::String(text.into()), place))
}

/// A template file, places in that file.
///
/// # Errors
/// What is at fault, where.
pub(crate) fn template_file(file: FileId, text: &str) -> Result<Vec<Piece>, Box<Problem>> {
    let mut parser = Parser::new(file, text, None);
    match parser.bare() {
        Ok((pieces, _)) => Ok(pieces),
        Err(fault) => {
            let place = Place::new(file, fault.start..text.ceil_char_boundary(fault.end));
            let message = format!("the template cannot be read: {}", fault.message);
            let help = format!("{}; its text is unknown", fault.remedy);
            Err(Box::new(Problem::at(ProblemSeverity::Warning, "terraform-template", place, message, help)))
        }
    }
}

/// A template that is a value, all of it at the place where that is used.
pub(crate) fn template_text(text: &str, place: Place) -> Option<Vec<Piece>> {
    Parser::new(place.file, text, Some(place)).bare().ok().map(|(pieces, _)| pieces)
}

/// A fault of a text within another one, at the place of that.
fn told(fault: &Fault, place: Place) -> Problem {
    Problem::at(
        ProblemSeverity::Error,
        "terraform-syntax",
        place,
        format!("the template cannot be read: {}", fault.message),
        format!("{}; this value counts as unknown, the rest of the file was read", fault.remedy),
    )
}
