//! What a check is asked to do, after arguments and configuration were read.

use std::collections::BTreeMap;

use graph::ScopeOptions;
use language::ir::Catalogue;
use smol_str::SmolStr;

use crate::parameters::Entered;

/// Options of a check.
#[derive(Debug, Clone)]
pub struct Options {
    /// Models and rules: the built-in ones, or those extended by the user's own.
    pub catalogue: &'static Catalogue,
    /// Inputs of roots.
    pub inputs: Inputs,
    /// Accounts, and whether absence is an answer.
    pub scope: ScopeOptions,
    /// Which rules, with which parameters.
    pub rules: rules::Settings,
    /// Addresses of what holds protected health information, and of what holds none.
    pub phi: facts::Phi,
    /// Other tools whose suppressions in the metadata of resources count.
    pub suppressions_of: Vec<triage::Foreign>,
    /// Day of the report, `YYYY-MM-DD`, where the caller wants one in it.
    pub date: Option<String>,
}

/// Values for the inputs of root modules and templates.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `--var name=value`, for Terraform.
    pub vars: Vec<(String, String)>,
    /// `TF_VAR_name` of the process, without the prefix; only where `--tf-var-env` asks for them.
    pub env_vars: Vec<(String, String)>,
    /// Files of variables, relative to the scan root; those of an environment win over them.
    pub var_files: Vec<String>,
    /// `--var-file`, relative to the scan root; they win over those of environments.
    pub last_var_files: Vec<String>,
    /// `--workspace`; empty if it is not known.
    pub workspace: String,
    /// Parameters of CloudFormation templates, later ones winning; those of an environment win over them.
    pub parameters: Vec<ParameterSource>,
    /// `--parameters`; they win over those of environments.
    pub last_parameters: Vec<ParameterSource>,
    /// Region that stacks are deployed to.
    pub region: Option<String>,
    /// `[modules]`: sources of modules and the folders that hold them.
    pub module_folders: BTreeMap<String, String>,
    /// `[plans]`: plan files and the folders of the roots that they were made from.
    pub plans: BTreeMap<String, String>,
    /// `--source`: the folder of the root that plans were made from which the paths name and `plans` does not.
    pub source: Option<String>,
    /// `[[environment]]`: input sets of roots.
    pub environments: Vec<Environment>,
    /// What naming a single file of a module means.
    pub named_files: NamedFiles,
}

impl Inputs {
    /// All files of variables that are given to every root.
    pub(crate) fn all_var_files(&self) -> Vec<String> {
        self.var_files.iter().chain(&self.last_var_files).cloned().collect()
    }
}

/// An input set: a root that it names is evaluated with it, once for each such set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Environment {
    /// What results call it. Sets of one name belong together: what refers to another root finds it there.
    pub name: SmolStr,
    /// Globs of the folders of root modules (`.` for the scan root) and of the paths of templates or their folders.
    pub roots: Vec<String>,
    /// Files of Terraform variables, looked for in the root's folder, then from the scan root.
    pub var_files: Vec<String>,
    /// Terraform variables as `-var` reads them.
    pub vars: Vec<(String, String)>,
    /// The workspace, if it is known.
    pub workspace: Option<String>,
    /// Parameters of CloudFormation templates.
    pub parameters: Vec<ParameterSource>,
}

/// Where parameters of templates come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ParameterSource {
    /// Parameters that were read already.
    Given {
        /// Where they are said, as problems name it; empty for the common ones of the configuration, of which a scan of
        /// a part of the project may use none.
        from: String,
        /// The file that they stand in, relative to the scan root, if it lies there.
        file: Option<String>,
        /// The parameters.
        values: Vec<Entered>,
    },
    /// A file, looked for in the folder of each template, then from the scan root. `{template}` in it stands for the name of
    /// the template without its extension.
    File(String),
}

impl ParameterSource {
    /// Texts by name.
    #[must_use]
    pub fn texts(from: &str, values: impl IntoIterator<Item = (String, String)>) -> Self {
        let entered = |(name, text): (String, String)| Entered {
            name: name.into(),
            value: cloudformation::Given::Text(text.into()),
            span: None,
        };
        Self::Given { from: from.to_owned(), file: None, values: values.into_iter().map(entered).collect() }
    }
}

/// What naming a single Terraform file means: a hook before a commit names those that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NamedFiles {
    /// It is the scan: its folder is read, and everything in it is reported.
    #[default]
    Scan,
    /// Only what concerns the file is reported; its folder is what it is read with.
    OfFolder,
    /// Only what concerns the file is reported; its folder is read where the project in the scan root calls it.
    OfProject,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            catalogue: &catalogue::CATALOGUE,
            inputs: Inputs::default(),
            scope: ScopeOptions::default(),
            rules: rules::Settings::default(),
            phi: facts::Phi::default(),
            suppressions_of: Vec::new(),
            date: None,
        }
    }
}
