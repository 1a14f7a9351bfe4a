//! Events of functions and state machines: what makes a service invoke them.

mod mapping;
mod push;
mod schedule;

use source::document::Entry;

use super::expansion::Expansion;
use super::role::Role;
use super::serverless::Event;
use super::target::Target;

/// Makes what the events of a function need. What the function needs to take them goes into its role.
pub(super) fn expand(expansion: &mut Expansion<'_, '_>, target: &Target<'_>, role: &mut Role) {
    let mut entries: Vec<&Entry> = target.serverless.entries("Events").iter().collect();
    entries.sort_by_cached_key(|entry| order(entry));
    for event in entries.into_iter().filter_map(Event::of) {
        if expansion.is_spent() {
            return;
        }
        match event.kind {
            "SQS" | "Kinesis" | "DynamoDB" | "MSK" | "MQ" | "SelfManagedKafka" | "DocumentDB" => {
                mapping::expand(expansion, target, &event, role);
            }
            "S3" => push::bucket(expansion, target, &event),
            "SNS" => push::topic(expansion, target, &event, role),
            "CloudWatchLogs" => push::logs(expansion, target, &event),
            "IoTRule" => push::iot(expansion, target, &event),
            "AlexaSkill" => push::alexa(expansion, target, &event),
            "Cognito" => push::user_pool(expansion, target, &event),
            "Schedule" => schedule::rule(expansion, target, &event),
            "ScheduleV2" => schedule::schedule(expansion, target, &event),
            "CloudWatchEvent" | "EventBridgeRule" => schedule::rule(expansion, target, &event),
            _ => {}
        }
    }
}

/// Makes what the events of a state machine need.
pub(super) fn of_state_machine(expansion: &mut Expansion<'_, '_>, target: &Target<'_>) {
    for event in target.serverless.entries("Events").iter().filter_map(Event::of) {
        if expansion.is_spent() {
            return;
        }
        match event.kind {
            "Schedule" | "CloudWatchEvent" | "EventBridgeRule" => schedule::rule(expansion, target, &event),
            "ScheduleV2" => schedule::schedule(expansion, target, &event),
            _ => {}
        }
    }
}

/// The order in which SAM takes events: `$default` of an API before its other paths.
fn order(entry: &Entry) -> String {
    let path = entry.value.get("Properties").and_then(|properties| properties.get("Path"));
    path.and_then(|path| path.text()).unwrap_or(&entry.key).to_string()
}
