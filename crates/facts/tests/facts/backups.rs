//! Backup coverage of every kind that AWS Backup protects, in both languages.

use crate::support::{ask, node, show};

/// Shows the plans of the selections that cover a resource; with ` far` where copies go to another Region.
#[track_caller]
fn check(text: &str, name: &str, expect: &str) {
    let shown = ask(text, |facts| {
        let backups = facts.of_node("backups", node(facts, name));
        let list = backups.as_list().expect("a list");
        let one = |item: &value::Item| {
            let far = match item.value.get("other_region").as_bool() {
                Some(true) => " far",
                Some(false) => "",
                None => " far?",
            };
            let plan = show(&item.value.get("plan"));
            let doubt = if item.presence.is_certain() { "" } else { " perhaps" };
            format!("{plan}{far}{doubt}")
        };
        let mut all: Vec<String> = list.items.iter().map(one).collect();
        all.extend(list.open.as_ref().map(|_| "…".to_owned()));
        all.join(", ")
    });
    assert_eq!(shown, expect, "{name}");
}

const STORES: &str = r#"
variable "pattern" { type = string }
variable "team" { type = string }

resource "aws_dynamodb_table" "visits" {
  name = "visits"
  tags = { backup = "daily", team = var.team }
}
resource "aws_ebs_volume" "disk" {
  availability_zone = "us-east-1a"
  size              = 10
  tags              = { backup = "daily" }
}
resource "aws_instance" "machine" { tags = { backup = "weekly" } }
resource "aws_volume_attachment" "disk" {
  device_name = "/dev/sdf"
  volume_id   = aws_ebs_volume.disk.id
  instance_id = aws_instance.machine.id
}
resource "aws_efs_file_system" "files" {}
resource "aws_fsx_windows_file_system" "share" {
  subnet_ids          = ["subnet-1"]
  throughput_capacity = 8
}
resource "aws_db_instance" "db" {
  identifier     = "records"
  instance_class = "db.t3.micro"
}
resource "aws_rds_cluster" "aurora" {
  cluster_identifier = "aurora"
  engine             = "aurora-postgresql"
}
resource "aws_docdb_cluster" "documents" { cluster_identifier = "documents" }
resource "aws_neptune_cluster" "graph" { cluster_identifier = "graph" }
resource "aws_s3_bucket" "records" { bucket = "records" }
resource "aws_redshift_cluster" "marts" {
  cluster_identifier = "marts"
  node_type          = "ra3.large"
}
resource "aws_backup_plan" "p" {
  name = "p"
  rule {
    rule_name         = "r"
    target_vault_name = "v"
  }
}
"#;

const ALL: [&str; 10] = [
    "aws_dynamodb_table.visits",
    "aws_ebs_volume.disk",
    "aws_efs_file_system.files",
    "aws_fsx_windows_file_system.share",
    "aws_db_instance.db",
    "aws_rds_cluster.aurora",
    "aws_docdb_cluster.documents",
    "aws_neptune_cluster.graph",
    "aws_s3_bucket.records",
    "aws_redshift_cluster.marts",
];

fn selection(body: &str) -> String {
    format!(
        "{STORES}\nresource \"aws_backup_selection\" \"s\" {{\n  name = \"s\"\n  plan_id = aws_backup_plan.p.id\n  iam_role_arn = \"r\"\n{body}\n}}\n"
    )
}

/// Which of all stores a selection covers; `?` after those that it may cover.
#[track_caller]
fn check_all(body: &str, expect: &str) {
    check_stores(&selection(body), expect);
}

#[track_caller]
fn check_stores(text: &str, expect: &str) {
    let shown = ask(text, |facts| {
        let one = |name: &&str| {
            let backups = facts.of_node("backups", node(facts, name));
            let list = backups.as_list().expect("a list");
            let short = name.rsplit('.').next().unwrap_or_default();
            let item = list.items.first()?;
            Some(if item.presence.is_certain() { short.to_owned() } else { format!("{short}?") })
        };
        ALL.iter().filter_map(one).collect::<Vec<_>>().join(" ")
    });
    assert_eq!(shown, expect);
}

const EVERYTHING: &str = "visits disk files share db aurora documents graph records marts";

#[test]
fn everything_and_nothing() {
    check_all("resources = [\"*\"]", EVERYTHING);
    check_all("resources = []", "");
    check_all("resources = [\"arn:aws:ec2:*:*:instance/i-1\"]", "");
}

