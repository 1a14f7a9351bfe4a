//! The mutants of a form: for each attribute that checks read, the keys, blocks and elements that spell it, each taken
//! out once, and each scalar weakened once. Invariant: no two mutants have the same text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;

use graph::{Graph, NodeId};
use language::ir::{AttrId, Kind, KindId, Spelling};
use source::{Place, Sources};
use value::declared::Resource;

use super::Texts;
use super::judge::{options, sources};
use super::outline::{Part, at, outline};
use super::reads::{self, Read, Reads};
use super::sites::{Finder, Found, Site};
use super::statements;
use super::weaken::weaker;

/// One change of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mutant {
    /// Kind whose attribute it changes.
    pub(crate) kind: &'static str,
    /// The attribute.
    pub(crate) attribute: &'static str,
    /// Ids of the rules whose checks read it.
    pub(crate) rules: BTreeSet<&'static str>,
    /// Of those, the rules that ask each element of it, and fail by an element alone.
    pub(crate) judged: BTreeSet<&'static str>,
    /// Address of the subject.
    pub(crate) address: String,
    /// The field, where the attribute is a list of records and a field of one is changed.
    pub(crate) field: Option<&'static str>,
    /// What it changes.
    pub(crate) part: Changes,
    /// Where.
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) range: Range<usize>,
    /// What stands there instead.
    pub(crate) by: String,
    /// What is done, in words.
    pub(crate) action: String,
}

/// What a mutant changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Changes {
    /// A key, a block or an element is taken out.
    Out,
    /// A whole satellite is taken out.
    Satellite,
    /// A list of records, or an element of it, is taken out.
    Listed,
    /// A value is made weaker.
    Weaker,
}

impl fmt::Display for Mutant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        write!(
            f,
            "{} `{}.{}` ({name}:{}, {})",
            self.address, self.kind, self.attribute, self.line, self.action
        )
    }
}

impl Mutant {
    /// Kind and attribute.
    pub(crate) fn subject(&self) -> String {
        format!("`{}.{}`", self.kind, self.attribute)
    }

    /// What is done where, without the subject.
    pub(crate) fn short(&self) -> String {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        format!("{name}:{} {}", self.line, self.action)
    }

    /// Whether both change some of the same bytes, so that they cannot be made together. Neighbours of a list in JSON go
    /// together, though each takes a comma.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (&self.range, &other.range);
        let same =
            self.path == other.path && a.start < b.end.max(b.start + 1) && b.start < a.end.max(a.start + 1);
        let staggered = (a.start < b.start && a.end < b.end) || (b.start < a.start && b.end < a.end);
        let neighbours =
            staggered && self.by.is_empty() && other.by.is_empty() && self.path.ends_with(".json");
        same && !neighbours
    }
}

/// The texts with the changes of mutants that do not overlap.
pub(crate) fn apply(mutants: &[&Mutant], texts: &Texts) -> Texts {
    let mut mutants = mutants.to_vec();
    mutants.sort_by_key(|mutant| std::cmp::Reverse(mutant.range.start));
    let mut texts = texts.clone();
    for (path, text) in &mut texts {
        // What lies behind is changed already: neighbours that go leave less to take out.
        let mut changed = text.len();
        for mutant in mutants.iter().filter(|mutant| mutant.path == *path) {
            let (start, end) = (mutant.range.start, mutant.range.end.min(changed));
            text.replace_range(start..end, &mutant.by);
            changed = start;
        }
    }
    texts
}

/// All mutants, in order of their subjects.
pub(crate) fn of(texts: &Texts) -> Vec<Mutant> {
    let options = options();
    let (sources, paths) = sources(texts);
    let read = carelint::read(&sources, &paths, &options.inputs);
    let graph = Graph::build(&read.declared, options.catalogue, &options.scope);
    let outlines = texts.iter().map(|(path, text)| (path.clone(), outline(path, text))).collect();
    let reads = reads::of(options.catalogue);
    let mut maker =
        Maker { graph: &graph, sources: &sources, outlines, reads, made: Vec::new(), seen: BTreeSet::new() };
    for (id, _) in graph.nodes() {
        maker.node(id);
    }
    let mut made = maker.made;
    for (path, text) in texts {
        made.extend(statements::of(path, text));
    }
    made
}

/// The attribute that mutants change.
#[derive(Clone, Copy)]
struct Target<'a> {
    kind: &'static str,
    attribute: &'static str,
    subject: &'a Resource,
    read: &'a Read,
}

