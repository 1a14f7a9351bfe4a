//! What to say about a name that the schemas do not have.

use schemas::{DATE, ResourceType, resource_types};
use source::{ProblemSeverity, nearest};

/// Most names that a help lists.
const MOST_LISTED: usize = 12;

/// A help for a name that is none of `known`: the one that was probably meant, else all of them if they are few.
pub(crate) fn suggest<'k>(name: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> String {
    if let Some(meant) = meant(name, known.clone()) {
        return format!("did you mean {meant}?");
    }
    let listed: Vec<&str> = known.into_iter().take(MOST_LISTED + 1).collect();
    match listed.len() {
        0 => "leave it out".to_owned(),
        many if many > MOST_LISTED => format!(
            "correct the name, or leave it out; carelint knows the resource types as they were on {DATE}"
        ),
        _ => format!("known: {}", listed.join(", ")),
    }
}

/// The one of `known` that was probably meant.
pub(crate) fn meant<'k>(name: &str, known: impl IntoIterator<Item = &'k str> + Clone) -> Option<&'k str> {
    let folded = known.clone().into_iter().find(|known| known.eq_ignore_ascii_case(name));
    folded.or_else(|| nearest(name, known))
}

/// How much a type that is not known matters, and what to do; none if the type is not Amazon's own.
///
/// A name that is nearly one of the known ones, or of a service that is known, is most likely wrong. A service of which nothing
/// is known is most likely newer than the schemas.
pub(crate) fn unknown_type(name: &str) -> Option<(ProblemSeverity, String)> {
    if !name.starts_with("AWS::") || name.ends_with("::MODULE") {
        return None;
    }
    let types = || resource_types().map(ResourceType::name);
    if let Some(meant) = meant(name, types()) {
        return Some((ProblemSeverity::Warning, format!("did you mean {meant}?")));
    }
    let service = name.rsplit_once("::").map_or(name, |(service, _)| service);
    let known = |known: &str| known.strip_prefix(service).is_some_and(|rest| rest.starts_with("::"));
    let severity = if types().any(known) { ProblemSeverity::Warning } else { ProblemSeverity::Note };
    Some((
        severity,
        format!("correct the name, or leave it if the type is newer than {DATE}, the day of the known ones"),
    ))
}
