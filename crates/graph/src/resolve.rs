//! Where references lead. Invariant: what rests on an input of a root (a variable, a parameter, a data source, an
//! opaque module) leads out of that root unless a node of it has the same symbolic identity; that is an assumption,
//! stated in the manual.

use language::ir::KindId;
use smol_str::SmolStr;
use value::declared::{Mode, Resource};
use value::{Condition, Identity, Kind, Presence, Reference, Unknown, Value, text_parts};

use crate::graph::{Graph, Node, NodeId, Resolved};
use crate::identity::{Class, class};
use crate::keys::Instances;
use crate::scope::AccountId;

/// How many references are followed one after the other.
const DEEPEST: u8 = 8;
/// Most nodes that one value leads to.
const MOST: usize = 4_096;

/// How far a text may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In the same root.
    Root,
    /// Anywhere in the account; in the same root for what has none.
    Account,
    /// Anywhere in the scan.
    Scan,
}

/// Whom a search is for.
#[derive(Clone, Copy)]
pub(crate) struct Search<'s> {
    /// The resource that holds the value.
    pub(crate) from: &'s Resource,
    pub(crate) account: Option<AccountId>,
    /// The kinds that are looked for; empty for any.
    pub(crate) kinds: &'s [KindId],
    pub(crate) reach: Reach,
}

/// What a search found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Nodes, and when the value leads to them.
    pub(crate) nodes: Vec<(Presence, NodeId)>,
    /// Why some of what the value may be is no node of the scan.
    pub(crate) unresolved: Option<Unresolved>,
}

/// A reference that leads to no node that is looked for.
#[derive(Debug, Clone)]
pub(crate) struct Unresolved {
    /// Why.
    pub(crate) reason: SmolStr,
    /// It may still lead to a node of its own root: something of the scan gives it, not an input.
    pub(crate) inside: bool,
}

impl Found {
    fn leaves(&mut self, reason: impl Into<SmolStr>, inside: bool) {
        let known = self.unresolved.get_or_insert_with(|| Unresolved { reason: reason.into(), inside });
        known.inside |= inside;
    }

    fn add(&mut self, presence: &Presence, node: NodeId) {
        let same = |(known, id): &&mut (Presence, NodeId)| *id == node && known.many == presence.many;
        if let Some((known, _)) = self.nodes.iter_mut().find(same) {
            known.when = std::mem::take(&mut known.when).or(presence.when.clone());
        } else if self.nodes.len() < MOST {
            self.nodes.push((presence.clone(), node));
        } else {
            self.leaves("it may be too many resources", true);
        }
    }
}

