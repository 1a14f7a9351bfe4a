//! Terraform's JSON syntax, read into the same tree. Nested blocks cannot be told from attributes without a schema, so
//! objects and arrays within a resource are attributes whose values are maps and lists, which readers walk alike.
//!
//! Invariant: what Terraform would refuse is a problem, and the rest of the document is read.

use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind, ScalarStyle};
use source::{FileId, Place, Problem, ProblemSeverity, Problems};
use value::Number;

use crate::ast::{Attribute, Block, Body, Expr, ExprKind};

/// How many labels a block at the top of a file has.
fn labels(kind: &str) -> Option<usize> {
    match kind {
        "resource" | "data" | "ephemeral" => Some(2),
        "variable" | "output" | "module" | "provider" | "check" => Some(1),
        "locals" | "terraform" | "moved" | "import" | "removed" => Some(0),
        _ => None,
    }
}

/// How many labels a block within a block of type `outer` has; none if it is an argument there.
fn inner_labels(outer: &str, name: &str) -> Option<usize> {
    match (outer, name) {
        ("resource" | "data" | "module" | "dynamic" | "content" | "ephemeral", "dynamic") => Some(1),
        ("resource" | "data", "provisioner") => Some(1),
        ("resource" | "data", "lifecycle" | "connection") | ("dynamic", "content") => Some(0),
        ("lifecycle", "precondition" | "postcondition") => Some(0),
        ("terraform", "backend" | "provider_meta") => Some(1),
        ("terraform", "cloud" | "required_providers") => Some(0),
        ("variable" | "output", "validation" | "precondition") => Some(0),
        _ => None,
    }
}

/// What the texts of an argument are.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Texts {
    Templates,
    /// They stand for themselves: Terraform evaluates nothing there.
    Verbatim,
    /// An expression in quotes.
    Expression,
}

/// Whether objects in the arguments of a block may stand for nested blocks, in which `//` is a comment.
fn may_nest(outer: &str) -> bool {
    !matches!(outer, "locals" | "variable" | "output" | "module")
}

fn texts(outer: &str, name: &str) -> Texts {
    match (outer, name) {
        ("variable", "type") => Texts::Expression,
        ("variable", _)
        | ("output", "description")
        | ("module", "source" | "version")
        | ("terraform" | "backend" | "cloud" | "required_providers" | "provider_meta", _) => Texts::Verbatim,
        _ => Texts::Templates,
    }
}

/// The body of a file.
pub(super) fn file(file: FileId, document: &Node) -> (Body, Problems) {
    let mut reader = Reader { file, comments: true, problems: Problems::new() };
    let mut body = Body::default();
    for entry in reader.entries(document) {
        let header = Place::new(file, entry.key_span);
        // An unknown kind still becomes a block, so that it is named in a note.
        let count = labels(&entry.key).unwrap_or(0);
        let mut found = Found { kind: &entry.key, labels: Vec::new(), out: &mut body.blocks };
        reader.blocks(count, header, &entry.value, &mut found);
    }
    (body, reader.problems)
}

/// The values of a file of variables.
pub(super) fn variables(file: FileId, document: &Node) -> (Vec<Attribute>, Problems) {
    let mut reader = Reader { file, comments: false, problems: Problems::new() };
    let mut variables = Vec::new();
    let mut names = FxHashSet::default();
    for entry in reader.entries(document) {
        if !names.insert(&entry.key) {
            reader.twice(&entry.key, Place::new(file, entry.key_span));
            continue;
        }
        let value = reader.expr(&entry.value, Texts::Verbatim);
        variables.push(Attribute::new(entry.key.clone(), Place::new(file, entry.key_span), value));
    }
    (variables, reader.problems)
}

/// Blocks of one type, and the labels that were read on the way to the next one.
struct Found<'b> {
    kind: &'b SmolStr,
    labels: Vec<SmolStr>,
    out: &'b mut Vec<Block>,
}

struct Reader {
    file: FileId,
    /// Whether `//` is a comment in the value that is being read.
    comments: bool,
    problems: Problems,
}

