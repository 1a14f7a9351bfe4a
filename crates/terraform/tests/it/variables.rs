//! Variables: where values come from and what types make of them.

use carelint_terraform::Inputs;

use crate::support::{codes, evaluate, evaluate_with, find, show};

#[track_caller]
fn check(files: &[(&str, &str)], inputs: &Inputs, expect: &str) {
    let (_, declared) = evaluate_with(files, inputs);
    assert_eq!(
        show(&find(&declared, "var.x").attributes.get("value")),
        expect,
        "problems {:?}",
        declared.problems
    );
}

#[track_caller]
fn check_type(ty: &str, default: &str, expect: &str) {
    let text = format!("variable \"x\" {{\n  type = {ty}\n  default = {default}\n}}\n");
    check(&[("main.tf", &text)], &Inputs::default(), expect);
}

#[test]
fn later_sources_win() {
    let main = ("main.tf", "variable \"x\" {\n default = \"d\"\n}\n");
    let tfvars = ("terraform.tfvars", "x = \"t\"\n");
    let json = ("terraform.tfvars.json", "{\"x\": \"j\"}");
    let auto = ("b.auto.tfvars", "x = \"a\"\n");
    let file = ("more/given.tfvars", "x = \"f\"\n");
    let with_file = Inputs { var_files: vec!["more/given.tfvars".to_owned()], ..Inputs::default() };
    let with_var = Inputs { vars: vec![("x".to_owned(), "v".to_owned())], ..with_file.clone() };
    let with_env = Inputs { env_vars: vec![("x".to_owned(), "e".to_owned())], ..Inputs::default() };
    check(&[main], &Inputs::default(), "\"d\"");
    check(&[main], &with_env, "\"e\"");
    check(&[main, tfvars], &with_env, "\"t\"");
    check(&[main, tfvars], &Inputs::default(), "\"t\"");
    check(&[main, tfvars, json], &Inputs::default(), "\"j\"");
    check(&[main, tfvars, json, auto], &Inputs::default(), "\"a\"");
    check(&[main, tfvars, json, auto, file], &with_file, "\"f\"");
    check(&[main, tfvars, json, auto, file], &with_var, "\"v\"");
}

#[test]
fn the_command_line_is_text_or_an_expression_by_type() {
    let given = |text: &str| Inputs { vars: vec![("x".to_owned(), text.to_owned())], ..Inputs::default() };
    check(&[("main.tf", "variable \"x\" {}\n")], &given("[1]"), "\"[1]\"");
    check(&[("main.tf", "variable \"x\" {\n type = list(string)\n}\n")], &given("[1]"), "[\"1\"]");
    check(&[("main.tf", "variable \"x\" {\n type = number\n}\n")], &given("7"), "7");
    check(&[("main.tf", "variable \"x\" {\n type = bool\n}\n")], &given("true"), "true");
}

#[test]
fn types_convert() {
    check_type("string", "1", "\"1\"");
    check_type("number", "\"1\"", "1");
    check_type("set(string)", "[\"b\", \"a\", \"b\"]", "[\"a\", \"b\"]");
    check_type("list(number)", "[\"1\"]", "[1]");
    check_type("map(string)", "{a = true}", "{a=\"true\"}");
    check_type(
        "object({a = string, b = optional(number, 3), c = optional(string)})",
        "{a = 1, z = 2}",
        "{a=\"1\", b=3, c=null}",
    );
    check_type("object({a = optional(object({b = optional(bool, true)}), {})})", "{}", "{a={b=true}}");
    check_type("map(object({a = optional(number, 1)}))", "{x = {}}", "{x={a=1}}");
    check_type("any", "[1, \"a\"]", "[1, \"a\"]");
}

#[test]
fn null_takes_the_default_only_where_it_is_not_nullable() {
    let given = Inputs { var_files: vec!["v.tfvars".to_owned()], ..Inputs::default() };
    let file = ("v.tfvars", "x = null\n");
    check(&[("main.tf", "variable \"x\" {\n default = 1\n nullable = false\n}\n"), file], &given, "1");
    check(&[("main.tf", "variable \"x\" {\n default = 1\n}\n"), file], &given, "null");
}

#[test]
fn values_for_variables_that_are_not_declared_are_reported() {
    let (_, declared) = evaluate_with(
        &[("main.tf", "variable \"x\" {}\n"), ("terraform.tfvars", "y = 1\n")],
        &Inputs { vars: vec![("z".to_owned(), String::new())], ..Inputs::default() },
    );
    let messages: Vec<&str> = declared.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        ["variable \"y\" is given a value but is not declared", "no root module declares variable \"z\""]
    );
}

