//! A plan as it is stored: without what depends on the day or the machine, and what neither carelint nor the comparison
//! reads. Invariant: what is left is exactly as Terraform printed it.

use serde_json::{Map, Value as Json};

/// What is kept of a plan.
const KEPT: [&str; 10] = [
    "format_version",
    "terraform_version",
    "variables",
    "planned_values",
    "resource_changes",
    "output_changes",
    "prior_state",
    "configuration",
    "complete",
    "errored",
];

/// What is taken out wherever it stands.
const LEFT_OUT: [&str; 5] =
    ["provider_name", "full_name", "version_constraint", "schema_version", "identity_schema_version"];

/// Trims a plan.
pub(super) fn trim(mut plan: Json) -> Json {
    if let Some(whole) = plan.as_object_mut() {
        whole.retain(|key, _| KEPT.contains(&key.as_str()));
        // The changes say the same of every resource, and more.
        if let Some(planned) = whole.get_mut("planned_values").and_then(Json::as_object_mut) {
            planned.retain(|key, _| key == "outputs");
        }
        if let Some(prior) = whole.get_mut("prior_state") {
            data_alone(prior);
        }
    }
    leave_out(&mut plan);
    plan
}

/// Keeps the data sources of a state: resources have their state in their change.
fn data_alone(prior: &mut Json) {
    let root = prior.pointer_mut("/values/root_module").and_then(Json::as_object_mut);
    root.into_iter().for_each(module_alone);
}

fn module_alone(module: &mut Map<String, Json>) {
    if let Some(resources) = module.get_mut("resources").and_then(Json::as_array_mut) {
        resources.retain(|resource| resource.get("mode").and_then(Json::as_str) == Some("data"));
    }
    let children = module.get_mut("child_modules").and_then(Json::as_array_mut);
    children.into_iter().flatten().filter_map(Json::as_object_mut).for_each(module_alone);
}

fn leave_out(value: &mut Json) {
    match value {
        Json::Object(entries) => {
            entries.retain(|key, _| !LEFT_OUT.contains(&key.as_str()));
            entries.values_mut().for_each(leave_out);
        }
        Json::Array(items) => items.iter_mut().for_each(leave_out),
        _ => {}
    }
}
