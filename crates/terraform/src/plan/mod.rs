//! Plans as `terraform show -json` prints them (format version 1.x, described in Terraform's documentation of its JSON
//! output format). A plan knows values that the configuration cannot tell; the configuration knows what a plan leaves
//! unknown until it is applied. So a plan replaces the evaluation of one root: where its folder is in the scan, known
//! planned values stand over the evaluated ones, and places come from the source.

mod address;
mod configuration;
mod overlay;
mod values;

use std::sync::Arc;

use smol_str::SmolStr;
use source::document::{Node, json};
use source::{FileId, Place, Problem, ProblemSeverity, Sources};
use value::declared::{Declared, Language, Mode, Resource, Root, RootId, key};
use value::{Kind, Map, Number, Origin, Presence, Value};

use configuration::Configuration;
use values::{Planned, Purpose, convert};

/// Whether the text of a JSON file may be a plan, before it is parsed: it names what every plan has, as Terraform and
/// OpenTofu print it. A state as `show -json` prints it has values, but none that are planned; a state file has no
/// format version at all.
#[must_use]
pub fn is_plan(text: &str) -> bool {
    let names = ["\"format_version\"", "\"terraform_version\"", "\"planned_values\""];
    text.trim_start_matches('\u{feff}').trim_start().starts_with('{')
        && names.iter().all(|name| text.contains(name))
}

/// A plan and the folder of the root that it was made from, if the project says so.
#[derive(Debug, Clone)]
pub struct PlanFile {
    /// The plan, relative to the scan root.
    pub path: String,
    /// The folder of its root, relative to the scan root.
    pub root: Option<String>,
}

/// Reads plans into `declared`, which holds what the configuration in the scan declared. `evaluate` reads the root
/// of a folder that the scan has not read yet.
pub fn read(
    sources: &Sources,
    plans: &[PlanFile],
    declared: &mut Declared,
    evaluate: impl Fn(&str) -> Declared,
) {
    for plan in plans {
        match document(sources, &plan.path) {
            Ok((file, document)) => one(plan, file, &document, declared, &evaluate),
            Err(problem) => declared.problems.push(problem),
        }
    }
}

fn document(sources: &Sources, path: &str) -> Result<(FileId, Node), Problem> {
    let file = sources.load(path).map_err(|error| {
        let help = "make the plan readable, or leave it out of the scan";
        Problem::with_path(ProblemSeverity::Error, "plan-unreadable", path, error.to_string(), help)
    })?;
    let text = sources.file(file);
    let parsed = json::parse(&text.text, sources.limits()).map_err(|error| {
        let help = "write the plan with `terraform show -json PLAN`";
        let place = Place::new(file, error.span);
        Problem::at(ProblemSeverity::Error, "plan-syntax", place, error.message, help)
    })?;
    Ok((file, parsed))
}

fn one(
    plan: &PlanFile,
    file: FileId,
    document: &Node,
    declared: &mut Declared,
    evaluate: &impl Fn(&str) -> Declared,
) {
    let folder = plan.root.clone().unwrap_or_else(|| folder_of(&plan.path).to_owned());
    let name = overlay::root_name(&folder);
    if !declared.roots.iter().any(|root| root.name == name) && plan.root.is_some() {
        declared.append(evaluate(&folder));
    }
    let known = declared.roots.iter().position(|root| root.name == name);
    let root_name = match known {
        Some(_) => name,
        None => SmolStr::from(plan.path.as_str()),
    };
    declared.problems.extend(incomplete(file, document));
    let purpose = if known.is_some() { Purpose::Overlay } else { Purpose::Alone };
    let planned = resources(file, document, &root_name, purpose);
    match known.and_then(|at| u32::try_from(at).ok()).map(RootId) {
        Some(root) => overlay::onto(declared, root, planned),
        None => {
            let root = RootId(u32::try_from(declared.roots.len()).unwrap_or(u32::MAX));
            declared.roots.push(plan_root(&root_name, &folder, document, file));
            declared.resources.extend(planned.into_iter().map(|resource| Resource { root, ..resource }));
        }
    }
}

