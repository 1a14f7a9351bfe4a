//! Expressions and functions of known values. The expected values are those of Terraform 1.11's console.

use crate::support::{evaluate, find, show};

/// Evaluates one expression and compares what it gives.
#[track_caller]
fn check(expression: &str, expect: &str) {
    check_in("", expression, expect);
}

/// The same, beside other blocks.
#[track_caller]
fn check_in(blocks: &str, expression: &str, expect: &str) {
    let text = format!("{blocks}\noutput \"it\" {{\n  value = {expression}\n}}\n");
    let (_, declared) = evaluate(&[("main.tf", &text)]);
    let value = find(&declared, "output.it").attributes.get("value");
    assert_eq!(show(&value), expect, "{expression}; problems {:?}", declared.problems);
}

#[test]
fn arithmetic_is_exact_and_converts_strings() {
    check("1 + 2 * 3", "7");
    check("0.1 + 0.2", "0.3");
    check("\"5\" + 1", "6");
    check("7 % 3", "1");
    check("-7 % 3", "-1");
    check("(1 + 2) * -1", "-3");
    check("1 / 4", "0.25");
}

#[test]
fn equality_does_not_convert() {
    check("1 == \"1\"", "false");
    check("\"a\" == \"a\"", "true");
    check("[1] == [1]", "true");
    check("null == null", "true");
    check("{a = 1} == {a = 1}", "true");
    check("\"1\" != 1", "true");
}

#[test]
fn conditionals_choose() {
    check("true ? 1 : 2", "1");
    check("\"true\" ? 1 : 2", "1");
    check("1 > 2 || 3 > 2 ? \"a\" : \"b\"", "\"a\"");
}

#[test]
fn for_expressions_filter_group_and_order() {
    check("[for x in [1, 2, 3] : x * 2 if x > 1]", "[4, 6]");
    check("{for k, v in {b = 1, a = 2} : upper(k) => v}", "{A=2, B=1}");
    check("[for k, v in {b = 1, a = 2} : k]", "[\"a\", \"b\"]");
    check("{for s in [\"ab\", \"ac\", \"b\"] : substr(s, 0, 1) => s...}", "{a=[\"ab\", \"ac\"], b=[\"b\"]}");
    check("[for i, x in [\"a\"] : \"${i}${x}\"]", "[\"0a\"]");
    check("[for k, v in toset([\"b\", \"a\"]) : \"${k}${v}\"]", "[\"aa\", \"bb\"]");
    check("{ for k in [\"a\"] : k =>\n k == \"a\" ? 1 :\n 2 }", "{a=1}");
}

#[test]
fn splats_walk_lists_and_wrap_single_values() {
    check("[{a = 1}, {a = 2}][*].a", "[1, 2]");
    check("{a = 1}[*].a", "[1]");
    check("null[*]", "[]");
    check("[{a = [1, 2]}].*.a[0]", "[1, 2]");
    check("[{a = [1, 2]}][*].a[0]", "[1]");
    check("[{a = [{b = 1}, {b = 2}]}][*].a[*].b", "[[1, 2]]");
    check("[{a = [{b = 1}, {b = 2}]}].*.a[0][0].b", "1");
}

#[test]
fn templates_have_directives_and_strip_markers() {
    check("\"a${1 + 1}b\"", "\"a2b\"");
    check("\"${true}\"", "true");
    check("\"%{ if true }yes%{ else }no%{ endif }\"", "\"yes\"");
    check("\"%{ for x in [1, 2] ~} ${x} %{~ endfor }\"", "\"12\"");
    check("\"a $${b} %%{c}\"", "\"a ${b} %{c}\"");
    check("\"a\\tb\\u00e9\"", "\"a\\tbé\"");
}

#[test]
fn heredocs_are_dedented() {
    check("<<-EOT\n    a\n      b\n    EOT\n", "\"a\\n  b\\n\"");
    check("<<EOT\n%{ for x in [1, 2] ~}\n- ${x}\n%{ endfor ~}\nEOT\n", "\"- 1\\n- 2\\n\"");
    check("<<EOT\na\n  %{~ if true ~}\n  b\n%{ endif ~}\nEOT\n", "\"a\\n  b\\n\"");
    check("<<EOT\n  a\nEOT\n", "\"  a\\n\"");
    check("<<-EOT\n    a\n\n    b\n    EOT\n", "\"a\\n\\nb\\n\"");
}

#[test]
fn heredocs_lose_what_all_their_lines_have_in_common() {
    check("<<-EOT\n{\n    a\n  ${1}\n    b\n  }\n  EOT\n", "\"{\\n    a\\n  1\\n    b\\n  }\\n\"");
    check("<<-EOT\n  ${1}\n    b $${x}\n  EOT\n", "\"1\\n  b ${x}\\n\"");
    check("<<-EOT\n    a\n${1}\n    EOT\n", "\"    a\\n1\\n\"");
    check(
        "<<-EOT\n  a\n  %{ for x in [1, 2] ~}\n  - ${x}\n  %{ endfor ~}\n  EOT\n",
        "\"a\\n  - 1\\n  - 2\\n\"",
    );
}

#[test]
fn indices_convert_their_key() {
    check("[\"a\", \"b\"][\"1\"]", "\"b\"");
    check("{a = 1}[\"a\"]", "1");
    check("{a = 1}.a", "1");
    check("try({a = 1}.b, \"none\")", "\"none\"");
    check("can([1][3])", "false");
    check("try([1][3], null, 2)", "null");
}

