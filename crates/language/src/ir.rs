//! The compiled form of models and rules. Everything is `'static` and `Copy`: the built-in catalogue is a constant of
//! the program, and users' own files, which are read once at start, are leaked into the same shape.

pub use value::declared::Spelling as Language;

/// Index of a kind in [`Catalogue::kinds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KindId(pub u16);

/// Index of an attribute in [`Kind::attributes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AttrId(pub u16);

/// Models, rules and tables, compiled.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// Kinds, sorted by name.
    pub kinds: &'static [Kind],
    /// Traits, sorted by name.
    pub traits: &'static [Trait],
    /// Rules, sorted by id.
    pub rules: &'static [Rule],
    /// Lookup tables, sorted by name.
    pub tables: &'static [Table],
    /// Frameworks whose sections rules may cite, sorted by name.
    pub frameworks: &'static [Framework],
}

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
    /// Where it is absent, the attribute reached by this path of attribute names through references holds
    /// (`cluster.engine`).
    pub otherwise: &'static [&'static str],
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

/// A lookup table with a date.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Day on which the facts were true, `YYYY-MM-DD`.
    pub dated: &'static str,
    /// Where they come from.
    pub source: &'static str,
    /// How a key finds its row.
    pub matching: Matching,
    /// Names and types of the columns, sorted by name.
    pub columns: &'static [Field],
    /// Key and cells (in the order of the columns; none where a row leaves a column out), sorted by key.
    pub rows: &'static [(&'static str, &'static [Option<Literal>])],
}

/// How a key finds its row in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Equal.
    Exact,
    /// The longest row key that the key starts with.
    LongestPrefix,
    /// The most specific row key with `*` and `?` that matches; a key without them first, then the longest.
    Glob,
}

/// A framework.
#[derive(Debug, Clone, Copy)]
pub struct Framework {
    /// `hipaa`, `well-architected`, `nist-800-53`.
    pub name: &'static str,
    /// Its name for reports.
    pub title: &'static str,
    /// Day and source of the list.
    pub source: &'static str,
    /// Its sections, in the framework's order.
    pub sections: &'static [Section],
}

/// A section of a framework.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// `164.312(a)(1)`, `REL09-BP01`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// `required`, `addressable` or empty.
    pub requirement: &'static str,
    /// Family or pillar that it belongs to.
    pub group: &'static str,
}

/// A rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `s3-versioning`.
    pub id: &'static str,
    /// States the good state.
    pub title: &'static str,
    /// Names the bad state; `{self.attr}` is replaced by the value.
    pub message: &'static str,
    /// What to type.
    pub help: &'static str,
    /// Why it matters, for a reader who has never met the service.
    pub why: &'static str,
    /// The pillar.
    pub pillar: Pillar,
    /// How bad a failure is.
    pub severity: Grading,
    /// What is judged.
    pub scope: Scope,
    /// The kinds and traits of its subject, as the file names them; empty for other scopes.
    pub subjects: &'static [&'static str],
    /// Where it applies; `unless` is lowered to its negation.
    pub when: Option<Program>,
    /// What is asked.
    pub body: Body,
    /// Names of the attributes that a diagnostic points at, before those that decided.
    pub points_at: &'static [&'static str],
    /// Parameters.
    pub params: &'static [Param],
    /// Framework and citations.
    pub controls: &'static [(&'static str, &'static [&'static str])],
    /// Tool and equivalent checks.
    pub peers: &'static [(&'static str, &'static [&'static str])],
    /// The declared fix, for documentation and for a later step.
    pub fix: Fix,
    /// What the verdict is when the deciding value is an input without default: `pass` where presence decides.
    pub variable_passes: bool,
    /// Old ids that still select it.
    pub aliases: &'static [&'static str],
    /// Languages it is meant for; empty for all.
    pub languages: &'static [Language],
    /// Ids of rules whose result on the same element this one covers.
    pub covers: &'static [&'static str],
    /// Path of its file, relative to `rules/`.
    pub file: &'static str,
    /// Its examples.
    pub examples: &'static [Example],
}

/// A Well-Architected pillar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pillar {
    /// Security.
    Security,
    /// Reliability.
    Reliability,
    /// Operational excellence.
    OperationalExcellence,
    /// Performance efficiency.
    PerformanceEfficiency,
    /// Cost optimization.
    CostOptimization,
    /// Sustainability.
    Sustainability,
}

