//! From files to templates: which files are some, and what is wrong with those that cannot be read. Invariant: a file
//! is parsed once, however many stacks are made of it.

use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::discovery::Candidate;
use source::document::{DocumentError, json};
use source::{FileId, LoadError, Place, Problem, ProblemSeverity, Problems, Sources};

use crate::evaluation::{self, Run};
use crate::export::Exports;
use crate::located::ByName;
use crate::roots::{self, Found};
use crate::sniff::{self, Glance};
use crate::stack::Shared;
use crate::template::Template;
use crate::{Asked, InputsOf, StackContext, Stacks, document, schema};

/// Ends of the names of templates.
pub(crate) const TEMPLATE_ENDS: [&str; 6] =
    [".yaml", ".yml", ".json", ".template", ".cfn", ".cloudformation"];

/// Templates that were parsed, by file; none for files that are no template.
#[derive(Debug, Clone, Default)]
pub(crate) struct Templates {
    parsed: Arc<Mutex<FxHashMap<FileId, Option<Arc<Template>>>>>,
}

impl Templates {
    fn put(&self, template: Arc<Template>) {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.insert(template.file, Some(template));
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
    let wanted: Vec<&Candidate> = wanted.filter(|candidate| has_template_end(candidate)).collect();
    let looked: Vec<Looked> = wanted.par_iter().map(|candidate| look(sources, candidate)).collect();
    let templates = Templates::default();
    let mut by_name = ByName::default();
    let mut found: Vec<Found> = Vec::new();
    let mut problems = Problems::new();
    for (candidate, looked) in wanted.iter().zip(looked) {
        match looked {
            Looked::Foreign => {}
            Looked::Problem(problem) => problems.push(problem),
            Looked::Template(template) => {
                templates.put(template.clone());
                let path = SmolStr::new(&candidate.path);
                by_name.add(&path, template.file);
                let folder = source::folder_of(&path);
                let inputs = inputs(&Asked { name: &path, path: &path, folder });
                found.push(Found { path, template, inputs });
            }
        }
    }
    let shared = Shared { sources, templates, by_name, exports: Exports::default() };
    let runs = roots::runs(&shared, found);
    evaluated(shared, &runs, problems)
}

/// See [`crate::read_stacks`].
pub(crate) fn read_stacks(
    sources: &Sources,
    stacks: Vec<(FileId, StackContext)>,
    inputs: &mut InputsOf<'_>,
) -> Stacks {
    let templates = Templates::default();
    let mut problems = Problems::new();
    let mut runs = Vec::new();
    for (file, context) in stacks {
        let path = SmolStr::new(&sources.file(file).path);
        match document::parse(&sources.file(file).text, sources.limits()) {
            Ok(document) => {
                let template = Arc::new(Template::of(file, document));
                templates.put(template.clone());
                let given = inputs(&Asked { name: &context.name, path: &path, folder: &context.folder });
                runs.extend(Run::each(&path, &template, &context, given));
            }
            Err(error) => problems.push(syntax(sources, file, &error)),
        }
    }
    let shared = Shared { sources, templates, by_name: ByName::default(), exports: Exports::default() };
    evaluated(shared, &runs, problems)
}

/// Evaluates roots and holds each template against the schemas once, however many stacks are made of it.
fn evaluated(shared: Shared<'_>, runs: &[Run], mut problems: Problems) -> Stacks {
    let (templates, sources) = (shared.templates.clone(), shared.sources);
    let evaluated = evaluation::evaluate(shared, runs);
    let templates = templates.all(sources);
    let checked: Vec<Problems> = templates.par_iter().map(|template| schema::problems(template)).collect();
    problems.extend(checked.into_iter().flatten());
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

fn has_template_end(candidate: &Candidate) -> bool {
    let other = [".tf", ".tofu", ".tfvars", ".tf.json", ".tofu.json", ".tfvars.json"];
    let ends = |ends: &[&str]| ends.iter().any(|end| candidate.path.ends_with(end));
    !ends(&other) && (candidate.named || ends(&TEMPLATE_ENDS))
}

/// What a file turned out to be.
enum Looked {
    Foreign,
    Template(Arc<Template>),
    Problem(Problem),
}

fn look(sources: &Sources, candidate: &Candidate) -> Looked {
    let file = match sources.load(&candidate.path) {
        Ok(file) => file,
        Err(error) => return unreadable(candidate, &error),
    };
    let text = sources.file(file).text.clone();
    if sniff::glance(&text) == Glance::Foreign {
        return foreign(candidate, &text);
    }
    match document::parse(&text, sources.limits()) {
        Ok(document) if sniff::is_template(&document.root) => {
            Looked::Template(Arc::new(Template::of(file, document)))
        }
        Ok(_) => foreign(candidate, &text),
        Err(error) => Looked::Problem(syntax(sources, file, &error)),
    }
}

fn foreign(candidate: &Candidate, text: &str) -> Looked {
    if !candidate.named || sniff::is_foreign_json(&candidate.path, text) {
        return Looked::Foreign;
    }
    let path = candidate.path.as_str();
    let message = format!("{path} holds no infrastructure code that carelint reads");
    let help = "name a Terraform folder, a plan as JSON, a CloudFormation template or a CDK assembly";
    let code = "not-infrastructure-code";
    Looked::Problem(Problem::with_path(ProblemSeverity::Error, code, path, message, help))
}

fn unreadable(candidate: &Candidate, error: &LoadError) -> Looked {
    let (severity, help) = match error {
        LoadError::OutsideRoot(_) => return Looked::Foreign,
        // A file of bytes that nobody named is most likely none of our business.
        LoadError::NotUtf8 { .. } if !candidate.named => return Looked::Foreign,
        LoadError::NotUtf8 { .. } => (ProblemSeverity::Error, "save the file as UTF-8"),
        _ => (ProblemSeverity::Error, "make the file readable, or add it to .gitignore"),
    };
    let code = "file-unreadable";
    Looked::Problem(Problem::with_path(severity, code, candidate.path.as_str(), error.to_string(), help))
}

fn syntax(sources: &Sources, file: FileId, error: &DocumentError) -> Problem {
    let file_read = sources.file(file);
    let path = &file_read.path;
    let message =
        format!("{path} looks like a CloudFormation template but does not parse: {}", error.message);
    let help = match sniff::is_unrendered(&file_read.text) {
        true => {
            "check the template that is made of it: marks such as `{{ … }}` and `{% … %}` are for another program"
        }
        false => "correct the syntax at this place; indentation, quotes and brackets are the usual causes",
    };
    Problem::at(ProblemSeverity::Error, "cloudformation-syntax", Place::new(file, error.span), message, help)
}
