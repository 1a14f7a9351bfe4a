//! Attributes of nodes, and where one is to be pointed at that is absent.

use language::ir::{AttrId, Attribute, AttributeSource, How, KindId, Path, Step, Type};
use source::Place;
use value::declared::Resource;
use value::{Alternatives, Condition, How as Came, Item, Kind, List, Origin, Truth, Unknown, Value};

use crate::choices::{list, map};
use crate::graph::{Graph, NodeId, Resolved};
use crate::join::membership;
use crate::scope::{AccountId, RegionId};

/// How many nodes `else` follows one after the other.
const DEEPEST: u8 = 8;

impl Graph<'_> {
    /// Value of an attribute that the model spells or that other nodes point here with: the slot, `else` followed
    /// where it is absent or a default. Attributes that are facts are answered by `crates/facts`; here they are
    /// absent.
    #[must_use]
    pub fn attribute(&self, id: NodeId, attribute: AttrId) -> Value {
        self.attribute_within(id, attribute, DEEPEST)
    }

    fn attribute_within(&self, id: NodeId, attribute: AttrId, depth: u8) -> Value {
        let Some(declaration) = self.declaration(id, attribute) else { return Value::absent() };
        if let AttributeSource::Incoming(pairs) = declaration.source {
            return self.incoming.to(self, id, pairs);
        }
        let slot = self.slot(id, attribute).cloned().unwrap_or_else(Value::absent);
        if declaration.otherwise.is_empty() || !may_lack(&slot) {
            return slot;
        }
        let mut inherited = Value::absent();
        for path in declaration.otherwise {
            if !may_lack(&inherited) {
                break;
            }
            let next = self.through(id, path, depth);
            inherited = map(&inherited, &mut |value| if lacks(value) { next.clone() } else { value.clone() });
        }
        if inherited.is_absent() {
            return slot;
        }
        // Where the reference or the inherited value is missing, the slot's own default holds.
        map(&slot, &mut |own| match lacks(own) {
            true => map(&inherited, &mut |value| if value.is_absent() { own.clone() } else { value.clone() }),
            false => own.clone(),
        })
    }

    /// The attribute at a path of attribute names through references.
    fn through(&self, id: NodeId, path: &[&str], depth: u8) -> Value {
        let Some((name, rest)) = path.split_first() else { return Value::absent() };
        let Some((attribute, declaration)) = self.model(id).and_then(|model| model.attribute(name)) else {
            return Value::absent();
        };
        let Some(depth) = depth.checked_sub(1) else {
            return unknown("references lead in a circle");
        };
        let value = self.attribute_within(id, attribute, depth);
        if rest.is_empty() {
            return value;
        }
        let kinds = self.kinds_of(declaration);
        map(&value, &mut |value| match self.resolve(value, id, &kinds) {
            Resolved::Absent => Value::absent(),
            Resolved::Outside(reason) => unknown(reason),
            Resolved::Node(node) => self.through(node, rest, depth),
            Resolved::OneOf(nodes, reason) if nodes.len() > Alternatives::MOST => unknown(reason),
            Resolved::OneOf(nodes, reason) => {
                let mut otherwise = Condition::Always;
                let mut choices = Vec::with_capacity(nodes.len() + 1);
                for (when, node) in nodes {
                    otherwise = otherwise.and(when.clone().not());
                    choices.push((when, self.through(node, rest, depth)));
                }
                choices.push((otherwise, unknown(reason)));
                Value::alternatives(choices, value.origin.clone())
            }
        })
    }

    /// The kinds that a reference attribute may lead to, traits taken apart; none for any.
    #[must_use]
    pub fn kinds_of(&self, attribute: &Attribute) -> Vec<KindId> {
        let mut ty = attribute.ty;
        while let Type::List(inner) | Type::Map(inner) = ty {
            ty = *inner;
        }
        let Type::Ref(names) = ty else { return Vec::new() };
        let mut kinds = Vec::new();
        for name in names {
            match self.catalogue.kind_named(name) {
                Some(kind) => kinds.push(kind),
                None => kinds.extend(self.catalogue.trait_named(name).map_or(&[][..], |known| known.kinds)),
            }
        }
        kinds
    }

    /// Where the absence of an attribute is to be pointed at: the header of the deepest enclosing block that is
    /// there, in a satellite that could hold the attribute if one is joined, else the header of the subject.
    #[must_use]
    pub fn absence_place(&self, id: NodeId, attribute: AttrId) -> Option<Place> {
        let node = self.node(id)?;
        let model = self.model(id)?;
        let subject = self.resource(id)?;
        let enclosing = |spelling: u16, resource: &Resource| {
            let spelling = model.spellings.get(spelling as usize)?;
            let (_, how) = spelling.reads.iter().find(|(known, _)| *known == attribute)?;
            let mut deepest = (0, resource.place);
            deepest_block(how, resource, &mut deepest);
            Some(deepest)
        };
        let satellites = node.satellites.iter().filter_map(|satellite| {
            let resource = self.declared.resources.get(satellite.resource as usize)?;
            enclosing(satellite.spelling, resource)
        });
        let own =
            node.spelling.and_then(|spelling| enclosing(spelling, subject)).filter(|(depth, _)| *depth > 0);
        let best = satellites.chain(own).fold(None::<(usize, Place)>, |best, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        });
        Some(best.map_or(subject.place, |(_, place)| place))
    }

    /// References to all nodes of these kinds in an account and a region, where given: what `nodes("kind")` means.
    /// Stand-ins are not among them. Open if the account may hold more than the scan.
    #[must_use]
    pub fn nodes_in(&self, kinds: &[KindId], account: Option<AccountId>, region: Option<RegionId>) -> Value {
        let mut found = List::default();
        for id in kinds.iter().flat_map(|kind| self.of_kind(*kind)) {
            let (Some(node), Some(resource), Some(model)) =
                (self.node(*id), self.resource(*id), self.model(*id))
            else {
                continue;
            };
            let elsewhere =
                account.is_some() && node.account != account || region.is_some() && node.region != region;
            if node.stand_in || elsewhere {
                continue;
            }
            let mut presence = node.presence.clone();
            if node.membership != Truth::Yes {
                presence.when = presence.when.and(membership(resource, model));
            }
            found.items.push(Item { value: self.reference_to(*id), presence });
        }
        let open =
            |reason: &smol_str::SmolStr| Unknown { may_be_absent: true, ..Unknown::fresh(reason.clone()) };
        found.open = self.open_reason(account).map(|reason| open(reason).into());
        list(found, Origin { place: None, how: Came::Fact, via: None })
    }
}

