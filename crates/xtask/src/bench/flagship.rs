//! The rules that were there first. Invariant: they are selected by id, so that a check with them is the same whatever
//! rules come later; what it costs is what a check with all rules is held against.

use smol_str::SmolStr;

/// Their ids.
const FLAGSHIP: [&str; 48] = [
    "alb-http-redirect",
    "alb-https-listener",
    "alb-tls-policy",
    "alb-waf-associated",
    "apigw-waf",
    "arch-data-store-no-internet-path",
    "arch-data-store-private-subnet",
    "asg-multi-az",
    "aurora-multi-az",
    "backup-plan-defined",
    "backup-plan-retention",
    "backup-vault-lock",
    "cloudfront-viewer-https",
    "cloudfront-waf",
    "cloudtrail-cmk",
    "cloudtrail-enabled",
    "cloudtrail-log-validation",
    "cloudwatch-log-cmk",
    "cloudwatch-log-retention",
    "cognito-mfa-required",
    "config-enabled",
    "dynamodb-cmk",
    "dynamodb-pitr",
    "ebs-encryption-at-rest",
    "elasticache-encryption-in-transit",
    "guardduty-enabled",
    "hipaa-eligible-service",
    "iam-policy-admin",
    "kms-rotation",
    "policy-public-principal",
    "rds-backup-plan",
    "rds-backup-retention",
    "rds-encryption-at-rest",
    "rds-multi-az",
    "rds-public-access",
    "rds-tls-required",
    "s3-access-logging",
    "s3-encryption-cmk",
    "s3-object-lock",
    "s3-public-access-block",
    "s3-tls-only",
    "s3-versioning",
    "secret-resource-literal",
    "sg-no-public-database-ports",
    "sg-no-public-ssh",
    "sqs-encryption-at-rest",
    "vpc-flow-logs",
    "wafv2-sqli-rules",
];

/// Settings that select them alone.
pub(super) fn settings() -> rules::Settings {
    rules::Settings {
        selected: Some(FLAGSHIP.map(SmolStr::new_static).to_vec()),
        ..rules::Settings::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_exist() {
        for id in FLAGSHIP {
            assert!(catalogue::CATALOGUE.rule(id).is_some(), "{id}");
        }
    }
}
