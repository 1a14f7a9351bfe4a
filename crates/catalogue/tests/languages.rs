//! Every modelled attribute is spelled in Terraform and in CloudFormation, or it is said why one of them has none.

use std::collections::BTreeSet;

use carelint_catalogue::CATALOGUE;
use language::ir::{How, Kind, Language, Spelling};

/// Attributes that only one language has: `kind.attribute language: reason`, or `kind language: reason` for a whole kind.
const ONE_LANGUAGE: &str = include_str!("languages/one-language.txt");

/// What spellings read: attributes, and fields of records behind them (`rules.cidr`).
fn reads(kind: &Kind, own: &[&Spelling]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (id, how) in own.iter().flat_map(|spelling| spelling.reads) {
        if let Some(attribute) = kind.attributes.get(usize::from(id.0)) {
            found.insert(attribute.name.to_owned());
            fields(attribute.name, how, &mut found);
        }
    }
    found
}

fn fields(of: &str, how: &How, found: &mut BTreeSet<String>) {
    match how {
        How::First(hows) | How::Concat(hows) => hows.iter().for_each(|how| fields(of, how, found)),
        How::Each { fields: inner, .. } => {
            for (name, how) in inner.iter().filter(|(name, _)| !name.is_empty()) {
                let name = format!("{of}.{name}");
                fields(&name, how, found);
                found.insert(name);
            }
        }
        How::Follow { how, .. } => fields(of, how, found),
        _ => {}
    }
}

/// What only one of the two languages spells of a kind. What neither spells is a default or comes with a trait.
fn gaps_of(kind: &Kind) -> Vec<String> {
    let of = |language: Language| {
        let own = kind.spellings.iter().filter(move |spelling| spelling.language == language);
        own.collect::<Vec<_>>()
    };
    let (terraform, cloudformation) = (of(Language::Terraform), of(Language::CloudFormation));
    match (terraform.is_empty(), cloudformation.is_empty()) {
        (true, true) => return Vec::new(),
        (true, false) => return vec![format!("{} terraform", kind.name)],
        (false, true) => return vec![format!("{} cloudformation", kind.name)],
        (false, false) => {}
    }
    let (terraform, cloudformation) = (reads(kind, &terraform), reads(kind, &cloudformation));
    let gap = |name: &String, language: &str| format!("{}.{name} {language}", kind.name);
    let without = |one: &BTreeSet<String>, other: &BTreeSet<String>, language: &str| {
        let missing = one.difference(other).filter(|name| match name.rsplit_once('.') {
            // The fields of what is missing as a whole are not listed.
            Some((whole, _)) => other.contains(whole),
            None => true,
        });
        missing.map(|name| gap(name, language)).collect::<Vec<_>>()
    };
    let mut gaps = without(&terraform, &cloudformation, "cloudformation");
    gaps.extend(without(&cloudformation, &terraform, "terraform"));
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
