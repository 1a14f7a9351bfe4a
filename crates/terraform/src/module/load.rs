//! Reads the folders of a scan and all that they call, in parallel.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use source::{FileId, Problem, ProblemSeverity, Sources, folder_of};

use super::{Folder, Installed, mapped, merge, path, test_modules};
use crate::ast::{Attribute, Block, Body};
use crate::{Inputs, is_terraform, parse};

/// All module folders of a scan.
#[derive(Debug, Default)]
pub(crate) struct Project {
    /// Folders, sorted by path.
    pub(crate) folders: Vec<Folder>,
    index: FxHashMap<String, usize>,
    /// Module sources and the folders that stand for them.
    pub(super) mapped: BTreeMap<String, String>,
    /// What `terraform init` installed, by folder of the root.
    pub(crate) installed: FxHashMap<String, Installed>,
}

/// Where the source of a module call leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    /// To a folder that was read.
    Folder(usize),
    /// To a local folder that has no Terraform files.
    Missing,
    /// Somewhere that is not at hand.
    Opaque,
    /// To a folder outside the scan root, which Terraform would read.
    Outside,
}

impl Project {
    /// The position of a folder that holds Terraform files.
    pub(crate) fn folder(&self, path: &str) -> Option<usize> {
        self.index.get(path).copied()
    }

    /// Where a call in `folder` leads; `call_path` is the path of the call from the root that `installed` belongs to.
    pub(crate) fn target(
        &self,
        folder: &Folder,
        source: &str,
        call_path: &str,
        installed: &Installed,
    ) -> Target {
        if is_local(source) {
            return match path::join(&folder.path, source) {
                Some(path) => self.folder(&path).map_or(Target::Missing, Target::Folder),
                None => Target::Outside,
            };
        }
        let found = mapped::folder(source, &self.mapped).and_then(|folder| self.folder(&folder));
        let found = found.or_else(|| installed.folder(call_path).and_then(|folder| self.folder(folder)));
        match found {
            Some(folder) => Target::Folder(folder),
            None if installed.is_outside(call_path) => Target::Outside,
            None => Target::Opaque,
        }
    }
}

/// Whether a module source is a path.
pub(super) fn is_local(source: &str) -> bool {
    source == "." || source == ".." || source.starts_with("./") || source.starts_with("../")
}

/// The source of a module call, where it is a literal as Terraform demands.
pub(crate) fn source_of(call: &Block) -> Option<&str> {
    call.body.attribute("source").and_then(|source| source.value.literal()).map(|text| text.as_str())
}

/// Folders that the calls of `folder` reach by local paths or as the configuration maps them.
pub(super) fn called(folder: &Folder, mapped: &BTreeMap<String, String>) -> impl Iterator<Item = String> {
    let sources = folder.calls.iter().filter_map(|(_, call)| source_of(call));
    sources.filter_map(move |source| match is_local(source) {
        true => path::join(&folder.path, source),
        false => mapped::folder(source, mapped),
    })
}

/// Reads the folders of `candidates` and every folder that is reached from them.
pub(crate) fn load(sources: &Sources, candidates: &[String], inputs: &Inputs) -> Project {
    let mut project = Project { mapped: inputs.module_folders.clone(), ..Project::default() };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut wanted: BTreeSet<String> = candidates.iter().map(|file| folder_of(file).to_owned()).collect();
    for folder in &wanted {
        let installed = Installed::read(sources, folder);
        if !installed.is_empty() {
            project.installed.insert(folder.clone(), installed);
        }
    }
    let installed: Vec<String> =
        wanted.iter().filter_map(|at| project.installed.get(at)).flat_map(Installed::all).collect();
    wanted.extend(installed);
    while !wanted.is_empty() {
        let batch: Vec<String> =
            std::mem::take(&mut wanted).into_iter().filter(|path| seen.insert(path.clone())).collect();
        let read: Vec<Folder> = batch.into_par_iter().filter_map(|path| read_folder(sources, path)).collect();
        wanted.extend(
            read.iter()
                .flat_map(|folder| called(folder, &project.mapped))
                .filter(|path| !seen.contains(path)),
        );
        project.folders.extend(read);
    }
    project.folders.sort_by(|a, b| a.path.cmp(&b.path));
    let position = |(at, folder): (usize, &Folder)| (folder.path.clone(), at);
    project.index = project.folders.iter().enumerate().map(position).collect();
    test_modules::mark(sources, &mut project);
    project
}

/// Reads one folder; none if it holds no Terraform files.
fn read_folder(sources: &Sources, path: String) -> Option<Folder> {
    let children = sources.children(&path);
    let mut names: Vec<&String> = children.iter().filter(|name| is_terraform(name)).collect();
    // OpenTofu prefers `main.tofu` to `main.tf`.
    let twin = |name: &str| {
        let end = [".tf", ".tf.json"].into_iter().find(|end| name.ends_with(end))?;
        Some(format!("{}{}", name.strip_suffix(end)?, end.replace("tf", "tofu")))
    };
    names.retain(|name| twin(name).is_none_or(|twin| !children.contains(&twin)));
    if names.is_empty() {
        return None;
    }
    let mut folder = Folder { path, ..Folder::default() };
    let mut merged = Body::default();
    let mut overrides = Vec::new();
    let mut loaded: Vec<(FileId, &str)> = Vec::new();
    for name in names {
        let file = path::join(&folder.path, name).unwrap_or_default();
        match sources.load(&file) {
            Ok(id) => loaded.push((id, name)),
            Err(error) => folder.problems.push(unreadable(&file, &error.to_string())),
        }
    }
    let parsed: Vec<_> = loaded.par_iter().map(|(id, name)| (parse::file(sources, *id), *name)).collect();
    for ((body, problem), name) in parsed {
        folder.problems.extend(problem);
        folder.problems.extend(body.attributes.iter().map(unexpected));
        if merge::is_override(name) { overrides.push(body) } else { merged.blocks.extend(body.blocks) }
    }
    for body in overrides {
        merge::apply(&mut merged, body, &mut folder.problems);
    }
    folder.fill(merged);
    Some(folder)
}

/// An argument outside of any block.
fn unexpected(argument: &Attribute) -> Problem {
    Problem::at(
        ProblemSeverity::Warning,
        "terraform-unexpected-argument",
        argument.place,
        format!("`{}` stands outside of any block", argument.name),
        "put it into the block that it belongs to, or into a file of variables; it was skipped",
    )
}

fn unreadable(file: &str, why: &str) -> Problem {
    let message = format!("the file was not read: {why}");
    let help = "make it a readable UTF-8 file inside the scan root, or leave it out of the scan";
    Problem::with_path(ProblemSeverity::Error, "terraform-unreadable", file, message, help)
}
