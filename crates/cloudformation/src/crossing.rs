//! References between stacks beside exports: `Fn::GetStackOutput`, which reads an output by stack and name, and the
//! parameters that the CDK writes and reads with custom resources where a reference crosses regions. Both are exports of
//! another name here: one that no template can write.

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};
use source::{Place, Span};
use value::{StepKind, Value};

use crate::StackContext;
use crate::export::Found;
use crate::intrinsic::{Call, seen_at, stepped};
use crate::stack::Stack;
use crate::text;

/// What begins a name that is no name of an export.
pub(crate) const MARK: char = '\u{1f}';

/// The custom resource that writes what other regions read.
const WRITER: &str = "Custom::CrossRegionExportWriter";

/// The custom resource that reads it; an attribute is a parameter.
const READER: &str = "Custom::CrossRegionExportReader";

/// Words in a template that read what is found here.
pub(crate) const WORDS: [&str; 2] = ["GetStackOutput", READER];

fn text_of(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or_default()
}

/// The name of an output of a stack in a region.
fn output_name(account: &str, region: &str, stack: &str, output: &str) -> SmolStr {
    SmolStr::from(format!("{MARK}{account}{MARK}{region}{MARK}{stack}{MARK}{output}"))
}

/// The name of a parameter of the CDK in the account of a stack; it names the stack that reads it.
fn parameter_name(context: &StackContext, parameter: &str) -> SmolStr {
    SmolStr::from(format!("{MARK}{}{MARK}{parameter}", text_of(context.account.as_ref())))
}

/// What a stack gives to others under names of this kind: its outputs, and what it writes for other regions. Each is an
/// entry with the value, and the name.
pub(crate) fn given(stack: &Stack<'_>) -> Vec<(SmolStr, Entry)> {
    let context = &stack.context;
    let mut found = Vec::new();
    if let Some(name) = &context.stack_name {
        let (account, region) = (text_of(context.account.as_ref()), text_of(context.region.as_ref()));
        let outputs =
            stack.template.section("Outputs").iter().filter(|entry| entry.value.get("Value").is_some());
        found.extend(outputs.map(|entry| (output_name(account, region, name, &entry.key), entry.clone())));
    }
    for resource in stack.template.section("Resources") {
        if resource.value.get("Type").and_then(Node::text).is_none_or(|name| name != WRITER) {
            continue;
        }
        let properties = resource.value.get("Properties").and_then(|node| node.get("WriterProps"));
        let exports = properties.and_then(|node| node.get("exports")).map(Node::entries).unwrap_or_default();
        found.extend(exports.iter().map(|entry| (parameter_name(context, &entry.key), as_output(entry))));
    }
    found
}

/// An entry as an output: its value under `Value`.
fn as_output(entry: &Entry) -> Entry {
    let value = Entry { key: "Value".into(), key_span: Span::new(0, 0), value: entry.value.clone() };
    let kind = NodeKind::Mapping(vec![value]);
    Entry { value: Node { kind, tag: None, span: entry.value.span }, ..entry.clone() }
}

impl Stack<'_> {
    /// `Fn::GetStackOutput`: an output of another stack of the scan. One that is read with a role may be of any account.
    pub(crate) fn stack_output(&self, call: &Call<'_>) -> Value {
        let field = |name: &str| call.argument.get(name).map(|node| self.value(node));
        let (Some(stack), Some(output)) = (field("StackName"), field("OutputName")) else {
            return self.misused(call, "a map with StackName and OutputName");
        };
        let (region, role) = (field("Region"), field("RoleArn"));
        let shown = |value: &Option<Value>| value.as_ref().map_or_else(String::new, text::shown);
        let name = format!("{}.{}", text::shown(&stack), text::shown(&output));
        let own = text_of(self.context.region.as_ref());
        let given = region.as_ref().map_or(Some(own), |region| region.as_str());
        if let (Some(stack), Some(output), Some(region), None) =
            (stack.as_str(), output.as_str(), given, &role)
        {
            let account = text_of(self.context.account.as_ref());
            let key = output_name(account, region, stack, output);
            if let Some(value) = self.crossing(&key, &name, self.place(call.node.span)) {
                return value;
            }
        }
        let expression = format!("GetStackOutput {name} {} {}", shown(&region), shown(&role));
        let reason = format!("the output {name} is read from its stack at deployment");
        self.unknown_as(expression.trim_end(), reason, self.computed(call.node))
    }

    /// What an attribute of a resource of the CDK reads from another region, if it is one and that is in the scan.
    pub(crate) fn read_across(&self, entry: &Entry, attribute: &str, place: Place) -> Option<Value> {
        let is_reader = entry.value.get("Type").and_then(Node::text).is_some_and(|name| name == READER);
        let key = is_reader.then(|| parameter_name(&self.context, attribute))?;
        self.crossing(&key, attribute, place)
    }

    fn crossing(&self, key: &str, shown: &str, place: Place) -> Option<Value> {
        match self.shared.exports.get(&self.context, self.tree.environment.as_ref(), key) {
            Found::Value(value) => {
                let written = value.origin.place;
                let value = stepped(value, StepKind::Import, &SmolStr::new(shown), written);
                Some(seen_at(value, Some(place)))
            }
            Found::Nothing(_) => None,
            Found::Pending(key) => {
                self.tree.awaited.borrow_mut().insert(key);
                None
            }
        }
    }
}
