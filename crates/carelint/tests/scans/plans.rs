//! Plans with their source.

use crate::support::{project, report, results, run, stderr, stdout};

const MAIN: &str = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  name = \"a\"\n  retention_in_days = var.days\n}\nvariable \"days\" {}\nvariable \"token\" {\n  sensitive = true\n}\n";

const PLAN: &str = r#"{"format_version":"1.2","terraform_version":"1.11.4",
"variables":{"days":{"value":2},"token":{"value":"Hunter2-plan"}},
"planned_values":{"root_module":{"resources":[{"address":"aws_cloudwatch_log_group.a","mode":"managed","type":"aws_cloudwatch_log_group","name":"a","values":{"name":"Hunter2-name","retention_in_days":2},"sensitive_values":{"name":true}}]}},
"resource_changes":[{"address":"aws_cloudwatch_log_group.a","mode":"managed","type":"aws_cloudwatch_log_group","name":"a","change":{"actions":["create"],"before":null,"after":{"name":"Hunter2-name","retention_in_days":2},"after_unknown":{"arn":true,"id":true},"before_sensitive":false,"after_sensitive":{"name":true}}}],
"configuration":{"root_module":{"resources":[{"address":"aws_cloudwatch_log_group.a","mode":"managed","type":"aws_cloudwatch_log_group","name":"a","expressions":{"name":{"constant_value":"a"},"retention_in_days":{"references":["var.days"]}}}]}}}
"#;

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

#[test]
fn findings_of_a_plan_point_at_its_source() {
    let folder = project("plan", &[("live/main.tf", MAIN), ("out/plan.json", PLAN)]);
    let alone = results(&report(&folder, &[&["out/plan.json"], &RULE[..]].concat()));
    assert!(
        alone.len() == 1 && alone[0].starts_with("fail") && alone[0].contains("out/plan.json"),
        "{alone:?}"
    );
    let with_source = [&["out/plan.json", "--source", "live"], &RULE[..]].concat();
    let found = results(&report(&folder, &with_source));
    assert_eq!(found, ["fail aws_cloudwatch_log_group.a live/main.tf:3"]);
}

#[test]
fn suppressions_of_the_source_hold_for_its_plan() {
    let ignored = format!("# carelint: ignore[cloudwatch-log-retention] debug output\n{MAIN}");
    let folder = project("plan-ignored", &[("live/main.tf", &ignored), ("out/plan.json", PLAN)]);
    let with_source = [&["out/plan.json", "--source", "live"], &RULE[..]].concat();
    let found = report(&folder, &with_source);
    assert_eq!(results(&found), ["suppressed aws_cloudwatch_log_group.a live/main.tf:4"]);
    let mapped = "[plans]\n\"out/plan.json\" = \"live\"\n";
    crate::support::write(&folder, &[("carelint.toml", mapped)]);
    assert_eq!(results(&report(&folder, &RULE)), ["suppressed aws_cloudwatch_log_group.a live/main.tf:4"]);
}

#[test]
fn a_source_needs_a_plan_and_a_folder_inside_the_project() {
    let folder = project("plan-usage", &[("live/main.tf", MAIN), ("out/plan.json", PLAN)]);
    let refused = |arguments: &[&str], expect: &str| {
        let output = run(&folder, &[&["check"], arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(expect), "{}", stderr(&output));
    };
    refused(&["--source", "live"], "name the plan");
    refused(&["out/plan.json", "--source", "gone"], "there is no such folder");
}

#[test]
fn sensitive_values_of_a_plan_are_in_no_output() {
    let folder = project("plan-secret", &[("live/main.tf", MAIN), ("out/plan.json", PLAN)]);
    for source in [&[][..], &["--source", "live"]] {
        for format in ["terminal", "json", "sarif", "markdown", "html"] {
            let arguments =
                [&["check", "out/plan.json", "--format", format, "--show", "all"], source].concat();
            let shown = stdout(&run(&folder, &arguments));
            assert!(!shown.contains("Hunter2"), "{format}: {shown}");
        }
        let graph = run(&folder, &[&["graph", "out/plan.json"], source].concat());
        assert!(stdout(&graph).contains("\"$sensitive\""), "{}", stdout(&graph));
        assert!(!stdout(&graph).contains("Hunter2"));
    }
}
