//! `.terraform/modules/modules.json`: where `terraform init` put the modules that come from elsewhere.

use rustc_hash::{FxHashMap, FxHashSet};
use source::Sources;

use super::path;

/// Folders of the installed modules of one root, by the path of the call (`network.subnets`).
#[derive(Debug, Default)]
pub(crate) struct Installed {
    folders: FxHashMap<String, String>,
    /// Calls whose folder lies outside the scan root.
    outside: FxHashSet<String>,
}

impl Installed {
    /// Reads the list of a root; empty if there is none. It is written on any system: folders may have backslashes.
    pub(crate) fn read(sources: &Sources, root: &str) -> Self {
        let mut installed = Self::default();
        let file = path::join(root, ".terraform/modules/modules.json");
        let Some(id) = file.and_then(|file| sources.load(&file).ok()) else { return Self::default() };
        let text = &sources.file(id).text;
        let Ok(document) = source::document::json::parse(text, sources.limits()) else {
            return Self::default();
        };
        for module in document.get("Modules").map(|modules| modules.items()).unwrap_or_default() {
            let text = |name: &str| module.get(name).and_then(|node| node.text());
            if let (Some(key), Some(folder)) = (text("Key"), text("Dir"))
                && !key.is_empty()
            {
                match path::join(root, &folder.replace('\\', "/")) {
                    Some(folder) => drop(installed.folders.insert(key.to_string(), folder)),
                    None => drop(installed.outside.insert(key.to_string())),
                }
            }
        }
        installed
    }

    /// The folder of the call with this path.
    pub(crate) fn folder(&self, call: &str) -> Option<&str> {
        self.folders.get(call).map(String::as_str)
    }

    /// Whether the call with this path is installed where nothing is read.
    pub(crate) fn is_outside(&self, call: &str) -> bool {
        self.outside.contains(call)
    }

    /// Whether nothing is installed.
    pub(crate) fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.outside.is_empty()
    }

    /// All folders, sorted.
    pub(crate) fn all(&self) -> Vec<String> {
        let mut all: Vec<String> = self.folders.values().cloned().collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}
