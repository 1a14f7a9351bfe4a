//! Templates evaluated as AWS documents it, in tables: parameters, conditions, each function, included files and
//! macros, and what is said of mistakes.

#![expect(clippy::expect_used, reason = "a test says what is missing and stops")]

mod conditions;
mod functions;
mod includes;
mod loops;
#[path = "../show/of_schemas.rs"]
mod of_schemas;
mod parameters;
mod problems;
#[path = "../show/mod.rs"]
mod show;

use carelint_cloudformation::{Inputs, read};
use source::discovery::discover;
use source::{ProblemSeverity, Sources};
use value::declared::Declared;

use show::show;

/// What is declared by the files, without what the schemas of the made-up resource types say.
fn declared(files: &[(&str, &str)], inputs: &Inputs) -> (Declared, Sources) {
    let sources = Sources::in_memory(files.iter().copied());
    let found = discover(&sources, &[".".into()]);
    let mut declared = read(&sources, &found.candidates, inputs);
    declared.problems = of_schemas::problems(&declared).cloned().collect();
    (declared, sources)
}

/// The value of the property `Value` of the resource `Thing` in `t.yaml`.
fn value_of(declared: &Declared) -> String {
    let thing = declared.resources.iter().find(|resource| resource.address == "t/Thing");
    show(&thing.expect("a thing").attributes.get("Value"))
}

/// The template whose thing has the value `expression`.
fn template(header: &str, expression: &str) -> String {
    format!(
        "AWSTemplateFormatVersion: 2010-09-09\n{header}\nResources:\n  Bucket: {{Type: 'AWS::S3::Bucket'}}\n  Thing:\n    Type: Custom::Thing\n    Properties:\n      Value: {expression}\n"
    )
}

/// Checks the value of an expression under a header, with nothing to say about it but notes.
#[track_caller]
fn check(header: &str, expression: &str, expected: &str) {
    let text = template(header, expression);
    let (declared, _) = declared(&[("t.yaml", &text)], &Inputs::default());
    assert_eq!((value_of(&declared).as_str(), warnings(&declared)), (expected, Vec::<String>::new()));
}

/// The problems that are more than notes, as `code: message`.
fn warnings(declared: &Declared) -> Vec<String> {
    let warned = declared.problems.iter().filter(|problem| problem.severity != ProblemSeverity::Note);
    warned.map(|problem| format!("{}: {}", problem.code, problem.message)).collect()
}

/// All problems, as `severity code: message`.
fn said(declared: &Declared) -> Vec<String> {
    let said = declared.problems.iter();
    said.map(|problem| format!("{} {}: {}", problem.severity.as_str(), problem.code, problem.message))
        .collect()
}
