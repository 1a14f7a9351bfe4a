//! Planned values: `after`, `after_unknown` and `after_sensitive` walked side by side with the expressions of the
//! configuration.
//!
//! - A known planned value stands, even where the configuration is silent: it is what the provider will set. What is
//!   just an attribute that the provider computed stays a reference to it: plans before and after apply say the same.
//! - An unknown value that the configuration gives an expression is a reference, if the expression comes down to one,
//!   or unknown. One without an expression is absent: the provider computes it, nobody wrote it. Source and plan agree.
//!   `dynamic` blocks have no expressions in a plan, so what is unknown inside a block without one stays unknown.
//! - A null, and an empty list without an expression (a block that nobody wrote), are absent.
//! - The text of a sensitive value is never loaded, only where it came from.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind, Scalar, ScalarStyle};
use source::{FileId, Place};
use value::{How, Kind, List, Map, MapEntry, Number, Origin, Part, StepKind, Unknown, Value};

use super::configuration::{Configuration, Followed, Scope, is_expression, references_of};
use super::document::Change;
use crate::data::policy_document;

/// Deepest nesting of a planned value.
const DEPTH: usize = 64;

/// Most policy documents that are made of one another.
const MOST_DOCUMENTS: usize = 4;

/// What stands for the text of a sensitive value.
const HIDDEN: &str = "(sensitive)";

/// What planned values are read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// They are all that is known.
    Alone,
    /// They are laid over what the source says, so known nulls and empty lists are told.
    Overlay,
    /// A policy document that is read when the plan is applied.
    Document(usize),
}

/// A planned value with everything that is said about it.
#[derive(Clone, Copy)]
pub(super) struct Planned<'a> {
    pub(super) after: Option<&'a Node>,
    pub(super) unknown: Option<&'a Node>,
    pub(super) sensitive: Option<&'a Node>,
    pub(super) expressions: Option<&'a Node>,
    pub(super) file: FileId,
    pub(super) scope: Scope<'a>,
    pub(super) configuration: &'a Configuration<'a>,
    pub(super) purpose: Purpose,
    /// Inside a block that has no expressions, as those of `dynamic` have none.
    pub(super) silent: bool,
    /// The resource does not exist yet, so the provider has filled in no block.
    pub(super) created: bool,
    /// One of several unknown elements of one expression: which of its references stands where is not told.
    pub(super) shared: bool,
}

/// The value of a resource's attributes.
pub(super) fn convert(planned: &Planned<'_>) -> Value {
    planned.at_depth(DEPTH)
}

impl<'a> Planned<'a> {
    fn at_depth(&self, depth: usize) -> Value {
        if depth == 0 {
            let unknown = Unknown::fresh("the planned value is nested too deeply");
            return Value::unknown(unknown, Origin::default());
        }
        if is_true(self.unknown) {
            return self.not_known();
        }
        let Some(after) = self.after else { return self.mapping(depth, &[]) };
        let sensitive = is_true(self.sensitive);
        match &after.kind {
            NodeKind::Mapping(entries) => self.mapping(depth, entries).with_sensitivity(sensitive),
            NodeKind::Sequence(items) => self.sequence(after, items, depth).with_sensitivity(sensitive),
            NodeKind::Scalar(scalar) => self.scalar(after, scalar, sensitive),
        }
    }

    fn scalar(&self, after: &Node, scalar: &Scalar, sensitive: bool) -> Value {
        let followed =
            self.expressions.and_then(|expression| self.configuration.follow(expression, self.scope));
        let origin = self.came(after, followed.as_ref());
        match scalar.style {
            ScalarStyle::Null => match (self.purpose, self.expressions) {
                (Purpose::Overlay, Some(_)) => Value::new(Kind::Null, origin),
                _ => Value::absent(),
            },
            ScalarStyle::Bool => Value::bool(scalar.text == "true", origin).with_sensitivity(sensitive),
            _ if sensitive => self.hidden(after),
            _ => match followed {
                Some(Followed::Attribute(to)) if self.configuration.is_computed(&to, &scalar.text) => {
                    Value::new(Kind::Reference(Arc::new(to)), origin)
                }
                _ => self::scalar(scalar, origin).unwrap_or_else(Value::absent),
            },
        }
    }

