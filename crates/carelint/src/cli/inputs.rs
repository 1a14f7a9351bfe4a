//! The inputs of roots, from arguments, configuration and, if that is asked for, the process's environment. Invariant:
//! every path is relative to the scan root and lies in it.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use carelint::{Environment, Inputs, NamedFiles, ParameterSource};
use carelint::{config, parameters};
use toml::Spanned;

use super::UsageError;
use super::args::InputArgs;
use super::project::Setting;

/// What Terraform variables are called in the process's environment.
const PREFIX: &str = "TF_VAR_";

/// Collects the inputs.
pub(super) fn inputs(input: &InputArgs, setting: &Setting<'_>) -> Result<Inputs, UsageError> {
    let config = setting.config;
    let mut inputs = Inputs {
        workspace: input.values.workspace.clone(),
        region: input.values.region.clone().or_else(|| config.region.clone()),
        module_folders: module_folders(setting)?,
        plans: plans(setting)?,
        source: source(input, setting)?,
        environments: environments(setting)?,
        parameters: config.parameters.to_sources(""),
        env_vars: if input.values.tf_var_env { env_vars() } else { Vec::new() },
        named_files: if setting.in_project { NamedFiles::OfProject } else { NamedFiles::OfFolder },
        ..Inputs::default()
    };
    for path in &config.var_files {
        inputs.var_files.push(inside(setting, path)?);
    }
    for pair in &input.values.vars {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            UsageError::Argument(format!(
                "--var {pair}: write NAME=VALUE, for example --var region=us-east-1"
            ))
        })?;
        inputs.vars.push((name.to_owned(), value.to_owned()));
    }
    for path in &input.values.var_files {
        inputs.last_var_files.push(argument("--var-file", path, setting)?);
    }
    for text in &input.values.parameters {
        inputs.last_parameters.push(given_parameters(text, setting)?);
    }
    Ok(inputs)
}

/// Variables of the process's environment, sorted; what is no UTF-8 is none of Terraform's.
fn env_vars() -> Vec<(String, String)> {
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.to_str()?.strip_prefix(PREFIX)?.to_owned(), value.to_str()?.to_owned()))
    };
    let found: BTreeMap<String, String> = std::env::vars_os().filter_map(text).collect();
    found.into_iter().collect()
}

/// `[modules]`: each folder exists.
fn module_folders(setting: &Setting<'_>) -> Result<BTreeMap<String, String>, UsageError> {
    let mut folders = BTreeMap::new();
    for (source, folder) in &setting.config.modules {
        let path = inside(setting, folder)?;
        if !setting.root.join(&path).is_dir() {
            let message = format!("modules: there is no folder {} for \"{source}\"", folder.get_ref());
            return Err(wrong(setting, folder, message));
        }
        folders.insert(source.clone(), path);
    }
    Ok(folders)
}

/// `[plans]`.
fn plans(setting: &Setting<'_>) -> Result<BTreeMap<String, String>, UsageError> {
    let pairs = setting.config.plans.iter();
    pairs.map(|(plan, root)| Ok((inside(setting, plan)?, inside(setting, root)?))).collect()
}

fn environments(setting: &Setting<'_>) -> Result<Vec<Environment>, UsageError> {
    let mut environments = Vec::new();
    for entry in &setting.config.environments {
        let name = entry.name.get_ref();
        if name.trim().is_empty() || name.contains(['|', ',']) || name.chars().any(char::is_control) {
            let message = format!(
                "environment {name:?}: name it with letters, digits and dashes, for example \"prod\""
            );
            return Err(wrong(setting, &entry.name, message));
        }
        environments.push(entry.to_environment());
    }
    Ok(environments)
}

/// `--source`: a folder, for a plan that is named.
fn source(input: &InputArgs, setting: &Setting<'_>) -> Result<Option<String>, UsageError> {
    let Some(source) = &input.source else { return Ok(None) };
    let shown = source.display();
    if !setting.here.join(source).is_dir() {
        return Err(UsageError::Argument(format!("--source {shown}: there is no such folder")));
    }
    if !setting.paths.iter().any(|path| path.is_file()) {
        let message = format!(
            "--source {shown} is the source of a plan: name the plan, for example carelint check plan.json --source {shown}"
        );
        return Err(UsageError::Argument(message));
    }
    argument("--source", source, setting).map(Some)
}

/// A path of the command line, relative to the scan root.
fn argument(name: &str, path: &Path, setting: &Setting<'_>) -> Result<String, UsageError> {
    let wrong = |why: String| UsageError::Argument(format!("{name} {}: {why}", path.display()));
    let absolute = setting.here.join(path).canonicalize().map_err(|error| wrong(error.to_string()))?;
    let relative = absolute.strip_prefix(&setting.root);
    let relative = relative.map_err(|_| wrong(format!("lies outside {}", setting.root.display())))?;
    Ok(with_slashes(relative))
}

/// A path of the configuration, relative to the scan root; refused if it leads out of it, by name or through a link.
fn inside(setting: &Setting<'_>, path: &Spanned<String>) -> Result<String, UsageError> {
    let by_name = normal(&setting.folder.join(path.get_ref()));
    let real = by_name.canonicalize().unwrap_or_else(|_| by_name.clone());
    match by_name.strip_prefix(&setting.root) {
        Ok(relative) if real.starts_with(&setting.root) => Ok(with_slashes(relative)),
        _ => {
            let message = format!(
                "{} lies outside the project ({}), of which nothing else is read; copy it into the project, or put carelint.toml into a folder above both",
                path.get_ref(),
                setting.root.display()
            );
            Err(wrong(setting, path, message))
        }
    }
}

fn wrong(setting: &Setting<'_>, at: &Spanned<String>, message: String) -> UsageError {
    let (path, text) = setting.file;
    config::error_at(path, text, at.span().start, message).into()
}

/// A path with `.` and `..` resolved by name.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts
}

fn with_slashes(path: &Path) -> String {
    let parts = path.components().map(|part| part.as_os_str().to_string_lossy());
    parts.collect::<Vec<_>>().join("/")
}

/// `NAME=VALUE`, or a file of parameters, which may lie outside the scan root.
#[expect(clippy::disallowed_methods, reason = "a file that the command line names is read at the edge")]
fn given_parameters(argument: &str, setting: &Setting<'_>) -> Result<ParameterSource, UsageError> {
    let wrong = |why: String| UsageError::Argument(format!("--parameters {argument}: {why}"));
    let from = "--parameters".to_owned();
    let name = argument.strip_prefix("file://").unwrap_or(argument);
    let path = setting.here.join(name);
    if !path.is_file() {
        if !argument.contains('=') || name.len() < argument.len() {
            let why = "there is no such file; write NAME=VALUE or the path of a file of parameters";
            return Err(wrong(why.to_owned()));
        }
        let values = vec![parameters::argument(argument).map_err(wrong)?];
        return Ok(ParameterSource::Given { from, file: None, values });
    }
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let values = parameters::parse(name, &text, None).map_err(wrong)?;
    let real = path.canonicalize().ok();
    let file = real.and_then(|path| path.strip_prefix(&setting.root).ok().map(with_slashes));
    Ok(ParameterSource::Given { from, file, values })
}