#[test]
fn sensitive_variables_stay_so() {
    let text = "variable \"x\" {\n sensitive = true\n default = {a = \"s\"}\n}\noutput \"o\" {\n value = \"p${var.x.a}\"\n}\n";
    let (_, declared) = evaluate_with(&[("main.tf", text)], &Inputs::default());
    assert!(find(&declared, "output.o").attributes.get("value").sensitive);
    assert!(find(&declared, "var.x").attributes.get("default").sensitive);
}

#[test]
fn the_workspace_is_not_known_unless_it_is_given() {
    let text = "resource \"a_b\" \"c\" {\n x = terraform.workspace\n y = terraform.workspace == \"prod\" ? 1 : 2\n}\n";
    let of = |inputs: &Inputs| {
        let (_, declared) = evaluate_with(&[("main.tf", text)], inputs);
        show(&find(&declared, "a_b.c").attributes)
    };
    assert_eq!(
        of(&Inputs::default()),
        "{x=?terraform.workspace, y=<terraform.workspace=prod: 1 | !terraform.workspace=prod: 2>}"
    );
    assert_eq!(of(&Inputs { workspace: "prod".to_owned(), ..Inputs::default() }), "{x=\"prod\", y=1}");
}

#[test]
fn values_are_constants() {
    let declared = ("main.tf", "variable \"x\" {\n default = 1\n}\n");
    let refused = |values: &str| {
        let files = [declared, ("terraform.tfvars", values)];
        assert_eq!(codes(&files), ["terraform-variable-value"], "{values}");
    };
    refused("x = var.y\n");
    refused("x = upper(\"a\")\n");
    refused("x = \"${local.a}\"\n");
    refused("x {}\n");
    for taken in [
        "x = -1\n",
        "x = 1 + 1\n",
        "x = [for a in [1] : a]\n",
        "x = {a = true ? 1 : 2}\n",
        "x = <<E\n$${a}\nE\n",
    ] {
        assert_eq!(codes(&[declared, ("terraform.tfvars", taken)]), [] as [&str; 0], "{taken}");
    }
    assert_eq!(
        codes(&[("main.tf", "variable \"x\" {\n default = local.y\n}\n")]),
        ["terraform-variable-value"]
    );
    check(&[declared, ("terraform.tfvars", "x = var.y\n")], &Inputs::default(), "?var.x");
}

#[test]
fn files_of_variables_are_read_in_order_of_their_names() {
    let main = ("main.tf", "variable \"x\" {\n default = 0\n}\n");
    let files = [
        main,
        ("b.auto.tfvars", "x = \"b\"\n"),
        ("B.auto.tfvars", "x = \"B\"\n"),
        ("a.auto.tfvars.json", "{\"x\": \"json\"}"),
        ("a.auto.tfvars", "x = \"a\"\n"),
    ];
    check(&files, &Inputs::default(), "\"b\"");
    check(&files[..4], &Inputs::default(), "\"b\"");
    check(&[main, files[3], files[4]], &Inputs::default(), "\"json\"");
    check(&[main, (".a.auto.tfvars", "x = 2\n"), (".auto.tfvars", "x = 3\n")], &Inputs::default(), "3");
    check(&[main, ("other.tfvars", "x = 2\n")], &Inputs::default(), "0");
}

#[test]
fn arguments_of_modules_may_be_null() {
    let child = "variable \"a\" {\n default = 1\n}\nvariable \"b\" {\n default = 2\n nullable = false\n}\noutput \"o\" {\n value = [var.a, var.b]\n}\n";
    let main = "module \"m\" {\n source = \"./m\"\n a = null\n b = null\n}\noutput \"o\" {\n value = module.m.o\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("m/main.tf", child)]);
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), "[null, 2]");
}

#[test]
fn the_environment_may_hold_what_nobody_declares() {
    let inputs = Inputs {
        env_vars: vec![("y".to_owned(), "1".to_owned()), ("x".to_owned(), "[\"a\"]".to_owned())],
        ..Inputs::default()
    };
    let (_, declared) = evaluate_with(&[("main.tf", "variable \"x\" {\n type = list(string)\n}\n")], &inputs);
    assert_eq!(declared.problems, []);
    assert_eq!(show(&find(&declared, "var.x").attributes.get("value")), "[\"a\"]");
}
