//! Terraform and OpenTofu modules and plans, evaluated to declared resources.
//!
//! A folder is read once into a compact tree; each root is then one lazy, memoising, single-threaded evaluation,
//! and roots are evaluated in parallel. Nothing outside the scan root is read and no input makes it fail.

mod ast;
mod configuration;
mod data;
mod eval;
mod expand;
mod functions;
#[doc(hidden)]
pub mod fuzzing;
mod module;
mod parse;
pub mod plan;

use std::collections::BTreeMap;

use smol_str::SmolStr;

pub use configuration::{Configuration, Run, read, said_once};

/// What is given to the evaluation from outside the modules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inputs {
    /// Values of root variables as `-var` reads them: plain text for strings, an expression for other types.
    pub vars: Vec<(String, String)>,
    /// Values of root variables from the environment (`TF_VAR_name`, without the prefix), read like those of `-var`.
    /// Everything else wins over them, and those of undeclared variables are passed over.
    pub env_vars: Vec<(String, String)>,
    /// Files of variables, relative to the scan root, later ones winning.
    pub var_files: Vec<String>,
    /// The workspace; empty if it is not known.
    pub workspace: String,
    /// Name of the input set, copied to the roots.
    pub environment: Option<SmolStr>,
    /// Folders, relative to the scan root, that hold modules from a registry or a repository, by source.
    pub module_folders: BTreeMap<String, String>,
}

/// Whether a file is Terraform or OpenTofu configuration, by its name. Tests, variables and hidden files are not.
#[must_use]
pub fn is_terraform(path: &str) -> bool {
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    !name.starts_with('.') && [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| name.ends_with(end))
}

/// The text that a value is for an expression: a string as it is, the text of a document whose structure is kept
/// (`jsonencode`). None if it is no string, or not wholly known.
#[must_use]
pub fn text_of(value: &value::Value) -> Option<String> {
    let parts = eval::text::parts(value)?;
    let text = |part: &value::Part| match part {
        value::Part::Text(text) => Some(text.to_string()),
        value::Part::Value(_) => None,
    };
    parts.iter().map(text).collect()
}
