//! The inside of blocks as values: attributes, nested blocks as lists of maps, `dynamic` blocks expanded.

use std::sync::Arc;

use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::{Item, Kind, List, Map, MapEntry, Origin, Presence, Unknown, Value};

use crate::ast::{Attribute, Block, Body};
use crate::eval::condition::without_errors;
use crate::eval::cycle::Running;
use crate::eval::view::{Entry, view};
use crate::eval::{Cell, Evaluator, Frame, Scope, Target, unknown};

/// What a block that `dynamic` makes costs, in elements.
const BLOCK: usize = 4;

/// What stands in a block but is no attribute of the thing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Skipped {
    pub(crate) attributes: &'static [&'static str],
    pub(crate) blocks: &'static [&'static str],
}

impl Skipped {
    pub(crate) const NOTHING: Self = Self { attributes: &[], blocks: &[] };
    pub(crate) const OF_RESOURCE: Self = Self {
        attributes: &["count", "for_each", "depends_on", "provider"],
        blocks: &["lifecycle", "provisioner", "connection"],
    };
    /// Provisioners and connections: what they say in keywords.
    pub(crate) const OF_STEP: Self = Self { attributes: &["when", "on_failure"], blocks: &[] };
    pub(crate) const OF_CALL: Self =
        Self { attributes: &["count", "for_each", "depends_on", "providers"], blocks: &[] };

    pub(crate) fn has(&self, attribute: &str) -> bool {
        self.attributes.contains(&attribute)
    }
}

