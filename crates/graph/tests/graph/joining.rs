//! Satellites: how they find their subjects, and what becomes of what both say.

use crate::support::*;
use source::Problem;
use value::declared::{Language, Mode, Resource};
use value::{Identity, Kind, Presence, Unknown, Value};

const X: &str = "aws_s3_bucket.x";

fn enabled(bucket: Value) -> [(&'static str, Value); 2] {
    [("bucket", bucket), ("versioning_configuration", map([("status", s("Enabled"))]))]
}

fn inline(enabled: bool) -> [(&'static str, Value); 1] {
    [("versioning", map([("enabled", b(enabled))]))]
}

#[track_caller]
fn versioning(scan: &Scan, expect: &str) {
    check(scan, X, "versioning", expect);
}

#[test]
fn what_nothing_says_is_the_default_of_the_subject() {
    versioning(&Scan::new().with(X, []), "=\"Disabled\"");
    versioning(&Scan::new().with(X, inline(true)), "\"Enabled\"");
    check(&Scan::new().with(X, []), X, "algorithm", "=\"AES256\"");
    check(&Scan::new().with(X, []), X, "policies", "absent");
}

#[test]
fn a_satellite_is_joined_by_reference() {
    let scan = Scan::new().with(X, []).with("aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    versioning(&scan, "\"Enabled\"");
    let graph = scan.graph();
    assert_eq!(graph.nodes().count(), 1);
    assert_eq!(graph.nodes_at("r\u{1f}aws_s3_bucket_versioning.v"), &[at(&graph, X)]);
}

#[test]
fn instances_are_joined_one_by_one() {
    let (a, z) = ("aws_s3_bucket.x[\"a\"]", "aws_s3_bucket.x[\"z.1\"]");
    let scan =
        Scan::new().with(a, []).with(z, []).with("aws_s3_bucket_versioning.v[\"z.1\"]", enabled(to(z, "id")));
    check(&scan, a, "versioning", "=\"Disabled\"");
    check(&scan, z, "versioning", "\"Enabled\"");
    let scan =
        Scan::new().with("aws_s3_bucket.x[0]", []).with("aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    check(&scan, "aws_s3_bucket.x[0]", "versioning", "\"Enabled\"");
}

#[test]
fn an_index_that_is_not_known_guards_the_join_to_each_instance() {
    let scan = Scan::new()
        .with("aws_s3_bucket.x[0]", [])
        .with("aws_s3_bucket.x[1]", [])
        .with("aws_s3_bucket_versioning.v", enabled(any(X, "id")));
    let atom = "which instance of aws_s3_bucket.x aws_s3_bucket_versioning.v refers to=aws_s3_bucket.x[1]";
    check(
        &scan,
        "aws_s3_bucket.x[1]",
        "versioning",
        &format!("({atom}: \"Enabled\" | !{atom}: =\"Disabled\")"),
    );
}

fn counted(scan: Scan, address: &str, attributes: Value, by: Option<&str>) -> Scan {
    scan.add(address, attributes, |resource| {
        resource.presence = Presence::any_number();
        let identity = by.map(|text| Identity::new("r", text));
        let unknown = Unknown { identity, ..Unknown::fresh("for_each is not known") };
        resource.instance = Some(Value::unknown(unknown, written()).into());
    })
}

#[test]
fn instances_that_are_counted_alike_are_joined_one_to_one() {
    let star = "aws_s3_bucket.x[*]";
    let scan = |bucket, satellite| {
        let scan = counted(Scan::new(), star, map([]), bucket);
        counted(scan, "aws_s3_bucket_versioning.v[*]", map(enabled(any(X, "id"))), satellite)
    };
    check(&scan(Some("var.names"), Some("var.names")), star, "versioning", "\"Enabled\"");
    let atom =
        "which instance of aws_s3_bucket.x[*] aws_s3_bucket_versioning.v[*] refers to=aws_s3_bucket.x[*]";
    let unsure = format!("({atom}: \"Enabled\" | !{atom}: =\"Disabled\")");
    check(&scan(Some("var.names"), Some("var.other")), star, "versioning", &unsure);
    check(&scan(None, None), star, "versioning", &unsure);
}

#[test]
fn what_stands_in_one_repeated_module_is_joined_one_to_one() {
    let (call, star) = ("module.m[*]", "module.m[*].aws_s3_bucket.x");
    let repeated = |resource: &mut Resource| resource.presence = Presence::any_number();
    let buckets = |by| {
        let mut scan = counted(Scan::new(), call, map([]), by);
        let call = scan.declared.resources.last_mut().expect("the call");
        std::sync::Arc::make_mut(call).mode = Mode::ModuleCall;
        scan.add(star, map([]), repeated)
    };
    let inside =
        buckets(None).add("module.m[*].aws_s3_bucket_versioning.v", map(enabled(to(star, "id"))), repeated);
    check(&inside, star, "versioning", "\"Enabled\"");
    let outside =
        |by| counted(buckets(by), "aws_s3_bucket_versioning.v[*]", map(enabled(to(star, "id"))), by);
    check(&outside(Some("var.names")), star, "versioning", "\"Enabled\"");
    let atom = "which instance of module.m[*].aws_s3_bucket.x aws_s3_bucket_versioning.v[*] refers to=module.m[*].aws_s3_bucket.x";
    check(&outside(None), star, "versioning", &format!("({atom}: \"Enabled\" | !{atom}: =\"Disabled\")"));
    // One satellite outside is that of one of the copies.
    let single = buckets(None).with("aws_s3_bucket_versioning.v", enabled(to(star, "id")));
    let atom = atom.replace("v[*]", "v");
    check(&single, star, "versioning", &format!("({atom}: \"Enabled\" | !{atom}: =\"Disabled\")"));
}

#[test]
fn any_number_of_satellites_is_not_one() {
    let scan = Scan::new().with(X, []);
    let scan = counted(scan, "aws_s3_bucket_versioning.v[*]", map(enabled(to(X, "id"))), None);
    versioning(&scan, "??how many there are is not known");
}

#[test]
fn a_satellite_is_joined_by_the_name_of_its_subject() {
    let scan = |name| {
        Scan::new().with(X, [("bucket", s("records"))]).with("aws_s3_bucket_versioning.v", enabled(name))
    };
    versioning(&scan(s("records")), "\"Enabled\"");
    versioning(&scan(s("arn:aws:s3:::records")), "\"Enabled\"");
    versioning(&scan(s("other")), "=\"Disabled\"");
    versioning(&scan(template([s("arn:aws:s3:::"), to(X, "id")])), "\"Enabled\"");
}

#[test]
fn a_satellite_is_joined_by_the_same_symbolic_name() {
    let scan = |one, other| {
        Scan::new().with(X, [("bucket", one)]).with("aws_s3_bucket_versioning.v", enabled(other))
    };
    versioning(&scan(var("name"), var("name")), "\"Enabled\"");
    versioning(&scan(var("name"), var("other")), "=\"Disabled\"");
    let logs = || template([var("env"), s("-logs")]);
    versioning(&scan(logs(), logs()), "\"Enabled\"");
    versioning(&scan(logs(), template([var("env"), s("-data")])), "=\"Disabled\"");
}

#[test]
fn a_name_that_depends_on_a_condition_is_found_by_each_of_its_texts() {
    let name = || if_else("c", s("prod"), s("dev"));
    let scan = |satellite| {
        Scan::new().with(X, [("bucket", name())]).with("aws_s3_bucket_versioning.v", enabled(satellite))
    };
    versioning(&scan(name()), "\"Enabled\"");
    versioning(&scan(s("prod")), "(c: \"Enabled\" | !c: =\"Disabled\")");
    versioning(&scan(s("arn:aws:s3:::dev")), "(!c: \"Enabled\" | c: =\"Disabled\")");
}

#[test]
fn a_name_is_looked_for_in_the_same_root_only() {
    let scan = Scan::new()
        .with(X, [("bucket", s("records"))])
        .root("other", Language::Terraform)
        .with("aws_s3_bucket_versioning.v", enabled(s("records")));
    versioning(&scan, "=\"Disabled\"");
}

#[test]
fn a_satellite_may_name_its_subject_through_another_satellite() {
    let scan = Scan::new()
        .with(X, [])
        .with("aws_s3_bucket_public_access_block.b", [("bucket", to(X, "id"))])
        .with("aws_s3_bucket_versioning.v", enabled(to("aws_s3_bucket_public_access_block.b", "bucket")));
    versioning(&scan, "\"Enabled\"");
}

#[test]
fn satellites_that_name_each_other_end_nowhere() {
    let scan = Scan::new()
        .with("aws_s3_bucket_versioning.a", enabled(to("aws_s3_bucket_versioning.b", "bucket")))
        .with("aws_s3_bucket_versioning.b", enabled(to("aws_s3_bucket_versioning.a", "bucket")));
    let graph = scan.graph();
    assert!(graph.nodes().all(|(_, node)| node.stand_in));
}

#[test]
fn a_guard_of_the_satellite_alone_gives_alternatives() {
    let scan = Scan::new().with(X, []).guarded("c", "aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    versioning(&scan, "(c: \"Enabled\" | !c: =\"Disabled\")");
    let either = if_else("c", to(X, "id"), to("aws_s3_bucket.y", "id"));
    let scan = Scan::new()
        .with(X, [])
        .with("aws_s3_bucket.y", [])
        .with("aws_s3_bucket_versioning.v", enabled(either));
    versioning(&scan, "(c: \"Enabled\" | !c: =\"Disabled\")");
    check(&scan, "aws_s3_bucket.y", "versioning", "(!c: \"Enabled\" | c: =\"Disabled\")");
}

#[test]
fn a_guard_that_the_subject_shares_is_taken_for_granted() {
    let scan =
        Scan::new().guarded("c", X, []).guarded("c", "aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    versioning(&scan, "\"Enabled\"");
    let scan =
        Scan::new().guarded("d", X, []).guarded("c", "aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    versioning(&scan, "(c: \"Enabled\" | !c: =\"Disabled\")");
}

#[test]
fn satellites_under_contrary_guards_do_not_contradict_each_other() {
    let suspended =
        [("bucket", to(X, "id")), ("versioning_configuration", map([("status", s("Suspended"))]))];
    let scan = Scan::new().with(X, []).guarded("c", "aws_s3_bucket_versioning.a", enabled(to(X, "id"))).add(
        "aws_s3_bucket_versioning.b",
        map(suspended),
        |resource| resource.presence = Presence::guarded(when("c").not()),
    );
    versioning(&scan, "(c: \"Enabled\" | !c: \"Suspended\")");
    assert_eq!(scan.graph().problems(), &Vec::<Problem>::new());
}

#[test]
fn two_that_differ_are_alternatives_and_a_problem() {
    let scan = Scan::new().with(X, inline(false)).with("aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    let atom = "which of two sources sets versioning of aws_s3_bucket.x=aws_s3_bucket.x";
    versioning(&scan, &format!("({atom}: \"Suspended\" | !{atom}: \"Enabled\")"));
    let problems = scan.graph().problems().clone();
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "versioning of aws_s3_bucket.x is set differently by aws_s3_bucket.x and aws_s3_bucket_versioning.v"
        ]
    );
}

#[test]
fn two_that_agree_are_one() {
    let scan = Scan::new().with(X, inline(true)).with("aws_s3_bucket_versioning.v", enabled(to(X, "id")));
    versioning(&scan, "\"Enabled\"");
    assert!(scan.graph().problems().is_empty());
}

#[test]
fn what_a_satellite_says_prevails_over_what_is_not_written() {
    let scan =
        Scan::new().with(X, []).with("aws_s3_bucket_website_configuration.w", [("bucket", to(X, "id"))]);
    check(&scan, X, "website", "true");
    assert!(scan.graph().problems().is_empty());
    let scan = Scan::new().with(X, [("versioning", map([("enabled", maybe())]))]);
    versioning(&scan.with("aws_s3_bucket_versioning.v", enabled(to(X, "id"))), "\"Enabled\"");
}

#[test]
fn defaults_of_a_satellite_hold_where_it_is_there() {
    let with = |scan: Scan| scan.with("aws_s3_bucket_public_access_block.b", [("bucket", to(X, "id"))]);
    check(&Scan::new().with(X, []), X, "block", "absent");
    check(&with(Scan::new().with(X, [])), X, "block", "=false");
}

#[test]
fn lists_of_all_sources_are_joined() {
    let policy = |text| [("bucket", to(X, "id")), ("policy", s(text))];
    let scan = Scan::new()
        .with("aws_s3_bucket_policy.z", policy("z"))
        .guarded("c", "aws_s3_bucket_policy.a", policy("a"))
        .with(X, [("policy", s("own"))]);
    check(&scan, X, "policies", "[\"own\", if c \"a\", \"z\"]");
    let scan = Scan::new()
        .with(X, [])
        .with("aws_s3_bucket_policy.z", [("bucket", to(X, "id")), ("policy", var("p"))]);
    check(&scan, X, "policies", "?var.p has no value");
}

#[test]
fn a_satellite_may_have_many_subjects() {
    let role = |name: &str| to(name, "name");
    let roles = list([role("aws_iam_role.a"), role("aws_iam_role.b")]);
    let scan = Scan::new()
        .with("aws_iam_role.a", [])
        .with("aws_iam_role.b", [])
        .with("aws_iam_role.c", [])
        .with("aws_iam_policy.p", [("roles", roles), ("policy", s("admin"))]);
    check(&scan, "aws_iam_role.a", "grants", "[\"admin\"]");
    check(&scan, "aws_iam_role.b", "grants", "[\"admin\"]");
    check(&scan, "aws_iam_role.c", "grants", "absent");
}

#[test]
fn a_satellite_within_the_account_finds_its_subject_in_other_roots() {
    let scan = |account: Option<&str>| {
        let account = account.map(s);
        Scan::new()
            .with("aws_iam_role.x", [("name", s("admin"))])
            .root("other", Language::Terraform)
            .last_root(|root| root.account = account)
            .with("aws_iam_policy.p", [("roles", s("admin")), ("policy", s("all"))])
    };
    check(&scan(None), "aws_iam_role.x", "grants", "[\"all\"]");
    check(&scan(Some("2")), "aws_iam_role.x", "grants", "absent");
}

#[test]
fn a_satellite_that_names_nobody_is_none() {
    let scan = Scan::new().with("aws_iam_policy.p", [("roles", list([])), ("policy", s("admin"))]);
    let graph = scan.graph();
    assert_eq!(graph.node(at(&graph, "aws_iam_policy.p")).and_then(|node| node.kind), None);
}

#[test]
fn a_satellite_without_subject_stands_in_for_it() {
    let scan = Scan::new().with("aws_s3_bucket_policy.p", [("bucket", var("bucket")), ("policy", s("open"))]);
    let name = "aws_s3_bucket_policy.p";
    check(&scan, name, "policies", "[\"open\", ...its subject lies outside the scan]");
    check(&scan, name, "versioning", "??its subject lies outside the scan");
    check(&scan, name, "name", "?var.bucket has no value");
    let graph = scan.graph();
    let node = graph.node(at(&graph, name)).expect("a stand-in");
    assert!(node.stand_in);
    assert_eq!(
        graph.nodes_in(&[node.kind.expect("a kind")], None, None).as_list().map(|list| list.items.len()),
        Some(0)
    );
    let to_itself =
        graph.resolve(&graph.reference_to(at(&graph, name)), at(&graph, name), &[node.kind.expect("a kind")]);
    assert_eq!(addresses(&graph, &to_itself), name);
}

#[test]
fn a_satellite_of_a_looked_up_subject_stands_in() {
    let scan = Scan::new()
        .add("data.aws_s3_bucket.x", map([("bucket", s("elsewhere"))]), |resource| {
            resource.mode = value::declared::Mode::Data;
        })
        .with("aws_s3_bucket_versioning.v", enabled(to("data.aws_s3_bucket.x", "id")));
    check(&scan, "aws_s3_bucket_versioning.v", "versioning", "\"Enabled\"");
}

#[test]
fn a_filter_decides_what_a_resource_is() {
    let rule = |kind| {
        [("type", kind), ("security_group_id", to("aws_security_group.g", "id")), ("from_port", n("22"))]
    };
    let scan =
        |kind| Scan::new().with("aws_security_group.g", []).with("aws_security_group_rule.r", rule(kind));
    let record = "{from: 22, protocol: =\"-1\"}";
    check(&scan(s("ingress")), "aws_security_group.g", "ingress", &format!("[{record}]"));
    check(&scan(s("egress")), "aws_security_group.g", "ingress", "absent");
    let atom = "whether aws_security_group_rule.r is a security-group";
    check(&scan(var("type")), "aws_security_group.g", "ingress", &format!("[if {atom} {record}]"));
}

#[test]
fn an_undecided_filter_of_a_subject_leaves_its_membership_open() {
    let scan = |kind| Scan::new().with("aws_iam_role.x", [("kind", kind)]);
    let membership = |scan: &Scan| {
        let graph = scan.graph();
        let node = graph.node(at(&graph, "aws_iam_role.x")).expect("a node");
        (node.kind.is_some(), node.membership.clone())
    };
    assert_eq!(membership(&scan(s("role"))), (true, value::Truth::Yes));
    assert_eq!(membership(&scan(s("user"))), (false, value::Truth::Yes));
    assert_eq!(membership(&scan(null())), (true, value::Truth::Yes));
    assert_eq!(membership(&scan(var("k"))), (true, value::Truth::unknown("")));
}

#[test]
fn languages_are_read_alike() {
    let scan = Scan::new()
        .root("stack", Language::CloudFormation)
        .with("AWS::S3::Bucket.x", [("Encryption", list([map([("Algorithm", s("aws:kms"))])]))])
        .with(
            "AWS::S3::BucketPolicy.p",
            [("Bucket", in_root("stack", "AWS::S3::Bucket.x", "")), ("PolicyDocument", map([]))],
        );
    check(&scan, "AWS::S3::Bucket.x", "algorithm", "\"aws:kms\"");
    check(&scan, "AWS::S3::Bucket.x", "policies", "[{}]");
    let terraform_type = Scan::new().root("stack", Language::CloudFormation).with(X, []);
    let graph = terraform_type.graph();
    assert_eq!(graph.node(at(&graph, X)).and_then(|node| node.kind), None);
}

#[test]
fn absence_is_pointed_at_where_the_attribute_belongs() {
    let place_of = |scan: &Scan, name: &str| {
        let graph = scan.graph();
        let id = at(&graph, X);
        let (attribute, _) = graph.model(id).and_then(|model| model.attribute(name)).expect("an attribute");
        graph.absence_place(id, attribute).map(|place| place.span.start)
    };
    let mut attributes = value::Map::default();
    let (key, value, at) = block(42, "versioning", []);
    attributes.entries.push(value::MapEntry { place: Some(at), ..value::MapEntry::certain(key, value) });
    let with_block = Value::new(Kind::Map(attributes.into()), written());
    assert_eq!(place_of(&Scan::new().with(X, []), "versioning"), Some(100));
    assert_eq!(place_of(&Scan::new().add(X, with_block, |_| {}), "versioning"), Some(42));
    let satellite = Scan::new().with(X, []).with("aws_s3_bucket_versioning.v", [("bucket", to(X, "id"))]);
    assert_eq!(place_of(&satellite, "versioning"), Some(200));
    assert_eq!(place_of(&satellite, "algorithm"), Some(100));
}
