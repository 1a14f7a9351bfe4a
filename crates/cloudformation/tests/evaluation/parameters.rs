//! Parameters: what `Ref` gives for an input by its type, its default, its allowed values and what is given.

use carelint_cloudformation::{Inputs, Parameter};

use crate::{declared, template, value_of, warnings};

/// Checks what a parameter gives, by itself and with a value from outside.
#[track_caller]
fn check(parameter: &str, expected: &str) {
    given(parameter, None, expected, &[]);
}

#[track_caller]
fn given(parameter: &str, value: Option<&str>, expected: &str, said: &[&str]) {
    let text = template(&format!("Parameters: {{P: {parameter}}}"), "!Ref P");
    let parameters = value.iter().map(|value| Parameter::text("P", *value)).collect();
    let inputs = Inputs { parameters, ..Inputs::default() };
    let (declared, _) = declared(&[("t.yaml", &text)], &inputs);
    assert_eq!(value_of(&declared), expected);
    let said: Vec<String> =
        said.iter().map(|message| format!("cloudformation-parameter-value: {message}")).collect();
    assert_eq!(warnings(&declared), said);
}

#[test]
fn a_default_counts_as_what_is_deployed() {
    check("{Type: String, Default: x}", "\"x\"");
    check("{Type: String, Default: ''}", "\"\"");
    check("{Type: String, Default: true}", "\"true\"");
    check("{Type: String, Default: 012}", "\"012\"");
    check("{Type: String, AllowedValues: [a, b], Default: b}", "\"b\"");
    check("{Type: Number, Default: 5}", "5");
    check("{Type: Number, Default: '5.50'}", "\"5.50\"");
    check("{Type: 'AWS::EC2::VPC::Id', Default: vpc-1}", "\"vpc-1\"");
    check("{Type: 'AWS::SSM::Parameter::Name', Default: /a/b}", "\"/a/b\"");
}

#[test]
fn lists_are_taken_apart_and_trimmed() {
    check("{Type: CommaDelimitedList, Default: ' a ,b,, c '}", "[\"a\", \"b\", \"\", \"c\"]");
    check("{Type: CommaDelimitedList, Default: ''}", "[]");
    check("{Type: List<Number>, Default: '80, 443'}", "[\"80\", \"443\"]");
    check(
        "{Type: 'List<AWS::EC2::Subnet::Id>', Default: 'subnet-1,subnet-2'}",
        "[\"subnet-1\", \"subnet-2\"]",
    );
    check("{Type: CommaDelimitedList}", "?P");
}

#[test]
fn allowed_values_are_alternatives() {
    check("{Type: String, AllowedValues: [dev, prod]}", "(P=dev: \"dev\" | !P=dev: \"prod\")");
    check("{Type: String, AllowedValues: ['true', 'false']}", "(P=true: \"true\" | !P=true: \"false\")");
    check(
        "{Type: String, AllowedValues: ['true', 'false', auto]}",
        "(P=\"true\": \"true\" | P=\"false\": \"false\" | !(P=\"true\" | P=\"false\"): \"auto\")",
    );
    check("{Type: Number, AllowedValues: [1, 2]}", "(P=1: 1 | !P=1: 2)");
    check("{Type: String, AllowedValues: [only]}", "\"only\"");
    check("{Type: String, AllowedValues: [a, a]}", "\"a\"");
    let many: Vec<String> = (0..40).map(|index| format!("v{index}")).collect();
    check(&format!("{{Type: String, AllowedValues: [{}]}}", many.join(", ")), "?P");
    check("{Type: CommaDelimitedList, AllowedValues: [a, b]}", "?P");
}

#[test]
fn what_may_not_be_shown_is_hidden() {
    check("{Type: String, NoEcho: true}", "secret ?P");
    check("{Type: String, NoEcho: 'true', Default: hunter2}", "secret \"hunter2\"");
    check("{Type: String, NoEcho: true, AllowedValues: [a, b]}", "secret ?P");
    check("{Type: CommaDelimitedList, NoEcho: true, Default: 'a,b'}", "secret [secret \"a\", secret \"b\"]");
    given("{Type: String, NoEcho: true}", Some("hunter2"), "secret \"hunter2\"", &[]);
}

