//! `AWS::Serverless::CapacityProvider`: instances of the account on which functions run, and the role that runs them.

use super::expansion::Expansion;
use super::role::{self, Role};
use super::serverless::Serverless;
use super::tags;

pub(super) fn expand(expansion: &mut Expansion<'_, '_>, provider: &Serverless<'_>) {
    let at = provider.at;
    let mut made = at.fields();
    made.hand_all(&provider.properties, &["CapacityProviderName", "VpcConfig", "KmsKeyArn", "Fn::Transform"]);
    let created_by = || tags::created_by(at, "lambda:createdBy", provider.get("Tags"));
    let operator = match provider.get("OperatorRole") {
        Some(operator) => operator.clone(),
        None => {
            let mut role =
                Role::new(format!("{}OperatorRole", provider.id), role::trust(at, "lambda.amazonaws.com"));
            role.managed_by_aws(at, "AWSLambdaManagedEC2ResourceOperator");
            let arn = at.attribute(&role.id, "Arn");
            let tags = match provider.propagated_tags() {
                Some(_) => created_by(),
                None => tags::created_by(at, "lambda:createdBy", None),
            };
            expansion.put(role.made(provider, tags));
            arn
        }
    };
    made.set("PermissionsConfig", at.map([("CapacityProviderOperatorRoleArn", operator)]));
    made.set("Tags", created_by());
    if let Some(instances) = provider.get("InstanceRequirements") {
        let mut requirements = provider.at("InstanceRequirements").fields();
        requirements.hand(instances, "Architectures");
        requirements.hand_as(instances, "AllowedTypes", "AllowedInstanceTypes");
        requirements.hand_as(instances, "ExcludedTypes", "ExcludedInstanceTypes");
        made.set("InstanceRequirements", requirements.node());
    }
    if let Some(scaling) = provider.get("ScalingConfig") {
        let at = provider.at("ScalingConfig");
        let mut config = at.fields();
        config.hand(scaling, "MaxVCpuCount");
        let usage = scaling.get("AverageCPUUtilization");
        config.set("ScalingMode", at.text(if usage.is_some() { "Manual" } else { "Auto" }));
        if let Some(usage) = usage {
            let metric = at.text("LambdaCapacityProviderAverageCPUUtilization");
            let policy = at.map([("PredefinedMetricType", metric), ("TargetValue", usage.clone())]);
            config.set("ScalingPolicies", at.list([policy]));
        }
        made.set("CapacityProviderScalingConfig", config.node());
    }
    expansion.put(provider.main(provider.id.clone(), "AWS::Lambda::CapacityProvider", made));
}
