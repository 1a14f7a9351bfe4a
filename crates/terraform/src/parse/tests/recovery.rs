//! What is left of a text with faults in it, and what is said about them.

use source::FileId;

use super::show::{Places, Show};
use crate::parse::native;

/// The tree, and the line of each problem with its message.
#[track_caller]
fn check(text: &str, tree: &str, problems: &[&str]) {
    let (body, found) = native(FileId::new(0), text);
    let line = |at: usize| text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    let found: Vec<String> = found
        .iter()
        .map(|problem| {
            let start = problem.place.expect("a place").span.start as usize;
            format!("{}: {}", line(start), problem.message)
        })
        .collect();
    assert_eq!(found, problems, "{text}");
    assert_eq!(Show::body(&body, Places::No), tree, "{text}");
}

#[test]
fn an_argument_at_fault_is_unknown_and_the_rest_is_read() {
    check(
        "a {\n b = tru e\n c = 1\n}\nd = 2\n",
        "d = 2; a[] {b = BROKEN; c = 1; } ",
        &["2: the value of `b`: `e` stands where a new line is expected"],
    );
    check(
        "a = \nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: the value of `a`: the line ends where a value is expected"],
    );
    check(
        "a = [1\n 2]\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["2: the value of `a`: `2` stands where `,` or `]` is expected"],
    );
    check(
        "a = 'x'\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: the value of `a`: `'` stands where a value is expected"],
    );
    check(
        "a = \"x\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: the value of `a`: a string is not closed on its line"],
    );
    check(
        "a = <<X\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: the value of `a`: the text that starts here is not closed by a line `X`"],
    );
    check(
        "a = 1 /* x\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: the value of `a`: a comment that is not closed stands where a new line is expected"],
    );
}

#[test]
fn an_open_bracket_takes_no_other_argument_along() {
    check(
        "a {\n  b = [\n    1,\n  c = 2\n}\nd {}\n",
        "a[] {b = BROKEN; c = 2; } d[] {} ",
        &["4: the value of `b`: `=` stands where `,` or `]` is expected"],
    );
    check(
        "a {\n  b = f({\n    x = 1\n  c = 2\n}\nresource \"a\" \"d\" {}\n",
        "a[] {b = BROKEN; c = 2; } resource[\"a\", \"d\"] {} ",
        &["6: the value of `b`: `resource` stands where `,` or `)` is expected"],
    );
}

#[test]
fn an_argument_without_sign_is_unknown() {
    check("a \"x\"\nb = 1\n", "a = BROKEN; b = 1; ", &["1: `a` is neither an argument nor a block"]);
    check(
        "a: 1\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: `:` stands where `=` and a value, or the rest of a block's header, is expected"],
    );
    check(
        "a\nb = 1\n",
        "a = BROKEN; b = 1; ",
        &["1: the line ends where `=` and a value, or the rest of a block's header, is expected"],
    );
    check("\"a\" = 1\n", "a = 1; ", &["1: the name of an argument is in quotes"]);
    check("a = 1\na = 2\n", "a = 1; ", &["2: argument `a` is set twice in this block"]);
    check("? x\nb = 1\n", "INCOMPLETE b = 1; ", &["1: `?` stands where an argument or a block is expected"]);
}

#[test]
fn a_header_at_fault_loses_its_block() {
    check(
        "a \"b\" = {\n c = 1\n}\nd = 1\n",
        "d = 1; ",
        &["1: the header of block `a`: `=` stands where `{` or a label is expected"],
    );
    check(
        "a \"b\"\n{\n c = 1\n}\nd = 1\n",
        "d = 1; ",
        &["1: the header of block `a`: the line ends where `{` or a label is expected"],
    );
    check(
        "a \"${b}\" {\n c = 1\n}\nd = 1\n",
        "d = 1; ",
        &["1: the header of block `a`: a label of a block is a template"],
    );
}

