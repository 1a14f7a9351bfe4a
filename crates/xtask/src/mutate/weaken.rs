//! Weaker values in place of strong ones. Invariant: a weaker text keeps the quotes of the one that it replaces.

/// Strong values and what they are weakened to.
const WEAKER: [(&str, &str); 22] = [
    ("Enabled", "Disabled"),
    ("ENABLED", "DISABLED"),
    ("enabled", "disabled"),
    ("on", "off"),
    ("SSE-KMS", "DISABLED"),
    ("TLS", "TLS_PLAINTEXT"),
    ("verify-full", "none"),
    ("CUSTOM", "NONE"),
    ("aws:kms", "AES256"),
    ("aws:kms:dsse", "AES256"),
    ("KMS", "NONE"),
    ("ON", "OFF"),
    ("redirect-to-https", "allow-all"),
    ("https-only", "allow-all"),
    ("HTTPS", "HTTP"),
    ("COMPLIANCE", "GOVERNANCE"),
    ("BucketOwnerEnforced", "ObjectWriter"),
    ("TLSv1.2_2021", "TLSv1"),
    ("Deny", "Allow"),
    ("required", "optional"),
    ("internal", "internet-facing"),
    ("redirect", "forward"),
];

/// Weaker texts for a scalar as it is written: booleans flip, numbers become 1 and, weaker still, 0, words of the table
/// become their weaker form. Versions of a bucket are suspended, not disabled.
pub(crate) fn weaker(scalar: &str, attribute: &str) -> Vec<String> {
    let quote = scalar.chars().next().filter(|c| matches!(c, '"' | '\''));
    let text = scalar.trim_matches(['"', '\'']);
    let weaker: &[&str] = match text {
        "true" => &["false"],
        "false" => &["true"],
        "0" | "1" | "" => &[],
        "Enabled" if attribute == "versioning" => &["Suspended"],
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => &["1", "0"],
        word => match WEAKER.iter().find(|(strong, _)| *strong == word) {
            Some((_, weak)) => std::slice::from_ref(weak),
            None => &[],
        },
    };
    let quoted = |weak: &&str| quote.map_or((*weak).to_owned(), |quote| format!("{quote}{weak}{quote}"));
    weaker.iter().map(quoted).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scalar: &str, expect: &[&str]) {
        assert_eq!(weaker(scalar, "versioning"), expect);
    }

    #[test]
    fn scalars_become_weaker_in_their_quotes() {
        check("true", &["false"]);
        check("\"Enabled\"", &["\"Suspended\""]);
        check("'35'", &["'1'", "'0'"]);
        check("2192", &["1", "0"]);
    }

    #[test]
    fn only_versions_are_suspended() {
        assert_eq!(weaker("Enabled", "lifecycle"), ["Disabled"]);
        check("SSE-KMS", &["DISABLED"]);
    }

    #[test]
    fn what_has_no_weaker_form_stays() {
        check("0", &[]);
        check("\"\"", &[]);
        check("a-name", &[]);
    }
}
