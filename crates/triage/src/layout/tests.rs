//! What a comment speaks of.

use super::*;

/// What the comment that says `here` covers.
#[track_caller]
fn check(syntax: Syntax, text: &str, expect: Option<&str>) {
    let layout = Layout::new(text, syntax);
    let comment = layout
        .comments
        .iter()
        .find(|comment| text.get(comment.bytes.clone()).is_some_and(|text| text.contains("here")));
    let comment = comment.expect("a comment that says here");
    assert_eq!(layout.covered(comment).and_then(|bytes| text.get(bytes)), expect);
}

#[track_caller]
fn comments(text: &str, expect: &[&str]) {
    let layout = Layout::new(text, Syntax::Hcl);
    let found: Vec<&str> =
        layout.comments.iter().filter_map(|comment| text.get(comment.bytes.clone())).collect();
    assert_eq!(found, expect);
}

#[test]
fn what_is_text_is_no_comment() {
    comments("a = \"# b\" # c\n", &["# c"]);
    comments("a = \"${f(\"# b\")} # c\" // d\r\n", &["// d\r"]);
    comments("a = <<EOF\n# b\n${ x /* c */ } # d\nEOF\n# e\n", &["/* c */", "# e"]);
    comments("a = <<-EOF\n  # b\n  EOF\n/* c\n # d */ e = 1 # f", &["/* c\n # d */", "# f"]);
    comments("a = \"$${ # b\" # c", &["# c"]);
    comments("a = \"\\\" # b\" # c", &["# c"]);
    comments("a = \"open # b\nc = 1 # d\n/* e", &["# d", "/* e"]);
}

#[test]
fn a_comment_behind_code_speaks_of_its_statement() {
    check(Syntax::Hcl, "a = 1 # here\nb = 2\n", Some("a = 1 # here"));
    check(Syntax::Hcl, "a {\n  b = [ # here\n    1,\n  ]\n  c = 1\n}\n", Some("  b = [ # here\n    1,\n  ]"));
    check(Syntax::Hcl, "a { # here\n  b = 1\n}\nc = 1\n", Some("a { # here\n  b = 1\n}"));
    check(Syntax::Hcl, "x = 1\n/* here */ a {\n}\nc = 1\n", Some("/* here */ a {\n}"));
    check(Syntax::Hcl, "a {\n b = <<EOF # here\n}\nEOF\n c = 1\n}\n", Some(" b = <<EOF # here\n}\nEOF"));
}

#[test]
fn a_comment_above_a_statement_speaks_of_it() {
    check(Syntax::Hcl, "x = 1\n# here\n# more\na {\n  b = 1\n}\nc = 1\n", Some("a {\n  b = 1\n}"));
    check(Syntax::Hcl, "x = 1\n# here\n\na = 1\n", None);
    check(Syntax::Hcl, "x {\n a = 1\n # here\n}\n", None);
    check(Syntax::Hcl, "# here", None);
}

#[test]
fn a_comment_that_begins_a_block_speaks_of_the_block() {
    check(Syntax::Hcl, "a {\n  # here\n  b = 1\n}\nc = 1\n", Some("a {\n  # here\n  b = 1\n}"));
    check(
        Syntax::Hcl,
        "a {\n\n  # one\n  # here\n  b = 1\n}\n",
        Some("a {\n\n  # one\n  # here\n  b = 1\n}"),
    );
    check(Syntax::Hcl, "a {\n  b {\n # here\n  }\n}\n", Some("  b {\n # here\n  }"));
    check(Syntax::Hcl, "a {\n  x = 1\n  # here\n  b = 1\n}\n", Some("  b = 1"));
}

#[test]
fn comments_of_templates_speak_of_entries() {
    let text = "Resources:\n  # here\n  A:\n    Type: X\n\n    P: 1\n  B:\n    Type: X\n";
    check(Syntax::Yaml, text, Some("  A:\n    Type: X\n\n    P: 1"));
    let text = "Resources:\n  A:\n    # here\n    Type: X\n  B: {}\n";
    check(Syntax::Yaml, text, Some("  A:\n    # here\n    Type: X"));
    let text = "A:\n  P: 'x # y' # here\n  Q: 1\n";
    check(Syntax::Yaml, text, Some("  P: 'x # y' # here"));
    let text = "A:\n  P: |\n    # here not\n  Q: 1 # here\n";
    check(Syntax::Yaml, text, Some("  Q: 1 # here"));
}

#[test]
fn broken_texts_end_where_they_end() {
    let text = "a {\n b = \"${f(\"x # }\n<<-É\né $${ %{ here }\nÉ\n/* # here\n]) \\é\" } */ # here\r\n- |2-\n   # here\n'\"";
    let starts = text.char_indices().map(|(at, _)| at);
    for (start, end) in starts.clone().flat_map(|start| starts.clone().map(move |end| (start, end))) {
        let Some(part) = text.get(start..end) else { continue };
        for syntax in [Syntax::Hcl, Syntax::Yaml] {
            let layout = Layout::new(part, syntax);
            let covered = layout.comments.iter().filter_map(|comment| layout.covered(comment));
            covered.for_each(|bytes| assert!(part.get(bytes.clone()).is_some(), "{bytes:?} of {part:?}"));
        }
    }
}

#[test]
fn the_work_is_linear_in_the_text() {
    let many = 50_000;
    for line in ["# here\n", "a {\n# here\n", "a = [ # here\n", "- a: |\n # here\n", "\"${\n# here\n"] {
        let text = line.repeat(many);
        for syntax in [Syntax::Hcl, Syntax::Yaml] {
            let layout = Layout::new(&text, syntax);
            let covered: usize = layout.comments.iter().filter_map(|comment| layout.covered(comment)).count();
            assert!(covered <= many);
        }
    }
}
