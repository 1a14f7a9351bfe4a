//! Plans: what they tell alone, and what they tell over the source. `plans/references` is a configuration with the plan
//! that Terraform 1.11.4 made of it with provider 5.100.0, without what carelint does not read.

use carelint_terraform::plan::{self, PlanFile};
use carelint_terraform::{Inputs, is_terraform, read};
use source::Sources;
use source::discovery::discover;
use value::How;
use value::declared::{Declared, Resource};

use crate::support::{evaluate, find, managed, show};

const MAIN: &str = include_str!("../plans/references/main.tf");
const KEYS: &str = include_str!("../plans/references/keys/main.tf");
const PLAN: &str = include_str!("../plans/references/plan.json");

/// Reads files given as `(path, text)`, with the plan at `p/plan.json` made from the folder `p`.
fn declared(files: &[(&str, &str)]) -> Declared {
    let sources = Sources::in_memory(files.iter().copied());
    let found = discover(&sources, &[".".into()]);
    let paths = found.candidates.into_iter().map(|candidate| candidate.path);
    let (mut terraform, others): (Vec<String>, Vec<String>) = paths.partition(|path| is_terraform(path));
    terraform.sort();
    let mut declared = read(&sources, &terraform, &Inputs::default());
    let plans = others.into_iter().filter(|path| path.ends_with(".json"));
    let plans: Vec<PlanFile> = plans.map(|path| PlanFile { path, root: None }).collect();
    plan::read(&sources, &plans, &mut declared, |_| Declared::default());
    declared
}

/// Checks an attribute of a resource of the plan alone.
#[track_caller]
fn alone(address: &str, attribute: &str, expected: &str) {
    attribute_of(&declared(&[("p/plan.json", PLAN)]), address, attribute, expected);
}

/// Checks an attribute of a resource of the plan with its source.
#[track_caller]
fn over(address: &str, attribute: &str, expected: &str) {
    let files = [("p/main.tf", MAIN), ("p/keys/main.tf", KEYS), ("p/plan.json", PLAN)];
    attribute_of(&declared(&files), address, attribute, expected);
}

#[track_caller]
fn attribute_of(declared: &Declared, address: &str, attribute: &str, expected: &str) {
    let mut value = find(declared, address).attributes.clone();
    for step in attribute.split('.') {
        value = value.get(step);
    }
    assert_eq!(show(&value), expected, "{:?}", declared.problems);
}

#[test]
fn a_reference_leads_to_the_resource() {
    alone("aws_s3_bucket_logging.logs", "bucket", "->aws_s3_bucket.logs.id");
    alone("aws_subnet.a", "vpc_id", "->aws_vpc.v.id");
}

#[test]
fn a_reference_leads_through_outputs_and_variables_of_modules() {
    alone("aws_s3_bucket_logging.logs", "target_bucket", "->module.keys.aws_s3_bucket.inner.id");
    alone("module.keys.aws_s3_bucket_versioning.outer", "bucket", "->aws_s3_bucket.logs.id");
}

#[test]
fn instances_refer_to_their_own() {
    let address = "aws_s3_bucket_public_access_block.many[\"2024\"]";
    alone(address, "bucket", "->aws_s3_bucket.many[\"2024\"].");
    alone("aws_s3_bucket_versioning.many[\"b\"]", "bucket", "->aws_s3_bucket.many[\"b\"].id");
}

#[test]
fn what_the_provider_computes_is_absent() {
    alone("aws_s3_bucket_logging.logs", "id", "absent");
    alone("aws_lambda_function.f", "tracing_config", "absent");
    alone("aws_s3_bucket_logging.logs", "target_grant", "absent");
    alone("aws_sqs_queue.queue", "kms_master_key_id", "absent");
}

