//! String functions of known texts. Letters and digits are Go's, characters are grapheme clusters where Terraform
//! counts them.

use regex::Regex;
use smol_str::SmolStr;
use unicode_segmentation::UnicodeSegmentation;
use value::{Kind, ListShape, MapEntry, Origin, Type, Value};

use super::pattern::{compile, expand, written_name};
use super::{Answer, MOST_BYTES, Refusal, integer, string, strings, text};

pub(super) fn chomp(arguments: &[Value]) -> Answer {
    string(text(arguments, 0)?.trim_end_matches(['\n', '\r']))
}

pub(super) fn startswith(arguments: &[Value]) -> Answer {
    Ok(Kind::Bool(text(arguments, 0)?.starts_with(text(arguments, 1)?)))
}

pub(super) fn endswith(arguments: &[Value]) -> Answer {
    Ok(Kind::Bool(text(arguments, 0)?.ends_with(text(arguments, 1)?)))
}

pub(super) fn strcontains(arguments: &[Value]) -> Answer {
    Ok(Kind::Bool(text(arguments, 0)?.contains(text(arguments, 1)?)))
}

pub(super) fn lower(arguments: &[Value]) -> Answer {
    string(lowercase(text(arguments, 0)?))
}

pub(super) fn upper(arguments: &[Value]) -> Answer {
    string(uppercase(text(arguments, 0)?))
}

/// Lower case letter by letter, as Go does: no letter becomes two, and a final sigma is like any other.
pub(super) fn lowercase(text: &str) -> String {
    let lower = |c: char| {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(one), None) => one,
            _ if c == 'İ' => 'i',
            _ => c,
        }
    };
    text.chars().map(lower).collect()
}

/// Upper case letter by letter, as Go does: a letter whose upper case is several letters stays, or has a form of one.
pub(super) fn uppercase(text: &str) -> String {
    text.chars().map(upper_letter).collect()
}

fn upper_letter(c: char) -> char {
    let mut upper = c.to_uppercase();
    if let (Some(one), None) = (upper.next(), upper.next()) {
        return one;
    }
    let code = u32::from(c);
    let moved = match code {
        0x1f80..=0x1f87 | 0x1f90..=0x1f97 | 0x1fa0..=0x1fa7 => code + 8,
        0x1fb3 | 0x1fc3 | 0x1ff3 => code + 9,
        _ => code,
    };
    char::from_u32(moved).unwrap_or(c)
}

pub(super) fn title(arguments: &[Value]) -> Answer {
    let mut out = String::new();
    let mut start = true;
    for c in text(arguments, 0)?.chars() {
        out.push(if start { title_letter(c) } else { c });
        start = match c {
            c if c.is_ascii() => !(c.is_ascii_alphanumeric() || c == '_'),
            c => c.is_whitespace(),
        };
    }
    string(out)
}

/// The letter at the beginning of a title: upper case, save that of letters of two.
fn title_letter(c: char) -> char {
    match c {
        'Ǆ' | 'ǅ' | 'ǆ' => 'ǅ',
        'Ǉ' | 'ǈ' | 'ǉ' => 'ǈ',
        'Ǌ' | 'ǋ' | 'ǌ' => 'ǋ',
        'Ǳ' | 'ǲ' | 'ǳ' => 'ǲ',
        c => upper_letter(c),
    }
}

