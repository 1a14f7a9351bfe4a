//! From files to declared resources: which files are templates, which of them are roots, and what they export.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::discovery::Candidate;
use source::document::{DocumentError, json};
use source::{FileId, LoadError, Place, Problem, ProblemSeverity, Problems, Sources};
use value::Value;
use value::declared::{Declared, Language, Root};

use crate::export::{self, Exports};
use crate::macros::INCLUDE;
use crate::nested::is_stack;
use crate::sniff::{self, Glance};
use crate::stack::{Shared, Stack};
use crate::template::Template;
use crate::{Inputs, StackContext, document, schema};

/// Ends of the names of templates.
const TEMPLATE_ENDS: [&str; 6] = [".yaml", ".yml", ".json", ".template", ".cfn", ".cloudformation"];

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
    fn all(&self, sources: &Sources) -> Vec<Arc<Template>> {
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

/// See [`crate::read`].
pub(crate) fn read(sources: &Sources, candidates: &[Candidate], inputs: &Inputs) -> Declared {
    let assemblies = assemblies(sources, candidates);
    let wanted = candidates.iter().filter(|candidate| !is_below(&candidate.path, &assemblies));
    let wanted: Vec<&Candidate> = wanted.filter(|candidate| has_template_end(candidate)).collect();
    let looked: Vec<Looked> = wanted.par_iter().map(|candidate| look(sources, candidate)).collect();
    let templates = Templates::default();
    let mut found: Vec<(SmolStr, Arc<Template>)> = Vec::new();
    let mut problems = Vec::new();
    for (candidate, looked) in wanted.iter().zip(looked) {
        match looked {
            Looked::Foreign => {}
            Looked::Problem(problem) => problems.push(problem),
            Looked::Template(template) => {
                templates.put(template.clone());
                found.push((SmolStr::new(&candidate.path), template));
            }
        }
    }
    let stacks = roots(sources, &templates, &found, inputs);
    let mut declared = evaluate(sources, templates, stacks, inputs);
    declared.problems.splice(0..0, problems);
    declared
}

/// See [`crate::read_stacks`].
pub(crate) fn read_stacks(
    sources: &Sources,
    stacks: Vec<(FileId, StackContext)>,
    inputs: &Inputs,
) -> Declared {
    let templates = Templates::default();
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for (file, context) in stacks {
        match document::parse(&sources.file(file).text, sources.limits()) {
            Ok(document) => {
                let template = Arc::new(Template::of(file, document));
                templates.put(template.clone());
                read.push((template, context));
            }
            Err(error) => problems.push(syntax(sources, file, &error)),
        }
    }
    let mut declared = evaluate(sources, templates, read, inputs);
    declared.problems.splice(0..0, problems);
    declared
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

/// The templates that no other one nests, with their contexts, in order of path.
fn roots(
    sources: &Sources,
    templates: &Templates,
    found: &[(SmolStr, Arc<Template>)],
    inputs: &Inputs,
) -> Vec<(Arc<Template>, StackContext)> {
    let shared = Shared { sources, templates: templates.clone(), inputs, exports: Exports::default() };
    let nests: FxHashMap<FileId, Vec<FileId>> = found
        .par_iter()
        .map(|(path, template)| (template.file, nested_files(&shared, path, template)))
        .filter(|(_, files)| !files.is_empty())
        .collect();
    let nested: FxHashSet<FileId> = found
        .iter()
        .flat_map(|(_, template)| {
            nests.get(&template.file).into_iter().flatten().map(|file| (template.file, *file))
        })
        .filter(|(parent, child)| parent != child)
        .map(|(_, child)| child)
        .collect();
    let mut reached: FxHashSet<FileId> = FxHashSet::default();
    let mut is_root: FxHashSet<FileId> = FxHashSet::default();
    let unnested = found.iter().filter(|(_, template)| !nested.contains(&template.file));
    // Templates that nest one another in a circle have no root; the first of them serves as one.
    for (_, template) in unnested.chain(found) {
        if reached.contains(&template.file) {
            continue;
        }
        is_root.insert(template.file);
        let mut open = vec![template.file];
        while let Some(file) = open.pop() {
            if reached.insert(file) {
                open.extend(nests.get(&file).into_iter().flatten());
            }
        }
    }
    let colliding = colliding(found.iter().map(|(path, _)| path.as_str()));
    let roots = found.iter().filter(|(_, template)| is_root.contains(&template.file));
    roots
        .map(|(path, template)| (template.clone(), context(path, colliding.contains(without_end(path)))))
        .collect()
}

fn nested_files(shared: &Shared<'_>, path: &str, template: &Arc<Template>) -> Vec<FileId> {
    let resources = template.section("Resources").iter();
    let stacks: Vec<_> = resources.filter(|entry| is_stack(&entry.value)).collect();
    if stacks.is_empty() && !mentions(shared.sources, template, INCLUDE) {
        return Vec::new();
    }
    let stack = Stack::root(shared, template.clone(), context(path, false));
    let files = stacks.into_iter().filter_map(|entry| stack.nested_file(entry));
    let included = stack.template.included.files();
    files.chain(included).filter(|file| shared.templates.get(shared.sources, *file).is_some()).collect()
}

/// Paths without extension that several templates have.
fn colliding<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeSet<&'p str> {
    let mut seen = BTreeSet::new();
    paths.map(without_end).filter(|path| !seen.insert(*path)).collect()
}

fn without_end(path: &str) -> &str {
    let ends = TEMPLATE_ENDS.iter().chain(&[".txt"]);
    ends.filter_map(|end| path.strip_suffix(end)).next().unwrap_or(path)
}

fn context(path: &str, collides: bool) -> StackContext {
    StackContext {
        name: SmolStr::new(path),
        prefix: SmolStr::new(if collides { path } else { without_end(path) }),
        language: Language::CloudFormation,
        folder: SmolStr::from(source::folder_of(path)),
        account: None,
        region: None,
        stack_name: None,
        uploaded: Arc::default(),
    }
}

/// Evaluates the stacks, each on its own, with what the others export.
fn evaluate(
    sources: &Sources,
    templates: Templates,
    stacks: Vec<(Arc<Template>, StackContext)>,
    inputs: &Inputs,
) -> Declared {
    let mut shared = Shared { sources, templates, inputs, exports: Exports::default() };
    if stacks.iter().any(|(template, _)| mentions(sources, template, "ImportValue")) {
        shared.exports = exports(&shared, &stacks);
        let chained = stacks.iter().any(|(template, _)| {
            mentions(sources, template, "ImportValue") && mentions(sources, template, "Export")
        });
        if chained {
            // What a stack exports may rest on what it imports.
            shared.exports = exports(&shared, &stacks);
        }
    }
    let parts: Vec<Declared> =
        stacks.into_par_iter().map(|(template, context)| evaluate_one(&shared, template, context)).collect();
    let mut declared = Declared::default();
    parts.into_iter().for_each(|part| declared.append(part));
    // Each template once, however many stacks are made of it.
    let templates = shared.templates.all(sources);
    let checked: Vec<Problems> = templates.par_iter().map(|template| schema::problems(template)).collect();
    declared.problems.extend(checked.into_iter().flatten());
    declared
}

fn mentions(sources: &Sources, template: &Template, word: &str) -> bool {
    let text = sources.file(template.file).text.clone();
    let mentions = |word: &str| memmem::find(text.as_bytes(), word.as_bytes()).is_some();
    // What an included file says counts as well.
    mentions(word) || mentions(INCLUDE)
}

fn exports(shared: &Shared<'_>, stacks: &[(Arc<Template>, StackContext)]) -> Exports {
    let of = |(template, context): &(Arc<Template>, StackContext)| {
        export::of(&Stack::root(shared, template.clone(), context.clone()))
    };
    let parts: Vec<Vec<(SmolStr, Value)>> = stacks.par_iter().map(of).collect();
    let mut exports = Exports::default();
    for ((_, context), part) in stacks.iter().zip(parts) {
        exports.add(context, part);
    }
    exports
}

fn evaluate_one(shared: &Shared<'_>, template: Arc<Template>, context: StackContext) -> Declared {
    let region = context.region.clone();
    let given = shared.inputs.region.as_ref();
    let root = Root {
        name: context.name.clone(),
        language: context.language,
        folder: context.folder.clone(),
        library: false,
        account: context.account.clone(),
        region: region
            .or_else(|| given.map(|region| Value::string(region.as_str(), value::Origin::default()))),
        environment: shared.inputs.environment.clone(),
    };
    let mut declared = Declared { roots: vec![root], ..Declared::default() };
    Stack::root(shared, template, context).declare(&mut declared);
    // A template that is nested several times says what is wrong with it once.
    let mut said = FxHashSet::default();
    declared.problems.retain(|problem| said.insert((problem.code, problem.place, problem.message.clone())));
    declared
}
