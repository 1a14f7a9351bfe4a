//! Every example of every built-in rule keeps its promise.

use std::collections::BTreeSet;

use carelint::examples;
use language::ir::{Example, Language};
use report::{ResultRow, Status};

#[test]
fn examples_of_the_catalogue_keep_their_promises() {
    let only = option_env!("CARELINT_RULE");
    let rules =
        catalogue::CATALOGUE.rules.iter().filter(|rule| only.is_none_or(|only| rule.id.starts_with(only)));
    let mismatches: Vec<String> = rules
        .flat_map(|rule| examples::run(&catalogue::CATALOGUE, rule))
        .map(|mismatch| {
            format!("rules/{}:{}: {}: {}", mismatch.file, mismatch.line, mismatch.rule, mismatch.message)
        })
        .collect();
    assert!(
        mismatches.is_empty(),
        "{} examples break their promise\n{}",
        mismatches.len(),
        mismatches.join("\n")
    );
}

#[test]
fn every_rule_passes_and_fails_in_an_example_of_each_of_its_languages() {
    for rule in catalogue::CATALOGUE.rules {
        for language in [Language::Terraform, Language::CloudFormation] {
            if !rule.languages.is_empty() && !rule.languages.contains(&language) {
                continue;
            }
            let examples = rule.examples.iter().filter(|example| example.language == language);
            let found: BTreeSet<Status> = examples
                .flat_map(|example| examples::report(&catalogue::CATALOGUE, rule, example).results)
                .map(|result| result.status)
                .collect();
            for status in [Status::Pass, Status::Fail] {
                assert!(
                    found.contains(&status),
                    "no {language:?} example of {} gives {}",
                    rule.id,
                    status.id()
                );
            }
        }
    }
}

/// Text of an example with the bytes of `place` replaced by an input that has no value.
fn with_an_input(language: Language, text: &str, (_, start, end): report::PlaceKey) -> Option<String> {
    let (before, rest) = text.split_at_checked(start as usize)?;
    let (scalar, after) = rest.split_at_checked((end - start) as usize)?;
    // A name in front of a colon is a key, no value.
    if after.trim_start().starts_with(':') {
        return None;
    }
    let quoted = scalar.starts_with('"') && scalar.len() > 1 && !scalar.contains("${");
    let plain =
        !scalar.is_empty() && scalar.chars().all(|c| c.is_ascii_alphanumeric() || "-._:/".contains(c));
    match language {
        Language::Terraform
            if quoted || scalar.parse::<f64>().is_ok() || matches!(scalar, "true" | "false") =>
        {
            Some(format!("{before}var.any_input{after}\nvariable \"any_input\" {{}}\n"))
        }
        Language::CloudFormation if (quoted || plain) && !text.trim_start().starts_with('{') => {
            let parameters = "Parameters:\n  AnyInput: {Type: String}\n";
            let head = if text.contains("\nParameters:") || text.starts_with("Parameters:") {
                ""
            } else {
                parameters
            };
            (!head.is_empty()).then(|| format!("{before}!Ref AnyInput{after}\n{head}"))
        }
        _ => None,
    }
}

#[test]
fn a_deciding_value_that_becomes_an_input_leaves_the_verdict_open() {
    let (mut tried, mut open) = (0, 0);
    let mut wrong = Vec::new();
    for rule in catalogue::CATALOGUE.rules {
        for example in rule.examples.iter().filter(|example| example.passes == Some(false)) {
            let results = examples::report(&catalogue::CATALOGUE, rule, example).results;
            for result in &results {
                let place = result.location.as_ref().and_then(|location| location.place);
                let (Status::Fail, Some(place), Some(resource)) = (result.status, place, &result.resource)
                else {
                    continue;
                };
                let address = |row: &ResultRow| row.resource.as_ref().map(|other| other.address.clone());
                // Where two elements of a resource fail, the other one still does.
                if results.iter().filter(|row| address(row) == address(result)).count() > 1 {
                    continue;
                }
                let Some(text) = with_an_input(example.language, example.text, place) else { continue };
                tried += 1;
                let unset = Example { text: text.leak(), ..*example };
                let again = examples::report(&catalogue::CATALOGUE, rule, &unset);
                let of_resource = again.results.iter().filter(|row| address(row) == address(result));
                let found: BTreeSet<Status> = of_resource.map(|row| row.status).collect();
                // Another value of the resource may fail all the same; what was a failure is never a pass now, save
                // where it is enough that something is set.
                open += usize::from(found.contains(&Status::Unknown));
                let allowed = |status: &Status| match status {
                    Status::Pass => rule.variable_passes,
                    status => matches!(status, Status::Unknown | Status::Fail),
                };
                if found.is_empty() || !found.iter().all(allowed) {
                    wrong.push(format!(
                        "rules/{}:{}: {} is {found:?}",
                        rule.file, example.line, resource.address
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {tried} are wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried >= 40, "only {tried} examples hold a scalar that decides");
    assert!(open * 10 >= tried * 8, "only {open} of {tried} are unknown");
}
