//! A small report made by hand, with one of everything and with texts that mean harm.

use std::collections::BTreeMap;
use std::sync::Arc;

use carelint_report::{
    AccountRow, Context, Coverage, Format, FrameworkRow, Location, Observed, OpaqueRow, ProblemRow, Related,
    Report, ResourceRow, ResultRow, RuleRow, SectionRow, Show, Status, Summary, Tool,
};
use language::ir::{Pillar, Severity};
use source::Sources;

/// The secret that stands in the sources and may stand in no output.
pub(crate) const SECRET: &str = "hunter2-hunter2";

/// What a name in the input may look like.
pub(crate) const HOSTILE: &str =
    "x\u{1b}[31m<script>alert(1)</script>|`rm`\u{202e}@team #1\u{7}\r\nhttps://evil.example";

const MAIN: &str = r#"resource "aws_s3_bucket_versioning" "records" {
  bucket = aws_s3_bucket.records.id
  versioning_configuration {
    status = "Suspended"
  }
}

resource "aws_db_instance" "records" {
	username = "admin"
  password = "hunter2-hunter2"
  publicly_accessible = true
}
"#;

const TEMPLATE: &str = "Resources:\r\n  Portal:\r\n    Type: AWS::ElasticLoadBalancingV2::Listener\r\n    Properties:\r\n      Protocol: HTTP\r\n";

/// The sources that the report speaks of.
pub(crate) fn sources() -> Sources {
    let long = format!("{{\"Resources\": {{\"{}\": {{\"Type\": \"AWS::SQS::Queue\"}}}}}}", "A".repeat(3000));
    Sources::in_memory([
        ("main.tf", MAIN),
        ("stacks/edge.yaml", TEMPLATE),
        ("stacks/long.json", long.as_str()),
        ("broken.tf", "resource \"aws_s3_bucket\" {\n  bucket = \u{1b}[2J\n"),
    ])
}

