//! What is being evaluated, and the cycles in it. Invariant: what is entered is left, so that the way from a thing back
//! to itself is the end of the list.

use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::Value;

use super::{Evaluator, Target, unknown};

/// Most steps of a cycle that are named.
const MOST: usize = 10;

/// Something that is evaluated once: by module instance and position in its folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Running {
    Variable(usize, usize),
    Local(usize, usize),
    Output(usize, usize),
    /// The attributes of an instance of a resource.
    Body(Target),
    /// The number of instances of a resource.
    Expansion(usize, usize),
    Call(usize, usize),
    /// By number of the configuration.
    Provider(usize),
}

impl Evaluator<'_> {
    /// Says that something is being evaluated now.
    pub(crate) fn enter(&mut self, what: Running) {
        self.running.push(what);
    }

    /// Says that the last thing that was entered is evaluated.
    pub(crate) fn leave(&mut self) {
        self.running.pop();
    }

    /// Reports that what is declared at `place` is asked for while it is evaluated, naming the way.
    pub(crate) fn cycle(&mut self, what: Running, place: Place) -> Value {
        let start = self.running.iter().rposition(|running| *running == what).unwrap_or(self.running.len());
        let on_the_way: Vec<Running> = self.running.iter().skip(start).copied().chain([what]).collect();
        let mut names: Vec<SmolStr> = on_the_way.iter().map(|running| self.name_of(*running)).collect();
        names.dedup();
        if names.len() > MOST {
            names.splice(MOST / 2..names.len() - MOST / 2, [SmolStr::new_static("…")]);
        }
        let name = self.name_of(what);
        let message = match names.len() {
            0..=2 => format!("`{name}` depends on itself"),
            _ => format!("`{name}` depends on itself: {}", names.join(" → ")),
        };
        let help =
            "break the cycle: one of the expressions on the way must not refer back; it is unknown here";
        self.problem(ProblemSeverity::Error, "terraform-cycle", place, message, help);
        unknown(format!("`{name}` depends on itself"), place)
    }

    fn name_of(&self, running: Running) -> SmolStr {
        let of = |instance: usize, local: Option<String>| match local {
            Some(local) => self.address(instance, &local),
            None => SmolStr::new_static("…"),
        };
        let folder = |instance: usize| self.instance(instance).map(|instance| instance.folder);
        match running {
            Running::Variable(instance, at) => {
                let name = folder(instance).and_then(|folder| folder.variables.at(at));
                of(instance, name.map(|(name, _)| format!("var.{name}")))
            }
            Running::Local(instance, at) => {
                let name = folder(instance).and_then(|folder| folder.locals.at(at));
                of(instance, name.map(|(name, _)| format!("local.{name}")))
            }
            Running::Output(instance, at) => {
                let name = folder(instance).and_then(|folder| folder.outputs.at(at));
                of(instance, name.map(|(name, _)| format!("output.{name}")))
            }
            Running::Call(instance, at) => {
                let name = folder(instance).and_then(|folder| folder.calls.at(at));
                of(instance, name.map(|(name, _)| format!("module.{name}")))
            }
            Running::Expansion(instance, at) => {
                of(instance, folder(instance).and_then(|folder| Some(folder.resources.get(at)?.address())))
            }
            Running::Body(target) => {
                of(target.instance, self.resource_block(target).map(|resource| resource.address()))
            }
            Running::Provider(at) => match self.providers.get(at) {
                Some(config) => self.address(config.instance, &format!("provider.{}", config.address)),
                None => SmolStr::new_static("provider"),
            },
        }
    }
}
