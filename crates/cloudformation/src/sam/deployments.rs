//! `DeploymentPreference`: the deployment group of a function, and the application and service role that all groups
//! of a template share.

use rustc_hash::FxHashSet;
use source::document::{Entry, Node};

use super::expansion::Expansion;
use super::make::At;
use super::policies::is_no_value;
use super::serverless::{Made, Serverless};
use super::{managed_policies, role, tags};
use crate::intrinsic::Call;

/// Logical id of the application.
const APPLICATION: &str = "ServerlessDeploymentApplication";

/// Logical id of the service role.
const SERVICE_ROLE: &str = "CodeDeployServiceRole";

/// Name of the condition under which one of several groups is made.
const CONDITION: &str = "ServerlessCodeDeployCondition";

/// Configurations that CodeDeploy has for Lambda under a longer name.
const CONFIGURATIONS: [&str; 9] = [
    "Canary10Percent5Minutes",
    "Canary10Percent10Minutes",
    "Canary10Percent15Minutes",
    "Canary10Percent30Minutes",
    "Linear10PercentEvery1Minute",
    "Linear10PercentEvery2Minutes",
    "Linear10PercentEvery3Minutes",
    "Linear10PercentEvery10Minutes",
    "AllAtOnce",
];

/// What the application and the service role have to know of the groups.
#[derive(Debug)]
pub(super) struct Group {
    at: At,
    has_role: bool,
    condition: Option<Node>,
    tags: Vec<Entry>,
}

/// The preference of one function.
#[derive(Debug)]
pub(crate) struct Deployment<'n> {
    function: &'n Serverless<'n>,
    preference: &'n Node,
    at: At,
    condition: Option<Node>,
}

impl<'n> Deployment<'n> {
    /// The preference of a function, unless it is off.
    pub(crate) fn of(expansion: &Expansion<'_, '_>, function: &'n Serverless<'n>) -> Option<Self> {
        let preference = function.get("DeploymentPreference")?;
        let is = |key: &str| preference.get(key).map(|node| expansion.truth(node) == Some(true));
        let is_off = preference.get("Enabled").is_some_and(|node| expansion.truth(node) == Some(false));
        if is_off {
            return None;
        }
        let condition = function.body.get("Condition").filter(|_| is("PassthroughCondition") == Some(true));
        Some(Self {
            function,
            preference,
            at: function.at("DeploymentPreference"),
            condition: condition.cloned(),
        })
    }

    fn group_id(&self) -> String {
        format!("{}DeploymentGroup", self.function.id)
    }

    /// What moves the alias to a new version.
    pub(crate) fn update_policy(&self) -> Node {
        let mut update = self.at.fields();
        update.set("ApplicationName", self.at.reference(APPLICATION));
        update.set("DeploymentGroupName", self.at.reference(&self.group_id()));
        if let Some(hooks) = self.preference.get("Hooks") {
            update.hand_as(hooks, "PreTraffic", "BeforeAllowTrafficHook");
            update.hand_as(hooks, "PostTraffic", "AfterAllowTrafficHook");
        }
        self.at.map([("CodeDeployLambdaAliasUpdate", update.node())])
    }

    /// Makes the deployment group.
    pub(crate) fn expand(self, expansion: &mut Expansion<'_, '_>) {
        let at = self.at;
        let propagated = self.function.propagated_tags().map_or(&[][..], Node::entries).to_vec();
        let mut made = at.fields();
        if let Some(alarms) = self.preference.get("Alarms").and_then(|alarms| alarms_of(at, alarms)) {
            made.set("AlarmConfiguration", alarms);
        }
        made.set("ApplicationName", at.reference(APPLICATION));
        let events = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"];
        let rollback = at.map([("Enabled", at.bool(true)), ("Events", at.texts(events))]);
        made.set("AutoRollbackConfiguration", rollback);
        if let Some(kind) = self.preference.get("Type") {
            made.set("DeploymentConfigName", configuration(expansion, at, kind));
        }
        let style = [
            ("DeploymentType", at.text("BLUE_GREEN")),
            ("DeploymentOption", at.text("WITH_TRAFFIC_CONTROL")),
        ];
        made.set("DeploymentStyle", at.map(style));
        let role = self.preference.get("Role").cloned();
        let has_role = role.is_some();
        made.set("ServiceRoleArn", role.unwrap_or_else(|| at.attribute(SERVICE_ROLE, "Arn")));
        made.hand(self.preference, "TriggerConfigurations");
        if let Some(tags) = self.function.propagated_tags() {
            made.set("Tags", tags::list(at, tags));
        }
        let group = Made::plain(self.group_id(), "AWS::CodeDeploy::DeploymentGroup", made);
        expansion.put(conditioned(group, self.condition.clone()));
        expansion.groups.push(Group { at, has_role, condition: self.condition, tags: propagated });
    }
}

