//! What a comment asks for: `carelint: ignore[RULE, RULE] reason`, `carelint: ignore-file[RULE] reason`. Several may
//! stand in one comment. What looks like one and is none is a mistake, never silence.

/// A thing that a comment asks for, or tries to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Directive<'t> {
    /// Verdicts of rules are to be suppressed.
    Ignore {
        /// Ids as written.
        rules: Vec<&'t str>,
        /// Why; never empty.
        reason: &'t str,
        /// In the whole file.
        file: bool,
    },
    /// There is no reason.
    NoReason,
    /// It is spelled otherwise.
    Misspelt,
}

/// The name that directives begin with.
const NAME: &str = "carelint";

/// Words of this and other tools for what a directive does.
const WORDS: [&str; 16] = [
    "ignore",
    "ignore-file",
    "ignore-next-line",
    "ignore-line",
    "ignorefile",
    "skip",
    "skip-file",
    "disable",
    "disable-line",
    "disable-next-line",
    "suppress",
    "allow",
    "waive",
    "exclude",
    "nolint",
    "noqa",
];

/// The directives of a comment, marks included in its text.
pub(crate) fn directives(comment: &str) -> Vec<Directive<'_>> {
    let inner = comment.strip_prefix("/*").map_or(comment, |inner| inner.strip_suffix("*/").unwrap_or(inner));
    let marks = |c: char| c.is_whitespace() || matches!(c, '#' | '/' | '*');
    inner.lines().flat_map(|line| of_line(line.trim_start_matches(marks).trim_end())).collect()
}

fn of_line(line: &str) -> Vec<Directive<'_>> {
    let starts = starts(line);
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    let parts = starts.iter().zip(ends).filter_map(|(start, end)| Some((*start, line.get(*start..end)?)));
    parts.filter_map(|(start, part)| of_part(part.trim_end(), start == 0)).collect()
}

/// Where the name stands as a word of its own.
fn starts(line: &str) -> Vec<usize> {
    let lower = line.to_ascii_lowercase();
    let free = |at: usize| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        before.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | ',' | '(' | '#' | '|'))
    };
    lower.match_indices(NAME).map(|(at, _)| at).filter(|at| free(*at)).collect()
}

fn of_part(part: &str, first: bool) -> Option<Directive<'_>> {
    let rest = part.get(NAME.len()..)?;
    if part.starts_with(NAME)
        && let Some(after) = rest.strip_prefix(':')
        && let Some(directive) = exact(after.trim_start())
    {
        return Some(directive);
    }
    let marks = |c: char| c.is_whitespace() || matches!(c, ':' | '.' | '=' | '-' | '_' | '@' | '!');
    let word = rest.trim_start_matches(marks);
    let punctuated = rest.starts_with(|c: char| !c.is_whitespace() && marks(c));
    let word: &str = word.split(|c: char| !(c.is_alphanumeric() || c == '-')).next().unwrap_or_default();
    let known = WORDS.contains(&word.to_ascii_lowercase().as_str());
    // Words about carelint are no directive; what begins like one is.
    let begun = first && rest.starts_with(':');
    ((known && (punctuated || first)) || begun).then_some(Directive::Misspelt)
}

fn exact(text: &str) -> Option<Directive<'_>> {
    let rest = text.strip_prefix("ignore")?;
    let (file, rest) = rest.strip_prefix("-file").map_or((false, rest), |rest| (true, rest));
    let (ids, reason) = rest.strip_prefix('[')?.split_once(']')?;
    let rules: Vec<&str> = ids.split(',').map(str::trim).collect();
    if rules.iter().any(|id| id.is_empty()) {
        return None;
    }
    let reason = reason.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—'));
    // A reason says something: marks alone do not.
    if !reason.chars().any(char::is_alphanumeric) {
        return Some(Directive::NoReason);
    }
    let reason =
        reason.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ';' | ',' | '(' | '#' | '|'));
    Some(Directive::Ignore { rules, reason, file })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(comment: &str, expect: &[&str]) {
        let shown = directives(comment).into_iter().map(|directive| match directive {
            Directive::Ignore { rules, reason, file } => {
                format!("{}{}: {reason}", rules.join("+"), if file { " (file)" } else { "" })
            }
            Directive::NoReason => "no reason".to_owned(),
            Directive::Misspelt => "misspelt".to_owned(),
        });
        assert_eq!(shown.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn rules_and_a_reason_are_read() {
        check("# carelint: ignore[s3-versioning] logs only", &["s3-versioning: logs only"]);
        check("//carelint:ignore[a, b] - why not", &["a+b: why not"]);
        check("/* carelint: ignore-file[a] generated */", &["a (file): generated"]);
        check("/*\n * carelint: ignore[a] one\n * carelint: ignore[b] two\n */", &["a: one", "b: two"]);
        check("# carelint: ignore[a] one; carelint: ignore[b] two", &["a: one", "b: two"]);
        check("# tfsec:ignore:x carelint: ignore[a] one", &["a: one"]);
    }

    #[test]
    fn a_reason_is_needed() {
        check("# carelint: ignore[a]", &["no reason"]);
        check("# carelint: ignore[a] -- ", &["no reason"]);
        check("# carelint: ignore[a] carelint: ignore[b] two", &["no reason", "b: two"]);
    }

    #[test]
    fn near_misses_are_mistakes() {
        for comment in [
            "# carelint.ignore[a] b",
            "# carelint:ignore a b",
            "# carelint: ignore a",
            "# carelint: ignore[] b",
            "# carelint: ignore[a b",
            "# carelint: skip[a] b",
            "# carelint-ignore: a",
            "# Carelint: ignore[a] b",
            "# carelint ignore a",
            "# carelint: ignores[a] b",
            "# carelint:disable=a",
            "# see carelint:ignore a",
        ] {
            check(comment, &["misspelt"]);
        }
    }

    #[test]
    fn words_about_carelint_are_none() {
        check("# checked by carelint in CI", &[]);
        check("# carelint finds the rest", &[]);
        check("# see https://example.com/carelint: ignore that", &[]);
        check("# run bin/carelint: skip nothing", &[]);
        check("# my-carelint: ignore[a] b", &[]);
    }
}
