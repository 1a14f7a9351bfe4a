//! Mistakes that CloudFormation refuses: each is named, placed, and told with what to do, and the rest is evaluated.

use carelint_cloudformation::Inputs;

use crate::{declared, template, value_of};

const HEADER: &str = "
Parameters:
  P: {Type: String}
  L: {Type: CommaDelimitedList, Default: 'a,b'}
  S: {Type: 'List<AWS::EC2::Subnet::Id>'}
Mappings: {M: {a: {b: c}}}
Conditions: {C: !Equals [!Ref P, x]}";

/// Checks the value of an expression and the one warning: `code: message` and the text that it points at.
#[track_caller]
fn check(expression: &str, expected: &str, message: &str, at: &str) {
    check_under(HEADER, expression, expected, message, at);
}

#[track_caller]
fn check_under(header: &str, expression: &str, expected: &str, message: &str, at: &str) {
    let text = template(header, expression);
    let (found, sources) = declared(&[("t.yaml", &text)], &Inputs::default());
    let said: Vec<(String, String)> = found
        .problems
        .iter()
        .map(|problem| {
            assert!(!problem.help.is_empty());
            let code = problem.code.trim_start_matches("cloudformation-");
            (format!("{code}: {}", problem.message), sources.slice(problem.place.expect("a place")))
        })
        .collect();
    assert_eq!(said, [(message.to_owned(), at.to_owned())]);
    assert_eq!(value_of(&found), expected);
}

/// Checks an expression that is wrong as a whole.
#[track_caller]
fn wrong(expression: &str, message: &str) {
    check(expression, "?", &format!("wrong-argument: {message}"), expression);
}

#[test]
fn an_argument_of_the_wrong_shape() {
    wrong("!GetAtt Bucket", "Fn::GetAtt takes a logical name and an attribute");
    wrong("!GetAtt [Bucket]", "Fn::GetAtt takes a logical name and an attribute");
    wrong("!Sub {a: b}", "Fn::Sub takes a text, or a list of a text and a map");
    wrong("!Sub 'x-${L}'", "Fn::Sub takes texts, and L is a list or a map");
    wrong("!Sub 'x-${S}'", "Fn::Sub takes texts, and S is a list or a map");
    wrong("!Sub ['${x}', {x: [a]}]", "Fn::Sub takes texts, and x is a list or a map");
    wrong("!Join ['-']", "Fn::Join takes a delimiter and a list of texts");
    wrong("!Join ['-', abc]", "Fn::Join takes a delimiter and a list of texts");
    wrong("!Join ['-', [a, !Ref L]]", "Fn::Join takes a delimiter and a list of texts");
    wrong("!Split ['-']", "Fn::Split takes a delimiter and a text");
    wrong("!Split ['', abc]", "Fn::Split takes a delimiter that is not empty, and a text");
    wrong("!Split [',', !Ref L]", "Fn::Split takes a delimiter and a text");
    wrong("!Select [0]", "Fn::Select takes an index and a list");
    wrong("!Select [x, [a]]", "Fn::Select takes an index, counted from 0, and a list");
    wrong("!Select [-1, [a]]", "Fn::Select takes an index, counted from 0, and a list");
    wrong("!Select [0, abc]", "Fn::Select takes an index and a list");
    wrong("!If [C, a]", "Fn::If takes a condition, a value if it holds, and a value if it does not");
    wrong("!FindInMap [M, a]", "Fn::FindInMap takes a mapping and two keys");
    wrong("!Base64 {Ref: L}", "Fn::Base64 takes a text");
    wrong("!Cidr [10.0.0.0/16]", "Fn::Cidr takes an address block, a count and a number of host bits");
    wrong("!Cidr [10.0.0.0/16, 0, 8]", "Fn::Cidr takes a count from 1 to 256");
    wrong("!Cidr [10.0.0.0/16, 257, 8]", "Fn::Cidr takes a count from 1 to 256");
    wrong("!Cidr [10.0.0.0/24, 4, 8]", "Fn::Cidr takes a block that holds as many blocks of that size");
    wrong("!GetStackOutput {StackName: x}", "Fn::GetStackOutput takes a map with StackName and OutputName");
}

#[test]
fn a_condition_of_the_wrong_shape() {
    let conditions = |condition: &str, message: &str, at: &str| {
        let header =
            format!("{HEADER}\nAWSTemplateFormatVersion2: x").replace("\nAWSTemplateFormatVersion2: x", "");
        let header = header
            .replace("Conditions: {C: !Equals [!Ref P, x]}", &format!("Conditions: {{C: {condition}}}"));
        let text = template(&header, "!If [C, 1, 2]");
        let (found, sources) = declared(&[("t.yaml", &text)], &Inputs::default());
        let problem = found.problems.first().expect("a problem");
        assert_eq!(
            (problem.message.as_str(), sources.slice(problem.place.expect("a place")).as_str()),
            (message, at)
        );
        assert_eq!(found.problems.len(), 1);
    };
    let one = "!And [!Equals [a, a]]";
    conditions(one, "Fn::And takes a list of two to ten conditions", one);
    let many = format!("!Or [{}]", ["!Equals [a, a]"; 11].join(", "));
    conditions(&many, "Fn::Or takes a list of two to ten conditions", &many);
    conditions("!Equals [a]", "Fn::Equals takes a list of two values", "!Equals [a]");
    conditions(
        "!Not [!Equals [a, b], x]",
        "Fn::Not takes a list of one condition",
        "!Not [!Equals [a, b], x]",
    );
    conditions("!Condition Gone", "there is no condition Gone", "!Condition Gone");
    conditions("!Not [{Condition: C}]", "the condition C depends on itself", "C");
    let resource = "!Equals [!Ref Bucket, x]";
    conditions(
        resource,
        "a condition cannot rest on a resource: Ref of t/Bucket is known after deployment",
        resource,
    );
}

