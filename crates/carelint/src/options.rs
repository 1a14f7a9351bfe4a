//! What a check is asked to do, after arguments and configuration were read.

use std::collections::BTreeMap;

use graph::ScopeOptions;
use language::ir::Catalogue;
use smol_str::SmolStr;

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
    /// Day of the report, `YYYY-MM-DD`, where the caller wants one in it.
    pub date: Option<String>,
}

/// Values for the inputs of root modules and templates.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// `--var name=value`, for Terraform.
    pub vars: Vec<(String, String)>,
    /// `--var-file`, relative to the scan root.
    pub var_files: Vec<String>,
    /// `--workspace`; empty if it is not known.
    pub workspace: String,
    /// `--parameters`, for CloudFormation: names and values.
    pub parameters: Vec<(String, String)>,
    /// Region that stacks are deployed to.
    pub region: Option<String>,
    /// `[modules]`: sources of modules and the folders that hold them.
    pub module_folders: BTreeMap<String, String>,
    /// `[plans]`: plan files and the folders of the roots that they were made from.
    pub plans: BTreeMap<String, String>,
    /// Name of the environment.
    pub environment: Option<SmolStr>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            catalogue: &catalogue::CATALOGUE,
            inputs: Inputs::default(),
            scope: ScopeOptions::default(),
            rules: rules::Settings::default(),
            date: None,
        }
    }
}
