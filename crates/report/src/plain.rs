//! Text of the input as it may be shown: without the characters that a terminal, a browser or a reader's eye would
//! obey.

/// `text` with every control character, line end and direction mark replaced by `U+FFFD`.
///
/// Direction marks are among them because source code that reads otherwise than it runs is an attack on reviewers
/// (CVE-2021-42574).
#[must_use]
pub fn clean(text: &str) -> String {
    if !text.contains(obeyed) {
        return text.to_owned();
    }
    text.chars().map(|c| if obeyed(c) { '\u{fffd}' } else { c }).collect()
}

/// `text` in one line: line ends and tabs are spaces, what is obeyed otherwise is replaced as in [`clean`].
#[must_use]
pub(crate) fn line(text: &str) -> String {
    let one = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        c if obeyed(c) => '\u{fffd}',
        c => c,
    };
    if !text.contains(obeyed) {
        return text.trim().to_owned();
    }
    text.trim().chars().map(one).collect()
}

/// `text` with its line ends and tabs, what is obeyed otherwise replaced as in [`clean`]: for the rules' own texts.
#[must_use]
pub(crate) fn lines(text: &str) -> String {
    let kept = |c: char| if obeyed(c) && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c };
    if !text.contains(|c| kept(c) != c) {
        return text.trim().to_owned();
    }
    text.trim().chars().map(kept).collect()
}

/// The paragraphs of a help text, whose lines were broken for the rule file: a language or an indented line begins a
/// new one.
pub(crate) fn paragraphs(help: &str) -> Vec<String> {
    let mut paragraphs: Vec<String> = Vec::new();
    for line in help.trim().lines() {
        let begins =
            ["Terraform: ", "CloudFormation: ", " ", "-"].iter().any(|start| line.starts_with(start));
        match paragraphs.last_mut() {
            Some(last) if !begins && !line.is_empty() => {
                last.push(' ');
                last.push_str(line);
            }
            _ => paragraphs.push(line.to_owned()),
        }
    }
    paragraphs
}

/// Whether a reader of the output would obey the character instead of showing it.
pub(crate) fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &str, cleaned: &str, in_one_line: &str) {
        assert_eq!((clean(input).as_str(), line(input).as_str()), (cleaned, in_one_line));
    }

    #[test]
    fn text_for_readers_stays() {
        check("Ünïcode — 漢字 \u{1f600}", "Ünïcode — 漢字 \u{1f600}", "Ünïcode — 漢字 \u{1f600}");
    }

    #[test]
    fn escapes_and_controls_are_replaced() {
        check("a\u{1b}[31mb\u{7}", "a\u{fffd}[31mb\u{fffd}", "a\u{fffd}[31mb\u{fffd}");
        check("\u{9b}31m", "\u{fffd}31m", "\u{fffd}31m");
    }

    #[test]
    fn direction_marks_are_replaced() {
        check("a\u{202e}b\u{2066}", "a\u{fffd}b\u{fffd}", "a\u{fffd}b\u{fffd}");
    }

    #[test]
    fn line_ends_become_spaces_where_one_line_is_wanted() {
        check("a\nb\tc\r\n", "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}", "a b c");
    }

    #[track_caller]
    fn check_paragraphs(help: &str, expect: &[&str]) {
        assert_eq!(paragraphs(help), expect);
    }

    #[test]
    fn lines_of_a_paragraph_are_joined() {
        check_paragraphs("a\nb\n", &["a b"]);
    }

    #[test]
    fn languages_and_indented_lines_begin_a_paragraph() {
        check_paragraphs(
            "Terraform: a\nb\nCloudFormation: c\n  d\n- e\n",
            &["Terraform: a b", "CloudFormation: c", "  d", "- e"],
        );
    }
}
