//! Users' own kinds, attributes and rules on top of a catalogue.

use carelint_language::ir::{Body, Catalogue, Op, Program, Scope};
use carelint_language::{CompileError, RuleSource, extend};

use super::world;

const OWN_KIND: &str = "
acme-store:
  service: Acme
  is: [data-store]
  attributes: {name: string, bucket: ref s3-bucket}
  spelled:
    - {terraform: acme_store, public: open, port: tcp_port}
";
const OWN_ATTRIBUTE: &str = "
s3-bucket:
  attributes: {acceleration: string}
  spelled:
    - {terraform: acme_bucket_acceleration, joins: bucket, acceleration: status}
";

/// The world with a rule about a trait and one about a bucket.
fn base() -> &'static Catalogue {
    let trait_rule =
        world::rule("subject: data-store\nnone: self.internet_paths").replace("id: rule", "id: paths");
    let bucket_rule =
        world::rule("subject: s3-bucket\ncheck: 'self.key.rotation && size(nodes(\"data-store\")) > 0'");
    let mut files = world::FILES.to_vec();
    files.push(RuleSource { path: "x/paths.yaml", text: &trait_rule });
    files.push(RuleSource { path: "x/rule.yaml", text: &bucket_rule });
    carelint_language::compile(&files).expect("the world compiles").catalogue
}

fn extended(path: &str, text: &str) -> Result<&'static Catalogue, Vec<CompileError>> {
    extend(base(), &[RuleSource { path, text }])
}

fn names(catalogue: &Catalogue, scope: Scope) -> Vec<&'static str> {
    let Scope::Kinds(kinds) = scope else { panic!("{scope:?}") };
    kinds.iter().filter_map(|id| catalogue.kind(*id)).map(|kind| kind.name).collect()
}

fn check_of(catalogue: &Catalogue, id: &str) -> Program {
    let rule = catalogue.rule(id).expect("the rule is there");
    let Body::Check(program) = rule.body else { panic!("{:?}", rule.body) };
    program
}

#[test]
fn nothing_to_add_is_the_same_catalogue() {
    let base = base();
    assert!(std::ptr::eq(extend(base, &[]).expect("nothing is wrong"), base));
}

#[test]
fn a_kind_of_a_built_in_trait_is_judged_by_its_rules() {
    let catalogue = extended("own/model.yaml", OWN_KIND).expect("it compiles");
    let rule = catalogue.rule("paths").expect("the rule is there");
    assert_eq!(names(catalogue, rule.scope), ["acme-store", "db-cluster", "db-instance"]);
    let (_, paths) =
        catalogue.kinds[0].attribute("internet_paths").expect("it has the attributes of the trait");
    assert_eq!(format!("{:?}", paths.source), "Fact(\"internet-paths\")");
}

#[test]
fn ids_of_built_in_kinds_move() {
    let catalogue = extended("own/model.yaml", OWN_KIND).expect("it compiles");
    let bucket = catalogue.rule("rule").expect("the rule is there");
    assert_eq!(names(catalogue, bucket.scope), ["s3-bucket"]);
    for node in check_of(catalogue, "rule").nodes {
        match node.op {
            Op::Follow(_, kinds) => assert_eq!(names(catalogue, Scope::Kinds(kinds)), ["kms-key"]),
            Op::Nodes(kinds) => {
                assert_eq!(
                    names(catalogue, Scope::Kinds(kinds)),
                    ["acme-store", "db-cluster", "db-instance"]
                );
            }
            _ => {}
        }
    }
    let bucket = catalogue.kind_named("s3-bucket").and_then(|id| catalogue.kind(id)).expect("a bucket");
    let (_, logs) = bucket.attribute("logs_from").expect("an incoming attribute");
    let own = catalogue.kind_named("s3-bucket").expect("a bucket");
    assert_eq!(format!("{:?}", logs.source), format!("Incoming([({own:?}, \"log_bucket\")])"));
}

#[test]
fn an_attribute_is_added_to_a_built_in_kind() {
    let catalogue = extended("own/model.yaml", OWN_ATTRIBUTE).expect("it compiles");
    let bucket = catalogue.kind_named("s3-bucket").and_then(|id| catalogue.kind(id)).expect("a bucket");
    let (id, _) = bucket.attribute("acceleration").expect("the new attribute");
    let reads = |type_name: &str| {
        let spelling =
            bucket.spellings.iter().find(|spelling| spelling.types.contains(&type_name)).expect("a spelling");
        let of = |read: &carelint_language::ir::AttrId| bucket.attributes[read.0 as usize].name;
        spelling.reads.iter().map(|(read, _)| of(read)).collect::<Vec<_>>()
    };
    assert_eq!(reads("acme_bucket_acceleration"), ["acceleration"]);
    assert_eq!(reads("aws_s3_bucket_server_side_encryption_configuration"), ["algorithm", "key"]);
    assert_eq!(id.0, 0);
    assert_eq!(bucket.attributes[bucket.identity_name.expect("a name").0 as usize].name, "name");
}

#[test]
fn own_rules_need_no_citation() {
    let text = world::rule("subject: s3-bucket\ncheck: self.lock").replace("id: rule", "id: mine");
    let text = text.replace("controls: {hipaa: [164.312(a)(1)]}\n", "");
    let catalogue = extended("own/mine.yaml", &text).expect("it compiles");
    assert!(catalogue.rule("mine").is_some() && catalogue.rule("paths").is_some());
}

#[test]
fn nothing_built_in_is_redefined() {
    let refused = |path: &str, text: &str| {
        let errors = extended(path, text).expect_err("it is refused");
        errors.iter().map(|error| error.message.clone()).collect::<Vec<_>>()
    };
    assert_eq!(
        refused("own/model.yaml", "s3-bucket:\n  attributes: {name: string}\n"),
        ["`s3-bucket` has an attribute `name` already"]
    );
    assert_eq!(
        refused("own/model.yaml", "s3-bucket:\n  service: Mine\n"),
        ["the kind `s3-bucket` is built in"]
    );
    let text = world::rule("subject: s3-bucket\ncheck: self.lock");
    assert_eq!(
        refused("own/rule.yaml", &text),
        ["`rule` is the id or an alias of the rule in x/rule.yaml too"]
    );
    let table = "table: rds-tls\ndated: \"2026-01-01\"\nsource: s\ncolumns: {a: string}\nrows: {}\n";
    assert_eq!(refused("own/tables/rds-tls.yaml", table), ["the table `rds-tls` exists already"]);
}
