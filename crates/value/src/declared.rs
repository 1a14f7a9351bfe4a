//! What front ends produce: roots and the resources that they declare, evaluated.

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;
use source::{Place, Problems};

use crate::{Presence, Value};

/// Everything a front end found.
#[derive(Debug, Clone, Default)]
pub struct Declared {
    /// Roots: root modules, stacks, plans.
    pub roots: Vec<Root>,
    /// Resources of all roots, in order of root, then of source.
    pub resources: Vec<Arc<Resource>>,
    /// Modules that could not be opened.
    pub opaque: Vec<OpaqueModule>,
    /// What is wrong with the input.
    pub problems: Problems,
}

impl Declared {
    /// Adds what another front end (or another root) found; root ids of `other` are moved up.
    pub fn append(&mut self, other: Declared) {
        let moved = u32::try_from(self.roots.len()).unwrap_or(u32::MAX);
        let shifted = |mut resource: Arc<Resource>| {
            if moved > 0 {
                let own = Arc::make_mut(&mut resource);
                own.root = RootId(own.root.0.saturating_add(moved));
            }
            resource
        };
        self.roots.extend(other.roots);
        self.resources.extend(other.resources.into_iter().map(shifted));
        self.opaque.extend(other.opaque);
        self.problems.extend(other.problems);
    }

    /// The root of a resource.
    #[must_use]
    pub fn root_of(&self, resource: &Resource) -> Option<&Root> {
        self.roots.get(resource.root.0 as usize)
    }

    /// The region of a resource: its own, else that of its root.
    #[must_use]
    pub fn region_of<'a>(&'a self, resource: &'a Resource) -> Option<&'a Value> {
        resource.region.as_deref().or_else(|| self.root_of(resource)?.region.as_ref())
    }

    /// The account of a resource: its own, else that of its root.
    #[must_use]
    pub fn account_of<'a>(&'a self, resource: &'a Resource) -> Option<&'a Value> {
        resource.account.as_deref().or_else(|| self.root_of(resource)?.account.as_ref())
    }
}

/// A root of a scan, by its index in [`Declared::roots`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RootId(pub u32);

/// Language of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Language {
    /// Terraform or OpenTofu configuration.
    Terraform,
    /// A Terraform plan as JSON.
    Plan,
    /// A CloudFormation or SAM template.
    CloudFormation,
    /// A template of a CDK cloud assembly.
    Cdk,
}

impl Language {
    /// Which spelling of the model its resources follow: a plan spells like Terraform, CDK like CloudFormation.
    #[must_use]
    pub fn spelling(self) -> Spelling {
        match self {
            Self::Terraform | Self::Plan => Spelling::Terraform,
            Self::CloudFormation | Self::Cdk => Spelling::CloudFormation,
        }
    }
}

/// The two spellings of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Spelling {
    /// Types and attributes of Terraform's AWS provider.
    Terraform,
    /// Types and properties of CloudFormation.
    CloudFormation,
}

/// Something that is deployed as a whole and has its own inputs and state: a root module, a stack, a plan.
#[derive(Debug, Clone)]
pub struct Root {
    /// What reports call it: the folder of a root module, the path of a template, the stack id of an assembly.
    pub name: SmolStr,
    /// Its language.
    pub language: Language,
    /// The folder it stands in, relative to the scan root; waivers, accounts and environments match on it.
    pub folder: SmolStr,
    /// It waits for callers: it has inputs without default, or inputs that nobody sets and outputs, and neither provider
    /// nor backend. It is judged, but has no account of its own.
    pub library: bool,
    /// Account it is deployed to, where the source says so (an id, or an unknown with its identity).
    pub account: Option<Value>,
    /// Region it is deployed to by default.
    pub region: Option<Value>,
    /// Name of the environment (input set) that it was evaluated with.
    pub environment: Option<SmolStr>,
}

