//! Plans as `terraform show -json` prints them (format version 1.x, described in Terraform's documentation of its JSON
//! output format). A plan knows values that the configuration cannot tell; the configuration knows what a plan leaves
//! unknown until it is applied. So a plan replaces the evaluation of one root: where its folder is in the scan, known
//! planned values stand over the evaluated ones, and places come from the source.

mod address;
mod configuration;
mod document;
mod format;
mod overlay;
mod provider;
mod values;

use std::sync::Arc;

use smol_str::SmolStr;
use source::document::Node;
use source::{FileId, Place, Problem, ProblemSeverity, Sources, Span};
use value::declared::{Declared, Language, Mode, Resource, Root, RootId, key};
use value::{Kind, Map, MapEntry, Number, Origin, Presence, Value};

use configuration::Configuration;
use document::{Change, Document};
use provider::Providers;
use values::{Planned, Purpose, convert};

pub use format::{is_state, state_problem};

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

impl PlanFile {
    /// The folder of its root: the one that the project says, else its own.
    #[must_use]
    pub fn folder(&self) -> &str {
        self.root.as_deref().unwrap_or_else(|| source::folder_of(&self.path))
    }
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
        if let Err(problem) = one(sources, plan, declared, &evaluate) {
            declared.problems.push(problem);
        }
    }
}

/// Loads a plan and reads it into `declared`.
fn one(
    sources: &Sources,
    plan: &PlanFile,
    declared: &mut Declared,
    evaluate: &impl Fn(&str) -> Declared,
) -> Result<(), Problem> {
    let file = sources.load_plan(&plan.path).map_err(|error| {
        let help = "make the plan readable, or leave it out of the scan";
        Problem::with_path(ProblemSeverity::Error, "plan-unreadable", &plan.path, error.to_string(), help)
    })?;
    let text = sources.file(file);
    let document =
        Document::new(file, &text.text, sources.limits()).map_err(|error| document::syntax(file, error))?;
    declared.problems.extend(format::version(&document)?);
    declared.problems.extend(format::incomplete(&document));
    let folder = plan.folder();
    let name = overlay::root_name(folder);
    if !declared.roots.iter().any(|root| root.name == name) && plan.root.is_some() {
        declared.append(evaluate(folder));
    }
    let known = declared.roots.iter().position(|root| root.name == name);
    let root_name = match known {
        Some(_) => name,
        None => SmolStr::from(plan.path.as_str()),
    };
    let purpose = if known.is_some() { Purpose::Overlay } else { Purpose::Alone };
    let read = Reading { document: &document, root_name: &root_name, purpose }.read();
    declared.problems.extend(document.problems());
    match known.and_then(|at| u32::try_from(at).ok()).map(RootId) {
        Some(root) => overlay::onto(declared, root, read.resources),
        None => {
            let root = RootId(u32::try_from(declared.roots.len()).unwrap_or(u32::MAX));
            declared.roots.push(plan_root(&root_name, folder, read.provider));
            declared
                .resources
                .extend(read.resources.into_iter().map(|resource| Arc::new(Resource { root, ..resource })));
        }
    }
    Ok(())
}

fn plan_root(name: &SmolStr, folder: &str, says: provider::Says) -> Root {
    Root {
        name: name.clone(),
        language: Language::Plan,
        folder: folder.into(),
        library: false,
        account: says.account,
        region: says.region,
        environment: None,
    }
}

/// What a plan was read into.
struct Read {
    /// The resources that exist once the plan is applied, in the plan's order, then the data sources that it has read.
    resources: Vec<Resource>,
    /// What its default provider configuration says.
    provider: provider::Says,
}

/// The reading of one plan.
struct Reading<'a> {
    document: &'a Document<'a>,
    root_name: &'a SmolStr,
    purpose: Purpose,
}

/// Where a plan has the values of a resource, and what is said beside them.
struct Parts<'a> {
    whole: &'a Node,
    after: Option<&'a Node>,
    unknown: Option<&'a Node>,
    sensitive: Option<&'a Node>,
    created: bool,
}

