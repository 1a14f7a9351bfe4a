//! Instances of resources and their attributes, planned and evaluated. Both sides have the same addresses.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use source::Sources;
use value::declared::{Declared, Mode, Resource};
use value::{Kind, Value};

use super::attributes::{Comparison, Found, Planned};
use super::case::Case;
use super::schema::{Field, Schema, Shape};
use super::tally::Tally;
use super::terms::Resources;

/// What stands for something that a plan does not have.
const NOTHING: &Json = &Json::Null;

/// Compares instances, their attributes, tags and regions, and the outputs of the root.
pub(super) fn compare(case: &Case, schema: &Schema, tally: &mut Tally, met: &mut [bool]) {
    let sources = sources(case);
    let read = carelint::read(&sources, &["source".into()], &case.inputs);
    for problem in &read.declared.problems {
        if problem.severity == source::ProblemSeverity::Error {
            tally.differs(format!("{}: {}", problem.code, problem.message));
        }
    }
    let changes = exist(&case.plan);
    addresses(&changes, &read.declared, tally);
    let resources = Resources::of(&read.declared);
    for (address, change) in &changes {
        let Some(resource) = find(&read.declared, Mode::Managed, address) else { continue };
        tally.instances += 1;
        let mut comparison = attributes(&case.plan, change, resource, &resources, schema);
        all_tags(change, resource, &mut comparison);
        note(case, address, comparison.found, tally, met);
    }
    outputs(case, &read.declared, &resources, tally, met);
}

/// The configuration in memory, in the folder `source`.
fn sources(case: &Case) -> Sources {
    let files: Vec<(String, &str)> =
        case.files.iter().map(|(path, text)| (format!("source/{path}"), text.as_str())).collect();
    Sources::in_memory(files.iter().map(|(path, text)| (path.as_str(), *text)))
}

/// Changes of managed resources that exist once the plan is applied, by address.
fn exist(plan: &Json) -> BTreeMap<String, &Json> {
    let changes = plan.get("resource_changes").and_then(Json::as_array).into_iter().flatten();
    let text = |change: &Json, name: &str| change.get(name).and_then(Json::as_str).map(str::to_owned);
    changes
        .filter(|change| text(change, "mode").is_some_and(|mode| mode == "managed"))
        .filter(|change| change.get("deposed").is_none())
        .filter(|change| {
            let actions = change.pointer("/change/actions").and_then(Json::as_array);
            let goes = |action: &Json| matches!(action.as_str(), Some("delete" | "forget"));
            !actions.is_some_and(|actions| actions.iter().all(goes))
        })
        .filter_map(|change| Some((text(change, "address")?, change)))
        .collect()
}

fn addresses(changes: &BTreeMap<String, &Json>, declared: &Declared, tally: &mut Tally) {
    let managed = declared.resources.iter().filter(|resource| resource.mode == Mode::Managed);
    let evaluated: BTreeSet<&str> = managed
        .inspect(|resource| {
            if !resource.presence.is_certain() {
                tally.differs(format!("{} may not be there", resource.address));
            }
        })
        .map(|resource| resource.address.as_str())
        .collect();
    let planned: BTreeSet<&str> = changes.keys().map(String::as_str).collect();
    for address in planned.difference(&evaluated) {
        tally.differs(format!("{address} is planned and not evaluated"));
    }
    for address in evaluated.difference(&planned) {
        tally.differs(format!("{address} is evaluated and not planned"));
    }
}

fn find<'d>(declared: &'d Declared, mode: Mode, address: &str) -> Option<&'d Resource> {
    let mut resources = declared.resources.iter().map(AsRef::as_ref);
    resources.find(|resource: &&Resource| resource.mode == mode && resource.address == address)
}

fn attributes<'d>(
    plan: &Json,
    change: &Json,
    resource: &Resource,
    resources: &'d Resources<'d>,
    schema: &Schema,
) -> Comparison<'d> {
    let of = |name: &str| change.pointer(&format!("/change/{name}")).unwrap_or(NOTHING);
    let expressions = block(plan, change).and_then(|block| block.get("expressions")).unwrap_or(NOTHING);
    let planned = Planned { after: of("after"), unknown: of("after_unknown"), expressions };
    let created = of("before").is_null();
    let mut comparison = Comparison { resources, created, found: Vec::new() };
    comparison.body(&schema.body(&resource.type_name), planned, &resource.attributes, "");
    comparison
}

/// The block of a change in the configuration of the plan.
fn block<'p>(plan: &'p Json, change: &Json) -> Option<&'p Json> {
    let mut module = plan.pointer("/configuration/root_module")?;
    let path = change.get("module_address").and_then(Json::as_str).unwrap_or_default();
    for name in calls(path) {
        module = module.get("module_calls")?.get(&name)?.get("module")?;
    }
    let same = |block: &&Json| {
        ["mode", "type", "name"]
            .iter()
            .all(|key| block.get(key).is_some() && block.get(key) == change.get(key))
    };
    module.get("resources")?.as_array()?.iter().find(same)
}

