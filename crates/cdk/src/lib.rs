//! CDK cloud assemblies, read to declared resources: every stack of every stage, with the construct and, where the
//! assembly tells it, the line of the application that made each resource. Templates are evaluated by the
//! CloudFormation front end; only what the manifest adds is read here.

mod app;
mod assets;
mod constructs;
mod manifest;
mod metadata;
mod owner;
mod traces;
mod tree;

use std::collections::BTreeMap;
use std::sync::Arc;

use cloudformation::{Inputs, InputsOf, StackContext, Stacks};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::discovery::Candidate;
use source::{FileId, Problem, ProblemSeverity, Sources};
use value::declared::{Declared, Language};
use value::{Origin, Value};

use crate::constructs::Constructs;
use crate::manifest::{Assembly, StackArtifact};
use crate::traces::Application;
use crate::tree::Tree;

/// Reads every assembly among `candidates`: folders whose `manifest.json` has `version` and `artifacts`. Assemblies
/// nested in another one (stages) are read with it.
///
/// Problems: `cdk-assembly`, an error for a manifest that does not parse or names a template that is not there, a
/// warning for metadata that cannot be read, a note for a tree that cannot be; the note `cdk-assembly-newer` for a
/// schema that is not known yet, and the note `cdk-not-synthesized` for an application without an assembly.
#[must_use]
pub fn read(sources: &Sources, candidates: &[Candidate], inputs: &Inputs) -> Declared {
    let inputs = Arc::new(inputs.clone());
    read_each(sources, candidates, &mut |_| vec![inputs.clone()]).into_declared()
}

/// The same, each stack with inputs of its own.
#[must_use]
pub fn read_each(sources: &Sources, candidates: &[Candidate], inputs: &mut InputsOf<'_>) -> Stacks {
    let mut read = Stacks::default();
    let mut assemblies: Vec<Assembly> = Vec::new();
    for candidate in candidates.iter().filter(|candidate| is_manifest(&candidate.path)) {
        match manifest::read(sources, &candidate.path) {
            Ok(Some(assembly)) => assemblies.push(assembly),
            Ok(None) => {}
            Err(problem) => read.problems.push(problem),
        }
    }
    read.problems.extend(app::notes(sources, candidates, &assemblies));
    let nested: FxHashSet<&str> =
        assemblies.iter().flat_map(|assembly| &assembly.nested).map(SmolStr::as_str).collect();
    let unnested = assemblies.iter().filter(|assembly| !nested.contains(assembly.folder.as_str()));
    let mut seen: FxHashSet<SmolStr> = FxHashSet::default();
    // Assemblies that nest one another in a circle have no outermost one; the first of them serves as one.
    let whole: Vec<Whole> = unnested
        .chain(&assemblies)
        .map(|assembly| whole(sources, assembly, &mut seen, &mut read.problems))
        .collect();
    let repeated = repeated_ids(&whole);
    for whole in whole.into_iter().filter(|whole| !whole.stacks.is_empty()) {
        let of_assembly = read_assembly(sources, whole, &repeated, inputs);
        read.evaluated.extend(of_assembly.evaluated);
        read.problems.extend(of_assembly.problems);
    }
    read
}

fn is_manifest(path: &str) -> bool {
    path == "manifest.json" || path.ends_with("/manifest.json")
}

/// An assembly with all that is nested in it.
struct Whole {
    /// Its stacks, in order of the manifests.
    stacks: Vec<StackArtifact>,
    /// Its folder.
    folder: SmolStr,
    /// The file with its tree.
    tree: Option<SmolStr>,
    /// Templates that are uploaded, by the names at the end of their addresses.
    uploaded: Arc<BTreeMap<SmolStr, SmolStr>>,
}

