//! The known name that a misspelt one was probably meant to be.

/// The candidate nearest to `name`, if it is near enough to be a slip of the hand: one edit in a word of two letters,
/// three in a long one.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let length = name.chars().count();
    let allowed = match length {
        0..=2 => 1,
        3..=7 => 2,
        _ => 3,
    };
    // Every letter that one has more than the other is an edit: most candidates need no closer look.
    let alike = |candidate: &&str| candidate.chars().count().abs_diff(length) <= allowed;
    let scored = candidates.into_iter().filter(alike).map(|candidate| (distance(name, candidate), candidate));
    scored.filter(|(score, _)| *score <= allowed).min().map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace, swap of neighbours) from one text to the other.
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=to.len()).collect();
    for (row, left) in from.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, right) in to.iter().enumerate() {
            let at = |line: &Vec<usize>, index: usize| line.get(index).copied().unwrap_or(usize::MAX / 2);
            let replace = at(&last, column) + usize::from(left != right);
            let mut best = replace.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped =
                row > 0 && column > 0 && from.get(row - 1) == Some(right) && to.get(column - 1) == Some(left);
            if swapped {
                best = best.min(at(&before, column - 1) + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, expect: Option<&str>) {
        assert_eq!(nearest(name, ["versioning", "name", "log_bucket", "id"]), expect);
    }

    #[test]
    fn slips_are_found() {
        check("versionning", Some("versioning"));
        check("nmae", Some("name"));
        check("log-bucket", Some("log_bucket"));
    }

    #[test]
    fn other_names_are_not_suggested() {
        check("encryption", None);
        check("x", None);
    }
}