impl Reader {
    /// The entries of an object, or of all objects of an array. Comments are left out.
    fn entries<'n>(&mut self, node: &'n Node) -> Vec<&'n Entry> {
        let mut all = Vec::new();
        match &node.kind {
            NodeKind::Mapping(entries) => all.extend(entries),
            NodeKind::Sequence(items) => {
                for item in items {
                    match &item.kind {
                        NodeKind::Mapping(entries) => all.extend(entries),
                        _ => self.refuse(item, "an object"),
                    }
                }
            }
            NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Null => {}
            NodeKind::Scalar(_) => self.refuse(node, "an object or an array of objects"),
        }
        all.retain(|entry| entry.key != "//");
        all
    }

    fn twice(&mut self, name: &str, place: Place) {
        let message = format!("argument `{name}` is set twice in this block");
        let help = "remove one of the two; the first one was used";
        self.problems.push(Problem::at(ProblemSeverity::Error, "terraform-syntax", place, message, help));
    }

    fn refuse(&mut self, node: &Node, wanted: &str) {
        self.problems.push(Problem::at(
            ProblemSeverity::Error,
            "terraform-syntax",
            Place::new(self.file, node.span),
            format!("a value stands where {wanted} is expected"),
            "write the block as an object; what stands here was skipped, the rest of the file was read",
        ));
    }

    /// Reads blocks below `left` levels of labels; arrays stand for several blocks.
    fn blocks(&mut self, left: usize, header: Place, node: &Node, found: &mut Found<'_>) {
        if left > 0 {
            for entry in self.entries(node) {
                found.labels.push(entry.key.clone());
                self.blocks(left - 1, Place::new(self.file, entry.key_span), &entry.value, found);
                found.labels.pop();
            }
            return;
        }
        let bodies = match &node.kind {
            NodeKind::Sequence(items) => items.as_slice(),
            NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Null => &[],
            _ => std::slice::from_ref(node),
        };
        for node in bodies {
            if let NodeKind::Scalar(_) = node.kind {
                self.refuse(node, "an object or an array of objects");
                continue;
            }
            let place = Place::new(self.file, header.span.to(node.span));
            let body = self.inside(found.kind, node);
            let (kind, labels) = (found.kind.clone(), found.labels.clone());
            found.out.push(Block { kind, labels, body, header, place });
        }
    }

    /// The inside of a block.
    fn inside(&mut self, kind: &str, node: &Node) -> Body {
        let mut body = Body::default();
        let mut names = FxHashSet::default();
        for entry in self.entries(node) {
            let place = Place::new(self.file, entry.key_span);
            if let Some(count) = inner_labels(kind, &entry.key) {
                let mut found = Found { kind: &entry.key, labels: Vec::new(), out: &mut body.blocks };
                self.blocks(count, place, &entry.value, &mut found);
                continue;
            }
            if !names.insert(&entry.key) {
                self.twice(&entry.key, place);
                continue;
            }
            self.comments = may_nest(kind);
            let value = self.expr(&entry.value, texts(kind, &entry.key));
            body.attributes.push(Attribute::new(entry.key.clone(), place, value));
        }
        body
    }

    /// A value as an expression.
    fn expr(&mut self, node: &Node, texts: Texts) -> Expr {
        let place = Place::new(self.file, node.span);
        let kind = match &node.kind {
            NodeKind::Sequence(items) => {
                ExprKind::List(items.iter().map(|item| self.expr(item, texts)).collect())
            }
            NodeKind::Mapping(entries) => {
                let mut pairs = Vec::with_capacity(entries.len());
                let comments = self.comments;
                for entry in entries.iter().filter(|entry| !comments || entry.key != "//") {
                    let key = self.text(&entry.key, Place::new(self.file, entry.key_span), texts);
                    pairs.push((key, self.expr(&entry.value, texts)));
                }
                ExprKind::Object(pairs)
            }
            NodeKind::Scalar(scalar) => match scalar.style {
                ScalarStyle::Null => ExprKind::Null,
                ScalarStyle::Bool => ExprKind::Bool(scalar.text == "true"),
                ScalarStyle::Number => match Number::parse(&scalar.text) {
                    Some(number) => ExprKind::Number(number),
                    None => {
                        self.refuse(node, "a number that can be read");
                        ExprKind::Broken
                    }
                },
                ScalarStyle::Plain | ScalarStyle::Quoted => return self.text(&scalar.text, place, texts),
            },
        };
        Expr::new(kind, place)
    }

    fn text(&mut self, text: &SmolStr, place: Place, texts: Texts) -> Expr {
        match texts {
            Texts::Verbatim => Expr::new(ExprKind::String(text.clone()), place),
            Texts::Expression => super::expression_within(text, place),
            Texts::Templates => super::template_within(text, place).unwrap_or_else(|fault| {
                self.problems.push(super::told(&fault, place));
                Expr::new(ExprKind::Broken, place)
            }),
        }
    }
}