/// Writes a format.
pub(crate) fn written(format: Format, show: Show, color: bool) -> String {
    let sources = sources();
    let context = Context { sources: &sources, color, width: 80, show };
    let mut out = Vec::new();
    carelint_report::write(format, &report(&sources), &context, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The place of `text` in a file of the sources.
fn at(sources: &Sources, path: &str, text: &str) -> Location {
    let file = sources.file(sources.loaded(path).unwrap());
    let start = file.text.find(text).unwrap() as u32;
    let end = start + text.len() as u32;
    let (from, to) = (file.line_column(start), file.line_column(end));
    Location {
        file: path.to_owned(),
        line: from.line,
        column: from.column,
        end_line: to.line,
        end_column: to.column,
        place: Some((file.id.index(), start, end)),
    }
}

fn resource(address: &str, type_name: &str, file: &str, line: u32) -> Option<Arc<ResourceRow>> {
    Some(Arc::new(ResourceRow {
        address: address.to_owned(),
        type_name: type_name.to_owned(),
        kind: None,
        root: None,
        logical_id: None,
        construct_path: None,
        source: None,
        owner: None,
        stack: None,
        file: file.to_owned(),
        line,
    }))
}

/// A result without anything special.
fn plain(rule: &'static str, status: Status, severity: Severity, pillar: Pillar) -> ResultRow {
    ResultRow {
        rule,
        status,
        severity,
        pillar,
        resource: None,
        account: None,
        element: None,
        message: rules().get(rule).map(|rule| rule.title.to_owned()).unwrap_or_default(),
        location: None,
        related: Vec::new(),
        controls: rules().remove(rule).map(|rule| rule.controls.into()).unwrap_or_default(),
        reason: None,
        observed: Vec::new(),
        evidence: Vec::new(),
        environments: Vec::new(),
        everywhere: true,
        filtered_at: None,
        fingerprint: format!("{rule}|.|{}|", status.id()),
    }
}

fn failures(sources: &Sources) -> Vec<ResultRow> {
    let versioning = ResultRow {
        resource: resource("aws_s3_bucket.records", "aws_s3_bucket", "main.tf", 1),
        message: "The bucket keeps no versions of its objects".to_owned(),
        location: Some(at(sources, "main.tf", "\"Suspended\"")),
        related: vec![Related {
            location: at(sources, "main.tf", "bucket = aws_s3_bucket.records.id"),
            note: "joins the bucket".to_owned(),
        }],
        observed: vec![Observed {
            read: "self.versioning".into(),
            value: "Suspended".into(),
            how: "written",
        }],
        ..plain("s3-versioning", Status::Fail, Severity::Medium, Pillar::Reliability)
    };
    let public = ResultRow {
        resource: resource(HOSTILE, "aws_db_instance", "main.tf", 8),
        element: Some("tcp 5432".to_owned()),
        message: format!("The database {HOSTILE} is open"),
        location: Some(at(sources, "main.tf", "publicly_accessible = true")),
        related: vec![Related {
            location: at(sources, "stacks/edge.yaml", "Portal"),
            note: HOSTILE.to_owned(),
        }],
        observed: vec![
            Observed { read: "self.public".into(), value: "true".into(), how: "written" },
            Observed { read: "self.password".into(), value: "(sensitive)".into(), how: "written" },
        ],
        evidence: vec![
            "internet gateway aws_internet_gateway.main".into(),
            "subnet aws_subnet.public".into(),
        ],
        ..plain("arch-no-internet-path", Status::Fail, Severity::Critical, Pillar::Security)
    };
    let long = ResultRow {
        resource: resource("stacks/long/Queue", "AWS::SQS::Queue", "stacks/long.json", 1).map(|queue| {
            let construct_path = Some("Edge/Queue/Resource".to_owned());
            let source = Some("lib/queue.ts:12:5".to_owned());
            let (owner, stack) = (Some("cdk".to_owned()), Some("Edge".to_owned()));
            let queue = Arc::unwrap_or_clone(queue);
            Arc::new(ResourceRow { construct_path, source, owner, stack, ..queue })
        }),
        location: Some(at(sources, "stacks/long.json", "\"AWS::SQS::Queue\"")),
        ..plain("sqs-encryption", Status::Fail, Severity::Low, Pillar::Security)
    };
    let account = ResultRow {
        account: Some(AccountRow { name: String::new(), region: Some("us-east-1".to_owned()) }),
        message: "No trail records what is done in the account".to_owned(),
        ..plain("cloudtrail-enabled", Status::Fail, Severity::High, Pillar::Security)
    };
    vec![versioning, public, long, account]
}

fn others(sources: &Sources) -> Vec<ResultRow> {
    let listener =
        resource("stacks/edge/Portal", "AWS::ElasticLoadBalancingV2::Listener", "stacks/edge.yaml", 2)
            .map(|portal| ResourceRow {
                construct_path: Some(HOSTILE.to_owned()),
                owner: Some(format!("library:{HOSTILE}")),
                stack: Some(HOSTILE.to_owned()),
                ..Arc::unwrap_or_clone(portal)
            })
            .map(Arc::new);
    let unknown = ResultRow {
        resource: listener.clone(),
        location: Some(at(sources, "stacks/edge.yaml", "Protocol: HTTP")),
        environments: vec!["dev".to_owned(), "prod".to_owned()],
        everywhere: false,
        reason: Some("variable \"protocol\" has no value".to_owned()),
        ..plain("alb-http-redirect", Status::Unknown, Severity::High, Pillar::Security)
    };
    let unknown_too = ResultRow { rule: "alb-tls-policy", ..unknown.clone() };
    let pass = ResultRow {
        resource: resource("aws_s3_bucket.audit", "aws_s3_bucket", "main.tf", 1),
        location: Some(at(sources, "main.tf", "bucket")),
        observed: vec![Observed { read: "self.versioning".into(), value: "Enabled".into(), how: "default" }],
        ..plain("s3-versioning", Status::Pass, Severity::Medium, Pillar::Reliability)
    };
    let none = ResultRow {
        resource: listener.clone(),
        location: Some(at(sources, "stacks/edge.yaml", "Portal")),
        ..plain("alb-tls-policy", Status::NotApplicable, Severity::High, Pillar::Security)
    };
    let suppressed = ResultRow {
        resource: listener,
        location: Some(at(sources, "stacks/edge.yaml", "HTTP")),
        reason: Some(format!("plain HTTP inside the mesh {HOSTILE}")),
        filtered_at: Some(at(sources, "stacks/edge.yaml", "Portal")),
        ..plain("alb-tls-policy", Status::Suppressed, Severity::High, Pillar::Security)
    };
    vec![unknown, unknown_too, pass, none, suppressed]
}

fn problems(sources: &Sources) -> Vec<ProblemRow> {
    let broken = at(sources, "broken.tf", "{");
    let row = |severity, code, message: &str, file: &str| ProblemRow {
        severity,
        code,
        message: message.to_owned(),
        help: "Correct it; the rest of the file was not read".to_owned(),
        file: file.to_owned(),
        line: 0,
        column: 0,
        place: None,
    };
    vec![
        ProblemRow {
            line: broken.line,
            column: broken.column,
            place: broken.place,
            ..row("error", "terraform-syntax", "a resource needs a type and a name", "broken.tf")
        },
        row("warning", "file-too-large", "the file has 99 MB, more than the limit", "vendor/huge.json"),
        row("note", "module-opaque", "module \"vpc\" was not opened", ""),
    ]
}

fn rule(title: &'static str, pillar: Pillar, severity: Severity, hipaa: &[&'static str]) -> RuleRow {
    RuleRow {
        title,
        why: "A record that is lost or read by a stranger cannot be taken back.\n",
        help: "Terraform: aws_example { safe = true }\nCloudFormation: Safe: true\n",
        pillar,
        severity,
        controls: BTreeMap::from([("hipaa", hipaa.to_vec()), ("well-architected", vec!["SEC08-BP02"])]),
        peers: BTreeMap::from([("checkov", vec!["CKV_AWS_21"])]),
        page: "docs/rules/example.md".to_owned(),
    }
}

fn rules() -> BTreeMap<&'static str, RuleRow> {
    let tls = &["164.312(e)(1)", "164.312(e)(2)(ii)"];
    BTreeMap::from([
        ("alb-http-redirect", rule("HTTP listeners only redirect", Pillar::Security, Severity::High, tls)),
        ("alb-tls-policy", rule("Listeners speak TLS 1.2 or later", Pillar::Security, Severity::High, tls)),
        (
            "arch-no-internet-path",
            rule(
                "No path from the internet to a data store",
                Pillar::Security,
                Severity::Critical,
                &["164.312(a)(1)"],
            ),
        ),
        (
            "cloudtrail-enabled",
            rule("A trail records the account", Pillar::Security, Severity::High, &["164.312(b)"]),
        ),
        (
            "s3-versioning",
            rule("Buckets keep versions", Pillar::Reliability, Severity::Medium, &["164.312(c)(1)"]),
        ),
        (
            "sqs-encryption",
            rule("Queues are encrypted", Pillar::Security, Severity::Low, &["164.312(a)(2)(iv)"]),
        ),
    ])
}

