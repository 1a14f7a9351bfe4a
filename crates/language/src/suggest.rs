//! What to say about a name that is not known.

use source::nearest;

/// A help text: the name that was probably meant, else all of them.
pub(crate) fn help<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str> + Clone) -> String {
    if let Some(meant) = nearest(name, candidates.clone()) {
        return format!("did you mean `{meant}`?");
    }
    let mut all: Vec<&str> = candidates.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    let shown = all.len().min(40);
    let list = all.get(..shown).unwrap_or_default().join(", ");
    match all.len() {
        0 => "there is none to choose from".to_owned(),
        count if count > shown => format!("known: {list}, and {} more", count - shown),
        _ => format!("known: {list}"),
    }
}