#[test]
fn string_functions_answer_as_terraform_does() {
    check("format(\"%s-%03d\", \"a\", 7)", "\"a-007\"");
    check("format(\"%q %v %#v\", \"a\", [1], {a = \"b\"})", "\"\\\"a\\\" [1] {\\\"a\\\":\\\"b\\\"}\"");
    check("formatlist(\"%s!\", [\"a\", \"b\"])", "[\"a!\", \"b!\"]");
    check("join(\",\", [\"a\", \"b\"], [\"c\"])", "\"a,b,c\"");
    check("split(\",\", \"a,b\")", "[\"a\", \"b\"]");
    check("replace(\"a-b\", \"/-(.)/\", \"+$1\")", "\"a+b\"");
    check("regex(\"(\\\\d+)-(\\\\d+)\", \"10-20\")", "[\"10\", \"20\"]");
    check("regex(\"^a(?P<n>.)\", \"ab\")", "{n=\"b\"}");
    check("regexall(\"[a-z]\", \"1a2b\")", "[\"a\", \"b\"]");
    check("title(\"hello world\")", "\"Hello World\"");
    check("substr(\"hello\", 1, -1)", "\"ello\"");
    check("trimsuffix(\"abc\", \"c\")", "\"ab\"");
    check("indent(2, \"a\\nb\")", "\"a\\n  b\"");
    check("chomp(\"a\\n\")", "\"a\"");
    check("strrev(\"abc\")", "\"cba\"");
}

#[test]
fn collection_functions_answer_as_terraform_does() {
    check("concat([1], [2])", "[1, 2]");
    check("flatten([[1], [[2], 3]])", "[1, 2, 3]");
    check("distinct([\"a\", \"a\", \"b\"])", "[\"a\", \"b\"]");
    check("compact([\"a\", \"\", null])", "[\"a\"]");
    check("merge({a = 1}, {a = 2, b = 3})", "{a=2, b=3}");
    check("keys({b = 1, a = 2})", "[\"a\", \"b\"]");
    check("values({b = 1, a = 2})", "[2, 1]");
    check("lookup({a = 1}, \"b\", 0)", "0");
    check("zipmap([\"a\"], [1])", "{a=1}");
    check("element([1, 2, 3], 4)", "2");
    check("slice([1, 2, 3], 1, 3)", "[2, 3]");
    check("toset([\"b\", \"a\", \"b\"])", "[\"a\", \"b\"]");
    check("setproduct([\"a\"], [1, 2])", "[[\"a\", 1], [\"a\", 2]]");
    check("setsubtract([\"a\", \"b\"], [\"a\"])", "[\"b\"]");
    check("contains([1, 2], 2)", "true");
    check("length({a = 1})", "1");
    check("range(3)", "[0, 1, 2]");
    check("range(1, 4, 2)", "[1, 3]");
    check("chunklist([1, 2, 3], 2)", "[[1, 2], [3]]");
    check("coalesce(null, \"\", \"a\")", "\"a\"");
    check("coalescelist([], [1])", "[1]");
    check("one([])", "null");
    check("sort([\"b\", \"a\"])", "[\"a\", \"b\"]");
    check("alltrue([true, false])", "false");
    check("anytrue([])", "false");
    check("max([1, 3]...)", "3");
    check("index([\"a\", \"b\"], \"b\")", "1");
    check("matchkeys([1, 2], [\"a\", \"b\"], [\"b\"])", "[2]");
    check("transpose({a = [\"x\"]})", "{x=[\"a\"]}");
}

#[test]
fn collections_have_one_type() {
    check("tolist([\"a\", 1])", "[\"a\", \"1\"]");
    check("toset([3, 1, 2])", "[1, 2, 3]");
    check("tomap({a = 1, b = \"x\"})", "{a=\"1\", b=\"x\"}");
    check("[true ? 1 : \"a\"]", "[\"1\"]");
}

#[test]
fn network_functions_answer_as_terraform_does() {
    check("cidrsubnet(\"10.0.0.0/16\", 8, 2)", "\"10.0.2.0/24\"");
    check("cidrhost(\"10.0.0.0/16\", 5)", "\"10.0.0.5\"");
    check("cidrhost(\"10.0.0.0/16\", -2)", "\"10.0.255.254\"");
    check("cidrnetmask(\"10.0.0.0/20\")", "\"255.255.240.0\"");
    check("cidrsubnets(\"10.0.0.0/16\", 4, 4, 8)", "[\"10.0.0.0/20\", \"10.0.16.0/20\", \"10.0.32.0/24\"]");
    check("cidrsubnet(\"fd00::/48\", 16, 5)", "\"fd00:0:0:5::/64\"");
}

#[test]
fn encodings_keep_structure_until_text_is_needed() {
    check("jsonencode({b = 1, a = [true, null]})", "{b=1, a=[true, null]}");
    check("\"x${jsonencode({b = 1, a = \"<\"})}\"", "\"x{\\\"a\\\":\\\"\\\\u003c\\\",\\\"b\\\":1}\"");
    check("jsondecode(\"{\\\"a\\\": [1]}\").a[0]", "1");
    check("jsondecode(jsonencode({a = 1})).a", "1");
    check("base64encode(\"hello\")", "\"aGVsbG8=\"");
    check("base64decode(\"aGVsbG8=\")", "\"hello\"");
    check("yamldecode(\"a: [1, yes, 0x1f]\\n\")", "{a=[1, true, 31]}");
    check("urlencode(\"a b&c\")", "\"a+b%26c\"");
}

#[test]
fn numeric_functions_answer_as_terraform_does() {
    check("ceil(1.2)", "2");
    check("floor(-1.2)", "-2");
    check("abs(-3)", "3");
    check("pow(2, 10)", "1024");
    check("log(8, 2)", "3");
    check("parseint(\"ff\", 16)", "255");
    check("signum(-4)", "-1");
    check("sum([1, 2])", "3");
    check("tonumber(\"4\")", "4");
}
