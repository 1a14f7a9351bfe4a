//! Input made to break a reader, through the whole pipeline and every format: nothing panics, everything ends, a limit
//! that is hit is one problem, what stands beside the input is still judged, nothing outside the root is read, and no
//! output holds what a terminal or a reader's eye would obey.

#![expect(clippy::expect_used, reason = "a test that cannot set up its world says so and stops")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use carelint::{Options, check};
use report::{Context, Format, Report, Show};
use source::{Limits, Sources};

/// A root of its own beside the input, which has to be judged whatever the input is.
const BESIDE: (&str, &str) = ("beside/main.tf", "resource \"aws_s3_bucket\" \"beside\" {}\n");

/// Longest time that one input may take on a slow machine, unoptimised.
const LONGEST: Duration = Duration::from_secs(120);

/// Checks one input and writes every format.
#[track_caller]
fn reported(sources: &Sources, paths: &[PathBuf]) -> Report {
    let start = Instant::now();
    let report = check(sources, paths, &Options::default());
    for format in Format::ALL {
        let context = Context { sources, color: false, width: 100, show: Show::All };
        let mut out = Vec::new();
        report::write(format, &report, &context, &mut out).expect("a format");
        let text = String::from_utf8(out).expect("a text");
        let found = text.chars().find(|c| is_obeyed(*c));
        assert_eq!(found, None, "{} holds what is obeyed", format.id());
        assert!(!text.contains("root:x:0:0") && !text.contains(SECRET), "{} shows a file", format.id());
    }
    assert!(start.elapsed() < LONGEST, "it took {:?}", start.elapsed());
    report
}

/// What no output may hold raw: controls but for line ends and tabs, and marks of direction.
fn is_obeyed(c: char) -> bool {
    c.is_control() && c != '\n' && c != '\t'
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The errors and warnings of a report by their codes, each once.
fn codes(report: &Report) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> =
        report.problems.iter().filter(|row| row.severity != "note").map(|row| row.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Checks files in memory: the codes of errors and warnings, and that the root beside is judged.
#[track_caller]
fn input(files: &[(&str, &str)], expected: &[&str]) -> Report {
    let sources = Sources::in_memory(files.iter().copied().chain([BESIDE]));
    let report = reported(&sources, &[PathBuf::from(".")]);
    let beside = |address: &str| address == "aws_s3_bucket.beside";
    let judged = report.results.iter().filter_map(|row| row.resource.as_ref());
    assert!(judged.into_iter().any(|row| beside(&row.address)), "what stands beside is not judged");
    let said = report.problems.iter().map(|row| format!("{}: {:.200}", row.code, row.message));
    assert_eq!(codes(&report), expected, "{}\n{files:.300?}", said.collect::<Vec<_>>().join("\n"));
    for problem in &report.problems {
        assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem:?}");
        assert!(problem.message.len() < 2_000, "{}: {:.200}", problem.code, problem.message);
    }
    report
}

/// Checks a Terraform file whose bucket has the name `expression`.
#[track_caller]
fn expression(before: &str, expression: &str, expected: &[&str]) {
    let text = format!("{before}\nresource \"aws_s3_bucket\" \"it\" {{\n  bucket = {expression}\n}}\n");
    input(&[("main.tf", &text)], expected);
}

/// Checks a template whose bucket has the name `expression`.
#[track_caller]
fn template(before: &str, expression: &str, expected: &[&str]) {
    let text = format!(
        "{before}\nResources:\n  It:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: {expression}\n"
    );
    input(&[("t.yaml", &text)], expected);
}

#[test]
fn deep_nesting_of_expressions() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{a=", "}"), ("\"${", "}\""), ("!", ""), ("f(", ")")] {
        let text = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        expression("", &text, &["terraform-syntax"]);
    }
}

#[test]
fn deep_nesting_of_blocks() {
    let text = format!("resource \"a\" \"b\" {{\n{}{}}}\n", "x {\n".repeat(20_000), "}\n".repeat(20_000));
    input(&[("main.tf", &text)], &["terraform-syntax"]);
}

