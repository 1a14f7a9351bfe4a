//! Events that Lambda polls for: an event source mapping, and what the role of the function needs to poll.

use source::document::Node;

use crate::sam::expansion::Expansion;
use crate::sam::make::{At, is_null};
use crate::sam::role::{self, Role, allow};
use crate::sam::serverless::Event;
use crate::sam::target::Target;

/// Properties that the mapping has under the same name.
const SAME: [&str; 19] = [
    "StartingPosition",
    "StartingPositionTimestamp",
    "BatchSize",
    "Enabled",
    "MaximumBatchingWindowInSeconds",
    "MaximumRetryAttempts",
    "BisectBatchOnFunctionError",
    "MaximumRecordAgeInSeconds",
    "ParallelizationFactor",
    "Topics",
    "Queues",
    "SourceAccessConfigurations",
    "TumblingWindowInSeconds",
    "FunctionResponseTypes",
    "FilterCriteria",
    "KmsKeyArn",
    "ScalingConfig",
    "ProvisionedPollerConfig",
    "MetricsConfig",
];

/// What Lambda needs to make network interfaces.
const NETWORK: [&str; 6] = [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
];

pub(super) fn expand(
    expansion: &mut Expansion<'_, '_>,
    target: &Target<'_>,
    event: &Event<'_>,
    role: &mut Role,
) {
    let at = event.at;
    let id = target.event_id(event);
    let mut made = at.fields();
    made.set("FunctionName", target.name(at));
    let source = match event.kind {
        "SQS" => "Queue",
        "MQ" => "Broker",
        "DocumentDB" => "Cluster",
        _ => "Stream",
    };
    if let Some(source) = event.get(source) {
        made.set("EventSourceArn", source.clone());
    }
    event.hand(&mut made, &SAME);
    event.hand(&mut made, &["LoggingConfig"]);
    if let Some(servers) = event.get("KafkaBootstrapServers") {
        let endpoints = at.map([("KafkaBootstrapServers", servers.clone())]);
        made.set("SelfManagedEventSource", at.map([("Endpoints", endpoints)]));
    }
    let mut consumer = at.fields();
    event.hand(&mut consumer, &["ConsumerGroupId", "SchemaRegistryConfig"]);
    match event.kind {
        "MSK" if !consumer.is_empty() => made.set("AmazonManagedKafkaEventSourceConfig", consumer.node()),
        "SelfManagedKafka" if !consumer.is_empty() => {
            made.set("SelfManagedKafkaEventSourceConfig", consumer.node());
        }
        _ => {}
    }
    if event.kind == "DocumentDB" {
        let mut config = at.fields();
        event.hand(&mut config, &["DatabaseName", "CollectionName", "FullDocument"]);
        made.set("DocumentDBEventSourceConfig", config.node());
    }
    poll(expansion, event, role, &id);
    if let Some(config) = event.get("DestinationConfig") {
        made.set("DestinationConfig", destination(expansion, at, config, role, &id));
    }
    expansion.put(target.serverless.further(id, "AWS::Lambda::EventSourceMapping", made));
}

/// Lets the role send to where records go that fail, if its type is said.
fn destination(expansion: &Expansion<'_, '_>, at: At, config: &Node, role: &mut Role, id: &str) -> Node {
    let Some(on_failure) = config.get("OnFailure") else { return config.clone() };
    let Some(kind) = on_failure.get("Type") else { return config.clone() };
    if let (Some(kind), Some(arn)) = (expansion.text(kind), on_failure.get("Destination"))
        && let Some(policy) = role::destination(at, &kind, arn, id)
        && let (Some(name), Some(document)) = (policy.get("PolicyName"), policy.get("PolicyDocument"))
    {
        role.allow(at, name.text().map_or("", |name| name), document.clone());
    }
    let mut kept = at.fields();
    on_failure
        .entries()
        .iter()
        .filter(|entry| entry.key != "Type")
        .for_each(|entry| kept.push(entry.clone()));
    at.map([("OnFailure", kept.node())])
}