#[test]
fn what_the_provider_fills_in_stands_and_is_a_default() {
    alone("aws_sqs_queue.queue", "message_retention_seconds", "345600");
    let declared = declared(&[("p/plan.json", PLAN)]);
    let queue = find(&declared, "aws_sqs_queue.queue");
    assert_eq!(queue.attributes.get("message_retention_seconds").origin.how, How::Default);
    assert_eq!(queue.attributes.get("name").origin.how, How::Literal);
}

#[test]
fn a_map_is_not_what_its_values_refer_to() {
    alone("aws_sqs_queue.queue", "tags", "?(it is known after the plan is applied (aws_kms_key.key.id))");
}

#[test]
fn several_references_are_not_told_apart() {
    alone(
        "aws_lambda_function.f",
        "vpc_config.subnet_ids",
        "?(it is known after the plan is applied (aws_subnet.a.id))",
    );
    alone("aws_lambda_function.f", "vpc_config.security_group_ids", "->aws_security_group.g.id");
}

#[test]
fn blocks_of_dynamic_have_what_the_plan_knows() {
    alone("aws_security_group.g", "egress.description", "?(it is known after the plan is applied)~");
    alone("aws_security_group.g", "egress.cidr_blocks", "[\"0.0.0.0/0\"]");
}

#[test]
fn a_policy_document_is_known_as_far_as_its_arguments_are() {
    let rest = "${?(the rest of the text is known after the plan is applied)}";
    let unknown = "?(it is known after the plan is applied (aws_s3_bucket.logs.arn))";
    alone(
        "aws_s3_bucket_policy.tls",
        "policy",
        &format!(
            "{{Version=\"2012-10-17\", Statement=[{{Sid=\"Base\", Effect=\"Allow\", Action=\"s3:ListBucket\", \
             Resource=`{rest}${{->aws_s3_bucket.logs.arn}}{rest}`}}, {{Sid=\"Tls\", Effect=\"Deny\", \
             Action=\"s3:*\", Resource=[{unknown}, {unknown}], Principal=\"*\", \
             Condition={{Bool={{aws:SecureTransport=\"false\"}}}}}}]}}"
        ),
    );
}

/// Where a password came from: the words of its steps, or what it is.
#[track_caller]
fn came(address: &str, expected: &str) {
    let declared = declared(&[("p/plan.json", PLAN)]);
    let password = find(&declared, address).attributes.get("password");
    assert!(password.sensitive);
    let steps: Vec<&str> = password.origin.steps().map(|step| step.kind.as_str()).collect();
    assert_eq!(format!("{} {}", show(&password), steps.join(", ")).trim(), expected);
}

#[test]
fn sensitive_values_are_not_loaded_but_tell_where_they_came_from() {
    came("aws_db_instance.a", "\"(sensitive)\" default of variable");
    came("aws_db_instance.b", "\"(sensitive)\" variable");
    came("aws_db_instance.c", "\"(sensitive)\"");
    let all = format!("{:?}", declared(&[("p/plan.json", PLAN)]).resources);
    assert!(!all.contains("hunter2"), "{all}");
}

#[test]
fn data_sources_are_resources_of_a_plan() {
    let declared = declared(&[("p/plan.json", PLAN)]);
    assert!(find(&declared, "data.aws_iam_policy_document.tls").attributes.get("id").is_absent());
}

#[test]
fn over_the_source_what_is_unknown_comes_from_it() {
    over("aws_s3_bucket_logging.logs", "bucket", "->aws_s3_bucket.logs.id");
    over("aws_lambda_function.f", "vpc_config.subnet_ids", "[->aws_subnet.a.id, ->aws_subnet.b.id]");
    over("aws_sqs_queue.queue", "tags", "{Key=->aws_kms_key.key.id, Name=\"q\"}");
    over("aws_sqs_queue.queue", "message_retention_seconds", "345600");
    over("aws_sqs_queue.queue", "redrive_policy", "absent");
}

