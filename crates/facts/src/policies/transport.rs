//! Whether a policy denies every request that does not use TLS. Invariant: yes only if Deny statements for everyone
//! and every action together cover the subject and all that it contains.

use graph::NodeId;
use language::ir::TemplatePart;
use value::{Kind, Value};

use super::questions::{all_actions, has_everyone};
use super::statement::{every, exists, has_effect, statements};
use crate::decision::Decision;
use crate::lists::elements;
use crate::pattern::{Symbol, Text, known, lower, matches};
use crate::reader::Reader;

/// Whether `policy` denies all access to `subject` that does not use TLS.
pub(crate) fn denies_plain(reader: &Reader<'_>, policy: &Value, subject: NodeId) -> Decision {
    let list = elements(&statements(policy));
    let service = service(reader, subject);
    let targets = targets(reader, subject, &service);
    let mut covered: Vec<Vec<Decision>> = vec![Vec::new(); targets.len()];
    for item in &list.items {
        let denies = denies(reader, &item.value, &service);
        if denies.is_no() {
            continue;
        }
        let denies = Decision::of_presence(&item.presence).and(denies);
        for (target, covered) in targets.iter().zip(&mut covered) {
            covered.push(denies.clone().and(covers(reader, &item.value, target)));
        }
    }
    let open = list.open.map(|open| Decision::unknown(open.reason.clone()));
    Decision::all(
        covered.into_iter().map(|decisions| Decision::any(decisions.into_iter().chain(open.clone()))),
    )
}

/// The texts that must be covered: the ARN, and for a bucket the ARNs of all its objects.
fn targets(reader: &Reader<'_>, subject: NodeId, service: &str) -> Vec<Text> {
    let own = reader.arn(subject);
    if service != "s3" {
        return vec![own];
    }
    let objects = own.iter().cloned().chain([Symbol::Char('/'), Symbol::Any]).collect();
    vec![own, objects]
}

/// The third part of the subject's ARN: what actions on it start with.
fn service(reader: &Reader<'_>, subject: NodeId) -> String {
    let Some(kind) = reader.kind(subject) else { return String::new() };
    let parts = kind.identity_arn.iter().map(|part| match part {
        TemplatePart::Text(text) => *text,
        _ => "",
    });
    let arn: String = parts.collect();
    match arn.split(':').nth(2) {
        Some(service) => service.to_owned(),
        None if kind.name == "s3-bucket" => "s3".to_owned(),
        None => String::new(),
    }
}

fn denies(reader: &Reader<'_>, statement: &Value, service: &str) -> Decision {
    has_effect(statement, "Deny")
        .and(everyone(reader, statement))
        .and(exists(&statement.get("actions"), |action| every_action(reader, action, service)))
        .and(on_plain_transport(statement))
}

/// A Deny for everyone but some is none for everyone.
fn everyone(reader: &Reader<'_>, statement: &Value) -> Decision {
    Decision::from(statement.get("not_principals").is_absent()).and(has_everyone(reader, statement))
}

fn every_action(reader: &Reader<'_>, action: &Value, service: &str) -> Decision {
    let pattern = lower(reader.text(action));
    // Topics accept no `sns:*` in their policies; publishing is the access that carries data.
    let wanted = if service == "sns" {
        known("sns:publish")
    } else {
        known(service).into_iter().chain([Symbol::Char(':'), Symbol::Any]).collect()
    };
    all_actions(&pattern).or(matches(&pattern, &wanted))
}

/// Whether every condition of the statement holds for a request without TLS, and one of them asks for that.
fn on_plain_transport(statement: &Value) -> Decision {
    let conditions = statement.get("conditions");
    exists(&conditions, asks_for_tls).and(every(&conditions, asks_for_tls))
}

fn asks_for_tls(condition: &Value) -> Decision {
    let (key, operator) = (condition.get("key"), condition.get("operator"));
    let (Some(key), Some(operator)) = (key.as_str(), operator.as_str()) else {
        return Decision::unknown("a condition of the statement is not known");
    };
    let operator = operator.to_ascii_lowercase();
    let values = condition.get("values");
    if key.eq_ignore_ascii_case("aws:SecureTransport") {
        return match operator.as_str() {
            "bool" | "boolifexists" | "stringequals" | "stringequalsignorecase" | "stringlike" => {
                exists(&values, |value| boolean(value).negated())
            }
            "stringnotequals" | "stringnotequalsignorecase" => every(&values, boolean),
            _ => Decision::NO,
        };
    }
    let is_version = key.eq_ignore_ascii_case("s3:TlsVersion");
    if is_version && matches!(operator.as_str(), "numericlessthan" | "numericlessthanifexists") {
        return exists(&values, at_least_tls_1_2);
    }
    Decision::NO
}

fn boolean(value: &Value) -> Decision {
    match &value.kind {
        Kind::Unknown(unknown) => Decision::unknown(unknown.reason.clone()),
        Kind::String(text) => Decision::from(!text.eq_ignore_ascii_case("false")),
        _ => match value.as_bool() {
            Some(known) => Decision::from(known),
            None => Decision::unknown("the value of a condition is not known"),
        },
    }
}

fn at_least_tls_1_2(value: &Value) -> Decision {
    match (&value.kind, value.as_number()) {
        (_, Some(version)) => Decision::from(Some(version) >= value::Number::parse("1.2")),
        (Kind::Unknown(unknown), None) => Decision::unknown(unknown.reason.clone()),
        _ => Decision::NO,
    }
}

/// Whether the statement's resources cover all of a target.
fn covers(reader: &Reader<'_>, statement: &Value, target: &Text) -> Decision {
    exists(&statement.get("resources"), |resource| matches(&reader.text(resource), target))
}
