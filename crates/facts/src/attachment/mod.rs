//! What is attached to a resource from afar: backup selections that cover it, policies that take snapshots of it,
//! trails that record access to it. Invariant: what may cover the resource is given with its condition, never left
//! out; what certainly does not is passed over by an index, so that asking all resources takes no more than asking
//! each of the few that speak of it.

mod backups;
mod index;
mod opt_in;
mod selections;
mod snapshots;
mod tags;
mod trails;

use std::sync::OnceLock;

use graph::NodeId;
use value::{Kind, Origin, Value};

use crate::decision::Decision;
use crate::lists::elements;
use crate::reader::{Reader, Target};
use selections::Selections;
use trails::Trails;

pub(crate) use backups::backups;
pub(crate) use snapshots::snapshot_policies;
pub(crate) use trails::data_event_trails;

/// What covers resources, collected on first demand.
#[derive(Default)]
pub(crate) struct Attached {
    selections: OnceLock<Selections>,
    trails: OnceLock<Trails>,
}

impl Attached {
    fn selections(&self, reader: &Reader<'_>) -> &Selections {
        self.selections.get_or_init(|| Selections::collect(reader))
    }

    fn trails(&self, reader: &Reader<'_>) -> &Trails {
        self.trails.get_or_init(|| Trails::collect(reader))
    }
}

/// Whether a node exists.
pub(crate) fn there(reader: &Reader<'_>, node: NodeId) -> Decision {
    reader.node(node).map_or(Decision::NO, |node| Decision::of_presence(&node.presence))
}

/// The place of a node, for facts about it.
pub(crate) fn place(reader: &Reader<'_>, node: NodeId) -> Origin {
    reader.resource(node).map(|resource| Origin::computed(resource.place)).unwrap_or_default()
}

/// The machines of the scan that a node hangs on.
fn machines(reader: &Reader<'_>, node: NodeId) -> Vec<(NodeId, Decision)> {
    let mut machines = Vec::new();
    for item in elements(&reader.read(node, "attached_to")).items {
        let there = Decision::of_presence(&item.presence);
        for lead in reader.leads(&item.value, node, &["instance"]) {
            if let Target::Node(machine) = lead.target {
                machines.push((machine, there.clone().and(lead.when)));
            }
        }
    }
    machines
}

/// Whether a value is this text.
fn is_text(value: &Value, wanted: &str) -> Decision {
    Decision::over_choices(value, |choice| match &choice.kind {
        Kind::String(text) => Decision::from(text == wanted),
        Kind::Unknown(unknown) => Decision::unknown(unknown.reason.clone()),
        _ => Decision::NO,
    })
}
