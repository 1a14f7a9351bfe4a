//! Top-level blocks: what is declared twice, what is not deployed, what nobody knows.

use crate::support::{codes, evaluate, find, managed, show};

#[track_caller]
fn check(text: &str, expect: &[&str]) {
    assert_eq!(codes(&[("main.tf", text)]), expect, "{text}");
}

#[test]
fn what_is_declared_twice_is_reported_and_the_first_is_used() {
    check("resource \"a_b\" \"c\" {}\nresource \"a_b\" \"c\" {}\n", &["terraform-duplicate"]);
    check("variable \"v\" {}\nvariable \"v\" {}\n", &["terraform-duplicate"]);
    check("output \"o\" {\n value = 1\n}\noutput \"o\" {\n value = 2\n}\n", &["terraform-duplicate"]);
    check("locals {\n a = 1\n}\nlocals {\n a = 2\n}\n", &["terraform-duplicate"]);
    check("provider \"aws\" {}\nprovider \"aws\" {}\n", &["terraform-duplicate"]);
    check("provider \"aws\" {}\nprovider \"aws\" {\n alias = \"x\"\n}\n", &[]);
    check("terraform {\n backend \"s3\" {}\n}\nterraform {\n cloud {}\n}\n", &["terraform-duplicate"]);
    check("data \"a_b\" \"c\" {}\nresource \"a_b\" \"c\" {}\n", &[]);
    let text = "resource \"a_b\" \"c\" {\n x = 1\n}\nresource \"a_b\" \"c\" {\n x = 2\n}\n";
    let (sources, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(show(&find(&declared, "a_b.c").attributes), "{x=1}");
    let problem = &declared.problems[0];
    assert_eq!(problem.message, "resource \"a_b\" \"c\" is declared twice in this module");
    assert_eq!(
        problem.place.map(|place| sources.file(place.file).line_column(place.span.start).line),
        Some(4)
    );
}

#[test]
fn blocks_that_deploy_nothing_are_passed_over() {
    let text = r#"
resource "a_b" "c" {}
moved {
  from = a_b.old
  to   = a_b.c
}
removed {
  from = a_b.gone
  lifecycle {
    destroy = false
  }
}
import {
  for_each = toset(["x"])
  to       = a_b.c
  id       = each.value
}
check "health" {
  data "http" "it" {
    url = "https://example.com"
  }
  assert {
    condition     = data.http.it.status_code == 200
    error_message = "it is not well"
  }
}
action "a_b" "c" {}
list "a_b" "c" {}
"#;
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(declared.problems, []);
    assert_eq!(managed(&declared), ["a_b.c"]);
    assert_eq!(declared.resources.len(), 1);
}

#[test]
fn what_validates_is_passed_over() {
    let text = "variable \"v\" {\n default = 1\n validation {\n  condition = var.v > 0\n  error_message = \"no\"\n }\n}\noutput \"o\" {\n value = var.v\n precondition {\n  condition = var.v > 0\n  error_message = \"no\"\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(declared.problems, []);
    assert_eq!(show(&find(&declared, "output.o").attributes), "{value=1}");
}

#[test]
fn blocks_that_nobody_knows_are_named_and_skipped() {
    check("resourc \"a\" \"b\" {}\nresource \"a_b\" \"c\" {}\n", &["terraform-unknown-block"]);
    check("resource \"a\" {}\n", &["terraform-labels"]);
    check("a = 1\n", &["terraform-unexpected-argument"]);
}

#[test]
fn ephemeral_resources_are_known_and_their_values_are_not() {
    let text = "ephemeral \"random_password\" \"p\" {\n length = 9\n}\nresource \"a_b\" \"c\" {\n x = ephemeral.random_password.p.result\n y = \"${ephemeral.random_password.p.result}!\"\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(declared.problems, []);
    assert_eq!(managed(&declared), ["a_b.c"]);
    let attributes = &find(&declared, "a_b.c").attributes;
    assert_eq!(show(&attributes.get("x")), "?ephemeral.random_password.p.result");
    check("output \"o\" {\n value = ephemeral.a_b.c.x\n}\n", &["terraform-undeclared-resource"]);
    check("ephemeral \"a_b\" \"c\" {}\nephemeral \"a_b\" \"c\" {}\n", &["terraform-duplicate"]);
}

#[test]
fn what_goes_into_terraform_data_comes_out() {
    let text = "resource \"terraform_data\" \"t\" {\n input = {x = \"v\"}\n triggers_replace = [1]\n}\nresource \"a_b\" \"c\" {\n x = \"${terraform_data.t.output.x}!\"\n y = upper(terraform_data.t.output.x)\n i = terraform_data.t.id\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let attributes = &find(&declared, "a_b.c").attributes;
    assert_eq!(show(&attributes.get("y")), "\"V\"");
    assert_eq!(show(&attributes.get("i")), "->terraform_data.t.id");
}

#[test]
fn results_of_random_resources_are_known_after_deployment() {
    let text = "resource \"random_pet\" \"p\" {}\nresource \"a_b\" \"c\" {\n x = \"b-${random_pet.p.id}\"\n y = upper(random_pet.p.id)\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let attributes = &find(&declared, "a_b.c").attributes;
    assert_eq!(show(&attributes.get("x")), "`b-${->random_pet.p.id}`");
    let value::Kind::Unknown(unknown) = &attributes.get("y").kind else { panic!("known") };
    assert_eq!(unknown.reason, "random_pet.p.id is known after deployment");
}

#[test]
fn dynamic_blocks_that_terraform_refuses_are_reported() {
    let resource = |inside: &str| format!("resource \"a_b\" \"c\" {{\n{inside}\n}}\n");
    let dynamic = |for_each: &str| {
        resource(&format!(" dynamic \"v\" {{\n  for_each = {for_each}\n  content {{}}\n }}"))
    };
    for refused in ["null", "\"x\"", "3"] {
        check(&dynamic(refused), &["terraform-dynamic"]);
    }
    for taken in ["[]", "{}", "{a = 1}", "toset([1])", "sensitive([1])"] {
        check(&dynamic(taken), &[]);
    }
    check(&resource(" dynamic \"v\" {\n  for_each = [1]\n }"), &["terraform-dynamic"]);
    check(&resource(" dynamic \"lifecycle\" {\n  for_each = [1]\n  content {}\n }"), &["terraform-dynamic"]);
    check(
        &resource(" dynamic \"provisioner\" {\n  for_each = [1]\n  content {}\n }"),
        &["terraform-dynamic"],
    );
    check(
        &resource(" lifecycle {\n  dynamic \"precondition\" {\n   for_each = [1]\n   content {}\n  }\n }"),
        &["terraform-dynamic"],
    );
}

#[test]
fn dynamic_blocks_keep_their_order_among_static_ones() {
    let text = "resource \"a_b\" \"c\" {\n v {\n  n = 1\n }\n dynamic \"v\" {\n  for_each = {b = 3, a = 2}\n  content {\n   n = v.value\n  }\n }\n v {\n  n = 4\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(show(&find(&declared, "a_b.c").attributes), "{v=[{n=1}, {n=2}, {n=3}, {n=4}]}");
}

#[test]
fn dynamic_blocks_see_the_iterators_around_them() {
    let text = "resource \"a_b\" \"c\" {\n for_each = {k = [[1, 2]]}\n dynamic \"o\" {\n  for_each = each.value\n  content {\n   dynamic \"i\" {\n    for_each = o.value\n    iterator = it\n    content {\n     v = \"${each.key}${o.key}${it.value}\"\n    }\n   }\n  }\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(show(&find(&declared, "a_b.c[\"k\"]").attributes), "{o=[{i=[{v=\"k01\"}, {v=\"k02\"}]}]}");
}

#[test]
fn a_dynamic_block_over_a_set_has_its_elements_as_keys() {
    let text = "resource \"a_b\" \"c\" {\n dynamic \"v\" {\n  for_each = toset([\"y\", \"x\"])\n  content {\n   k = v.key\n   n = v.value\n  }\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(show(&find(&declared, "a_b.c").attributes), "{v=[{k=\"x\", n=\"x\"}, {k=\"y\", n=\"y\"}]}");
}
