//! Module calls, roots, installed and opaque modules, cycles.

use carelint_terraform::{Configuration, Inputs, Run};
use source::Sources;

use crate::support::{codes, evaluate, evaluate_with, find, managed, show};

const CHILD: &str = "variable \"name\" {}\nresource \"a_b\" \"c\" {\n  name = var.name\n}\noutput \"id\" {\n  value = a_b.c.id\n}\noutput \"name\" {\n  value = var.name\n}\n";

#[test]
fn called_folders_are_evaluated_in_their_callers_context() {
    let main =
        "module \"m\" {\n source = \"./child\"\n name = \"n\"\n}\noutput \"o\" {\n value = module.m.id\n}\n";
    let (sources, declared) = evaluate(&[("main.tf", main), ("child/main.tf", CHILD)]);
    assert_eq!(declared.roots.iter().map(|root| root.name.as_str()).collect::<Vec<_>>(), ["."]);
    assert_eq!(show(&find(&declared, "module.m.a_b.c").attributes), "{name=\"n\"}");
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), "->module.m.a_b.c.id");
    let name = find(&declared, "module.m.a_b.c").attributes.get("name");
    let step = name.origin.steps().next().expect("a step");
    assert_eq!((step.kind.as_str(), step.name.as_str()), ("module argument", "name"));
    assert_eq!(sources.slice(step.place.expect("a place")), "name");
    assert_eq!(sources.slice(name.origin.place.expect("a place")), "var.name");
}

#[test]
fn repeated_calls_make_an_instance_each() {
    let main = "module \"m\" {\n for_each = toset([\"x\", \"y\"])\n source = \"./child\"\n name = each.key\n}\noutput \"o\" {\n value = [for k, m in module.m : m.id]\n}\noutput \"x\" {\n value = module.m[\"x\"].name\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("child/main.tf", CHILD)]);
    assert_eq!(managed(&declared), ["module.m[\"x\"].a_b.c", "module.m[\"y\"].a_b.c"]);
    assert_eq!(show(&find(&declared, "module.m[\"y\"].a_b.c").attributes), "{name=\"y\"}");
    assert_eq!(
        show(&find(&declared, "output.o").attributes.get("value")),
        "[->module.m[\"x\"].a_b.c.id, ->module.m[\"y\"].a_b.c.id]"
    );
    assert_eq!(show(&find(&declared, "output.x").attributes.get("value")), "\"x\"");
}

#[test]
fn an_undecided_call_guards_what_is_in_it() {
    let main = "variable \"on\" {}\nmodule \"m\" {\n count = var.on ? 1 : 0\n source = \"./child\"\n name = \"n\"\n}\noutput \"o\" {\n value = one(module.m[*].id)\n}\noutput \"p\" {\n value = try(module.m[0].id, null)\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("child/main.tf", CHILD)]);
    assert_eq!(managed(&declared), ["module.m[0].a_b.c?(var.on)"]);
    let expect = "<var.on: ->module.m[0].a_b.c.id | !var.on: null>";
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), expect);
    assert_eq!(show(&find(&declared, "output.p").attributes.get("value")), expect);
}

#[test]
fn modules_nest() {
    let main = "module \"a\" {\n source = \"./a\"\n}\n";
    let a =
        "module \"b\" {\n source = \"../b\"\n name = \"deep\"\n}\noutput \"id\" {\n value = module.b.id\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("a/main.tf", a), ("b/main.tf", CHILD)]);
    assert_eq!(managed(&declared), ["module.a.module.b.a_b.c"]);
    assert_eq!(declared.roots.len(), 1);
}

#[test]
fn an_example_makes_the_module_it_shows_no_root() {
    let example = "module \"m\" {\n source = \"../..\"\n name = \"e\"\n}\n";
    let (_, declared) = evaluate(&[("main.tf", CHILD), ("examples/simple/main.tf", example)]);
    assert_eq!(declared.roots.iter().map(|root| root.name.as_str()).collect::<Vec<_>>(), ["examples/simple"]);
    assert_eq!(managed(&declared), ["module.m.a_b.c"]);
}

#[test]
fn a_root_with_unset_variables_and_no_provider_is_a_library() {
    let (_, declared) = evaluate(&[("main.tf", CHILD)]);
    assert!(declared.roots[0].library);
    let (_, declared) = evaluate(&[("main.tf", "resource \"a_b\" \"c\" {}\n")]);
    assert!(!declared.roots[0].library);
}

