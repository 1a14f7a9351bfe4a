//! `AWS::Serverless::Function`: the function, its role, what it publishes, its address, where its results go, and
//! its events.

mod invoke_config;
mod publish;
mod url;

use source::document::{Node, NodeKind};

use super::events;
use super::expansion::Expansion;
use super::make::{At, Fields};
use super::policies::{self, is_no_value};
use super::role::{self, Role};
use super::serverless::Serverless;
use super::tags;
use super::target::Target;
use crate::intrinsic::Call;

/// Properties that the Lambda function has under the same name.
const SAME: [&str; 24] = [
    "FunctionName",
    "Handler",
    "Runtime",
    "Description",
    "MemorySize",
    "Timeout",
    "VpcConfig",
    "Environment",
    "KmsKeyArn",
    "ReservedConcurrentExecutions",
    "Layers",
    "FileSystemConfigs",
    "ImageConfig",
    "PackageType",
    "Architectures",
    "SnapStart",
    "EphemeralStorage",
    "CodeSigningConfigArn",
    "RuntimeManagementConfig",
    "LoggingConfig",
    "TenancyConfig",
    "RecursiveLoop",
    "DurableConfig",
    "Fn::Transform",
];

/// Key of the tag of what SAM makes for Lambda.
const CREATED_BY: &str = "lambda:createdBy";

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, function: &Serverless<'_>) {
    let mut role = execution_role(expansion, function);
    let (role_arn, role_condition) = role_arn(expansion, function, &role);
    let mut made = function.at.fields();
    made.hand_all(&function.properties, &SAME);
    if let Some(arn) = role_arn.clone() {
        made.set("Role", arn);
    }
    properties(expansion, function, &mut made);
    expansion.put(function.main(function.id.clone(), "AWS::Lambda::Function", made));
    let alias = publish::publish(expansion, function);
    let target = Target::function(function, alias.as_ref().map(|alias| alias.id.clone()));
    url::expand(expansion, function, &target);
    invoke_config::expand(expansion, function, alias.as_ref(), &mut role);
    if let Some(policies) = function.get("Policies") {
        policies::add(&mut role, policies);
    }
    events::expand(expansion, &target, &mut role);
    if role_arn.is_some() {
        let created_by = tags::created_by(function.at, CREATED_BY, function.get("Tags"));
        let made = role.made(function, created_by);
        expansion.put(match role_condition {
            Some(condition) => made.attribute("Condition", condition),
            None => made,
        });
    }
}

/// The properties that SAM writes in another way.
fn properties(expansion: &Expansion<'_, '_>, function: &Serverless<'_>, made: &mut Fields) {
    if made.get("Role").is_none() {
        made.hand(&function.properties, "Role");
    }
    if let Some(code) = code(expansion, function) {
        made.set("Code", code);
    }
    made.set("Tags", tags::created_by(function.at, CREATED_BY, function.get("Tags")));
    if let Some(tracing) = function.get("Tracing").filter(|tracing| !is_disabled(expansion, tracing)) {
        let at = function.at("Tracing");
        made.set("TracingConfig", at.map([("Mode", tracing.clone())]));
    }
    if let Some(queue) = function.get("DeadLetterQueue") {
        let mut config = function.at("DeadLetterQueue").fields();
        config.hand(queue, "TargetArn");
        made.set("DeadLetterConfig", config.node());
    }
    if let Some(provider) = function.get("CapacityProviderConfig") {
        let at = function.at("CapacityProviderConfig");
        let mut config = at.fields();
        config.hand_as(provider, "Arn", "CapacityProviderArn");
        config.hand_all(
            provider,
            &["PerExecutionEnvironmentMaxConcurrency", "ExecutionEnvironmentMemoryGiBPerVCpu"],
        );
        let config = at.map([("LambdaManagedInstancesCapacityProviderConfig", config.node())]);
        made.set("CapacityProviderConfig", config);
    }
    made.hand_all(&function.properties, &["FunctionScalingConfig", "PublishToLatestPublished"]);
}

/// Whether tracing is off for certain. SAM takes `Disabled` for no tracing at all.
fn is_disabled(expansion: &Expansion<'_, '_>, tracing: &Node) -> bool {
    expansion.text(tracing).is_some_and(|text| text == "Disabled")
}

