//! YAML and JSON texts as one tree in which every key and value has its byte span. Used for templates, plans,
//! assemblies, `.tf.json` and rule files alike. Scalars are kept as written: what `yes`, `017` or `2012-10-17`
//! mean is the reader's decision, because CloudFormation reads YAML 1.1 and carelint's own files YAML 1.2.

pub mod json;
mod keys;
pub mod outline;
mod remark;
pub mod yaml;

use smol_str::SmolStr;

pub use keys::unique;
pub use remark::{Reading, Remark, RemarkKind};

use crate::Span;

/// One value of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// Explicit tag without its leading `!` (`Ref`, `GetAtt`, `Sub`); core schema tags are `!str` and the like,
    /// that is, written out with one `!`. None in JSON.
    pub tag: Option<SmolStr>,
    /// Its bytes: for a scalar with quotes, for a mapping of YAML's block style first to last child, for such a
    /// sequence from the first dash to the last child, otherwise with brackets; an explicit tag is included. A literal or folded scalar
    /// starts with its text (or its tag), not with `|` or `>`. Of an alias, the bytes of the alias, though
    /// those of its children are where the anchor stands.
    pub span: Span,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeKind {
    /// A scalar.
    Scalar(Scalar),
    /// A sequence.
    Sequence(Vec<Node>),
    /// A mapping in source order. Repeated keys are kept by `parse`, and told and dropped by `read`.
    Mapping(Vec<Entry>),
}

/// A scalar as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar {
    /// The text after unquoting and unescaping.
    pub text: SmolStr,
    /// How it was written.
    pub style: ScalarStyle,
}

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    /// YAML plain: its type depends on its text.
    Plain,
    /// Quoted, literal or folded: a string.
    Quoted,
    /// JSON number, exactly as written.
    Number,
    /// JSON `true` or `false`.
    Bool,
    /// JSON `null`.
    Null,
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The key; entries whose key is no scalar are left out.
    pub key: SmolStr,
    /// Bytes of the key, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Entry {
    /// Key and value together.
    #[must_use]
    pub fn span(&self) -> Span {
        self.key_span.to(self.value.span)
    }
}

impl Node {
    /// The value of `key` in a mapping (the last one, if the key is repeated).
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of `key` in a mapping (the last one, if the key is repeated).
    #[must_use]
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().rev().find(|entry| entry.key == key)
    }

    /// The entries of a mapping; none for anything else.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        match &self.kind {
            NodeKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a sequence; none for anything else.
    #[must_use]
    pub fn items(&self) -> &[Node] {
        match &self.kind {
            NodeKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar, whatever its style.
    #[must_use]
    pub fn text(&self) -> Option<&SmolStr> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }
}

/// Why a document could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct DocumentError {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Span,
    /// Whether it is well-formed so far, and stops at a limit of size or depth.
    pub is_limit: bool,
}

impl DocumentError {
    /// Something that is not well-formed.
    #[must_use]
    pub fn new(message: impl Into<String>, span: Span) -> Self {
        Self { message: message.into(), span, is_limit: false }
    }

    /// A limit that is reached.
    fn limit(self) -> Self {
        Self { is_limit: true, ..self }
    }
}
