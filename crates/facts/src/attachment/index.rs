//! Patterns of ARNs by how they begin. Invariant: what is left out for a text certainly does not match it; what is
//! given may match or not.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;

use crate::arn::{fields, parsed};
use crate::pattern::{Symbol, known};

/// Patterns, each by a number that the caller chose.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Of which nothing is known that would leave out any text.
    anything: Vec<u32>,
    root: Branch,
}

/// What comes after a common beginning.
#[derive(Debug, Default)]
struct Branch {
    /// Patterns that end here, or go on with something open.
    here: Vec<u32>,
    /// Patterns that go on with known characters and then with something open.
    partial: Vec<(String, u32)>,
    /// By the characters up to the next `:` or `/`.
    runs: BTreeMap<String, Branch>,
    /// By a name that AWS makes up.
    names: FxHashMap<SmolStr, Branch>,
}

/// A step of a text.
#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// Characters up to a `:` or `/`, to a name or to the end.
    Run(String),
    /// Characters, and then something open.
    Cut(String),
    /// A name that AWS makes up.
    Name(SmolStr),
    /// Any text whatever, which nothing but a wildcard matches.
    Any,
}

/// The service and the resource of an ARN: what tells resources apart. None of a text that may be of any service.
/// Of an ARN whose middle is open, the service alone.
fn key(text: &[Symbol]) -> Option<Vec<Symbol>> {
    let parts = fields(text, 6);
    let open = |part: &[Symbol]| part.iter().any(is_open);
    let [scheme, partition, service, rest @ ..] = parts.as_slice() else { return None };
    if **scheme != *known("arn") || **partition != *known("aws") {
        return None;
    }
    let mut key = service.to_vec();
    if rest.is_empty() || open(service) {
        return Some(key);
    }
    key.push(Symbol::Char(':'));
    match parsed(text) {
        Some([_, _, _, _, resource]) => key.extend(resource.iter().cloned()),
        None => key.push(Symbol::Char('*')),
    }
    Some(key)
}

fn is_wild(symbol: &Symbol) -> bool {
    matches!(symbol, Symbol::Char('*' | '?'))
}

fn is_open(symbol: &Symbol) -> bool {
    is_wild(symbol) || matches!(symbol, Symbol::Hole(_))
}

/// The steps of a key; after a cut there are none.
fn tokens(key: &[Symbol]) -> Vec<Token> {
    let (mut tokens, mut run) = (Vec::new(), String::new());
    for symbol in key {
        match symbol {
            symbol if is_open(symbol) => {
                tokens.push(Token::Cut(run));
                return tokens;
            }
            Symbol::Char(char) => {
                run.push(*char);
                if matches!(char, ':' | '/') {
                    tokens.push(Token::Run(std::mem::take(&mut run)));
                }
            }
            Symbol::Name(name) => {
                if !run.is_empty() {
                    tokens.push(Token::Run(std::mem::take(&mut run)));
                }
                tokens.push(Token::Name(name.clone()));
            }
            _ => {
                if !run.is_empty() {
                    tokens.push(Token::Run(std::mem::take(&mut run)));
                }
                tokens.push(Token::Any);
                return tokens;
            }
        }
    }
    if !run.is_empty() {
        tokens.push(Token::Run(run));
    }
    tokens
}

/// What some numbers stand for, each once and in order.
pub(crate) fn numbered<T: Copy>(all: &[T], mut numbers: Vec<u32>) -> Vec<T> {
    numbers.sort_unstable();
    numbers.dedup();
    numbers.iter().filter_map(|number| all.get(*number as usize)).copied().collect()
}

impl Index {
    /// Adds one that may match anything.
    pub(crate) fn add_open(&mut self, number: u32) {
        self.anything.push(number);
    }

    /// Adds a pattern.
    pub(crate) fn add(&mut self, pattern: &[Symbol], number: u32) {
        let Some(key) = key(pattern) else {
            self.anything.push(number);
            return;
        };
        let mut branch = &mut self.root;
        for token in tokens(&key) {
            branch = match token {
                Token::Run(run) => branch.runs.entry(run).or_default(),
                Token::Name(name) => branch.names.entry(name).or_default(),
                Token::Cut(run) if run.is_empty() => break,
                Token::Cut(run) => {
                    branch.partial.push((run, number));
                    return;
                }
                Token::Any => break,
            };
        }
        branch.here.push(number);
    }

    /// The patterns that may match a text, some of them twice.
    pub(crate) fn may_match(&self, text: &[Symbol], found: &mut Vec<u32>) {
        found.extend(&self.anything);
        let Some(key) = key(text) else {
            self.root.all(found);
            return;
        };
        let mut branch = &self.root;
        for token in tokens(&key) {
            found.extend(&branch.here);
            let next = match &token {
                Token::Cut(run) => {
                    branch.all_after(run, found);
                    return;
                }
                Token::Any => return,
                Token::Run(run) => {
                    let begins = branch.partial.iter().filter(|(beginning, _)| run.starts_with(beginning));
                    found.extend(begins.map(|(_, number)| number));
                    branch.runs.get(run)
                }
                Token::Name(name) => branch.names.get(name),
            };
            match next {
                Some(next) => branch = next,
                None => return,
            }
        }
        found.extend(&branch.here);
    }
}

