//! What a connector connects: a resource of the template, by its logical id, or one that is described by its parts.

use smol_str::SmolStr;
use source::document::Node;

use crate::sam::api::edit::{is_set, items, plain, referenced};
use crate::sam::expansion::Expansion;
use crate::sam::make::At;

/// One end of a connection.
#[derive(Debug, Clone, Default)]
pub(in crate::sam) struct Connected {
    /// Its logical id, if it is one of the template.
    pub(in crate::sam) id: Option<SmolStr>,
    /// Its type, of which it is after expansion.
    pub(in crate::sam) type_name: SmolStr,
    pub(in crate::sam) arn: Option<Node>,
    pub(in crate::sam) role: Option<Node>,
    pub(in crate::sam) queue_url: Option<Node>,
    pub(in crate::sam) resource_id: Option<Node>,
    pub(in crate::sam) name: Option<Node>,
    pub(in crate::sam) qualifier: Option<Node>,
}

impl Connected {
    /// What `written` says; `other` is the other end. None if it leads nowhere.
    pub(super) fn of(expansion: &Expansion<'_, '_>, at: At, written: &Node, other: &Node) -> Option<Self> {
        let part = |key: &str| written.get(key).filter(|node| is_set(node)).cloned();
        let Some(id) = part("Id") else {
            return Some(Self {
                id: None,
                type_name: expanded_type(plain(&part("Type")?)?),
                arn: part("Arn"),
                role: part("RoleName"),
                queue_url: part("QueueUrl"),
                resource_id: part("ResourceId"),
                name: part("Name"),
                qualifier: part("Qualifier"),
            });
        };
        let id = plain(&id)?.clone();
        let type_name = SmolStr::new(expansion.type_of(&id)?);
        let is_api = matches!(type_name.as_str(), "AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api");
        let by_reference = matches!(
            type_name.as_str(),
            "AWS::StepFunctions::StateMachine"
                | "AWS::AppSync::GraphQLApi"
                | "AWS::AppSync::DataSource"
                | "AWS::SNS::Topic"
        );
        let is_graph = type_name == "AWS::AppSync::GraphQLApi";
        let reference = || at.reference(&id);
        Some(Self {
            arn: Some(if by_reference { reference() } else { at.attribute(&id, "Arn") }),
            role: role(expansion, at, &id, &type_name, other),
            queue_url: (type_name == "AWS::SQS::Queue").then(reference),
            resource_id: match is_graph {
                true => Some(at.attribute(&id, "ApiId")),
                false => is_api.then(reference),
            },
            name: (type_name == "AWS::StepFunctions::StateMachine").then(|| at.attribute(&id, "Name")),
            qualifier: part("Qualifier").or_else(|| is_api.then(|| at.text("*"))),
            id: Some(id),
            type_name,
        })
    }
}

/// The type into which a serverless one is expanded.
fn expanded_type(type_name: &SmolStr) -> SmolStr {
    SmolStr::new(match type_name.as_str() {
        "AWS::Serverless::Function" => "AWS::Lambda::Function",
        "AWS::Serverless::StateMachine" => "AWS::StepFunctions::StateMachine",
        "AWS::Serverless::Api" => "AWS::ApiGateway::RestApi",
        "AWS::Serverless::HttpApi" => "AWS::ApiGatewayV2::Api",
        "AWS::Serverless::SimpleTable" => "AWS::DynamoDB::Table",
        other => other,
    })
}

/// The name of the role with which a resource acts.
fn role(expansion: &Expansion<'_, '_>, at: At, id: &str, type_name: &str, other: &Node) -> Option<Node> {
    let properties = expansion.resource(id)?.get("Properties")?;
    let arn = match type_name {
        "AWS::Lambda::Function" => properties.get("Role"),
        "AWS::StepFunctions::StateMachine" => properties.get("RoleArn"),
        "AWS::AppSync::DataSource" => properties.get("ServiceRoleArn"),
        "AWS::Events::Rule" => rule_role(properties, other),
        _ => None,
    };
    Some(at.reference(&referenced(arn?)?))
}

/// The role with which a rule calls the target that is the other end.
fn rule_role<'n>(rule: &'n Node, other: &Node) -> Option<&'n Node> {
    let id = other.get("Id").and_then(plain);
    let arn = other.get("Arn").map(crate::sam::digest::json);
    let leads = |target: &&Node| {
        let Some(to) = target.get("Arn") else { return false };
        id.is_some() && referenced(to).as_ref() == id || arn.as_ref() == Some(&crate::sam::digest::json(to))
    };
    items(rule.get("Targets")?).iter().find(leads)?.get("RoleArn")
}