#[test]
fn a_root_with_an_interface_and_without_provider_is_a_library() {
    let module = |more: &str| {
        format!(
            "variable \"key\" {{\n default = null\n}}\nvariable \"size\" {{\n default = 3\n}}\nvariable \"subnets\" {{\n type = list(string)\n default = []\n}}\n\
             resource \"a_b\" \"c\" {{\n key = var.key\n size = var.size\n subnets = var.subnets\n}}\n{more}"
        )
    };
    let shown = |files: &[(&str, &str)]| {
        let (_, declared) = evaluate(files);
        (declared.roots[0].library, show(&find(&declared, "a_b.c").attributes))
    };
    let set = "{key=null, size=3, subnets=[]}".to_owned();
    let output = "output \"o\" {\n value = a_b.c.id\n}\n";
    // What a default leaves empty is left to the callers.
    let open = "{key=?var.key~, size=3, subnets=?var.subnets~}".to_owned();
    assert_eq!(shown(&[("main.tf", &module(output))]), (true, open));
    assert_eq!(shown(&[("main.tf", &module(""))]), (false, set.clone()));
    let provider = format!("{output}provider \"a\" {{}}\n");
    assert_eq!(shown(&[("main.tf", &module(&provider))]), (false, set));
    // Who sets a variable deploys it.
    let (deployed, _) = shown(&[("main.tf", &module(output)), ("terraform.tfvars", "size = 4\n")]);
    assert!(!deployed);
}

#[test]
fn a_module_that_is_not_at_hand_is_opaque() {
    let main = "module \"vpc\" {\n source = \"terraform-aws-modules/vpc/aws\"\n name = \"x\"\n}\noutput \"o\" {\n value = module.vpc.private_subnets\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main)]);
    assert_eq!(declared.opaque.len(), 1);
    assert_eq!(declared.opaque[0].address, "module.vpc");
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), "?module.vpc.private_subnets~");
    assert_eq!(show(&find(&declared, "module.vpc").attributes.get("name")), "\"x\"");
    assert_eq!(declared.problems, []);
}

#[test]
fn installed_modules_are_third_party_code() {
    let main = "module \"m\" {\n source = \"acme/thing/aws\"\n name = \"x\"\n}\n";
    let list = r#"{"Modules":[{"Key":"","Source":"","Dir":"."},{"Key":"m","Source":"acme/thing/aws","Dir":".terraform/modules/m"}]}"#;
    let files = [
        ("main.tf", main),
        (".terraform/modules/modules.json", list),
        (".terraform/modules/m/main.tf", CHILD),
    ];
    let (sources, declared) = evaluate(&files);
    let resource = find(&declared, "module.m.a_b.c");
    assert_eq!(resource.caller.map(|place| sources.slice(place)).as_deref(), Some("module \"m\""));
    assert_eq!(declared.roots.len(), 1);
}

#[test]
fn a_folder_may_be_given_for_a_source() {
    let main = "module \"m\" {\n source = \"acme/thing/aws\"\n name = \"x\"\n}\n";
    let inputs = Inputs {
        module_folders: [("acme/thing/aws".to_owned(), "vendored".to_owned())].into(),
        ..Inputs::default()
    };
    let (_, declared) = evaluate_with(&[("main.tf", main), ("vendored/main.tf", CHILD)], &inputs);
    assert_eq!(managed(&declared), ["module.m.a_b.c"], "what is called is no root of its own");
    let main = main.replace("acme/thing/aws", "acme/thing/aws//modules/part?ref=v1");
    let files = [("main.tf", main.as_str()), ("vendored/modules/part/main.tf", CHILD)];
    let (_, declared) = evaluate_with(&files, &inputs);
    assert_eq!(managed(&declared), ["module.m.a_b.c"]);
}

#[test]
fn modules_are_read_once_for_any_number_of_input_sets() {
    let files = [("app/main.tf", "variable \"n\" {}\nresource \"a_b\" \"c\" {\n count = var.n\n}\n")];
    let sources = Sources::in_memory(files);
    let configuration = Configuration::load(&sources, &["app/main.tf".to_owned()], &Inputs::default());
    let sets = ["1", "2"].map(|n| Inputs { vars: vec![("n".to_owned(), n.to_owned())], ..Inputs::default() });
    let runs = sets.each_ref().map(|inputs| Run { root: "app", inputs });
    let found: Vec<Vec<String>> = configuration.evaluate(&sources, &runs).iter().map(managed).collect();
    assert_eq!(found, [vec!["a_b.c[0]"], vec!["a_b.c[0]", "a_b.c[1]"]]);
}

#[test]
fn a_missing_folder_is_one_problem() {
    assert_eq!(
        codes(&[("main.tf", "module \"m\" {\n source = \"./gone\"\n}\n")]),
        ["terraform-module-missing"]
    );
}

