//! Types as predicates see them: names of kinds and records resolved, literals as the sets of their values.

use crate::facts::{EVERY_NODE, RECORDS};
use crate::ir::{
    AttributeSource, Catalogue, Default, How, Kind, KindId, Literal, Record, Spelling, Table, Type,
};
use crate::suggest;

/// A type.
#[derive(Debug, Clone)]
pub(crate) enum Ty {
    Null,
    Bool,
    Number,
    Text(Text),
    Policy,
    /// A node that is at hand: the subject. Any node, if there are no kinds.
    Node(Vec<KindId>),
    /// A reference, to be followed before anything is asked of the node.
    Ref(Vec<KindId>),
    List(Box<Ty>),
    Map(Box<Ty>),
    /// A record and the kind in whose terms its fields are written.
    Record(&'static Record, Option<KindId>),
    Row(&'static Table),
    Any,
}

/// A string.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text {
    /// All values that it can have, where they are known.
    pub(crate) values: Option<Vec<&'static str>>,
    /// It is folded to lower case.
    pub(crate) folded: bool,
}

/// What a predicate may know of an attribute.
pub(crate) struct AttributeInfo {
    pub(crate) ty: Ty,
    pub(crate) source: AttributeSource,
    /// It is never absent.
    pub(crate) present: bool,
}

impl Ty {
    pub(crate) const STRING: Self = Self::Text(Text { values: None, folded: false });

    /// A type of a model, whose records are those of `owner`, else those of the facts.
    pub(crate) fn of(catalogue: &Catalogue, ty: Type, owner: Option<KindId>) -> Self {
        match ty {
            Type::Bool => Self::Bool,
            Type::Number => Self::Number,
            Type::String | Type::Cidr => Self::STRING,
            Type::Enum(values) => Self::Text(Text { values: Some(values.to_vec()), folded: false }),
            Type::Policy => Self::Policy,
            Type::Ref(names) => Self::Ref(kinds_named(catalogue, names)),
            Type::List(inner) => Self::List(Box::new(Self::of(catalogue, *inner, owner))),
            Type::Map(inner) => Self::Map(Box::new(Self::of(catalogue, *inner, owner))),
            Type::Record(name) => {
                let own = owner.and_then(|kind| catalogue.kind(kind)).and_then(|kind| kind.record(name));
                let of_facts = || RECORDS.iter().find(|record| record.name == name);
                own.map(|record| Self::Record(record, owner))
                    .or_else(|| of_facts().map(|record| Self::Record(record, None)))
                    .unwrap_or(Self::Any)
            }
            Type::Any => Self::Any,
        }
    }

    /// The type of a literal.
    pub(crate) fn of_literal(literal: Literal) -> Self {
        match literal {
            Literal::Null => Self::Null,
            Literal::Bool(_) => Self::Bool,
            Literal::Number(_) => Self::Number,
            Literal::String(text) => Self::Text(Text { values: Some(vec![text]), folded: false }),
            Literal::List(items) => {
                let inner = items
                    .iter()
                    .map(|item| Self::of_literal(*item))
                    .reduce(|a, b| a.unite(&b).unwrap_or(Self::Any));
                Self::List(Box::new(inner.unwrap_or(Self::Any)))
            }
        }
    }

    /// The type of a value that is of one of two types, if there is one.
    pub(crate) fn unite(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => Some(Self::Any),
            (Self::Null, known) | (known, Self::Null) => Some(known.clone()),
            (Self::Bool, Self::Bool) => Some(Self::Bool),
            (Self::Number, Self::Number) => Some(Self::Number),
            (Self::Policy, Self::Policy) => Some(Self::Policy),
            (Self::Text(left), Self::Text(right)) => Some(Self::Text(left.unite(right))),
            (Self::Node(left), Self::Node(right)) => Some(Self::Node(join(left, right))),
            (Self::Ref(left), Self::Ref(right)) => Some(Self::Ref(join(left, right))),
            (Self::List(left), Self::List(right)) => Some(Self::List(Box::new(left.unite(right)?))),
            (Self::Map(left), Self::Map(right)) => Some(Self::Map(Box::new(left.unite(right)?))),
            (Self::Record(left, owner), Self::Record(right, _)) => {
                same_record(left, right).then_some(Self::Record(left, *owner))
            }
            (Self::Row(left), Self::Row(right)) => (left.name == right.name).then_some(Self::Row(left)),
            _ => None,
        }
    }

