//! A large plan: that of the compliant fixture, as the plan of a root that calls it as a module many times, each copy
//! under names of its own. Invariant: growing it again gives the same bytes.

use serde_json::{Map, Value as Json, json};

use super::trees::{NAME, renamed};
use crate::repository;

/// The plan that is repeated.
const FORM: &str = "compliant/plan/plan.json";

/// Writes a plan of many copies and gives its folder.
pub(super) fn grow(name: &str, copies: usize) -> Result<String, String> {
    let folder = format!("target/bench/{name}");
    let path = format!("fixtures/{NAME}/{FORM}");
    let one: Json =
        serde_json::from_str(&repository::read(&path)?).map_err(|error| format!("{path}: {error}"))?;
    let part = |pointer: &str| one.pointer(pointer).cloned().unwrap_or(Json::Null);
    let (mut planned, mut prior, mut changes) = (Vec::new(), Vec::new(), Vec::new());
    for copy in 0..copies {
        let (own, module) = (format!("{NAME}{copy:03}"), format!("module.clinic[\"{copy:03}\"]"));
        planned.push(state(&part("/planned_values/root_module"), &module, &own));
        prior.push(state(&part("/prior_state/values/root_module"), &module, &own));
        let inside = part("/resource_changes");
        let each = inside.as_array().into_iter().flatten();
        changes.extend(each.map(|change| renamed(&moved(change, &module).to_string(), &own)));
    }
    let configuration = json!({
        "provider_config": part("/configuration/provider_config"),
        "root_module": { "module_calls": { "clinic": {
            "source": "./clinic",
            "for_each_expression": { "references": ["var.clinics"] },
            "module": part("/configuration/root_module"),
        } } },
    });
    let children =
        |modules: &[String]| format!("{{\"root_module\":{{\"child_modules\":[{}]}}}}", modules.join(","));
    let text = format!(
        "{{\"format_version\":\"1.2\",\"terraform_version\":\"1.11.4\",\"planned_values\":{},\
         \"resource_changes\":[{}],\"prior_state\":{{\"values\":{}}},\"configuration\":{configuration},\"complete\":true}}",
        children(&planned),
        changes.join(","),
        children(&prior)
    );
    repository::write(&format!("{folder}/plan.json"), &text)?;
    Ok(folder)
}

/// The values of a root module as those of a called one.
fn state(root: &Json, module: &str, own: &str) -> String {
    let list = |key: &str| root.get(key).and_then(Json::as_array).into_iter().flatten();
    let resources: Vec<Json> = list("resources").map(|resource| moved(resource, module)).collect();
    let children: Vec<Json> = list("child_modules")
        .map(|child| {
            let inner = child.get("resources").and_then(Json::as_array).into_iter().flatten();
            let inner: Vec<Json> = inner.map(|resource| moved(resource, module)).collect();
            let address = child.get("address").and_then(Json::as_str).unwrap_or_default();
            json!({ "address": format!("{module}.{address}"), "resources": inner })
        })
        .collect();
    renamed(&json!({ "address": module, "resources": resources, "child_modules": children }).to_string(), own)
}

/// A resource or a change inside a module.
fn moved(resource: &Json, module: &str) -> Json {
    let mut moved = resource.as_object().cloned().unwrap_or_else(Map::new);
    let inside = |own: Option<&Json>| match own.and_then(Json::as_str) {
        Some(own) => Json::from(format!("{module}.{own}")),
        None => Json::from(module),
    };
    let (address, outer) = (inside(moved.get("address")), inside(moved.get("module_address")));
    moved.insert("address".to_owned(), address);
    moved.insert("module_address".to_owned(), outer);
    Json::Object(moved)
}