#[test]
fn a_parameter_of_ssm_holds_what_is_stored_there() {
    for ty in ["String", "'AWS::EC2::Image::Id'", "List<String>", "CommaDelimitedList"] {
        let ty = ty.trim_matches('\'');
        check(&format!("{{Type: 'AWS::SSM::Parameter::Value<{ty}>', Default: /a/b}}"), "?P");
    }
    given("{Type: 'AWS::SSM::Parameter::Value<String>', Default: /a}", Some("/b"), "?P", &[]);
}

#[test]
fn a_secret_is_hidden_wherever_it_flows() {
    let header = "Transform: AWS::LanguageExtensions\nParameters:\n  P: {Type: String, NoEcho: true, Default: hunter2}\n  L: {Type: CommaDelimitedList, NoEcho: true}\n  Env: {Type: String}\nConditions: {C: !Equals [!Ref Env, x]}\nMappings: {M: {a: {b: c}}}";
    for (expression, expected) in [
        ("!Sub 'a-${P}'", "secret \"a-hunter2\""),
        ("!Join ['-', [!Ref P, b]]", "secret \"hunter2-b\""),
        ("!Join ['-', !Ref L]", "secret ?L.join(-)"),
        ("!Select [0, !Split ['t', !Ref P]]", "secret \"hun\""),
        ("!Select [0, !Ref L]", "secret ?L.0"),
        ("!Base64 {Ref: P}", "secret \"aHVudGVyMg==\""),
        ("!If [C, !Ref P, x]", "secret (Env=x: secret \"hunter2\" | !Env=x: \"x\")"),
        ("!ToJsonString {a: !Ref P}", "secret \"{\\\"a\\\":\\\"hunter2\\\"}\""),
        ("!Sub 'a-${P}-${Env}'", "secret `a-hunter2-{?Env}`"),
        ("!ImportValue {'Fn::Sub': 'x-${P}'}", "?"),
        ("!FindInMap [M, a, !Ref P, {DefaultValue: d}]", "?"),
    ] {
        crate::check(header, expression, expected);
    }
}

#[test]
fn a_value_that_the_constraints_refuse_is_said() {
    let said = |parameter: &str, expected: &str, message: &str| given(parameter, None, expected, &[message]);
    said(
        "{Type: String, AllowedValues: [a, b], Default: c}",
        "\"c\"",
        "the default of parameter P \"c\" is none of its allowed values",
    );
    said(
        "{Type: String, AllowedPattern: '[a-z]+', Default: a1}",
        "\"a1\"",
        "the default of parameter P \"a1\" does not match its allowed pattern",
    );
    said(
        "{Type: String, MinLength: 3, Default: ab}",
        "\"ab\"",
        "the default of parameter P \"ab\" is shorter than its least length",
    );
    said(
        "{Type: String, MaxLength: '3', Default: abcd, NoEcho: true}",
        "secret \"abcd\"",
        "the default of parameter P is longer than its greatest length",
    );
    said(
        "{Type: Number, MinValue: 3, Default: 2}",
        "2",
        "the default of parameter P \"2\" is less than its least value",
    );
    said(
        "{Type: Number, MaxValue: 3, Default: 4}",
        "4",
        "the default of parameter P \"4\" is more than its greatest value",
    );
    said("{Type: Number, Default: many}", "\"many\"", "the default of parameter P \"many\" is no number");
    said(
        "{Type: CommaDelimitedList, AllowedValues: [a, b], Default: 'a,c'}",
        "[\"a\", \"c\"]",
        "the default of parameter P \"c\" is none of its allowed values",
    );
    said("{Default: x}", "\"x\"", "the parameter P has no type");
    given(
        "{Type: String, AllowedValues: [a, b], Default: a}",
        Some("z"),
        "\"z\"",
        &["the value given for parameter P \"z\" is none of its allowed values"],
    );
}

#[test]
fn a_value_that_the_constraints_take_is_passed_over() {
    check("{Type: String, AllowedPattern: '^[a-z]*$', Default: ''}", "\"\"");
    check("{Type: String, AllowedPattern: '(?=a)a', Default: b}", "\"b\"");
    check("{Type: Number, MinValue: 1, MaxValue: 3, Default: 3}", "3");
    check("{Type: List<Number>, MinValue: 1, Default: '1,2'}", "[\"1\", \"2\"]");
    check("{Type: String, AllowedValues: [true, 1, '1.0'], Default: 1.0}", "\"1.0\"");
}