/// Lets the role poll.
fn poll(expansion: &Expansion<'_, '_>, event: &Event<'_>, role: &mut Role, id: &str) {
    let at = event.at;
    match event.kind {
        "SQS" => role.managed_by_aws(at, "service-role/AWSLambdaSQSQueueExecutionRole"),
        "Kinesis" => role.managed_by_aws(at, "service-role/AWSLambdaKinesisExecutionRole"),
        "DynamoDB" => role.managed_by_aws(at, "service-role/AWSLambdaDynamoDBExecutionRole"),
        "MSK" => {
            role.managed_by_aws(at, "service-role/AWSLambdaMSKExecutionRole");
            let mut statements = registry(expansion, event);
            let secrets = secrets(event, |kind| kind == "CLIENT_CERTIFICATE_TLS_AUTH");
            statements.extend(secrets.into_iter().map(|secret| allow(at, [GET_SECRET], secret)));
            if !statements.is_empty() {
                role.allow(at, "MSKExecutionRolePolicy", role::document(at, statements));
            }
        }
        "MQ" => {
            let mut statements = basic_auth(event);
            if let Some(broker) = event.get("Broker") {
                statements.push(allow(at, ["mq:DescribeBroker"], broker.clone()));
            }
            statements.extend(decrypt(event));
            let is_named =
                event.get("DynamicPolicyName").is_some_and(|node| expansion.truth(node) == Some(true));
            let own = format!("{id}AMQPolicy");
            let name = if is_named { own.as_str() } else { "SamAutoGeneratedAMQPolicy" };
            role.allow(at, name, role::document(at, statements));
        }
        "SelfManagedKafka" => kafka(expansion, event, role),
        "DocumentDB" => cluster(event, role),
        _ => {}
    }
}

const GET_SECRET: &str = "secretsmanager:GetSecretValue";

/// Addresses of the accesses of a type.
fn secrets(event: &Event<'_>, is_wanted: impl Fn(&str) -> bool) -> Vec<Node> {
    let configurations = event.get("SourceAccessConfigurations").map_or(&[][..], Node::items);
    let wanted = configurations
        .iter()
        .filter(|one| one.get("Type").and_then(Node::text).is_some_and(|kind| is_wanted(kind)));
    wanted.filter_map(|one| one.get("URI").filter(|node| !is_null(node)).cloned()).collect()
}

fn basic_auth(event: &Event<'_>) -> Vec<Node> {
    let secrets = secrets(event, |kind| kind == "BASIC_AUTH");
    secrets.into_iter().map(|secret| allow(event.at, [GET_SECRET], secret)).collect()
}

/// The statement that lets a role decrypt the secret, if its key is said.
fn decrypt(event: &Event<'_>) -> Option<Node> {
    let at = event.at;
    let key = event.get("SecretsManagerKmsKeyId")?.text()?;
    let key = format!("arn:${{AWS::Partition}}:kms:${{AWS::Region}}:${{AWS::AccountId}}:key/{key}");
    Some(allow(at, ["kms:Decrypt"], at.sub(&key)))
}

