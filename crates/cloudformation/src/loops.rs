//! `Fn::ForEach` of AWS::LanguageExtensions, expanded before anything else of the template is looked at. Places stay
//! those of the loop's body, so that all its copies point at the one that is written.

use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind, Scalar, ScalarStyle, unique};
use source::{FileId, Span};
use value::{Condition, Kind, Value};

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
    let mut expansion = Expansion::new(stack);
    let document = expansion.document(&template.document);
    if expansion.nodes == 0 {
        let message = "the loops of the template make it too large; a part was left out";
        let help = "split the template";
        stack.warn("cloudformation-loop-too-large", template.document.span, message, help);
    }
    let mut expanded = template.with_document(document);
    expanded.unknown_loops = expansion.unknown;
    expanded.formulas = expansion.formulas;
    Some(expanded)
}

struct Expansion<'a, 's> {
    stack: &'a Stack<'s>,
    /// Names of the loops around, with their present values.
    bound: Vec<(SmolStr, SmolStr)>,
    /// When the present values are among those of their loops.
    guards: Vec<Condition>,
    /// Names of loops over lists that are not known.
    unknown: FxHashSet<SmolStr>,
    /// Conditions of what loops make of lists that depend on conditions.
    formulas: FxHashMap<SmolStr, Formula>,
    /// Levels below the section that is expanded; none in a section whose entries have no condition of their own.
    level: Option<usize>,
    /// Nodes that may still be made.
    nodes: usize,
}

impl<'a, 's> Expansion<'a, 's> {
    fn new(stack: &'a Stack<'s>) -> Self {
        Self {
            stack,
            bound: Vec::new(),
            guards: Vec::new(),
            unknown: FxHashSet::default(),
            formulas: FxHashMap::default(),
            level: None,
            nodes: MOST_NODES,
        }
    }

    fn document(&mut self, document: &Node) -> Node {
        let section = |entry: &Entry| {
            self.level = ["Resources", "Outputs"].contains(&entry.key.as_str()).then_some(0);
            Entry { value: self.node(&entry.value), ..entry.clone() }
        };
        let kind = NodeKind::Mapping(document.entries().iter().map(section).collect());
        Node { kind, tag: document.tag.clone(), span: document.span }
    }

    fn node(&mut self, node: &Node) -> Node {
        self.level = self.level.map(|level| level + 1);
        let expanded = self.node_at_level(node);
        self.level = self.level.map(|level| level.saturating_sub(1));
        expanded
    }

    fn node_at_level(&mut self, node: &Node) -> Node {
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

    /// The entry where the value of a loop is in the loop's list. Resources and outputs get a condition, anything else
    /// is chosen.
    fn guarded(&mut self, loop_key: &str, entry: Entry) -> Entry {
        let Some(guard) = self.guards.last().filter(|guard| **guard != Condition::Always) else {
            return entry;
        };
        let name = SmolStr::from(format!("{loop_key} {}", self.formulas.len()));
        let mut formula = Formula { own: None, guard: guard.clone() };
        let Entry { key, key_span, mut value } = entry;
        let text = |text: &str, span: Span| {
            let kind = NodeKind::Scalar(Scalar { text: text.into(), style: ScalarStyle::Quoted });
            Node { kind, tag: None, span }
        };
        if let (Some(1), NodeKind::Mapping(body)) = (self.level, &mut value.kind) {
            match body.iter_mut().find(|entry| entry.key == "Condition") {
                Some(own) => {
                    formula.own = own.value.text().cloned();
                    own.value = text(&name, own.value.span);
                }
                None => {
                    let value = text(&name, key_span);
                    body.push(Entry { key: "Condition".into(), key_span, value });
                }
            }
        } else {
            let span = value.span;
            let none = Entry { key: "Ref".into(), key_span: span, value: text("AWS::NoValue", span) };
            let none = Node { kind: NodeKind::Mapping(vec![none]), tag: None, span };
            let chosen =
                Node { kind: NodeKind::Sequence(vec![text(&name, span), value, none]), tag: None, span };
            let chosen = Entry { key: "Fn::If".into(), key_span: span, value: chosen };
            value = Node { kind: NodeKind::Mapping(vec![chosen]), tag: None, span };
        }
        self.formulas.insert(name, formula);
        Entry { key, key_span, value }
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
        let Some(values) = known_texts(&values, &Condition::Always) else {
            let message = format!("the list of {} is not known: {}", entry.key, reason_of(&values));
            let help = "give the parameter that it rests on, or write the list in the template";
            self.stack.warn("cloudformation-unknown-loop", entry.key_span, message, help);
            return self.any_number(&entry.key, &name, body, expanded);
        };
        let around = self.guards.last().cloned().unwrap_or_default();
        for (value, when) in values {
            self.bound.push((name.clone(), value));
            self.guards.push(around.clone().and(when));
            self.body(&entry.key, body, expanded);
            self.guards.pop();
            self.bound.pop();
        }
    }

    /// One copy of the body of a loop. What a loop within makes is guarded by that one already.
    fn body(&mut self, loop_key: &str, body: &Node, expanded: &mut Vec<Entry>) {
        for entry in body.entries() {
            let first = expanded.len();
            self.entry(entry, expanded);
            if entry.key.starts_with("Fn::ForEach::") {
                continue;
            }
            let made = expanded.split_off(first);
            expanded.extend(made.into_iter().map(|one| self.guarded(loop_key, one)));
        }
    }

    /// The body once, for any number of copies: `*` stands for the loop's name in keys, and what the name is
    /// stays unknown.
    fn any_number(&mut self, key: &str, name: &SmolStr, body: &Node, expanded: &mut Vec<Entry>) {
        self.unknown.insert(name.clone());
        let mut made = Vec::new();
        self.body(key, body, &mut made);
        for mut entry in made {
            let key = entry.key.replace(&format!("${{{name}}}"), ANY).replace(&format!("&{{{name}}}"), ANY);
            entry.key = key.into();
            expanded.push(entry);
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

/// When something stands that a loop makes of a list that depends on conditions.
#[derive(Debug, Clone)]
pub(crate) struct Formula {
    /// The condition that it has by itself.
    pub(crate) own: Option<SmolStr>,
    /// When the value is in the list.
    pub(crate) guard: Condition,
}

/// The texts of a list, each with the condition that it is there; none if they are not known.
fn known_texts(value: &Value, under: &Condition) -> Option<Vec<(SmolStr, Condition)>> {
    let mut texts: Vec<(SmolStr, Condition)> = Vec::new();
    match &value.kind {
        Kind::List(list) if list.open.is_none() => {
            for item in &list.items {
                let text = scalar_text(&item.value).filter(|_| !item.presence.many)?;
                texts.push((text, under.clone().and(item.presence.when.clone())));
            }
        }
        Kind::Alternatives(alternatives) => {
            for (when, choice) in &alternatives.choices {
                for (text, when) in known_texts(choice, &under.clone().and(when.clone()))? {
                    match texts.iter_mut().find(|(known, _)| *known == text) {
                        Some((_, known)) => *known = std::mem::take(known).or(when),
                        None => texts.push((text, when)),
                    }
                }
            }
        }
        _ => return None,
    }
    Some(texts)
}
