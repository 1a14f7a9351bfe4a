//! Where in the application a resource comes from: its construct path, and the line that made it where the assembly
//! was synthesised with traces (`cdk synth --debug`).

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Sources;
use source::document::{Node, json};
use value::declared::Resource;

use crate::manifest::StackArtifact;

/// Constructs of one stack.
#[derive(Debug, Default)]
pub(crate) struct Constructs {
    /// Construct path by logical id; none for an id that several constructs have (in nested stacks).
    paths: FxHashMap<SmolStr, Option<SmolStr>>,
    /// Line of the application by construct path.
    traces: FxHashMap<SmolStr, SmolStr>,
}

impl Constructs {
    /// What the manifest and its file of further metadata tell of a stack.
    pub(crate) fn of(sources: &Sources, stack: &StackArtifact) -> Self {
        let mut constructs = Self::default();
        let folder = stack.folder.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut application = Application { sources, folder, known: FxHashMap::default() };
        if let Some(metadata) = &stack.metadata {
            constructs.add(&mut application, metadata);
        }
        let more = stack.more_metadata.as_ref().and_then(|path| sources.load(path).ok());
        let more = more.and_then(|file| json::parse(&sources.file(file).text, sources.limits()).ok());
        if let Some(metadata) = more {
            constructs.add(&mut application, &metadata);
        }
        constructs
    }

    fn add(&mut self, application: &mut Application<'_>, metadata: &Node) {
        for entry in metadata.entries() {
            let path = SmolStr::new(entry.key.trim_start_matches('/'));
            let logical = entry.value.items().iter().filter(|item| {
                item.get("type").and_then(Node::text).is_some_and(|kind| kind == "aws:cdk:logicalId")
            });
            for item in logical {
                if let Some(id) = item.get("data").and_then(Node::text) {
                    let same = |known: &mut Option<SmolStr>| {
                        if known.as_ref() != Some(&path) {
                            *known = None;
                        }
                    };
                    self.paths.entry(id.clone()).and_modify(same).or_insert_with(|| Some(path.clone()));
                }
                let trace = item.get("trace").and_then(|trace| application.own_line(trace));
                if let Some(line) = trace {
                    self.traces.entry(path.clone()).or_insert(line);
                }
            }
        }
    }

    /// Tells a resource where it comes from.
    pub(crate) fn locate(&self, resource: &mut Resource) {
        let written = resource.meta.get("Metadata").get("aws:cdk:path");
        let written = written.as_str().map(|path| SmolStr::new(path.trim_start_matches('/')));
        let listed = || self.paths.get(resource.logical_id.as_ref()?).cloned().flatten();
        let Some(path) = written.or_else(listed) else { return };
        resource.source_trace = self.traces.get(&path).cloned();
        resource.construct_path = Some(path);
    }
}

/// Finds the application's files in the scan.
struct Application<'s> {
    sources: &'s Sources,
    /// Its folder: the one that holds the assembly.
    folder: &'s str,
    /// Path in the scan by path in a trace.
    known: FxHashMap<String, String>,
}

impl Application<'_> {
    /// The first line of a trace that is the application's own, as `path:line:column`.
    fn own_line(&mut self, trace: &Node) -> Option<SmolStr> {
        let (path, position) =
            trace.items().iter().filter_map(Node::text).find_map(|frame| location(frame))?;
        if let Some(known) = self.known.get(path) {
            return Some(SmolStr::from(format!("{known}:{position}")));
        }
        let found = self.in_scan(path).unwrap_or_else(|| path.to_owned());
        let line = SmolStr::from(format!("{found}:{position}"));
        self.known.insert(path.to_owned(), found);
        Some(line)
    }

    /// A path of the machine that synthesised the assembly, as a path from the scan root: below the root, or else
    /// the longest end of it that is a file of the application.
    fn in_scan(&self, path: &str) -> Option<String> {
        let root = self.sources.root().to_str().filter(|root| !root.is_empty());
        let below = root.and_then(|root| path.strip_prefix(root)).and_then(|path| path.strip_prefix('/'));
        if let Some(below) = below {
            return Some(below.to_owned());
        }
        let mut rest = path.trim_start_matches('/');
        loop {
            let candidate = crate::manifest::joined(self.folder, rest);
            if self.sources.exists(&candidate) {
                return Some(candidate);
            }
            rest = rest.split_once('/')?.1;
        }
    }
}

/// Path and `line:column` of a frame (`new Store (/app/lib/store.ts:12:5)`), unless it is not the application's own.
fn location(frame: &str) -> Option<(&str, &str)> {
    let inside = frame.rsplit_once('(').map_or(frame, |(_, inside)| inside.trim_end_matches(')'));
    let inside = inside.trim().trim_start_matches("at ").trim_start_matches("file://");
    let (rest, column) = inside.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    let is_number = |part: &str| part.parse::<u32>().is_ok();
    let foreign = ["node_modules", "node:", "internal/", "<anonymous>"];
    let own = !path.is_empty() && !foreign.iter().any(|mark| path.contains(mark));
    let position = inside.get(path.len() + 1..)?;
    (is_number(column) && is_number(line) && own).then_some((path, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(frame: &str, expected: Option<(&str, &str)>) {
        assert_eq!(location(frame), expected);
    }

    #[test]
    fn frames_of_the_application_are_told_from_others() {
        check("new Store (/app/lib/store.ts:12:5)", Some(("/app/lib/store.ts", "12:5")));
        check("at Object.<anonymous> (/app/bin/app.ts:3:1)", Some(("/app/bin/app.ts", "3:1")));
        check("/app/bin/app.ts:3:1", Some(("/app/bin/app.ts", "3:1")));
        check("at file:///app/bin/app.mjs:3:1", Some(("/app/bin/app.mjs", "3:1")));
        check("new Bucket (/app/node_modules/aws-cdk-lib/aws-s3/lib/bucket.js:1:2)", None);
        check("at Module._compile (node:internal/modules/cjs/loader:1105:14)", None);
        check("at <anonymous>", None);
        check("...redacted...", None);
    }
}
