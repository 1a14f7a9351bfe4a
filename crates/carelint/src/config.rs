//! `carelint.toml`: what a project says once, so that nobody has to say it on every command line.
//!
//! It is looked for in the folder of the scan and above, up to the root of the repository. The folder that holds it
//! is the project's root.

use std::collections::BTreeMap;

use language::ir::{Catalogue, Literal, Rule, Type};
use serde::Deserialize;
use smol_str::SmolStr;
use toml::Spanned;

use crate::options::{Environment, ParameterSource};

/// The configuration as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The scan covers its accounts, so what is absent is absent.
    #[serde(default)]
    pub complete: bool,
    /// A baseline outside the scan may meet account-level controls.
    #[serde(default)]
    pub external_baseline: bool,
    /// Only these rules (ids, or the beginning of ids with `*`).
    #[serde(default)]
    pub select: Vec<Spanned<String>>,
    /// Not these rules.
    #[serde(default)]
    pub ignore: Vec<Spanned<String>>,
    /// Mildest severity that makes the exit status 1; `never` for none.
    #[serde(default)]
    pub fail_on: Option<Spanned<String>>,
    /// Whether an unknown counts for `fail_on`: `report` (no) or `gate` (yes).
    #[serde(default)]
    pub unknown: Option<Spanned<String>>,
    /// Folders of the project's own rules.
    #[serde(default)]
    pub rule_folders: Vec<String>,
    /// Files of Terraform variables.
    #[serde(default)]
    pub var_files: Vec<Spanned<String>>,
    /// A module that cannot be opened makes the exit status 3.
    #[serde(default)]
    pub fail_on_opaque: bool,
    /// Region of stacks that do not say theirs.
    #[serde(default)]
    pub region: Option<String>,
    /// Parameters of rules: `[rules.s3-object-lock] days = 365`.
    #[serde(default)]
    pub rules: BTreeMap<Spanned<String>, BTreeMap<String, Spanned<toml::Value>>>,
    /// Parameters of templates.
    #[serde(default)]
    pub parameters: ParametersEntry,
    /// Sources of modules and the folders that hold them, relative to the folder of the configuration.
    #[serde(default)]
    pub modules: BTreeMap<String, Spanned<String>>,
    /// Plan files (`terraform show -json`) and the folders of the roots that they were made from, both relative to the
    /// folder of the configuration.
    #[serde(default)]
    pub plans: BTreeMap<Spanned<String>, Spanned<String>>,
    /// What of other tools counts.
    #[serde(default)]
    pub suppressions: SuppressionsEntry,
    /// What holds protected health information, and which rules mind it.
    #[serde(default)]
    pub phi: PhiEntry,
    /// Input sets of roots.
    #[serde(default, rename = "environment")]
    pub environments: Vec<EnvironmentEntry>,
    /// Accounts and the roots that deploy to them.
    #[serde(default, rename = "account")]
    pub accounts: Vec<AccountEntry>,
}

/// `[suppressions]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuppressionsEntry {
    /// Tools whose suppressions in the metadata of resources count: `cdk-nag`, `checkov`.
    #[serde(default)]
    pub from: Vec<Spanned<String>>,
}

/// `[phi]`: what holds protected health information, and which rules mind it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhiEntry {
    /// Addresses of resources that hold some; `*` stands for any text.
    #[serde(default)]
    pub holds: Vec<String>,
    /// Addresses of resources that hold none; they win.
    #[serde(default)]
    pub holds_none: Vec<String>,
    /// Rules (ids, or the beginning of ids with `*`) that are asked within the scope alone.
    #[serde(default)]
    pub only: Vec<Spanned<String>>,
    /// Rules whose failures within the scope are one step more severe.
    #[serde(default)]
    pub raise: Vec<Spanned<String>>,
}

/// `[[account]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountEntry {
    /// What reports call it.
    pub name: String,
    /// Globs of the folders of its roots, relative to the project root.
    pub paths: Vec<String>,
}

