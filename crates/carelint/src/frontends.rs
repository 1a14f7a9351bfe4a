//! Hands the files of a scan to the front ends, each root with its inputs. A file that the user named and no front end
//! knows is a problem; one met on a walk is passed over. A scan that finds nothing at all is a problem, too.

use std::collections::BTreeSet;
use std::path::PathBuf;

use cloudformation::{Asked, Stacks};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::discovery::{Candidate, Discovered};
use source::{Problem, ProblemSeverity, Problems, Sources};
use terraform::plan::{self, PlanFile};
use terraform::{Configuration, Run};
use value::declared::Declared;

use crate::environments::{Environments, RootRun};
use crate::focus::Focus;
use crate::template_inputs::TemplateInputs;
use crate::{InEnvironment, Inputs, Read, json_files, tfvars};

/// What is declared once for all environments, and what each of them declares.
#[derive(Default)]
struct Parts {
    shared: Declared,
    environments: FxHashMap<SmolStr, Declared>,
}

impl Parts {
    /// Adds what a root declares. Problems are of no environment: each is told once.
    fn add(&mut self, environment: Option<&SmolStr>, mut declared: Declared) {
        self.shared.problems.append(&mut declared.problems);
        match environment {
            Some(name) => self.environments.entry(name.clone()).or_default().append(declared),
            None => self.shared.append(declared),
        }
    }

    fn add_stacks(&mut self, stacks: Stacks) {
        self.shared.problems.extend(stacks.problems);
        for one in stacks.evaluated {
            let environment = one.declared.roots.first().and_then(|root| root.environment.clone());
            self.add(environment.as_ref(), one.declared);
        }
    }
}

/// Reads all candidates. The order of front ends is the order of roots in the report's graph.
pub(crate) fn read(sources: &Sources, found: Discovered, paths: &[PathBuf], inputs: &Inputs) -> Read {
    let focus = Focus::of(&found.candidates, inputs.named_files);
    let all = found.candidates.len();
    let (passed_over, candidates): (Vec<Candidate>, Vec<Candidate>) =
        found.candidates.into_iter().partition(|candidate| is_passed_over(&candidate.path));
    let idle = all > 0 && passed_over.iter().filter(|candidate| candidate.named).count() == all;
    let (terraform, others): (Vec<Candidate>, Vec<Candidate>) =
        candidates.into_iter().partition(|candidate| terraform::is_terraform(&candidate.path));
    let mut parts = Parts::default();
    parts.shared.problems = found.problems;
    let (plans, others) = json_files::part(sources, others, &mut parts.shared.problems);
    let plans = plan_files(plans, inputs);
    let terraform: Vec<String> = match &focus {
        Some(focus) => focus.candidates(sources, inputs.named_files),
        None => terraform.into_iter().map(|candidate| candidate.path).collect(),
    };
    let mut environments = Environments::new(inputs);
    let names = environments.names();
    let mut given = TemplateInputs::new(sources, inputs);
    let (configuration, (templates, assemblies)) = rayon::join(
        || Configuration::load(sources, &terraform, &for_modules(inputs)),
        || {
            let inputs = &mut |asked: &Asked<'_>| given.of(&mut environments, asked);
            (cloudformation::read_each(sources, &others, inputs), cdk::read_each(sources, &others, inputs))
        },
    );
    let reading =
        Reading { sources, configuration: &configuration, focus: focus.as_ref(), plans: &plans, inputs };
    reading.modules(&mut environments, &mut parts);
    let stacks = [templates, assemblies];
    if focus.is_none() {
        let evaluated: Vec<_> = stacks.iter().flat_map(|stacks| &stacks.evaluated).collect();
        parts.shared.problems.extend(given.problems(&evaluated));
    }
    stacks.into_iter().for_each(|stacks| parts.add_stacks(stacks));
    plan::read(sources, &plans, &mut parts.shared, |folder| alone(sources, folder, inputs));
    if focus.is_none() {
        environments.unused();
        let files = passed_over.iter().map(|candidate| candidate.path.as_str());
        parts.shared.problems.extend(reading.unused_variables(&mut environments, &terraform, files));
    }
    let nothing = if idle { ProblemSeverity::Note } else { ProblemSeverity::Error };
    parts.shared.problems.append(&mut environments.problems);
    let mut read = finish(sources, parts, &names, focus);
    // Nobody asks for the modules any more, and giving back so many small pieces of memory takes its time.
    rayon::spawn(move || drop(configuration));
    if read.is_empty() && !read.has_errors() {
        nothing_found(sources, paths, nothing, &mut read.declared.problems);
    }
    read
}

