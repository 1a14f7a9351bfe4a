//! Provider configurations: which one a resource has, and the region, account and default tags that it brings.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::{Kind, Part, Value};

use super::block::Skipped;
use crate::ast::{Block, Expr, ExprKind, Step};
use crate::eval::cycle::Running;
use crate::eval::view::MapBuilder;
use crate::eval::{Cell, Evaluator, Scope, Target};

/// A `provider` block of a module instance.
#[derive(Debug)]
pub(crate) struct ProviderConfig {
    pub(crate) instance: usize,
    /// Position among the provider blocks of the folder.
    pub(crate) position: usize,
    /// Local address: `aws`, `aws.west`.
    pub(crate) address: SmolStr,
    attributes: Cell<Value>,
}

/// What a provider configuration says of its resources.
#[derive(Debug, Clone, Default)]
pub(crate) struct ProviderSays {
    pub(crate) region: Option<Value>,
    pub(crate) account: Option<Value>,
    pub(crate) default_tags: Option<Value>,
}

/// The local address of a provider block.
pub(crate) fn address_of(block: &Block) -> SmolStr {
    let name = block.labels.first().cloned().unwrap_or_default();
    match block.body.attribute("alias").and_then(|alias| alias.value.literal()) {
        Some(alias) => SmolStr::from(format!("{name}.{alias}")),
        None => name,
    }
}

/// `aws.west` as an expression or in quotes.
fn address_in(expr: &Expr) -> Option<SmolStr> {
    match &expr.kind {
        ExprKind::Name(name) | ExprKind::String(name) => Some(name.clone()),
        ExprKind::Path(base, steps) => match (&base.kind, &**steps) {
            (ExprKind::Name(name), [Step::Attribute(alias), ..]) => {
                Some(SmolStr::from(format!("{name}.{alias}")))
            }
            _ => None,
        },
        _ => None,
    }
}

