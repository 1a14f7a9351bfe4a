//! Templates: hcl-edit's elements as pieces, strip markers applied.

use hcl_edit::template::{Directive, Element, Strip as Marks};
use smol_str::SmolStr;
use source::Place;

use super::Converter;
use crate::ast::{Expr, ExprKind, ForPiece, IfPiece, Piece};

/// What a strip marker takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Strip {
    /// All white space beside it, as in a quoted string.
    Run,
    /// The white space of its line, line end included, as in a heredoc and a template file.
    Line,
}

impl Strip {
    /// `text` after a marker.
    fn start(self, text: &str) -> &str {
        match (self, text.split_once('\n')) {
            (Self::Line, Some((line, rest))) if line.trim().is_empty() => rest,
            _ => text.trim_start(),
        }
    }

    /// `text` before a marker.
    fn end(self, text: &str) -> &str {
        match (self, text.rsplit_once('\n')) {
            (Self::Line, Some((before, line))) if !line.is_empty() && line.trim().is_empty() => {
                text.get(..=before.len()).unwrap_or(before)
            }
            _ => text.trim_end(),
        }
    }
}

impl Converter<'_> {
    /// The pieces of a template.
    pub(super) fn pieces<'e>(&self, elements: impl Iterator<Item = &'e Element>, strip: Strip) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut strip_next = false;
        for element in elements {
            if let Element::Literal(text) = element {
                let text = if strip_next { strip.start(text) } else { text.as_str() };
                strip_next = strip_next && text.is_empty();
                if !text.is_empty() {
                    pieces.push(Piece::Text(SmolStr::new(text)));
                }
                continue;
            }
            let (piece, before, after) = self.piece(element, strip);
            if before {
                strip_end(&mut pieces, strip);
            }
            strip_next = after;
            pieces.extend(piece);
        }
        pieces
    }

    /// A piece, and whether white space before and after it goes.
    fn piece(&self, element: &Element, strip: Strip) -> (Option<Piece>, bool, bool) {
        match element {
            Element::Literal(text) => (Some(Piece::Text(SmolStr::new(text.as_str()))), false, false),
            Element::Interpolation(inner) => {
                let piece = Piece::Value(self.expr(&inner.expr));
                (Some(piece), inner.strip.strip_start(), inner.strip.strip_end())
            }
            Element::Directive(directive) => match &**directive {
                Directive::If(inner) => {
                    let first = inner.if_expr.strip;
                    let last = inner.endif_expr.strip;
                    let middle = inner.else_expr.as_ref().map(|other| other.strip);
                    let then =
                        self.inner(inner.if_expr.template.iter(), (first, middle.unwrap_or(last)), strip);
                    let otherwise = match &inner.else_expr {
                        Some(other) => self.inner(other.template.iter(), (other.strip, last), strip),
                        None => Vec::new(),
                    };
                    let condition = self.expr(&inner.if_expr.cond_expr);
                    let piece = Piece::If(Box::new(IfPiece { condition, then, otherwise }));
                    (Some(piece), first.strip_start(), last.strip_end())
                }
                Directive::For(inner) => {
                    let first = inner.for_expr.strip;
                    let last = inner.endfor_expr.strip;
                    let piece = Piece::For(Box::new(ForPiece {
                        key: inner.for_expr.key_var.as_ref().map(|name| SmolStr::new(name.as_str())),
                        value: SmolStr::new(inner.for_expr.value_var.as_str()),
                        collection: self.expr(&inner.for_expr.collection_expr),
                        body: self.inner(inner.for_expr.template.iter(), (first, last), strip),
                    }));
                    (Some(piece), first.strip_start(), last.strip_end())
                }
            },
        }
    }

    /// The pieces between two directives, each with its markers.
    fn inner<'e>(
        &self,
        elements: impl Iterator<Item = &'e Element>,
        (before, after): (Marks, Marks),
        strip: Strip,
    ) -> Vec<Piece> {
        let mut pieces = self.pieces(elements, strip);
        if before.strip_end()
            && let Some(Piece::Text(text)) = pieces.first_mut()
        {
            *text = SmolStr::new(strip.start(text));
        }
        if after.strip_start() {
            strip_end(&mut pieces, strip);
        }
        pieces
    }
}

fn strip_end(pieces: &mut [Piece], strip: Strip) {
    if let Some(Piece::Text(text)) = pieces.last_mut() {
        *text = SmolStr::new(strip.end(text));
    }
}

/// A template as an expression: text alone is a string, and a single interpolation is its value.
pub(super) fn template_expr(mut pieces: Vec<Piece>, place: Place) -> Expr {
    if pieces.iter().all(|piece| matches!(piece, Piece::Text(_))) {
        let text: String = pieces
            .iter()
            .map(|piece| if let Piece::Text(text) = piece { text.as_str() } else { "" })
            .collect();
        return Expr::new(ExprKind::String(text.into()), place);
    }
    if pieces.len() == 1
        && let Some(Piece::Value(only)) = pieces.pop_if(|piece| matches!(piece, Piece::Value(_)))
    {
        return only;
    }
    Expr::new(ExprKind::Template(pieces), place)
}
