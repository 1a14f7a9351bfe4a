//! Kinds, their attributes and how each language spells them.

use std::fmt;

use super::{AttrId, KindId, Language, Program};

/// A kind of resource: one spelling of its attributes for all languages.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// `s3-bucket`.
    pub name: &'static str,
    /// Names of the traits it declares.
    pub traits: &'static [&'static str],
    /// AWS's name of the service, for reports (`Amazon S3`).
    pub service: &'static str,
    /// What identifies a resource of this kind in texts: the attribute that is its name.
    pub identity_name: Option<AttrId>,
    /// Its ARN as a template of its attributes; empty if the kind has none.
    pub identity_arn: &'static [TemplatePart],
    /// The attribute that CloudFormation's `Ref` gives.
    pub reference: Option<AttrId>,
    /// Its attributes, sorted by name; those of its traits are among them.
    pub attributes: &'static [Attribute],
    /// Its records, sorted by name.
    pub records: &'static [Record],
    /// How each language spells it.
    pub spellings: &'static [Spelling],
}

/// A part of an identity template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TemplatePart {
    /// Text.
    Text(&'static str),
    /// An attribute of the kind.
    Attribute(AttrId),
    /// `{partition}`, `{region}` or `{account}` of the resource.
    Place(&'static str),
}

/// Attributes that several kinds share, so that rules and facts may name them all.
#[derive(Debug, Clone, Copy)]
pub struct Trait {
    /// `data-store`.
    pub name: &'static str,
    /// Names and types of its attributes.
    pub attributes: &'static [(&'static str, Type)],
    /// The kinds that declare it.
    pub kinds: &'static [KindId],
}

/// An attribute of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its name in predicates.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Where its value comes from.
    pub source: AttributeSource,
    /// The provider's schema requires it, so a comparison needs no guard.
    pub required: bool,
    /// Compare and match it without regard to case: its value is folded to lower case at the model's border.
    pub fold: bool,
    /// An empty string, list or map counts as absent. The rule for references and names.
    pub empty_is_absent: bool,
    /// Its value is a secret: never shown.
    pub secret: bool,
    /// Where it is absent, the attribute reached by one of these paths of attribute names through references holds
    /// (`cluster.engine`): by the first that gives a value.
    pub otherwise: &'static [&'static [&'static str]],
    /// What holds where no spelling states a default of its own.
    pub default: Option<Default>,
}

/// Where the value of an attribute comes from.
#[derive(Debug, Clone, Copy)]
pub enum AttributeSource {
    /// Read from the source by the spellings.
    Spelled,
    /// The nodes that point here by one of these attributes (kind and name): a list of references to them.
    Incoming(&'static [(KindId, &'static str)]),
    /// Computed from the graph, in Rust, for the node (see [`crate::facts`]).
    Fact(&'static str),
    /// Computed in Rust from the value of the reference, even where no node stands behind it (`key.custody`).
    ReferenceFact(&'static str),
}

/// A type of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A boolean.
    Bool,
    /// A number.
    Number,
    /// A string.
    String,
    /// A string, one of these.
    Enum(&'static [&'static str]),
    /// A CIDR block, as a string.
    Cidr,
    /// A policy document in any spelling; facts make statements of it.
    Policy,
    /// A reference to a resource of one of these kinds (or traits).
    Ref(&'static [&'static str]),
    /// A list.
    List(&'static Type),
    /// A map from strings.
    Map(&'static Type),
    /// A record of the kind (or, in facts, of [`crate::facts`]), by name.
    Record(&'static str),
    /// Anything: a raw attribute, a fact's evidence.
    Any,
}

/// A record: the element type of a list attribute.
#[derive(Debug, Clone, Copy)]
pub struct Record {
    /// Its name.
    pub name: &'static str,
    /// The fields that make a stable key of an element.
    pub key: &'static [&'static str],
    /// Names and types of its fields, sorted by name.
    pub fields: &'static [Field],
}

/// A field of a record.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// What holds where it is not written.
    pub default: Option<Literal>,
    /// Its value is a secret.
    pub secret: bool,
}

/// How one language spells a kind, or a satellite of it.
#[derive(Debug, Clone, Copy)]
pub struct Spelling {
    /// The language.
    pub language: Language,
    /// The resource types; each reads alike.
    pub types: &'static [&'static str],
    /// For a satellite, the path of its reference to the subject. Empty for the subject itself.
    pub joins: Path,
    /// How far the subject of a satellite may be.
    pub within: Within,
    /// Only resources that meet all of these are this kind.
    pub filter: &'static [Filter],
    /// Always empty: the compiler puts `under` of the model file before the paths of `reads`.
    pub under: Path,
    /// Defaults of this spelling.
    pub defaults: &'static [(AttrId, Default)],
    /// Attributes that a fix writes here.
    pub preferred: &'static [AttrId],
    /// How each attribute is read; attributes that are left out have no spelling here.
    pub reads: &'static [(AttrId, How)],
}