/// The root modules of a scan.
struct Reading<'a> {
    sources: &'a Sources,
    configuration: &'a Configuration,
    focus: Option<&'a Focus>,
    plans: &'a [PlanFile],
    inputs: &'a Inputs,
}

impl Reading<'_> {
    /// Evaluates the root modules, each with its inputs.
    fn modules(&self, environments: &mut Environments<'_>, parts: &mut Parts) {
        let planned: BTreeSet<String> = self.plans.iter().map(|plan| plan.folder().to_owned()).collect();
        let roots: BTreeSet<String> = match self.focus {
            Some(focus) => self.configuration.roots_of(&focus.folders(self.sources)),
            None => self.configuration.roots().map(str::to_owned).collect(),
        };
        let own = |root: &String| environments.runs(self.sources, root, self.inputs, &planned);
        let runs: Vec<RootRun> = roots.iter().flat_map(own).collect();
        parts.shared.problems.extend(self.configuration.problems(self.focus.is_some().then_some(&roots)));
        let asked: Vec<Run<'_>> =
            runs.iter().map(|run| Run { root: &run.root, inputs: &run.inputs }).collect();
        for (run, declared) in runs.iter().zip(self.configuration.evaluate(self.sources, &asked)) {
            parts.add(run.environment.as_ref(), declared);
        }
        self.problems(&roots, &runs, &mut parts.shared.problems);
        terraform::said_once(&mut parts.shared.problems);
    }

    /// Files of variables that no root reads, where neither environments nor the user name any.
    fn unused_variables<'p>(
        &self,
        environments: &mut Environments<'_>,
        terraform: &[String],
        files: impl Iterator<Item = &'p str>,
    ) -> Problems {
        let given = !self.inputs.all_var_files().is_empty();
        let roots: Vec<&str> = if given { Vec::new() } else { self.configuration.roots().collect() };
        let own = |root: &&str| {
            environments.of(|set| set.is_match(if root.is_empty() { "." } else { root })).is_empty()
        };
        let roots: Vec<&str> = roots.into_iter().filter(own).collect();
        tfvars::unused(&roots, terraform, files)
    }

    /// What is wrong with the inputs: those given to all, and those of each environment.
    fn problems(&self, roots: &BTreeSet<String>, runs: &[RootRun], problems: &mut Problems) {
        let all: Vec<&str> = roots.iter().map(String::as_str).collect();
        let given = terraform::Inputs {
            vars: self.inputs.vars.clone(),
            var_files: self.inputs.all_var_files(),
            ..terraform::Inputs::default()
        };
        problems.extend(self.configuration.problems_of_inputs(self.sources, &all, &given));
        for environment in &self.inputs.environments {
            let own = runs.iter().filter(|run| run.environment.as_ref() == Some(&environment.name));
            let (own, files): (Vec<&str>, Vec<&[String]>) =
                own.map(|run| (run.root.as_str(), run.inputs.var_files.as_slice())).unzip();
            let files = files.concat().into_iter().filter(|file| !given.var_files.contains(file)).collect();
            let given = terraform::Inputs {
                vars: environment.vars.clone(),
                var_files: files,
                ..terraform::Inputs::default()
            };
            let found = self.configuration.problems_of_inputs(self.sources, &own, &given);
            problems.extend(found.into_iter().map(|problem| Problem {
                message: format!("environment \"{}\": {}", environment.name, problem.message),
                help: problem.help.replace("given to --var", "in its `vars`"),
                ..problem
            }));
        }
    }
}

