//! Lines and comments of YAML. Quotes are followed within their line, block scalars to their end.

use super::{Comment, Line};

/// Lines and comments of a text. A line `closes` here where it is the type of a resource.
pub(super) fn scan(text: &str) -> (Vec<Line>, Vec<Comment>) {
    let (mut lines, mut comments) = (Vec::new(), Vec::new());
    // Lines of a block scalar are indented further than the line that begins it.
    let mut scalar: Option<u32> = None;
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let indent = u32::try_from(line.len() - line.trim_start().len()).unwrap_or(u32::MAX);
        let blank = line.trim().is_empty();
        if scalar.is_some_and(|outer| !blank && indent <= outer) {
            scalar = None;
        }
        let hash = if scalar.is_some() { None } else { comment(line) };
        let content = line.get(..hash.unwrap_or(line.len())).unwrap_or_default().trim_end();
        let code = !content.trim().is_empty();
        if let Some(at) = hash {
            let first = lines.len();
            comments.push(Comment {
                bytes: start + at..start + line.len(),
                first,
                last: first,
                trails: code,
            });
        }
        if code && scalar.is_none() && begins_scalar(content) {
            scalar = Some(indent);
        }
        lines.push(Line {
            start,
            end: start + line.len(),
            code,
            comment: hash.is_some(),
            before: indent,
            after: indent,
            closes: content.trim_start().starts_with("Type:"),
        });
        start += whole.len();
    }
    (lines, comments)
}

/// Where the comment of a line begins: at a `#` after space, outside quotes.
fn comment(line: &str) -> Option<usize> {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '#' && before.is_whitespace() => return Some(at),
            // A quote within a plain word (`don't`) opens nothing.
            None if matches!(c, '"' | '\'') && !before.is_alphanumeric() => quote = Some(c),
            None => {}
        }
        before = c;
    }
    None
}

/// Whether the value of a line is a block scalar: `|`, `>-`, `|2`.
fn begins_scalar(content: &str) -> bool {
    let last = content.rsplit([' ', '\t']).next().unwrap_or_default();
    let rest = last.strip_prefix(['|', '>']);
    rest.is_some_and(|rest| {
        rest.len() <= 2 && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-'))
    })
}