    /// Where a known value came from. What has no expression is filled in by the provider.
    fn came(&self, after: &Node, followed: Option<&Followed<'_>>) -> Origin {
        let origin = Origin::literal(Place::new(self.file, after.span));
        match followed {
            _ if self.expressions.is_none() => self.filled_in(origin),
            Some(Followed::Variable(name, default)) => {
                self.through_variable(&origin, name.clone(), *default, after)
            }
            _ => origin,
        }
    }

    /// The origin of what has no expression: a block may still be one of `dynamic`, until the provider knows better.
    fn filled_in(&self, origin: Origin) -> Origin {
        if self.silent && self.created { origin } else { Origin { how: How::Default, ..origin } }
    }

    fn through_variable(
        &self,
        origin: &Origin,
        name: SmolStr,
        default: Option<&Node>,
        after: &Node,
    ) -> Origin {
        match default.filter(|default| default.text() == after.text()) {
            Some(default) => {
                let place = Place::new(self.file, default.span);
                origin.through(StepKind::VariableDefault, name, Some(place))
            }
            // What is a part of the variable's value is told by no default.
            None if after.text().is_none() || self.silent => origin.clone(),
            None => origin.through(StepKind::VariableSet, name, None),
        }
    }

    /// A sensitive text, not loaded: that it is set, and by what, is all that is needed.
    fn hidden(&self, after: &Node) -> Value {
        let origin = Origin::literal(Place::new(self.file, after.span));
        let followed =
            self.expressions.and_then(|expression| self.configuration.follow(expression, self.scope));
        let value = match followed {
            Some(Followed::Literal) => Value::string(HIDDEN, origin),
            Some(Followed::Variable(name, default)) => {
                Value::string(HIDDEN, self.through_variable(&origin, name, default, after))
            }
            Some(Followed::Attribute(reference)) => Value::new(Kind::Reference(Arc::new(reference)), origin),
            Some(Followed::Document(_) | Followed::PartOfVariable(..)) | None => {
                let why = "the planned value is sensitive, and the plan does not tell where it comes from";
                Value::unknown(Unknown { may_be_absent: true, ..Unknown::fresh(why) }, origin)
            }
        };
        value.with_sensitivity(true)
    }

    fn mapping(&self, depth: usize, after: &'a [Entry]) -> Value {
        let unknowns = self.unknown.map(Node::entries).unwrap_or_default();
        if self.after.is_none() && unknowns.is_empty() {
            return Value::absent();
        }
        let known = Lookup::new(self.after);
        let (unknown, sensitive) = (Lookup::new(self.unknown), Lookup::new(self.sensitive));
        let expressions = Lookup::new(self.expressions.filter(|node| !is_expression(node)));
        let whole = self.expressions.filter(|node| is_expression(node));
        let last =
            |entry: &&Entry| unknown.get(&entry.key).is_some_and(|last| std::ptr::eq(last, &entry.value));
        let missing = unknowns.iter().filter(|entry| known.get(&entry.key).is_none()).filter(last);
        let shared = unknowns.iter().filter(|entry| is_true(Some(&entry.value))).take(2).count() > 1;
        let mut entries: Vec<MapEntry> = Vec::new();
        for entry in after.iter().chain(missing) {
            let name = entry.key.as_str();
            // Of a key that is repeated, the last one counts.
            if known.get(name).is_some_and(|last| !std::ptr::eq(last, &entry.value)) {
                continue;
            }
            let inner = Planned {
                after: known.get(name),
                unknown: unknown.get(name),
                sensitive: sensitive.get(name).or_else(|| self.sensitive.and_then(wholly)),
                expressions: expressions.get(name).or(whole),
                shared: whole.is_some() && (shared || self.shared),
                ..*self
            };
            let value = inner.at_depth(depth - 1);
            // Arguments that are only written are null in every plan.
            let written_only = matches!(value.kind, Kind::Null) && name.ends_with("_wo");
            if !value.is_absent() && !written_only {
                let place = Some(Place::new(self.file, entry.key_span));
                entries.push(MapEntry { place, ..MapEntry::certain(entry.key.clone(), value) });
            }
        }
        // A large plan is mostly small maps: what they reserve beyond their entries adds up.
        entries.shrink_to_fit();
        let origin = self.after.map_or_else(Origin::default, |node| self.whole(node, false));
        Value::new(Kind::Map(Arc::new(Map::new(entries, None))), origin)
    }

