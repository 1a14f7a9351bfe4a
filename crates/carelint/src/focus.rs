//! A scan of single files: a hook before a commit names the files that changed. Invariant: what is said of a named file
//! is what a scan of its project says of it, as far as the roots that call its module go; nothing is said of others.

use std::collections::BTreeSet;
use std::path::PathBuf;

use graph::Graph;
use rules::{Subject, Verdict};
use source::discovery::{Candidate, discover};
use source::{Place, Problem, ProblemSeverity, Sources, folder_of};
use value::declared::{Language, Resource};

use crate::options::NamedFiles;

/// The Terraform files that were named, if nothing but files was.
#[derive(Debug, Clone, Default)]
pub struct Focus {
    files: BTreeSet<String>,
}

/// Whether a file belongs to a module without being configuration: variables.
fn is_variables(path: &str) -> bool {
    path.ends_with(".tfvars") || path.ends_with(".tfvars.json")
}

impl Focus {
    /// The focus of a scan; none if a folder was named, or no file of a module.
    pub(crate) fn of(candidates: &[Candidate], mode: NamedFiles) -> Option<Self> {
        if mode == NamedFiles::Scan || !candidates.iter().all(|candidate| candidate.named) {
            return None;
        }
        let of_module = |path: &&String| terraform::is_terraform(path) || is_variables(path);
        let files: BTreeSet<String> =
            candidates.iter().map(|candidate| &candidate.path).filter(of_module).cloned().collect();
        (!files.is_empty()).then_some(Self { files })
    }

    /// Folders of the modules of the named files: files of variables may lie in a folder below their root's.
    pub(crate) fn folders(&self, sources: &Sources) -> BTreeSet<String> {
        let is_module =
            |folder: &str| sources.children(folder).iter().any(|name| terraform::is_terraform(name));
        let of = |file: &String| {
            let mut folder = folder_of(file);
            while !folder.is_empty() && is_variables(file) && !is_module(folder) {
                folder = folder_of(folder);
            }
            folder.to_owned()
        };
        self.files.iter().map(of).collect()
    }

    /// Terraform files of the project, or of the folders of the named files.
    pub(crate) fn candidates(&self, sources: &Sources, mode: NamedFiles) -> Vec<String> {
        let mut found: BTreeSet<String> =
            self.files.iter().filter(|file| terraform::is_terraform(file)).cloned().collect();
        if mode == NamedFiles::OfProject {
            let root: PathBuf = sources.root().to_path_buf();
            let whole = discover(sources, &[root]).candidates.into_iter().map(|candidate| candidate.path);
            found.extend(whole.filter(|path| terraform::is_terraform(path)));
        }
        for folder in self.folders(sources) {
            let children = sources.children(&folder).into_iter().filter(|name| terraform::is_terraform(name));
            found.extend(children.map(|name| match folder.as_str() {
                "" => name,
                folder => format!("{folder}/{name}"),
            }));
        }
        found.into_iter().collect()
    }

    /// Whether a verdict concerns a named file: its resource stands there, or the value that decided, or a step of that
    /// value's way. What is no Terraform configuration is not looked at more closely.
    pub(crate) fn keeps(&self, sources: &Sources, graph: &Graph<'_>, verdict: &Verdict) -> bool {
        let Subject::Node(node) = verdict.subject else { return false };
        let Some(resource) = graph.resource(node) else { return false };
        let way = verdict.related.iter().map(|(place, _)| *place);
        self.holds(sources, graph, resource)
            || verdict.place.into_iter().chain(way).any(|place| self.has(sources, place))
    }

    /// Whether a resource counts: it stands in a named file, or in something that is no Terraform configuration.
    pub(crate) fn holds(&self, sources: &Sources, graph: &Graph<'_>, resource: &Resource) -> bool {
        let root = graph.declared.root_of(resource);
        root.is_none_or(|root| root.language != Language::Terraform) || self.has(sources, resource.place)
    }

    /// Whether a place lies in a named file.
    pub(crate) fn has(&self, sources: &Sources, place: Place) -> bool {
        self.files.contains(&sources.file(place.file).path)
    }

    /// Whether a problem concerns a named file, or keeps something from being read that its verdicts rest on.
    pub(crate) fn keeps_problem(&self, sources: &Sources, problem: &Problem) -> bool {
        problem.severity == ProblemSeverity::Error
            || match problem.place {
                Some(place) => self.has(sources, place),
                None => problem.path.is_empty() || self.files.contains(&problem.path),
            }
    }
}
