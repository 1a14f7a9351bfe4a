//! Module folders: what they declare, indexed by name. Invariant: a folder is read once and never changes.

pub(crate) mod inputs;
mod installed;
mod load;
mod mapped;
mod merge;
pub(crate) mod path;
mod roots;

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
    by_address: FxHashMap<(bool, SmolStr, SmolStr), usize>,
    pub(crate) providers: Vec<Block>,
    /// The `backend` or `cloud` block.
    pub(crate) backend: Option<Block>,
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
        let header = block.header;
        let added = match (block.kind.as_str(), labels) {
            ("resource" | "data", (Some(type_name), Some(name))) => self.add_resource(type_name, name, block),
            ("variable", (Some(name), _)) => self.variables.add(name, block),
            ("output", (Some(name), _)) => self.outputs.add(name, block),
            ("module", (Some(name), _)) => self.calls.add(name, block),
            ("locals", _) => {
                let mut all = true;
                for local in block.body.attributes {
                    all &= self.locals.add(local.name.clone(), local);
                }
                all
            }
            ("provider", (Some(_), _)) => {
                self.providers.push(block);
                true
            }
            ("terraform", _) => {
                let kept = |inner: &Block| matches!(inner.kind.as_str(), "backend" | "cloud");
                self.backend = block.body.blocks.into_iter().find(kept).or(self.backend.take());
                true
            }
            // Nothing of these is deployed.
            ("moved" | "import" | "removed" | "check" | "ephemeral" | "action" | "list", _) => true,
            (kind, _) => {
                self.problems.push(Problem::at(
                    ProblemSeverity::Note,
                    "terraform-unknown-block",
                    header,
                    format!("`{kind}` is no block that carelint knows here"),
                    "check the spelling; the block was skipped",
                ));
                true
            }
        };
        if !added {
            self.problems.push(duplicate(header));
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

fn duplicate(place: Place) -> Problem {
    Problem::at(
        ProblemSeverity::Warning,
        "terraform-duplicate",
        place,
        "the same name is declared twice in this module",
        "rename or remove one of the two; the first one was used",
    )
}
