//! From arguments to sources and options: the scan root, the configuration, the inputs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use carelint::Options;
use carelint::config::{self, Config, ConfigError};
use language::ir::{Catalogue, Pillar};
use smol_str::SmolStr;
use source::{Limits, Sources};
use toml::Spanned;
use triage::Foreign;

use super::UsageError;
use super::args::InputArgs;
use super::inputs::inputs;

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
    // The source of a plan is read with it, so the scan root holds both.
    let mut read = paths.clone();
    read.extend(input.source.iter().map(|source| here.join(source)));
    let common = common_folder(&read);
    let given = input.values.config.as_ref().map(|path| here.join(path));
    let config_path =
        given.map(|path| path.canonicalize().unwrap_or(path)).or_else(|| nearest_config(&common));
    let root = scan_root(&common, config_path.as_deref());
    let (config, config_file) = read_config(config_path.as_deref(), &here)?;
    let catalogue = catalogue_of(&config, &root)?;
    let sources = Sources::new(&root, Limits::default())
        .map_err(|error| UsageError::Argument(format!("the scan root cannot be read: {error}")))?;
    let setting = Setting {
        folder: config_path.as_deref().and_then(Path::parent).unwrap_or(&root).to_path_buf(),
        in_project: config_path.is_some() || root.join(".git").exists(),
        root,
        here,
        paths: &paths,
        config: &config,
        file: &config_file,
    };
    let options = options(input, choice, &setting, catalogue)?;
    Ok(Project { sources, paths, options, config, config_file })
}

/// Everything that decides a scan, beside the arguments.
pub(super) struct Setting<'a> {
    /// The scan root.
    pub(super) root: PathBuf,
    /// The current folder.
    pub(super) here: PathBuf,
    /// The folder that paths of the configuration are relative to.
    pub(super) folder: PathBuf,
    /// Whether the root is a project: it has a configuration, or is a repository.
    pub(super) in_project: bool,
    pub(super) paths: &'a [PathBuf],
    pub(super) config: &'a Config,
    /// Path and text of the configuration.
    pub(super) file: &'a (String, String),
}

fn options(
    input: &InputArgs,
    choice: &Choice<'_>,
    setting: &Setting<'_>,
    catalogue: &'static Catalogue,
) -> Result<Options, UsageError> {
    let Setting { config, file, .. } = *setting;
    let mut options = Options { catalogue, ..Options::default() };
    let covers_root = |path: &PathBuf| path.canonicalize().is_ok_and(|path| path == setting.root);
    options.scope.complete = input.complete || config.complete || setting.paths.iter().any(covers_root);
    options.scope.external_baseline = config.external_baseline;
    let globs = |paths: &[String]| paths.iter().map(SmolStr::from).collect();
    options.scope.accounts =
        config.accounts.iter().map(|account| (SmolStr::from(&account.name), globs(&account.paths))).collect();
    options.rules.params = config.params(&file.0, &file.1, catalogue)?;
    options.rules.selected = selected(choice, config, file, catalogue)?;
    options.rules.phi_only = ids(named(&config.phi.only, file, catalogue)?);
    options.rules.phi_raised = ids(named(&config.phi.raise, file, catalogue)?);
    let addresses = |texts: &[String]| texts.iter().map(SmolStr::from).collect();
    options.phi =
        facts::Phi { holds: addresses(&config.phi.holds), holds_none: addresses(&config.phi.holds_none) };
    options.suppressions_of = foreign(config, file)?;
    options.inputs = inputs(input, setting)?;
    Ok(options)
}

fn ids(known: impl IntoIterator<Item = &'static str>) -> Vec<SmolStr> {
    known.into_iter().map(SmolStr::new_static).collect()
}

/// The ids of the rules that patterns of the configuration name.
fn named(
    patterns: &[Spanned<String>],
    file: &(String, String),
    catalogue: &'static Catalogue,
) -> Result<Vec<&'static str>, ConfigError> {
    let mut ids = Vec::new();
    for pattern in patterns {
        let rules = config::rules_named(catalogue, pattern.get_ref())
            .map_err(|message| config::error_at(&file.0, &file.1, pattern.span().start, message))?;
        ids.extend(rules.iter().map(|rule| rule.id));
    }
    Ok(ids)
}

/// The other tools whose suppressions count.
fn foreign(config: &Config, file: &(String, String)) -> Result<Vec<Foreign>, UsageError> {
    let tool = |name: &Spanned<String>| {
        Foreign::named(name.get_ref()).ok_or_else(|| {
            let known: Vec<&str> = Foreign::names().collect();
            let message = format!(
                "suppressions of \"{}\" are not read; those of {} are",
                name.get_ref(),
                known.join(", ")
            );
            config::error_at(&file.0, &file.1, name.span().start, message).into()
        })
    };
    config.suppressions.from.iter().map(tool).collect()
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
    let of_command = |patterns: &[String], into: &mut BTreeSet<&'static str>| {
        for pattern in patterns {
            let rules = config::rules_named(catalogue, pattern).map_err(UsageError::Argument)?;
            into.extend(rules.iter().map(|rule| rule.id));
        }
        Ok::<(), UsageError>(())
    };
    match choice.select {
        [] => taken.extend(named(&config.select, file, catalogue)?),
        patterns => of_command(patterns, &mut taken)?,
    }
    left.extend(named(&config.ignore, file, catalogue)?);
    of_command(choice.ignore, &mut left)?;
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
    Ok(Some(ids(wanted.map(|rule| rule.id))))
}

fn pillar_named(name: &str) -> Result<Pillar, UsageError> {
    Pillar::ALL.into_iter().find(|pillar| pillar.id() == name).ok_or_else(|| {
        let names: Vec<&str> = Pillar::ALL.into_iter().map(Pillar::id).collect();
        UsageError::Argument(format!("there is no pillar \"{name}\"; there are {}", names.join(", ")))
    })
}
