//! What Terraform plans beside what carelint evaluates: every case under `fixtures/parity` is a configuration with the
//! plan that Terraform made of it. `cargo xtask plan-parity` compares instances, attributes and verdicts and ends with
//! status 1 at any difference; `--refresh [CASE…]` asks Terraform for the plans again first.
//!
//! What is compared, and when a case may list a gap, is said in `docs/contributing.md`.

mod attributes;
mod case;
mod instances;
mod refresh;
mod schema;
mod tally;
mod terms;
mod trim;
mod verdicts;

use rayon::prelude::*;

use crate::{Complaints, repository};
use case::Case;
use schema::Schema;
use tally::Tally;

/// Where the cases are.
const FOLDER: &str = "fixtures/parity";

/// Asks Terraform for the plans of the named cases, or of all, and compares.
pub(crate) fn refresh(names: &[&str]) -> Complaints {
    let all = repository::folders(FOLDER);
    let chosen: Vec<String> =
        all.into_iter().filter(|name| names.is_empty() || names.contains(&name.as_str())).collect();
    let mut complaints = refresh::plans(FOLDER, &chosen);
    complaints.extend(run());
    complaints
}

/// Compares all cases, prints the counts, and gives every difference.
pub(crate) fn run() -> Complaints {
    let (tally, complaints) = compare();
    println!("{tally}");
    complaints
}

/// The counts of all cases, and every difference.
fn compare() -> (Tally, Complaints) {
    let schema = match Schema::read() {
        Ok(schema) => schema,
        Err(error) => return (Tally::default(), vec![error]),
    };
    let names = repository::folders(FOLDER);
    let results: Vec<(Tally, Complaints)> = names.par_iter().map(|name| one(name, &schema)).collect();
    let (mut all, mut complaints) = (Tally::default(), Complaints::new());
    for (tally, wrong) in results {
        all.add(tally);
        complaints.extend(wrong);
    }
    (all, complaints)
}

/// One case.
fn one(name: &str, schema: &Schema) -> (Tally, Complaints) {
    let mut tally = Tally { cases: 1, ..Tally::default() };
    let case = match Case::read(FOLDER, name) {
        Ok(case) => case,
        Err(error) => return (tally, vec![error]),
    };
    let mut met = vec![false; case.listed.len()];
    instances::compare(&case, schema, &mut tally, &mut met);
    verdicts::compare(&case, &mut tally, &mut met);
    let mut complaints: Complaints =
        std::mem::take(&mut tally.differences).into_iter().map(|wrong| format!("{name}: {wrong}")).collect();
    for (listed, _) in case.listed.iter().zip(&met).filter(|(_, met)| !**met) {
        complaints.push(format!("{name}: case.toml lists `{listed}`, which is no gap (any more)"));
    }
    (tally, complaints)
}

#[cfg(test)]
mod tests {
    #[test]
    fn stored_plans_agree_with_what_is_evaluated() {
        let (tally, complaints) = super::compare();
        assert!(tally.cases >= 60, "only {} cases", tally.cases);
        assert!(complaints.is_empty(), "{}\n{tally}", complaints.join("\n"));
    }
}
