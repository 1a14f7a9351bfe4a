//! Override files, and which files are read at all. What Terraform makes of each was asked of it (1.11.4).

use crate::support::{codes, evaluate, find, managed, show};

const MAIN: &str = r#"
resource "a_b" "c" {
  x = 1
  y = 2
  v {
    p = 1
  }
  w {}
  dynamic "d" {
    for_each = [1, 2]
    content {
      n = d.value
    }
  }
  lifecycle {
    prevent_destroy = true
    ignore_changes  = [x]
  }
}
locals {
  l = 1
  m = 2
}
variable "v" {
  type    = number
  default = 1
}
output "o" {
  value       = [local.l, local.m, var.v]
  description = "d"
}
"#;

#[track_caller]
fn check(over: &str, address: &str, expect: &str) {
    let (_, declared) = evaluate(&[("main.tf", MAIN), ("x_override.tf", over)]);
    assert_eq!(declared.problems, []);
    assert_eq!(show(&find(&declared, address).attributes), expect);
}

#[test]
fn arguments_are_replaced_one_by_one() {
    check(
        "resource \"a_b\" \"c\" {\n x = 5\n z = 6\n}\n",
        "a_b.c",
        "{x=5, z=6, y=2, v=[{p=1}], w=[{}], d=[{n=1}, {n=2}]}",
    );
}

#[test]
fn nested_blocks_are_replaced_by_type() {
    check(
        "resource \"a_b\" \"c\" {\n v {\n  q = 1\n }\n v {\n  q = 2\n }\n}\n",
        "a_b.c",
        "{v=[{q=1}, {q=2}], x=1, y=2, w=[{}], d=[{n=1}, {n=2}]}",
    );
}

#[test]
fn dynamic_and_static_blocks_of_a_type_replace_each_other() {
    let fixed = "resource \"a_b\" \"c\" {\n d {\n  n = 9\n }\n}\n";
    check(fixed, "a_b.c", "{d=[{n=9}], x=1, y=2, v=[{p=1}], w=[{}]}");
    let dynamic = "resource \"a_b\" \"c\" {\n dynamic \"v\" {\n  for_each = [7]\n  content {\n   p = v.value\n  }\n }\n}\n";
    check(dynamic, "a_b.c", "{v=[{p=7}], x=1, y=2, w=[{}], d=[{n=1}, {n=2}]}");
}

#[test]
fn lifecycle_is_replaced_by_argument() {
    let over = "resource \"a_b\" \"c\" {\n lifecycle {\n  prevent_destroy = false\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", MAIN), ("override.tf", over)]);
    assert_eq!(
        show(&find(&declared, "a_b.c").meta),
        "{lifecycle={prevent_destroy=false, ignore_changes=[\"x\"]}}"
    );
}

#[test]
fn locals_variables_and_outputs_are_overridden_by_name() {
    let over =
        "locals {\n m = 7\n}\nvariable \"v\" {\n type = string\n}\noutput \"o\" {\n description = \"e\"\n}\n";
    let (_, declared) = evaluate(&[("main.tf", MAIN), ("override.tf", over)]);
    let output = &find(&declared, "output.o").attributes;
    assert_eq!(show(&output.get("value")), "[1, 7, \"1\"]");
    assert_eq!(show(&output.get("description")), "\"e\"");
}

#[test]
fn later_override_files_win() {
    let over =
        |x: u8| format!("resource \"a_b\" \"c\" {{\n x = {x}\n}}\nresource \"a_b\" \"c\" {{\n y = {x}\n}}\n");
    let files = [("b_override.tf", over(8)), ("main.tf", MAIN.to_owned()), ("a_override.tf", over(7))];
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let (_, declared) = evaluate(&files);
    let attributes = &find(&declared, "a_b.c").attributes;
    assert_eq!((show(&attributes.get("x")), show(&attributes.get("y"))), ("8".to_owned(), "8".to_owned()));
}

#[test]
fn overrides_may_be_json_or_of_open_tofu() {
    let json = r#"{"resource": {"a_b": {"c": {"x": "j"}}}}"#;
    for name in ["override.tf.json", "x_override.tf.json", "x_override.tofu.json"] {
        let (_, declared) = evaluate(&[("main.tf", MAIN), (name, json)]);
        assert_eq!(show(&find(&declared, "a_b.c").attributes.get("x")), "\"j\"", "{name}");
    }
    let (_, declared) =
        evaluate(&[("main.tf", MAIN), ("override.tofu", "resource \"a_b\" \"c\" {\n x = 3\n}\n")]);
    assert_eq!(show(&find(&declared, "a_b.c").attributes.get("x")), "3");
}

#[test]
fn count_stays_beside_an_overriding_for_each() {
    let files = [
        ("main.tf", "resource \"a_b\" \"c\" {\n count = 2\n}\n"),
        ("override.tf", "resource \"a_b\" \"c\" {\n for_each = toset([\"x\"])\n}\n"),
    ];
    let (_, declared) = evaluate(&files);
    assert_eq!(managed(&declared), ["a_b.c[0]", "a_b.c[1]"]);
}

