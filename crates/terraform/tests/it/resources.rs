//! Resources: repetition, nested blocks, what stands beside the attributes, places.

use value::declared::Mode;

use crate::support::{evaluate, find, managed, presence, show};

#[track_caller]
fn check(text: &str, address: &str, expect: &str) {
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(show(&find(&declared, address).attributes), expect, "problems {:?}", declared.problems);
}

#[track_caller]
fn check_addresses(text: &str, expect: &[&str]) {
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(managed(&declared), expect, "problems {:?}", declared.problems);
}

#[test]
fn blocks_are_lists_of_maps() {
    check(
        "resource \"a_b\" \"c\" {\n x = 1\n v {\n  on = true\n }\n w {}\n w {\n y = 2\n }\n}\n",
        "a_b.c",
        "{x=1, v=[{on=true}], w=[{}, {y=2}]}",
    );
}

#[test]
fn count_and_for_each_make_instances() {
    check_addresses("resource \"a_b\" \"c\" {\n count = 2\n}\n", &["a_b.c[0]", "a_b.c[1]"]);
    check_addresses("resource \"a_b\" \"c\" {\n count = 0\n}\n", &[]);
    check_addresses(
        "resource \"a_b\" \"c\" {\n for_each = toset([\"y\", \"x\"])\n}\n",
        &["a_b.c[\"x\"]", "a_b.c[\"y\"]"],
    );
    check(
        "resource \"a_b\" \"c\" {\n for_each = {x = 1}\n k = each.key\n v = each.value\n}\n",
        "a_b.c[\"x\"]",
        "{k=\"x\", v=1}",
    );
    check("resource \"a_b\" \"c\" {\n count = 2\n i = \"n${count.index}\"\n}\n", "a_b.c[1]", "{i=\"n1\"}");
}

#[test]
fn undecided_repetition_is_guarded_or_open() {
    let variables = "variable \"on\" {}\nvariable \"l\" {}\nvariable \"n\" {}\n";
    let with = |text: &str| format!("{variables}{text}");
    check_addresses(&with("resource \"a_b\" \"c\" {\n count = var.on ? 1 : 0\n}\n"), &["a_b.c[0]?(var.on)"]);
    check_addresses(&with("resource \"a_b\" \"c\" {\n count = var.n\n}\n"), &["a_b.c[*]*"]);
    check_addresses(&with("resource \"a_b\" \"c\" {\n for_each = toset(var.l)\n}\n"), &["a_b.c[*]*"]);
    check_addresses(
        &with("resource \"a_b\" \"c\" {\n for_each = var.on ? toset([\"x\"]) : toset([])\n}\n"),
        &["a_b.c[\"x\"]?(var.on)"],
    );
    check_addresses(
        &with(
            "resource \"a_b\" \"c\" {\n for_each = {for k, v in {x = true, y = var.on} : k => v if v}\n}\n",
        ),
        &["a_b.c[\"x\"]", "a_b.c[\"y\"]?(var.on)"],
    );
    check_addresses(
        &with("resource \"a_b\" \"c\" {\n count = var.on && var.n == 3 ? 1 : 0\n}\n"),
        &["a_b.c[0]?((var.on & var.n=3))"],
    );
}

#[test]
fn for_each_over_resources_chains() {
    let text = "resource \"aws_s3_bucket\" \"b\" {\n for_each = toset([\"x\"])\n}\nresource \"aws_s3_bucket_versioning\" \"b\" {\n for_each = aws_s3_bucket.b\n bucket = each.value.id\n}\n";
    check(text, "aws_s3_bucket_versioning.b[\"x\"]", "{bucket=->aws_s3_bucket.b[\"x\"].id}");
}

