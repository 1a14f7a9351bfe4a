//! Parameters of templates as they are written down: in files of all the forms that AWS's tools take, and as
//! `NAME=VALUE`. Invariant: what is none of these forms is an error that names them; nothing in it is passed over.

use cloudformation::Given;
use smol_str::SmolStr;
use source::document::{Entry, Node, NodeKind, ScalarStyle, json, yaml};
use source::{Limits, Span};

/// What a file of parameters may be.
const FORMS: &str = "a list of ParameterKey and ParameterValue (aws cloudformation create-stack), a map with the key Parameters (CodePipeline), a map of names to values, a list of \"NAME=VALUE\" (aws cloudformation deploy), or samconfig.toml";

/// Keys that may stand beside `Parameters`: those of CodePipeline's template configuration, and of the input of
/// `aws cloudformation create-stack`.
const BESIDE: [&str; 17] = [
    "Tags",
    "StackPolicy",
    "StackName",
    "TemplateBody",
    "TemplateURL",
    "DisableRollback",
    "RollbackConfiguration",
    "TimeoutInMinutes",
    "NotificationARNs",
    "Capabilities",
    "ResourceTypes",
    "RoleARN",
    "OnFailure",
    "StackPolicyBody",
    "StackPolicyURL",
    "ClientRequestToken",
    "EnableTerminationProtection",
];

/// A parameter that is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// Its name.
    pub name: SmolStr,
    /// Its value.
    pub value: Given,
    /// Where the value is written in its file.
    pub span: Option<Span>,
}

impl Entered {
    fn text(name: impl Into<SmolStr>, text: impl Into<SmolStr>, span: Option<Span>) -> Self {
        Self { name: name.into(), value: Given::Text(text.into()), span }
    }
}

/// `NAME=VALUE`, or `ParameterKey=NAME,ParameterValue=VALUE` as the AWS CLI has it.
///
/// # Errors
/// It is neither, in words.
pub fn argument(text: &str) -> Result<Entered, String> {
    pair(text, None)
}

/// The parameters in the text of a file called `path`. Of `samconfig.toml` those of `environment` are taken, or of
/// `default` if it has none of that name.
///
/// # Errors
/// What is wrong with it and what is taken, in words.
pub fn parse(path: &str, text: &str, environment: Option<&str>) -> Result<Vec<Entered>, String> {
    if path.ends_with(".toml") {
        return sam(text, environment);
    }
    let limits = Limits::default();
    let document = match text.trim_start().chars().next() {
        Some('{' | '[') => json::parse(text, &limits),
        _ => yaml::parse(text, &limits).map(|documents| documents.into_iter().next().unwrap_or_else(empty)),
    };
    let document = document.map_err(|error| {
        let at = source::LineIndex::new(text).line_column(text, error.span.start);
        format!("line {}: {}; it may be {FORMS}", at.line, error.message)
    })?;
    of_document(&document)
}

fn empty() -> Node {
    Node { kind: NodeKind::Mapping(Vec::new()), tag: None, span: Span::default() }
}

fn of_document(document: &Node) -> Result<Vec<Entered>, String> {
    match &document.kind {
        NodeKind::Sequence(items) => items.iter().map(listed).collect(),
        NodeKind::Mapping(entries) => match document.get("Parameters") {
            Some(inner) if !matches!(inner.kind, NodeKind::Scalar(_)) => {
                let beside =
                    |entry: &&Entry| entry.key != "Parameters" && !BESIDE.contains(&entry.key.as_str());
                if let Some(other) = entries.iter().find(beside) {
                    return Err(format!(
                        "{} does not belong beside Parameters; it may be {FORMS}",
                        other.key
                    ));
                }
                let mut entered = of_document(inner)?;
                let name = document.get("StackName").and_then(Node::text);
                entered.extend(name.map(|name| Entered::text("AWS::StackName", name.clone(), None)));
                Ok(entered)
            }
            _ => entries.iter().map(of_entry).collect(),
        },
        NodeKind::Scalar(_) => Err(format!("it may be {FORMS}")),
    }
}

