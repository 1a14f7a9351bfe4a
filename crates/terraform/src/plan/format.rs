//! What a plan says of itself: the version of its format, and whether it is whole. Terraform promises that a minor
//! version only adds, and that a reader may pass over what it does not know. States are told apart from plans here.

use source::{FileId, Place, Problem, ProblemSeverity, Problems, Sources};

use super::document::Document;

/// The newest minor version of format 1 that this reader was written for.
const MINOR: u32 = 2;

/// What is to be said of the version of a plan's format.
///
/// # Errors
/// The format is another one, which is not read.
pub(super) fn version(document: &Document<'_>) -> Result<Problems, Problem> {
    let node = document.part("format_version");
    let text = node.as_ref().and_then(|node| node.text()).map_or("", |text| text.as_str());
    let place = node.as_ref().map_or_else(Default::default, |node| node.span);
    let place = Place::new(document.file, place);
    let number = |text: Option<&str>| text.and_then(|text| text.parse::<u32>().ok());
    let mut parts = text.split('.');
    match (number(parts.next()), number(parts.next())) {
        (Some(0), Some(_)) => Ok(Problems::new()),
        (Some(1), Some(minor)) if minor <= MINOR => Ok(Problems::new()),
        (Some(1), Some(_)) => {
            let message = format!(
                "the plan has format version {text}, newer than 1.{MINOR}: what is new in it is not read"
            );
            let help = "nothing, unless a finding contradicts the plan; a newer carelint may read more";
            Ok(vec![Problem::at(ProblemSeverity::Note, "plan-format-newer", place, message, help)])
        }
        _ => {
            let message = format!("plans of format version `{text}` are not read; versions 0 and 1 are");
            let help =
                "write the plan with `terraform show -json PLAN` of Terraform 0.12 to 1.x, or of OpenTofu";
            Err(Problem::at(ProblemSeverity::Error, "plan-format", place, message, help))
        }
    }
}

/// What a plan does not tell: Terraform writes one even where planning failed, or was deferred.
pub(super) fn incomplete(document: &Document<'_>) -> Option<Problem> {
    let part = |name: &str, wanted: &str| {
        document.part(name).filter(|node| node.text().is_some_and(|text| text == wanted))
    };
    let (node, severity, message) = match part("errored", "true") {
        Some(node) => {
            (node, ProblemSeverity::Warning, "planning failed, so the plan does not hold all resources")
        }
        None => {
            let node = part("complete", "false")?;
            let message = "the plan is not complete: changes were deferred or targeted, and what was left out is not judged";
            (node, ProblemSeverity::Note, message)
        }
    };
    let help =
        "mend what `terraform plan` says, plan again and write the plan with `terraform show -json PLAN`";
    let place = Place::new(document.file, node.span);
    Some(Problem::at(severity, "plan-incomplete", place, message, help))
}

/// Whether the text of a JSON file may be a Terraform state: a state file of version 4, or what `terraform show -json`
/// prints of a state.
#[must_use]
pub fn is_state(text: &str) -> bool {
    let has = |names: &[&str]| names.iter().all(|name| text.contains(name));
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
        && text.contains("\"terraform_version\"")
        && !text.contains("\"planned_values\"")
        && (has(&["\"serial\"", "\"lineage\"", "\"resources\""])
            || has(&["\"format_version\"", "\"values\"", "\"root_module\""]))
}

/// What is said of a state: it is not judged, because it says what was, with all secrets in the clear.
#[must_use]
pub fn state_problem(sources: &Sources, path: &str) -> Problem {
    let message = "this is a Terraform state; states are not judged";
    let help = "check the configuration, or a plan: `terraform show -json PLAN`; keep states out of the repository, they hold secrets";
    let severity = ProblemSeverity::Note;
    match sources.loaded(path) {
        Some(file) => Problem::at(severity, "terraform-state", start_of(file), message, help),
        None => Problem::with_path(severity, "terraform-state", path, message, help),
    }
}

fn start_of(file: FileId) -> Place {
    Place::new(file, source::Span::new(0, 1))
}
