//! The telehealth platform in every language: one `verdicts.txt` for each form, and every language is held to it.

#![expect(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test that cannot set up its world says so and stops"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use carelint::{Options, check};
use report::{Report, ResultRow, Status};
use source::{Limits, Sources};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/telehealth")
        .canonicalize()
        .expect("the fixture")
}

/// The report on one language of one form.
fn report(form: &str, language: &str) -> Report {
    let root = fixture();
    let sources = Sources::new(&root, Limits::default()).expect("the fixture can be read");
    let mut options = Options::default();
    options.scope.complete = true;
    let (plan, source) = (format!("{form}/plan/plan.json"), format!("{form}/terraform"));
    options.inputs.plans.insert(plan, source);
    let folder = if language == "cdk" { "cdk/cdk.out" } else { language };
    check(&sources, &[root.join(form).join(folder)], &options)
}

/// A name that is the same in every language: letters and digits of the resource's own name, in lower case.
fn name(row: &ResultRow) -> String {
    let Some(resource) = &row.resource else { return "account".to_owned() };
    let own = match (&resource.construct_path, &resource.logical_id) {
        (Some(path), _) => {
            let mut parts = path.rsplit('/').filter(|part| *part != "Resource");
            parts.next().unwrap_or_default().to_owned()
        }
        (None, Some(id)) => id.clone(),
        // `module.x.aws_subnet.private["a"]` is `private["a"]`.
        (None, None) => match resource.address.rsplit_once(&format!("{}.", resource.type_name)) {
            Some((_, own)) => own.to_owned(),
            None => resource.address.clone(),
        },
    };
    own.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

/// Rule, kind, name and element of each judged result, with its status.
fn verdicts(report: &Report) -> BTreeMap<String, Status> {
    let judged = report.results.iter().filter(|row| row.status != Status::NotApplicable);
    let kind = |row: &ResultRow| {
        let kind = row.resource.as_ref().and_then(|resource| resource.kind);
        kind.unwrap_or(if row.resource.is_some() { "-" } else { "account" })
    };
    let mut verdicts = BTreeMap::new();
    for row in judged {
        let line = format!("{} {} {}", row.rule, kind(row), name(row));
        // Several elements of one subject: the worst counts.
        let status = verdicts.entry(line).or_insert(row.status);
        *status = (*status).min(row.status);
    }
    verdicts
}

fn expected(form: &str) -> BTreeMap<String, Status> {
    let path = fixture().join(form).join("verdicts.txt");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let line = |line: &str| {
        let (subject, status) = line.rsplit_once(' ')?;
        let status = match status {
            "pass" => Status::Pass,
            "fail" => Status::Fail,
            "unknown" => Status::Unknown,
            _ => return None,
        };
        Some((subject.to_owned(), status))
    };
    text.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect()
}

/// Writes what all languages agree on to `verdicts.txt`, when `UPDATE_VERDICTS` is set. Where they do not agree, the
/// line is left out, so the tests below tell of it.
fn update(form: &str) {
    let languages = ["terraform", "plan", "cloudformation", "cdk"];
    let found: Vec<BTreeMap<String, Status>> =
        languages.iter().map(|language| verdicts(&report(form, language))).collect();
    let agreed =
        |(line, status): &(&String, &Status)| found.iter().all(|other| other.get(*line) == Some(*status));
    let lines = found
        .iter()
        .take(1)
        .flatten()
        .filter(agreed)
        .map(|(line, status)| format!("{line} {}\n", status.id()));
    let head = "# Rule, kind, name (letters and digits, in lower case) and verdict. Every language is held to every line, and\n\
                # nothing fails or is unknown in a language that no line names. UPDATE_VERDICTS=1 writes what all agree on.\n";
    let text = std::iter::once(head.to_owned()).chain(lines).collect::<String>();
    std::fs::write(fixture().join(form).join("verdicts.txt"), text).expect("verdicts.txt can be written");
}

/// Every line of `verdicts.txt` holds in the language, and nothing fails or is unknown that no line names.
#[track_caller]
fn holds(form: &str, language: &str) {
    let report = report(form, language);
    let errors: Vec<_> = report.problems.iter().filter(|problem| problem.severity == "error").collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let found = verdicts(&report);
    let expected = expected(form);
    assert!(!expected.is_empty(), "{form}/verdicts.txt says nothing");
    let mut wrong = Vec::new();
    for (line, status) in &expected {
        match found.get(line) {
            Some(other) if other == status => {}
            Some(other) => wrong.push(format!("{line}: {} expected, {} found", status.id(), other.id())),
            None => wrong.push(format!("{line}: {} expected, nothing found", status.id())),
        }
    }
    for (line, status) in &found {
        if !expected.contains_key(line) && *status != Status::Pass {
            wrong.push(format!("{line}: {} found, nothing expected", status.id()));
        }
    }
    assert!(wrong.is_empty(), "{form}/{language}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_compliant_form_holds_in_terraform() {
    holds("compliant", "terraform");
}

#[test]
fn the_compliant_form_holds_in_cloudformation() {
    holds("compliant", "cloudformation");
}

#[test]
fn the_compliant_form_holds_in_cdk() {
    holds("compliant", "cdk");
}

#[test]
fn the_compliant_form_holds_in_a_plan() {
    holds("compliant", "plan");
}

#[test]
fn the_careless_form_holds_in_terraform() {
    holds("careless", "terraform");
}

#[test]
fn the_careless_form_holds_in_cloudformation() {
    holds("careless", "cloudformation");
}

#[test]
fn the_careless_form_holds_in_cdk() {
    holds("careless", "cdk");
}

#[test]
fn the_careless_form_holds_in_a_plan() {
    holds("careless", "plan");
}

#[test]
fn verdicts_are_written_on_demand() {
    if std::env::var_os("UPDATE_VERDICTS").is_some() {
        ["compliant", "careless"].into_iter().for_each(update);
    }
}

#[test]
fn no_control_fails_in_the_compliant_form() {
    let failing: Vec<_> =
        expected("compliant").into_iter().filter(|(_, status)| *status == Status::Fail).collect();
    assert!(failing.is_empty(), "{failing:#?}");
}
