//! References, incoming references, inheritance, edges, accounts.

use carelint_graph::{NodeId, OpenWorld, ScopeOptions};
use value::declared::Language;
use value::{Presence, References, Truth, Value, World, equal};

use crate::support::*;

const X: &str = "aws_s3_bucket.x";

#[track_caller]
fn resolved(scan: &Scan, value: &Value, kinds: &[&str], expect: &str) {
    let graph = scan.graph();
    let kinds: Vec<_> = kinds.iter().map(|name| graph.catalogue.kind_named(name).expect("a kind")).collect();
    assert_eq!(addresses(&graph, &graph.resolve(value, NodeId(0), &kinds)), expect);
}

fn two_buckets() -> Scan {
    Scan::new().with(X, [("bucket", s("records"))]).with("aws_s3_bucket.logs", [("bucket", var("logs"))])
}

#[test]
fn a_reference_leads_to_its_resource_whatever_the_attribute() {
    resolved(&two_buckets(), &to("aws_s3_bucket.logs", "arn"), &["bucket"], "aws_s3_bucket.logs");
    resolved(&two_buckets(), &to("aws_s3_bucket.logs", ""), &[], "aws_s3_bucket.logs");
    resolved(&two_buckets(), &Value::absent(), &["bucket"], "absent");
}

#[test]
fn names_and_arns_lead_to_what_they_name() {
    resolved(&two_buckets(), &s("records"), &["bucket"], X);
    resolved(&two_buckets(), &s("records"), &[], X);
    resolved(&two_buckets(), &s("arn:aws:s3:::records"), &["bucket"], X);
    resolved(&two_buckets(), &s("records"), &["key"], "outside: `records` is not in the scan");
    resolved(
        &two_buckets(),
        &s("arn:aws:s3:::other"),
        &["bucket"],
        "outside: `arn:aws:s3:::other` is not in the scan",
    );
    resolved(&two_buckets(), &template([s("arn:aws:s3:::"), var("logs")]), &["bucket"], "aws_s3_bucket.logs");
    resolved(&two_buckets(), &var("logs"), &["bucket"], "aws_s3_bucket.logs");
    resolved(&two_buckets(), &var("other"), &["bucket"], "outside: var.other has no value");
}

#[test]
fn an_arn_of_another_account_is_another_thing() {
    let scan = |account: &str| {
        let account = s(account);
        Scan::new()
            .last_root(|root| root.account = Some(account))
            .with("aws_iam_role.x", [("name", s("admin"))])
    };
    let arn = s("arn:aws:iam::111111111111:role/admin");
    resolved(&scan("111111111111"), &arn, &["role"], "aws_iam_role.x");
    resolved(
        &scan("222222222222"),
        &arn,
        &["role"],
        "outside: `arn:aws:iam::111111111111:role/admin` is not in the scan",
    );
    let open = Scan::new().with("aws_iam_role.x", [("name", s("admin"))]);
    resolved(&open, &arn, &["role"], "aws_iam_role.x");
    resolved(
        &open,
        &template([s("arn:aws:iam::"), var("account"), s(":role/admin")]),
        &["role"],
        "aws_iam_role.x",
    );
}

#[test]
fn a_name_of_another_root_is_found_in_the_same_account_only() {
    let scan = |account: Value| {
        Scan::new()
            .with("aws_iam_role.own", [])
            .root("other", Language::Terraform)
            .last_root(|root| root.account = Some(account))
            .with("aws_iam_role.x", [("name", s("admin"))])
    };
    let mut shared = scan(s("1"));
    shared.declared.roots.iter_mut().for_each(|root| root.account = None);
    resolved(&shared, &s("admin"), &["role"], "aws_iam_role.x");
    resolved(&scan(s("1")), &s("admin"), &["role"], "outside: `admin` is not in the scan");
}

#[test]
fn names_without_regard_to_case_are_found_in_any() {
    let scan = Scan::new().with("aws_rds_cluster.x", [("cluster_identifier", s("Main"))]);
    resolved(&scan, &s("MAIN"), &["cluster"], "aws_rds_cluster.x");
}

#[test]
fn an_instance_that_is_not_known_is_one_of_all() {
    let scan = Scan::new().with("aws_s3_bucket.x[0]", []).with("aws_s3_bucket.x[1]", []);
    let atom = "which instance of aws_s3_bucket.x aws_s3_bucket.x[0] refers to";
    let expect = format!(
        "aws_s3_bucket.x[0] if {atom}=aws_s3_bucket.x[0], aws_s3_bucket.x[1] if {atom}=aws_s3_bucket.x[1] ({atom} is not known)"
    );
    resolved(&scan, &any(X, "id"), &["bucket"], &expect);
    resolved(&scan, &to("aws_s3_bucket.x[1]", "id"), &["bucket"], "aws_s3_bucket.x[1]");
    resolved(
        &scan,
        &to("aws_s3_bucket.x[2]", "id"),
        &["bucket"],
        "outside: aws_s3_bucket.x[2] is not in the scan",
    );
}

