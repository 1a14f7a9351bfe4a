//! Generated texts: hcl-edit agrees about those that are made by the grammar, and no text at all has a place that does
//! not fit.

use proptest::prelude::*;

use super::differential::difference;
use crate::fuzzing;

fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a", "b_1", "each", "var", "é", "x-y", "forx", "nulls"]).prop_map(str::to_owned)
}

fn leaf() -> impl Strategy<Value = String> {
    prop_oneof![
        name(),
        prop::sample::select(vec![
            "null",
            "true",
            "0",
            "1.50",
            "2e3",
            "-7",
            "\"\"",
            "\"a b\"",
            "\"\\n\\u00e9\"",
            "\"$${x}\"",
            "\"é$\"",
            "\"%\"",
        ])
        .prop_map(str::to_owned),
    ]
}

/// Texts that both parsers know: no newline where one of them wants none.
fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(5, 48, 4, |inner| {
        let operators = vec!["||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"];
        let operator = prop::sample::select(operators);
        let strip = || prop::sample::select(vec!["", "~"]);
        let path = prop::sample::select(vec![".c", "[0]", "[\"k\"]", ".0.c", ".c[a].d"]);
        let splat = prop::sample::select(vec!["", "[*]", "[*].d[*].e", ".*.d", ".*.d.0[1]", "[*].d.*.e[0]"]);
        prop_oneof![
            (inner.clone(), operator, inner.clone()).prop_map(|(a, sign, b)| format!("{a} {sign} {b}")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("{a} ? {b} : {c}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("!{a}")),
            (name(), prop::collection::vec(path, 0..4), splat)
                .prop_map(|(name, steps, splat)| format!("{name}{}{splat}", steps.concat())),
            (name(), prop::collection::vec(inner.clone(), 0..3), prop::sample::select(vec!["", ","]))
                .prop_map(|(name, all, end)| format!(
                    "{name}({}{})",
                    all.join(", "),
                    if all.is_empty() { "" } else { end }
                )),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| format!("[\n{}\n]", all.join(",\n"))),
            prop::collection::vec((name(), inner.clone()), 0..3).prop_map(|all| {
                let entries: Vec<String> =
                    (0..).zip(&all).map(|(at, (key, value))| format!("{key}{at} = {value}")).collect();
                format!("{{\n{}\n}}", entries.join("\n"))
            }),
            (name(), inner.clone(), inner.clone()).prop_map(|(v, a, b)| format!("[for {v} in {a} : {b}]")),
            (name(), inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(v, a, b, c)| format!("{{for k, {v} in {a} : {b} => {c}... if k}}")),
            (strip(), inner.clone(), strip()).prop_map(|(l, a, r)| format!("\"x ${{{l} {a} {r}}} y\"")),
            (inner.clone(), inner)
                .prop_map(|(a, b)| format!("\"%{{ if {a} }}t%{{ else }}${{ {b} }}%{{ endif }}\"")),
        ]
    })
}

/// Pieces of which texts are put together that need not make sense.
const PARTS: [&str; 44] = [
    "a",
    "é",
    "\n",
    "\r\n",
    " ",
    "=",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "\"",
    "${",
    "%{",
    "~",
    "}",
    "<<X\n",
    "<<-X\n",
    "\nX\n",
    "1",
    ".",
    "0",
    "*",
    "[*]",
    "/*",
    "*/",
    "#",
    "//",
    "::",
    "...",
    "=>",
    "?",
    ":",
    ",",
    "\\",
    "\\u00",
    "for",
    "in",
    "if",
    "endif",
    "!",
    "resource \"a\" \"b\" {",
    "\u{2028}",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn hcl_edit_agrees(expression in expression()) {
        prop_assert_eq!(difference(&format!("a = {expression}\n")), None);
    }

    #[test]
    fn every_place_fits(parts in prop::collection::vec(prop::sample::select(PARTS.to_vec()), 0..40)) {
        let text = parts.concat();
        prop_assert!(fuzzing::native(&text).check(&text).is_ok());
        prop_assert!(fuzzing::template(&text).check(&text).is_ok());
        prop_assert!(fuzzing::json(&text).check(&text).is_ok());
    }
}
