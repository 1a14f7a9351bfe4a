//! Stack sets: a template that is deployed as a stack to accounts and regions. Its resources belong to the root that
//! declares the set, at an account and a region of their own, which are known where the set has one target.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use source::{Place, Span};
use value::{Identity, Kind, Origin, Unknown, Value};

use crate::stack::Stack;
use crate::template::Template;
use crate::{StackContext, document, sniff};

/// Whether a resource is a stack set.
pub(crate) fn is_stack_set(resource: &Node) -> bool {
    let type_name = resource.get("Type").and_then(Node::text);
    type_name.is_some_and(|name| name == "AWS::CloudFormation::StackSet")
}

impl Stack<'_> {
    /// The template that stands in the body of a stack set, with its places in this file; or why there is none.
    pub(crate) fn body_of_set(&self, body: &Node) -> Result<Arc<Template>, String> {
        let value = self.value(body);
        let text = value.as_str().ok_or("its TemplateBody is not known")?;
        let document = document::parse(text, self.shared.sources.limits());
        let mut document =
            document.map_err(|error| format!("its TemplateBody does not parse: {}", error.message))?;
        if !sniff::is_template(&document.root) {
            return Err("its TemplateBody is no template".to_owned());
        }
        self.budget.spend(text.len() / 16);
        let place = self.place(body.span);
        let lines = Lines::of(&self.shared.sources.file(place.file).text, place, text);
        lines.apply(&mut document.root);
        Ok(Arc::new(Template::new(place.file, document.root)))
    }

    /// The parameters of a stack set, by name.
    pub(crate) fn parameters_of_set(&self, entry: &Entry) -> FxHashMap<SmolStr, Value> {
        let written = entry.value.get("Properties").and_then(|properties| properties.get("Parameters"));
        let one = |node: &Node| {
            let name = self.value(node.get("ParameterKey")?);
            Some((SmolStr::new(name.as_str()?), self.value(node.get("ParameterValue")?)))
        };
        written.map_or(&[][..], Node::items).iter().filter_map(one).collect()
    }

    /// The context of the stacks of a set.
    pub(crate) fn context_of_set(&self, entry: &Entry) -> Rc<StackContext> {
        let groups =
            entry.value.get("Properties").and_then(|properties| properties.get("StackInstancesGroup"));
        let group = match groups.map_or(&[][..], Node::items) {
            [only] => Some(only),
            _ => None,
        };
        let accounts = group.and_then(|group| group.get("DeploymentTargets")?.get("Accounts"));
        let regions = group.and_then(|group| group.get("Regions"));
        let context = StackContext {
            account: Some(self.target(entry, accounts, "accounts")),
            region: Some(self.target(entry, regions, "regions")),
            stack_name: None,
            ..(*self.context).clone()
        };
        Rc::new(context)
    }

    /// The only element of a list of targets, or an unknown one.
    fn target(&self, entry: &Entry, written: Option<&Node>, what: &str) -> Value {
        let list = written.map(|node| self.value(node));
        if let Some(Kind::List(list)) = list.as_ref().map(|list| &list.kind)
            && let ([only], None) = (list.items.as_slice(), &list.open)
            && only.presence.is_certain()
        {
            return only.value.clone();
        }
        let reason = format!("the {what} that the stack set {} is deployed to", entry.key);
        let identity = Identity::new(&self.address(&entry.key), what);
        Value::unknown(Unknown::identified(reason, identity), Origin::computed(self.place(entry.key_span)))
    }
}

/// Where each line of a text stands in a file.
struct Lines {
    /// First offset of each line in the text, with its place in the file and whether it is written there as it is.
    lines: Vec<(u32, Span, bool)>,
    whole: Span,
}

impl Lines {
    /// Finds the lines of `text`, the value of the scalar at `place`, if that has as many.
    fn of(file: &str, place: Place, text: &str) -> Self {
        let (start, end) = (place.span.start as usize, place.span.end as usize);
        let raw = file.get(start..end).unwrap_or_default();
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
        let mut lines = Vec::new();
        let mut from = 0usize;
        let mut offset = start;
        let mut written = raw.split_inclusive('\n').peekable();
        let mut texts = text.split_inclusive('\n').peekable();
        // A tag and the mark of a block stand before the text, and what is left out before the first line.
        while texts.peek().is_some_and(|line| line.trim().is_empty()) {
            from += texts.next().map_or(0, str::len);
        }
        while written.peek().is_some_and(|line| line.trim() != first) {
            offset += written.next().map_or(0, str::len);
        }
        for line in texts {
            let Some(raw) = written.next() else { break };
            let (shown, known) = (line.trim_end_matches(['\n', '\r']), raw.trim_end());
            let at = raw.find(shown).filter(|_| !shown.is_empty());
            let begin = offset + at.unwrap_or(raw.len() - raw.trim_start().len());
            let span = Span { start: as_offset(begin), end: as_offset(offset + known.len()) };
            lines.push((as_offset(from), span, at.is_some()));
            from += line.len();
            offset += raw.len();
        }
        // A text on one line, in quotes, or folded has no lines of its own.
        if text.lines().count() < 2 || from < text.len() {
            lines.clear();
        }
        Self { lines, whole: place.span }
    }

    fn at(&self, offset: u32, is_end: bool) -> Option<u32> {
        let after = self.lines.partition_point(|(from, ..)| *from <= offset);
        let (from, span, exact) = self.lines.get(after.checked_sub(1)?)?;
        Some(match (exact, is_end) {
            (true, _) => span.start.saturating_add(offset - from).min(span.end),
            (false, true) => span.end,
            (false, false) => span.start,
        })
    }

    fn span(&self, span: Span) -> Span {
        match (self.at(span.start, false), self.at(span.end, true)) {
            (Some(start), Some(end)) if start <= end => Span { start, end },
            _ => self.whole,
        }
    }

    /// Moves the places of a document to where its lines stand.
    fn apply(&self, node: &mut Node) {
        node.span = self.span(node.span);
        match &mut node.kind {
            NodeKind::Scalar(_) => {}
            NodeKind::Sequence(items) => items.iter_mut().for_each(|item| self.apply(item)),
            NodeKind::Mapping(entries) => {
                for entry in entries {
                    entry.key_span = self.span(entry.key_span);
                    self.apply(&mut entry.value);
                }
            }
        }
    }
}

fn as_offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
