//! What a scalar of a template means. CloudFormation reads YAML 1.1, in which `yes`, `no`, `on` and `off` are
//! booleans; whatever would change when printed again (account ids, `017`, `11.10`, dates) stays text.

use smol_str::SmolStr;
use source::document::{Scalar, ScalarStyle};
use value::{Kind, Number};

/// The kind of a scalar with a tag of YAML's core schema, or without one.
pub(crate) fn tagged(scalar: &Scalar, tag: Option<&str>) -> Kind {
    let text = &scalar.text;
    let plain = || plain(text);
    match tag {
        Some("!str") => Kind::String(text.clone()),
        Some("!int" | "!float") => Number::parse(text).map_or_else(plain, Kind::Number),
        Some("!bool" | "!null") => plain(),
        // `!` alone makes a text of it.
        Some("") => Kind::String(text.clone()),
        _ => kind(scalar),
    }
}

/// The kind of a scalar without tag.
pub(crate) fn kind(scalar: &Scalar) -> Kind {
    let text = &scalar.text;
    match scalar.style {
        ScalarStyle::Quoted => Kind::String(text.clone()),
        ScalarStyle::Bool => Kind::Bool(text == "true"),
        ScalarStyle::Null => Kind::Null,
        ScalarStyle::Number => Number::parse(text).map_or_else(|| Kind::String(text.clone()), Kind::Number),
        ScalarStyle::Plain => plain(text),
    }
}

fn plain(text: &SmolStr) -> Kind {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => return Kind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Kind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => return Kind::Bool(false),
        _ => {}
    }
    if is_plain_number(text) {
        return Number::parse(text).map_or_else(|| Kind::String(text.clone()), Kind::Number);
    }
    Kind::String(text.clone())
}

/// Whether the text is a decimal number that reads the same when printed: no leading zero, no trailing zero of
/// a fraction, no exponent, and not the twelve digits of an account id.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) =
        digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let whole_fits = all_digits(whole) && (whole == "0" || !whole.starts_with('0')) && whole.len() != 12;
    whole_fits && fraction.is_none_or(|rest| all_digits(rest) && !rest.ends_with('0')) && text != "-0"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let scalar = Scalar { text: text.into(), style: ScalarStyle::Plain };
        assert_eq!(format!("{:?}", kind(&scalar)), expected);
    }

    #[test]
    fn words_of_yaml_1_1_are_booleans() {
        check("true", "Bool(true)");
        check("Off", "Bool(false)");
        check("yes", "Bool(true)");
        check("y", "String(\"y\")");
        check("", "Null");
        check("~", "Null");
    }

    #[test]
    fn a_tag_says_what_a_scalar_is() {
        for (tag, text, expected) in [
            ("!str", "443", "String(\"443\")"),
            ("!str", "yes", "String(\"yes\")"),
            ("", "443", "String(\"443\")"),
            ("!int", "443", "Number(443)"),
            ("!float", "1.50", "Number(1.5)"),
            ("!int", "many", "String(\"many\")"),
            ("!bool", "On", "Bool(true)"),
            ("!null", "", "Null"),
        ] {
            let scalar = Scalar { text: text.into(), style: ScalarStyle::Quoted };
            assert_eq!(format!("{:?}", tagged(&scalar, Some(tag))), expected, "!{tag} {text}");
        }
    }

    #[test]
    fn numbers_that_would_change_stay_text() {
        check("443", "Number(443)");
        check("-1", "Number(-1)");
        check("0.5", "Number(0.5)");
        for text in [
            "123456789012",
            "017",
            "11.10",
            "1e3",
            "2012-10-17",
            "12:30:45",
            "1_000",
            "0x1f",
            "1.",
            ".5",
            "+1",
        ] {
            check(text, &format!("String({text:?})"));
        }
    }
}