impl Evaluator<'_> {
    /// Gives a new module instance its providers: those of its caller, those passed to it, its own.
    pub(crate) fn configure_providers(&mut self, at: usize) {
        let Some(instance) = self.instance(at) else { return };
        let folder = instance.folder;
        let mut providers: FxHashMap<SmolStr, usize> = FxHashMap::default();
        if let Some((caller, call, _)) = &instance.caller {
            let inherited = self.instance(*caller).map(|caller| &caller.providers);
            for (name, config) in inherited.into_iter().flat_map(sorted) {
                // Aliases are passed by `providers` alone.
                if !name.contains('.') {
                    providers.insert(name.clone(), *config);
                }
            }
            if let Some(passed) = call.body.attribute("providers")
                && let ExprKind::Object(entries) = &passed.value.kind
            {
                for (inner, outer) in entries {
                    let outer = address_in(outer).and_then(|outer| inherited.and_then(|all| all.get(&outer)));
                    if let (Some(inner), Some(config)) = (address_in(inner), outer) {
                        providers.insert(inner, *config);
                    }
                }
            }
        }
        for (position, block) in folder.providers.iter().enumerate() {
            let address = address_of(block);
            providers.insert(address.clone(), self.providers.len());
            self.providers.push(ProviderConfig { instance: at, position, address, attributes: Cell::Unset });
        }
        if let Some(instance) = self.instances.get_mut(at) {
            instance.providers = providers;
        }
    }

    /// The provider configuration of a resource or data block.
    pub(crate) fn provider_of(&self, instance: usize, type_name: &str, block: &Block) -> Option<usize> {
        let explicit = block.body.attribute("provider").and_then(|provider| address_in(&provider.value));
        let address =
            explicit.unwrap_or_else(|| SmolStr::new(type_name.split('_').next().unwrap_or_default()));
        self.instance(instance)?.providers.get(&address).copied()
    }

    /// The attributes of a provider configuration.
    pub(crate) fn provider_attributes(&mut self, at: usize) -> Value {
        let Some(config) = self.providers.get(at) else { return Value::absent() };
        let (instance, position) = (config.instance, config.position);
        let Some(block) =
            self.instance(instance).and_then(|instance| instance.folder.providers.get(position))
        else {
            return Value::absent();
        };
        match &config.attributes {
            Cell::Done(value) => return value.clone(),
            Cell::Running => return self.cycle(Running::Provider(at), block.header),
            Cell::Unset => {}
        }
        self.set_provider(at, Cell::Running);
        self.enter(Running::Provider(at));
        let value =
            self.block_value(&block.body, &Scope::of(instance), Skipped::NOTHING, block.header, false);
        self.leave();
        self.set_provider(at, Cell::Done(value.clone()));
        value
    }

    fn set_provider(&mut self, at: usize, attributes: Cell<Value>) {
        if let Some(config) = self.providers.get_mut(at) {
            config.attributes = attributes;
        }
    }

    /// What a provider configuration says.
    pub(crate) fn provider_says(&mut self, at: usize) -> ProviderSays {
        let attributes = self.provider_attributes(at);
        let set = |value: Value| (!value.is_absent() && !matches!(value.kind, Kind::Null)).then_some(value);
        let region = set(attributes.get("region")).map(|value| self.force(value));
        let default_tags = set(attributes.get("default_tags").get("tags"));
        ProviderSays { region, account: self.account_of(&attributes), default_tags }
    }

    /// `allowed_account_ids` with one account, or the account in the role that is assumed.
    fn account_of(&mut self, attributes: &Value) -> Option<Value> {
        let allowed = self.force(attributes.get("allowed_account_ids"));
        if let Some([only]) = allowed.as_list().map(|list| list.items.as_slice()) {
            return Some(self.force(only.value.clone()));
        }
        let role = self.force(attributes.get("assume_role").get("role_arn"));
        match &role.kind {
            Kind::String(arn) => {
                let account = arn.split(':').nth(4).filter(|account| !account.is_empty())?;
                Some(Value::string(account, role.origin.clone()))
            }
            Kind::Template(template) => match template.parts.as_slice() {
                [Part::Text(start), Part::Value(account), Part::Text(end), ..]
                    if start.matches(':').count() == 4 && start.ends_with(':') && end.starts_with(':') =>
                {
                    Some(account.clone())
                }
                _ => None,
            },
            Kind::Unknown(_) => {
                role.origin.place.map(|place| self.derived("account", std::slice::from_ref(&role), place))
            }
            _ => None,
        }
    }

    /// The tags of a resource with the provider's default tags, as far as both are written; its own win.
    pub(crate) fn tags_all(&mut self, target: Target) -> Option<Value> {
        let resource = self.resource_block(target)?;
        let (type_name, block) = (resource.type_name.clone(), &resource.block);
        let provider = self.provider_of(target.instance, &type_name, block);
        let says = provider.map(|provider| self.provider_says(provider)).unwrap_or_default();
        let own = self.body(target).get("tags");
        let origin = own.origin.clone();
        let mut tags = MapBuilder::default();
        for part in [says.default_tags, Some(own)].into_iter().flatten() {
            match self.force(part).kind {
                Kind::Map(map) if map.is_settled() => {
                    map.entries.iter().cloned().for_each(|tag| tags.put(tag));
                }
                Kind::Absent | Kind::Null => {}
                _ => return None,
            }
        }
        Some(tags.finish(origin))
    }

    /// Region and account of the default provider of AWS in an instance.
    pub(crate) fn default_region_and_account(&mut self, instance: usize) -> (Option<Value>, Option<Value>) {
        let Some(at) = self.instance(instance).and_then(|instance| instance.providers.get("aws").copied())
        else {
            return (None, None);
        };
        let says = self.provider_says(at);
        (says.region, says.account)
    }
}

fn sorted(providers: &FxHashMap<SmolStr, usize>) -> Vec<(&SmolStr, &usize)> {
    let mut all: Vec<_> = providers.iter().collect();
    all.sort_unstable();
    all
}
