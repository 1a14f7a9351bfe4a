//! Data sources as objects: their arguments, what can be told without asking, and the rest unknown, each attribute
//! with an identity.

mod answers;
pub(crate) mod policy_document;

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{Identity, Kind, Map, MapEntry, Origin, StepKind, Unknown, Value};

use crate::eval::{Evaluator, Target, unknown};

/// What a data source is asked, for the values that only deployment tells.
struct Asked {
    root: SmolStr,
    address: SmolStr,
    type_name: SmolStr,
    /// Local address of its provider: what two data sources have the same answer for depends on it.
    provider: SmolStr,
    /// It stands for any number of data sources, which need not answer the same.
    many: bool,
    header: Place,
}

impl Asked {
    fn unknown(&self, expression: &str) -> Unknown {
        let reason = SmolStr::from(format!("data source {} is read at deployment", self.address));
        let identity = (!self.many).then(|| Identity::new(&self.root, expression));
        Unknown { identity, ..Unknown::fresh(reason) }
    }

    /// An attribute that is the same for every data source of this type and provider.
    fn shared(&self, name: &str) -> Value {
        let type_name = &self.type_name;
        let expression = match self.provider.as_str() {
            "" | "aws" => format!("data.{type_name}.{name}"),
            provider => format!("data.{type_name}({provider}).{name}"),
        };
        Value::unknown(self.unknown(&expression), Origin::computed(self.header))
    }
}

impl Evaluator<'_> {
    /// A data source as an object: its arguments, what can be computed, and the rest unknown.
    pub(crate) fn data_object(&mut self, target: Target, place: Place) -> Value {
        let key = (target.instance, target.resource, target.node);
        if let Some(object) = self.objects.get(&key) {
            return object.clone();
        }
        let object = self.deeper(place, |this| this.data_value(target, place));
        self.objects.insert(key, object.clone());
        object
    }

    fn data_value(&mut self, target: Target, place: Place) -> Value {
        let Some(resource) =
            self.instance(target.instance).and_then(|i| i.folder.resources.get(target.resource))
        else {
            return unknown("no such data source", place);
        };
        let attributes = self.body(target);
        let provider = self.provider_of(target.instance, &resource.type_name, &resource.block);
        let says = provider.map(|provider| self.provider_says(provider)).unwrap_or_default();
        let config = provider.and_then(|at| self.providers.get(at));
        let asked = Asked {
            root: self.root.clone(),
            address: self.target_address(target).unwrap_or_default(),
            type_name: resource.type_name.clone(),
            provider: config.map_or_else(SmolStr::default, |config| config.address.clone()),
            many: self.node(target).is_some_and(|node| node.presence.many),
            header: resource.block.header,
        };
        let mut entries: Vec<MapEntry> = match &attributes.kind {
            Kind::Map(map) => {
                map.entries.iter().filter(|entry| !matches!(entry.value.kind, Kind::Null)).cloned().collect()
            }
            _ => Vec::new(),
        };
        for (name, value) in self.answers(&asked, &attributes, says) {
            entries.retain(|entry| entry.key != name);
            let value = value.through(StepKind::Data, asked.address.clone(), Some(asked.header));
            entries.push(MapEntry::certain(name, value));
        }
        let open = Some(Arc::new(asked.unknown(&asked.address)));
        Value::new(Kind::Map(Arc::new(Map::new(entries, open))), Origin::computed(place))
    }
}
