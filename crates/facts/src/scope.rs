//! What holds or handles protected health information: what is marked, and what its data goes through. Invariant: a
//! scope grows along data alone (shared networks, keys and roles carry none), and what is said to hold none ends it.

use std::sync::OnceLock;

use graph::{Edge, NodeId};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use value::declared::Mode;
use value::{Unknown, Value};

use crate::attachment::place;
use crate::lists::fact_origin;
use crate::purpose::{self, Mark};
use crate::reader::Reader;
use crate::{Phi, tables};

/// The table of types that data goes through.
const TABLE: &str = "phi-carriers";

/// Words in the path of a reference between stores that say that data comes from there, and those that say that both
/// hold the same.
const FROM: &[&str] =
    &["source", "snapshot", "restore", "volume_id", "volumeid", "instance_identifier", "instanceidentifier"];
const SAME: &[&str] = &["cluster", "global"];

/// What a node does with data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Store,
    Workload,
    Identity,
    Flow,
    Nothing,
}

/// The scope of a scan, found on first demand.
#[derive(Default)]
pub(crate) struct Scopes {
    found: OnceLock<Found>,
}

struct Found {
    certain: FxHashSet<NodeId>,
    /// In scope if what a tag that is not known says is yes, or is no.
    possible: FxHashSet<NodeId>,
    /// What that tag is.
    why: SmolStr,
}

/// Whether a node is in the scope.
pub(crate) fn in_scope(known: &Scopes, reader: &Reader<'_>, phi: &Phi, node: NodeId) -> Value {
    let found = known.found.get_or_init(|| find(reader, phi));
    let origin = fact_origin(&place(reader, node));
    if found.certain.contains(&node) {
        Value::bool(true, origin)
    } else if found.possible.contains(&node) {
        Value::unknown(Unknown::fresh(found.why.clone()), origin)
    } else {
        Value::bool(false, origin)
    }
}

fn find(reader: &Reader<'_>, phi: &Phi) -> Found {
    let data = Data::read(reader);
    let (mut marked, mut maybe, mut named, mut stores) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut none = FxHashSet::default();
    let mut why = SmolStr::default();
    for (node, _) in reader.graph.nodes() {
        let role = data.role(node);
        match purpose::mark(reader, phi, node) {
            Mark::Yes => marked.push(node),
            Mark::No => drop(none.insert(node)),
            Mark::Maybe(reason) => {
                why = if why.is_empty() { reason } else { why };
                maybe.push(node);
            }
            Mark::Nothing => {
                if role == Role::Store {
                    stores.push(node);
                    if purpose::is_named_so(reader, node) {
                        named.push(node);
                    }
                }
            }
        }
    }
    if marked.is_empty() {
        // Nothing is marked: every store counts.
        stores.extend(maybe.iter().filter(|node| data.role(**node) == Role::Store));
        let all = data.closure(&stores, &none);
        return match maybe.is_empty() {
            true => Found { certain: all, possible: FxHashSet::default(), why },
            false => Found { certain: FxHashSet::default(), possible: all, why },
        };
    }
    marked.extend(named);
    let certain = data.closure(&marked, &none);
    marked.extend(maybe);
    Found { certain, possible: data.closure(&marked, &none), why }
}

/// The references of a graph, by what data does with them.
struct Data<'g> {
    roles: Vec<Role>,
    /// The argument of a flow that names where its data comes from.
    sources: FxHashMap<NodeId, &'static str>,
    from: FxHashMap<NodeId, Vec<&'g Edge>>,
    to: FxHashMap<NodeId, Vec<&'g Edge>>,
    /// Log groups that are called after a function.
    logs: FxHashMap<NodeId, Vec<NodeId>>,
}

