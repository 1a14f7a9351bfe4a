//! `AWS::Include`: what files of the scan bring into a template, put in place before anything else is looked at.
//! Invariant: a place in what was included points into the included file. A file is included once and no deeper, as
//! AWS does it, so no template includes itself.

use memchr::memmem;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use source::{FileId, LoadError, Place, Span};

use crate::document;
use crate::intrinsic::reason_of;
use crate::macros::{self, INCLUDE};
use crate::stack::Stack;
use crate::template::Template;

/// Most nodes that files bring into one template.
const MOST_NODES: usize = 1 << 18;

const PROBLEM: &str = "cloudformation-include";

/// The template with the files that it includes; none if it includes none.
pub(crate) fn expanded(stack: &Stack<'_>) -> Option<Template> {
    let text = stack.shared.sources.file(stack.template.file).text.clone();
    memmem::find(text.as_bytes(), INCLUDE.as_bytes())?;
    let template = stack.template.clone();
    let mut inclusion =
        Inclusion { stack, ranges: Ranges::new(text.len()), parsed: FxHashMap::default(), nodes: MOST_NODES };
    let mut document = template.document.clone();
    inclusion.node(&mut document);
    inclusion.top_level(&mut document);
    if inclusion.nodes == 0 {
        let message = "the included files make the template too large; a part was left out";
        stack.warn("cloudformation-include-too-large", document.span, message, "split the template");
    }
    let mut expanded = template.with_document(document);
    expanded.included = inclusion.ranges;
    Some(expanded)
}

/// Where the texts of included files stand in the text of a template: after its own, one after the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ranges {
    /// First offset of each file.
    starts: Vec<(u32, FileId)>,
    /// First offset that is free.
    end: u32,
}

impl Ranges {
    fn new(length: usize) -> Self {
        Self { starts: Vec::new(), end: u32::try_from(length).unwrap_or(u32::MAX).saturating_add(1) }
    }

    /// Room for a file of `length` bytes; none if offsets run out.
    fn add(&mut self, file: FileId, length: usize) -> Option<u32> {
        let start = self.end;
        self.end = u32::try_from(length).ok().and_then(|length| start.checked_add(length)?.checked_add(1))?;
        self.starts.push((start, file));
        Some(start)
    }

    /// The place that a span stands for; a span that begins in one text and ends in another is cut.
    pub(crate) fn place(&self, own: FileId, span: Span) -> Place {
        let after = self.starts.partition_point(|(start, _)| *start <= span.start);
        let limit = self.starts.get(after).map_or(u32::MAX, |(start, _)| start.saturating_sub(1));
        let end = span.end.min(limit);
        match after.checked_sub(1).and_then(|at| self.starts.get(at)) {
            Some((start, file)) => {
                Place { file: *file, span: Span { start: span.start - start, end: end - start } }
            }
            None => Place { file: own, span: Span { start: span.start, end } },
        }
    }

    /// The files that are included.
    pub(crate) fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.starts.iter().map(|(_, file)| *file)
    }
}

/// The top level of a file, and how many nodes it holds.
struct Included {
    entries: Vec<Entry>,
    nodes: usize,
}

struct Inclusion<'a, 's> {
    stack: &'a Stack<'s>,
    ranges: Ranges,
    /// Top levels of the files, with the spans that they have here; none for those that cannot be included.
    parsed: FxHashMap<FileId, Option<Included>>,
    /// Nodes that may still be brought in.
    nodes: usize,
}

