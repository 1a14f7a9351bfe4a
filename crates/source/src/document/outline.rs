//! A JSON document level by level: where the values of one object or list are, without what is in them. For documents
//! too large to be a tree of nodes: only the parts that are looked at become one. Invariant: brackets outside texts are
//! balanced in every span that is given out; what else is wrong in a part is found when the part is read.

use smol_str::SmolStr;

use super::json::{self, Reader};
use super::{DocumentError, Node};
use crate::{Limits, Span};

/// A value by its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outline {
    /// The entries of an object in source order; duplicate keys are kept.
    Mapping(Vec<Member>),
    /// The elements of a list.
    Sequence(Vec<Span>),
    /// Anything else.
    Scalar,
}

/// An entry of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The key.
    pub key: SmolStr,
    /// Bytes of the value.
    pub value: Span,
}

impl Outline {
    /// The value of `key` in an object (the last one, if the key is repeated).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Span> {
        match self {
            Self::Mapping(members) => {
                members.iter().rev().find(|member| member.key == key).map(|member| member.value)
            }
            _ => None,
        }
    }

    /// The elements of a list; none for anything else.
    #[must_use]
    pub fn elements(&self) -> &[Span] {
        match self {
            Self::Sequence(elements) => elements,
            _ => &[],
        }
    }
}

/// The outline of a whole document.
///
/// # Errors
/// The document does not begin with a value, a bracket or a text is not closed, or something stands after the value.
pub fn whole(text: &str) -> Result<Outline, DocumentError> {
    let mut reader = Reader::at(text, 0);
    let outline = level(&mut reader)?;
    reader.skip_space();
    match reader.peek() {
        None => Ok(outline),
        Some(_) => Err(reader.unexpected("the end of the document")),
    }
}

/// The outline of the value in a span that another outline gave.
///
/// # Errors
/// Entries or elements are not what they are in JSON.
pub fn part(text: &str, span: Span) -> Result<Outline, DocumentError> {
    level(&mut Reader::at(text, span.start as usize))
}

/// The value in a span that another outline gave, in full. Spans in it are those in the whole text.
///
/// # Errors
/// As of [`json::parse`].
pub fn node(text: &str, span: Span, limits: &Limits) -> Result<Node, DocumentError> {
    json::parse_at(text, span.start as usize, limits)
}

fn level(reader: &mut Reader<'_>) -> Result<Outline, DocumentError> {
    reader.skip_space();
    match reader.peek() {
        Some(b'{') => members(reader),
        Some(b'[') => elements(reader),
        _ => {
            pass(reader)?;
            Ok(Outline::Scalar)
        }
    }
}

fn members(reader: &mut Reader<'_>) -> Result<Outline, DocumentError> {
    let mut members = Vec::new();
    reader.advance();
    if reader.eat(b'}') {
        return Ok(Outline::Mapping(members));
    }
    loop {
        reader.skip_space();
        if reader.peek() != Some(b'"') {
            return Err(reader.unexpected("a key in quotes"));
        }
        let key = reader.string()?;
        if !reader.eat(b':') {
            return Err(reader.unexpected("`:`"));
        }
        members.push(Member { key, value: pass(reader)? });
        if reader.eat(b'}') {
            return Ok(Outline::Mapping(members));
        }
        if !reader.eat(b',') {
            return Err(reader.unexpected("`,` or `}`"));
        }
    }
}

fn elements(reader: &mut Reader<'_>) -> Result<Outline, DocumentError> {
    let mut elements = Vec::new();
    reader.advance();
    if reader.eat(b']') {
        return Ok(Outline::Sequence(elements));
    }
    loop {
        elements.push(pass(reader)?);
        if reader.eat(b']') {
            return Ok(Outline::Sequence(elements));
        }
        if !reader.eat(b',') {
            return Err(reader.unexpected("`,` or `]`"));
        }
    }
}

/// Passes over a value and gives its bytes.
fn pass(reader: &mut Reader<'_>) -> Result<Span, DocumentError> {
    reader.skip_space();
    let start = reader.position();
    let mut open = 0usize;
    loop {
        match reader.peek() {
            Some(b'"') => reader.pass_string()?,
            Some(b'{' | b'[') => {
                open += 1;
                reader.advance();
            }
            Some(b'}' | b']') if open > 0 => {
                open -= 1;
                reader.advance();
            }
            Some(b'}' | b']' | b',' | b':') if open == 0 => break,
            Some(b' ' | b'\n' | b'\r' | b'\t') if open == 0 => break,
            Some(_) => reader.advance(),
            None if open == 0 => break,
            None => return Err(reader.unexpected("a closing bracket")),
        }
        if open == 0 && reader.after_bracket_or_quote() {
            break;
        }
    }
    let end = reader.position();
    if end == start { Err(reader.unexpected("a value")) } else { Ok(Span::new(start, end)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let found = match whole(text) {
            Ok(outline) => shown(text, &outline),
            Err(error) => format!("{}..{} {}", error.span.start, error.span.end, error.message),
        };
        assert_eq!(found, expected);
    }

    fn shown(text: &str, outline: &Outline) -> String {
        let slice = |span: &Span| text.get(span.range()).expect("whole characters").to_owned();
        match outline {
            Outline::Mapping(members) => {
                let member = |member: &Member| format!("{}={}", member.key, slice(&member.value));
                members.iter().map(member).collect::<Vec<_>>().join("; ")
            }
            Outline::Sequence(elements) => elements.iter().map(slice).collect::<Vec<_>>().join("; "),
            Outline::Scalar => "scalar".to_owned(),
        }
    }

    #[test]
    fn values_are_given_by_their_bytes() {
        check(
            r#" {"a": [1, {"b": "]}"}], "é": "x\"}" , "n":null} "#,
            r#"a=[1, {"b": "]}"}]; é="x\"}"; n=null"#,
        );
        check("[1,[2,[3]],\"a,b\", true ]", "1; [2,[3]]; \"a,b\"; true");
        check("{}", "");
        check("[ ]", "");
        check(" 7 ", "scalar");
    }

    #[test]
    fn what_is_not_closed_is_an_error() {
        check("", "0..0 the document ends where a value is expected");
        check("{\"a\": [1", "8..8 the document ends where a closing bracket is expected");
        check("{\"a\": \"b", "6..7 a string is not closed");
        check("{\"a\" 1}", "5..6 `1` stands where `:` is expected");
        check("{\"a\": }", "6..7 `}` stands where a value is expected");
        check("[1 2]", "3..4 `2` stands where `,` or `]` is expected");
        check("{} x", "3..4 `x` stands where the end of the document is expected");
    }

    #[test]
    fn a_part_is_read_with_its_own_bytes() {
        let text = r#"{"a": {"b": [10, 20]}}"#;
        let inner = whole(text).expect("an object").get("a").expect("a member");
        let list = part(text, inner).expect("an object").get("b").expect("a member");
        let elements = part(text, list).expect("a list");
        let second = elements.elements().get(1).copied().expect("two elements");
        let node = node(text, second, &Limits::default()).expect("a number");
        assert_eq!((node.text().map(SmolStr::as_str), node.span), (Some("20"), second));
    }
}
