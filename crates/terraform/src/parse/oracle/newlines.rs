//! Blanks newlines that HCL ignores. hcl-edit refuses a newline inside a conditional of a `for` expression, which
//! HCL allows because newlines within brackets and within the braces of a `for` mean nothing. Every offset is kept.

/// `text` with the newlines (and comments) that stand directly within `(…)`, `[…]` or `{ for … }` replaced by
/// spaces; newlines that separate the entries of an object, and heredocs, stay.
pub(super) fn blank(text: &str) -> String {
    let mut scanner =
        Scanner { bytes: text.as_bytes(), out: text.as_bytes().to_vec(), at: 0, open: Vec::new() };
    while scanner.at < scanner.bytes.len() {
        scanner.step();
    }
    // Only single bytes of ASCII were replaced, or whole comments: still UTF-8.
    String::from_utf8(scanner.out).unwrap_or_else(|_| text.to_owned())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// Newlines mean nothing here.
    Free,
    /// Newlines separate entries.
    Lines,
    /// Inside a quoted string.
    Quote,
}

struct Scanner<'t> {
    bytes: &'t [u8],
    out: Vec<u8>,
    at: usize,
    open: Vec<Open>,
}

impl Scanner<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn free(&self) -> bool {
        self.open.last() == Some(&Open::Free)
    }

    fn step(&mut self) {
        if self.open.last() == Some(&Open::Quote) {
            return self.quoted();
        }
        match (self.peek(0), self.peek(1)) {
            (b'"', _) => self.open.push(Open::Quote),
            (b'#', _) | (b'/', b'/') => return self.line_comment(),
            (b'/', b'*') => return self.block_comment(),
            (b'<', b'<') => return self.heredoc(),
            (b'(' | b'[', _) => self.open.push(Open::Free),
            (b'{', _) => self.open.push(if self.starts_for() { Open::Free } else { Open::Lines }),
            (b')' | b']' | b'}', _) => drop(self.open.pop()),
            (b'\n' | b'\r', _) if self.free() => self.blank(self.at),
            _ => {}
        }
        self.at += 1;
    }

    fn blank(&mut self, at: usize) {
        if let Some(byte) = self.out.get_mut(at) {
            *byte = b' ';
        }
    }

    fn quoted(&mut self) {
        match (self.peek(0), self.peek(1)) {
            (b'\\', _) => self.at += 1,
            (b'$', b'$') | (b'%', b'%') => self.at += 1,
            (b'$' | b'%', b'{') => {
                self.open.push(Open::Free);
                self.at += 1;
            }
            (b'"' | b'\n', _) => drop(self.open.pop()),
            _ => {}
        }
        self.at += 1;
    }

    fn line_comment(&mut self) {
        while self.at < self.bytes.len() && self.peek(0) != b'\n' {
            if self.free() {
                self.blank(self.at);
            }
            self.at += 1;
        }
    }

    fn block_comment(&mut self) {
        self.at += 2;
        while self.at < self.bytes.len() && (self.peek(0), self.peek(1)) != (b'*', b'/') {
            self.at += 1;
        }
        self.at += 2;
    }

    /// Skips a heredoc, the newline after its end included.
    fn heredoc(&mut self) {
        self.at += 2;
        if self.peek(0) == b'-' {
            self.at += 1;
        }
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let mut lines = rest.split_inclusive(|byte| *byte == b'\n');
        let Some(name) = lines.next() else { return };
        let word = name.trim_ascii();
        if word.is_empty()
            || !word.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        {
            return;
        }
        self.at += name.len();
        for line in lines {
            self.at += line.len();
            if line.trim_ascii() == word {
                return;
            }
        }
    }

    /// Whether the brace here opens a `for` expression rather than an object or a block.
    fn starts_for(&self) -> bool {
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default().trim_ascii_start();
        let Some(after) = rest.strip_prefix(b"for") else { return false };
        let next = after.trim_ascii_start();
        next.len() < after.len()
            && next.first().is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(blank(text), expect);
    }

    #[test]
    fn newlines_in_brackets_and_for_braces_are_blanked() {
        check("a = {\n for k in x : k => c ?\n 1 : 2\n}\n", "a = {  for k in x : k => c ?  1 : 2 }\n");
        check("a = [\n1,\n2\n]\n", "a = [ 1, 2 ]\n");
    }

    #[test]
    fn newlines_of_objects_and_blocks_stay() {
        check("a {\n b = {\n c = 1\n}\n}\n", "a {\n b = {\n c = 1\n}\n}\n");
        check("a = [{\nb = 1\nc = 2\n},\n1]", "a = [{\nb = 1\nc = 2\n}, 1]");
    }

    #[test]
    fn comments_in_brackets_do_not_swallow_what_follows() {
        check("a = [ # one\n1]", "a = [       1]");
    }

    #[test]
    fn heredocs_and_strings_stay() {
        check("a = f(<<EOT\nx(\nEOT\n)\n", "a = f(<<EOT\nx(\nEOT\n)\n");
        check("a = \"(\"\nb = 1\n", "a = \"(\"\nb = 1\n");
    }
}
