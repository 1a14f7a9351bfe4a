//! The clinic of `fixtures/cdk-stages`: an application of the CDK with two stages, and its twins. One `verdicts.txt`
//! holds for the assembly, for the templates and for the configuration; what the CDK makes for its own work is marked.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot set up its world says so and stops"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// What is scanned in each language.
const LANGUAGES: [&str; 3] = ["terraform", "cloudformation", "cdk"];

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cdk-stages")
}

fn report(folder: &str) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carelint"));
    command.current_dir(fixture()).args(["check", folder, "--format", "json"]).env_clear();
    let output = command.output().expect("the program runs");
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn rows<'v>(report: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    report[key].as_array().expect("rows").iter()
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

/// The stages that a result is of: environments of the twins, the first part of the stack in the CDK.
fn stages(row: &Value) -> Vec<String> {
    let stack = text(&row["resource"], "stack");
    match stack.split_once('/') {
        Some((stage, _)) => vec![stage.to_lowercase()],
        None => {
            let environments = row["environments"].as_array().into_iter().flatten();
            environments.filter_map(Value::as_str).map(str::to_owned).collect()
        }
    }
}

/// A name that is the same in every language: the construct path below the stack, letters and digits alone.
fn name(resource: &Value) -> String {
    let (stack, path) = (text(resource, "stack"), text(resource, "construct_path"));
    let own = match path.strip_prefix(stack).filter(|_| !stack.is_empty()) {
        Some(below) => below.split('/').filter(|part| *part != "Resource").collect::<String>(),
        None if !text(resource, "logical_id").is_empty() => text(resource, "logical_id").to_owned(),
        None => {
            let address = text(resource, "address");
            let (_, own) = address.split_once('.').expect("a type and a label");
            own.split('[').next().unwrap_or_default().to_owned()
        }
    };
    own.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// Stage, rule, kind and name of each judged result with its status; of several elements the worst. Helpers of the CDK
/// and custom resources have no twins.
fn verdicts(folder: &str) -> BTreeMap<String, String> {
    let report = report(folder);
    let errors: Vec<_> = rows(&report, "problems").filter(|row| text(row, "severity") == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let mut verdicts = BTreeMap::new();
    for row in rows(&report, "results") {
        let (status, resource) = (text(row, "status"), &row["resource"]);
        let alone = text(resource, "owner") == "cdk" || text(resource, "type").starts_with("Custom::");
        if status == "not_applicable" || resource.is_null() || alone {
            continue;
        }
        let kind = resource["kind"].as_str().unwrap_or("-");
        for stage in stages(row) {
            let line = format!("{stage} {} {kind} {}", text(row, "rule"), name(resource));
            let known = verdicts.entry(line).or_insert_with(|| status.to_owned());
            if status == "fail" {
                *known = status.to_owned();
            }
        }
    }
    verdicts
}

fn expected() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(fixture().join("verdicts.txt")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.rsplit_once(' '))
        .map(|(line, status)| (line.into(), status.into()))
        .collect()
}

#[track_caller]
fn holds(folder: &str) {
    let (found, expected) = (verdicts(folder), expected());
    assert!(expected.len() > 100, "verdicts.txt says too little");
    let mut wrong = Vec::new();
    for (line, status) in &expected {
        let found = found.get(line).map_or("nothing", String::as_str);
        if found != status {
            wrong.push(format!("{line}: {status} expected, {found} found"));
        }
    }
    let passes = ["pass", "suppressed"];
    for (line, status) in found.iter().filter(|(line, _)| !expected.contains_key(*line)) {
        if !passes.contains(&status.as_str()) {
            wrong.push(format!("{line}: {status} found, nothing expected"));
        }
    }
    assert!(wrong.is_empty(), "{folder}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_verdicts_hold_in_terraform() {
    holds("terraform");
}

#[test]
fn the_verdicts_hold_in_cloudformation() {
    holds("cloudformation");
}

#[test]
fn the_verdicts_hold_in_the_cdk() {
    holds("cdk");
}

#[test]
fn verdicts_are_written_on_demand() {
    if std::env::var_os("UPDATE_VERDICTS").is_none() {
        return;
    }
    let found: Vec<_> = LANGUAGES.iter().map(|folder| verdicts(folder)).collect();
    let agreed =
        |(line, status): &(&String, &String)| found.iter().all(|other| other.get(*line) == Some(*status));
    let lines =
        found.iter().take(1).flatten().filter(agreed).map(|(line, status)| format!("{line} {status}\n"));
    let head = "# Stage, rule, kind, name (letters and digits, in lower case) and verdict. Every language is held to every line,\n\
                # and nothing fails or is unknown in a language that no line names. UPDATE_VERDICTS=1 writes what all agree on.\n";
    let text = std::iter::once(head.to_owned()).chain(lines).collect::<String>();
    std::fs::write(fixture().join("verdicts.txt"), text).expect("verdicts.txt can be written");
}

#[test]
fn every_result_of_the_assembly_names_its_construct_its_stack_and_its_owner() {
    let report = report("cdk");
    let mut owners = BTreeSet::new();
    let mut lines = BTreeSet::new();
    for resource in
        rows(&report, "results").map(|row| &row["resource"]).filter(|resource| !resource.is_null())
    {
        let (path, stack) = (text(resource, "construct_path"), text(resource, "stack"));
        assert!(path.starts_with(stack) && stack.contains('/'), "{resource:#}");
        owners.insert(format!("{} {}", text(resource, "owner"), path.split('/').nth(2).unwrap_or_default()));
        let line = text(resource, "source").split(':').next().unwrap_or_default();
        lines.insert(line.to_owned());
    }
    let own = ["Network", "Pages", "Records", "RecordsKey", "Visits", "Web", "Messaging"];
    let helpers = [
        "AWS679f53fac002430cb0da5b7982bd2287",
        "CDKMetadata",
        "Custom::CDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C",
        "Custom::S3AutoDeleteObjectsCustomResourceProvider",
        "Custom::VpcRestrictDefaultSGCustomResourceProvider",
    ];
    let named = own.map(|id| format!("app {id}")).into_iter().chain(helpers.map(|id| format!("cdk {id}")));
    for owner in named {
        assert!(owners.contains(&owner), "{owner}: {owners:#?}");
    }
    let files = ["data", "messaging", "site"].map(|name| format!("cdk/lib/{name}.ts"));
    for file in files {
        assert!(lines.contains(&file), "{file}: {lines:#?}");
    }
}