impl Reading<'_> {
    fn read(&self) -> Read {
        let part = self.document.part("configuration");
        let variables = self.document.part("variables");
        let changes = self.document.changes();
        let configuration = Configuration::new(self.document, part.as_ref(), &changes, self.root_name);
        let providers = Providers {
            file: self.document.file,
            configs: part.as_ref().and_then(|part| part.get("provider_config")),
            variables: variables.as_ref(),
            configuration: &configuration,
        };
        let existing = changes.iter().filter(|change| change.exists);
        let mut resources: Vec<Resource> =
            existing.filter_map(|change| self.changed(change, &configuration, &providers)).collect();
        if !self.document.has("resource_changes") {
            let planned = self.document.resources("planned_values", &["root_module"]);
            resources
                .extend(planned.into_iter().filter_map(|span| self.stated(span, &configuration, &providers)));
        }
        let prior = self.document.resources("prior_state", &["values", "root_module"]);
        let data = prior
            .into_iter()
            .filter(|span| self.document.text_at(*span, &["mode"]).is_some_and(|mode| mode == "data"));
        resources.extend(data.filter_map(|span| self.stated(span, &configuration, &providers)));
        Read { resources, provider: providers.default_says() }
    }

    /// The resource of a change.
    fn changed(
        &self,
        change: &Change,
        configuration: &Configuration<'_>,
        providers: &Providers<'_>,
    ) -> Option<Resource> {
        let node = self.document.node(change.span)?;
        let planned = node.get("change")?;
        let before = planned.get("before");
        let parts = Parts {
            whole: &node,
            after: planned.get("after"),
            unknown: planned.get("after_unknown"),
            sensitive: planned.get("after_sensitive"),
            created: before.is_none_or(|before| before.entries().is_empty()),
        };
        self.resource(change, &parts, configuration, providers)
    }

    /// A resource with its values, as states have them: nothing in it is unknown.
    fn stated(
        &self,
        span: Span,
        configuration: &Configuration<'_>,
        providers: &Providers<'_>,
    ) -> Option<Resource> {
        let node = self.document.node(span)?;
        let text = |name: &str| node.get(name).and_then(Node::text).cloned();
        let address = text("address")?;
        let change = Change {
            span,
            module: module_of(&address).into(),
            address,
            type_name: text("type")?,
            mode: text("mode")?,
            repeated: node.get("index").is_some(),
            exists: true,
        };
        let sensitive = node.get("sensitive_values");
        let parts =
            Parts { whole: &node, after: node.get("values"), unknown: None, sensitive, created: false };
        self.resource(&change, &parts, configuration, providers)
    }

    fn resource(
        &self,
        change: &Change,
        parts: &Parts<'_>,
        configuration: &Configuration<'_>,
        providers: &Providers<'_>,
    ) -> Option<Resource> {
        let file = self.document.file;
        let mode = match change.mode.as_str() {
            "managed" => Mode::Managed,
            "data" => Mode::Data,
            _ => return None,
        };
        let (scope, block) = configuration.scope(&change.module, &change.address);
        let attributes = convert(&Planned {
            after: parts.after,
            unknown: parts.unknown,
            sensitive: parts.sensitive,
            expressions: block.and_then(|block| block.get("expressions")),
            file,
            scope,
            configuration,
            purpose: self.purpose,
            silent: false,
            created: parts.created,
            shared: false,
        });
        let body = Place::new(file, parts.whole.span);
        let attributes = match attributes.kind {
            Kind::Map(_) => attributes,
            _ => Value::new(Kind::Map(Map::default().into()), Origin::literal(body)),
        };
        let says = providers.of(block);
        let tags = says.default_tags.map(|tags| MapEntry::certain("default_tags", tags));
        let meta = Map::new(tags.into_iter().collect(), None);
        Some(Resource {
            key: key(self.root_name, &change.address),
            address: change.address.clone(),
            mode,
            type_name: change.type_name.clone(),
            attributes,
            presence: Presence::CERTAIN,
            root: RootId(0),
            place: Place::new(file, parts.whole.get("address").map_or(parts.whole.span, |node| node.span)),
            body,
            logical_id: None,
            construct: None,
            caller: None,
            instance: instance(file, parts.whole).map(Box::new),
            region: says.region.map(Box::new),
            account: says.account.map(Box::new),
            meta: Value::new(Kind::Map(meta.into()), Origin::default()),
        })
    }
}

/// The address of the module's instance that an address stands in.
fn module_of(address: &str) -> &str {
    let steps = address::steps(address);
    let inside: usize =
        steps.iter().map(|step| "module..".len() + step.name.len() + step.instance.len()).sum();
    address.get(..inside.saturating_sub(1)).unwrap_or_default()
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