/// Whether nothing is said: absent, or a default.
fn lacks(value: &Value) -> bool {
    value.is_absent() || value.origin.how == Came::Default
}

fn may_lack(value: &Value) -> bool {
    match &value.kind {
        Kind::Alternatives(alternatives) => alternatives.choices.iter().any(|(_, choice)| lacks(choice)),
        _ => lacks(value),
    }
}

fn unknown(reason: impl Into<smol_str::SmolStr>) -> Value {
    let unknown = Unknown { may_be_absent: true, ..Unknown::fresh(reason) };
    Value::unknown(unknown, Origin::default())
}

/// Finds the deepest block that a combinator reads in and that is there.
fn deepest_block(how: &How, resource: &Resource, deepest: &mut (usize, Place)) {
    match how {
        How::Path(path) | How::Rename(path, _) | How::Present(path) | How::SelfIf(path) => {
            walk_blocks(path, resource, deepest);
        }
        How::Pairs { path, .. }
        | How::Each { path, .. }
        | How::Follow { path, .. }
        | How::Json { path, .. } => {
            walk_blocks(path, resource, deepest);
        }
        How::OneOf(blocks) => blocks.iter().for_each(|(_, path)| walk_blocks(path, resource, deepest)),
        How::SetOf(members) => members.iter().for_each(|(_, how)| deepest_block(how, resource, deepest)),
        How::Any(hows) | How::First(hows) | How::Concat(hows) => {
            hows.iter().for_each(|how| deepest_block(how, resource, deepest));
        }
        How::Const(_) => {}
    }
}

fn walk_blocks(path: Path, resource: &Resource, deepest: &mut (usize, Place)) {
    let mut here = &resource.attributes;
    for (step, depth) in path.iter().zip(1..) {
        let inner = match (&here.kind, step) {
            (Kind::List(list), Step::Name(_)) => list.items.first().map(|item| &item.value),
            _ => Some(here),
        };
        let next = inner.and_then(|inner| match (&inner.kind, step) {
            (Kind::Map(map), Step::Name(name)) => {
                let entry = map.entry(name)?;
                Some((&entry.value, entry.place.or(entry.value.origin.place)))
            }
            (Kind::List(list), Step::Index(index)) => {
                let item = list.items.get(*index as usize)?;
                Some((&item.value, item.value.origin.place))
            }
            (Kind::List(list), Step::Entry(field, text)) => {
                let named = |item: &&Item| item.value.get(field).as_str() == Some(text);
                let item = list.items.iter().find(named)?;
                Some((&item.value, item.value.origin.place))
            }
            _ => None,
        });
        let Some((value, place)) = next else { return };
        // An attribute that is null or empty is no block around anything.
        let is_block = matches!(value.kind, Kind::Map(_) | Kind::List(_));
        if let Some(place) = place.filter(|_| is_block && depth > deepest.0) {
            *deepest = (depth, place);
        }
        here = value;
    }
}
