//! Applications that were not synthesized: their code is not read, so there is nothing to judge but what `cdk synth`
//! makes of it.

use source::discovery::Candidate;
use source::{Problem, ProblemSeverity, Sources, synthesized};

use crate::manifest::{Assembly, joined};

/// A note for each application among `candidates` that has no assembly: neither where it is synthesized to nor anywhere
/// below its folder.
pub(crate) fn notes<'a>(
    sources: &'a Sources,
    candidates: &'a [Candidate],
    assemblies: &'a [Assembly],
) -> impl Iterator<Item = Problem> + 'a {
    let is_app = |candidate: &&Candidate| candidate.path.rsplit('/').next() == Some(synthesized::APP_FILE);
    candidates.iter().filter(is_app).filter_map(move |candidate| {
        let path = candidate.path.as_str();
        let output = joined(&synthesized::output_of(sources, path)?, "");
        let folder = source::folder_of(path);
        let is_of_app = |assembly: &Assembly| {
            let below = assembly.folder.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
            assembly.folder == output || folder.is_empty() || below
        };
        (!assemblies.iter().any(is_of_app)).then(|| note(path, &output))
    })
}

fn note(path: &str, output: &str) -> Problem {
    let message =
        format!("the CDK application of {path} was not synthesized: there is no assembly in {output}");
    let help = "run `cdk synth` first; carelint reads its output, not the application's code";
    Problem::with_path(ProblemSeverity::Note, "cdk-not-synthesized", path, message, help)
}