impl<'g> Data<'g> {
    fn read(reader: &Reader<'g>) -> Self {
        let (mut roles, mut sources) = (Vec::new(), FxHashMap::default());
        let mut known: FxHashMap<&str, (Role, Option<&'static str>)> = FxHashMap::default();
        for (node, _) in reader.graph.nodes() {
            let managed = reader.resource(node).filter(|resource| resource.mode == Mode::Managed);
            let (role, source) = match managed {
                Some(resource) => {
                    let name = resource.type_name.as_str();
                    *known.entry(name).or_insert_with(|| role_of(reader, node, name))
                }
                None => (Role::Nothing, None),
            };
            roles.push(role);
            if let Some(source) = source {
                sources.insert(node, source);
            }
        }
        let mut data =
            Self { roles, sources, from: FxHashMap::default(), to: FxHashMap::default(), logs: logs(reader) };
        for edge in reader.graph.edges() {
            data.from.entry(edge.from).or_default().push(edge);
            data.to.entry(edge.to).or_default().push(edge);
        }
        data
    }

    fn role(&self, node: NodeId) -> Role {
        self.roles.get(node.0 as usize).copied().unwrap_or(Role::Nothing)
    }

    fn out(&self, node: NodeId) -> &[&'g Edge] {
        self.from.get(&node).map_or(&[], Vec::as_slice)
    }

    fn into(&self, node: NodeId) -> &[&'g Edge] {
        self.to.get(&node).map_or(&[], Vec::as_slice)
    }

    /// Everything that the data of some nodes goes through, and what stands beside it.
    fn closure(&self, marked: &[NodeId], none: &FxHashSet<NodeId>) -> FxHashSet<NodeId> {
        let mut scope: FxHashSet<NodeId> = marked.iter().copied().collect();
        let marks = scope.clone();
        let mut left: Vec<NodeId> = marked.to_vec();
        let mut next = Vec::new();
        while let Some(node) = left.pop() {
            match self.role(node) {
                Role::Workload => self.of_workload(node, &mut next),
                Role::Store => self.of_store(node, marks.contains(&node), &mut next),
                Role::Flow => self.of_flow(node, &mut next),
                Role::Identity | Role::Nothing => {}
            }
            left.extend(next.drain(..).filter(|next| !none.contains(next) && scope.insert(*next)));
        }
        self.beside(&mut scope, none);
        scope
    }

    /// The stores that a workload names, that name it, and that its roles give access to.
    fn of_workload(&self, node: NodeId, next: &mut Vec<NodeId>) {
        let is_store = |node: &NodeId| self.role(*node) == Role::Store;
        next.extend(self.into(node).iter().map(|edge| edge.from).filter(is_store));
        next.extend(self.logs.get(&node).into_iter().flatten());
        let (mut seen, mut left) = (FxHashSet::default(), vec![node]);
        while let Some(at) = left.pop() {
            for edge in self.out(at) {
                match self.role(edge.to) {
                    Role::Store => next.push(edge.to),
                    Role::Identity if seen.insert(edge.to) => left.push(edge.to),
                    _ => {}
                }
            }
        }
    }

    /// What a store hands its data on to; of one that is marked, the workloads that name it or have access, too.
    fn of_store(&self, node: NodeId, marked: bool, next: &mut Vec<NodeId>) {
        for edge in self.out(node) {
            let forward = direction(&edge.via) != Some(false);
            if matches!(self.role(edge.to), Role::Store | Role::Workload) && forward {
                next.push(edge.to);
            }
        }
        for edge in self.into(node) {
            match self.role(edge.from) {
                Role::Store if direction(&edge.via) != Some(true) => next.push(edge.from),
                Role::Flow if self.comes_from(edge) => next.push(edge.from),
                _ => {}
            }
        }
        if !marked {
            return;
        }
        let (mut seen, mut left) = (FxHashSet::default(), vec![node]);
        // Principals of its policy have access as well.
        left.extend(self.out(node).iter().map(|edge| edge.to).filter(|to| self.role(*to) == Role::Identity));
        while let Some(at) = left.pop() {
            for edge in self.into(at) {
                match self.role(edge.from) {
                    Role::Workload => next.push(edge.from),
                    Role::Identity if seen.insert(edge.from) => left.push(edge.from),
                    _ => {}
                }
            }
        }
    }

    /// What a flow takes data to.
    fn of_flow(&self, node: NodeId, next: &mut Vec<NodeId>) {
        let carries = |role| matches!(role, Role::Store | Role::Workload | Role::Flow);
        let onward = self.out(node).iter().filter(|edge| !self.comes_from(edge));
        next.extend(onward.map(|edge| edge.to).filter(|to| carries(self.role(*to))));
    }

    fn comes_from(&self, edge: &Edge) -> bool {
        self.sources.get(&edge.from).is_some_and(|source| edge.via.starts_with(source))
    }

    /// Adds what carries no data: whatever those in scope refer to, and what refers to them.
    fn beside(&self, scope: &mut FxHashSet<NodeId>, none: &FxHashSet<NodeId>) {
        let beside =
            |node: NodeId| matches!(self.role(node), Role::Nothing | Role::Identity) && !none.contains(&node);
        let mut left: Vec<NodeId> = scope.iter().copied().collect();
        let referring: Vec<NodeId> = left
            .iter()
            .flat_map(|node| self.into(*node))
            .map(|edge| edge.from)
            .filter(|from| beside(*from))
            .collect();
        while let Some(node) = left.pop() {
            let named = self.out(node).iter().map(|edge| edge.to).filter(|to| beside(*to));
            left.extend(named.filter(|to| scope.insert(*to)).collect::<Vec<_>>());
        }
        scope.extend(referring);
    }
}

/// Which way data goes along a reference between two stores: to what is named (true), from it (false), or both (none).
fn direction(via: &str) -> Option<bool> {
    let via = via.to_ascii_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| via.contains(word));
    if says(FROM) {
        Some(false)
    } else if says(SAME) {
        None
    } else {
        Some(true)
    }
}

