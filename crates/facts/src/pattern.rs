//! Texts with holes, and whether a pattern with `*` and `?` matches all of what such a text may be. Invariant: an
//! answer is yes or no only if it holds whatever the holes turn out to be.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::decision::Decision;

/// Longest text or pattern that is compared, in symbols; comparing longer ones is answered by unknown. AWS allows
/// ARNs of 2,048 characters, and comparing takes as many steps as both lengths multiplied.
const MOST_SYMBOLS: usize = 2_048;

/// A symbol of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Symbol {
    /// A known character.
    Char(char),
    /// Some text that is not known. Shared, so that a symbol is no larger than a name.
    Hole(Arc<Hole>),
    /// The name of the resource with this key, which AWS makes up: no literal spells it.
    Name(SmolStr),
    /// Any text whatever, such as what follows `bucket/`: only `*` matches all of it.
    Any,
}

/// Some text that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hole {
    /// What it is, symbolically; none if nothing else can be the same.
    pub(crate) key: Option<SmolStr>,
    /// Type and key of the resource whose attribute it is: attributes of two resources of a type differ.
    pub(crate) owner: Option<(SmolStr, SmolStr)>,
    /// Why it is not known.
    pub(crate) why: SmolStr,
}

/// A text.
pub(crate) type Text = Vec<Symbol>;

/// The text of a known string.
pub(crate) fn known(text: &str) -> Text {
    text.chars().take(MOST_SYMBOLS + 1).map(Symbol::Char).collect()
}

/// Whether `pattern` matches all of `text`, `*` standing for any text and `?` for any character.
pub(crate) fn matches(pattern: &[Symbol], text: &[Symbol]) -> Decision {
    if pattern.len().max(text.len()) > MOST_SYMBOLS {
        return Decision::unknown("the text is too long to be compared");
    }
    // What both have in common at their ends cannot tell them apart: `${arn}` is never `${arn}/key`.
    let (rest_of_pattern, rest_of_text) = without_common_start(pattern, text);
    if begin_differently(rest_of_pattern, rest_of_text, differ) {
        return Decision::NO;
    }
    if run(pattern, text, surely) {
        return Decision::YES;
    }
    let (pattern, text) = without_common_end(rest_of_pattern, rest_of_text);
    if begin_differently(pattern, text, are_of_two_resources) {
        return Decision::NO;
    }
    if !run(pattern, text, possibly) {
        Decision::NO
    } else {
        Decision::unknown(
            why(pattern).or_else(|| why(text)).unwrap_or_else(|| "the text is not known".into()),
        )
    }
}

fn why(text: &[Symbol]) -> Option<SmolStr> {
    text.iter().find_map(|symbol| match symbol {
        Symbol::Hole(hole) => Some(hole.why.clone()),
        _ => None,
    })
}

fn without_common_start<'t>(
    mut pattern: &'t [Symbol],
    mut text: &'t [Symbol],
) -> (&'t [Symbol], &'t [Symbol]) {
    while let (Some((a, shorter)), Some((b, rest))) = (pattern.split_first(), text.split_first())
        && same(a, b)
    {
        (pattern, text) = (shorter, rest);
    }
    (pattern, text)
}

fn without_common_end<'t>(mut pattern: &'t [Symbol], mut text: &'t [Symbol]) -> (&'t [Symbol], &'t [Symbol]) {
    while let (Some((a, shorter)), Some((b, rest))) = (pattern.split_last(), text.split_last())
        && same(a, b)
    {
        (pattern, text) = (shorter, rest);
    }
    (pattern, text)
}

/// Whether two symbols stand for the same text for certain.
fn same(pattern: &Symbol, text: &Symbol) -> bool {
    match (pattern, text) {
        (Symbol::Char('*' | '?'), _) => false,
        (Symbol::Char(a), Symbol::Char(b)) => a == b,
        (Symbol::Name(a), Symbol::Name(b)) => a == b,
        (Symbol::Hole(a), Symbol::Hole(b)) => a.key.is_some() && a.key == b.key,
        _ => false,
    }
}

/// Whether two holes are attributes of two resources of one type.
fn of_two_resources(a: &Hole, b: &Hole) -> bool {
    matches!((&a.owner, &b.owner), (Some((t, x)), Some((u, y))) if t == u && x != y)
}

/// Whether the first symbols are a pair that tells the texts apart.
fn begin_differently(pattern: &[Symbol], text: &[Symbol], apart: fn(&Symbol, &Symbol) -> bool) -> bool {
    pattern.first().zip(text.first()).is_some_and(|(a, b)| apart(a, b))
}

/// Whether two symbols are known and not the same.
fn differ(pattern: &Symbol, text: &Symbol) -> bool {
    let open =
        matches!(pattern, Symbol::Char('*' | '?') | Symbol::Hole(_)) || matches!(text, Symbol::Hole(_));
    !open && !same(pattern, text)
}

