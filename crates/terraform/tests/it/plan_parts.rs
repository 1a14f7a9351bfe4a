//! The parts of a plan beside its changes: the version of its format, whether it is whole, providers, data sources that
//! planning has read, planned values alone; and states, which are no plans.

use carelint_terraform::plan::{self, PlanFile};
use source::Sources;
use value::declared::{Declared, Mode};

use crate::support::{find, managed, show};

/// Reads a plan alone.
fn read(plan: &str) -> Declared {
    let sources = Sources::in_memory([("plan.json", plan)]);
    let mut declared = Declared::default();
    let plans = [PlanFile { path: "plan.json".to_owned(), root: None }];
    plan::read(&sources, &plans, &mut declared, |_| Declared::default());
    declared
}

/// A plan with some members beside those that every plan has.
fn plan_with(version: &str, members: &str) -> String {
    format!(
        r#"{{"format_version": "{version}", "terraform_version": "1.11.4", "planned_values": {{}}{members}}}"#
    )
}

/// A change of `aws_thing.x`.
const CHANGE: &str = r#", "resource_changes": [{"address": "aws_thing.x", "mode": "managed", "type": "aws_thing", "name": "x",
    "change": {"actions": ["create"], "before": null, "after": {"size": 1}, "after_unknown": {}}}]"#;

/// Checks what is said of a plan, and which resources it has.
#[track_caller]
fn check(plan: &str, problems: &[&str], resources: &[&str]) {
    let declared = read(plan);
    let said: Vec<String> = declared
        .problems
        .iter()
        .map(|problem| format!("{}: {}", problem.severity.as_str(), problem.code))
        .collect();
    assert_eq!(said, problems);
    assert_eq!(managed(&declared), resources);
}

#[test]
fn versions_0_and_1_of_the_format_are_read() {
    for version in ["0.1", "0.2", "1.0", "1.1", "1.2"] {
        check(&plan_with(version, CHANGE), &[], &["aws_thing.x"]);
    }
}

#[test]
fn a_newer_minor_version_is_read_and_said() {
    check(&plan_with("1.9", CHANGE), &["note: plan-format-newer"], &["aws_thing.x"]);
}

#[test]
fn another_major_version_is_not_read() {
    check(&plan_with("2.0", CHANGE), &["error: plan-format"], &[]);
    check(&plan_with("beta", CHANGE), &["error: plan-format"], &[]);
}

#[test]
fn a_plan_that_is_not_whole_says_so() {
    let incomplete = format!("{CHANGE}, \"complete\": false, \"errored\": false");
    check(&plan_with("1.2", &incomplete), &["note: plan-incomplete"], &["aws_thing.x"]);
    let errored = format!("{CHANGE}, \"complete\": false, \"errored\": true");
    check(&plan_with("1.2", &errored), &["warning: plan-incomplete"], &["aws_thing.x"]);
}

#[test]
fn a_broken_part_leaves_the_others() {
    let broken = CHANGE.replace("\"size\": 1", "\"size\": 01");
    let whole = CHANGE.replace("aws_thing.x", "aws_thing.y");
    let both =
        broken.replace("}}]", &format!("}}}}, {}", whole.trim_start_matches(", \"resource_changes\": [")));
    check(&plan_with("1.2", &both), &["error: plan-syntax"], &["aws_thing.y"]);
}

#[test]
fn deposed_objects_are_left_out() {
    let deposed = CHANGE.replace("\"name\": \"x\",", "\"name\": \"x\", \"deposed\": \"ab12cd34\",");
    check(&plan_with("1.2", &deposed), &[], &[]);
    let forgotten = CHANGE.replace("[\"create\"]", "[\"forget\"]");
    check(&plan_with("1.2", &forgotten), &[], &[]);
    let replaced = CHANGE.replace("[\"create\"]", "[\"create\", \"delete\"]");
    check(&plan_with("1.2", &replaced), &[], &["aws_thing.x"]);
}

#[test]
fn planned_values_stand_in_for_changes() {
    let values = r#"{"root_module": {"resources": [{"address": "aws_thing.x", "mode": "managed", "type": "aws_thing",
        "name": "x", "values": {"size": 1}, "sensitive_values": {}}],
        "child_modules": [{"address": "module.a[\"k\"]", "resources": [{"address": "module.a[\"k\"].aws_thing.y[0]",
        "mode": "managed", "type": "aws_thing", "name": "y", "index": 0, "values": {"secret": "s"},
        "sensitive_values": {"secret": true}}]}]}}"#;
    let plan = plan_with("1.2", "").replace("{}", values);
    check(&plan, &[], &["aws_thing.x", "module.a[\"k\"].aws_thing.y[0]"]);
    let declared = read(&plan);
    let inner = find(&declared, "module.a[\"k\"].aws_thing.y[0]");
    assert_eq!(inner.instance.as_deref().map(show).as_deref(), Some("0"));
    assert!(!format!("{inner:?}").contains("\"s\""), "{inner:?}");
}

