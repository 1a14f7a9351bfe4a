//! Trees and spans of YAML, what is told beside them, and what is refused.

use super::*;

/// Every document on a line: mappings and sequences in brackets, scalars as the bytes of their span (tag and
/// quotes included), a tag of a collection before it.
#[track_caller]
fn check(text: &str, expected: &str) {
    let found = match parse(text, &Limits::default()) {
        Ok(documents) => documents.iter().map(|node| shown(text, node)).collect::<Vec<_>>().join("\n"),
        Err(error) => format!("{}..{} {}", error.span.start, error.span.end, error.message),
    };
    assert_eq!(found, expected);
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.range()).expect("a span of whole characters")
}

fn shown(text: &str, node: &Node) -> String {
    let tag = node.tag.as_ref().map_or_else(String::new, |tag| format!("!{tag} "));
    match &node.kind {
        NodeKind::Scalar(_) => slice(text, node.span).to_owned(),
        NodeKind::Sequence(items) => {
            let items: Vec<_> = items.iter().map(|item| shown(text, item)).collect();
            format!("{tag}[{}]", items.join(", "))
        }
        NodeKind::Mapping(entries) => {
            let entry =
                |entry: &Entry| format!("{}: {}", slice(text, entry.key_span), shown(text, &entry.value));
            format!("{tag}{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

#[track_caller]
fn check_span(text: &str, expected: &str) {
    let documents = parse(text, &Limits::default()).expect("it parses");
    let value = documents[0].entries()[0].value.span;
    assert_eq!(slice(text, value), expected);
}

#[test]
fn block_and_flow_collections() {
    check("a: 1\nb:\n  - x\n  - 'y'\nc: {d: [\"e\"], f: }\n", "{a: 1, b: [x, 'y'], c: {d: [\"e\"], f: }}");
    check("- a: é\n  b: ü\n- c\n", "[{a: é, b: ü}, c]");
    check("\"a b\": x\r\n'c': y\r\n", "{\"a b\": x, 'c': y}");
}

#[test]
fn tags_are_part_of_the_span() {
    check("a: !Ref X\nb: !Sub 'x'\nc: !!str 1\nd: ! x\n", "{a: !Ref X, b: !Sub 'x', c: !!str 1, d: ! x}");
    check("a: !If\n  - c\n  - !Ref b\n", "{a: !If [c, !Ref b]}");
    check("a: !GetAtt {x: y}\n", "{a: !GetAtt {x: y}}");
    check_span("a: !If\n  - c\n  - d\n\nb: 1\n", "!If\n  - c\n  - d");
    let documents = parse("a: !Ref X\nb: !!str 1\nc: !Transform {a: b}", &Limits::default()).expect("parses");
    let tags: Vec<_> = documents[0].entries().iter().filter_map(|entry| entry.value.tag.clone()).collect();
    assert_eq!(tags, ["Ref", "!str", "Transform"]);
}

#[test]
fn spans_end_with_their_text() {
    check_span("a: |\n  one\n  two\n\nb: 1\n", "one\n  two");
    check_span("a: !Sub |\n  one\n\nb: 1\n", "!Sub |\n  one");
    check_span("a:\n  b: 1\n  c: 2\n\n# comment\nd: 3\n", "b: 1\n  c: 2");
    check_span("a:\n  - 1\n  - 2\nd: 3\n", "- 1\n  - 2");
    check_span("a:\n- {b: 1}\n- c: 2\nd: 3\n", "- {b: 1}\n- c: 2");
    check_span("a: { b: 1 } # comment\n", "{ b: 1 }");
    check_span("a: one\n  two\nb: 1\n", "one\n  two");
    check_span("a: 'é' # comment\n", "'é'");
}

#[test]
fn a_sequence_starts_with_its_dash_wherever_its_first_item_is() {
    check_span("a:\n- # é\n  x\n- y\n", "- # é\n  x\n- y");
    check_span(":\n-  # comment", "-");
    check_span("a:\n- - é\n  - b\n", "- - é\n  - b");
    check_span("a: !T\n- b\n", "!T\n- b");
}

#[test]
fn an_empty_value_is_null_after_its_key() {
    let text = "a:\nb: !Tag\nc: 1\n";
    let documents = parse(text, &Limits::default()).expect("it parses");
    let spans: Vec<_> =
        documents[0].entries().iter().map(|e| (e.value.span.start, e.value.span.end)).collect();
    assert_eq!(spans, [(2, 2), (6, 10), (14, 15)]);
    assert_eq!(documents[0].get("a").and_then(Node::text).map(SmolStr::as_str), Some(""));
}

#[test]
fn duplicate_keys_are_kept_and_complex_keys_left_out() {
    check("a: 1\na: 2\n? [x]\n: 3\nb: 4\n", "{a: 1, a: 2, b: 4}");
}

#[test]
fn aliases_are_expanded_and_merge_keys_kept() {
    let text = "a: &x {k: v}\nb: *x\nc:\n  <<: *x\n";
    let documents = parse(text, &Limits::default()).expect("it parses");
    let b = documents[0].get("b").expect("b");
    assert_eq!(b.get("k").and_then(Node::text).map(SmolStr::as_str), Some("v"));
    assert_eq!(slice(text, b.span), "*x");
    assert_eq!(documents[0].get("c").map(|c| c.entries()[0].key.as_str()), Some("<<"));
}

/// A stream as it counts, and what was noticed, each with its bytes.
#[track_caller]
fn check_read(text: &str, expected: &str, remarks: &[&str]) {
    let reading = read(text, &Limits::default()).expect("it parses");
    let documents: Vec<_> = reading.documents.iter().map(|node| shown(text, node)).collect();
    assert_eq!(documents.join("\n"), expected);
    let told = |remark: &super::super::Remark| {
        let kind = match &remark.kind {
            RemarkKind::RepeatedKey(_) => "repeated",
            RemarkKind::KeyNoScalar => "no scalar",
            RemarkKind::Alias => "alias",
            RemarkKind::MergedNoMapping => "no mapping",
            RemarkKind::Tag(_) => "tag",
            RemarkKind::FurtherDocument => "document",
            RemarkKind::More => "more",
        };
        format!("{kind}: {}", slice(text, remark.span))
    };
    assert_eq!(reading.remarks.iter().map(told).collect::<Vec<_>>(), remarks);
}

#[test]
fn repeated_keys_are_told_and_the_last_counts_at_the_place_of_the_first() {
    check_read("a: 1\nb: 2\n'a': 3\n", "{'a': 3, b: 2}", &["repeated: 'a'"]);
    let many: String = (0..30).map(|at| format!("k{at}: {at}\n")).collect();
    let expected: Vec<_> = (1..30).map(|at| format!(", k{at}: {at}")).collect();
    check_read(
        &format!("{many}k0: x\nk0: y\n"),
        &format!("{{k0: y{}}}", expected.concat()),
        &["repeated: k0", "repeated: k0"],
    );
    let thousands: String = (0..1_000).map(|_| "k: 1\n").collect();
    let reading = read(&thousands, &Limits::default()).expect("it parses");
    assert_eq!(reading.remarks.last().map(|remark| &remark.kind), Some(&RemarkKind::More));
    assert_eq!(reading.remarks.len(), 201);
}

#[test]
fn merge_keys_give_what_the_mapping_does_not_have_itself() {
    let sources = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\n";
    let both = format!("{sources}c:\n  <<: [*a, *b]\n  x: 5\n");
    check_read(&both, "{a: {x: 1, y: 2}, b: {y: 3, z: 4}, c: {x: 5, y: 2, z: 4}}", &["alias: *a"]);
    check_read("c:\n  <<: {x: 1}\n  <<: {x: 2, y: 3}\n", "{c: {x: 1, y: 3}}", &[]);
    check_read("c: {'<<': {x: 1}}\n", "{c: {'<<': {x: 1}}}", &[]);
    check_read("c: {<<: x, a: 1}\n", "{c: {a: 1}}", &["no mapping: x"]);
    check_read("c: {<<: , a: 1}\n", "{c: {a: 1}}", &["no mapping: "]);
    check_read("c: {<<: [{a: 1}, 2]}\n", "{c: {a: 1}}", &["no mapping: [{a: 1}, 2]"]);
}

#[test]
fn keys_tags_and_further_documents_are_told() {
    check_read("? [x]\n: 1\nb: 2\n", "{b: 2}", &["no scalar: [x]"]);
    check_read(
        "a: !Ref b\nc: !Ref d\ne: !!int 1\n",
        "{a: !Ref b, c: !Ref d, e: !!int 1}",
        &["tag: !Ref b", "tag: !!int 1"],
    );
    check_read("a: 1\n---\nb: 2\n", "{a: 1}\n{b: 2}", &["document: b: 2"]);
}

#[test]
fn documents_of_a_stream_are_all_read() {
    check("--- # one\na: 1\n---\n- b\n...\n", "{a: 1}\n[b]");
    check("", "");
    check("# only a comment\n", "");
}

#[test]
fn an_error_has_its_place() {
    check("a: 'x\n", "3..4 unclosed quote");
    check("a: &x [*x]\n", "7..9 an alias stands within the node that it repeats");
}

#[test]
fn a_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![below; 10].join(", "));
    }
    let error = parse(&bomb, &Limits::default()).expect_err("too large");
    assert_eq!(error.message, "aliases make the document too large");
}

#[test]
fn depth_is_bounded() {
    for text in ["[".repeat(10_000), "- ".repeat(10_000), "{a: ".repeat(10_000)] {
        assert!(parse(&text, &Limits::default()).is_err());
    }
    let mut chain = String::from("a0: &a0 [x]\n");
    for level in 1..200 {
        chain += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    let error = parse(&chain, &Limits::default()).expect_err("too deep");
    assert_eq!(error.message, "the document is nested too deeply");
}
