//! The files that a scan has read, by id. Files are added while front ends follow modules and templates, so the
//! store is append-only behind a lock; a file, once loaded, never changes.

use std::fs::Metadata;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use crate::disk::{Disk, Refused};
use crate::{FileId, Limits, LineColumn, LineIndex, Place};

/// A file that was read.
#[derive(Debug)]
pub struct SourceFile {
    /// Its id.
    pub id: FileId,
    /// Path relative to the scan root with `/` between its parts: what reports print and results are sorted by.
    pub path: String,
    /// Its text, without a byte-order mark; spans are offsets into it.
    pub text: Arc<str>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// The line starts, found on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines().line_column(&self.text, offset)
    }
}

/// Why a file could not be loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LoadError {
    /// It lies outside the scan root, by `..` or through a link.
    #[error("{0} lies outside the scan root")]
    OutsideRoot(String),
    /// It does not exist.
    #[error("{0} does not exist")]
    Missing(String),
    /// It is larger than the limit.
    #[error("{path} has {bytes} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Path as shown.
        path: String,
        /// Its size.
        bytes: u64,
        /// The limit.
        limit: u64,
    },
    /// It is not UTF-8.
    #[error("{path} is not valid UTF-8 (byte {offset})")]
    NotUtf8 {
        /// Path as shown.
        path: String,
        /// First invalid byte.
        offset: usize,
    },
    /// The system refused.
    #[error("{path} cannot be read: {why}")]
    Io {
        /// Path as shown.
        path: String,
        /// The system's words.
        why: String,
    },
}

#[derive(Debug, Default)]
struct Store {
    files: Vec<Arc<SourceFile>>,
    by_path: FxHashMap<String, FileId>,
    /// The files directly in each folder.
    by_folder: FxHashMap<String, Vec<FileId>>,
}

/// The files of a scan, and the only way to read another one.
#[derive(Debug)]
pub struct Sources {
    disk: Disk,
    limits: Limits,
    store: RwLock<Store>,
}

/// Most bytes that are made room for before any of them is read.
const MOST_AT_ONCE: usize = 1 << 16;

impl Sources {
    /// An empty store whose files lie under `root`. `root` must be an existing folder; links in it are resolved.
    ///
    /// # Errors
    /// [`LoadError::Missing`] or [`LoadError::Io`] if `root` cannot be resolved.
    pub fn new(root: &Path, limits: Limits) -> Result<Self, LoadError> {
        let root = root.canonicalize().map_err(|error| io_error(&root.display().to_string(), &error))?;
        Ok(Self { disk: Disk::new(root), limits, store: RwLock::default() })
    }