#[test]
fn an_open_block_takes_no_other_block_along() {
    check(
        "resource \"a\" \"b\" {\n  x = 1\n\nresource \"a\" \"c\" {\n  y = 1\n}\n",
        "resource[\"a\", \"b\"] {INCOMPLETE x = 1; } resource[\"a\", \"c\"] {y = 1; } ",
        &["1: the block `resource \"a\" \"b\"` that starts here is not closed"],
    );
    check(
        "resource \"a\" \"b\" {\n  v {\n    x = 1\n}\n\nresource \"a\" \"c\" {\n}\n",
        "resource[\"a\", \"b\"] {v[] {INCOMPLETE x = 1; } } resource[\"a\", \"c\"] {} ",
        &["2: the block `v` that starts here is not closed"],
    );
    check(
        "resource \"a\" \"b\" {\n  t = {\n    x = 1\n  y = 2\n}\n\nresource \"a\" \"c\" {\n}\n",
        "resource[\"a\", \"b\"] {t = BROKEN; y = 2; } resource[\"a\", \"c\"] {} ",
        &["2: the value of `t`: the object that starts here is not closed"],
    );
    check("a {\n", "a[] {INCOMPLETE } ", &["1: the block `a` that starts here is not closed"]);
    check("}\na = 1\n", "a = 1; ", &["1: a brace closes nothing that is open here"]);
}

#[test]
fn a_block_on_one_line_holds_one_argument() {
    check(
        "a { b = 1, c = 2 }\nd = 1\n",
        "d = 1; a[] {b = BROKEN; } ",
        &["1: the value of `b`: `,` stands where a new line is expected"],
    );
    check(
        "a { b = 1\n c = 2\n}\nd = 1\n",
        "d = 1; a[] {b = 1; c = 2; } ",
        &["1: block `a`: a block on one line holds one argument and its closing brace"],
    );
    check(
        "a { b {} }\nc = 1\n",
        "c = 1; a[] {b[] {} } ",
        &["1: block `a`: a block on one line holds one argument and its closing brace"],
    );
    check(
        "a {} b = 1\nc = 1\n",
        "INCOMPLETE c = 1; a[] {} ",
        &["1: `b` stands where a new line after a block is expected"],
    );
}

#[test]
fn faults_are_told_up_to_a_number() {
    let text = "a = \n".repeat(50);
    let (_, problems) = native(FileId::new(0), &text);
    assert_eq!(problems.len(), 21);
    assert!(problems[20].message.contains("further syntax errors"), "{}", problems[20].message);
}

#[test]
fn a_nested_block_that_is_lost_is_unknown() {
    check(
        "a {\n v \"x\" = {\n  b = 1\n }\n c = 1\n}\n",
        "a[] {v = BROKEN; c = 1; } ",
        &["2: the header of block `v`: `=` stands where `{` or a label is expected"],
    );
}

#[test]
fn remedies_say_what_to_type() {
    for (text, expected) in [
        ("a = 'x'\n", "write strings in double quotes; `a` counts as unknown, the rest of the file was read"),
        ("a = “x”\n", "write strings in straight double quotes; `a` counts"),
        ("a = 1,\n", "end it by a new line alone; "),
        ("a: 1\n", "write `=`; "),
        ("a == 1\n", "write one `=` to set an argument; "),
        ("a \"b\" = {\n}\n", "leave `=` out before the body of a block; the block was skipped"),
        ("a = ${b}\n", "write the expression without `${` and `}` around it; "),
        ("a = b & c\n", "write `&&` or `||`; "),
        ("a =\u{a0}1\n", "use plain spaces; "),
        ("a = \"C:\\dir\"\n", "write `\\\\` for a backslash; "),
        ("a = \"${b c}\"\n", "close the interpolation, or write `$${` for a plain `${`; "),
        ("a = <<X b\n", "write `<<`, a word and nothing more on this line"),
    ] {
        let (_, problems) = native(FileId::new(0), text);
        let help = problems.first().map(|problem| problem.help.as_str()).unwrap_or_default();
        assert!(help.starts_with(expected), "{text:?}: {help}");
    }
}
