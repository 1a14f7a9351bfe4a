//! Which attributes of which kinds the checks of the catalogue read. What only says where a rule applies is left out:
//! taking that away hardens or weakens nothing.

use std::collections::{BTreeMap, BTreeSet};

use language::ir::{AttrId, AttributeSource, Body, Catalogue, Kind, KindId, Op, Program, Rule, Scope};

/// Attributes that are read.
pub(crate) type Reads = BTreeMap<(KindId, AttrId), Read>;

/// Who reads an attribute.
#[derive(Debug, Clone, Default)]
pub(crate) struct Read {
    /// Ids of the rules.
    pub(crate) rules: BTreeSet<&'static str>,
    /// Of those, the rules that ask each element of it, and fail by an element alone.
    pub(crate) judged: BTreeSet<&'static str>,
    /// Names that the rules select beside it: fields of its records are read if they are among them.
    pub(crate) names: BTreeSet<&'static str>,
}

/// Attributes that say what a resource is or does, and not how it is protected: without them it is no weaker, or it
/// cannot be deployed. `*` for any kind.
const NO_HARDENING: [(&str, &str); 11] = [
    ("*", "name"),
    ("*", "engine"),
    ("*", "engine_version"),
    ("*", "family"),
    ("*", "scope"),
    ("*", "vpc"),
    // Taken away, less is permitted.
    ("*", "grants"),
    ("log-resource-policy", "policies"),
    ("cloudtrail", "bucket"),
    ("cloudfront-distribution", "origin_resources"),
    ("cognito-client", "pool"),
];

/// Kinds and attributes behind facts, which Rust computes from the graph; `*` for any.
const FACTS: [(&str, &[(&str, &str)]); 5] = [
    ("backups", &[("backup-plan", "*"), ("backup-selection", "*")]),
    ("data-event-trails", &[("cloudtrail", "*")]),
    ("internet-paths", &[("*", "public")]),
    ("zones", &[("*", "multi_az"), ("*", "subnets"), ("db-subnet-group", "subnets")]),
    ("secrets", &[("*", "password")]),
];

/// What the checks of all rules read.
pub(crate) fn of(catalogue: &'static Catalogue) -> Reads {
    let mut reads = Reads::new();
    for rule in catalogue.rules {
        let reader = |program: Option<Program>| {
            let (subject, seen, names) = (subjects(rule), BTreeSet::new(), BTreeSet::new());
            let mut reader = Reader { catalogue, subject, seen, names };
            program.iter().for_each(|program| reader.program(program));
            reader
        };
        let (listed, check) = match rule.body {
            Body::Check(check) => (None, Some(check)),
            Body::Each(list, check) => (Some(list), Some(check)),
            Body::None(list) => (Some(list), None),
        };
        let (listed, check) = (reader(listed), reader(check));
        for key in listed.seen.union(&check.seen).filter(|key| hardens(catalogue, key.0, key.1)) {
            let read = reads.entry(*key).or_default();
            read.rules.insert(rule.id);
            read.names.extend(listed.names.iter().chain(&check.names).copied());
            if !check.seen.contains(key) {
                read.judged.insert(rule.id);
            }
        }
    }
    reads
}

fn hardens(catalogue: &'static Catalogue, kind: KindId, attribute: AttrId) -> bool {
    let Some(kind) = catalogue.kind(kind) else { return false };
    let Some(attribute) = kind.attributes.get(attribute.0 as usize) else { return false };
    !NO_HARDENING.iter().any(|(of, name)| (*of == "*" || *of == kind.name) && *name == attribute.name)
}

fn subjects(rule: &Rule) -> &'static [KindId] {
    match rule.scope {
        Scope::Kinds(kinds) => kinds,
        _ => &[],
    }
}

struct Reader {
    catalogue: &'static Catalogue,
    subject: &'static [KindId],
    seen: BTreeSet<(KindId, AttrId)>,
    names: BTreeSet<&'static str>,
}

impl Reader {
    fn program(&mut self, program: &Program) {
        // Elements of `nodes("kind")` are its nodes: their attributes are selected from variables.
        let mut listed: &[KindId] = &[];
        for node in program.nodes {
            match node.op {
                Op::Nodes(kinds) => listed = kinds,
                Op::Select(operand, name) => {
                    self.names.insert(name);
                    match program.nodes.get(operand as usize).map(|node| node.op) {
                        Some(Op::Subject) => self.select(self.subject, name),
                        Some(Op::Follow(_, kinds)) => self.select(kinds, name),
                        _ => {}
                    }
                }
                Op::Macro(_, _, body) => {
                    for node in body.nodes {
                        if let Op::Select(_, name) = node.op {
                            self.select(listed, name);
                        }
                    }
                    self.program(&body);
                }
                _ => {}
            }
        }
    }

    fn select(&mut self, kinds: &[KindId], name: &'static str) {
        for id in kinds {
            let Some(kind) = self.catalogue.kind(*id) else { continue };
            if let Some((attribute, model)) = kind.attribute(name)
                && self.seen.insert((*id, attribute))
            {
                match model.source {
                    AttributeSource::Spelled | AttributeSource::ReferenceFact(_) => {}
                    AttributeSource::Incoming(from) => {
                        from.iter().for_each(|(kind, name)| self.select(&[*kind], name));
                    }
                    AttributeSource::Fact(fact) => self.behind(fact, *id),
                }
            }
        }
    }

    /// What a fact of a kind is computed from.
    fn behind(&mut self, fact: &str, own: KindId) {
        let rows = FACTS.iter().filter(|(name, _)| *name == fact).flat_map(|(_, rows)| *rows);
        for (kind, attribute) in rows {
            let kind = if *kind == "*" { Some(own) } else { self.catalogue.kind_named(kind) };
            let Some((kind, model)) = kind.and_then(|id| Some((id, self.catalogue.kind(id)?))) else {
                continue;
            };
            for name in names(model, attribute) {
                self.select(&[kind], name);
                self.names
                    .extend(model.records.iter().flat_map(|record| record.fields).map(|field| field.name));
            }
        }
    }
}

fn names(kind: &'static Kind, attribute: &str) -> Vec<&'static str> {
    let wanted = |name: &&str| attribute == "*" || *name == attribute;
    kind.attributes.iter().map(|attribute| attribute.name).filter(wanted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, attribute: &str, read: bool) {
        let catalogue = &catalogue::CATALOGUE;
        let id = catalogue.kind_named(kind).unwrap();
        let (attribute, _) = catalogue.kind(id).unwrap().attribute(attribute).unwrap();
        assert_eq!(of(catalogue).contains_key(&(id, attribute)), read);
    }

    #[test]
    fn attributes_of_checks_are_read() {
        check("s3-bucket", "versioning", true);
        check("cloudtrail", "log_validation", true);
    }

    #[test]
    fn attributes_behind_facts_are_read() {
        check("backup-selection", "plan", true);
    }

    #[test]
    fn attributes_that_no_rule_asks_for_are_not() {
        check("s3-bucket", "name", false);
    }

    #[test]
    fn attributes_that_harden_nothing_are_left_out() {
        check("backup-plan", "name", false);
        check("db-cluster", "engine", false);
    }
}