#[test]
fn the_name_of_a_condition_is_no_function() {
    check(
        "!If [!Equals [!Ref P, x], 1, 2]",
        "(P=x: 1 | !P=x: 2)",
        "wrong-argument: the name of a condition is wanted here, and CloudFormation takes no function",
        "!Equals [!Ref P, x]",
    );
    check(
        "!If [Gone, 1, 2]",
        "(condition Gone=true: 1 | !condition Gone=true: 2)",
        "unknown-condition: there is no condition Gone",
        "Gone",
    );
}

#[test]
fn a_name_that_is_not_declared() {
    check("!Ref Gone", "?Gone", "unknown-name: the template declares no Gone", "!Ref Gone");
    check(
        "!Ref AWS::Regoin",
        "?AWS::Regoin",
        "unknown-name: the template declares no AWS::Regoin",
        "!Ref AWS::Regoin",
    );
    check("!GetAtt Gone.Arn", "?Gone", "unknown-name: the template declares no Gone", "!GetAtt Gone.Arn");
    check(
        "!Sub '${Gone}-x'",
        "`{?Gone}-x`",
        "unknown-name: the template declares no Gone",
        "!Sub '${Gone}-x'",
    );
    check(
        "!FindInMap [Gone, a, b]",
        "?",
        "unknown-key: the mapping Gone is not declared",
        "!FindInMap [Gone, a, b]",
    );
    check("!FindInMap [M, x, b]", "?", "unknown-key: the mapping M has no key x", "!FindInMap [M, x, b]");
    check("!FindInMap [M, a, x]", "?", "unknown-key: the mapping M.a has no key x", "!FindInMap [M, a, x]");
    let missing = "unknown-key: the mapping M has no row with that key";
    check("!FindInMap [M, !Ref P, x]", "?", missing, "!FindInMap [M, !Ref P, x]");
    check("!Select [2, !Ref L]", "?", "no-element: the list has no element 2", "!Select [2, !Ref L]");
}

#[test]
fn a_name_that_is_declared_twice() {
    let header = HEADER.replace("P: {Type: String}", "P: {Type: String}\n  Bucket: {Type: String}");
    let message = "duplicate-name: Bucket is the name of a parameter and of a resource";
    check_under(&header, "!Ref Bucket", "@Bucket", message, "Bucket");
}

#[test]
fn a_function_that_is_none() {
    check(
        "{'Fn::Jion': [a]}",
        "?",
        "unknown-function: Fn::Jion is no intrinsic function",
        "{'Fn::Jion': [a]}",
    );
    check(
        "!Jion [a]",
        "[\"a\"]",
        "unknown-tag: !Jion is no function of CloudFormation; its value was read without it",
        "!Jion [a]",
    );
    check(
        "{'Fn::ValueOf': [P, x]}",
        "?",
        "unknown-function: Fn::ValueOf works in the section Rules alone",
        "{'Fn::ValueOf': [P, x]}",
    );
}

#[test]
fn an_extension_of_the_language_needs_its_transform() {
    let check = |expression: &str, expected: &str, what: &str| {
        let message = format!(
            "needs-transform: {what} needs the transform AWS::LanguageExtensions, which the template does not have"
        );
        check(expression, expected, &message, expression);
        let header = format!("Transform: AWS::LanguageExtensions{HEADER}");
        crate::check(&header, expression, expected);
        let header = format!("Transform: [Mine]{HEADER}");
        let text = template(&header, expression);
        let (found, _) = declared(&[("t.yaml", &text)], &Inputs::default());
        assert_eq!(
            found.problems.iter().map(|one| one.code).collect::<Vec<_>>(),
            ["cloudformation-transform"]
        );
    };
    check("!Length [a, b]", "2", "Fn::Length");
    check("!ToJsonString [a]", "\"[\\\"a\\\"]\"", "Fn::ToJsonString");
    check("!FindInMap [M, x, b, {DefaultValue: d}]", "\"d\"", "Fn::FindInMap with a default");
    check("{Ref: !Sub P}", "?P", "Ref of a function");
    let text = "AWSTemplateFormatVersion: x\nResources:\n  Fn::ForEach::B: [N, [a], {'B${N}': {Type: AWS::S3::Bucket}}]\n";
    let (found, sources) = declared(&[("t.yaml", text)], &Inputs::default());
    let problem = found.problems.first().expect("a problem");
    assert_eq!(problem.code, "cloudformation-needs-transform");
    assert_eq!(sources.slice(problem.place.expect("a place")), "Fn::ForEach::B");
    assert_eq!(found.resources.len(), 1);
}
