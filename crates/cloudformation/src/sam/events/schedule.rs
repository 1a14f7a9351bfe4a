//! Events on a schedule or on the event bus: rules of EventBridge and schedules of its scheduler, each with the queue
//! for what cannot be delivered and, where the service takes one, a role.

use source::document::Node;

use super::push::queue_policy;
use crate::intrinsic::Call;
use crate::sam::expansion::Expansion;
use crate::sam::make::At;
use crate::sam::role::{self, allow};
use crate::sam::serverless::{Event, Made};
use crate::sam::target::Target;

/// Longest id of a target.
const LONGEST_ID: usize = 64;

/// `Schedule`, `CloudWatchEvent` and `EventBridgeRule`: a rule.
pub(super) fn rule(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let at = event.at;
    let id = target.event_id(event);
    let mut made = at.fields();
    if event.kind == "Schedule" {
        if let Some(schedule) = event.get("Schedule") {
            made.set("ScheduleExpression", schedule.clone());
        }
        event.hand(&mut made, &["Name", "Description"]);
    } else {
        event.hand(&mut made, &["EventBusName"]);
        if let Some(pattern) = event.get("Pattern") {
            made.set("EventPattern", pattern.clone());
        }
        if let Some(name) = event.get("RuleName") {
            made.set("Name", name.clone());
        }
    }
    event.hand(&mut made, &["State"]);
    if let Some(enabled) = event.get("Enabled") {
        // SAM takes any function for yes.
        let is_on = Call::of(enabled).is_some() || expansion.truth(enabled) == Some(true);
        made.set("State", at.text(if is_on { "ENABLED" } else { "DISABLED" }));
    }
    let rule_arn = at.attribute(&id, "Arn");
    let queue = dead_letters(expansion, target, event, Some(&rule_arn));
    let mut to = at.fields();
    to.set("Arn", target.arn(at));
    to.set("Id", target_id(target, event, &id));
    event.hand(&mut to, &["Input", "InputPath"]);
    if let Some(arn) = queue {
        to.set("DeadLetterConfig", at.map([("Arn", arn)]));
    }
    event.hand(&mut to, &["RetryPolicy", "InputTransformer"]);
    if target.is_state_machine {
        let role = match event.get("RoleArn") {
            Some(role) => role.clone(),
            None => service_role(expansion, target, event, "events.amazonaws.com", None),
        };
        to.set("RoleArn", role);
    }
    made.set("Targets", at.list([to.node()]));
    expansion.put(target.serverless.further(id.clone(), "AWS::Events::Rule", made));
    if !target.is_state_machine {
        let source = at.fields().with("SourceArn", rule_arn);
        expansion.put(target.permission(format!("{id}Permission"), "events.amazonaws.com", source));
    }
}

fn target_id(target: &Target<'_>, event: &Event<'_>, id: &str) -> Node {
    let at = event.at;
    if let Some(written) = event.get("Target").and_then(|target| target.get("Id")) {
        return written.clone();
    }
    let suffix = if target.is_state_machine { "StepFunctionsTarget" } else { "LambdaTarget" };
    let kept: String = id.chars().take(LONGEST_ID - suffix.len()).collect();
    at.text(format!("{kept}{suffix}"))
}

/// `ScheduleV2`: a schedule of EventBridge Scheduler.
pub(super) fn schedule(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, event: &Event<'_>) {
    let at = event.at;
    let id = target.event_id(event);
    let mut made = at.fields();
    event.hand(&mut made, &["ScheduleExpression", "State", "Name", "Description", "FlexibleTimeWindow"]);
    let is_unnamed = event.get("OmitName").is_some_and(|omit| expansion.truth(omit) != Some(false));
    if made.get("Name").is_none() && !is_unnamed {
        made.set("Name", at.text(id.clone()));
    }
    if made.get("FlexibleTimeWindow").is_none() {
        made.set("FlexibleTimeWindow", at.map([("Mode", at.text("OFF"))]));
    }
    event.hand(&mut made, &["StartDate", "EndDate", "ScheduleExpressionTimezone", "GroupName", "KmsKeyArn"]);
    let queue = dead_letters(expansion, target, event, None);
    let role = match event.get("RoleArn") {
        Some(role) => role.clone(),
        None => service_role(expansion, target, event, "scheduler.amazonaws.com", queue.as_ref()),
    };
    let mut to = at.fields();
    to.set("Arn", target.arn(at));
    to.set("RoleArn", role);
    event.hand(&mut to, &["Input"]);
    if let Some(arn) = queue {
        to.set("DeadLetterConfig", at.map([("Arn", arn)]));
    }
    event.hand(&mut to, &["RetryPolicy"]);
    made.set("Target", to.node());
    expansion.put(target.serverless.further(id, "AWS::Scheduler::Schedule", made));
}

/// The ARN of the queue for what cannot be delivered, which is made unless it is named. A rule needs a policy of the
/// queue to send; the scheduler sends with its role.
fn dead_letters(
    expansion: &mut Expansion<'_, '_>,
    target: &Target<'_>,
    event: &Event<'_>,
    rule: Option<&Node>,
) -> Option<Node> {
    let at = event.at;
    let config = event.get("DeadLetterConfig")?;
    if let Some(arn) = config.get("Arn") {
        return Some(arn.clone());
    }
    let id = target.event_id(event);
    let queue = config.get("QueueLogicalId").and_then(|id| expansion.text(id));
    let queue = queue.map_or_else(|| format!("{id}Queue"), |queue| queue.to_string());
    let arn = at.attribute(&queue, "Arn");
    let made: Made = target.serverless.further(queue.clone(), "AWS::SQS::Queue", at.fields());
    expansion.put(made);
    if let Some(rule) = rule {
        let statement = [
            ("Action", at.text("sqs:SendMessage")),
            ("Effect", at.text("Allow")),
            ("Principal", at.map([("Service", at.text("events.amazonaws.com"))])),
            ("Resource", arn.clone()),
            ("Condition", at.map([("ArnEquals", at.map([("aws:SourceArn", rule.clone())]))])),
        ];
        let id = format!("{id}QueuePolicy");
        expansion.put(queue_policy(target, at, id, at.map(statement), at.reference(&queue)));
    }
    Some(arn)
}

/// The ARN of the role with which a service invokes the target.
fn service_role(
    expansion: &mut Expansion<'_, '_>,
    target: &Target<'_>,
    event: &Event<'_>,
    service: &str,
    queue: Option<&Node>,
) -> Node {
    let at: At = event.at;
    let id = target.event_id(event);
    let (name, action) = match target.is_state_machine {
        true => ("StartExecutionPolicy", "states:StartExecution"),
        false => ("LambdaPolicy", "lambda:InvokeFunction"),
    };
    let statement = allow(at, [action], target.arn(at));
    let mut policies = vec![role::named(at, &format!("{id}{name}"), role::document(at, [statement]))];
    policies.extend(queue.and_then(|queue| role::destination(at, "SQS", queue, &id)));
    let mut made = role::of_service(at, service, policies);
    let is_rule = service == "events.amazonaws.com";
    if is_rule {
        made.hand(&target.serverless.properties, "PermissionsBoundary");
    } else {
        event.hand(&mut made, &["PermissionsBoundary"]);
    }
    let role_id = format!("{id}Role");
    expansion.put(target.serverless.further(role_id.clone(), "AWS::IAM::Role", made));
    at.attribute(&role_id, "Arn")
}
