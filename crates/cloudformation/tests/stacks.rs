//! Whole templates: what is declared, under which address, and what is said about the rest.

#[path = "show/of_schemas.rs"]
mod of_schemas;
mod show;

use carelint_cloudformation::{Given, Inputs, Parameter, read};
use of_schemas::problems;
use show::{condition, show};
use source::Sources;
use source::discovery::discover;
use value::declared::{Declared, Mode};

fn declared(files: &[(&str, &str)]) -> Declared {
    let sources = Sources::in_memory(files.iter().copied());
    let found = discover(&sources, &[".".into()]);
    read(&sources, &found.candidates, &Inputs::default())
}

/// Checks the managed resources as `address [condition] {properties}`, then the problems by their codes.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let declared = declared(files);
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let mut shown: Vec<String> = managed
        .map(|resource| {
            let when = match &resource.presence.when {
                _ if resource.presence.many => "<any number> ".to_owned(),
                value::Condition::Always => String::new(),
                when => format!("<{}> ", condition(when)),
            };
            format!("{} {when}{}", resource.address, show(&resource.attributes))
        })
        .collect();
    shown.extend(
        problems(&declared).map(|problem| format!("{}: {}", problem.severity.as_str(), problem.code)),
    );
    assert_eq!(shown, expected);
}

#[test]
fn templates_are_told_by_content() {
    check(
        &[
            ("a.yaml", "Resources: {A: {Type: AWS::S3::Bucket}}"),
            ("b.template", "{\"Resources\": {\"B\": {\"Type\": \"Custom::B\"}}}"),
            ("c.yaml", "on: push\njobs: {}\n"),
            ("d.json", "{\"Resources\": [\"AWS::S3::Bucket\"]}"),
            ("e.yml", "AWSTemplateFormatVersion: 2010-09-09\nResources: {A: [}"),
            ("f.yaml", "{{- if .Values }}\nkind: Deployment\n"),
        ],
        &["a/A {}", "b/B {}", "error: cloudformation-syntax"],
    );
}

const STATE: &str =
    r#"{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}"#;