#[test]
fn for_each_over_an_unknown_number_of_resources_is_one_for_one() {
    let text = "variable \"l\" {}\nresource \"aws_s3_bucket\" \"b\" {\n for_each = toset(var.l)\n}\nresource \"aws_s3_bucket_versioning\" \"b\" {\n for_each = aws_s3_bucket.b\n bucket = each.value.id\n}\nresource \"aws_s3_bucket_policy\" \"b\" {\n for_each = var.l\n bucket = aws_s3_bucket.b[each.key].id\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let of = |address: &str| find(&declared, address);
    let satellite = of("aws_s3_bucket_versioning.b[*]");
    assert_eq!(show(&satellite.attributes), "{bucket=->aws_s3_bucket.b[*].id*}");
    let counted = |address: &str| of(address).instance.as_deref().map(show);
    assert_eq!(counted("aws_s3_bucket.b[*]").as_deref(), Some("?var.l"));
    assert_eq!(counted("aws_s3_bucket_versioning.b[*]").as_deref(), Some("?var.l"));
    assert_eq!(counted("aws_s3_bucket_policy.b[*]").as_deref(), Some("?var.l"));
}

#[test]
fn for_each_over_an_unknown_number_of_modules_is_one_for_one() {
    let root = "variable \"l\" {}\nlocals {\n names = { for x in var.l : x => 1 }\n}\nmodule \"m\" {\n source = \"./m\"\n for_each = local.names\n}\nresource \"aws_s3_bucket_versioning\" \"b\" {\n for_each = module.m\n bucket = each.value.id\n name = each.key\n}\n";
    let module = "resource \"aws_s3_bucket\" \"b\" {}\noutput \"id\" {\n value = aws_s3_bucket.b.id\n}\n";
    let (_, declared) = evaluate(&[("main.tf", root), ("m/main.tf", module)]);
    let satellite = find(&declared, "aws_s3_bucket_versioning.b[*]");
    assert!(show(&satellite.attributes).starts_with("{bucket=->module.m[*].aws_s3_bucket.b.id, name=?"));
    let counted = |address: &str| find(&declared, address).instance.as_deref().map(show);
    assert_eq!(counted("module.m[*]").as_deref(), Some("?local.names"));
    assert_eq!(counted("aws_s3_bucket_versioning.b[*]").as_deref(), Some("?local.names"));
}

#[test]
fn keywords_of_provisioners_are_no_references() {
    let text = "resource \"a_b\" \"c\" {\n provisioner \"local-exec\" {\n  when = destroy\n  on_failure = continue\n  command = self.x\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(
        show(&find(&declared, "a_b.c").meta),
        "{provisioner=[{type=\"local-exec\", command=?(`self` is known after deployment), when=\"destroy\", on_failure=\"continue\"}]}"
    );
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
}

#[test]
fn a_resource_may_be_referred_to_by_its_long_name() {
    let text = "resource \"a_b\" \"x\" {}\nresource \"a_b\" \"c\" {\n v = resource.a_b.x.arn\n w = \"${resource.a_b.x.arn}:1\"\n depends_on = [resource.a_b.x]\n}\n";
    check(text, "a_b.c", "{v=->a_b.x.arn, w=`${->a_b.x.arn}:1`}");
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(show(&find(&declared, "a_b.c").meta), "{depends_on=[->a_b.x.]}");
}

#[test]
fn dynamic_blocks_are_expanded_beside_static_ones() {
    let text = "resource \"a_b\" \"c\" {\n in {\n  p = 1\n }\n dynamic \"in\" {\n  for_each = [2, 3]\n  content {\n   p = in.value\n  }\n }\n}\n";
    check(text, "a_b.c", "{in=[{p=1}, {p=2}, {p=3}]}");
    let nested = "resource \"a_b\" \"c\" {\n dynamic \"o\" {\n  for_each = {x = [1]}\n  iterator = it\n  content {\n   k = it.key\n   dynamic \"i\" {\n    for_each = it.value\n    content {\n     v = i.value\n     k = it.key\n    }\n   }\n  }\n }\n}\n";
    check(nested, "a_b.c", "{o=[{k=\"x\", i=[{v=1, k=\"x\"}]}]}");
}

