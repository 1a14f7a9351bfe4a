//! Events that a service pushes: the permission to invoke the function, and what makes the service do it.

use source::document::{Node, NodeKind};

use super::mapping;
use crate::intrinsic::Call;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, count, referenced};
use crate::sam::role::Role;
use crate::sam::serverless::Event;
use crate::sam::tags;
use crate::sam::target::Target;

/// `S3`: notifications of a bucket of the template.
pub(super) fn bucket(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let at = event.at;
    let mut source = at.fields();
    source.set("SourceAccount", at.reference("AWS::AccountId"));
    let id = format!("{}Permission", target.event_id(event));
    expansion.put(target.permission(id.clone(), "s3.amazonaws.com", source));
    let Some(bucket) = event.get("Bucket").and_then(referenced) else { return };
    if expansion.resource(bucket).is_none() {
        return;
    }
    let types = event.get("Events");
    let types = match types.map(|types| &types.kind) {
        Some(NodeKind::Sequence(items)) => items.clone(),
        _ => types.cloned().into_iter().collect(),
    };
    let filter = event.get("Filter").map_or(0, count);
    if expansion.spend(types.len().saturating_mul(filter)).is_none() {
        return;
    }
    let condition = target.serverless.condition();
    let configuration = |kind: Node| {
        let mut made = at.fields();
        made.set("Function", target.arn(at));
        event.hand(&mut made, &["Filter"]);
        made.set("Event", kind);
        match condition {
            Some(condition) => at.either(condition, made.node(), at.no_value()),
            None => made.node(),
        }
    };
    let tags = target.serverless.propagated_tags().map(|tags| tags::list(at, tags));
    let additions = expansion.additions(bucket);
    if let Some(tags) = tags {
        additions.field(&[], at, "Tags", tags);
    }
    for kind in types {
        additions.item(&["NotificationConfiguration", "LambdaConfigurations"], configuration(kind));
    }
    match condition {
        None => additions.depends_on(at, &id),
        Some(condition) => {
            // A resource cannot depend on another one under a condition; a tag that refers to it does.
            let key = at.text(format!("sam:ConditionalDependsOn:{id}"));
            let value = at.either(condition, at.reference(&id), at.text("no dependency"));
            additions.item(&["Tags"], at.map([("Key", key), ("Value", value)]));
        }
    }
}

/// `SNS`: a subscription of the function, or of a queue that the function polls.
pub(super) fn topic(
    expansion: &mut Expansion<'_, '_>,
    target: &Target<'_>,
    event: &Event<'_>,
    role: &mut Role,
) {
    let at = event.at;
    let id = target.event_id(event);
    let Some(topic) = event.get("Topic") else { return };
    let queue = event.get("SqsSubscription").filter(|queue| expansion.truth(queue) != Some(false));
    let endpoint = match queue {
        None => {
            let source = at.fields().with("SourceArn", topic.clone());
            expansion.put(target.permission(format!("{id}Permission"), "sns.amazonaws.com", source));
            target.arn(at)
        }
        Some(queue) => subscribed_queue(expansion, target, event, queue, role),
    };
    let mut made = at.fields();
    made.set("Protocol", at.text(if queue.is_some() { "sqs" } else { "lambda" }));
    made.set("Endpoint", endpoint);
    made.set("TopicArn", topic.clone());
    event.hand(&mut made, &["Region", "FilterPolicy", "FilterPolicyScope", "RedrivePolicy"]);
    expansion.put(target.serverless.further(id, "AWS::SNS::Subscription", made));
}

/// The queue between a topic and the function: made, or one that is named.
fn subscribed_queue(
    expansion: &mut Expansion<'_, '_>,
    target: &Target<'_>,
    event: &Event<'_>,
    queue: &Node,
    role: &mut Role,
) -> Node {
    let at = event.at;
    let id = target.event_id(event);
    let is_named = matches!(queue.kind, NodeKind::Mapping(_)) && Call::of(queue).is_none();
    let (arn, url, policy_id, batch_size) = if is_named {
        let text = |key: &str| queue.get(key).cloned().unwrap_or_else(|| at.no_value());
        let policy = queue.get("QueuePolicyLogicalId").and_then(|id| expansion.text(id));
        (text("QueueArn"), text("QueueUrl"), policy, queue.get("BatchSize").cloned())
    } else {
        let queue_id = format!("{id}Queue");
        let mut made = at.fields();
        let fifo = event.get("Topic").and_then(referenced).and_then(|topic| expansion.resource(topic));
        let fifo = fifo.and_then(|topic| topic.get("Properties")?.get("FifoTopic"));
        if let Some(fifo) = fifo.filter(|fifo| expansion.truth(fifo) != Some(false)) {
            made.set("FifoQueue", fifo.clone());
        }
        expansion.put(target.serverless.further(queue_id.clone(), "AWS::SQS::Queue", made));
        (at.attribute(&queue_id, "Arn"), at.reference(&queue_id), None, None)
    };
    let mapping = mapping::Queue { id: format!("{id}EventSourceMapping"), arn: arn.clone(), batch_size };
    mapping.expand(expansion, target, at, role);
    let topic = event.get("Topic").cloned().unwrap_or_else(|| at.no_value());
    let statement = [
        ("Action", at.text("sqs:SendMessage")),
        ("Effect", at.text("Allow")),
        ("Principal", at.text("*")),
        ("Resource", arn.clone()),
        ("Condition", at.map([("ArnEquals", at.map([("aws:SourceArn", topic)]))])),
    ];
    let policy_id = policy_id.map_or_else(|| format!("{id}QueuePolicy"), |id| id.to_string());
    expansion.put(queue_policy(target, at, policy_id, at.map(statement), url));
    arn
}

