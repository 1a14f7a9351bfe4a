//! `ResourcePolicy`: who may reach the paths of a REST API, by account, address or network, as the policy in its body.

use rustc_hash::FxHashSet;
use source::document::{Node, NodeKind};

use super::body::{ANY, Body, normal};
use super::edit::{get_mut, is_set, items_mut, plain, set, set_new, within};
use super::routes::without_parameters;
use crate::intrinsic::Call;
use crate::sam::digest;
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, count};

/// Where a document has its policy.
const POLICY: &str = "x-amazon-apigateway-policy";

/// The statements of a policy so far: a statement that is there is not added again.
#[derive(Debug, Default)]
pub(super) struct Policy {
    known: Option<FxHashSet<String>>,
}

impl Policy {
    /// The statements so far; at first those that the document has.
    fn known(&mut self, body: &Body) -> &mut FxHashSet<String> {
        self.known.get_or_insert_with(|| {
            let written = body.document.get(POLICY).and_then(|policy| policy.get("Statement"));
            match written {
                Some(Node { kind: NodeKind::Sequence(items), .. }) => {
                    items.iter().map(digest::json).collect()
                }
                Some(one) => FxHashSet::from_iter([digest::json(one)]),
                None => FxHashSet::default(),
            }
        })
    }

    /// Adds what `written` says for the methods of one path of a stage.
    pub(super) fn add(
        &mut self,
        expansion: &mut Expansion<'_, '_>,
        body: &mut Body,
        written: &Written<'_>,
        path: &str,
    ) -> Option<()> {
        let at = written.at;
        let methods = body.methods(path);
        expansion.spend(4 * (count(written.node) + methods.len() * (6 + count(written.stage))))?;
        let resources = at.list(methods.iter().map(|method| {
            let method = match normal(method) {
                Some(ANY) => "*".to_owned(),
                _ => method.to_ascii_uppercase(),
            };
            let resource = format!("execute-api:/${{__Stage__}}/{method}{}", without_parameters(path));
            at.sub_with(&resource, at.fields().with("__Stage__", written.stage.clone()))
        }));
        let statement = |effect: &str, principal: Node| {
            at.fields()
                .with("Effect", at.text(effect))
                .with("Action", at.text("execute-api:Invoke"))
                .with("Resource", resources.clone())
                .with("Principal", principal)
        };
        for (key, effect) in [("AwsAccountWhitelist", "Allow"), ("AwsAccountBlacklist", "Deny")] {
            if let Some(accounts) = written.list(key) {
                self.push(body, at, statement(effect, at.map([("AWS", accounts)])).node(), Again::Yes);
            }
        }
        let addresses = [("IpRangeWhitelist", "NotIpAddress"), ("IpRangeBlacklist", "IpAddress")];
        let addresses = addresses
            .into_iter()
            .filter_map(|(key, operator)| Some((operator, at.map([("aws:SourceIp", written.list(key)?)]))));
        let networks = [("Blacklist", "StringEquals"), ("Whitelist", "StringNotEquals")];
        let networks =
            networks.into_iter().filter_map(|(end, operator)| Some((operator, written.networks(end)?)));
        for (operator, tested) in addresses.chain(networks) {
            let everyone = || at.text("*");
            self.push(body, at, statement("Allow", everyone()).node(), Again::No);
            let denied = statement("Deny", everyone()).with("Condition", at.map([(operator, tested)]));
            self.push(body, at, denied.node(), Again::No);
        }
        Some(())
    }

    /// Adds statements that are written out.
    pub(super) fn add_custom(&mut self, body: &mut Body, at: At, statements: &Node) {
        let items = match &statements.kind {
            NodeKind::Sequence(items) if Call::of(statements).is_none() => items.as_slice(),
            _ => std::slice::from_ref(statements),
        };
        items
            .iter()
            .filter(|item| is_set(item))
            .for_each(|item| self.push(body, at, item.clone(), Again::No));
    }

    fn push(&mut self, body: &mut Body, at: At, statement: Node, again: Again) {
        if !self.known(body).insert(digest::json(&statement)) && again == Again::No {
            return;
        }
        within(&mut body.document, POLICY, at, |policy| {
            set_new(policy, "Version", at, at.text("2012-10-17"));
            if let Some(one) = policy
                .get("Statement")
                .filter(|one| Call::of(one).is_some() || !matches!(one.kind, NodeKind::Sequence(_)))
            {
                let list = at.list([one.clone()]);
                set(policy, "Statement", at, list);
            }
            set_new(policy, "Statement", at, at.list([]));
            if let Some(items) = get_mut(policy, "Statement").and_then(items_mut) {
                items.push(statement);
            }
        });
    }
}

/// Whether a statement is added that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    Yes,
    No,
}

/// A `ResourcePolicy` as written, and the stage that it is for.
pub(super) struct Written<'n> {
    pub(super) at: At,
    pub(super) node: &'n Node,
    pub(super) stage: &'n Node,
}

impl Written<'_> {
    /// A property as a list, if it is set.
    fn list(&self, key: &str) -> Option<Node> {
        let node = self.node.get(key).filter(|node| is_set(node))?;
        Some(match node.kind {
            NodeKind::Sequence(_) if Call::of(node).is_none() => node.clone(),
            _ => self.at.list([node.clone()]),
        })
    }

    /// The networks and endpoints of the lists that end in `Whitelist` or `Blacklist`.
    fn networks(&self, end: &str) -> Option<Node> {
        let items = |key: String| self.list(&key).map(|node| node.items().to_vec()).unwrap_or_default();
        let (mut networks, mut endpoints) = (Vec::new(), Vec::new());
        for item in items(format!("SourceVpc{end}")) {
            match plain(&item) {
                Some(text) if text.starts_with("vpce-") => endpoints.push(item),
                Some(text) if text.starts_with("vpc-") => networks.push(item),
                _ => {}
            }
        }
        networks.extend(items(format!("IntrinsicVpc{end}")));
        endpoints.extend(items(format!("IntrinsicVpce{end}")));
        let mut tested = self.at.fields();
        for (key, items) in [("aws:SourceVpc", networks), ("aws:SourceVpce", endpoints)] {
            if !items.is_empty() {
                tested.set(key, self.at.list(items));
            }
        }
        (!tested.is_empty()).then(|| tested.node())
    }
}
