//! Backup selections and what they cover. Invariant: the index leaves out only selections that certainly do not cover
//! a resource, by the beginning of its ARN and by its tags.

use graph::NodeId;
use rustc_hash::FxHashMap;
use value::{Kind, Value};

use super::index::{Index, numbered};
use super::tags::{compare, holds, plain_key, scalar, tag_of};
use super::{opt_in, there};
use crate::arn;
use crate::decision::Decision;
use crate::lists::{choices, elements};
use crate::pattern::Text;
use crate::policies::exists;
use crate::reader::{Reader, Target};

/// All backup selections of the scan.
#[derive(Debug, Default)]
pub(crate) struct Selections {
    all: Vec<NodeId>,
    /// By the nodes that their references lead to.
    by_node: FxHashMap<NodeId, Vec<u32>>,
    /// By the beginning of their ARNs, and those that may cover anything.
    by_arn: Index,
    /// By a tag's key and value.
    by_tag: FxHashMap<(String, String), Vec<u32>>,
    /// All that ask for a tag with this key.
    by_key: FxHashMap<String, Vec<u32>>,
    /// Those that ask for a value of this key that is not known.
    by_open_key: FxHashMap<String, Vec<u32>>,
}

/// What selections tell a node by.
pub(super) struct About {
    pub(super) node: NodeId,
    arn: Text,
    tags: Value,
}

impl About {
    pub(super) fn new(reader: &Reader<'_>, node: NodeId) -> Self {
        Self { node, arn: reader.arn(node), tags: crate::tags::of_node(reader, node) }
    }
}

impl Selections {
    pub(super) fn collect(reader: &Reader<'_>) -> Self {
        let mut selections = Self::default();
        for selection in reader.nodes("backup-selection") {
            let Ok(number) = u32::try_from(selections.all.len()) else { break };
            selections.all.push(selection);
            if selections.add(reader, selection, number).is_none() {
                selections.by_arn.add_open(number);
            }
        }
        selections
    }

    /// Adds one to the index; none if it may cover anything.
    fn add(&mut self, reader: &Reader<'_>, selection: NodeId, number: u32) -> Option<()> {
        let resources = elements(&reader.read(selection, "resources"));
        let tags = elements(&reader.read(selection, "tag_matches"));
        if resources.open.is_some() || tags.open.is_some() {
            return None;
        }
        let certain = |item: &value::Item| item.presence.is_certain();
        // Without ARNs the conditions alone select.
        if !resources.items.iter().any(certain) && !reader.read(selection, "conditions").is_absent() {
            return None;
        }
        for (_, pattern) in resources.items.iter().flat_map(|item| choices(&item.value)) {
            self.add_pattern(reader, selection, &pattern, number);
        }
        for (_, tag) in tags.items.iter().flat_map(|item| choices(&item.value)) {
            let key = tag.get("key");
            let key = plain_key(key.as_str()?).to_owned();
            self.by_key.entry(key.clone()).or_default().push(number);
            match scalar(&tag.get("value")) {
                Some(value) => self.by_tag.entry((key, value)).or_default().push(number),
                None => self.by_open_key.entry(key).or_default().push(number),
            }
        }
        Some(())
    }

    fn add_pattern(&mut self, reader: &Reader<'_>, selection: NodeId, pattern: &Value, number: u32) {
        let Kind::Reference(reference) = &pattern.kind else {
            self.by_arn.add(&reader.text(pattern), number);
            return;
        };
        let named = reader.named(reference, pattern, selection);
        let mut outside = true;
        for lead in named.leads() {
            if let Target::Node(node) = lead.target {
                self.by_node.entry(node).or_default().push(number);
                outside = false;
            }
        }
        if outside {
            self.by_arn.add(&named.text, number);
        }
    }

    /// The selections that may cover a node, in the order of the source.
    pub(super) fn candidates(&self, about: &About) -> Vec<NodeId> {
        let mut numbers: Vec<u32> = self.by_node.get(&about.node).cloned().unwrap_or_default();
        self.by_arn.may_match(&about.arn, &mut numbers);
        match &about.tags.kind {
            Kind::Map(tags) if tags.open.is_none() => {
                for entry in &tags.entries {
                    self.tagged(entry.key.as_str(), &tags.get(&entry.key), &mut numbers);
                }
            }
            _ => numbers.extend(self.by_key.values().flatten()),
        }
        numbered(&self.all, numbers)
    }

    fn tagged(&self, key: &str, value: &Value, numbers: &mut Vec<u32>) {
        let known = scalar(value);
        let found = match known {
            Some(value) => {
                numbers.extend(self.by_open_key.get(key).into_iter().flatten());
                self.by_tag.get(&(key.to_owned(), value))
            }
            None => self.by_key.get(key),
        };
        numbers.extend(found.into_iter().flatten());
    }
}

/// Whether a selection covers a node. ARNs are alternatives; `conditions` must all hold and narrow the ARNs down;
/// entries of `tag_matches` are alternatives of their own. What is selected by a tag, by conditions alone or by `*`
/// needs its kind switched on in the Region's settings; an ARN of its service asks for it by itself.
pub(super) fn covers(reader: &Reader<'_>, selection: NodeId, about: &About) -> Decision {
    let resources = reader.read(selection, "resources");
    let conditions = reader.read(selection, "conditions");
    let has_conditions = exists(&conditions, |_| Decision::YES);
    let fulfilled = exists(&conditions, |condition| holds(&about.tags, condition).negated()).negated();
    let has_resources = exists(&resources, |_| Decision::YES);
    let narrowed = has_conditions.clone().negated().or(fulfilled.clone());
    let by_condition = has_conditions.and(has_resources.negated()).and(fulfilled);
    let by_tag = exists(&reader.read(selection, "tag_matches"), |tag| {
        compare(&tag_of(&about.tags, &tag.get("key")), "stringequals", &tag.get("value"))
    });
    let everything = exists(&resources, |pattern| Decision::from(pattern.as_str() == Some("*")));
    let by_arn = exists(&resources, |pattern| {
        Decision::from(pattern.as_str() != Some("*")).and(names(reader, selection, pattern, about))
    });
    let at_large = by_tag.or(by_condition).or(everything.and(narrowed.clone()));
    if by_arn.is_no() && at_large.is_no() {
        return Decision::NO;
    }
    let settings = opt_in::of(reader, about.node);
    let covered = at_large.and(settings.at_large).or(by_arn.and(narrowed).and(settings.by_arn));
    let excluded =
        exists(&reader.read(selection, "not_resources"), |pattern| names(reader, selection, pattern, about));
    there(reader, selection).and(covered).and(excluded.negated())
}

/// Whether an ARN, with wildcards, names a node.
fn names(reader: &Reader<'_>, holder: NodeId, pattern: &Value, about: &About) -> Decision {
    let Kind::Reference(reference) = &pattern.kind else {
        return arn::matches(&reader.text(pattern), &about.arn);
    };
    let named = reader.named(reference, pattern, holder);
    if named.leads().iter().any(|lead| matches!(lead.target, Target::Node(_))) {
        return named.is(about.node);
    }
    arn::matches(&named.text, &about.arn)
}
