//! Hands the files of a scan to the front ends. A file that the user named and no front end knows is a problem; one
//! met on a walk is passed over.

use std::collections::BTreeSet;

use source::discovery::{Candidate, Discovered};
use source::{ProblemSeverity, Problems, Sources};
use terraform::plan::{self, PlanFile};
use value::declared::Declared;

use crate::{Inputs, Read};

/// Reads all candidates. The order of front ends is the order of roots in the report's graph.
pub(crate) fn read(sources: &Sources, found: Discovered, inputs: &Inputs) -> Read {
    let (terraform, others): (Vec<Candidate>, Vec<Candidate>) =
        found.candidates.into_iter().partition(|candidate| terraform::is_terraform(&candidate.path));
    let (plans, others): (Vec<Candidate>, Vec<Candidate>) =
        others.into_iter().partition(|candidate| is_plan(sources, candidate));
    let terraform: Vec<String> = terraform.into_iter().map(|candidate| candidate.path).collect();
    let for_terraform = terraform::Inputs {
        vars: inputs.vars.clone(),
        env_vars: Vec::new(),
        var_files: inputs.var_files.clone(),
        workspace: inputs.workspace.clone(),
        environment: inputs.environment.clone(),
        module_folders: inputs.module_folders.clone(),
    };
    let for_templates = cloudformation::Inputs {
        parameters: inputs.parameters.clone(),
        region: inputs.region.clone(),
        environment: inputs.environment.clone(),
    };
    let mut declared = Declared { problems: found.problems, ..Declared::default() };
    let (hcl, (templates, assemblies)) = rayon::join(
        || terraform::read(sources, &terraform, &for_terraform),
        || {
            rayon::join(
                || cloudformation::read(sources, &others, &for_templates),
                || cdk::read(sources, &others, &for_templates),
            )
        },
    );
    declared.append(hcl);
    declared.append(templates);
    declared.append(assemblies);
    let plans: Vec<PlanFile> = plans
        .into_iter()
        .map(|plan| PlanFile { root: inputs.plans.get(&plan.path).cloned(), path: plan.path })
        .collect();
    plan::read(sources, &plans, &mut declared, |folder| {
        let inside = |name: String| if folder.is_empty() { name } else { format!("{folder}/{name}") };
        let files = sources.children(folder).into_iter().filter(|name| terraform::is_terraform(name));
        terraform::read(sources, &files.map(inside).collect::<Vec<_>>(), &for_terraform)
    });
    said_once(&mut declared.problems);
    Read { declared }
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

/// Whether a JSON file is a Terraform plan, by its beginning. A file that cannot be loaded is left to the next front
/// end, which says so.
fn is_plan(sources: &Sources, candidate: &Candidate) -> bool {
    /// Terraform writes the version of the format first; what lacks it there is not worth keeping.
    const HEAD: usize = 512;
    candidate.path.ends_with(".json")
        && sources.head(&candidate.path, HEAD).is_some_and(|head| head.contains("\"format_version\""))
        && sources.load(&candidate.path).is_ok_and(|file| plan::is_plan(&sources.file(file).text))
}
