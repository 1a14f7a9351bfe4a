//! Scans whose templates speak of no other one, which most are: each is read from its text to its resources at once,
//! while it is at hand, and given back before the next. Invariant: what comes of it is what the way through
//! [`crate::roots`] gives, where templates wait for one another.

use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;
use source::discovery::Candidate;
use source::{FileId, Problems, Sources};

use crate::evaluation::{self, Run};
use crate::look::{self, Looked};
use crate::macros::INCLUDE;
use crate::nested::is_nesting;
use crate::stack::Shared;
use crate::{Asked, Evaluated, Inputs, InputsOf, StackContext, Stacks, crossing, roots};

/// Words without which a template neither nests another one nor reads what that gives.
const WORDS: [&str; 4] =
    ["AWS::CloudFormation::Stack", "AWS::Serverless::Application", "ImportValue", INCLUDE];

/// A file with what it is evaluated with, if it is a template.
type Of<'c> = (&'c Candidate, FileId, StackContext, Vec<Arc<Inputs>>);

/// Reads files that may be templates; none if one of them speaks of another.
pub(crate) fn read(
    sources: &Sources,
    files: &[(&Candidate, FileId)],
    inputs: &mut InputsOf<'_>,
) -> Option<Stacks> {
    if files.par_iter().any(|(_, file)| speaks_of_others(&sources.file(*file).text)) {
        return None;
    }
    let paths = files.iter().map(|(candidate, _)| candidate.path.as_str());
    let colliding = roots::colliding(paths);
    let mut asked: Vec<Of<'_>> = Vec::with_capacity(files.len());
    for (candidate, file) in files {
        let path = candidate.path.as_str();
        let context = roots::context(path, colliding.contains(roots::without_end(path)));
        let inputs = inputs(&Asked { name: path, path, folder: source::folder_of(path) });
        asked.push((candidate, *file, context, inputs));
    }
    let shared = Shared::new(sources);
    let one = |(candidate, file, context, inputs): Of<'_>| match look::parsed(sources, candidate, file) {
        Looked::Foreign => Some((Vec::new(), Problems::new())),
        Looked::Problem(problem) => Some((Vec::new(), vec![problem])),
        Looked::Template(template, misfits) => {
            // A name may be written in escapes.
            let nests = template.section("Resources").iter().any(|entry| is_nesting(&entry.value));
            let runs = (!nests).then(|| Run::each(&context.name, &template, &context, inputs))?;
            Some((runs.iter().map(|run| evaluation::evaluate_one(&shared, run)).collect(), misfits))
        }
    };
    let read: Option<Vec<(Vec<Evaluated>, Problems)>> = asked.into_par_iter().map(one).collect();
    let mut stacks = Stacks::default();
    for (evaluated, problems) in read? {
        stacks.evaluated.extend(evaluated);
        stacks.problems.extend(problems);
    }
    Some(stacks)
}

fn speaks_of_others(text: &str) -> bool {
    let mut words = WORDS.iter().chain(&crossing::WORDS);
    words.any(|word| memmem::find(text.as_bytes(), word.as_bytes()).is_some())
}