#[test]
fn deep_nesting_of_documents() {
    let json =
        format!("{{\"AWSTemplateFormatVersion\": {}1{}}}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    input(&[("t.json", &json)], &["cloudformation-syntax"]);
    let yaml = format!(
        "AWSTemplateFormatVersion: x\nResources: {}1{}\n",
        "{AWS: ".repeat(10_000),
        "}".repeat(10_000)
    );
    input(&[("t.yaml", &yaml)], &["cloudformation-syntax"]);
    let block: String = (0..3_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    input(
        &[("t.yaml", &format!("AWSTemplateFormatVersion: x\nResources:\n{block}"))],
        &["cloudformation-syntax"],
    );
    let plan = format!(
        "{{\"format_version\": \"1.2\", \"terraform_version\": \"1\", \"planned_values\": {{}}, \"configuration\": {}1{}}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    input(&[("plan.json", &plan)], &["plan-syntax"]);
    let module = format!("{{\"resource\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    input(&[("main.tf.json", &module)], &["terraform-syntax"]);
    let assembly =
        format!("{{\"version\": \"1\", \"artifacts\": {}1{}}}", "[".repeat(10_000), "]".repeat(10_000));
    input(&[("cdk.out/manifest.json", &assembly), ("cdk.out/cdk.out", "{}")], &["cdk-assembly"]);
}

#[test]
fn aliases_that_multiply() {
    let mut text =
        String::from("AWSTemplateFormatVersion: x\nMetadata:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let below = vec![format!("*a{}", level - 1); 10].join(", ");
        text.push_str(&format!("  a{level}: &a{level} [{below}]\n"));
    }
    text.push_str("Resources:\n  It: {Type: 'AWS::S3::Bucket', Properties: *a11}\n");
    input(&[("t.yaml", &text)], &["cloudformation-syntax"]);
}

#[test]
fn what_never_ends() {
    for text in ["\"${", "\"${a", "\"%{ if", "\"", "<<X\nabc", "<<-X\n${", "[", "{", "(", "/* ", "x["] {
        let text = format!("resource \"aws_s3_bucket\" \"it\" {{\n  bucket = {text}");
        input(&[("main.tf", &text)], &["terraform-syntax"]);
    }
    for text in ["!Sub '${", "!Sub '${x", "!Sub ['${"] {
        let text = format!("Resources:\n  It:\n    Type: AWS::S3::Bucket\n    Properties: {{A: {text}");
        input(&[("t.yaml", &text)], &["cloudformation-syntax"]);
    }
    template("", "!Sub '${'", &[]);
    template("", "!Sub '${AWS::Region'", &[]);
    template("", "'{{resolve:ssm:'", &[]);
}

#[test]
fn cycles() {
    expression("locals {\n  a = local.b\n  b = local.a\n}\n", "local.a", &["terraform-cycle"]);
    expression("locals {\n  a = [for x in local.a : x]\n}\n", "local.a", &["terraform-cycle"]);
    expression("variable \"a\" {\n  default = var.a\n}\n", "var.a", &["terraform-variable-value"]);
    expression("", "aws_s3_bucket.it.bucket", &[]);
    let call = "module \"m\" {\n  source = \"./m\"\n  a = module.m.a\n}\n";
    let inner = "variable \"a\" {}\noutput \"a\" {\n  value = var.a\n}\nresource \"aws_s3_bucket\" \"b\" {\n  bucket = var.a\n}\n";
    input(&[("main.tf", call), ("m/main.tf", inner)], &["terraform-cycle"]);
    let itself = "module \"m\" {\n  source = \"./\"\n}\nresource \"aws_s3_bucket\" \"b\" {}\n";
    input(&[("main.tf", itself)], &["terraform-module-cycle"]);
    let (a, b) = ("module \"b\" {\n  source = \"../b\"\n}\n", "module \"a\" {\n  source = \"../a\"\n}\n");
    input(&[("a/main.tf", a), ("b/main.tf", b)], &["terraform-module-cycle"]);
    template("Conditions: {A: !Not [!Condition A]}", "!If [A, a, b]", &["cloudformation-cycle"]);
    template("Conditions: {A: !Condition B, B: !Condition A}", "!If [A, a, b]", &["cloudformation-cycle"]);
    let nested = "Resources: {N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: t.yaml}}}";
    input(&[("t.yaml", nested)], &["cloudformation-cycle"]);
}

#[test]
fn huge_numbers() {
    let many = |count: &str| format!("resource \"aws_s3_bucket\" \"many\" {{\n  count = {count}\n}}\n");
    input(&[("main.tf", &many("1000000000"))], &["terraform-limit"]);
    input(&[("main.tf", &many("1e99999999"))], &["terraform-syntax"]);
    input(&[("main.tf", &many("-1"))], &["terraform-repetition"]);
    input(&[("main.tf", &many("9999999999999999999999999999999999"))], &["terraform-limit"]);
    let each = "resource \"aws_s3_bucket\" \"many\" {\n  for_each = setunion([for i in range(1000) : [for j in range(1000) : \"${i}-${j}\"]]...)\n}\n";
    input(&[("main.tf", each)], &["terraform-limit"]);
    expression("", "\"${1e1000000000}\"", &["terraform-syntax"]);
    expression("", "pow(9, 999999999)", &[]);
    expression("", "format(\"%1000000000d\", 1)", &["terraform-limit"]);
    expression(
        "",
        "join(\"\", [for i in concat([for k in range(1000) : [for j in range(1000) : k]]...) : \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"])",
        &["terraform-limit"],
    );
    expression("", "cidrsubnets(\"::/0\", 128, 128, 128)[0]", &[]);
    expression("", "setproduct(range(1000), range(1000), range(1000))", &["terraform-limit"]);
    expression("", "regex(\"((a{1000}){1000}){1000}\", \"a\")", &[]);
    expression("", "regex(\"(a*)*b\", \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\")", &[]);
    template("", "!Select [99999999999999999999, [a]]", &["cloudformation-wrong-argument"]);
    template("", "!Cidr ['::/0', 999999999, 1]", &["cloudformation-wrong-argument"]);
}

#[test]
fn texts_that_double() {
    let mut locals = String::from("locals {\n  a0 = \"xxxxxxxxxxxxxxxx\"\n");
    let mut lists = String::from("locals {\n  a0 = [1, 2]\n");
    for at in 1..60 {
        locals.push_str(&format!("  a{at} = \"${{local.a{0}}}${{local.a{0}}}\"\n", at - 1));
        lists.push_str(&format!("  a{at} = concat(local.a{0}, local.a{0})\n", at - 1));
    }
    expression(&format!("{locals}}}\n"), "local.a59", &["terraform-limit"]);
    expression(&format!("{lists}}}\n"), "local.a59", &["terraform-limit"]);
    let nested = (0..60)
        .fold("!Ref 'AWS::Region'".to_owned(), |inner, _| format!("!Sub ['${{x}}${{x}}', {{x: {inner}}}]"));
    template("", &nested, &[]);
}

#[test]
fn unknown_texts_that_double() {
    let mut locals = String::from("variable \"v\" {}\nlocals {\n  a0 = var.v\n");
    let mut resources = String::from("resource \"aws_s3_bucket\" \"a0\" {}\n");
    for at in 1..60 {
        let before = at - 1;
        locals.push_str(&format!("  a{at} = \"${{local.a{before}}}-${{local.a{before}}}\"\n"));
        let name = format!("aws_s3_bucket.a{before}.bucket");
        resources.push_str(&format!(
            "resource \"aws_s3_bucket\" \"a{at}\" {{\n  bucket = \"${{{name}}}-${{{name}}}\"\n}}\n"
        ));
    }
    expression(&format!("{locals}}}\n"), "local.a59", &["terraform-limit"]);
    expression(&resources, "lower(aws_s3_bucket.a59.bucket)", &["terraform-limit"]);
    let mut choices =
        String::from("variable \"v\" { type = bool }\nlocals {\n  a0 = var.v ? \"x\" : \"y\"\n");
    for at in 1..60 {
        let before = at - 1;
        choices
            .push_str(&format!("  a{at} = var.v ? \"${{local.a{before}}}x\" : \"${{local.a{before}}}y\"\n"));
    }
    expression(&format!("{choices}}}\n"), "local.a59", &[]);
    let nested = (0..28).fold("\"x\"".to_owned(), |inner, _| format!("jsonencode([{inner}])"));
    expression("", &nested, &[]);
}

#[test]
fn modules_that_multiply() {
    let names = |at: usize| format!("m{at}/main.tf");
    let mut files: Vec<(String, String)> = (0..12)
        .map(|at| {
            let call = |name: &str| format!("module \"{name}\" {{\n  source = \"../m{}\"\n}}\n", at + 1);
            (names(at), format!("{}{}{}", call("a"), call("b"), call("c")))
        })
        .collect();
    files.push((names(12), "resource \"aws_s3_bucket\" \"b\" {}\n".to_owned()));
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    input(&files, &["terraform-limit"]);
}

/// What the file outside the root holds.
const SECRET: &str = "outside-of-the-root-7391";

/// A root on disk with a file outside, and links to it.
fn on_disk(name: &str, files: &[(&str, &str)]) -> (Sources, PathBuf) {
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}"));
    let _ = fs::remove_dir_all(&base);
    let root = base.join("root");
    for (path, text) in files.iter().copied().chain([BESIDE]) {
        let path = root.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let module = format!("output \"it\" {{\n  value = \"{SECRET}\"\n}}\n");
    for (path, text) in [
        ("outside.txt", SECRET),
        ("module/main.tf", &module),
        ("t.yaml", "Resources: {Outside: {Type: AWS::S3::Bucket}}"),
    ] {
        let path = base.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let sources = Sources::new(&root, Limits::default()).expect("a root");
    (sources, root.canonicalize().expect("a root"))
}

#[test]
fn files_outside_the_root_are_not_read() {
    let main = format!(
        "locals {{\n{}}}\nresource \"aws_s3_bucket\" \"it\" {{\n  bucket = jsonencode([{}])\n}}\nmodule \"m\" {{\n  source = \"../module\"\n}}\noutput \"m\" {{\n  value = module.m.it\n}}\n",
        READS.iter().enumerate().map(|(at, read)| format!("  r{at} = {read}\n")).collect::<String>(),
        (0..READS.len()).map(|at| format!("local.r{at}")).collect::<Vec<_>>().join(", "),
    );
    let nested = "Resources:\n  N: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: ../t.yaml}}\n  M: {Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: /etc/passwd}}\n";
    let assembly = r#"{"version": "1", "artifacts": {
        "x": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "../.."}},
        "S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "../../t.yaml"}},
        "T": {"type": "aws:cloudformation:stack", "additionalMetadataFile": "../../outside.txt", "properties": {"templateFile": "T.json"}}}}"#;
    let stack = r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#;
    let files = [
        ("main.tf", main.as_str()),
        ("n.yaml", nested),
        ("cdk.out/manifest.json", assembly),
        ("cdk.out/T.json", stack),
    ];
    let (sources, root) = on_disk("outside", &files);
    #[cfg(unix)]
    for (link, to) in [("link.txt", "../outside.txt"), ("passwd", "/etc/passwd"), ("out", "..")] {
        std::os::unix::fs::symlink(to, root.join(link)).expect("a link");
    }
    let report = reported(&sources, &[root]);
    let addresses =
        report.results.iter().filter_map(|row| row.resource.as_ref()).map(|row| row.address.as_str());
    assert!(addresses.into_iter().all(|address| !address.contains("Outside")));
    for file in sources.files() {
        assert!(!file.text.contains(SECRET) && !file.text.contains("root:x:0:0"), "{} was read", file.path);
    }
}