/// `[[environment]]`: an input set of roots, each of which is checked once for each of its sets.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvironmentEntry {
    /// What reports call it. Sets of one name belong together.
    pub name: Spanned<String>,
    /// Globs of the folders of its roots, or of templates, relative to the folder of the configuration; every root if
    /// there is none.
    #[serde(default, alias = "roots")]
    pub root: Option<OneOrMany>,
    /// Files of Terraform variables, looked for in the root's folder, then in that of the configuration.
    #[serde(default)]
    pub var_files: Vec<String>,
    /// Values of Terraform variables.
    #[serde(default)]
    pub vars: BTreeMap<String, toml::Value>,
    /// Name of the Terraform workspace.
    #[serde(default)]
    pub workspace: Option<String>,
    /// Parameters of templates.
    #[serde(default)]
    pub parameters: ParametersEntry,
}

/// Parameters of templates: a table of them, the path of a file, or a list of tables and files.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "write a table of parameters, the path of a file with them, or a list of these"
)]
pub enum ParametersEntry {
    /// One.
    One(ParametersPart),
    /// Several, of which later ones win.
    Many(Vec<ParametersPart>),
}

impl Default for ParametersEntry {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl ParametersEntry {
    /// The sources; `from` says where they are said.
    #[must_use]
    pub fn to_sources(&self, from: &str) -> Vec<ParameterSource> {
        let parts = match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        };
        let source = |part: &ParametersPart| match part {
            ParametersPart::File(path) => ParameterSource::File(path.trim_start_matches("./").to_owned()),
            ParametersPart::Table(table) => {
                ParameterSource::texts(from, table.iter().map(|(name, value)| (name.clone(), value.text())))
            }
        };
        parts.iter().map(source).collect()
    }
}

/// A file of parameters, or a table of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "write a table of parameters, the path of a file with them, or a list of these"
)]
pub enum ParametersPart {
    /// The path of a file.
    File(String),
    /// Values by name.
    Table(BTreeMap<String, ParameterText>),
}

/// The value of a parameter, which is a text for AWS.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "the value of a parameter is a text, a number, a boolean or a list of texts")]
pub enum ParameterText {
    /// A text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A list.
    List(Vec<String>),
}

impl ParameterText {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Bool(known) => known.to_string(),
            Self::Number(number) => number.to_string(),
            Self::List(texts) => texts.join(","),
        }
    }
}

/// One text or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl EnvironmentEntry {
    /// The input set.
    #[must_use]
    pub fn to_environment(&self) -> Environment {
        let roots = match &self.root {
            None => vec!["**".to_owned(), ".".to_owned()],
            Some(OneOrMany::One(root)) => vec![root.clone()],
            Some(OneOrMany::Many(roots)) => roots.clone(),
        };
        Environment {
            name: SmolStr::from(self.name.get_ref().as_str()),
            roots,
            var_files: self.var_files.clone(),
            vars: self.vars.iter().map(|(name, value)| (name.clone(), as_argument(value))).collect(),
            workspace: self.workspace.clone(),
            parameters: self.parameters.to_sources(&format!("environment \"{}\"", self.name.get_ref())),
        }
    }
}

/// A value as `-var` takes it: plain text, or the JSON of a list or a table, which is an expression of Terraform, too.
fn as_argument(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

/// What is wrong with a configuration: its place in the file and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}:{column}: {message}")]
pub struct ConfigError {
    /// The file as shown.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What is wrong and what to do.
    pub message: String,
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// The first thing that is no TOML or no setting of carelint, with its place.
    pub fn parse(path: &str, text: &str) -> Result<Self, ConfigError> {
        toml::from_str(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            error_at(path, text, offset, error.message().to_owned())
        })
    }

    /// The parameters of rules, checked against the catalogue.
    ///
    /// # Errors
    /// A rule or parameter that does not exist, a value of another type, a number below the least.
    pub fn params(
        &self,
        path: &str,
        text: &str,
        catalogue: &'static Catalogue,
    ) -> Result<BTreeMap<SmolStr, BTreeMap<SmolStr, Literal>>, ConfigError> {
        let mut all = BTreeMap::new();
        for (id, settings) in &self.rules {
            let rule = catalogue.rule(id.get_ref()).ok_or_else(|| {
                let message = unknown_rule(catalogue, id.get_ref());
                error_at(path, text, id.span().start, message)
            })?;
            let mut params: BTreeMap<SmolStr, Literal> = BTreeMap::new();
            for (name, value) in settings {
                let literal = param(rule, name, value.get_ref())
                    .map_err(|message| error_at(path, text, value.span().start, message))?;
                params.insert(name.into(), literal);
            }
            all.insert(SmolStr::new_static(rule.id), params);
        }
        Ok(all)
    }
}

