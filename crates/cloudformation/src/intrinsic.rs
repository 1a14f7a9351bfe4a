//! Intrinsic functions in their two spellings, `Fn::Join: [...]` and `!Join [...]`, and what each of them gives.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use source::document::Node;
use value::{Alternatives, Condition, Kind, Origin, StepKind, Unknown, Value};

use crate::rain;
use crate::stack::Stack;

/// A call of an intrinsic function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'n> {
    /// Its name without `Fn::`.
    pub(crate) name: &'n str,
    /// Its argument. In the short form this is the tagged node itself.
    pub(crate) argument: &'n Node,
    /// Whether it is the short form.
    pub(crate) tagged: bool,
    /// The whole call.
    pub(crate) node: &'n Node,
}

/// Functions that have a short form. Another tag says nothing to CloudFormation.
const SHORT: [&str; 20] = [
    "And",
    "Base64",
    "Cidr",
    "Condition",
    "Equals",
    "FindInMap",
    "GetAZs",
    "GetAtt",
    "GetStackOutput",
    "If",
    "ImportValue",
    "Join",
    "Length",
    "Not",
    "Or",
    "Ref",
    "Select",
    "Split",
    "Sub",
    "ToJsonString",
];

/// Whether a tag without its `!` is the short form of a function.
pub(crate) fn is_short(tag: &str) -> bool {
    tag == "Transform" || SHORT.contains(&tag)
}

/// Functions that AWS takes in the section `Rules` alone.
const RULES_ONLY: [&str; 6] =
    ["Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"];

impl<'n> Call<'n> {
    /// The call that a node is, if it is one.
    pub(crate) fn of(node: &'n Node) -> Option<Self> {
        match node.tag.as_deref() {
            Some("Transform") => Some(Self { name: "Transform", argument: node, tagged: true, node }),
            Some(tag) if SHORT.contains(&tag) => Some(Self { name: tag, argument: node, tagged: true, node }),
            Some(tag) if rain::is_directive(tag) => {
                Some(Self { name: tag, argument: node, tagged: true, node })
            }
            _ => Self::long(node),
        }
    }

    /// The call in the long form that a mapping is, whatever its tag.
    pub(crate) fn long(node: &'n Node) -> Option<Self> {
        let [entry] = node.entries() else { return None };
        let name = match entry.key.as_str() {
            "Ref" => "Ref",
            key if rain::is_directive(key) => key,
            key => key.strip_prefix("Fn::").filter(|name| !name.starts_with("ForEach::"))?,
        };
        Some(Self { name, argument: &entry.value, tagged: false, node })
    }

    /// The call of a condition function that a node is: `Condition: Name` counts as one there.
    pub(crate) fn condition(node: &'n Node) -> Option<Self> {
        match node.entries() {
            [entry] if entry.key == "Condition" && node.tag.is_none() => {
                Some(Self { name: "Condition", argument: &entry.value, tagged: false, node })
            }
            _ => Self::of(node),
        }
    }

    /// The argument as a text that is written and that no function gives.
    pub(crate) fn text(&self) -> Option<&'n SmolStr> {
        self.argument.text().filter(|_| self.tagged || Call::of(self.argument).is_none())
    }

    /// The items of a list argument.
    pub(crate) fn items(&self) -> &'n [Node] {
        self.argument.items()
    }
}

