//! Module calls: every instance of a call is an instance of the called folder, evaluated in the caller's context.

use std::sync::Arc;

use smol_str::SmolStr;
use source::ProblemSeverity;
use value::Presence;
use value::declared::OpaqueModule;

use crate::ast::Block;
use crate::eval::cycle::Running;
use crate::eval::{Called, Cell, Evaluator, Expansion, Instance};
use crate::module::{Folder, SourceTarget, source_of};

/// What an instance of a module costs, in elements.
const INSTANCE: usize = 150;

impl<'a> Evaluator<'a> {
    /// What the call at a position of an instance became.
    pub(crate) fn call(&mut self, instance: usize, position: usize) -> Called {
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
                self.cycle(Running::Call(instance, position), call.header);
                let expansion = Expansion::new(crate::eval::Shape::Single, Vec::new());
                return Called::Opaque(
                    Arc::new(expansion),
                    SmolStr::new_static("the module depends on itself"),
                );
            }
            _ => {}
        }
        self.set_call(instance, position, Cell::Running);
        self.enter(Running::Call(instance, position));
        let called = self.open_call(instance, name, call);
        self.leave();
        self.set_call(instance, position, Cell::Done(called.clone()));
        called
    }

    fn set_call(&mut self, instance: usize, position: usize, called: Cell<Called>) {
        let cell = self.instances.get_mut(instance).and_then(|instance| instance.calls.get_mut(position));
        if let Some(cell) = cell {
            *cell = called;
        }
    }

    fn open_call(&mut self, caller: usize, name: &SmolStr, call: &'a Block) -> Called {
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
        if let Some(way) = self.way_from(folder, caller) {
            let place = call.header;
            let message = format!("module \"{name}\" calls a module that it is part of: {way}");
            let help = "break the circle of module calls; the call was not followed";
            self.problem(ProblemSeverity::Error, "terraform-module-cycle", place, message.clone(), help);
            return Called::Opaque(expansion, message.into());
        }
        if !self.pay(INSTANCE * expansion.nodes.len()) {
            self.limit_hit(call.header);
            let message = "a limit of the evaluation was reached";
            return Called::Opaque(expansion, SmolStr::new_static(message));
        }
        let third_party = from_third_party(self.instance(caller));
        self.check_arguments(name, call, folder, third_party);
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

    /// The folders on the way from `folder` through its calls to the instance and back, if the instance is within it.
    fn way_from(&self, folder: &Folder, instance: usize) -> Option<String> {
        let mut way = vec![folder.name()];
        let mut at = Some(instance);
        while let Some(instance) = at.and_then(|at| self.instance(at)) {
            way.push(instance.folder.name());
            if instance.folder.path == folder.path {
                way.reverse();
                return Some(way.join(" → "));
            }
            at = instance.caller.as_ref().map(|(caller, _, _)| *caller);
        }
        None
    }

    /// Reports arguments that the module does not declare, and those that it demands and that are not given. What
    /// installed modules give each other is not the user's to correct.
    fn check_arguments(&mut self, name: &str, call: &Block, folder: &Folder, third_party: bool) {
        if third_party {
            return;
        }
        const OWN: [&str; 6] = ["source", "version", "count", "for_each", "depends_on", "providers"];
        for argument in &call.body.attributes {
            let known = OWN.contains(&argument.name.as_str());
            if !known && folder.variables.position(&argument.name).is_none() {
                let message = format!("module \"{name}\" has no variable \"{}\"", argument.name);
                let help =
                    "correct the name, or declare the variable in the module; Terraform refuses the argument";
                let severity = ProblemSeverity::Warning;
                self.problem(severity, "terraform-module-argument", argument.place, message, help);
            }
        }
        let missing = |(variable, block): &&(SmolStr, Block)| {
            block.body.attribute("default").is_none() && call.body.attribute(variable).is_none()
        };
        let missing: Vec<&str> =
            folder.variables.iter().filter(missing).map(|(name, _)| name.as_str()).collect();
        if !missing.is_empty() {
            let message = format!("module \"{name}\" is not given {}, which it requires", missing.join(", "));
            let help = "add the arguments, or give the variables a default; their values are unknown";
            let severity = ProblemSeverity::Warning;
            self.problem(severity, "terraform-module-argument", call.header, message, help);
        }
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
        if call.body.attribute("source").is_none() {
            let message = format!("module \"{name}\" has no source");
            let help = "add `source`; the module was left out";
            self.problem(ProblemSeverity::Error, "terraform-module-source", call.header, message, help);
        }
        let source = match (source.is_empty(), call.body.attribute("source")) {
            // OpenTofu takes expressions here.
            (true, Some(written)) => SmolStr::from(self.sources.slice(written.value.place)),
            _ => source,
        };
        let address = self.address(caller, &format!("module.{name}"));
        let why = match target {
            SourceTarget::Outside => "lies outside the scan root",
            _ => "is not at hand",
        };
        let reason = SmolStr::from(format!("module \"{name}\" ({source}) {why}"));
        // A call within a module that is called several times is one call.
        if !self.opaque.iter().any(|known| known.place == call.header && known.source == source) {
            self.opaque.push(OpaqueModule { source, address, place: call.header });
        }
        Called::Opaque(expansion, reason)
    }
}

fn from_third_party(instance: Option<&Instance<'_>>) -> bool {
    instance.is_some_and(|instance| instance.folder.is_third_party())
}