/// The root of a folder that the scan does not hold, for a plan that was made from it.
fn alone(sources: &Sources, folder: &str, inputs: &Inputs) -> Declared {
    let inside = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
    let files = sources.children(folder).into_iter().filter(|name| terraform::is_terraform(name));
    let given = terraform::Inputs {
        vars: inputs.vars.clone(),
        env_vars: inputs.env_vars.clone(),
        var_files: inputs.all_var_files(),
        workspace: inputs.workspace.clone(),
        ..for_modules(inputs)
    };
    terraform::read(sources, &files.map(inside).collect::<Vec<_>>(), &given)
}

/// What is known of modules from elsewhere.
fn for_modules(inputs: &Inputs) -> terraform::Inputs {
    terraform::Inputs { module_folders: inputs.module_folders.clone(), ..terraform::Inputs::default() }
}

/// Plans with the folders of their roots: those of the configuration, and for a plan that the user named `--source`.
fn plan_files(plans: Vec<Candidate>, inputs: &Inputs) -> Vec<PlanFile> {
    let root = |plan: &Candidate| {
        let named = inputs.source.clone().filter(|_| plan.named);
        inputs.plans.get(&plan.path).cloned().or(named)
    };
    plans.into_iter().map(|plan| PlanFile { root: root(&plan), path: plan.path }).collect()
}

/// Terraform's files beside the configuration: variables are read with the root that they are given to; locks, tests
/// and mocks declare nothing that is deployed.
fn is_passed_over(path: &str) -> bool {
    let ends = [".tfvars", ".tfvars.json", ".terraform.lock.hcl"];
    let tests =
        [".tftest.hcl", ".tftest.json", ".tfmock.hcl", ".tfmock.json", ".tofutest.hcl", ".tofutest.json"];
    ends.iter().chain(&tests).any(|end| path.ends_with(end))
}

fn finish(sources: &Sources, parts: Parts, names: &[SmolStr], focus: Option<Focus>) -> Read {
    let Parts { shared: mut declared, environments: mut by_name } = parts;
    if let Some(focus) = &focus {
        declared.problems.retain(|problem| focus.keeps_problem(sources, problem));
    }
    said_once(&mut declared.problems);
    let named = names.iter().filter_map(|name| Some((name.clone(), by_name.remove(name)?)));
    let environments = named.map(|(name, declared)| InEnvironment { name, declared }).collect();
    Read { declared, environments, focus }
}

/// Says that nothing was found, or why: an application of the CDK that was not synthesized is the reason.
fn nothing_found(sources: &Sources, paths: &[PathBuf], severity: ProblemSeverity, problems: &mut Problems) {
    if let Some(known) = problems.iter_mut().find(|problem| problem.code == "cdk-not-synthesized") {
        known.severity = severity;
        return;
    }
    let shown = |path: &PathBuf| {
        let path = path.strip_prefix(sources.root()).unwrap_or(path).display().to_string();
        if path.is_empty() { ".".to_owned() } else { path }
    };
    let shown: Vec<String> = paths.iter().map(shown).collect();
    let message = format!("no infrastructure code was found in {}", shown.join(", "));
    let help = "name the folder that holds Terraform configuration, templates, a plan or a cloud assembly; files that .gitignore names are read only if they are named";
    problems.push(Problem::with_path(severity, "nothing-found", "", message, help));
}

/// A file that discovery could not offer and a front end then could not load is told of once, in discovery's words.
fn said_once(problems: &mut Problems) {
    let mut told: BTreeSet<String> = BTreeSet::new();
    problems.retain(|problem| {
        let whole =
            problem.place.is_none() && problem.severity == ProblemSeverity::Error && !problem.path.is_empty();
        !whole || told.insert(problem.path.clone())
    });
}