#[test]
fn alternatives_lead_to_one_of_several() {
    let value = if_else("c", to(X, "id"), to("aws_s3_bucket.logs", "id"));
    resolved(
        &two_buckets(),
        &value,
        &["bucket"],
        "aws_s3_bucket.x if c, aws_s3_bucket.logs if !c (c is not known)",
    );
    let value = if_else("c", to(X, "id"), s("elsewhere"));
    resolved(&two_buckets(), &value, &["bucket"], "aws_s3_bucket.x if c (`elsewhere` is not in the scan)");
}

#[test]
fn references_lead_through_attributes_and_satellites() {
    let scan = two_buckets()
        .with("aws_s3_bucket_logging.l", [("bucket", to(X, "id")), ("target_bucket", s("records"))])
        .with("other.o", [("bucket", to("aws_s3_bucket.logs", "id"))]);
    resolved(&scan, &to("aws_s3_bucket_logging.l", "id"), &["bucket"], X);
    resolved(&scan, &to("other.o", "bucket"), &["bucket"], "aws_s3_bucket.logs");
    resolved(&scan, &to("other.o", "id"), &["bucket"], "outside: other.o is of another kind");
    resolved(&scan, &to("other.o", "made"), &["bucket"], "outside: other.o gives made when deployed");
}

#[test]
fn texts_of_references_are_known_by_name() {
    let scan = two_buckets().with("aws_s3_bucket.unnamed", []).with("aws_s3_bucket.unnamed2", []);
    let graph = scan.graph();
    let same = |a: &Value, b: &Value| equal(a, b, &graph, &World::default());
    let region = |root: &mut value::declared::Root| root.region = Some(s("eu-central-1"));
    assert_eq!(same(&to(X, "id"), &s("records")), Truth::Yes);
    assert_eq!(same(&to(X, "bucket"), &s("other")), Truth::No);
    assert_eq!(same(&to(X, "arn"), &s("arn:aws:s3:::other")), Truth::No);
    assert_eq!(same(&to(X, "arn"), &template([s("arn:aws:s3:::"), to(X, "id")])), Truth::unknown(""));
    assert_eq!(same(&to("aws_s3_bucket.unnamed", "id"), &to("aws_s3_bucket.unnamed2", "id")), Truth::No);
    assert_eq!(
        same(&to("aws_s3_bucket.unnamed", "id"), &to("aws_s3_bucket.unnamed2", "arn")),
        Truth::unknown("")
    );
    assert_eq!(same(&to(X, "region"), &to("aws_s3_bucket.logs", "region")), Truth::unknown(""));
    let here = two_buckets().last_root(region);
    let graph = here.graph();
    assert_eq!(equal(&to(X, "arn"), &s("arn:aws:s3:::records"), &graph, &World::default()), Truth::Yes);
    let Some(reference) = (match to(X, "endpoint").kind {
        value::Kind::Reference(reference) => graph.text(&reference),
        _ => None,
    }) else {
        return;
    };
    panic!("an endpoint has no known text, not {reference:?}");
}

#[test]
fn incoming_references_are_listed() {
    let logging = |bucket: Value| map([("target_bucket", bucket)]);
    let scan = Scan::new()
        .with(X, [])
        .with("aws_s3_bucket.a", [("logging", logging(to(X, "id")))])
        .guarded("c", "aws_s3_bucket.b", [("logging", logging(to(X, "id")))])
        .with("aws_s3_bucket.d", [("logging", logging(if_else("d", to(X, "id"), s("elsewhere"))))])
        .with("aws_s3_bucket.e", [("logging", logging(var("logs")))]);
    check(&scan, X, "logs_from", "[>aws_s3_bucket.a, if c >aws_s3_bucket.b, if d >aws_s3_bucket.d]");
    check(&scan, "aws_s3_bucket.e", "logs_from", "[]");
}

#[test]
fn what_something_of_the_scan_gives_may_point_here() {
    let scan = Scan::new()
        .with(X, [])
        .with("custom.c", [])
        .with("aws_s3_bucket.a", [("logging", map([("target_bucket", to("custom.c", "bucket"))]))]);
    check(&scan, X, "logs_from", "[...custom.c gives bucket when deployed]");
}

#[test]
fn what_is_no_known_expression_may_point_to_anything_of_its_root() {
    let scan = Scan::new()
        .with(X, [])
        .with("aws_s3_bucket.a", [("logging", map([("target_bucket", maybe())]))])
        .root("other", Language::Terraform)
        .with("aws_s3_bucket.far", []);
    check(&scan, X, "logs_from", "[...who knows]");
    check(&scan, "aws_s3_bucket.far", "logs_from", "[]");
}

