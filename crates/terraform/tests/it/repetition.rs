//! `count` and `for_each`: which instances there are, and what Terraform refuses (asked of 1.11.4).

use crate::support::{codes, evaluate, find, managed, show};

const OTHERS: &str = "variable \"v\" {}\nvariable \"on\" {}\nresource \"a_b\" \"r\" {}\nresource \"a_b\" \"many\" {\n count = 2\n}\n";

#[track_caller]
fn check(repetition: &str, expect: &[&str], problems: &[&str]) {
    let text = format!("{OTHERS}resource \"x_y\" \"z\" {{\n {repetition}\n}}\n");
    let (_, declared) = evaluate(&[("main.tf", &text)]);
    let found: Vec<String> = managed(&declared)
        .iter()
        .filter_map(|address| Some(address.strip_prefix("x_y.z")?.to_owned()))
        .collect();
    assert_eq!(found, expect, "{repetition}: {:?}", declared.problems);
    assert_eq!(codes(&[("main.tf", &text)]), problems, "{repetition}");
}

#[test]
fn count_is_a_whole_number() {
    check("count = 2", &["[0]", "[1]"], &[]);
    check("count = \"2\"", &["[0]", "[1]"], &[]);
    check("count = 1e3 - 998", &["[0]", "[1]"], &[]);
    check("count = \"2.0\"", &["[0]", "[1]"], &[]);
    check("count = sensitive(1)", &["[0]"], &[]);
    check("count = 0", &[], &[]);
    for refused in ["-1", "1.5", "null", "true", "\"x\"", "[]", "{}", "\"\""] {
        check(&format!("count = {refused}"), &["[*]*"], &["terraform-repetition"]);
    }
}

#[test]
fn for_each_is_a_map_or_a_set_of_strings() {
    check("for_each = {b = 1, a = \"x\"}", &["[\"a\"]", "[\"b\"]"], &[]);
    check("for_each = toset([\"b\", \"a\", \"b\", \"\"])", &["[\"\"]", "[\"a\"]", "[\"b\"]"], &[]);
    check("for_each = {\"${1}\" = 1}", &["[\"1\"]"], &[]);
    check("for_each = {\"a\\\"b\" = 1}", &["[\"a\\\"b\"]"], &[]);
    check("for_each = {}", &[], &[]);
    check("for_each = toset([])", &[], &[]);
    check("for_each = {for k in [\"x\"] : k => 1}", &["[\"x\"]"], &[]);
    check("for_each = {a = sensitive(1)}", &["[\"a\"]"], &[]);
    check("for_each = setunion([\"a\"], [\"b\"])", &["[\"a\"]", "[\"b\"]"], &[]);
    check("for_each = true ? toset([\"a\"]) : []", &["[\"a\"]"], &[]);
}

#[test]
fn what_for_each_does_not_take_is_reported() {
    check("for_each = [\"a\"]", &["[\"a\"]"], &["terraform-repetition"]);
    check("for_each = []", &[], &["terraform-repetition"]);
    check("for_each = toset([1])", &["[\"1\"]"], &["terraform-repetition"]);
    check("for_each = null", &["[*]*"], &["terraform-repetition"]);
    check("for_each = \"x\"", &["[*]*"], &["terraform-repetition"]);
    check("for_each = 3", &["[*]*"], &["terraform-repetition"]);
    check("for_each = sensitive(toset([\"a\"]))", &["[\"a\"]"], &["terraform-repetition"]);
    check("for_each = a_b.many[*].id", &["[*]*"], &["terraform-repetition"]);
    check("count = 1\n for_each = {a = 1}", &["[0]"], &["terraform-repetition"]);
}

#[test]
fn unknown_repetition_is_one_instance_and_is_said_once() {
    let note = &["terraform-unknown-repetition"];
    check("count = var.v", &["[*]*"], note);
    check("for_each = var.v", &["[*]*"], note);
    check("for_each = toset([a_b.r.id, var.v])", &["[*]*"], note);
    check("for_each = {(a_b.r.id) = 1, x = 2}", &["[\"x\"]", "[*]*"], note);
    check("count = var.on ? 1 : 0", &["[0]?(var.on)"], &[]);
    check("for_each = var.on ? toset([\"x\"]) : toset([])", &["[\"x\"]?(var.on)"], &[]);
    check("for_each = var.on ? {x = 1} : {y = 1}", &["[\"x\"]?(var.on)", "[\"y\"]?(!var.on)"], &[]);
    let text = format!("{OTHERS}resource \"x_y\" \"z\" {{\n count = var.v\n}}\n");
    let (sources, declared) = evaluate(&[("main.tf", &text)]);
    let problem = &declared.problems[0];
    assert_eq!(problem.message, "how many instances `count` makes is not known: variable \"v\" has no value");
    assert_eq!(problem.place.map(|place| sources.slice(place)).as_deref(), Some("var.v"));
}