/// ARNs and names of two resources of a type differ, and so does what goes on after them.
fn are_of_two_resources(pattern: &Symbol, text: &Symbol) -> bool {
    matches!((pattern, text), (Symbol::Hole(a), Symbol::Hole(b)) if of_two_resources(a, b))
}

/// What one step of a match may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Nothing.
    Part,
    /// Take a symbol of each.
    Both,
    /// The pattern's symbol takes any number of symbols of the text.
    Absorb,
    /// The text's symbol takes any number of symbols of the pattern.
    Give,
    /// Both of the last two.
    Either,
}

fn surely(pattern: &Symbol, text: &Symbol) -> Step {
    match (pattern, text) {
        (Symbol::Char('*'), _) => Step::Absorb,
        (Symbol::Char('?'), Symbol::Char(_)) => Step::Both,
        _ if same(pattern, text) => Step::Both,
        _ => Step::Part,
    }
}

fn possibly(pattern: &Symbol, text: &Symbol) -> Step {
    match (pattern, text) {
        (Symbol::Hole(a), Symbol::Hole(b)) if of_two_resources(a, b) => Step::Part,
        (Symbol::Char('*') | Symbol::Hole(_), Symbol::Hole(_)) => Step::Either,
        (Symbol::Char('*') | Symbol::Hole(_), _) => Step::Absorb,
        (Symbol::Name(_), Symbol::Hole(_)) => Step::Part,
        (_, Symbol::Hole(_)) => Step::Give,
        (Symbol::Char('?'), Symbol::Char(_)) => Step::Both,
        _ if same(pattern, text) => Step::Both,
        _ => Step::Part,
    }
}

/// Matches with one row of reachable positions: `reached[j]` says whether the pattern so far can end at `text[j]`.
fn run(pattern: &[Symbol], text: &[Symbol], step: fn(&Symbol, &Symbol) -> Step) -> bool {
    let mut reached = vec![false; text.len() + 1];
    let mut next = reached.clone();
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    skip_holes(text, &mut reached, step);
    for symbol in pattern {
        next.fill(false);
        let absorbs = is_absorbing(symbol, step);
        // An absorbing symbol may take nothing at all, a hole of the text may be empty.
        let mut carried = false;
        for at in 0..=text.len() {
            let here = reached.get(at).copied().unwrap_or(false);
            let mut end = absorbs && (here || carried);
            if let Some(before) = at.checked_sub(1)
                && let Some(taken) = text.get(before)
            {
                let from = reached.get(before).copied().unwrap_or(false);
                end |= match step(symbol, taken) {
                    Step::Both => from,
                    Step::Give => from || here,
                    Step::Either => from || here || next.get(before).copied().unwrap_or(false),
                    Step::Absorb => from || next.get(before).copied().unwrap_or(false),
                    Step::Part => false,
                };
            }
            carried = false;
            if let Some(slot) = next.get_mut(at) {
                *slot = end;
            }
        }
        skip_holes(text, &mut next, step);
        std::mem::swap(&mut reached, &mut next);
    }
    reached.last().copied().unwrap_or(false)
}

/// Whether the symbol of a pattern may stand for nothing.
fn is_absorbing(symbol: &Symbol, step: fn(&Symbol, &Symbol) -> Step) -> bool {
    matches!(step(symbol, &Symbol::Char('\0')), Step::Absorb)
}

/// Holes of the text may be empty where only a possible match is asked for.
fn skip_holes(text: &[Symbol], reached: &mut [bool], step: fn(&Symbol, &Symbol) -> Step) {
    for (at, symbol) in text.iter().enumerate() {
        let skips = matches!(step(&Symbol::Char('x'), symbol), Step::Give);
        if skips
            && reached.get(at).copied().unwrap_or(false)
            && let Some(after) = reached.get_mut(at + 1)
        {
            *after = true;
        }
    }
}

/// An ARN with its partition (second part) made `aws`, so that `arn:aws:`, `arn:aws-cn:` and
/// `arn:${AWS::Partition}:` compare equal: a resource and the policies beside it are in one partition.
pub(crate) fn one_partition(text: Text) -> Text {
    let arn = known("arn:");
    let Some(rest) = text.strip_prefix(arn.as_slice()) else { return text };
    let Some(end) = rest.iter().position(|symbol| *symbol == Symbol::Char(':')) else { return text };
    let partition = rest.get(..end).unwrap_or_default();
    let spelled: Option<String> = partition
        .iter()
        .map(|symbol| match symbol {
            Symbol::Char(char) => Some(*char),
            _ => None,
        })
        .collect();
    let is_partition = match &spelled {
        Some(name) => name.starts_with("aws"),
        None => partition.len() == 1,
    };
    if !is_partition {
        return text;
    }
    let tail = rest.get(end..).unwrap_or_default();
    known("arn:aws").into_iter().chain(tail.iter().cloned()).collect()
}

