//! Regular expressions of Go, which Terraform uses, as patterns of the `regex` crate. Both are finite automata; they
//! differ in what `\d` and its like mean, in brackets, and in what is an error.

use std::cell::RefCell;
use std::collections::VecDeque;

use regex::{Regex, RegexBuilder};

use super::Refusal;

/// Most bytes of a compiled pattern.
const SIZE: usize = 1 << 19;
/// What a pattern costs, in elements: compiling it takes as long as making so many.
pub(super) const COST: usize = 50;
/// Compiled patterns that a thread keeps, for expressions that are evaluated again and again.
const KEPT: usize = 32;
/// Most repetitions that Go takes.
const MOST_REPEATED: u32 = 1000;

/// Compiles a pattern.
///
/// # Errors
/// What Go refuses; a limit for a pattern that is too large.
pub(super) fn compile(pattern: &str) -> Result<Regex, Refusal> {
    thread_local! {
        static LAST: RefCell<VecDeque<(String, Regex)>> = const { RefCell::new(VecDeque::new()) };
    }
    LAST.with_borrow_mut(|last| {
        if let Some((_, compiled)) = last.iter().find(|(known, _)| known == pattern) {
            return Ok(compiled.clone());
        }
        let compiled = compiled(pattern)?;
        last.push_front((pattern.to_owned(), compiled.clone()));
        last.truncate(KEPT);
        Ok(compiled)
    })
}

fn compiled(pattern: &str) -> Result<Regex, Refusal> {
    let translated = Translator {
        chars: pattern.chars().collect(),
        at: 0,
        out: String::new(),
        groups: 0,
        last: 1,
        most: 1,
        around: Vec::new(),
    }
    .run()?;
    RegexBuilder::new(&translated).size_limit(SIZE).dfa_size_limit(SIZE).build().map_err(
        |error| match error {
            regex::Error::CompiledTooBig(_) => Refusal::Limit,
            _ => Refusal::Error,
        },
    )
}

struct Translator {
    chars: Vec<char>,
    at: usize,
    out: String,
    /// Groups with a name so far.
    groups: usize,
    /// How often the last atom is repeated, repetitions in it multiplied.
    last: u32,
    /// The most of any atom of the group that is open.
    most: u32,
    /// The same of the groups around it.
    around: Vec<u32>,
}

