//! Nested stacks: a resource of the parent whose template is a file of the scan. Parameters go in, outputs come
//! out, and its resources belong to the root of the parent. A template at an address (`https://…s3….amazonaws.com/…`)
//! stays unopened, even where a file of the scan has its name: what is uploaded may be another version of it.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use source::{FileId, Place};
use value::{Condition, Item, Kind, MapEntry, Unknown, Value};

use crate::intrinsic::seen_at;
use crate::stack::{Origins, Stack};

/// Deepest nesting of stacks.
const MOST_LEVELS: usize = 16;

/// Whether a resource is a stack of its own.
pub(crate) fn is_stack(resource: &Node) -> bool {
    let type_name = resource.get("Type").and_then(Node::text);
    type_name
        .is_some_and(|name| name == "AWS::CloudFormation::Stack" || name == "AWS::Serverless::Application")
}

impl<'s> Stack<'s> {
    /// The stack that the resource `entry` nests, if its template is at hand.
    pub(crate) fn nested_stack(&self, entry: &Entry) -> Option<Rc<Stack<'s>>> {
        if let Some(known) = self.nested.borrow().get(&entry.key) {
            return known.clone();
        }
        // Whoever asks again meanwhile is part of a cycle and gets none.
        self.nested.borrow_mut().insert(entry.key.clone(), None);
        let nested = self.budget.deeper(|| self.open_nested(entry)).flatten().map(Rc::new);
        self.nested.borrow_mut().insert(entry.key.clone(), nested.clone());
        nested
    }

    /// The stack that the resource of this logical id nests.
    pub(crate) fn nested_named(&self, id: &str) -> Option<Rc<Stack<'s>>> {
        let template = self.template.clone();
        self.nested_stack(template.resource(id)?)
    }

    fn open_nested(&self, entry: &Entry) -> Option<Stack<'s>> {
        let file = self.nested_file(entry)?;
        if self.chain.contains(&file) {
            let message = format!("the stack {} nests itself", entry.key);
            self.warn("cloudformation-cycle", entry.key_span, message, "break the cycle of nested stacks");
            return None;
        }
        let template = self.shared.templates.get(self.shared.sources, file)?;
        if self.chain.len() >= MOST_LEVELS || !self.budget.take_stack() {
            let message = format!("the stack {} was not opened: there are too many nested stacks", entry.key);
            self.warn(
                "cloudformation-too-many-stacks",
                entry.key_span,
                message,
                "scan the nested templates alone",
            );
            return None;
        }
        let given = entry.value.get("Properties").and_then(|properties| properties.get("Parameters"));
        let given = given.map(|node| self.value(node)).unwrap_or_else(Value::absent);
        let input =
            |one: &MapEntry| (one.key.clone(), text_or_list(one.value.clone().guarded_by(&one.presence)));
        let given: FxHashMap<SmolStr, Value> = match &given.kind {
            Kind::Map(map) => map.entries.iter().map(input).collect(),
            _ => FxHashMap::default(),
        };
        let mut chain = self.chain.clone();
        chain.push(file);
        let (context, tree) = (self.context.clone(), self.tree.clone());
        let origins = Origins { context, tree, prefix: self.address(&entry.key), given, chain };
        Some(Stack::new(self.shared, template, self.budget.clone(), origins))
    }

    /// The file of a nested stack's template: where the CDK says its asset is, or a path beside this template.
    pub(crate) fn nested_file(&self, entry: &Entry) -> Option<FileId> {
        let asset = entry.value.get("Metadata").and_then(|metadata| metadata.get("aws:asset:path"));
        let properties = entry.value.get("Properties");
        let written =
            properties.and_then(|properties| properties.get("TemplateURL").or(properties.get("Location")));
        let path = match asset.and_then(Node::text) {
            Some(path) => path.clone(),
            None if let Some(path) = written.and_then(|written| self.uploaded(written)) => {
                return self.shared.sources.load(&path).ok();
            }
            None => SmolStr::new(self.value(written?).as_str()?),
        };
        if path.contains("://") || path.starts_with('/') {
            return None;
        }
        let parent = self.shared.sources.file(self.template.file).path.clone();
        let folder = source::folder_of(&parent);
        let path = if folder.is_empty() { path.to_string() } else { format!("{folder}/{path}") };
        self.shared.sources.load(&path).ok()
    }

    /// The template of the scan that is uploaded to the address in `node`: its last text ends in the name of one.
    fn uploaded(&self, node: &Node) -> Option<SmolStr> {
        if self.context.uploaded.is_empty() {
            return None;
        }
        let last = match &node.kind {
            NodeKind::Scalar(scalar) => scalar.text.rsplit('/').next()?,
            NodeKind::Sequence(items) => return self.uploaded(items.last()?),
            NodeKind::Mapping(entries) => return self.uploaded(&entries.last()?.value),
        };
        self.context.uploaded.get(last).cloned()
    }

    /// An output of a nested stack, seen at `place`.
    pub(crate) fn nested_output(&self, entry: &Entry, output: &str, place: Place) -> Value {
        let unknown = |reason: String| {
            let value = self.unknown(
                &format!("{}.Outputs.{output}", entry.key),
                reason,
                value::Origin::computed(place),
            );
            match value.kind {
                Kind::Unknown(unknown) => {
                    let unknown = Unknown { may_be_absent: true, ..(*unknown).clone() };
                    Value::unknown(unknown, value.origin)
                }
                _ => value,
            }
        };
        let Some(nested) = self.nested_stack(entry) else {
            return unknown(format!("the template of the nested stack {} is not at hand", entry.key));
        };
        if let Some(known) = nested.outputs.borrow().get(output) {
            return seen_at(known.clone(), Some(place));
        }
        let template = nested.template.clone();
        let found = template.section("Outputs").iter().rev().find(|known| known.key == output);
        self.budget.spend(template.section("Outputs").len() / 8);
        let Some(value) = found.and_then(|found| found.value.get("Value")) else {
            return unknown(format!("the nested stack {} has no output {output}", entry.key));
        };
        let value = text_or_list(nested.value(value));
        nested.outputs.borrow_mut().insert(output.into(), value.clone());
        seen_at(value, Some(place))
    }

    /// The nested stacks whose templates are at hand, by logical id in order of the template. A stack whose
    /// condition never holds is left out.
    pub(crate) fn all_nested(&self) -> Vec<(SmolStr, Rc<Stack<'s>>)> {
        let template = self.template.clone();
        let mut found = Vec::new();
        for entry in template.section("Resources") {
            if !is_stack(&entry.value) || self.condition_of_entry(&entry.value) == Condition::Never {
                continue;
            }
            if let Some(nested) = self.nested_stack(entry) {
                found.push((entry.key.clone(), nested));
            }
        }
        found
    }
}

/// A value as it passes between stacks: a text or a list of texts. Anything else fails the deployment, and would
/// let a chain of stacks build values of any depth.
fn text_or_list(value: Value) -> Value {
    let is_text = |value: &Value| !matches!(value.kind, Kind::List(_) | Kind::Map(_));
    let fits = |value: &Value| match &value.kind {
        Kind::List(list) => list.items.iter().all(|item: &Item| is_text(&item.value)),
        _ => is_text(value),
    };
    let all_fit = match &value.kind {
        Kind::Alternatives(alternatives) => alternatives.choices.iter().all(|(_, choice)| fits(choice)),
        _ => fits(&value),
    };
    if all_fit {
        return value;
    }
    Value::unknown(Unknown::fresh("only texts and lists of texts pass between stacks"), value.origin)
}
