//! Which root is evaluated with which inputs. Invariant: a root that an environment names is evaluated once for each
//! environment that does, and every other root once.

use std::collections::BTreeSet;

use globset::{Glob, GlobSet, GlobSetBuilder};
use smol_str::SmolStr;
use source::{Problem, ProblemSeverity, Problems, Sources};

use crate::options::{Environment, Inputs};

/// The environments of a scan with their globs compiled.
pub(crate) struct Environments<'a> {
    all: Vec<(&'a Environment, GlobSet)>,
    /// Whether an environment names any root at all, by its position.
    used: Vec<bool>,
    /// What is wrong with them.
    pub(crate) problems: Problems,
}

/// A root that has environments of its own, or none.
pub(crate) struct RootRun {
    /// Its folder.
    pub(crate) root: String,
    /// Its environment; none if it is evaluated once for all.
    pub(crate) environment: Option<SmolStr>,
    /// Its inputs.
    pub(crate) inputs: terraform::Inputs,
}

impl<'a> Environments<'a> {
    /// Compiles the globs; one that cannot be read is told and matches nothing.
    pub(crate) fn new(inputs: &'a Inputs) -> Self {
        let mut problems = Problems::new();
        let mut all = Vec::new();
        for environment in &inputs.environments {
            let mut set = GlobSetBuilder::new();
            for text in &environment.roots {
                match Glob::new(folder(text)) {
                    Ok(glob) => drop(set.add(glob)),
                    Err(error) => {
                        let message = format!("`{text}` is no glob: {}", error.kind());
                        let help =
                            "name folders of roots with `*`, `**`, `?` and `[…]`, for example `live/*`";
                        problems.push(problem(environment, &message, help));
                    }
                }
            }
            all.push((environment, set.build().unwrap_or_default()));
        }
        let used = vec![false; all.len()];
        Self { all, used, problems }
    }

    /// The names, each once, in order of the configuration.
    pub(crate) fn names(&self) -> Vec<SmolStr> {
        let mut names: Vec<SmolStr> = Vec::new();
        for (environment, _) in &self.all {
            if !names.contains(&environment.name) {
                names.push(environment.name.clone());
            }
        }
        names
    }

    /// The environments of a path: the first of each name.
    pub(crate) fn of(&mut self, matches: impl Fn(&GlobSet) -> bool) -> Vec<&'a Environment> {
        let mut found: Vec<&'a Environment> = Vec::new();
        for ((environment, set), used) in self.all.iter().zip(&mut self.used) {
            if matches(set) {
                *used = true;
                if !found.iter().any(|known| known.name == environment.name) {
                    found.push(environment);
                }
            }
        }
        found
    }

    /// The runs of a root module; `planned` are the folders whose plan is in the scan, which stands for all inputs.
    pub(crate) fn runs(
        &mut self,
        sources: &Sources,
        root: &str,
        inputs: &Inputs,
        planned: &BTreeSet<String>,
    ) -> Vec<RootRun> {
        let own = folder(root);
        let found = self.of(|set| set.is_match(own));
        let common = |environment: Option<SmolStr>| terraform::Inputs {
            vars: inputs.vars.clone(),
            env_vars: inputs.env_vars.clone(),
            var_files: inputs.all_var_files(),
            workspace: inputs.workspace.clone(),
            environment,
            ..terraform::Inputs::default()
        };
        if found.is_empty() || planned.contains(root) {
            return vec![RootRun { root: root.to_owned(), environment: None, inputs: common(None) }];
        }
        let mut runs = Vec::new();
        for environment in found {
            let mut given = common(Some(environment.name.clone()));
            // What the command line says wins over what the configuration says.
            let vars =
                environment.vars.iter().filter(|(name, _)| !inputs.vars.iter().any(|(n, _)| n == name));
            given.vars.splice(0..0, vars.cloned());
            given.var_files.clone_from(&inputs.var_files);
            given.var_files.extend(self.files(sources, root, environment));
            given.var_files.extend(inputs.last_var_files.iter().cloned());
            if let Some(workspace) = environment.workspace.as_ref().filter(|_| inputs.workspace.is_empty()) {
                given.workspace.clone_from(workspace);
            }
            let environment = Some(environment.name.clone());
            runs.push(RootRun { root: root.to_owned(), environment, inputs: given });
        }
        runs
    }

    /// Whether an environment has parameters of templates.
    pub(crate) fn have_parameters(&self) -> bool {
        self.all.iter().any(|(environment, _)| !environment.parameters.is_empty())
    }

    /// The files of variables of an environment, as paths from the scan root.
    fn files(&mut self, sources: &Sources, root: &str, environment: &Environment) -> Vec<String> {
        let mut found = Vec::new();
        for file in &environment.var_files {
            let beside = if root.is_empty() { file.clone() } else { format!("{root}/{file}") };
            match [beside.as_str(), file.as_str()].into_iter().find(|path| sources.exists(path)) {
                Some(path) => found.push(path.to_owned()),
                None => {
                    let shown = folder(root);
                    let message = format!("{file} is neither in {shown} nor at that path from the scan root");
                    let help = "name a file of variables inside the scan root";
                    self.problems.push(Problem {
                        severity: ProblemSeverity::Error,
                        path: file.clone(),
                        ..problem(environment, &message, help)
                    });
                }
            }
        }
        found
    }

    /// Tells of environments that name no root, after all roots were asked for.
    pub(crate) fn unused(&mut self) {
        let unused = self.all.iter().zip(&self.used).filter(|(_, used)| !**used);
        let told = unused.map(|((environment, _), _)| {
            let message = format!("no root lies in {}", environment.roots.join(", "));
            let help = "name the folders of root modules, relative to the folder of the configuration";
            problem(environment, &message, help)
        });
        let told: Problems = told.collect();
        self.problems.extend(told);
    }
}

/// The folder of a root as globs match it.
fn folder(path: &str) -> &str {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    if path.is_empty() { "." } else { path }
}

fn problem(environment: &Environment, message: &str, help: &str) -> Problem {
    let message = format!("environment \"{}\": {message}", environment.name);
    Problem::with_path(ProblemSeverity::Warning, "environment", "", message, help)
}
