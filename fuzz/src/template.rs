//! Templates out of a small grammar: resources, parameters, mappings, conditions and loops that know of each other, and
//! functions in both spellings whose arguments need not fit.

use arbitrary::{Arbitrary, Result, Unstructured};

/// Files of a scan, by path.
#[derive(Debug)]
pub struct Templates(pub Vec<(&'static str, String)>);

/// A SAM template.
#[derive(Debug)]
pub struct Serverless(pub String);

const DEPTH: usize = 4;

const NAMES: &[&str] =
    &["P0", "P1", "P2", "R0", "R1", "R2", "N0", "AWS::Region", "AWS::AccountId", "AWS::NoValue", "AWS::StackName", "L0", "Absent"];

const CONDITIONS: &[&str] = &["C0", "C1", "C2", "Absent"];

const TEXTS: &[&str] = &[
    "a", "b", "''", "'a,b,c'", "'${P0}'", "'${R0.Arn}-${P1}'", "'${!x}${'", "'${L0}'", "'{{resolve:ssm:/a:1}}'",
    "'{{resolve:secretsmanager:${P0}:SecretString:a}}'", "'10.0.0.0/16'", "'arn:aws:s3:::a/*'", "\"\\\"{\\\"a\\\": 1}\"",
    "0", "-1", "7", "1.5", "true", "no", "~", "012", "'0'", "'prod'", "'R0.Arn'", "'N0.Outputs.O0'", "us-east-1",
];

const KEYS: &[&str] = &["A", "B", "Tags", "Key", "Value", "Policy", "'${L0}'", "'&{L0}'", "Properties", "x"];

const FUNCTIONS: &[&str] = &[
    "Ref", "GetAtt", "Sub", "Join", "Split", "Select", "If", "And", "Or", "Not", "Equals", "Condition", "FindInMap", "Base64", "Cidr",
    "GetAZs", "ImportValue", "Length", "ToJsonString", "Transform", "GetStackOutput", "Nonsense",
];

impl<'a> Arbitrary<'a> for Templates {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let main = template(u)?;
        let mut files = vec![("t.yaml", main)];
        if u.arbitrary()? {
            files.push(("n.yaml", template(u)?));
        }
        Ok(Self(files))
    }
}

fn template(u: &mut Unstructured<'_>) -> Result<String> {
    let mut out = String::from("AWSTemplateFormatVersion: x\nTransform: AWS::LanguageExtensions\nParameters:\n");
    for at in 0..3 {
        let kind = u.choose(&["String", "Number", "CommaDelimitedList", "List<Number>", "AWS::SSM::Parameter::Value<String>", "x"])?;
        let more = u.choose(&["", ", Default: a", ", Default: 'a,b'", ", AllowedValues: [a, b]", ", NoEcho: true", ", AllowedValues: [1, 2, 3], Default: 2"])?;
        out.push_str(&format!("  P{at}: {{Type: '{kind}'{more}}}\n"));
    }
    out.push_str("Mappings: {M0: {us-east-1: {a: 1, b: [x, y]}, b: {a: 2}}, M1: {a: {a: z}}}\nConditions:\n");
    for at in 0..3 {
        out.push_str(&format!("  C{at}: "));
        condition(u, 3, &mut out)?;
        out.push('\n');
    }
    out.push_str("Resources:\n");
    for at in 0..u.int_in_range(1..=3)? {
        resource(u, &format!("R{at}"), &mut out)?;
    }
    if u.ratio(1, 3)? {
        out.push_str("  N0: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ");
        out.push_str(u.choose(&["n.yaml", "t.yaml", "!Sub 'n.yaml'", "./n.yaml", "https://x/n.yaml"])?);
        out.push_str(", Parameters: {P0: ");
        value(u, 2, &mut out)?;
        out.push_str("}}}\n");
    }
    if u.ratio(1, 3)? {
        repeated(u, 2, &mut out)?;
        out.push('\n');
    }
    out.push_str("Outputs:\n  O0: {Value: ");
    value(u, 2, &mut out)?;
    out.push_str(", Export: {Name: ");
    value(u, 1, &mut out)?;
    out.push_str("}}\n");
    Ok(out)
}

fn resource(u: &mut Unstructured<'_>, name: &str, out: &mut String) -> Result<()> {
    let kind = u.choose(&["AWS::S3::Bucket", "AWS::IAM::Role", "Custom::X", "X::Y::Z::MODULE", "x"])?;
    out.push_str(&format!("  {name}: {{Type: '{kind}'"));
    if u.ratio(1, 3)? {
        out.push_str(&format!(", Condition: {}", u.choose(CONDITIONS)?));
    }
    if u.ratio(1, 4)? {
        out.push_str(", DependsOn: [R0, R1]");
    }
    out.push_str(", Properties: ");
    if u.ratio(3, 4)? { map(u, DEPTH, out)? } else { value(u, DEPTH, out)? }
    out.push_str("}\n");
    Ok(())
}

/// A loop around resources, in others.
fn repeated(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    let name = u.choose(&["L0", "L1"])?;
    out.push_str(&format!("  'Fn::ForEach::{name}': [{name}, "));
    if u.ratio(2, 3)? { out.push_str("[a, b, 'c-d']") } else { value(u, 2, out)? }
    out.push_str(", {");
    if depth > 0 && u.ratio(1, 3)? {
        repeated(u, depth - 1, out)?;
    } else {
        out.push_str(&format!("'{}': {{Type: 'AWS::S3::Bucket', Properties: ", u.choose(&["X${L0}", "X&{L0}", "X", "X${L1}${L0}"])?));
        value(u, 3, out)?;
        out.push('}');
    }
    out.push_str("}]");
    Ok(())
}

fn condition(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    match if depth == 0 { 0 } else { u.int_in_range(0u8..=4)? } {
        0 => out.push_str(&format!("!Condition {}", u.choose(CONDITIONS)?)),
        1 | 2 => {
            out.push_str("!Equals [");
            value(u, 1, out)?;
            out.push_str(", ");
            value(u, 1, out)?;
            out.push(']');
        }
        3 => {
            out.push_str("!Not [");
            condition(u, depth - 1, out)?;
            out.push(']');
        }
        _ => {
            out.push_str(u.choose(&["!And [", "!Or ["])?);
            condition(u, depth - 1, out)?;
            out.push_str(", ");
            condition(u, depth - 1, out)?;
            out.push(']');
        }
    }
    Ok(())
}

fn value(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    match if depth == 0 { 0 } else { u.int_in_range(0u8..=7)? } {
        0 | 1 => out.push_str(u.choose(TEXTS)?),
        2 => out.push_str(&format!("!Ref {}", u.choose(NAMES)?)),
        3 => list(u, depth, out)?,
        4 => map(u, depth, out)?,
        _ => function(u, depth, out)?,
    }
    Ok(())
}

fn list(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('[');
    for at in 0..u.int_in_range(0..=3)? {
        out.push_str(if at > 0 { ", " } else { "" });
        value(u, depth - 1, out)?;
    }
    out.push(']');
    Ok(())
}

fn map(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    out.push('{');
    for at in 0..u.int_in_range(0..=3)? {
        out.push_str(if at > 0 { ", " } else { "" });
        out.push_str(&format!("{}: ", u.choose(KEYS)?));
        value(u, depth.saturating_sub(1), out)?;
    }
    out.push('}');
    Ok(())
}

fn function(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    let name = u.choose(FUNCTIONS)?;
    let long = u.arbitrary()?;
    match (long, *name) {
        (true, "Ref" | "Condition") => out.push_str(&format!("{{{name}: ")),
        (true, _) => out.push_str(&format!("{{'Fn::{name}': ")),
        (false, _) => out.push_str(&format!("!{name} ")),
    }
    argument(u, name, depth - 1, out)?;
    out.push_str(if long { "}" } else { "" });
    Ok(())
}

/// An argument that fits, most of the time.
fn argument(u: &mut Unstructured<'_>, name: &str, depth: usize, out: &mut String) -> Result<()> {
    if u.ratio(1, 8)? {
        return if u.arbitrary()? { list(u, depth.max(1), out) } else { map(u, depth, out) };
    }
    let first = match name {
        "Ref" => return Ok(out.push_str(u.choose(NAMES)?)),
        "Condition" => return Ok(out.push_str(u.choose(CONDITIONS)?)),
        "GetAtt" => return Ok(out.push_str(u.choose(&["R0.Arn", "[R1, Arn]", "N0.Outputs.O0", "[N0, !Ref P0]", "Absent.x", "R0"])?)),
        "GetAZs" | "Base64" | "ImportValue" | "ToJsonString" | "Length" => {
            return match u.int_in_range(0u8..=2)? {
                0 => Ok(out.push_str(u.choose(TEXTS)?)),
                1 => list(u, depth.max(1), out),
                _ => map(u, depth, out),
            };
        }
        "Transform" => "{Name: AWS::Include, Parameters: {Location: n.yaml}}",
        "Sub" => *u.choose(&["'${x}-${P0}-${R0.Arn}'", "'${x}${x}${x}'"])?,
        "Join" | "Split" => *u.choose(&["','", "'-'", "''", "!Ref P0"])?,
        "Select" => *u.choose(&["0", "1", "'2'", "!Ref P1", "-1"])?,
        "If" => *u.choose(CONDITIONS)?,
        "FindInMap" => *u.choose(&["M0, !Ref 'AWS::Region'", "M0, us-east-1", "M1, a", "!Ref P0, a", "M0, Absent"])?,
        "Cidr" => *u.choose(&["'10.0.0.0/16'", "!Ref P0", "'::/0'"])?,
        _ => *u.choose(TEXTS)?,
    };
    out.push_str(&format!("[{first}"));
    for _ in 0..u.int_in_range(1..=2)? {
        out.push_str(", ");
        value(u, depth, out)?;
    }
    out.push(']');
    Ok(())
}

const KINDS: &[&str] = &[
    "Function", "Api", "HttpApi", "SimpleTable", "LayerVersion", "StateMachine", "Application", "Connector", "GraphQLApi",
    "CapacityProvider", "WebSocketApi", "Nonsense",
];

const PROPERTIES: &[&str] = &[
    "Handler", "Runtime", "CodeUri", "InlineCode", "PackageType", "Policies", "Role", "Events", "AutoPublishAlias", "DeploymentPreference",
    "VpcConfig", "Environment", "Tags", "Tracing", "DeadLetterQueue", "EventInvokeConfig", "FunctionUrlConfig", "ProvisionedConcurrencyConfig",
    "StageName", "DefinitionBody", "DefinitionUri", "Auth", "Cors", "Domain", "AccessLogSetting", "MethodSettings", "EndpointConfiguration",
    "PrimaryKey", "SSESpecification", "TableName", "ContentUri", "RetentionPolicy", "Definition", "DefinitionSubstitutions", "Logging",
    "Location", "Parameters", "Source", "Destination", "Permissions", "Schema", "DataSources", "Resolvers", "Functions", "Layers", "UsagePlan",
];

const EVENTS: &[&str] = &[
    "S3", "SNS", "SQS", "Kinesis", "DynamoDB", "Schedule", "ScheduleV2", "CloudWatchEvent", "EventBridgeRule", "CloudWatchLogs", "Api", "HttpApi",
    "IoTRule", "AlexaSkill", "Cognito", "MQ", "MSK", "SelfManagedKafka", "DocumentDB", "Nonsense",
];

const INSIDE: &[&str] = &[
    "Type", "Properties", "Path", "Method", "RestApiId", "ApiId", "Bucket", "Queue", "Topic", "Stream", "Schedule", "Pattern", "Auth", "Authorizer",
    "DefaultAuthorizer", "Authorizers", "ApiKeyRequired", "ResourcePolicy", "UserPoolArn", "FunctionArn", "Id", "Arn", "QueueName", "TableName",
    "Statement", "Effect", "Action", "Resource", "Variables", "Name", "Filter", "Rules", "RedrivePolicy", "SqsSubscription", "paths", "openapi", "swagger",
    "'/a'", "'/{proxy+}'", "get", "x-amazon-apigateway-integration", "SubnetIds", "SecurityGroupIds", "BatchSize", "StartingPosition", "CreateUsagePlan",
];

impl<'a> Arbitrary<'a> for Serverless {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut out = String::from(
            "Transform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nParameters: {P0: {Type: String}, P1: {Type: String, Default: a}, P2: {Type: String, AllowedValues: [a, b]}}\nConditions: {C0: !Equals [!Ref P0, a], C1: !Not [!Condition C0], C2: !Equals [!Ref P2, a]}\nMappings: {M0: {us-east-1: {a: 1}}, M1: {a: {a: z}}}\n",
        );
        if u.ratio(1, 2)? {
            out.push_str("Globals:\n");
            for kind in ["Function", "Api", "HttpApi", "SimpleTable", "StateMachine"] {
                if u.ratio(1, 3)? {
                    out.push_str(&format!("  {kind}: "));
                    serverless(u, kind, &mut out)?;
                    out.push('\n');
                }
            }
        }
        out.push_str("Resources:\n");
        for at in 0..u.int_in_range(1..=4)? {
            let kind = u.choose(KINDS)?;
            out.push_str(&format!("  R{at}: {{Type: 'AWS::Serverless::{kind}'"));
            if u.ratio(1, 4)? {
                out.push_str(&format!(", Condition: {}", u.choose(CONDITIONS)?));
            }
            out.push_str(", Properties: ");
            serverless(u, kind, &mut out)?;
            out.push_str("}\n");
        }
        if u.ratio(1, 4)? {
            repeated(u, 1, &mut out)?;
            out.push('\n');
        }
        Ok(Self(out))
    }
}

