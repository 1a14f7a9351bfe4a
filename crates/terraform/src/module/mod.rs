//! Module folders: what they declare, indexed by name. Invariant: a folder is read once and never changes.

mod constant;
pub(crate) mod inputs;
mod installed;
mod load;
mod mapped;
mod merge;
pub(crate) mod path;
mod roots;
mod test_modules;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::{Place, Problem, ProblemSeverity, Problems};

use crate::ast::{Attribute, Block, Body};

pub(crate) use installed::Installed;
pub(crate) use load::{Project, Target as SourceTarget, load, source_of};
pub(crate) use roots::{reachable, roots};

/// Things with names, in source order.
#[derive(Debug)]
pub(crate) struct Named<T> {
    items: Vec<(SmolStr, T)>,
    index: FxHashMap<SmolStr, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { items: Vec::new(), index: FxHashMap::default() }
    }
}

impl<T> Named<T> {
    /// Adds a thing; false if the name is taken, and then nothing changes.
    fn add(&mut self, name: SmolStr, item: T) -> bool {
        if self.index.contains_key(&name) {
            return false;
        }
        self.index.insert(name.clone(), self.items.len());
        self.items.push((name, item));
        true
    }

    /// The position of a name.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.index.get(name).copied()
    }

    /// The thing at a position.
    pub(crate) fn at(&self, position: usize) -> Option<&(SmolStr, T)> {
        self.items.get(position)
    }

    /// Names and things in source order.
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, (SmolStr, T)> {
        self.items.iter()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}

/// A `resource` or `data` block.
#[derive(Debug)]
pub(crate) struct ResourceBlock {
    pub(crate) data: bool,
    pub(crate) type_name: SmolStr,
    pub(crate) name: SmolStr,
    pub(crate) block: Block,
}

impl ResourceBlock {
    /// Its address within its module, without instance.
    pub(crate) fn address(&self) -> String {
        let prefix = if self.data { "data." } else { "" };
        format!("{prefix}{}.{}", self.type_name, self.name)
    }
}

/// A folder of Terraform files.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    /// Path relative to the scan root, `""` for the scan root.
    pub(crate) path: String,
    pub(crate) variables: Named<Block>,
    pub(crate) locals: Named<Attribute>,
    pub(crate) outputs: Named<Block>,
    pub(crate) calls: Named<Block>,
    pub(crate) resources: Vec<ResourceBlock>,
    /// Ephemeral resources by `type.name`: nothing of them is deployed, but they may be referred to.
    pub(crate) ephemerals: Named<Place>,
    by_address: FxHashMap<(bool, SmolStr, SmolStr), usize>,
    pub(crate) providers: Vec<Block>,
    /// The `backend` or `cloud` block.
    pub(crate) backend: Option<Block>,
    /// Whether it lies in the `tests` folder of a module, beside files of tests.
    pub(crate) of_tests: bool,
    /// What was wrong while it was read.
    pub(crate) problems: Problems,
}

impl Folder {
    /// What reports call it.
    pub(crate) fn name(&self) -> SmolStr {
        if self.path.is_empty() { SmolStr::new_static(".") } else { SmolStr::new(&self.path) }
    }

    /// Whether its code was installed from elsewhere.
    pub(crate) fn is_third_party(&self) -> bool {
        self.path.starts_with(".terraform/") || self.path.contains("/.terraform/")
    }

    /// The position of a resource or data source.
    pub(crate) fn resource(&self, data: bool, type_name: &SmolStr, name: &SmolStr) -> Option<usize> {
        self.by_address.get(&(data, type_name.clone(), name.clone())).copied()
    }

    /// Takes the blocks of all files, overrides applied.
    fn fill(&mut self, body: Body) {
        for block in body.blocks {
            self.add(block);
        }
    }

    fn add(&mut self, block: Block) {
        let labels = (block.labels.first().cloned(), block.labels.get(1).cloned());
        let (header, what) = (block.header, described(&block));
        let added = match (block.kind.as_str(), labels) {
            ("resource" | "data", (Some(type_name), Some(name))) => self.add_resource(type_name, name, block),
            ("ephemeral", (Some(type_name), Some(name))) => {
                self.ephemerals.add(SmolStr::from(format!("{type_name}.{name}")), header)
            }
            ("variable", (Some(name), _)) => self.add_variable(name, block),
            ("output", (Some(name), _)) => self.outputs.add(name, block),
            ("module", (Some(name), _)) => self.calls.add(name, block),
            ("locals", _) => {
                self.add_locals(block);
                true
            }
            ("provider", (Some(_), _)) => {
                let address = crate::expand::provider::address_of(&block);
                let fresh =
                    self.providers.iter().all(|known| crate::expand::provider::address_of(known) != address);
                if fresh {
                    self.providers.push(block);
                }
                fresh
            }
            ("terraform", _) => {
                self.add_settings(block);
                true
            }
            // Nothing of these is deployed.
            ("moved" | "import" | "removed" | "check" | "action" | "list", _) => true,
            ("resource" | "data" | "ephemeral" | "variable" | "output" | "module" | "provider", _) => {
                let help = "give the block its type and name in quotes; it was skipped";
                self.note(
                    "terraform-labels",
                    header,
                    format!("the `{}` block lacks a label", block.kind),
                    help,
                );
                true
            }
            (kind, _) => {
                let message = format!("`{kind}` is no block that carelint knows here");
                self.note(
                    "terraform-unknown-block",
                    header,
                    message,
                    "check the spelling; the block was skipped",
                );
                true
            }
        };
        if !added {
            self.problems.push(duplicate(header, &what));
        }
    }

    fn add_variable(&mut self, name: SmolStr, block: Block) -> bool {
        let default = block.body.attribute("default");
        let refused = default.and_then(|default| {
            constant::problem(&default.value, &format!("the default of variable \"{name}\""))
        });
        self.problems.extend(refused);
        self.variables.add(name, block)
    }

    fn note(&mut self, code: &'static str, place: Place, message: String, help: &str) {
        self.problems.push(Problem::at(ProblemSeverity::Note, code, place, message, help));
    }

    fn add_locals(&mut self, block: Block) {
        for local in block.body.attributes {
            let (place, what) = (local.place, format!("local value \"{}\"", local.name));
            if !self.locals.add(local.name.clone(), local) {
                self.problems.push(duplicate(place, &what));
            }
        }
    }

    fn add_settings(&mut self, block: Block) {
        let kept = |inner: &Block| matches!(inner.kind.as_str(), "backend" | "cloud");
        for inner in block.body.blocks.into_iter().filter(kept) {
            match self.backend {
                Some(_) => self.problems.push(duplicate(inner.header, "the place of the state")),
                None => self.backend = Some(inner),
            }
        }
    }

    fn add_resource(&mut self, type_name: SmolStr, name: SmolStr, block: Block) -> bool {
        let data = block.kind == "data";
        let key = (data, type_name.clone(), name.clone());
        if self.by_address.contains_key(&key) {
            return false;
        }
        self.by_address.insert(key, self.resources.len());
        self.resources.push(ResourceBlock { data, type_name, name, block });
        true
    }
}

/// `resource "type" "name"`, as it is written.
fn described(block: &Block) -> String {
    let labels = block.labels.iter().map(|label| format!(" \"{label}\""));
    format!("{}{}", block.kind, labels.collect::<String>())
}

fn duplicate(place: Place, what: &str) -> Problem {
    Problem::at(
        ProblemSeverity::Warning,
        "terraform-duplicate",
        place,
        format!("{what} is declared twice in this module"),
        "rename or remove one of the two; the first one was used",
    )
}
