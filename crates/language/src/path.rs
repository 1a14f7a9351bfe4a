//! The notation of paths: `rule[0].default_retention.mode`, `Attributes[Key=a.b].Value`, `options["key.with.dots"]`, `.`,
//! `^outside.under`.

use crate::ir::{Language, Path, Step};
use crate::leak;

/// A path as written, before it is put below `under`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    /// It starts with `^`: not below `under`.
    pub(crate) from_root: bool,
    /// Its steps; none for `.`.
    pub(crate) steps: Vec<Step>,
}

impl Written {
    /// The whole path in a resource whose spelling has this `under`.
    pub(crate) fn below(&self, under: &[Step]) -> Path {
        if self.from_root {
            return leak::slice(self.steps.clone());
        }
        leak::slice(under.iter().chain(&self.steps).copied().collect())
    }
}

/// Reads a path.
pub(crate) fn parse(text: &str) -> Result<Written, String> {
    let (from_root, rest) = text.strip_prefix('^').map_or((false, text), |rest| (true, rest));
    if rest == "." {
        return Ok(Written { from_root, steps: Vec::new() });
    }
    let mut steps = Vec::new();
    let mut rest = rest;
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (name, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b':');
        if name.is_empty() || !name.bytes().all(legal) {
            return Err(format!("`{text}` is no path: `{name}` is no name"));
        }
        steps.push(Step::Name(leak::text(name)));
        rest = after;
        while let Some(inside) = rest.strip_prefix('[') {
            let (inside, after) = inside.split_once(']').ok_or_else(|| format!("`{text}` lacks a `]`"))?;
            steps.push(bracket(inside).ok_or_else(|| {
                format!("`[{inside}]` is neither an index, nor `[Key=text]`, nor `[\"key\"]`")
            })?);
            rest = after;
        }
        match rest.strip_prefix('.') {
            Some(after) => rest = after,
            None if rest.is_empty() => return Ok(Written { from_root, steps }),
            None => return Err(format!("`{text}` is no path: expected `.` before `{rest}`")),
        }
    }
}

fn bracket(inside: &str) -> Option<Step> {
    if let Some(key) = inside.strip_prefix('"') {
        return key.strip_suffix('"').map(|key| Step::Name(leak::text(key)));
    }
    if let Some((key, text)) = inside.split_once('=') {
        let named = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        return named.then(|| Step::Entry(leak::text(key), leak::text(text)));
    }
    inside.parse().ok().map(Step::Index)
}

/// The name that an attribute has in a language when its spelling does not say: `tls_policy`, `TlsPolicy`.
pub(crate) fn own_name(attribute: &str, language: Language) -> &'static str {
    match language {
        Language::Terraform => leak::text(attribute),
        Language::CloudFormation => {
            let mut name = String::new();
            for word in attribute.split('_') {
                let mut letters = word.chars();
                name.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
                name.push_str(letters.as_str());
            }
            leak::text(&name)
        }
    }
}

/// A path as it is written.
#[cfg(test)]
pub(crate) fn show(path: &[Step]) -> String {
    let mut text = String::new();
    for step in path {
        match step {
            Step::Name(name) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(name);
            }
            Step::Index(index) => text.push_str(&format!("[{index}]")),
            Step::Entry(key, value) => text.push_str(&format!("[{key}={value}]")),
        }
    }
    if text.is_empty() { ".".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let shown = match parse(text) {
            Ok(written) => show(written.below(&[Step::Name("under")])),
            Err(message) => message,
        };
        assert_eq!(shown, expect);
    }

    #[test]
    fn names_indices_and_entries() {
        check("rule[0].mode", "under.rule[0].mode");
        check("Attributes[Key=routing.http.drop].Value", "under.Attributes[Key=routing.http.drop].Value");
        check("options[\"core.key\"]", "under.options.core.key");
        check("^bucket", "bucket");
        check(".", "under");
    }

    #[test]
    fn what_is_no_path_is_told() {
        check("a..b", "`a..b` is no path: `` is no name");
        check("a[0", "`a[0` lacks a `]`");
        check("a[x]", "`[x]` is neither an index, nor `[Key=text]`, nor `[\"key\"]`");
        check("a[0]b", "`a[0]b` is no path: expected `.` before `b`");
        check("a b", "`a b` is no path: `a b` is no name");
    }

    #[test]
    fn own_names_follow_the_language() {
        assert_eq!(own_name("tls_policy", Language::Terraform), "tls_policy");
        assert_eq!(own_name("tls_policy", Language::CloudFormation), "TlsPolicy");
    }
}
