//! Which files a scan reads: the paths of the command line, walked with ignore files honoured. The order of
//! candidates and problems depends on the tree alone, and no link leads out of the scan root.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::{Limits, Problem, ProblemSeverity, Problems, Sources, folder_of, synthesized, terragrunt};

/// Files that were found and loaded, with what could not be.
#[derive(Debug)]
pub struct Discovered {
    /// Paths relative to the scan root of all candidate files, sorted: by extension and name only, nothing is
    /// loaded yet.
    pub candidates: Vec<Candidate>,
    /// What could not be read or was left out.
    pub problems: Problems,
}

/// A file that a front end may want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Path relative to the scan root.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Whether the user named this very file (rather than a folder above it).
    pub named: bool,
}

/// Ends of the names that some front end may want, in capitals or not; any other file is a candidate only if the user names it.
const WANTED: [&str; 9] =
    [".tf", ".tofu", ".tfvars", ".json", ".yaml", ".yml", ".template", ".cfn", ".cloudformation"];

/// Folders with other people's code, never entered unless named. Hidden folders (`.terraform`) are not either.
const SKIPPED_FOLDERS: [&str; 2] = ["node_modules", ".terraform"];

/// Walks `paths` (absolute or relative to the current folder) and lists the files a front end may want.
///
/// Honours `.gitignore` and `.ignore` files inside the scan root, in a repository or not; hidden files and folders
/// and `node_modules` are skipped, and links to folders are not followed. What the user names is never skipped, and
/// what a CDK app in the scan is synthesized to (`cdk.out`, or the `output` of its `cdk.json`) is scanned even if it is
/// ignored. A store in memory ignores all of this and offers its files below `paths`. Assets of assemblies are skipped
/// everywhere.
#[must_use]
pub fn discover(sources: &Sources, paths: &[PathBuf]) -> Discovered {
    let mut finder = Finder {
        root: sources.root(),
        limits: sources.limits(),
        found: BTreeMap::new(),
        linked_outside: Vec::new(),
        terragrunt: BTreeSet::new(),
        roots: Vec::new(),
        problems: Vec::new(),
    };
    if sources.root().as_os_str().is_empty() {
        finder.in_memory(sources, paths);
    } else {
        paths.iter().for_each(|path| finder.path(path));
        finder.synthesized(sources);
    }
    // What units include is one of theirs; alone it has to say so itself.
    let roots = std::mem::take(&mut finder.roots);
    if finder.terragrunt.is_empty() {
        let heads = roots
            .into_iter()
            .filter(|path| sources.head(path, HEAD).is_some_and(|head| terragrunt::speaks_terragrunt(&head)));
        finder.terragrunt.extend(heads.map(|path| folder_of(&path).to_owned()));
    }
    finder.finish()
}

/// How much of a `root.hcl` is looked at, in bytes.
const HEAD: usize = 1 << 16;

struct Finder<'s> {
    root: &'s Path,
    limits: &'s Limits,
    found: BTreeMap<String, (u64, bool)>,
    linked_outside: Vec<String>,
    /// Folders of Terragrunt units.
    terragrunt: BTreeSet<String>,
    /// Files that units may include.
    roots: Vec<String>,
    problems: Problems,
}