#[test]
fn services_by_wildcard() {
    check_all("resources = [\"arn:aws:dynamodb:*:*:table/*\"]", "visits");
    check_all("resources = [\"arn:aws:ec2:*:*:volume/*\"]", "disk");
    check_all("resources = [\"arn:aws:elasticfilesystem:*:*:file-system/*\"]", "files");
    check_all("resources = [\"arn:aws:fsx:*\"]", "share");
    check_all("resources = [\"arn:aws:rds:*:*:db:*\"]", "db");
    check_all("resources = [\"arn:aws:rds:*:*:cluster:*\"]", "aurora documents graph");
    check_all("resources = [\"arn:aws:s3:::rec*\"]", "records");
    check_all("resources = [\"arn:*:redshift:*:*:cluster:ma?ts\"]", "marts");
}

#[test]
fn single_resources_by_reference_and_literal() {
    check_all("resources = [aws_ebs_volume.disk.arn, aws_efs_file_system.files.arn]", "disk files");
    check_all("resources = [aws_s3_bucket.records.arn]", "records");
    check_all("resources = [\"arn:aws:dynamodb:us-east-1:111122223333:table/visits\"]", "visits?");
    check_all("resources = [\"arn:aws:ec2:us-east-1:111122223333:volume/vol-1\"]", "");
    check_all("resources = [\"arn:aws:dynamodb:us-east-1:111122223333:table/others\"]", "");
}

#[test]
fn machines_hold_their_volumes() {
    check_all("resources = [aws_instance.machine.arn]", "disk");
    check_all(
        "selection_tag {\n  type = \"STRINGEQUALS\"\n  key = \"backup\"\n  value = \"weekly\"\n}",
        "disk",
    );
}

#[test]
fn tags_are_alternatives_and_conditions_hold_together() {
    let tag = |key: &str, value: &str| {
        format!("selection_tag {{\n  type = \"STRINGEQUALS\"\n  key = \"{key}\"\n  value = {value}\n}}\n")
    };
    check_all(&tag("backup", "\"daily\""), "visits disk");
    check_all(&format!("{}{}", tag("backup", "\"daily\""), tag("x", "\"y\"")), "visits disk");
    check_all(&tag("backup", "\"Daily\""), "");
    check_all(&tag("team", "\"claims\""), "visits?");
    check_all(&tag("backup", "var.pattern"), "visits? disk?");
    let condition = |inner: &str| format!("resources = [\"*\"]\ncondition {{\n{inner}\n}}");
    let equals = |operator: &str, value: &str| {
        format!("{operator} {{\n  key = \"aws:ResourceTag/backup\"\n  value = \"{value}\"\n}}\n")
    };
    check_all(&condition(&equals("string_equals", "daily")), "visits disk");
    check_all(&condition(&equals("string_like", "da*")), "visits disk");
    check_all(&condition(&equals("string_like", "*")), "visits disk");
    check_all(
        &condition(&equals("string_not_equals", "daily")),
        "disk files share db aurora documents graph records marts",
    );
    check_all(
        &condition(&format!("{}{}", equals("string_equals", "daily"), equals("string_not_like", "d*"))),
        "",
    );
}

#[test]
fn what_is_excluded_is_not_covered() {
    check_all("resources = [\"*\"]\nnot_resources = [\"arn:aws:rds:*:*:cluster:*\"]", {
        "visits disk files share db records marts"
    });
    check_all("resources = [\"*\"]\nnot_resources = [aws_dynamodb_table.visits.arn, var.pattern]", {
        "disk? files? share? db? aurora? documents? graph? records? marts?"
    });
}

#[test]
fn what_is_not_known_is_in_doubt() {
    check_all("resources = [var.pattern]", {
        "visits? disk? files? share? db? aurora? documents? graph? records? marts?"
    });
    check_all("resources = [\"arn:aws:rds:*:*:db:${var.pattern}\"]", "db?");
    check_all("resources = [\"arn:aws:rds:*:*:db:${var.pattern}\", \"arn:aws:rds:*:*:db:rec*\"]", "db");
}

