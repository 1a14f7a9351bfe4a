//! Questions about one statement: does it allow everything, to everyone, only from somewhere. Invariant: a condition
//! counts as a bound only if its value is fixed and its operator compares for equality.

use language::ir::Catalogue;
use value::{Kind, Value};

use super::statement::{every, exists, has_effect};
use crate::decision::Decision;
use crate::network::cidr::whole_internet;
use crate::pattern::{Symbol, Text, known};
use crate::reader::{Reader, expression};
use crate::tables;

/// The table of condition keys that bound who or where.
const KEYS: &str = "policy-condition-keys";

/// An Allow that pairs every action with every resource.
pub(crate) fn allows_everything(reader: &Reader<'_>, statement: &Value) -> Decision {
    let actions = exists(&statement.get("actions"), |action| all_actions(&reader.text(action)));
    let resources = statement.get("resources");
    let resources = if resources.is_absent() && statement.get("not_resources").is_absent() {
        Decision::unknown("the statement names no resource")
    } else {
        exists(&resources, |resource| all_resources(&reader.text(resource)))
    };
    has_effect(statement, "Allow").and(actions).and(resources)
}

/// `*`, `*:*` and the like.
pub(crate) fn all_actions(pattern: &Text) -> Decision {
    let parts: Vec<&[Symbol]> = pattern.split(|symbol| *symbol == Symbol::Char(':')).collect();
    if parts.len() > 2 {
        return Decision::NO;
    }
    Decision::all(parts.into_iter().map(stars))
}

/// Whether a part of a pattern is made of stars alone.
fn stars(part: &[Symbol]) -> Decision {
    let is_star = |symbol: &Symbol| *symbol == Symbol::Char('*');
    if part.is_empty() || part.iter().any(|symbol| !is_star(symbol) && !matches!(symbol, Symbol::Hole(_))) {
        return Decision::NO;
    }
    let mut holes = part.iter().filter_map(|symbol| match symbol {
        Symbol::Hole(hole) => Some(hole),
        _ => None,
    });
    // The attribute of a resource is its name or ARN, never a star, whatever stands around it.
    if holes.clone().any(|hole| hole.owner.is_some()) {
        return Decision::NO;
    }
    let hole = holes.next().map(|hole| Decision::unknown(hole.why.clone()));
    hole.unwrap_or(Decision::YES)
}

/// `*`, `arn:*`, `arn:aws:*`, `arn:aws:*:*:*:*` and the like; partitions are `aws` in every text.
fn all_resources(pattern: &Text) -> Decision {
    let parts: Vec<&[Symbol]> = pattern.split(|symbol| *symbol == Symbol::Char(':')).collect();
    let is_arn = |first: &[Symbol]| if first == known("arn") { Decision::YES } else { stars(first) };
    match parts.as_slice() {
        [only] => stars(only),
        [first, second] => is_arn(first).and(stars(second)),
        [first, partition, rest @ ..] => {
            let partition = if *partition == known("aws") { Decision::YES } else { stars(partition) };
            is_arn(first).and(partition).and(Decision::all(rest.iter().map(|part| stars(part))))
        }
        [] => Decision::NO,
    }
}

/// An Allow for everyone without a condition that fixes who or where.
pub(crate) fn grants_public(reader: &Reader<'_>, statement: &Value) -> Decision {
    let everyone = has_everyone(reader, statement);
    let bound = exists(&statement.get("conditions"), |condition| {
        bounds(reader, condition, &|key| {
            tables::text(reader.catalogue(), KEYS, key, "effect") == Some("passes")
        })
    });
    has_effect(statement, "Allow").and(everyone).and(bound.negated())
}

/// Whether the statement is for everyone: `*`, `{"AWS": "*"}`, or everyone but some (`NotPrincipal`).
pub(crate) fn has_everyone(reader: &Reader<'_>, statement: &Value) -> Decision {
    let named = exists(&statement.get("principals"), |principal| is_everyone(reader, principal));
    named.or(Decision::from(!statement.get("not_principals").is_absent()))
}

