//! Every way in which a model reads an attribute, and the shape that values have afterwards.

use crate::support::*;
use value::declared::Resource;
use value::{Presence, Value};

#[track_caller]
fn every<const N: usize>(attributes: [(&str, value::Value); N], name: &str, expect: &str) {
    check(&Scan::new().with("every.x", attributes), "every.x", name, expect);
}

fn guarded(atom: &str) -> Presence {
    Presence::guarded(when(atom))
}

#[test]
fn a_path_walks_blocks_that_may_occur_once() {
    every([("block", map([("name", s("a"))]))], "a_path", "\"a\"");
    every([("block", list([map([("name", s("a"))])]))], "a_path", "\"a\"");
    every([("block", null())], "a_path", "absent");
    every([("block", map([("name", null())]))], "a_path", "absent");
    every([], "a_path", "absent");
}

#[test]
fn a_path_over_several_blocks_takes_the_first_that_says_something() {
    let blocks = || list([map([]), map([("name", s("b"))]), map([("name", s("c"))])]);
    every([("block", blocks())], "a_path", "\"b\"");
    every([("block", blocks())], "b_list", "[\"b\", \"c\"]");
    every([("block", list([map([("name", list([s("a"), s("b")]))])]))], "b_list", "[\"a\", \"b\"]");
}

#[test]
fn guarded_blocks_give_alternatives_or_guarded_elements() {
    let blocks = || {
        let first = (guarded("c"), map([("name", s("a"))]));
        items([first, (Presence::CERTAIN, map([("name", s("b"))]))], false)
    };
    every([("block", blocks())], "a_path", "(c: \"a\" | !c: \"b\")");
    every([("block", blocks())], "b_list", "[if c \"a\", \"b\"]");
    let lone = || items([(guarded("c"), map([("name", s("a"))]))], false);
    every([("block", lone())], "a_path", "(c: \"a\" | !c: absent)");
    every([("block", lone())], "b_list", "[if c \"a\"]");
}

#[test]
fn repeated_blocks_of_unknown_number_stay_so() {
    let many = || items([(Presence::any_number(), map([("name", s("a"))]))], false);
    every([("block", many())], "a_path", "??how many there are is not known");
    every([("block", many())], "b_list", "[* \"a\"]");
    every([("block", items([], true))], "a_path", "??the list is open");
    every([("block", items([], true))], "b_list", "[...the list is open]");
}

#[test]
fn what_is_unknown_stays_unknown() {
    every([("block", var("b"))], "a_path", "?var.b has no value");
    every([("block", var("b"))], "b_list", "?var.b has no value");
    every([("block", to("other.x", "b"))], "a_path", ">other.x b.name");
    every([("block", if_else("c", map([("name", s("a"))]), null()))], "a_path", "(c: \"a\" | !c: absent)");
}

#[test]
fn an_index_counts_elements() {
    let ports = |last| list([map([("port", n("1"))]), map([("port", last)])]);
    every([("block", ports(n("2")))], "c_index", "2");
    every([("block", ports(s("2")))], "c_index", "2");
    every([("block", list([map([("port", n("1"))])]))], "c_index", "absent");
    every([("block", map([("port", n("1"))]))], "c_index", "absent");
    every([("block", items([(Presence::CERTAIN, map([]))], true))], "c_index", "??the list is open");
    let unsure = items([(guarded("c"), map([])), (Presence::CERTAIN, map([("port", n("2"))]))], false);
    every([("block", unsure)], "c_index", "??which elements of the list are there is not known");
}

#[test]
fn an_entry_is_found_by_the_text_of_its_field() {
    let entry = |key, value| map([("Key", key), ("Value", value)]);
    every([("entries", list([entry(s("x"), s("1")), entry(s("drop"), s("true"))]))], "d_entry", "true");
    every([("entries", entry(s("drop"), b(false)))], "d_entry", "false");
    every([("entries", list([entry(s("x"), s("1"))]))], "d_entry", "absent");
    every([("entries", list([entry(var("k"), s("true"))]))], "d_entry", "??var.k has no value");
    every([("entries", list([entry(var("k"), s("1")), entry(s("drop"), b(true))]))], "d_entry", "true");
    every([("entries", items([], true))], "d_entry", "??the list is open");
    every([("entries", var("e"))], "d_entry", "??var.e has no value");
    let maybe = items([(guarded("c"), entry(s("drop"), b(true)))], false);
    every([("entries", maybe)], "d_entry", "(c: true | !c: absent)");
}