/// Calls that would read a file outside the root.
const READS: [&str; 14] = [
    "file(\"/etc/passwd\")",
    "file(\"../outside.txt\")",
    "file(\"${path.module}/../outside.txt\")",
    "file(\"./x/../../outside.txt\")",
    "file(\"link.txt\")",
    "file(\"passwd\")",
    "file(\"out/outside.txt\")",
    "filebase64(\"../outside.txt\")",
    "filesha256(\"../outside.txt\")",
    "templatefile(\"../outside.txt\", {})",
    "fileexists(\"../outside.txt\")",
    "fileset(\"..\", \"*\")",
    "fileset(\".\", \"../*\")",
    "file(pathexpand(\"~/.bashrc\"))",
];

#[test]
fn templates_that_include_themselves() {
    let own = "${templatefile(\"t.tpl\", {})}${templatefile(\"t.tpl\", {})}";
    let main = "resource \"aws_s3_bucket\" \"it\" {\n  bucket = templatefile(\"t.tpl\", {})\n}\n";
    input(&[("main.tf", main), ("t.tpl", own)], &["terraform-template"]);
    let (a, b) = ("${templatefile(\"b.tpl\", {})}", "${templatefile(\"t.tpl\", {})}");
    input(&[("main.tf", main), ("t.tpl", a), ("b.tpl", b)], &["terraform-template"]);
}