/// The policy of a queue with one statement.
pub(super) fn queue_policy(
    target: &Target<'_>,
    at: At,
    id: String,
    statement: Node,
    url: Node,
) -> crate::sam::serverless::Made {
    let document = [("Version", at.text("2012-10-17")), ("Statement", at.list([statement]))];
    let mut made = at.fields();
    made.set("PolicyDocument", at.map(document));
    made.set("Queues", at.list([url]));
    target.serverless.further(id, "AWS::SQS::QueuePolicy", made)
}

/// `CloudWatchLogs`: a subscription filter of a log group.
pub(super) fn logs(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let at = event.at;
    let id = target.event_id(event);
    let Some(group) = event.get("LogGroupName") else { return };
    let names = at.fields().with("__LogGroupName__", group.clone());
    let arn = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:${__LogGroupName__}:*";
    let source = at.fields().with("SourceArn", at.sub_with(arn, names));
    let permission = format!("{id}Permission");
    expansion.put(target.permission(permission.clone(), "logs.amazonaws.com", source));
    let mut made = at.fields();
    event.hand(&mut made, &["LogGroupName", "FilterPattern"]);
    made.set("DestinationArn", target.arn(at));
    let made = target.serverless.further(id, "AWS::Logs::SubscriptionFilter", made);
    expansion.put(made.depends_on(&permission));
}

/// `IoTRule`: a rule of IoT Core.
pub(super) fn iot(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let at = event.at;
    let id = target.event_id(event);
    let names = at.fields().with("RuleName", at.reference(&id));
    let arn = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:rule/${RuleName}";
    let mut source = at.fields().with("SourceArn", at.sub_with(arn, names));
    source.set("SourceAccount", at.sub("${AWS::AccountId}"));
    expansion.put(target.permission(format!("{id}Permission"), "iot.amazonaws.com", source));
    let mut payload = at.fields();
    event.hand(&mut payload, &["Sql", "AwsIotSqlVersion"]);
    payload.set("RuleDisabled", at.bool(false));
    let action = at.map([("Lambda", at.map([("FunctionArn", target.arn(at))]))]);
    payload.set("Actions", at.list([action]));
    let made = at.fields().with("TopicRulePayload", payload.node());
    expansion.put(target.serverless.further(id, "AWS::IoT::TopicRule", made));
}

/// `AlexaSkill`: nothing but the permission.
pub(super) fn alexa(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let mut source = event.at.fields();
    if let Some(skill) = event.get("SkillId") {
        source.set("EventSourceToken", skill.clone());
    }
    let id = format!("{}Permission", target.event_id(event));
    expansion.put(target.permission(id, "alexa-appkit.amazon.com", source));
}

/// `Cognito`: triggers of a user pool of the template.
pub(super) fn user_pool(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let at = event.at;
    let Some(pool) = event.get("UserPool").and_then(referenced) else { return };
    let source = at.fields().with("SourceArn", at.attribute(pool, "Arn"));
    let id = format!("{}CognitoPermission", target.id());
    expansion.put(target.permission(id, "cognito-idp.amazonaws.com", source));
    if expansion.resource(pool).is_none() {
        return;
    }
    let triggers = event.get("Trigger");
    let triggers = match triggers.map(|triggers| &triggers.kind) {
        Some(NodeKind::Sequence(items)) => items.as_slice(),
        _ => triggers.map_or(&[][..], std::slice::from_ref),
    };
    let additions = expansion.additions(pool);
    for trigger in triggers.iter().filter_map(Node::text) {
        additions.field(&["LambdaConfig"], at, trigger, target.arn(at));
    }
}
