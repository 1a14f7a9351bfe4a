//! Templates made to break a reader: none of them may crash it, keep it busy or fill its memory.

use carelint_cloudformation::{Inputs, read};
use source::discovery::discover;
use source::{Limits, Sources};
use value::declared::Declared;

fn declared(files: &[(String, String)]) -> Declared {
    let sources = Sources::in_memory(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let found = discover(&sources, &[".".into()]);
    read(&sources, &found.candidates, &Inputs::default())
}

/// Evaluates a template whose thing has the value `expression`.
#[track_caller]
fn check(header: &str, expression: &str) {
    let text = format!(
        "AWSTemplateFormatVersion: x\n{header}\nResources: {{Thing: {{Type: A::B::C, Properties: {{Value: {expression}}}}}}}\n"
    );
    let declared = declared(&[("t.yaml".to_owned(), text)]);
    assert!(declared.resources.iter().any(|one| one.address == "t/Thing") || !declared.problems.is_empty());
}

#[test]
fn deep_nesting_ends() {
    for (open, close) in [
        ("{'Fn::If': [C, ", ", 1]}"),
        ("!If [C, 1, ", "]"),
        ("!Join ['', [", "]]"),
        ("!Sub ['${x}', {x: ", "}]"),
        ("!Select [0, [", "]]"),
        ("{'Fn::FindInMap': [M, a, b, {DefaultValue: ", "}]}"),
    ] {
        for levels in [10, 30, 60, 120, 5_000] {
            let header = "Parameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, x]}\nMappings: {M: {k: {l: 1}}}";
            check(header, &format!("{}{}{}", open.repeat(levels), "!Ref P", close.repeat(levels)));
        }
    }
}

#[test]
fn quotes_that_double_end() {
    check("", &format!("{}x{}", "{'Fn::ToJsonString': [".repeat(30), "]}".repeat(30)));
}

#[test]
fn chains_of_conditions_stay_small() {
    let mut header =
        String::from("Parameters: {P: {Type: String}}\nConditions:\n  C0: !Equals [!Ref P, a]\n");
    for level in 1..2_000 {
        let below = level - 1;
        let other = format!("!Or [!Condition C{below}, !Equals [!Ref P, b{level}]]");
        header += &format!("  C{level}: !And [!Condition C{below}, {other}]\n");
    }
    check(&header, "!If [C1999, 1, 2]");
    check(&header, "!If [C70, 1, 2]");
}

#[test]
fn stacks_that_multiply_texts_end() {
    let child = |index: usize, next: &str| {
        let many = "${P}".repeat(100);
        let nested = if next.is_empty() {
            String::new()
        } else {
            format!(
                "  N: {{Type: 'AWS::CloudFormation::Stack', Properties: {{TemplateURL: {next}, Parameters: {{P: !Sub '{many}'}}}}}}\n"
            )
        };
        let text = format!(
            "Parameters: {{P: {{Type: String}}, Q: {{Type: String}}}}\nResources:\n  T: {{Type: 'AWS::B::C', Properties: {{V: !Sub '{many}${{Q}}'}}}}\n{nested}"
        );
        (format!("s{index}.yaml"), text)
    };
    let files: Vec<_> =
        (0..12).map(|index| child(index, &format!("s{}.yaml", index + 1))).chain([child(12, "")]).collect();
    assert_eq!(declared(&files).roots.len(), 1);
}

#[test]
fn alternatives_that_multiply_end() {
    let values: Vec<String> = (0..8).map(|index| format!("v{index}")).collect();
    let header = format!("Parameters: {{P: {{Type: String, AllowedValues: [{}]}}}}", values.join(", "));
    check(&header, &format!("!Sub '{}'", "${P}-".repeat(50)));
    let nested =
        (0..30).fold("!Ref P".to_owned(), |inner, _| format!("!Sub ['${{x}}${{x}}${{P}}', {{x: {inner}}}]"));
    check(&header, &nested);
}

#[test]
fn loops_that_multiply_end() {
    let items: Vec<String> = (0..100).map(|index| format!("i{index}")).collect();
    let list = format!("[{}]", items.join(", "));
    let mut body = "{Type: A::B::C}".to_owned();
    for level in 0..6 {
        let name = format!("L{level}");
        let key = if level == 0 { "'R${L0}${L1}${L2}${L3}${L4}${L5}': " } else { "" };
        let inside = if level == 0 { format!("{{{key}{body}}}") } else { format!("{{{body}}}") };
        body = format!("'Fn::ForEach::{name}': [{name}, {list}, {inside}]");
    }
    let text =
        format!("Transform: AWS::LanguageExtensions\nAWSTemplateFormatVersion: x\nResources: {{{body}}}\n");
    let declared = declared(&[("t.yaml".to_owned(), text)]);
    assert!(declared.problems.iter().any(|problem| problem.code == "cloudformation-loop-too-large"));
}

#[test]
fn files_that_are_included_often_end() {
    let call = |path: &str| {
        format!("{{'Fn::Transform': {{Name: 'AWS::Include', Parameters: {{Location: {path}}}}}}}")
    };
    let many: Vec<String> = (0..2_000).map(|_| call("part.yaml")).collect();
    let main = format!("Resources: {{T: {{Type: 'A::B::C', Properties: {{V: [{}]}}}}}}\n", many.join(", "));
    let keys: Vec<String> = (0..20_000).map(|index| format!("k{index}: {index}")).collect();
    let part = format!("{}\nX: {}\n", keys.join("\n"), call("main.yaml"));
    let declared = declared(&[("main.yaml".to_owned(), main), ("part.yaml".to_owned(), part)]);
    let said = |code: &str| declared.problems.iter().any(|problem| problem.code == code);
    assert!(said("cloudformation-include-too-large"));
}

#[test]
fn loops_over_lists_that_depend_on_conditions_end() {
    let values: Vec<String> = (0..16).map(|index| format!("v{index}")).collect();
    let rows: Vec<String> =
        values.iter().map(|value| format!("{value}: {{L: [a{value}, b{value}, c]}}")).collect();
    let mut body = "{'R${L0}${L1}${L2}${L3}${L4}${L5}': {Type: A::B::C, Condition: C}}".to_owned();
    for level in 0..6 {
        body = format!("{{'Fn::ForEach::L{level}': [L{level}, !FindInMap [M, !Ref P, L], {body}]}}");
    }
    let text = format!(
        "Transform: AWS::LanguageExtensions\nParameters: {{P: {{Type: String, AllowedValues: [{}]}}}}\nMappings: {{M: {{{}}}}}\nConditions: {{C: !Equals [!Ref P, v1]}}\nResources: {body}\n",
        values.join(", "),
        rows.join(", ")
    );
    let declared = declared(&[("t.yaml".to_owned(), text)]);
    assert!(declared.problems.iter().any(|problem| problem.code == "cloudformation-loop-too-large"));
}

#[test]
fn wide_templates_take_linear_time() {
    let names: Vec<String> = (0..10_000)
        .map(|index| format!("R{index}: {{Type: 'AWS::B::C', Properties: {{A: !Ref R{index}}}}}"))
        .collect();
    let text = format!("Resources: {{{}}}\n", names.join(", "));
    assert_eq!(declared(&[("t.yaml".to_owned(), text)]).resources.len(), 10_000);
    let keys: Vec<String> = (0..20_000).map(|index| format!("k{index}: {index}")).collect();
    check("", &format!("{{{}}}", keys.join(", ")));
    check(
        "Conditions: {C: !Equals [!Ref 'AWS::StackName', x]}",
        &format!("!If [C, {{{0}}}, {{{0}}}]", keys.join(", ")),
    );
}

/// A SAM template whose functions are written by `function`.
fn functions(globals: &str, number: usize, function: impl Fn(usize) -> String) -> String {
    let bodies: String = (0..number).map(|at| format!("  F{at}: {}\n", function(at))).collect();
    format!(
        "Transform: AWS::Serverless-2016-10-31\n{globals}\nResources:\n  B: {{Type: AWS::S3::Bucket}}\n{bodies}"
    )
}

#[test]
fn serverless_resources_that_multiply_end() {
    let many =
        |number: usize, text: &str| (0..number).map(|at| format!("{text}{at}: x, ")).collect::<String>();
    let globals = format!("Globals: {{Function: {{Environment: {{Variables: {{{}}}}}}}}}", many(600, "V"));
    let plain = |_| "{Type: AWS::Serverless::Function}".to_owned();
    let declared = declared_text(&functions(&globals, 600, plain));
    assert!(declared.problems.iter().any(|problem| problem.code == "cloudformation-sam-too-large"));

    let tags = |at: usize| {
        let tags = many(20, &format!("T{at}x"));
        format!(
            "{{Type: AWS::Serverless::Function, Condition: C{at}, Properties: {{AutoPublishAlias: live, PropagateTags: true, Tags: {{{tags}}}, DeploymentPreference: {{Type: AllAtOnce, PassthroughCondition: true}}}}}}"
        )
    };
    assert!(declared_text(&functions("", 500, tags)).resources.len() > 500);

    let rules = "{Name: prefix, Value: x}, ".repeat(300);
    let event = "{Type: S3, Properties: {Bucket: !Ref B, Events: [x, ".to_owned()
        + &"x, ".repeat(300)
        + &format!("], Filter: {{S3Key: {{Rules: [{rules}]}}}}}}}}");
    let events = |_| {
        let events: String = (0..40).map(|at| format!("E{at}: {event}, ")).collect();
        format!(
            "{{Type: AWS::Serverless::Function, Metadata: {{{}}}, Properties: {{Events: {{{events}}}}}}}",
            many(300, "M")
        )
    };
    assert!(!declared_text(&functions("", 3, events)).resources.is_empty());
}

fn declared_text(text: &str) -> Declared {
    declared(&[("t.yaml".to_owned(), text.to_owned())])
}

/// How many events lead to an API here.
const MANY: usize = 600;

/// A template of `number` functions, each with the event that `event` gives, and an API with `properties`.
fn api(kind: &str, properties: &str, number: usize, event: impl Fn(usize) -> String) -> String {
    let api =
        format!("  Api: {{Type: AWS::Serverless::{kind}, Properties: {{StageName: a, {properties}}}}}\n");
    let functions: String = (0..number)
        .map(|index| {
            let event = event(index);
            format!(
                "  F{index}: {{Type: AWS::Serverless::Function, Properties: {{Events: {{E: {event}}}}}}}\n"
            )
        })
        .collect();
    format!(
        "Transform: AWS::Serverless-2016-10-31\nConditions: {{C: !Equals [!Ref 'AWS::Region', a]}}\nResources:\n{api}{functions}"
    )
}

#[test]
fn apis_that_multiply_end() {
    let addresses: String =
        (0..1_000).map(|index| format!("10.{}.{}.0/24, ", index / 256, index % 256)).collect();
    let policy = format!("Auth: {{ResourcePolicy: {{IpRangeBlacklist: [{addresses}]}}}}");
    let many = |kind: &'static str, key: &'static str| {
        move |index: usize| {
            format!("{{Type: {kind}, Properties: {{{key}: !Ref Api, Path: /p{index}, Method: get}}}}")
        }
    };
    for (kind, properties, event, key) in [
        ("Api", policy.as_str(), "Api", "RestApiId"),
        (
            "Api",
            "Cors: \"'*'\", Auth: {DefaultAuthorizer: AWS_IAM, ApiKeyRequired: true}",
            "Api",
            "RestApiId",
        ),
        ("HttpApi", "Auth: {EnableIamAuthorizer: true, DefaultAuthorizer: AWS_IAM}", "HttpApi", "ApiId"),
    ] {
        let text = api(kind, properties, MANY, many(event, key));
        assert!(declared_text(&text).resources.len() > MANY, "{kind}");
    }
    // One path that every event adds to, and bodies of conditions.
    let one = |index: usize| {
        format!("{{Type: HttpApi, Properties: {{ApiId: !Ref Api, Path: /p, Method: m{index}}}}}")
    };
    declared_text(&api("HttpApi", "", MANY, one));
    let branches = format!("{}{{get: {{x: 1}}}}{}", "{'Fn::If': [C, ".repeat(40), ", {}]}".repeat(40));
    let body = format!("Cors: \"'*'\", DefinitionBody: {{swagger: '2.0', paths: {{/a: {branches}}}}}");
    declared_text(&api("Api", &body, 10, many("Api", "RestApiId")));
    let connectors: String = (0..MANY).map(|index| format!("C{index}: {{Properties: {{Destination: [{{Id: T}}, {{Id: T}}], Permissions: [Read, Write]}}}}, ")).collect();
    declared_text(&format!(
        "Transform: AWS::Serverless-2016-10-31\nResources:\n  T: {{Type: AWS::Serverless::SimpleTable}}\n  F: {{Type: AWS::Serverless::Function, Connectors: {{{connectors}}}}}\n"
    ));
}

/// The errors and warnings of one file.
fn codes(path: &str, text: &str) -> Vec<&'static str> {
    let declared = declared(&[(path.to_owned(), text.to_owned())]);
    declared.problems.iter().map(|problem| problem.code).collect()
}