impl Translator {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(c)
    }

    fn run(mut self) -> Result<String, Refusal> {
        // Whether a repetition was just read, which may not be repeated itself.
        let mut repeated = false;
        while let Some(c) = self.next() {
            let repetition = match c {
                '*' | '+' | '?' => Some(c.to_string()),
                '{' => self.repeat()?,
                _ => None,
            };
            match (repetition, c) {
                (Some(_), _) if repeated => return Err(Refusal::Error),
                (Some(written), _) => {
                    self.out.push_str(&written);
                    if self.peek(0) == Some('?') {
                        self.at += 1;
                        self.out.push('?');
                    }
                    repeated = true;
                    continue;
                }
                (None, '\\') => self.escape()?,
                (None, '[') => self.class()?,
                (None, '(') => self.group()?,
                (None, ')') => {
                    self.last = self.most;
                    self.most = self.last.max(self.around.pop().unwrap_or(1));
                    self.out.push(c);
                    repeated = false;
                    continue;
                }
                (None, '|' | '.' | '^' | '$') => self.out.push(c),
                (None, c) => self.literal(c),
            }
            repeated = false;
            self.last = 1;
        }
        Ok(self.out)
    }

    fn literal(&mut self, c: char) {
        let mut buffer = [0; 4];
        self.out.push_str(&regex::escape(c.encode_utf8(&mut buffer)));
    }

    /// `{2}`, `{2,}`, `{2,5}` after its brace; none for a brace that stands for itself.
    fn repeat(&mut self) -> Result<Option<String>, Refusal> {
        let rest: String = self.chars.iter().skip(self.at).take_while(|c| **c != '}').collect();
        let closed = self.peek(rest.chars().count()) == Some('}');
        let (low, high) = rest.split_once(',').map_or((rest.as_str(), None), |(low, high)| (low, Some(high)));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !closed || !digits(low) || high.is_some_and(|high| !high.is_empty() && !digits(high)) {
            return Ok(None);
        }
        let bound = |text: &str| text.parse::<u32>().ok().filter(|bound| *bound <= MOST_REPEATED);
        let least = bound(low).ok_or(Refusal::Error)?;
        let times = high.and_then(bound).unwrap_or(least).max(1);
        // Go counts repetitions of repetitions too.
        self.last = self.last.saturating_mul(times);
        self.most = self.most.max(self.last);
        if self.last > MOST_REPEATED {
            return Err(Refusal::Error);
        }
        if let Some(high) = high.filter(|high| !high.is_empty())
            && bound(high).is_none_or(|most| most < least)
        {
            return Err(Refusal::Error);
        }
        self.at += rest.chars().count() + 1;
        Ok(Some(format!("{{{rest}}}")))
    }

    /// A group begins.
    fn open(&mut self) {
        self.around.push(self.most);
        self.most = 1;
    }

    /// What follows an opening parenthesis.
    fn group(&mut self) -> Result<(), Refusal> {
        self.out.push('(');
        if self.peek(0) != Some('?') {
            self.open();
            return Ok(());
        }
        self.at += 1;
        let named = self.peek(0) == Some('<') || (self.peek(0), self.peek(1)) == (Some('P'), Some('<'));
        if named {
            self.at += if self.peek(0) == Some('P') { 2 } else { 1 };
            let name: String = self.chars.iter().skip(self.at).take_while(|c| **c != '>').collect();
            let valid = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
            if !valid {
                return Err(Refusal::Error);
            }
            self.at += name.len();
            self.next().ok_or(Refusal::Error)?;
            // Go takes digits first, and one name twice.
            self.groups += 1;
            self.out.push_str(&format!("?P<n{}_{name}>", self.groups));
            self.open();
            return Ok(());
        }
        self.out.push('?');
        loop {
            match self.next().ok_or(Refusal::Error)? {
                ':' => {
                    self.out.push(':');
                    self.open();
                    return Ok(());
                }
                ')' => {
                    self.out.push(')');
                    return Ok(());
                }
                flag @ ('i' | 'm' | 's' | 'U' | '-') => self.out.push(flag),
                _ => return Err(Refusal::Error),
            }
        }
    }

    /// What follows a backslash outside of brackets.
    fn escape(&mut self) -> Result<(), Refusal> {
        let c = self.next().ok_or(Refusal::Error)?;
        match c {
            'Q' => {
                while let Some(c) = self.next() {
                    if c == '\\' && self.peek(0) == Some('E') {
                        self.at += 1;
                        break;
                    }
                    self.literal(c);
                }
            }
            'b' => self.out.push_str(r"(?-u:\b)"),
            'B' => self.out.push_str(r"(?-u:\B)"),
            'A' => self.out.push_str(r"\A"),
            'z' => self.out.push_str(r"\z"),
            'p' | 'P' => self.property(c)?,
            c => match perl(c) {
                Some((negated, inner)) => {
                    let caret = if negated { "^" } else { "" };
                    self.out.push_str(&format!("[{caret}{inner}]"));
                }
                None => {
                    let c = self.escaped(c)?;
                    self.literal(c);
                }
            },
        }
        Ok(())
    }

    /// `\pL`, `\p{Greek}`, `\p{^Greek}` after the letter.
    fn property(&mut self, letter: char) -> Result<(), Refusal> {
        let name: String = match self.next().ok_or(Refusal::Error)? {
            '{' => {
                let name: String = self.chars.iter().skip(self.at).take_while(|c| **c != '}').collect();
                self.at += name.chars().count();
                self.next().ok_or(Refusal::Error)?;
                name
            }
            one => one.to_string(),
        };
        let (negated, name) = name.strip_prefix('^').map_or((false, name.as_str()), |name| (true, name));
        let letter = if (letter == 'P') != negated { 'P' } else { 'p' };
        self.out.push_str(&format!("\\{letter}{{{name}}}"));
        Ok(())
    }

    /// The character that an escape stands for, whose first letter is read.
    fn escaped(&mut self, c: char) -> Result<char, Refusal> {
        Ok(match c {
            'a' => '\u{7}',
            'f' => '\u{c}',
            't' => '\t',
            'n' => '\n',
            'r' => '\r',
            'v' => '\u{b}',
            'x' => return self.hexadecimal(),
            '1'..='7' if !matches!(self.peek(0), Some('0'..='7')) => return Err(Refusal::Error),
            '0'..='7' => {
                let mut code = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) else { break };
                    code = code * 8 + digit;
                    self.at += 1;
                }
                char::from_u32(code).ok_or(Refusal::Error)?
            }
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => c,
            _ => return Err(Refusal::Error),
        })
    }

    /// `\x7f` or `\x{10ffff}` after the letter.
    fn hexadecimal(&mut self) -> Result<char, Refusal> {
        let digits: String = if self.peek(0) == Some('{') {
            let digits: String = self.chars.iter().skip(self.at + 1).take_while(|c| **c != '}').collect();
            self.at += digits.chars().count() + 2;
            digits
        } else {
            let digits: String = self.chars.iter().skip(self.at).take(2).collect();
            self.at += 2;
            if digits.len() == 2 { digits } else { return Err(Refusal::Error) }
        };
        let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = valid.then(|| u32::from_str_radix(&digits, 16).ok()).flatten();
        code.and_then(char::from_u32).ok_or(Refusal::Error)
    }

    /// A class in brackets after the first one.
    fn class(&mut self) -> Result<(), Refusal> {
        self.out.push('[');
        if self.peek(0) == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let c = self.next().ok_or(Refusal::Error)?;
            match c {
                ']' if !first => break,
                '[' if self.peek(0) == Some(':') && self.named_class()? => {}
                '\\' if self.peek(0).is_some_and(|c| matches!(c, 'p' | 'P')) => {
                    let letter = self.next().unwrap_or('p');
                    self.property(letter)?;
                }
                '\\' if self.peek(0).and_then(perl).is_some() => {
                    let class = self.next().and_then(perl);
                    if let Some((negated, inner)) = class {
                        let caret = if negated { "^" } else { "" };
                        self.out.push_str(&format!("[{caret}{inner}]"));
                    }
                }
                c => self.range(c)?,
            }
            first = false;
        }
        self.out.push(']');
        Ok(())
    }

    /// `[:alpha:]` after its first bracket; false if it is no such class.
    fn named_class(&mut self) -> Result<bool, Refusal> {
        let rest: String = self.chars.iter().skip(self.at + 1).take(16).collect();
        let Some((name, _)) = rest.split_once(":]") else { return Ok(false) };
        const NAMES: [&str; 14] = [
            "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
            "space", "upper", "word", "xdigit",
        ];
        if !NAMES.contains(&name.strip_prefix('^').unwrap_or(name)) {
            return Err(Refusal::Error);
        }
        self.out.push_str(&format!("[:{name}:]"));
        self.at += name.len() + 3;
        Ok(true)
    }

    /// A character of a class, or a range that begins with it.
    fn range(&mut self, c: char) -> Result<(), Refusal> {
        let low = self.class_char(c)?;
        let mut high = low;
        if self.peek(0) == Some('-') && self.peek(1).is_some_and(|c| c != ']') {
            self.at += 1;
            let c = self.next().ok_or(Refusal::Error)?;
            high = self.class_char(c)?;
        }
        if high < low {
            return Err(Refusal::Error);
        }
        self.out.push_str(&format!("\\x{{{:x}}}-\\x{{{:x}}}", u32::from(low), u32::from(high)));
        Ok(())
    }

    fn class_char(&mut self, c: char) -> Result<char, Refusal> {
        if c != '\\' {
            return Ok(c);
        }
        let c = self.next().ok_or(Refusal::Error)?;
        self.escaped(c)
    }
}