/// An element of a list: a map with `ParameterKey`, or a text.
fn listed(item: &Node) -> Result<Entered, String> {
    if let Some(text) = item.text() {
        return pair(text, Some(item.span));
    }
    let Some(name) = item.get("ParameterKey").and_then(Node::text) else {
        return Err(format!("an element of the list has no ParameterKey; it may be {FORMS}"));
    };
    let previous = item.get("UsePreviousValue").and_then(Node::text);
    if previous.is_some_and(|text| text.eq_ignore_ascii_case("true")) {
        return Ok(Entered { name: name.clone(), value: Given::Previous, span: Some(item.span) });
    }
    match item.get("ParameterValue") {
        Some(node) => Ok(Entered::text(name.clone(), text_of(name, node)?, Some(node.span))),
        None => Err(format!("{name} has neither ParameterValue nor UsePreviousValue")),
    }
}

fn of_entry(entry: &Entry) -> Result<Entered, String> {
    Ok(Entered::text(entry.key.clone(), text_of(&entry.key, &entry.value)?, Some(entry.value.span)))
}

/// A scalar as its text, a list of them joined with commas.
fn text_of(name: &str, node: &Node) -> Result<SmolStr, String> {
    let wrong = || format!("the value of {name} is neither a text, a number, a boolean nor a list of them");
    match &node.kind {
        NodeKind::Scalar(scalar) if node.tag.is_none() => match scalar.style {
            ScalarStyle::Null => Err(wrong()),
            ScalarStyle::Plain if matches!(scalar.text.as_str(), "" | "~" | "null") => Err(wrong()),
            _ => Ok(scalar.text.clone()),
        },
        NodeKind::Sequence(items) => {
            let texts: Option<Vec<&str>> =
                items.iter().map(|item| item.text().map(SmolStr::as_str)).collect();
            texts.map(|texts| SmolStr::from(texts.join(","))).ok_or_else(wrong)
        }
        _ => Err(wrong()),
    }
}

/// `NAME=VALUE`, or the shorthand of the AWS CLI.
fn pair(text: &str, span: Option<Span>) -> Result<Entered, String> {
    if text.starts_with("ParameterKey=") {
        return shorthand(text, span).ok_or_else(|| {
            format!("{text}: write ParameterKey=NAME,ParameterValue=VALUE or ParameterKey=NAME,UsePreviousValue=true")
        });
    }
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok(Entered::text(name.trim(), value, span)),
        _ => Err(format!("{text}: write NAME=VALUE")),
    }
}

/// `ParameterKey=NAME,ParameterValue=VALUE`, in which a comma of the value has a backslash before it.
fn shorthand(text: &str, span: Option<Span>) -> Option<Entered> {
    let text = text.strip_prefix("ParameterKey=")?;
    let (name, rest) = text.split_once(',')?;
    if rest.eq_ignore_ascii_case("UsePreviousValue=true") {
        return Some(Entered { name: name.into(), value: Given::Previous, span });
    }
    let value = rest.strip_prefix("ParameterValue=")?;
    let value = value.strip_suffix(",UsePreviousValue=false").unwrap_or(value);
    Some(Entered::text(name, value.replace("\\,", ","), span))
}

/// What `samconfig.toml` gives to `sam deploy`: overrides of parameters and the stack's name.
fn sam(text: &str, environment: Option<&str>) -> Result<Vec<Entered>, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| error.message().to_owned())?;
    let named = environment.and_then(|name| table.get(name)).or_else(|| table.get("default"));
    let Some(environment) = named.and_then(toml::Value::as_table) else {
        return Err(format!("it has no table [default.deploy.parameters]; it may be {FORMS}"));
    };
    let setting = |key: &str| {
        let of = |command: &str| environment.get(command)?.get("parameters")?.get(key);
        of("deploy").or_else(|| of("global"))
    };
    let mut entered = match setting("parameter_overrides") {
        None => Vec::new(),
        Some(toml::Value::String(text)) => {
            words(text).iter().map(|word| pair(word, None)).collect::<Result<_, _>>()?
        }
        Some(toml::Value::Array(items)) => {
            let each = |item: &toml::Value| {
                let text = item.as_str().ok_or("parameter_overrides is no list of texts")?;
                let unquoted = words(text);
                pair(unquoted.first().filter(|_| unquoted.len() == 1).map_or(text, String::as_str), None)
            };
            items.iter().map(each).collect::<Result<_, _>>()?
        }
        Some(_) => return Err("parameter_overrides is neither a text nor a list of texts".to_owned()),
    };
    for (key, name) in [("stack_name", "AWS::StackName"), ("region", "AWS::Region")] {
        let value = setting(key).and_then(toml::Value::as_str);
        entered.extend(value.map(|value| Entered::text(name, value, None)));
    }
    Ok(entered)
}

