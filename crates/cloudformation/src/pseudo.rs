//! Pseudo parameters: what `Ref` gives for `AWS::Region` and its siblings.

use value::{Identity, Origin, StepKind, Type, Unknown, Value};

use source::Place;

use crate::stack::Stack;

/// Scope of what every stack without account and region of its own shares with the others.
const ENVIRONMENT: &str = "AWS";

/// Partitions by the start of their regions, with the domain of their services.
const PARTITIONS: [(&str, &str, &str); 7] = [
    ("cn-", "aws-cn", "amazonaws.com.cn"),
    ("us-gov-", "aws-us-gov", "amazonaws.com"),
    ("us-isob-", "aws-iso-b", "sc2s.sgov.gov"),
    ("us-isof-", "aws-iso-f", "csp.hci.ic.gov"),
    ("eu-isoe-", "aws-iso-e", "cloud.adc-e.uk"),
    ("us-iso-", "aws-iso", "c2s.ic.gov"),
    ("eusc-", "aws-eusc", "amazonaws.eu"),
];

impl Stack<'_> {
    /// The value of a pseudo parameter; none if there is no such one.
    pub(crate) fn pseudo(&self, name: &str, place: Place) -> Option<Value> {
        let origin = Origin::computed(place);
        if !name.starts_with("AWS::") {
            return None;
        }
        if let Some(given) = self.given.get(name) {
            let value = Value { origin, ..given.clone() };
            return Some(value.through(StepKind::ParameterSet, name, None));
        }
        let unknown = |reason: &str| self.unknown(name, reason, origin.clone());
        Some(match name {
            "AWS::NoValue" => Value::absent(),
            "AWS::Region" => self.region(&origin),
            "AWS::AccountId" => self.account(&origin),
            "AWS::Partition" => Value::string(self.partition().0, origin),
            "AWS::URLSuffix" => Value::string(self.partition().1, origin),
            "AWS::StackName" => match (&self.context.stack_name, self.chain.len()) {
                (Some(known), 1) => Value::string(known.clone(), origin),
                _ => unknown("the name of the stack is chosen at deployment"),
            },
            "AWS::StackId" => unknown("the id of the stack is given at deployment"),
            "AWS::NotificationARNs" => {
                let identity = Identity::new(&self.prefix, name);
                let topics = Unknown::identified("the notification topics are given at deployment", identity);
                Value::unknown(Unknown { ty: Type::list(Type::String), ..topics }, origin)
            }
            _ => return None,
        })
    }

    /// The region of the stack.
    pub(crate) fn region(&self, origin: &Origin) -> Value {
        if let Some(known) = &self.context.region {
            return Value { origin: origin.clone(), ..known.clone() };
        }
        shared_unknown("AWS::Region", "the region is chosen at deployment", origin)
    }

    fn account(&self, origin: &Origin) -> Value {
        match &self.context.account {
            Some(known) => Value { origin: origin.clone(), ..known.clone() },
            None => shared_unknown("AWS::AccountId", "the account is chosen at deployment", origin),
        }
    }

    /// The partition and the domain of its services. Where the region is not known, it is taken for one of the
    /// commercial ones.
    fn partition(&self) -> (&'static str, &'static str) {
        let region = self.region(&Origin::default());
        let region = region.as_str().unwrap_or_default();
        let found = PARTITIONS.iter().find(|(start, ..)| region.starts_with(start));
        found.map_or(("aws", "amazonaws.com"), |(_, partition, suffix)| (partition, suffix))
    }
}

fn shared_unknown(name: &str, reason: &str, origin: &Origin) -> Value {
    let identity = Identity::new(ENVIRONMENT, name);
    Value::unknown(Unknown::identified(reason, identity), origin.clone())
}
