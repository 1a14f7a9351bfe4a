//! References that point to a node, by the attribute that holds them. Invariant: a list of them is open only where a
//! reference that leads nowhere may point to the node.

use language::ir::{AttributeSource, KindId, Within};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::declared::RootId;
use value::{How, Item, Kind, List, Origin, Presence, Truth, Unknown, Value};

use crate::choices::{list, relative};
use crate::graph::{Graph, NodeId};
use crate::join::{OUTSIDE, membership};
use crate::resolve::{Reach, Search, Unresolved};
use crate::scope::AccountId;

/// A kind and an attribute of it by which nodes point to others.
type Pair = (KindId, &'static str);

/// All references that incoming attributes ask for.
#[derive(Default)]
pub(crate) struct Incoming {
    pointers: FxHashMap<(Pair, NodeId), Vec<Pointer>>,
    open: FxHashMap<Pair, Vec<Open>>,
    /// Pairs whose holders may stand anywhere in the account.
    wide: FxHashMap<Pair, bool>,
}

struct Pointer {
    from: NodeId,
    presence: Presence,
    origin: Origin,
}

/// References of a root that lead to no node.
struct Open {
    root: RootId,
    account: Option<AccountId>,
    unresolved: Unresolved,
}

/// Finds them.
pub(crate) fn collect(graph: &Graph<'_>) -> Incoming {
    let mut pairs: Vec<(Pair, Vec<KindId>)> = Vec::new();
    for (kind, id) in graph.catalogue.kinds.iter().zip(0u16..) {
        for attribute in kind.attributes {
            let AttributeSource::Incoming(wanted) = attribute.source else { continue };
            for pair in wanted {
                match pairs.iter_mut().find(|(known, _)| known == pair) {
                    Some((_, kinds)) => kinds.push(KindId(id)),
                    None => pairs.push((*pair, vec![KindId(id)])),
                }
            }
        }
    }
    let mut incoming = Incoming::default();
    for (pair, kinds) in &pairs {
        incoming.wide.insert(*pair, is_wide(graph, *pair));
        for from in graph.of_kind(pair.0) {
            incoming.add(graph, *pair, *from, kinds);
        }
    }
    incoming
}

/// Whether a spelling of the kind may stand anywhere in the account.
fn is_wide(graph: &Graph<'_>, (kind, _): Pair) -> bool {
    let spellings = graph.catalogue.kind(kind).map_or(&[][..], |model| model.spellings);
    spellings.iter().any(|spelling| spelling.within == Within::Account)
}

impl Incoming {
    fn add(&mut self, graph: &Graph<'_>, pair: Pair, from: NodeId, kinds: &[KindId]) {
        let (Some(node), Some(resource), Some(model)) =
            (graph.node(from), graph.resource(from), graph.model(from))
        else {
            return;
        };
        let mut names = pair.1.split('.');
        let Some((id, _)) = names.next().and_then(|name| model.attribute(name)) else { return };
        let whole = graph.attribute(from, id);
        // What a subject outside the scan says is not asked here: any number of such point to anything.
        if node.stand_in && matches!(&whole.kind, Kind::Unknown(unknown) if unknown.reason == OUTSIDE) {
            return;
        }
        // A path through records: the names are those of their fields.
        let value = names.fold(whole, |value, field| within_elements(&value, field));
        let search = Search { from: Some(resource), account: node.account, kinds, reach: Reach::Scan };
        let found = graph.search(&value, &search);
        for (presence, to) in found.nodes {
            let Some(target) = graph.node(to) else { continue };
            let mut presence = presence.and(&node.presence);
            if node.membership != Truth::Yes {
                presence.when = presence.when.and(membership(resource, model));
            }
            presence.when = relative(&presence.when, &target.presence.when);
            // One for each instance of the target is one for the node that stands for all of them.
            presence.many &= !graph.resource(to).is_some_and(|target| graph.one_each(resource, target));
            let origin =
                Origin { place: value.origin.place.or(Some(resource.place)), how: How::Fact, via: None };
            self.pointers.entry((pair, to)).or_default().push(Pointer { from, presence, origin });
        }
        if let Some(unresolved) = found.unresolved {
            let open = self.open.entry(pair).or_default();
            let known = |open: &Open| {
                open.root == resource.root
                    && open.account == node.account
                    && open.unresolved.inside == unresolved.inside
            };
            if !open.iter().any(known) {
                open.push(Open { root: resource.root, account: node.account, unresolved });
            }
        }
    }

    /// The nodes that point to `id` by one of `pairs`, as a list of references.
    pub(crate) fn to(&self, graph: &Graph<'_>, id: NodeId, pairs: &[Pair]) -> Value {
        let mut found = List::default();
        for pair in pairs {
            for pointer in self.pointers.get(&(*pair, id)).map_or(&[][..], Vec::as_slice) {
                let value = Value { origin: pointer.origin.clone(), ..graph.reference_to(pointer.from) };
                found.items.push(Item { value, presence: pointer.presence.clone() });
            }
            if found.open.is_none()
                && let Some(reason) = self.opened(graph, id, *pair)
            {
                found.open = Some(Unknown { may_be_absent: true, ..Unknown::fresh(reason) }.into());
            }
        }
        list(found, Origin { place: None, how: How::Fact, via: None })
    }

    /// Why there may be more references of this pair to a node than those that are known.
    fn opened(&self, graph: &Graph<'_>, id: NodeId, pair: Pair) -> Option<SmolStr> {
        let node = graph.node(id)?;
        if node.stand_in {
            return Some(SmolStr::new_static("it lies outside the scan"));
        }
        let root = graph.root_of(node)?;
        let wide = self.wide.get(&pair).copied().unwrap_or(false);
        let opens = |open: &&Open| {
            let elsewhere =
                wide && open.root != root && node.account.is_some() && open.account == node.account;
            (open.unresolved.inside && open.root == root) || elsewhere
        };
        let open = self.open.get(&pair).and_then(|open| open.iter().find(opens));
        let account =
            || node.account.filter(|_| wide).and_then(|account| graph.open_reason(Some(account)).cloned());
        open.map(|open| open.unresolved.reason.clone()).or_else(account)
    }
}

/// Field `name` of the elements of a list, or of a record.
fn within_elements(value: &Value, name: &str) -> Value {
    let mut found = List::default();
    let mut elements = List::default();
    crate::choices::append(&mut elements, value, &Presence::CERTAIN);
    for item in &elements.items {
        crate::choices::append(&mut found, &item.value.get(name), &item.presence);
    }
    found.open = found.open.or(elements.open);
    list(found, value.origin.clone())
}