#[test]
fn undecided_dynamic_blocks_are_guarded_or_many() {
    let guarded = "variable \"on\" {}\nresource \"a_b\" \"c\" {\n dynamic \"in\" {\n  for_each = var.on ? [1] : []\n  content {\n   p = in.value\n  }\n }\n}\n";
    check(guarded, "a_b.c", "{in=[{p=1}?(var.on)]}");
    let many = "variable \"l\" {}\nresource \"a_b\" \"c\" {\n dynamic \"in\" {\n  for_each = var.l\n  content {\n   p = 7\n   q = in.value\n  }\n }\n}\n";
    check(many, "a_b.c", "{in=[{p=7, q=?(variable \"l\" has no value)}*]}");
}

#[test]
fn what_is_no_attribute_goes_to_meta() {
    let text = "resource \"a_b\" \"o\" {}\nresource \"a_b\" \"c\" {\n depends_on = [a_b.o]\n lifecycle {\n  prevent_destroy = true\n  ignore_changes = [tags, x[0]]\n }\n provisioner \"local-exec\" {\n  command = \"ls\"\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let resource = find(&declared, "a_b.c");
    assert_eq!(show(&resource.attributes), "{}");
    assert_eq!(
        show(&resource.meta),
        "{depends_on=[->a_b.o.], lifecycle={prevent_destroy=true, ignore_changes=[\"tags\", \"x[0]\"]}, provisioner=[{type=\"local-exec\", command=\"ls\"}]}"
    );
}

#[test]
fn providers_give_region_account_and_default_tags() {
    let text = r#"
provider "aws" {
  region              = "eu-west-1"
  allowed_account_ids = ["123456789012"]
  default_tags {
    tags = { team = "x" }
  }
}
provider "aws" {
  alias  = "us"
  region = "us-east-1"
  assume_role {
    role_arn = "arn:aws:iam::210987654321:role/deploy"
  }
}
resource "aws_s3_bucket" "here" {}
resource "aws_s3_bucket" "there" {
  provider = aws.us
}
data "aws_region" "r" {}
data "aws_caller_identity" "c" {}
output "r" {
  value = "${data.aws_region.r.name}/${data.aws_caller_identity.c.account_id}"
}
"#;
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let root = &declared.roots[0];
    assert_eq!(root.region.as_ref().map(show).as_deref(), Some("\"eu-west-1\""));
    assert_eq!(root.account.as_ref().map(show).as_deref(), Some("\"123456789012\""));
    assert_eq!(find(&declared, "aws_s3_bucket.here").region, None);
    assert_eq!(show(&find(&declared, "aws_s3_bucket.here").meta.get("default_tags")), "{team=\"x\"}");
    let there = find(&declared, "aws_s3_bucket.there");
    assert_eq!(there.region.as_deref().map(show).as_deref(), Some("\"us-east-1\""));
    assert_eq!(there.account.as_deref().map(show).as_deref(), Some("\"210987654321\""));
    assert_eq!(show(&find(&declared, "output.r").attributes.get("value")), "\"eu-west-1/123456789012\"");
    assert!(!root.library);
}

#[test]
fn data_sources_are_declared_and_unknown() {
    let text =
        "data \"aws_vpc\" \"v\" {\n default = true\n}\noutput \"v\" {\n value = data.aws_vpc.v.id\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    assert_eq!(find(&declared, "data.aws_vpc.v").mode, Mode::Data);
    assert_eq!(show(&find(&declared, "output.v").attributes.get("value")), "?data.aws_vpc.v.id");
}

#[test]
fn values_know_where_they_are_written() {
    let text = "locals {\n  days = 7\n}\nresource \"a_b\" \"c\" {\n  keep = local.days\n  v {\n  }\n}\n";
    let (sources, declared) = evaluate(&[("main.tf", text)]);
    let resource = find(&declared, "a_b.c");
    assert_eq!(sources.slice(resource.place), "resource \"a_b\" \"c\"");
    let map = resource.attributes.as_map().expect("a map");
    let keep = map.entry("keep").expect("keep");
    assert_eq!(sources.slice(keep.place.expect("place")), "keep");
    assert_eq!(sources.slice(keep.value.origin.place.expect("place")), "local.days");
    let steps: Vec<String> =
        keep.value.origin.steps().map(|step| format!("{} {}", step.kind.as_str(), step.name)).collect();
    assert_eq!(steps, ["local days"]);
    let block = &map.entry("v").expect("v").value.as_list().expect("list").items[0];
    assert_eq!(sources.slice(block.value.origin.place.expect("place")), "v");
}

