//! Which templates are roots: those that no other one nests. Invariant: every template is evaluated, as a root or as
//! part of one.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::FileId;
use value::Condition;
use value::declared::Language;

use crate::evaluation::{self, Run};
use crate::located::Located;
use crate::look::TEMPLATE_ENDS;
use crate::macros::INCLUDE;
use crate::nested::is_nesting;
use crate::stack::{Shared, Stack};
use crate::template::Template;
use crate::{Inputs, StackContext};

/// A template of the scan.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// Its path.
    pub(crate) path: SmolStr,
    pub(crate) template: Arc<Template>,
    /// What it is evaluated with if it is a root.
    pub(crate) inputs: Vec<Arc<Inputs>>,
}

/// The roots among templates, each with all its inputs, in order of path.
pub(crate) fn runs(shared: &Shared<'_>, found: Vec<Found>) -> Vec<Run> {
    let is_root = roots(shared, &found);
    let colliding = colliding(found.iter().map(|one| one.path.as_str()));
    let roots = found.into_iter().filter(|one| is_root.contains(&one.template.file));
    let each = |one: Found| {
        let context = context(&one.path, colliding.contains(without_end(&one.path)));
        Run::each(&one.path, &one.template, &context, one.inputs)
    };
    roots.flat_map(each).collect()
}

/// The files of templates that no other one nests.
fn roots(shared: &Shared<'_>, found: &[Found]) -> FxHashSet<FileId> {
    let nests: FxHashMap<FileId, Vec<FileId>> = found
        .par_iter()
        .map(|one| (one.template.file, nested_files(shared, one)))
        .filter(|(_, files)| !files.is_empty())
        .collect();
    let of = |file: FileId| nests.get(&file).into_iter().flatten().copied();
    let pairs = found.iter().flat_map(|one| of(one.template.file).map(|child| (one.template.file, child)));
    let nested: FxHashSet<FileId> =
        pairs.filter(|(parent, child)| parent != child).map(|(_, child)| child).collect();
    let mut reached: FxHashSet<FileId> = FxHashSet::default();
    let mut is_root: FxHashSet<FileId> = FxHashSet::default();
    let unnested = found.iter().filter(|one| !nested.contains(&one.template.file));
    // Templates that nest one another in a circle have no root; the first of them serves as one.
    for one in unnested.chain(found) {
        if reached.contains(&one.template.file) {
            continue;
        }
        is_root.insert(one.template.file);
        let mut open = vec![one.template.file];
        while let Some(file) = open.pop() {
            if reached.insert(file) {
                open.extend(of(file));
            }
        }
    }
    // Nobody asks for the others again.
    shared.templates.keep(&nested);
    is_root
}

/// The files of the stacks that a template nests, with any of its inputs.
fn nested_files(shared: &Shared<'_>, found: &Found) -> Vec<FileId> {
    let resources = found.template.section("Resources").iter();
    let stacks: Vec<_> = resources.filter(|entry| is_nesting(&entry.value)).collect();
    if stacks.is_empty() && !evaluation::mentions(shared.sources, &found.template, INCLUDE) {
        return Vec::new();
    }
    let mut files = Vec::new();
    for run in Run::each(&found.path, &found.template, &context(&found.path, false), found.inputs.clone()) {
        let stack = Stack::root(shared, &run);
        // What is never nested is judged on its own.
        let there = stacks.iter().filter(|entry| stack.condition_of_entry(&entry.value) != Condition::Never);
        let opened = there.filter_map(|entry| stack.located(entry).ok());
        let opened = opened.map(Located::file).chain(stack.template.included.files());
        files.extend(opened.filter(|file| shared.templates.get(shared.sources, *file).is_some()));
    }
    files
}

/// Paths without extension that several templates have.
pub(crate) fn colliding<'p>(paths: impl Iterator<Item = &'p str>) -> BTreeSet<SmolStr> {
    let mut seen = BTreeSet::new();
    paths.map(without_end).filter(|path| !seen.insert(*path)).map(SmolStr::new).collect()
}

/// The path of a template without its extension.
pub(crate) fn without_end(path: &str) -> &str {
    let ends = TEMPLATE_ENDS.iter().chain(&[".txt"]);
    ends.filter_map(|end| path.strip_suffix(end)).next().unwrap_or(path)
}

/// What is known of a template as a root.
pub(crate) fn context(path: &str, collides: bool) -> StackContext {
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
