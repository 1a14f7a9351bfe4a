//! What is wrong with a text, in words: what stands there, what is expected, what to type.

use source::{Problem, ProblemSeverity};

use super::parser::Parser;

/// Most faults of one file that are told one by one.
const MOST: usize = 20;

/// What was read, or why it could not be.
pub(super) type Parsed<T> = Result<T, Box<Fault>>;

/// A fault, with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
    /// What to type.
    pub(super) remedy: &'static str,
}

impl Fault {
    pub(super) fn new(
        start: usize,
        end: usize,
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Box<Self> {
        Box::new(Self { start, end, message: message.into(), remedy })
    }
}

impl Parser<'_> {
    /// The fault of something else standing where `wanted` is expected.
    pub(super) fn unexpected(&self, wanted: &str) -> Box<Fault> {
        let at = self.at;
        if self.is_end() {
            return Fault::new(
                self.end,
                at,
                format!("the file ends where {wanted} is expected"),
                "add what is missing",
            );
        }
        if self.is_line_end() {
            let message = format!("the line ends where {wanted} is expected");
            return Fault::new(at, at + 1, message, "add what is missing, on the same line");
        }
        let found = self.text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let name = self.name_end(at);
        let (end, word) = match found {
            _ if name > at => (name, self.slice(at, name).to_owned()),
            _ if found.is_control() || found.is_whitespace() => {
                (at + found.len_utf8(), found.escape_unicode().to_string())
            }
            _ => (at + found.len_utf8(), found.to_string()),
        };
        let remedy = remedy(found, self.byte(at + 1), wanted);
        let message = if found == '/' && self.byte(at + 1) == b'*' {
            format!("a comment that is not closed stands where {wanted} is expected")
        } else {
            format!("`{}` stands where {wanted} is expected", shortened(&word))
        };
        Fault::new(at, end, message, remedy)
    }

    /// Tells of a fault in `what`, and of what comes of it.
    pub(super) fn tell(&mut self, what: &str, fault: &Fault, consequence: &str) {
        if self.problems.len() < MOST {
            self.tell_always(what, fault, consequence);
        } else {
            self.further += 1;
        }
    }

    /// Like [`Self::tell`], however much was told before.
    pub(super) fn tell_always(&mut self, what: &str, fault: &Fault, consequence: &str) {
        let message =
            if what.is_empty() { fault.message.clone() } else { format!("{what}: {}", fault.message) };
        let end = self.text.ceil_char_boundary(fault.end.max(fault.start));
        let problem = Problem::at(
            ProblemSeverity::Error,
            "terraform-syntax",
            self.place(fault.start, end),
            message,
            format!("{}; {consequence}", fault.remedy),
        );
        self.problems.push(problem);
    }

    /// Says how many faults were not told.
    pub(super) fn tell_further(&mut self) {
        if self.further == 0 {
            return;
        }
        let message = format!("{} further syntax errors in this file are not listed", self.further);
        let help = "correct those that are listed first; what they stand in was skipped as well";
        let at = self.place(self.text.len(), self.text.len());
        self.problems.push(Problem::at(ProblemSeverity::Error, "terraform-syntax", at, message, help));
    }
}

/// What to type where `found` stands in the place of `wanted`.
fn remedy(found: char, next: u8, wanted: &str) -> &'static str {
    match (found, next) {
        ('\'' | '`', _) => "write strings in double quotes",
        ('\u{201c}' | '\u{201d}' | '\u{2018}' | '\u{2019}', _) => "write strings in straight double quotes",
        (';' | ',', _) if wanted.contains("new line") => "end it by a new line alone",
        (':', _) if wanted.contains('=') => "write `=`",
        ('=', b'=') => "write one `=` to set an argument",
        ('=', _) if wanted.contains('{') => "leave `=` out before the body of a block",
        ('$', b'{') => "write the expression without `${` and `}` around it",
        ('&', _) | ('|', _) => "write `&&` or `||`",
        ('/', b'*') => "end the comment by `*/`",
        ('<', b'<') => {
            "write `<<`, a word and nothing more on this line, and the same word on the line after the text"
        }
        _ if found.is_whitespace() => "use plain spaces",
        _ => CORRECT,
    }
}

/// The remedy where none is known.
pub(super) const CORRECT: &str = "correct it";

/// A word as a message shows it.
pub(super) fn shortened(word: &str) -> String {
    const LONGEST: usize = 40;
    match word.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", word.get(..end).unwrap_or_default()),
        None => word.to_owned(),
    }
}
