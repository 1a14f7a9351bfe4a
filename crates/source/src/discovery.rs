//! Which files a scan reads: the paths of the command line, walked with ignore files honoured. The order of
//! candidates and problems depends on the tree alone, and no link leads out of the scan root.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::{Limits, Problem, ProblemSeverity, Problems, Sources, folder_of, terragrunt};

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

/// Ends of the names that some front end may want; any other file is a candidate only if the user names it.
const WANTED: [&str; 9] =
    [".tf", ".tofu", ".tfvars", ".json", ".yaml", ".yml", ".template", ".cfn", ".cloudformation"];

/// Folders with other people's code, never entered unless named. Hidden folders (`.terraform`) are not either.
const SKIPPED_FOLDERS: [&str; 2] = ["node_modules", ".terraform"];

/// Walks `paths` (absolute or relative to the current folder) and lists the files a front end may want.
///
/// Honours `.gitignore` and `.ignore` files inside the scan root, in a repository or not; hidden files and folders
/// and `node_modules` are skipped, and links to folders are not followed. What the user names is never skipped:
/// a git-ignored `cdk.out` is scanned when it is named. A store in memory ignores all of this and offers its files
/// below `paths`.
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
            walk.build().filter(of_interest).take(self.limits.files.saturating_add(1)).collect()
        });
        for entry in found {
            match entry {
                Ok(entry) => self.entry(&entry),
                Err(error) => self.unreadable(folder, &error),
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

    fn entry(&mut self, entry: &DirEntry) {
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
            let bytes = entry.metadata().map_or(0, |metadata| metadata.len());
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

type Found = Result<DirEntry, ignore::Error>;

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
            if count.fetch_add(1, Ordering::Relaxed) >= most || sender.send(entry).is_err() {
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
        Ok(entry) => (entry.path().to_owned(), String::new()),
        Err(error) => (PathBuf::new(), error.to_string()),
    });
    Some(found)
}

/// Whether something that was found is looked at any further: files that may be wanted, links, what cannot be read.
fn of_interest(entry: &Found) -> bool {
    let Ok(entry) = entry else { return true };
    if entry.file_type().is_some_and(|kind| kind.is_dir()) {
        return false;
    }
    let name = entry.file_name().to_string_lossy();
    entry.path_is_symlink() || is_wanted(&name) || terragrunt::is_unit(&name) || terragrunt::is_root(&name)
}

fn is_wanted(path: &str) -> bool {
    WANTED.iter().any(|end| path.ends_with(end))
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
    if is_dir && entry.file_name().to_str().is_some_and(|name| SKIPPED_FOLDERS.contains(&name)) {
        return true;
    }
    // The nearest file that speaks of the path decides.
    let decided =
        above.iter().map(|ignore| ignore.matched(entry.path(), is_dir)).find(|found| !found.is_none());
    decided.is_some_and(|found| found.is_ignore())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, removed in the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let unique = format!("carelint-discovery-{name}-{}", std::process::id());
            let folder = std::env::temp_dir().join(unique);
            for (path, text) in files {
                let path = folder.join(path);
                std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
                std::fs::write(path, text).expect("a file");
            }
            Self(folder)
        }

        #[track_caller]
        fn check(&self, limits: Limits, paths: &[&str], expected: &[&str]) {
            let sources = Sources::new(&self.0, limits).expect("the folder exists");
            let paths: Vec<PathBuf> = paths.iter().map(|path| self.0.join(path)).collect();
            let found = discover(&sources, &paths);
            let name = |one: &Candidate| format!("{}{}", one.path, if one.named { " named" } else { "" });
            let problem = |one: &Problem| format!("{}: {}", one.severity.as_str(), one.code);
            let mut shown: Vec<String> = found.candidates.iter().map(name).collect();
            shown.extend(found.problems.iter().map(problem));
            assert_eq!(shown, expected);
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn ignored_hidden_and_foreign_folders_are_skipped() {
        let folder = Folder::new(
            "skipped",
            &[
                (".gitignore", "cdk.out\n*.bak.json\n"),
                ("main.tf", ""),
                ("notes.md", ""),
                (".terraform/modules/a/main.tf", ""),
                ("app/cdk.out/manifest.json", "{}"),
                ("app/node_modules/x/template.yaml", ""),
                ("app/b.yaml", ""),
                ("app/a.bak.json", ""),
            ],
        );
        folder.check(Limits::default(), &["."], &["app/b.yaml", "main.tf"]);
        folder.check(Limits::default(), &["app"], &["app/b.yaml"]);
        folder.check(Limits::default(), &["app/cdk.out"], &["app/cdk.out/manifest.json"]);
        folder.check(
            Limits::default(),
            &["notes.md", "main.tf", "."],
            &["app/b.yaml", "main.tf named", "notes.md named"],
        );
    }

    #[test]
    fn terragrunt_is_told_of_once() {
        let root = "remote_state {\n  backend = \"s3\"\n}\n";
        let files = [("root.hcl", root), ("live/a/terragrunt.hcl", ""), ("live/b/terragrunt.hcl", "")];
        let folder = Folder::new("terragrunt", &files);
        folder.check(Limits::default(), &["."], &["warning: terragrunt-not-evaluated"]);
        folder.check(Limits::default(), &["root.hcl"], &["warning: terragrunt-not-evaluated"]);
        folder.check(Limits::default(), &["live/a/terragrunt.hcl"], &["warning: terragrunt-not-evaluated"]);
        let other = Folder::new(
            "root",
            &[("root.hcl", "a = 1\n"), ("x.tftest.hcl", ""), (".terraform.lock.hcl", "")],
        );
        other.check(Limits::default(), &["."], &[]);
    }

    #[test]
    fn limits_and_missing_paths_are_errors() {
        let folder = Folder::new("limits", &[("a.tf", "12345"), ("b.tf", "1"), ("c.tf", "")]);
        let small = Limits { file_bytes: 4, ..Limits::default() };
        folder.check(small, &["."], &["b.tf", "c.tf", "error: file-too-large"]);
        folder.check(
            Limits { files: 2, ..Limits::default() },
            &["."],
            &["a.tf", "b.tf", "error: too-many-files"],
        );
        folder.check(Limits::default(), &["absent"], &["error: path-missing"]);
        folder.check(Limits::default(), &["/"], &["error: path-outside-root"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_lead_nowhere_outside_the_root() {
        let folder = Folder::new("links", &[("a/main.tf", "")]);
        std::os::unix::fs::symlink("/etc/hosts", folder.0.join("a/out.tf")).expect("a link");
        std::os::unix::fs::symlink("/etc", folder.0.join("a/etc")).expect("a link");
        std::os::unix::fs::symlink("main.tf", folder.0.join("a/in.tf")).expect("a link");
        std::os::unix::fs::symlink(".", folder.0.join("a/loop")).expect("a link");
        folder.check(Limits::default(), &["."], &["a/in.tf", "a/main.tf", "error: link-outside-root"]);
    }

    #[test]
    fn a_store_in_memory_offers_its_files() {
        let sources = Sources::in_memory([("b/x.yaml", ""), ("a.tf", ""), ("notes.md", "")]);
        let paths = |paths: &[&str]| -> Vec<String> {
            let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
            discover(&sources, &paths).candidates.into_iter().map(|one| one.path).collect()
        };
        assert_eq!(paths(&["."]), ["a.tf", "b/x.yaml"]);
        assert_eq!(paths(&["b"]), ["b/x.yaml"]);
        assert_eq!(paths(&["notes.md"]), ["notes.md"]);
    }
}