/// Names of the module calls of an address, without instance keys.
fn calls(address: &str) -> Vec<String> {
    let (mut names, mut rest) = (Vec::new(), address);
    while let Some(after) = rest.strip_prefix("module.") {
        let end = after.find(['.', '[']).unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        names.push(name.to_owned());
        // Keys are quoted as JSON strings are, so a quote that is not escaped ends one.
        rest = match tail.find("].module.") {
            Some(at) if tail.starts_with('[') => tail.get(at + 2..).unwrap_or_default(),
            _ => tail.strip_prefix('.').unwrap_or_default(),
        };
    }
    names
}

/// `tags_all`: the tags with the provider's default ones.
fn all_tags(change: &Json, resource: &Resource, comparison: &mut Comparison<'_>) {
    let of = |name: &str| change.pointer(&format!("/change/{name}/tags_all")).unwrap_or(NOTHING);
    if !of("after").is_object() {
        return;
    }
    let default = comparison.resources.resolve(&resource.meta.get("default_tags"));
    let own = comparison.resources.resolve(&resource.attributes.get("tags"));
    let mut merged: Vec<value::MapEntry> = Vec::new();
    for tags in [&default, &own] {
        let Kind::Map(map) = &tags.kind else { continue };
        for entry in &map.entries {
            merged.retain(|other| other.key != entry.key);
            merged.push(entry.clone());
        }
    }
    let map = value::Map::new(merged, None);
    let value = Value::new(Kind::Map(map.into()), own.origin.clone());
    let planned = Planned { after: of("after"), unknown: of("after_unknown"), expressions: NOTHING };
    let shape = Shape::Map(Box::new(Shape::Scalar));
    let body = [("tags_all".to_owned(), Field { shape, block: false })].into();
    let whole = serde_json::json!({ "tags_all": planned.after });
    let unknown = serde_json::json!({ "tags_all": planned.unknown });
    let planned = Planned { after: &whole, unknown: &unknown, expressions: NOTHING };
    let value = Value::map([("tags_all".into(), value)], own.origin);
    comparison.body(&body, planned, &value, "");
}

/// Outputs of the root.
fn outputs(case: &Case, declared: &Declared, resources: &Resources<'_>, tally: &mut Tally, met: &mut [bool]) {
    let changes = case.plan.get("output_changes").and_then(Json::as_object).into_iter().flatten();
    for (name, change) in changes {
        let address = format!("output.{name}");
        let Some(output) = find(declared, Mode::Output, &address) else {
            tally.differs(format!("{address} is planned and not evaluated"));
            continue;
        };
        let whole = serde_json::json!({ "value": change.get("after").unwrap_or(NOTHING) });
        let unknown = serde_json::json!({ "value": change.get("after_unknown").unwrap_or(NOTHING) });
        let planned = Planned { after: &whole, unknown: &unknown, expressions: NOTHING };
        let value =
            Value::map([("value".into(), output.attributes.get("value"))], output.attributes.origin.clone());
        let mut comparison = Comparison { resources, created: false, found: Vec::new() };
        comparison.body(&super::schema::Body::new(), planned, &value, "");
        note(case, &address, comparison.found, tally, met);
    }
}

/// Counts what was found.
fn note(case: &Case, address: &str, found: Vec<(String, Found)>, tally: &mut Tally, met: &mut [bool]) {
    for (path, found) in found {
        match found {
            Found::Beyond => tally.beyond += 1,
            Found::Equal => {
                tally.compared += 1;
                tally.equal += 1;
            }
            Found::Unknown(why) => {
                tally.compared += 1;
                if case.lists_attribute(address, &path, "", met) {
                    let reason = reason(case, address, &path).unwrap_or_default();
                    *tally.unknown.entry(reason).or_default() += 1;
                } else {
                    tally.differs(format!("{address} {path} is known to the plan alone: {why}"));
                }
            }
            Found::Different(what) => {
                tally.compared += 1;
                if case.lists_attribute(address, &path, &what, met) {
                    tally.rewritten += 1;
                } else {
                    tally.differs(format!("{address} {path}: {what}"));
                }
            }
        }
    }
}

/// The reason that a case gives for a gap.
fn reason(case: &Case, address: &str, path: &str) -> Option<String> {
    let mut met = vec![false; case.listed.len()];
    case.lists_attribute(address, path, "", &mut met);
    case.listed.iter().zip(met).find(|(_, met)| *met).map(|(listed, _)| listed.reason.clone())
}