/// What a plan does not tell: Terraform writes one even where planning failed.
fn incomplete(file: FileId, document: &Node) -> Option<Problem> {
    let errored = document.get("errored").filter(|node| node.text().is_some_and(|text| text == "true"))?;
    let help =
        "mend what `terraform plan` says, plan again and write the plan with `terraform show -json PLAN`";
    let message = "planning failed, so the plan does not hold all resources";
    Some(Problem::at(
        ProblemSeverity::Warning,
        "plan-incomplete",
        Place::new(file, errored.span),
        message,
        help,
    ))
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn plan_root(name: &SmolStr, folder: &str, document: &Node, file: FileId) -> Root {
    let provider =
        document.get("configuration").and_then(|c| c.get("provider_config")).and_then(|p| p.get("aws"));
    let region = provider.and_then(|aws| aws.get("expressions")?.get("region")?.get("constant_value"));
    let region = region.and_then(|node| {
        Some(Value::string(node.text()?.clone(), Origin::literal(Place::new(file, node.span))))
    });
    Root {
        name: name.clone(),
        language: Language::Plan,
        folder: folder.into(),
        library: false,
        account: None,
        region,
        environment: None,
    }
}

/// Whether a change takes its resource away (or out of Terraform's hands), and puts none in its place.
fn is_deleted(change: &Node) -> bool {
    let actions = change.get("change").and_then(|change| change.get("actions"));
    let actions = actions.map(Node::items).unwrap_or_default();
    let deleted = |action: &Node| action.text().is_some_and(|text| text == "delete" || text == "forget");
    !actions.is_empty() && actions.iter().all(deleted)
}

/// The resources that exist once the plan is applied, in the plan's order. Deleted ones are left out.
fn resources(file: FileId, document: &Node, root_name: &SmolStr, purpose: Purpose) -> Vec<Resource> {
    let configuration = Configuration::new(document, root_name);
    let changes = document.get("resource_changes").map(Node::items).unwrap_or_default();
    changes.iter().filter_map(|change| resource(file, change, &configuration, root_name, purpose)).collect()
}

fn resource(
    file: FileId,
    change: &Node,
    configuration: &Configuration<'_>,
    root_name: &SmolStr,
    purpose: Purpose,
) -> Option<Resource> {
    let address = change.get("address")?.text()?.clone();
    let type_name = change.get("type")?.text()?.clone();
    let mode = match change.get("mode")?.text()?.as_str() {
        "managed" => Mode::Managed,
        "data" => Mode::Data,
        _ => return None,
    };
    if is_deleted(change) {
        return None;
    }
    let attributes = attributes(file, change, configuration, purpose)?;
    let header = change.get("address").map_or(change.span, |node| node.span);
    let instance = instance(file, change);
    Some(Resource {
        key: key(root_name, &address),
        address,
        mode,
        type_name,
        attributes,
        presence: Presence::CERTAIN,
        root: RootId(0),
        place: Place::new(file, header),
        body: Place::new(file, change.span),
        logical_id: None,
        construct_path: None,
        source_trace: None,
        caller: None,
        instance,
        region: None,
        account: None,
        meta: Value::new(Kind::Map(Arc::new(Map::default())), Origin::default()),
    })
}

/// The planned attributes of a resource: always a map.
fn attributes(
    file: FileId,
    change: &Node,
    configuration: &Configuration<'_>,
    purpose: Purpose,
) -> Option<Value> {
    let planned = change.get("change")?;
    let (scope, block) = configuration.scope(change);
    let before = planned.get("before");
    let attributes = convert(&Planned {
        after: planned.get("after"),
        unknown: planned.get("after_unknown"),
        sensitive: planned.get("after_sensitive"),
        expressions: block.and_then(|block| block.get("expressions")),
        file,
        scope,
        configuration,
        purpose,
        silent: false,
        created: before.is_none_or(|before| before.entries().is_empty()),
        shared: false,
    });
    Some(match attributes.kind {
        Kind::Map(_) => attributes,
        _ => Value::new(Kind::Map(Arc::new(Map::default())), Origin::literal(Place::new(file, change.span))),
    })
}

/// The key of an instance: a number for `count`, a string for `for_each`.
fn instance(file: FileId, change: &Node) -> Option<Value> {
    let index = change.get("index")?;
    let origin = Origin::literal(Place::new(file, index.span));
    match Number::parse(index.text()?).filter(|_| configuration::is_number(index)) {
        Some(number) => Some(Value::number(number, origin)),
        None => Some(Value::string(index.text()?.clone(), origin)),
    }
}