struct Maker<'a> {
    graph: &'a Graph<'a>,
    sources: &'a Sources,
    outlines: BTreeMap<String, Vec<Part>>,
    reads: Reads,
    made: Vec<Mutant>,
    seen: BTreeSet<(String, usize, usize, String)>,
}

impl Maker<'_> {
    fn node(&mut self, id: NodeId) {
        let graph = self.graph;
        let Some(node) = graph.node(id) else { return };
        let Some(((kind, model), subject)) = node.kind.zip(graph.model(id)).zip(graph.resource(id)) else {
            return;
        };
        let spelled = |resource: u32, spelling: u16| {
            let resource = graph.declared.resources.get(resource as usize);
            resource.zip(model.spellings.get(spelling as usize))
        };
        if let Some((resource, spelling)) =
            node.spelling.and_then(|spelling| spelled(node.resource, spelling))
        {
            self.resource((kind, model), subject, resource, spelling);
        }
        for satellite in &node.satellites {
            if let Some((resource, spelling)) = spelled(satellite.resource, satellite.spelling)
                && let Some((attribute, read)) = self.resource((kind, model), subject, resource, spelling)
            {
                let target = Target { kind: model.name, attribute, subject, read: &read };
                let site = Site::Key(resource.place);
                self.mutants(&target, Found { site, field: None, listed: false }, true);
            }
        }
    }

    /// The mutants of one resource of a subject; the first attribute of it that checks read.
    fn resource(
        &mut self,
        (kind, model): (KindId, &'static Kind),
        subject: &Resource,
        resource: &Resource,
        spelling: &Spelling,
    ) -> Option<(&'static str, Read)> {
        let mut first = None;
        for (attribute, how) in spelling.reads {
            let Some(read) = self.reads.get(&(kind, *attribute)).cloned() else { continue };
            let Some(name) = attribute_name(model, *attribute) else { continue };
            let mut finder = Finder::new(self.graph.declared, &read.names);
            finder.how(how, &resource.attributes);
            let target = Target { kind: model.name, attribute: name, subject, read: &read };
            for found in finder.found {
                self.mutants(&target, found, false);
            }
            first = first.or(Some((name, read)));
        }
        first
    }

    fn mutants(&mut self, target: &Target<'_>, found: Found, satellite: bool) {
        let (Site::Key(place) | Site::Element(place)) = found.site;
        let Some((path, part)) = self.part(place) else { return };
        // An element's value may stand in another part, where a variable or a local holds it: that part is not its own.
        if matches!(found.site, Site::Element(_)) && !part.name.is_empty() && part.scalar.is_some() {
            return;
        }
        let text = self.sources.file(place.file).text.clone();
        let line = text.get(..part.whole.start).map_or(0, |before| before.matches('\n').count()) + 1;
        let mut add = |range: Range<usize>, by: String, action: String, changes: Changes| {
            if self.seen.insert((path.clone(), range.start, range.end, by.clone())) {
                let (address, path) = (target.subject.address.to_string(), path.clone());
                let Target { kind, attribute, read, .. } = *target;
                let (rules, field) = (read.rules.clone(), found.field);
                self.made.push(Mutant {
                    kind,
                    attribute,
                    rules,
                    judged: read.judged.clone(),
                    address,
                    field,
                    part: changes,
                    path,
                    line,
                    range,
                    by,
                    action,
                });
            }
        };
        let what = if part.name.is_empty() { "the element".to_owned() } else { part.name.clone() };
        let changes = match (satellite, found.listed) {
            (true, _) => Changes::Satellite,
            (_, true) => Changes::Listed,
            _ => Changes::Out,
        };
        add(part.out.0.clone(), part.out.1.to_owned(), format!("without {what}"), changes);
        let scalar = part.scalar.filter(|_| !satellite);
        if let Some((scalar, written)) = scalar.and_then(|range| Some((range.clone(), text.get(range)?))) {
            for weak in weaker(written, target.attribute) {
                let action = format!("{what} {weak} for {written}");
                add(scalar.clone(), weak, action, Changes::Weaker);
            }
        }
    }

    /// The part of a file that a place stands in.
    fn part(&self, place: Place) -> Option<(String, Part)> {
        let path = self.sources.file(place.file).path.clone();
        let part = at(self.outlines.get(&path)?, place.span.start as usize)?.clone();
        Some((path, part))
    }
}

fn attribute_name(model: &'static Kind, attribute: AttrId) -> Option<&'static str> {
    model.attributes.get(attribute.0 as usize).map(|attribute| attribute.name)
}
