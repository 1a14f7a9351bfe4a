//! A thread as data. Lines that begin with `#:`, in any of its files, say what is expected (a thread whose files are JSON
//! says it in a file `expect.txt`):
//!
//! ```text
//! #: owner/repository#123: What went wrong there.
//! #: rule s3-versioning               the results that follow are those of this rule
//! #: pass|fail|unknown|suppressed ADDRESS  all of a rule's results are listed; not-applicable ones are not
//! #: value ADDRESS PATH = JSON        an evaluated attribute, as `carelint graph` prints it
//! #: resource ADDRESS FIELD = TEXT     a field of a resource in results, as the JSON report has it
//! #: problem CODE                     all errors and warnings are listed
//! #: note CODE                        a note that must be there
//! #: opaque SOURCE                    a module that could not be opened; all are listed
//! #: hidden TEXT                      what no format may show
//! #: scan PATH                        what is scanned; the whole folder otherwise
//! #: var NAME=VALUE                   a value given from outside
//! #: parameter NAME=VALUE             a parameter of templates given from outside
//! #: suppressions TOOL                 another tool whose metadata counts
//! #: plan FILE = FOLDER               the source that a plan was made from
//! #: module SOURCE = FOLDER           a folder for a module from elsewhere
//! #: permute NAME NAME …              the same holds however these names are exchanged and the blocks ordered
//! ```
//!
//! A line of the configuration that ends in `#~ fail` or `#~ unknown` is the line that is reported; if a thread has such
//! marks, every reported line has one.

use std::fs;
use std::path::Path;

/// A thread: its files and what is expected of a check of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Thread {
    /// Name of its file or folder, without extension; a variant adds to it.
    pub(crate) name: String,
    /// `owner/repository#number`.
    pub(crate) cited: String,
    /// What went wrong there, in a sentence.
    pub(crate) wrong: String,
    /// Path and text of each file.
    pub(crate) files: Vec<(String, String)>,
    /// Rules, each with its results as `status address`.
    pub(crate) rules: Vec<(String, Vec<String>)>,
    /// Address, path and JSON of attributes.
    pub(crate) values: Vec<(String, String, String)>,
    /// Address, name and text of fields of resources.
    pub(crate) resources: Vec<(String, String, String)>,
    pub(crate) problems: Vec<String>,
    pub(crate) notes: Vec<String>,
    pub(crate) opaque: Vec<String>,
    pub(crate) hidden: Vec<String>,
    pub(crate) scan: Vec<String>,
    pub(crate) vars: Vec<(String, String)>,
    pub(crate) parameters: Vec<(String, String)>,
    pub(crate) plans: Vec<(String, String)>,
    pub(crate) modules: Vec<(String, String)>,
    pub(crate) permuted: Vec<String>,
    pub(crate) suppressions: Vec<String>,
}

impl Thread {
    /// Reads a file, or a folder with all that is in it.
    pub(crate) fn read(path: &Path) -> Self {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        let mut thread = Self { name, ..Self::default() };
        if path.is_dir() {
            thread.name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            read_folder(path, "", &mut thread.files);
        } else {
            let end = path.extension().and_then(|end| end.to_str()).expect("an extension");
            thread.files.push((format!("main.{end}"), fs::read_to_string(path).expect("a text")));
        }
        thread.files.sort();
        for (_, text) in thread.files.clone() {
            let lines = text.lines().filter_map(|line| line.strip_prefix("#: "));
            lines.for_each(|line| thread.expect(line.trim()));
        }
        thread
    }

    fn expect(&mut self, line: &str) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        let pair = || {
            let (left, right) = rest.split_once(" = ").unwrap_or((rest, ""));
            (left.trim().to_owned(), right.trim().to_owned())
        };
        match word {
            "rule" => self.rules.push((rest.to_owned(), Vec::new())),
            "pass" | "fail" | "unknown" | "suppressed" => {
                let (_, results) = self.rules.last_mut().expect("a result stands below its rule");
                results.push(line.to_owned());
            }
            "value" => {
                let (place, json) = pair();
                let (address, path) = place.rsplit_once(' ').expect("an address and a path");
                self.values.push((address.to_owned(), path.to_owned(), json));
            }
            "resource" => {
                let (place, text) = pair();
                let (address, field) = place.rsplit_once(' ').expect("an address and a field");
                self.resources.push((address.to_owned(), field.to_owned(), text));
            }
            "suppressions" => self.suppressions.push(rest.to_owned()),
            "problem" => self.problems.push(rest.to_owned()),
            "note" => self.notes.push(rest.to_owned()),
            "opaque" => self.opaque.push(rest.to_owned()),
            "hidden" => self.hidden.push(rest.to_owned()),
            "scan" => self.scan.push(rest.to_owned()),
            "var" | "parameter" => {
                let (name, value) = rest.split_once('=').expect("a name and a value");
                let given = if word == "var" { &mut self.vars } else { &mut self.parameters };
                given.push((name.to_owned(), value.to_owned()));
            }
            "plan" => self.plans.push(pair()),
            "module" => self.modules.push(pair()),
            "permute" => self.permuted = rest.split(' ').map(ToOwned::to_owned).collect(),
            _ => {
                assert!(self.cited.is_empty(), "{}: `{word}` is nothing that can be expected", self.name);
                self.cited = word.strip_suffix(':').expect("a citation ends in a colon").to_owned();
                self.wrong = rest.to_owned();
            }
        }
    }

    /// How many things are asserted.
    pub(crate) fn asserts(&self) -> usize {
        let results: usize = self.rules.iter().map(|(_, results)| results.len()).sum();
        results
            + self.values.len()
            + self.resources.len()
            + self.problems.len()
            + self.notes.len()
            + self.hidden.len()
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let inside = format!("{prefix}{name}");
        if path.is_dir() {
            read_folder(&path, &format!("{inside}/"), files);
        } else {
            files.push((inside, fs::read_to_string(&path).expect("a text")));
        }
    }
}
