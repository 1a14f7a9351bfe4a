//! Modules from elsewhere: mapped, or not opened and said so.

use crate::support::{problems, project, report, results, rows, run, stderr, stdout, text, write};

const CALL: &str = "module \"logs\" {\n  source = \"acme/logs/aws\"\n  days = 0\n}\nmodule \"more\" {\n  source = \"acme/logs/aws//modules/part\"\n  version = \"1.0\"\n}\n";

const MODULE: &str = "variable \"days\" {\n  default = 400\n}\nresource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = var.days\n}\n";

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

#[test]
fn a_mapped_source_is_evaluated_where_it_is_called() {
    let files = [
        ("live/main.tf", CALL),
        ("vendor/logs/main.tf", MODULE),
        ("vendor/logs/modules/part/main.tf", MODULE),
        ("carelint.toml", "[modules]\n\"acme/logs/aws\" = \"./vendor/logs\"\n"),
    ];
    let folder = project("mapped", &files);
    let expect = [
        "fail module.logs.aws_cloudwatch_log_group.a vendor/logs/main.tf:5",
        "pass module.more.aws_cloudwatch_log_group.a vendor/logs/modules/part/main.tf:4",
    ];
    let found = report(&folder, &RULE);
    assert_eq!(results(&found), expect, "{:?}", problems(&found));
    assert_eq!(found["coverage"]["opaque_modules"], serde_json::json!([]));
}

#[test]
fn a_mapping_out_of_the_project_is_refused() {
    let folder = project("outside", &[("main.tf", CALL)]);
    let refused = |configuration: &str, expect: &str| {
        write(&folder, &[("carelint.toml", configuration)]);
        let output = run(&folder, &["check"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(expect), "{}", stderr(&output));
    };
    refused(
        "[modules]\n\"acme/logs/aws\" = \"../other\"\n",
        "carelint.toml:2:19: ../other lies outside the project",
    );
    refused(
        "[modules]\n\"acme/logs/aws\" = \"vendor/gone\"\n",
        "carelint.toml:2:19: modules: there is no folder vendor/gone for \"acme/logs/aws\"",
    );
}

#[test]
fn modules_that_cannot_be_opened_are_counted_and_can_fail_the_run() {
    let files = [("main.tf", CALL), ("more/main.tf", "module \"x\" {\n  source = \"acme/logs/aws\"\n}\n")];
    let folder = project("opaque", &files);
    let found = report(&folder, &[]);
    assert_eq!(
        found["coverage"]["opaque_modules"],
        serde_json::json!(["acme/logs/aws", "acme/logs/aws//modules/part"])
    );
    let calls: Vec<(&str, u64, &str, u64)> = rows(&found["coverage"], "opaque_calls")
        .map(|row| {
            let number = |key: &str| row[key].as_u64().unwrap_or(0);
            (text(row, "source"), number("calls"), text(row, "file"), number("line"))
        })
        .collect();
    assert_eq!(calls, [("acme/logs/aws", 2, "main.tf", 1), ("acme/logs/aws//modules/part", 1, "main.tf", 5)]);
    let plain = run(&folder, &["check", "--fail-on", "never"]);
    assert_eq!(plain.status.code(), Some(0), "{}", stderr(&plain));
    let shown = stdout(&plain);
    assert!(shown.contains("2 modules not opened"), "{shown}");
    assert!(
        shown.contains("not opened, so not judged: acme/logs/aws (2 calls, the first at main.tf:1)"),
        "{shown}"
    );
    let gated = run(&folder, &["check", "--fail-on", "never", "--fail-on-opaque"]);
    assert_eq!(gated.status.code(), Some(3));
    assert!(stderr(&gated).contains("2 module(s) could not be opened"), "{}", stderr(&gated));
    write(&folder, &[("carelint.toml", "fail_on_opaque = true\nfail_on = \"never\"\n")]);
    assert_eq!(run(&folder, &["check"]).status.code(), Some(3));
}