pub(super) fn indent(arguments: &[Value]) -> Answer {
    let spaces = usize::try_from(integer(arguments, 0)?).map_err(|_| Refusal::Error)?;
    let whole = text(arguments, 1)?;
    let lines = whole.matches('\n').count();
    fits(spaces.checked_mul(lines).and_then(|more| more.checked_add(whole.len())))?;
    if lines == 0 {
        return string(whole);
    }
    string(whole.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

pub(super) fn trim(arguments: &[Value]) -> Answer {
    let cut = text(arguments, 1)?;
    string(text(arguments, 0)?.trim_matches(|c| cut.contains(c)))
}

pub(super) fn trimprefix(arguments: &[Value]) -> Answer {
    let whole = text(arguments, 0)?;
    string(whole.strip_prefix(text(arguments, 1)?).unwrap_or(whole))
}

pub(super) fn trimsuffix(arguments: &[Value]) -> Answer {
    let whole = text(arguments, 0)?;
    string(whole.strip_suffix(text(arguments, 1)?).unwrap_or(whole))
}

pub(super) fn trimspace(arguments: &[Value]) -> Answer {
    string(text(arguments, 0)?.trim())
}

pub(super) fn strrev(arguments: &[Value]) -> Answer {
    string(text(arguments, 0)?.graphemes(true).rev().collect::<String>())
}

/// How many characters a text has.
pub(super) fn characters(text: &str) -> usize {
    if text.is_ascii() && !text.contains('\r') { text.len() } else { text.graphemes(true).count() }
}

pub(super) fn substr(arguments: &[Value]) -> Answer {
    let clusters: Vec<&str> = text(arguments, 0)?.graphemes(true).collect();
    let length = i64::try_from(clusters.len()).unwrap_or(i64::MAX);
    let (offset, wanted) = (integer(arguments, 1)?, integer(arguments, 2)?);
    let start = match offset {
        // Further back than the text is long: from its beginning.
        negative if negative < 0 => length.saturating_add(negative).max(0),
        offset => offset.min(length),
    };
    let end = if wanted < 0 { length } else { start.saturating_add(wanted).min(length) };
    let at = |number: i64| usize::try_from(number).unwrap_or(0);
    string(clusters.get(at(start)..at(end)).unwrap_or_default().concat())
}

pub(super) fn split(arguments: &[Value]) -> Answer {
    let (separator, whole) = (text(arguments, 0)?, text(arguments, 1)?);
    if separator.is_empty() {
        return Ok(strings(whole.chars().map(|c| c.to_string())));
    }
    Ok(strings(whole.split(separator)))
}

pub(super) fn replace(arguments: &[Value]) -> Answer {
    let (whole, from, to) = (text(arguments, 0)?, text(arguments, 1)?, text(arguments, 2)?);
    let pattern = from.strip_prefix('/').and_then(|inner| inner.strip_suffix('/'));
    let Some(pattern) = pattern else {
        let found = if from.is_empty() { whole.chars().count() + 1 } else { whole.matches(from).count() };
        fits(found.checked_mul(to.len()).and_then(|more| more.checked_add(whole.len())))?;
        return string(whole.replace(from, to));
    };
    let mut out = String::new();
    let mut last = 0;
    let pattern = compile(pattern)?;
    for found in pattern.captures_iter(whole) {
        let Some(all) = found.get(0) else { continue };
        out.push_str(whole.get(last..all.start()).unwrap_or_default());
        expand(&pattern, to, &found, &mut out);
        last = all.end();
        fits(Some(out.len()))?;
    }
    out.push_str(whole.get(last..).unwrap_or_default());
    string(out)
}

/// Refuses a result that is too long.
fn fits(bytes: Option<usize>) -> Result<(), Refusal> {
    bytes.filter(|bytes| *bytes <= MOST_BYTES).map(|_| ()).ok_or(Refusal::Limit)
}

pub(super) fn regex(arguments: &[Value]) -> Answer {
    let pattern = compile(text(arguments, 0)?)?;
    let groups = Groups::of(&pattern)?;
    let found = pattern.captures(text(arguments, 1)?).ok_or(Refusal::Error)?;
    Ok(groups.of_match(&found))
}

pub(super) fn regexall(arguments: &[Value]) -> Answer {
    let pattern = compile(text(arguments, 0)?)?;
    let groups = Groups::of(&pattern)?;
    let found = pattern.captures_iter(text(arguments, 1)?).map(|found| groups.of_match(&found));
    let found = found.map(|kind| Value::new(kind, Origin::default()));
    Ok(Value::shaped_list(found, ListShape::List(groups.ty()), Origin::default()).kind)
}

/// What a pattern captures, which is what its matches look like.
enum Groups {
    /// The text that matched.
    None,
    /// So many groups without a name.
    Numbered(usize),
    /// The names of the groups, in order.
    Named(Vec<SmolStr>),
}

impl Groups {
    fn of(pattern: &Regex) -> Result<Self, Refusal> {
        let groups = pattern.captures_len() - 1;
        let named: Vec<SmolStr> =
            pattern.capture_names().flatten().map(|name| SmolStr::new(written_name(name))).collect();
        match named.len() {
            _ if groups == 0 => Ok(Self::None),
            0 => Ok(Self::Numbered(groups)),
            all if all == groups => Ok(Self::Named(named)),
            _ => Err(Refusal::Error),
        }
    }

    fn ty(&self) -> Type {
        match self {
            Self::None => Type::String,
            Self::Numbered(groups) => Type::Tuple(vec![Type::String; *groups].into()),
            Self::Named(names) => {
                let mut names = names.clone();
                names.sort_unstable();
                names.dedup();
                Type::object(names.into_iter().map(|name| (name, Type::String)))
            }
        }
    }

    /// A match: groups that took no part are null.
    fn of_match(&self, found: &regex::Captures<'_>) -> Kind {
        let group = |found: Option<regex::Match<'_>>| {
            let kind = found.map_or(Kind::Null, |found| Kind::String(found.as_str().into()));
            Value::new(kind, Origin::default())
        };
        match self {
            Self::None => Kind::String(found.get(0).map_or("", |found| found.as_str()).into()),
            Self::Numbered(_) => Value::list(found.iter().skip(1).map(group), Origin::default()).kind,
            Self::Named(names) => {
                // Of two groups of one name the last one counts.
                let mut map = crate::eval::view::MapBuilder::default();
                for (name, found) in names.iter().zip(found.iter().skip(1)) {
                    map.put(MapEntry::certain(name.clone(), group(found)));
                }
                map.finish(Origin::default()).kind
            }
        }
    }
}

pub(super) fn basename(arguments: &[Value]) -> Answer {
    let path = text(arguments, 0)?;
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    string(match (path, last) {
        ("", _) => ".",
        (_, "") => "/",
        (_, last) => last,
    })
}

pub(super) fn dirname(arguments: &[Value]) -> Answer {
    let path = text(arguments, 0)?;
    let folder = path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or_default();
    string(cleaned(folder))
}

/// A path without `.`, `..` and empty parts, as Go's `path.Clean` gives it.
pub(super) fn cleaned(path: &str) -> String {
    let rooted = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            ".." if rooted => {}
            part => parts.push(part),
        }
    }
    match (rooted, parts.is_empty()) {
        (true, _) => format!("/{}", parts.join("/")),
        (false, true) => ".".to_owned(),
        (false, false) => parts.join("/"),
    }
}