    fn sequence(&self, after: &Node, items: &'a [Node], depth: usize) -> Value {
        if items.is_empty() && self.expressions.is_none() && self.purpose != Purpose::Overlay {
            return Value::absent();
        }
        let at = |list: Option<&'a Node>, index: usize| list.and_then(|node| node.items().get(index));
        let unknowns = (0..items.len()).filter(|index| is_true(at(self.unknown, *index)));
        let shared = unknowns.take(2).count() > 1;
        let values = items.iter().enumerate().map(|(index, item)| {
            // The blocks of a list have an expression each; an attribute, and a block that may stand once, have one.
            let expressions = match self.expressions {
                Some(node) if matches!(node.kind, NodeKind::Mapping(_)) => Some(node),
                blocks => at(blocks, index),
            };
            let inner = Planned {
                after: Some(item),
                unknown: at(self.unknown, index),
                sensitive: at(self.sensitive, index).or_else(|| self.sensitive.and_then(wholly)),
                expressions,
                silent: self.silent || expressions.is_none(),
                shared: expressions.is_some_and(is_expression) && (shared || self.shared),
                ..*self
            };
            inner.at_depth(depth - 1)
        });
        let mut items: Vec<_> = values.filter(|value| !value.is_absent()).map(value::Item::certain).collect();
        items.shrink_to_fit();
        let blocks = after.items().first().is_some_and(|item| matches!(item.kind, NodeKind::Mapping(_)));
        Value::new(Kind::List(Arc::new(List::new(items, None))), self.whole(after, blocks))
    }

    /// The origin of a list or a map.
    fn whole(&self, node: &Node, blocks: bool) -> Origin {
        let origin = Origin::literal(Place::new(self.file, node.span));
        match self.expressions {
            Some(_) => origin,
            None => Self { silent: self.silent || blocks, ..*self }.filled_in(origin),
        }
    }

    /// A value that is known after the plan is applied.
    fn not_known(&self) -> Value {
        let sensitive = is_true(self.sensitive);
        let Some(expression) = self.expressions else {
            if !self.silent || self.purpose == Purpose::Overlay {
                return Value::absent();
            }
            let unknown = Unknown::fresh("it is known after the plan is applied");
            let unknown = Unknown { may_be_absent: true, ..unknown };
            return Value::unknown(unknown, Origin::default()).with_sensitivity(sensitive);
        };
        let origin = Origin::computed(Place::new(self.file, expression.span));
        let is_map = self.sensitive.is_some_and(|node| matches!(node.kind, NodeKind::Mapping(_)));
        let value = match self.configuration.follow(expression, self.scope) {
            // A map of its own holds what is referred to, it is not what is referred to.
            _ if is_map => None,
            Some(Followed::Attribute(reference)) if reference.many || !self.shared => {
                Some(Value::new(Kind::Reference(Arc::new(reference)), origin.clone()))
            }
            Some(Followed::Document(change)) if !self.shared => self.document(change),
            _ => None,
        };
        let in_text = matches!(self.purpose, Purpose::Document(_));
        let value = match value {
            Some(reference) if in_text && matches!(reference.kind, Kind::Reference(_)) => around(reference),
            Some(value) => value,
            None => {
                let named = references_of(expression).first().map(|name| format!(" ({name})"));
                let why = format!("it is known after the plan is applied{}", named.unwrap_or_default());
                Value::unknown(Unknown::fresh(why), origin)
            }
        };
        value.with_sensitivity(sensitive)
    }