/// An assembly with the assemblies nested in it, but of those in `seen`.
fn whole(
    sources: &Sources,
    assembly: &Assembly,
    seen: &mut FxHashSet<SmolStr>,
    problems: &mut Vec<Problem>,
) -> Whole {
    let mut stacks = Vec::new();
    let mut uploaded = BTreeMap::new();
    let mut open = vec![assembly.clone()];
    while let Some(assembly) = open.pop() {
        if !seen.insert(assembly.folder.clone()) {
            continue;
        }
        problems.extend(assembly.notes);
        stacks.extend(assembly.stacks);
        assembly.assets.iter().for_each(|path| assets::add(sources, path, &mut uploaded));
        for folder in assembly.nested.iter().rev() {
            match manifest::read(sources, &manifest::joined(folder, "manifest.json")) {
                Ok(Some(nested)) => open.push(nested),
                Ok(None) => problems.push(missing(&assembly.folder, folder)),
                Err(problem) => problems.push(problem),
            }
        }
    }
    Whole {
        stacks,
        folder: assembly.folder.clone(),
        tree: assembly.tree.clone(),
        uploaded: Arc::new(uploaded),
    }
}

fn missing(assembly: &str, file: &str) -> Problem {
    let message = format!("the assembly {assembly} names {file}, which is not there or cannot be read");
    let help = "run `cdk synth` again, and scan the whole output folder";
    Problem::with_path(ProblemSeverity::Error, "cdk-assembly", file, message, help)
}

/// Stack ids that more than one stack of the scan has.
fn repeated_ids(assemblies: &[Whole]) -> FxHashSet<SmolStr> {
    let mut seen = FxHashSet::default();
    let ids = assemblies.iter().flat_map(|whole| &whole.stacks).map(|stack| stack.id.clone());
    ids.filter(|id| !seen.insert(id.clone())).collect()
}

/// Reads the stacks of one assembly, which may import one another's exports.
fn read_assembly(
    sources: &Sources,
    whole: Whole,
    repeated: &FxHashSet<SmolStr>,
    inputs: &mut InputsOf<'_>,
) -> Stacks {
    let mut problems = Vec::new();
    let mut templates: Vec<(FileId, StackContext)> = Vec::new();
    let mut constructs: FxHashMap<SmolStr, Constructs> = FxHashMap::default();
    let mut application = Application::new(sources, &whole.folder);
    for stack in whole.stacks {
        let Ok(file) = sources.load(&stack.template) else {
            problems.push(missing(&stack.folder, &stack.template));
            continue;
        };
        let name = match repeated.contains(&stack.id) {
            true => SmolStr::from(manifest::joined(&stack.folder, &stack.id)),
            false => stack.id.clone(),
        };
        constructs.insert(name.clone(), Constructs::of(sources, &stack, &mut application, &mut problems));
        let context = StackContext { uploaded: whole.uploaded.clone(), ..context(name, &stack) };
        templates.push((file, context));
    }
    let tree = whole.tree.map(|path| tree_at(sources, &path, &mut problems));
    let mut read = cloudformation::read_stacks(sources, templates, inputs);
    read.problems.splice(0..0, problems);
    for one in &mut read.evaluated {
        let name = one.declared.roots.first().map(|root| &root.name);
        if let Some(constructs) = name.and_then(|name| constructs.get_mut(name)) {
            let resources = one.declared.resources.iter_mut().map(Arc::make_mut);
            resources.for_each(|resource| constructs.locate(resource, tree.as_ref()));
        }
    }
    read
}

fn tree_at(sources: &Sources, path: &SmolStr, problems: &mut Vec<Problem>) -> Tree {
    let (tree, error) = Tree::read(sources, path);
    if let Some(why) = error {
        let message =
            format!("the tree of constructs is not known in full, so that owners are not told: {why}");
        let help = "run `cdk synth` again, and scan the whole output folder";
        let code = "cdk-assembly";
        problems.push(Problem::with_path(ProblemSeverity::Note, code, path.as_str(), message, help));
    }
    tree
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
        uploaded: Arc::default(),
    }
}
