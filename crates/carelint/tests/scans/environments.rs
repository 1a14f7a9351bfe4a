//! `[[environment]]`, variables from outside, workspaces.

use std::path::Path;

use crate::support::{problems, project, report, results, rows, run, run_with, stdout, text, write};

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

const GROUP: &str = "variable \"days\" {\n  default = 400\n}\nresource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = var.days\n}\n";

const TWO: &str = "[[environment]]\nname = \"dev\"\nroot = \"live\"\nvar_files = [\"dev.tfvars\"]\n\n[[environment]]\nname = \"prod\"\nroot = [\"live\"]\nvars = {days = 400}\n";

#[track_caller]
fn check(name: &str, files: &[(&str, &str)], arguments: &[&str], expect: &[&str]) -> std::path::PathBuf {
    let folder = project(name, files);
    let found = report(&folder, &[&RULE, arguments].concat());
    assert_eq!(results(&found), expect, "{:?}", problems(&found));
    folder
}

#[test]
fn verdicts_that_differ_name_their_environment() {
    let files = [("live/main.tf", GROUP), ("live/dev.tfvars", "days = 0\n"), ("carelint.toml", TWO)];
    let expect = [
        "pass aws_cloudwatch_log_group.a [prod] live/main.tf:4",
        "fail aws_cloudwatch_log_group.a [dev] live/main.tf:5",
    ];
    let folder = check("differ", &files, &[], &expect);
    let found = report(&folder, &RULE);
    assert_eq!(found["environments"], serde_json::json!(["dev", "prod"]));
    assert_eq!(found["coverage"]["resources"], 1, "a resource counts once");
    assert_eq!(found["coverage"]["decided"], 1);
    let fingerprints: Vec<&str> = rows(&found, "results").map(|row| text(row, "fingerprint")).collect();
    assert_eq!(
        fingerprints,
        [
            "cloudwatch-log-retention|live|aws_cloudwatch_log_group.a||prod",
            "cloudwatch-log-retention|live|aws_cloudwatch_log_group.a||dev"
        ]
    );
    for format in ["terminal", "sarif", "markdown", "html"] {
        let shown = stdout(&run(&folder, &[&["check", "--format", format][..], &RULE].concat()));
        assert!(shown.contains("environment dev"), "{format}: {shown}");
    }
    let place = ["explain", "cloudwatch-log-retention", "live/main.tf:4"];
    let explained = stdout(&run(&folder, &place));
    assert!(
        explained.contains("in environment dev") && explained.contains("in environment prod"),
        "{explained}"
    );
}

#[test]
fn equal_verdicts_are_one_result() {
    let files = [("live/main.tf", GROUP), ("live/dev.tfvars", "days = 365\n"), ("carelint.toml", TWO)];
    let expect = ["pass aws_cloudwatch_log_group.a [dev prod] live/main.tf:4"];
    let folder = check("equal", &files, &[], &expect);
    let found = report(&folder, &RULE);
    assert_eq!(
        text(&found["results"][0], "fingerprint"),
        "cloudwatch-log-retention|live|aws_cloudwatch_log_group.a|"
    );
    let shown = stdout(&run(&folder, &[&["check", "--show", "all"][..], &RULE].concat()));
    assert!(!shown.contains("a, environment"), "{shown}");
}

#[test]
fn what_is_there_in_one_environment_only_names_it() {
    let counted = "variable \"n\" {}\nresource \"aws_cloudwatch_log_group\" \"a\" {\n  count = var.n\n  retention_in_days = 0\n}\n";
    let sets = "[[environment]]\nname = \"dev\"\nroot = \"*\"\nvars = {n = 0}\n\n[[environment]]\nname = \"prod\"\nroot = \"*\"\nvars = {n = 1}\n";
    let files = [("live/main.tf", counted), ("carelint.toml", sets)];
    check("only-one", &files, &[], &["fail aws_cloudwatch_log_group.a[0] [prod] live/main.tf:4"]);
}

#[test]
fn other_roots_are_judged_once() {
    let files = [
        ("live/main.tf", GROUP),
        ("live/dev.tfvars", "days = 365\n"),
        ("other/main.tf", "resource \"aws_cloudwatch_log_group\" \"b\" {\n  retention_in_days = 0\n}\n"),
        ("carelint.toml", TWO),
    ];
    let expect = [
        "pass aws_cloudwatch_log_group.a [dev prod] live/main.tf:4",
        "fail aws_cloudwatch_log_group.b other/main.tf:2",
    ];
    let folder = check("others", &files, &[], &expect);
    assert_eq!(report(&folder, &RULE)["coverage"]["resources"], 2);
}

