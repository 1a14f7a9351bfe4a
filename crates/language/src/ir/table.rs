//! What rules look up and cite: dated tables and the sections of frameworks.

use super::{Field, Literal};

/// A lookup table with a date.
#[derive(Debug, Clone, Copy)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Day on which the facts were true, `YYYY-MM-DD`.
    pub dated: &'static str,
    /// Where they come from.
    pub source: &'static str,
    /// How a key finds its row.
    pub matching: Matching,
    /// Names and types of the columns, sorted by name.
    pub columns: &'static [Field],
    /// Key and cells (in the order of the columns; none where a row leaves a column out), sorted by key.
    pub rows: &'static [(&'static str, &'static [Option<Literal>])],
}

/// How a key finds its row in a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Equal.
    Exact,
    /// The longest row key that the key starts with.
    LongestPrefix,
    /// The most specific row key with `*` and `?` that matches; a key without them first, then the longest.
    Glob,
}

/// A framework.
#[derive(Debug, Clone, Copy)]
pub struct Framework {
    /// `hipaa`, `well-architected`, `nist-800-53`.
    pub name: &'static str,
    /// Its name for reports.
    pub title: &'static str,
    /// Day and source of the list.
    pub source: &'static str,
    /// Its sections, in the framework's order.
    pub sections: &'static [Section],
}

/// A section of a framework.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// `164.312(a)(1)`, `REL09-BP01`.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// `required`, `addressable` or empty.
    pub requirement: &'static str,
    /// Family or pillar that it belongs to.
    pub group: &'static str,
}

impl Table {
    /// The cells of the row that the key finds, in the order of the columns.
    #[must_use]
    pub fn row(&self, key: &str) -> Option<&'static [Option<Literal>]> {
        let exact = self.rows.binary_search_by(|(name, _)| (*name).cmp(key)).ok();
        let exact = exact.and_then(|at| self.rows.get(at));
        let found = match self.matching {
            Matching::Exact => exact,
            Matching::LongestPrefix => exact.or_else(|| {
                // Rows are sorted, so every prefix of the key sorts before the key itself.
                let end = self.rows.partition_point(|(name, _)| *name <= key);
                let before = self.rows.get(..end).unwrap_or_default();
                before.iter().rev().find(|(name, _)| key.starts_with(name))
            }),
            Matching::Glob => exact.or_else(|| {
                let matching =
                    self.rows.iter().filter(|(pattern, _)| glob(pattern.as_bytes(), key.as_bytes()));
                matching.max_by_key(|(pattern, _)| pattern.len())
            }),
        };
        found.map(|(_, cells)| *cells)
    }
}

/// Whether `text` matches `pattern` with `*` (any run) and `?` (any one byte). Linear in the product of the lengths.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(b'?') => (p, t) = (p + 1, t + 1),
            Some(byte) if Some(byte) == text.get(t) => (p, t) = (p + 1, t + 1),
            _ => match star {
                Some((at, from)) => {
                    star = Some((at, from + 1));
                    (p, t) = (at + 1, from + 1);
                }
                None => return false,
            },
        }
    }
    pattern.get(p..).unwrap_or_default().iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(matching: Matching, key: &str, expect: Option<&str>) {
        static ROWS: &[(&str, &[Option<Literal>])] = &[
            ("TLS-1-2-*", &[Some(Literal::String("1.2"))]),
            ("TLS-1-2-Ext*", &[Some(Literal::String("ext"))]),
            ("aws_", &[Some(Literal::String("any"))]),
            ("aws_s3_", &[Some(Literal::String("s3"))]),
        ];
        let table = Table { name: "t", dated: "2026-01-01", source: "", matching, columns: &[], rows: ROWS };
        let found = table.row(key).and_then(|cells| cells.first().copied().flatten());
        assert_eq!(found, expect.map(|text| Literal::String(text.to_owned().leak())));
    }

    #[test]
    fn the_longest_prefix_wins() {
        check(Matching::LongestPrefix, "aws_s3_bucket", Some("s3"));
        check(Matching::LongestPrefix, "aws_sqs_queue", Some("any"));
        check(Matching::LongestPrefix, "gcp", None);
    }

    #[test]
    fn the_longest_pattern_wins() {
        check(Matching::Glob, "TLS-1-2-2017", Some("1.2"));
        check(Matching::Glob, "TLS-1-2-Ext-2018", Some("ext"));
        check(Matching::Glob, "TLS-1-1", None);
    }

    #[test]
    fn an_exact_table_knows_only_its_keys() {
        check(Matching::Exact, "aws_", Some("any"));
        check(Matching::Exact, "aws_x", None);
    }
}
