//! Versions as texts: `11.10` is after `11.8`. Invariant: what does not say which of two versions is the later, such as
//! `8.0` beside `8.0.35`, is unknown.

use std::cmp::Ordering;

use crate::{Part, Truth};

/// A part of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    /// Digits without leading zeros.
    Number(&'t str),
    /// Letters.
    Text(&'t str),
    /// `x` or `*`: whichever there is.
    Any,
}

/// Words that mark what comes before the version they stand in.
const BEFORE: &[&str] = &["alpha", "beta", "rc", "pre", "preview", "dev", "snapshot"];

/// Whether a text of known and unknown parts is a version that is `wanted` or a later one.
///
/// Runs of digits are compared as numbers and runs of letters must be equal; everything between them separates. A
/// version that ends before `wanted` does, or with `x`, stands for every version that begins so: it is as late only if
/// what is left of `wanted` is zeros. A `v` in front means nothing. Texts without digits are no versions.
#[must_use]
pub fn at_least(parts: &[Part], wanted: &str) -> Truth {
    let (known, whole) = match parts {
        [] => ("", true),
        [Part::Text(text)] => (text.as_str(), true),
        [Part::Text(text), ..] => (text.as_str(), false),
        [Part::Value(_), ..] => ("", false),
    };
    let open = || Truth::unknown("the version is not wholly known");
    let (mut ours, theirs) = (tokens(known), tokens(wanted));
    if !whole {
        // The last run may go on in what is not known.
        if known.ends_with(|last: char| last.is_ascii_alphanumeric()) {
            ours.pop();
        }
        return compare(&ours, &theirs).unwrap_or_else(open);
    }
    if !ours.iter().any(|token| matches!(token, Token::Number(_))) {
        return Truth::unknown(format!("\"{known}\" is no version"));
    }
    // What is left out is zero: `11` is at least `11.0`.
    let rest = theirs.get(ours.len()..).unwrap_or_default();
    if !ours.contains(&Token::Any) && rest.iter().all(|token| *token == Token::Number("")) {
        ours.extend(rest);
    }
    compare(&ours, &theirs)
        .unwrap_or_else(|| Truth::unknown(format!("\"{known}\" may be before or after version {wanted}")))
}

/// The order of what both say; none if that does not settle it.
fn compare(ours: &[Token<'_>], theirs: &[Token<'_>]) -> Option<Truth> {
    let wanted = theirs.split(|token| *token == Token::Any).next().unwrap_or_default();
    for (at, wanted) in wanted.iter().enumerate() {
        match (ours.get(at)?, wanted) {
            (Token::Number(a), Token::Number(b)) => match (a.len(), a).cmp(&(b.len(), b)) {
                Ordering::Greater => return Some(Truth::Yes),
                Ordering::Less => return Some(Truth::No),
                Ordering::Equal => {}
            },
            (Token::Text(a), Token::Text(b)) if a.eq_ignore_ascii_case(b) => {}
            _ => return None,
        }
    }
    match ours.get(wanted.len()) {
        Some(Token::Text(word)) if BEFORE.iter().any(|before| word.eq_ignore_ascii_case(before)) => None,
        _ => Some(Truth::Yes),
    }
}

/// The runs of digits and of letters, without a `v` in front.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let same: fn(char) -> bool = match first {
            _ if first.is_ascii_digit() => |c| c.is_ascii_digit(),
            _ if first.is_alphabetic() => char::is_alphabetic,
            _ => |c| !c.is_alphanumeric(),
        };
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len()).max(first.len_utf8());
        let (run, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        if first.is_ascii_digit() {
            tokens.push(Token::Number(run.trim_start_matches('0')));
        } else if run.contains('*') || run.eq_ignore_ascii_case("x") {
            tokens.push(Token::Any);
        } else if first.is_alphabetic() {
            tokens.push(Token::Text(run));
        }
    }
    if let [Token::Text("v" | "V"), Token::Number(_), ..] = tokens.as_slice() {
        tokens.remove(0);
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Origin, Unknown, Value};

    /// `?` in the text is a part that is not known.
    #[track_caller]
    fn check(text: &str, wanted: &str, expect: &str) {
        let hole = || Part::Value(Value::unknown(Unknown::fresh("no value"), Origin::default()));
        let mut parts = Vec::new();
        for (at, piece) in text.split('?').enumerate() {
            parts.extend((at > 0).then(hole));
            parts.extend((!piece.is_empty()).then(|| Part::Text(piece.into())));
        }
        let found = match at_least(&parts, wanted) {
            Truth::Yes => "yes",
            Truth::No => "no",
            Truth::Unknown(_) => "unknown",
        };
        assert_eq!(found, expect, "\"{text}\" at least \"{wanted}\"");
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        check("11.10", "11.8", "yes");
        check("11.8", "11.10", "no");
        check("11.8", "11.8", "yes");
        check("11.08", "11.8", "yes");
        check("5.7.44", "8.0", "no");
        check("16.1", "16", "yes");
        check("99999999999999999999999", "99999999999999999999998", "yes");
        check("1.30", "1.9", "yes");
        check("2026-02-28", "2026-11-25", "no");
    }

    #[test]
    fn words_must_be_the_same() {
        check("8.0.mysql_aurora.3.04.0", "8.0.mysql_aurora.3.02.0", "yes");
        check("8.0.mysql_aurora.3.02.0", "8.0.mysql_aurora.3.10.0", "no");
        check("5.7.mysql_aurora.2.11.1", "8.0.mysql_aurora.3.02.0", "no");
        check("8.0.mysql_aurora.3.02.0", "8.0.32", "unknown");
        check("OpenSearch_2.11", "OpenSearch_1.3", "yes");
        check("opensearch_2.11", "OpenSearch_2.9", "yes");
        check("Elasticsearch_7.10", "OpenSearch_1.0", "unknown");
        check("nodejs18.x", "nodejs20.x", "no");
        check("nodejs22.x", "nodejs20.x", "yes");
        check("python3.9", "nodejs20.x", "unknown");
        check("emr-6.10.0", "emr-6.9.0", "yes");
        check("19.0.0.0.ru-2023-01.rur-2023-01.r1", "19", "yes");
        check("v1.29", "1.28", "yes");
    }

    #[test]
    fn a_beginning_stands_for_all_that_begin_so() {
        check("11", "11", "yes");
        check("11", "11.0", "yes");
        check("8.0", "8.0.35", "unknown");
        check("11", "12.1", "no");
        check("13", "12.1", "yes");
        check("6.x", "6.2", "unknown");
        check("6.x", "6.0", "unknown");
        check("7.x", "6.2", "yes");
        check("7.1", "7.x", "yes");
        check("6.1", "7.x", "no");
        check("1.2.0-rc1", "1.2.0", "unknown");
        check("1.2.0-r1", "1.2.0", "yes");
    }

    #[test]
    fn what_is_no_version_or_not_known_is_unknown() {
        check("latest", "1.0", "unknown");
        check("", "1.0", "unknown");
        check("$LATEST", "1", "unknown");
        check("?", "1.0", "unknown");
        check("8.0.?", "5.7", "yes");
        check("8.0.?", "8.0.35", "unknown");
        check("5.7.?", "8.0", "no");
        check("1?", "8", "unknown");
        check("8?", "8", "unknown");
        check("8.?", "8", "yes");
        check("8.?", "8.0", "unknown");
    }
}