/// Where the code is.
fn code(expansion: &Expansion<'_, '_>, function: &Serverless<'_>) -> Option<Node> {
    let is_image =
        function.get("PackageType").and_then(|kind| expansion.text(kind)).is_some_and(|kind| kind == "Image");
    let mut code = if is_image {
        let mut code = function.at("ImageUri").fields();
        code.hand(&function.properties, "ImageUri");
        return Some(code.node());
    } else if function.get("InlineCode").is_some() {
        let mut code = function.at("InlineCode").fields();
        code.hand_as(&function.properties, "InlineCode", "ZipFile");
        code
    } else {
        match location(expansion, function.at("CodeUri"), function.get("CodeUri")?) {
            Ok(code) => code,
            Err(local) if function.get("SourceKMSKeyArn").is_none() => return Some(local),
            Err(_) => function.at("CodeUri").fields(),
        }
    };
    code.hand(&function.properties, "SourceKMSKeyArn");
    Some(code.node())
}

/// An object of S3, written as an address or as a map. An error is what is written, where that is neither: a path of
/// the local machine, in whose place packaging puts the object that it uploads, or what is known at deployment alone.
pub(super) fn location(expansion: &Expansion<'_, '_>, at: At, node: &Node) -> Result<Fields, Node> {
    let mut made = at.fields();
    if matches!(node.kind, NodeKind::Mapping(_)) && Call::of(node).is_none() {
        made.hand_as(node, "Bucket", "S3Bucket");
        made.hand_as(node, "Key", "S3Key");
        made.hand_as(node, "Version", "S3ObjectVersion");
        return Ok(made);
    }
    let address = expansion.text(node).unwrap_or_default();
    let Some((bucket, key)) = address.strip_prefix("s3://").and_then(|rest| rest.split_once('/')) else {
        return Err(node.clone());
    };
    let (key, version) =
        key.split_once("?versionId=").map_or((key, None), |(key, version)| (key, Some(version)));
    made.set("S3Bucket", at.text(bucket));
    made.set("S3Key", at.text(key));
    if let Some(version) = version {
        made.set("S3ObjectVersion", at.text(version));
    }
    Ok(made)
}

/// The role that the function gets unless it has one, without the policies that are written.
fn execution_role(expansion: &Expansion<'_, '_>, function: &Serverless<'_>) -> Role {
    let at = function.at;
    let written = function.get("AssumeRolePolicyDocument").cloned();
    let trust = written.unwrap_or_else(|| role::trust(at, "lambda.amazonaws.com"));
    let mut role = Role::new(format!("{}Role", function.id), trust);
    let is_durable = function.get("DurableConfig").is_some();
    let basic =
        if is_durable { "AWSLambdaBasicDurableExecutionRolePolicy" } else { "AWSLambdaBasicExecutionRole" };
    role.managed_by_aws(at, &format!("service-role/{basic}"));
    if function.get("Tracing").is_some_and(|tracing| !is_disabled(expansion, tracing)) {
        role.traced(expansion, function.at("Tracing"));
    }
    if function.get("VpcConfig").is_some() {
        let at = function.at("VpcConfig");
        role.managed_by_aws(at, "service-role/AWSLambdaVPCAccessExecutionRole");
    }
    if let Some(queue) = function.get("DeadLetterQueue")
        && let Some(arn) = queue.get("TargetArn")
    {
        let at = function.at("DeadLetterQueue");
        let kind = queue.get("Type").and_then(|kind| expansion.text(kind));
        let action = if kind.as_deref() == Some("SNS") { "sns:Publish" } else { "sqs:SendMessage" };
        let statements = at.list([role::allow(at, [action], arn.clone())]);
        let document = at.map([("Version", at.text("2012-10-17")), ("Statement", statements)]);
        role.inline(role::named(at, "DeadLetterQueuePolicy", document));
    }
    role
}

/// The ARN of the role that is made, if one is, and the condition under which it is made, if that is another one than
/// that of the function: `Role` may be there in one branch of `Fn::If` only.
fn role_arn(
    expansion: &mut Expansion<'_, '_>,
    function: &Serverless<'_>,
    role: &Role,
) -> (Option<Node>, Option<Node>) {
    let at = function.at("Role");
    let made = at.attribute(&role.id, "Arn");
    let Some(written) = function.get("Role").filter(|written| !is_no_value(written)) else {
        return (Some(made), None);
    };
    let Some(call) = Call::of(written).filter(|call| call.name == "If") else { return (None, None) };
    let [condition, yes, no] = call.items() else { return (None, None) };
    let Some(name) = condition.text() else { return (None, None) };
    match (is_no_value(yes), is_no_value(no)) {
        (true, true) => (Some(made), None),
        (true, false) => (Some(at.either(name, made, no.clone())), Some(at.text(name.clone()))),
        (false, true) => {
            let contrary = format!("NOT{name}");
            let formula = at.call("Fn::Not", at.list([at.map([("Condition", at.text(name.clone()))])]));
            expansion.condition(&contrary, at, formula);
            (Some(at.either(name, yes.clone(), made)), Some(at.text(contrary)))
        }
        (false, false) => (None, None),
    }
}
