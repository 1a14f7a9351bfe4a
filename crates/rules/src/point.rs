//! Where a diagnostic points: at what decided, and if that is not written, at what encloses the place where it would
//! be. The rules are those of "Where a diagnostic points" in `docs/rule-grammar.md`.

use graph::{Graph, NodeId};
use language::ir::Rule;
use smol_str::SmolStr;
use source::Place;
use value::{How, Kind, Origin, Value};

use crate::evaluate::{Read, Trace, attribute};

/// Where to point, and what else to show.
#[derive(Debug, Default)]
pub(crate) struct Pointed {
    pub(crate) place: Option<Place>,
    pub(crate) related: Vec<(Place, SmolStr)>,
}

/// Points for a verdict of a rule on a node. One that is `open` points at what is not known, before what is.
pub(crate) fn point(
    (facts, rule, node): (&facts::Facts<'_>, &'static Rule, NodeId),
    element: Option<&Value>,
    trace: &Trace,
    open: bool,
) -> Pointed {
    let graph = facts.graph;
    let mut pointed = Pointed::default();
    let chosen = from_points_at((facts, rule, node), element, trace)
        .or_else(|| element.and_then(|element| Some((of_element(&element.origin)?, element.clone()))))
        .or_else(|| from_trace(graph, node, trace, open));
    match chosen {
        Some((place, value)) => {
            pointed.place = Some(place);
            chain(&value.origin, &mut pointed.related);
        }
        None => pointed.place = graph.resource(node).map(|resource| resource.place),
    }
    if let Some(caller) = graph.resource(node).and_then(|resource| resource.caller) {
        // Third-party code cannot be edited here: the call is what its user can change.
        if let Some(inside) = pointed.place.replace(caller) {
            pointed.related.insert(0, (inside, SmolStr::new_static("in the called module")));
        }
    }
    pointed
}

/// The attributes that the rule names, those that decided before the others: the first that is written, else the place
/// where the first would be.
fn from_points_at(
    (facts, rule, node): (&facts::Facts<'_>, &'static Rule, NodeId),
    element: Option<&Value>,
    trace: &Trace,
) -> Option<(Place, Value)> {
    let values: Vec<(&'static str, Value)> = rule
        .points_at
        .iter()
        .map(|name| match (name.strip_prefix("it."), element) {
            (Some(field), Some(element)) => (*name, element.get(field)),
            _ => (*name, attribute(facts, node, name)),
        })
        .collect();
    let decided =
        |name: &&'static str| trace.reads.iter().any(|read| read.of.is_some_and(|of| of == (node, *name)));
    let (deciding, others): (Vec<_>, Vec<_>) = values.into_iter().partition(|(name, _)| decided(name));
    let group = if deciding.is_empty() { others } else { deciding };
    let present = group.iter().find_map(|(_, value)| Some((written(&value.origin)?, value.clone())));
    present.or_else(|| {
        let (name, value) = group.first()?;
        Some((absence(facts.graph, node, name)?, value.clone()))
    })
}

/// The first read that is written somewhere, else the place where the first read would be.
fn from_trace(graph: &Graph<'_>, node: NodeId, trace: &Trace, open: bool) -> Option<(Place, Value)> {
    let own = |read: &&Read| read.of.is_none_or(|(of, _)| of == node);
    let reads = || trace.reads.iter().filter(own);
    let unknown = |read: &&Read| open && matches!(read.value.kind, Kind::Unknown(_));
    let written_unknown = reads().filter(unknown).find_map(present);
    let found = written_unknown
        .or_else(|| reads().find_map(|read| present(read).or_else(|| in_element(trace, read))));
    let absent = |read: &Read| {
        let (of, name) = read.of?;
        (of == node).then(|| absence(graph, node, name)).flatten().map(|place| (place, read.value.clone()))
    };
    found.or_else(|| trace.reads.iter().find_map(absent))
}

/// The place of a read that is written somewhere.
fn present(read: &Read) -> Option<(Place, Value)> {
    Some((written(&read.value.origin)?, read.value.clone()))
}

/// Where to point for a field that its element does not write: at another field of the element that was asked and is
/// written, else at the element.
fn in_element(trace: &Trace, read: &Read) -> Option<(Place, Value)> {
    let within = read.within?;
    let scalar = |other: &&Read| !matches!(other.value.kind, Kind::List(_) | Kind::Map(_));
    let beside =
        trace.reads.iter().filter(|other| other.within == Some(within)).filter(scalar).find_map(present);
    Some(beside.unwrap_or_else(|| (within, read.value.clone())))
}

fn absence(graph: &Graph<'_>, node: NodeId, name: &'static str) -> Option<Place> {
    let kind = graph.node(node)?.kind.and_then(|kind| graph.catalogue.kind(kind))?;
    let (id, _) = kind.attribute(name)?;
    graph.absence_place(node, id)
}

/// The place of a value that someone wrote.
fn written(origin: &Origin) -> Option<Place> {
    if matches!(origin.how, How::Default | How::Fact) { None } else { origin.place }
}

/// The place of an element: one that carelint found (an opening of a group, a way from the internet) has the place of
/// what it was found in.
fn of_element(origin: &Origin) -> Option<Place> {
    if origin.how == How::Default { None } else { origin.place }
}

/// The way of a value, nearest step first.
fn chain(origin: &Origin, related: &mut Vec<(Place, SmolStr)>) {
    for step in origin.steps().take(8) {
        if let Some(place) = step.place {
            related.push((place, SmolStr::from(format!("{} \"{}\"", step.kind.as_str(), step.name))));
        }
    }
}
