//! Small builders of document nodes. Every node that one makes has the span of the source that it is made for.

use smol_str::SmolStr;
use source::Span;
use source::document::{Entry, Node, NodeKind, Scalar, ScalarStyle};

use crate::intrinsic::Call;

/// The place that made nodes point at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct At(pub(crate) Span);

impl At {
    fn node(self, kind: NodeKind) -> Node {
        Node { kind, tag: None, span: self.0 }
    }

    fn scalar(self, text: impl Into<SmolStr>, style: ScalarStyle) -> Node {
        self.node(NodeKind::Scalar(Scalar { text: text.into(), style }))
    }

    /// A text, whatever it looks like.
    pub(crate) fn text(self, text: impl Into<SmolStr>) -> Node {
        self.scalar(text, ScalarStyle::Quoted)
    }

    /// A boolean.
    pub(crate) fn bool(self, is: bool) -> Node {
        self.scalar(if is { "true" } else { "false" }, ScalarStyle::Bool)
    }

    /// A number.
    pub(crate) fn number(self, number: u32) -> Node {
        self.scalar(number.to_string(), ScalarStyle::Number)
    }

    /// A list.
    pub(crate) fn list(self, items: impl IntoIterator<Item = Node>) -> Node {
        self.node(NodeKind::Sequence(items.into_iter().collect()))
    }

    /// A list of texts.
    pub(crate) fn texts<'t>(self, items: impl IntoIterator<Item = &'t str>) -> Node {
        self.list(items.into_iter().map(|item| self.text(item)))
    }

    /// An empty map.
    pub(crate) fn fields(self) -> Fields {
        Fields { at: self, entries: Vec::new() }
    }

    /// A map.
    pub(crate) fn map<'k>(self, entries: impl IntoIterator<Item = (&'k str, Node)>) -> Node {
        let mut fields = self.fields();
        entries.into_iter().for_each(|(key, value)| fields.set(key, value));
        fields.node()
    }

    /// The call of a function in its long form; `name` as it is written there (`Fn::Join`).
    pub(crate) fn call(self, name: &str, argument: Node) -> Node {
        self.map([(name, argument)])
    }

    /// `Ref`.
    pub(crate) fn reference(self, name: &str) -> Node {
        self.call("Ref", self.text(name))
    }

    /// `Fn::GetAtt`.
    pub(crate) fn attribute(self, name: &str, attribute: &str) -> Node {
        self.call("Fn::GetAtt", self.texts([name, attribute]))
    }

    /// `Fn::Sub` of a text.
    pub(crate) fn sub(self, text: &str) -> Node {
        self.call("Fn::Sub", self.text(text))
    }

    /// `Fn::Sub` of a text with names of its own.
    pub(crate) fn sub_with(self, text: &str, names: Fields) -> Node {
        self.call("Fn::Sub", self.list([self.text(text), names.node()]))
    }

    /// `Fn::Join`.
    pub(crate) fn join(self, delimiter: &str, items: impl IntoIterator<Item = Node>) -> Node {
        self.call("Fn::Join", self.list([self.text(delimiter), self.list(items)]))
    }

    /// `Fn::If` on a named condition.
    pub(crate) fn either(self, condition: &str, yes: Node, no: Node) -> Node {
        self.call("Fn::If", self.list([self.text(condition), yes, no]))
    }

    /// `Ref: AWS::NoValue`.
    pub(crate) fn no_value(self) -> Node {
        self.reference("AWS::NoValue")
    }
}

/// A map in the making.
#[derive(Debug, Clone)]
pub(crate) struct Fields {
    /// Where what is made stands.
    pub(crate) at: At,
    entries: Vec<Entry>,
}

impl Fields {
    /// Sets an entry; the key must not be set yet.
    pub(crate) fn set(&mut self, key: &str, value: Node) {
        self.entries.push(Entry { key: SmolStr::new(key), key_span: self.at.0, value });
    }

    /// The map with one more entry.
    pub(crate) fn with(mut self, key: &str, value: Node) -> Self {
        self.set(key, value);
        self
    }

    /// Takes over an entry as it is written, if it is there.
    pub(crate) fn hand(&mut self, from: &Node, key: &str) {
        self.hand_as(from, key, key);
    }

    /// Takes over several entries, those that are there.
    pub(crate) fn hand_all(&mut self, from: &Node, keys: &[&str]) {
        keys.iter().for_each(|key| self.hand(from, key));
    }

    /// Takes over an entry under another key, if it is there.
    pub(crate) fn hand_as(&mut self, from: &Node, key: &str, new_key: &str) {
        if let Some(entry) = from.entry(key).filter(|entry| !is_null(&entry.value)) {
            let key = SmolStr::new(new_key);
            self.entries.push(Entry { key, key_span: entry.key_span, value: entry.value.clone() });
        }
    }

    /// Adds an entry with the place that it has.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// The value of a key that is set.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().rev().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Sets an entry, in place of the one that is set.
    pub(crate) fn replace(&mut self, key: &str, value: Node) {
        self.entries.retain(|entry| entry.key != key);
        self.set(key, value);
    }

    /// Its entries.
    pub(crate) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// Whether nothing is set.
    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The map.
    pub(crate) fn node(self) -> Node {
        self.at.node(NodeKind::Mapping(self.entries))
    }
}

/// Whether a node says null, as a key without value does.
pub(crate) fn is_null(node: &Node) -> bool {
    let NodeKind::Scalar(scalar) = &node.kind else { return false };
    node.tag.is_none() && crate::scalar::kind(scalar) == value::Kind::Null
}

/// The name that a node refers to with `Ref`.
pub(crate) fn referenced(node: &Node) -> Option<&SmolStr> {
    Call::of(node).filter(|call| call.name == "Ref").and_then(|call| call.argument.text())
}

/// How many nodes a node has.
pub(crate) fn count(node: &Node) -> usize {
    let below = match &node.kind {
        NodeKind::Scalar(_) => 0,
        NodeKind::Sequence(items) => items.iter().map(count).sum(),
        NodeKind::Mapping(entries) => entries.iter().map(|entry| count(&entry.value)).sum(),
    };
    below + 1
}
