//! `AWS::Serverless::GraphQLApi`: an AppSync API with its schema, data sources, functions and resolvers.

mod resolvers;
mod sources;

use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind};

use super::api::edit::{get_mut, is_set, items, plain, take};
use super::connector::{self, Connected};
use super::expansion::Expansion;
use super::make::{At, Fields, is_null};
use super::serverless::Serverless;
use super::{role, tags};

/// Properties of the API that stand as they are written.
const HANDED: [&str; 6] = [
    "IntrospectionConfig",
    "OwnerContact",
    "QueryDepthLimit",
    "ResolverCountLimit",
    "Visibility",
    "XrayEnabled",
];

/// Property of an authorizer in SAM, and its name in AppSync.
const CONFIGURATIONS: [(&str, &str); 3] = [
    ("LambdaAuthorizer", "LambdaAuthorizerConfig"),
    ("OpenIDConnect", "OpenIDConnectConfig"),
    ("UserPool", "UserPoolConfig"),
];

/// Makes what the API asks for.
pub(super) fn expand(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) {
    let at = api.at;
    let mut properties = at.fields();
    match api.get("Name") {
        Some(_) => properties.hand(&api.properties, "Name"),
        None => properties.set("Name", at.text(api.id.clone())),
    }
    properties.hand_all(&api.properties, &HANDED);
    let functions = authorize(api, &mut properties);
    properties.set("Tags", tags::created_by(api.at("Tags"), "graphqlapi:createdBy", api.get("Tags")));
    log(expansion, api, &mut properties);
    expansion.put(api.main(api.id.clone(), "AWS::AppSync::GraphQLApi", properties));
    for (index, function) in functions.into_iter().enumerate() {
        let from = Connected {
            type_name: SmolStr::new_static("AWS::AppSync::GraphQLApi"),
            arn: Some(at.reference(api.id)),
            resource_id: Some(api_id(api, at)),
            ..Connected::default()
        };
        let id = format!("{}ToLambdaAuthConnector{}", api.id, index + 1);
        connector::connect(
            expansion,
            api,
            (api.at("Auth"), &id),
            (from, lambda(function)),
            &[SmolStr::new_static("Write")],
        );
    }
    schema(expansion, api);
    keys(expansion, api);
    cache(expansion, api);
    domain(expansion, api);
    let names = sources::add(expansion, api);
    resolvers::add(expansion, api, names);
}

/// A function at the other end of a connection.
fn lambda(arn: Node) -> Connected {
    let type_name = SmolStr::new_static("AWS::Lambda::Function");
    Connected { type_name, arn: Some(arn), ..Connected::default() }
}

/// The id of the API.
fn api_id(api: &Serverless<'_>, at: At) -> Node {
    at.attribute(api.id, "ApiId")
}

/// Who may call the API; gives the functions that say so.
fn authorize(api: &Serverless<'_>, properties: &mut Fields) -> Vec<Node> {
    let Some(auth) = api.get("Auth") else { return Vec::new() };
    let mut functions = Vec::new();
    properties.hand_as(auth, "Type", "AuthenticationType");
    configure(auth, properties, &mut functions);
    if let Some(additional) = auth.entry("Additional").filter(|entry| is_set(&entry.value)) {
        let at = At(additional.key_span);
        let provider = |written: &Node| {
            let mut provider = at.fields();
            provider.hand_as(written, "Type", "AuthenticationType");
            configure(&without_default(written), &mut provider, &mut functions);
            provider.node()
        };
        let providers: Vec<Node> = items(&additional.value).iter().map(provider).collect();
        properties.set("AdditionalAuthenticationProviders", at.list(providers));
    }
    functions
}

fn configure(auth: &Node, properties: &mut Fields, functions: &mut Vec<Node>) {
    for (property, name) in CONFIGURATIONS {
        properties.hand_as(auth, property, name);
    }
    functions.extend(auth.get("LambdaAuthorizer").and_then(|one| one.get("AuthorizerUri")).cloned());
}

/// A further authorizer: only the first one says what happens where nothing is said.
fn without_default(auth: &Node) -> Node {
    let mut auth = auth.clone();
    if let Some(pool) = get_mut(&mut auth, "UserPool") {
        take(pool, "DefaultAction");
    }
    auth
}

