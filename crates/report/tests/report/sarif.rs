//! SARIF against the types made from the standard's schema, and against what GitHub's code scanning demands.

use crate::fixture::written;
use carelint_report::{Format, Show};
use serde_sarif::sarif::{Location, ReportingDescriptor, Sarif};

fn log() -> Sarif {
    serde_json::from_str(&written(Format::Sarif, Show::Open, false)).unwrap()
}

/// As plain JSON, for what the types do not hold.
fn raw() -> serde_json::Value {
    serde_json::from_str(&written(Format::Sarif, Show::Open, false)).unwrap()
}

#[track_caller]
fn said(text: &str) {
    assert!(!text.trim().is_empty() && text.chars().count() <= 1024, "{text:?}");
}

fn check_place(location: &Location) {
    let place = location.physical_location.as_ref().unwrap();
    let uri = place.artifact_location.as_ref().unwrap().uri.as_ref().unwrap();
    assert!(!uri.is_empty() && !uri.contains(':') && !uri.starts_with('/') && !uri.contains(".."), "{uri}");
    assert!(uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"`|\\^{}".contains(&byte)), "{uri}");
    let region = place.region.as_ref().unwrap();
    let start = (region.start_line.unwrap(), region.start_column.unwrap());
    let end = (region.end_line.unwrap(), region.end_column.unwrap());
    assert!(start.0 >= 1 && start.1 >= 1 && end >= start, "{start:?} to {end:?}");
}

fn check_rule(rule: &ReportingDescriptor) {
    said(&rule.id);
    said(&rule.short_description.as_ref().unwrap().text);
    said(&rule.full_description.as_ref().unwrap().text);
    said(&rule.help.as_ref().unwrap().text);
}

#[test]
fn rules_and_results_meet_githubs_demands() {
    let log = log();
    assert_eq!(log.version, serde_json::json!("2.1.0"));
    assert!(log.schema.is_some());
    let run = log.runs.first().unwrap();
    let rules = run.tool.driver.rules.as_ref().unwrap();
    rules.iter().for_each(check_rule);
    let results = run.results.as_ref().unwrap();
    assert!(results.len() <= 25_000 && !results.is_empty());
    for result in results {
        said(result.message.text.as_ref().unwrap());
        let index = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(&rules[index].id, result.rule_id.as_ref().unwrap());
        let places = result.locations.as_ref().unwrap();
        assert_eq!(places.len(), 1, "a result needs a place, one of an account as well");
        places.iter().chain(result.related_locations.iter().flatten()).for_each(check_place);
        assert!(result.partial_fingerprints.as_ref().unwrap().values().all(|print| !print.is_empty()));
    }
}

#[test]
fn security_severities_are_texts_of_numbers() {
    let log = raw();
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let severity: f64 = rule["properties"]["security-severity"].as_str().unwrap().parse().unwrap();
        assert!(severity > 0.0 && severity <= 10.0);
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!(tags.len() <= 20 && tags.contains(&"security".into()));
        let different: std::collections::BTreeSet<&str> =
            tags.iter().filter_map(|tag| tag.as_str()).collect();
        assert_eq!(different.len(), tags.len(), "the standard wants each tag once");
    }
}

#[test]
fn unknowns_are_for_review_and_have_no_level() {
    let log = raw();
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let unknown = result["message"]["text"].as_str().unwrap().starts_with("Cannot be decided");
        let expected = if unknown { ("review", true) } else { ("fail", false) };
        assert_eq!((result["kind"].as_str().unwrap(), result["level"] == "none"), expected);
    }
}

#[test]
fn problems_are_notifications() {
    let log = log();
    let invocation = &log.runs[0].invocations.as_ref().unwrap()[0];
    assert!(!invocation.execution_successful);
    let notes = invocation.tool_execution_notifications.as_ref().unwrap();
    assert_eq!(notes.len(), 3);
    notes.iter().flat_map(|note| note.locations.iter().flatten()).for_each(check_place);
}
