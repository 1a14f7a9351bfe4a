//! Parameters of templates: `--parameters`, files of all forms, and environments of templates and assemblies.

use crate::support::{problems, project, report, results, run, stderr, text};

const RULE: [&str; 2] = ["--select", "cloudwatch-log-retention"];

const STACK: &str = "Parameters:\n  Days: {Type: Number, Default: 400}\nResources:\n  A:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: !Ref Days}\n";

/// Checks the results, without their places, and the problems.
#[track_caller]
fn check(name: &str, files: &[(&str, &str)], arguments: &[&str], expect: &[&str], said: &[&str]) {
    let found = report(&project(name, files), &[&RULE, arguments].concat());
    let mut rows = results(&found);
    rows.iter_mut()
        .for_each(|row| *row = row.rsplit_once(' ').map(|(row, _)| row.to_owned()).unwrap_or_default());
    rows.sort();
    assert_eq!(rows, expect, "{:?}", problems(&found));
    assert_eq!(problems(&found), said);
}

#[test]
fn all_forms_of_the_command_line_are_taken() {
    let forms = [
        ("a.json", "[{\"ParameterKey\": \"Days\", \"ParameterValue\": \"2\"}]"),
        ("b.json", "{\"Parameters\": {\"Days\": \"2\"}, \"Tags\": {}}"),
        ("c.json", "{\"Days\": 2}"),
        ("d.yml", "Days: 2\n"),
        ("e.json", "[\"Days=2\"]"),
        ("samconfig.toml", "[default.deploy.parameters]\nparameter_overrides = \"Days=2\"\n"),
    ];
    let files = [&[("app.yaml", STACK)][..], &forms].concat();
    let folder = project("forms", &files);
    let given =
        |argument: &str| results(&report(&folder, &[&RULE[..], &["--parameters", argument]].concat()));
    assert_eq!(results(&report(&folder, &RULE)), ["pass app/A app.yaml:4"]);
    for (name, _) in forms {
        let failed = given(name);
        assert!(
            failed.iter().all(|row| row.starts_with("fail app/A")) && !failed.is_empty(),
            "{name}: {failed:?}"
        );
    }
    for argument in ["Days=2", "ParameterKey=Days,ParameterValue=2", "file://a.json"] {
        assert!(given(argument).concat().starts_with("fail app/A"), "{argument}");
    }
    assert!(given("ParameterKey=Days,UsePreviousValue=true").concat().starts_with("unknown app/A"));
}

#[test]
fn a_file_of_another_form_is_bad_usage() {
    let files = [("app.yaml", STACK), ("params.json", "[{\"Name\": \"Days\"}]")];
    let ran = run(&project("wrong", &files), &["check", "--parameters", "params.json"]);
    assert_eq!(ran.status.code(), Some(2));
    let said = stderr(&ran);
    assert!(said.contains("no ParameterKey") && said.contains("CodePipeline"), "{said}");
}

#[test]
fn a_parameter_that_nothing_declares_is_told() {
    let said = ["warning parameter-not-declared"];
    check("undeclared", &[("app.yaml", STACK)], &["--parameters", "Dys=2"], &["pass app/A"], &said);
    let config = [("app.yaml", STACK), ("carelint.toml", "[parameters]\nDys = 2\n")];
    check("undeclared-config", &config, &[], &["pass app/A"], &["note parameter-not-declared"]);
    let nested =
        "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ./app.yaml}}\n";
    let found = report(
        &project("undeclared-nested", &[("app.yaml", STACK), ("main.yaml", nested)]),
        &[&RULE[..], &["--parameters", "Days=2"]].concat(),
    );
    let message = text(&found["problems"][0], "message");
    assert_eq!(message, "--parameters: only a nested stack declares the parameter Days (main/N/Days)");
}

