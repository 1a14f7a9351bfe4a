//! JSON read into [`Node`]s.

use super::{DocumentError, Node};
use crate::Limits;

/// Reads one JSON document.
///
/// # Errors
/// The first syntax error, or the limit that was hit, with its span.
pub fn parse(text: &str, limits: &Limits) -> Result<Node, DocumentError> {
    let _ = (text, limits);
    Err(DocumentError { message: String::new(), span: crate::Span::default() })
}
