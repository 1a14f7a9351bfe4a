//! Terraform's JSON syntax, read into the same tree. Strings are templates; nested blocks cannot be told from
//! attributes without a schema, so objects and arrays within a resource are attributes whose values are maps and
//! lists, which readers walk alike.

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind, ScalarStyle};
use source::{FileId, Place};
use value::Number;

use crate::ast::{Attribute, Block, Body, Expr, ExprKind};

/// How many labels a top-level block has.
fn labels(kind: &str) -> Option<usize> {
    match kind {
        "resource" | "data" | "ephemeral" => Some(2),
        "variable" | "output" | "module" | "provider" | "check" => Some(1),
        "locals" | "terraform" | "moved" | "import" | "removed" => Some(0),
        _ => None,
    }
}

/// The body of a JSON file.
pub(super) fn body(file: FileId, document: &Node) -> Body {
    let mut body = Body::default();
    for entry in document.entries() {
        if entry.key == "//" {
            continue;
        }
        let header = Place::new(file, entry.key_span);
        // An unknown kind still becomes a block, so that it is named in a note.
        let count = labels(&entry.key).unwrap_or(0);
        let mut reader = Blocks { file, kind: &entry.key, path: Vec::new(), out: &mut body.blocks };
        reader.read(count, header, &entry.value);
    }
    body
}

/// Reads the blocks of one kind.
struct Blocks<'b> {
    file: FileId,
    kind: &'b SmolStr,
    path: Vec<SmolStr>,
    out: &'b mut Vec<Block>,
}

impl Blocks<'_> {
    /// Descends through `left` levels of labels; arrays stand for repeated blocks.
    fn read(&mut self, left: usize, header: Place, node: &Node) {
        match &node.kind {
            NodeKind::Sequence(items) => items.iter().for_each(|item| self.read(left, header, item)),
            NodeKind::Mapping(entries) if left > 0 => {
                for entry in entries.iter().filter(|entry| entry.key != "//") {
                    self.path.push(entry.key.clone());
                    self.read(left - 1, Place::new(self.file, entry.key_span), &entry.value);
                    self.path.pop();
                }
            }
            NodeKind::Mapping(entries) => {
                let place = Place::new(self.file, header.span.to(node.span));
                let body = inner(self.file, self.kind, entries);
                self.out.push(Block {
                    kind: self.kind.clone(),
                    labels: self.path.clone(),
                    body,
                    header,
                    place,
                });
            }
            NodeKind::Scalar(_) => {}
        }
    }
}

/// The inside of a block.
fn inner(file: FileId, kind: &str, entries: &[Entry]) -> Body {
    let mut body = Body::default();
    for entry in entries.iter().filter(|entry| entry.key != "//") {
        let place = Place::new(file, entry.key_span);
        let nested = match (kind, entry.key.as_str()) {
            ("resource" | "data" | "module" | "dynamic" | "content" | "ephemeral", "dynamic") => Some(1),
            ("resource" | "data", "provisioner") => Some(1),
            ("resource" | "data", "lifecycle" | "connection") | ("dynamic", "content") => Some(0),
            ("terraform", "backend" | "provider_meta") => Some(1),
            ("terraform", "cloud" | "required_providers") => Some(0),
            ("variable" | "output", "validation" | "precondition") => Some(0),
            _ => None,
        };
        if let Some(count) = nested {
            let mut reader = Blocks { file, kind: &entry.key, path: Vec::new(), out: &mut body.blocks };
            reader.read(count, place, &entry.value);
            continue;
        }
        let value = match (kind, entry.key.as_str(), entry.value.text()) {
            // Types and provider references are expressions in quotes.
            ("variable", "type", Some(text)) => {
                super::expression_within(text, Place::new(file, entry.value.span))
            }
            _ => expr(file, &entry.value),
        };
        body.attributes.push(Attribute::new(entry.key.clone(), place, value));
    }
    body
}

/// A value as an expression.
pub(super) fn expr(file: FileId, node: &Node) -> Expr {
    let place = Place::new(file, node.span);
    let kind = match &node.kind {
        NodeKind::Sequence(items) => ExprKind::List(items.iter().map(|item| expr(file, item)).collect()),
        NodeKind::Mapping(entries) => {
            let pair = |entry: &Entry| {
                (
                    super::template_within(&entry.key, Place::new(file, entry.key_span)),
                    expr(file, &entry.value),
                )
            };
            ExprKind::Object(entries.iter().filter(|entry| entry.key != "//").map(pair).collect())
        }
        NodeKind::Scalar(scalar) => match scalar.style {
            ScalarStyle::Null => ExprKind::Null,
            ScalarStyle::Bool => ExprKind::Bool(scalar.text == "true"),
            ScalarStyle::Number => {
                ExprKind::Number(Number::parse(&scalar.text).unwrap_or_else(|| Number::from(0)))
            }
            ScalarStyle::Plain | ScalarStyle::Quoted => return super::template_within(&scalar.text, place),
        },
    };
    Expr::new(kind, place)
}
