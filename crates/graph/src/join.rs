//! Joins satellites to their subjects. Invariant: every satellite that names a subject is joined to every node it
//! may mean, or stands in for a subject outside the scan.

use language::ir::{AttributeSource, Kind as Model, KindId, Spelling, Type, Within};
use smol_str::SmolStr;
use value::declared::Resource;
use value::{Condition, Identity, Kind, List, Presence, Truth, Unknown, Value};

use crate::choices::{append, list, relative};
use crate::graph::{Graph, Node, NodeId, Satellite};
use crate::kinds::Role;
use crate::read::{At, Reader, default, walk};
use crate::resolve::{Reach, Search, chosen};
use crate::scope::{Places, Scopes};

/// Why the attributes of a stand-in that its satellite does not write are unknown.
pub(crate) const OUTSIDE: &str = "its subject lies outside the scan";

/// Joins all satellites; those without a subject in the scan become stand-ins, after all other nodes.
pub(crate) fn join(graph: &mut Graph<'_>, scopes: &mut Scopes) {
    let mut joined: Vec<(NodeId, Satellite)> = Vec::new();
    let mut stand_ins: Vec<Node> = Vec::new();
    for index in (0u32..).take(graph.declared.resources.len()) {
        for role in graph.roles.of(index).iter().filter(|role| role.satellite) {
            let Some(satellite) = One::new(graph, scopes, index, role) else { continue };
            let before = joined.len();
            joined.extend(satellite.subjects());
            if joined.len() == before {
                stand_ins.push(satellite.stand_in());
            }
        }
    }
    for node in stand_ins {
        let id = NodeId(u32::try_from(graph.nodes.len()).unwrap_or(u32::MAX));
        graph.attached.entry(node.resource).or_default().push(id);
        graph.nodes.push(node);
    }
    for (id, satellite) in joined {
        graph.attached.entry(satellite.resource).or_default().push(id);
        if let Some(node) = graph.nodes.get_mut(id.0 as usize) {
            node.satellites.push(satellite);
        }
    }
    let declared = graph.declared;
    for node in &mut graph.nodes {
        let address =
            |satellite: &Satellite| declared.resources.get(satellite.resource as usize).map(|r| &r.address);
        node.satellites.sort_by(|a, b| a.spelling.cmp(&b.spelling).then_with(|| address(a).cmp(&address(b))));
    }
}

/// One satellite in one role.
struct One<'g> {
    graph: &'g Graph<'g>,
    role: &'g Role,
    model: &'static Model,
    spelling: &'static Spelling,
    resource: &'g Resource,
    index: u32,
    places: Places,
}

impl<'g> One<'g> {
    fn new(graph: &'g Graph<'g>, scopes: &mut Scopes, index: u32, role: &'g Role) -> Option<Self> {
        let model = graph.catalogue.kind(role.kind)?;
        let spelling = model.spellings.get(role.spelling as usize)?;
        let resource = graph.declared.resources.get(index as usize)?;
        let places = scopes.of(resource, graph.declared);
        Some(Self { graph, role, model, spelling, resource, index, places })
    }

    /// The subjects, each with the presence that this satellite has beside it.
    fn subjects(&self) -> Vec<(NodeId, Satellite)> {
        let reach = match self.spelling.within {
            Within::Stack => Reach::Root,
            Within::Account => Reach::Account,
        };
        let kinds: [KindId; 1] = [self.role.kind];
        let search = Search { from: Some(self.resource), account: self.places.0, kinds: &kinds, reach };
        let named = walk(&self.resource.attributes, self.spelling.joins, true);
        let found = self.graph.search(&named, &search);
        found.nodes.into_iter().filter_map(|(presence, id)| self.beside(&presence, id)).collect()
    }

    fn beside(&self, join: &Presence, id: NodeId) -> Option<(NodeId, Satellite)> {
        let node = self.graph.node(id)?;
        let subject = self.graph.resource(id)?;
        let own = self.resource.presence.when.clone().and(join.when.clone());
        let mut when = relative(&own, &node.presence.when);
        if self.role.membership != Truth::Yes {
            when = when.and(membership(self.resource, self.model));
        }
        // One satellite for each instance of the subject is one for the node that stands for all of them. Otherwise
        // an instance that is not known has it or not.
        let paired = self.graph.one_each(self.resource, subject);
        if join.many && !paired {
            when =
                when.and(chosen(Some(self.resource), &format!("instance of {}", subject.address), subject));
        }
        let many = self.resource.presence.many && !join.many && !paired;
        let presence = Presence { when, many };
        Some((id, Satellite { resource: self.index, spelling: self.role.spelling, presence }))
    }

    /// A node for a subject that is not in the scan: known as far as the satellite says something itself.
    fn stand_in(&self) -> Node {
        let mut slots = vec![Value::absent(); self.model.attributes.len()];
        let reader = Reader { declared: self.graph.declared, keys: &self.graph.keys };
        reader.slots(self.spelling, &At::top(self.resource, &self.resource.key, self.model), &mut slots);
        for (id, known) in self.spelling.defaults {
            let attribute = self.model.attributes.get(id.0 as usize);
            if let (Some(slot), Some(attribute)) = (slots.get_mut(id.0 as usize), attribute)
                && slot.is_absent()
            {
                *slot = default(known, attribute.ty).unwrap_or_else(Value::absent);
            }
        }
        self.name(&mut slots);
        let unknown = || Unknown { may_be_absent: true, ..Unknown::fresh(SmolStr::new_static(OUTSIDE)) };
        for (slot, attribute) in slots.iter_mut().zip(self.model.attributes) {
            if !matches!(attribute.source, AttributeSource::Spelled) {
                continue;
            }
            match attribute.ty {
                Type::List(_) if !slot.is_absent() => {
                    let mut open = List::default();
                    append(&mut open, slot, &Presence::CERTAIN);
                    open.open.get_or_insert_with(|| unknown().into());
                    *slot = list(open, slot.origin.clone()).with_sensitivity(slot.sensitive);
                }
                _ if slot.is_absent() => *slot = Value::unknown(unknown(), value::Origin::default()),
                _ => {}
            }
        }
        Node {
            kind: Some(self.role.kind),
            resource: self.index,
            spelling: None,
            satellites: vec![Satellite {
                resource: self.index,
                spelling: self.role.spelling,
                presence: Presence::CERTAIN,
            }],
            slots: slots.into_boxed_slice(),
            presence: self.resource.presence.clone(),
            account: self.places.0,
            region: self.places.1,
            stand_in: true,
            membership: self.role.membership.clone(),
        }
    }

    /// What the satellite calls its subject is the subject's name, unless it is an ARN or what another resource gives.
    fn name(&self, slots: &mut [Value]) {
        let Some(slot) = self.model.identity_name.and_then(|id| slots.get_mut(id.0 as usize)) else { return };
        let named = walk(&self.resource.attributes, self.spelling.joins, false);
        let is_name = match &named.kind {
            Kind::String(text) => !text.starts_with("arn:"),
            Kind::Unknown(_) => true,
            Kind::Template(template) => {
                !matches!(template.parts.first(), Some(value::Part::Text(text)) if text.starts_with("arn:"))
            }
            _ => false,
        };
        if slot.is_absent() && is_name {
            *slot = named.into_owned();
        }
    }
}

/// The condition that a resource whose filter is not decided is of a kind.
pub(crate) fn membership(resource: &Resource, model: &Model) -> Condition {
    let expression = format!("whether {} is a {}", resource.address, model.name);
    Condition::literal(Identity::new(&resource.key, &expression).text, "true")
}