#[test]
fn settings_of_the_region_switch_kinds_off() {
    let settings = |of: &str| {
        format!(
            "resource \"aws_backup_region_settings\" \"r\" {{\n  resource_type_opt_in_preference = {{ {of} }}\n}}\n"
        )
    };
    let off = |of: &str, resources: &str, expect: &str| {
        check_stores(&format!("{}{}", selection(resources), settings(of)), expect);
    };
    let all = "resources = [\"*\"]";
    off("\"DynamoDB\" = false", all, "disk files share db aurora documents graph records marts");
    off("\"DynamoDB\" = true", all, EVERYTHING);
    off("\"RDS\" = false", all, "visits disk files share aurora documents graph records marts");
    // What names the service asks for it, save for three that must be switched on.
    off("\"DynamoDB\" = false", "resources = [\"arn:aws:dynamodb:*:*:table/*\"]", "visits");
    off("\"Aurora\" = false", "resources = [\"arn:aws:rds:*\"]", "db documents graph");
    off("\"S3\" = var.pattern", all, "visits disk files share db aurora documents graph records? marts");
}

#[test]
fn several_selections_and_plans_are_all_given() {
    let more = r#"
resource "aws_backup_plan" "q" {
  name = "q"
  rule {
    rule_name         = "r"
    target_vault_name = "v"
  }
}
resource "aws_backup_selection" "t" {
  name         = "t"
  plan_id      = aws_backup_plan.q.id
  iam_role_arn = "r"
  resources    = ["arn:aws:s3:::*"]
}
"#;
    let text = format!("{}{more}", selection("resources = [\"*\"]"));
    check(&text, "aws_s3_bucket.records", "@aws_backup_plan.p, @aws_backup_plan.q");
    check(&text, "aws_db_instance.db", "@aws_backup_plan.p");
}

#[test]
fn a_backup_policy_of_the_organisation_leaves_it_open() {
    let policy = "resource \"aws_organizations_policy\" \"b\" {\n  name = \"b\"\n  type = \"BACKUP_POLICY\"\n  content = \"{}\"\n}\n";
    check(&format!("{STORES}{policy}"), "aws_s3_bucket.records", "…");
    check(STORES, "aws_s3_bucket.records", "");
}

fn copying(vault: &str) -> String {
    let copy =
        format!("    target_vault_name = \"v\"\n    copy_action {{ destination_vault_arn = {vault} }}");
    let vaults = r#"
provider "aws" { region = "us-east-1" }
provider "aws" {
  alias  = "west"
  region = "us-west-2"
}
resource "aws_backup_vault" "here" { name = "here" }
resource "aws_backup_vault" "west" {
  provider = aws.west
  name     = "west"
}
"#;
    let text = selection("resources = [\"*\"]").replace("    target_vault_name = \"v\"", &copy);
    format!("{text}{vaults}")
}

#[test]
fn copies_go_to_another_region_or_not() {
    let far = |vault: &str, expect: &str| {
        check(&copying(vault), "aws_db_instance.db", expect);
    };
    far("aws_backup_vault.west.arn", "@aws_backup_plan.p far");
    far("aws_backup_vault.here.arn", "@aws_backup_plan.p");
    far("\"arn:aws:backup:eu-west-1:111122223333:backup-vault:v\"", "@aws_backup_plan.p far");
    far("\"arn:aws:backup:us-east-1:111122223333:backup-vault:v\"", "@aws_backup_plan.p");
    far("var.pattern", "@aws_backup_plan.p far?");
    far("\"arn:aws:backup:${var.pattern}:111122223333:backup-vault:v\"", "@aws_backup_plan.p far?");
}