#[test]
fn json_syntax_means_the_same() {
    let text = r#"{"resource": {"a_b": {"c": {"count": "${1 + 1}", "name": "n${count.index}", "v": {"on": true},
        "dynamic": {"in": {"for_each": [1], "content": {"p": "${in.value}"}}}, "lifecycle": {"prevent_destroy": true}}}},
        "variable": {"x": {"type": "list(string)", "default": ["q"]}}, "output": {"x": {"value": "${var.x[0]}"}}}"#;
    let (_, declared) = evaluate(&[("main.tf.json", text)]);
    let resource = find(&declared, "a_b.c[1]");
    assert_eq!(show(&resource.attributes), "{name=\"n1\", v={on=true}, in=[{p=1}]}");
    assert_eq!(show(&resource.meta), "{lifecycle={prevent_destroy=true}}");
    assert_eq!(show(&find(&declared, "output.x").attributes.get("value")), "\"q\"");
}

#[test]
fn override_files_change_what_is_declared() {
    let main = "resource \"a_b\" \"c\" {\n x = 1\n y = 2\n v {\n  p = 1\n }\n}\nlocals {\n l = 1\n}\n";
    let over = "resource \"a_b\" \"c\" {\n x = local.l\n v {\n  q = 1\n }\n}\nlocals {\n l = 5\n}\n";
    let (_, declared) = evaluate(&[("main.tf", main), ("x_override.tf", over)]);
    let shown = show(&find(&declared, "a_b.c").attributes);
    assert!(shown.contains("x=5") && shown.contains("y=2") && shown.contains("v=[{q=1}]"), "{shown}");
    assert_eq!(presence(&find(&declared, "a_b.c").presence), "");
}

#[test]
fn all_tags_are_the_default_ones_and_the_own() {
    let text = r#"
provider "aws" {
  default_tags {
    tags = { a = "d", b = "d" }
  }
}
resource "aws_sqs_queue" "q" {
  tags = { b = "r", c = "r" }
}
resource "aws_sqs_queue" "n" {}
output "q" {
  value = upper(aws_sqs_queue.q.tags_all.b)
}
output "all" {
  value = [for k, v in aws_sqs_queue.q.tags_all : "${k}=${v}"]
}
output "n" {
  value = upper(aws_sqs_queue.n.tags_all["a"])
}
"#;
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let output = |name: &str| show(&find(&declared, &format!("output.{name}")).attributes.get("value"));
    assert_eq!(output("q"), "\"R\"");
    assert_eq!(output("all"), "[\"a=d\", \"b=r\", \"c=r\"]");
    assert_eq!(output("n"), "\"D\"");
}

#[test]
fn an_aliased_provider_is_named_beside_the_resource() {
    let text = "provider \"aws\" {\n alias = \"us\"\n region = \"us-east-1\"\n}\nresource \"aws_vpc\" \"x\" {\n provider = aws.us\n}\nmodule \"m\" {\n source = \"./m\"\n providers = {\n  aws = aws.us\n }\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text), ("m/main.tf", "resource \"aws_vpc\" \"y\" {}\n")]);
    assert_eq!(show(&find(&declared, "aws_vpc.x").meta), "{provider=\"aws.us\"}");
    assert_eq!(show(&find(&declared, "module.m.aws_vpc.y").meta), "{provider=\"aws.us\"}");
}

#[test]
fn repetition_is_spoken_of_only_where_it_is() {
    let text = "resource \"a_b\" \"c\" {\n x = each.key\n}\nresource \"a_b\" \"d\" {\n for_each = {a = 1}\n x = count.index\n}\n";
    let (_, declared) = evaluate(&[("main.tf", text)]);
    let said: Vec<&str> = declared.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(said, ["`each.key` has no value here", "`count.index` has no value here"]);
}
