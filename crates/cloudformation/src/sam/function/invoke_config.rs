//! `EventInvokeConfig`: where the results of asynchronous calls go. A queue or topic that is asked for but not named
//! is made, also where it is not named in one branch of `Fn::If` only.

use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::publish::Alias;
use crate::intrinsic::Call;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, is_null};
use crate::sam::policies::is_no_value;
use crate::sam::role::{self, Role};
use crate::sam::serverless::Serverless;

pub(super) fn expand(
    expansion: &mut Expansion<'_, '_>,
    function: &Serverless<'_>,
    alias: Option<&Alias>,
    role: &mut Role,
) {
    let Some(config) = function.get("EventInvokeConfig") else { return };
    let at = function.at("EventInvokeConfig");
    let id = format!("{}EventInvokeConfig", function.id);
    let mut made = at.fields();
    made.set("FunctionName", at.reference(function.id));
    made.set("Qualifier", alias.map_or_else(|| at.text("$LATEST"), |alias| alias.name.clone()));
    let mut destinations = at.fields();
    let written = config.get("DestinationConfig").map_or(&[][..], Node::entries);
    for entry in written.iter().filter(|entry| entry.key == "OnSuccess" || entry.key == "OnFailure") {
        let destination = Destination { function, entry, id: format!("{id}{}", entry.key) };
        if let Some(arn) = destination.expand(expansion, role) {
            let at = At(entry.key_span);
            let value = at.map([("Destination", arn)]);
            destinations.push(Entry { key: entry.key.clone(), key_span: entry.key_span, value });
        }
    }
    made.set("DestinationConfig", destinations.node());
    made.hand_all(config, &["MaximumEventAgeInSeconds", "MaximumRetryAttempts"]);
    let made = function.further(id, "AWS::Lambda::EventInvokeConfig", made);
    expansion.put(match alias {
        Some(alias) => made.depends_on(&alias.id),
        None => made,
    });
}

/// Where the results of one outcome go.
struct Destination<'n> {
    function: &'n Serverless<'n>,
    entry: &'n Entry,
    id: String,
}

impl Destination<'_> {
    /// Makes what is missing and allows the role to send. Gives the ARN of the destination.
    fn expand(&self, expansion: &mut Expansion<'_, '_>, role: &mut Role) -> Option<Node> {
        let at = At(self.entry.key_span);
        let kind = self.entry.value.get("Type")?;
        let kind = expansion.text(kind)?;
        let written = self.entry.value.get("Destination").filter(|node| !is_null(node));
        let (written, condition) = match written {
            None => (None, None),
            Some(node) => match self.made_when(expansion, at, node) {
                Some((condition, other)) => (Some(other), Some(condition)),
                None => (Some(node.clone()), None),
            },
        };
        let arn = match (written, condition) {
            (Some(arn), None) => arn,
            (other, condition) => {
                let made = self.make(expansion, at, &kind, condition.as_ref())?;
                match (condition, other) {
                    (Some(condition), Some(other)) => at.either(&condition, made, other),
                    _ => made,
                }
            }
        };
        if let Some(policy) = role::destination(at, &kind, &arn, &self.id) {
            role.inline(policy);
        }
        Some(arn)
    }

    /// The condition under which the destination is not named, and its ARN where it is.
    fn made_when(&self, expansion: &mut Expansion<'_, '_>, at: At, node: &Node) -> Option<(SmolStr, Node)> {
        let call = Call::of(node).filter(|call| call.name == "If")?;
        let [condition, yes, no] = call.items() else { return None };
        let name = condition.text()?.clone();
        match (is_no_value(yes), is_no_value(no)) {
            (true, false) => Some((name, no.clone())),
            (false, true) => {
                let contrary = expansion.hashed_id(&format!("NOT{name}"));
                let formula = at.call("Fn::Not", at.list([at.map([("Condition", at.text(name))])]));
                expansion.condition(&contrary, at, formula);
                Some((contrary, yes.clone()))
            }
            _ => None,
        }
    }

    /// Makes the queue or topic, under both its own condition and that of the function.
    fn make(
        &self,
        expansion: &mut Expansion<'_, '_>,
        at: At,
        kind: &str,
        when: Option<&SmolStr>,
    ) -> Option<Node> {
        let (id, type_name, reference) = match kind {
            "SQS" => (format!("{}Queue", self.id), "AWS::SQS::Queue", "DestinationQueue"),
            "SNS" => (format!("{}Topic", self.id), "AWS::SNS::Topic", "DestinationTopic"),
            _ => return None,
        };
        let condition = match (self.function.condition(), when) {
            (Some(own), Some(when)) => {
                let both = format!("{own}AND{when}");
                let one = |name: &str| at.map([("Condition", at.text(name))]);
                let formula = at.call("Fn::And", at.list([one(own), one(when)]));
                expansion.condition(&both, at, formula);
                Some(SmolStr::from(both))
            }
            (own, when) => own.or(when).cloned(),
        };
        let mut made = self.function.further(id.clone(), type_name, at.fields());
        if let Some(condition) = condition {
            made = made.attribute("Condition", at.text(condition));
        }
        expansion.put(made);
        expansion.stand_for(format!("{}.{reference}", self.function.id), SmolStr::new(&id));
        Some(if kind == "SQS" { at.attribute(&id, "Arn") } else { at.reference(&id) })
    }
}
