//! Texts to trees. Reading never fails: what does not parse is a problem beside an empty body.

mod hcl;
mod heredoc;
mod json;
mod newlines;
mod template;

use source::{FileId, Place, Problem, ProblemSeverity, Sources, Span};

use crate::ast::{Body, Expr, ExprKind, Piece};
use hcl::Converter;
use template::{Strip, template_expr};

/// Reads a file of configuration or variables in either syntax.
pub(crate) fn file(sources: &Sources, id: FileId) -> (Body, Option<Problem>) {
    let file = sources.file(id);
    if file.path.ends_with(".json") {
        return match source::document::json::parse(&file.text, sources.limits()) {
            Ok(document) => (json::body(id, &document), None),
            Err(error) => (Body::default(), Some(syntax(Place::new(id, error.span), &error.message))),
        };
    }
    match native(id, &file.text) {
        Ok(body) => (body, None),
        Err(problem) => (Body::default(), Some(problem)),
    }
}

/// Reads a file of variables in JSON: every entry is an attribute.
pub(crate) fn json_variables(sources: &Sources, id: FileId) -> (Vec<crate::ast::Attribute>, Option<Problem>) {
    let file = sources.file(id);
    match source::document::json::parse(&file.text, sources.limits()) {
        Ok(document) => {
            let attribute = |entry: &source::document::Entry| {
                let place = Place::new(id, entry.key_span);
                crate::ast::Attribute::new(entry.key.clone(), place, json::expr(id, &entry.value))
            };
            (document.entries().iter().map(attribute).collect(), None)
        }
        Err(error) => (Vec::new(), Some(syntax(Place::new(id, error.span), &error.message))),
    }
}

fn native(id: FileId, text: &str) -> Result<Body, Problem> {
    let error = match hcl_edit::parser::parse_body(text) {
        Ok(body) => return Ok(Converter { file: id, text, within: None }.body(&body)),
        Err(error) => error,
    };
    let blanked = newlines::blank(text);
    if let Ok(body) = hcl_edit::parser::parse_body(&blanked) {
        return Ok(Converter { file: id, text: &blanked, within: None }.body(&body));
    }
    let at = error.location().offset().min(text.len());
    Err(syntax(Place::new(id, Span::new(at, (at + 1).min(text.len()))), error.message()))
}

fn syntax(place: Place, message: &str) -> Problem {
    Problem::at(
        ProblemSeverity::Error,
        "terraform-syntax",
        place,
        format!("the file is not valid Terraform: {message}"),
        "correct the syntax (`terraform validate` shows it as well); nothing in this file was checked",
    )
}

/// A template within another text, all of it at one place; a text that is no template stands for itself.
pub(crate) fn template_within(text: &str, place: Place) -> Expr {
    if !text.contains("${") && !text.contains("%{") {
        return Expr::new(ExprKind::String(text.into()), place);
    }
    match hcl_edit::parser::parse_template(text) {
        Ok(template) => {
            let converter = Converter { file: place.file, text, within: Some(place) };
            template_expr(converter.pieces(template.iter(), Strip::Run), place)
        }
        Err(_) => Expr::new(ExprKind::String(text.into()), place),
    }
}

/// An expression within another text, all of it at one place; a text that is none stands for itself as a string.
pub(crate) fn expression_within(text: &str, place: Place) -> Expr {
    match hcl_edit::parser::parse_expr(text) {
        Ok(expression) => Converter { file: place.file, text, within: Some(place) }.expr(&expression),
        Err(_) => Expr::new(ExprKind::String(text.into()), place),
    }
}

/// A template file, places in that file.
pub(crate) fn template_file(file: FileId, text: &str) -> Option<Vec<Piece>> {
    let template = hcl_edit::parser::parse_template(text).ok()?;
    Some(Converter { file, text, within: None }.pieces(template.iter(), Strip::Line))
}