#[test]
fn templates_have_environments_too() {
    let sets = "[[environment]]\nname = \"dev\"\nroot = \"stacks\"\nparameters = {Days = \"2\"}\n\n[[environment]]\nname = \"prod\"\nroot = \"stacks/app.yaml\"\n";
    let files = [("stacks/app.yaml", STACK), ("other/app.yaml", STACK), ("carelint.toml", sets)];
    let expect = ["fail stacks/app/A [dev]", "pass other/app/A", "pass stacks/app/A [prod]"];
    check("templates", &files, &[], &expect, &[]);
}

#[test]
fn files_of_parameters_belong_to_templates_by_their_name() {
    let sets = "[[environment]]\nname = \"dev\"\nparameters = \"params/dev/{template}.json\"\n\n[[environment]]\nname = \"prod\"\nparameters = [\"params/{template}-prod.yaml\", {Days = 400}]\n";
    let files = [
        ("net/vpc.yaml", STACK),
        ("net/params/dev/vpc.json", "{\"Days\": 2}"),
        ("app.template", STACK),
        ("params/dev/app.json", "[\"Days=2\"]"),
        ("params/vpc-prod.yaml", "Days: 2\n"),
        ("carelint.toml", sets),
    ];
    let expect = ["fail app/A [dev]", "fail net/vpc/A [dev]", "pass app/A [prod]", "pass net/vpc/A [prod]"];
    check("by-name", &files, &[], &expect, &[]);
    let missing = [("app.yaml", STACK), ("carelint.toml", "parameters = \"params.json\"\n")];
    check("missing", &missing, &[], &["pass app/A"], &["error parameters-file params.json"]);
    let broken = [("app.yaml", STACK), ("carelint.toml", "parameters = \"p.json\"\n"), ("p.json", "[1]")];
    check("broken", &broken, &[], &["pass app/A"], &["error parameters-file p.json"]);
}

#[test]
fn each_environment_imports_from_its_own_stacks_and_from_those_of_all() {
    let exporting = "Parameters: {Days: {Type: Number}}\nResources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {D: {Value: !Ref Days, Export: {Name: days}}}\n";
    let shared = "Resources: {T: {Type: AWS::SNS::Topic}}\nOutputs: {D: {Value: 2, Export: {Name: one}}}\n";
    let importing = "Resources:\n  A: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !ImportValue days}}\n  B: {Type: AWS::Logs::LogGroup, Properties: {RetentionInDays: !ImportValue one}}\n";
    let sets = "[[environment]]\nname = \"dev\"\nroot = [\"net.yaml\", \"app.yaml\"]\nparameters = {Days = 2}\n\n[[environment]]\nname = \"prod\"\nroot = [\"net.yaml\", \"app.yaml\"]\nparameters = {Days = 400}\n";
    let files =
        [("net.yaml", exporting), ("all.yaml", shared), ("app.yaml", importing), ("carelint.toml", sets)];
    let expect = ["fail app/A [dev]", "fail app/B [dev prod]", "pass app/A [prod]"];
    check("exports", &files, &[], &expect, &[]);
}

#[test]
fn stacks_of_an_assembly_have_environments() {
    let manifest = "{\"version\": \"38.0.0\", \"artifacts\": {\"App\": {\"type\": \"aws:cloudformation:stack\", \"properties\": {\"templateFile\": \"App.template.json\"}}}}";
    let template = "{\"Parameters\": {\"Days\": {\"Type\": \"Number\"}}, \"Resources\": {\"A\": {\"Type\": \"AWS::Logs::LogGroup\", \"Properties\": {\"RetentionInDays\": {\"Ref\": \"Days\"}}}}}";
    let sets = "[[environment]]\nname = \"dev\"\nroot = \"App\"\nparameters = {Days = 2}\n\n[[environment]]\nname = \"prod\"\nroot = \"cdk.out\"\nparameters = {Days = 400}\n";
    let files = [
        ("cdk.out/manifest.json", manifest),
        ("cdk.out/App.template.json", template),
        ("carelint.toml", sets),
    ];
    check("assembly", &files, &[], &["fail App/A [dev]", "pass App/A [prod]"], &[]);
}
