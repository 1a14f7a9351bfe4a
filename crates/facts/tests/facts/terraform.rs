//! The same facts of Terraform modules, where its spellings and values differ.

use crate::support::{ask, check, node, show};

const NETWORK: &str = r#"
variable "cidr" { type = string }
variable "open" { type = bool }

resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_internet_gateway" "main" { vpc_id = aws_vpc.main.id }

resource "aws_subnet" "public" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = cidrsubnet("10.0.0.0/16", 8, count.index)
}
resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.9.0/24"
}
resource "aws_subnet" "main_table" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.8.0/24"
}
resource "aws_route_table" "public" { vpc_id = aws_vpc.main.id }
resource "aws_route" "out" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}
resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = "vgw-1"
  }
}
resource "aws_route_table_association" "public" {
  count          = 2
  subnet_id      = aws_subnet.public[count.index].id
  route_table_id = aws_route_table.public.id
}
resource "aws_route_table_association" "private" {
  subnet_id      = aws_subnet.private.id
  route_table_id = aws_route_table.private.id
}
"#;

#[test]
fn subnets_are_public_by_their_tables() {
    check(NETWORK, "aws_subnet.public[1]", "subnet-public", "true");
    check(NETWORK, "aws_subnet.private", "subnet-public", "false");
    check(NETWORK, "aws_subnet.main_table", "subnet-public", "false");
    check(NETWORK, "aws_vpc.main", "vpc-has-internet-gateway", "true");
}

#[test]
fn the_main_table_counts_where_no_other_does() {
    let own = r#"
resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    ipv6_cidr_block = "::/0"
    gateway_id      = aws_internet_gateway.main.id
  }
}"#;
    check(&format!("{NETWORK}{own}"), "aws_subnet.main_table", "subnet-public", "true");
    let replaced = r#"
resource "aws_main_route_table_association" "main" {
  vpc_id         = aws_vpc.main.id
  route_table_id = aws_route_table.public.id
}"#;
    check(&format!("{NETWORK}{replaced}"), "aws_subnet.main_table", "subnet-public", "true");
    let route = r#"
resource "aws_route" "main" {
  route_table_id         = aws_vpc.main.main_route_table_id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id
}"#;
    check(&format!("{NETWORK}{route}"), "aws_subnet.main_table", "subnet-public", "true");
}

#[test]
fn a_conditional_route_makes_a_conditional_subnet() {
    let text = NETWORK.replace(
        "resource \"aws_route\" \"out\" {",
        "resource \"aws_route\" \"out\" {\n  count = var.open ? 1 : 0",
    );
    check(&text, "aws_subnet.public[0]", "subnet-public", "true if var.open | false if not var.open");
}

#[track_caller]
fn check_openings(rules: &str, expect: &str) {
    let text = format!("{NETWORK}{}", rules.replace("RULE", "security_group_id = aws_security_group.g.id"));
    check(&text, "aws_security_group.g", "open-ports", expect);
}

#[test]
fn rules_of_every_spelling_open() {
    check_openings(
        r#"
resource "aws_security_group" "g" {
  ingress {
    protocol    = "tcp"
    from_port   = 22
    to_port     = 22
    cidr_blocks = ["10.0.0.0/8", "0.0.0.0/0"]
  }
}"#,
        "[{from: 22, protocol: tcp, source: 0.0.0.0/0, to: 22}]",
    );
    check_openings(
        r#"
resource "aws_security_group" "g" {}
resource "aws_security_group_rule" "r" {
  RULE
  type             = "ingress"
  protocol         = "-1"
  from_port        = 0
  to_port          = 0
  ipv6_cidr_blocks = ["::/0"]
}
resource "aws_vpc_security_group_ingress_rule" "r" {
  RULE
  ip_protocol = "udp"
  from_port   = 53
  to_port     = 53
  cidr_ipv4   = "0.0.0.0/0"
}
resource "aws_vpc_security_group_ingress_rule" "own" {
  RULE
  ip_protocol = "-1"
  cidr_ipv4   = aws_vpc.main.cidr_block
}"#,
        "[{from: 0, protocol: -1, source: ::/0, to: 65535}, {from: 53, protocol: udp, source: 0.0.0.0/0, to: 53}]",
    );
}

#[test]
fn lists_that_aws_keeps_are_not_public() {
    let rule = |data: &str| {
        format!(
            r#"
data "aws_ec2_managed_prefix_list" "l" {{
  {data}
}}
resource "aws_security_group" "g" {{}}
resource "aws_vpc_security_group_ingress_rule" "r" {{
  RULE
  ip_protocol    = "tcp"
  from_port      = 443
  to_port        = 443
  prefix_list_id = data.aws_ec2_managed_prefix_list.l.id
}}"#
        )
    };
    check_openings(&rule("name = \"com.amazonaws.global.cloudfront.origin-facing\""), "[]");
    check_openings(
        &rule("name = \"offices\""),
        "[{from: 443, protocol: tcp, to: 443} if whether a rule of aws_security_group.g for tcp 443 is public \
         (the entries of a prefix list outside the scan are not known: data source \
         data.aws_ec2_managed_prefix_list.l is read at deployment)]",
    );
}