#[test]
fn data_sources_that_planning_has_read_are_there_with_their_values() {
    let prior = r#", "prior_state": {"values": {"root_module": {"resources": [
        {"address": "data.aws_thing.d", "mode": "data", "type": "aws_thing", "name": "d", "values": {"arn": "arn:x"}},
        {"address": "aws_thing.old", "mode": "managed", "type": "aws_thing", "name": "old", "values": {}}]}}}"#;
    let declared = read(&plan_with("1.2", prior));
    let data = find(&declared, "data.aws_thing.d");
    assert_eq!((data.mode, show(&data.attributes).as_str()), (Mode::Data, "{arn=\"arn:x\"}"));
    assert!(managed(&declared).is_empty());
}

/// Checks region and account of the root and of `aws_thing.x`, whose provider configuration is `key`.
#[track_caller]
fn provided(key: &str, configs: &str, expected: &str) {
    let members = format!(
        r#"{CHANGE}, "variables": {{"region": {{"value": "eu-west-1"}}, "all": {{"value": {{"copy": "eu-west-2"}}}}}},
        "configuration": {{"provider_config": {configs}, "root_module": {{"variables": {{"region": {{}}, "all": {{}}}},
        "resources": [{{"address": "aws_thing.x", "mode": "managed", "type": "aws_thing", "name": "x",
        "provider_config_key": "{key}", "expressions": {{}}}}]}}}}"#
    );
    let declared = read(&plan_with("1.2", &members));
    let root = declared.roots.first().expect("a root");
    let thing = find(&declared, "aws_thing.x");
    let of = |value: Option<&value::Value>| value.map_or("-".to_owned(), show);
    let tags = show(&thing.meta.get("default_tags"));
    let shown = [
        of(root.region.as_ref()),
        of(root.account.as_ref()),
        of(thing.region.as_deref()),
        of(thing.account.as_deref()),
        tags,
    ];
    assert_eq!(shown.join(" "), expected);
}

#[test]
fn a_region_is_a_constant_or_a_variable_of_the_root() {
    let constant = r#"{"aws": {"expressions": {"region": {"constant_value": "us-east-1"}}}}"#;
    provided("aws", constant, r#""us-east-1" - - - absent"#);
    let variable = r#"{"aws": {"expressions": {"region": {"references": ["var.region"]}}}}"#;
    provided("aws", variable, r#""eu-west-1" - - - absent"#);
    let part = r#"{"aws": {"expressions": {"region": {"references": ["var.all[\"copy\"]", "var.all"]}}}}"#;
    provided("aws", part, r#""eu-west-2" - - - absent"#);
    let json_syntax = r#"{"aws": {"expressions": {"region":
        {"constant_value": "${var.region}", "references": ["var.region"]}}}}"#;
    provided("aws", json_syntax, r#""eu-west-1" - - - absent"#);
    let local = r#"{"aws": {"expressions": {"region": {"references": ["local.region"]}}}}"#;
    provided("aws", local, "- - - - absent");
}

#[test]
fn a_resource_has_region_account_and_tags_of_its_own_provider() {
    let configs = r#"{"aws": {"expressions": {"region": {"constant_value": "us-east-1"},
        "allowed_account_ids": {"constant_value": ["111122223333"]}}},
        "aws.west": {"alias": "west", "expressions": {"region": {"constant_value": "us-west-2"},
        "assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::444455556666:role/deploy"}}],
        "default_tags": [{"tags": {"constant_value": {"Owner": "records"}}}]}}}"#;
    provided("aws", configs, r#""us-east-1" "111122223333" - - absent"#);
    provided(
        "aws.west",
        configs,
        r#""us-east-1" "111122223333" "us-west-2" "444455556666" {Owner="records"}"#,
    );
}

#[test]
fn states_are_recognised() {
    #[track_caller]
    fn check(text: &str, state: bool) {
        assert_eq!(plan::is_state(text), state, "{text}");
    }
    check(
        r#"{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}"#,
        true,
    );
    check(r#"{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}"#, true);
    check(&plan_with("1.2", CHANGE), false);
    check(r#"{"Resources": {}}"#, false);
    let sources = Sources::in_memory([("terraform.tfstate", "{}")]);
    assert_eq!(plan::state_problem(&sources, "terraform.tfstate").code, "terraform-state");
}