#[test]
fn modules_that_call_themselves_are_one_problem() {
    assert_eq!(codes(&[("main.tf", "module \"m\" {\n source = \".\"\n}\n")]), ["terraform-module-cycle"]);
    let mutual = [
        ("a/m.tf", "module \"b\" {\n source = \"../b\"\n}\n"),
        ("b/m.tf", "module \"a\" {\n source = \"../a\"\n}\n"),
    ];
    assert_eq!(codes(&mutual), ["terraform-module-cycle"]);
}

#[test]
fn values_that_depend_on_themselves_are_one_problem() {
    assert_eq!(
        codes(&[(
            "main.tf",
            "locals {\n a = local.b\n b = local.a\n}\noutput \"o\" {\n value = local.a\n}\n"
        )]),
        ["terraform-cycle"]
    );
}

#[test]
fn a_broken_file_leaves_the_rest_readable() {
    let (_, declared) =
        evaluate(&[("broken.tf", "resource \"a_b\" {\n x = \n"), ("main.tf", "resource \"a_b\" \"c\" {}\n")]);
    assert_eq!(
        declared.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
        ["terraform-syntax", "terraform-syntax", "terraform-labels"]
    );
    assert_eq!(managed(&declared), ["a_b.c"]);
}

#[test]
fn providers_are_passed_to_modules() {
    let main = "provider \"aws\" {\n region = \"a\"\n}\nprovider \"aws\" {\n alias = \"o\"\n region = \"b\"\n}\nmodule \"m\" {\n source = \"./child\"\n name = 1\n providers = {\n  aws = aws.o\n }\n}\n";
    let child = "variable \"name\" {}\nresource \"aws_s3_bucket\" \"b\" {}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("child/main.tf", child)]);
    let region = find(&declared, "module.m.aws_s3_bucket.b").region.as_deref().map(show);
    assert_eq!(region.as_deref(), Some("\"b\""));
}

#[test]
fn files_are_read_relative_to_the_root_and_inside_the_scan() {
    let main = "module \"m\" {\n source = \"../child\"\n}\noutput \"o\" {\n value = module.m.t\n}\noutput \"p\" {\n value = file(\"../../../etc/passwd\")\n}\n";
    let child = "output \"t\" {\n value = templatefile(\"${path.module}/x.tftpl\", {who = \"you\", many = [1, 2]})\n}\n";
    let template = "hello ${who}%{ for n in many } ${n}%{ endfor }";
    let files = [("env/main.tf", main), ("child/main.tf", child), ("child/x.tftpl", template)];
    let (_, declared) = evaluate(&files);
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), "\"hello you 1 2\"");
    assert!(show(&find(&declared, "output.p").attributes.get("value")).starts_with("?("));
}

#[test]
fn a_circle_of_modules_is_named() {
    let files = [
        ("main.tf", "module \"a\" {\n source = \"./a\"\n}\nresource \"a_b\" \"rest\" {}\n"),
        ("a/m.tf", "module \"b\" {\n source = \"../b\"\n}\nresource \"a_b\" \"a\" {}\n"),
        ("b/m.tf", "module \"a\" {\n source = \"../a\"\n}\nresource \"a_b\" \"b\" {}\n"),
    ];
    let (sources, declared) = evaluate(&files);
    let problem = &declared.problems[0];
    assert_eq!(problem.message, "module \"a\" calls a module that it is part of: a → b → a");
    assert_eq!(
        problem.place.map(|place| sources.file(place.file).path.to_string()).as_deref(),
        Some("b/m.tf")
    );
    assert_eq!(managed(&declared), ["a_b.rest", "module.a.a_b.a", "module.a.module.b.a_b.b"]);
}

#[test]
fn arguments_are_held_against_the_variables() {
    let child = "variable \"must\" {}\nvariable \"also\" {}\nvariable \"may\" {\n default = 1\n}\n";
    let main = "module \"m\" {\n source = \"./m\"\n version = 1\n also = 1\n other = 2\n}\n";
    let (sources, declared) = evaluate(&[("main.tf", main), ("m/main.tf", child)]);
    let said: Vec<(String, String)> = declared
        .problems
        .iter()
        .map(|problem| {
            (problem.message.to_string(), problem.place.map(|place| sources.slice(place)).unwrap_or_default())
        })
        .collect();
    let expect = [
        ("module \"m\" has no variable \"other\"", "other"),
        ("module \"m\" is not given must, which it requires", "module \"m\""),
    ];
    assert_eq!(said, expect.map(|(message, place)| (message.to_owned(), place.to_owned())));
}

