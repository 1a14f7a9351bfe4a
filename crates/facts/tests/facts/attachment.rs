//! Backup selections and trails, by what they cover.

use crate::support::check;

fn backup(selection: &str) -> String {
    format!(
        "
Parameters:
  Env: {{Type: String}}
Conditions:
  Prod: !Equals [!Ref Env, prod]
Resources:
  Db: {{Type: 'AWS::RDS::DBInstance', Properties: {{Engine: postgres, DBInstanceIdentifier: records, Tags: [{{Key: backup, Value: daily}}]}}}}
  Plan: {{Type: 'AWS::Backup::BackupPlan', Properties: {{BackupPlan: {{BackupPlanName: p, BackupPlanRule: [{{RuleName: r, TargetBackupVault: v}}]}}}}}}
  Selection: {{Type: 'AWS::Backup::BackupSelection', Properties: {{BackupPlanId: !Ref Plan, BackupSelection: {{SelectionName: s, IamRoleArn: r, {selection}}}}}}}
"
    )
}

const COVERED: &str = "[{other_account: false, other_region: false, plan: @Plan, selection: @Selection}]";

#[track_caller]
fn check_backup(selection: &str, expect: &str) {
    check(&backup(selection), "Db", "backups", expect);
}

#[test]
fn selections_cover_by_arn() {
    check_backup("Resources: [!GetAtt Db.DBInstanceArn]", COVERED);
    check_backup("Resources: ['*']", COVERED);
    check_backup("Resources: ['arn:aws:rds:*']", COVERED);
    check_backup("Resources: ['arn:aws:rds:*:*:db:*']", COVERED);
    check_backup(
        "Resources: [!Sub 'arn:${AWS::Partition}:rds:${AWS::Region}:${AWS::AccountId}:db:records']",
        COVERED,
    );
    check_backup("Resources: ['arn:aws:dynamodb:*:*:table/*']", "[]");
    check_backup("Resources: ['arn:aws:rds:*:*:db:others']", "[]");
}

#[test]
fn selections_cover_by_tag() {
    let tag = |value: &str| {
        format!(
            "ListOfTags: [{{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: {value}}}]"
        )
    };
    check_backup(&tag("daily"), COVERED);
    check_backup(&tag("weekly"), "[]");
    check_backup(
        &tag("!Ref Env"),
        "[{other_account: false, other_region: false, plan: @Plan, selection: @Selection} if whether backup selection t/Selection covers t/Db \
         (parameter \"Env\" has no default)]",
    );
}

#[test]
fn conditions_narrow_the_arns_down() {
    let condition = |operator: &str, value: &str| {
        format!(
            "Resources: ['*'], Conditions: {{{operator}: [{{ConditionKey: 'aws:ResourceTag/backup', ConditionValue: {value}}}]}}"
        )
    };
    check_backup(&condition("StringEquals", "daily"), COVERED);
    check_backup(&condition("StringEquals", "weekly"), "[]");
    check_backup(&condition("StringLike", "'d*'"), COVERED);
    check_backup(&condition("StringNotEquals", "daily"), "[]");
}

#[test]
fn what_is_excluded_is_not_covered() {
    check_backup("Resources: ['*'], NotResources: ['arn:aws:rds:*:*:db:*']", "[]");
    check_backup("Resources: ['*'], NotResources: ['arn:aws:ec2:*']", COVERED);
}

#[test]
fn a_conditional_selection_covers_under_its_condition() {
    let text = backup("Resources: ['*']").replace(
        "Type: 'AWS::Backup::BackupSelection',",
        "Type: 'AWS::Backup::BackupSelection', Condition: Prod,",
    );
    check(
        &text,
        "Db",
        "backups",
        "[{other_account: false, other_region: false, plan: @Plan, selection: @Selection} if Env = prod]",
    );
}

fn trail(selectors: &str) -> String {
    format!(
        "
Resources:
  Bucket: {{Type: 'AWS::S3::Bucket'}}
  Other: {{Type: 'AWS::S3::Bucket'}}
  Trail: {{Type: 'AWS::CloudTrail::Trail', Properties: {{IsLogging: true, S3BucketName: logs, {selectors}}}}}
"
    )
}

#[track_caller]
fn check_trail(selectors: &str, expect: &str) {
    check(&trail(selectors), "Bucket", "data-event-trails", expect);
}

#[test]
fn basic_selectors_name_prefixes_of_objects() {
    let values = |values: &str| {
        format!("EventSelectors: [{{DataResources: [{{Type: 'AWS::S3::Object', Values: {values}}}]}}]")
    };
    check_trail(&values("['arn:aws:s3']"), "[@Trail]");
    check_trail(&values("['arn:aws:s3:::']"), "[@Trail]");
    check_trail(&values("[!Sub '${Bucket.Arn}/']"), "[@Trail]");
    check_trail(&values("[!Sub '${Other.Arn}/']"), "[]");
    check_trail(&values("[!Sub '${Bucket.Arn}/logs/']"), "[]");
    check_trail("EventSelectors: [{ReadWriteType: All}]", "[]");
    check_trail("IncludeGlobalServiceEvents: true", "[]");
}

#[test]
fn advanced_selectors_name_fields() {
    let fields = |more: &str| {
        format!(
            "AdvancedEventSelectors: [{{FieldSelectors: [{{Field: eventCategory, Equals: [Data]}}, {{Field: resources.type, Equals: ['AWS::S3::Object']}}{more}]}}]"
        )
    };
    check_trail(&fields(""), "[@Trail]");
    check_trail(&fields(", {Field: resources.ARN, StartsWith: [!Sub '${Bucket.Arn}/']}"), "[@Trail]");
    check_trail(&fields(", {Field: resources.ARN, StartsWith: [!Sub '${Other.Arn}/']}"), "[]");
    check_trail(&fields(", {Field: resources.ARN, NotStartsWith: [!Sub '${Bucket.Arn}/']}"), "[]");
    check_trail(&fields("").replace("Data]", "Management]"), "[]");
}
