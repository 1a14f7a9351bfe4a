//! Nested stacks: a resource of the parent whose template is a file of the scan, or stands in a stack set. Parameters go
//! in, outputs come out, and its resources belong to the root of the parent, under the condition of that resource.

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::{Entry, Node};
use source::{FileId, Place};
use value::{Condition, Kind, MapEntry, Unknown, Value};

use crate::intrinsic::seen_at;
use crate::located::{Located, differences};
use crate::passing::text_or_list;
use crate::stack::{Origins, Stack};
use crate::stack_set::is_stack_set;
use crate::template::Template;

/// Deepest nesting of stacks.
const MOST_LEVELS: usize = 16;

/// Why a stack is not opened that was told of already.
pub(crate) const NESTS_ITSELF: &str = "it nests itself";

/// Whether a resource is a stack of its own.
pub(crate) fn is_stack(resource: &Node) -> bool {
    let type_name = resource.get("Type").and_then(Node::text);
    type_name
        .is_some_and(|name| name == "AWS::CloudFormation::Stack" || name == "AWS::Serverless::Application")
}

/// Whether a resource has a template of its own: a nested stack, or a stack set.
pub(crate) fn is_nesting(resource: &Node) -> bool {
    is_stack(resource) || is_stack_set(resource)
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
        let guard = self.guard.clone().and(self.condition_of_entry(&entry.value));
        let body = entry.value.get("Properties").and_then(|properties| properties.get("TemplateBody"));
        let is_set = is_stack_set(&entry.value);
        let located = match body.filter(|_| is_set) {
            Some(body) => self.body_of_set(body).map(|template| (template, None)),
            None => self.located(entry).and_then(|located| self.template_at(entry, located)),
        };
        let (template, file) = match located {
            Ok(found) => found,
            Err(why) => {
                self.unopened.borrow_mut().insert(entry.key.clone(), why.into());
                return None;
            }
        };
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
        let given = match is_set {
            true => self.parameters_of_set(entry),
            false => self.assuming(&guard, || self.given_to(entry)),
        };
        let tags = self.assuming(&guard, || self.tags_within(entry));
        let mut chain = self.chain.clone();
        chain.extend(file);
        let origins = Origins {
            context: if is_set { self.context_of_set(entry) } else { self.context.clone() },
            tree: self.tree.clone(),
            prefix: self.address(&entry.key),
            given,
            chain,
            guard,
            many: self.many || entry.key.contains(crate::loops::ANY),
            elsewhere: self.elsewhere || is_set,
            tags,
        };
        Some(Stack::new(self.shared, template, self.budget.clone(), origins))
    }

    /// The template in a file, unless that is one of those that it is nested in.
    fn template_at(
        &self,
        entry: &Entry,
        located: Located,
    ) -> Result<(Arc<Template>, Option<FileId>), String> {
        let file = located.file();
        if self.chain.contains(&file) {
            let message = format!("the stack {} nests itself", entry.key);
            self.warn("cloudformation-cycle", entry.key_span, message, "break the cycle of nested stacks");
            return Err(NESTS_ITSELF.to_owned());
        }
        let path = self.shared.sources.file(file).path.clone();
        let template = self.shared.templates.get(self.shared.sources, file);
        let template = template.ok_or_else(|| format!("{path} is no template"))?;
        if matches!(located, Located::ByName(_)) {
            let message = format!(
                "the stack {} is read from {path}, whose path goes with the end of its address",
                entry.key
            );
            let help = "if another version is uploaded there, scan that version";
            self.note("cloudformation-nested-by-name", entry.key_span, message, help);
        }
        Ok((template, Some(file)))
    }

    /// What a nested stack is given as its parameters.
    fn given_to(&self, entry: &Entry) -> FxHashMap<SmolStr, Value> {
        let given = entry.value.get("Properties").and_then(|properties| properties.get("Parameters"));
        let given = given.map(|node| self.value(node)).unwrap_or_else(Value::absent);
        let input =
            |one: &MapEntry| (one.key.clone(), text_or_list(one.value.clone().guarded_by(&one.presence)));
        match &given.kind {
            Kind::Map(map) => map.entries.iter().map(input).collect(),
            _ => FxHashMap::default(),
        }
    }

    /// The tags of everything in a nested stack: its own and, where it leaves them open, those of the stacks around it.
    /// See "Resource tags" in CloudFormation's user guide.
    fn tags_within(&self, entry: &Entry) -> Option<Value> {
        let own = entry.value.get("Properties").and_then(|properties| properties.get("Tags"));
        let own = own.map(|node| self.value(node)).filter(|tags| !tags.is_absent());
        match (own, self.tags.clone()) {
            (Some(own), Some(outer)) => {
                let origin = own.origin.clone();
                Some(Value::list([own, outer], origin))
            }
            (own, outer) => own.or(outer),
        }
    }

    /// Tells of parameters that a nested stack is given and does not declare, and of those that it needs.
    pub(crate) fn check_given(&self, id: &str, nested: &Stack<'_>) {
        let template = self.template.clone();
        let Some(entry) = template.resource(id).filter(|entry| is_stack(&entry.value)) else { return };
        if !self.budget.spend(nested.template.section("Parameters").len()) {
            return;
        }
        let Some((unknown, missing)) = differences(entry, &nested.template) else { return };
        let path = self.shared.sources.file(nested.template.file).path.clone();
        let code = "cloudformation-nested-parameters";
        for name in unknown {
            let message = format!("the stack {id} is given {name}, which {path} does not declare");
            self.warn(
                code,
                entry.key_span,
                message,
                "correct the name: CloudFormation refuses the stack with it",
            );
        }
        for name in missing {
            let message = format!("the stack {id} is not given {name}, which {path} has no default for");
            self.warn(code, entry.key_span, message, "give it: CloudFormation refuses the stack without it");
        }
    }

    /// Why a nested stack is not opened.
    pub(crate) fn why_unopened(&self, id: &str) -> SmolStr {
        let known = self.unopened.borrow().get(id).cloned();
        known.unwrap_or_else(|| SmolStr::new_static("it is not at hand"))
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
            let why = self.why_unopened(&entry.key);
            return unknown(format!("the template of the nested stack {} is not at hand: {why}", entry.key));
        };
        if let Some(known) = nested.outputs.borrow().get(output) {
            return seen_at(known.clone(), Some(place));
        }
        let template = nested.template.clone();
        let found = template.section("Outputs").iter().rev().find(|known| known.key == output);
        self.budget.spend(template.section("Outputs").len() / 8);
        let when = found.map_or(Condition::Never, |found| nested.condition_of_entry(&found.value));
        let Some(value) =
            found.and_then(|found| found.value.get("Value")).filter(|_| when != Condition::Never)
        else {
            return unknown(format!("the nested stack {} has no output {output}", entry.key));
        };
        // An output that is not there fails the deployment of who asks for it.
        let value = text_or_list(nested.assuming(&when, || nested.value(value)));
        nested.outputs.borrow_mut().insert(output.into(), value.clone());
        seen_at(value, Some(place))
    }

    /// The nested stacks whose templates are at hand, by logical id in order of the template. A stack whose
    /// condition never holds is left out.
    pub(crate) fn all_nested(&self) -> Vec<(SmolStr, Rc<Stack<'s>>)> {
        let template = self.template.clone();
        let mut found = Vec::new();
        for entry in template.section("Resources") {
            if !is_nesting(&entry.value) || self.condition_of_entry(&entry.value) == Condition::Never {
                continue;
            }
            if let Some(nested) = self.nested_stack(entry) {
                found.push((entry.key.clone(), nested));
            }
        }
        found
    }
}
