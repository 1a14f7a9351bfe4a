//! Where references lead. Invariant: what rests on an input of a root (a variable, a parameter, a data source, an
//! opaque module) leads out of that root unless a node of it has the same symbolic identity; that is an assumption,
//! stated in the manual.

use language::ir::KindId;
use smol_str::SmolStr;
use value::declared::{Mode, Resource};
use value::{Condition, Identity, Kind, Presence, Reference, Unknown, Value, text_parts};

use crate::choices::{either, is_long};
use crate::graph::{Graph, Node, NodeId, Resolved};
use crate::identity::{Called, Class, class};
use crate::keys::Instances;
use crate::read::walk;
use crate::scope::AccountId;

/// How many references are followed one after the other.
const DEEPEST: u8 = 8;
/// Most nodes that one value leads to.
const MOST: usize = 4_096;

/// Most literals of the condition under which a value leads to a node.
const LONGEST: usize = 32;

/// How far a text may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// In the same root.
    Root,
    /// Anywhere in the account; in the same root for what has none.
    Account,
    /// A name anywhere in the account, an ARN anywhere in the scan.
    Scan,
}

/// Whom a search is for.
#[derive(Clone, Copy)]
pub(crate) struct Search<'s> {
    /// The resource that holds the value; none for a question of the account as a whole.
    pub(crate) from: Option<&'s Resource>,
    pub(crate) account: Option<AccountId>,
    /// The kinds that are looked for; empty for any.
    pub(crate) kinds: &'s [KindId],
    pub(crate) reach: Reach,
}

/// A search on its way: what was met so far.
#[derive(Clone)]
struct Trail<'s> {
    search: Search<'s>,
    /// When the value leads here.
    presence: Presence,
    /// How many more steps it may take.
    left: u8,
}

impl<'s> Trail<'s> {
    fn deeper(&self) -> Self {
        Self { left: self.left - 1, ..self.clone() }
    }

    fn under(&self, presence: &Presence) -> Self {
        Self { presence: self.presence.and(presence), ..self.clone() }
    }

    fn from<'t>(&self, from: &'t Resource) -> Trail<'t>
    where
        's: 't,
    {
        Trail { search: Search { from: Some(from), ..self.search }, ..self.clone() }
    }
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
        let same = |(known, id): &&mut (Presence, NodeId)| {
            *id == node && known.many == presence.many && !is_long(&known.when, LONGEST)
        };
        if let Some((known, _)) = self.nodes.iter_mut().find(same) {
            known.when = either(std::mem::take(&mut known.when), presence.when.clone());
        } else if self.nodes.len() < MOST {
            self.nodes.push((presence.clone(), node));
        } else {
            self.leaves("it may be too many resources", true);
        }
    }
}

