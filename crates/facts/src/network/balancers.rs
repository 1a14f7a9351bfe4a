//! Ways from the internet to a data store through a load balancer that faces the internet and has the store as a target.
//! Invariant: a way names the load balancer and the target group that make it.

use graph::NodeId;
use value::{Origin, Value};

use crate::decision::Decision;
use crate::lists::elements;
use crate::reader::{Reader, Target};

/// A way through a load balancer.
pub(super) struct Way {
    pub(super) when: Decision,
    pub(super) balancer: NodeId,
    pub(super) hops: Vec<String>,
    /// Where the store is named as a target.
    pub(super) origin: Origin,
}

/// The ways to a store through load balancers.
pub(super) fn to_store(reader: &Reader<'_>, store: NodeId) -> Vec<Way> {
    let mut ways = Vec::new();
    for group in reader.nodes("target-group") {
        let targets = reader.read(group, "targets");
        let (is_target, origin) = among(reader, &targets, group, "data-store", store);
        if is_target.is_no() {
            continue;
        }
        for (balancer, forwards) in balancers_of(reader, group) {
            let faces = Decision::of_bool(&reader.read(balancer, "internal")).negated();
            let when = is_target.clone().and(forwards).and(faces).and(there(reader, group));
            if when.is_no() {
                continue;
            }
            let hops = vec![
                format!("load balancer {} faces the internet", reader.address(balancer)),
                format!("it forwards to target group {}", reader.address(group)),
                format!("{} is a target of that group", reader.address(store)),
            ];
            ways.push(Way { when, balancer, hops, origin: origin.clone() });
        }
    }
    ways
}

/// The load balancers whose listeners forward to a target group.
fn balancers_of(reader: &Reader<'_>, group: NodeId) -> Vec<(NodeId, Decision)> {
    let mut found = Vec::new();
    for listener in reader.nodes("lb-listener") {
        let actions = elements(&reader.read(listener, "actions"));
        let forwards = Decision::any(actions.items.iter().map(|action| {
            let (to_group, _) = among(reader, &action.value.get("targets"), listener, "target-group", group);
            Decision::of_presence(&action.presence).and(to_group)
        }));
        if forwards.is_no() {
            continue;
        }
        for lead in reader.leads(&reader.read(listener, "balancer"), listener, &["load-balancer"]) {
            if let Target::Node(balancer) = lead.target {
                let when = forwards.clone().and(lead.when).and(there(reader, listener));
                found.push((balancer, when.and(there(reader, balancer))));
            }
        }
    }
    found
}

/// Whether one of the references of a list leads to a node, and where that one is written.
fn among(reader: &Reader<'_>, list: &Value, from: NodeId, kind: &str, node: NodeId) -> (Decision, Origin) {
    let mut origin = list.origin.clone();
    let mut answers = Vec::new();
    for item in &elements(list).items {
        let leads = reader.leads_to(&item.value, from, &[kind], node);
        if leads.is_no() {
            continue;
        }
        if answers.is_empty() {
            origin = item.value.origin.clone();
        }
        answers.push(Decision::of_presence(&item.presence).and(leads));
    }
    (Decision::any(answers), origin)
}

fn there(reader: &Reader<'_>, node: NodeId) -> Decision {
    reader.node(node).map_or(Decision::NO, |node| Decision::of_presence(&node.presence))
}