impl Evaluator<'_> {
    /// The attributes of a resource instance, as written and evaluated.
    pub(crate) fn body(&mut self, target: Target) -> Value {
        let Some(block) = self
            .instance(target.instance)
            .and_then(|i| i.folder.resources.get(target.resource))
            .map(|r| &r.block)
        else {
            return Value::absent();
        };
        let expansion = self.expansion(target.instance, target.resource);
        let cell = self
            .instance(target.instance)
            .and_then(|i| i.resources.get(target.resource)?.bodies.get(target.node));
        match cell {
            Some(Cell::Done(body)) => return body.clone(),
            Some(Cell::Running) => return self.cycle(Running::Body(target), block.header),
            _ => {}
        }
        let Some(node) = expansion.nodes.get(target.node) else { return Value::absent() };
        self.set_body(target, Cell::Running);
        self.grant();
        let repeated = expansion.nodes.len() > 1;
        self.enter(Running::Body(target));
        let body = self.deeper(block.header, |this| {
            let scope = Scope::with_each(target.instance, &node.each);
            this.block_value(&block.body, &scope, Skipped::OF_RESOURCE, block.header, repeated)
        });
        self.leave();
        self.set_body(target, Cell::Done(body.clone()));
        body
    }

    fn set_body(&mut self, target: Target, body: Cell<Value>) {
        let resource =
            self.instances.get_mut(target.instance).and_then(|i| i.resources.get_mut(target.resource));
        if let Some(cell) = resource.and_then(|resource| resource.bodies.get_mut(target.node)) {
            *cell = body;
        }
    }

    /// The value of an attribute, for use outside an expression: an error is an unknown. With `share`, a value that
    /// is the same for all instances of the block is evaluated once.
    pub(crate) fn attribute_value(&mut self, attribute: &Attribute, scope: &Scope<'_>, share: bool) -> Value {
        let share = share && !attribute.per_instance && scope.frames.is_none();
        let key = (scope.instance, attribute.place);
        if share && let Some(value) = self.shared.get(&key) {
            return value.clone();
        }
        let value = self.eval(&attribute.value, scope);
        let value = without_errors(value);
        let value = if value.is_absent() { self.refused(attribute) } else { value };
        if share {
            self.shared.insert(key, value.clone());
        }
        value
    }

    fn refused(&mut self, attribute: &Attribute) -> Value {
        let message = format!("the value of `{}` cannot be evaluated", attribute.name);
        let help = "correct it: it refers to something that does not exist, or gives a function what it does not take";
        let place = attribute.value.place;
        self.problem(ProblemSeverity::Note, "terraform-expression", place, message.clone(), help);
        unknown(message, place)
    }

    /// The inside of a block as a map. `header` is the place of what is missing in it.
    pub(crate) fn block_value(
        &mut self,
        body: &Body,
        scope: &Scope<'_>,
        skipped: Skipped,
        header: Place,
        share: bool,
    ) -> Value {
        let mut entries: Vec<MapEntry> = Vec::with_capacity(body.attributes.len() + body.blocks.len());
        for attribute in &body.attributes {
            if !skipped.has(&attribute.name) {
                let value = self.attribute_value(attribute, scope, share);
                let place = Some(attribute.place);
                entries.push(MapEntry { place, ..MapEntry::certain(attribute.name.clone(), value) });
            }
        }
        for block in &body.blocks {
            if skipped.blocks.contains(&block.kind.as_str()) {
                continue;
            }
            let (name, items) = if block.kind == "dynamic" {
                let Some(name) = block.labels.first() else { continue };
                (name.clone(), self.dynamic(name, block, scope, share))
            } else {
                let value = self.block_value(&block.body, scope, Skipped::NOTHING, block.header, share);
                (block.kind.clone(), vec![Item::certain(value)])
            };
            if !self.step() {
                break;
            }
            add_items(&mut entries, name, items, block.header);
        }
        let written = |entry: &MapEntry| entry.place.map(|place| place.span.start);
        entries.sort_by_key(written);
        let lost = || {
            let unknown = Unknown::fresh("part of this block could not be read: its syntax is at fault");
            Arc::new(Unknown { may_be_absent: true, ..unknown })
        };
        let open = body.incomplete.then(lost);
        Value::new(Kind::Map(Arc::new(Map::new(entries, open))), Origin::literal(header))
    }

    /// The blocks that a `dynamic` block stands for.
    fn dynamic(&mut self, name: &SmolStr, block: &Block, scope: &Scope<'_>, share: bool) -> Vec<Item> {
        if matches!(name.as_str(), "lifecycle" | "provisioner" | "connection") {
            let message = format!("`{name}` blocks cannot be made by a `dynamic` block");
            self.refuse_dynamic(block.header, message, "write the block itself; it was skipped");
            return Vec::new();
        }
        let (Some(for_each), Some(content)) =
            (block.body.attribute("for_each"), block.body.blocks("content").next())
        else {
            let message = format!("the `dynamic` block of `{name}` lacks `for_each` or `content`");
            self.refuse_dynamic(block.header, message, "add what is missing; the block was skipped");
            return Vec::new();
        };
        let iterator = match block.body.attribute("iterator").map(|iterator| &iterator.value.kind) {
            Some(crate::ast::ExprKind::Name(name) | crate::ast::ExprKind::String(name)) => name.clone(),
            _ => name.clone(),
        };
        let collection = self.attribute_value(for_each, scope, share);
        let collection = self.force(collection);
        let sensitive = collection.sensitive;
        if matches!(collection.kind, Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_)) {
            let what = if matches!(collection.kind, Kind::Null) { "null" } else { "no collection" };
            let message = format!("`for_each` of the `dynamic` block of `{name}` is {what}");
            let help = "give it a collection, `[]` for no block; Terraform refuses anything else";
            self.refuse_dynamic(for_each.value.place, message, help);
        }
        let Some(view) = view(&collection) else {
            return vec![Item {
                value: unknown("`for_each` is no collection", for_each.value.place),
                presence: Presence::any_number(),
            }];
        };
        // The elements of a set are their own keys.
        let set = is_set(&collection);
        let pair = |entry: Entry| {
            let key = if set { entry.value.clone() } else { entry.key };
            (key, entry.value, entry.presence)
        };
        let mut entries: Vec<(Value, Value, Presence)> = view.entries.into_iter().map(pair).collect();
        if let Some(open) = view.open {
            let more = || unknown(open.reason.clone(), for_each.value.place);
            entries.push((more(), more(), Presence::any_number()));
        }
        let mut items = Vec::with_capacity(entries.len());
        for (key, value, presence) in entries {
            if !self.pay(BLOCK) {
                items.push(Item { value: self.limit_hit(block.header), presence: Presence::any_number() });
                break;
            }
            let pair = [(SmolStr::new_static("key"), key), (SmolStr::new_static("value"), value)];
            let frame =
                Frame { name: &iterator, value: Value::map(pair, Origin::default()), outer: scope.frames };
            let inner = Scope { frames: Some(&frame), ..*scope };
            let value = self.deeper(block.header, |this| {
                this.block_value(&content.body, &inner, Skipped::NOTHING, block.header, share)
            });
            items.push(Item { value: value.with_sensitivity(sensitive), presence });
        }
        items
    }
}

impl Evaluator<'_> {
    fn refuse_dynamic(&mut self, place: Place, message: String, help: &str) {
        self.problem(ProblemSeverity::Warning, "terraform-dynamic", place, message, help);
    }
}

/// Whether a collection, or one of those that it may be, is a set.
fn is_set(collection: &Value) -> bool {
    match &collection.kind {
        Kind::List(list) => list.shape.is_set(),
        Kind::Alternatives(alternatives) => alternatives.choices.iter().any(|(_, choice)| is_set(choice)),
        _ => false,
    }
}

/// Adds blocks to those of the same type.
fn add_items(entries: &mut Vec<MapEntry>, name: SmolStr, items: Vec<Item>, header: Place) {
    if let Some(entry) = entries.iter_mut().find(|entry| entry.key == name) {
        match &mut entry.value.kind {
            Kind::List(list) => Arc::make_mut(list).items.extend(items),
            // Written as an argument and as a block: the blocks win.
            _ => {
                entry.value =
                    Value::new(Kind::List(Arc::new(List::new(items, None))), Origin::literal(header));
            }
        }
        return;
    }
    let value = Value::new(Kind::List(Arc::new(List::new(items, None))), Origin::literal(header));
    entries.push(MapEntry { place: Some(header), ..MapEntry::certain(name, value) });
}