#[test]
fn a_call_without_source_is_reported() {
    assert_eq!(codes(&[("main.tf", "module \"m\" {}\n")]), ["terraform-module-source"]);
}

#[track_caller]
fn installed(folder: &str, expect: &str) {
    let list = format!(r#"{{"Modules":[{{"Key":"m","Source":"acme/thing/aws","Dir":"{folder}"}}]}}"#);
    let main = "module \"m\" {\n source = \"acme/thing/aws\"\n}\noutput \"o\" {\n value = module.m.id\n}\n";
    let child = "output \"id\" {\n value = \"found\"\n}\n";
    let files = [
        ("env/main.tf", main),
        ("env/.terraform/modules/modules.json", list.as_str()),
        ("env/.terraform/modules/m/sub/main.tf", child),
        ("vendor/m/main.tf", child),
    ];
    let (_, declared) = evaluate(&files);
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), expect);
}

#[test]
fn installed_modules_are_found_wherever_they_lie_in_the_scan_root() {
    installed(".terraform/modules/m/sub", "\"found\"");
    installed(".terraform\\\\modules\\\\m\\\\sub", "\"found\"");
    installed("../vendor/m", "\"found\"");
    installed("./../vendor/./m/", "\"found\"");
    installed("../../elsewhere", "?module.m.id~");
    installed("/elsewhere", "?module.m.id~");
}

#[test]
fn a_folder_outside_the_scan_root_is_opaque_with_the_reason() {
    let main = "module \"m\" {\n source = \"../../m\"\n}\noutput \"o\" {\n value = module.m.id\n}\n";
    let (_, declared) = evaluate(&[("env/main.tf", main)]);
    let value = find(&declared, "output.o").attributes.get("value");
    let value::Kind::Unknown(unknown) = &value.kind else { panic!("known") };
    assert_eq!(unknown.reason, "module \"m\" (../../m) lies outside the scan root");
    assert_eq!(declared.opaque.len(), 1);
}

#[test]
fn an_opaque_call_in_a_module_that_is_called_several_times_is_one() {
    let main = "module \"m\" {\n source = \"./m\"\n count = 3\n}\n";
    let child = "module \"vpc\" {\n source = \"terraform-aws-modules/vpc/aws\"\n}\nmodule \"again\" {\n source = \"terraform-aws-modules/vpc/aws\"\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("m/main.tf", child)]);
    let opaque: Vec<&str> = declared.opaque.iter().map(|module| module.address.as_str()).collect();
    assert_eq!(opaque, ["module.m[0].module.vpc", "module.m[0].module.again"]);
}

#[test]
fn sources_of_all_kinds_are_opaque_until_they_are_mapped() {
    let sources = [
        "terraform-aws-modules/iam/aws//modules/role",
        "git::https://example.com/net.git//sub?ref=v1",
        "github.com/acme/net",
        "git@github.com:acme/net.git",
        "s3::https://s3.amazonaws.com/b/m.zip",
        "app.terraform.io/acme/net/aws",
    ];
    for source in sources {
        let main = format!("module \"m\" {{\n source = \"{source}\"\n}}\n");
        let (_, declared) = evaluate(&[("main.tf", &main)]);
        assert_eq!(declared.problems, [], "{source}");
        assert_eq!(declared.opaque.len(), 1, "{source}");
    }
}

#[test]
fn modules_of_unknown_number_are_one_and_are_said() {
    let main = "variable \"n\" {}\nmodule \"m\" {\n source = \"./m\"\n count = var.n\n}\nmodule \"none\" {\n source = \"./m\"\n count = 0\n}\n";
    let files = [("main.tf", main), ("m/main.tf", "resource \"a_b\" \"c\" {}\n")];
    assert_eq!(managed(&evaluate(&files).1), ["module.m[*].a_b.c*"]);
    assert_eq!(codes(&files), ["terraform-unknown-repetition"]);
}

#[test]
fn providers_go_where_they_are_passed() {
    let main = r#"
provider "aws" {
  region = "a"
}
provider "aws" {
  alias  = "east"
  region = "b"
}
module "m" {
  source = "./m"
  providers = {
    aws      = aws
    aws.peer = aws.east
  }
}
"#;
    let child = r#"
terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.peer]
    }
  }
}
resource "aws_vpc" "here" {}
resource "aws_vpc" "there" {
  provider = aws.peer
}
module "n" {
  source    = "../n"
  providers = { aws = aws.peer }
}
"#;
    let grandchild = "resource \"aws_vpc\" \"deep\" {}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("m/main.tf", child), ("n/main.tf", grandchild)]);
    let region = |address: &str| find(&declared, address).region.as_deref().map(show);
    assert_eq!(region("module.m.aws_vpc.here"), None);
    assert_eq!(region("module.m.aws_vpc.there").as_deref(), Some("\"b\""));
    assert_eq!(region("module.m.module.n.aws_vpc.deep").as_deref(), Some("\"b\""));
}

