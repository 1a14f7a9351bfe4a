//! Merges what a node's own spelling and its satellites say. Invariant: lists are joined, a scalar that is said
//! twice differently becomes alternatives and a problem, and defaults fill only what nothing says.

use language::ir::{AttrId, Attribute, Kind as Model, Type};
use rayon::prelude::*;
use source::{Place, Problem, ProblemSeverity};
use value::declared::Resource;
use value::{Blind, Condition, How, Identity, Kind, List, Presence, Truth, Unknown, Value, World, equal};

use crate::build::LEAST_CHUNK;
use crate::choices::{append, choices, exclude, is_nothing, list, or_else};
use crate::defaults::{Defaults, conditional};
use crate::graph::{Graph, Node};
use crate::read::{At, Reader, default};

/// More cases than this of one attribute become an unknown.
const MOST_CASES: usize = 16;

/// Merges satellites into the slots of every node and fills defaults.
pub(crate) fn merge(graph: &mut Graph<'_>) {
    let mut nodes = std::mem::take(&mut graph.nodes);
    let whole: &Graph<'_> = graph;
    let merged = nodes.par_iter_mut().with_min_len(LEAST_CHUNK).map(|node| merge_node(whole, node));
    let problems: Vec<Vec<Problem>> = merged.collect();
    graph.nodes = nodes;
    graph.problems.extend(problems.into_iter().flatten());
}

fn merge_node(graph: &Graph<'_>, node: &mut Node) -> Vec<Problem> {
    let mut problems = Vec::new();
    let model = node.kind.and_then(|kind| graph.catalogue.kind(kind));
    let Some(model) = model.filter(|_| !node.stand_in) else { return problems };
    let mut slots = std::mem::take(&mut node.slots);
    if !node.satellites.is_empty() {
        let mut merging = Merging { graph, node, model, problems: &mut problems };
        merging.satellites(&mut slots);
    }
    let defaults = Defaults { model, spelling: node.spelling };
    defaults.fill(&mut slots);
    conditional(graph, node, &defaults, &mut slots);
    node.slots = slots;
    problems
}

/// What one source says of an attribute.
struct Said {
    presence: Presence,
    value: Value,
    /// Index of the resource that says it.
    by: u32,
}

/// A value of an attribute where a condition holds.
struct Case {
    when: Condition,
    value: Value,
    by: u32,
}

impl Case {
    /// Whether the source says it, so that another value contradicts it.
    fn is_written(&self) -> bool {
        !self.value.is_absent() && self.value.origin.how != How::Default
    }
}

struct Merging<'m> {
    graph: &'m Graph<'m>,
    node: &'m Node,
    model: &'static Model,
    problems: &'m mut Vec<Problem>,
}

