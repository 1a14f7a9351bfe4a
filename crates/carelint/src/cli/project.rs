//! From arguments to sources and options: the scan root, the configuration, the inputs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carelint::config::{self, Config, ConfigError};
use carelint::{Inputs, Options};
use language::ir::{Catalogue, Pillar};
use smol_str::SmolStr;
use source::{Limits, Sources};

use super::UsageError;
use super::args::InputArgs;

/// A scan that is set up.
pub(crate) struct Project {
    pub(crate) sources: Sources,
    pub(crate) paths: Vec<PathBuf>,
    pub(crate) options: Options,
    pub(crate) config: Config,
    /// Path and text of the configuration, for messages; empty where there is none.
    pub(crate) config_file: (String, String),
}

/// Names and patterns of rules to take and to leave.
#[derive(Default)]
pub(crate) struct Choice<'a> {
    pub(crate) select: &'a [String],
    pub(crate) ignore: &'a [String],
    pub(crate) pillars: &'a [String],
}

/// Sets up a scan.
pub(crate) fn open(input: &InputArgs, choice: &Choice<'_>) -> Result<Project, UsageError> {
    if let Some(threads) = input.threads {
        // Fails only if the pool exists already, which then serves as well.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
    let here = std::env::current_dir()
        .map_err(|error| UsageError::Argument(format!("the current folder cannot be told: {error}")))?;
    let paths = match input.paths.as_slice() {
        [] => vec![here.clone()],
        paths => paths.iter().map(|path| here.join(path)).collect(),
    };
    let common = common_folder(&paths);
    let config_path =
        input.values.config.as_ref().map(|path| here.join(path)).or_else(|| nearest_config(&common));
    let root = scan_root(&common, config_path.as_deref());
    let (config, config_file) = read_config(config_path.as_deref(), &here)?;
    let catalogue = catalogue_of(&config, &root)?;
    let sources = Sources::new(&root, Limits::default())
        .map_err(|error| UsageError::Argument(format!("the scan root cannot be read: {error}")))?;
    let options = options(input, choice, &config, &config_file, catalogue, &root, &paths, &here)?;
    Ok(Project { sources, paths, options, config, config_file })
}

#[expect(clippy::too_many_arguments, reason = "everything that decides a scan meets here once")]
fn options(
    input: &InputArgs,
    choice: &Choice<'_>,
    config: &Config,
    file: &(String, String),
    catalogue: &'static Catalogue,
    root: &Path,
    paths: &[PathBuf],
    here: &Path,
) -> Result<Options, UsageError> {
    let mut options = Options { catalogue, ..Options::default() };
    let covers_root = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path == root);
    options.scope.complete = input.complete || config.complete || paths.iter().any(covers_root);
    options.scope.external_baseline = config.external_baseline;
    let globs = |paths: &[String]| paths.iter().map(SmolStr::from).collect();
    options.scope.accounts =
        config.accounts.iter().map(|account| (SmolStr::from(&account.name), globs(&account.paths))).collect();
    options.rules.params = config.params(&file.0, &file.1, catalogue)?;
    options.rules.selected = selected(choice, config, file, catalogue)?;
    options.inputs = inputs(input, config, root, here)?;
    Ok(options)
}

/// The nearest folder that holds all paths.
fn common_folder(paths: &[PathBuf]) -> PathBuf {
    let folder_of = |path: &PathBuf| match path.canonicalize() {
        Ok(path) if path.is_file() => path.parent().map(Path::to_path_buf).unwrap_or(path),
        Ok(path) => path,
        Err(_) => path.parent().map(Path::to_path_buf).unwrap_or_default(),
    };
    let mut folders = paths.iter().map(folder_of);
    let first = folders.next().unwrap_or_default();
    folders.fold(first, |common, folder| {
        common
            .ancestors()
            .find(|ancestor| folder.starts_with(ancestor))
            .map(Path::to_path_buf)
            .unwrap_or_default()
    })
}

