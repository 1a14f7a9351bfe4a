//! Reaching values: attributes of nodes, fields of records, rows of tables, nodes of the scope.

use std::sync::Arc;

use graph::{NodeId, Resolved};
use language::ir::{AttributeSource, Catalogue, KindId, Node, Op, Operand, Program, Table};
use smol_str::SmolStr;
use source::Place;
use value::{Condition, Item, Kind, List, Origin, Presence, Truth, Unknown, Value};

use super::{Evaluator, Read, literal_value};

impl Evaluator<'_, '_> {
    pub(super) fn reach(&mut self, program: &Program, node: &Node) -> Value {
        match node.op {
            Op::Select(operand, name) => self.select(program, node, operand, name),
            Op::Follow(operand, _) => self.operand(program, operand),
            Op::Index(container, key) => {
                let (container, key) = (self.operand(program, container), self.operand(program, key));
                index(&container, &key)
            }
            Op::Raw(name) => self.raw(program, node, name),
            Op::ReferenceFact(operand, name) => self.reference_fact(program, node, operand, name),
            Op::Statements(operand) => {
                let policy = self.operand(program, operand);
                let holder = self.asked.subject.unwrap_or(NodeId(u32::MAX));
                self.statements(&policy, holder)
            }
            Op::Lookup(table, keys) => self.lookup(program, table, keys),
            Op::Nodes(kinds) => self.asked.facts.graph.nodes_in(kinds, self.asked.account, self.asked.region),
            Op::Method(name, receiver, arguments) => {
                let receiver = self.operand(program, receiver);
                let arguments: Vec<Value> =
                    arguments.iter().map(|argument| self.operand(program, *argument)).collect();
                let subject = self.asked.subject.unwrap_or(NodeId(u32::MAX));
                self.asked.facts.method(name, &receiver, &arguments, subject)
            }
            _ => Value::absent(),
        }
    }

    /// The statements of a policy, or of all policies of a list.
    fn statements(&self, policies: &Value, holder: NodeId) -> Value {
        match &policies.kind {
            Kind::List(list) => {
                let mut all = list.with(Vec::new());
                for item in &list.items {
                    append(&mut all, &self.statements(&item.value, holder), &item.presence);
                }
                Value::new(Kind::List(Arc::new(all)), policies.origin.clone())
            }
            Kind::Alternatives(alternatives) => {
                let choice = |(condition, choice): &(Condition, Value)| {
                    (condition.clone(), self.statements(choice, holder))
                };
                let choices: Vec<_> = alternatives.choices.iter().map(choice).collect();
                Value::alternatives(choices, policies.origin.clone())
            }
            _ => self.asked.facts.statements(policies, holder),
        }
    }

    fn select(&mut self, program: &Program, node: &Node, operand: Operand, name: &'static str) -> Value {
        let below = program.nodes.get(operand as usize).map(|below| below.op);
        let (value, of) = match below {
            Some(Op::Subject) => match self.asked.subject {
                Some(subject) => (self.attribute(subject, name), Some((subject, name))),
                None => (Value::absent(), None),
            },
            Some(Op::Follow(reference, kinds)) => {
                let reference = self.operand(program, reference);
                self.attribute_of(&reference, kinds, name)
            }
            Some(Op::Variable(_) | Op::It) => return self.field(program, node, operand, name),
            _ => (self.operand(program, operand).get(name), None),
        };
        let value = self.settled(value);
        self.note(program, node, of, &value);
        value
    }

    /// A field of an element.
    fn field(&mut self, program: &Program, node: &Node, operand: Operand, name: &'static str) -> Value {
        let element = self.operand(program, operand);
        let value = self.settled(element.get(name));
        self.note_within(program, node, (None, element.origin.place), &value);
        value
    }

