//! Plans and states of Terraform among the files that are no configuration, told by how a file begins. Invariant: every
//! file is looked at once, and what is neither goes on to the front ends of templates.

use rayon::prelude::*;
use source::discovery::Candidate;
use source::{Problem, ProblemSeverity, Problems, Sources};
use terraform::plan;

/// Bytes at the beginning of a file that tell what it may be: Terraform writes the version of a format first, and what
/// lacks it there is not worth keeping.
const HEAD: usize = 512;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A plan as JSON.
    Plan,
    /// A state, which is nothing to be judged.
    State,
    /// Larger than files may be that are no plans.
    TooLarge,
    /// Anything else.
    Other,
}

/// Parts candidates into plans and what may be templates. Of states and of what is too large it is said that they are.
/// A file that cannot be loaded is left to the front ends, which say so.
pub(crate) fn part(
    sources: &Sources,
    candidates: Vec<Candidate>,
    problems: &mut Problems,
) -> (Vec<Candidate>, Vec<Candidate>) {
    let kinds: Vec<Kind> = candidates.par_iter().map(|candidate| kind(sources, candidate)).collect();
    let (mut plans, mut templates) = (Vec::new(), Vec::new());
    for (candidate, kind) in candidates.into_iter().zip(kinds) {
        match kind {
            Kind::Plan => plans.push(candidate),
            Kind::State => problems.push(plan::state_problem(sources, &candidate.path)),
            Kind::TooLarge => problems.push(too_large(sources, &candidate)),
            Kind::Other => templates.push(candidate),
        }
    }
    (plans, templates)
}

fn kind(sources: &Sources, candidate: &Candidate) -> Kind {
    let path = &candidate.path;
    let is_json = path.ends_with(".json");
    let head = (is_json || path.ends_with(".tfstate")).then(|| sources.head(path, HEAD)).flatten();
    let speaks_of = |word: &str| head.as_ref().is_some_and(|head| head.contains(word));
    let is = |file: source::FileId, what: fn(&str) -> bool| what(&sources.file(file).text);
    if is_json
        && speaks_of("\"format_version\"")
        && sources.load_plan(path).is_ok_and(|file| is(file, plan::is_plan))
    {
        return Kind::Plan;
    }
    if candidate.bytes > sources.limits().file_bytes {
        return Kind::TooLarge;
    }
    let is_state =
        speaks_of("\"terraform_version\"") && sources.load(path).is_ok_and(|file| is(file, plan::is_state));
    if is_state { Kind::State } else { Kind::Other }
}

fn too_large(sources: &Sources, candidate: &Candidate) -> Problem {
    let (path, limit) = (&candidate.path, sources.limits().file_bytes);
    let message = format!("{path} has {} bytes, more than the limit of {limit}", candidate.bytes);
    let help = "split the file, or add it to .gitignore if it is no infrastructure code";
    Problem::with_path(ProblemSeverity::Error, "file-too-large", path, message, help)
}
