//! `AWS::Serverless::StateMachine`: the state machine, its role, the version and alias that it publishes, and its
//! events. The definition stays a map, which CloudFormation takes as well as the text that SAM makes of it.

use super::events;
use super::expansion::Expansion;
use super::function::location;
use super::make::Fields;
use super::policies;
use super::role::{self, Role};
use super::serverless::Serverless;
use super::tags;
use super::target::Target;

/// Key of the tag of what SAM makes for Step Functions.
const CREATED_BY: &str = "stateMachine:createdBy";

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, machine: &Serverless<'_>) {
    let at = machine.at;
    let mut made = at.fields();
    definition(expansion, machine, &mut made);
    let role_id = format!("{}Role", machine.id);
    let is_made = machine.get("Role").is_none();
    match machine.get("Role") {
        Some(_) => made.hand_as(&machine.properties, "Role", "RoleArn"),
        None => made.set("RoleArn", at.attribute(&role_id, "Arn")),
    }
    made.hand_as(&machine.properties, "Name", "StateMachineName");
    made.hand_as(&machine.properties, "Type", "StateMachineType");
    made.hand_as(&machine.properties, "Logging", "LoggingConfiguration");
    made.hand_as(&machine.properties, "Tracing", "TracingConfiguration");
    made.hand(&machine.properties, "Fn::Transform");
    made.set("Tags", tags::created_by(at, CREATED_BY, machine.get("Tags")));
    expansion.put(machine.main(machine.id.clone(), "AWS::StepFunctions::StateMachine", made));
    if is_made {
        let mut role = Role::new(role_id, role::trust(at, "states.amazonaws.com"));
        if let Some(policies) = machine.get("Policies") {
            policies::add(&mut role, policies);
        }
        let tracing = machine.get("Tracing").and_then(|tracing| tracing.get("Enabled"));
        if tracing.is_some_and(|enabled| expansion.truth(enabled) == Some(true)) {
            role.traced(expansion, machine.at("Tracing"));
        }
        expansion.put(role.made(machine, tags::created_by(at, CREATED_BY, machine.get("Tags"))));
    }
    let alias = publish(expansion, machine);
    let uses_alias =
        machine.get("UseAliasAsEventTarget").is_some_and(|node| expansion.truth(node) == Some(true));
    let target = Target::state_machine(machine, alias.filter(|_| uses_alias).map(Into::into));
    events::of_state_machine(expansion, &target);
}

fn definition(expansion: &Expansion<'_, '_>, machine: &Serverless<'_>, made: &mut Fields) {
    made.hand_all(&machine.properties, &["Definition", "DefinitionSubstitutions"]);
    let Some(uri) = machine.get("DefinitionUri") else { return };
    let object = match location(expansion, machine.at("DefinitionUri"), uri) {
        Ok(object) => object.node(),
        Err(local) => return made.set("DefinitionS3Location", local),
    };
    let mut location = machine.at("DefinitionUri").fields();
    location.hand_as(&object, "S3Bucket", "Bucket");
    location.hand_as(&object, "S3Key", "Key");
    location.hand_as(&object, "S3ObjectVersion", "Version");
    made.set("DefinitionS3Location", location.node());
}

/// `AutoPublishAlias`: a version and an alias. Gives the logical id of the alias.
fn publish(expansion: &mut Expansion<'_, '_>, machine: &Serverless<'_>) -> Option<String> {
    let name = machine.get("AutoPublishAlias")?.clone();
    let at = machine.at("AutoPublishAlias");
    let version = format!("{}Version", machine.id);
    let mut made = at.fields();
    made.set("StateMachineArn", at.reference(machine.id));
    made.set("StateMachineRevisionId", at.attribute(machine.id, "StateMachineRevisionId"));
    let mut made = machine.further(version.clone(), "AWS::StepFunctions::StateMachineVersion", made);
    for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
        if machine.body.get(policy).is_none() {
            made = made.attribute(policy, at.text("Retain"));
        }
    }
    expansion.put(made);
    let id = format!("{}Alias{}", machine.id, expansion.text(&name).unwrap_or_default());
    let mut preference = at.fields();
    match machine.get("DeploymentPreference") {
        Some(written) => written.entries().iter().for_each(|entry| preference.push(entry.clone())),
        None => preference.set("Type", at.text("ALL_AT_ONCE")),
    }
    preference.set("StateMachineVersionArn", at.reference(&version));
    let made = at.fields().with("Name", name).with("DeploymentPreference", preference.node());
    expansion.put(machine.further(id.clone(), "AWS::StepFunctions::StateMachineAlias", made));
    Some(id)
}