impl Pillar {
    /// All, in the order of reports.
    pub const ALL: [Self; 6] = [
        Self::Security,
        Self::Reliability,
        Self::OperationalExcellence,
        Self::PerformanceEfficiency,
        Self::CostOptimization,
        Self::Sustainability,
    ];

    /// Its id, as in rule files and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Reliability => "reliability",
            Self::OperationalExcellence => "operational-excellence",
            Self::PerformanceEfficiency => "performance-efficiency",
            Self::CostOptimization => "cost-optimization",
            Self::Sustainability => "sustainability",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Security => "Security",
            Self::Reliability => "Reliability",
            Self::OperationalExcellence => "Operational Excellence",
            Self::PerformanceEfficiency => "Performance Efficiency",
            Self::CostOptimization => "Cost Optimization",
            Self::Sustainability => "Sustainability",
        }
    }
}

/// How bad a failure is; ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

impl Severity {
    /// All, from the mildest.
    pub const ALL: [Self; 5] = [Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Its id, as in rule files and JSON.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// The severity of a rule: the first case whose predicate holds (or cannot be told and is the higher one), else the
/// last resort.
#[derive(Debug, Clone, Copy)]
pub struct Grading {
    /// Cases in order of the file. In rules with `each` or `none`, `it` is the failing element.
    pub cases: &'static [(Severity, Program)],
    /// Where no case holds.
    pub otherwise: Severity,
}

/// What a rule judges.
#[derive(Debug, Clone, Copy)]
pub enum Scope {
    /// Every node of these kinds (those of a trait are listed one by one).
    Kinds(&'static [KindId]),
    /// Every managed resource, modelled or not.
    AnyResource,
    /// Every thing of a mode: `variable`, `parameter`, `provider`, `backend`, `module-call`, `output`.
    Things(&'static str),
    /// Each account of the scan, once.
    Account,
    /// Each region of each account of the scan, once.
    Region,
}

/// What a rule asks.
#[derive(Debug, Clone, Copy)]
pub enum Body {
    /// The predicate holds.
    Check(Program),
    /// The predicate holds for each element (`it`) of the list.
    Each(Program, Program),
    /// The list has no element.
    None(Program),
}

/// A parameter of a rule.
#[derive(Debug, Clone, Copy)]
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Its value unless configured.
    pub default: Literal,
    /// The least a number may be configured to.
    pub min: Option<&'static str>,
}

/// What a rule offers as a fix.
#[derive(Debug, Clone, Copy)]
pub enum Fix {
    /// None.
    None,
    /// Attributes to set, and whether that is safe (no replacement, downtime or cost).
    Set {
        /// Attribute and value.
        set: &'static [(&'static str, Literal)],
        /// Whether it is safe.
        safe: bool,
    },
    /// Text that is shown, never applied: language and snippet.
    Snippet(&'static [(Language, &'static str)]),
}

/// An example of a rule file.
#[derive(Debug, Clone, Copy)]
pub struct Example {
    /// `true` under `pass`, `false` under `fail`, none under `unknown`.
    pub passes: Option<bool>,
    /// Its language.
    pub language: Language,
    /// Its text.
    pub text: &'static str,
    /// Line of the rule file at which the text starts, from 1.
    pub line: u32,
}

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
}

impl Catalogue {
    /// The kind with this id. Ids come from the catalogue itself.
    #[must_use]
    pub fn kind(&self, id: KindId) -> Option<&'static Kind> {
        self.kinds.get(id.0 as usize)
    }

    /// The kind with this name.
    #[must_use]
    pub fn kind_named(&self, name: &str) -> Option<KindId> {
        let index = self.kinds.binary_search_by(|kind| kind.name.cmp(name)).ok()?;
        u16::try_from(index).ok().map(KindId)
    }

    /// The trait with this name.
    #[must_use]
    pub fn trait_named(&self, name: &str) -> Option<&'static Trait> {
        self.traits.binary_search_by(|known| known.name.cmp(name)).ok().and_then(|at| self.traits.get(at))
    }

    /// The rule with this id or alias.
    #[must_use]
    pub fn rule(&self, id: &str) -> Option<&'static Rule> {
        let by_id =
            self.rules.binary_search_by(|rule| rule.id.cmp(id)).ok().and_then(|at| self.rules.get(at));
        by_id.or_else(|| self.rules.iter().find(|rule| rule.aliases.contains(&id)))
    }

    /// The table with this name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&'static Table> {
        self.tables.binary_search_by(|table| table.name.cmp(name)).ok().and_then(|at| self.tables.get(at))
    }
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
