//! Parameters and pseudo parameters: what `Ref` gives for an input of the stack.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Place;
use source::document::{Entry, Node, NodeKind, ScalarStyle};
use value::{Alternatives, Condition, How, Identity, Kind, Number, Origin, StepKind, Type, Unknown, Value};

use crate::conditions::{is_value, scalar_text};
use crate::intrinsic::{each_choice, hidden, seen_at, stepped};
use crate::stack::{Stack, exhaustive};
use crate::template::Template;
use crate::{Given, Inputs, Parameter};

/// How the types of parameters begin whose value is the name of a parameter in SSM.
pub(crate) const STORED: &str = "AWS::SSM::Parameter::Value";

/// The inputs that name a parameter of the template. Pseudo parameters are part of a stack's context.
pub(crate) fn from_inputs(inputs: &Inputs, template: &Template, prefix: &str) -> FxHashMap<SmolStr, Value> {
    let mut given = FxHashMap::default();
    for Parameter { name, value, place } in &inputs.parameters {
        let is_pseudo = name == "AWS::Partition" || name == "AWS::StackId";
        if template.parameter(name).is_none() && !is_pseudo {
            continue;
        }
        let origin = Origin { place: *place, ..Origin::default() };
        let value = match value {
            Given::Text(text) => Value::string(text.clone(), origin),
            Given::Previous => {
                let reason = format!("parameter \"{name}\" keeps the value of the deployment before");
                let identity = Identity::new(prefix, name);
                Value::unknown(Unknown::identified(reason, identity), origin)
            }
        };
        given.insert(name.clone(), value);
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
        let type_name = type_of(entry);
        let value = if type_name.starts_with(STORED) {
            self.stored_parameter(entry, entry.value.get("Default"))
        } else if let Some(given) = self.given.get(name) {
            // What a parent may leave out has its default then.
            let origin = given.origin.clone();
            each_choice(given, &origin, |choice| match choice.is_absent() {
                true => self.not_given(entry, &type_name),
                false => self.as_given(entry, choice, &type_name),
            })
        } else {
            self.not_given(entry, &type_name)
        };
        hidden(value, is_hidden(entry))
    }

    /// A value that is given: where the parent stack says it, or the file that it is in.
    fn as_given(&self, entry: &Entry, given: &Value, type_name: &str) -> Value {
        let place = given.origin.place;
        let given = match &given.kind {
            Kind::Unknown(unknown) if self.is_previous(unknown, &entry.key) => {
                self.without_default(entry, unknown.reason.clone())
            }
            _ if is_list_type(type_name) => self.parted(given),
            _ => given.clone(),
        };
        let given = given.with_sensitivity(is_hidden(entry));
        stepped(typed(given, type_name), StepKind::ParameterSet, &entry.key, place)
    }

    fn not_given(&self, entry: &Entry, type_name: &str) -> Value {
        let name = &entry.key;
        if let Some(default) = entry.value.get("Default") {
            let place = self.place(default.span);
            let value = typed(self.default(default).with_sensitivity(is_hidden(entry)), type_name);
            return stepped(value, StepKind::ParameterDefault, name, Some(place));
        }
        let reason = format!("parameter \"{name}\" has no default");
        let value = self.without_default(entry, reason.into());
        stepped(value, StepKind::ParameterUnset, name, Some(self.place(entry.key_span)))
    }

    /// A default as the text that was written: parameters hold texts, whatever YAML makes of them.
    pub(crate) fn default(&self, node: &Node) -> Value {
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
                crate::dynamic::dynamic(self, Value::string(text, origin))
            }
            _ => self.value(node),
        }
    }

    fn stored_parameter(&self, entry: &Entry, default: Option<&Node>) -> Value {
        let name = &entry.key;
        let stored = self.given.get(name).and_then(scalar_text).or_else(|| default?.text().cloned());
        let reason = match stored {
            Some(path) if !entry.value.get("NoEcho").is_some_and(is_true) => {
                format!("parameter \"{name}\" is read from the SSM parameter {path} at deployment")
            }
            _ => format!("parameter \"{name}\" is read from SSM at deployment"),
        };
        let place = Some(self.place(entry.key_span));
        let value = self.input(entry, reason);
        value.through(StepKind::ParameterSet, name.clone(), place)
    }

    /// An input without value. It counts as given: neither null nor empty.
    fn input(&self, entry: &Entry, reason: impl Into<SmolStr>) -> Value {
        let identity = Identity::new(&self.prefix, &entry.key);
        let ty = if is_list_type(&type_of(entry)) { Type::list(Type::String) } else { Type::Any };
        Value::unknown(Unknown { ty, ..Unknown::identified(reason, identity) }, Origin::default())
    }

    /// Whether a value stands for the one of the deployment before.
    fn is_previous(&self, unknown: &Unknown, name: &str) -> bool {
        unknown.identity.as_ref() == Some(&Identity::new(&self.prefix, name))
    }

    /// A parameter without a value: one of its allowed values if they are few, unknown otherwise. Of a list any of the
    /// allowed values may be an element, and what may not be shown is told by nothing.
    fn without_default(&self, entry: &Entry, reason: SmolStr) -> Value {
        let name = &entry.key;
        let type_name = type_of(entry);
        let identity = Identity::new(&self.prefix, name);
        let allowed = entry.value.get("AllowedValues").map_or(&[][..], Node::items);
        let is_hidden = entry.value.get("NoEcho").is_some_and(is_true);
        if allowed.is_empty() || allowed.len() > Alternatives::MOST || is_list_type(&type_name) || is_hidden {
            return self.input(entry, reason);
        }
        let texts: Vec<Value> = allowed.iter().map(|node| self.default(node)).collect();
        let is_flag = |value: &Value| matches!(value.as_str(), Some("true" | "false"));
        let is_flag = texts.iter().all(is_flag);
        let mut choices: Vec<(Condition, Value)> = Vec::new();
        for mut value in texts {
            value.origin = Origin { place: value.origin.place, how: How::Computed, via: None };
            let text = scalar_text(&value).unwrap_or_default();
            let when = match is_flag {
                true => Condition::literal(identity.text.clone(), text),
                false => is_value(&identity, &text),
            };
            if !choices.iter().any(|(known, _)| *known == when) {
                choices.push((when, typed(value, &type_name)));
            }
        }
        exhaustive(&mut choices);
        Value::alternatives(choices, Origin::default())
    }
}

