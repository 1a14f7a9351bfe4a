//! Inline suppressions: comments in the sources, and metadata of resources, that name rules and a reason. Invariant:
//! one that does nothing is told, and so is one that is not spelled as it has to be.

use std::collections::BTreeMap;
use std::sync::Arc;

use language::ir::{Catalogue, Rule};
use memchr::memmem;
use rules::{Settings, Verdict};
use rustc_hash::{FxHashMap, FxHashSet};
use source::{FileId, Place, Problem, ProblemSeverity, Problems, SourceFile, Sources, Span};

use crate::directive::{Directive, directives};
use crate::foreign::{Detail, Foreign, tell_of};
use crate::layout::{Comment, Layout, Syntax};

/// What to type.
const SPELLING: &str = "write `# carelint: ignore[RULE] reason` on the line of a block or an argument or directly above it, or `# carelint: ignore-file[RULE] reason` at the top of a file";

/// A rule that is suppressed somewhere.
#[derive(Debug)]
pub(crate) struct Suppression {
    pub(crate) rule: &'static Rule,
    pub(crate) reason: String,
    /// Where that is said.
    pub(crate) at: Place,
    /// What a finding has to have, where not every finding of the rule is meant.
    pub(crate) details: Option<Arc<[Detail]>>,
    used: bool,
}

/// Where the suppressions of a rule in a file reach, by their start, with the farthest end so far: so that what holds
/// a place is found without looking at all of them.
#[derive(Debug, Default)]
struct Reaches {
    /// Start, end, and the suppression; sorted once all are known.
    spans: Vec<(u32, u32, usize)>,
    farthest: Vec<u32>,
    /// Those of the whole file.
    whole: Vec<usize>,
}