#[test]
fn a_module_call_may_lead_elsewhere() {
    let files = [
        ("main.tf", "module \"m\" {\n source = \"./a\"\n n = 1\n}\n"),
        ("override.tf", "module \"m\" {\n source = \"./b\"\n}\n"),
        ("a/main.tf", "variable \"n\" {}\nresource \"a_b\" \"a\" {}\n"),
        ("b/main.tf", "variable \"n\" {}\nresource \"a_b\" \"b\" {\n n = var.n\n}\n"),
    ];
    let (_, declared) = evaluate(&files);
    assert!(managed(&declared).contains(&"module.m.a_b.b".to_owned()));
    assert_eq!(show(&find(&declared, "module.m.a_b.b").attributes), "{n=1}");
}

#[test]
fn providers_are_overridden_by_alias() {
    let main = "provider \"aws\" {\n region = \"a\"\n}\nprovider \"aws\" {\n alias = \"x\"\n region = \"b\"\n}\nresource \"aws_x\" \"y\" {\n provider = aws.x\n}\n";
    let over = "provider \"aws\" {\n alias = \"x\"\n region = \"c\"\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("override.tf", over)]);
    assert_eq!(find(&declared, "aws_x.y").region.as_deref().map(show).as_deref(), Some("\"c\""));
    assert_eq!(declared.problems, []);
}

#[test]
fn a_backend_is_overridden_as_a_whole() {
    let main = "terraform {\n backend \"s3\" {\n  bucket = \"x\"\n  encrypt = true\n }\n}\n";
    let over = "terraform {\n backend \"local\" {}\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("override.tf", over)]);
    assert_eq!(show(&find(&declared, "terraform.backend.local").attributes), "{}");
    assert_eq!(declared.problems, []);
}

#[test]
fn what_overrides_nothing_is_reported_and_read() {
    let refused = |text: &str| {
        assert_eq!(codes(&[("main.tf", MAIN), ("override.tf", text)]), ["terraform-override"], "{text}");
    };
    refused("resource \"a_b\" \"z\" {}\n");
    refused("data \"a_b\" \"z\" {}\n");
    refused("module \"z\" {\n source = \"a/b/c\"\n}\n");
    refused("variable \"z\" {}\n");
    refused("output \"z\" {\n value = 1\n}\n");
    refused("locals {\n z = 1\n}\n");
    refused("provider \"aws\" {\n alias = \"z\"\n}\n");
    refused("moved {\n from = a_b.z\n to = a_b.c\n}\n");
    refused("import {\n id = \"z\"\n to = a_b.c\n}\n");
    refused("check \"z\" {}\n");
    refused("resource \"a_b\" \"c\" {\n depends_on = [a_b.z]\n}\n");
    let taken = [
        "provider \"aws\" {}\n",
        "removed {\n from = a_b.z\n}\n",
        "resource \"a_b\" \"c\" {\n depends_on = []\n}\n",
    ];
    for text in taken {
        assert_eq!(codes(&[("main.tf", MAIN), ("override.tf", text)]), [] as [&str; 0], "{text}");
    }
    let (_, declared) = evaluate(&[("main.tf", MAIN), ("override.tf", "resource \"a_b\" \"z\" {}\n")]);
    assert_eq!(managed(&declared), ["a_b.c", "a_b.z"]);
}

#[test]
fn hidden_files_backups_and_tests_are_not_read() {
    let files = [
        ("main.tf", "resource \"a_b\" \"c\" {}\n"),
        (".hidden.tf", "bad"),
        (".#main.tf", "bad"),
        ("main.tf~", "bad"),
        ("#main.tf#", "bad"),
        ("x.tftest.hcl", "run \"x\" {}\n"),
        ("tests/y.tftest.hcl", "run \"x\" {}\n"),
        ("x.tfmock.hcl", "mock_resource \"x\" {}\n"),
    ];
    let (_, declared) = evaluate(&files);
    assert_eq!(declared.problems, []);
    assert_eq!(managed(&declared), ["a_b.c"]);
    assert_eq!(declared.roots.len(), 1);
}

#[test]
fn a_file_of_open_tofu_stands_for_its_twin() {
    let files = [
        ("a.tf", "resource \"a_b\" \"tf\" {}\n"),
        ("a.tofu", "resource \"a_b\" \"tofu\" {}\n"),
        ("b.tf.json", r#"{"resource": {"a_b": {"tf_json": {}}}}"#),
        ("b.tofu.json", r#"{"resource": {"a_b": {"tofu_json": {}}}}"#),
        ("c.tfx.tf", "resource \"a_b\" \"c\" {}\n"),
    ];
    let (_, declared) = evaluate(&files);
    assert_eq!(managed(&declared), ["a_b.tofu", "a_b.tofu_json", "a_b.c"]);
}
