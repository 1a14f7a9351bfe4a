//! Texts that want to be expensive: time and stack are bounded by the size of the text, whatever it holds.

use source::FileId;

use crate::parse::native;

/// Reads a text on a thread with half the stack that threads have by default.
fn problems(text: String) -> Vec<String> {
    let read = move || native(FileId::new(0), &text).1.into_iter().map(|problem| problem.message).collect();
    std::thread::Builder::new().stack_size(1 << 20).spawn(read).expect("a thread").join().expect("no panic")
}

#[test]
fn deep_nesting_is_a_fault_and_no_overflow() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{a=", "}"),
        ("{(", ")}"),
        ("f(", ")"),
        ("a[", "]"),
        ("!", ""),
        ("-", ""),
        ("\"${", "}\""),
        ("\"%{ if a }${", "}%{ endif }\""),
        ("a ? b : ", ""),
        ("1 || 1 && 1 == 1 < 1 + 1 * (", ")"),
        ("[for x in ", ": x]"),
        ("a[*].b[*]", ""),
    ] {
        for count in [150, 1_000, 50_000] {
            let text = format!("a = {}1{}\nb = 1\n", open.repeat(count), close.repeat(count));
            let found = problems(text);
            assert!(found.len() <= 21 && (count < 1_000 || !found.is_empty()), "{open}: {found:?}");
        }
    }
}

#[test]
fn the_deepest_nesting_that_is_read_fits_the_stack() {
    for (open, close) in [("(", ")"), ("{a=", "}"), ("f([", "])"), ("\"${", "}\""), ("1 + 1 * (", ")")] {
        for count in 1..400 {
            let text = format!("a = {}1{}\n", open.repeat(count), close.repeat(count));
            if !problems(text).is_empty() {
                assert!(count > 60, "{open}: {count}");
                break;
            }
        }
    }
}

#[test]
fn long_chains_are_a_fault() {
    assert_eq!(problems(format!("a = 1{}\n", " + 1".repeat(500))).len(), 0);
    assert_eq!(problems(format!("a = 1{}\n", " + 1".repeat(50_000))).len(), 1);
    assert_eq!(problems(format!("a = b{}\n", ".*.c[0]".repeat(50_000))).len(), 1);
    assert_eq!(problems(format!("a = {}\n", "1 + 1 ? 1 : ".repeat(50_000))).len(), 1);
    let nested = |inner: String| format!("({inner}){}", " + 1".repeat(400));
    assert_eq!(problems(format!("a = {}\n", nested(nested("1".to_owned())))).len(), 1);
}

#[test]
fn nested_blocks_are_skipped_where_they_are_too_deep() {
    for close in ["}\n", ""] {
        let text = format!("{}{}", "a {\n".repeat(50_000), close.repeat(50_000));
        assert!((1..=21).contains(&problems(text).len()));
    }
}

#[test]
fn nothing_is_read_again_and_again() {
    let many = 100_000;
    for line in [
        "a = <<X\n",
        "a = \"\n",
        "a = [\n",
        "a = {\n",
        "a = (\"${[\n",
        "a = \"${\"\n",
        "a {\n",
        "a \"b\n",
        "}\n",
        "a = f(/*\n",
        "a = /* x\n",
        "a = {b = [}\n",
        "x{a=?}",
        "a { b {",
        "a = {\n b = {\n c = ]\n",
        "\"",
        "${",
        "<<X\n${",
        "a = 1....",
        "é",
        "resource \"a\" \"b\" {\n",
        "a = <<-X\n  ${\n",
        "a = \"%{ if a }",
    ] {
        let start = std::time::Instant::now();
        let found = problems(line.repeat(many));
        assert!((1..=22).contains(&found.len()), "{line:?}: {}", found.len());
        assert!(start.elapsed().as_secs() < 60, "{line:?} takes {:?}", start.elapsed());
    }
}

#[test]
fn markers_that_differ_are_looked_for_once() {
    let text: String = (0..100_000).map(|at| format!("a{at} = <<X{at}\n")).collect();
    let start = std::time::Instant::now();
    assert_eq!(problems(text).len(), 21);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