fn frameworks() -> Vec<FrameworkRow> {
    let section = |id, title, requirement| SectionRow { id, title, requirement };
    vec![FrameworkRow {
        id: "hipaa",
        title: "HIPAA Security Rule",
        source: "45 CFR part 164, subpart C, read on 2026-10-01",
        sections: vec![
            section("164.308(a)(2)", "Assigned security responsibility", "required"),
            section("164.312(a)(1)", "Access control", ""),
            section("164.312(a)(2)(iv)", "Encryption and decryption", "addressable"),
            section("164.312(b)", "Audit controls", ""),
            section("164.312(c)(1)", "Integrity", ""),
            section("164.312(e)(1)", "Transmission security", ""),
            section("164.312(e)(2)(ii)", "Encryption", "addressable"),
        ],
    }]
}

/// The report on [`sources`].
pub(crate) fn report(sources: &Sources) -> Report {
    let results: Vec<ResultRow> = failures(sources).into_iter().chain(others(sources)).collect();
    let masked = at(sources, "main.tf", &format!("\"{SECRET}\"")).place;
    Report {
        schema_version: 1,
        tool: Tool { name: "carelint", version: "0.1.0", rules: 6 },
        summary: Summary::of(&results),
        results,
        problems: problems(sources),
        coverage: Coverage {
            files: 3,
            unread: 1,
            resources: 5,
            decided: 3,
            unknown: 1,
            unjudged: 1,
            opaque_modules: vec!["registry.example/vpc".to_owned(), HOSTILE.to_owned()],
            opaque_calls: vec![
                OpaqueRow {
                    source: "registry.example/vpc".to_owned(),
                    calls: 1,
                    file: "main.tf".to_owned(),
                    line: 3,
                },
                OpaqueRow { source: HOSTILE.to_owned(), calls: 2, file: HOSTILE.to_owned(), line: 7 },
            ],
        },
        rules: rules(),
        frameworks: frameworks(),
        masked: masked.into_iter().collect(),
        environments: vec!["dev".to_owned(), "prod".to_owned(), HOSTILE.to_owned()],
        date: Some("2026-11-24".to_owned()),
    }
}
