//! `Ref`, `Fn::GetAtt` and `Fn::ImportValue`: values that stand for something else.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use source::document::Node;
use value::declared::key;
use value::{Kind, Reference, StepKind, Unknown, Value};

use crate::export::Exported;
use crate::intrinsic::{Call, each_choice, reason_of, seen_at, stepped};
use crate::nested::is_stack;
use crate::stack::Stack;
use crate::template::{Section, Template};
use crate::text;

impl Stack<'_> {
    /// `Ref`: a parameter, a pseudo parameter or a resource.
    pub(crate) fn reference(&self, call: &Call<'_>) -> Value {
        let Some(name) = call.argument.text() else {
            // AWS::LanguageExtensions lets a function give the name.
            let name = self.argument(call);
            return match name.as_str() {
                Some(name) => self.logical(name, self.place(call.node.span), call.node),
                None => Value::unknown(Unknown::fresh(reason_of(&name)), self.computed(call.node)),
            };
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
            return self.of_resource(made, "", place);
        }
        if let Some((api, "Stage")) = name.rsplit_once('.')
            && let Some(stage) = self.stage_name(api, place)
        {
            return stage;
        }
        match template.named(name) {
            Some((Section::Parameters, entry)) => self.parameter(entry, place),
            Some((Section::Resources, _)) => self.of_resource(name, "", place),
            None if template.unknown_loops.contains(name) => {
                let reason = format!("the list of the loop over {name} is not known");
                Value::unknown(Unknown::fresh(reason), self.computed(node))
            }
            None => self.missing(name, node),
        }
    }

    fn of_resource(&self, name: &str, attribute: &str, place: Place) -> Value {
        let to = key(&self.context.name, &self.address(name));
        let many = name.contains(crate::loops::ANY);
        let reference = Reference { to, attribute: attribute.into(), many };
        Value::new(Kind::Reference(Arc::new(reference)), value::Origin::computed(place))
    }

    fn missing(&self, name: &str, node: &Node) -> Value {
        let reason = format!("the template declares no {name}");
        // SAM makes resources of its own, whose names templates may use.
        if !self.template.has_transform(crate::sam::TRANSFORM) {
            let help = "declare it, or correct the name";
            self.warn("cloudformation-unknown-name", node.span, reason.clone(), help);
        }
        self.unknown(name, reason, self.computed(node))
    }

    /// `Fn::GetAtt`, as `Resource.Attribute` or as a list.
    pub(crate) fn attribute(&self, call: &Call<'_>) -> Value {
        let parts = match call.argument.text() {
            Some(text) => text.split_once('.').map(|(name, attribute)| (name.into(), attribute.into())),
            None => self.listed_attribute(call),
        };
        match parts {
            Some((name, attribute)) => {
                let (name, attribute): (SmolStr, SmolStr) = (name, attribute);
                self.attribute_of(&name, &attribute, self.place(call.node.span), call.node)
            }
            None => self.misused(call, "a logical name and an attribute"),
        }
    }

    fn listed_attribute(&self, call: &Call<'_>) -> Option<(SmolStr, SmolStr)> {
        let (name, rest) = call.items().split_first()?;
        let texts: Option<Vec<SmolStr>> =
            rest.iter().map(|node| crate::conditions::scalar_text(&self.value(node))).collect();
        let name = crate::conditions::scalar_text(&self.value(name))?;
        let attribute = texts.filter(|texts| !texts.is_empty())?.join(".");
        Some((name, attribute.into()))
    }

    /// An attribute of a resource, or an output of a nested stack, seen at `place`.
    pub(crate) fn attribute_of(&self, name: &str, attribute: &str, place: Place, node: &Node) -> Value {
        let template = self.template.clone();
        if let Some((made, attribute)) = alias(&template, name, attribute) {
            return self.of_resource(made, attribute, place);
        }
        let Some(entry) = template.resource(name) else { return self.missing(name, node) };
        if let Some(output) = attribute.strip_prefix("Outputs.")
            && is_stack(&entry.value)
        {
            return self.nested_output(entry, output, place);
        }
        if attribute == "Stage"
            && let Some(stage) = self.stage_name(name, place)
        {
            return stage;
        }
        self.check_attribute(entry, attribute, node.span);
        self.of_resource(name, attribute, place)
    }

    /// `Api.Stage`: the name of the stage that SAM makes of an API.
    fn stage_name(&self, api: &str, place: Place) -> Option<Value> {
        let template = self.template.clone();
        let body = &template.resource(api).filter(|_| template.has_transform(crate::sam::TRANSFORM))?.value;
        let written = body.get("Properties").and_then(|properties| properties.get("StageName"));
        match (body.get("Type").and_then(Node::text)?.as_str(), written) {
            ("AWS::Serverless::Api" | "AWS::Serverless::HttpApi", Some(node)) => {
                // A name that is made of its own stage has none.
                let name = self.budget.deeper(|| self.value(node))?;
                Some(seen_at(name, Some(place)))
            }
            ("AWS::Serverless::HttpApi", None) => {
                Some(Value::string("$default", value::Origin::computed(place)))
            }
            _ => None,
        }
    }

    /// `Fn::ImportValue`: what another stack of the scan exports under that name.
    pub(crate) fn import(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        let name = self.argument(call);
        each_choice(&name, &origin, |name| {
            let Some(known) = name.as_str() else {
                let reason = format!("the name of an import is not known: {}", reason_of(name));
                return self.unknown_as(&format!("import {}", text::shown(name)), reason, origin.clone());
            };
            match self.shared.exports.get(&self.context, known) {
                Some(Exported::Once(value)) => {
                    let written = value.origin.place;
                    let value = stepped(value.clone(), StepKind::Import, &SmolStr::new(known), written);
                    seen_at(value, origin.place)
                }
                Some(Exported::Ambiguous) => {
                    let reason = format!("several stacks export {known}");
                    self.unknown(&format!("import {known}"), reason, origin.clone())
                }
                None => {
                    let reason = format!("no stack of the scan exports {known}");
                    self.unknown(&format!("import {known}"), reason, origin.clone())
                }
            }
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