/// What a schema registry needs: its secrets, and the registry and its schemas if they are Glue's.
fn registry(expansion: &Expansion<'_, '_>, event: &Event<'_>) -> Vec<Node> {
    let at = event.at;
    let Some(config) = event.get("SchemaRegistryConfig") else { return Vec::new() };
    let accesses = config.get("AccessConfigs").map_or(&[][..], Node::items);
    let uris = accesses.iter().filter_map(|access| access.get("URI"));
    let mut statements: Vec<Node> = uris.map(|uri| allow(at, [GET_SECRET], uri.clone())).collect();
    let Some(uri) = config.get("SchemaRegistryURI") else { return statements };
    let written = match uri.tag.as_deref() {
        Some("Sub") => uri.text(),
        _ => uri.text().or_else(|| uri.get("Fn::Sub")?.text()),
    };
    let arn = expansion.text(uri).or_else(|| written.cloned()).unwrap_or_default();
    let name = arn.rsplit_once("registry/").filter(|_| arn.starts_with("arn")).map(|(_, name)| name);
    if let Some(name) = name {
        statements.push(allow(at, ["glue:GetRegistry"], uri.clone()));
        let schemas =
            format!("arn:${{AWS::Partition}}:glue:${{AWS::Region}}:${{AWS::AccountId}}:schema/{name}/*");
        statements.push(allow(at, ["glue:GetSchemaVersion"], at.list([at.sub(&schemas)])));
    }
    statements
}

fn kafka(expansion: &Expansion<'_, '_>, event: &Event<'_>, role: &mut Role) {
    let at = event.at;
    let is_auth = |kind: &str| {
        matches!(
            kind,
            "SASL_SCRAM_256_AUTH" | "SASL_SCRAM_512_AUTH" | "BASIC_AUTH" | "CLIENT_CERTIFICATE_TLS_AUTH"
        )
    };
    let auth = secrets(event, is_auth);
    let mut statements: Vec<Node> =
        auth.iter().map(|secret| allow(at, [GET_SECRET], secret.clone())).collect();
    // SAM names the secret of the authentication here, too, not that of the certificate.
    if let (Some(secret), [_, ..]) =
        (auth.first(), secrets(event, |kind| kind == "SERVER_ROOT_CA_CERTIFICATE").as_slice())
    {
        statements.push(allow(at, [GET_SECRET], secret.clone()));
    }
    if !secrets(event, |kind| kind == "VPC_SUBNET").is_empty() {
        statements.push(allow(at, NETWORK, at.text("*")));
    }
    statements.extend(decrypt(event));
    statements.extend(registry(expansion, event));
    let document = [("Statement", at.list(statements)), ("Version", at.text("2012-10-17"))];
    role.allow(at, "SelfManagedKafkaExecutionRolePolicy", at.map(document));
}

fn cluster(event: &Event<'_>, role: &mut Role) {
    let at = event.at;
    let mut statements = basic_auth(event);
    let arn = |rest: &str| {
        at.sub(&format!("arn:${{AWS::Partition}}:rds:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"))
    };
    statements.push(allow(at, ["rds:DescribeDBClusterParameters"], arn("cluster-pg:*")));
    statements.push(allow(at, ["rds:DescribeDBSubnetGroups"], arn("subgrp:*")));
    if let Some(cluster) = event.get("Cluster") {
        statements.push(allow(at, ["rds:DescribeDBClusters"], cluster.clone()));
    }
    statements.push(allow(at, NETWORK, at.text("*")));
    statements.extend(decrypt(event));
    role.allow(at, "SamAutoGeneratedDocumentDBPolicy", role::document(at, statements));
}

/// The mapping of a queue that stands between a topic and a function.
pub(super) struct Queue {
    /// Its logical id.
    pub(super) id: String,
    /// The ARN of the queue.
    pub(super) arn: Node,
    /// How many messages it takes at most.
    pub(super) batch_size: Option<Node>,
}

impl Queue {
    pub(super) fn expand(
        self,
        expansion: &mut Expansion<'_, '_>,
        target: &Target<'_>,
        at: At,
        role: &mut Role,
    ) {
        let mut made = at.fields();
        made.set("FunctionName", target.name(at));
        made.set("EventSourceArn", self.arn);
        made.set("BatchSize", self.batch_size.unwrap_or_else(|| at.number(10)));
        made.set("Enabled", at.bool(true));
        role.managed_by_aws(at, "service-role/AWSLambdaSQSQueueExecutionRole");
        expansion.put(target.serverless.further(self.id, "AWS::Lambda::EventSourceMapping", made));
    }
}
