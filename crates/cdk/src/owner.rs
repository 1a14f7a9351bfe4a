//! Who decides on a resource, told by the classes and ids along its construct path. Invariant: without a tree nobody
//! but the CDK is named, and that by ids that it keeps for itself.

use smol_str::SmolStr;
use value::declared::Owner;

/// Beginnings of ids that the CDK gives to helpers: functions that serve a whole stack, and what runs them. The
/// hexadecimal ends are constants of its source.
const HELPER_IDS: [&str; 20] = [
    // Functions behind constructs of the CDK, one for each stack.
    "AWS679f53fac002430cb0da5b7982bd2287",
    "AWSb4cf1abd4e4f4bc699441af7ccd9ec37",
    "BucketNotificationsHandler050a0587b7544547bf325f094a3db834",
    "CrossRegionAwsSdk8a0c93f3dbef4b71ac137aaf2048ce7e",
    "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C",
    "Evalda2d1181604e4a4586941a6abd7fe42d",
    "LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a",
    "SingletonFunction1488541a7b23466481b69b4408076b81",
    "SingletonLambda224e77f9a32e4b4dac32983477abba16",
    "SingletonLambda8693BB64968944B69AAFB0CC9EB8757C",
    // Nested stacks with the providers of EKS and of global tables.
    "@aws-cdk--aws-dynamodb.ReplicaProvider",
    "@aws-cdk--aws-eks.ClusterResourceProvider",
    "@aws-cdk--aws-eks.KubectlProvider",
    "@aws-cdk/aws-dynamodb.ReplicaProvider",
    "@aws-cdk/aws-eks.ClusterResourceProvider",
    "@aws-cdk/aws-eks.KubectlProvider",
    // What empties an instance of ECS before it is stopped.
    "DrainECSHook",
    // Stacks and buckets that pipelines need in other regions.
    "cross-region-stack-",
    "CrossRegionCodePipelineReplicationBucket",
    // What the CDK says of itself.
    "CDKMetadata",
];

/// Providers of custom resources that the CDK keeps one of in each stack, by their ids without the common end: apps
/// may have providers of their own.
const PROVIDERS: [&str; 13] = [
    "AWSCDK.TriggerCustomResourceProvider",
    "Custom::AWSCDKCfnUtilsProvider",
    "Custom::AWSCDKOpenIdConnectProvider",
    "Custom::CrossAccountZoneDelegation",
    "Custom::CrossRegionExportReader",
    "Custom::CrossRegionExportWriter",
    "Custom::CrossRegionStringParameterReader",
    "Custom::DeleteExistingRecordSet",
    "Custom::ECRAutoDeleteImages",
    "Custom::S3AutoDeleteObjects",
    "Custom::S3ObjectCopy",
    "Custom::SyntheticsAutoDeleteUnderlyingResources",
    "Custom::VpcRestrictDefaultSG",
];

/// How the ids of providers end.
const PROVIDER_END: &str = "CustomResourceProvider";

/// Classes whose own resources are the CDK's, without the module that they are of.
const HELPER_CLASSES: [&str; 6] = [
    ".custom_resources.Provider",
    "/custom-resources.Provider",
    ".lambda_layer_awscli.AwsCliLayer",
    ".lambda_layer_kubectl.KubectlLayer",
    ".lambda_layer_node_proxy_agent.NodeProxyAgentLayer",
    "eks.KubectlProvider",
];

/// Beginnings of the classes of the CDK itself; alpha modules and version 1 have `@aws-cdk/`.
const OWN_CLASSES: [&str; 4] = ["aws-cdk-lib.", "constructs.", "@aws-cdk/", "monocdk."];

/// The owner of the resource at the end of a path, of which `below` are the constructs below its stack, from the top:
/// ids, and classes as far as they are known. `marked` tells whether the assembly marks one of them as a helper.
pub(crate) fn owner(below: &[(&str, &str)], marked: bool, has_tree: bool) -> Option<Owner> {
    if marked || below.iter().any(|(id, class)| is_helper(id, class)) {
        return Some(Owner::Cdk);
    }
    if !has_tree {
        return None;
    }
    let library = below.iter().find_map(|(_, class)| library(class));
    Some(library.map_or(Owner::App, Owner::Library))
}

