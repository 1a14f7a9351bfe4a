//! Declared resources of a root, in the order of the source: those of a module, then those of the modules it calls.

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::declared::{Mode, Resource, key};
use value::{Item, Kind, MapEntry, Origin, Presence, Reference, Unknown, Value};

use super::block::Skipped;
use crate::ast::{Attribute, Block, Expr, ExprKind, Step};
use crate::eval::condition::without_errors;
use crate::eval::view::MapBuilder;
use crate::eval::{Called, Each, Evaluator, Scope, Target, unknown};

/// A thing that is declared once, without repetition.
struct Plain<'b> {
    address: SmolStr,
    mode: Mode,
    type_name: SmolStr,
    block: &'b Block,
}

impl Evaluator<'_> {
    /// All that the root declares.
    pub(crate) fn emit(&mut self) -> Vec<Arc<Resource>> {
        let mut out = Vec::new();
        self.emit_backend(&mut out);
        self.emit_instance(0, &mut out);
        out
    }

    fn emit_instance(&mut self, at: usize, out: &mut Vec<Arc<Resource>>) {
        let Some(folder) = self.instance(at).map(|instance| instance.folder) else { return };
        self.emit_providers(at, out);
        if at == 0 {
            for (name, block) in folder.variables.iter() {
                let thing = Plain {
                    address: format!("var.{name}").into(),
                    mode: Mode::Variable,
                    type_name: name.clone(),
                    block,
                };
                self.emit_variable(&thing, out);
            }
        }
        for resource in 0..folder.resources.len() {
            let nodes = self.expansion(at, resource).nodes.len();
            for node in 0..nodes {
                out.extend(self.emit_resource(Target { instance: at, resource, node }).map(Arc::new));
            }
        }
        for (name, block) in folder.outputs.iter() {
            let address = self.address(at, &format!("output.{name}"));
            let thing = Plain { address, mode: Mode::Output, type_name: name.clone(), block };
            let value = self.output(at, name, block.header);
            let attributes = self.described(block, at, "value", value);
            out.push(Arc::new(self.plain(&thing, at, attributes)));
        }
        for position in 0..folder.calls.len() {
            self.emit_call(at, position, out);
        }
    }

    fn emit_call(&mut self, at: usize, position: usize, out: &mut Vec<Arc<Resource>>) {
        let folder = self.instance(at).map(|instance| instance.folder);
        let Some((name, block)) = folder.and_then(|folder| folder.calls.at(position)) else { return };
        let called = self.call(at, position);
        let (expansion, children) = match &called {
            Called::Instances(expansion, children) => (expansion.clone(), children.to_vec()),
            Called::Opaque(expansion, _) => (expansion.clone(), Vec::new()),
        };
        for (at_node, node) in expansion.nodes.iter().enumerate() {
            let scope = Scope::with_each(at, &node.each);
            let attributes = self.block_value(&block.body, &scope, Skipped::OF_CALL, block.header, true);
            let address = self.address(at, &format!("module.{name}{}", node.suffix));
            let thing = Plain { address, mode: Mode::ModuleCall, type_name: name.clone(), block };
            let mut resource = self.plain(&thing, at, attributes);
            resource.presence = resource.presence.and(&node.presence);
            resource.instance = instance_value(&node.each).map(Box::new);
            resource.meta = self.meta(block, at, &node.each, None);
            out.push(Arc::new(resource));
            if let Some(child) = children.get(at_node) {
                self.emit_instance(*child, out);
            }
        }
    }

    fn emit_resource(&mut self, target: Target) -> Option<Resource> {
        let instance = self.instance(target.instance)?;
        let declared = instance.folder.resources.get(target.resource)?;
        let (presence, caller) = (instance.presence.clone(), instance.first_party);
        let node = self.node(target)?.clone();
        let address = self.target_address(target)?;
        let attributes = self.body(target);
        let provider = self.provider_of(target.instance, &declared.type_name, &declared.block);
        let default = self.instance(0).and_then(|root| root.providers.get("aws").copied());
        let says = provider.map(|provider| self.provider_says(provider)).unwrap_or_default();
        let other = provider.is_some() && provider != default;
        let alias =
            provider.and_then(|at| self.providers.get(at)).filter(|config| config.address.contains('.'));
        let alias = alias.map(|config| self.address(config.instance, &config.address));
        let mut meta = self.meta(&declared.block, target.instance, &node.each, says.default_tags.clone());
        if let (Some(alias), Kind::Map(map)) = (alias, &mut meta.kind) {
            let place = declared.block.body.attribute("provider").map_or(declared.block.header, |p| p.place);
            let alias = MapEntry::certain("provider", Value::string(alias, Origin::literal(place)));
            Arc::make_mut(map).entries.push(MapEntry { place: Some(place), ..alias });
        }
        let own_region =
            attributes.as_map().and_then(|map| map.entry("region")).map(|entry| entry.value.clone());
        let own_region = own_region.filter(|value| !matches!(value.kind, Kind::Null));
        Some(Resource {
            key: key(&self.root, &address),
            address,
            mode: if declared.data { Mode::Data } else { Mode::Managed },
            type_name: declared.type_name.clone(),
            attributes,
            presence: presence.and(&node.presence),
            root: Self::ROOT,
            place: declared.block.header,
            body: declared.block.place,
            logical_id: None,
            construct: None,
            caller,
            instance: instance_value(&node.each).map(Box::new),
            region: own_region.or_else(|| says.region.filter(|_| other)).map(Box::new),
            account: says.account.filter(|_| other).map(Box::new),
            meta,
        })
    }

    fn emit_providers(&mut self, at: usize, out: &mut Vec<Arc<Resource>>) {
        for config in 0..self.providers.len() {
            let Some(own) = self.providers.get(config).filter(|own| own.instance == at) else { continue };
            let (position, local) = (own.position, own.address.clone());
            let Some(block) = self.instance(at).and_then(|i| i.folder.providers.get(position)) else {
                continue;
            };
            let attributes = self.provider_attributes(config);
            let address = self.address(at, &format!("provider.{local}"));
            let type_name = block.labels.first().cloned().unwrap_or_default();
            out.push(Arc::new(self.plain(
                &Plain { address, mode: Mode::Provider, type_name, block },
                at,
                attributes,
            )));
        }
    }

    fn emit_backend(&mut self, out: &mut Vec<Arc<Resource>>) {
        let Some(block) = &self.root_folder.backend else { return };
        let type_name = block.labels.first().cloned().unwrap_or_else(|| block.kind.clone());
        let address = SmolStr::from(format!("terraform.backend.{type_name}"));
        let attributes = self.block_value(&block.body, &Scope::of(0), Skipped::NOTHING, block.header, false);
        out.push(Arc::new(self.plain(
            &Plain { address, mode: Mode::Backend, type_name, block },
            0,
            attributes,
        )));
    }

    fn emit_variable(&mut self, thing: &Plain<'_>, out: &mut Vec<Arc<Resource>>) {
        let value = self.variable(0, &thing.type_name, thing.block.header);
        let attributes = self.described(thing.block, 0, "value", value);
        out.push(Arc::new(self.plain(thing, 0, attributes)));
    }

    /// The arguments of a variable or output, with its value; its type as written.
    fn described(&mut self, block: &Block, at: usize, name: &str, value: Value) -> Value {
        let mut map = MapBuilder::default();
        let sensitive = value.sensitive;
        for attribute in &block.body.attributes {
            let evaluated = match attribute.name.as_str() {
                "type" => Value::string(
                    self.sources.slice(attribute.value.place),
                    Origin::literal(attribute.value.place),
                ),
                "value" | "depends_on" => continue,
                // A default that is no constant was told when the module was read.
                "default" => {
                    let scope = Scope { closed: true, ..Scope::of(at) };
                    let default = without_errors(self.eval(&attribute.value, &scope));
                    match default.is_absent() {
                        true => unknown("the default cannot be evaluated", attribute.value.place),
                        false => default.with_sensitivity(sensitive),
                    }
                }
                _ => self.attribute_value(attribute, &Scope::of(at), false),
            };
            map.put(MapEntry {
                place: Some(attribute.place),
                ..MapEntry::certain(attribute.name.clone(), evaluated)
            });
        }
        let place = block.body.attribute(name).map(|attribute| attribute.place);
        let value = without_errors(value);
        if !value.is_absent() {
            map.put(MapEntry { place, ..MapEntry::certain(name, value) });
        }
        map.finish(Origin::literal(block.header))
    }

    fn plain(&self, thing: &Plain<'_>, at: usize, attributes: Value) -> Resource {
        let instance = self.instance(at);
        Resource {
            key: key(&self.root, &thing.address),
            address: thing.address.clone(),
            mode: thing.mode,
            type_name: thing.type_name.clone(),
            attributes,
            presence: instance.map_or(Presence::CERTAIN, |instance| instance.presence.clone()),
            root: Self::ROOT,
            place: thing.block.header,
            body: thing.block.place,
            logical_id: None,
            construct: None,
            caller: instance.and_then(|instance| instance.first_party),
            instance: None,
            region: None,
            account: None,
            meta: Value::map([], Origin::default()),
        }
    }

    /// `lifecycle`, `depends_on`, provisioners and connections, and the provider's default tags.
    fn meta(&mut self, block: &Block, at: usize, each: &Each, default_tags: Option<Value>) -> Value {
        let mut meta = MapBuilder::default();
        let scope = Scope::with_each(at, each);
        if let Some(depends_on) = block.body.attribute("depends_on") {
            let value = self.depends_on(depends_on, at);
            meta.put(MapEntry { place: Some(depends_on.place), ..MapEntry::certain("depends_on", value) });
        }
        if let Some(lifecycle) = block.body.blocks("lifecycle").next() {
            let value = self.lifecycle(lifecycle, &scope);
            meta.put(MapEntry { place: Some(lifecycle.header), ..MapEntry::certain("lifecycle", value) });
        }
        for kind in ["provisioner", "connection"] {
            let mut items = Vec::new();
            let mut first: Option<Place> = None;
            for inner in block.body.blocks(kind) {
                first.get_or_insert(inner.header);
                let mut value = self.block_value(&inner.body, &scope, Skipped::OF_STEP, inner.header, false);
                if let Kind::Map(map) = &mut value.kind {
                    let entries = &mut Arc::make_mut(map).entries;
                    if let Some(label) = inner.labels.first() {
                        let label = Value::string(label.clone(), Origin::literal(inner.header));
                        entries.insert(0, MapEntry::certain("type", label));
                    }
                    let keywords = &inner.body.attributes;
                    for attribute in keywords.iter().filter(|attribute| Skipped::OF_STEP.has(&attribute.name))
                    {
                        let value = self.names(&attribute.value);
                        entries.push(MapEntry {
                            place: Some(attribute.place),
                            ..MapEntry::certain(attribute.name.clone(), value)
                        });
                    }
                }
                items.push(value);
            }
            if let Some(place) = first {
                let list = Value::list(items, Origin::literal(place));
                meta.put(MapEntry { place: Some(place), ..MapEntry::certain(kind, list) });
            }
        }
        if let Some(tags) = default_tags {
            meta.put(MapEntry::certain("default_tags", tags));
        }
        meta.finish(Origin::literal(block.header))
    }

    fn lifecycle(&mut self, block: &Block, scope: &Scope<'_>) -> Value {
        if let Some(dynamic) = block.body.blocks("dynamic").next() {
            let message = "a `dynamic` block cannot stand in `lifecycle`";
            let help = "write the block itself; it was skipped";
            let severity = source::ProblemSeverity::Warning;
            self.problem(severity, "terraform-dynamic", dynamic.header, message, help);
        }
        let mut map = MapBuilder::default();
        for attribute in &block.body.attributes {
            // These name attributes; they are no expressions.
            let value = match attribute.name.as_str() {
                "ignore_changes" | "replace_triggered_by" => self.names(&attribute.value),
                _ => self.attribute_value(attribute, scope, false),
            };
            map.put(MapEntry {
                place: Some(attribute.place),
                ..MapEntry::certain(attribute.name.clone(), value)
            });
        }
        map.finish(Origin::literal(block.header))
    }

    /// What is written, as text: a list of names, or the one word `all`.
    fn names(&self, expr: &Expr) -> Value {
        let text = |expr: &Expr| {
            let text = expr.literal().map_or_else(|| self.sources.slice(expr.place), |text| text.to_string());
            Value::string(text, Origin::literal(expr.place))
        };
        match &expr.kind {
            ExprKind::List(items) => Value::list(items.iter().map(text), Origin::literal(expr.place)),
            _ => text(expr),
        }
    }

    /// References to resources, other addresses as text.
    fn depends_on(&mut self, attribute: &Attribute, at: usize) -> Value {
        let ExprKind::List(items) = &attribute.value.kind else { return self.names(&attribute.value) };
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            let folder = self.instance(at).map(|instance| instance.folder);
            let resource = named(item).and_then(|(type_name, name)| {
                let folder = folder?;
                let known = folder.resources.get(folder.resource(false, type_name, name)?)?;
                let body = &known.block.body;
                let repeated = body.attribute("count").or_else(|| body.attribute("for_each"));
                Some((known.address(), repeated.is_some()))
            });
            let origin = Origin::literal(item.place);
            values.push(Item::certain(match resource {
                Some((local, many)) => {
                    let to = key(&self.root, &self.address(at, &local));
                    let reference = Reference { to, attribute: SmolStr::default(), many };
                    Value::new(Kind::Reference(reference.into()), origin)
                }
                None => Value::string(self.sources.slice(item.place), origin),
            }));
        }
        let kind = Kind::List(value::List::new(values, None).into());
        Value::new(kind, Origin::literal(attribute.value.place))
    }
}

fn instance_value(each: &Each) -> Option<Value> {
    if let Some(identity) = &each.counted_by {
        let unknown = Unknown::identified("how many instances there are is not known", identity.clone());
        return Some(Value::unknown(unknown, Origin::default()));
    }
    each.key.clone().or_else(|| each.index.clone())
}

/// Type and name of the managed resource that an address in a list is that of.
fn named(item: &Expr) -> Option<(&SmolStr, &SmolStr)> {
    let ExprKind::Path(base, steps) = &item.kind else { return None };
    match (&base.kind, &**steps) {
        (ExprKind::Name(base), [Step::Attribute(type_name), Step::Attribute(name), ..])
            if base == "resource" =>
        {
            Some((type_name, name))
        }
        (ExprKind::Name(type_name), [Step::Attribute(name), ..]) => Some((type_name, name)),
        _ => None,
    }
}