/// A path whose beginning is not a home folder is itself.
pub(super) fn pathexpand(arguments: &[Value]) -> Answer {
    match text(arguments, 0)? {
        path if path.starts_with('~') => {
            Err(Refusal::Unknown("the home folder is that of the machine where Terraform runs".into()))
        }
        path => string(path),
    }
}

pub(super) fn abspath(arguments: &[Value]) -> Answer {
    match text(arguments, 0)? {
        path if path.starts_with('/') => string(cleaned(path)),
        _ => Err(Refusal::Unknown("the folder is that of the machine where Terraform runs".into())),
    }
}

pub(super) fn urlencode(arguments: &[Value]) -> Answer {
    let mut out = String::new();
    for byte in text(arguments, 0)?.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => out.push(char::from(byte)),
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    string(out)
}

/// OpenTofu's contrary of `urlencode`.
pub(super) fn urldecode(arguments: &[Value]) -> Answer {
    let text = text(arguments, 0)?;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                let code = digit().zip(digit()).map(|(high, low)| high * 16 + low);
                code.and_then(|code| u8::try_from(code).ok()).ok_or(Refusal::Error)?
            }
            byte => byte,
        });
    }
    let decoded = String::from_utf8(out);
    string(decoded.map_err(|_| Refusal::Unknown("the text is not valid UTF-8".into()))?)
}