impl Graph<'_> {
    /// Where the reference (or identifying text) in `value` leads, seen from `from`, when it should be one of `kinds`
    /// (empty: any). A `from` that is no node of the graph sees the scan as a whole.
    #[must_use]
    pub fn resolve(&self, value: &Value, from: NodeId, kinds: &[KindId]) -> Resolved {
        let (account, from) = (self.node(from).and_then(|node| node.account), self.resource(from));
        let found = self.search(value, &Search { from, account, kinds, reach: Reach::Scan });
        match (found.nodes.as_slice(), found.unresolved) {
            ([], Some(unresolved)) => Resolved::Outside(unresolved.reason),
            ([], None) => Resolved::Absent,
            // The node may stand for any number of instances, one of which is meant.
            ([(presence, only)], None) if presence.when == Condition::Always => Resolved::Node(*only),
            (_, unresolved) => {
                let reason = unresolved.map(|unresolved| unresolved.reason);
                let reason = reason.unwrap_or_else(|| undecided(&found.nodes));
                let several = found.nodes.len() > 1;
                let condition = |(presence, node)| (self.as_condition(&presence, node, from, several), node);
                Resolved::OneOf(found.nodes.into_iter().map(condition).collect(), reason)
            }
        }
    }

    /// A presence as a condition; which of several namesakes is meant becomes an atom.
    fn as_condition(
        &self,
        presence: &Presence,
        id: NodeId,
        from: Option<&Resource>,
        several: bool,
    ) -> Condition {
        match self.resource(id) {
            Some(target) if several && presence.when == Condition::Always => chosen(from, "resource", target),
            Some(_) => presence.when.clone(),
            None => Condition::Never,
        }
    }

    /// All nodes that a value leads to.
    pub(crate) fn search(&self, value: &Value, search: &Search<'_>) -> Found {
        let mut found = Found::default();
        self.seek(value, &Trail { search: *search, presence: Presence::CERTAIN, left: DEEPEST }, &mut found);
        found
    }

    fn seek(&self, value: &Value, trail: &Trail<'_>, found: &mut Found) {
        if trail.left == 0 {
            found.leaves("it is a reference of too many steps", true);
            return;
        }
        match &value.kind {
            Kind::Absent | Kind::Null => {}
            Kind::Alternatives(alternatives) => {
                for (when, choice) in &alternatives.choices {
                    self.seek(choice, &trail.under(&Presence::guarded(when.clone())).deeper(), found);
                }
            }
            Kind::List(list) => {
                for item in &list.items {
                    self.seek(&item.value, &trail.under(&item.presence).deeper(), found);
                }
                if let Some(open) = &list.open {
                    found.leaves(open.reason.clone(), false);
                }
            }
            Kind::Reference(reference) => self.seek_reference(reference, trail, found),
            Kind::String(text) if text.is_empty() => {}
            Kind::String(_) | Kind::Number(_) | Kind::Template(_) | Kind::Unknown(_) => {
                self.seek_text(value, trail, found);
            }
            Kind::Bool(_) | Kind::Map(_) => found.leaves("it is no reference", false),
        }
    }

    fn seek_reference(&self, reference: &Reference, trail: &Trail<'_>, found: &mut Found) {
        match self.keys.find(reference) {
            Instances::None => {
                found.leaves(format!("{} is not in the scan", Identity::shown(&reference.to)), false);
            }
            Instances::One(index) => {
                let mut trail = trail.clone();
                // What stands outside of a repeated module means one of its copies.
                if let (Some(from), Some(target)) =
                    (trail.search.from, self.declared.resources.get(index as usize))
                {
                    trail.presence.many |= target.presence.many && !self.is_beside(from, target);
                }
                self.seek_at(index, &reference.attribute, &trail, found);
            }
            Instances::Any(candidates) => {
                let several = candidates.len() > 1;
                for target in candidates {
                    let Some(resource) = self.declared.resources.get(target as usize) else { continue };
                    let mut trail = trail.clone();
                    trail.presence.many |= resource.presence.many;
                    if several {
                        let what = format!("instance of {}", Identity::shown(&reference.to));
                        let when = chosen(trail.search.from, &what, resource);
                        trail = trail.under(&Presence::guarded(when));
                    }
                    self.seek_at(target, &reference.attribute, &trail, found);
                }
            }
        }
    }

    /// What a reference to `attribute` of a resource leads to: the resource itself, the subject whose satellite it
    /// is, or what the attribute is set to.
    fn seek_at(&self, index: u32, attribute: &str, trail: &Trail<'_>, found: &mut Found) {
        let Some(target) = self.declared.resources.get(index as usize) else { return };
        let kinds = trail.search.kinds;
        let wanted = |kind: KindId| kinds.is_empty() || kinds.contains(&kind);
        let is_wanted = |id: &&NodeId| match self.node(**id).and_then(|node| node.kind) {
            Some(kind) => wanted(kind),
            None => kinds.is_empty(),
        };
        let subjects = self.subjects_of(index);
        if let Some(own) = subjects.iter().filter(|_| target.mode == Mode::Managed).find(is_wanted) {
            found.add(&trail.presence, *own);
            return;
        }
        if self.seek_subject(index, target, trail, &wanted, found) {
            return;
        }
        if let Some(written) = written(target, attribute) {
            self.seek(&written, &trail.from(target).deeper(), found);
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

    /// Follows a satellite to its subject; false if the resource is none of a wanted kind.
    fn seek_subject(
        &self,
        index: u32,
        target: &Resource,
        trail: &Trail<'_>,
        wanted: &dyn Fn(KindId) -> bool,
        found: &mut Found,
    ) -> bool {
        let attached = self.attached.get(&index).map_or(&[][..], Vec::as_slice);
        let mut any = false;
        for id in attached {
            let Some(node) = self.node(*id).filter(|node| node.kind.is_some_and(wanted)) else { continue };
            let own = node.satellites.iter().find(|satellite| satellite.resource == index);
            let presence = own.map(|satellite| satellite.presence.clone()).unwrap_or_default();
            found.add(&trail.presence.and(&presence), *id);
            any = true;
        }
        if any {
            return true;
        }
        let mut roles = self.roles.of(index).iter().filter(|role| role.satellite && wanted(role.kind));
        let join = roles.find_map(|role| {
            let spelling = self.catalogue.kind(role.kind)?.spellings.get(role.spelling as usize)?;
            Some(walk(&target.attributes, spelling.joins, true))
        });
        if let Some(join) = &join {
            self.seek(join, &trail.from(target).deeper(), found);
        }
        join.is_some()
    }

    /// Whether an attribute of a node identifies the node.
    fn is_itself(&self, id: NodeId, attribute: &str) -> bool {
        match (self.node(id), self.model(id)) {
            (Some(node), Some(model)) => class(model, node.spelling, attribute) != Class::Other,
            _ => matches!(attribute, "id" | "arn" | "Arn" | "name"),
        }
    }

    /// Nodes that are called like a text.
    fn seek_text(&self, value: &Value, trail: &Trail<'_>, found: &mut Found) {
        let search = trail.search;
        let parts = text_parts(value, self);
        let every: Vec<KindId>;
        let kinds = if search.kinds.is_empty() {
            every = (0..).take(self.catalogue.kinds.len()).map(KindId).collect();
            &every
        } else {
            search.kinds
        };
        let whole = search.from.is_none();
        let in_account = |node: &Node| whole || (search.account.is_some() && node.account == search.account);
        let reach = |node: &Node, by_arn: bool| match search.reach {
            Reach::Root => false,
            Reach::Account => in_account(node),
            Reach::Scan => by_arn || in_account(node),
        };
        let root = search.from.map(|resource| resource.root);
        let called: Vec<Called> =
            kinds.iter().flat_map(|kind| self.called(&parts, *kind, root, &reach)).collect();
        if called.is_empty() {
            // What is not even known as an expression of inputs may be anything of its own root.
            let fresh = matches!(&value.kind, Kind::Unknown(unknown) if unknown.identity.is_none());
            found.leaves(outside(value), fresh);
        }
        let several = called.len() > 1;
        for (when, id) in called {
            let mut presence = trail.presence.and(&Presence::guarded(when));
            // Of several with one name each is it where it exists.
            if let Some(node) = self.node(id).filter(|_| several) {
                presence = presence.and(&node.presence);
            }
            found.add(&presence, id);
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

/// The condition that a reference which may be to any of several things is to this one.
pub(crate) fn chosen(from: Option<&Resource>, what: &str, target: &Resource) -> Condition {
    let (key, address) = from.map_or(("", "the account"), |from| (&from.key, &from.address));
    let expression = format!("which {what} {address} refers to");
    Condition::literal(Identity::new(key, &expression).text, target.address.clone())
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