#[test]
fn policies_of_the_data_lifecycle_manager_cover_by_tag() {
    let policy = |more: &str, tags: &str| {
        format!(
            "{STORES}\nresource \"aws_dlm_lifecycle_policy\" \"d\" {{\n  description = \"d\"\n  execution_role_arn = \"r\"\n{more}\n  policy_details {{\n    {tags}\n  }}\n}}\n"
        )
    };
    let covers = |text: String, expect: &str| {
        crate::support::check(&text, "aws_ebs_volume.disk", "snapshot-policies", expect);
    };
    covers(
        policy("", "resource_types = [\"VOLUME\"]\n target_tags = { backup = \"daily\" }"),
        "[@aws_dlm_lifecycle_policy.d]",
    );
    covers(
        policy("", "resource_types = [\"INSTANCE\"]\n target_tags = { backup = \"weekly\" }"),
        "[@aws_dlm_lifecycle_policy.d]",
    );
    covers(policy("", "resource_types = [\"VOLUME\"]\n target_tags = { backup = \"weekly\" }"), "[]");
    covers(
        policy(
            "state = \"DISABLED\"",
            "resource_types = [\"VOLUME\"]\n target_tags = { backup = \"daily\" }",
        ),
        "[]",
    );
    covers(
        policy("", "resource_types = [\"VOLUME\"]\n target_tags = { backup = var.team }"),
        "[@aws_dlm_lifecycle_policy.d if whether aws_dlm_lifecycle_policy.d takes snapshots of \
         aws_ebs_volume.disk (variable \"team\" has no value)]",
    );
    let template = "
Resources:
  Disk: {Type: 'AWS::EC2::Volume', Properties: {AvailabilityZone: a, VolumeType: gp3, Tags: [{Key: a, Value: b}]}}
  Daily: {Type: 'AWS::DLM::LifecyclePolicy', Properties: {DefaultPolicy: VOLUME, State: ENABLED, Exclusions: {EXCLUDED}}}
";
    let default = |excluded: &str, expect: &str| {
        let text = template.replace("{EXCLUDED}", excluded);
        crate::support::check(&text, "Disk", "snapshot-policies", expect);
    };
    default("{ExcludeBootVolumes: true}", "[@Daily]");
    default("{ExcludeVolumeTypes: [gp3]}", "[]");
    default("{ExcludeTags: [{Key: a, Value: b}]}", "[]");
    default("{ExcludeTags: [{Key: a, Value: c}]}", "[@Daily]");
}

#[test]
fn selections_of_templates_cover_all_kinds() {
    let text = |selection: &str| {
        format!(
            "
Parameters:
  Arn: {{Type: String}}
Resources:
  Files: {{Type: 'AWS::EFS::FileSystem', Properties: {{FileSystemTags: [{{Key: backup, Value: daily}}]}}}}
  Disk: {{Type: 'AWS::EC2::Volume', Properties: {{AvailabilityZone: a}}}}
  Plan: {{Type: 'AWS::Backup::BackupPlan', Properties: {{BackupPlan: {{BackupPlanName: p, BackupPlanRule: [{{RuleName: r, TargetBackupVault: v}}]}}}}}}
  Selection: {{Type: 'AWS::Backup::BackupSelection', Properties: {{BackupPlanId: !Ref Plan, BackupSelection: {{SelectionName: s, IamRoleArn: r, {selection}}}}}}}
"
        )
    };
    let covers = |selection: &str, name: &str, expect: &str| check(&text(selection), name, expect);
    covers("Resources: [!GetAtt Files.Arn]", "Files", "@Plan");
    covers("Resources: [!GetAtt Files.Arn]", "Disk", "");
    covers(
        "Resources: [!Sub 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:volume/${Disk}']",
        "Disk",
        "@Plan",
    );
    covers("Resources: ['arn:aws:elasticfilesystem:*:*:file-system/*']", "Files", "@Plan");
    covers(
        "Resources: ['arn:aws:ec2:*:*:volume/*'], NotResources: [!Sub 'arn:${AWS::Partition}:ec2:${AWS::Region}:${AWS::AccountId}:volume/${Disk}']",
        "Disk",
        "",
    );
    covers(
        "Conditions: {StringEquals: [{ConditionKey: 'aws:ResourceTag/backup', ConditionValue: daily}]}",
        "Files",
        "@Plan",
    );
    covers(
        "ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: daily}]",
        "Files",
        "@Plan",
    );
    covers(
        "ListOfTags: [{ConditionType: STRINGEQUALS, ConditionKey: backup, ConditionValue: daily}]",
        "Disk",
        "",
    );
    covers("Resources: [!Ref Arn]", "Disk", "@Plan perhaps");
    covers("Resources: !Ref AWS::NoValue", "Disk", "");
}

#[test]
fn what_backs_up_a_volume_outside_the_scan_is_not_known() {
    let attachment = r#"
variable "volume" { type = string }
resource "aws_volume_attachment" "data" {
  device_name = "/dev/sdf"
  volume_id   = var.volume
  instance_id = "i-0a1b2c3d4e5f60718"
}
"#;
    check(attachment, "aws_volume_attachment.data", "…");
}