/// Names that a terminal, a browser or a reader would obey.
const NAMES: [&str; 9] = [
    "a\u{1b}[31mred\u{1b}[0m",
    "a\u{1b}]8;;https://evil.example\u{7}link",
    "a\u{7}\u{8}b",
    "a\u{9b}31m",
    "\u{202e}drawkcab",
    "a\u{2066}b\u{2069}\u{200f}",
    "a\r\nb",
    "a\u{2028}b\u{85}c",
    "<script>alert(1)</script>`x`|\u{0}",
];

#[test]
fn names_that_are_obeyed_are_shown_harmlessly() {
    for name in NAMES {
        let raw = name.replace(['\r', '\n', '\0'], "");
        let hcl = format!(
            "resource \"aws_s3_bucket\" \"{raw}\" {{\n  bucket = \"{raw}\"\n  tags = {{ \"{raw}\" = \"{raw}\" }}\n}}\nmodule \"{raw}\" {{\n  source = \"{raw}\"\n}}\nresource \"aws_security_group\" \"g\" {{\n  ingress {{\n    from_port = 22\n    to_port = 22\n    protocol = \"tcp\"\n    cidr_blocks = [\"0.0.0.0/0\", \"{raw}\"]\n    description = \"{raw}\"\n  }}\n}}\nvariable \"{raw}\" {{}}\n"
        );
        let path = format!("x{raw}/main.tf");
        let sources = Sources::in_memory([(path.as_str(), hcl.as_str()), BESIDE]);
        reported(&sources, &[PathBuf::from(".")]);
        let json = serde_json::json!({
            "Parameters": {name: {"Type": "String"}},
            "Transform": name,
            "Resources": {
                name: {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Ref": name}, name: name}},
                "Odd": {"Type": name, "Properties": {"x": {"Fn::GetAtt": [name, name]}, "y": {"Fn::Nope": name}}},
                "Nested": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": name}},
                "Policy": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyName": name, "PolicyDocument":
                    {"Statement": [{"Sid": name, "Effect": "Allow", "Action": ["*", name], "Resource": ["*", name]}]}}},
                "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": name, "SecurityGroupIngress":
                    [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "Description": name}]}},
            },
        });
        let json = json.to_string();
        let path = format!("x{raw}.json");
        let sources = Sources::in_memory([(path.as_str(), json.as_str()), BESIDE]);
        reported(&sources, &[PathBuf::from(".")]);
        let plan = serde_json::json!({
            "format_version": "1.2", "terraform_version": "1", "planned_values": {},
            "resource_changes": [{"address": format!("aws_s3_bucket.{name}"), "mode": "managed", "type": "aws_s3_bucket", "name": name,
                "change": {"actions": ["create"], "before": null, "after": {"bucket": name, "tags": {name: name}}, "after_unknown": {}, "after_sensitive": {}}}],
            "configuration": {"root_module": {}},
        });
        let plan = plan.to_string();
        let sources = Sources::in_memory([("plan.json", plan.as_str()), BESIDE]);
        reported(&sources, &[PathBuf::from(".")]);
        let manifest = serde_json::json!({"version": "1", "artifacts": {"S": {"type": "aws:cloudformation:stack",
            "displayName": name, "properties": {"templateFile": "S.json", "stackName": name},
            "metadata": {name: [{"type": "aws:cdk:logicalId", "data": "B"}, {"type": "aws:cdk:creationStack", "data": [format!("new X ({name}/x.ts:1:2)")]}]}}}});
        let manifest = manifest.to_string();
        let stack = r#"{"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}"#;
        let sources =
            Sources::in_memory([("c/manifest.json", manifest.as_str()), ("c/S.json", stack), BESIDE]);
        reported(&sources, &[PathBuf::from(".")]);
    }
}