/// A declared resource, or another thing that rules may judge. What few resources have is boxed: there are tens of
/// thousands of them, and most are parameters, variables and outputs.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Unique in the scan; references use it. See [`key`].
    pub key: SmolStr,
    /// What reports print: `module.net.aws_subnet.private["a"]`, `network/Vpc`.
    pub address: SmolStr,
    /// What it is.
    pub mode: Mode,
    /// `aws_s3_bucket`, `AWS::S3::Bucket`; for other modes the name of the thing (variable, provider, module).
    pub type_name: SmolStr,
    /// Attributes as the language spells them, evaluated: always a [`crate::Kind::Map`], or an unknown if the
    /// properties as a whole cannot be told. Repeated blocks are lists of maps, defaults of the provider are not
    /// filled in.
    pub attributes: Value,
    /// Whether it exists.
    pub presence: Presence,
    /// The root it belongs to.
    pub root: RootId,
    /// Its header: `resource "type" "name"` in Terraform, the logical id in CloudFormation.
    pub place: Place,
    /// The whole block or entry.
    pub body: Place,
    /// Its logical id, in CloudFormation and CDK.
    pub logical_id: Option<SmolStr>,
    /// The construct that it belongs to, in CDK.
    pub construct: Option<Box<Construct>>,
    /// The module call whose third-party code declares it: what a diagnostic points at instead.
    pub caller: Option<Place>,
    /// Value of `each.key` or of `count.index` for an instance.
    pub instance: Option<Box<Value>>,
    /// Region, where it differs from the root's (a provider alias, a `region` argument).
    pub region: Option<Box<Value>>,
    /// Account, where it differs from the root's (a provider alias with a role).
    pub account: Option<Box<Value>>,
    /// What stands beside the attributes in the language: `lifecycle` and `depends_on` in Terraform;
    /// `DeletionPolicy`, `UpdateReplacePolicy`, `DependsOn`, `Metadata`, `CreationPolicy`, `UpdatePolicy` in
    /// CloudFormation. A [`crate::Kind::Map`].
    pub meta: Value,
}

impl Resource {
    /// The path of its construct, in CDK.
    #[must_use]
    pub fn construct_path(&self) -> Option<&str> {
        self.construct.as_ref().map(|construct| construct.path.as_str())
    }

    /// Line of the application's own source that made it, in CDK, where the assembly tells.
    #[must_use]
    pub fn source_trace(&self) -> Option<&str> {
        self.construct.as_ref()?.trace.as_deref()
    }

    /// Who decides on it, in CDK, where the assembly tells.
    #[must_use]
    pub fn owner(&self) -> Option<&Owner> {
        self.construct.as_ref()?.owner.as_ref()
    }
}

/// A construct of a CDK application.
#[derive(Debug, Clone)]
pub struct Construct {
    /// Its path.
    pub path: SmolStr,
    /// Line of the application's own source that made it, as `path:line:column`.
    pub trace: Option<SmolStr>,
    /// Who decides on it, where the assembly tells.
    pub owner: Option<Owner>,
}

/// Who decides on a resource of a CDK application: where it can be changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// The application: it makes the construct, or a construct of the CDK that makes it as part of what was asked for.
    App,
    /// The CDK: a helper that it makes for its own work, whose settings nobody chooses.
    Cdk,
    /// A library of constructs, by the name of its package.
    Library(SmolStr),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::App => f.write_str("app"),
            Self::Cdk => f.write_str("cdk"),
            Self::Library(package) => write!(f, "library:{package}"),
        }
    }
}

/// What kind of thing a [`Resource`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// A resource that is created.
    Managed,
    /// A data source, or a resource that is only looked up.
    Data,
    /// A Terraform variable.
    Variable,
    /// A CloudFormation parameter.
    Parameter,
    /// A provider configuration.
    Provider,
    /// A Terraform backend.
    Backend,
    /// A module call.
    ModuleCall,
    /// An output.
    Output,
}

/// A module that is called but whose source is not at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpaqueModule {
    /// Its source as written.
    pub source: SmolStr,
    /// Address of the call.
    pub address: SmolStr,
    /// The call.
    pub place: Place,
}

/// The key of the resource with `address` in the root called `root`.
#[must_use]
pub fn key(root: &str, address: &str) -> SmolStr {
    SmolStr::from(format!("{root}\u{1f}{address}"))
}
