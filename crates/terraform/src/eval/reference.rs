//! What names refer to: variables, locals, modules, resources, data sources and the few built-in objects.
//!
//! An attribute of a managed resource is a [`value::Reference`] to the key of the instance. Where the instance
//! cannot be told, `many` is set, and the key is that of the address without instance, or that of the one node
//! `address[*]` where the number of instances is not known at all.

use std::sync::Arc;

use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::declared::key;
use value::{Identity, Item, Kind, List, Map, MapEntry, Origin, Reference, Unknown, Value};

use super::{Called, Cell, Evaluator, Expansion, Node, Scope, Shape, Target, text, unknown};
use crate::ast::{Expr, ExprKind, Step};
use crate::module::path;

impl Evaluator<'_> {
    /// The value of a path that starts with a name, or with any other expression. Its place is where the path stands;
    /// where a variable or a local got it from is told by its chain.
    pub(super) fn eval_path(
        &mut self,
        base: &Expr,
        steps: &[Step],
        place: Place,
        scope: &Scope<'_>,
    ) -> Value {
        let mut value = self.value_of_path(base, steps, place, scope);
        value.origin.place = Some(place);
        value
    }

    fn value_of_path(&mut self, base: &Expr, steps: &[Step], place: Place, scope: &Scope<'_>) -> Value {
        let ExprKind::Name(name) = &base.kind else {
            let base = self.eval(base, scope);
            return self.eval_steps(base, steps, place, scope);
        };
        if let Some(value) = scope.frame(name) {
            return self.eval_steps(value.clone(), steps, place, scope);
        }
        let Some((Step::Attribute(first), rest)) = steps.split_first() else {
            let unknown = self.no_reference(name, place);
            return if scope.closed { Value::absent() } else { unknown };
        };
        if scope.closed {
            return Value::absent();
        }
        let base = match name.as_str() {
            "var" => self.variable(scope.instance, first, place),
            "local" => self.local(scope.instance, first, place),
            "each" | "count" => return self.eval_each(name, first, rest, place, scope),
            "path" | "terraform" | "tofu" => self.built_in(name, first, place, scope),
            "self" => unknown("`self` is known after deployment", place),
            "module" => return self.eval_module_path(first, rest, place, scope),
            "data" => match rest.split_first() {
                Some((Step::Attribute(name), rest)) => {
                    return self.eval_resource((true, first, name), rest, place, scope);
                }
                _ => return self.no_reference("data", place),
            },
            // The long form of a reference to a managed resource.
            "resource" => match rest.split_first() {
                Some((Step::Attribute(name), rest)) => {
                    return self.eval_resource((false, first, name), rest, place, scope);
                }
                _ => return self.no_reference("resource", place),
            },
            "ephemeral" => match rest.split_first() {
                Some((Step::Attribute(name), rest)) => {
                    let value = self.ephemeral(scope.instance, first, name, place);
                    return self.eval_steps(value, rest, place, scope);
                }
                _ => return self.no_reference("ephemeral", place),
            },
            type_name => {
                return self.eval_resource((false, &SmolStr::new(type_name), first), rest, place, scope);
            }
        };
        self.eval_steps(base, rest, place, scope)
    }

    /// A resource and the steps after it. One instance out of many is looked up without the others.
    fn eval_resource(
        &mut self,
        (data, type_name, name): (bool, &SmolStr, &SmolStr),
        rest: &[Step],
        place: Place,
        scope: &Scope<'_>,
    ) -> Value {
        let folder = self.instance(scope.instance).map(|instance| instance.folder);
        if let (Some((Step::Index(index), after)), Some(resource)) =
            (rest.split_first(), folder.and_then(|folder| folder.resource(data, type_name, name)))
        {
            let index = self.eval(index, scope);
            let index = self.force(index);
            let expansion = self.expansion(scope.instance, resource);
            if let Some(node) = expansion.position(&index)
                && expansion.nodes.get(node).is_some_and(|node| node.presence.is_certain())
            {
                let value = self.node_value(Target { instance: scope.instance, resource, node }, place);
                return self.eval_steps(value, after, place, scope);
            }
            let whole = self.resource(scope.instance, data, type_name, name, place);
            let element = self.index(&whole, &index, place);
            return self.eval_steps(element, after, place, scope);
        }
        let whole = self.resource(scope.instance, data, type_name, name, place);
        self.eval_steps(whole, rest, place, scope)
    }

    fn no_reference(&mut self, name: &str, place: Place) -> Value {
        let message = format!("`{name}` refers to nothing");
        let help = "refer to an attribute (`var.name`, `local.name`, `type.name.attribute`) or put the text in quotes";
        self.problem(ProblemSeverity::Warning, "terraform-reference", place, message, help);
        unknown(format!("`{name}` refers to nothing"), place)
    }

    fn eval_each(&mut self, name: &str, what: &str, rest: &[Step], place: Place, scope: &Scope<'_>) -> Value {
        let value = scope.each.and_then(|each| match (name, what) {
            ("each", "key") => each.key.clone(),
            ("each", "value") => each.value.clone(),
            ("count", "index") => each.index.clone(),
            _ => None,
        });
        match value {
            Some(value) => self.eval_steps(value, rest, place, scope),
            None => {
                let message = format!("`{name}.{what}` has no value here");
                if scope.each.is_some() {
                    let help = "set `for_each` for `each`, `count` for `count`, on the block itself";
                    let severity = ProblemSeverity::Warning;
                    self.problem(severity, "terraform-reference", place, message.clone(), help);
                }
                unknown(message, place)
            }
        }
    }

    fn built_in(&mut self, name: &str, what: &str, place: Place, scope: &Scope<'_>) -> Value {
        let origin = Origin::computed(place);
        match (name, what) {
            ("path", "module") => {
                let folder =
                    self.instance(scope.instance).map_or("", |instance| instance.folder.path.as_str());
                Value::string(path::relative(&self.root_folder.path, folder), origin)
            }
            ("path", "root") => Value::string(".", origin),
            ("terraform" | "tofu", "workspace") if !self.inputs.workspace.is_empty() => {
                Value::string(self.inputs.workspace.as_str(), origin)
            }
            _ => {
                // OpenTofu's name for it means the same.
                let name = if name == "tofu" { "terraform" } else { name };
                let identity = Identity::new(&self.root, &format!("{name}.{what}"));
                let reason = format!("`{name}.{what}` is known at deployment");
                Value::unknown(Unknown::identified(reason, identity), origin)
            }
        }
    }

    /// An ephemeral resource, which is opened at deployment only and never stored.
    fn ephemeral(&mut self, instance: usize, type_name: &str, name: &str, place: Place) -> Value {
        let local = format!("ephemeral.{type_name}.{name}");
        let declared = |folder: &crate::module::Folder| {
            folder.ephemerals.position(&format!("{type_name}.{name}")).is_some()
        };
        if !self.instance(instance).is_some_and(|instance| declared(instance.folder)) {
            return self.undeclared_resource(&local, place);
        }
        let identity = Identity::new(&self.root, &self.address(instance, &local));
        let reason = format!("{local} is opened at deployment");
        Value::unknown(Unknown::identified(reason, identity), Origin::computed(place))
    }

    fn undeclared_resource(&mut self, local: &str, place: Place) -> Value {
        let message = format!("{local} is not declared in this module");
        let help = "declare it, or correct the name";
        let severity = ProblemSeverity::Warning;
        self.problem(severity, "terraform-undeclared-resource", place, message.clone(), help);
        unknown(message, place)
    }

    /// A resource or data source as a whole.
    fn resource(
        &mut self,
        instance: usize,
        data: bool,
        type_name: &SmolStr,
        name: &SmolStr,
        place: Place,
    ) -> Value {
        let position =
            self.instance(instance).and_then(|instance| instance.folder.resource(data, type_name, name));
        let Some(resource) = position else {
            let prefix = if data { "data." } else { "" };
            return self.undeclared_resource(&format!("{prefix}{type_name}.{name}"), place);
        };
        if let Some(whole) = self.wholes.get(&(instance, resource)) {
            return whole.clone().with_place(place);
        }
        let expansion = self.expansion(instance, resource);
        let mut values = Vec::with_capacity(expansion.nodes.len());
        for node in 0..expansion.nodes.len() {
            values.push(self.node_value(Target { instance, resource, node }, place));
        }
        let whole = arranged(&expansion, values, place);
        self.wholes.insert((instance, resource), whole.clone());
        whole.with_place(place)
    }

    /// One instance as a value: a reference, or an object for a data source.
    fn node_value(&mut self, target: Target, place: Place) -> Value {
        let Some(address) = self.target_address(target) else { return unknown("no such instance", place) };
        if self.resource_block(target).is_some_and(|resource| resource.data) {
            return self.data_object(target, place);
        }
        let to = key(&self.root, &address);
        self.targets.insert(to.clone(), target);
        let many = self.node(target).is_some_and(|node| node.presence.many);
        let reference = Reference { to, attribute: SmolStr::default(), many };
        Value::new(Kind::Reference(Arc::new(reference)), Origin::computed(place))
    }

    /// `module.name` and what follows. An output of one instance is looked up without the others.
    fn eval_module_path(&mut self, name: &SmolStr, rest: &[Step], place: Place, scope: &Scope<'_>) -> Value {
        let position =
            self.instance(scope.instance).and_then(|instance| instance.folder.calls.position(name));
        let Some(position) = position else {
            let message = format!("module \"{name}\" is not called in this module");
            let help = "add the module block, or correct the name";
            self.problem(
                ProblemSeverity::Warning,
                "terraform-undeclared-module",
                place,
                message.clone(),
                help,
            );
            return unknown(message, place);
        };
        let called = self.call(scope.instance, position);
        let Called::Instances(expansion, children) = &called else {
            let whole = self.module_value(scope.instance, name, &called, place);
            return self.eval_steps(whole, rest, place, scope);
        };
        match (expansion.shape, rest) {
            (Shape::Single, [Step::Attribute(output), rest @ ..]) => {
                let Some(child) = children.first() else { return Value::absent() };
                let value = self.output(*child, output, place);
                self.eval_steps(value, rest, place, scope)
            }
            (_, [Step::Index(index), Step::Attribute(output), rest @ ..]) => {
                let index = self.eval(index, scope);
                let index = self.force(index);
                match (text::primitive(&index), expansion.position(&index)) {
                    (Some(_), Some(at)) if expansion.nodes.iter().all(|node| !node.presence.many) => {
                        let child = children.get(at).copied().unwrap_or(0);
                        let value = self.output(child, output, place);
                        let presence =
                            expansion.nodes.get(at).map(|node| node.presence.clone()).unwrap_or_default();
                        self.eval_steps(value.guarded_by(&presence), rest, place, scope)
                    }
                    _ => {
                        let whole = self.module_value(scope.instance, name, &called, place);
                        let element = self.index(&whole, &index, place);
                        let value = self.attribute(&element, output, place);
                        self.eval_steps(value, rest, place, scope)
                    }
                }
            }
            _ => {
                let whole = self.module_value(scope.instance, name, &called, place);
                self.eval_steps(whole, rest, place, scope)
            }
        }
    }

    /// All instances of a module as a value, each an object of its outputs.
    fn module_value(&mut self, caller: usize, name: &str, called: &Called, place: Place) -> Value {
        let (expansion, values) = match called {
            Called::Opaque(expansion, reason) => {
                let address = self.address(caller, &format!("module.{name}"));
                let value = |node: &Node| {
                    let identity = Identity::new(&self.root, &format!("{address}{}", node.suffix));
                    let unknown =
                        Unknown { may_be_absent: true, ..Unknown::identified(reason.clone(), identity) };
                    Value::unknown(unknown, Origin::computed(place))
                };
                (expansion.clone(), expansion.nodes.iter().map(value).collect())
            }
            Called::Instances(expansion, children) => {
                let mut values = Vec::with_capacity(children.len());
                for child in children.iter() {
                    let folder = self.instance(*child).map(|instance| instance.folder);
                    let names = folder.into_iter().flat_map(|folder| folder.outputs.iter());
                    let mut outputs = Vec::new();
                    for (output, _) in names {
                        let value = self.output(*child, output, place);
                        if !value.is_absent() {
                            outputs.push((output.clone(), value));
                        }
                    }
                    values.push(Value::map(outputs, Origin::computed(place)));
                }
                (expansion.clone(), values)
            }
        };
        arranged(&expansion, values, place)
    }
}

