//! Asset manifests: which file of the assembly is uploaded as what. Templates of nested stacks are such files; their
//! address ends in the key that is told here.

use std::collections::BTreeMap;

use smol_str::SmolStr;
use source::Sources;
use source::document::{Node, json};

use crate::manifest::joined;

/// Ends of the names of files that may be templates.
const TEMPLATES: [&str; 4] = [".json", ".yaml", ".yml", ".template"];

/// Adds the files that the asset manifest at `path` uploads and that may be templates: paths from the scan root, by the
/// names under which they are uploaded. A manifest that cannot be read adds nothing: a nested stack that is missed for
/// it is reported as one that was not opened.
pub(crate) fn add(sources: &Sources, path: &str, files: &mut BTreeMap<SmolStr, SmolStr>) {
    let Ok(bytes) = sources.bytes(path) else { return };
    let Ok(text) = String::from_utf8(bytes) else { return };
    let Ok(manifest) = json::parse(&text, sources.limits()) else { return };
    let folder = source::folder_of(path);
    for asset in manifest.get("files").map(Node::entries).unwrap_or_default() {
        let source = asset.value.get("source").and_then(|source| source.get("path")).and_then(Node::text);
        let Some(source) = source.filter(|source| TEMPLATES.iter().any(|end| source.ends_with(end))) else {
            continue;
        };
        let destinations = asset.value.get("destinations").map(Node::entries).unwrap_or_default();
        for destination in destinations {
            let key = destination.value.get("objectKey").and_then(Node::text);
            if let Some(name) = key.and_then(|key| key.rsplit('/').next()) {
                files.entry(name.into()).or_insert_with(|| joined(folder, source).into());
            }
        }
    }
}