#[test]
fn a_named_file_of_another_kind_is_an_error() {
    let sources = Sources::in_memory([
        ("notes.txt", "hello"),
        ("plan.json", "{\"planned_values\": {}}"),
        ("state.json", STATE),
    ]);
    let found = discover(&sources, &["notes.txt".into(), "plan.json".into(), "state.json".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let codes: Vec<_> =
        declared.problems.iter().map(|problem| (problem.code, problem.path.as_str())).collect();
    let code = "not-infrastructure-code";
    assert_eq!(codes, [(code, "notes.txt"), (code, "state.json")]);
}

#[test]
fn templates_of_an_assembly_are_left_alone() {
    check(
        &[
            ("app/cdk.out/manifest.json", "{\"version\": \"1\", \"artifacts\": {}}"),
            ("app/cdk.out/S.template.json", "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}"),
            ("web/manifest.json", "{\"version\": \"1\"}"),
            ("web/t.json", "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}"),
        ],
        &["web/t/B {}"],
    );
}

#[test]
fn colliding_paths_keep_their_extension() {
    let bucket = "{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}";
    check(
        &[("x/a.yaml", bucket), ("x/a.json", bucket), ("x/b.yaml", bucket)],
        &["x/a.json/B {}", "x/a.yaml/B {}", "x/b/B {}"],
    );
}

const CONDITIONAL: &str = r#"
Parameters:
  Env: {Type: String}
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Never: !Equals [a, b]
Resources:
  Guarded:
    Type: AWS::S3::Bucket
    Condition: Prod
    Properties:
      Name: !If [Prod, a, b]
  Missing: {Type: "AWS::S3::Bucket", Condition: Never}
  Either:
    Type: AWS::S3::Bucket
    Properties: !If [Prod, {A: 1, B: 2}, {A: 3}]
Outputs:
  Out: {Condition: Prod, Value: !Ref Guarded}
"#;

#[test]
fn conditions_guard_resources_and_hold_inside_them() {
    check(
        &[("t.yaml", CONDITIONAL)],
        &[
            "t/Guarded <Env=prod> {Name: \"a\"}",
            "t/Either {A: (Env=prod: 1 | !Env=prod: 3), <Env=prod> B: 2}",
        ],
    );
    let declared = declared(&[("t.yaml", CONDITIONAL)]);
    let output = declared.resources.iter().find(|resource| resource.mode == Mode::Output).expect("an output");
    assert_eq!(
        (output.address.as_str(), show(&output.attributes).as_str()),
        ("t/Outputs/Out", "{Condition: \"Prod\", Value: @Guarded}")
    );
    assert_eq!(condition(&output.presence.when), "Env=prod");
}

#[test]
fn what_stands_beside_the_properties_is_kept() {
    let template = "
Resources:
  Key: {Type: AWS::KMS::Key}
  Bucket:
    Type: AWS::S3::Bucket
    DeletionPolicy: Retain
    DependsOn: Key
    Metadata: {carelint: {ignore: x}}
";
    let declared = declared(&[("t.yaml", template)]);
    let bucket = declared.resources.iter().find(|resource| resource.address == "t/Bucket").expect("a bucket");
    assert_eq!(
        show(&bucket.meta),
        "{DeletionPolicy: \"Retain\", DependsOn: [@Key], Metadata: {carelint: {ignore: \"x\"}}}"
    );
    assert_eq!(bucket.logical_id.as_deref(), Some("Bucket"));
}

#[test]
fn places_are_where_things_are_written() {
    let template = "Parameters:\n  Algorithm: {Type: String, Default: AES256}\nResources:\n  B:\n    Type: AWS::S3::Bucket\n    Properties:\n      A: !Ref Algorithm\n      C: 7\n";
    let sources = Sources::in_memory([("t.yaml", template)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let bucket = declared.resources.iter().find(|resource| resource.address == "t/B").expect("a bucket");
    let text = |place: Option<source::Place>| place.map(|place| sources.slice(place)).unwrap_or_default();
    assert_eq!(sources.slice(bucket.place), "B");
    assert!(
        sources.slice(bucket.body).starts_with("B:\n    Type")
            && sources.slice(bucket.body).ends_with("C: 7")
    );
    let map = bucket.attributes.as_map().expect("a map");
    assert_eq!(text(map.entries[0].place), "A");
    let a = &map.entries[0].value;
    assert_eq!(text(a.origin.place), "!Ref Algorithm");
    assert_eq!(a.origin.how, value::How::Literal);
    let step = a.origin.steps().next().expect("a step");
    assert_eq!(
        (step.kind, step.name.as_str(), text(step.place)),
        (value::StepKind::ParameterDefault, "Algorithm", "AES256".into())
    );
    assert_eq!(text(map.entries[1].value.origin.place), "7");
}

#[test]
fn a_parameter_that_the_user_gives_is_written_nowhere() {
    let template =
        "Parameters: {P: {Type: String}}\nResources: {B: {Type: AWS::S3::Bucket, Properties: {A: !Ref P}}}\n";
    let sources = Sources::in_memory([("t.yaml", template)]);
    let found = discover(&sources, &[".".into()]);
    let inputs = Inputs { parameters: vec![Parameter::text("P", "x")], ..Inputs::default() };
    let declared = read(&sources, &found.candidates, &inputs);
    let bucket = declared.resources.iter().find(|resource| resource.address == "t/B").expect("a bucket");
    let value = bucket.attributes.get("A");
    let steps: Vec<_> = value.origin.steps().map(|step| (step.kind, step.place)).collect();
    assert_eq!((value.as_str(), steps), (Some("x"), vec![(value::StepKind::ParameterSet, None)]));
}

#[test]
fn a_parameter_that_is_given_in_a_file_is_written_there() {
    let template = "Parameters: {P: {Type: String, AllowedValues: [a, b], Default: a}, L: {Type: CommaDelimitedList}}\nResources: {B: {Type: AWS::S3::Bucket, Properties: {A: !Ref P, L: !Ref L}}}\n";
    let sources = Sources::in_memory([("p.json", "{\"P\": \"x\"}"), ("t.yaml", template)]);
    let file = sources.load("p.json").expect("a file");
    let place = Some(source::Place::new(file, source::Span::new(6, 9)));
    let found = discover(&sources, &[".".into()]);
    let value_of = |value: Given| {
        let parameters = vec![Parameter { name: "P".into(), value, place }, Parameter::text("L", "a, b")];
        let declared = read(&sources, &found.candidates, &Inputs { parameters, ..Inputs::default() });
        let bucket = declared.resources.iter().find(|resource| resource.address == "t/B").expect("a bucket");
        assert_eq!(show(&bucket.attributes.get("L")), "[\"a\", \"b\"]");
        bucket.attributes.get("A")
    };
    let text = value_of(Given::Text("x".into()));
    let steps: Vec<_> = text.origin.steps().map(|step| (step.kind, step.place)).collect();
    assert_eq!((text.as_str(), steps), (Some("x"), vec![(value::StepKind::ParameterSet, place)]));
    // Whatever was given before is one of the values that are allowed.
    assert_eq!(show(&value_of(Given::Previous)), "(P=a: \"a\" | !P=a: \"b\")");
}

#[test]
fn exports_are_imported_by_other_stacks() {
    let network =
        "Resources: {Vpc: {Type: AWS::EC2::VPC}}\nOutputs: {V: {Value: !Ref Vpc, Export: {Name: vpc}}}\n";
    let middle = "AWSTemplateFormatVersion: x\nResources: {}\nOutputs: {V: {Value: !ImportValue vpc, Export: {Name: again}}}\n";
    let app = "Resources: {G: {Type: AWS::EC2::SecurityGroup, Properties: {A: !ImportValue vpc, B: !ImportValue again, C: !ImportValue other}}}\n";
    check(
        &[("network.yaml", network), ("middle.yaml", middle), ("app.yaml", app)],
        &["app/G {A: @Vpc, B: @Vpc, C: ?import other}", "network/Vpc {}"],
    );
}

/// The resources of several templates, each shown as its attributes, and the messages of problems.
#[track_caller]
fn check_exports(files: &[(&str, &str)], expected: &[&str]) {
    let declared = declared(files);
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let mut shown: Vec<String> =
        managed.map(|one| format!("{} {}", one.address, show(&one.attributes))).collect();
    shown.extend(problems(&declared).map(|problem| problem.message.clone()));
    assert_eq!(shown, expected);
}

#[test]
fn chains_of_exports_are_followed_to_their_end() {
    let template = |at: usize| {
        format!(
            "Resources: {{R: {{Type: AWS::S3::Bucket, Properties: {{P: !ImportValue x{at}}}}}}}\nOutputs:\n  O: {{Value: !Sub ['${{V}}.', {{V: !ImportValue x{at}}}], Export: {{Name: x{}}}}}\n",
            at + 1
        )
    };
    let first = "Resources: {R: {Type: AWS::S3::Bucket}}\nOutputs: {O: {Value: v, Export: {Name: x0}}}\n";
    let mut files: Vec<(String, String)> =
        (0..24).map(|at| (format!("t{at:02}.yaml"), template(at))).collect();
    files.push(("z.yaml".to_owned(), first.to_owned()));
    let declared =
        declared(&files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect::<Vec<_>>());
    let last = declared.resources.iter().find(|resource| resource.address == "t23/R").expect("a resource");
    assert_eq!(show(&last.attributes), format!("{{P: \"v{}\"}}", ".".repeat(23)));
    assert_eq!(problems(&declared).count(), 0);
}

#[test]
fn exports_that_rest_on_one_another_are_told() {
    let stack = |import: &str, export: &str| {
        format!(
            "Resources: {{R: {{Type: AWS::S3::Bucket, Properties: {{P: !ImportValue {import}}}}}}}\nOutputs: {{O: {{Value: !ImportValue {import}, Export: {{Name: {export}}}}}, Other: {{Value: 1, Export: {{Name: {export}-other}}}}}}\n"
        )
    };
    let (a, b, c) = (stack("y", "x"), stack("x", "y"), stack("x-other", "z"));
    check_exports(
        &[("a.yaml", &a), ("b.yaml", &b), ("c.yaml", &c)],
        &[
            "a/R {P: ?}",
            "b/R {P: ?}",
            "c/R {P: 1}",
            "exports import one another in a circle: x imports y imports x",
        ],
    );
}

#[test]
fn stacks_may_import_from_each_other_in_turn() {
    let a = "Resources: {R: {Type: AWS::S3::Bucket}}\nOutputs: {A: {Value: a, Export: {Name: a}}, C: {Value: !ImportValue b, Export: {Name: c}}}\n";
    let b = "Resources: {R: {Type: AWS::S3::Bucket, Properties: {P: !ImportValue c}}}\nOutputs: {B: {Value: !ImportValue a, Export: {Name: b}}}\n";
    check_exports(&[("a.yaml", a), ("b.yaml", b)], &["a/R {}", "b/R {P: \"a\"}"]);
}

#[test]
fn chains_without_end_end() {
    let resource = "Resources: {R: {Type: AWS::S3::Bucket}}\nOutputs:\n";
    let output = |at: usize, from: usize| {
        format!("  O{at}: {{Value: !ImportValue x{from}, Export: {{Name: x{at}}}}}\n")
    };
    // One template whose exports rest on one another, and a circle through many templates.
    let long = (1..2_000).fold(resource.to_owned(), |text, at| text + &output(at, at - 1));
    let circle = |at: usize| format!("{resource}{}", output(10_000 + at, 10_000 + (at + 1) % 500));
    let mut files: Vec<(String, String)> = (0..500).map(|at| (format!("c{at}.yaml"), circle(at))).collect();
    files.push(("long.yaml".to_owned(), long));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let started = std::time::Instant::now();
    let declared = declared(&files);
    assert_eq!(problems(&declared).filter(|problem| problem.code == "cloudformation-cycle").count(), 1);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

/// The reason why `P` of the only resource of `app.yaml` is not known.
#[track_caller]
fn check_reason(exporting: &[&str], import: &str, expected: &str) {
    let template = |name: &&str| {
        format!(
            "Resources: {{R: {{Type: AWS::S3::Bucket}}}}\nOutputs: {{O: {{Value: !Ref R, Export: {{Name: {name}}}}}}}\n"
        )
    };
    let exporting: Vec<String> = exporting.iter().map(template).collect();
    let app = format!(
        "Parameters: {{Net: {{Type: String}}}}\nResources: {{R: {{Type: AWS::S3::Bucket, Properties: {{P: !ImportValue {import}}}}}}}\n"
    );
    let paths: Vec<String> = (0..exporting.len()).map(|at| format!("net{at}.yaml")).collect();
    let mut files: Vec<(&str, &str)> =
        paths.iter().zip(&exporting).map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("app.yaml", &app));
    let declared = declared(&files);
    let resource = declared.resources.iter().find(|one| one.address == "app/R");
    let reason = resource.map(|one| match &one.attributes.get("P").kind {
        value::Kind::Unknown(unknown) => unknown.reason.to_string(),
        _ => show(&one.attributes),
    });
    assert_eq!(reason.as_deref(), Some(expected));
}

#[test]
fn an_import_that_is_not_known_names_the_exports_that_it_may_mean() {
    check_reason(&["a"], "b", "no stack of the scan exports b");
    check_reason(&["a", "a"], "a", "several stacks export a: net0.yaml, net1.yaml");
    check_reason(
        &["!Sub '${AWS::StackName}-Vpc'", "other"],
        "{'Fn::Sub': '${Net}-Vpc'}",
        "the name of an import is not known: parameter \"Net\" has no default; net0.yaml exports ${AWS::StackName}-Vpc",
    );
    check_reason(
        &["!Sub '${AWS::StackName}-Vpc'", "prod-Vpc"],
        "dev-Vpc",
        "no stack of the scan exports dev-Vpc for certain; net0.yaml exports ${AWS::StackName}-Vpc",
    );
    check_reason(
        &["dev-Vpc", "prod-Vpc"],
        "{'Fn::Sub': '${Net}-Vpc'}",
        "the name of an import is not known: parameter \"Net\" has no default; net0.yaml exports dev-Vpc, net1.yaml exports prod-Vpc",
    );
}

#[test]
fn loops_are_expanded() {
    let template = r#"
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b"}, Unset: {Type: CommaDelimitedList}}
Resources:
  Fn::ForEach::Buckets:
    - Name
    - !Ref Names
    - Bucket${Name}:
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub "x-${Name}"
          Tag: !Ref Name
          Fn::ForEach::Tags: [Key, [k, l], {"T${Key}": !Ref Key}]
  Fn::ForEach::Others:
    - Name
    - !Ref Unset
    - Other${Name}: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "y-${Name}", Tag: !Ref Name}}
  Last: {Type: AWS::S3::Bucket, Properties: {A: !GetAtt Bucketa.Arn}}
"#;
    check(
        &[("t.yaml", template)],
        &[
            "t/Bucketa {BucketName: \"x-a\", Tag: \"a\", Tk: \"k\", Tl: \"l\"}",
            "t/Bucketb {BucketName: \"x-b\", Tag: \"b\", Tk: \"k\", Tl: \"l\"}",
            "t/Other* <any number> {BucketName: `y-{?}`, Tag: ?}",
            "t/Last {A: @Bucketa.Arn}",
            "warning: cloudformation-unknown-loop",
        ],
    );
}

#[test]
fn a_stage_of_sam_stands_for_the_one_that_is_made() {
    let template = r#"
Transform: AWS::Serverless-2016-10-31
Parameters: {Env: {Type: String}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {StageName: prod}}
  Named: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Env}}
  Http: {Type: AWS::Serverless::HttpApi}
  Self: {Type: AWS::Serverless::Api, Properties: {StageName: !Ref Self.Stage}}
  Acl:
    Type: AWS::WAFv2::WebACLAssociation
    Properties: {A: !Ref Api.Stage, B: !Sub "stages/${Api.Stage}", C: !Ref Named.Stage, D: !Ref Http.Stage}
"#;
    let declared = declared(&[("t.yaml", template)]);
    let acl = declared.resources.iter().find(|resource| resource.address == "t/Acl").expect("an association");
    assert_eq!(
        show(&acl.attributes),
        "{A: @ApiprodStage, B: `stages/{@ApiprodStage}`, C: @NamedStage, D: @HttpApiGatewayDefaultStage}"
    );
}

