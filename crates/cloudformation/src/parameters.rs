//! Parameters and pseudo parameters: what `Ref` gives for an input of the stack.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Place;
use source::document::{Entry, Node, NodeKind, ScalarStyle};
use value::{Alternatives, Condition, How, Identity, Kind, Number, Origin, StepKind, Unknown, Value};

use crate::Inputs;
use crate::conditions::scalar_text;
use crate::intrinsic::{each_choice, seen_at, stepped};
use crate::stack::{Stack, exhaustive};
use crate::template::Template;

/// Scope of what every stack without account and region of its own shares with the others.
const ENVIRONMENT: &str = "AWS";

/// The inputs that name a parameter of the template, or a pseudo parameter.
pub(crate) fn from_inputs(inputs: &Inputs, template: &Template) -> FxHashMap<SmolStr, Value> {
    let mut given = FxHashMap::default();
    for (name, text) in &inputs.parameters {
        if template.parameter(name).is_some() || name.starts_with("AWS::") {
            given.insert(SmolStr::new(name), Value::string(text.as_str(), Origin::default()));
        }
    }
    given
}

impl Stack<'_> {
    /// The value of the parameter `entry`, seen at `place`.
    pub(crate) fn parameter(&self, entry: &Entry, place: Place) -> Value {
        let known = self.parameters.borrow().get(&entry.key).cloned();
        let value = known.unwrap_or_else(|| {
            let value = self.new_parameter(entry);
            self.parameters.borrow_mut().insert(entry.key.clone(), value.clone());
            value
        });
        seen_at(value, Some(place))
    }

    fn new_parameter(&self, entry: &Entry) -> Value {
        let name = &entry.key;
        let type_name = entry.value.get("Type").and_then(Node::text).cloned().unwrap_or_default();
        let declared = Some(self.place(entry.key_span));
        let sensitive = entry.value.get("NoEcho").is_some_and(is_true);
        let default = entry.value.get("Default");
        let value = if type_name.starts_with("AWS::SSM::Parameter::Value") {
            self.stored_parameter(entry, default)
        } else if let Some(given) = self.given.get(name) {
            // Where the parent stack says it; nowhere for what the user gives.
            let place = given.origin.place;
            let value = typed(given.clone().with_sensitivity(sensitive), &type_name);
            stepped(value, StepKind::ParameterSet, name, place)
        } else if let Some(default) = default {
            let place = self.place(default.span);
            let value = typed(self.default(default).with_sensitivity(sensitive), &type_name);
            stepped(value, StepKind::ParameterDefault, name, Some(place))
        } else {
            let value = self.without_default(entry);
            stepped(value, StepKind::ParameterUnset, name, declared)
        };
        value.with_sensitivity(sensitive)
    }

    /// A default as the text that was written: parameters hold texts, whatever YAML makes of them.
    fn default(&self, node: &Node) -> Value {
        let origin = Origin::literal(self.place(node.span));
        match &node.kind {
            NodeKind::Scalar(scalar) => {
                let text = match crate::scalar::kind(scalar) {
                    Kind::Bool(known) if scalar.style == ScalarStyle::Plain => {
                        SmolStr::new_static(if known { "true" } else { "false" })
                    }
                    Kind::Null => SmolStr::default(),
                    _ => scalar.text.clone(),
                };
                crate::text::dynamic(self, Value::string(text, origin))
            }
            _ => self.value(node),
        }
    }

    fn stored_parameter(&self, entry: &Entry, default: Option<&Node>) -> Value {
        let name = &entry.key;
        let stored = self.given.get(name).and_then(scalar_text).or_else(|| default?.text().cloned());
        let reason = match stored {
            Some(path) => format!("parameter \"{name}\" is read from the SSM parameter {path} at deployment"),
            None => format!("parameter \"{name}\" is read from SSM at deployment"),
        };
        let place = Some(self.place(entry.key_span));
        self.unknown(name, reason, Origin::default()).through(StepKind::ParameterSet, name.clone(), place)
    }

    /// A parameter without a value: one of its allowed values if they are few, unknown otherwise.
    fn without_default(&self, entry: &Entry) -> Value {
        let name = &entry.key;
        let identity = Identity::new(&self.prefix, name);
        let reason = SmolStr::from(format!("parameter \"{name}\" has no default"));
        let allowed = entry.value.get("AllowedValues").map_or(&[][..], Node::items);
        let is_list = entry.value.get("Type").and_then(Node::text).is_some_and(|text| is_list_type(text));
        if allowed.is_empty() || allowed.len() > Alternatives::MOST || is_list {
            return Value::unknown(Unknown::identified(reason, identity), Origin::default());
        }
        let mut choices: Vec<(Condition, Value)> = Vec::new();
        for node in allowed {
            let mut value = self.default(node);
            value.origin = Origin { place: value.origin.place, how: How::Computed, via: None };
            let text = scalar_text(&value).unwrap_or_default();
            if !choices.iter().any(|(_, known)| known.kind == value.kind) {
                choices.push((Condition::literal(identity.text.clone(), text), value));
            }
        }
        exhaustive(&mut choices);
        Value::alternatives(choices, Origin::default())
    }

    /// The value of a pseudo parameter; none if there is no such one.
    pub(crate) fn pseudo(&self, name: &str, place: Place) -> Option<Value> {
        let origin = Origin::computed(place);
        if let Some(given) = self.given.get(name) {
            let value = Value { origin, ..given.clone() };
            return Some(value.through(StepKind::ParameterSet, name, None));
        }
        let unknown = |reason: &str| self.unknown(name, reason, origin.clone());
        Some(match name {
            "AWS::NoValue" => Value::absent(),
            "AWS::Region" => self.region(&origin),
            "AWS::AccountId" => self.account(&origin),
            "AWS::Partition" => Value::string(self.partition(), origin),
            "AWS::URLSuffix" => {
                let suffix = if self.partition() == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
                Value::string(suffix, origin)
            }
            "AWS::StackName" => match (&self.context.stack_name, self.chain.len()) {
                (Some(known), 1) => Value::string(known.clone(), origin),
                _ => unknown("the name of the stack is chosen at deployment"),
            },
            "AWS::StackId" => unknown("the id of the stack is given at deployment"),
            "AWS::NotificationARNs" => unknown("the notification topics are given at deployment"),
            _ => return None,
        })
    }

    /// The region of the stack.
    pub(crate) fn region(&self, origin: &Origin) -> Value {
        if let Some(known) = &self.context.region {
            return Value { origin: origin.clone(), ..known.clone() };
        }
        match &self.shared.inputs.region {
            Some(known) => Value::string(known.as_str(), origin.clone()),
            None => shared_unknown("AWS::Region", "the region is chosen at deployment", origin),
        }
    }

    fn account(&self, origin: &Origin) -> Value {
        match &self.context.account {
            Some(known) => Value { origin: origin.clone(), ..known.clone() },
            None => shared_unknown("AWS::AccountId", "the account is chosen at deployment", origin),
        }
    }

    fn partition(&self) -> &'static str {
        let region = self.region(&Origin::default());
        match region.as_str() {
            Some(region) if region.starts_with("cn-") => "aws-cn",
            Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

fn shared_unknown(name: &str, reason: &str, origin: &Origin) -> Value {
    let identity = Identity::new(ENVIRONMENT, name);
    Value::unknown(Unknown::identified(reason, identity), origin.clone())
}

/// Whether a node says true, in quotes or not.
pub(crate) fn is_true(node: &Node) -> bool {
    let NodeKind::Scalar(scalar) = &node.kind else { return false };
    crate::scalar::kind(scalar) == Kind::Bool(true) || scalar.text == "true"
}

fn is_list_type(type_name: &str) -> bool {
    type_name == "CommaDelimitedList" || type_name.starts_with("List<")
}

/// A text as the type of its parameter makes it.
fn typed(value: Value, type_name: &str) -> Value {
    let origin = value.origin.clone();
    if is_list_type(type_name) {
        return each_choice(&value, &origin, |choice| match scalar_text(choice) {
            Some(text) => {
                let items = text.split(',').map(str::trim).filter(|_| !text.is_empty());
                let item = |item: &str| {
                    Value::string(item, choice.origin.clone()).with_sensitivity(choice.sensitive)
                };
                Value::list(items.map(item), choice.origin.clone())
            }
            None => choice.clone(),
        })
        .with_sensitivity(value.sensitive);
    }
    if type_name == "Number"
        && let Some(text) = value.as_str()
        && let Some(number) = Number::parse(text)
    {
        return Value::number(number, origin).with_sensitivity(value.sensitive);
    }
    value
}