#[test]
fn known_keys_with_unknown_values_are_instances_of_their_own() {
    let text = format!(
        "{OTHERS}resource \"x_y\" \"z\" {{\n for_each = {{a = var.v, b = a_b.r.id, c = 1}}\n k = each.key\n v = each.value\n}}\n"
    );
    let (_, declared) = evaluate(&[("main.tf", &text)]);
    let of = |key: &str| show(&find(&declared, &format!("x_y.z[\"{key}\"]")).attributes);
    assert_eq!(of("a"), "{k=\"a\", v=?var.v}");
    assert_eq!(of("b"), "{k=\"b\", v=->a_b.r.id}");
    assert_eq!(of("c"), "{k=\"c\", v=1}");
}

#[track_caller]
fn limited(many: &str) {
    let text = format!(
        "resource \"a_b\" \"first\" {{}}\nresource \"a_b\" \"many\" {{\n {many}\n}}\nresource \"a_b\" \"last\" {{\n count = 2\n}}\n"
    );
    let (sources, declared) = evaluate(&[("main.tf", &text)]);
    assert_eq!(managed(&declared), ["a_b.first", "a_b.many[*]*", "a_b.last[0]", "a_b.last[1]"]);
    let codes: Vec<&str> = declared.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["terraform-limit"]);
    let place = declared.problems[0].place.expect("a place");
    let line = sources.file(place.file).line_column(place.span.start).line;
    assert!((2..=3).contains(&line), "{line}");
}

#[test]
fn more_instances_than_the_limit_are_one_and_the_rest_is_checked() {
    limited("count = 60000");
    limited("for_each = {for p in setproduct(range(250), range(250)) : \"${p[0]}-${p[1]}\" => 1}");
}

#[test]
fn ten_thousand_instances_are_ten_thousand_instances() {
    let text = "resource \"a_b\" \"c\" {\n for_each = {for p in setproduct(range(100), range(100)) : \"${p[0]}-${p[1]}\" => p}\n name = each.key\n}\noutput \"o\" {\n value = a_b.c[\"99-99\"].id\n}\noutput \"n\" {\n value = length(a_b.c)\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(declared.problems, []);
    assert_eq!(managed(&declared).len(), 10_000);
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), "->a_b.c[\"99-99\"].id");
    assert_eq!(show(&find(&declared, "output.n").attributes.get("value")), "10000");
}

#[test]
fn instances_of_an_unknown_number_are_a_map_all_the_same() {
    let text = "variable \"v\" {}\ndata \"aws_subnet\" \"s\" {\n for_each = toset(var.v)\n}\nresource \"a_b\" \"c\" {\n for_each = var.v\n}\nresource \"a_b\" \"one\" {\n a = values(a_b.c)[*].id\n b = [for k, c in a_b.c : c.id]\n c = values(data.aws_subnet.s)[*].vpc_id\n d = merge(a_b.c, {x = 1}).x\n e = a_b.c[\"k\"].id\n f = lookup(a_b.c, \"k\", null)\n g = length(keys(a_b.c))\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let one = &find(&declared, "a_b.one").attributes;
    let of = |name: &str| show(&one.get(name));
    assert_eq!(of("a"), "[->a_b.c[*].id**]");
    assert_eq!(of("b"), "[->a_b.c[*].id**]");
    assert!(of("c").starts_with("[?(") && of("c").ends_with("*]"), "{}", of("c"));
    assert_eq!(of("d"), "1");
    assert_eq!(of("e"), "->a_b.c[*].id*");
    assert!(!of("g").contains("cannot be evaluated"), "{}", of("g"));
    let refused = |problem: &&source::Problem| problem.code == "terraform-expression";
    assert_eq!(declared.problems.iter().find(refused), None);
}