#[test]
fn encodings() {
    let bucket = "resource \"aws_s3_bucket\" \"it\" {\n  bucket = \"x\"\n}\n";
    input(&[("main.tf", &format!("\u{feff}{bucket}"))], &[]);
    input(&[("main.tf", &bucket.replace('\n', "\r\n"))], &[]);
    input(&[("main.tf", &format!("\u{feff}{}", bucket.replace('\n', "\r\n")))], &[]);
    input(&[("main.tf", &format!("{bucket}\0"))], &["terraform-syntax"]);
    input(&[("main.tf", "")], &[]);
    let stack = "Resources:\n  B:\n    Type: AWS::S3::Bucket\n";
    input(&[("t.yaml", &format!("\u{feff}{stack}"))], &[]);
    input(&[("t.yaml", &stack.replace('\n', "\r\n"))], &[]);
    input(&[("t.yaml", &format!("{stack}\0"))], &["cloudformation-syntax"]);
    input(&[("t.json", "\u{feff}{\"Resources\": {\"B\": {\"Type\": \"AWS::S3::Bucket\"}}}")], &[]);
    let (sources, root) = on_disk("encodings", &[("fine.yaml", stack)]);
    fs::write(root.join("latin.tf"), b"resource \"aws_s3_bucket\" \"it\" { bucket = \"\xe9\" }\n")
        .expect("a file");
    fs::write(root.join("wide.yaml"), b"\xff\xfeR\0e\0s\0").expect("a file");
    let report = reported(&sources, &[root]);
    assert_eq!(codes(&report), ["terraform-unreadable"]);
    let (sources, root) = on_disk("wide", &[("fine.yaml", stack)]);
    let wide = |unit: fn(u16) -> [u8; 2]| stack.encode_utf16().flat_map(unit).collect::<Vec<u8>>();
    fs::write(root.join("little.yaml"), [b"\xff\xfe".to_vec(), wide(u16::to_le_bytes)].concat())
        .expect("a file");
    fs::write(root.join("big.yaml"), [b"\xfe\xff".to_vec(), wide(u16::to_be_bytes)].concat())
        .expect("a file");
    fs::write(root.join("latin.yaml"), [stack.as_bytes(), b"# \xe9\n"].concat()).expect("a file");
    fs::write(root.join("noise.yaml"), b"\xff\xfe\xe9\x80\x81").expect("a file");
    let report = reported(&sources, &[root]);
    let unreadable = report.problems.iter().filter(|row| row.code == "file-unreadable");
    let paths: Vec<_> = unreadable.map(|row| row.file.as_str()).collect();
    assert_eq!(paths, ["big.yaml", "latin.yaml", "little.yaml"]);
}

