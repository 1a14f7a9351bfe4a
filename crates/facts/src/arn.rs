//! ARNs by their fields: `arn:partition:service:region:account:resource`. Invariant: what is not known of one field
//! says nothing of another; only a wildcard goes over a colon.

use crate::decision::Decision;
use crate::pattern::{Symbol, known, matches as text_matches};

/// The parts of a text between colons, at most `most`.
pub(crate) fn fields(text: &[Symbol], most: usize) -> Vec<&[Symbol]> {
    text.splitn(most, |symbol| *symbol == Symbol::Char(':')).collect()
}

/// The fields of an ARN; none of a text that is none, or whose wildcards may stand for colons.
pub(crate) fn parsed(text: &[Symbol]) -> Option<[&[Symbol]; 5]> {
    let parts = fields(text, 6);
    let [scheme, partition, service, region, account, resource] = parts.as_slice() else { return None };
    let closed = [partition, service, region, account]
        .iter()
        .all(|part| part.len() == 1 || !part.iter().any(|symbol| matches!(symbol, Symbol::Char('*' | '?'))));
    (**scheme == *known("arn") && closed).then_some([partition, service, region, account, resource])
}

/// Whether a pattern of ARNs matches all of what an ARN may be.
pub(crate) fn matches(pattern: &[Symbol], arn: &[Symbol]) -> Decision {
    match (parsed(pattern), parsed(arn)) {
        (Some(patterns), Some(fields)) => {
            // The resource first: it tells most apart.
            let pairs = patterns.into_iter().zip(fields).rev();
            let mut all = Decision::YES;
            for (pattern, field) in pairs {
                all = all.and(text_matches(pattern, field));
                if all.is_no() {
                    break;
                }
            }
            all
        }
        _ => text_matches(pattern, arn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::{Hole, Text};

    /// `<x>` is a hole.
    fn read(text: &str) -> Text {
        let hole = |name: &str| {
            Symbol::Hole(Hole { key: Some(name.into()), owner: None, why: "hole".into() }.into())
        };
        let mut symbols = Text::new();
        for part in text.split('>') {
            match part.split_once('<') {
                Some((before, name)) => {
                    symbols.extend(known(before));
                    symbols.push(hole(name));
                }
                None => symbols.extend(known(part)),
            }
        }
        symbols
    }

    #[track_caller]
    fn check(pattern: &str, arn: &str, expect: &str) {
        let decision = matches(&read(pattern), &read(arn));
        let shown = match (decision.is_yes(), decision.is_no()) {
            (true, _) => "yes",
            (_, true) => "no",
            _ => "unknown",
        };
        assert_eq!(shown, expect, "{pattern} against {arn}");
    }

    #[test]
    fn fields_are_compared_one_by_one() {
        let db = "arn:aws:rds:<r>:<a>:db:records";
        check("arn:aws:rds:*:*:db:*", db, "yes");
        check("arn:aws:rds:*:*:cluster:*", db, "no");
        check("arn:aws:rds:<r>:<a>:db:records", db, "yes");
        check("arn:aws:rds:us-east-1:*:db:records", db, "unknown");
        check("arn:aws:rds:us-east-1:*:db:others", db, "no");
    }

    #[test]
    fn wildcards_go_over_colons() {
        check("*", "arn:aws:rds:r:a:db:records", "yes");
        check("arn:aws:rds:*", "arn:aws:rds:<r>:<a>:db:records", "yes");
        check("arn:*:rds:*:*:db:records", "arn:aws:rds:r:a:db:records", "yes");
        check("arn:aws:*:records", "arn:aws:rds:r:a:db:records", "yes");
        check("arn:aws:s3:::*", "arn:aws:rds:r:a:db:records", "no");
    }
}
