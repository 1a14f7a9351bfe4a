//! The network family: which subnets are public, what security groups open, ways from the internet to data stores.
//! Invariant: a security group's openings and a subnet's answer are computed once.

mod acl;
mod balancers;
pub(crate) mod cidr;
mod openings;
pub(crate) mod paths;
pub(crate) mod ports;
pub(crate) mod routes;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use graph::NodeId;
use rustc_hash::FxHashMap;
use value::List;

use crate::decision::Decision;
use crate::reader::Reader;
use routes::Routes;

/// What is known of the network, filled on demand.
#[derive(Default)]
pub(crate) struct Network {
    routes: OnceLock<Routes>,
    machines: OnceLock<FxHashMap<NodeId, Vec<(NodeId, Decision)>>>,
    public: Mutex<FxHashMap<NodeId, Decision>>,
    openings: Mutex<FxHashMap<NodeId, Arc<List>>>,
}

impl Network {
    pub(crate) fn routes(&self, reader: &Reader<'_>) -> &Routes {
        self.routes.get_or_init(|| Routes::collect(reader))
    }

    /// Whether the subnet is public.
    pub(crate) fn is_public(&self, reader: &Reader<'_>, subnet: NodeId) -> Decision {
        if let Some(known) = self.public.lock().unwrap_or_else(PoisonError::into_inner).get(&subnet) {
            return known.clone();
        }
        // Computed outside the lock: two threads may do it at once, with the same answer.
        let decision = self.routes(reader).is_public(reader, subnet);
        self.public.lock().unwrap_or_else(PoisonError::into_inner).insert(subnet, decision.clone());
        decision
    }

    /// The openings of a security group.
    pub(crate) fn openings(&self, reader: &Reader<'_>, group: NodeId) -> Arc<List> {
        if let Some(known) = self.openings.lock().unwrap_or_else(PoisonError::into_inner).get(&group) {
            return known.clone();
        }
        let list = Arc::new(openings::of_group(reader, group));
        self.openings.lock().unwrap_or_else(PoisonError::into_inner).insert(group, list.clone());
        list
    }

    /// The machines in a security group.
    pub(crate) fn machines(&self, reader: &Reader<'_>, group: NodeId) -> &[(NodeId, Decision)] {
        let index = self.machines.get_or_init(|| {
            let mut index: FxHashMap<NodeId, Vec<(NodeId, Decision)>> = FxHashMap::default();
            for (group, machine, when) in paths::machines_by_group(reader) {
                index.entry(group).or_default().push((machine, when));
            }
            index
        });
        index.get(&group).map(Vec::as_slice).unwrap_or_default()
    }
}
