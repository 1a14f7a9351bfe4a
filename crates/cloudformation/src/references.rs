//! `Ref`, `Fn::GetAtt` and `Fn::ImportValue`: values that stand for something else.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use source::document::Node;
use value::declared::key;
use value::{Condition, Kind, Reference, StepKind, Unknown, Value};

use crate::conditions::scalar_text;
use crate::export::Found;
use crate::intrinsic::{Call, each_choice, reason_of, seen_at, stepped};
use crate::nested::is_stack;
use crate::stack::Stack;
use crate::template::{Section, Template};
use crate::text;

impl Stack<'_> {
    /// `Ref`: a parameter, a pseudo parameter or a resource.
    pub(crate) fn reference(&self, call: &Call<'_>) -> Value {
        let Some(name) = call.text() else {
            // AWS::LanguageExtensions lets a function give the name.
            self.needs_extensions("Ref of a function", call.node.span);
            let name = self.argument(call);
            let origin = self.computed(call.node);
            return each_choice(&name, &origin, |name| match scalar_text(name) {
                Some(name) => self.logical(&name, self.place(call.node.span), call.node),
                None => {
                    let expression = format!("Ref {}", text::shown(name));
                    self.unknown_as(&expression, reason_of(name), origin.clone())
                }
            });
        };
        self.logical(name, self.place(call.node.span), call.node)
    }

    /// What a logical name stands for, seen at `place`.
    pub(crate) fn logical(&self, name: &str, place: Place, node: &Node) -> Value {
        if let Some(pseudo) = self.pseudo(name, place) {
            return pseudo;
        }
        let template = self.template.clone();
        if let Some(made) = template.aliases.get(name) {
            return self.of_resource(made, "", place, node);
        }
        match template.named(name) {
            Some((Section::Parameters, entry)) => self.parameter(entry, place),
            Some((Section::Resources, entry)) => self.of_resource(&entry.key, "", place, node),
            None if template.unknown_loops.contains(name) => {
                let reason = format!("the list of the loop over {name} is not known");
                Value::unknown(Unknown::fresh(reason), self.computed(node))
            }
            None => self.missing(name, node),
        }
    }

    fn of_resource(&self, name: &str, attribute: &str, place: Place, node: &Node) -> Value {
        if let Some(absent) = self.never_there(name, node) {
            return absent;
        }
        let to = key(&self.context.name, &self.address(name));
        let many = name.contains(crate::loops::ANY);
        let reference = Reference { to, attribute: attribute.into(), many };
        Value::new(Kind::Reference(Arc::new(reference)), value::Origin::computed(place))
    }

    /// What stands for a resource whose condition cannot hold where it is referred to: CloudFormation refuses that.
    fn never_there(&self, name: &str, node: &Node) -> Option<Value> {
        let template = self.template.clone();
        let entry = template.resource(name)?;
        let condition = entry.value.get("Condition").and_then(Node::text)?;
        template.condition(condition)?;
        if self.simplified(self.condition_of_entry(&entry.value)) != Condition::Never {
            return None;
        }
        let reason = format!("{} does not exist where its condition {condition} does not hold", entry.key);
        let help = "refer to it where the condition holds alone, for example in a branch of Fn::If";
        self.warn("cloudformation-absent-resource", node.span, reason.clone(), help);
        Some(Value::unknown(Unknown::fresh(reason), self.computed(node)))
    }

    fn missing(&self, name: &str, node: &Node) -> Value {
        let reason = format!("the template declares no {name}");
        // Macros make resources of their own, whose names templates may use.
        if !self.template.is_completed() {
            let help = "declare it, or correct the name";
            self.warn("cloudformation-unknown-name", node.span, reason.clone(), help);
        }
        self.unknown(name, reason, self.computed(node))
    }

    /// `Fn::GetAtt`, as `Resource.Attribute` or as a list, in which functions may give either.
    pub(crate) fn attribute(&self, call: &Call<'_>) -> Value {
        let wanted = "a logical name and an attribute";
        if let Some(text) = call.text() {
            return match text.split_once('.') {
                Some((name, attribute)) => self.attribute_at(call, name, attribute),
                None => self.misused(call, wanted),
            };
        }
        let [name, rest @ ..] = call.items() else { return self.misused(call, wanted) };
        if rest.is_empty() {
            return self.misused(call, wanted);
        }
        let origin = self.computed(call.node);
        let mut parts: Vec<Value> = Vec::new();
        for node in rest {
            if !parts.is_empty() {
                parts.push(text::plain("."));
            }
            parts.push(self.value(node));
        }
        let (name, attribute) = (self.value(name), self.concat(parts, &origin));
        each_choice(&name, &origin, |name| {
            each_choice(&attribute, &origin, |attribute| match (scalar_text(name), scalar_text(attribute)) {
                (Some(name), Some(attribute)) => self.attribute_at(call, &name, &attribute),
                (known, _) => {
                    let unknown = if known.is_none() { name } else { attribute };
                    let expression = format!("GetAtt {}.{}", text::shown(name), text::shown(attribute));
                    self.unknown_as(&expression, reason_of(unknown), origin.clone())
                }
            })
        })
    }

    fn attribute_at(&self, call: &Call<'_>, name: &str, attribute: &str) -> Value {
        self.attribute_of(name, attribute, self.place(call.node.span), call.node)
    }

    /// An attribute of a resource, or an output of a nested stack, seen at `place`.
    pub(crate) fn attribute_of(&self, name: &str, attribute: &str, place: Place, node: &Node) -> Value {
        let template = self.template.clone();
        if let Some((made, attribute)) = alias(&template, name, attribute) {
            return self.of_resource(made, attribute, place, node);
        }
        let Some(entry) = template.resource(name) else { return self.missing(name, node) };
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && is_stack(&entry.value)
        {
            return self.nested_output(entry, output, place);
        }
        if let Some(value) = self.read_across(entry, attribute, place) {
            return value;
        }
        self.check_attribute(entry, attribute, node.span);
        self.of_resource(name, attribute, place, node)
    }

    /// `Fn::ImportValue`: what another stack of the scan exports under that name.
    pub(crate) fn import(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        let name = self.argument(call);
        each_choice(&name, &origin, |name| {
            let Some(known) = name.as_str().filter(|_| !name.sensitive) else {
                let why = reason_of(name);
                let reason = match self.shared.exports.meant(&self.context, name) {
                    Some(meant) => format!("the name of an import is not known: {why}; {meant}"),
                    None => format!("the name of an import is not known: {why}"),
                };
                return self.unknown_as(&format!("import {}", text::shown(name)), reason, origin.clone());
            };
            let environment = self.tree.environment.as_ref();
            let reason = match self.shared.exports.get(&self.context, environment, known) {
                Found::Value(value) => {
                    let written = value.origin.place;
                    let value = stepped(value, StepKind::Import, &SmolStr::new(known), written);
                    return seen_at(value, origin.place);
                }
                Found::Nothing(reason) => reason,
                Found::Pending(key) => {
                    let reason = format!("the export {} has no value yet", key.1);
                    self.tree.awaited.borrow_mut().insert(key);
                    reason
                }
            };
            self.unknown(&format!("import {known}"), reason, origin.clone())
        })
    }

    /// The address of a resource of this stack.
    pub(crate) fn address(&self, logical: &str) -> SmolStr {
        SmolStr::from(format!("{}/{logical}", self.prefix))
    }
}

/// The resource that SAM makes for the name that an attribute starts with, and the attribute of that one:
/// `MyFunction.Alias` and `Arn`, whichever way the parts are written.
fn alias<'t, 'n>(template: &'t Template, name: &str, attribute: &'n str) -> Option<(&'t SmolStr, &'n str)> {
    if template.aliases.is_empty() {
        return None;
    }
    if let Some(made) = template.aliases.get(name) {
        return Some((made, attribute));
    }
    let (property, rest) = attribute.split_once('.').unwrap_or((attribute, ""));
    template.aliases.get(format!("{name}.{property}").as_str()).map(|made| (made, rest))
}