/// A class of one letter: whether it is negated, and what stands in its brackets. Go's are ASCII.
fn perl(c: char) -> Option<(bool, &'static str)> {
    Some(match c {
        'd' => (false, "0-9"),
        'D' => (true, "0-9"),
        's' => (false, r"\t\n\f\r "),
        'S' => (true, r"\t\n\f\r "),
        'w' => (false, "0-9A-Za-z_"),
        'W' => (true, "0-9A-Za-z_"),
        _ => return None,
    })
}

/// The name of a group as it was written.
pub(super) fn written_name(name: &str) -> &str {
    name.split_once('_').map_or(name, |(_, written)| written)
}

/// Appends what a replacement stands for: `$1`, `${name}`, `$$`, as Go expands them.
pub(super) fn expand(pattern: &Regex, template: &str, found: &regex::Captures<'_>, out: &mut String) {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        if let Some(after) = after.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        match reference(after) {
            Some((name, after)) => {
                let group = match name.parse::<usize>() {
                    Ok(number) => found.get(number),
                    // The first of this name that took part.
                    Err(_) => pattern.capture_names().enumerate().find_map(|(at, known)| {
                        known.filter(|known| written_name(known) == name).and_then(|_| found.get(at))
                    }),
                };
                out.push_str(group.map_or("", |group| group.as_str()));
                rest = after;
            }
            None => {
                out.push('$');
                rest = after;
            }
        }
    }
    out.push_str(rest);
}

/// The name of a group after a dollar sign, and what follows it.
fn reference(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{');
    let from = inner.unwrap_or(text);
    let end = from.find(|c: char| !(c == '_' || c.is_alphanumeric())).unwrap_or(from.len());
    let (name, after) = from.split_at_checked(end).filter(|(name, _)| !name.is_empty())?;
    match inner {
        Some(_) => Some((name, after.strip_prefix('}')?)),
        None => Some((name, after)),
    }
}
