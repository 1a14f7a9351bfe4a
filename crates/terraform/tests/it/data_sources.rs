//! Data sources that the source alone can answer, and those that only deployment can.

use crate::support::{evaluate, find, show};

const PROVIDER: &str = "provider \"aws\" {\n region = \"cn-north-1\"\n default_tags {\n  tags = {a = \"b\"}\n }\n}\nprovider \"aws\" {\n alias = \"eu\"\n region = \"eu-west-1\"\n}\n";

#[track_caller]
fn check(text: &str, expression: &str, expect: &str) {
    let text = format!("{PROVIDER}{text}\noutput \"it\" {{\n  value = {expression}\n}}\n");
    let (_, declared) = evaluate(&[("main.tf", &text), ("x.txt", "hello\n")]);
    let value = find(&declared, "output.it").attributes.get("value");
    assert_eq!(show(&value), expect, "problems {:?}", declared.problems);
}

#[test]
fn the_partition_is_that_of_the_region() {
    let text = "data \"aws_partition\" \"p\" {}\ndata \"aws_partition\" \"eu\" {\n provider = aws.eu\n}\n";
    check(text, "data.aws_partition.p.partition", "\"aws-cn\"");
    check(text, "data.aws_partition.p.dns_suffix", "\"amazonaws.com.cn\"");
    check(text, "data.aws_partition.eu.partition", "\"aws\"");
    check(text, "data.aws_partition.eu.reverse_dns_prefix", "\"com.amazonaws\"");
}

#[test]
fn the_region_is_that_of_the_provider_or_the_one_that_is_named() {
    let text = "data \"aws_region\" \"r\" {}\ndata \"aws_region\" \"n\" {\n name = \"us-east-1\"\n}\n";
    check(text, "data.aws_region.r.name", "\"cn-north-1\"");
    check(text, "data.aws_region.n.id", "\"us-east-1\"");
    check(text, "data.aws_region.n.endpoint", "\"ec2.us-east-1.amazonaws.com\"");
}

#[test]
fn service_principals_are_names() {
    let text = "data \"aws_service_principal\" \"s\" {\n service_name = \"s3\"\n}\ndata \"aws_service_principal\" \"l\" {\n service_name = \"logs\"\n}\n";
    check(text, "data.aws_service_principal.s.name", "\"s3.amazonaws.com\"");
    check(text, "data.aws_service_principal.l.name", "\"logs.amazonaws.com.cn\"");
    check(text, "data.aws_service_principal.s.id", "\"s3.cn-north-1.amazonaws.com\"");
}

#[test]
fn arns_have_fields() {
    let text = "data \"aws_arn\" \"a\" {\n arn = \"arn:aws:s3:::b/x:y\"\n}\n";
    check(text, "data.aws_arn.a.resource", "\"b/x:y\"");
    check(text, "data.aws_arn.a.account", "\"\"");
    let parts = "variable \"v\" {}\ndata \"aws_caller_identity\" \"c\" {}\ndata \"aws_arn\" \"a\" {\n arn = \"arn:aws:iam::${data.aws_caller_identity.c.account_id}:role/${var.v}\"\n}\n";
    check(parts, "data.aws_arn.a.service", "\"iam\"");
    check(parts, "data.aws_arn.a.account", "?data.aws_caller_identity.account_id");
    check(parts, "data.aws_arn.a.resource", "`role/${?var.v}`");
    let whole = "variable \"v\" {}\ndata \"aws_arn\" \"a\" {\n arn = var.v\n}\n";
    check(whole, "data.aws_arn.a.service", "?data.aws_arn.a.service");
}

#[test]
fn zones_differ_by_index() {
    let text = "data \"aws_availability_zones\" \"z\" {\n state = \"available\"\n}\n";
    check(text, "data.aws_availability_zones.z.names[1]", "?data.aws_availability_zones.z.names.1!1");
    check(text, "data.aws_availability_zones.z.zone_ids[0]", "?data.aws_availability_zones.z.zone_ids.0!0");
    let three = "[?data.aws_availability_zones.z.names.0!0, ?data.aws_availability_zones.z.names.1!1, ?data.aws_availability_zones.z.names.2!2]";
    check(text, "slice(data.aws_availability_zones.z.names, 0, 3)", three);
    check(
        text,
        "length(data.aws_availability_zones.z.names)",
        "?length(data.aws_availability_zones.z.names)",
    );
}

#[test]
fn default_tags_are_those_of_the_provider() {
    let text =
        "data \"aws_default_tags\" \"t\" {}\ndata \"aws_default_tags\" \"eu\" {\n provider = aws.eu\n}\n";
    check(text, "data.aws_default_tags.t.tags", "{a=\"b\"}");
    check(text, "data.aws_default_tags.eu.tags", "{}");
}

#[test]
fn template_files_are_rendered() {
    let text = "variable \"v\" {}\ndata \"template_file\" \"t\" {\n template = \"$${who} and $${what}\"\n vars = {\n  who = \"you\"\n  what = var.v\n }\n}\n";
    check(text, "data.template_file.t.rendered", "`you and ${?var.v}`");
    check(
        "data \"template_file\" \"t\" {\n template = file(\"x.txt\")\n}\n",
        "data.template_file.t.rendered",
        "\"hello\\n\"",
    );
}

#[test]
fn local_files_are_read_inside_the_scan_root_only() {
    check(
        "data \"local_file\" \"f\" {\n filename = \"${path.module}/x.txt\"\n}\n",
        "data.local_file.f.content",
        "\"hello\\n\"",
    );
    let outside = "data \"local_file\" \"f\" {\n filename = \"/etc/passwd\"\n}\n";
    check(outside, "data.local_file.f.content", "?(`/etc/passwd` lies outside the scan root)");
}

#[test]
fn what_only_deployment_knows_has_an_identity() {
    let of = |ty: &str, attribute: &str| {
        let text = format!("data \"{ty}\" \"d\" {{\n name = \"n\"\n}}\n");
        check(&text, &format!("data.{ty}.d.{attribute}"), &format!("?data.{ty}.d.{attribute}"));
    };
    of("aws_kms_alias", "target_key_arn");
    of("aws_kms_key", "arn");
    of("aws_ssm_parameter", "value");
    of("aws_secretsmanager_secret_version", "secret_string");
    of("aws_iam_session_context", "issuer_arn");
    of("aws_ip_ranges", "cidr_blocks");
    of("terraform_remote_state", "outputs.vpc_id");
    of("external", "result.a");
    of("http", "response_body");
    of("tls_certificate", "certificates");
    of("cloudinit_config", "rendered");
    let account = "data \"aws_elb_service_account\" \"a\" {}\ndata \"aws_elb_service_account\" \"b\" {}\n";
    check(account, "data.aws_elb_service_account.a.arn == data.aws_elb_service_account.b.arn", "true");
}

#[test]
fn arguments_of_a_data_source_are_what_is_written() {
    let text = "data \"cloudinit_config\" \"c\" {\n part {\n  content = \"#!/bin/sh\"\n }\n}\n";
    check(text, "data.cloudinit_config.c.part[0].content", "\"#!/bin/sh\"");
    check(
        "data \"null_data_source\" \"n\" {\n inputs = {a = 1}\n}\n",
        "data.null_data_source.n.outputs.a",
        "1",
    );
}