impl Inclusion<'_, '_> {
    /// Puts included files in the place of the functions that name them, in all that is below `node`.
    fn node(&mut self, node: &mut Node) {
        match &mut node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::Sequence(items) => items.iter_mut().for_each(|item| self.node(item)),
            NodeKind::Mapping(entries) => {
                let at = entries.iter().position(|entry| entry.key == "Fn::Transform");
                let call = at.and_then(|at| entries.get(at)).map(|entry| &entry.value);
                let included = call.and_then(|call| self.named_by(call));
                if let (Some(at), Some(_)) = (at, &included) {
                    entries.remove(at);
                }
                entries.iter_mut().for_each(|entry| self.node(&mut entry.value));
                add(entries, included.unwrap_or_default());
            }
        }
        if node.tag.as_deref() == Some("Transform")
            && let Some(included) = self.named_by(node)
        {
            *node = Node { kind: NodeKind::Mapping(included), tag: None, span: node.span };
        }
    }

    /// Adds what the transforms of the template as a whole include.
    fn top_level(&mut self, document: &mut Node) {
        let transforms: Vec<Node> = macros::transforms(document).to_vec();
        for transform in transforms.iter().filter(|transform| transform.get("Name").is_some()) {
            let Some(included) = self.named_by(transform) else { continue };
            let NodeKind::Mapping(entries) = &mut document.kind else { return };
            for section in included {
                match entries.iter_mut().find(|entry| entry.key == section.key) {
                    Some(Entry { value: Node { kind: NodeKind::Mapping(own), .. }, .. }) => {
                        add(own, section.value.entries().to_vec());
                    }
                    Some(_) => {}
                    None => entries.push(section),
                }
            }
        }
    }

    /// The top level of the file that a call of the transform names, if it is one of the scan.
    fn named_by(&mut self, argument: &Node) -> Option<Vec<Entry>> {
        let call = match argument.items() {
            [only] => only,
            _ => argument,
        };
        call.get("Name").and_then(Node::text).filter(|name| *name == INCLUDE)?;
        let location = call.get("Parameters").and_then(|parameters| parameters.get("Location"));
        let Some(location) = location else {
            self.left_out(call.span, "AWS::Include has no Location", "write Parameters with a Location");
            return None;
        };
        let value = self.stack.value(location);
        let Some(path) = value.as_str().filter(|_| !value.sensitive) else {
            let message = format!("what AWS::Include adds is not known: {}", reason_of(&value));
            let help = "give the parameter that the location rests on, or scan the processed template";
            self.stack.note(PROBLEM, location.span, message, help);
            return None;
        };
        let file = self.file(path, location.span)?;
        if !self.parsed.contains_key(&file) {
            let included = self.read(file, path, location.span);
            self.parsed.insert(file, included);
        }
        let included = self.parsed.get(&file)?.as_ref()?;
        // Counted before it is copied, so that a file that is included a thousand times costs no more than the limit.
        self.nodes = self.nodes.saturating_sub(included.nodes);
        (self.nodes > 0).then(|| included.entries.clone())
    }

    fn file(&self, path: &str, span: Span) -> Option<FileId> {
        if path.contains("://") {
            let message = format!("{path} is not opened: what it adds to the template is not known");
            let help = "put a copy into the scan and give its path, or scan the processed template";
            self.stack.note(PROBLEM, span, message, help);
            return None;
        }
        let sources = self.stack.shared.sources;
        let own = sources.file(self.stack.template.file).path.clone();
        let folder = source::folder_of(&own);
        let beside = if folder.is_empty() { path.to_owned() } else { format!("{folder}/{path}") };
        let loaded = match path.starts_with('/') {
            true => Err(LoadError::OutsideRoot(path.to_owned())),
            false => sources.load(&beside),
        };
        loaded
            .map_err(|error| {
                let help = "name a file of the scan, relative to the template";
                self.left_out(span, format!("AWS::Include adds nothing: {error}"), help);
            })
            .ok()
    }

    fn read(&mut self, file: FileId, path: &str, span: Span) -> Option<Included> {
        let sources = self.stack.shared.sources;
        let text = sources.file(file).text.clone();
        let mut document = match document::parse(&text, sources.limits()) {
            Ok(document) => {
                document.problems(file).into_iter().for_each(|problem| self.stack.say(problem));
                document.root
            }
            Err(error) => {
                let place = Place::new(file, error.span);
                let message = format!("{path} is included and does not parse: {}", error.message);
                let help = "correct the syntax at this place";
                self.stack.warn_at("cloudformation-syntax", place, message, help);
                return None;
            }
        };
        let start = self.ranges.add(file, text.len())?;
        let nodes = count(&document);
        shift(&mut document, start);
        let NodeKind::Mapping(entries) = document.kind else {
            let message = format!("{path} is included and holds no map of keys to values");
            self.left_out(span, message, "write keys and values into the included file");
            return None;
        };
        if memmem::find(text.as_bytes(), INCLUDE.as_bytes()).is_some() {
            let message =
                format!("{path} includes another file, which CloudFormation refuses in what is included");
            self.left_out(span, message, "include each file in the template itself");
        }
        Some(Included { entries, nodes })
    }

    fn left_out(&self, span: Span, message: impl Into<String>, help: &str) {
        self.stack.warn(PROBLEM, span, message, help);
    }
}

/// Adds entries whose keys are not there yet.
fn add(entries: &mut Vec<Entry>, more: Vec<Entry>) {
    let known: rustc_hash::FxHashSet<SmolStr> = entries.iter().map(|entry| entry.key.clone()).collect();
    entries.extend(more.into_iter().filter(|entry| !known.contains(&entry.key)));
}

fn shift(node: &mut Node, by: u32) {
    node.span = shifted(node.span, by);
    match &mut node.kind {
        NodeKind::Scalar(_) => {}
        NodeKind::Sequence(items) => items.iter_mut().for_each(|item| shift(item, by)),
        NodeKind::Mapping(entries) => {
            for entry in entries {
                entry.key_span = shifted(entry.key_span, by);
                shift(&mut entry.value, by);
            }
        }
    }
}

fn shifted(span: Span, by: u32) -> Span {
    Span { start: span.start.saturating_add(by), end: span.end.saturating_add(by) }
}

fn count(node: &Node) -> usize {
    let below: usize = match &node.kind {
        NodeKind::Scalar(_) => 0,
        NodeKind::Sequence(items) => items.iter().map(count).sum(),
        NodeKind::Mapping(entries) => entries.iter().map(|entry| count(&entry.value)).sum(),
    };
    below + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_told_in_the_file_that_it_begins_in() {
        let mut ranges = Ranges::new(10);
        let (own, a, b) = (FileId::new(0), FileId::new(1), FileId::new(2));
        assert_eq!(ranges.add(a, 5), Some(11));
        assert_eq!(ranges.add(b, 5), Some(17));
        let place = |start, end| ranges.place(own, Span { start, end });
        assert_eq!(place(2, 4), Place::new(own, 2..4));
        assert_eq!(place(11, 13), Place::new(a, 0..2));
        assert_eq!(place(18, 22), Place::new(b, 1..5));
        assert_eq!(place(4, 18), Place::new(own, 4..10));
        assert_eq!(place(12, 18), Place::new(a, 1..5));
    }
}
