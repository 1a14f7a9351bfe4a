//! Hostile input: nothing panics, nothing runs away.

use proptest::prelude::*;

use crate::support::evaluate;

#[track_caller]
fn has_problem(text: &str, code: &str) {
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert!(declared.problems.iter().any(|problem| problem.code == code), "{:?}", declared.problems);
}

#[test]
fn huge_repetition_hits_a_limit() {
    has_problem("resource \"a_b\" \"c\" {\n  count = 100000000\n}\n", "terraform-limit");
    has_problem(
        "locals {\n x = range(1000)\n y = [for a in local.x : [for b in local.x : [for c in local.x : 1]]]\n}\noutput \"o\" {\n value = local.y\n}\n",
        "terraform-limit",
    );
}

#[test]
fn doubling_text_hits_a_limit() {
    let mut text = String::from("locals {\n  a0 = \"xxxxxxxxxxxxxxxx\"\n");
    for at in 1..40 {
        text.push_str(&format!("  a{at} = \"${{local.a{}}}${{local.a{}}}\"\n", at - 1, at - 1));
    }
    text.push_str("}\noutput \"o\" {\n  value = local.a39\n}\n");
    has_problem(&text, "terraform-limit");
}

#[test]
fn long_chains_are_cut_and_not_overrun() {
    let mut text = String::from("locals {\n  a0 = 1\n");
    for at in 1..5000 {
        text.push_str(&format!("  a{at} = local.a{} + 1\n", at - 1));
    }
    text.push_str("}\noutput \"o\" {\n  value = local.a4999\n}\n");
    has_problem(&text, "terraform-limit");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in "[a-z0-9_\\.\"\\$\\{\\}\\(\\)\\[\\]=\\n <\\-?:!&|%,#*~]{0,80}") {
        let _ = evaluate(&[("main.tf", &text)]);
        let _ = evaluate(&[("main.tf", &format!("output \"o\" {{\n value = {text}\n}}\n"))]);
    }

    #[test]
    fn no_expression_panics(parts in proptest::collection::vec(0usize..WORDS.len(), 1..16)) {
        let expression: Vec<&str> = parts.iter().map(|at| WORDS[*at]).collect();
        let text = format!("variable \"v\" {{}}\nresource \"a_b\" \"c\" {{\n count = var.v\n}}\nlocals {{\n l = {}\n}}\noutput \"o\" {{\n value = local.l\n}}\n", expression.join(" "));
        let _ = evaluate(&[("main.tf", &text)]);
    }
}

const WORDS: [&str; 36] = [
    "var.v",
    "local.l",
    "a_b.c",
    "[0]",
    "[*]",
    ".x",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "1",
    "-1",
    "\"s\"",
    "\"${var.v}\"",
    "null",
    "true",
    "?",
    ":",
    "&&",
    "||",
    "==",
    "+",
    "/",
    "%",
    "for",
    "x",
    "in",
    "=>",
    "length(",
    "merge(",
    "element(",
    "slice(",
    "cidrsubnet(",
    ",",
];
