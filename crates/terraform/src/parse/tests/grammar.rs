//! Expressions and bodies, each with its tree. What is doubtful was asked of `terraform console` 1.11.

use source::FileId;

use super::differential::difference;
use super::show::{Places, Show};
use crate::parse::native;

/// The tree of the value of an argument.
#[track_caller]
fn check(value: &str, expected: &str) {
    check_body(&format!("a = {value}\n"), &format!("a = {expected}; "));
}

#[track_caller]
fn check_body(text: &str, expected: &str) {
    let (body, problems) = native(FileId::new(0), text);
    assert_eq!(problems, [], "{text}");
    assert_eq!(Show::body(&body, Places::No), expected, "{text}");
    let difference = difference(text);
    let known = DIFFERENCES.iter().find(|(part, _)| text.contains(part));
    assert_eq!(difference.is_some(), known.is_some(), "{text}: {difference:?}");
}

/// Where hcl-edit reads otherwise than Terraform: a part of the text, and what hcl-edit does.
const DIFFERENCES: [(&str, &str); 2] =
    [("\u{feff}", "refuses a byte-order mark"), ("null = 5", "takes the key `null` for the value")];

#[track_caller]
fn refused(value: &str) {
    let (_, problems) = native(FileId::new(0), &format!("a = {value}\n"));
    assert_ne!(problems, [], "{value}");
}

#[test]
fn operators_bind_as_in_hcl() {
    check("a || b && c == d < e + f * g", "(a || (b && (c == (d < (e + (f * g))))))");
    check("a * b + c < d == e && f || g", "((((((a * b) + c) < d) == e) && f) || g)");
    check("a - b - c", "((a - b) - c)");
    check("a / b % c * d", "(((a / b) % c) * d)");
    check("a != b == c", "((a != b) == c)");
    check("a <= b", "(a <= b)");
    check("a >= b", "(a >= b)");
    check("(a + b) * c", "((a + b) * c)");
    check("!a == b", "(!a == b)");
    check("!!a", "!!a");
    check("-a.b + c", "(-a.b + c)");
    check("- 1", "-1");
    check("--1", "--1");
    check("1-2", "(1 - 2)");
    check("a-b", "a-b");
    check("a -b", "(a - b)");
}

#[test]
fn conditionals_group_to_the_right() {
    check("a ? b : c ? d : e", "if(a, b, if(c, d, e))");
    check("a ? b ? c : d : e", "if(a, if(b, c, d), e)");
    check("a || b ? c : d", "if((a || b), c, d)");
    refused("a ? b");
    refused("a\n? b : c");
}

#[test]
fn numbers_are_what_is_written() {
    check("[0, 017, 1.50, 1e3, 1E+2, 25e-1]", "[0, 17, 1.5, 1000, 100, 2.5]");
    check("123456789012345678901234567890.5", "123456789012345678901234567890.5");
    refused("1.");
    refused("1.2.3");
    refused("1e");
    refused("0x1F");
}

#[test]
fn names_may_hold_dashes_and_letters_of_any_script() {
    check("local.é-x_1", "local.é-x_1");
    check("_a", "_a");
    check("truex", "truex");
    check("[true, false, null]", "[true, false, null]");
    refused("-");
    refused("a..b");
}

#[test]
fn paths_select_attributes_and_elements() {
    check("a.b[0][\"c\"].d", "a.b[0][\"c\"].d");
    check("a[b.c]", "a[b.c]");
    check("a . b", "a.b");
    check("a.0.b", "a[0].b");
    check("f(a).b", "f(a).b");
    check("[1][0]", "[1][0]");
    check("(a\n.b\n[0])", "a.b[0]");
    refused("a\n.b");
    refused("a.0.1");
}

#[test]
fn splats_take_what_follows() {
    check("a[*].b.c[0]", "a[* .b.c[0]]");
    check("a.*.b.c[0]", "a[* .b.c][0]");
    check("a.*.b.0", "a[* .b[0]]");
    check("a.b[*].c[*].d", "a.b[* .c[* .d]]");
    check("a[*].b.*.c[0]", "a[* .b[* .c][0]]");
    check("a[*]", "a[* ]");
    refused("a.*.*");
    refused("a[*");
}

#[test]
fn calls_take_arguments() {
    check("f()", "f()");
    check("f(a, b,)", "f(a, b)");
    check("f(\n a,\n b...\n)", "f(a, b...)");
    check("f (a)", "f(a)");
    check("provider::aws::arn_parse(a)", "provider::aws::arn_parse(a)");
    check("core::max(1)", "max(1)");
    refused("f(,)");
    refused("f(a b)");
    refused("f(a..., b)");
    refused("a::b");
}

#[test]
fn collections_ignore_newlines_as_in_hcl() {
    check("[\n 1, # one\n 2,\n]", "[1, 2]");
    check("[]", "[]");
    check("{}", "{}");
    check("{ a = 1, b : 2 }", "{\"a\" = 1, \"b\" = 2}");
    check("{\n a = 1\n\n \"b\" = 2 // two\n}", "{\"a\" = 1, \"b\" = 2}");
    check("{ a = 1,\n\n b = 2, }", "{\"a\" = 1, \"b\" = 2}");
    check("{ (a) = 1, \"x${b}\" = 2, 3 = 4, null = 5 }", "{a = 1, `\"x\", b` = 2, 3 = 4, \"null\" = 5}");
    check("{ aws.west = aws.east }", "{aws.west = aws.east}");
    check("[{\n a = (\n 1\n )\n}]", "[{\"a\" = 1}]");
    refused("[1,,2]");
    refused("[1 2]");
    refused("{ a = 1 b = 2 }");
    refused("{ a = 1\n , b = 2 }");
    refused("{ a = \n 1 }");
    refused("{ for = 1 }");
}

#[test]
fn for_expressions_have_all_their_parts() {
    check("[for x in a : x]", "for(x in a: x)");
    check("[for i, x in a : x if i > 0]", "for(i, x in a: x if (i > 0))");
    check("{for k, v in a : k => v...\n if v}", "for(k, v in a: k => v... if v)");
    check("[\n for x in a :\n x\n ? 1\n : 2\n]", "for(x in a: if(x, 1, 2))");
    check("[for_each]", "[for_each]");
    refused("[for x in a : x => x]");
    refused("{for x in a : x}");
    refused("[for x in a : x...]");
    refused("[for x a : x]");
}

#[test]
fn blocks_have_labels_and_a_body() {
    check_body("a \"b\" c {\n d = 1\n e {}\n}\n", "a[\"b\", \"c\"] {d = 1; e[] {} } ");
    check_body("a { b = 1 }\n", "a[] {b = 1; } ");
    check_body("a {}", "a[] {} ");
    check_body("a { # c\n}\n", "a[] {} ");
    check_body("/* c */ a = 1 // d\n# e", "a = 1; ");
    check_body("\u{feff}a = 1\r\nb {\r\n}\r\n", "a = 1; b[] {} ");
    check_body("a = 1", "a = 1; ");
    check_body("", "");
}

#[test]
fn what_differs_between_instances_is_marked() {
    check_body(
        "a = [each.key]\nb = f(self)\nc = eachx\nd = { count = 1 }\n",
        concat!("a := [each.key]; b := f(self); ", "c = eachx; d = {\"count\" = 1}; "),
    );
}
