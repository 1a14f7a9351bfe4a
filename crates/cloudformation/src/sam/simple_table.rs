//! `AWS::Serverless::SimpleTable`: a DynamoDB table with a hash key.

use super::expansion::Expansion;
use super::serverless::Serverless;
use super::tags;

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, table: &Serverless<'_>) {
    let key = table.get("PrimaryKey");
    let at = table.at("PrimaryKey");
    let name = key.and_then(|key| key.get("Name")).cloned().unwrap_or_else(|| at.text("id"));
    let written = key.and_then(|key| key.get("Type"));
    let attribute_type = match written.map(|written| (written, expansion.text(written))) {
        None => at.text("S"),
        Some((written, Some(known))) => {
            attribute_type(&known).map_or_else(|| written.clone(), |one| at.text(one))
        }
        Some((written, None)) => written.clone(),
    };
    let mut made = table.at.fields();
    let definition = at.map([("AttributeName", name.clone()), ("AttributeType", attribute_type)]);
    made.set("AttributeDefinitions", at.list([definition]));
    made.set("KeySchema", at.list([at.map([("AttributeName", name), ("KeyType", at.text("HASH"))])]));
    made.hand_all(
        &table.properties,
        &["PointInTimeRecoverySpecification", "SSESpecification", "TableName", "Fn::Transform"],
    );
    match table.get("ProvisionedThroughput") {
        Some(_) => made.hand(&table.properties, "ProvisionedThroughput"),
        None => made.set("BillingMode", table.at.text("PAY_PER_REQUEST")),
    }
    if let Some(tags) = table.get("Tags") {
        made.set("Tags", tags::list(table.at("Tags"), tags));
    }
    expansion.put(table.main(table.id.clone(), "AWS::DynamoDB::Table", made));
}

/// The type of an attribute as DynamoDB names it.
fn attribute_type(written: &str) -> Option<&'static str> {
    match written {
        "String" => Some("S"),
        "Number" => Some("N"),
        "Binary" => Some("B"),
        _ => None,
    }
}
