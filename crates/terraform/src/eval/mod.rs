//! The evaluation of one root: lazy cells per module instance and symbol, each evaluated at most once.
//!
//! Invariants: recursion is bounded by [`DEPTH`], work by [`source::Limits::steps`], instances by
//! [`source::Limits::instances`]; what does not fit is unknown and a problem. An expression that Terraform would
//! refuse is [`value::Kind::Absent`] inside the evaluation (so that `try` and `can` can tell) and unknown outside.

pub(crate) mod condition;
pub(crate) mod conversion;
pub(crate) mod cycle;
pub(crate) mod expression;
mod for_expression;
pub(crate) mod force;
pub(crate) mod identity;
mod operators;
mod reference;
pub(crate) mod same;
pub(crate) mod select;
mod size;
mod symbols;
mod template;
pub(crate) mod text;
pub(crate) mod view;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::{Place, Problem, ProblemSeverity, Problems, Sources};
use value::declared::{Declared, Language, OpaqueModule, Root, RootId};
use value::{Identity, Origin, Presence, Unknown, Value};

use crate::Inputs;
use crate::ast::Block;
use crate::expand::provider::ProviderConfig;
use crate::module::inputs::GivenVariables;
use crate::module::{Folder, Installed, Project};

/// Deepest nesting of expressions and symbols that evaluation follows.
pub(crate) const DEPTH: usize = 700;

/// Steps that an element of a collection costs, and as many bytes of text.
const ELEMENT: u64 = 24;

/// Steps that are left to each resource when there is no fuel any more.
const RESERVE: u64 = 2_000;

/// State of something that is evaluated once.
#[derive(Debug, Clone)]
pub(crate) enum Cell<T> {
    Unset,
    Running,
    Done(T),
}

/// `each.key`, `each.value` and `count.index` of an instance.
#[derive(Debug, Clone, Default)]
pub(crate) struct Each {
    pub(crate) key: Option<Value>,
    pub(crate) value: Option<Value>,
    pub(crate) index: Option<Value>,
    /// Where one node stands for any number of instances: the collection or number that says how many.
    pub(crate) counted_by: Option<Identity>,
}

/// One instance of a resource or module call.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    /// What follows the name in its address: empty, `[0]`, `["key"]` or `[*]`.
    pub(crate) suffix: SmolStr,
    pub(crate) each: Each,
    pub(crate) presence: Presence,
}

/// How a resource or module call is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Single,
    Count,
    ForEach,
}

/// The instances of a resource or module call.
#[derive(Debug, Clone)]
pub(crate) struct Expansion {
    pub(crate) shape: Shape,
    pub(crate) nodes: Vec<Node>,
    /// Positions of the nodes with a known index or key.
    positions: FxHashMap<SmolStr, usize>,
}

impl Expansion {
    pub(crate) fn new(shape: Shape, nodes: Vec<Node>) -> Self {
        let name = |(at, node): (usize, &Node)| {
            let name = match shape {
                Shape::Single => None,
                Shape::Count => node.each.index.as_ref(),
                Shape::ForEach => node.each.key.as_ref(),
            };
            Some((text::primitive(name?)?, at))
        };
        let positions = nodes.iter().enumerate().filter_map(name).collect();
        Self { shape, nodes, positions }
    }

    /// The node at a known index or key.
    pub(crate) fn position(&self, index: &Value) -> Option<usize> {
        self.positions.get(&text::primitive(index)?).copied()
    }
}

/// Cells of a resource: its instances and their attributes.
#[derive(Debug)]
pub(crate) struct ResourceCell {
    pub(crate) expansion: Cell<Arc<Expansion>>,
    pub(crate) bodies: Vec<Cell<Value>>,
}

/// What a module call became.
#[derive(Debug, Clone)]
pub(crate) enum Called {
    /// Instances of a folder, by node of the expansion.
    Instances(Arc<Expansion>, Arc<[usize]>),
    /// Its source is not at hand, for this reason.
    Opaque(Arc<Expansion>, SmolStr),
}

/// One instance of a module.
#[derive(Debug)]
pub(crate) struct Instance<'a> {
    pub(crate) folder: &'a Folder,
    /// The calling instance, the call, and the repetition of the call.
    pub(crate) caller: Option<(usize, &'a Block, Each)>,
    /// `module.a[0].module.b`, empty for the root.
    pub(crate) address: SmolStr,
    /// Path of the call without instances, as `modules.json` has it: `a.b`.
    pub(crate) call_path: SmolStr,
    pub(crate) presence: Presence,
    /// The first-party call behind third-party code.
    pub(crate) first_party: Option<Place>,
    /// Provider configurations by local address (`aws`, `aws.west`).
    pub(crate) providers: FxHashMap<SmolStr, usize>,
    pub(crate) variables: Vec<Cell<Value>>,
    pub(crate) locals: Vec<Cell<Value>>,
    pub(crate) outputs: Vec<Cell<Value>>,
    pub(crate) calls: Vec<Cell<Called>>,
    pub(crate) resources: Vec<ResourceCell>,
}

