//! Folders of tests, the program, and its answers in short.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// A folder of its own for a test, with these files: a project, whatever repository it lies in.
pub(crate) fn project(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scans").join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).expect("a folder of the test");
    write(&path, &[("carelint.toml", "")]);
    write(&path, files);
    path
}

pub(crate) fn write(folder: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Output {
    run_with(folder, arguments, &[])
}

pub(crate) fn run_with(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_carelint"));
    command.current_dir(folder).args(arguments).env_clear().envs(environment.iter().copied());
    command.output().expect("the program runs")
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The JSON report of a check.
pub(crate) fn report(folder: &Path, arguments: &[&str]) -> Value {
    let output = run(folder, &[&["check", "--format", "json"], arguments].concat());
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)))
}

pub(crate) fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

pub(crate) fn rows<'v>(report: &'v Value, key: &str) -> impl Iterator<Item = &'v Value> {
    report[key].as_array().expect("rows").iter()
}

/// Each result as `status address [environments] file:line`.
pub(crate) fn results(report: &Value) -> Vec<String> {
    let one = |row: &Value| {
        let address = row["resource"]["address"].as_str().unwrap_or("account");
        let environments: Vec<&str> =
            row["environments"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let environments =
            if environments.is_empty() { String::new() } else { format!(" [{}]", environments.join(" ")) };
        let place = match row["location"]["file"].as_str() {
            Some(file) => format!(" {file}:{}", row["location"]["line"]),
            None => String::new(),
        };
        format!("{} {address}{environments}{place}", text(row, "status"))
    };
    rows(report, "results").map(one).collect()
}

/// Each problem as `severity code file:line`.
pub(crate) fn problems(report: &Value) -> Vec<String> {
    let one = |row: &Value| {
        let place = match (text(row, "file"), row["line"].as_u64()) {
            ("", _) => String::new(),
            (file, Some(0) | None) => format!(" {file}"),
            (file, Some(line)) => format!(" {file}:{line}"),
        };
        format!("{} {}{place}", text(row, "severity"), text(row, "code"))
    };
    rows(report, "problems").map(one).collect()
}