    /// Whether `==` can ever hold between the two, by their types.
    pub(crate) fn comparable(&self, other: &Self) -> bool {
        let texts = |ty: &Self| matches!(ty, Self::Text(_) | Self::Ref(_));
        let nodes = |ty: &Self| matches!(ty, Self::Node(_) | Self::Ref(_));
        let open = |ty: &Self| matches!(ty, Self::Any | Self::Null);
        open(self)
            || open(other)
            || texts(self) && texts(other)
            || nodes(self) && nodes(other)
            || matches!((self, other), (Self::Bool, Self::Bool) | (Self::Number, Self::Number))
    }

    /// Whether a value of type `self` may stand where `wanted` is.
    pub(crate) fn fits(&self, wanted: &Self) -> bool {
        match (self, wanted) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Text(_) | Self::Ref(_), Self::Text(_)) => true,
            (Self::List(inner), Self::List(wanted)) => inner.fits(wanted),
            (Self::Map(inner), Self::Map(wanted)) => inner.fits(wanted),
            (Self::Record(record, _), Self::Record(wanted, _)) => record.name == wanted.name,
            _ => self.unite(wanted).is_some(),
        }
    }

    /// The type in words.
    pub(crate) fn show(&self, catalogue: &Catalogue) -> String {
        let names = |kinds: &[KindId]| {
            let names: Vec<&str> =
                kinds.iter().filter_map(|kind| catalogue.kind(*kind)).map(|kind| kind.name).collect();
            if names.is_empty() { "any resource".to_owned() } else { names.join("|") }
        };
        match self {
            Self::Null => "null".into(),
            Self::Bool => "a boolean".into(),
            Self::Number => "a number".into(),
            Self::Text(Text { values: Some(values), .. }) if values.len() > 1 => {
                format!("one of {}", values.join(", "))
            }
            Self::Text(_) => "a string".into(),
            Self::Policy => "a policy".into(),
            Self::Node(kinds) => format!("a resource ({})", names(kinds)),
            Self::Ref(kinds) => format!("a reference ({})", names(kinds)),
            Self::List(inner) => format!("a list of {}", inner.show(catalogue).trim_start_matches("a ")),
            Self::Map(inner) => format!("a map to {}", inner.show(catalogue).trim_start_matches("a ")),
            Self::Record(record, _) => format!("a record `{}`", record.name),
            Self::Row(table) => format!("a row of the table `{}`", table.name),
            Self::Any => "anything".into(),
        }
    }
}

impl Text {
    fn unite(&self, other: &Self) -> Self {
        let values = match (&self.values, &other.values) {
            (Some(left), Some(right)) => {
                let mut all = left.clone();
                all.extend(right.iter().filter(|value| !left.contains(value)));
                Some(all)
            }
            _ => None,
        };
        Self { values, folded: self.folded || other.folded }
    }

    /// Why these two can never be equal, and what was probably meant.
    pub(crate) fn disjoint(&self, other: &Self) -> Option<(String, String)> {
        for (text, against) in [(self, other), (other, self)] {
            let Some([literal]) = text.values.as_deref() else { continue };
            if against.folded && literal.chars().any(char::is_uppercase) {
                let message = format!("`{literal}` has capitals, the value is folded to lower case");
                return Some((message, format!("write `{}`", literal.to_lowercase())));
            }
            if let Some(values) = &against.values
                && !values.contains(literal)
            {
                let help = suggest::help(literal, values.iter().copied());
                return Some((format!("`{literal}` is no value that this can have"), help));
            }
        }
        let (Some(left), Some(right)) = (&self.values, &other.values) else { return None };
        let apart = !left.iter().any(|value| right.contains(value));
        apart.then(|| {
            ("the two have no value in common".to_owned(), "compare attributes of one vocabulary".to_owned())
        })
    }
}