#[test]
fn one_of_names_the_block_that_is_there() {
    every([("action", map([("block", map([]))]))], "e_one_of", "\"block\"");
    every(
        [("action", list([map([("allow", list([])), ("block", list([map([])]))])]))],
        "e_one_of",
        "\"block\"",
    );
    every([("action", map([]))], "e_one_of", "absent");
    every([("action", map([("allow", maybe())]))], "e_one_of", "??who knows");
    let either = map([("allow", if_else("c", map([]), null())), ("block", map([]))]);
    every([("action", either)], "e_one_of", "(c: \"allow\" | !c: \"block\")");
}

#[test]
fn set_of_names_what_is_there_or_true() {
    every([("sms", map([])), ("totp", map([("enabled", s("true"))]))], "f_set_of", "[\"sms\", \"totp\"]");
    every([("totp", map([("enabled", b(false))]))], "f_set_of", "=[]");
    every([("totp", map([("enabled", if_else("c", b(true), b(false)))]))], "f_set_of", "[if c \"totp\"]");
    every([("totp", map([("enabled", var("t"))]))], "f_set_of", "[if whether every.x has totp \"totp\"]");
}

#[test]
fn present_tells_whether_there_is_something() {
    every([("block", map([]))], "g_present", "true");
    every([], "g_present", "=false");
    every([("block", list([]))], "g_present", "=false");
    every([("block", var("b"))], "g_present", "true");
    every([("block", maybe())], "g_present", "?who knows");
    every([("block", items([(guarded("c"), map([]))], false))], "g_present", "(c: true | !c: =false)");
}

#[test]
fn a_constant_is_what_the_model_says() {
    every([], "h_const", "\"classic\"");
}

#[test]
fn any_is_true_if_one_is() {
    every([("one", b(false)), ("two", s("true"))], "i_any", "true");
    every([("one", b(false))], "i_any", "false");
    every([], "i_any", "absent");
    every([("one", var("x")), ("two", b(true))], "i_any", "true");
    every([("one", var("x")), ("two", b(false))], "i_any", "?var.x has no value");
    every([("one", if_else("c", b(true), b(false))), ("two", b(false))], "i_any", "(c: true | !c: false)");
}

#[test]
fn first_is_the_first_that_is_there() {
    every([("one", null()), ("two", s("b"))], "j_first", "\"b\"");
    every([("one", list([])), ("two", s("b"))], "j_first", "\"b\"");
    every([("one", if_else("c", s("a"), null())), ("two", s("b"))], "j_first", "(c: \"a\" | !c: \"b\")");
}

#[test]
fn concat_joins_lists() {
    every([("ipv4", list([s("a")])), ("ipv6", list([s("b")]))], "k_concat", "[\"a\", \"b\"]");
    every([("ipv4", s("a"))], "k_concat", "[\"a\"]");
    every([("ipv4", var("v")), ("ipv6", list([s("b")]))], "k_concat", "[\"b\", ...var.v has no value]");
    every([("ipv4", var("v"))], "k_concat", "?var.v has no value");
    every([], "k_concat", "absent");
    every([("ipv4", list([any("aws_subnet.x", "id")]))], "k_concat", "[>aws_subnet.x* id]");
    every([("ipv4", any("aws_subnet.x", "id"))], "k_concat", "[* >aws_subnet.x* id]");
}

#[test]
fn values_take_the_declared_shape() {
    every([("protocol", s("HTTPS"))], "l_fold", "\"https\"");
    every([("protocol", template([s("A-"), var("b")]))], "l_fold", "`a-${?var.b has no value}`");
    every([("name", s(""))], "m_empty", "absent");
    every([("name", n("7"))], "m_empty", "\"7\"");
    every([("name", if_else("c", s(""), s("x")))], "m_empty", "(c: absent | !c: \"x\")");
}