/// Logs of the API. Unless `Logging` is false, all fields are logged, with a role that is made if none is named.
fn log(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>, properties: &mut Fields) {
    let written = api.get("Logging");
    let is_map = written.is_some_and(|node| matches!(node.kind, NodeKind::Mapping(_)));
    if written.is_some_and(|node| !is_map && expansion.truth(node) == Some(false)) {
        return;
    }
    let at = api.at("Logging");
    let mut config = at.fields();
    let written = written.filter(|_| is_map);
    if let Some(written) = written {
        config.hand_all(written, &["ExcludeVerboseContent", "FieldLogLevel", "CloudWatchLogsRoleArn"]);
    }
    if config.get("FieldLogLevel").is_none() {
        config.set("FieldLogLevel", at.text("ALL"));
    }
    if config.get("CloudWatchLogsRoleArn").is_none() {
        let id = format!("{}CloudWatchRole", api.id);
        let policy = "arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs";
        let mut role = at.fields().with("AssumeRolePolicyDocument", trust(at));
        role.set("ManagedPolicyArns", at.list([at.sub(policy)]));
        config.set("CloudWatchLogsRoleArn", at.attribute(&id, "Arn"));
        expansion.put(api.further(id, "AWS::IAM::Role", role));
    }
    properties.set("LogConfig", config.node());
}

/// The document that lets AppSync take a role.
fn trust(at: At) -> Node {
    role::trust(at, "appsync.amazonaws.com")
}

fn schema(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) {
    let at = api.at;
    let mut properties = at.fields().with("ApiId", api_id(api, at));
    properties.hand_as(&api.properties, "SchemaInline", "Definition");
    properties.hand_as(&api.properties, "SchemaUri", "DefinitionS3Location");
    expansion.put(api.further(format!("{}Schema", api.id), "AWS::AppSync::GraphQLSchema", properties));
}

fn keys(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) {
    for key in api.entries("ApiKeys") {
        let at = At(key.key_span);
        let mut properties = at.fields().with("ApiId", api_id(api, at));
        properties.hand_all(&key.value, &["ApiKeyId", "Description"]);
        properties.hand_as(&key.value, "ExpiresOn", "Expires");
        expansion.put(api.further(format!("{}{}", api.id, key.key), "AWS::AppSync::ApiKey", properties));
    }
}

fn cache(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) {
    let Some(written) = api.get("Cache").filter(|node| is_set(node)) else { return };
    let at = api.at("Cache");
    let handed = ["ApiCachingBehavior", "AtRestEncryptionEnabled", "TransitEncryptionEnabled", "Ttl", "Type"];
    let mut properties = at.fields().with("ApiId", api_id(api, at));
    properties.hand_all(written, &handed);
    expansion.put(api.further(format!("{}ApiCache", api.id), "AWS::AppSync::ApiCache", properties));
}

fn domain(expansion: &mut Expansion<'_, '_>, api: &Serverless<'_>) {
    let Some(written) = api.get("DomainName").filter(|node| is_set(node)) else { return };
    let at = api.at("DomainName");
    let id = format!("{}DomainName", api.id);
    let mut properties = at.fields();
    properties.hand_all(written, &["CertificateArn", "DomainName", "Description"]);
    expansion.put(api.further(id.clone(), "AWS::AppSync::DomainName", properties));
    let mut joined = at.fields().with("ApiId", api_id(api, at));
    joined.set("DomainName", at.reference(&id));
    let association = format!("{}DomainNameApiAssociation", api.id);
    expansion.put(api.further(association, "AWS::AppSync::DomainNameApiAssociation", joined));
}

/// The name of a part: as it is written, or its key.
fn name(properties: &mut Fields, part: &Entry, at: At) {
    match part.value.get("Name").filter(|node| !is_null(node)) {
        Some(_) => properties.hand(&part.value, "Name"),
        None => properties.set("Name", at.text(part.key.clone())),
    }
}

/// Whether a text names the data source that is none.
fn is_none_source(node: &Node) -> bool {
    plain(node).is_some_and(|name| name.eq_ignore_ascii_case("none"))
}