/// The nearest `carelint.toml` in the folder or above it, not above the root of the repository.
fn nearest_config(folder: &Path) -> Option<PathBuf> {
    for ancestor in folder.ancestors() {
        let candidate = ancestor.join("carelint.toml");
        if candidate.is_file() {
            return Some(candidate);
        }
        if ancestor.join(".git").exists() {
            return None;
        }
    }
    None
}

/// The root of the project: the repository that holds the folder, else the folder of the configuration, else the
/// folder itself. Nothing outside it is read.
fn scan_root(folder: &Path, config: Option<&Path>) -> PathBuf {
    let repository = folder.ancestors().find(|ancestor| ancestor.join(".git").exists());
    let configured = config.and_then(Path::parent).filter(|parent| folder.starts_with(parent));
    configured.or(repository).unwrap_or(folder).to_path_buf()
}

#[expect(clippy::disallowed_methods, reason = "the configuration is read at the edge")]
fn read_config(path: Option<&Path>, here: &Path) -> Result<(Config, (String, String)), UsageError> {
    let Some(path) = path else { return Ok(<(Config, (String, String))>::default()) };
    let shown = path.strip_prefix(here).unwrap_or(path).display().to_string();
    let text = std::fs::read_to_string(path)
        .map_err(|error| UsageError::Argument(format!("{shown} cannot be read: {error}")))?;
    Ok((Config::parse(&shown, &text)?, (shown, text)))
}

/// The built-in catalogue, extended by the project's own rules.
#[expect(clippy::disallowed_methods, reason = "the project's rules are read at the edge")]
pub(crate) fn catalogue_of(config: &Config, root: &Path) -> Result<&'static Catalogue, UsageError> {
    if config.rule_folders.is_empty() {
        return Ok(&catalogue::CATALOGUE);
    }
    let mut files: Vec<(String, String)> = Vec::new();
    for folder in &config.rule_folders {
        for path in yaml_files(&root.join(folder)) {
            let text = std::fs::read_to_string(&path).map_err(|error| {
                UsageError::Argument(format!("{} cannot be read: {error}", path.display()))
            })?;
            files.push((path.strip_prefix(root).unwrap_or(&path).display().to_string(), text));
        }
    }
    extended(&files)
}

/// The built-in catalogue, extended by some files of rules and models.
pub(crate) fn extended(files: &[(String, String)]) -> Result<&'static Catalogue, UsageError> {
    let sources: Vec<language::RuleSource<'_>> =
        files.iter().map(|(path, text)| language::RuleSource { path, text }).collect();
    language::extend(&catalogue::CATALOGUE, &sources).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        UsageError::Argument(lines.join("\nerror: "))
    })
}

/// All YAML files below a folder (or the file itself), sorted.
pub(crate) fn yaml_files(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_path_buf()];
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().filter_map(Result::ok) {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The ids of the rules to evaluate; none for all.
fn selected(
    choice: &Choice<'_>,
    config: &Config,
    file: &(String, String),
    catalogue: &'static Catalogue,
) -> Result<Option<Vec<SmolStr>>, UsageError> {
    let mut taken: BTreeSet<&'static str> = BTreeSet::new();
    let mut left: BTreeSet<&'static str> = BTreeSet::new();
    let configured = |patterns: &[toml::Spanned<String>], into: &mut BTreeSet<&'static str>| {
        for pattern in patterns {
            let rules = config::rules_named(catalogue, pattern.get_ref())
                .map_err(|message| config::error_at(&file.0, &file.1, pattern.span().start, message))?;
            into.extend(rules.iter().map(|rule| rule.id));
        }
        Ok::<(), ConfigError>(())
    };
    let named = |patterns: &[String], into: &mut BTreeSet<&'static str>| {
        for pattern in patterns {
            let rules = config::rules_named(catalogue, pattern).map_err(UsageError::Argument)?;
            into.extend(rules.iter().map(|rule| rule.id));
        }
        Ok::<(), UsageError>(())
    };
    match choice.select {
        [] => configured(&config.select, &mut taken)?,
        patterns => named(patterns, &mut taken)?,
    }
    configured(&config.ignore, &mut left)?;
    named(choice.ignore, &mut left)?;
    let pillars: Vec<Pillar> =
        choice.pillars.iter().map(|name| pillar_named(name)).collect::<Result<_, _>>()?;
    if taken.is_empty() && left.is_empty() && pillars.is_empty() {
        return Ok(None);
    }
    let wanted = catalogue.rules.iter().filter(|rule| {
        (taken.is_empty() || taken.contains(rule.id))
            && !left.contains(rule.id)
            && (pillars.is_empty() || pillars.contains(&rule.pillar))
    });
    Ok(Some(wanted.map(|rule| SmolStr::new_static(rule.id)).collect()))
}

