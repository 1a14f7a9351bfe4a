//! Statements in Terraform: blocks of `aws_iam_policy_document`, and objects with an `Effect`.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, Object, ObjectKey};
use hcl_edit::structure::{Block, Body};

use super::{Edit, Statement};
use crate::mutate::outline::lines;

/// All statements of a file.
pub(super) fn statements(text: &str) -> Vec<Statement> {
    let Ok(body) = hcl_edit::parser::parse_body(text) else { return Vec::new() };
    let mut walk = Walk { text, owner: String::new(), found: Vec::new() };
    for block in body.blocks() {
        let labels: Vec<&str> = block.labels.iter().map(|label| label.as_str()).collect();
        let data = if block.ident.as_str() == "data" { "data." } else { "" };
        walk.owner = format!("{data}{}", labels.join("."));
        if data.is_empty() || labels.first() != Some(&"aws_iam_policy_document") {
            walk.body(&block.body);
        } else {
            block.body.get_blocks("statement").for_each(|statement| walk.block(statement));
        }
    }
    walk.found
}

struct Walk<'a> {
    text: &'a str,
    owner: String,
    found: Vec<Statement>,
}

impl Walk<'_> {
    fn block(&mut self, block: &Block) {
        let Some(whole) = block.span() else { return };
        let attribute = |name: &str, by: &str| -> Option<Edit> {
            Some((block.body.get_attribute(name)?.value.span()?, by.to_owned()))
        };
        let nested = |name: &str| {
            let blocks = block.body.get_blocks(name);
            blocks
                .filter_map(hcl_edit::Span::span)
                .map(|span| lines(self.text, &self.trimmed(&span)))
                .collect()
        };
        let principals: Vec<Range<usize>> = nested("principals");
        let anyone = "principals {\n      type        = \"*\"\n      identifiers = [\"*\"]\n    }\n";
        let effect = block.body.get_attribute("effect").and_then(|effect| effect.value.as_str());
        let whole = self.trimmed(&whole);
        self.found.push(Statement {
            owner: self.owner.clone(),
            deny: effect == Some("Deny"),
            drop: Some((lines(self.text, &whole), String::new())),
            principal: principals.first().map(|first| (first.clone(), anyone.to_owned())),
            action: attribute("actions", "[\"*\"]"),
            resource: attribute("resources", "[\"*\"]"),
            conditions: nested("condition").into_iter().map(|range| (range, String::new())).collect(),
            whole,
        });
    }

    /// A block without the white space after it.
    fn trimmed(&self, span: &Range<usize>) -> Range<usize> {
        let end = self.text.get(..span.end).map_or(span.end, |text| text.trim_end().len());
        span.start..end
    }

    /// An element of an array with the comma after it.
    fn with_comma(&self, span: &Range<usize>) -> Range<usize> {
        let after = self.text.get(span.end..).unwrap_or("");
        let space = after.len() - after.trim_start().len();
        let comma = if after.trim_start().starts_with(',') { space + 1 } else { 0 };
        span.start..span.end + comma
    }

    fn body(&mut self, body: &Body) {
        body.attributes().for_each(|attribute| self.expression(&attribute.value));
        body.blocks().for_each(|block| self.body(&block.body));
    }

    fn expression(&mut self, expression: &Expression) {
        match expression {
            Expression::Array(array) => {
                for item in array.iter() {
                    let before = self.found.len();
                    self.expression(item);
                    let own = item.span().map(|span| (self.with_comma(&span), String::new()));
                    if item.as_object().is_some_and(|object| field(object, "Effect").is_some())
                        && let Some(statement) = self.found.get_mut(before)
                    {
                        statement.drop = own;
                    }
                }
            }
            Expression::Object(object) => {
                if field(object, "Effect").is_some() {
                    self.object(object);
                }
                object.iter().for_each(|(_, value)| self.expression(value.expr()));
            }
            Expression::FuncCall(call) => call.args.iter().for_each(|argument| self.expression(argument)),
            Expression::Parenthesis(inner) => self.expression(inner.inner()),
            _ => {}
        }
    }

    fn object(&mut self, object: &Object) {
        let Some(whole) = object.span() else { return };
        let any = |name: &str| -> Option<Edit> { Some((field(object, name)?.span()?, "\"*\"".to_owned())) };
        let none = |name: &str| -> Option<Edit> { Some((field(object, name)?.span()?, "{}".to_owned())) };
        self.found.push(Statement {
            owner: self.owner.clone(),
            whole,
            deny: field(object, "Effect").and_then(Expression::as_str) == Some("Deny"),
            drop: None,
            principal: any("Principal"),
            action: any("Action"),
            resource: any("Resource"),
            conditions: none("Condition").into_iter().collect(),
        });
    }
}

fn field<'a>(object: &'a Object, name: &str) -> Option<&'a Expression> {
    let named = |key: &ObjectKey| match key {
        ObjectKey::Ident(ident) => ident.as_str() == name,
        ObjectKey::Expression(expression) => expression.as_str() == Some(name),
    };
    object.iter().find(|(key, _)| named(key)).map(|(_, value)| value.expr())
}
