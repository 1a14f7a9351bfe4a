//! Where a value was written and which way it came.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;

/// Where a value was written, how it came to be, and the chain it travelled.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The expression or scalar that holds the value; none for defaults and computed values.
    pub place: Option<Place>,
    /// How it came to be.
    pub how: How,
    /// The steps that brought it here, nearest first: `bucket = var.name` has the variable as its first step and
    /// the module argument that set the variable as the next.
    pub via: Option<Arc<Step>>,
}

/// How a value came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum How {
    /// A literal in the source.
    Literal,
    /// Computed from other values by an expression, a function or an intrinsic.
    #[default]
    Computed,
    /// A default of AWS or of the provider, stated by the model.
    Default,
    /// Found by carelint from the graph as a whole.
    Fact,
}

/// One step of a value's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What kind of step.
    pub kind: StepKind,
    /// Name of the variable, local, parameter and so on.
    pub name: SmolStr,
    /// Where the step is written: the variable's default, the module argument, the parameter.
    pub place: Option<Place>,
    /// The step before.
    pub next: Option<Arc<Step>>,
}

/// What kind of step a value took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StepKind {
    /// The default of a Terraform variable.
    VariableDefault,
    /// A variable set by a file of variables, the command line or the configuration.
    VariableSet,
    /// A Terraform variable without a value.
    VariableUnset,
    /// An argument of a module call.
    ModuleArgument,
    /// An output of a module.
    ModuleOutput,
    /// A local value.
    Local,
    /// The default of a CloudFormation parameter.
    ParameterDefault,
    /// A parameter set from outside.
    ParameterSet,
    /// A parameter without a value.
    ParameterUnset,
    /// A mapping.
    Mapping,
    /// A condition.
    Condition,
    /// An export of another stack.
    Import,
    /// A data source.
    Data,
}

impl StepKind {
    /// The word used in reports, followed there by the name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::VariableDefault => "default of variable",
            Self::VariableSet => "variable",
            Self::VariableUnset => "variable without a value",
            Self::ModuleArgument => "module argument",
            Self::ModuleOutput => "module output",
            Self::Local => "local",
            Self::ParameterDefault => "default of parameter",
            Self::ParameterSet => "parameter",
            Self::ParameterUnset => "parameter without a value",
            Self::Mapping => "mapping",
            Self::Condition => "condition",
            Self::Import => "import",
            Self::Data => "data source",
        }
    }
}

impl Origin {
    /// A literal at a place.
    #[must_use]
    pub fn literal(place: Place) -> Self {
        Self { place: Some(place), how: How::Literal, via: None }
    }

    /// A computed value, written at a place.
    #[must_use]
    pub fn computed(place: Place) -> Self {
        Self { place: Some(place), how: How::Computed, via: None }
    }

    /// This origin, one step further on: the value is now seen where `step` was used.
    #[must_use]
    pub fn through(&self, kind: StepKind, name: impl Into<SmolStr>, place: Option<Place>) -> Self {
        let step = Step { kind, name: name.into(), place, next: self.via.clone() };
        Self { place: self.place, how: self.how, via: Some(Arc::new(step)) }
    }

    /// The steps, nearest first.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        std::iter::successors(self.via.as_deref(), |step| step.next.as_deref())
    }
}