/// How far the subject of a satellite may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Within {
    /// In the same root or stack.
    Stack,
    /// Anywhere in the account.
    Account,
}

/// A condition on a resource's own attributes.
#[derive(Debug, Clone, Copy)]
pub enum Filter {
    /// The value at the path equals the literal.
    Equals(Path, Literal),
    /// The value at the path does not equal the literal; an absent one does not.
    Differs(Path, Literal),
    /// There is a value at the path.
    Present(Path),
    /// There is no value at the path.
    Absent(Path),
}

/// A path in a resource's attributes.
pub type Path = &'static [Step];

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// An attribute, block or property.
    Name(&'static str),
    /// An element of a list.
    Index(u32),
    /// The element of a name/value list whose field has this text.
    Entry(&'static str, &'static str),
}

/// A default.
#[derive(Debug, Clone, Copy)]
pub enum Default {
    /// This value.
    Literal(Literal),
    /// AWS, a snapshot or something else out of sight decides, for this reason.
    Unknown(&'static str),
    /// The first whose predicate holds; a predicate that is not decided makes alternatives.
    Cases(&'static [(Program, Literal)]),
}

/// A literal of a model or a predicate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Literal {
    /// `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as decimal text.
    Number(&'static str),
    /// A string.
    String(&'static str),
    /// A list of literals.
    List(&'static [Literal]),
}

impl fmt::Display for Literal {
    /// As people read it: strings without quotes, lists in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(known) => write!(f, "{known}"),
            Self::Number(text) | Self::String(text) => f.write_str(text),
            Self::List(items) => {
                f.write_str("[")?;
                for (index, item) in items.iter().enumerate() {
                    let comma = if index == 0 { "" } else { ", " };
                    write!(f, "{comma}{item}")?;
                }
                f.write_str("]")
            }
        }
    }
}

/// How an attribute or a field is read from a resource's attributes.
#[derive(Debug, Clone, Copy)]
pub enum How {
    /// The value at the path; a block that may occur once is walked as one.
    Path(Path),
    /// The value at the path, renamed by the pairs; other values stay as they are.
    Rename(Path, &'static [(Literal, Literal)]),
    /// The name of the first of these whose path is present.
    OneOf(&'static [(&'static str, Path)]),
    /// The names of those that are present or true.
    SetOf(&'static [(&'static str, How)]),
    /// Whether there is a value at the path.
    Present(Path),
    /// Always this.
    Const(Literal),
    /// True if one of them is.
    Any(&'static [How]),
    /// The first one that is not absent.
    First(&'static [How]),
    /// A reference to this node itself, if the path is present.
    SelfIf(Path),
    /// A name/value list as a map.
    Pairs {
        /// The list.
        path: Path,
        /// Field that holds the name.
        key: &'static str,
        /// Field that holds the value.
        value: &'static str,
    },
    /// The lists one after the other.
    Concat(&'static [How]),
    /// A list of records.
    Each {
        /// The list, the repeated block, or the single map that is one element. Empty: the satellite itself is the
        /// one element.
        path: Path,
        /// Wrappers to descend through, where the elements are nested.
        through: &'static [Path],
        /// How each field is read, relative to the element. Empty: the element itself is the value.
        fields: &'static [(&'static str, How)],
    },
    /// Read from the resource that the reference at the path points to.
    Follow {
        /// The reference.
        path: Path,
        /// What is read there.
        how: &'static How,
    },
    /// Read from the JSON text at the path. Text that is not wholly known, or no JSON, reads as unknown.
    Json {
        /// The text.
        path: Path,
        /// What is read in it.
        how: &'static How,
    },
}

impl Kind {
    /// The attribute with this name.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<(AttrId, &'static Attribute)> {
        let index = self.attributes.binary_search_by(|attribute| attribute.name.cmp(name)).ok()?;
        Some((AttrId(u16::try_from(index).ok()?), self.attributes.get(index)?))
    }

    /// The record with this name.
    #[must_use]
    pub fn record(&self, name: &str) -> Option<&'static Record> {
        self.records.binary_search_by(|record| record.name.cmp(name)).ok().and_then(|at| self.records.get(at))
    }
}