fn join(left: &[KindId], right: &[KindId]) -> Vec<KindId> {
    if left.is_empty() || right.is_empty() {
        return Vec::new();
    }
    let mut all: Vec<KindId> = left.iter().chain(right).copied().collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn same_record(left: &Record, right: &Record) -> bool {
    left.name == right.name
        && left.fields.len() == right.fields.len()
        && left.fields.iter().zip(right.fields).all(|(a, b)| a.name == b.name && a.ty == b.ty)
}

/// The kinds that names of kinds and traits stand for, sorted.
pub(crate) fn kinds_named(catalogue: &Catalogue, names: &[&str]) -> Vec<KindId> {
    let mut kinds: Vec<KindId> = Vec::new();
    for name in names {
        match (catalogue.kind_named(name), catalogue.trait_named(name)) {
            (Some(kind), _) => kinds.push(kind),
            (None, Some(known)) => kinds.extend(known.kinds),
            (None, None) => {}
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What is known of an attribute that all of `kinds` must have; none of them: of any node.
pub(crate) fn attribute(
    catalogue: &Catalogue,
    kinds: &[KindId],
    name: &str,
) -> Result<AttributeInfo, (String, String)> {
    if let Some(known) = EVERY_NODE.iter().find(|known| known.name == name) {
        let source = AttributeSource::Fact(known.name);
        return Ok(AttributeInfo { ty: Ty::of(catalogue, known.ty, None), source, present: true });
    }
    let every = || EVERY_NODE.iter().map(|known| known.name);
    if kinds.is_empty() {
        let message = format!("`{name}` is no attribute that every resource has");
        return Err((message, format!("{}; others: `self.raw[\"{name}\"]`", suggest::help(name, every()))));
    }
    let mut found: Option<AttributeInfo> = None;
    let mut missing = Vec::new();
    for id in kinds {
        let Some(kind) = catalogue.kind(*id) else { continue };
        let Some(info) = of_kind(catalogue, (*id, kind), name) else {
            missing.push(kind.name);
            continue;
        };
        found = Some(match found {
            None => info,
            Some(before) => {
                let Some(united) = before.ty.unite(&info.ty) else {
                    let (one, other) = (before.ty.show(catalogue), info.ty.show(catalogue));
                    let message = format!("`{name}` is {one} in one kind and {other} in another");
                    return Err((
                        message,
                        "write a rule for each kind, or give the attribute one type".into(),
                    ));
                };
                AttributeInfo { ty: united, source: before.source, present: info.present && before.present }
            }
        });
    }
    let missing = missing.join(", ");
    match found {
        Some(info) if missing.is_empty() => Ok(info),
        Some(_) => {
            let message = format!("`{name}` is no attribute of {missing}, which the rule speaks of too");
            Err((
                message,
                format!("add it to the model there (`{name}: none` in spellings that do not have it)"),
            ))
        }
        None => {
            let all = kinds.iter().filter_map(|id| catalogue.kind(*id)).flat_map(|kind| kind.attributes);
            let names: Vec<&str> = all.map(|attribute| attribute.name).chain(every()).collect();
            Err((format!("{missing} has no attribute `{name}`"), suggest::help(name, names.iter().copied())))
        }
    }
}

/// What is known of an attribute of one kind.
fn of_kind(catalogue: &Catalogue, (id, kind): (KindId, &Kind), name: &str) -> Option<AttributeInfo> {
    let (at, attribute) = kind.attribute(name)?;
    let mut ty = Ty::of(catalogue, attribute.ty, Some(id));
    if let Ty::Text(text) = &mut ty {
        text.folded = attribute.fold;
    }
    let main = || kind.spellings.iter().filter(|spelling| spelling.joins.is_empty());
    let by_spelling = |spelling: &Spelling| {
        let of_default = spelling.defaults.iter().any(|(of, default)| *of == at && is_sure(default));
        of_default || spelling.reads.iter().any(|(of, how)| *of == at && always_gives(how))
    };
    let present = attribute.required
        || !matches!(attribute.source, AttributeSource::Spelled)
        || attribute.default.as_ref().is_some_and(is_sure)
        || main().next().is_some() && main().all(by_spelling);
    Some(AttributeInfo { ty, source: attribute.source, present })
}

/// Whether a way to read never gives an absent value.
fn always_gives(how: &How) -> bool {
    match how {
        How::Present(_) => true,
        How::Any(hows) => hows.iter().any(always_gives),
        How::Const(literal) => *literal != Literal::Null,
        How::First(hows) => hows.last().is_some_and(always_gives),
        _ => false,
    }
}

/// Whether a default leaves nothing absent.
fn is_sure(default: &Default) -> bool {
    match default {
        Default::Literal(literal) => *literal != Literal::Null,
        Default::Unknown(_) => true,
        Default::Cases(cases) => cases.last().is_some_and(|(program, literal)| {
            let always = crate::ir::Op::Literal(Literal::Bool(true));
            *literal != Literal::Null && program.nodes.last().is_some_and(|node| node.op == always)
        }),
    }
}
