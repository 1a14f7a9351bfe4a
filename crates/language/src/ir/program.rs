//! Predicates, flat.

use super::{KindId, Literal};

/// A predicate or another expression, flat: operands come before their operators, the last node is the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Program {
    /// The nodes.
    pub nodes: &'static [Node],
    /// The text, for traces and `explain`.
    pub text: &'static str,
}

/// Index of an operand in [`Program::nodes`].
pub type Operand = u16;

/// A node of a [`Program`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// What it does.
    pub op: Op,
    /// Byte range of the predicate's text that it stands for.
    pub span: (u32, u32),
}

/// What a node of a program does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Op {
    /// A literal.
    Literal(Literal),
    /// A list of operands.
    List(&'static [Operand]),
    /// The subject.
    Subject,
    /// The element of `each`, or of a severity case after `each` and `none`.
    It,
    /// A variable of a macro, counted from the outermost.
    Variable(u16),
    /// An attribute of a node, a field of a record, an entry of a map or a column of a table's row.
    Select(Operand, &'static str),
    /// The node that a reference leads to, when it should be one of these kinds. The compiler puts it below every
    /// [`Op::Select`] whose operand is a reference, so that the evaluator knows where to look for literal names.
    Follow(Operand, &'static [KindId]),
    /// A fact of the reference itself (see [`AttributeSource::ReferenceFact`]).
    ReferenceFact(Operand, &'static str),
    /// The statements of a policy.
    Statements(Operand),
    /// An entry of a map or an element of a list.
    Index(Operand, Operand),
    /// A parameter of the rule.
    Param(&'static str),
    /// An attribute as the language spells it: `self.raw["argument"]`; the operand is the name.
    Raw(Operand),
    /// All hold.
    And(&'static [Operand]),
    /// At least one holds.
    Or(&'static [Operand]),
    /// The contrary holds.
    Not(Operand),
    /// `==`.
    Equal(Operand, Operand),
    /// `!=`.
    NotEqual(Operand, Operand),
    /// `<`.
    Less(Operand, Operand),
    /// `<=`.
    LessOrEqual(Operand, Operand),
    /// Membership in a list, or of a key in a map.
    In(Operand, Operand),
    /// `+`, `-`, `*` on numbers.
    Arithmetic(Arithmetic, Operand, Operand),
    /// Condition, then, else.
    Conditional(Operand, Operand, Operand),
    /// `has(x)`.
    Has(Operand),
    /// `size(x)`.
    Size(Operand),
    /// `range.exists(v, body)` and its siblings; the body is a program of its own.
    Macro(Macro, Operand, Program),
    /// A test of a string against another.
    Text(TextTest, Operand, Operand),
    /// A test of a string against a regular expression, checked when the catalogue is compiled.
    Matches(Operand, &'static str),
    /// `lowerAscii()`.
    Lower(Operand),
    /// A row of a table, by its name and the key's parts, which are joined by `/`.
    Lookup(&'static str, &'static [Operand]),
    /// All nodes of a kind or trait in the scope's accounts and regions.
    Nodes(&'static [KindId]),
    /// A method of [`crate::facts`]: name, receiver, arguments.
    Method(&'static str, Operand, &'static [Operand]),
}

/// Arithmetic on numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
}

/// Macros over lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Macro {
    /// At least one element meets the body.
    Exists,
    /// Every element meets the body.
    All,
    /// The elements that meet the body.
    Filter,
    /// What the body makes of each element.
    Map,
}

/// Tests of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTest {
    /// `startsWith`.
    StartsWith,
    /// `endsWith`.
    EndsWith,
    /// `contains`.
    Contains,
    /// `atLeast`: a version that is the other or a later one.
    AtLeast,
}

impl Program {
    /// Whether it is the negation of its text, as that of an `unless` is.
    #[must_use]
    pub fn negates_its_text(&self) -> bool {
        // The compiler gives the negation the place of what it negates; a written `!` begins before its operand.
        let Some(Node { op: Op::Not(operand), span }) = self.nodes.last() else { return false };
        self.nodes.get(*operand as usize).is_some_and(|operand| operand.span == *span)
    }
}