fn pillar_named(name: &str) -> Result<Pillar, UsageError> {
    Pillar::ALL.into_iter().find(|pillar| pillar.id() == name).ok_or_else(|| {
        let names: Vec<&str> = Pillar::ALL.into_iter().map(Pillar::id).collect();
        UsageError::Argument(format!("there is no pillar \"{name}\"; there are {}", names.join(", ")))
    })
}

fn inputs(input: &InputArgs, config: &Config, root: &Path, here: &Path) -> Result<Inputs, UsageError> {
    let mut inputs = Inputs {
        workspace: input.values.workspace.clone(),
        region: input.values.region.clone().or_else(|| config.region.clone()),
        module_folders: config.modules.clone(),
        plans: config.plans.clone(),
        var_files: config.var_files.clone(),
        parameters: config.parameters.clone().into_iter().collect(),
        ..Inputs::default()
    };
    for pair in &input.values.vars {
        let (name, value) = pair.split_once('=').ok_or_else(|| {
            UsageError::Argument(format!(
                "--var {pair}: write NAME=VALUE, for example --var region=us-east-1"
            ))
        })?;
        inputs.vars.push((name.to_owned(), value.to_owned()));
    }
    for path in &input.values.var_files {
        let absolute = here
            .join(path)
            .canonicalize()
            .map_err(|error| UsageError::Argument(format!("--var-file {}: {error}", path.display())))?;
        let relative = absolute.strip_prefix(root).map_err(|_| {
            UsageError::Argument(format!("--var-file {} lies outside {}", path.display(), root.display()))
        })?;
        inputs.var_files.push(relative.display().to_string());
    }
    for argument in &input.values.parameters {
        inputs.parameters.extend(parameters(argument, here)?);
    }
    Ok(inputs)
}

/// `NAME=VALUE`, or a file in one of the three forms that AWS's tools take.
#[expect(clippy::disallowed_methods, reason = "a file that the command line names is read at the edge")]
fn parameters(argument: &str, here: &Path) -> Result<Vec<(String, String)>, UsageError> {
    let path = here.join(argument);
    if !path.is_file() {
        return match argument.split_once('=') {
            Some((name, value)) => Ok(vec![(name.to_owned(), value.to_owned())]),
            None => Err(UsageError::Argument(format!(
                "--parameters {argument}: there is no such file; write NAME=VALUE or the path of a JSON file"
            ))),
        };
    }
    let wrong = |why: String| UsageError::Argument(format!("--parameters {argument}: {why}"));
    let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let plain = |value: &serde_json::Value| match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Array(items) => {
            items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    };
    match &json {
        serde_json::Value::Array(items) => Ok(items
            .iter()
            .filter_map(|item| {
                Some((item.get("ParameterKey")?.as_str()?.to_owned(), plain(item.get("ParameterValue")?)))
            })
            .collect()),
        serde_json::Value::Object(map) => {
            let map = map.get("Parameters").and_then(serde_json::Value::as_object).unwrap_or(map);
            Ok(map.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
        }
        _ => Err(wrong("it is neither a list of ParameterKey and ParameterValue nor a map".to_owned())),
    }
}
