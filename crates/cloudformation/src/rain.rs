//! Directives of Rain, a tool of AWS's that packs templates: `!Rain::Module`, `!Rain::Embed` and their like, in both
//! spellings. CloudFormation does not know them; `rain pkg` replaces each by what it stands for. Invariant: a value that
//! a directive gives is not known, and a module is opaque.

use smol_str::SmolStr;
use source::Span;
use source::document::{Entry, Node, NodeKind};
use value::declared::{Declared, OpaqueModule};
use value::{Unknown, Value};

use crate::intrinsic::Call;
use crate::stack::Stack;

/// What the names of directives begin with.
const PREFIX: &str = "Rain::";

/// The code of what is said of directives.
pub(crate) const CODE: &str = "cloudformation-unpacked";

/// What to do about a directive.
pub(crate) const HELP: &str = "scan what `rain pkg` makes of the template";

/// Whether a tag without its `!`, or a key, is a directive.
pub(crate) fn is_directive(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// What is said of a directive.
pub(crate) fn message(name: &str) -> String {
    format!("{name} is a directive of Rain, which is to replace it before the template is deployed")
}

/// Whether the resources of a document are such that `rain pkg` adds to them.
pub(crate) fn completes(document: &Node) -> bool {
    let resources = document.get("Resources").map_or(&[][..], Node::entries);
    resources.iter().any(|entry| module(&entry.value).is_some())
}

/// The directive that stands for the type of a resource: it is a module.
fn module(resource: &Node) -> Option<Call<'_>> {
    Call::of(resource.get("Type")?).filter(|call| is_directive(call.name))
}

impl Stack<'_> {
    /// The value that a directive gives.
    pub(crate) fn directive(&self, call: &Call<'_>) -> Value {
        let message = self.told(call.name, call.tagged, call.node.span);
        Value::unknown(Unknown::fresh(message), self.computed(call.node))
    }

    /// The directive among the arguments of a function, if there is one: it gives whatever the function takes.
    pub(crate) fn directive_in(&self, call: &Call<'_>) -> Option<Value> {
        let arguments = match &call.argument.kind {
            NodeKind::Sequence(items) => items.as_slice(),
            _ => &[],
        };
        // In the short form, the tag of the argument is the call itself.
        let whole = if call.tagged { Call::long(call.argument) } else { Call::of(call.argument) };
        let found = whole.into_iter().chain(arguments.iter().filter_map(Call::of));
        let inner = found.into_iter().find(|inner| is_directive(inner.name))?;
        Some(self.directive(&inner))
    }

    /// Declares a module, if the resource in `entry` is one; false if it is none.
    pub(crate) fn declare_module_of_rain(&self, entry: &Entry, declared: &mut Declared) -> bool {
        let Some(call) = module(&entry.value) else { return false };
        self.told(call.name, call.tagged, entry.key_span);
        let source = call.argument.text().cloned().unwrap_or_else(|| SmolStr::new(call.name));
        let (address, place) = (self.address(&entry.key), self.place(entry.key_span));
        declared.opaque.push(OpaqueModule { source, address, place });
        true
    }

    /// What a directive is. The short form is told with the other tags that CloudFormation does not know.
    fn told(&self, name: &str, tagged: bool, span: Span) -> String {
        let message = message(name);
        if !tagged {
            self.warn(CODE, span, message.clone(), HELP);
        }
        message
    }
}