#[test]
fn over_the_source_a_policy_keeps_its_structure() {
    let (_, source) = evaluate(&[("p/main.tf", MAIN), ("p/keys/main.tf", KEYS)]);
    let policy = show(&find(&source, "aws_s3_bucket_policy.tls").attributes.get("policy"));
    assert!(policy.contains("->aws_s3_bucket.logs.arn}/*"), "{policy}");
    over("aws_s3_bucket_policy.tls", "policy", &policy);
}

#[test]
fn over_the_source_blocks_keep_their_places() {
    let files = [("p/main.tf", MAIN), ("p/keys/main.tf", KEYS), ("p/plan.json", PLAN)];
    let sources = Sources::in_memory(files);
    let declared = declared(&files);
    for resource in &declared.resources {
        assert_ne!(sources.file(resource.place.file).path, "p/plan.json", "{}", resource.address);
    }
    let group = find(&declared, "aws_security_group.g");
    assert_eq!(show(&group.attributes.get("egress").get("description")), "->aws_s3_bucket.logs.arn");
}

/// A plan of changes and configured resources, each as JSON.
fn plan_of(changes: &[&str], blocks: &[&str]) -> String {
    format!(
        r#"{{"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {{}},
        "resource_changes": [{}], "configuration": {{"root_module": {{"resources": [{}]}}}}}}"#,
        changes.join(","),
        blocks.join(",")
    )
}

/// A change of `type.x`; `key` is its instance key as JSON, or empty.
fn change(type_name: &str, key: &str, actions: &str, after: &str, unknown: &str) -> String {
    let (brackets, index) = match key {
        "" => (String::new(), String::new()),
        key => (format!("[{}]", key.replace('"', "\\\"")), format!("\"index\": {key},")),
    };
    format!(
        r#"{{"address": "{type_name}.x{brackets}", "mode": "managed", "type": "{type_name}", "name": "x", {index}
        "change": {{"actions": [{actions}], "before": null, "after": {after}, "after_unknown": {unknown},
        "after_sensitive": {{}}}}}}"#
    )
}

fn block(type_name: &str, expressions: &str) -> String {
    format!(
        r#"{{"address": "{type_name}.x", "mode": "managed", "type": "{type_name}", "name": "x",
        "expressions": {expressions}}}"#
    )
}

/// Checks the one resource `type.x` of a plan over a source: its attributes.
#[track_caller]
fn merged(source: &str, after: &str, unknown: &str, expressions: &str, expected: &str) {
    let plan = plan_of(
        &[&change("aws_thing", "", "\"create\"", after, unknown)],
        &[&block("aws_thing", expressions)],
    );
    let declared = declared(&[("p/main.tf", source), ("p/plan.json", &plan)]);
    assert_eq!(show(&find(&declared, "aws_thing.x").attributes), expected, "{:?}", declared.problems);
}

#[test]
fn deleted_resources_are_left_out() {
    let actions = ["\"create\"", "\"delete\"", "\"delete\", \"create\"", "\"forget\"", "\"no-op\""];
    let changes: Vec<String> = actions
        .iter()
        .enumerate()
        .map(|(at, actions)| change("aws_thing", &at.to_string(), actions, "{}", "{}"))
        .collect();
    let changes: Vec<&str> = changes.iter().map(String::as_str).collect();
    let declared = declared(&[("plan.json", &plan_of(&changes, &[]))]);
    assert_eq!(managed(&declared), ["aws_thing.x[0]", "aws_thing.x[2]", "aws_thing.x[4]"]);
    let keys: Vec<String> =
        declared.resources.iter().filter_map(|resource| resource.instance.as_deref()).map(show).collect();
    assert_eq!(keys, ["0", "2", "4"]);
}

#[test]
fn known_planned_values_stand_over_the_source() {
    let source =
        "variable \"size\" {}\nresource \"aws_thing\" \"x\" {\n  size = var.size\n  name = \"x\"\n}\n";
    let expressions = r#"{"size": {"references": ["var.size"]}, "name": {"constant_value": "x"}}"#;
    merged(
        source,
        r#"{"size": 7, "name": "x", "filled": true}"#,
        "{}",
        expressions,
        "{size=7, name=\"x\", filled=true}",
    );
}