#[test]
fn values_are_renamed() {
    let bucket = |enabled| {
        let versioning = map([("enabled", enabled)]);
        Scan::new().with("aws_s3_bucket.x", [("versioning", versioning)])
    };
    check(&bucket(b(true)), "aws_s3_bucket.x", "versioning", "\"Enabled\"");
    check(&bucket(s("false")), "aws_s3_bucket.x", "versioning", "\"Suspended\"");
    check(&bucket(var("v")), "aws_s3_bucket.x", "versioning", "?var.v has no value");
    // A key with `*` stands for all that starts so; null takes it away, and the default of the model holds.
    check(&bucket(s("default.x")), "aws_s3_bucket.x", "versioning", "=\"Disabled\"");
    let either = if_else("c", b(true), b(false));
    check(&bucket(either), "aws_s3_bucket.x", "versioning", "(c: \"Enabled\" | !c: \"Suspended\")");
}

#[test]
fn a_node_may_refer_to_itself() {
    let scan = Scan::new().with("aws_s3_bucket.x", [("logging", map([]))]);
    check(&scan, "aws_s3_bucket.x", "log_bucket", ">aws_s3_bucket.x");
    let scan = Scan::new().with("aws_s3_bucket.x", [("logging", if_else("c", map([]), null()))]);
    check(&scan, "aws_s3_bucket.x", "log_bucket", "(c: >aws_s3_bucket.x | !c: absent)");
}

#[test]
fn pairs_become_a_map() {
    let tag = |key, value| map([("Key", key), ("Value", value)]);
    let scan = |tags| {
        Scan::new()
            .root("stack", value::declared::Language::CloudFormation)
            .with("AWS::S3::Bucket.x", [("Tags", tags)])
    };
    let both = list([tag(s("a"), n("1")), tag(s("b"), s("x"))]);
    check(&scan(both), "AWS::S3::Bucket.x", "tags", "{a: \"1\", b: \"x\"}");
    let open = list([tag(s("a"), s("1")), tag(var("k"), s("x"))]);
    check(&scan(open), "AWS::S3::Bucket.x", "tags", "{a: \"1\", ...the name of an entry is not known}");
    check(&scan(list([tag(s("a"), s("1")), tag(s("a"), s("2"))])), "AWS::S3::Bucket.x", "tags", "{a: \"2\"}");
    check(&scan(map([("a", s("1"))])), "AWS::S3::Bucket.x", "tags", "{a: \"1\"}");
}

#[test]
fn elements_become_records() {
    let rule = || map([("from_port", s("22")), ("cidr_blocks", s("0.0.0.0/0")), ("protocol", s("tcp"))]);
    let scan = |ingress| Scan::new().with("aws_security_group.x", [("ingress", ingress)]);
    let record = "{cidrs: [\"0.0.0.0/0\"], from: 22, protocol: \"tcp\"}";
    check(&scan(rule()), "aws_security_group.x", "ingress", &format!("[{record}]"));
    check(
        &scan(list([rule(), map([])])),
        "aws_security_group.x",
        "ingress",
        &format!("[{record}, {{protocol: =\"-1\"}}]"),
    );
    check(
        &scan(items([(guarded("c"), rule())], true)),
        "aws_security_group.x",
        "ingress",
        &format!("[if c {record}, ...the list is open]"),
    );
    check(&scan(var("rules")), "aws_security_group.x", "ingress", "?var.rules has no value");
    check(&scan(null()), "aws_security_group.x", "ingress", "absent");
    let unknown =
        "{cidrs: [...var.rule has no value], from: ?var.rule has no value, protocol: ?var.rule has no value}";
    check(&scan(list([var("rule")])), "aws_security_group.x", "ingress", &format!("[{unknown}]"));
}

#[test]
fn wrappers_are_descended_through_to_any_depth() {
    let sqli = || map([("sqli", map([]))]);
    let managed = |name| map([("managed", map([("name", s(name))]))]);
    let and = |statements| map([("and", map([("statement", list(statements))]))]);
    let scan = |statement| Scan::new().with("aws_wafv2_web_acl.x", [("statement", statement)]);
    let name = "aws_wafv2_web_acl.x";
    check(&scan(sqli()), name, "tests", "[{sqli: true}]");
    let deep = and(vec![managed("a"), and(vec![sqli(), managed("b")])]);
    check(
        &scan(deep),
        name,
        "tests",
        "[{managed: \"a\", sqli: =false}, {sqli: true}, {managed: \"b\", sqli: =false}]",
    );
    let scoped = map([("managed", map([("name", s("a"))])), ("scope_down", sqli())]);
    check(&scan(scoped), name, "tests", "[{managed: \"a\", sqli: =false}, {sqli: true}]");
    check(&scan(map([("not", sqli())])), name, "tests", "[{sqli: =false}]");
}

