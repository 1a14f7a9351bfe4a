//! Data sources that can be told from the source: policy documents, and what the provider's configuration says.

mod policy_document;

use std::sync::Arc;

use smol_str::SmolStr;
use source::Place;
use value::{Identity, Kind, Map, MapEntry, Origin, StepKind, Unknown, Value};

use crate::eval::{Evaluator, Target, unknown};

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
        let Some(resource) = self.instance(target.instance).and_then(|i| i.folder.resources.get(target.resource)) else {
            return unknown("no such data source", place);
        };
        let attributes = self.body(target);
        let written = match &attributes.kind {
            Kind::Map(map) => map.entries.iter().filter(|entry| !matches!(entry.value.kind, Kind::Null)).cloned().collect(),
            _ => Vec::new(),
        };
        let mut entries: Vec<MapEntry> = written;
        let address = self.target_address(target).unwrap_or_default();
        let header = resource.block.header;
        let step = |value: Value| value.through(StepKind::Data, address.clone(), Some(header));
        let put = |entries: &mut Vec<MapEntry>, name: &'static str, value: Value| {
            entries.retain(|entry| entry.key != name);
            entries.push(MapEntry::certain(name, step(value)));
        };
        let provider = self.provider_of(target.instance, &resource.type_name, &resource.block);
        let says = provider.map(|provider| self.provider_says(provider)).unwrap_or_default();
        let config = provider.and_then(|at| self.providers.get(at));
        let alias = config.map_or_else(SmolStr::default, |config| config.address.clone());
        let shared = |name: &str| match alias.as_str() {
            "" | "aws" => format!("data.{}.{name}", resource.type_name),
            alias => format!("data.{}({alias}).{name}", resource.type_name),
        };
        let many = self.node(target).is_some_and(|node| node.presence.many);
        let root = self.root.clone();
        let ask = |expression: String| {
            let reason = SmolStr::from(format!("data source {address} is read at deployment"));
            let identity = (!many).then(|| Identity::new(&root, &expression));
            Unknown { reason, identity, may_be_absent: false }
        };
        let origin = Origin::computed(header);
        match resource.type_name.as_str() {
            "aws_iam_policy_document" => {
                let document = policy_document::document(self, &attributes, header);
                put(&mut entries, "json", document.clone());
                put(&mut entries, "minified_json", document);
            }
            "aws_partition" => {
                put(&mut entries, "partition", Value::string("aws", origin.clone()));
                put(&mut entries, "id", Value::string("aws", origin.clone()));
                put(&mut entries, "dns_suffix", Value::string("amazonaws.com", origin.clone()));
                put(&mut entries, "reverse_dns_prefix", Value::string("com.amazonaws", origin));
            }
            "aws_region" => {
                let asked = Value::unknown(ask(shared("name")), origin);
                let region = says.region.unwrap_or(asked);
                for name in ["name", "id", "region"] {
                    if !entries.iter().any(|entry| entry.key == name) {
                        put(&mut entries, name, region.clone());
                    }
                }
            }
            "aws_caller_identity" => {
                let asked = |name: &str| Value::unknown(ask(shared(name)), origin.clone());
                let account = says.account.unwrap_or_else(|| asked("account_id"));
                put(&mut entries, "account_id", account.clone());
                put(&mut entries, "id", account);
                put(&mut entries, "arn", asked("arn"));
            }
            _ => {}
        }
        let open = Some(Arc::new(ask(address.to_string())));
        Value::new(Kind::Map(Arc::new(Map { entries, open })), Origin::computed(place))
    }
}