#[test]
fn a_dynamic_block_over_the_unknown_may_open() {
    check_openings(
        r#"
variable "cidrs" { type = list(string) }
resource "aws_security_group" "g" {
  dynamic "ingress" {
    for_each = var.cidrs
    content {
      protocol    = "tcp"
      from_port   = 22
      to_port     = 22
      cidr_blocks = ["0.0.0.0/0"]
    }
  }
}"#,
        "[{from: 22, protocol: tcp, source: 0.0.0.0/0, to: 22}*]",
    );
}

#[test]
fn zones_of_the_region_are_distinct() {
    let text = r#"
data "aws_availability_zones" "here" {}
resource "aws_vpc" "main" { cidr_block = "10.0.0.0/16" }
resource "aws_subnet" "s" {
  count             = 2
  vpc_id            = aws_vpc.main.id
  availability_zone = data.aws_availability_zones.here.names[count.index]
}
resource "aws_autoscaling_group" "g" {
  min_size            = 2
  max_size            = 4
  vpc_zone_identifier = aws_subnet.s[*].id
}
resource "aws_autoscaling_group" "all" {
  min_size           = 2
  max_size           = 4
  availability_zones = data.aws_availability_zones.here.names
}"#;
    for (name, low) in [("aws_autoscaling_group.g", 2), ("aws_autoscaling_group.all", 2)] {
        let size = ask(text, |facts| {
            let zones = facts.of_node("zones", node(facts, name));
            value::size(zones.as_list().expect("a list"), &value::World::default()).low
        });
        assert_eq!(size, Some(low.into()), "{name}");
    }
}

#[track_caller]
fn check_tls(bucket: &str, policy: &str, expect: &str) {
    let text = format!(
        r#"
variable "name" {{ type = string }}
data "aws_partition" "here" {{}}
resource "aws_s3_bucket" "other" {{}}
resource "aws_s3_bucket" "records" {{ {bucket} }}
{policy}
resource "aws_s3_bucket_policy" "records" {{
  bucket = aws_s3_bucket.records.id
  policy = data.aws_iam_policy_document.tls.json
}}"#
    );
    let shown = ask(&text, |facts| {
        let bucket = node(facts, "aws_s3_bucket.records");
        let (id, _) =
            facts.graph.model(bucket).and_then(|kind| kind.attribute("policies")).expect("policies");
        let policies = facts.graph.attribute(bucket, id);
        let policy = policies.as_list().and_then(|list| list.items.first()).map(|item| item.value.clone());
        let reference = facts.graph.reference_to(bucket);
        show(&facts.method("denies_plain_transport", &policy.expect("a policy"), &[reference], bucket))
    });
    assert_eq!(shown, expect, "{policy}");
}

fn document(resources: &str) -> String {
    format!(
        r#"
data "aws_iam_policy_document" "tls" {{
  statement {{
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = {resources}
    principals {{
      type        = "*"
      identifiers = ["*"]
    }}
    condition {{
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }}
  }}
}}"#
    )
}

