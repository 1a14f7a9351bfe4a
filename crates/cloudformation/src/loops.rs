//! `Fn::ForEach` of AWS::LanguageExtensions, expanded before anything else of the template is looked at. Places stay
//! those of the loop's body, so that all its copies point at the one that is written.

use memchr::memmem;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind, Scalar, ScalarStyle, unique};
use source::{FileId, Span};
use value::{Kind, Value};

use crate::conditions::scalar_text;
use crate::intrinsic::reason_of;
use crate::stack::Stack;
use crate::template::Template;

/// What stands in a key for a loop's name that is not known.
pub(crate) const ANY: &str = "*";

/// Most nodes of an expanded template.
const MOST_NODES: usize = 1 << 18;

/// The template with its loops expanded; none if it has no loop.
pub(crate) fn expanded(stack: &Stack<'_>) -> Option<Template> {
    let template = stack.template.clone();
    let has_loop = |file: FileId| {
        let text = stack.shared.sources.file(file).text.clone();
        memmem::find(text.as_bytes(), b"Fn::ForEach::").is_some()
    };
    [template.file].into_iter().chain(template.included.files()).find(|file| has_loop(*file))?;
    let unknown = FxHashSet::default();
    let mut expansion = Expansion { stack, bound: Vec::new(), unknown, nodes: MOST_NODES };
    let document = expansion.node(&template.document);
    if expansion.nodes == 0 {
        let message = "the loops of the template make it too large; a part was left out";
        let help = "split the template";
        stack.warn("cloudformation-loop-too-large", template.document.span, message, help);
    }
    let mut expanded = template.with_document(document);
    expanded.unknown_loops = expansion.unknown;
    Some(expanded)
}

struct Expansion<'a, 's> {
    stack: &'a Stack<'s>,
    /// Names of the loops around, with their present values.
    bound: Vec<(SmolStr, SmolStr)>,
    /// Names of loops over lists that are not known.
    unknown: FxHashSet<SmolStr>,
    /// Nodes that may still be made.
    nodes: usize,
}

impl Expansion<'_, '_> {
    fn node(&mut self, node: &Node) -> Node {
        self.nodes = self.nodes.saturating_sub(1);
        if let Some(value) = self.bound_reference(node) {
            let kind = NodeKind::Scalar(Scalar { text: value, style: ScalarStyle::Quoted });
            return Node { kind, tag: None, span: node.span };
        }
        let kind = match &node.kind {
            NodeKind::Scalar(scalar) => {
                NodeKind::Scalar(Scalar { text: self.text(&scalar.text), style: scalar.style })
            }
            NodeKind::Sequence(items) => {
                NodeKind::Sequence(items.iter().map(|item| self.node(item)).collect())
            }
            NodeKind::Mapping(entries) => {
                let mut expanded = Vec::with_capacity(entries.len());
                entries.iter().for_each(|entry| self.entry(entry, &mut expanded));
                unique(&mut expanded, |key, span| self.repeated(key, span));
                NodeKind::Mapping(expanded)
            }
        };
        Node { kind, tag: node.tag.clone(), span: node.span }
    }

    fn entry(&mut self, entry: &Entry, expanded: &mut Vec<Entry>) {
        if self.nodes == 0 {
            return;
        }
        if entry.key.starts_with("Fn::ForEach::") {
            return self.repeat(entry, expanded);
        }
        let (key, value) = (self.text(&entry.key), self.node(&entry.value));
        expanded.push(Entry { key, key_span: entry.key_span, value });
    }

    fn repeated(&self, key: &str, span: Span) {
        let message = format!("the key {key} is repeated by a loop; the last one counts");
        self.stack.warn(
            "cloudformation-duplicate-key",
            span,
            message,
            "put the name of the loop into the key",
        );
    }

    fn repeat(&mut self, entry: &Entry, expanded: &mut Vec<Entry>) {
        self.stack.needs_extensions("Fn::ForEach", entry.key_span);
        let [name, collection, body] = entry.value.items() else {
            let message = format!("{} takes a name, a list and a map", entry.key);
            let help = "write the argument as the CloudFormation user guide shows it for this function";
            return self.stack.warn("cloudformation-wrong-argument", entry.key_span, message, help);
        };
        let Some(name) = name.text().cloned() else { return };
        let collection = self.node(collection);
        let values = self.stack.value(&collection);
        let Some(values) = known_texts(&values) else {
            let message = format!("the list of {} is not known: {}", entry.key, reason_of(&values));
            let help = "give the parameter that it rests on, or write the list in the template";
            self.stack.warn("cloudformation-unknown-loop", entry.key_span, message, help);
            return self.any_number(&name, body, expanded);
        };
        for value in values {
            self.bound.push((name.clone(), value));
            body.entries().iter().for_each(|entry| self.entry(entry, expanded));
            self.bound.pop();
        }
    }

    /// The body once, for any number of copies: `*` stands for the loop's name in keys, and what the name is
    /// stays unknown.
    fn any_number(&mut self, name: &SmolStr, body: &Node, expanded: &mut Vec<Entry>) {
        self.unknown.insert(name.clone());
        for entry in body.entries() {
            let value = self.node(&entry.value);
            let key = self.text(&entry.key);
            let key = key.replace(&format!("${{{name}}}"), ANY).replace(&format!("&{{{name}}}"), ANY);
            expanded.push(Entry { key: key.into(), key_span: entry.key_span, value });
        }
    }

    /// The value of the loop's name that a node refers to.
    fn bound_reference(&self, node: &Node) -> Option<SmolStr> {
        let name = match (node.tag.as_deref(), node.entries()) {
            (Some("Ref"), _) => node.text()?,
            (_, [entry]) if entry.key == "Ref" => entry.value.text()?,
            _ => return None,
        };
        self.bound.iter().rev().find(|(bound, _)| bound == name).map(|(_, value)| value.clone())
    }

    fn text(&self, text: &SmolStr) -> SmolStr {
        if self.bound.is_empty() || !text.contains('{') {
            return text.clone();
        }
        let mut text = text.to_string();
        for (name, value) in self.bound.iter().rev() {
            let letters: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            text = text.replace(&format!("${{{name}}}"), value).replace(&format!("&{{{name}}}"), &letters);
        }
        SmolStr::from(text)
    }
}

/// The texts of a list that is wholly known.
fn known_texts(value: &Value) -> Option<Vec<SmolStr>> {
    let Kind::List(list) = &value.kind else { return None };
    let text = |item: &value::Item| scalar_text(&item.value).filter(|_| item.presence.is_certain());
    if list.open.is_some() { None } else { list.items.iter().map(text).collect() }
}
