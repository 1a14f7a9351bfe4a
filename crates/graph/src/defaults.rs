//! Defaults. Invariant: a default of the spelling that reads the subject comes before the attribute's own, and fills
//! a slot only where nothing is said.

use language::ir::{AttrId, Default, Kind as Model, Literal, Program};
use smol_str::SmolStr;
use value::{Condition, How, Identity, Origin, Truth, Value};

use crate::choices::{is_nothing, or_else};
use crate::graph::{Graph, Node};
use crate::predicate::Minimal;
use crate::read::{default, literal};

/// The defaults of a node.
#[derive(Clone, Copy)]
pub(crate) struct Defaults {
    pub(crate) model: &'static Model,
    /// The spelling of the subject.
    pub(crate) spelling: Option<u16>,
}

impl Defaults {
    /// The default of an attribute.
    pub(crate) fn of(&self, id: AttrId) -> Option<&'static Default> {
        let spelling = self.spelling.and_then(|spelling| self.model.spellings.get(spelling as usize));
        let own = spelling.and_then(|spelling| spelling.defaults.iter().find(|(known, _)| *known == id));
        let general =
            || self.model.attributes.get(id.0 as usize).and_then(|attribute| attribute.default.as_ref());
        own.map(|(_, known)| known).or_else(general)
    }

    /// Fills what is absent by defaults that depend on nothing.
    pub(crate) fn fill(&self, slots: &mut [Value]) {
        for ((slot, attribute), id) in slots.iter_mut().zip(self.model.attributes).zip(0u16..) {
            if may_lack(slot)
                && let Some(known) = self.of(AttrId(id))
                && let Some(known) = default(known, attribute.ty)
            {
                *slot = or_else(std::mem::replace(slot, Value::absent()), || known);
            }
        }
    }
}

/// Whether a slot is absent, or is in some case.
fn may_lack(slot: &Value) -> bool {
    match &slot.kind {
        value::Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().any(|(_, value)| is_nothing(value))
        }
        _ => is_nothing(slot),
    }
}

/// Fills what is still absent by conditional defaults, in order of the attributes.
pub(crate) fn conditional(graph: &Graph<'_>, node: &Node, defaults: &Defaults, slots: &mut [Value]) {
    for id in (0u16..).take(slots.len()) {
        let at = id as usize;
        if !slots.get(at).is_some_and(may_lack) {
            continue;
        }
        let Some(Default::Cases(cases)) = defaults.of(AttrId(id)) else { continue };
        let evaluator = Minimal { model: defaults.model, slots, graph };
        let value = first_case(graph, node, &evaluator, cases);
        if let Some(slot) = slots.get_mut(at) {
            *slot = or_else(std::mem::replace(slot, Value::absent()), || value);
        }
    }
}

/// The first case whose predicate holds, under what decides it.
fn first_case(
    graph: &Graph<'_>,
    node: &Node,
    evaluator: &Minimal<'_>,
    cases: &'static [(Program, Literal)],
) -> Value {
    let Some(((program, known), rest)) = cases.split_first() else { return Value::absent() };
    let origin = Origin { place: None, how: How::Default, via: None };
    let this = || literal(*known, origin.clone());
    let mut choices = Vec::new();
    for (when, truth) in evaluator.holds(program) {
        match truth {
            Truth::Yes => choices.push((when, this())),
            Truth::No => choices.push((when, first_case(graph, node, evaluator, rest))),
            Truth::Unknown(_) => {
                let key = graph.declared.resources.get(node.resource as usize).map_or("", |r| r.key.as_str());
                let atom: SmolStr = Identity::new(key, program.text).text;
                let holds = Condition::literal(atom, "true");
                choices.push((when.clone().and(holds.clone()), this()));
                choices.push((when.and(holds.not()), first_case(graph, node, evaluator, rest)));
            }
        }
    }
    Value::alternatives(choices, origin)
}