fn is_everyone(reader: &Reader<'_>, principal: &Value) -> Decision {
    let kind = principal.get("type");
    let any_kind = kind.as_str().is_some_and(|kind| kind == "*" || kind.eq_ignore_ascii_case("AWS"));
    if !any_kind {
        return Decision::NO;
    }
    Decision::over_choices(&principal.get("id"), |id| match &id.kind {
        Kind::String(text) => Decision::from(text == "*"),
        _ if is_an_account(id) => Decision::NO,
        _ => stars(&reader.text(id)),
    })
}

/// It holds only from fixed networks, with MFA, or within an organisation.
pub(crate) fn is_narrowed(reader: &Reader<'_>, statement: &Value) -> Decision {
    exists(&statement.get("conditions"), |condition| {
        bounds(reader, condition, &|key| tables::flag(reader.catalogue(), KEYS, key, "lowers_admin"))
    })
}

/// Whether a condition bounds the statement by a key that `counts`.
fn bounds(reader: &Reader<'_>, condition: &Value, counts: &dyn Fn(&str) -> bool) -> Decision {
    let (key, operator) = (condition.get("key"), condition.get("operator"));
    let (Some(key), Some(operator)) = (key.as_str(), operator.as_str()) else {
        return Decision::unknown("a condition of the statement is not known");
    };
    let (key, operator) = (key.to_ascii_lowercase(), operator.to_ascii_lowercase());
    if !counts(&key) || operator.ends_with("ifexists") || operator.starts_with("forallvalues:") {
        return Decision::NO;
    }
    let operator = operator.strip_prefix("foranyvalue:").unwrap_or(&operator);
    let values = condition.get("values");
    let all = |test: &mut dyn FnMut(&Value) -> Decision| every(&values, test);
    match bound_of(reader.catalogue(), &key) {
        "true" | "mount" if operator == "bool" => all(&mut |value| Decision::of_bool(value)),
        "address" if operator == "ipaddress" => all(&mut |value| whole_internet(value).negated()),
        "account" if is_equality(operator) => all(&mut |value| fixes_account(reader, value)),
        "value" if is_equality(operator) => all(&mut |value| is_fixed(reader, value)),
        _ => Decision::NO,
    }
}

fn bound_of(catalogue: &Catalogue, key: &str) -> &'static str {
    tables::text(catalogue, KEYS, key, "bounds").unwrap_or("")
}

fn is_equality(operator: &str) -> bool {
    matches!(operator, "stringequals" | "stringequalsignorecase" | "stringlike" | "arnequals" | "arnlike")
}

/// An account id of the deployment: never a star, though its text is not known.
fn is_an_account(value: &Value) -> bool {
    let account = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.ends_with("account_id") || name.ends_with("aws::accountid") || name.ends_with(".accountid")
    };
    expression(value).is_some_and(|name| account(&name))
}

/// Whether a value fixes something: it is not made of stars alone.
fn is_fixed(reader: &Reader<'_>, value: &Value) -> Decision {
    if is_an_account(value) {
        return Decision::YES;
    }
    stars(&reader.text(value)).negated()
}

/// Whether the account part of an ARN is fixed; ARNs of buckets have none, and their names are unique in the world.
fn fixes_account(reader: &Reader<'_>, value: &Value) -> Decision {
    let text = reader.text(value);
    let parts: Vec<&[Symbol]> = text.splitn(6, |symbol| *symbol == Symbol::Char(':')).collect();
    match parts.as_slice() {
        [_, _, service, _, account, resource] => {
            let named =
                if account.is_empty() && *service == known("s3").as_slice() { resource } else { account };
            let wild = named.iter().any(|symbol| matches!(symbol, Symbol::Char('*' | '?')));
            Decision::from(!wild && !named.is_empty())
        }
        // The ARN of a resource of the scan, or one that is given from outside.
        [[Symbol::Hole(hole)]] if hole.owner.is_some() => Decision::YES,
        [[Symbol::Hole(hole)]] => Decision::unknown(hole.why.clone()),
        [only] => match only.iter().find(|symbol| matches!(symbol, Symbol::Hole(_))) {
            Some(Symbol::Hole(hole)) => Decision::unknown(hole.why.clone()),
            _ => Decision::NO,
        },
        _ => Decision::NO,
    }
}