impl Branch {
    fn all(&self, found: &mut Vec<u32>) {
        let mut left = vec![self];
        while let Some(branch) = left.pop() {
            found.extend(&branch.here);
            found.extend(branch.partial.iter().map(|(_, number)| number));
            left.extend(branch.runs.values());
            left.extend(branch.names.values());
        }
    }

    /// All that may go on after `start` and something open.
    fn all_after(&self, start: &str, found: &mut Vec<u32>) {
        if start.is_empty() {
            return self.all(found);
        }
        for (run, number) in &self.partial {
            if run.starts_with(start) || start.starts_with(run.as_str()) {
                found.push(*number);
            }
        }
        let from = self.runs.range(start.to_owned()..);
        from.take_while(|(run, _)| run.starts_with(start)).for_each(|(_, branch)| branch.all(found));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pattern::{Hole, Text, matches, one_partition};

    /// `<x>` is a hole, `{x}` a name that AWS makes up.
    fn read(text: &str) -> Text {
        let mut symbols = Text::new();
        let mut chars = text.chars();
        while let Some(char) = chars.next() {
            let mut name =
                |end| SmolStr::from(chars.by_ref().take_while(|char| *char != end).collect::<String>());
            symbols.push(match char {
                '<' => {
                    let key = name('>');
                    Symbol::Hole(Hole { key: Some(key), owner: None, why: "hole".into() }.into())
                }
                '{' => Symbol::Name(name('}')),
                char => Symbol::Char(char),
            });
        }
        one_partition(symbols)
    }

    fn found(patterns: &[String], text: &str) -> Vec<u32> {
        let mut index = Index::default();
        for (pattern, number) in patterns.iter().zip(0..) {
            index.add(&read(pattern), number);
        }
        let mut found = Vec::new();
        index.may_match(&read(text), &mut found);
        found.sort_unstable();
        found.dedup();
        found
    }

    /// The text with its holes filled; names that AWS makes up are their own.
    fn fill(text: &str, fills: &str) -> String {
        let mut filled = String::new();
        for part in text.split('>') {
            let before = part.split_once('<').map_or(part, |(before, _)| before);
            filled.push_str(before);
            filled.push_str(if before.len() < part.len() { fills } else { "" });
        }
        filled
    }

    #[track_caller]
    fn check(patterns: &[&str], text: &str, expect: &[u32]) {
        let patterns: Vec<String> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        assert_eq!(found(&patterns, text), expect, "{text}");
    }

    #[test]
    fn what_begins_otherwise_is_left_out() {
        let patterns = [
            "*",
            "arn:aws:rds:*",
            "arn:aws:rds:*:*:db:*",
            "arn:aws:rds:*:*:cluster:*",
            "arn:aws:rds:us-east-1:111122223333:db:records",
            "arn:aws:rds:*:*:db:rec*",
            "arn:aws:rds:*:*:db:{x}",
            "arn:aws:rds:*:*:db:<hole>",
            "<arn>",
            "arn:aws:dynamodb:*:*:table/records",
        ];
        check(&patterns, "arn:aws:rds:us-east-1:111122223333:db:records", &[0, 1, 2, 4, 5, 7, 8]);
        check(&patterns, "arn:aws:rds:<r>:<a>:db:{x}", &[0, 1, 2, 6, 7, 8]);
        check(&patterns, "arn:aws:rds:<r>:<a>:db:<n>", &[0, 1, 2, 4, 5, 6, 7, 8]);
        check(&patterns, "arn:aws:rds:<r>:<a>:db:re<n>", &[0, 1, 2, 4, 5, 7, 8]);
        check(&patterns, "arn:aws:s3:::records", &[0, 8]);
        check(&patterns, "<unknown>", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }

    #[test]
    fn of_very_many_only_those_that_may_match_are_looked_at() {
        let named = |number: usize| format!("arn:aws:rds:*:*:db:app-{number:04}-records");
        let patterns: Vec<String> = (0..2_000).map(named).collect();
        assert_eq!(found(&patterns, "arn:aws:rds:<r>:<a>:db:app-0007-records"), [7]);
        assert_eq!(found(&patterns, "arn:aws:rds:<r>:<a>:db:app-000<n>").len(), 10);
    }

    proptest! {
        #[test]
        fn nothing_that_may_match_is_left_out(
            patterns in prop::collection::vec(
                "(\\*|<a>|arn:(aws|aws):(s3|rds|\\*)(\\*|:(r|\\*|<r>|)(:(1|\\*|)(:(db:|t/|)(a|b|\\{x\\}|<n>)?(a|/)?(\\*|\\?|<m>)?)?)?))",
                1..6,
            ),
            text in "arn:aws:(s3|rds):(r|<r>|):(1|<c>|):(db:|t/|)(a|b|\\{x\\}|<n>)(a|b|/)?",
            fills in "[abt/]{1,2}",
        ) {
            let found = found(&patterns, &text);
            let filled = known(&fill(&text, &fills));
            for (pattern, number) in patterns.iter().zip(0..) {
                let matches = matches(&known(&fill(pattern, &fills)), &filled).is_yes();
                prop_assert!(!matches || found.contains(&number), "{pattern} of {text}");
            }
        }
    }
}