/// Where the attributes behind a reference are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) instance: usize,
    pub(crate) resource: usize,
    pub(crate) node: usize,
}

/// A variable of a `for` or of a `dynamic` block, and those around it.
#[derive(Debug)]
pub(crate) struct Frame<'s> {
    pub(crate) name: &'s str,
    pub(crate) value: Value,
    pub(crate) outer: Option<&'s Frame<'s>>,
}

/// What names mean at a place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'s> {
    pub(crate) instance: usize,
    pub(crate) each: Option<&'s Each>,
    pub(crate) frames: Option<&'s Frame<'s>>,
    /// Within a template file only the variables given to it can be seen.
    pub(crate) closed: bool,
}

impl<'s> Scope<'s> {
    /// Module level.
    pub(crate) fn of(instance: usize) -> Self {
        Self { instance, each: None, frames: None, closed: false }
    }

    /// Within an instance of a resource or call.
    pub(crate) fn with_each(instance: usize, each: &'s Each) -> Self {
        Self { instance, each: Some(each), frames: None, closed: false }
    }

    /// The variable called `name`.
    pub(crate) fn frame(&self, name: &str) -> Option<&'s Value> {
        let mut frame = self.frames;
        while let Some(inner) = frame {
            if inner.name == name {
                return Some(&inner.value);
            }
            frame = inner.outer;
        }
        None
    }
}

/// One root while it is evaluated.
#[derive(Debug)]
pub(crate) struct Evaluator<'a> {
    pub(crate) sources: &'a Sources,
    pub(crate) project: &'a Project,
    pub(crate) inputs: &'a Inputs,
    pub(crate) installed: &'a Installed,
    /// Name of the root.
    pub(crate) root: SmolStr,
    /// Folder of the root.
    pub(crate) root_folder: &'a Folder,
    pub(crate) given: GivenVariables,
    /// Whether the root is a library: it waits for callers that set its variables.
    pub(crate) library: bool,
    pub(crate) instances: Vec<Instance<'a>>,
    pub(crate) providers: Vec<ProviderConfig>,
    pub(crate) targets: FxHashMap<SmolStr, Target>,
    /// Values of attributes that are the same for all instances of a resource.
    pub(crate) shared: FxHashMap<(usize, Place), Value>,
    /// Resources as a whole, by module instance and position.
    pub(crate) wholes: FxHashMap<(usize, usize), Value>,
    /// Data sources as objects, by module instance, position and node.
    pub(crate) objects: FxHashMap<(usize, usize, usize), Value>,
    pub(crate) opaque: Vec<OpaqueModule>,
    pub(crate) problems: Problems,
    reported: FxHashSet<(&'static str, Option<Place>)>,
    steps: u64,
    /// Steps that may be taken.
    granted: u64,
    depth: usize,
    /// Instances of resources and modules so far.
    pub(crate) expanded: usize,
    /// Conditions that have no identity of their own so far.
    fresh: u32,
    /// Template files that are being rendered, the outermost first.
    pub(crate) rendering: Vec<source::FileId>,
    /// What is being evaluated, the outermost first.
    running: Vec<cycle::Running>,
}

/// Evaluates one root.
pub(crate) fn root(sources: &Sources, project: &Project, root: usize, inputs: &Inputs) -> Declared {
    let Some(folder) = project.folders.get(root) else { return Declared::default() };
    let none = Installed::default();
    let mut evaluator = Evaluator {
        sources,
        project,
        inputs,
        installed: project.installed.get(&folder.path).unwrap_or(&none),
        root: folder.name(),
        root_folder: folder,
        given: GivenVariables::default(),
        library: false,
        instances: Vec::new(),
        providers: Vec::new(),
        targets: FxHashMap::default(),
        shared: FxHashMap::default(),
        wholes: FxHashMap::default(),
        objects: FxHashMap::default(),
        opaque: Vec::new(),
        problems: Problems::new(),
        reported: FxHashSet::default(),
        steps: 0,
        granted: sources.limits().steps,
        depth: 0,
        expanded: 0,
        fresh: 0,
        rendering: Vec::new(),
        running: Vec::new(),
    };
    evaluator.given = crate::module::inputs::read(sources, folder, inputs, &mut evaluator.problems);
    evaluator.library = evaluator.is_library();
    evaluator.run()
}

impl<'a> Evaluator<'a> {
    fn run(mut self) -> Declared {
        self.instances.push(Instance {
            folder: self.root_folder,
            caller: None,
            address: SmolStr::default(),
            call_path: SmolStr::default(),
            presence: Presence::CERTAIN,
            first_party: None,
            providers: FxHashMap::default(),
            ..Instance::cells(self.root_folder)
        });
        self.configure_providers(0);
        let resources = self.emit();
        let (region, account) = self.default_region_and_account(0);
        let folder = self.root_folder;
        let root = Root {
            name: self.root.clone(),
            language: Language::Terraform,
            folder: SmolStr::new(&folder.path),
            library: self.library,
            account,
            region,
            environment: self.inputs.environment.clone(),
        };
        Declared { roots: vec![root], resources, opaque: self.opaque, problems: self.problems }
    }