#[test]
fn a_template_of_20_mb_in_one_line() {
    let filler = "x".repeat(1_000);
    let resources: Vec<String> = (0..20_000)
        .map(|at| {
            format!("\"B{at}\":{{\"Type\":\"Custom::Thing\",\"Properties\":{{\"Text\":\"{filler}\"}}}}")
        })
        .collect();
    let text =
        format!("{{\"Resources\":{{\"B\":{{\"Type\":\"AWS::S3::Bucket\"}},{}}}}}", resources.join(","));
    assert!(text.len() > 20 << 20);
    input(&[("t.json", &text)], &[]);
}

#[test]
fn five_thousand_resources() {
    let text: String = (0..5_000)
        .map(|at| format!("resource \"aws_s3_bucket\" \"b{at}\" {{\n  bucket = \"b{at}\"\n}}\nresource \"aws_s3_bucket_versioning\" \"b{at}\" {{\n  bucket = aws_s3_bucket.b{at}.id\n  versioning_configuration {{\n    status = \"Enabled\"\n  }}\n}}\n"))
        .collect();
    let sources = Sources::in_memory([("main.tf", text.as_str())]);
    let start = Instant::now();
    let report = check(&sources, &[PathBuf::from(".")], &Options::default());
    assert!(start.elapsed() < LONGEST, "it took {:?}", start.elapsed());
    assert_eq!((report.coverage.resources, codes(&report)), (10_000, Vec::new()));
}
