//! Data sources of a GraphQL API: tables and functions, with the roles by which the API reaches them.

use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::{api_id, lambda, name, trust};
use crate::sam::api::edit::{is_set, items, plain};
use crate::sam::connector::{self, Connected};
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, Fields};
use crate::sam::serverless::Serverless;

/// Data sources by their keys: the logical ids of what was made.
pub(super) type Sources = rustc_hash::FxHashMap<SmolStr, String>;

/// Makes the data sources.
pub(super) fn add(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) -> Sources {
    let mut made = Sources::default();
    let written = api.get("DataSources");
    let of = |kind: &str| written.and_then(|written| written.get(kind)).map_or(&[][..], Node::entries);
    for source in of("DynamoDb") {
        made.insert(source.key.clone(), table(expansion, api, source));
    }
    for source in of("Lambda") {
        made.insert(source.key.clone(), function(expansion, api, source));
    }
    made
}

fn start(api: &Serverless<'_>, source: &Entry, kind: &str) -> Fields {
    let at = At(source.key_span);
    let mut properties = at.fields().with("ApiId", api_id(api, at));
    name(&mut properties, source, at);
    properties.set("Type", at.text(kind));
    properties.hand(&source.value, "Description");
    properties
}

fn table(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, source: &Entry) -> String {
    let at = At(source.key_span);
    let written = &source.value;
    let id = format!("{}{}DynamoDBDataSource", api.id, source.key);
    let mut config = at.fields();
    let region = written.get("Region").cloned().unwrap_or_else(|| at.reference("AWS::Region"));
    config.set("AwsRegion", region.clone());
    config.hand_all(written, &["TableName", "UseCallerCredentials", "Versioned"]);
    config.hand_as(written, "DeltaSync", "DeltaSyncConfig");
    let mut properties = start(api, source, "AMAZON_DYNAMODB");
    properties.set("DynamoDBConfig", config.node());
    let arn = written.get("TableArn").cloned().unwrap_or_else(|| {
        let mut names = at.fields().with("__Region__", region);
        names.hand_as(written, "TableName", "__TableName__");
        let arn = "arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}";
        at.sub_with(arn, names)
    });
    let asked: Vec<SmolStr> = match written.get("Permissions").filter(|node| is_set(node)) {
        Some(permissions) => items(permissions).iter().filter_map(plain).cloned().collect(),
        None => vec![SmolStr::new_static("Read"), SmolStr::new_static("Write")],
    };
    let type_name = SmolStr::new_static("AWS::DynamoDB::Table");
    let to = Connected { type_name, arn: Some(arn), ..Connected::default() };
    role(expansion, api, &mut properties, &Reached { source, id: &id, end: "Table", to, asked });
    expansion.put(api.further(id.clone(), "AWS::AppSync::DataSource", properties));
    id
}

fn function(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, source: &Entry) -> String {
    let at = At(source.key_span);
    let id = format!("{}{}LambdaDataSource", api.id, source.key);
    let mut config = at.fields();
    config.hand_as(&source.value, "FunctionArn", "LambdaFunctionArn");
    let mut properties = start(api, source, "AWS_LAMBDA");
    properties.set("LambdaConfig", config.node());
    let to = lambda(source.value.get("FunctionArn").cloned().unwrap_or_else(|| at.no_value()));
    let asked = vec![SmolStr::new_static("Write")];
    role(expansion, api, &mut properties, &Reached { source, id: &id, end: "Lambda", to, asked });
    expansion.put(api.further(id.clone(), "AWS::AppSync::DataSource", properties));
    id
}

/// What a data source reaches.
struct Reached<'n> {
    source: &'n Entry,
    /// The logical id of the data source.
    id: &'n str,
    /// What the id of the connector ends in, before `Connector`.
    end: &'n str,
    to: Connected,
    asked: Vec<SmolStr>,
}

/// The role of a data source: the one that is named, or one that may do what is asked.
fn role(
    expansion: &mut Expansion<'_, '_>,
    api: &Serverless<'_>,
    properties: &mut Fields,
    reached: &Reached<'_>,
) {
    let at = properties.at;
    if reached.source.value.get("ServiceRoleArn").is_some_and(is_set) {
        return properties.hand(&reached.source.value, "ServiceRoleArn");
    }
    let id = format!("{}Role", reached.id);
    properties.set("ServiceRoleArn", at.attribute(&id, "Arn"));
    let from = Connected {
        type_name: SmolStr::new_static("AWS::AppSync::DataSource"),
        arn: Some(at.attribute(reached.id, "DataSourceArn")),
        role: Some(at.reference(&id)),
        ..Connected::default()
    };
    expansion.put(api.further(id, "AWS::IAM::Role", at.fields().with("AssumeRolePolicyDocument", trust(at))));
    let connector = format!("{}To{}Connector", reached.id, reached.end);
    connector::connect(expansion, api, (at, &connector), (from, reached.to.clone()), &reached.asked);
}