/// Words parted by blanks outside of quotes, without the quotes.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match (letter, quote) {
            ('\\', _) => word.get_or_insert_default().extend(letters.next()),
            (_, Some(open)) if letter == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (_, None) if letter.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(entered: Result<Vec<Entered>, String>) -> String {
        let one = |entered: Entered| match entered.value {
            Given::Text(text) => format!("{}={text}", entered.name),
            Given::Previous => format!("{} as before", entered.name),
        };
        match entered {
            Ok(entered) => entered.into_iter().map(one).collect::<Vec<_>>().join("; "),
            Err(message) => format!("error: {}", message.split(';').next().unwrap_or_default()),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(shown(parse("params.json", text, None)), expected);
    }

    #[test]
    fn lists_of_the_aws_cli_are_taken() {
        check(
            r#"[{"ParameterKey": "A", "ParameterValue": "1"}, {"ParameterKey": "B", "UsePreviousValue": true}]"#,
            "A=1; B as before",
        );
        check(r#"[{"ParameterKey": "A", "ParameterValue": "x", "UsePreviousValue": false}]"#, "A=x");
        check("- ParameterKey: A\n  ParameterValue: x,y\n", "A=x,y");
        check(r#"["A=1", "B=x=y", "ParameterKey=C,ParameterValue=a\\,b"]"#, "A=1; B=x=y; C=a,b");
        check(
            r#"{"StackName": "net", "Parameters": [{"ParameterKey": "A", "ParameterValue": "1"}]}"#,
            "A=1; AWS::StackName=net",
        );
    }

    #[test]
    fn maps_are_taken_with_and_without_parameters_around_them() {
        check(r#"{"Parameters": {"A": "1", "B": 2}, "Tags": {"x": "y"}, "StackPolicy": {}}"#, "A=1; B=2");
        check(r#"{"A": true, "B": ["x", "y"], "Parameters": "p"}"#, "A=true; B=x,y; Parameters=p");
        check("A: 017\nB: yes\nC: [x, 1]\nD: \"\"\n", "A=017; B=yes; C=x,1; D=");
        check("", "");
    }

    #[test]
    fn other_forms_are_errors() {
        check(
            "{\"Parameters\": {}, \"Resources\": {}}",
            "error: Resources does not belong beside Parameters",
        );
        check(
            "{\"A\": {\"B\": 1}}",
            "error: the value of A is neither a text, a number, a boolean nor a list of them",
        );
        check(
            "A: !Ref B\n",
            "error: the value of A is neither a text, a number, a boolean nor a list of them",
        );
        check("A:\n", "error: the value of A is neither a text, a number, a boolean nor a list of them");
        check("[{\"Key\": \"A\"}]", "error: an element of the list has no ParameterKey");
        check("[{\"ParameterKey\": \"A\"}]", "error: A has neither ParameterValue nor UsePreviousValue");
        check("[\"A\"]", "error: A: write NAME=VALUE");
        check(
            "text",
            "error: it may be a list of ParameterKey and ParameterValue (aws cloudformation create-stack), a map with the key Parameters (CodePipeline), a map of names to values, a list of \"NAME=VALUE\" (aws cloudformation deploy), or samconfig.toml",
        );
    }

    #[test]
    fn settings_of_sam_are_taken_by_environment() {
        let text = "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = 'A=1 B=\"x y\" ParameterKey=C,ParameterValue=3'\n[prod.deploy.parameters]\nstack_name = \"app\"\nparameter_overrides = [\"A=2\", \"B=\\\"q\\\"\"]\n[prod.global.parameters]\nregion = \"eu-west-1\"\n";
        let of = |environment| shown(parse("samconfig.toml", text, environment));
        assert_eq!(of(None), "A=1; B=x y; C=3");
        assert_eq!(of(Some("prod")), "A=2; B=q; AWS::StackName=app; AWS::Region=eu-west-1");
        assert_eq!(of(Some("dev")), "A=1; B=x y; C=3");
        assert!(parse("x.toml", "a = 1", None).is_err());
    }

    #[test]
    fn arguments_are_pairs() {
        assert_eq!(shown(argument("A=1").map(|one| vec![one])), "A=1");
        assert_eq!(
            shown(argument("ParameterKey=A,UsePreviousValue=true").map(|one| vec![one])),
            "A as before"
        );
        assert!(argument("=1").is_err() && argument("ParameterKey=A").is_err());
    }
}