#[test]
fn the_command_line_wins_over_environments() {
    let files = [("live/main.tf", GROUP), ("live/dev.tfvars", "days = 0\n"), ("carelint.toml", TWO)];
    check(
        "wins",
        &files,
        &["--var", "days=545"],
        &["pass aws_cloudwatch_log_group.a [dev prod] live/main.tf:4"],
    );
    let files = [&files[..], &[("x.tfvars", "days = 0\n")]].concat();
    let expect = [
        "pass aws_cloudwatch_log_group.a [prod] live/main.tf:4",
        "fail aws_cloudwatch_log_group.a [dev] live/main.tf:5",
    ];
    check("wins-file", &files, &["--var-file", "x.tfvars"], &expect);
}

#[test]
fn a_workspace_is_part_of_an_environment() {
    let main = "resource \"aws_cloudwatch_log_group\" \"a\" {\n  retention_in_days = terraform.workspace == \"prod\" ? 400 : 0\n}\n";
    let sets = "[[environment]]\nname = \"p\"\nworkspace = \"prod\"\n\n[[environment]]\nname = \"d\"\nworkspace = \"dev\"\n";
    let expect =
        ["fail aws_cloudwatch_log_group.a [d] main.tf:2", "pass aws_cloudwatch_log_group.a [p] main.tf:1"];
    let found = report(&project("workspaces", &[("main.tf", main), ("carelint.toml", sets)]), &RULE);
    let mut found = results(&found);
    found.sort();
    assert_eq!(found, expect);
    let folder = project("workspace", &[("main.tf", main)]);
    let status = |arguments: &[&str]| results(&report(&folder, &[&RULE, arguments].concat())).remove(0);
    assert!(status(&[]).starts_with("unknown"), "{}", status(&[]));
    assert!(status(&["--workspace", "prod"]).starts_with("pass"));
    assert!(status(&["--workspace", "dev"]).starts_with("fail"));
}

#[test]
fn wrong_environments_are_told() {
    let sets = "[[environment]]\nname = \"dev\"\nroot = \"liev\"\n\n[[environment]]\nname = \"prod\"\nroot = \"live\"\nvar_files = [\"gone.tfvars\"]\nvars = {dyas = 1}\n";
    let folder = project("wrong", &[("live/main.tf", GROUP), ("carelint.toml", sets)]);
    let found = report(&folder, &RULE);
    let messages: Vec<&str> = rows(&found, "problems").map(|row| text(row, "message")).collect();
    let has = |part: &str| messages.iter().any(|message| message.contains(part));
    assert!(has("environment \"dev\": no root lies in liev"), "{messages:?}");
    assert!(has("environment \"prod\": gone.tfvars is neither in live nor"), "{messages:?}");
    assert!(has("environment \"prod\": no root module declares variable \"dyas\""), "{messages:?}");
    write(&folder, &[("carelint.toml", "[[environment]]\nname = \"\"\n")]);
    assert_eq!(run(&folder, &["check"]).status.code(), Some(2));
}

#[test]
fn variables_of_the_process_are_read_only_if_that_is_asked_for() {
    let folder = project("tf-var", &[("main.tf", GROUP)]);
    let status = |arguments: &[&str]| {
        let arguments = [&["check", "--format", "json"], &RULE[..], arguments].concat();
        let output = run_with(&folder, &arguments, &[("TF_VAR_days", "0"), ("TF_VAR_other", "x")]);
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(problems(&found), Vec::<String>::new());
        text(&found["results"][0], "status").to_owned()
    };
    assert_eq!(status(&[]), "pass");
    assert_eq!(status(&["--tf-var-env"]), "fail");
}

#[test]
fn files_of_variables_that_nothing_names_are_noted() {
    let files = [("live/main.tf", GROUP), ("live/env/dev.tfvars", ""), ("live/env/prod.tfvars", "")];
    let folder = project("noted", &files);
    let found = report(&folder, &RULE);
    assert_eq!(problems(&found), ["note terraform-variables-not-used live"]);
    assert_eq!(
        text(&found["problems"][0], "message"),
        "live: 2 files of variables are not used: env/dev.tfvars, env/prod.tfvars"
    );
    let shown = stdout(&run(&folder, &["check"]));
    assert!(shown.contains("1 note on the input (listed by --show all)"), "{shown}");
    let named =
        |path: &Path| problems(&report(path, &[&RULE[..], &["--var-file", "live/env/dev.tfvars"]].concat()));
    assert_eq!(named(&folder), Vec::<String>::new());
}
