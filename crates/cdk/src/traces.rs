//! Stack traces of an assembly: the first frame that is the application's own, as a line of a file of the scan.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Sources;

/// Most parts at the end of a path in a trace that are looked for in the scan.
const MOST_PARTS: usize = 24;

/// Longest path in a trace that is shown, in bytes.
const MOST_BYTES: usize = 1024;

/// Finds the application's files in the scan.
pub(crate) struct Application<'s> {
    sources: &'s Sources,
    /// Its folder: the one that holds the assembly.
    folder: &'s str,
    /// Path in the scan by path in a trace.
    known: FxHashMap<String, String>,
}

impl<'s> Application<'s> {
    /// The application whose outermost assembly is in the folder `assembly`.
    pub(crate) fn new(sources: &'s Sources, assembly: &'s str) -> Self {
        Self { sources, folder: source::folder_of(assembly), known: FxHashMap::default() }
    }

    /// A frame as `path:line:column`, its path taken from the scan root if the file is in the scan.
    pub(crate) fn line(&mut self, path: &str, position: &str) -> SmolStr {
        if let Some(known) = self.known.get(path) {
            return SmolStr::from(format!("{known}:{position}"));
        }
        let found = self.in_scan(path).unwrap_or_else(|| path.to_owned());
        let line = SmolStr::from(format!("{found}:{position}"));
        self.known.insert(path.to_owned(), found);
        line
    }

    /// A path of the machine that synthesised the assembly, as a path from the scan root: below the root, or else
    /// the longest end of it that is a file of the application.
    fn in_scan(&self, path: &str) -> Option<String> {
        let root = self.sources.root().to_str().filter(|root| !root.is_empty());
        let below = root.and_then(|root| path.strip_prefix(root)).and_then(|path| path.strip_prefix('/'));
        if let Some(below) = below {
            return Some(below.to_owned());
        }
        let parts = path.match_indices('/').map(|(at, _)| at + 1);
        let first = parts.rev().take(MOST_PARTS).last().unwrap_or(0);
        let mut rest = path.get(first..)?;
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
pub(crate) fn location(frame: &str) -> Option<(&str, String)> {
    let is_number = |part: &str| part.parse::<u32>().is_ok();
    let (path, position) = match frame.trim().strip_suffix(" (:)") {
        // A function without a name: CDK has cut the column off its frame.
        Some(nameless) => {
            let (path, line) = nameless.rsplit_once(':').filter(|(_, line)| is_number(line))?;
            (path, format!("{line}:1"))
        }
        None => {
            let inside = frame.rsplit_once('(').map_or(frame, |(_, inside)| inside.trim_end_matches(')'));
            let (rest, column) = inside.trim().rsplit_once(':').filter(|(_, column)| is_number(column))?;
            let (path, line) = rest.rsplit_once(':').filter(|(_, line)| is_number(line))?;
            (path, format!("{line}:{column}"))
        }
    };
    let path = path.trim_start().trim_start_matches("at ").trim_start_matches("file://");
    let foreign = ["node_modules", "node:", "internal/", "<anonymous>"];
    let own = (1..=MOST_BYTES).contains(&path.len()) && !foreign.iter().any(|mark| path.contains(mark));
    own.then_some((path, position))
}
#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(frame: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(path, position)| (path, position.to_owned()));
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
        check("...new Bucket2 in aws-cdk-lib...", None);
        check(".../app/node_modules/aws-cdk-lib/aws-rds/lib/cluster.js:1:175 in aws-cdk-lib...", None);
        check("(no user code in 10 frames, use --stack-trace-limit to capture more)", None);
        check("Array.forEach (:)", None);
    }

    #[test]
    fn frames_of_functions_without_a_name_have_their_line() {
        check("/app/lib/a.ts:68: (/app/lib/a.ts:68:2)", Some(("/app/lib/a.ts", "68:2")));
        check("/app/lib/a.ts:73 (:)", Some(("/app/lib/a.ts", "73:1")));
    }
}
