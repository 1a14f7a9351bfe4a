//! From files to templates: which files are some, and what is wrong with those that cannot be read. Invariant: a file
//! is parsed once, however many stacks are made of it.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::discovery::Candidate;
use source::document::json;
use source::{FileId, Problems, Sources};

use crate::evaluation::{self, Run};
use crate::located::ByName;
use crate::look::{self, Looked, Opened};
use crate::roots::{self, Found};
use crate::stack::Shared;
use crate::template::Template;
use crate::{Asked, InputsOf, StackContext, Stacks, alone, document, schema, sniff};

/// Templates that others nest, by file; none for files that are no template. Those that nobody nests are given back as
/// soon as they are evaluated.
#[derive(Debug, Clone, Default)]
pub(crate) struct Templates {
    parsed: Arc<Mutex<FxHashMap<FileId, Option<Arc<Template>>>>>,
}

impl Templates {
    fn put(&self, template: Arc<Template>) {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.insert(template.file, Some(template));
    }

    /// Forgets all but some.
    pub(crate) fn keep(&self, kept: &FxHashSet<FileId>) {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.retain(|file, _| kept.contains(file));
    }

    /// All templates, in order of path.
    pub(crate) fn all(&self, sources: &Sources) -> Vec<Arc<Template>> {
        let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Arc<Template>> = parsed.values().flatten().cloned().collect();
        all.sort_unstable_by(|one, other| sources.file(one.file).path.cmp(&sources.file(other.file).path));
        all
    }

    /// The template in `file`.
    pub(crate) fn get(&self, sources: &Sources, file: FileId) -> Option<Arc<Template>> {
        if let Some(known) = self.parsed.lock().unwrap_or_else(PoisonError::into_inner).get(&file) {
            return known.clone();
        }
        let document = document::parse(&sources.file(file).text, sources.limits()).ok();
        let document = document.filter(|document| sniff::is_template(&document.root));
        let template = document.map(|document| Arc::new(Template::of(file, document)));
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.entry(file).or_insert(template).clone()
    }
}

/// See [`crate::read_each`].
pub(crate) fn read(sources: &Sources, candidates: &[Candidate], inputs: &mut InputsOf<'_>) -> Stacks {
    let assemblies = assemblies(sources, candidates);
    let wanted = candidates.iter().filter(|candidate| !is_below(&candidate.path, &assemblies));
    let wanted: Vec<&Candidate> = wanted.filter(|candidate| look::has_template_end(candidate)).collect();
    let opened: Vec<Opened> = wanted.par_iter().map(|candidate| look::open(sources, candidate)).collect();
    let mut files: Vec<(&Candidate, FileId)> = Vec::new();
    let mut problems = Problems::new();
    for (candidate, opened) in wanted.into_iter().zip(opened) {
        match opened {
            Opened::Foreign => {}
            Opened::Likely(file) => files.push((candidate, file)),
            Opened::Problem(problem) => problems.push(problem),
        }
    }
    let mut stacks =
        alone::read(sources, &files, inputs).unwrap_or_else(|| together(sources, &files, inputs));
    stacks.problems.extend(problems);
    stacks
}

/// Reads files that may be templates, some of which speak of others.
fn together(sources: &Sources, files: &[(&Candidate, FileId)], inputs: &mut InputsOf<'_>) -> Stacks {
    let looked: Vec<Looked> =
        files.par_iter().map(|(candidate, file)| look::parsed(sources, candidate, *file)).collect();
    let templates = Templates::default();
    let mut by_name = ByName::default();
    let mut found: Vec<Found> = Vec::new();
    let mut problems = Problems::new();
    let mut checked = FxHashSet::default();
    for ((candidate, _), looked) in files.iter().zip(looked) {
        match looked {
            Looked::Foreign => {}
            Looked::Problem(problem) => problems.push(problem),
            Looked::Template(template, misfits) => {
                problems.extend(misfits);
                checked.insert(template.file);
                templates.put(template.clone());
                let path = SmolStr::new(&candidate.path);
                by_name.add(&path, template.file);
                let folder = source::folder_of(&path);
                let inputs = inputs(&Asked { name: &path, path: &path, folder });
                found.push(Found { path, template, inputs });
            }
        }
    }
    let shared = Shared { templates, by_name, ..Shared::new(sources) };
    let runs = roots::runs(&shared, found);
    evaluated(shared, runs, checked, problems)
}

/// See [`crate::read_stacks`].
pub(crate) fn read_stacks(
    sources: &Sources,
    stacks: Vec<(FileId, StackContext)>,
    inputs: &mut InputsOf<'_>,
) -> Stacks {
    let mut problems = Problems::new();
    let mut runs = Vec::new();
    let parse = |(file, _): &(FileId, StackContext)| {
        let document = document::parse(&sources.file(*file).text, sources.limits())?;
        Ok(Arc::new(Template::of(*file, document)))
    };
    let parsed: Vec<_> = stacks.par_iter().map(parse).collect();
    for ((file, context), parsed) in stacks.into_iter().zip(parsed) {
        let path = SmolStr::new(&sources.file(file).path);
        match parsed {
            Ok(template) => {
                let given = inputs(&Asked { name: &context.name, path: &path, folder: &context.folder });
                runs.extend(Run::each(&path, &template, &context, given));
            }
            Err(error) => problems.push(look::syntax(sources, file, &error)),
        }
    }
    let shared = Shared::new(sources);
    evaluated(shared, runs, FxHashSet::default(), problems)
}

/// Evaluates roots and holds each template against the schemas once, however many stacks are made of it; those that are
/// `checked` already were.
fn evaluated(
    shared: Shared<'_>,
    runs: Vec<Run>,
    mut checked: FxHashSet<FileId>,
    mut problems: Problems,
) -> Stacks {
    let (templates, sources) = (shared.templates.clone(), shared.sources);
    let first: Vec<&Run> = runs.iter().filter(|run| checked.insert(run.template.file)).collect();
    let found: Vec<Problems> = first.par_iter().map(|run| schema::problems(&run.template)).collect();
    problems.extend(found.into_iter().flatten());
    let evaluated = evaluation::evaluate(shared, runs);
    let mut nested = templates.all(sources);
    nested.retain(|template| !checked.contains(&template.file));
    let found: Vec<Problems> = nested.par_iter().map(|template| schema::problems(template)).collect();
    problems.extend(found.into_iter().flatten());
    Stacks { evaluated, problems }
}

/// Folders of the candidates that hold a CDK assembly.
fn assemblies(sources: &Sources, candidates: &[Candidate]) -> FxHashSet<String> {
    let is_manifest = |path: &str| path == "manifest.json" || path.ends_with("/manifest.json");
    let manifests = candidates.iter().filter(|candidate| is_manifest(&candidate.path));
    let assembly = |candidate: &Candidate| {
        let text = sources.file(sources.load(&candidate.path).ok()?).text.clone();
        let manifest =
            sniff::is_assembly_manifest(&text).then(|| json::parse(&text, sources.limits()).ok())??;
        (manifest.get("version").is_some() && manifest.get("artifacts").is_some())
            .then(|| source::folder_of(&candidate.path).to_owned())
    };
    manifests.filter_map(assembly).collect()
}

fn is_below(path: &str, folders: &FxHashSet<String>) -> bool {
    if folders.is_empty() {
        return false;
    }
    let mut at = source::folder_of(path);
    loop {
        if folders.contains(at) {
            return true;
        }
        if at.is_empty() {
            return false;
        }
        at = source::folder_of(at);
    }
}
