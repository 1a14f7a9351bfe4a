//! `Auth.UsagePlan` of REST APIs: a plan, a key and what joins them, for one API or shared by several.

use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::edit::{is_set, plain};
use super::implicit::any_of;
use crate::sam::expansion::Expansion;
use crate::sam::make::At;
use crate::sam::serverless::{Made, Serverless};
use crate::sam::tags;

/// Properties of a plan that stand as they are written.
const HANDED: [&str; 4] = ["UsagePlanName", "Description", "Quota", "Throttle"];

/// The condition under which a plan is there that several APIs share, each under a condition.
const SHARED_CONDITION: &str = "SharedUsagePlanCondition";

/// The plan that APIs share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    plan: Option<Plan>,
    conditions: Vec<SmolStr>,
    any_without_condition: bool,
    policies: [Option<SmolStr>; 2],
}

/// A plan in the making.
#[derive(Debug)]
struct Plan {
    at: At,
    plan: Made,
    key: Made,
    join: Made,
    /// API and stage of each API.
    apis: Vec<(SmolStr, SmolStr)>,
}

/// Attributes of APIs that a shared plan takes on, and their values, the strongest first.
const POLICIES: [(&str, &[&str]); 2] =
    [("DeletionPolicy", &["Retain"]), ("UpdateReplacePolicy", &["Retain", "Snapshot"])];

impl Shared {
    /// Makes the plan that an API asks for, or adds the API to the one that is shared.
    pub(super) fn add(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        api: &Serverless<'_>,
        auth: &Node,
        stage: &SmolStr,
    ) {
        let Some(written) = auth.entry("UsagePlan").filter(|entry| is_set(&entry.value)) else { return };
        let kind = written.value.get("CreateUsagePlan").and_then(plain).map(SmolStr::as_str);
        let tags = api.get("PropagateTags").filter(|node| is_set(node)).and(api.get("Tags"));
        match kind {
            Some("PER_API") => {
                let mut plan = Plan::of(api, written, api.id, tags);
                plan.apis.push((api.id.clone(), stage.clone()));
                plan.finish(expansion);
            }
            Some("SHARED") => {
                self.attributes(api);
                let plan = Plan::of(api, written, "Serverless", tags);
                let mut apis = self.plan.take().map(|plan| plan.apis).unwrap_or_default();
                apis.push((api.id.clone(), stage.clone()));
                self.plan = Some(Plan { apis, ..plan });
            }
            _ => return,
        }
        let prefix = if kind == Some("SHARED") { "Serverless" } else { api.id.as_str() };
        for part in ["UsagePlan", "UsagePlanKey", "ApiKey"] {
            expansion.stand_for(format!("{}.{part}", api.id), SmolStr::from(format!("{prefix}{part}")));
        }
    }

    fn attributes(&mut self, api: &Serverless<'_>) {
        match api.condition() {
            Some(condition) if !self.conditions.contains(condition) => {
                self.conditions.push(condition.clone());
            }
            Some(_) => {}
            None => self.any_without_condition = true,
        }
        for ((attribute, order), kept) in POLICIES.iter().zip(&mut self.policies) {
            let Some(said) = api.body.get(attribute).and_then(plain) else { continue };
            let rank = |text: &str| order.iter().position(|one| *one == text).unwrap_or(order.len());
            if kept.as_ref().is_none_or(|kept| rank(said) < rank(kept)) {
                *kept = Some(said.clone());
            }
        }
    }

    /// Makes the shared plan, if there is one.
    pub(super) fn finish(self, expansion: &mut Expansion<'_, '_>) {
        let Some(plan) = self.plan else { return };
        let at = plan.at;
        let mut attributes: Vec<(&str, Node)> = Vec::new();
        if !self.any_without_condition && !self.conditions.is_empty() {
            let named = |name: &SmolStr| at.map([("Condition", at.text(name.clone()))]);
            let formula = any_of(at, self.conditions.iter().map(named).collect());
            expansion.condition(SHARED_CONDITION, at, formula);
            attributes.push(("Condition", at.text(SHARED_CONDITION)));
        }
        for ((attribute, _), said) in POLICIES.iter().zip(self.policies) {
            attributes.extend(said.map(|said| (*attribute, at.text(said))));
        }
        let own = |made: Made| {
            let bare = ["Condition", "DeletionPolicy", "UpdateReplacePolicy"].iter();
            let bare = bare.fold(made, |made, key| made.without(key));
            attributes.iter().fold(bare, |made, (key, value)| made.attribute(key, value.clone()))
        };
        Plan { plan: own(plan.plan), key: own(plan.key), join: own(plan.join), ..plan }.finish(expansion);
    }
}

impl Plan {
    fn of(api: &Serverless<'_>, written: &Entry, prefix: &str, tagged: Option<&Node>) -> Self {
        let at = At(written.key_span);
        let (plan_id, key_id) = (format!("{prefix}UsagePlan"), format!("{prefix}ApiKey"));
        let mut plan = at.fields();
        plan.hand_all(&written.value, &HANDED);
        let mut key = at.fields().with("Enabled", at.bool(true));
        match tagged {
            Some(tagged) => {
                plan.set("Tags", tags::list(at, tagged));
                key.set("Tags", tags::list(at, tagged));
            }
            None => plan.hand(&written.value, "Tags"),
        }
        let join = at.map([
            ("KeyId", at.reference(&key_id)),
            ("KeyType", at.text("API_KEY")),
            ("UsagePlanId", at.reference(&plan_id)),
        ]);
        let mut joined = at.fields();
        joined.hand_all(&join, &["KeyId", "KeyType", "UsagePlanId"]);
        let join = api.further(format!("{prefix}UsagePlanKey"), "AWS::ApiGateway::UsagePlanKey", joined);
        let key = api.further(key_id.clone(), "AWS::ApiGateway::ApiKey", key).depends_on(&plan_id);
        let plan = api.further(plan_id, "AWS::ApiGateway::UsagePlan", plan);
        Self { at, plan, key, join: join.depends_on(&key_id), apis: Vec::new() }
    }

    fn finish(self, expansion: &mut Expansion<'_, '_>) {
        let at = self.at;
        let pairs = |api: &str, stage: &str| {
            let pair = |(id, name): &(SmolStr, SmolStr)| {
                at.map([(api, at.reference(id)), (stage, at.reference(name))])
            };
            at.list(self.apis.iter().map(pair))
        };
        let plan = self.plan.property("ApiStages", pairs("ApiId", "Stage"));
        let plan = self.apis.iter().fold(plan, |plan, (api, _)| plan.depends_on(api));
        let key = self.key.property("StageKeys", pairs("RestApiId", "StageName"));
        expansion.put(plan);
        expansion.put(key);
        expansion.put(self.join);
    }
}