/// The declared type of a parameter; empty if it has none.
pub(crate) fn type_of(entry: &Entry) -> SmolStr {
    entry.value.get("Type").and_then(Node::text).cloned().unwrap_or_default()
}

/// Whether the value of a parameter may not be shown.
fn is_hidden(entry: &Entry) -> bool {
    entry.value.get("NoEcho").is_some_and(is_true)
}

/// Whether a node says true, in quotes or not.
pub(crate) fn is_true(node: &Node) -> bool {
    let NodeKind::Scalar(scalar) = &node.kind else { return false };
    crate::scalar::kind(scalar) == Kind::Bool(true) || scalar.text == "true"
}

/// Whether values of the type are lists. A type of SSM says what the stored value is.
pub(crate) fn is_list_type(type_name: &str) -> bool {
    let stored = type_name.strip_prefix(STORED).and_then(|rest| rest.strip_prefix('<'));
    let type_name = stored.unwrap_or(type_name);
    type_name.starts_with("CommaDelimitedList") || type_name.starts_with("List<")
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
    if type_name != "Number" {
        return value;
    }
    // `5.0` is printed as it was given, so it stays the text that it is.
    let number = |choice: &Value| {
        let text = choice.as_str()?;
        Number::parse(text).filter(|number| number.to_string() == text)
    };
    each_choice(&value, &origin, |choice| match number(choice) {
        Some(number) => Value::number(number, choice.origin.clone()).with_sensitivity(choice.sensitive),
        None => choice.clone(),
    })
}