fn is_helper(id: &str, class: &str) -> bool {
    let provider = || id.strip_suffix(PROVIDER_END).is_some_and(|name| PROVIDERS.contains(&name));
    let own = || OWN_CLASSES.iter().any(|module| class.starts_with(module));
    HELPER_IDS.iter().any(|known| id.starts_with(known))
        || provider()
        || own() && HELPER_CLASSES.iter().any(|known| class.ends_with(known))
}

/// The package of a class, if it is neither the CDK's nor without a name: up to the first dot after the scope.
fn library(class: &str) -> Option<SmolStr> {
    if class.is_empty() || OWN_CLASSES.iter().any(|module| class.starts_with(module)) {
        return None;
    }
    let scope = if class.starts_with('@') { class.find('/')? + 1 } else { 0 };
    let name = class.get(scope..)?.split('.').next()?;
    class.get(..scope + name.len()).map(SmolStr::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(below: &[(&str, &str)], expected: Option<&str>) {
        let found = owner(below, false, true).map(|owner| owner.to_string());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn what_the_application_asks_for_is_its_own() {
        let bucket = ("Bucket", "aws-cdk-lib.aws_s3.Bucket");
        check(&[bucket, ("Resource", "aws-cdk-lib.aws_s3.CfnBucket")], Some("app"));
        let service = ("Web", "aws-cdk-lib.aws_ecs_patterns.ApplicationLoadBalancedFargateService");
        check(&[("Own", "constructs.Construct"), service, ("LB", "")], Some("app"));
        check(&[("Table", "@aws-cdk/aws-dynamodb.Table")], Some("app"));
        check(&[("Custom::OwnCustomResourceProvider", "aws-cdk-lib.CustomResourceProvider")], Some("app"));
    }

    #[test]
    fn what_the_cdk_needs_for_its_own_work_is_the_cdks() {
        let provider = "Custom::S3AutoDeleteObjectsCustomResourceProvider";
        check(&[(provider, "aws-cdk-lib.CustomResourceProviderBase"), ("Role", "")], Some("cdk"));
        check(&[("AWS679f53fac002430cb0da5b7982bd2287", ""), ("ServiceRole", "")], Some("cdk"));
        let framework = ("Provider", "aws-cdk-lib.custom_resources.Provider");
        check(&[("Own", ""), framework, ("framework-onEvent", "")], Some("cdk"));
        check(&[("P", "@aws-cdk/custom-resources.Provider")], Some("cdk"));
        check(&[("@aws-cdk--aws-eks.KubectlProvider", "aws-cdk-lib.aws_eks.KubectlProvider")], Some("cdk"));
    }

    #[test]
    fn what_a_library_makes_is_the_librarys() {
        let outer = ("Queue", "@aws-solutions-constructs/aws-s3-sqs.S3ToSqs");
        check(
            &[outer, ("deadLetterQueue", "aws-cdk-lib.aws_sqs.Queue")],
            Some("library:@aws-solutions-constructs/aws-s3-sqs"),
        );
        check(&[("A", "one-library.sub.A"), ("B", "@other/library.B")], Some("library:one-library"));
        check(&[outer, ("Handler", "aws-cdk-lib.custom_resources.Provider")], Some("cdk"));
    }

    #[test]
    fn without_a_tree_only_helpers_are_told() {
        assert_eq!(owner(&[("Bucket", ""), ("Resource", "")], false, false), None);
        assert_eq!(
            owner(&[("LogRetentionaae0aa3c5b4d4f87b02d85b201efdd8a", "")], false, false),
            Some(Owner::Cdk)
        );
        assert_eq!(owner(&[("Own", "")], true, false), Some(Owner::Cdk));
    }
}