#[test]
fn a_subject_outside_the_scan_does_not_point_to_anything() {
    let scan = Scan::new().with(X, []).with(
        "aws_s3_bucket_versioning.v",
        [("bucket", s("elsewhere")), ("versioning_configuration", map([("status", s("Enabled"))]))],
    );
    check(&scan, X, "logs_from", "[]");
}

#[test]
fn inputs_open_the_lists_of_other_roots_within_the_account() {
    let scan = Scan::new()
        .with(X, [])
        .with("aws_rds_cluster.own", [("bucket", var("bucket"))])
        .root("other", Language::Terraform)
        .with("aws_s3_bucket.far", []);
    check(&scan, X, "clusters", "[]");
    check(&scan, "aws_s3_bucket.far", "clusters", "[...var.bucket has no value]");
    check(&scan, "aws_s3_bucket.far", "logs_from", "[]");
}

#[test]
fn an_incomplete_scan_opens_what_may_stand_anywhere_in_the_account() {
    let mut scan = Scan::new().with(X, []);
    scan.options = ScopeOptions::default();
    let reason =
        "the scan does not cover the whole account; scan the project root or configure `complete = true`";
    check(&scan, X, "clusters", &format!("[...{reason}]"));
    check(&scan, X, "logs_from", "[]");
}

#[test]
fn an_absent_attribute_is_inherited() {
    let scan = |engine: Option<Value>, cluster| {
        let attributes = [("cluster", cluster), ("engine", engine.unwrap_or_else(null))];
        Scan::new().with("aws_rds_cluster.c", [("engine", s("aurora"))]).with("aws_db_instance.x", attributes)
    };
    let cluster = || to("aws_rds_cluster.c", "id");
    let name = "aws_db_instance.x";
    check(&scan(None, cluster()), name, "engine", "\"aurora\"");
    check(&scan(Some(s("mysql")), cluster()), name, "engine", "\"mysql\"");
    check(&scan(None, null()), name, "engine", "absent");
    check(&scan(None, var("c")), name, "engine", "??var.c has no value");
    check(&scan(None, if_else("p", cluster(), null())), name, "engine", "(p: \"aurora\" | !p: absent)");
    check(
        &scan(Some(if_else("p", s("mysql"), null())), cluster()),
        name,
        "engine",
        "(p: \"mysql\" | !p: \"aurora\")",
    );
    check(&scan(None, cluster()), name, "version", "\"aurora\"");
    check(&scan(None, null()), name, "version", "=??the snapshot decides");
}

#[test]
fn inheritance_in_a_circle_ends() {
    let scan = Scan::new()
        .with("aws_rds_cluster.a", [("parent", to("aws_rds_cluster.b", "id"))])
        .with("aws_rds_cluster.b", [("parent", to("aws_rds_cluster.a", "id"))]);
    check(&scan, "aws_rds_cluster.a", "owner", "??references lead in a circle");
}

#[test]
fn conditional_defaults_follow_what_is_said() {
    let scan =
        |engine, cluster| Scan::new().with("aws_db_instance.x", [("engine", engine), ("cluster", cluster)]);
    let name = "aws_db_instance.x";
    check(&scan(s("mysql"), null()), name, "auth", "=\"native\"");
    check(&scan(s("postgres"), null()), name, "auth", "=\"iam\"");
    check(&scan(s("postgres"), s("c")), name, "auth", "absent");
    check(
        &scan(if_else("c", s("mysql"), s("other")), null()),
        name,
        "auth",
        "(c: =\"native\" | !c: =\"iam\")",
    );
    let atom = "self.engine == \"mysql\"";
    check(&scan(var("e"), null()), name, "auth", &format!("({atom}: =\"native\" | !{atom}: =\"iam\")"));
}

#[test]
fn defaults_belong_to_the_spelling() {
    check(&Scan::new().with("aws_db_instance.x", []), "aws_db_instance.x", "backup_days", "=0");
    let scan = Scan::new().root("stack", Language::CloudFormation).with("AWS::RDS::DBInstance.x", []);
    check(&scan, "AWS::RDS::DBInstance.x", "backup_days", "=1");
}