/// The text in lower case.
pub(crate) fn lower(text: Text) -> Text {
    let fold = |symbol| match symbol {
        Symbol::Char(char) => Symbol::Char(char.to_ascii_lowercase()),
        other => other,
    };
    text.into_iter().map(fold).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `<x>` is a hole called x, `<>` any text.
    fn read(text: &str) -> Text {
        let mut symbols = Text::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            symbols.extend(known(before));
            let (name, after) = after.split_once('>').expect("a closed hole");
            symbols.push(match name {
                "" => Symbol::Any,
                name => match name.split_once('.') {
                    Some((owner, _)) => hole(name, Some(("t".into(), owner.into()))),
                    None => hole(name, None),
                },
            });
            rest = after;
        }
        symbols.extend(known(rest));
        symbols
    }

    fn hole(name: &str, owner: Option<(SmolStr, SmolStr)>) -> Symbol {
        Symbol::Hole(Hole { key: Some(name.into()), owner, why: "hole".into() }.into())
    }

    #[track_caller]
    fn check(pattern: &str, text: &str, expect: &str) {
        let decision = matches(&one_partition(read(pattern)), &one_partition(read(text)));
        let shown = if decision.is_yes() {
            "yes"
        } else if decision.is_no() {
            "no"
        } else {
            "unknown"
        };
        assert_eq!(shown, expect, "{pattern} against {text}");
    }

    #[test]
    fn known_patterns_match_known_texts() {
        check("*", "", "yes");
        check("arn:aws:s3:::a*", "arn:aws:s3:::abc", "yes");
        check("arn:aws:s3:::a?c", "arn:aws:s3:::abc", "yes");
        check("arn:aws:s3:::a?", "arn:aws:s3:::abc", "no");
        check("a*c*e", "abcde", "yes");
        check("a*c*e", "abcd", "no");
        check("", "", "yes");
        check("", "a", "no");
    }

    #[test]
    fn equal_holes_match_and_different_ones_may() {
        check("<b>/*", "<b>/<>", "yes");
        check("<b>/*", "<c>/<>", "unknown");
        check("<b>", "<b>", "yes");
        check("<b>", "<b>/<>", "no");
        check("arn:aws:sqs:::<b>", "arn:aws:s3:::<b>", "no");
    }

    #[test]
    fn attributes_of_two_resources_differ() {
        check("<a.arn>/*", "<b.arn>/<>", "no");
        check("<a.arn>", "<a.arn>", "yes");
    }

    #[test]
    fn only_a_star_takes_all_of_any_text() {
        check("arn:aws:s3:::name/*", "arn:aws:s3:::name/<>", "yes");
        check("arn:aws:s3:::name*", "arn:aws:s3:::name/<>", "yes");
        check("arn:aws:s3:::name/logs/*", "arn:aws:s3:::name/<>", "no");
        check("arn:aws:s3:::name/a", "arn:aws:s3:::name/<>", "no");
        check("arn:aws:s3:::name", "arn:aws:s3:::name/<>", "no");
        check("*", "<>", "yes");
    }

    #[test]
    fn an_unknown_name_may_be_the_literal_one() {
        check("arn:aws:s3:::name", "arn:aws:s3:::<n>", "unknown");
        check("arn:aws:s3:::*", "arn:aws:s3:::<n>", "yes");
        check("<p>name", "name", "unknown");
        check("x<p>", "name", "no");
    }

    #[test]
    fn partitions_are_one() {
        check("arn:<p>:s3:::name", "arn:aws:s3:::name", "yes");
        check("arn:aws-us-gov:s3:::name", "arn:<q>:s3:::name", "yes");
    }

    /// Whether a known pattern matches a known text.
    fn glob(pattern: &str, text: &str) -> bool {
        matches(&known(pattern), &known(text)).is_yes()
    }

    fn naive(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, None) => true,
            (Some(('*', rest)), _) => {
                naive(rest, text) || text.split_first().is_some_and(|(_, shorter)| naive(pattern, shorter))
            }
            (Some(('?', rest)), Some((_, shorter))) => naive(rest, shorter),
            (Some((a, rest)), Some((b, shorter))) if a == b => naive(rest, shorter),
            _ => false,
        }
    }

    fn substitute(text: &[Symbol], fill: &str) -> String {
        let one = |symbol: &Symbol| match symbol {
            Symbol::Char(char) => char.to_string(),
            _ => fill.to_owned(),
        };
        text.iter().map(one).collect()
    }

    proptest! {
        #[test]
        fn matching_agrees_with_a_naive_matcher(pattern in "[ab*?]{0,7}", text in "[ab]{0,7}") {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            prop_assert_eq!(glob(&pattern, &text), naive(&letters(&pattern), &letters(&text)));
        }

        #[test]
        fn answers_with_holes_hold_for_what_fills_them(
            pattern in "(a|b|\\*|\\?|<x>){0,5}",
            text in "(a|b|<x>|<y>){0,5}",
            fill in "[ab]{0,3}",
        ) {
            let (pattern, text) = (read(&pattern), read(&text));
            let filled = glob(&substitute(&pattern, &fill), &substitute(&text, &fill));
            let decision = matches(&pattern, &text);
            prop_assert!(!decision.is_yes() || filled);
            prop_assert!(!decision.is_no() || !filled);
        }
    }
}
