//! Functions of a Rust file and their lengths, found without a parser: comments and literals are blanked, then braces
//! are counted. Functions below `#[cfg(test)]` are left out.

/// Longest function, in lines from `fn` to its closing brace.
pub(super) const LONGEST: usize = 60;

/// A function that is too long.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    /// Line of `fn`, from 1.
    pub(super) line: usize,
    pub(super) lines: usize,
}

/// The functions that are longer than [`LONGEST`].
pub(super) fn long_functions(text: &str) -> Vec<Function> {
    functions(text).into_iter().filter(|function| function.lines > LONGEST).collect()
}

/// All functions with a body, in order of their ends.
fn functions(text: &str) -> Vec<Function> {
    let code = blanked(text);
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let mut functions = Vec::new();
    // Functions whose body is open, with the depth of braces around it.
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    let mut header: Option<(String, usize)> = None;
    let (mut depth, mut line) = (0usize, 1usize);
    let mut word = String::new();
    let mut previous = String::new();
    for c in code.chars() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            if previous == "fn" {
                header = Some((word.clone(), line));
            }
            previous = std::mem::take(&mut word);
        } else if !c.is_whitespace() {
            previous.clear();
        }
        match c {
            '\n' => line += 1,
            ';' => header = None,
            '{' => {
                open.extend(header.take().map(|(name, start)| (name, start, depth)));
                depth += 1;
            }
            '}' => {
                depth = depth.saturating_sub(1);
                if let Some((name, start, _)) = open.pop_if(|(_, _, around)| *around == depth) {
                    functions.push(Function { name, line: start, lines: line - start + 1 });
                }
            }
            _ => {}
        }
    }
    functions
}

/// The text with comments, strings and characters as spaces; line ends stay.
fn blanked(text: &str) -> String {
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = literal(rest).unwrap_or(0);
        if length == 0 {
            blanked.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        let (gone, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        blanked.extend(gone.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        rest = after;
    }
    blanked
}

/// Length of the comment, string or character that `rest` begins with.
fn literal(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    if rest.starts_with("/*") {
        return Some(rest.find("*/").map_or(rest.len(), |at| at + 2));
    }
    if let Some(raw) = rest.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        let body = raw.get(hashes..)?.strip_prefix('"')?;
        return Some(body.find(&end).map_or(rest.len(), |at| 1 + hashes + 1 + at + end.len()));
    }
    match rest.chars().next()? {
        '"' => Some(quoted(rest, '"')),
        '\'' => {
            let mut next = rest.chars().skip(1);
            // `'a` is a lifetime, `'a'` and `'\n'` are characters.
            let character = next.next()? == '\\' || next.next() == Some('\'');
            character.then(|| quoted(rest, '\''))
        }
        _ => None,
    }
}

/// Length of the text in quotes that `rest` begins with.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[(&str, usize, usize)]) {
        let found = functions(text);
        let found: Vec<(&str, usize, usize)> =
            found.iter().map(|function| (function.name.as_str(), function.line, function.lines)).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_function_goes_from_its_header_to_its_brace() {
        check(
            "fn a() {}\n\npub fn b(\n    x: u8,\n) -> u8 {\n    if x { 1 } else { 2 }\n}\n",
            &[("a", 1, 1), ("b", 3, 5)],
        );
    }

    #[test]
    fn functions_in_functions_and_methods_count() {
        check("impl A {\n  fn a(&self) {\n    fn b() {\n    }\n  }\n}\n", &[("b", 3, 2), ("a", 2, 4)]);
    }

    #[test]
    fn braces_in_literals_and_comments_are_none() {
        check(
            "fn a<'x>(x: &'x str) { // }\n let y = \"}\\\"}\"; let z = '}'; let w = r#\"}\"}\"#; /* } */\n}\n",
            &[("a", 1, 3)],
        );
    }

    #[test]
    fn declarations_and_types_of_functions_have_no_body() {
        check("trait T { fn a(); }\ntype F = fn(u8) -> u8;\nstruct S { f: fn() }\n", &[]);
    }

    #[test]
    fn tests_are_left_out() {
        check("fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() {}\n}\n", &[("a", 1, 1)]);
    }
}