/// What a type does with data; a node of it tells the traits of its kind.
fn role_of(reader: &Reader<'_>, node: NodeId, type_name: &str) -> (Role, Option<&'static str>) {
    let catalogue = reader.catalogue();
    let role = match tables::text(catalogue, TABLE, type_name, "role") {
        Some("store") => Role::Store,
        Some("workload") => Role::Workload,
        Some("flow") => Role::Flow,
        Some("identity") => Role::Identity,
        _ if reader.is(node, "workload") => Role::Workload,
        _ if ["data-store", "encrypted-store", "backup-target"].iter().any(|kind| reader.is(node, kind)) => {
            Role::Store
        }
        _ => Role::Nothing,
    };
    (role, tables::text(catalogue, TABLE, type_name, "source"))
}

/// Log groups by the function that writes to them, told by its name.
fn logs(reader: &Reader<'_>) -> FxHashMap<NodeId, Vec<NodeId>> {
    let mut functions: FxHashMap<SmolStr, Vec<NodeId>> = FxHashMap::default();
    let mut groups: Vec<(SmolStr, NodeId)> = Vec::new();
    for (node, _) in reader.graph.nodes() {
        let Some(resource) = reader.resource(node) else { continue };
        let (is_function, attribute) = match resource.type_name.as_str() {
            "aws_lambda_function" => (true, "function_name"),
            "AWS::Lambda::Function" | "AWS::Serverless::Function" => (true, "FunctionName"),
            "aws_cloudwatch_log_group" => (false, "name"),
            "AWS::Logs::LogGroup" => (false, "LogGroupName"),
            _ => continue,
        };
        let name = resource.attributes.get(attribute).as_str().map(SmolStr::from);
        match name {
            Some(name) if is_function => functions.entry(name).or_default().push(node),
            Some(name) => groups.push((name, node)),
            None => {}
        }
    }
    let mut logs: FxHashMap<NodeId, Vec<NodeId>> = FxHashMap::default();
    for (name, group) in groups {
        let function = name.strip_prefix("/aws/lambda/").and_then(|name| functions.get(name));
        for function in function.into_iter().flatten() {
            logs.entry(*function).or_default().push(group);
        }
    }
    logs
}
