//! Every modelled attribute is spelled in Terraform and in CloudFormation, or it is said why one of them has none.

use std::collections::BTreeSet;

use carelint_catalogue::CATALOGUE;
use language::ir::{AttributeSource, Kind, Language, Spelling};

/// Attributes that only one language has: `kind.attribute language: reason`, or `kind language: reason` for a whole kind.
const ONE_LANGUAGE: &str = include_str!("languages/one-language.txt");

/// The attributes of a kind that only one of the two languages spells. What neither spells is a default or comes with a
/// trait.
fn gaps_of(kind: &Kind) -> Vec<String> {
    let of = |language: Language| {
        let own = kind.spellings.iter().filter(move |spelling| spelling.language == language);
        own.collect::<Vec<_>>()
    };
    let (terraform, cloudformation) = (of(Language::Terraform), of(Language::CloudFormation));
    let is_read = |own: &[&Spelling], index: usize| {
        own.iter().any(|spelling| spelling.reads.iter().any(|(id, _)| usize::from(id.0) == index))
    };
    match (terraform.is_empty(), cloudformation.is_empty()) {
        (true, true) => return Vec::new(),
        (true, false) => return vec![format!("{} terraform", kind.name)],
        (false, true) => return vec![format!("{} cloudformation", kind.name)],
        (false, false) => {}
    }
    let mut gaps = Vec::new();
    for (index, attribute) in kind.attributes.iter().enumerate() {
        let missing = match (is_read(&terraform, index), is_read(&cloudformation, index)) {
            (true, false) => "cloudformation",
            (false, true) => "terraform",
            _ => continue,
        };
        if matches!(attribute.source, AttributeSource::Spelled) {
            gaps.push(format!("{}.{} {missing}", kind.name, attribute.name));
        }
    }
    gaps
}

#[test]
fn every_attribute_has_both_spellings_or_a_reason() {
    let found: BTreeSet<String> = CATALOGUE.kinds.iter().flat_map(gaps_of).collect();
    let reasons = ONE_LANGUAGE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let stated: BTreeSet<String> = reasons
        .map(|line| {
            let (what, reason) = line.split_once(": ").expect("`what: reason`");
            assert!(reason.len() > 10, "{what}: what the reason is");
            what.to_owned()
        })
        .collect();
    let unexplained: Vec<&String> = found.difference(&stated).collect();
    let stale: Vec<&String> = stated.difference(&found).collect();
    assert!(unexplained.is_empty(), "no spelling and no reason:\n{unexplained:#?}");
    assert!(stale.is_empty(), "spelled by now:\n{stale:#?}");
}
