//! Ids of kinds after users have added kinds of their own: everything in the built-in catalogue that names kinds by id,
//! moved to the new ids. A kind that declares a built-in trait joins wherever that trait was named.

use crate::ir::{
    Attribute, AttributeSource, Body, Catalogue, Grading, KindId, Node, Op, Program, Rule, Scope,
};
use crate::leak;
use crate::predicate::ty::kinds_named;

/// Where kinds have gone.
pub(crate) struct Moved {
    /// New ids, by old id.
    pub(crate) ids: Vec<KindId>,
    /// Kinds of each built-in trait that has grown: old ids before, new ids now.
    pub(crate) traits: Vec<(Vec<KindId>, Vec<KindId>)>,
}

impl Moved {
    /// Notes which traits have more kinds than before.
    pub(crate) fn note_traits(&mut self, before: &Catalogue, after: &Catalogue) {
        for old in before.traits {
            let Some(new) = after.trait_named(old.name) else { continue };
            if new.kinds.len() > old.kinds.len() {
                self.traits.push((old.kinds.to_vec(), new.kinds.to_vec()));
            }
        }
    }

    /// Whether nothing has moved or grown.
    fn is_still(&self) -> bool {
        self.traits.is_empty() && self.ids.iter().zip(0..).all(|(id, at)| id.0 == at)
    }

    pub(crate) fn id(&self, old: KindId) -> KindId {
        self.ids.get(old.0 as usize).copied().unwrap_or(old)
    }

    /// The kinds that a reference may lead to: with those that a trait among them has gained.
    fn targets(&self, old: &[KindId]) -> &'static [KindId] {
        let mut kinds: Vec<KindId> = old.iter().map(|id| self.id(*id)).collect();
        for (before, now) in &self.traits {
            if !before.is_empty() && before.iter().all(|kind| old.contains(kind)) {
                kinds.extend(now);
            }
        }
        kinds.sort_unstable();
        kinds.dedup();
        leak::slice(kinds)
    }

    pub(crate) fn attribute(&self, attribute: Attribute) -> Attribute {
        let AttributeSource::Incoming(pointers) = attribute.source else { return attribute };
        let pointers = pointers.iter().map(|(kind, name)| (self.id(*kind), *name)).collect();
        Attribute { source: AttributeSource::Incoming(leak::slice(pointers)), ..attribute }
    }

    /// A built-in rule as it reads in the larger catalogue.
    pub(crate) fn rule(&self, rule: Rule, catalogue: &Catalogue) -> Rule {
        if self.is_still() {
            return rule;
        }
        let program = |program: Program| self.program(program, catalogue);
        let scope = match rule.scope {
            Scope::Kinds(_) => Scope::Kinds(leak::slice(kinds_named(catalogue, rule.subjects))),
            other => other,
        };
        let body = match rule.body {
            Body::Check(check) => Body::Check(program(check)),
            Body::Each(list, check) => Body::Each(program(list), program(check)),
            Body::None(list) => Body::None(program(list)),
        };
        let cases = rule.severity.cases.iter().map(|(severity, case)| (*severity, program(*case))).collect();
        let severity = Grading { cases: leak::slice(cases), ..rule.severity };
        Rule { scope, body, severity, when: rule.when.map(program), ..rule }
    }

    fn program(&self, program: Program, catalogue: &Catalogue) -> Program {
        let nodes = program.nodes.iter().map(|node| {
            let op = match node.op {
                Op::Follow(operand, kinds) => Op::Follow(operand, self.targets(kinds)),
                Op::Nodes(_) => Op::Nodes(leak::slice(kinds_named(catalogue, &[named(program.text, *node)]))),
                Op::Macro(kind, range, body) => Op::Macro(kind, range, self.program(body, catalogue)),
                other => other,
            };
            Node { op, ..*node }
        });
        Program { nodes: leak::slice(nodes.collect()), ..program }
    }
}

/// The name in `nodes("name")`.
fn named(text: &str, node: Node) -> &str {
    let call = text.get(node.span.0 as usize..node.span.1 as usize).unwrap_or("");
    call.split(['"', '\'']).nth(1).unwrap_or("")
}
