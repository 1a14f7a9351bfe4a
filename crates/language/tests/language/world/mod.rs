//! A small catalogue that rules of the tests speak of.

use carelint_language::ir::Catalogue;
use carelint_language::{CompileError, RuleSource, compile};

const FRAMEWORK: &str = r#"
name: hipaa
title: HIPAA Security Rule
source: the regulation
dated: "2013-01-25"
sections:
  - {id: "164.312(a)(1)", title: Access control, requirement: required, family: technical}
  - {id: "164.312(c)(1)", title: Integrity, requirement: required, family: technical}
"#;
const TLS: &str = r#"
table: elb-tls-policies
dated: "2026-11-24"
source: user guides
match: glob
columns: {minimum: number}
rows: {"ELBSecurityPolicy-TLS13-1-2-*": {minimum: 1.2}, "ELBSecurityPolicy-2016-08": {minimum: 1.0}}
"#;
const RDS: &str = r#"
table: rds-tls
dated: "2026-11-24"
source: user guides
match: glob
columns: {names: list<string>, required: bool}
rows: {postgres: {names: [rds.force_ssl], required: true}, mysql: {names: [require_secure_transport]}}
"#;
const SERVICES: &str = r#"
table: hipaa-services
dated: "2026-11-24"
source: the list
match: longest-prefix
columns: {eligible: bool}
rows: {aws_s3: {eligible: true}}
"#;

/// Files that every test has.
pub(crate) const FILES: &[RuleSource<'_>] = &[
    RuleSource { path: "frameworks/hipaa.yaml", text: FRAMEWORK },
    RuleSource { path: "tables/elb-tls-policies.yaml", text: TLS },
    RuleSource { path: "tables/rds-tls.yaml", text: RDS },
    RuleSource { path: "tables/hipaa-services.yaml", text: SERVICES },
    RuleSource { path: "traits.yaml", text: include_str!("traits.yaml") },
    RuleSource { path: "all/model.yaml", text: include_str!("model.yaml") },
];

/// A rule file: what it asks, and the rest that every rule needs.
pub(crate) fn rule(asked: &str) -> String {
    format!(
        "{asked}\nid: rule\ntitle: Good\nmessage: Bad\nhelp: Do\nwhy: Because\npillar: security\n\
         severity: high\ncontrols: {{hipaa: [164.312(a)(1)]}}\n\
         examples: {{pass: {{terraform: a}}, fail: {{terraform: b}}}}\n"
    )
}

/// Compiles the world with one more file.
pub(crate) fn with(path: &str, text: &str) -> Result<&'static Catalogue, Vec<CompileError>> {
    with_all(&[(path, text)])
}

/// Compiles the world with more files.
pub(crate) fn with_all(more: &[(&str, &str)]) -> Result<&'static Catalogue, Vec<CompileError>> {
    let mut files = FILES.to_vec();
    files.extend(more.iter().map(|(path, text)| RuleSource { path, text }));
    compile(&files).map(|compiled| compiled.catalogue)
}