/// A place in the text of a configuration, with what is wrong there.
#[must_use]
pub fn error_at(path: &str, text: &str, offset: usize, message: String) -> ConfigError {
    let index = source::LineIndex::new(text);
    let at = index.line_column(text, u32::try_from(offset).unwrap_or(u32::MAX));
    ConfigError { path: path.to_owned(), line: at.line, column: at.column, message }
}

/// The rules that a pattern of `select`, `ignore` or `--select` names.
///
/// # Errors
/// No rule has that id, alias or beginning; the message suggests the nearest.
pub fn rules_named(catalogue: &'static Catalogue, pattern: &str) -> Result<Vec<&'static Rule>, String> {
    if let Some(beginning) = pattern.strip_suffix('*') {
        let found: Vec<&'static Rule> =
            catalogue.rules.iter().filter(|rule| rule.id.starts_with(beginning)).collect();
        return if found.is_empty() { Err(unknown_rule(catalogue, pattern)) } else { Ok(found) };
    }
    catalogue.rule(pattern).map(|rule| vec![rule]).ok_or_else(|| unknown_rule(catalogue, pattern))
}

fn unknown_rule(catalogue: &Catalogue, id: &str) -> String {
    match language::nearest(id, catalogue.rules.iter().map(|rule| rule.id)) {
        Some(nearest) => format!("there is no rule \"{id}\"; did you mean \"{nearest}\"?"),
        None => format!("there is no rule \"{id}\"; `carelint rules list` prints all of them"),
    }
}

fn param(rule: &'static Rule, name: &str, value: &toml::Value) -> Result<Literal, String> {
    let Some(param) = rule.params.iter().find(|param| param.name == name) else {
        let names: Vec<&str> = rule.params.iter().map(|param| param.name).collect();
        return Err(match names.is_empty() {
            true => format!("rule {} has no parameters", rule.id),
            false => format!("rule {} has no parameter \"{name}\"; it has {}", rule.id, names.join(", ")),
        });
    };
    let literal =
        literal(value).ok_or_else(|| format!("\"{name}\" is no bool, number, string or list of them"))?;
    let fits = match (param.ty, literal) {
        (Type::Bool, Literal::Bool(_))
        | (Type::Number, Literal::Number(_))
        | (Type::String | Type::Cidr, Literal::String(_))
        | (Type::List(_), Literal::List(_)) => true,
        (Type::Enum(allowed), Literal::String(text)) => allowed.contains(&text),
        _ => false,
    };
    if !fits {
        return Err(format!("\"{name}\" of rule {} has another type", rule.id));
    }
    if let (Literal::Number(given), Some(least)) = (literal, param.min)
        && value::Number::parse(given) < value::Number::parse(least)
    {
        return Err(format!("\"{name}\" of rule {} is at least {least}", rule.id));
    }
    Ok(literal)
}

/// A setting as a literal. Its text is leaked: a configuration is read once in the life of the program.
fn literal(value: &toml::Value) -> Option<Literal> {
    Some(match value {
        toml::Value::Boolean(known) => Literal::Bool(*known),
        toml::Value::Integer(number) => Literal::Number(leak(number.to_string())),
        toml::Value::Float(number) => Literal::Number(leak(number.to_string())),
        toml::Value::String(text) => Literal::String(leak(text.clone())),
        toml::Value::Array(items) => {
            let items: Vec<Literal> = items.iter().map(literal).collect::<Option<_>>()?;
            Literal::List(Box::leak(items.into_boxed_slice()))
        }
        _ => return None,
    })
}

fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