#[test]
fn a_planned_null_settles_what_the_source_leaves_open() {
    let source = "variable \"on\" { type = bool }\nresource \"aws_thing\" \"x\" {\n  key = var.on ? \"k\" : null\n  sure_wo = \"k\"\n}\n";
    let expressions = r#"{"key": {"references": ["var.on"]}, "sure_wo": {"constant_value": "k"}}"#;
    merged(source, r#"{"key": null, "sure_wo": null}"#, "{}", expressions, "{key=null, sure_wo=\"k\"}");
}

#[test]
fn a_plan_knows_how_many_blocks_there_are() {
    let source = "variable \"on\" { type = bool }\nresource \"aws_thing\" \"x\" {\n  dynamic \"rule\" {\n    for_each = var.on ? [1] : []\n    content { port = 22 }\n  }\n}\n";
    merged(source, r#"{"rule": []}"#, "{}", "{}", "{rule=[]}");
    merged(source, r#"{"rule": [{"port": 22, "more": null}]}"#, "{}", "{}", "{rule=[{port=22}]}");
}

#[test]
fn elements_of_a_set_are_found_in_another_order() {
    let source = "resource \"aws_other\" \"a\" {}\nresource \"aws_thing\" \"x\" {\n  rule {\n    port = 22\n    key  = aws_other.a.id\n  }\n  rule {\n    port = 443\n  }\n}\n";
    let after = r#"{"rule": [{"port": 443, "key": "", "fill": 1}, {"port": 22, "fill": 2}]}"#;
    let unknown = r#"{"rule": [{}, {"key": true}]}"#;
    let expressions = r#"{"rule": [{"port": {"constant_value": 22}, "key": {"references": ["aws_other.a.id", "aws_other.a"]}}, {"port": {"constant_value": 443}}]}"#;
    merged(
        source,
        after,
        unknown,
        expressions,
        "{rule=[{port=22, key=->aws_other.a.id, fill=2}, {port=443, key=\"\", fill=1}]}",
    );
}

#[test]
fn instances_that_the_source_cannot_name_come_from_the_plan() {
    let source = "variable \"names\" { type = set(string) }\nresource \"aws_thing\" \"x\" {\n  for_each = var.names\n  name = each.key\n}\nresource \"aws_gone\" \"x\" {}\n";
    let changes = ["a", "b"].map(|key| {
        let after = format!(r#"{{"name": "{key}"}}"#);
        change("aws_thing", &format!("\"{key}\""), "\"create\"", &after, "{}")
    });
    let expressions = r#"{"name": {"references": ["each.key"]}}"#;
    let plan = plan_of(&[&changes[0], &changes[1]], &[&block("aws_thing", expressions)]);
    let declared = declared(&[("p/main.tf", source), ("p/plan.json", &plan)]);
    assert_eq!(managed(&declared), ["aws_thing.x[\"a\"]", "aws_thing.x[\"b\"]"]);
    let thing: &Resource = find(&declared, "aws_thing.x[\"b\"]");
    assert_eq!(show(&thing.attributes), "{name=\"b\"}");
    assert_eq!(thing.instance.as_deref().map(show).as_deref(), Some("\"b\""));
    assert_eq!(thing.place, find(&declared, "aws_thing.x[\"a\"]").place);
}

#[test]
fn plans_are_told_from_states_and_other_files() {
    let check = |text: &str, expected: bool| assert_eq!(plan::is_plan(text), expected, "{text:.80}");
    check(PLAN, true);
    // OpenTofu, and a plan whose keys were sorted.
    check(
        r#"{"format_version":"1.2","terraform_version":"1.10.0","planned_values":{},"timestamp":"x"}"#,
        true,
    );
    let sorted = format!(
        r#"{{"configuration": {{"x": "{}"}}, "format_version": "1.2", "planned_values": {{}}, "terraform_version": "1"}}"#,
        "y".repeat(10_000)
    );
    check(&sorted, true);
    // A state as `terraform show -json` prints it, a state file, and schemas.
    check(r#"{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}"#, false);
    check(
        r#"{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "resources": []}"#,
        false,
    );
    check(r#"{"format_version":"1.0","provider_schemas":{}}"#, false);
    check("\"format_version\" \"terraform_version\" \"planned_values\"", false);
    check("", false);
}

#[test]
fn a_plan_of_failed_planning_says_so() {
    let plan = plan_of(&[], &[]).replacen('{', "{\"errored\": true, ", 1);
    let codes = |text: &str| -> Vec<&'static str> {
        declared(&[("plan.json", text)]).problems.iter().map(|problem| problem.code).collect()
    };
    assert_eq!(codes(&plan), ["plan-incomplete"]);
    assert_eq!(codes("{\"planned_values\": "), ["plan-syntax"]);
}

#[test]
fn hostile_plans_end() {
    let documents: Vec<String> = (0..40)
        .map(|at| {
            let next = (at + 1) % 40;
            format!(
                r#"{{"address": "data.aws_iam_policy_document.d{at}", "mode": "data", "type": "aws_iam_policy_document", "name": "d{at}",
                "expressions": {{"source_policy_documents": {{"references": ["data.aws_iam_policy_document.d{next}.json"]}},
                "override_policy_documents": {{"references": ["data.aws_iam_policy_document.d{next}.json"]}}}}}}"#
            )
        })
        .collect();
    let changes: Vec<String> = (0..40)
        .map(|at| {
            format!(
                r#"{{"address": "data.aws_iam_policy_document.d{at}", "mode": "data", "type": "aws_iam_policy_document", "name": "d{at}",
                "change": {{"actions": ["read"], "after": {{}}, "after_unknown": {{"source_policy_documents": true, "override_policy_documents": true}}}}}}"#
            )
        })
        .collect();
    let blocks: Vec<&str> = documents.iter().map(String::as_str).collect();
    let thing = block("aws_thing", r#"{"policy": {"references": ["data.aws_iam_policy_document.d0.json"]}}"#);
    let planned = change("aws_thing", "", "\"create\"", "{}", r#"{"policy": true}"#);
    let blocks: Vec<&str> = blocks.into_iter().chain([thing.as_str()]).collect();
    let changes: Vec<&str> = changes.iter().map(String::as_str).chain([planned.as_str()]).collect();
    let declared = declared(&[("plan.json", &plan_of(&changes, &blocks))]);
    assert!(find(&declared, "aws_thing.x").attributes.get("policy").as_map().is_some());
    for junk in [
        "{}",
        r#"{"resource_changes": 7, "configuration": []}"#,
        r#"{"resource_changes": [7, {}, {"address": []}]}"#,
    ] {
        assert!(self::declared(&[("plan.json", junk)]).resources.is_empty());
    }
}

#[test]
fn of_a_key_that_is_repeated_the_last_one_counts() {
    let change = r#"{"address": "a_b.c", "mode": "managed", "type": "a_b", "name": "c", "change": {"actions": ["create"],
        "after": {"x": 1, "x": 2}, "after_unknown": {"y": false, "y": true, "y": true}}}"#;
    let expressions = r#"{"root_module": {"resources": [{"address": "a_b.c", "mode": "managed", "type": "a_b", "name": "c",
        "expressions": {"y": {"references": ["d_e.f.g"]}}}]}}"#;
    let plan = format!(
        r#"{{"format_version": "1.2", "planned_values": {{}}, "terraform_version": "1", "resource_changes": [{change}], "configuration": {expressions}}}"#
    );
    let declared = declared(&[("p/plan.json", &plan)]);
    let found = show(&find(&declared, "a_b.c").attributes);
    assert_eq!(found, "{x=2, y=?(it is known after the plan is applied (d_e.f.g))}");
}
