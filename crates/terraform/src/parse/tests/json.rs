//! Terraform's JSON syntax. What is doubtful was asked of Terraform 1.11.

use source::Sources;

use super::show::{Places, Show};
use crate::parse::{file, json_variables};

/// The tree of a file, and what is said about it.
#[track_caller]
fn check(text: &str, tree: &str, problems: &[&str]) {
    let sources = Sources::in_memory([("main.tf.json", text)]);
    let (body, found) = file(&sources, sources.loaded("main.tf.json").expect("it is loaded"));
    let found: Vec<&str> = found.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(found, problems, "{text}");
    assert_eq!(Show::body(&body, Places::No), tree, "{text}");
}

#[test]
fn blocks_are_objects_by_label() {
    check(
        r#"{"resource": {"a": {"b": {"x": 1}, "c": {"x": 2}}}, "locals": {"y": true}}"#,
        r#"resource["a", "b"] {x = 1; } resource["a", "c"] {x = 2; } locals[] {y = true; } "#,
        &[],
    );
}

#[test]
fn arrays_stand_for_several() {
    check(
        r#"{"resource": [{"a": [{"b": [{"x": 1}, {"x": 2}]}, {"c": {}}]}], "provider": {"p": [{"alias": "q"}]}}"#,
        r#"resource["a", "b"] {x = 1; } resource["a", "b"] {x = 2; } resource["a", "c"] {} provider["p"] {alias = "q"; } "#,
        &[],
    );
    check(r#"[{"locals": {"x": 1}}, {"locals": [{"y": 2}]}]"#, "locals[] {x = 1; } locals[] {y = 2; } ", &[]);
    check(
        r#"{"locals": [{"x": 1}, {"y": 2}], "output": null}"#,
        "locals[] {x = 1; } locals[] {y = 2; } ",
        &[],
    );
}

#[test]
fn comments_are_left_out() {
    let text = r#"{"//": 1, "resource": {"//": {}, "a": {"b": {"//": "x", "y": {"//": 0, "z": 1}}}}}"#;
    check(text, "resource[\"a\", \"b\"] {y = {\"z\" = 1}; } ", &[]);
    check(r#"{"locals": {"//": "x", "y": {"//": 0}}}"#, "locals[] {y = {\"//\" = 0}; } ", &[]);
}

#[test]
fn texts_are_templates_where_terraform_evaluates_them() {
    check(
        r#"{"locals": {"x": "${var.a}", "y": ["a-${b}"], "z": {"k${c}": "\\n"}}}"#,
        "locals[] {x = var.a; y = [`\"a-\", b`]; z = {`\"k\", c` = \"\\\\n\"}; } ",
        &[],
    );
    check(
        r#"{"variable": {"v": {"type": "list(string)", "default": "${x}", "description": "${"}}, "module": {"m": {"source": "./${x}", "a": "${x}"}}}"#,
        "variable[\"v\"] {type = list(string); default = \"${x}\"; description = \"${\"; } module[\"m\"] {source = \"./${x}\"; a = x; } ",
        &[],
    );
    check(
        r#"{"resource": {"a": {"b": {"x": "${", "y": 1, "count": "${count.index}"}}}}"#,
        "resource[\"a\", \"b\"] {x = BROKEN; y = 1; count := count.index; } ",
        &["the template cannot be read: the file ends where a value is expected"],
    );
}

#[test]
fn nested_blocks_that_are_known_are_blocks() {
    check(
        r#"{"resource": {"a": {"b": {"dynamic": {"x": {"for_each": "${c}", "content": {"y": "${x.value}"}}}, "lifecycle": {"precondition": [{"condition": true}]}, "x": [{"y": 1}]}}}}"#,
        r#"resource["a", "b"] {x = [{"y" = 1}]; dynamic["x"] {for_each = c; content[] {y = x.value; } } lifecycle[] {precondition[] {condition = true; } } } "#,
        &[],
    );
}

#[test]
fn what_is_no_block_is_told_and_the_rest_is_read() {
    check(
        r#"{"resource": {"a": 1, "c": {"b": "x", "d": {}}}, "locals": [1, {"x": 1}]}"#,
        r#"resource["c", "d"] {} locals[] {x = 1; } "#,
        &[
            "a value stands where an object or an array of objects is expected",
            "a value stands where an object or an array of objects is expected",
            "a value stands where an object or an array of objects is expected",
        ],
    );
    check(
        r#"{"locals": {"x": 1, "x": 2}}"#,
        "locals[] {x = 1; } ",
        &["argument `x` is set twice in this block"],
    );
    check("{\"a\": }", "", &["the file is no valid JSON: `}` stands where a value is expected"]);
}

#[test]
fn values_of_variables_stand_for_themselves() {
    let sources = Sources::in_memory([("a.tfvars.json", r#"{"x": "a ${b}", "//": 1, "y": ["${"]}"#)]);
    let (values, problems) = json_variables(&sources, sources.loaded("a.tfvars.json").expect("it is loaded"));
    let shown = Show::body(&crate::ast::Body { attributes: values, ..Default::default() }, Places::No);
    assert_eq!((shown.as_str(), problems.len()), ("x = \"a ${b}\"; y = [\"${\"]; ", 0));
}
