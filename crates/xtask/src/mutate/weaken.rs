//! Weaker values in place of strong ones. Invariant: a weaker text keeps the quotes of the one that it replaces.

/// Strong values and what they are weakened to.
const WEAKER: [(&str, &str); 16] = [
    ("Enabled", "Suspended"),
    ("ENABLED", "DISABLED"),
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

/// A weaker text for a scalar as it is written, if there is one: booleans flip, numbers become 1, words of the table
/// become their weaker form.
pub(crate) fn weaker(scalar: &str) -> Option<String> {
    let quote = scalar.chars().next().filter(|c| matches!(c, '"' | '\''));
    let text = scalar.trim_matches(['"', '\'']);
    let weaker = match text {
        "true" => "false",
        "false" => "true",
        number if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            if matches!(number, "0" | "1") {
                return None;
            }
            "1"
        }
        word => WEAKER.iter().find(|(strong, _)| *strong == word).map(|(_, weak)| *weak)?,
    };
    Some(match quote {
        Some(quote) => format!("{quote}{weaker}{quote}"),
        None => weaker.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(scalar: &str, expect: Option<&str>) {
        assert_eq!(weaker(scalar).as_deref(), expect);
    }

    #[test]
    fn scalars_become_weaker_in_their_quotes() {
        check("true", Some("false"));
        check("\"Enabled\"", Some("\"Suspended\""));
        check("'35'", Some("'1'"));
        check("2192", Some("1"));
    }

    #[test]
    fn what_has_no_weaker_form_stays() {
        check("0", None);
        check("\"\"", None);
        check("a-name", None);
    }
}
