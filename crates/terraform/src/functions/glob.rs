//! Patterns of `fileset`: `*`, `?`, `[a-z]`, `{a,b}`, and `**` as a whole part for any number of folders.

use globset::{GlobBuilder, GlobMatcher};

use super::strings::cleaned;

/// A pattern, taken apart for the walk.
pub(super) struct Pattern {
    /// The folder that all matches lie in, `.` and `..` resolved by name; empty for the folder itself.
    pub(super) folder: String,
    /// What is matched below it.
    matcher: GlobMatcher,
    /// Parts of what is matched; none if there may be any number.
    pub(super) depth: Option<usize>,
}

impl Pattern {
    /// Reads a pattern; none if it is malformed.
    pub(super) fn parse(pattern: &str) -> Option<Self> {
        let is_plain = |part: &&str| !part.contains(['*', '?', '[', '{', '\\']);
        let parts: Vec<&str> = pattern.split('/').collect();
        let last = parts.len() - 1;
        let plain = parts.iter().take_while(|part| is_plain(part)).count().min(last);
        let (folder, rest) = parts.split_at_checked(plain)?;
        let folder = match folder {
            [] => String::new(),
            folder => cleaned(&folder.join("/")),
        };
        let rest = rest.join("/");
        let mut builder = GlobBuilder::new(&rest);
        builder.literal_separator(true).backslash_escape(true).empty_alternates(true);
        let matcher = builder.build().ok()?.compile_matcher();
        // Alternatives may hold separators.
        let endless = rest.contains("**") || rest.contains('{') && rest.contains('/');
        let depth = (!endless).then(|| rest.split('/').count());
        Some(Self { folder: if folder == "." { String::new() } else { folder }, matcher, depth })
    }

    /// Whether a path below the folder fits.
    pub(super) fn matches(&self, path: &str) -> bool {
        self.matcher.is_match(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, folder: &str, fits: &[&str], fails: &[&str]) {
        let parsed = Pattern::parse(pattern).expect("a pattern");
        assert_eq!(parsed.folder, folder);
        for path in fits {
            assert!(parsed.matches(path), "{pattern} fits {path}");
        }
        for path in fails {
            assert!(!parsed.matches(path), "{pattern} does not fit {path}");
        }
    }

    #[test]
    fn stars_stay_in_their_part_and_double_stars_do_not() {
        check("*.tf", "", &["a.tf", ".tf", ".x.tf"], &["a/b.tf", "a.tfx"]);
        check("**", "", &["a", "a/b/c"], &[]);
        check("**/*.tf", "", &["a.tf", "x/y/a.tf"], &["a.txt"]);
        check("a/**/d.json", "a", &["d.json", "x/d.json"], &["d.jsonx"]);
        check("a/../b/*", "b", &["c"], &["c/d"]);
        check("../x/?", "../x", &["c"], &["cd"]);
        check("./*", "", &["c"], &[]);
        check("file", "", &["file"], &["files"]);
    }

    #[test]
    fn braces_and_brackets_choose() {
        check("{a,b}.tf", "", &["a.tf", "b.tf"], &["c.tf"]);
        check("[a-c]x", "", &["ax", "cx"], &["dx"]);
        check("[!a]x", "", &["bx"], &["ax"]);
        check("[^a]x", "", &["bx"], &["ax"]);
        check("{x/a,b}", "", &["x/a", "b"], &["a"]);
        check("\\*", "", &["*"], &["a"]);
    }

    #[test]
    fn a_malformed_pattern_is_none() {
        assert!(Pattern::parse("[").is_none());
        assert!(Pattern::parse("{a").is_none());
    }
}