impl Finder<'_> {
    fn in_memory(&mut self, sources: &Sources, paths: &[PathBuf]) {
        for file in sources.files() {
            let below = |path: &PathBuf| path == Path::new(".") || Path::new(&file.path).starts_with(path);
            let named = paths.iter().any(|path| path == Path::new(&file.path));
            if paths.iter().any(below) && self.terragrunt(&file.path) {
                continue;
            }
            let is_assembly =
                |folder: &str| sources.loaded(format!("{folder}/cdk.out").trim_start_matches('/')).is_some();
            if synthesized::is_in_asset(&file.path, is_assembly) {
                continue;
            }
            if paths.iter().any(below) && (named || is_wanted(&file.path)) {
                self.add(file.path.clone(), file.text.len() as u64, named);
            }
        }
    }

    fn path(&mut self, path: &Path) {
        let shown = path.strip_prefix(self.root).unwrap_or(path).display().to_string();
        let Ok(resolved) = path.canonicalize() else {
            let message = format!("{shown} does not exist");
            let help = "check the path; it is taken from the current folder";
            self.problems.push(Problem::with_path(
                ProblemSeverity::Error,
                "path-missing",
                shown,
                message,
                help,
            ));
            return;
        };
        let Ok(relative) = resolved.strip_prefix(self.root) else {
            let message = format!("{shown} lies outside the scan root {}", self.root.display());
            let help = "run carelint from a folder above it, or set the scan root to one";
            self.problems.push(Problem::with_path(
                ProblemSeverity::Error,
                "path-outside-root",
                shown,
                message,
                help,
            ));
            return;
        };
        if resolved.is_dir() {
            self.walk(&resolved);
        } else if let Some(relative) = self.shown(relative).filter(|path| !self.terragrunt(path)) {
            let bytes = std::fs::metadata(&resolved).map_or(0, |metadata| metadata.len());
            self.add(relative, bytes, true);
        }
    }

    fn walk(&mut self, folder: &Path) {
        let above = ignores_above(self.root, folder);
        let mut walk = WalkBuilder::new(folder);
        walk.parents(false).git_global(false).git_exclude(false).require_git(false);
        walk.sort_by_file_path(Path::cmp).threads(rayon::current_num_threads());
        walk.filter_entry(move |entry| entry.depth() == 0 || !is_skipped(entry, &above));
        let found = together(&walk, self.limits.files).unwrap_or_else(|| {
            // One thread, so that it is always the same files that are left out.
            let found = walk.build().filter(of_interest).take(self.limits.files.saturating_add(1));
            found.map(|entry| entry.map(sized)).collect()
        });
        for entry in found {
            match entry {
                Ok((entry, bytes)) => self.entry(&entry, bytes),
                Err(error) => self.unreadable(folder, &error),
            }
        }
    }

    /// Walks what the apps that were found are synthesized to, as far as it was not: it is ignored in most repositories.
    fn synthesized(&mut self, sources: &Sources) {
        let is_app = |path: &&String| path.rsplit('/').next() == Some(synthesized::APP_FILE);
        let outputs: BTreeSet<String> = self
            .found
            .keys()
            .filter(is_app)
            .filter_map(|path| synthesized::output_of(sources, path))
            .collect();
        for output in outputs {
            let manifest = format!("{output}/manifest.json");
            if let Ok(folder) = self.root.join(&output).canonicalize()
                && folder.starts_with(self.root)
                && sources.is_file(&manifest)
                && !self.found.contains_key(&manifest)
            {
                self.walk(&folder);
            }
        }
    }

    fn unreadable(&mut self, folder: &Path, error: &ignore::Error) {
        let shown = folder.strip_prefix(self.root).unwrap_or(folder).display().to_string();
        let message = format!("a part of {shown} cannot be read: {error}");
        let help = "give carelint the right to read it, or add it to .gitignore";
        let problem = Problem::with_path(ProblemSeverity::Error, "folder-unreadable", shown, message, help);
        self.problems.push(problem);
    }

    fn entry(&mut self, entry: &DirEntry, bytes: u64) {
        let Ok(relative) = entry.path().strip_prefix(self.root) else { return };
        let name = entry.file_name().to_string_lossy();
        if terragrunt::is_unit(&name) || terragrunt::is_root(&name) {
            if let Some(relative) = self.shown(relative) {
                self.terragrunt(&relative);
            }
            return;
        }
        let Some(relative) = self.shown(relative) else { return };
        if entry.path_is_symlink() {
            return self.link(entry.path(), relative);
        }
        if entry.file_type().is_some_and(|kind| kind.is_file()) {
            self.add(relative, bytes, false);
        }
    }

    /// A link to a file inside the root is a file like any other; one to a folder is not followed, because the
    /// folder is walked where it stands.
    fn link(&mut self, path: &Path, relative: String) {
        let Ok(target) = path.canonicalize() else { return };
        if !target.starts_with(self.root) {
            self.linked_outside.push(relative);
        } else if target.is_file() && is_wanted(&relative) {
            let bytes = std::fs::metadata(&target).map_or(0, |metadata| metadata.len());
            self.add(relative, bytes, false);
        }
    }

    /// The path as reports show it; none, with a problem, if it is no UTF-8.
    fn shown(&mut self, relative: &Path) -> Option<String> {
        let parts: Option<Vec<&str>> = relative.iter().map(|part| part.to_str()).collect();
        if parts.is_none() {
            let shown = relative.display().to_string();
            let message = format!("the name of {shown} is not valid UTF-8");
            let help = "rename the file";
            let problem = Problem::with_path(ProblemSeverity::Error, "path-not-utf8", shown, message, help);
            self.problems.push(problem);
        }
        parts.map(|parts| parts.join("/"))
    }

    /// Whether a file is Terragrunt's, which is noted.
    fn terragrunt(&mut self, path: &str) -> bool {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        if terragrunt::is_unit(name) {
            self.terragrunt.insert(folder_of(path).to_owned());
        } else if terragrunt::is_root(name) {
            self.roots.push(path.to_owned());
        } else {
            return false;
        }
        true
    }

    fn add(&mut self, path: String, bytes: u64, named: bool) {
        let known = self.found.entry(path).or_insert((bytes, named));
        known.1 |= named;
    }

    fn finish(mut self) -> Discovered {
        let folders: Vec<String> = std::mem::take(&mut self.terragrunt).into_iter().collect();
        self.problems.extend(terragrunt::note(&folders));
        if let Some(first) = self.linked_outside.first() {
            let more = match self.linked_outside.len() {
                1 => String::new(),
                many => format!(" (and {} more)", many - 1),
            };
            let message = format!("the link {first}{more} leads out of the scan root and was not followed");
            let help = "scan from a folder above its target, or replace the link by the files";
            let code = "link-outside-root";
            self.problems.push(Problem::with_path(
                ProblemSeverity::Error,
                code,
                first.clone(),
                message,
                help,
            ));
        }
        if self.found.len() > self.limits.files {
            let message = format!("there are more than {} files; the rest was left out", self.limits.files);
            let help = "name the folders to scan, or add the others to .gitignore";
            self.problems.push(Problem::with_path(
                ProblemSeverity::Error,
                "too-many-files",
                "",
                message,
                help,
            ));
        }
        let mut candidates = Vec::new();
        for (path, (bytes, named)) in self.found.into_iter().take(self.limits.files) {
            // Whether a large JSON file is a plan is not told by its name.
            let limit = if path.ends_with(".json") { self.limits.plan_bytes } else { self.limits.file_bytes };
            if bytes <= limit {
                candidates.push(Candidate { path, bytes, named });
                continue;
            }
            let message = format!("{path} has {bytes} bytes, more than the limit of {limit}");
            let help = "split the file, or add it to .gitignore if it is no infrastructure code";
            self.problems.push(Problem::with_path(
                ProblemSeverity::Error,
                "file-too-large",
                path,
                message,
                help,
            ));
        }
        Discovered { candidates, problems: self.problems }
    }
}