impl Graph<'_> {
    /// Where the reference (or identifying text) in `value` leads, seen from `from`, when it should be one of `kinds`
    /// (empty: any).
    #[must_use]
    pub fn resolve(&self, value: &Value, from: NodeId, kinds: &[KindId]) -> Resolved {
        let (Some(node), Some(resource)) = (self.node(from), self.resource(from)) else {
            return Resolved::Absent;
        };
        let search = Search { from: resource, account: node.account, kinds, reach: Reach::Scan };
        let found = self.search(value, &search);
        match (found.nodes.as_slice(), found.unresolved) {
            ([], Some(unresolved)) => Resolved::Outside(unresolved.reason),
            ([], None) => Resolved::Absent,
            ([(presence, only)], None) if presence.is_certain() => Resolved::Node(*only),
            (_, unresolved) => {
                let reason = unresolved.map(|unresolved| unresolved.reason);
                let reason = reason.unwrap_or_else(|| undecided(&found.nodes));
                let several = found.nodes.len() > 1;
                let condition =
                    |(presence, node)| (self.as_condition(&presence, node, resource, several), node);
                Resolved::OneOf(found.nodes.into_iter().map(condition).collect(), reason)
            }
        }
    }

    /// A presence as a condition. Whether something is there at all, or which of several namesakes is meant, becomes
    /// an atom of its own.
    fn as_condition(&self, presence: &Presence, node: NodeId, from: &Resource, several: bool) -> Condition {
        let Some(target) = self.resource(node) else { return Condition::Never };
        if several && presence.when == Condition::Always {
            return chosen(from, "resource", target);
        }
        if !presence.many {
            return presence.when.clone();
        }
        let expression = format!("whether {} refers to {}", from.address, target.address);
        let atom = Identity::new(&from.key, &expression).text;
        presence.when.clone().and(Condition::literal(atom, "true"))
    }

    /// All nodes that a value leads to.
    pub(crate) fn search(&self, value: &Value, search: &Search<'_>) -> Found {
        let mut found = Found::default();
        self.seek(value, search, &Presence::CERTAIN, DEEPEST, &mut found);
        found
    }

    fn seek(&self, value: &Value, search: &Search<'_>, presence: &Presence, depth: u8, found: &mut Found) {
        if depth == 0 {
            found.leaves("it is a reference of too many steps", true);
            return;
        }
        match &value.kind {
            Kind::Absent | Kind::Null => {}
            Kind::Alternatives(alternatives) => {
                for (when, choice) in &alternatives.choices {
                    let presence = presence.and(&Presence::guarded(when.clone()));
                    self.seek(choice, search, &presence, depth - 1, found);
                }
            }
            Kind::List(list) => {
                for item in &list.items {
                    self.seek(&item.value, search, &presence.and(&item.presence), depth - 1, found);
                }
                if let Some(open) = &list.open {
                    found.leaves(open.reason.clone(), false);
                }
            }
            Kind::Reference(reference) => self.seek_reference(reference, search, presence, depth, found),
            Kind::String(text) if text.is_empty() => {}
            Kind::String(_) | Kind::Number(_) | Kind::Template(_) | Kind::Unknown(_) => {
                self.seek_text(value, search, presence, found);
            }
            Kind::Bool(_) | Kind::Map(_) => found.leaves("it is no reference", false),
        }
    }

    fn seek_reference(
        &self,
        reference: &Reference,
        search: &Search<'_>,
        presence: &Presence,
        depth: u8,
        found: &mut Found,
    ) {
        match self.keys.find(reference) {
            Instances::None => {
                found.leaves(format!("{} is not in the scan", Identity::shown(&reference.to)), false);
            }
            Instances::One(index) => {
                self.seek_at(index, &reference.attribute, search, presence, depth, found)
            }
            Instances::Any(candidates) => {
                for index in candidates {
                    let Some(target) = self.declared.resources.get(index as usize) else { continue };
                    let presence = match one_each(search.from, target) {
                        true => presence.clone(),
                        false => presence.and(&Presence::guarded(chosen(
                            search.from,
                            &instance_of(&reference.to),
                            target,
                        ))),
                    };
                    self.seek_at(index, &reference.attribute, search, &presence, depth, found);
                }
            }
        }
    }

    /// What a reference to `attribute` of a resource leads to: the resource itself, the subject whose satellite it
    /// is, or what the attribute is set to.
    fn seek_at(
        &self,
        index: u32,
        attribute: &str,
        search: &Search<'_>,
        presence: &Presence,
        depth: u8,
        found: &mut Found,
    ) {
        let Some(target) = self.declared.resources.get(index as usize) else { return };
        let wanted = |kind: KindId| search.kinds.is_empty() || search.kinds.contains(&kind);
        let subjects = self.subjects_of(index);
        let own = |id: &&NodeId| {
            search.kinds.is_empty() || self.node(**id).and_then(|node| node.kind).is_some_and(wanted)
        };
        if target.mode == Mode::Managed
            && let Some(own) = subjects.iter().find(own)
        {
            found.add(presence, *own);
            return;
        }
        let joins = self.roles.of(index).iter().filter(|role| role.satellite && wanted(role.kind));
        let mut joins = joins.filter_map(|role| {
            let spelling = self.catalogue.kind(role.kind)?.spellings.get(role.spelling as usize)?;
            Some(crate::read::walk(&target.attributes, spelling.joins, true))
        });
        if let Some(join) = joins.next() {
            let search = Search { from: target, ..*search };
            self.seek(&join, &search, presence, depth - 1, found);
            return;
        }
        if let Some(written) = written(target, attribute) {
            self.seek(&written, &Search { from: target, ..*search }, presence, depth - 1, found);
            return;
        }
        if target.mode != Mode::Managed {
            found.leaves(format!("{} is looked up, not declared", target.address), false);
            return;
        }
        let itself = attribute.is_empty() || subjects.iter().any(|id| self.is_itself(*id, attribute));
        let gives =
            if itself { "is of another kind".to_owned() } else { format!("gives {attribute} when deployed") };
        found.leaves(format!("{} {gives}", target.address), !itself);
    }

    /// Whether an attribute of a node identifies the node.
    fn is_itself(&self, id: NodeId, attribute: &str) -> bool {
        match (self.node(id), self.model(id)) {
            (Some(node), Some(model)) => class(model, node.spelling, attribute) != Class::Other,
            _ => matches!(attribute, "id" | "arn" | "Arn" | "name"),
        }
    }

    /// Nodes that are called like a text.
    fn seek_text(&self, value: &Value, search: &Search<'_>, presence: &Presence, found: &mut Found) {
        let parts = text_parts(value, self);
        let every: Vec<KindId>;
        let kinds = if search.kinds.is_empty() {
            every = (0..).take(self.catalogue.kinds.len()).map(KindId).collect();
            &every
        } else {
            search.kinds
        };
        let reach = |node: &Node| match search.reach {
            Reach::Root => false,
            Reach::Account => search.account.is_some() && node.account == search.account,
            Reach::Scan => true,
        };
        let of_kind = |kind: &KindId| self.called(&parts, *kind, search.from.root, &reach);
        let called: Vec<NodeId> = kinds.iter().flat_map(of_kind).collect();
        match called.as_slice() {
            [] => found.leaves(outside(value), false),
            [only] => found.add(presence, *only),
            // Of several with one name each is it where it exists.
            many => {
                for id in many {
                    let own = self.node(*id).map(|node| node.presence.clone()).unwrap_or_default();
                    found.add(&presence.and(&own), *id);
                }
            }
        }
    }

    /// A reference to a node as a value, such as incoming attributes and `nodes("kind")` give.
    #[must_use]
    pub fn reference_to(&self, id: NodeId) -> Value {
        let Some(resource) = self.resource(id) else { return Value::absent() };
        let reference = Reference {
            to: resource.key.clone(),
            attribute: SmolStr::default(),
            many: resource.presence.many,
        };
        let origin = value::Origin { place: Some(resource.place), how: value::How::Fact, via: None };
        Value::new(Kind::Reference(reference.into()), origin)
    }
}