impl Merging<'_> {
    fn satellites(&mut self, slots: &mut [Value]) {
        let mut said: Vec<Vec<Said>> = Vec::new();
        said.resize_with(slots.len(), Vec::new);
        for satellite in &self.node.satellites {
            self.read(satellite, &mut said);
        }
        for ((slot, said), id) in slots.iter_mut().zip(said).zip(0u16..) {
            let Some(attribute) = self.model.attributes.get(id as usize).filter(|_| !said.is_empty()) else {
                continue;
            };
            let own = std::mem::replace(slot, Value::absent());
            *slot = self.attribute(AttrId(id), attribute, &own, said);
        }
    }

    /// Adds what a satellite says; its own defaults fill what it leaves out.
    fn read(&self, satellite: &crate::Satellite, said: &mut [Vec<Said>]) {
        let (Some(resource), Some(subject), Some(spelling)) = (
            self.graph.declared.resources.get(satellite.resource as usize),
            self.graph.declared.resources.get(self.node.resource as usize),
            self.model.spellings.get(satellite.spelling as usize),
        ) else {
            return;
        };
        let mut slots = vec![Value::absent(); said.len()];
        let reader = Reader { declared: self.graph.declared, keys: &self.graph.keys };
        reader.slots(spelling, &At::top(resource, &subject.key, self.model), &mut slots);
        for (id, known) in spelling.defaults {
            let attribute = self.model.attributes.get(id.0 as usize);
            if let (Some(slot), Some(attribute)) = (slots.get_mut(id.0 as usize), attribute) {
                let value = std::mem::replace(slot, Value::absent());
                *slot = or_else(value, || default(known, attribute.ty).unwrap_or_else(Value::absent));
            }
        }
        for (value, said) in slots.into_iter().zip(said).filter(|(value, _)| !value.is_absent()) {
            said.push(Said { presence: satellite.presence.clone(), value, by: satellite.resource });
        }
    }

    fn attribute(
        &mut self,
        id: AttrId,
        attribute: &'static Attribute,
        own: &Value,
        said: Vec<Said>,
    ) -> Value {
        let has_default = Defaults { model: self.model, spelling: self.node.spelling }.of(id).is_some();
        match attribute.ty {
            // A list that only one guarded satellite gives, and that has a default, depends on the guard as a whole.
            Type::List(_) if !(has_default && own.is_absent() && said.len() == 1) => joined(own, said),
            _ => self.scalar(attribute, own, &said),
        }
    }

    /// One value out of several sources.
    fn scalar(&mut self, attribute: &Attribute, own: &Value, said: &[Said]) -> Value {
        let first = said.first().map(|said| said.value.origin.clone()).unwrap_or_default();
        let by = self.node.resource;
        let mut cases: Vec<Case> =
            choices(own).into_iter().map(|(when, value)| Case { when, value, by }).collect();
        let guarded = said.iter().filter(|said| said.presence.when != Condition::Always).count();
        for said in said {
            if cases.len() > MOST_CASES || guarded > MOST_CASES {
                return Value::unknown(Unknown::fresh("it is set in too many places"), first);
            }
            let mut next = Vec::with_capacity(cases.len() + 1);
            for case in cases {
                self.add(attribute, &case, said, &mut next);
            }
            cases = together(next);
        }
        Value::alternatives(cases.into_iter().map(|case| (case.when, case.value)), first)
    }

    /// Adds what one satellite says to a case: where it is there and says something, and elsewhere.
    fn add(&mut self, attribute: &Attribute, case: &Case, said: &Said, next: &mut Vec<Case>) {
        let with = |when: Condition| Case { when, value: case.value.clone(), by: case.by };
        if !exclude(&case.when, &said.presence.when) {
            let both = case.when.clone().and(said.presence.when.clone());
            let many = Presence { many: said.presence.many, ..Presence::CERTAIN };
            for (when, value) in choices(&said.value.clone().guarded_by(&many)) {
                if exclude(&both, &when) {
                    continue;
                }
                let when = both.clone().and(when);
                match is_nothing(&value) {
                    true => next.push(with(when)),
                    false => {
                        self.meet(attribute, with(when.clone()), Case { when, value, by: said.by }, next);
                    }
                }
            }
        }
        let without = said.presence.when.clone().not();
        if !exclude(&case.when, &without) {
            next.push(with(case.when.clone().and(without)));
        }
    }

    /// What holds where two sources both speak: `new` says when that is.
    fn meet(&mut self, attribute: &Attribute, case: Case, new: Case, next: &mut Vec<Case>) {
        let unsure = |value: &Value| matches!(&value.kind, Kind::Unknown(unknown) if unknown.may_be_absent);
        let when = new.when.clone();
        if !case.is_written() || unsure(&case.value) {
            next.push(new);
            return;
        }
        if !new.is_written() || unsure(&new.value) {
            next.push(Case { when, ..case });
            return;
        }
        let truth = equal(&case.value, &new.value, &Blind, &World::default());
        if truth == Truth::Yes {
            next.push(Case { when, ..case });
            return;
        }
        if truth == Truth::No {
            self.problem(attribute, case.by, &new);
        }
        let node = self.node.resource;
        let expression = format!("which of two sources sets {} of {}", attribute.name, self.address(node));
        let key = self.resource(node).map_or("", |resource| resource.key.as_str());
        let first = Condition::literal(Identity::new(key, &expression).text, self.address(case.by));
        next.push(Case { when: when.clone().and(first.clone()), ..case });
        next.push(Case { when: when.and(first.not()), ..new });
    }

    fn problem(&mut self, attribute: &Attribute, first: u32, second: &Case) {
        let (one, two) = (self.address(first), self.address(second.by));
        let node = self.address(self.node.resource);
        let place: Option<Place> =
            second.value.origin.place.or_else(|| self.resource(second.by).map(|resource| resource.place));
        let Some(place) = place else { return };
        let by =
            if one == two { format!("twice in {one}") } else { format!("differently by {one} and {two}") };
        let message = format!("{} of {node} is set {by}", attribute.name.replace('_', " "));
        let help = "Keep one of the two; AWS holds whichever is applied last.";
        self.problems.push(Problem::at(ProblemSeverity::Warning, "declared-twice", place, message, help));
    }

    fn resource(&self, index: u32) -> Option<&Resource> {
        self.graph.declared.resources.get(index as usize).map(AsRef::as_ref)
    }

    fn address(&self, index: u32) -> String {
        self.resource(index).map(|resource| resource.address.to_string()).unwrap_or_default()
    }
}

/// Cases of one value as one case.
fn together(cases: Vec<Case>) -> Vec<Case> {
    let mut merged: Vec<Case> = Vec::with_capacity(cases.len());
    for case in cases {
        let same = |known: &&mut Case| {
            known.value.kind == case.value.kind && known.is_written() == case.is_written()
        };
        match merged.iter_mut().find(same) {
            Some(known) => known.when = std::mem::take(&mut known.when).or(case.when),
            None => merged.push(case),
        }
    }
    merged
}

/// The lists of all sources, one after the other.
fn joined(own: &Value, said: Vec<Said>) -> Value {
    if own.is_absent() && said.len() == 1 && said.iter().all(|said| said.presence.is_certain()) {
        return said.into_iter().next().map_or_else(Value::absent, |said| said.value);
    }
    let mut whole = List::default();
    let mut origin = (!own.is_absent()).then(|| own.origin.clone());
    let mut sensitive = own.sensitive;
    append(&mut whole, own, &Presence::CERTAIN);
    for said in said {
        sensitive |= said.value.sensitive;
        append(&mut whole, &said.value, &said.presence);
        origin.get_or_insert(said.value.origin);
    }
    list(whole, origin.unwrap_or_default()).with_sensitivity(sensitive)
}
