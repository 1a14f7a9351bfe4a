//! The table of connectors: what is made between two types of resources. Its text stands in `profiles.yaml`.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::Limits;
use source::document::{Node, yaml};

const TEXT: &str = include_str!("profiles.yaml");

/// Both accesses that a connector can give.
pub(super) const ACCESSES: [&str; 2] = ["Read", "Write"];

/// The whole table.
#[derive(Debug, Default)]
pub(super) struct Profiles {
    table: Option<Node>,
    by_types: FxHashMap<(SmolStr, SmolStr), usize>,
}

/// What is made between two types.
#[derive(Debug, Clone, Copy)]
pub(super) struct Profile {
    /// The entry of the table.
    pub(super) node: &'static Node,
    table: &'static Node,
}

impl Profiles {
    fn read() -> Self {
        let table =
            yaml::parse(TEXT, &Limits::default()).ok().and_then(|documents| documents.into_iter().next());
        let mut by_types = FxHashMap::default();
        let profiles = table.as_ref().and_then(|table| table.get("profiles")).map_or(&[][..], Node::items);
        for (index, profile) in profiles.iter().enumerate() {
            for from in texts(profile, "from") {
                for to in texts(profile, "to") {
                    by_types.insert((from.clone(), to.clone()), index);
                }
            }
        }
        Self { table, by_types }
    }

    fn get() -> &'static Self {
        static PROFILES: OnceLock<Profiles> = OnceLock::new();
        PROFILES.get_or_init(Self::read)
    }
}

impl Profile {
    /// What is made between these types; none if they cannot be connected.
    pub(super) fn between(from: &str, to: &str) -> Option<Self> {
        let profiles = Profiles::get();
        let table = profiles.table.as_ref()?;
        let index = profiles.by_types.get(&(SmolStr::new(from), SmolStr::new(to)))?;
        let node = table.get("profiles")?.items().get(*index)?;
        Some(Self { node, table })
    }

    /// A word of the entry.
    pub(super) fn word(&self, key: &str) -> &'static str {
        self.node.get(key).and_then(Node::text).map_or("", SmolStr::as_str)
    }

    /// The statements that an access stands for, each with its actions and what they are allowed on; none if the
    /// types have no such access.
    pub(super) fn statements(&self, access: &str) -> Option<Vec<(Vec<&'static str>, Vec<&'static str>)>> {
        let statement = |node: &'static Node| {
            let actions = node.get("actions").and_then(Node::text);
            let actions = actions.and_then(|name| self.table.get("actions")?.get(name));
            let actions = actions.map_or(&[][..], Node::items).iter().filter_map(Node::text);
            let on = texts(node, "on").map(SmolStr::as_str);
            (actions.map(SmolStr::as_str).collect(), on.collect())
        };
        Some(self.node.get(access)?.items().iter().map(statement).collect())
    }

    /// The service in whose name a type acts.
    pub(super) fn service(&self, type_name: &str) -> Option<&'static str> {
        self.table.get("services")?.get(type_name)?.text().map(SmolStr::as_str)
    }
}

fn texts<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = &'n SmolStr> {
    node.get(key).map_or(&[][..], Node::items).iter().filter_map(Node::text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_gives_something_and_names_actions_that_there_are() {
        let profiles = Profiles::get();
        assert_eq!(profiles.by_types.len(), 31);
        let mut pairs: Vec<_> = profiles.by_types.keys().collect();
        pairs.sort();
        for (from, to) in pairs {
            let profile = Profile::between(from, to).unwrap();
            let made = profile.word("makes");
            let accesses: Vec<_> = ACCESSES.iter().filter_map(|access| profile.statements(access)).collect();
            assert!(!accesses.is_empty(), "{from} {to}");
            let statements = accesses.iter().flatten();
            assert!(
                statements.clone().all(|(actions, on)| !actions.is_empty() && !on.is_empty()),
                "{from} {to}"
            );
            assert_eq!(made == "permission", statements.count() == 0, "{from} {to}");
            assert!(made == "role-policy" || profile.service(from).is_some(), "{from} {to}");
        }
    }
}