    /// A store that holds texts given in memory, for tests and rule examples: `(path, text)`. Nothing on disk is
    /// reachable through it.
    #[must_use]
    pub fn in_memory<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let sources = Self { disk: Disk::default(), limits: Limits::default(), store: RwLock::default() };
        for (path, text) in files {
            sources.insert(path.to_owned(), text);
        }
        sources
    }

    /// The same store with other bounds, for what is loaded and evaluated from now on.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The bounds of the scan.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The absolute, resolved scan root; empty for a store in memory.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.disk.root()
    }

    /// The file with this id.
    ///
    /// Ids come from this store alone, so a missing one is answered by an empty file rather than a panic.
    #[must_use]
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        store.files.get(id.index() as usize).cloned().unwrap_or_else(|| Arc::new(empty_file(id)))
    }

    /// The id of a file that is already loaded.
    #[must_use]
    pub fn loaded(&self, path: &str) -> Option<FileId> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        store.by_path.get(path).copied()
    }

    /// All files loaded so far, sorted by path.
    #[must_use]
    pub fn files(&self) -> Vec<Arc<SourceFile>> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let mut files = store.files.clone();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        files
    }

    /// The bytes of a place as text; empty for a place that does not fit its file.
    #[must_use]
    pub fn slice(&self, place: Place) -> String {
        self.file(place.file).text.get(place.span.range()).unwrap_or("").to_owned()
    }

    /// Loads the file at `path`, relative to the scan root (`/` between parts, `.` and `..` resolved here), or
    /// gives the id it has already.
    ///
    /// # Errors
    /// Every [`LoadError`]: the file is missing, outside the root (links followed), too large, or no UTF-8.
    pub fn load(&self, path: &str) -> Result<FileId, LoadError> {
        self.load_within(path, self.limits.file_bytes)
    }

    /// Like [`Self::load`], for a file that is kept only if its text is `wanted`: a scan meets many that are none of its
    /// business. None if it is not.
    ///
    /// # Errors
    /// As of [`Self::load`].
    pub fn load_if(
        &self,
        path: &str,
        wanted: impl FnOnce(&str) -> bool,
    ) -> Result<Option<FileId>, LoadError> {
        let path = normal(path).ok_or_else(|| LoadError::OutsideRoot(path.to_owned()))?;
        if let Some(id) = self.loaded(&path) {
            return Ok(wanted(&self.file(id).text).then_some(id));
        }
        if self.is_in_memory() {
            return Err(LoadError::Missing(path));
        }
        let text = self.read(&path, self.limits.file_bytes)?;
        Ok(wanted(text.strip_prefix('\u{feff}').unwrap_or(&text)).then(|| self.insert(path, &text)))
    }

    /// Like [`Self::load`], for a plan, which may be larger than other files.
    ///
    /// # Errors
    /// As of [`Self::load`].
    pub fn load_plan(&self, path: &str) -> Result<FileId, LoadError> {
        self.load_within(path, self.limits.plan_bytes)
    }

    fn load_within(&self, path: &str, limit: u64) -> Result<FileId, LoadError> {
        let path = normal(path).ok_or_else(|| LoadError::OutsideRoot(path.to_owned()))?;
        if let Some(id) = self.loaded(&path) {
            return Ok(id);
        }
        if self.is_in_memory() {
            return Err(LoadError::Missing(path));
        }
        let text = self.read(&path, limit)?;
        Ok(self.insert(path, &text))
    }

    /// The bytes of a file as they are on disk, a byte-order mark included, without keeping the file: for hashes. A file
    /// that is in memory alone gives the bytes of its text.
    ///
    /// # Errors
    /// As [`Self::load`], save that bytes need not be UTF-8.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, LoadError> {
        let path = normal(path).ok_or_else(|| LoadError::OutsideRoot(path.to_owned()))?;
        match (self.is_in_memory(), self.loaded(&path)) {
            (true, Some(id)) => Ok(self.file(id).text.as_bytes().to_vec()),
            (true, None) => Err(LoadError::Missing(path)),
            (false, _) => self.read_bytes(&path, self.limits.file_bytes),
        }
    }

    /// Whether a file, and no folder, exists at `path` inside the scan root, loaded or on disk.
    #[must_use]
    pub fn is_file(&self, path: &str) -> bool {
        let Some(path) = normal(path) else { return false };
        self.loaded(&path).is_some() || self.resolve(&path).is_ok_and(|resolved| resolved.is_file())
    }

    /// The beginning of a file, at most `bytes` of it and less where a character would be cut, without keeping the file:
    /// for a look at what it is. None if it cannot be read, or holds something that is no UTF-8 there.
    #[must_use]
    pub fn head(&self, path: &str, bytes: usize) -> Option<String> {
        let path = normal(path)?;
        if let Some(id) = self.loaded(&path) {
            let file = self.file(id);
            let end = file.text.floor_char_boundary(bytes);
            return file.text.get(..end).map(str::to_owned);
        }
        let (resolved, _) = self.entry(&path).ok().filter(|(_, metadata)| metadata.is_file())?;
        let mut head = Vec::with_capacity(bytes.min(MOST_AT_ONCE));
        open(&resolved).ok()?.take(bytes as u64).read_to_end(&mut head).ok()?;
        let valid = match std::str::from_utf8(&head) {
            Ok(_) => head.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => return None,
        };
        head.truncate(valid);
        String::from_utf8(head).ok()
    }

    /// Whether a file or folder exists at `path` inside the scan root, loaded or on disk.
    #[must_use]
    pub fn exists(&self, path: &str) -> bool {
        let Some(path) = normal(path) else { return false };
        self.loaded(&path).is_some() || self.resolve(&path).is_ok() || !self.children(&path).is_empty()
    }

    /// Names of the files directly in folder `path` (relative to the scan root, `""` for the root itself): those
    /// on disk and those in memory, sorted. Whether a link leads out of the root is told when it is loaded.
    #[must_use]
    pub fn children(&self, path: &str) -> Vec<String> {
        let Some(path) = normal(path) else { return Vec::new() };
        let mut names = self.loaded_children(&path);
        if !self.is_in_memory() {
            names.extend(self.disk.files(&path).iter().cloned());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Names of the folders directly in folder `path`, sorted, each with whether it is a link. Links that lead out of the
    /// root are left out.
    #[must_use]
    pub fn folders(&self, path: &str) -> Vec<(String, bool)> {
        let Some(path) = normal(path) else { return Vec::new() };
        let mut names = if self.is_in_memory() { self.loaded_folders(&path) } else { Vec::new() };
        if let Ok(folder) = self.resolve(&path)
            && let Ok(entries) = std::fs::read_dir(folder)
        {
            for entry in entries.filter_map(Result::ok) {
                let link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
                let inside =
                    || entry.path().canonicalize().is_ok_and(|path| path.starts_with(self.disk.root()));
                if let Ok(name) = entry.file_name().into_string()
                    && entry.path().is_dir()
                    && (!link || inside())
                {
                    names.push((name, link));
                }
            }
        }
        names.sort_unstable();
        names.dedup_by(|a, b| a.0 == b.0);
        names
    }

    fn loaded_folders(&self, folder: &str) -> Vec<(String, bool)> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let in_folder = |path: &str| {
            let rest = if folder.is_empty() { path } else { path.strip_prefix(folder)?.strip_prefix('/')? };
            rest.split_once('/').map(|(name, _)| (name.to_owned(), false))
        };
        store.files.iter().filter_map(|file| in_folder(&file.path)).collect()
    }

    fn loaded_children(&self, folder: &str) -> Vec<String> {
        let store = self.store.read().unwrap_or_else(PoisonError::into_inner);
        let files = store.by_folder.get(folder).into_iter().flatten();
        let files = files.filter_map(|id| store.files.get(id.index() as usize));
        files.map(|file| split(&file.path).1.to_owned()).collect()
    }

    /// Whether nothing on disk can be reached.
    fn is_in_memory(&self) -> bool {
        self.disk.root().as_os_str().is_empty()
    }

    /// The path on disk, links resolved, if it lies under the root.
    fn resolve(&self, path: &str) -> Result<PathBuf, LoadError> {
        self.entry(path).map(|(resolved, _)| resolved)
    }

    fn entry(&self, path: &str) -> Result<(PathBuf, Metadata), LoadError> {
        if self.is_in_memory() {
            return Err(LoadError::Missing(path.to_owned()));
        }
        self.disk.entry(path).map_err(|refused| match refused {
            Refused::Outside => LoadError::OutsideRoot(path.to_owned()),
            Refused::Io(error) => io_error(path, &error),
        })
    }

    fn read(&self, path: &str, limit: u64) -> Result<String, LoadError> {
        String::from_utf8(self.read_bytes(path, limit)?).map_err(|error| {
            let offset = error.utf8_error().valid_up_to();
            LoadError::NotUtf8 { path: path.to_owned(), offset }
        })
    }

    fn read_bytes(&self, path: &str, limit: u64) -> Result<Vec<u8>, LoadError> {
        let (resolved, metadata) = self.entry(path)?;
        if !metadata.is_file() {
            let why = "it is no regular file".to_owned();
            return Err(LoadError::Io { path: path.to_owned(), why });
        }
        if metadata.len() > limit {
            let bytes = metadata.len();
            return Err(LoadError::TooLarge { path: path.to_owned(), bytes, limit });
        }
        read_bytes(&resolved).map_err(|error| io_error(path, &error))
    }

    fn insert(&self, path: String, text: &str) -> FileId {
        let text: Arc<str> = Arc::from(text.strip_prefix('\u{feff}').unwrap_or(text));
        let mut store = self.store.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = store.by_path.get(&path) {
            return *id;
        }
        let id = FileId::new(u32::try_from(store.files.len()).unwrap_or(u32::MAX));
        store.files.push(Arc::new(SourceFile { id, path: path.clone(), text, lines: OnceLock::new() }));
        store.by_folder.entry(folder_of(&path).to_owned()).or_default().push(id);
        store.by_path.insert(path, id);
        id
    }
}

