//! Constructs of one stack: which of them makes a resource, on which line of the application, and who decides on it.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::{Problem, ProblemSeverity, Sources};
use value::declared::{Construct, Resource};

use crate::manifest::StackArtifact;
use crate::metadata::Metadata;
use crate::owner::owner;
use crate::traces::Application;
use crate::tree::Tree;

/// How the construct of the resource that nests a stack ends; the scope of the nested stack is what stands before it.
const NESTED: &str = ".NestedStack";

/// Constructs of one stack, those of the stacks nested in it included.
#[derive(Debug, Default)]
pub(crate) struct Constructs {
    /// Construct path of the stack.
    stack: SmolStr,
    metadata: Metadata,
    /// Scope of nested stacks (construct paths), by the addresses of the resources that nest them.
    scopes: FxHashMap<SmolStr, SmolStr>,
    /// Scopes of all nested stacks that the metadata names.
    nested: Vec<SmolStr>,
}

impl Constructs {
    /// What the manifest and its file of further metadata tell of a stack.
    pub(crate) fn of(
        sources: &Sources,
        stack: &StackArtifact,
        application: &mut Application<'_>,
        problems: &mut Vec<Problem>,
    ) -> Self {
        let mut metadata = Metadata::default();
        let mut wrong = |path: &str, why: &str| {
            let message = format!("the metadata of the stack {} cannot be read: {why}", stack.id);
            let help = "run `cdk synth` again; findings name no constructs and no lines of the application until then";
            let code = "cdk-assembly";
            problems.push(Problem::with_path(ProblemSeverity::Warning, code, path, message, help));
        };
        if let Some((file, span)) = stack.metadata {
            let file = sources.file(file);
            let text = file.text.get(span.range()).unwrap_or_default();
            if let Err(why) = metadata.add(text.as_bytes(), application) {
                wrong(&file.path, &why);
            }
        }
        if let Some(path) = &stack.more_metadata {
            let read = sources.bytes(path).map_err(|error| error.to_string());
            if let Err(why) = read.and_then(|bytes| metadata.add(&bytes, application)) {
                wrong(path, &why);
            }
        }
        let nested = metadata.paths.values().flatten().filter_map(|path| scope_of(path));
        let mut nested: Vec<SmolStr> = nested.map(SmolStr::new).collect();
        nested.sort_unstable();
        Self { stack: stack.id.clone(), metadata, scopes: FxHashMap::default(), nested }
    }

    /// Tells a resource where it comes from. A resource that nests a stack is told before those of that stack.
    pub(crate) fn locate(&mut self, resource: &mut Resource, tree: Option<&Tree>) {
        let written = resource.meta.get("Metadata").get("aws:cdk:path");
        let written = written.as_str().map(|path| SmolStr::new(path.trim_start_matches('/')));
        let Some(path) = written.or_else(|| self.listed(resource)) else { return };
        if let Some(scope) = scope_of(&path) {
            self.scopes.insert(resource.address.clone(), SmolStr::new(scope));
        }
        let (trace, owner) = (self.line(&path), self.owner(&path, tree));
        resource.construct = Some(Box::new(Construct { path, trace, owner }));
    }

    /// The path that the metadata has for a logical id: that of the stack which declares the resource, if several
    /// stacks have the id.
    fn listed(&self, resource: &Resource) -> Option<SmolStr> {
        let paths = self.metadata.paths.get(resource.logical_id.as_ref()?)?;
        if let [only] = paths.as_slice() {
            return Some(only.clone());
        }
        let parent = resource.address.rsplit_once('/').and_then(|(parent, _)| self.scopes.get(parent));
        let scope = parent.unwrap_or(&self.stack);
        let is_own = |path: &&SmolStr| {
            let innermost =
                self.nested.iter().filter(|nested| is_below(path, nested)).max_by_key(|nested| nested.len());
            innermost.map_or(parent.is_none(), |innermost| innermost == scope)
        };
        let mut own = paths.iter().filter(is_own);
        own.next().filter(|_| own.next().is_none()).cloned()
    }

    /// The line that makes a construct, or else the nearest construct around it below the stack: its own, or that of
    /// its main resource, which it makes at once.
    fn line(&self, path: &str) -> Option<SmolStr> {
        let mut at = path;
        while at.len() > self.stack.len() {
            let main = ["Resource", "Default"].map(|id| format!("{at}/{id}"));
            let known = |path: &str| self.metadata.lines.get(path).cloned();
            if let Some(line) = known(at).or_else(|| main.iter().find_map(|path| known(path))) {
                return Some(line);
            }
            at = at.rsplit_once('/')?.0;
        }
        None
    }

    fn owner(&self, path: &str, tree: Option<&Tree>) -> Option<value::declared::Owner> {
        let depth = if is_below(path, &self.stack) { self.stack.split('/').count() } else { 0 };
        let mut known = tree.map(|tree| tree.along(path)).unwrap_or_default();
        // A tree that ends before the path tells only of the constructs that it holds.
        let told = known.len() > depth;
        known.extend(path.split('/').skip(known.len()).map(|id| (id, "")));
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        let marked = ends.filter_map(|end| path.get(..end)).any(|path| self.metadata.helpers.contains(path));
        owner(known.get(depth..).unwrap_or_default(), marked, told)
    }
}

/// The scope of the stack that the construct at `path` nests: `A/B` for `A/B.NestedStack/B.NestedStackResource`.
fn scope_of(path: &str) -> Option<&str> {
    path.rsplit_once('/')?.0.strip_suffix(NESTED)
}

fn is_below(path: &str, scope: &str) -> bool {
    path.strip_prefix(scope).is_some_and(|rest| rest.starts_with('/'))
}