    /// Whether the root is there to be called: it has neither provider nor state of its own, and inputs without a value,
    /// or both inputs that nobody sets and outputs.
    fn is_library(&self) -> bool {
        let folder = self.root_folder;
        let set = |(name, _): &(SmolStr, Block)| self.given.has(name);
        let unset =
            |variable: &(SmolStr, Block)| variable.1.body.attribute("default").is_none() && !set(variable);
        let variables = || folder.variables.iter();
        let is_interface = || variables().next().is_some() && folder.outputs.iter().next().is_some();
        folder.providers.is_empty()
            && folder.backend.is_none()
            && (variables().any(unset) || is_interface() && !variables().any(set))
    }

    /// The id under which a root's resources go before roots are put together.
    pub(crate) const ROOT: RootId = RootId(0);

    /// The instance with this number.
    pub(crate) fn instance(&self, at: usize) -> Option<&Instance<'a>> {
        self.instances.get(at)
    }

    /// Takes one step; false if there is no fuel left.
    pub(crate) fn step(&mut self) -> bool {
        self.steps += 1;
        self.has_fuel()
    }

    /// Pays for `elements` that are made or copied; false if there is no fuel left. An element costs as much memory as
    /// a few dozen steps cost time.
    pub(crate) fn pay(&mut self, elements: usize) -> bool {
        self.steps = self.steps.saturating_add((elements as u64).saturating_mul(ELEMENT));
        self.has_fuel()
    }

    fn has_fuel(&self) -> bool {
        self.steps <= self.granted
    }

    /// Lets a resource be evaluated although others have used up the fuel of the root: what is dear leaves what is plain
    /// to be judged.
    pub(crate) fn grant(&mut self) {
        self.granted = self.granted.max(self.steps.saturating_add(RESERVE));
    }

    /// Runs `work` one level deeper, or gives an unknown where a limit is hit.
    pub(crate) fn deeper(&mut self, place: Place, work: impl FnOnce(&mut Self) -> Value) -> Value {
        if self.depth >= DEPTH || !self.step() {
            return self.limit_hit(place);
        }
        self.depth += 1;
        let value = work(self);
        self.depth -= 1;
        value
    }

    /// Says once that a limit was hit and gives an unknown.
    pub(crate) fn limit_hit(&mut self, place: Place) -> Value {
        if self.reported.insert(("terraform-limit", None)) {
            self.problems.push(Problem::at(
                ProblemSeverity::Error,
                "terraform-limit",
                place,
                format!("evaluation of root module `{}` was cut short here by a limit", self.root),
                "split the module, or simplify the expressions that lead here; what depends on it is unknown",
            ));
        }
        Value::unknown(Unknown::fresh("a limit of the evaluation was reached"), Origin::computed(place))
    }

    /// Adds a problem, once for each place.
    pub(crate) fn problem(
        &mut self,
        severity: ProblemSeverity,
        code: &'static str,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        if self.reported.insert((code, Some(place))) {
            self.problems.push(Problem::at(severity, code, place, message, help));
        }
    }

    /// A number that no other undecided condition of this root has.
    pub(crate) fn fresh_number(&mut self) -> u32 {
        self.fresh += 1;
        self.fresh
    }

    /// The address of something in a module instance.
    pub(crate) fn address(&self, instance: usize, local: &str) -> SmolStr {
        match self.instance(instance).map(|instance| instance.address.as_str()) {
            None | Some("") => SmolStr::new(local),
            Some(module) => SmolStr::from(format!("{module}.{local}")),
        }
    }
}

impl<'a> Instance<'a> {
    /// An instance of `folder` with nothing evaluated and nothing else known.
    pub(crate) fn cells(folder: &'a Folder) -> Self {
        let resource = |_: &_| ResourceCell { expansion: Cell::Unset, bodies: Vec::new() };
        Self {
            folder,
            caller: None,
            address: SmolStr::default(),
            call_path: SmolStr::default(),
            presence: Presence::CERTAIN,
            first_party: None,
            providers: FxHashMap::default(),
            variables: vec![Cell::Unset; folder.variables.len()],
            locals: vec![Cell::Unset; folder.locals.len()],
            outputs: vec![Cell::Unset; folder.outputs.len()],
            calls: folder.calls.iter().map(|_| Cell::Unset).collect(),
            resources: folder.resources.iter().map(resource).collect(),
        }
    }
}

/// An unknown, seen at a place.
pub(crate) fn unknown(reason: impl Into<SmolStr>, place: Place) -> Value {
    Value::unknown(Unknown::fresh(reason), Origin::computed(place))
}
