//! Who manages an encryption key: the customer, AWS, or it cannot be told. Invariant: a key that may be AWS's is
//! never taken for the customer's.

use graph::NodeId;
use value::declared::{Mode, Resource};
use value::{Kind, Part, Unknown, Value};

use crate::lists::{fact_origin, map_choices};
use crate::reader::{Reader, Target};

/// What aliases of keys that AWS manages start with.
const AWS_ALIAS: &str = "alias/aws/";

/// The custody of the key that `key` names, as `customer`, `aws` or an unknown; absent if no key is named.
pub(crate) fn of_key(reader: &Reader<'_>, key: &Value, holder: NodeId) -> Value {
    map_choices(key, |choice| one(reader, choice, holder))
}

fn one(reader: &Reader<'_>, key: &Value, holder: NodeId) -> Value {
    let answer = match &key.kind {
        Kind::Absent | Kind::Null => return Value::absent(),
        Kind::String(text) if text.is_empty() => return Value::absent(),
        Kind::String(text) => of_text(text).map_or_else(|| by_node(reader, key, holder), Ok),
        Kind::Template(template) => {
            of_parts(&template.parts).map_or_else(|| by_node(reader, key, holder), Ok)
        }
        Kind::Reference(reference) => {
            let resource = reader.declared(reference);
            resource.and_then(of_resource).map_or_else(|| by_node(reader, key, holder), Ok)
        }
        Kind::Unknown(unknown) => {
            let data = reader.data_source(key);
            data.and_then(of_resource).ok_or_else(|| unknown.reason.to_string())
        }
        _ => Err("the key is not known".into()),
    };
    match answer {
        Ok(custody) => Value::string(custody, fact_origin(&key.origin)),
        Err(why) => {
            let unknown = match &key.kind {
                Kind::Unknown(unknown) => unknown.select("custody"),
                _ => Unknown::fresh(why),
            };
            Value::unknown(unknown, fact_origin(&key.origin))
        }
    }
}

/// Custody by an alias, alone or at the end of an ARN. A bare key id or key ARN tells nothing.
fn of_text(text: &str) -> Option<&'static str> {
    // The value with which some services ask for a key that AWS owns.
    if text == "AWS_OWNED_KMS_KEY" || text.starts_with("aws/") {
        return Some("aws");
    }
    let alias = text
        .find("alias/")
        .and_then(|at| text.get(at..))
        .filter(|alias| alias.len() == text.len() || text.starts_with("arn:") && text.contains(":alias/"))?;
    Some(if alias.starts_with(AWS_ALIAS) { "aws" } else { "customer" })
}

/// Custody by the part of a text that holds the alias.
fn of_parts(parts: &[Part]) -> Option<&'static str> {
    parts.iter().find_map(|part| match part {
        Part::Text(text) => of_start(text),
        Part::Value(_) => None,
    })
}

/// Custody by what an alias is known to start with.
fn of_start(start: &str) -> Option<&'static str> {
    let alias = start.find("alias/").and_then(|at| start.get(at..))?;
    if alias.starts_with(AWS_ALIAS) {
        Some("aws")
    } else {
        (!AWS_ALIAS.starts_with(alias)).then_some("customer")
    }
}

/// Custody by the type of what a reference names: keys are the customer's, aliases by their name.
fn of_resource(resource: &Resource) -> Option<&'static str> {
    let named = |attribute: &str| {
        let name = resource.attributes.get(attribute);
        match &name.kind {
            Kind::String(text) => of_text(text),
            Kind::Template(template) => of_parts(&template.parts),
            _ => None,
        }
    };
    match (resource.type_name.as_str(), resource.mode) {
        (
            "aws_kms_key" | "aws_kms_external_key" | "aws_kms_replica_key" | "aws_kms_replica_external_key",
            Mode::Managed,
        )
        | ("AWS::KMS::Key" | "AWS::KMS::ReplicaKey", Mode::Managed) => Some("customer"),
        // Nobody but AWS can make an alias under `alias/aws/`.
        ("aws_kms_alias" | "AWS::KMS::Alias", Mode::Managed) => Some("customer"),
        ("aws_kms_alias", Mode::Data) => named("name"),
        ("aws_kms_key", Mode::Data) => named("key_id"),
        _ => None,
    }
}

/// Custody by the node that the key leads to.
fn by_node(reader: &Reader<'_>, key: &Value, holder: NodeId) -> Result<&'static str, String> {
    let leads = reader.leads(key, holder, &["kms-key", "kms-alias"]);
    let all_keys = leads.iter().all(|lead| match lead.target {
        Target::Node(node) => reader.is(node, "kms-key") || reader.is(node, "kms-alias"),
        Target::Outside(_) => false,
    });
    if all_keys && !leads.is_empty() {
        return Ok("customer");
    }
    let outside = leads.into_iter().find_map(|lead| match lead.target {
        Target::Outside(why) => Some(why.to_string()),
        Target::Node(_) => None,
    });
    let why = outside.filter(|why| !why.is_empty()).map(|why| format!(": {why}")).unwrap_or_default();
    Err(format!("whether the key is the customer's or AWS's is not known; it lies outside the scan{why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_tell_whose_the_key_is() {
        let check = |text: &str, expect| assert_eq!(of_text(text), expect, "{text}");
        check("alias/aws/s3", Some("aws"));
        check("alias/records", Some("customer"));
        check("arn:aws:kms:us-east-1:111122223333:alias/aws/rds", Some("aws"));
        check("arn:aws:kms:us-east-1:111122223333:alias/records", Some("customer"));
        check("arn:aws:kms:us-east-1:111122223333:key/1234abcd", None);
        check("1234abcd-12ab-34cd-56ef-1234567890ab", None);
        check("AWS_OWNED_KMS_KEY", Some("aws"));
    }

    #[test]
    fn the_start_of_an_alias_tells_only_what_it_must() {
        assert_eq!(of_start("alias/aws/"), Some("aws"));
        assert_eq!(of_start("alias/app-"), Some("customer"));
        assert_eq!(of_start("alias/"), None);
        assert_eq!(of_start("alias/a"), None);
        assert_eq!(of_start("arn:aws:kms:"), None);
    }
}