/// What a walk meets: an entry with its size in bytes, none if that cannot be told.
type Found = Result<(DirEntry, u64), ignore::Error>;

/// An entry with its size, which takes a call of the system.
fn sized(entry: DirEntry) -> (DirEntry, u64) {
    let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
    (entry, bytes)
}

/// What a walk finds on several threads, by path; none if there is more than `most`.
fn together(walk: &WalkBuilder, most: usize) -> Option<Vec<Found>> {
    let (sender, receiver) = std::sync::mpsc::channel::<Found>();
    let count = AtomicUsize::new(0);
    walk.build_parallel().run(|| {
        let (sender, count) = (sender.clone(), &count);
        Box::new(move |entry| {
            if !of_interest(&entry) {
                return WalkState::Continue;
            }
            if count.fetch_add(1, Ordering::Relaxed) >= most || sender.send(entry.map(sized)).is_err() {
                return WalkState::Quit;
            }
            WalkState::Continue
        })
    });
    drop(sender);
    if count.into_inner() > most {
        return None;
    }
    let mut found: Vec<Found> = receiver.into_iter().collect();
    found.sort_by_cached_key(|entry| match entry {
        Ok((entry, _)) => (entry.path().to_owned(), String::new()),
        Err(error) => (PathBuf::new(), error.to_string()),
    });
    Some(found)
}

/// Whether something that was found is looked at any further: files that may be wanted, links, what cannot be read.
fn of_interest(entry: &Result<DirEntry, ignore::Error>) -> bool {
    let Ok(entry) = entry else { return true };
    if entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return false;
    }
    let name = entry.file_name().to_string_lossy();
    entry.path_is_symlink() || is_wanted(&name) || terragrunt::is_unit(&name) || terragrunt::is_root(&name)
}

fn is_wanted(path: &str) -> bool {
    WANTED.iter().any(|end| {
        let tail = path.len().checked_sub(end.len()).and_then(|at| path.get(at..));
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end))
    })
}

/// The ignore files of the folders from `root` down to the one above `folder`, which the walk does not read
/// because it starts at `folder`. None if `folder` itself is ignored: then the user has named it all the same.
fn ignores_above(root: &Path, folder: &Path) -> Vec<Gitignore> {
    let above = folder.ancestors().skip(1).take_while(|above| above.starts_with(root));
    let read = |above: &Path| {
        let mut builder = GitignoreBuilder::new(above);
        for name in [".gitignore", ".ignore"] {
            let file = above.join(name);
            if file.is_file() {
                drop(builder.add(file));
            }
        }
        builder.build().ok().filter(|ignore| !ignore.is_empty())
    };
    let ignores: Vec<Gitignore> = above.filter_map(read).collect();
    let ignored = ignores.iter().any(|ignore| ignore.matched_path_or_any_parents(folder, true).is_ignore());
    let is_assembly = folder.join("manifest.json").is_file();
    if ignored || is_assembly { Vec::new() } else { ignores }
}

fn is_skipped(entry: &DirEntry, above: &[Gitignore]) -> bool {
    let is_dir = entry.file_type().is_some_and(|kind| kind.is_dir());
    let name = entry.file_name().to_str().unwrap_or_default();
    let in_assembly = || entry.path().parent().is_some_and(|folder| folder.join("cdk.out").is_file());
    if is_dir && SKIPPED_FOLDERS.contains(&name) || synthesized::is_asset(name) && in_assembly() {
        return true;
    }
    // The nearest file that speaks of the path decides.
    let decided =
        above.iter().map(|ignore| ignore.matched(entry.path(), is_dir)).find(|found| !found.is_none());
    decided.is_some_and(|found| found.is_ignore())
}

#[cfg(test)]
mod tests;