/// The folder of a path with `/` between its parts; empty for one in the root.
#[must_use]
pub fn folder_of(path: &str) -> &str {
    split(path).0
}

/// Folder and name of a path.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads files")]
fn read_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    std::fs::read(path)
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads files")]
fn open(path: &Path) -> std::io::Result<std::fs::File> {
    std::fs::File::open(path)
}

fn empty_file(id: FileId) -> SourceFile {
    SourceFile { id, path: String::new(), text: Arc::from(""), lines: OnceLock::new() }
}

fn io_error(path: &str, error: &std::io::Error) -> LoadError {
    match error.kind() {
        std::io::ErrorKind::NotFound => LoadError::Missing(path.to_owned()),
        _ => LoadError::Io { path: path.to_owned(), why: error.to_string() },
    }
}

/// `path` with `.` and `..` resolved by name and `/` between its parts; none if it is absolute or leaves the root.
pub(crate) fn normal(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: usize, expect: Option<&str>) {
        let sources = Sources::in_memory([("a.json", "{\"é\": 1}")]);
        assert_eq!(sources.head("a.json", bytes).as_deref(), expect);
    }

    #[test]
    fn a_head_ends_with_a_whole_character() {
        check(2, Some("{\""));
        check(3, Some("{\""));
        check(4, Some("{\"é"));
        check(100, Some("{\"é\": 1}"));
    }

    #[test]
    fn a_file_that_is_not_there_has_no_head() {
        assert_eq!(Sources::in_memory([]).head("a.json", 9), None);
    }
}
