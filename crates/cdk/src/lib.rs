//! CDK cloud assemblies, read to declared resources: every stack of every stage, with the construct and, where the
//! assembly tells it, the line of the application that made each resource. Templates are evaluated by the
//! CloudFormation front end; only what the manifest adds is read here.

mod constructs;
mod manifest;

use cloudformation::{Inputs, StackContext};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::discovery::Candidate;
use source::{FileId, Problem, ProblemSeverity, Sources};
use value::declared::{Declared, Language};
use value::{Origin, Value};

use crate::constructs::Constructs;
use crate::manifest::{Assembly, StackArtifact};

/// Reads every assembly among `candidates`: folders whose `manifest.json` has `version` and `artifacts`. Assemblies
/// nested in another one (stages) are read with it.
///
/// Problems: `cdk-assembly` for a manifest that does not parse, or that names a template that is not there.
#[must_use]
pub fn read(sources: &Sources, candidates: &[Candidate], inputs: &Inputs) -> Declared {
    let mut declared = Declared::default();
    let mut assemblies: Vec<Assembly> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| is_manifest(&candidate.path)) {
        match manifest::read(sources, &candidate.path) {
            Ok(Some(assembly)) => assemblies.push(assembly),
            Ok(None) => {}
            Err(problem) => declared.problems.push(problem),
        }
    }
    let nested: FxHashSet<&str> =
        assemblies.iter().flat_map(|assembly| &assembly.nested).map(SmolStr::as_str).collect();
    let unnested = assemblies.iter().filter(|assembly| !nested.contains(assembly.folder.as_str()));
    let mut seen: FxHashSet<SmolStr> = FxHashSet::default();
    // Assemblies that nest one another in a circle have no outermost one; the first of them serves as one.
    let stacks: Vec<Vec<StackArtifact>> = unnested
        .chain(&assemblies)
        .map(|assembly| stacks_of(sources, assembly, &mut seen, &mut declared.problems))
        .collect();
    let repeated = repeated_ids(&stacks);
    for stacks in stacks {
        declared.append(read_assembly(sources, stacks, &repeated, inputs));
    }
    declared
}

fn is_manifest(path: &str) -> bool {
    path == "manifest.json" || path.ends_with("/manifest.json")
}

/// The stacks of an assembly and of the assemblies nested in it, in order of the manifests, but of those in `seen`.
fn stacks_of(
    sources: &Sources,
    assembly: &Assembly,
    seen: &mut FxHashSet<SmolStr>,
    problems: &mut Vec<Problem>,
) -> Vec<StackArtifact> {
    let mut stacks = Vec::new();
    let mut open = vec![assembly.clone()];
    while let Some(assembly) = open.pop() {
        if !seen.insert(assembly.folder.clone()) {
            continue;
        }
        stacks.extend(assembly.stacks);
        for folder in assembly.nested.iter().rev() {
            match manifest::read(sources, &manifest::joined(folder, "manifest.json")) {
                Ok(Some(nested)) => open.push(nested),
                Ok(None) => problems.push(missing(&assembly.folder, folder)),
                Err(problem) => problems.push(problem),
            }
        }
    }
    stacks
}

fn missing(assembly: &str, file: &str) -> Problem {
    let message = format!("the assembly {assembly} names {file}, which is not there or cannot be read");
    let help = "run `cdk synth` again, and scan the whole output folder";
    Problem::with_path(ProblemSeverity::Error, "cdk-assembly", file, message, help)
}

/// Stack ids that more than one stack of the scan has.
fn repeated_ids(assemblies: &[Vec<StackArtifact>]) -> FxHashSet<SmolStr> {
    let mut seen = FxHashSet::default();
    let ids = assemblies.iter().flatten().map(|stack| stack.id.clone());
    ids.filter(|id| !seen.insert(id.clone())).collect()
}

/// Reads the stacks of one assembly, which may import one another's exports.
fn read_assembly(
    sources: &Sources,
    stacks: Vec<StackArtifact>,
    repeated: &FxHashSet<SmolStr>,
    inputs: &Inputs,
) -> Declared {
    let mut problems = Vec::new();
    let mut templates: Vec<(FileId, StackContext)> = Vec::new();
    let mut constructs: FxHashMap<SmolStr, Constructs> = FxHashMap::default();
    for stack in stacks {
        let Ok(file) = sources.load(&stack.template) else {
            problems.push(missing(&stack.folder, &stack.template));
            continue;
        };
        let name = match repeated.contains(&stack.id) {
            true => SmolStr::from(manifest::joined(&stack.folder, &stack.id)),
            false => stack.id.clone(),
        };
        constructs.insert(name.clone(), Constructs::of(sources, &stack));
        templates.push((file, context(name, &stack)));
    }
    let mut declared = cloudformation::read_stacks(sources, templates, inputs);
    declared.problems.splice(0..0, problems);
    let roots: Vec<SmolStr> = declared.roots.iter().map(|root| root.name.clone()).collect();
    for resource in &mut declared.resources {
        let constructs = roots.get(resource.root.0 as usize).and_then(|name| constructs.get(name));
        if let Some(constructs) = constructs {
            constructs.locate(resource);
        }
    }
    declared
}

fn context(name: SmolStr, stack: &StackArtifact) -> StackContext {
    let known = |text: &Option<SmolStr>| text.clone().map(|text| Value::string(text, Origin::default()));
    StackContext {
        prefix: name.clone(),
        name,
        language: Language::Cdk,
        folder: stack.folder.clone(),
        account: known(&stack.account),
        region: known(&stack.region),
        stack_name: Some(stack.stack_name.clone()),
    }
}
