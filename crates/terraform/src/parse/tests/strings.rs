//! Strings, heredocs and template files. What is doubtful was asked of `terraform console` 1.11.

use source::{FileId, Place};

use super::show::{Places, Show};
use crate::parse::{native, oracle, template_file, template_within};

/// The tree of the value of an argument.
#[track_caller]
fn check(value: &str, expected: &str) {
    let (body, problems) = native(FileId::new(0), &format!("a = {value}\n"));
    assert_eq!(problems, [], "{value}");
    assert_eq!(Show::body(&body, Places::No), format!("a = {expected}; "), "{value}");
}

#[track_caller]
fn refused(value: &str, why: &str) {
    let (_, problems) = native(FileId::new(0), &format!("a = {value}\n"));
    let found = problems.first().map(|problem| problem.message.as_str()).unwrap_or_default();
    assert!(found.contains(why), "{value}: {found}");
}

#[test]
fn escapes_stand_for_characters() {
    check(r#""a\n\r\t\"\\b""#, r#""a\n\r\t\"\\b""#);
    check(r#""\u00e9\U0001F600""#, "\"é😀\"");
    check(r#""$${a} %%{b} $ % $$ $$${c}""#, "\"${a} %{b} $ % $$ $${c}\"");
    check(r#""^a$""#, "\"^a$\"");
    refused(r#""\d""#, "`\\d` is no escape");
    refused(r#""\u12""#, "4 hexadecimal digits");
    refused(r#""\ud800""#, "4 hexadecimal digits");
    refused("\"a\n\"", "not closed on its line");
    refused("\"a", "not closed on its line");
}

#[test]
fn interpolations_nest() {
    check(r#""a${b}c""#, r#"`"a", b, "c"`"#);
    check(r#""${a}""#, "a");
    check(r#""${"${"x"}"}""#, "\"x\"");
    check(r#""a${"b${c}"}""#, r#"`"a", `"b", c``"#);
    check("\"${\n a\n}\"", "a");
    check(r#""${ {a = 1}["a"] }""#, r#"{"a" = 1}["a"]"#);
    refused("\"${a b}\"", "`b` stands where `}` is expected");
    refused("\"${a", "the file ends where `}` is expected");
}

#[test]
fn strip_markers_take_white_space() {
    check(r#""a  ${~ b ~}  c""#, r#"`"a", b, "c"`"#);
    check(r#""${a ~} ""#, "`a`");
    check("<<X\na $ \n${~ b}\nX", "`\"a $ \", b, \"\\n\"`");
    check("<<X\na $  \n${~ b}\nX", "`\"a $\", b, \"\\n\"`");
    check(r#""a \n${~b}""#, r#"`"a", b`"#);
    check(
        "<<EOT\n  a ${~ 1 ~}  \n  b\n%{ if true ~}\n  c\n%{ endif }\nEOT",
        r#"`"  a", 1, "  b\n", if true`"  c\n"```, "\n"`"#,
    );
}

#[test]
fn directives_hold_templates() {
    check(r#""%{if a}b%{else}c%{endif}d""#, r#"`if a`"b"``"c"`, "d"`"#);
    check(r#""%{for x in a}${x}%{endfor}""#, "`for x in a`x``");
    check(r#""%{ for i, x in a ~} b %{~ endfor }""#, "`for i, x in a`\"b\"``");
    check(r#""%{if a}%{if b}c%{endif}%{endif}""#, r#"`if a`if b`"c"```````"#);
    refused(r#""%{if a}b""#, "the directive `if` has no end");
    refused(r#""%{endfor}""#, "the directive `endfor` ends nothing");
    refused(r#""%{for x in a}%{else}%{endfor}""#, "the directive `else` ends nothing");
    refused(r#""%{foo}""#, "`foo` is no directive");
}

#[test]
fn heredocs_are_read_by_lines() {
    check("<<EOT\na\n  EOT", "\"a\\n\"");
    check("<<EOT\nEOT", "\"\"");
    check("<<EOT\n\\n \"$${a} $ %%{b}\nEOT", "\"\\\\n \\\"${a} $ %{b}\\n\"");
    check("<<EOT\na ${b}\n${c}EOT\nEOT", r#"`"a ", b, "\n", c, "EOT\n"`"#);
    check("f(<<A\nx\nA\n, 1)", "f(\"x\\n\", 1)");
    check("<<-EOT\r\n    a\r\n   b\r\n  EOT\r", "\" a\\r\\nb\\r\\n\"");
    refused("<<EOT\na\rb\nEOT", "a carriage return stands alone");
    refused("<<EOT \na\nEOT", "`<` stands where a value is expected");
    refused("<<EOT\na", "not closed by a line `EOT`");
}

#[test]
fn indentation_goes_as_in_hcl() {
    check("<<-EOT\n    a\n      \n   b\n  EOT", "\" a\\n      \\nb\\n\"");
    check("<<-EOT\n    a\n${1}\n    EOT", "`\"    a\\n\", 1, \"\\n\"`");
    check("<<-EOT\n  ${1}\n    b\n  EOT", "`1, \"\\n  b\\n\"`");
    // A line whose end was stripped does not end one.
    check(
        "<<-EOT\n    %{ if true ~}\n    foo\n    %{ endif ~}\n  bar\n    EOT",
        r#"`if true`"    foo\n"```, "  bar\n"`"#,
    );
}

#[test]
fn template_files_are_heredocs_without_end() {
    for text in [
        "",
        "a",
        "${a}",
        "a\n%{ for x in y ~}\n  ${x}\n%{ endfor ~}\nb\n",
        "%{ if a }\n$${b}\n%{ else }\nc%{ endif }",
    ] {
        let ours = template_file(FileId::new(0), text).expect("a template");
        let theirs = oracle::template_file(FileId::new(0), text).expect("a template");
        assert_eq!(Show::pieces(&ours, Places::Yes), Show::pieces(&theirs, Places::Yes), "{text}");
    }
    assert!(template_file(FileId::new(0), "%{ if a }").is_err());
    assert!(template_file(FileId::new(0), "${").is_err());
}

#[test]
fn texts_of_json_are_templates() {
    let show = |text: &str| {
        let place = Place::new(FileId::new(0), 0..1);
        let value = template_within(text, place).expect("a template");
        Show::pieces(&[crate::ast::Piece::Value(value)], Places::No)
    };
    assert_eq!(show("\\n $${a}"), "`\"\\\\n ${a}\"`");
    assert_eq!(show("%{ if true ~}\n  a\n%{ endif }b"), "``if true`\"  a\\n\"```, \"b\"``");
    assert_eq!(show("${a}"), "`a`");
    assert_eq!(show("${a ~} b\r${c}"), "``a, \"b\\r${c}\"``");
}
