//! Variables, locals and outputs of module instances: cells that are evaluated once, when first asked for.

use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::{Identity, Kind, Origin, StepKind, Unknown, Value};

use super::conversion::{Constraint, unknown_of};
use super::cycle::Running;
use super::reference::is_running;
use super::{Cell, Evaluator, Scope, unknown};
use crate::ast::{Attribute, Block};

/// Which cells of an instance.
#[derive(Debug, Clone, Copy)]
enum Symbol {
    Variable,
    Local,
    Output,
}

impl Symbol {
    fn running(self, instance: usize, at: usize) -> Running {
        match self {
            Self::Variable => Running::Variable(instance, at),
            Self::Local => Running::Local(instance, at),
            Self::Output => Running::Output(instance, at),
        }
    }
}

impl Evaluator<'_> {
    /// `var.name` of a module instance.
    pub(crate) fn variable(&mut self, instance: usize, name: &str, place: Place) -> Value {
        let folder = self.instance(instance).map(|instance| instance.folder);
        let Some((at, block)) = folder.and_then(|folder| {
            let at = folder.variables.position(name)?;
            folder.variables.at(at).map(|(_, block)| (at, block))
        }) else {
            return self.undeclared("variable", name, place);
        };
        self.cell(Symbol::Variable, instance, at, block.header, |this| {
            this.variable_value(instance, name, block)
        })
    }

    /// `local.name` of a module instance.
    pub(crate) fn local(&mut self, instance: usize, name: &str, place: Place) -> Value {
        let folder = self.instance(instance).map(|instance| instance.folder);
        let Some((at, local)) = folder.and_then(|folder| {
            let at = folder.locals.position(name)?;
            folder.locals.at(at).map(|(_, local)| (at, local))
        }) else {
            return self.undeclared("local value", name, place);
        };
        self.cell(Symbol::Local, instance, at, local.place, |this| {
            let value = this.eval(&local.value, &Scope::of(instance));
            value.through(StepKind::Local, local.name.clone(), Some(local.place))
        })
    }

    /// An output of a module instance.
    pub(crate) fn output(&mut self, instance: usize, name: &str, place: Place) -> Value {
        let folder = self.instance(instance).map(|instance| instance.folder);
        let Some((at, block)) = folder.and_then(|folder| {
            let at = folder.outputs.position(name)?;
            folder.outputs.at(at).map(|(_, block)| (at, block))
        }) else {
            return self.undeclared("output", name, place);
        };
        self.cell(Symbol::Output, instance, at, block.header, |this| {
            let Some(value) = block.body.attribute("value") else { return Value::absent() };
            let sensitive = this.flag(block, "sensitive", instance);
            let evaluated = this.eval(&value.value, &Scope::of(instance)).with_sensitivity(sensitive);
            evaluated.through(StepKind::ModuleOutput, name, Some(value.place))
        })
    }

    fn undeclared(&mut self, what: &str, name: &str, place: Place) -> Value {
        let message = format!("{what} \"{name}\" is not declared in this module");
        let help = "declare it, or correct the name";
        self.problem(ProblemSeverity::Warning, "terraform-undeclared", place, message.clone(), help);
        unknown(message, place)
    }

    /// The value of a cell, evaluated now if it has not been. A cell that is asked for while it is evaluated is a
    /// cycle: it is reported once and unknown.
    fn cell(
        &mut self,
        symbol: Symbol,
        instance: usize,
        at: usize,
        place: Place,
        work: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        if let Some(Cell::Done(value)) = self.cells(symbol, instance).and_then(|cells| cells.get(at)) {
            return value.clone();
        }
        if is_running(self.cells(symbol, instance).and_then(|cells| cells.get(at))) {
            return self.cycle(symbol.running(instance, at), place);
        }
        self.set(symbol, instance, at, Cell::Running);
        self.enter(symbol.running(instance, at));
        let value = self.deeper(place, work);
        self.leave();
        self.set(symbol, instance, at, Cell::Done(value.clone()));
        value
    }

    fn set(&mut self, symbol: Symbol, instance: usize, at: usize, cell: Cell<Value>) {
        if let Some(slot) = self.cells(symbol, instance).and_then(|cells| cells.get_mut(at)) {
            *slot = cell;
        }
    }

    fn cells(&mut self, symbol: Symbol, instance: usize) -> Option<&mut Vec<Cell<Value>>> {
        let instance = self.instances.get_mut(instance)?;
        Some(match symbol {
            Symbol::Variable => &mut instance.variables,
            Symbol::Local => &mut instance.locals,
            Symbol::Output => &mut instance.outputs,
        })
    }

    /// A boolean argument of a block that is a literal or can be decided; false otherwise.
    pub(crate) fn flag(&mut self, block: &Block, name: &str, instance: usize) -> bool {
        let Some(attribute) = block.body.attribute(name) else { return false };
        let value = self.eval(&attribute.value, &Scope::of(instance));
        self.force(value).as_bool().unwrap_or(false)
    }

    fn variable_value(&mut self, instance: usize, name: &str, block: &Block) -> Value {
        let ty = block.body.attribute("type").map_or(Constraint::ANY, |ty| Constraint::parse(&ty.value));
        let nullable = block.body.attribute("nullable").is_none() || self.flag(block, "nullable", instance);
        let sensitive = self.flag(block, "sensitive", instance) || self.flag(block, "ephemeral", instance);
        let given = match self.instance(instance).and_then(|instance| instance.caller.clone()) {
            Some((caller, call, each)) => call.body.attribute(name).map(|argument| {
                let scope = Scope::with_each(caller, &each);
                let value = self.attribute_value(argument, &scope, true);
                value.through(StepKind::ModuleArgument, name, Some(argument.place))
            }),
            None => self.given.get(name).map(|(expr, place)| {
                let scope = Scope { closed: true, ..Scope::of(instance) };
                self.eval(&expr, &scope).through(StepKind::VariableSet, name, place)
            }),
        };
        let given = given.filter(|value| nullable || !matches!(value.kind, Kind::Null));
        let value = match (given, block.body.attribute("default")) {
            (Some(value), _) if !value.is_absent() => {
                self.given_value(name, value, &ty, instance, block.header)
            }
            (None, Some(default)) => {
                let value = self.default_value(name, default, &ty, instance);
                match self.library && self.is_root(instance) && is_empty(&value) {
                    true => self.left_to_callers(instance, name, &ty, default.place),
                    false => value,
                }
            }
            // A value that Terraform refuses is not made up for by the default.
            (Some(_), _) | (None, None) => {
                let value = self.unset_variable(instance, name, &ty, block);
                value.through(StepKind::VariableUnset, name, Some(block.header))
            }
        };
        value.with_sensitivity(sensitive)
    }

    fn default_value(
        &mut self,
        name: &str,
        default: &Attribute,
        ty: &Constraint<'_>,
        instance: usize,
    ) -> Value {
        let scope = Scope { closed: true, ..Scope::of(instance) };
        let value = self.eval(&default.value, &scope);
        let value = self.given_value(name, value, ty, instance, default.place);
        value.through(StepKind::VariableDefault, name, Some(default.place))
    }

    /// What is given to a variable, as its type. What Terraform would refuse is told of and unknown.
    fn given_value(
        &mut self,
        name: &str,
        given: Value,
        ty: &Constraint<'_>,
        instance: usize,
        place: Place,
    ) -> Value {
        if given.is_absent() {
            return unknown(format!("the default of variable \"{name}\" cannot be evaluated"), place);
        }
        let (origin, at) = (given.origin.clone(), given.origin.place.unwrap_or(place));
        let value = self.conform(given, ty, instance);
        if !value.is_absent() {
            return value;
        }
        let message = format!("the value of variable \"{name}\" is no {}", ty.ty());
        let help = "give it a value of that type, or correct the type; it is unknown here";
        self.problem(ProblemSeverity::Warning, "terraform-variable-type", at, message.clone(), help);
        unknown_of(&Unknown::fresh(message), ty, &origin)
    }

    fn is_root(&self, instance: usize) -> bool {
        self.instance(instance).is_some_and(|instance| instance.caller.is_none())
    }

    /// A variable of a library whose default says nothing. Other defaults are what the library has decided on.
    fn left_to_callers(&mut self, instance: usize, name: &str, ty: &Constraint<'_>, default: Place) -> Value {
        let expression = self.address(instance, &format!("var.{name}"));
        let reason = SmolStr::from(format!("callers of the module decide on variable \"{name}\""));
        let unknown = Unknown::identified(reason, Identity::new(&self.root, &expression));
        let unknown = Unknown { may_be_absent: true, ..unknown };
        let value = unknown_of(&unknown, ty, &Origin::computed(default));
        value.through(StepKind::VariableUnset, name, Some(default))
    }

    fn unset_variable(&mut self, instance: usize, name: &str, ty: &Constraint<'_>, block: &Block) -> Value {
        let expression = self.address(instance, &format!("var.{name}"));
        let reason = SmolStr::from(format!("variable \"{name}\" has no value"));
        let unknown = Unknown::identified(reason, Identity::new(&self.root, &expression));
        unknown_of(&unknown, ty, &Origin::computed(block.header))
    }
}

/// Whether a value says nothing: null, an empty text, list or map.
fn is_empty(value: &Value) -> bool {
    match &value.kind {
        Kind::Null => true,
        Kind::String(text) => text.is_empty(),
        Kind::List(list) => list.items.is_empty() && list.open.is_none(),
        Kind::Map(map) => map.entries.is_empty() && map.open.is_none(),
        _ => false,
    }
}