fn serverless(u: &mut Unstructured<'_>, kind: &str, out: &mut String) -> Result<()> {
    out.push('{');
    for at in 0..u.int_in_range(0..=6)? {
        out.push_str(if at > 0 { ", " } else { "" });
        let name = match (kind, u.int_in_range(0u8..=3)?) {
            ("Function" | "StateMachine", 0) => "Events",
            ("Function" | "StateMachine", 1) => "Policies",
            ("Api" | "HttpApi", 0) => "Auth",
            ("Api" | "HttpApi", 1) => "DefinitionBody",
            _ => u.choose(PROPERTIES)?,
        };
        out.push_str(&format!("{name}: "));
        match name {
            "Events" => events(u, out)?,
            "Policies" => policies(u, out)?,
            _ => inside(u, 3, out)?,
        }
    }
    out.push('}');
    Ok(())
}

fn events(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    out.push('{');
    for at in 0..u.int_in_range(0..=3)? {
        out.push_str(&format!("{}E{at}: {{Type: {}, Properties: ", if at > 0 { ", " } else { "" }, u.choose(EVENTS)?));
        inside(u, 3, out)?;
        out.push('}');
    }
    out.push('}');
    Ok(())
}

fn policies(u: &mut Unstructured<'_>, out: &mut String) -> Result<()> {
    out.push('[');
    for at in 0..u.int_in_range(0..=3)? {
        out.push_str(if at > 0 { ", " } else { "" });
        match u.int_in_range(0u8..=4)? {
            0 => out.push_str("AWSLambdaExecute"),
            1 => out.push_str("{S3ReadPolicy: {BucketName: !Ref P0}}"),
            2 => out.push_str("{DynamoDBCrudPolicy: {TableName: !Ref R1}}"),
            3 => out.push_str("{Statement: [{Effect: Allow, Action: '*', Resource: '*'}]}"),
            _ => value(u, 2, out)?,
        }
    }
    out.push(']');
    Ok(())
}

/// A value whose keys are those that the transform looks for.
fn inside(u: &mut Unstructured<'_>, depth: usize, out: &mut String) -> Result<()> {
    if depth == 0 || u.ratio(1, 3)? {
        return value(u, depth.min(2), out);
    }
    let list = u.ratio(1, 5)?;
    out.push_str(if list { "[{" } else { "{" });
    for at in 0..u.int_in_range(0..=4)? {
        out.push_str(&format!("{}{}: ", if at > 0 { ", " } else { "" }, u.choose(INSIDE)?));
        inside(u, depth - 1, out)?;
    }
    out.push_str(if list { "}]" } else { "}" });
    Ok(())
}
