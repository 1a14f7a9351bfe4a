//! The tree that both syntaxes are read into. Invariant: every node has the place where it is written, and the tree
//! is no deeper than the parsers' nesting limits.

use smol_str::SmolStr;
use source::Place;
use value::Number;

/// An expression.
#[derive(Debug, Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) place: Place,
}

#[derive(Debug, Clone)]
pub(crate) enum ExprKind {
    Null,
    Bool(bool),
    Number(Number),
    String(SmolStr),
    List(Vec<Expr>),
    Object(Vec<(Expr, Expr)>),
    Template(Vec<Piece>),
    /// A bare name: the first part of a reference, or a variable of a `for`.
    Name(SmolStr),
    /// Attributes and indices after an expression.
    Path(Box<Expr>, Box<[Step]>),
    /// `source[*]` or `source.*` and the steps that apply to every element.
    Splat(Box<Expr>, Box<[Step]>),
    Conditional(Box<Conditional>),
    Call(Box<Call>),
    Unary(Unary, Box<Expr>),
    Binary(Binary, Box<(Expr, Expr)>),
    For(Box<For>),
    /// What could not be read; a problem says why.
    Broken,
}

#[derive(Debug, Clone)]
pub(crate) enum Step {
    Attribute(SmolStr),
    Index(Box<Expr>),
    /// A splat within a splat, with the steps of its elements.
    Splat(Box<[Step]>),
}

/// A piece of a template.
#[derive(Debug, Clone)]
pub(crate) enum Piece {
    Text(SmolStr),
    Value(Expr),
    If(Box<IfPiece>),
    For(Box<ForPiece>),
}

#[derive(Debug, Clone)]
pub(crate) struct IfPiece {
    pub(crate) condition: Expr,
    pub(crate) then: Vec<Piece>,
    pub(crate) otherwise: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub(crate) struct ForPiece {
    pub(crate) key: Option<SmolStr>,
    pub(crate) value: SmolStr,
    pub(crate) collection: Expr,
    pub(crate) body: Vec<Piece>,
}

#[derive(Debug, Clone)]
pub(crate) struct Conditional {
    pub(crate) condition: Expr,
    pub(crate) then: Expr,
    pub(crate) otherwise: Expr,
}

#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) name: SmolStr,
    pub(crate) arguments: Vec<Expr>,
    /// The last argument is a list of the remaining ones (`...`).
    pub(crate) expand_last: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct For {
    pub(crate) key_name: Option<SmolStr>,
    pub(crate) value_name: SmolStr,
    pub(crate) collection: Expr,
    /// The key of a map; none in a list.
    pub(crate) key: Option<Expr>,
    pub(crate) value: Expr,
    pub(crate) condition: Option<Expr>,
    pub(crate) grouping: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unary {
    Negate,
    Not,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binary {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    And,
    Or,
}

impl Binary {
    /// Its sign, used in identities of results.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
            Self::And => "&&",
            Self::Or => "||",
        }
    }
}

/// A file or the inside of a block; attributes and blocks each in source order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) blocks: Vec<Block>,
    /// Whether something in it could not be read and has no name: what is not here may be written all the same.
    pub(crate) incomplete: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Attribute {
    pub(crate) name: SmolStr,
    /// The name alone.
    pub(crate) place: Place,
    pub(crate) value: Expr,
    /// Whether the value mentions `each`, `count` or `self` and so differs from instance to instance.
    pub(crate) per_instance: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) kind: SmolStr,
    pub(crate) labels: Vec<SmolStr>,
    pub(crate) body: Body,
    /// Block type and labels.
    pub(crate) header: Place,
    /// The whole block.
    pub(crate) place: Place,
}

impl Expr {
    pub(crate) fn new(kind: ExprKind, place: Place) -> Self {
        Self { kind, place }
    }

    /// The text of a literal string.
    pub(crate) fn literal(&self) -> Option<&SmolStr> {
        match &self.kind {
            ExprKind::String(text) => Some(text),
            _ => None,
        }
    }

    /// Whether a name that differs between instances of a resource or module is mentioned.
    pub(crate) fn is_per_instance(&self) -> bool {
        match &self.kind {
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::String(_)
            | ExprKind::Broken => false,
            ExprKind::Name(name) => matches!(name.as_str(), "each" | "count" | "self"),
            ExprKind::List(items) => items.iter().any(Self::is_per_instance),
            ExprKind::Object(entries) => {
                entries.iter().any(|(k, v)| k.is_per_instance() || v.is_per_instance())
            }
            ExprKind::Template(pieces) => pieces.iter().any(Piece::is_per_instance),
            ExprKind::Path(base, steps) | ExprKind::Splat(base, steps) => {
                base.is_per_instance() || steps.iter().any(Step::is_per_instance)
            }
            ExprKind::Conditional(inner) => {
                [&inner.condition, &inner.then, &inner.otherwise].into_iter().any(Self::is_per_instance)
            }
            ExprKind::Call(call) => call.arguments.iter().any(Self::is_per_instance),
            ExprKind::Unary(_, operand) => operand.is_per_instance(),
            ExprKind::Binary(_, operands) => operands.0.is_per_instance() || operands.1.is_per_instance(),
            ExprKind::For(inner) => {
                let parts = [
                    Some(&inner.collection),
                    inner.key.as_ref(),
                    Some(&inner.value),
                    inner.condition.as_ref(),
                ];
                parts.into_iter().flatten().any(Self::is_per_instance)
            }
        }
    }
}

impl Step {
    fn is_per_instance(&self) -> bool {
        match self {
            Self::Attribute(_) => false,
            Self::Index(key) => key.is_per_instance(),
            Self::Splat(steps) => steps.iter().any(Self::is_per_instance),
        }
    }
}

impl Piece {
    fn is_per_instance(&self) -> bool {
        match self {
            Self::Text(_) => false,
            Self::Value(expr) => expr.is_per_instance(),
            Self::If(inner) => {
                let pieces = inner.then.iter().chain(&inner.otherwise);
                inner.condition.is_per_instance() || pieces.into_iter().any(Self::is_per_instance)
            }
            Self::For(inner) => {
                inner.collection.is_per_instance() || inner.body.iter().any(Self::is_per_instance)
            }
        }
    }
}

impl Attribute {
    pub(crate) fn new(name: SmolStr, place: Place, value: Expr) -> Self {
        let per_instance = value.is_per_instance();
        Self { name, place, value, per_instance }
    }
}

impl Body {
    /// The attribute called `name`.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name)
    }

    /// The blocks of one type.
    pub(crate) fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}
