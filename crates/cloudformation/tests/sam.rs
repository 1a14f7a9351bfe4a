//! SAM templates and what they deploy: each template in `tests/sam` has beside it the resources that it is expanded
//! into, one a paragraph, with the line that each of them points at. `UPDATE_EXPECTED=1` writes them anew.
#![expect(clippy::expect_used, reason = "a test stops at the first thing that is wrong with its own files")]
#![expect(clippy::disallowed_methods, reason = "a test reads its own files")]

mod show;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use carelint_cloudformation::{Inputs, read};
use show::{condition, show};
use source::discovery::discover;
use source::document::{Entry, Node, NodeKind, ScalarStyle, yaml};
use source::{Limits, Sources};
use value::Kind;
use value::declared::{Mode, Resource};

fn templates() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sam");
    let entries = std::fs::read_dir(folder).expect("a folder of templates");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
    paths.sort();
    paths
}

/// What a template deploys.
fn deployed(path: &Path) -> String {
    deployed_by(&std::fs::read_to_string(path).expect("a template"))
}

fn deployed_by(text: &str) -> String {
    let sources = Sources::in_memory([("t.yaml", text)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let mut shown = String::new();
    for resource in declared.resources.iter().filter(|resource| resource.mode == Mode::Managed) {
        write(&mut shown, &sources, resource);
    }
    for problem in &declared.problems {
        writeln!(shown, "{}: {}\n", problem.code, problem.message).expect("a text grows");
    }
    format!("{}\n", shown.trim_end())
}

fn write(shown: &mut String, sources: &Sources, resource: &Resource) {
    let line = sources.file(resource.place.file).line_column(resource.place.span.start).line;
    let id = resource.logical_id.clone().unwrap_or_default();
    writeln!(shown, "{id} {} line {line}", resource.type_name).expect("a text grows");
    if resource.presence.when != value::Condition::Always {
        writeln!(shown, "  when {}", condition(&resource.presence.when)).expect("a text grows");
    }
    for (indent, value) in [("  ", &resource.attributes), ("  * ", &resource.meta)] {
        if let Kind::Map(map) = &value.kind {
            for entry in &map.entries {
                let when = match &entry.presence.when {
                    value::Condition::Always => String::new(),
                    when => format!("<{}> ", condition(when)),
                };
                writeln!(shown, "{indent}{when}{}: {}", entry.key, show(&entry.value)).expect("a text grows");
            }
        }
    }
    shown.push('\n');
}

#[test]
fn templates_deploy_what_sam_makes_of_them() {
    let update = std::env::var_os("UPDATE_EXPECTED").is_some();
    for path in templates() {
        let expected = path.with_extension("txt");
        let deployed = deployed(&path);
        if update {
            std::fs::write(&expected, deployed).expect("a file of expectations");
            continue;
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        let wrong = deployed.lines().zip(expected.lines()).find(|(deployed, expected)| deployed != expected);
        assert_eq!(wrong, None, "{}", path.display());
        assert_eq!(deployed.lines().count(), expected.lines().count(), "{}", path.display());
    }
}

#[test]
fn an_application_beside_the_template_is_opened() {
    let parent = "\
Transform: {Name: AWS::Serverless-2016-10-31}
Resources:
  Child: {Type: AWS::Serverless::Application, Properties: {Location: child.yaml, Parameters: {Name: records}}}
  Reader: {Type: 'Custom::Reader', Properties: {Arn: !GetAtt Child.Outputs.Arn}}
";
    let child = "\
Transform: AWS::Serverless-2016-10-31
Parameters: {Name: {Type: String}}
Resources:
  Table: {Type: AWS::Serverless::SimpleTable, Properties: {TableName: !Ref Name}}
Outputs: {Arn: {Value: !GetAtt Table.Arn}}
";
    let sources = Sources::in_memory([("main.yaml", parent), ("child.yaml", child)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let shown = |address: &str, property: &str| {
        let resource = declared.resources.iter().find(|one| one.address == address).expect("a resource");
        show(&resource.attributes.get(property))
    };
    assert_eq!(shown("main/Child/Table", "TableName"), "\"records\"");
    assert_eq!(shown("main/Reader", "Arn"), "@Table.Arn");
    assert_eq!(declared.roots.len(), 1);
    assert!(declared.opaque.is_empty(), "{:?}", declared.opaque);
}

#[test]
fn globals_that_a_transform_makes_leave_everything_open() {
    let template = "\
Transform: AWS::Serverless-2016-10-31
Globals: {'Fn::Transform': {Name: AWS::Include, Parameters: {Location: s3://artifacts/globals.yaml}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {InlineCode: pass}}
";
    let sources = Sources::in_memory([("main.yaml", template)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let function = declared.resources.iter().find(|one| one.address == "main/F").expect("a function");
    assert_eq!(show(&function.attributes.get("KmsKeyArn")), "?");
}

#[test]
fn a_definition_beside_the_template_is_read() {
    let template = "\
Transform: AWS::Serverless-2016-10-31
Resources:
  Named: {Type: AWS::Serverless::Api, Properties: {StageName: live, DefinitionUri: api/visits.yaml}}
  Included:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      Auth: {DefaultAuthorizer: AWS_IAM}
      DefinitionBody: {'Fn::Transform': {Name: 'AWS::Include', Parameters: {Location: api/visits.yaml}}}
  Missing: {Type: AWS::Serverless::Api, Properties: {StageName: live, DefinitionUri: api/none.yaml}}
";
    let visits = "\
swagger: '2.0'
paths:
  /visits: {get: {x-amazon-apigateway-integration: {type: mock}}}
";
    let sources = Sources::in_memory([("main.yaml", template), ("api/visits.yaml", visits)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let shown = |id: &str, path: &[&str]| {
        let address = format!("main/{id}");
        let resource = declared.resources.iter().find(|one| one.address == address).expect("a resource");
        show(&path.iter().fold(resource.attributes.clone(), |value, key| value.get(key)))
    };
    let method = ["Body", "paths", "/visits", "get"];
    assert_eq!(shown("Named", &method), "{x-amazon-apigateway-integration: {type: \"mock\"}}");
    let secured = "{x-amazon-apigateway-integration: {type: \"mock\"}, security: [{AWS_IAM: []}]}";
    assert_eq!(shown("Included", &method), secured);
    assert_eq!(shown("Missing", &["BodyS3Location"]), "\"api/none.yaml\"");
    assert!(declared.problems.is_empty(), "{:?}", declared.problems);
}

/// A template as JSON, its functions in their long form.
fn json(node: &Node) -> String {
    let plain = |node: &Node| match &node.kind {
        NodeKind::Scalar(scalar) if scalar.style == ScalarStyle::Plain => match scalar.text.as_str() {
            "true" | "false" => scalar.text.to_string(),
            text if text.parse::<u32>().is_ok() => text.to_owned(),
            text => format!("{text:?}"),
        },
        NodeKind::Scalar(scalar) => format!("{:?}", scalar.text),
        NodeKind::Sequence(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(",")),
        NodeKind::Mapping(entries) => {
            let entry = |entry: &Entry| format!("{:?}:{}", entry.key, json(&entry.value));
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
    };
    match node.tag.as_deref() {
        Some("Ref") => format!("{{\"Ref\":{}}}", plain(node)),
        Some(tag) => format!("{{\"Fn::{tag}\":{}}}", plain(node)),
        None => plain(node),
    }
}

#[test]
fn a_template_in_json_deploys_the_same() {
    let without_lines = |text: &str| {
        let line = |line: &str| line.split_once(" line ").map_or(line, |(before, _)| before).to_owned();
        text.lines().map(line).collect::<Vec<_>>()
    };
    for path in templates() {
        let text = std::fs::read_to_string(&path).expect("a template");
        let document = yaml::parse(&text, &Limits::default()).expect("YAML").remove(0);
        let (here, there) = (deployed_by(&text), deployed_by(&json(&document)));
        for (here, there) in without_lines(&here).into_iter().zip(without_lines(&there)) {
            assert_eq!(here, there, "{}", path.display());
        }
    }
}

#[test]
fn a_template_that_forgets_the_transform_is_told() {
    let template = "Resources: {B: {Type: 'AWS::S3::Bucket'}, F: {Type: 'AWS::Serverless::Function'}}";
    let sources = Sources::in_memory([("main.yaml", template)]);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let said: Vec<_> = declared.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(said, ["F is a serverless resource, and the template has no transform for it"]);
}