/// All suppressions of a scan.
#[derive(Debug, Default)]
pub struct Suppressions {
    pub(crate) all: Vec<Suppression>,
    by_place: BTreeMap<(u32, &'static str), Reaches>,
    files: FxHashSet<FileId>,
    /// Those of metadata, by key of the resource and rule.
    pub(crate) by_resource: FxHashMap<(smol_str::SmolStr, &'static str), Vec<usize>>,
    /// Other tools whose metadata counts.
    pub(crate) honoured: Vec<Foreign>,
    /// Metadata that was read, so that another scan of the same resource adds nothing.
    pub(crate) seen: FxHashSet<(u32, u32, &'static str)>,
    pub(crate) problems: Problems,
}

/// Whether somebody else wrote the file: what is installed from elsewhere does not decide what is reported here.
fn is_third_party(path: &str) -> bool {
    path.starts_with(".terraform/") || path.contains("/.terraform/")
}

impl Suppressions {
    /// Reads the comments of all files that were read. Only files that hold the word are looked at.
    #[must_use]
    pub fn read(sources: &Sources, catalogue: &'static Catalogue) -> Self {
        let mut suppressions = Self::default();
        let word = memmem::Finder::new("arelint");
        for file in sources.files() {
            let Some(syntax) = Syntax::of(&file.path) else { continue };
            if word.find(file.text.as_bytes()).is_some() && !is_third_party(&file.path) {
                suppressions.file(&file, syntax, catalogue);
            }
        }
        for reaches in suppressions.by_place.values_mut() {
            reaches.sort();
        }
        suppressions
    }

    fn file(&mut self, file: &SourceFile, syntax: Syntax, catalogue: &'static Catalogue) {
        let layout = Layout::new(&file.text, syntax);
        for comment in &layout.comments {
            let text = file.text.get(comment.bytes.clone()).unwrap_or_default();
            let at = Place::new(file.id, comment.bytes.clone());
            for directive in directives(text) {
                self.directive(&directive, &layout, comment, at, catalogue);
            }
        }
    }

    fn directive(
        &mut self,
        directive: &Directive<'_>,
        layout: &Layout,
        comment: &Comment,
        at: Place,
        catalogue: &'static Catalogue,
    ) {
        let Directive::Ignore { rules, reason, file } = directive else {
            let (code, message) = match directive {
                Directive::NoReason => {
                    ("suppression-without-reason", "the comment gives no reason, so it suppresses nothing")
                }
                _ => ("suppression-misspelt", "the comment looks like a suppression and is none"),
            };
            self.problems.push(Problem::at(ProblemSeverity::Warning, code, at, message, SPELLING));
            return;
        };
        let reach = match file {
            true => layout.is_at_top(comment).then(Span::default),
            false => layout.covered(comment).map(Span::from),
        };
        let Some(reach) = reach else {
            let message = match file {
                true => "`ignore-file` stands below code, so it suppresses nothing",
                false => "the comment stands above no block and no argument, so it suppresses nothing",
            };
            let code = "suppression-of-nothing";
            self.problems.push(Problem::at(ProblemSeverity::Warning, code, at, message, SPELLING));
            return;
        };
        for id in rules {
            let Some(rule) = self.rule(id, at, catalogue) else { continue };
            let index = self.add(rule, reason, at);
            let reaches = self.by_place.entry((at.file.index(), rule.id)).or_default();
            match file {
                true => reaches.whole.push(index),
                false => reaches.spans.push((reach.start, reach.end, index)),
            }
            self.files.insert(at.file);
        }
    }

    /// The rule with an id or alias; none, with a problem, if there is none.
    pub(crate) fn rule(
        &mut self,
        id: &str,
        at: Place,
        catalogue: &'static Catalogue,
    ) -> Option<&'static Rule> {
        let found = catalogue.rule(id);
        if found.is_none() {
            let message = format!("there is no rule \"{id}\", so nothing is suppressed");
            let help = match language::nearest(id, catalogue.rules.iter().map(|rule| rule.id)) {
                Some(nearest) => format!("did you mean \"{nearest}\"?"),
                None => "name rules by their whole ids; `carelint rules list` prints all of them".to_owned(),
            };
            let code = "suppression-of-unknown-rule";
            self.problems.push(Problem::at(ProblemSeverity::Warning, code, at, message, help));
        }
        found
    }

    pub(crate) fn add(&mut self, rule: &'static Rule, reason: &str, at: Place) -> usize {
        self.all.push(Suppression { rule, reason: reason.to_owned(), at, details: None, used: false });
        self.all.len() - 1
    }

    /// Lets the metadata of other tools count.
    #[must_use]
    pub fn honouring(mut self, tools: &[Foreign]) -> Self {
        self.honoured = tools.to_vec();
        self
    }

    /// Whether a suppression is of this finding of its rule.
    pub(crate) fn covers(&self, index: usize, verdict: &Verdict) -> bool {
        let details = self.all.get(index).and_then(|one| one.details.as_ref());
        details.is_none_or(|details| tell_of(details, verdict))
    }

    /// Whether there is none at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether a file has any.
    pub(crate) fn has_file(&self, file: FileId) -> bool {
        self.files.contains(&file)
    }

    /// The suppressions of a rule that hold a place.
    pub(crate) fn at(&self, rule: &'static str, place: Place) -> Vec<usize> {
        let Some(reaches) = self.by_place.get(&(place.file.index(), rule)) else { return Vec::new() };
        let mut found = reaches.whole.clone();
        let mut before = reaches.spans.partition_point(|(start, ..)| *start <= place.span.start);
        while let Some(at) = before.checked_sub(1)
            && reaches.farthest.get(at).is_some_and(|end| *end > place.span.start)
        {
            if let Some((_, end, index)) = reaches.spans.get(at)
                && *end > place.span.start
            {
                found.push(*index);
            }
            before = at;
        }
        found
    }

    /// Notes that a suppression suppresses something.
    pub(crate) fn use_up(&mut self, index: usize) {
        if let Some(suppression) = self.all.get_mut(index) {
            suppression.used = true;
        }
    }

    /// What is wrong with the suppressions, and those that suppress nothing; to be asked when all verdicts were
    /// triaged. What is said of rules that were not asked is passed over.
    #[must_use]
    pub fn problems(self, settings: &Settings) -> Problems {
        let mut problems = self.problems;
        let unused = self.all.into_iter().filter(|one| !one.used && settings.selects(one.rule));
        problems.extend(unused.map(|one| {
            let message = format!("nothing here fails {}, so nothing is suppressed", one.rule.id);
            let help = "remove the suppression, or move it to what fails";
            Problem::at(ProblemSeverity::Note, "suppression-unused", one.at, message, help)
        }));
        problems
    }
}

impl Reaches {
    fn sort(&mut self) {
        self.spans.sort_unstable();
        let mut farthest = 0;
        self.farthest = self
            .spans
            .iter()
            .map(|(_, end, _)| {
                farthest = farthest.max(*end);
                farthest
            })
            .collect();
    }
}