/// Makes what all deployment groups share.
pub(super) fn finish(expansion: &mut Expansion<'_, '_>) {
    let groups = std::mem::take(&mut expansion.groups);
    let Some(at) = groups.first().map(|group| group.at) else { return };
    let condition = shared_condition(expansion, at, &groups);
    let mut shared = at.fields();
    let mut known: FxHashSet<&str> = FxHashSet::default();
    for entry in groups.iter().flat_map(|group| &group.tags) {
        if known.insert(&entry.key) {
            shared.push(entry.clone());
        }
    }
    let shared = (!shared.is_empty()).then(|| tags::list(at, &shared.node()));
    let mut made = at.fields();
    made.set("ComputePlatform", at.text("Lambda"));
    if let Some(tags) = shared.clone() {
        made.set("Tags", tags);
    }
    let application = Made::plain(APPLICATION, "AWS::CodeDeploy::Application", made);
    expansion.put(conditioned(application, condition.clone()));
    if groups.iter().all(|group| group.has_role) {
        return;
    }
    let mut made = at.fields();
    made.set("AssumeRolePolicyDocument", role::trust(at, "codedeploy.amazonaws.com"));
    let policy = managed_policies::at_path(at, "service-role/AWSCodeDeployRoleForLambda");
    made.set("ManagedPolicyArns", at.list([policy]));
    if let Some(tags) = shared {
        made.set("Tags", tags);
    }
    expansion.put(conditioned(Made::plain(SERVICE_ROLE, "AWS::IAM::Role", made), condition));
}

/// The condition under which one of the groups is made; none if one of them always is.
fn shared_condition(expansion: &mut Expansion<'_, '_>, at: At, groups: &[Group]) -> Option<Node> {
    let mut names: Vec<Node> = Vec::new();
    let mut known = FxHashSet::default();
    for group in groups {
        let condition = group.condition.as_ref()?;
        if known.insert(condition.text()) {
            names.push(condition.clone());
        }
    }
    if names.len() < 2 {
        return names.pop();
    }
    let any = names.into_iter().map(|name| at.map([("Condition", name)]));
    let formula = at.call("Fn::Or", at.list(any));
    expansion.condition(CONDITION, at, formula);
    Some(at.text(CONDITION))
}

fn conditioned(made: Made, condition: Option<Node>) -> Made {
    match condition {
        Some(condition) => made.attribute("Condition", condition),
        None => made,
    }
}

/// The name that CodeDeploy gives to a type of deployment.
fn configuration(expansion: &Expansion<'_, '_>, at: At, kind: &Node) -> Node {
    match expansion.text(kind) {
        Some(known) if CONFIGURATIONS.contains(&known.as_str()) => {
            at.text(format!("CodeDeployDefault.Lambda{known}"))
        }
        _ => kind.clone(),
    }
}

fn alarms_of(at: At, alarms: &Node) -> Option<Node> {
    if is_no_value(alarms) {
        return None;
    }
    let list = |alarms: &Node| {
        if alarms.items().first().is_none_or(is_no_value) {
            return at.fields().node();
        }
        let names = alarms.items().iter().map(|alarm| at.map([("Name", alarm.clone())]));
        at.map([("Enabled", at.bool(true)), ("Alarms", at.list(names))])
    };
    match Call::of(alarms) {
        Some(call) => match (call.name, call.items()) {
            ("If", [condition, yes, no]) => {
                Some(at.call("Fn::If", at.list([condition.clone(), list(yes), list(no)])))
            }
            _ => Some(alarms.clone()),
        },
        None => Some(list(alarms)),
    }
}
