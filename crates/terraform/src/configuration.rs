//! The modules of a scan, read once, over which any number of input sets are evaluated. Invariant: no file is parsed
//! twice, however many environments a root has.

use std::collections::BTreeSet;

use rayon::prelude::*;
use rustc_hash::FxHashSet;
use smol_str::SmolStr;
use source::{Problems, Sources};
use value::declared::Declared;

use crate::{Inputs, eval, module};

/// Bytes of stack for the evaluating threads; see [`eval::DEPTH`].
const STACK: usize = 64 << 20;

/// Module folders of a scan and which of them are roots.
#[derive(Debug, Default)]
pub struct Configuration {
    project: module::Project,
    roots: Vec<usize>,
}

/// A root and the inputs that it is evaluated with.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    /// Folder of the root, relative to the scan root; `""` for the scan root itself.
    pub root: &'a str,
    /// What is given to it.
    pub inputs: &'a Inputs,
}

impl Configuration {
    /// Finds the module folders among `candidates` (paths of Terraform files relative to the scan root, sorted),
    /// reads them and all that they call, and decides which of them are roots. Of `inputs` only the folders of
    /// modules are of matter.
    #[must_use]
    pub fn load(sources: &Sources, candidates: &[String], inputs: &Inputs) -> Self {
        let project = module::load(sources, candidates, inputs);
        let roots = module::roots(&project, candidates);
        Self { project, roots }
    }

    /// Folders of the roots, sorted.
    pub fn roots(&self) -> impl Iterator<Item = &str> {
        self.roots.iter().filter_map(|root| Some(self.project.folders.get(*root)?.path.as_str()))
    }

    /// Folders of the roots that are one of `folders` or call one of them, directly or through other modules.
    #[must_use]
    pub fn roots_of(&self, folders: &BTreeSet<String>) -> BTreeSet<String> {
        let wanted: BTreeSet<usize> =
            folders.iter().filter_map(|folder| self.project.folder(folder)).collect();
        let leads = |root: &&usize| !module::reachable(&self.project, [**root]).is_disjoint(&wanted);
        let leading = self.roots.iter().filter(leads);
        leading.filter_map(|root| Some(self.project.folders.get(*root)?.path.clone())).collect()
    }

    /// What was wrong while the folders were read: all of them, or those that `roots` are and call.
    #[must_use]
    pub fn problems(&self, roots: Option<&BTreeSet<String>>) -> Problems {
        let reached: Option<BTreeSet<usize>> = roots.map(|roots| {
            let own = roots.iter().filter_map(|root| self.project.folder(root));
            module::reachable(&self.project, own)
        });
        let of = |at: &usize| reached.as_ref().is_none_or(|reached| reached.contains(at));
        let folders = self.project.folders.iter().enumerate().filter(|(at, _)| of(at));
        folders.flat_map(|(_, folder)| folder.problems.iter().cloned()).collect()
    }

    /// Evaluates roots, each with its inputs, in parallel. The order is that of `runs`; a folder that is no root of
    /// this configuration declares nothing.
    #[must_use]
    pub fn evaluate(&self, sources: &Sources, runs: &[Run<'_>]) -> Vec<Declared> {
        let root = |run: &Run<'_>| {
            let at = self.project.folder(run.root).filter(|at| self.roots.contains(at))?;
            Some(eval::root(sources, &self.project, at, run.inputs))
        };
        let evaluate = || runs.par_iter().map(|run| root(run).unwrap_or_default()).collect();
        // Evaluation recurses within fixed bounds that need more stack than a default thread has.
        let threads = rayon::current_num_threads();
        match rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build() {
            Ok(pool) => pool.install(evaluate),
            Err(_) => evaluate(),
        }
    }

    /// What is wrong with inputs that are given to some roots: files of variables that cannot be read, values for
    /// variables that none of these roots declares.
    #[must_use]
    pub fn problems_of_inputs(&self, sources: &Sources, roots: &[&str], inputs: &Inputs) -> Problems {
        let roots: Vec<usize> = roots.iter().filter_map(|root| self.project.folder(root)).collect();
        let mut problems = Problems::new();
        module::inputs::report_unreadable(sources, inputs, &mut problems);
        module::inputs::report_undeclared(&self.project, &roots, inputs, &mut problems);
        problems
    }
}

/// Finds the module folders among `candidates` (paths of Terraform files relative to the scan root, sorted),
/// decides which of them are roots and evaluates these. What is wrong with the input is in the problems.
#[must_use]
pub fn read(sources: &Sources, candidates: &[String], inputs: &Inputs) -> Declared {
    let configuration = Configuration::load(sources, candidates, inputs);
    let roots: Vec<&str> = configuration.roots().collect();
    let runs: Vec<Run<'_>> = roots.iter().map(|root| Run { root, inputs }).collect();
    let mut declared = Declared { problems: configuration.problems(None), ..Declared::default() };
    configuration.evaluate(sources, &runs).into_iter().for_each(|one| declared.append(one));
    declared.problems.extend(configuration.problems_of_inputs(sources, &roots, inputs));
    said_once(&mut declared.problems);
    declared
}

/// Leaves each problem once: a module that several roots call, or that one root calls in several environments, says
/// the same for each of them.
pub fn said_once(problems: &mut Problems) {
    let mut said = FxHashSet::default();
    problems.retain(|problem| {
        let key: (&'static str, _, SmolStr, SmolStr) =
            (problem.code, problem.place, problem.path.as_str().into(), problem.message.as_str().into());
        said.insert(key)
    });
}
