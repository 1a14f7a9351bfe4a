//! Module calls: every instance of a call is an instance of the called folder, evaluated in the caller's context.

use std::sync::Arc;

use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::Presence;
use value::declared::OpaqueModule;

use crate::ast::Block;
use crate::eval::{Called, Cell, Evaluator, Expansion, Instance};
use crate::module::{Folder, SourceTarget, source_of};

/// What an instance of a module costs, in elements.
const INSTANCE: usize = 150;

impl<'a> Evaluator<'a> {
    /// What the call at a position of an instance became.
    pub(crate) fn call(&mut self, instance: usize, position: usize, place: Place) -> Called {
        let folder = self.instance(instance).map(|instance| instance.folder);
        let Some((name, call)) = folder.and_then(|folder| folder.calls.at(position)) else {
            return Called::Opaque(
                Arc::new(Expansion::new(crate::eval::Shape::Single, Vec::new())),
                SmolStr::default(),
            );
        };
        match self.instance(instance).and_then(|instance| instance.calls.get(position)) {
            Some(Cell::Done(called)) => return called.clone(),
            Some(Cell::Running) => {
                self.cycle(call.header);
                let expansion = Expansion::new(crate::eval::Shape::Single, Vec::new());
                return Called::Opaque(
                    Arc::new(expansion),
                    SmolStr::new_static("the module depends on itself"),
                );
            }
            _ => {}
        }
        self.set_call(instance, position, Cell::Running);
        let called = self.open_call(instance, name, call, place);
        self.set_call(instance, position, Cell::Done(called.clone()));
        called
    }

    fn set_call(&mut self, instance: usize, position: usize, called: Cell<Called>) {
        let cell = self.instances.get_mut(instance).and_then(|instance| instance.calls.get_mut(position));
        if let Some(cell) = cell {
            *cell = called;
        }
    }

    fn open_call(&mut self, caller: usize, name: &SmolStr, call: &'a Block, _place: Place) -> Called {
        let expansion = Arc::new(self.expand(call, caller));
        let source = source_of(call).unwrap_or_default();
        let Some(from) = self.instance(caller) else { return Called::Opaque(expansion, SmolStr::default()) };
        let path = &from.call_path;
        let call_path = if path.is_empty() { name.clone() } else { SmolStr::from(format!("{path}.{name}")) };
        let target = self.project.target(from.folder, source, &call_path, self.installed);
        let folder = match target {
            SourceTarget::Folder(at) => self.project.folders.get(at),
            _ => None,
        };
        let Some(folder) = folder else { return self.opaque_call(caller, name, call, target, expansion) };
        if self.is_within(caller, folder) {
            let place = call.header;
            let message = format!("module \"{name}\" calls a module that it is part of");
            let help = "break the circle of module calls; the call was not followed";
            self.problem(ProblemSeverity::Error, "terraform-module-cycle", place, message.clone(), help);
            return Called::Opaque(expansion, message.into());
        }
        if !self.pay(INSTANCE * expansion.nodes.len()) {
            self.limit_hit(call.header);
            let message = "a limit of the evaluation was reached";
            return Called::Opaque(expansion, SmolStr::new_static(message));
        }
        let mut children = Vec::with_capacity(expansion.nodes.len());
        for node in &expansion.nodes {
            let Some(from) = self.instance(caller) else { break };
            let presence: Presence = from.presence.and(&node.presence);
            let third_party = folder.is_third_party() && !from.folder.is_third_party();
            let first_party = from.first_party.or(third_party.then_some(call.header));
            let address = self.address(caller, &format!("module.{name}{}", node.suffix));
            let instance = Instance {
                caller: Some((caller, call, node.each.clone())),
                address,
                call_path: call_path.clone(),
                presence,
                first_party,
                ..Instance::cells(folder)
            };
            children.push(self.instances.len());
            self.instances.push(instance);
            self.configure_providers(self.instances.len() - 1);
        }
        Called::Instances(expansion, children.into())
    }

    /// Whether `folder` is that of the instance or of one of its callers.
    fn is_within(&self, instance: usize, folder: &Folder) -> bool {
        let mut at = Some(instance);
        while let Some(instance) = at.and_then(|at| self.instance(at)) {
            if instance.folder.path == folder.path {
                return true;
            }
            at = instance.caller.as_ref().map(|(caller, _, _)| *caller);
        }
        false
    }

    fn opaque_call(
        &mut self,
        caller: usize,
        name: &SmolStr,
        call: &Block,
        target: SourceTarget,
        expansion: Arc<Expansion>,
    ) -> Called {
        let source = SmolStr::new(source_of(call).unwrap_or_default());
        if target == SourceTarget::Missing {
            let place = call.body.attribute("source").map_or(call.header, |source| source.value.place);
            let message = format!("module \"{name}\" has no Terraform files at `{source}`");
            let help = "correct the path; the module was left out";
            self.problem(ProblemSeverity::Error, "terraform-module-missing", place, message, help);
        }
        let address = self.address(caller, &format!("module.{name}"));
        let reason = SmolStr::from(format!("module \"{name}\" ({source}) is not at hand"));
        self.opaque.push(OpaqueModule { source, address, place: call.header });
        Called::Opaque(expansion, reason)
    }
}