/// The value that a resource's source gives an attribute.
fn written(resource: &Resource, attribute: &str) -> Option<Value> {
    if attribute.is_empty() {
        return None;
    }
    let value = attribute.split('.').fold(resource.attributes.clone(), |value, name| value.get(name));
    let useless = matches!(value.kind, Kind::Absent | Kind::Null | Kind::Unknown(_));
    (!useless).then_some(value)
}

/// Whether two resources that each stand for any number of instances have one for one: they are counted by the same
/// expression.
pub(crate) fn one_each(a: &Resource, b: &Resource) -> bool {
    let identity = |resource: &Resource| match resource.instance.as_ref().map(|value| &value.kind) {
        Some(Kind::Unknown(unknown)) => unknown.identity.as_ref().map(|identity| identity.text.clone()),
        _ => None,
    };
    a.presence.many && b.presence.many && identity(a).is_some_and(|known| identity(b) == Some(known))
}

fn instance_of(to: &str) -> String {
    format!("instance of {}", Identity::shown(to))
}

/// The condition that a reference which may be to any of several things is to this one.
fn chosen(from: &Resource, what: &str, target: &Resource) -> Condition {
    let expression = format!("which {what} {} refers to", from.address);
    Condition::literal(Identity::new(&from.key, &expression).text, target.address.clone())
}

fn undecided(nodes: &[(Presence, NodeId)]) -> SmolStr {
    let mut reason = SmolStr::new_static("it may be one of several resources");
    for (presence, _) in nodes {
        presence.when.literals(&mut |literal| {
            reason = SmolStr::from(format!("{} is not known", Identity::shown(&literal.atom)));
        });
    }
    reason
}

/// Why a text leads to no node.
fn outside(value: &Value) -> SmolStr {
    let of_unknown = |unknown: &Unknown| unknown.reason.clone();
    match &value.kind {
        Kind::String(text) if !value.sensitive => SmolStr::from(format!("`{text}` is not in the scan")),
        Kind::Unknown(unknown) => of_unknown(unknown),
        Kind::Template(template) => {
            let part = template.parts.iter().find_map(|part| match part {
                value::Part::Value(Value { kind: Kind::Unknown(unknown), .. }) => Some(of_unknown(unknown)),
                _ => None,
            });
            part.unwrap_or_else(|| SmolStr::new_static("the text is not wholly known"))
        }
        _ => SmolStr::new_static("it is not in the scan"),
    }
}