#[test]
fn nesting_beyond_the_limit_leaves_the_list_open() {
    let wrapped = |inner| map([("and", map([("statement", list([inner]))]))]);
    let deep = (0..100).fold(map([("sqli", map([]))]), |inner, _| wrapped(inner));
    let scan = Scan::new().with("aws_wafv2_web_acl.x", [("statement", deep)]);
    check(&scan, "aws_wafv2_web_acl.x", "tests", "[...the list is nested too deeply or too long]");
}

#[test]
fn follow_reads_the_resource_that_a_reference_points_to() {
    let parameter = |name, value| map([("name", s(name)), ("value", value)]);
    let scan = |group| {
        let parameters = list([parameter("rds.force_ssl", s("1")), parameter("n", n("2"))]);
        Scan::new()
            .with("aws_db_parameter_group.g", [("parameter", parameters)])
            .with("aws_db_instance.x", [("parameter_group_name", group)])
    };
    let name = "aws_db_instance.x";
    let group = || to("aws_db_parameter_group.g", "name");
    check(&scan(group()), name, "parameters", "{rds.force_ssl: \"1\", n: \"2\"}");
    check(&scan(null()), name, "parameters", "absent");
    check(&scan(s("default.mysql8")), name, "parameters", "??`default.mysql8` lies outside the scan");
    check(&scan(var("g")), name, "parameters", "??var.g has no value");
    check(
        &scan(to("aws_db_parameter_group.other", "name")),
        name,
        "parameters",
        "??aws_db_parameter_group.other lies outside the scan",
    );
    check(
        &scan(if_else("c", group(), null())),
        name,
        "parameters",
        "(c: {rds.force_ssl: \"1\", n: \"2\"} | !c: absent)",
    );
}

#[test]
fn secrets_are_marked() {
    let scan = Scan::new().with("aws_db_instance.x", [("password", s("hunter2"))]);
    check(&scan, "aws_db_instance.x", "password", "secret \"hunter2\"");
    let block = map([("name", s("a"))]).with_sensitivity(true);
    every([("block", block)], "a_path", "secret \"a\"");
}

#[test]
fn properties_that_cannot_be_told_make_every_attribute_unknown() {
    let scan = Scan::new().add("aws_security_group.x", var("all"), |_| {});
    check(&scan, "aws_security_group.x", "ingress", "?var.all has no value");
}

#[test]
fn an_attribute_that_is_another_resources_argument_has_its_value() {
    let behind = |written: Value, expect: &str| {
        let scan = Scan::new().with("other.x", [("name", written)]);
        let scan = scan.with("every.x", [("block", map([("name", to("other.x", "name"))]))]);
        check(&scan, "every.x", "a_path", expect);
    };
    behind(s("a"), "\"a\"");
    behind(if_else("c", s("a"), s("b")), "(c: \"a\" | !c: \"b\")");
    behind(var("name"), ">other.x name");
    behind(null(), ">other.x name");
    behind(to("other.x", "name"), ">other.x name");
}

#[test]
fn a_resource_that_may_not_be_there_gives_its_argument_where_it_is() {
    let scan = Scan::new().add("other.x", map([("name", s("a"))]), |resource: &mut Resource| {
        resource.presence = guarded("c");
    });
    let scan = scan.with("every.x", [("block", map([("name", to("other.x", "name"))]))]);
    check(&scan, "every.x", "a_path", "(c: \"a\" | !c: >other.x name)");
}

#[test]
fn a_json_text_is_read_as_structure() {
    let text = |text: Value, expect: &str| every([("text", text)], "n_json", expect);
    text(s(r#"{"names": ["a", 7, null]}"#), "[\"a\", \"7\"]");
    text(s("{}"), "absent");
    text(s("{"), "?the text is no JSON");
    text(map([("names", list([s("a")]))]), "[\"a\"]");
    text(var("rules"), "?var.rules has no value");
    text(template([s("{\"names\": ["), to("other.x", "name"), s("]}")]), "?the text is not wholly known");
    text(if_else("c", s(r#"{"names": ["a"]}"#), null()), "(c: [\"a\"] | !c: absent)");
}
