//! What an event invokes: a function, its alias, or a state machine.

use smol_str::SmolStr;
use source::document::Node;

use super::make::{At, Fields};
use super::serverless::{Event, Made, Serverless};

/// What an event invokes.
#[derive(Debug)]
pub(crate) struct Target<'n> {
    /// The resource that has the event.
    pub(crate) serverless: &'n Serverless<'n>,
    /// Whether it is a state machine.
    pub(crate) is_state_machine: bool,
    alias: Option<SmolStr>,
}

impl<'n> Target<'n> {
    /// A function, or its alias if it publishes one.
    pub(crate) fn function(serverless: &'n Serverless<'n>, alias: Option<SmolStr>) -> Self {
        Self { serverless, is_state_machine: false, alias }
    }

    /// A state machine, or its alias if events go to that one.
    pub(crate) fn state_machine(serverless: &'n Serverless<'n>, alias: Option<SmolStr>) -> Self {
        Self { serverless, is_state_machine: true, alias }
    }

    /// The logical id of what is invoked.
    pub(crate) fn id(&self) -> &SmolStr {
        self.alias.as_ref().unwrap_or(self.serverless.id)
    }

    /// Its name: `Ref`, which of an alias is the ARN.
    pub(crate) fn name(&self, at: At) -> Node {
        at.reference(self.id())
    }

    /// Its ARN.
    pub(crate) fn arn(&self, at: At) -> Node {
        match (&self.alias, self.is_state_machine) {
            (None, false) => at.attribute(self.serverless.id, "Arn"),
            _ => self.name(at),
        }
    }

    /// The logical id of what is made for an event.
    pub(crate) fn event_id(&self, event: &Event<'_>) -> String {
        format!("{}{}", self.serverless.id, event.name)
    }

    /// The permission of a service to invoke the function. `source` says who may make the service do it.
    pub(crate) fn permission(&self, id: String, principal: &str, source: Fields) -> Made {
        let at = source.at;
        let mut made = at.fields();
        made.set("Action", at.text("lambda:InvokeFunction"));
        made.set("FunctionName", self.name(at));
        made.set("Principal", at.text(principal));
        source.into_entries().into_iter().for_each(|entry| made.push(entry));
        self.serverless.further(id, "AWS::Lambda::Permission", made)
    }
}
