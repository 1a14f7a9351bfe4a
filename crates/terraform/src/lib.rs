//! Terraform and OpenTofu modules and plans, evaluated to declared resources.
//!
//! A folder is read once into a compact tree; each root is then one lazy, memoising, single-threaded evaluation,
//! and roots are evaluated in parallel. Nothing outside the scan root is read and no input makes it fail.

mod ast;
mod data;
mod eval;
mod expand;
mod functions;
mod module;
mod parse;
pub mod plan;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::Sources;
use value::declared::Declared;

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

/// Whether a file is Terraform or OpenTofu configuration, by its name. Tests and variables are not.
#[must_use]
pub fn is_terraform(path: &str) -> bool {
    [".tf", ".tofu", ".tf.json", ".tofu.json"].iter().any(|end| path.ends_with(end))
}

/// Finds the module folders among `candidates` (paths of Terraform files relative to the scan root, sorted),
/// decides which of them are roots and evaluates these. What is wrong with the input is in the problems.
#[must_use]
pub fn read(sources: &Sources, candidates: &[String], inputs: &Inputs) -> Declared {
    let project = module::load(sources, candidates, inputs);
    let roots = module::roots(&project, candidates);
    let evaluate = || {
        let evaluated: Vec<Declared> =
            roots.par_iter().map(|root| eval::root(sources, &project, *root, inputs)).collect();
        let mut declared = Declared::default();
        for folder in &project.folders {
            declared.problems.extend(folder.problems.iter().cloned());
        }
        evaluated.into_iter().for_each(|one| declared.append(one));
        module::inputs::report_unreadable(sources, inputs, &mut declared.problems);
        module::inputs::report_undeclared(&project, &roots, inputs, &mut declared.problems);
        // A module that several roots call says the same for each of them.
        let mut said = FxHashSet::default();
        declared.problems.retain(|problem| {
            said.insert((problem.code, problem.place, problem.path.clone(), problem.message.clone()))
        });
        declared
    };
    // Evaluation recurses within fixed bounds that need more stack than a default thread has.
    let threads = rayon::current_num_threads();
    match rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build() {
        Ok(pool) => pool.install(evaluate),
        Err(_) => evaluate(),
    }
}

/// Bytes of stack for the evaluating threads; see [`eval::DEPTH`].
const STACK: usize = 64 << 20;
