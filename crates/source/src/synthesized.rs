//! Folders that `cdk synth` writes. Nearly every app has them ignored by its repository, though they are what the app
//! deploys: so they are found through the app, ignored or not. What they hold as assets (code of functions, content of
//! buckets) deploys nothing by itself and is never walked.

use crate::document::{Node, json};
use crate::{Sources, folder_of};

/// Name of the file that makes a folder a CDK app.
pub const APP_FILE: &str = "cdk.json";

/// Where an app is synthesized to, unless it says so otherwise.
const OUTPUT: &str = "cdk.out";

/// How much of a `cdk.json` is read, in bytes: it holds flags and a command.
const MOST_BYTES: usize = 1 << 20;

/// The folder that the app with the file `path` is synthesized to, relative to the scan root; none if the file is
/// that of no app (a library's has no command) or does not parse.
#[must_use]
pub fn output_of(sources: &Sources, path: &str) -> Option<String> {
    let settings = json::parse(&sources.head(path, MOST_BYTES)?, sources.limits()).ok()?;
    settings.get("app")?;
    let output = settings.get("output").and_then(Node::text).map_or(OUTPUT, |output| output.as_str());
    let output = output.trim_end_matches('/').trim_start_matches("./");
    Some(match folder_of(path) {
        "" => output.to_owned(),
        folder => format!("{folder}/{output}"),
    })
}

/// Whether the file or folder `name` is an asset, if it lies in an assembly.
pub(crate) fn is_asset(name: &str) -> bool {
    name.starts_with("asset.")
}

/// Whether a path leads into an asset; `is_assembly` tells folders.
pub(crate) fn is_in_asset(path: &str, is_assembly: impl Fn(&str) -> bool) -> bool {
    let starts = path.match_indices("asset.").map(|(at, _)| at);
    let folders =
        starts.filter_map(|at| path.get(..at)).filter(|folder| folder.is_empty() || folder.ends_with('/'));
    folders.into_iter().any(|folder| is_assembly(folder.trim_end_matches('/')))
}
