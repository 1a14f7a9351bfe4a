//! Mutants of policy documents, a statement at a time: a denial is dropped or turned round, a permission is widened.
//! Found by their spelling alone: blocks of `aws_iam_policy_document`, objects and mappings with an `Effect`.

mod hcl;
mod yaml;

use std::collections::BTreeSet;
use std::ops::Range;

use super::mutants::{Changes, Mutant};

/// A replacement: which bytes, by what.
type Edit = (Range<usize>, String);

/// What can be changed in one statement.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Statement {
    /// Address of the resource or data source that holds it.
    owner: String,
    whole: Range<usize>,
    deny: bool,
    drop: Option<Edit>,
    /// Anyone in place of its principals.
    principal: Option<Edit>,
    action: Option<Edit>,
    resource: Option<Edit>,
    conditions: Vec<Edit>,
}

/// The mutants of all statements of a file.
pub(super) fn of(path: &str, text: &str) -> Vec<Mutant> {
    let statements = if path.ends_with(".tf") { hcl::statements(text) } else { yaml::statements(text) };
    statements.iter().flat_map(|statement| mutants(path, text, statement)).collect()
}

fn mutants(path: &str, text: &str, statement: &Statement) -> Vec<Mutant> {
    let mut made = Vec::new();
    let mut add = |edit: &Option<Edit>, rule: &'static str, action: &str| {
        let Some((range, by)) = edit else { return };
        if text.get(range.clone()) != Some(by) {
            made.push(mutant(path, text, statement, (range.clone(), by.clone()), rule, action));
        }
    };
    if statement.deny {
        add(&statement.drop, "s3-tls-only", "without the denial");
        add(&plain_allowed(text, &statement.whole), "s3-tls-only", "true for the denied \"false\"");
    } else if statement.principal.is_some() {
        add(&statement.principal, "policy-public-principal", "anyone for its principals");
        for condition in &statement.conditions {
            add(&Some(condition.clone()), "policy-public-principal", "without its condition");
        }
    } else {
        add(&statement.action, "iam-policy-admin", "any action for its actions");
        add(&statement.resource, "iam-policy-admin", "any resource for its resources");
    }
    made
}

fn mutant(
    path: &str,
    text: &str,
    statement: &Statement,
    (range, by): Edit,
    rule: &'static str,
    action: &str,
) -> Mutant {
    Mutant {
        kind: "policy",
        attribute: "statements",
        rules: BTreeSet::from([rule]),
        judged: BTreeSet::new(),
        address: statement.owner.clone(),
        field: None,
        part: if by.is_empty() { Changes::Out } else { Changes::Weaker },
        path: path.to_owned(),
        line: text.get(..range.start).map_or(0, |before| before.matches('\n').count()) + 1,
        range,
        by,
        action: action.to_owned(),
    }
}

/// The statement denies requests over TLS in place of those without.
fn plain_allowed(text: &str, whole: &Range<usize>) -> Option<Edit> {
    let statement = text.get(whole.clone())?;
    let key = statement.find("aws:SecureTransport")?;
    let at = whole.start + key + statement.get(key..)?.find("false")?;
    Some((at..at + "false".len(), "true".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts after each mutation.
    #[track_caller]
    fn check(path: &str, text: &str, expect: &[&str]) {
        let texts = vec![(path.to_owned(), text.to_owned())];
        let mutated: Vec<String> = of(path, text)
            .iter()
            .flat_map(|mutant| crate::mutate::mutants::apply(&[mutant], &texts))
            .map(|(_, text)| text)
            .collect();
        assert_eq!(mutated, expect);
    }

    #[test]
    fn denials_are_dropped_and_turned_round() {
        let text = "a: {Statement: [{Effect: Deny, Condition: {Bool: {aws:SecureTransport: \"false\"}}}]}\n";
        check("a.yaml", text, &["a: {Statement: []}\n", &text.replace("false", "true")]);
        let text = "x \"t\" \"n\" {\n  p = jsonencode({ Statement = [{ Effect = \"Deny\" }, 1] })\n}\n";
        check("a.tf", text, &["x \"t\" \"n\" {\n  p = jsonencode({ Statement = [ 1] })\n}\n"]);
        let text = "data \"aws_iam_policy_document\" \"n\" {\n  statement {\n    effect = \"Deny\"\n  }\n}\n";
        check("a.tf", text, &["data \"aws_iam_policy_document\" \"n\" {\n}\n"]);
    }

    #[test]
    fn permissions_are_widened() {
        let text = "a:\n  - Effect: Allow\n    Action: s3:GetObject\n    Resource: !Ref B\n";
        check(
            "a.yaml",
            text,
            &[
                &text.replace("s3:GetObject", "\"*\""),
                &text.replace("!Ref B", "!Ref \"*\"").replace("!Ref ", ""),
            ],
        );
        let text = "x \"t\" \"n\" {\n  p = jsonencode({ Effect = \"Allow\", Principal = { AWS = 1 }, Action = 1 })\n}\n";
        check("a.tf", text, &[&text.replace("{ AWS = 1 }", "\"*\"")]);
        let text = "data \"aws_iam_policy_document\" \"n\" {\n  statement {\n    actions = [1]\n  }\n}\n";
        check("a.tf", text, &[&text.replace("[1]", "[\"*\"]")]);
    }
}