/// aws-cloudformation/cfn-lint#4670: a few hundred bytes of aliases of aliases. What they stand for is counted before it
/// is made, so that the end comes with the limit and not with the memory.
#[test]
fn aliases_that_multiply_are_counted_before_they_are_made() {
    let mut text = String::from("AWSTemplateFormatVersion: x\nMetadata:\n  a0: &a0 [x, x]\n");
    for level in 1..24 {
        text += &format!("  a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
    }
    assert!(text.len() < 800);
    let found = declared(&[("t.yaml".to_owned(), text.clone())]);
    let problem = found.problems.first().expect("a problem");
    assert_eq!(problem.code, "cloudformation-syntax");
    assert_eq!(problem.help, "split the template, or nest and repeat less of it");
    let merged =
        text.replace("[x, x]", "{k: 1}").replace("&a1 [*a0, *a0]", "&a1 {<<: [*a0, *a0], l: [*a0, *a0]}");
    assert_eq!(codes("t.yaml", &merged), ["cloudformation-syntax"]);
}

#[test]
fn as_many_aliases_as_a_file_holds_end() {
    let many = |count: usize| {
        format!(
            "AWSTemplateFormatVersion: x\nMetadata: {{a: &a x, b: [{}]}}\nResources: {{T: {{Type: 'A::B::C'}}}}\n",
            vec!["*a"; count].join(",")
        )
    };
    assert_eq!(codes("t.yaml", &many(500_000)), ["cloudformation-syntax"]);
    assert_eq!(codes("t.yaml", &many(50_000)), ["cloudformation-alias"]);
}

/// Checkmarx/kics#7984: the description of an interface in one line, and whatever else is one line of megabytes.
#[test]
fn one_line_of_megabytes_is_passed_over_or_read() {
    let paths: Vec<String> =
        (0..40_000).map(|at| format!("\"/p{at}\":{{\"get\":{{\"operationId\":\"o{at}\",\"responses\":{{\"200\":{{\"description\":\"x\"}}}}}}}}")).collect();
    let interface =
        format!("{{\"openapi\":\"3.0.0\",\"paths\":{{{}}},\"x\":\"Resources AWS::X::Y\"}}", paths.join(","));
    assert!(interface.len() > 3 << 20);
    assert!(codes("openapi.json", &interface).is_empty());
    let template = interface.replacen(
        "\"openapi\":\"3.0.0\"",
        "\"Resources\":{\"T\":{\"Type\":\"AWS::S3::Bucket\"}}",
        1,
    );
    assert_eq!(declared(&[("t.json".to_owned(), template)]).resources.len(), 1);
}

#[test]
fn large_scalars_and_lines_that_end_in_returns_are_read() {
    let text = format!(
        "Resources: {{T: {{Type: 'A::B::C', Properties: {{V: '{}', W: {}}}}}}}\n",
        "x".repeat(3 << 20),
        "9".repeat(10_000)
    );
    assert_eq!(declared(&[("t.yaml".to_owned(), text)]).resources.len(), 1);
    let text =
        "Resources:\r  T:\r    Type: AWS::S3::Bucket\r    Properties:\r      BucketName: !Ref Absent\r";
    let declared = declared(&[("t.yaml".to_owned(), text.to_owned())]);
    assert_eq!(declared.resources.len(), 1);
    let at = declared
        .problems
        .iter()
        .filter_map(|problem| problem.place)
        .map(|place| text.get(place.span.range()));
    assert!(at.collect::<Vec<_>>().contains(&Some("!Ref Absent")));
}

/// Evaluates a template with a limit of steps for each of its `size` parts: more than that, and the work is not linear.
#[track_caller]
fn linear(size: usize, steps: u64, text: &str) {
    let limits = Limits { steps: steps * size as u64, ..Limits::default() };
    let sources = Sources::in_memory([("t.yaml", text)]).with_limits(limits);
    let found = discover(&sources, &[".".into()]);
    let declared = read(&sources, &found.candidates, &Inputs::default());
    let spent = declared.problems.iter().any(|problem| problem.code == "too-many-steps");
    assert!(!spent, "{size} parts take more than {} steps", limits.steps);
    assert!(declared.resources.len() >= size);
}

/// aws-cloudformation/cfn-lint#2874, #3356, #3717, #4387: conditions over many parameters, in properties within one
/// another and on stacks that are nested. Each is looked at once, whatever the others are.
#[test]
fn conditions_do_not_multiply() {
    for size in [50, 200, 800] {
        let mut text = String::from("AWSTemplateFormatVersion: x\nParameters:\n");
        for at in 0..size {
            text += &format!("  P{at}: {{Type: String, AllowedValues: [a, b]}}\n");
        }
        text += "Conditions:\n";
        for at in 0..size {
            let (other, third) = ((at * 7 + 1) % size, (at * 13 + 5) % size);
            text += &format!(
                "  C{at}: !And [!Equals [!Ref P{at}, a], !Not [!Equals [!Ref P{other}, b]], !Or [!Equals [!Ref P{third}, a], !Equals [!Ref P{at}, a]]]\n"
            );
        }
        text += "Resources:\n";
        for at in 0..size {
            let (other, third) = ((at * 3 + 1) % size, (at * 11 + 2) % size);
            text += &format!(
                "  R{at}:\n    Type: AWS::CloudFormation::Stack\n    Condition: C{at}\n    Properties:\n      TemplateURL: https://example.org/t\n      Parameters:\n        V: !If [C{other}, !If [C{third}, !Ref P{at}, !If [C{at}, x, y]], !Ref AWS::NoValue]\n"
            );
        }
        linear(size, 200, &text);
    }
}

/// aws-cloudformation/cfn-lint#3895, #4406: the definition of a state machine as a text full of functions.
#[test]
fn definitions_full_of_functions_do_not_multiply() {
    for size in [50, 200, 800] {
        let mut text = String::from(
            "AWSTemplateFormatVersion: x\nParameters: {P: {Type: String}}\nConditions: {C: !Equals [!Ref P, a]}\nResources:\n",
        );
        for at in 0..size {
            text += &format!("  F{at}: {{Type: 'AWS::Lambda::Function'}}\n");
        }
        text += "  M:\n    Type: AWS::StepFunctions::StateMachine\n    Properties:\n      DefinitionString: !Join\n        - ''\n        - - '{'\n";
        for at in 0..size {
            text += &format!(
                "          - !Sub '\"S{at}\": {{\"Resource\": \"${{F{at}.Arn}}\", \"Next\": \"${{AWS::Region}}-${{P}}\"}},'\n          - !GetAtt F{at}.Arn\n"
            );
        }
        text += "          - !If [C, '\"x\": 1', !Sub '${P}']\n          - '}'\n";
        linear(size, 200, &text);
    }
}