#[test]
fn policy_documents_deny_plain_transport() {
    let names = [
        "",
        "bucket = \"records\"",
        "bucket = var.name",
        "bucket_prefix = \"records-\"",
        "bucket = var.name == \"x\" ? \"records\" : \"${var.name}-records\"",
    ];
    for bucket in names {
        check_tls(
            bucket,
            &document(r#"[aws_s3_bucket.records.arn, "${aws_s3_bucket.records.arn}/*"]"#),
            "true",
        );
        check_tls(
            bucket,
            &document(
                r#"["arn:aws:s3:::${aws_s3_bucket.records.id}", "arn:${data.aws_partition.here.partition}:s3:::${aws_s3_bucket.records.bucket}/*"]"#,
            ),
            "true",
        );
        check_tls(bucket, &document(r#"["${aws_s3_bucket.records.arn}/*"]"#), "false");
        check_tls(bucket, &document(r#"[aws_s3_bucket.other.arn, "${aws_s3_bucket.other.arn}/*"]"#), "false");
    }
}

#[test]
fn secrets_of_variables_and_references() {
    let secret = |password: &str, expect: &str| {
        let text = format!(
            r#"
variable "given" {{
  type      = string
  sensitive = true
}}
variable "weak" {{
  type    = string
  default = "changeme"
}}
resource "random_password" "p" {{ length = 20 }}
data "aws_secretsmanager_secret_version" "s" {{ secret_id = "db" }}
resource "aws_db_instance" "db" {{
  password = {password}
}}"#
        );
        check(&text, "aws_db_instance.db", "secrets", expect);
    };
    secret("\"hunter2\"", "[{came_from: literal, name: password}]");
    secret("var.given", "[{came_from: input, name: password, hidden: true}]");
    secret("var.weak", "[{came_from: default, name: password, hidden: false}]");
    secret("random_password.p.result", "[{came_from: generated, name: password, source: random_password}]");
    secret(
        "data.aws_secretsmanager_secret_version.s.secret_string",
        "[{came_from: reference, name: password, source: aws_secretsmanager_secret_version}]",
    );
    secret("\"${var.weak}-${random_password.p.result}\"", "[{came_from: literal, name: password}]");
    secret("null", "[]");
}

#[test]
fn default_tags_are_tags() {
    let text = r#"
provider "aws" {
  region = "us-east-1"
  default_tags {
    tags = { data-classification = "phi", owner = "platform" }
  }
}
resource "aws_s3_bucket" "b" {
  tags = { owner = "records" }
}"#;
    check(text, "aws_s3_bucket.b", "phi", "yes");
}

#[test]
fn keys_of_data_sources_are_known_by_their_alias() {
    let custody = |key: &str, expect: &str| {
        let text = format!(
            r#"
variable "key" {{ type = string }}
data "aws_kms_alias" "s3" {{ name = "alias/aws/s3" }}
data "aws_kms_alias" "own" {{ name = "alias/records" }}
data "aws_kms_key" "own" {{ key_id = "alias/records" }}
resource "aws_kms_key" "k" {{}}
resource "aws_s3_bucket" "b" {{}}
resource "aws_s3_bucket_server_side_encryption_configuration" "b" {{
  bucket = aws_s3_bucket.b.id
  rule {{
    apply_server_side_encryption_by_default {{
      sse_algorithm     = "aws:kms"
      kms_master_key_id = {key}
    }}
  }}
}}"#
        );
        let shown = ask(&text, |facts| {
            let bucket = node(facts, "aws_s3_bucket.b");
            let (id, _) = facts.graph.model(bucket).and_then(|kind| kind.attribute("key")).expect("a key");
            show(&facts.of_reference("key-custody", &facts.graph.attribute(bucket, id), bucket))
        });
        assert_eq!(shown, expect, "{key}");
    };
    custody("aws_kms_key.k.arn", "customer");
    custody("data.aws_kms_alias.s3.target_key_arn", "aws");
    custody("data.aws_kms_alias.own.target_key_arn", "customer");
    custody("data.aws_kms_key.own.arn", "customer");
    custody("var.key", "?(variable \"key\" has no value)");
}

#[test]
fn a_load_balancer_in_front_of_a_store_is_a_way() {
    let stack = |internal: &str| {
        format!(
            r#"
resource "aws_db_instance" "records" {{
  engine              = "postgres"
  publicly_accessible = false
}}
resource "aws_lb" "front" {{
  load_balancer_type = "network"
  internal           = {internal}
}}
resource "aws_lb_target_group" "records" {{ target_type = "ip" }}
resource "aws_lb_target_group_attachment" "records" {{
  target_group_arn = aws_lb_target_group.records.arn
  target_id        = aws_db_instance.records.address
}}
resource "aws_lb_listener" "records" {{
  load_balancer_arn = aws_lb.front.arn
  default_action {{
    type             = "forward"
    target_group_arn = aws_lb_target_group.records.arn
  }}
}}
"#
        )
    };
    let way = "load balancer aws_lb.front faces the internet, it forwards to target group aws_lb_target_group.records, \
               aws_db_instance.records is a target of that group";
    let paths = format!("[{{direct: true, hops: [{way}], port: 5432, through: aws_lb.front}}]");
    check(&stack("false"), "aws_db_instance.records", "internet-paths", &paths);
    check(&stack("true"), "aws_db_instance.records", "internet-paths", "[]");
}

#[test]
fn a_group_may_admit_cloudfront_alone() {
    let group = |rule: &str| {
        format!(
            r#"
data "aws_ec2_managed_prefix_list" "cloudfront" {{ name = "com.amazonaws.global.cloudfront.origin-facing" }}
resource "aws_security_group" "origin" {{
  ingress {{
    protocol        = "tcp"
    from_port       = 443
    to_port         = 443
    prefix_list_ids = [data.aws_ec2_managed_prefix_list.cloudfront.id]
    {rule}
  }}
}}
"#
        )
    };
    check(&group(""), "aws_security_group.origin", "only-cloudfront", "true");
    check(&group("cidr_blocks = [\"10.0.0.0/8\"]"), "aws_security_group.origin", "only-cloudfront", "false");
    check(&group("self = true"), "aws_security_group.origin", "only-cloudfront", "false");
    check(
        "resource \"aws_security_group\" \"none\" {}",
        "aws_security_group.none",
        "only-cloudfront",
        "false",
    );
}
