//! Every example of every built-in rule keeps its promise.

use std::collections::BTreeSet;

use carelint::examples;
use language::ir::Language;
use report::Status;

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
