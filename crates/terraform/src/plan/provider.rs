//! Which region, account and default tags a planned resource has from its provider, as far as the configuration of the
//! plan tells: constants and variables of the root. Values computed from locals are in no plan.

use source::FileId;
use source::document::{Node, NodeKind};
use value::{Kind, Map, MapEntry, Origin, Value};

use super::configuration::{Configuration, Followed, Scope, constant};

/// What a provider configuration says.
#[derive(Debug, Clone, Default)]
pub(super) struct Says {
    pub(super) region: Option<Value>,
    pub(super) account: Option<Value>,
    pub(super) default_tags: Option<Value>,
}

/// The provider configurations of a plan.
pub(super) struct Providers<'a> {
    pub(super) file: FileId,
    pub(super) configs: Option<&'a Node>,
    pub(super) variables: Option<&'a Node>,
    pub(super) configuration: &'a Configuration<'a>,
}

/// The key of the provider configuration that resources have by default.
const DEFAULT: &str = "aws";

impl Providers<'_> {
    /// What the default provider configuration of the root says.
    pub(super) fn default_says(&self) -> Says {
        self.says(DEFAULT)
    }

    /// What the provider configuration of a resource's block says: region and account only where it is another one than
    /// the root's default.
    pub(super) fn of(&self, block: Option<&Node>) -> Says {
        let key = block.and_then(|block| block.get("provider_config_key")).and_then(Node::text);
        let Some(key) = key else { return Says::default() };
        let says = self.says(key);
        if key == DEFAULT { Says { region: None, account: None, ..says } } else { says }
    }

    fn says(&self, key: &str) -> Says {
        let config = self.configs.and_then(|configs| configs.get(key));
        // The configurations of called modules have the variables of these; they are followed in the root alone.
        let inside = config.is_some_and(|config| config.get("module_address").is_some());
        let Some(expressions) = config.and_then(|config| config.get("expressions")) else {
            return Says::default();
        };
        let text =
            |expression: Option<&Node>| self.value(expression?, inside).filter(|v| v.as_str().is_some());
        let tags = expressions.get("default_tags").and_then(|blocks| blocks.items().first()?.get("tags"));
        Says {
            region: text(expressions.get("region")),
            account: self.account(expressions, inside),
            default_tags: tags
                .and_then(|tags| self.value(tags, inside))
                .filter(|tags| tags.as_map().is_some()),
        }
    }

    /// `allowed_account_ids` with one account, or the account in the role that is assumed.
    fn account(&self, expressions: &Node, inside: bool) -> Option<Value> {
        let allowed = expressions.get("allowed_account_ids").and_then(|ids| self.value(ids, inside));
        if let Some([only]) = allowed.as_ref().and_then(Value::as_list).map(|list| list.items.as_slice()) {
            return Some(only.value.clone()).filter(|account| account.as_str().is_some());
        }
        let role = expressions.get("assume_role").and_then(|blocks| blocks.items().first()?.get("role_arn"));
        let role = self.value(role?, inside)?;
        let account = role.as_str()?.split(':').nth(4).filter(|account| !account.is_empty())?;
        Some(Value::string(account, role.origin.clone()))
    }

    /// The value of an expression that is a constant or a variable of the root.
    fn value(&self, expression: &Node, inside: bool) -> Option<Value> {
        if let Some(constant) = constant(expression) {
            return literal(self.file, constant, DEPTH);
        }
        let (name, selected) = match self.configuration.follow(expression, Scope::ROOT).filter(|_| !inside)? {
            Followed::Variable(name, _) => (name, String::new()),
            Followed::PartOfVariable(name, selected) => (name, selected),
            _ => return None,
        };
        let mut value = self.variables?.get(&name)?.get("value")?;
        for step in selected.split(['.', '[', ']', '"']).filter(|step| !step.is_empty()) {
            value = match step.parse::<usize>() {
                Ok(at) if !value.items().is_empty() => value.items().get(at)?,
                _ => value.get(step)?,
            };
        }
        literal(self.file, value, DEPTH)
    }
}

/// Deepest nesting of a literal.
const DEPTH: usize = 16;

/// JSON as a value; nothing for what is null or too deep.
fn literal(file: FileId, node: &Node, depth: usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    let origin = Origin::literal(source::Place::new(file, node.span));
    match &node.kind {
        NodeKind::Scalar(scalar) => super::values::scalar(scalar, origin),
        NodeKind::Sequence(items) => {
            let items = items.iter().filter_map(|item| literal(file, item, depth));
            Some(Value::list(items, origin))
        }
        NodeKind::Mapping(entries) => {
            let entry = |entry: &source::document::Entry| {
                let value = literal(file, &entry.value, depth)?;
                Some(MapEntry::certain(entry.key.clone(), value))
            };
            let map = Map::new(entries.iter().filter_map(entry).collect(), None);
            Some(Value::new(Kind::Map(map.into()), origin))
        }
    }
}
