//! Verdicts from the source, from the plan alone and from the plan over its source: the same rule on the same address
//! has the same verdict on all three sides.

use std::collections::{BTreeMap, BTreeSet};

use carelint::{Options, check};
use report::{AccountRow, Report, ResultRow, Status};
use source::Sources;

use super::case::Case;
use super::tally::Tally;

/// Where the plan stands beside the folder `source`.
const PLAN: &str = "plan/plan.json";

/// What a rule was asked about: rule, address, element.
type Subject = (String, String, String);

/// Compares the verdicts.
pub(super) fn compare(case: &Case, tally: &mut Tally, met: &mut [bool]) {
    let regions = !case.lists_region(met);
    let mut side = |path: &str, over: bool| by_subject(&report(case, path, over, tally), regions);
    let source = side("source", false);
    let alone = side(PLAN, false);
    let over = side(PLAN, true);
    let subjects: BTreeSet<&Subject> = source.keys().chain(alone.keys()).chain(over.keys()).collect();
    for subject in subjects {
        tally.verdicts += 1;
        let of = |side: &BTreeMap<Subject, Status>| side.get(subject).map_or("nothing", |status| status.id());
        let found = [of(&source), of(&alone), of(&over)];
        let [first, second, third] = found;
        if first == second && first == third {
            tally.same_verdicts += 1;
            continue;
        }
        let decided: BTreeSet<&str> = found.into_iter().filter(|status| *status != "unknown").collect();
        let (rule, address, element) = subject;
        if decided.len() <= 1 && case.lists_rule(address, rule, met) {
            tally.listed_verdicts += 1;
            continue;
        }
        tally.differs(format!(
            "{rule} of {address} {element}: {first} from the source, {second} from the plan, {third} from both"
        ));
    }
}

/// The report on one side.
fn report(case: &Case, path: &str, over: bool, tally: &mut Tally) -> Report {
    let mut files: Vec<(String, &str)> = Vec::new();
    if path != PLAN || over {
        files.extend(case.files.iter().map(|(path, text)| (format!("source/{path}"), text.as_str())));
    }
    if path == PLAN {
        files.push((PLAN.to_owned(), &case.plan_text));
    }
    let sources = Sources::in_memory(files.iter().map(|(path, text)| (path.as_str(), *text)));
    let mut options = Options::default();
    if path != PLAN || over {
        options.inputs = case.inputs.clone();
    }
    options.scope.complete = true;
    if over {
        options.inputs.plans.insert(PLAN.to_owned(), "source".to_owned());
    }
    let report = check(&sources, &[path.into()], &options);
    for problem in report.problems.iter().filter(|problem| problem.severity == "error") {
        tally.differs(format!("{path}: {}: {}", problem.code, problem.message));
    }
    report
}

/// The verdicts of a report by what they are about; accounts with or without their regions. Only what is judged: that a rule does not apply is left to the rule's own tests.
fn by_subject(report: &Report, regions: bool) -> BTreeMap<Subject, Status> {
    let subject = |row: &ResultRow| {
        let address = row.resource.as_ref().map(|resource| resource.address.clone());
        let account = || match &row.account {
            Some(AccountRow { name, region: Some(region) }) if regions => {
                format!("account `{name}` {region}")
            }
            Some(AccountRow { name, .. }) => format!("account `{name}`"),
            None => String::new(),
        };
        (row.rule.to_owned(), address.unwrap_or_else(account), row.element.clone().unwrap_or_default())
    };
    let mut verdicts = BTreeMap::new();
    for row in report.results.iter().filter(|row| row.status != Status::NotApplicable) {
        let status = verdicts.entry(subject(row)).or_insert(row.status);
        *status = (*status).min(row.status);
    }
    verdicts
}