#[test]
fn parameters_are_declared_and_secrets_hidden() {
    let template = "Parameters: {P: {Type: String, NoEcho: true, Default: x}}\nResources: {B: {Type: AWS::S3::Bucket}}\n";
    let declared = declared(&[("t.yaml", template)]);
    let parameter =
        declared.resources.iter().find(|resource| resource.mode == Mode::Parameter).expect("a parameter");
    assert_eq!(parameter.address, "t/P");
    assert_eq!(show(&parameter.attributes), "{Type: \"String\", NoEcho: true, Default: secret \"x\"}");
}

#[test]
fn macros_and_broken_resources_are_said() {
    let template = "Transform: [Mine]\nResources:\n  A: {Properties: {}}\n  B: {Type: AWS::S3::Bucket, Properties: [1]}\n";
    check(
        &[("t.yaml", template)],
        &[
            "t/B {}",
            "warning: cloudformation-transform",
            "warning: cloudformation-resource-without-type",
            "warning: cloudformation-wrong-properties",
        ],
    );
}

#[test]
fn modules_of_rain_are_opaque() {
    for module in ["!Rain::Module modules/vpc.yml", "{'Rain::Module': modules/vpc.yml}"] {
        let template = format!(
            "Resources:\n  Network: {{Type: {module}}}\n  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{VpcId: !Ref NetworkVPC}}}}\n"
        );
        let files = [("t.yaml", template.as_str())];
        check(&files, &["t/Group {VpcId: ?NetworkVPC}", "warning: cloudformation-unpacked"]);
        let opaque = declared(&files).opaque;
        assert_eq!(
            opaque.iter().map(|module| module.source.as_str()).collect::<Vec<_>>(),
            ["modules/vpc.yml"]
        );
    }
}