    fn note(&mut self, program: &Program, node: &Node, of: Option<(NodeId, &'static str)>, value: &Value) {
        self.note_within(program, node, (of, None), value);
    }

    fn note_within(
        &mut self,
        program: &Program,
        node: &Node,
        (of, within): (Option<(NodeId, &'static str)>, Option<Place>),
        value: &Value,
    ) {
        let Some(trace) = &mut self.trace else { return };
        let range = node.span.0 as usize..node.span.1 as usize;
        let text = SmolStr::from(program.text.get(range).unwrap_or_default());
        trace.push(Read { text, of, value: value.clone(), within });
    }

    /// The choice of alternatives that this world makes, if it makes one.
    fn settled(&self, value: Value) -> Value {
        let Kind::Alternatives(alternatives) = &value.kind else { return value };
        let chosen =
            alternatives.choices.iter().find(|(condition, _)| condition.holds(self.world) == Truth::Yes);
        chosen.map_or(value.clone(), |(_, choice)| choice.clone())
    }

    /// An attribute of a node: of its kind, or one that every node has.
    pub(crate) fn attribute(&self, node: NodeId, name: &'static str) -> Value {
        attribute(self.asked.facts, node, name)
    }

    /// An attribute of the node that a reference leads to.
    fn attribute_of(
        &self,
        reference: &Value,
        kinds: &[KindId],
        name: &'static str,
    ) -> (Value, Option<(NodeId, &'static str)>) {
        if let Kind::Alternatives(alternatives) = &reference.kind {
            let choice = |(condition, choice): &(Condition, Value)| {
                (condition.clone(), self.attribute_of(choice, kinds, name).0)
            };
            let choices: Vec<_> = alternatives.choices.iter().map(choice).collect();
            return (Value::alternatives(choices, reference.origin.clone()), None);
        }
        let holder = self.asked.subject.unwrap_or(NodeId(u32::MAX));
        match self.asked.facts.graph.resolve(reference, holder, kinds) {
            Resolved::Node(node) => (self.attribute(node, name), Some((node, name))),
            Resolved::OneOf(nodes, reason) => (self.one_of(&nodes, &reason, name), None),
            Resolved::Outside(reason) => match self.of_any_kind(reference, kinds, name) {
                Some(node) => (self.attribute(node, name), Some((node, name))),
                None => (outside(reason, reference), None),
            },
            Resolved::Absent => (Value::absent(), None),
        }
    }

    /// The node behind a reference that leads to one of another kind than the model expects (the address of whatever a
    /// web ACL protects, say), for the attributes that every node has.
    fn of_any_kind(&self, reference: &Value, kinds: &[KindId], name: &str) -> Option<NodeId> {
        let shared = language::facts::EVERY_NODE.iter().any(|fact| fact.name == name);
        if kinds.is_empty() || !shared || !matches!(reference.kind, Kind::Reference(_)) {
            return None;
        }
        let holder = self.asked.subject.unwrap_or(NodeId(u32::MAX));
        match self.asked.facts.graph.resolve(reference, holder, &[]) {
            Resolved::Node(node) => Some(node),
            _ => None,
        }
    }

    /// An attribute of one of several nodes: known if all agree.
    fn one_of(&self, nodes: &[(Condition, NodeId)], reason: &SmolStr, name: &'static str) -> Value {
        let values: Vec<(Condition, Value)> =
            nodes.iter().map(|(condition, node)| (condition.clone(), self.attribute(*node, name))).collect();
        let Some((_, first)) = values.first() else { return Value::absent() };
        let graph = self.asked.facts.graph;
        if values.iter().all(|(_, other)| value::equal(first, other, graph, self.world) == Truth::Yes) {
            return first.clone();
        }
        let origin = first.origin.clone();
        if values.iter().all(|(condition, _)| *condition != Condition::Always) {
            return Value::alternatives(values, origin);
        }
        let unknown = Unknown { may_be_absent: true, ..Unknown::fresh(reason.clone()) };
        Value::unknown(unknown, origin)
    }

    fn raw(&mut self, program: &Program, node: &Node, name: Operand) -> Value {
        let name = self.operand(program, name);
        let resource = self.asked.subject.and_then(|subject| self.asked.facts.graph.resource(subject));
        let value = match (resource, name.as_str()) {
            (Some(resource), Some(name)) => resource.attributes.get(name),
            _ => Value::absent(),
        };
        self.note(program, node, None, &value);
        value
    }

    fn reference_fact(
        &mut self,
        program: &Program,
        node: &Node,
        operand: Operand,
        name: &'static str,
    ) -> Value {
        let reference = self.operand(program, operand);
        let holder = self.asked.subject.unwrap_or(NodeId(u32::MAX));
        let fact = |reference: &Value| self.asked.facts.of_reference(name, reference, holder);
        let value = match &reference.kind {
            Kind::Alternatives(alternatives) => {
                let choice = |(condition, choice): &(Condition, Value)| (condition.clone(), fact(choice));
                let choices: Vec<_> = alternatives.choices.iter().map(choice).collect();
                Value::alternatives(choices, reference.origin.clone())
            }
            _ => fact(&reference),
        };
        let value = self.settled(value);
        self.note(program, node, None, &value);
        value
    }

    fn lookup(&mut self, program: &Program, table: &'static str, keys: &[Operand]) -> Value {
        let named = keys.iter().find_map(|key| match program.nodes.get(*key as usize)?.op {
            Op::Select(_, name) => Some(name),
            _ => None,
        });
        let keys: Vec<Value> = keys.iter().map(|key| self.operand(program, *key)).collect();
        match self.asked.facts.graph.catalogue.table(table) {
            Some(table) => row(table, &keys, named),
            None => Value::absent(),
        }
    }
}

/// An attribute of a node: of its kind, or one that every node has.
pub(crate) fn attribute(facts: &facts::Facts<'_>, node: NodeId, name: &'static str) -> Value {
    let catalogue: &'static Catalogue = facts.graph.catalogue;
    let kind = facts.graph.node(node).and_then(|node| node.kind).and_then(|kind| catalogue.kind(kind));
    match kind.and_then(|kind| kind.attribute(name)) {
        Some((id, attribute)) => match attribute.source {
            AttributeSource::Fact(fact) => facts.of_node(fact, node),
            AttributeSource::Spelled | AttributeSource::Incoming(_) => facts.graph.attribute(node, id),
            AttributeSource::ReferenceFact(_) => Value::absent(),
        },
        None if language::facts::EVERY_NODE.iter().any(|fact| fact.name == name) => facts.of_node(name, node),
        None => Value::absent(),
    }
}

/// Adds the elements of a list, which are there where `under` is.
fn append(all: &mut List, part: &Value, under: &Presence) {
    match &part.kind {
        Kind::List(list) => {
            let under = |item: &Item| Item { presence: item.presence.and(under), ..item.clone() };
            all.items.extend(list.items.iter().map(under));
            all.open = all.open.take().or_else(|| list.open.clone());
        }
        Kind::Alternatives(alternatives) => {
            for (condition, choice) in &alternatives.choices {
                append(all, choice, &under.and(&Presence::guarded(condition.clone())));
            }
        }
        Kind::Unknown(unknown) => all.open = all.open.take().or_else(|| Some(unknown.clone())),
        _ => {}
    }
}

fn outside(reason: SmolStr, reference: &Value) -> Value {
    let unknown = Unknown { may_be_absent: true, ..Unknown::fresh(reason) };
    Value::unknown(unknown, reference.origin.clone())
}

/// `container[key]`.
fn index(container: &Value, key: &Value) -> Value {
    if let Kind::Unknown(unknown) = &key.kind {
        return Value::unknown(Unknown::fresh(unknown.reason.clone()), key.origin.clone());
    }
    match (&container.kind, &key.kind) {
        (Kind::List(list), Kind::Number(number)) => {
            let at = number.as_i64().and_then(|at| usize::try_from(at).ok());
            match (at.and_then(|at| list.items.get(at)), &list.open) {
                (Some(item), _) => item.value.clone().guarded_by(&item.presence),
                (None, Some(open)) => Value::unknown(open.select("element"), container.origin.clone()),
                (None, None) => Value::absent(),
            }
        }
        (_, Kind::String(name)) => container.get(name),
        _ => Value::absent(),
    }
}

/// The row that the keys find, as a map of its columns; unknown without a key. `named` is the attribute that the key
/// is.
fn row(table: &'static Table, keys: &[Value], named: Option<&str>) -> Value {
    let mut text = String::new();
    for key in keys {
        match &key.kind {
            Kind::Alternatives(alternatives) if keys.len() == 1 => {
                let choice = |(condition, choice): &(Condition, Value)| {
                    (condition.clone(), row(table, std::slice::from_ref(choice), named))
                };
                return Value::alternatives(alternatives.choices.iter().map(choice), key.origin.clone());
            }
            Kind::Absent | Kind::Null => {
                let reason = match named {
                    Some(name) => format!("no {} is declared", name.replace('_', " ")),
                    None => format!("the key into the table {} is not declared", table.name),
                };
                return Value::unknown(Unknown::fresh(reason), key.origin.clone());
            }
            Kind::String(part) => push_key(&mut text, part),
            Kind::Number(number) => push_key(&mut text, &number.to_string()),
            Kind::Unknown(unknown) => {
                return Value::unknown(Unknown::fresh(unknown.reason.clone()), key.origin.clone());
            }
            _ => {
                let reason = format!("the key into the table {} is known after deployment", table.name);
                return Value::unknown(Unknown::fresh(reason), key.origin.clone());
            }
        }
    }
    let origin = keys.first().map_or_else(Origin::default, |key| key.origin.clone());
    match table.row(&text) {
        Some(cells) => {
            let columns = table.columns.iter().zip(cells.iter());
            let filled = columns.filter_map(|(column, cell)| Some((column.name, literal_value((*cell)?))));
            Value::map(filled.map(|(name, value)| (SmolStr::new_static(name), value)), origin)
        }
        None => {
            let reason = format!("\"{text}\" is not in the table {} of {}", table.name, table.dated);
            Value::unknown(Unknown::fresh(reason), origin)
        }
    }
}

fn push_key(text: &mut String, part: &str) {
    if !text.is_empty() {
        text.push('/');
    }
    text.push_str(part);
}
