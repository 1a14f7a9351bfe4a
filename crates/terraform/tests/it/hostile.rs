//! Hostile input: nothing panics, nothing runs away.

use proptest::prelude::*;

use crate::support::{evaluate, find, show};

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
fn what_cannot_be_read_twice_is_there_once() {
    let text = "resource \"a_b\" \"c\" {\n  x ~1\n  x ~2\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let attributes = find(&declared, "a_b.c").attributes.clone();
    assert_eq!(attributes.as_map().map(|map| map.entries.len()), Some(1), "{}", show(&attributes));
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

/// Locals of which each is made of the one before by `step`, in which `@` stands for it, and the last of them.
fn chained(first: &str, step: &str) -> String {
    let mut text = format!("variable \"v\" {{}}\nlocals {{\n  a0 = {first}\n");
    for at in 1..=60 {
        let before = format!("local.a{}", at - 1);
        text.push_str(&format!("  a{at} = {}\n", step.replace('@', &before)));
    }
    text.push_str("}\noutput \"o\" {\n  value = local.a60\n}\nresource \"a_b\" \"beside\" {\n  x = 1\n}\n");
    text
}

/// The value is cut by a limit that is told once, and what stands beside it is there.
#[track_caller]
fn cut(text: &str) {
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let limits = declared.problems.iter().filter(|problem| problem.code == "terraform-limit");
    assert_eq!(limits.count(), 1, "{:?}", declared.problems);
    let beside = find(&declared, "a_b.beside");
    assert_eq!(show(&beside.attributes), "{x=1}");
}

#[test]
fn values_that_double_are_cut() {
    for (first, step) in [
        ("[1]", "[@, @]"),
        ("{a = 1}", "{a = @, b = @}"),
        ("[var.v]", "[@, @]"),
        ("sensitive([1])", "[@, @]"),
        ("[1]", "concat(@, @)"),
        ("[1]", "[for x in [@, @] : x]"),
        ("{a = 1}", "merge({a = @}, {b = @})"),
        ("\"xx\"", "join(\"\", [@, @])"),
        ("\"xx\"", "format(\"%s%s\", @, @)"),
        ("\"xx\"", "replace(@, \"x\", \"xx\")"),
        ("var.v", "join(\"-\", [@, @])"),
        ("var.v", "\"${@}-${@}\""),
    ] {
        cut(&chained(first, step));
    }
}

#[test]
fn what_multiplies_is_cut() {
    for expression in [
        "setproduct(range(1000), range(1000), range(1000))",
        "[for a in range(1000) : [for b in range(1000) : [for c in range(1000) : a]]]",
        "{for a in range(1000) : a => [for b in range(1000) : [for c in range(1000) : b]]}",
        "\"%{ for a in range(1000) }%{ for b in range(1000) }%{ for c in range(1000) }x%{ endfor }%{ endfor }%{ endfor }\"",
        "[for a in range(1000) : jsonencode([for b in range(1000) : range(100)])]",
    ] {
        cut(&format!(
            "output \"o\" {{\n  value = {expression}\n}}\nresource \"a_b\" \"beside\" {{\n  x = 1\n}}\n"
        ));
    }
    let inner = |depth: usize| {
        "dynamic \"d\" {\n for_each = range(1000)\n content {\n x = 1\n".repeat(depth)
            + &"}\n}\n".repeat(depth)
    };
    cut(&format!("resource \"a_b\" \"c\" {{\n{}}}\nresource \"a_b\" \"beside\" {{\n  x = 1\n}}\n", inner(4)));
}

#[test]
fn cycles_through_everything_are_told_and_end() {
    let all = |at: usize| {
        (0..40).map(|to| format!("local.a{to}")).collect::<Vec<_>>().join(", ") + &format!(", {at}")
    };
    let locals: String = (0..40).map(|at| format!("  a{at} = [{}]\n", all(at))).collect();
    has_problem(
        &format!("locals {{\n{locals}}}\noutput \"o\" {{\n  value = local.a0\n}}\n"),
        "terraform-cycle",
    );
    has_problem(
        "resource \"a_b\" \"c\" {\n  count = length(a_b.d)\n}\nresource \"a_b\" \"d\" {\n  count = length(a_b.c)\n}\n",
        "terraform-cycle",
    );
}

#[test]
fn many_undecided_conditions_are_one_unknown_and_no_explosion() {
    let variables: String = (0..30).map(|at| format!("variable \"c{at}\" {{\n  type = bool\n}}\n")).collect();
    let parts =
        |part: &dyn Fn(usize) -> String, between: &str| (0..30).map(part).collect::<Vec<_>>().join(between);
    for expression in [
        format!("[{}]", parts(&|at| format!("var.c{at} ? \"a\" : \"b\""), ", ")),
        format!("\"{}\"", parts(&|at| format!("${{var.c{at} ? \"a\" : \"b\"}}"), "")),
        format!("merge({})", parts(&|at| format!("var.c{at} ? {{k{} = {at}}} : {{}}", at % 5), ", ")),
        format!("concat({})", parts(&|at| format!("var.c{at} ? [{at}] : []"), ", ")),
        format!("{} \"z\"", parts(&|at| format!("var.c{at} ? \"a{at}\" : "), "")),
        format!("({}) ? 1 : 2", parts(&|at| format!("(var.c{at} || var.c{})", (at * 7 + 3) % 30), " && ")),
        format!("toset([{}])", parts(&|at| format!("var.c{at} ? \"a{at}\" : \"b\""), ", ")),
        format!("join(\",\", compact([{}]))", parts(&|at| format!("var.c{at} ? \"a{at}\" : \"\""), ", ")),
    ] {
        let (_, declared) =
            evaluate(&[("main.tf", &format!("{variables}output \"o\" {{\n  value = {expression}\n}}\n"))]);
        let problems: Vec<_> = declared.problems.iter().map(|problem| problem.code).collect();
        assert!(problems.is_empty(), "{expression}: {problems:?}");
        let value = show(&find(&declared, "output.o").attributes);
        assert!(value.len() < 20_000, "{expression} is told in {} bytes", value.len());
    }
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
