//! Plans as Terraform makes them, two at a time, each in a copy of its case under `target/parity`. Which providers there
//! are is Terraform's own configuration (`TF_CLI_CONFIG_FILE`); nothing is asked of AWS: credentials are made up, and an
//! override file tells the provider to check none.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;

use super::case::{PLAN, about};
use super::trim::trim;
use crate::{Complaints, repository};

/// What the provider finds in its environment.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "mock"),
    ("AWS_SECRET_ACCESS_KEY", "mock"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_REGION", "us-east-1"),
];

/// What every provider configuration is told.
const PROVIDER: &str = "\
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
  skip_requesting_account_id  = true
";

/// Makes the plans of these cases.
pub(super) fn plans(folder: &str, names: &[String]) -> Complaints {
    let pool = match rayon::ThreadPoolBuilder::new().num_threads(2).build() {
        Ok(pool) => pool,
        Err(error) => return vec![error.to_string()],
    };
    let plan = |name: &String| plan(folder, name).err().map(|error| format!("{name}: {error}"));
    pool.install(|| names.par_iter().filter_map(plan).collect())
}

fn plan(folder: &str, name: &str) -> Result<(), String> {
    let about = about(folder, name)?;
    let from = repository::root().join(folder).join(name);
    let scratch = repository::root().join("target/parity").join(name);
    let copied = copy(&from, &scratch).map_err(|error| error.to_string());
    copied.and_then(|()| quiet_providers(&scratch))?;
    terraform(&scratch, &["init", "-backend=false", "-input=false", "-no-color"])?;
    if !about.workspace.is_empty() {
        terraform(&scratch, &["workspace", "new", &about.workspace])?;
    }
    let mut arguments: Vec<String> =
        ["plan", "-input=false", "-refresh=false", "-no-color", "-out=plan.bin"].map(str::to_owned).into();
    arguments.extend(about.state.iter().map(|state| format!("-state={state}")));
    // The later one wins, and carelint lets single values win over files.
    arguments.extend(about.var_files.iter().map(|file| format!("-var-file={file}")));
    arguments.extend(about.vars.iter().map(|(name, value)| format!("-var={name}={value}")));
    terraform(&scratch, &arguments.iter().map(String::as_str).collect::<Vec<_>>())?;
    let text = terraform(&scratch, &["show", "-json", "plan.bin"])?;
    let plan = serde_json::from_str(&text).map_err(|error| format!("the plan is no JSON: {error}"))?;
    repository::write(&format!("{folder}/{name}/{PLAN}"), &format!("{}\n", trim(plan)))?;
    fs::remove_dir_all(&scratch).map_err(|error| error.to_string())
}

fn terraform(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("terraform")
        .args(arguments)
        .current_dir(folder)
        .envs(ENVIRONMENT)
        .output()
        .map_err(|error| format!("terraform: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    Err(format!("terraform {}: {out}{error}", arguments.join(" ")))
}

/// A fresh copy of a folder.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    if to.exists() {
        fs::remove_dir_all(to)?;
    }
    let mut open: Vec<(PathBuf, PathBuf)> = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = open.pop() {
        fs::create_dir_all(&to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            let target = to.join(entry.file_name());
            if entry.path().is_dir() {
                open.push((entry.path(), target));
            } else if entry.file_name() != PLAN {
                fs::copy(entry.path(), target)?;
            }
        }
    }
    Ok(())
}

/// Writes the override file for the provider blocks of the root that are in native syntax.
fn quiet_providers(folder: &Path) -> Result<(), String> {
    let mut text = String::new();
    for name in fs::read_dir(folder).map_err(|error| error.to_string())?.flatten() {
        let path = name.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            text.push_str(&fs::read_to_string(&path).map_err(|error| error.to_string())?);
        }
    }
    let mut quiet = String::new();
    for block in text.split("provider \"aws\" {").skip(1) {
        let body = block.split("\n}").next().unwrap_or_default();
        let alias = body.lines().find(|line| line.trim_start().starts_with("alias")).unwrap_or_default();
        let _ = write!(quiet, "provider \"aws\" {{\n{alias}\n{PROVIDER}}}\n");
    }
    if quiet.is_empty() {
        return Ok(());
    }
    fs::write(folder.join("parity_override.tf"), quiet).map_err(|error| error.to_string())
}