#[test]
fn a_resource_may_have_a_region_of_its_own() {
    let main = "variable \"r\" {}\nprovider \"aws\" {\n region = \"a\"\n}\nresource \"aws_vpc\" \"x\" {\n region = \"c\"\n}\nresource \"aws_vpc\" \"y\" {\n region = var.r\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main)]);
    let region = |address: &str| find(&declared, address).region.as_deref().map(show);
    assert_eq!(region("aws_vpc.x").as_deref(), Some("\"c\""));
    assert_eq!(region("aws_vpc.y").as_deref(), Some("?var.r"));
}

#[track_caller]
fn cycle(files: &[(&str, &str)], expect: &str) {
    let (_, declared) = evaluate(files);
    let said: Vec<(&str, &str)> =
        declared.problems.iter().map(|problem| (problem.code, problem.message.as_str())).collect();
    assert_eq!(said, [("terraform-cycle", expect)]);
    assert!(managed(&declared).contains(&"a_b.rest".to_owned()), "the rest is checked");
}

#[test]
fn cycles_are_named() {
    let rest = "resource \"a_b\" \"rest\" {}\n";
    let with = |text: &str| format!("{text}{rest}");
    cycle(
        &[(
            "main.tf",
            &with(
                "locals {\n a = local.b\n b = local.c\n c = local.a\n}\noutput \"o\" {\n value = local.a\n}\n",
            ),
        )],
        "`local.a` depends on itself: local.a → local.b → local.c → local.a",
    );
    cycle(
        &[("main.tf", &with("locals {\n a = [local.a]\n}\noutput \"o\" {\n value = local.a\n}\n"))],
        "`local.a` depends on itself",
    );
    let main = "module \"m\" {\n source = \"./m\"\n x = module.n.y\n}\nmodule \"n\" {\n source = \"./m\"\n x = module.m.y\n}\n";
    let child = "variable \"x\" {}\noutput \"y\" {\n value = var.x\n}\n";
    cycle(
        &[("main.tf", &with(main)), ("m/main.tf", child)],
        "`module.n.output.y` depends on itself: module.n.output.y → module.n.var.x → module.m.output.y → module.m.var.x → module.n.output.y",
    );
    cycle(
        &[
            ("main.tf", &with("module \"m\" {\n source = \"./m\"\n count = length(module.m)\n x = 1\n}\n")),
            ("m/main.tf", child),
        ],
        "`module.m` depends on itself",
    );
    cycle(
        &[(
            "main.tf",
            &with("provider \"aws\" {\n region = data.aws_region.r.name\n}\ndata \"aws_region\" \"r\" {}\n"),
        )],
        "`provider.aws` depends on itself",
    );
}

#[test]
fn a_thousand_instances_of_a_module_are_a_thousand() {
    let main = "module \"m\" {\n source = \"./m\"\n for_each = {for p in setproduct(range(10), range(100)) : \"${p[0]}-${p[1]}\" => p}\n name = each.key\n}\noutput \"o\" {\n value = module.m[\"9-99\"].id\n}\n";
    let child = "variable \"name\" {}\nresource \"a_b\" \"c\" {\n name = var.name\n}\noutput \"id\" {\n value = a_b.c.id\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("m/main.tf", child)]);
    assert_eq!(declared.problems, []);
    assert_eq!(managed(&declared).len(), 1000);
    assert_eq!(show(&find(&declared, "output.o").attributes.get("value")), "->module.m[\"9-99\"].a_b.c.id");
}

#[test]
fn modules_of_tests_are_no_roots() {
    let resource = "resource \"a_b\" \"c\" {}\n";
    let helper = "module \"m\" {\n source = \"../../\"\n}\n";
    let files = [
        ("net/main.tf", resource),
        ("net/tests/it.tftest.hcl", "run \"x\" {}\n"),
        ("net/tests/setup/main.tf", helper),
        ("tests/main.tf", resource),
    ];
    let (_, declared) = evaluate(&files);
    assert_eq!(declared.roots.iter().map(|root| root.name.as_str()).collect::<Vec<_>>(), ["net", "tests"]);
    let said: Vec<(&str, &str)> =
        declared.problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect();
    assert_eq!(said, [("terraform-tests", "net/tests/setup")]);
}
