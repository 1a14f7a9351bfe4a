//! The index of the rules' pages: a table for each pillar.

use language::ir::{Catalogue, Pillar, Rule};

use crate::page::cell;

/// Renders the index.
pub(crate) fn index(catalogue: &Catalogue) -> String {
    let mut text = format!(
        "<!-- Generated from the catalogue by `cargo xtask generate`. -->\n\n# Rules\n\n{} rules, by pillar. `carelint explain RULE` shows a rule at the terminal.\n",
        catalogue.rules.len()
    );
    for pillar in Pillar::ALL {
        let rules: Vec<&Rule> = catalogue.rules.iter().filter(|rule| rule.pillar == pillar).collect();
        if rules.is_empty() {
            continue;
        }
        text.push_str(&format!(
            "\n## {}\n\n| Rule | Title | Severity | HIPAA |\n| --- | --- | --- | --- |\n",
            pillar.title()
        ));
        rules.iter().for_each(|rule| text.push_str(&row(rule)));
    }
    text
}

fn row(rule: &Rule) -> String {
    let hipaa =
        rule.controls.iter().find(|(framework, _)| *framework == "hipaa").map(|(_, ids)| ids.join(", "));
    let severity = rule.severity.otherwise.id();
    format!(
        "| [{0}]({0}.md) | {1} | {severity} | {2} |\n",
        rule.id,
        cell(rule.title),
        hipaa.unwrap_or_default()
    )
}