    /// The policy of an `aws_iam_policy_document`, as far as the plan knows its arguments.
    fn document(&self, change: &Change) -> Option<Value> {
        let nested = match self.purpose {
            Purpose::Document(nested) => nested + 1,
            _ => 1,
        };
        if let Some(known) = self.configuration.document(&change.address) {
            return Some(known);
        }
        let node = self.configuration.change(change).filter(|_| nested <= MOST_DOCUMENTS)?;
        let header = Place::new(self.file, node.get("address")?.span);
        let planned = node.get("change")?;
        let (scope, block) = self.configuration.scope(&change.module, &change.address);
        let arguments = convert(&Planned {
            after: planned.get("after"),
            unknown: planned.get("after_unknown"),
            sensitive: planned.get("after_sensitive"),
            expressions: block.and_then(|block| block.get("expressions")),
            scope,
            purpose: Purpose::Document(nested),
            silent: false,
            created: true,
            shared: false,
            ..*self
        });
        let policy = policy_document::document(&mut |value| value, &arguments, header);
        self.configuration.keep_document(&change.address, &policy);
        Some(policy)
    }
}

/// A scalar that is not null as a value.
pub(super) fn scalar(scalar: &Scalar, origin: Origin) -> Option<Value> {
    Some(match scalar.style {
        ScalarStyle::Null => return None,
        ScalarStyle::Bool => Value::bool(scalar.text == "true", origin),
        ScalarStyle::Number => match Number::parse(&scalar.text) {
            Some(number) => Value::number(number, origin),
            None => Value::string(scalar.text.clone(), origin),
        },
        _ => Value::string(scalar.text.clone(), origin),
    })
}

/// A text of which a plan tells no more than which attribute is in it: in policies, `${aws_s3_bucket.x.arn}/*` is as
/// usual as the ARN alone.
fn around(reference: Value) -> Value {
    let rest = |origin: &Origin| {
        let unknown = Unknown::fresh("the rest of the text is known after the plan is applied");
        Part::Value(Value::unknown(unknown, origin.clone()))
    };
    let origin = reference.origin.clone();
    Value::template([rest(&origin), Part::Value(reference), rest(&origin)], origin.clone())
}

/// The entries of a mapping by key.
enum Lookup<'a> {
    Few(Option<&'a Node>),
    Many(FxHashMap<&'a str, &'a Node>),
}

impl<'a> Lookup<'a> {
    /// Mappings with more entries than this are looked up in a map.
    const FEW: usize = 32;

    fn new(node: Option<&'a Node>) -> Self {
        let entries = node.map(Node::entries).unwrap_or_default();
        if entries.len() <= Self::FEW {
            return Self::Few(node);
        }
        Self::Many(entries.iter().map(|entry| (entry.key.as_str(), &entry.value)).collect())
    }

    fn get(&self, key: &str) -> Option<&'a Node> {
        match self {
            Self::Few(node) => node.and_then(|node| node.get(key)),
            Self::Many(entries) => entries.get(key).copied(),
        }
    }
}

fn wholly(node: &Node) -> Option<&Node> {
    is_true(Some(node)).then_some(node)
}

fn is_true(node: Option<&Node>) -> bool {
    let Some(Node { kind: NodeKind::Scalar(scalar), .. }) = node else { return false };
    scalar.style == ScalarStyle::Bool && scalar.text == "true"
}