impl Stack<'_> {
    /// What a call gives.
    pub(crate) fn intrinsic(&self, call: &Call<'_>) -> Value {
        match call.name {
            "Ref" => self.reference(call),
            "GetAtt" => self.attribute(call),
            "Sub" => self.substitute(call),
            "Join" => self.join(call),
            "Split" => self.split(call),
            "Select" => self.select(call),
            "If" => self.choose(call),
            "And" | "Or" | "Not" | "Equals" | "Condition" => self.truth(call),
            "FindInMap" => self.find_in_map(call),
            "Base64" => self.base64(call),
            "Cidr" => self.cidr(call),
            "GetAZs" => self.zones(call),
            "ImportValue" => self.import(call),
            "Length" => {
                self.needs_extensions("Fn::Length", call.node.span);
                self.length(call)
            }
            "ToJsonString" => {
                self.needs_extensions("Fn::ToJsonString", call.node.span);
                self.to_json(call)
            }
            "GetStackOutput" => self.stack_output(call),
            "Transform" => Value::unknown(self.transformed(call.argument), self.computed(call.node)),
            name if rain::is_directive(name) => self.directive(call),
            _ => self.not_a_function(call),
        }
    }

    /// `Fn::If`: one of two values.
    fn choose(&self, call: &Call<'_>) -> Value {
        let [condition, yes, no] = call.items() else {
            return self.misused(call, "a condition, a value if it holds, and a value if it does not");
        };
        let name = condition.text().cloned().unwrap_or_else(|| SmolStr::new_static("Fn::If"));
        let place = self.template.condition(&name).map(|entry| self.place(entry.key_span));
        let condition = self.simplified(self.condition_named_by(condition));
        let branch = |node: &Node| stepped(self.value(node), StepKind::Condition, &name, place);
        match condition {
            Condition::Always => branch(yes),
            Condition::Never => branch(no),
            undecided => {
                let contrary = undecided.clone().not();
                let yes = self.assuming(&undecided, || self.value(yes));
                let no = self.assuming(&contrary, || self.value(no));
                Value::alternatives([(undecided, yes), (contrary, no)], self.computed(call.node))
            }
        }
    }

    /// A condition function that stands where a value is wanted.
    fn truth(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        match self.condition_of(call.node) {
            Condition::Always => Value::bool(true, origin),
            Condition::Never => Value::bool(false, origin),
            undecided => {
                let (yes, no) = (Value::bool(true, origin.clone()), Value::bool(false, origin.clone()));
                Value::alternatives([(undecided.clone(), yes), (undecided.not(), no)], origin)
            }
        }
    }

    fn not_a_function(&self, call: &Call<'_>) -> Value {
        let name = call.name;
        let (message, help) = if RULES_ONLY.contains(&name) {
            (format!("Fn::{name} works in the section Rules alone"), "use a condition function here")
        } else {
            (format!("Fn::{name} is no intrinsic function"), "check the spelling of the function")
        };
        self.warn("cloudformation-unknown-function", call.node.span, message.clone(), help);
        Value::unknown(Unknown::fresh(message), self.computed(call.node))
    }

    /// A call whose argument has not the shape that the function takes.
    pub(crate) fn misused(&self, call: &Call<'_>, wanted: &str) -> Value {
        if let Some(given) = self.directive_in(call) {
            return given;
        }
        let name = if call.name == "Ref" { "Ref".to_owned() } else { format!("Fn::{}", call.name) };
        let message = format!("{name} takes {wanted}");
        let help = "write the argument as the CloudFormation user guide shows it for this function";
        self.warn("cloudformation-wrong-argument", call.node.span, message.clone(), help);
        Value::unknown(Unknown::fresh(message), self.computed(call.node))
    }
}

/// Applies `work` to each alternative of a value.
pub(crate) fn each_choice(value: &Value, origin: &Origin, work: impl Fn(&Value) -> Value) -> Value {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            let choices =
                alternatives.choices.iter().map(|(condition, choice)| (condition.clone(), work(choice)));
            Value::alternatives(choices, origin.clone())
        }
        _ => work(value),
    }
}

/// The same value, seen at `place`, whichever alternative it is.
pub(crate) fn seen_at(value: Value, place: Option<Place>) -> Value {
    with_origins(value, &|origin| Origin { place, ..origin.clone() })
}

/// The same value one step further on, whichever alternative it is.
pub(crate) fn stepped(value: Value, kind: StepKind, name: &SmolStr, place: Option<Place>) -> Value {
    with_origins(value, &|origin| origin.through(kind, name.clone(), place))
}

fn with_origins(value: Value, change: &dyn Fn(&Origin) -> Origin) -> Value {
    let kind = match value.kind {
        Kind::Alternatives(alternatives) => {
            let choice = |(when, choice): &(Condition, Value)| {
                (when.clone(), Value { origin: change(&choice.origin), ..choice.clone() })
            };
            let choices = alternatives.choices.iter().map(choice).collect();
            Kind::Alternatives(Arc::new(Alternatives { choices }))
        }
        other => other,
    };
    Value { kind, origin: change(&value.origin), sensitive: value.sensitive }
}

/// The same value, never to be shown if `sensitive`, whichever alternative it is.
pub(crate) fn hidden(value: Value, sensitive: bool) -> Value {
    if !sensitive {
        return value;
    }
    let kind = match value.kind {
        Kind::Alternatives(alternatives) => {
            let choice =
                |(when, choice): &(Condition, Value)| (when.clone(), choice.clone().with_sensitivity(true));
            let choices = alternatives.choices.iter().map(choice).collect();
            Kind::Alternatives(Arc::new(Alternatives { choices }))
        }
        other => other,
    };
    Value { kind, origin: value.origin, sensitive: true }
}

/// Why a value is not known, in words.
pub(crate) fn reason_of(value: &Value) -> SmolStr {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.reason.clone(),
        Kind::Reference(reference) => {
            let of = value::Identity::shown(&reference.to);
            let attribute = if reference.attribute.is_empty() { "Ref" } else { &reference.attribute };
            SmolStr::from(format!("{attribute} of {of} is known after deployment"))
        }
        Kind::Template(template) => {
            let part = template.parts.iter().find_map(|part| match part {
                value::Part::Value(value) => Some(reason_of(value)),
                value::Part::Text(_) => None,
            });
            part.unwrap_or_default()
        }
        Kind::Alternatives(_) => SmolStr::new_static("it depends on a condition that is not known"),
        Kind::List(list) if list.open.is_some() => {
            list.open.as_ref().map(|open| open.reason.clone()).unwrap_or_default()
        }
        Kind::List(_) | Kind::Map(_) => SmolStr::new_static("it depends on a value that is not wholly known"),
        _ => SmolStr::new_static("it has not the type that the function takes"),
    }
}
