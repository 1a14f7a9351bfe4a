//! The folder tree under the scan root, as it was when it was first looked at: each folder is resolved and listed once.
//! Invariant: what is resolved lies under the root, links followed.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustc_hash::FxHashMap;

/// Why a path does not lead to a file or a folder under the root.
#[derive(Debug)]
pub(crate) enum Refused {
    Outside,
    Io(std::io::Error),
}

/// Most links on the way to a folder, as Linux has it: a link to a folder above would lead on without end.
const MOST_LINKS: u8 = 40;

/// Where a folder is, links resolved, and how many of them were on the way.
#[derive(Debug, Clone)]
struct Reached {
    folder: Arc<Path>,
    links: u8,
}

/// Names in a folder that are files.
pub(crate) type Names = Arc<[String]>;

/// The root and the folders that were looked at. Paths are relative, with `/` between their parts and without `.` and
/// `..`.
#[derive(Debug, Default)]
pub(crate) struct Disk {
    root: PathBuf,
    /// Where folders lead; none for those that do not exist, lead out of the root or through too many links.
    folders: RwLock<FxHashMap<String, Option<Reached>>>,
    listed: RwLock<FxHashMap<String, Names>>,
}

impl Disk {
    /// The tree under a root without links in it; none at all under an empty one.
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root, ..Self::default() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The path on disk, links resolved, and what is there.
    pub(crate) fn entry(&self, path: &str) -> Result<(PathBuf, Metadata), Refused> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let full = match self.folder(folder) {
            Some(folder) if name.is_empty() => folder.to_path_buf(),
            Some(folder) => folder.join(name),
            // Canonicalized for the error; a file behind too many links is left to the system to refuse.
            None => self.inside(&self.root.join(path))?,
        };
        let metadata = full.symlink_metadata().map_err(Refused::Io)?;
        if !metadata.is_symlink() {
            return Ok((full, metadata));
        }
        let resolved = self.inside(&full)?;
        let metadata = resolved.metadata().map_err(Refused::Io)?;
        Ok((resolved, metadata))
    }

    /// The names of the files in a folder, in no order; none if it is no folder under the root.
    pub(crate) fn files(&self, path: &str) -> Names {
        if let Some(names) = self.listed.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return names.clone();
        }
        let names = self.folder(path).map(|folder| listed(&folder)).unwrap_or_default();
        let names: Names = names.into();
        self.listed.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), names.clone());
        names
    }

    fn folder(&self, path: &str) -> Option<Arc<Path>> {
        self.reached(path).map(|reached| reached.folder)
    }

    fn reached(&self, path: &str) -> Option<Reached> {
        if let Some(known) = self.folders.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return known.clone();
        }
        let reached = match path.rsplit_once('/') {
            None if path.is_empty() => Some(Reached { folder: Arc::from(self.root.as_path()), links: 0 }),
            parts => {
                let (parent, name) = parts.unwrap_or(("", path));
                self.reached(parent).and_then(|parent| self.child(&parent, name))
            }
        };
        self.folders.write().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned(), reached.clone());
        reached
    }

    fn child(&self, parent: &Reached, name: &str) -> Option<Reached> {
        let full = parent.folder.join(name);
        if !full.symlink_metadata().ok()?.is_symlink() {
            return Some(Reached { folder: Arc::from(full), links: parent.links });
        }
        let links = parent.links.saturating_add(1);
        let folder = (links <= MOST_LINKS).then(|| self.inside(&full).ok()).flatten()?;
        Some(Reached { folder: Arc::from(folder), links })
    }

    /// A path with links resolved.
    fn inside(&self, path: &Path) -> Result<PathBuf, Refused> {
        let resolved = path.canonicalize().map_err(Refused::Io)?;
        if resolved.starts_with(&self.root) { Ok(resolved) } else { Err(Refused::Outside) }
    }
}

fn listed(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_file = |entry: &std::fs::DirEntry| match entry.file_type() {
        Ok(kind) if kind.is_symlink() => entry.path().is_file(),
        Ok(kind) => kind.is_file(),
        Err(_) => false,
    };
    let files = entries.filter_map(Result::ok).filter(is_file);
    files.filter_map(|entry| entry.file_name().into_string().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own, removed in the end.
    struct Temporary(PathBuf);

    impl Temporary {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("carelint-disk-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&folder).expect("a temporary folder");
            Self(folder.canonicalize().expect("a temporary folder"))
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    #[test]
    fn a_link_to_the_folder_above_does_not_lead_on_without_end() {
        let root = Temporary::new("above");
        std::fs::create_dir_all(root.0.join("a")).expect("a folder");
        std::fs::write(root.0.join("main.tf"), "").expect("a file");
        std::os::unix::fs::symlink("..", root.0.join("a/up")).expect("a link");
        let disk = Disk::new(root.0.clone());
        let names = |times: usize| disk.files(&vec!["a/up"; times].join("/")).len();
        assert_eq!((names(1), names(40), names(41), names(400)), (1, 1, 0, 0));
    }
}