/// The values of all nodes, arranged as the repetition has them: itself, a list, or a map by key.
fn arranged(expansion: &Expansion, mut values: Vec<Value>, place: Place) -> Value {
    if expansion.shape == Shape::Single {
        return values.pop().unwrap_or_else(Value::absent);
    }
    let origin = Origin::computed(place);
    let nodes = expansion.nodes.iter().zip(values);
    let only_many = !expansion.nodes.is_empty() && expansion.nodes.iter().all(|node| node.presence.many);
    let by_key = expansion.shape == Shape::ForEach && !only_many;
    if !by_key {
        let items = nodes.map(|(node, value)| Item { value, presence: node.presence.clone() }).collect();
        return Value::new(Kind::List(Arc::new(List::new(items, None))), origin);
    }
    let mut entries = Vec::new();
    let mut open = None;
    for (node, value) in nodes {
        match node.each.key.as_ref().and_then(text::primitive) {
            Some(key) if !node.presence.many => {
                entries.push(MapEntry { presence: node.presence.clone(), ..MapEntry::certain(key, value) });
            }
            _ => open = Some(Arc::new(Unknown::fresh("a key of `for_each` is not known"))),
        }
    }
    Value::new(Kind::Map(Arc::new(Map::new(entries, open))), origin)
}

/// A value seen at another place; its elements keep theirs.
trait WithPlace {
    fn with_place(self, place: Place) -> Self;
}

impl WithPlace for Value {
    fn with_place(mut self, place: Place) -> Self {
        if matches!(self.kind, Kind::Reference(_)) {
            self.origin = Origin::computed(place);
        }
        self
    }
}

/// Whether a cell has been asked for while it was being evaluated.
pub(super) fn is_running<T>(cell: Option<&Cell<T>>) -> bool {
    matches!(cell, Some(Cell::Running))
}