#[test]
fn every_reference_is_an_edge() {
    let scan = Scan::new()
        .with(X, [])
        .with(
            "aws_s3_bucket_policy.p",
            [("bucket", to(X, "id")), ("policy", template([s("a"), to("other.o", "id")]))],
        )
        .with(
            "other.o",
            [("deep", list([map([("bucket", to("aws_s3_bucket_policy.p", "id"))])])), ("again", to(X, "id"))],
        );
    let graph = scan.graph();
    let address = |id| graph.resource(id).map_or("", |resource| resource.address.as_str());
    let edges =
        graph.edges().iter().map(|edge| format!("{} {} {}", address(edge.from), edge.via, address(edge.to)));
    assert_eq!(
        edges.collect::<Vec<_>>(),
        [
            "aws_s3_bucket.x policy other.o",
            "other.o again aws_s3_bucket.x",
            "other.o deep.bucket aws_s3_bucket.x"
        ]
    );
}

#[test]
fn other_clouds_are_no_accounts_and_no_regions() {
    let elsewhere =
        |resource: &mut value::declared::Resource| resource.region = Some(s("uk-london-1").into());
    let scan = Scan::new()
        .with(X, [])
        .add("oci_core_vcn.v", map([]), elsewhere)
        .root("other", Language::Terraform)
        .with("azurerm_key_vault.v", []);
    let graph = scan.graph();
    let shown: Vec<_> =
        graph.accounts().iter().map(|account| (account.roots.len(), account.regions.len())).collect();
    assert_eq!(shown, [(1, 1)]);
    let clouds = Scan::new().with("azurerm_key_vault.v", []);
    assert!(clouds.graph().accounts().is_empty());
}

#[test]
fn accounts_are_told_apart_by_what_the_source_says() {
    let mut scan = Scan::new()
        .with("aws_kms_key.a", [])
        .add("aws_kms_key.b", map([]), |resource| resource.region = Some(s("eu-west-1").into()))
        .root("prod/app", Language::Terraform)
        .with("aws_kms_key.c", [])
        .root("explicit", Language::Terraform)
        .last_root(|root| (root.account, root.region) = (Some(s("123456789012")), Some(var("region"))))
        .with("aws_kms_key.d", [])
        .root("module", Language::Terraform)
        .last_root(|root| root.library = true)
        .with("aws_kms_key.e", []);
    scan.options.accounts = vec![(text("production"), vec![text("prod/*"), text("[")])];
    let graph = scan.graph();
    let shown = graph.accounts().iter().map(|account| {
        let regions: Vec<&str> = account.regions.iter().map(|(_, name)| name.as_str()).collect();
        format!(
            "{:?} {:?} {regions:?}",
            account.name.as_str(),
            account.roots.iter().map(|root| root.0).collect::<Vec<_>>()
        )
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            "\"\" [0] [\"\", \"eu-west-1\"]",
            "\"production\" [1] [\"\"]",
            "\"123456789012\" [2] [\"var.region\"]"
        ]
    );
    let library = graph.node(at(&graph, "aws_kms_key.e")).expect("a node");
    assert_eq!((library.account, library.region), (None, None));
    let codes: Vec<&str> = graph.problems().iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["account-glob"]);
}

#[test]
fn nodes_of_an_account_are_open_if_the_world_is() {
    let scan = |complete, external_baseline| {
        let mut scan = Scan::new()
            .with("aws_kms_key.a", [])
            .guarded("c", "aws_kms_key.b", [])
            .root("explicit", Language::Terraform)
            .last_root(|root| root.account = Some(s("1")))
            .with("aws_kms_key.c", []);
        scan.options = ScopeOptions { complete, external_baseline, ..ScopeOptions::default() };
        scan
    };
    let keys = |scan: &Scan, account: usize| {
        let graph = scan.graph();
        let kind = graph.catalogue.kind_named("key").expect("a kind");
        let account = graph.node(NodeId(account as u32)).and_then(|node| node.account);
        (show(&graph.nodes_in(&[kind], account, None)), graph.accounts()[0].world.clone())
    };
    assert_eq!(
        keys(&scan(true, false), 0),
        ("[>aws_kms_key.a, if c >aws_kms_key.b]".into(), OpenWorld::Complete)
    );
    assert_eq!(keys(&scan(true, false), 2).0, "[>aws_kms_key.c]");
    assert!(keys(&scan(false, false), 2).0.contains("configure `complete = true`"));
    assert!(keys(&scan(true, true), 2).0.contains("external_baseline"));
}

#[test]
fn a_node_that_stands_for_many_is_any_number_of_them() {
    let scan =
        Scan::new().add("aws_kms_key.k[*]", map([]), |resource| resource.presence = Presence::any_number());
    let graph = scan.graph();
    let kind = graph.catalogue.kind_named("key").expect("a kind");
    assert_eq!(show(&graph.nodes_in(&[kind], None, None)), "[* >aws_kms_key.k[*]*]");
    let itself = graph.resolve(&graph.reference_to(NodeId(0)), NodeId(u32::MAX), &[kind]);
    assert_eq!(addresses(&graph, &itself), "aws_kms_key.k[*]");
}
