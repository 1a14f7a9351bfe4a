//! Every example of every built-in rule keeps its promise.

use carelint::examples;

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
fn every_rule_has_a_passing_and_a_failing_example() {
    for rule in catalogue::CATALOGUE.rules {
        for passes in [true, false] {
            let has = rule.examples.iter().any(|example| example.passes == Some(passes));
            assert!(has, "{} has no example that {}", rule.id, if passes { "passes" } else { "fails" });
        }
    }
}
