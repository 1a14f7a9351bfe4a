//! The APIs that SAM makes for events that name none: `ServerlessRestApi` and `ServerlessHttpApi`. Each stands at the
//! first event that asks for it, and is there where one of its functions is.

use smol_str::SmolStr;
use source::document::{Entry, Node};

use super::edit::{is_set, plain, set, within};
use super::routes::{ApiKind, Route, Routes};
use crate::sam::expansion::Expansion;
use crate::sam::make::{At, count};

/// Attributes that an implicit API has from its functions, and their values, the strongest first.
const POLICIES: [(&str, &[&str]); 2] =
    [("DeletionPolicy", &["Retain", "Delete"]), ("UpdateReplacePolicy", &["Retain", "Snapshot", "Delete"])];

/// The implicit APIs of a template.
pub(crate) fn apis(expansion: &mut Expansion<'_, '_>, routes: &Routes<'_>) -> Vec<(Entry, &'static str)> {
    let kinds = [ApiKind::Rest, ApiKind::Http];
    kinds.into_iter().filter_map(|kind| Some((api(expansion, routes, kind)?, kind.name()))).collect()
}

fn api(expansion: &mut Expansion<'_, '_>, routes: &Routes<'_>, kind: ApiKind) -> Option<Entry> {
    let id = kind.implicit();
    let routes = routes.to(kind, id);
    let at = routes.first()?.event.at;
    let mut properties = at.fields();
    if kind == ApiKind::Rest {
        properties.set("StageName", at.text("Prod"));
    }
    let mut properties = properties.node();
    propagate(expansion, &routes, &mut properties);
    let mut body = at.fields();
    body.set("Type", at.text(format!("AWS::Serverless::{}", kind.name())));
    body.set("Properties", properties);
    let name = format!("{id}Condition");
    if let Some(condition) = combined(expansion, at, &name, routes.iter().map(|route| route.condition())) {
        body.set("Condition", at.text(condition));
    }
    for (attribute, order) in POLICIES {
        let said: Vec<&SmolStr> =
            routes.iter().filter_map(|route| route.owner.value.get(attribute).and_then(plain)).collect();
        if let Some(strongest) = order.iter().find(|one| said.iter().any(|said| said == *one)) {
            body.set(attribute, at.text(*strongest));
        }
    }
    Some(Entry { key: SmolStr::new_static(id), key_span: at.0, value: body.node() })
}

/// The condition that holds where any of some does: one of them, or a new one of this name. None if one is always met.
pub(super) fn combined<'c>(
    expansion: &mut Expansion<'_, '_>,
    at: At,
    name: &str,
    conditions: impl Iterator<Item = Option<&'c SmolStr>>,
) -> Option<SmolStr> {
    let mut names: Vec<&SmolStr> = conditions.collect::<Option<_>>()?;
    names.sort();
    names.dedup();
    match names.as_slice() {
        [] => None,
        [only] => Some((*only).clone()),
        all => {
            let named = all.iter().map(|one| at.map([("Condition", at.text((*one).clone()))]));
            expansion.condition(name, at, any_of(at, named.collect()));
            Some(SmolStr::new(name))
        }
    }
}

/// A condition that holds where one of several does. `Fn::Or` takes ten.
pub(super) fn any_of(at: At, mut parts: Vec<Node>) -> Node {
    while parts.len() > 1 {
        let mut joined = Vec::new();
        while !parts.is_empty() {
            let rest = parts.split_off(parts.len().min(10));
            joined.push(match <[Node; 1]>::try_from(parts) {
                Ok([only]) => only,
                Err(several) => at.call("Fn::Or", at.list(several)),
            });
            parts = rest;
        }
        parts = joined;
    }
    parts.pop().unwrap_or_else(|| at.bool(false))
}

/// Tags of functions that hand theirs on.
fn propagate(expansion: &mut Expansion<'_, '_>, routes: &[&Route<'_>], properties: &mut Node) {
    let mut last: Option<&SmolStr> = None;
    for route in routes {
        if last.replace(&route.owner.key) == Some(&route.owner.key) {
            continue;
        }
        let Some(tags) = tags_to_hand_on(expansion, route) else { continue };
        if expansion.spend(count(&tags)).is_none() {
            return;
        }
        let at = route.event.at;
        within(properties, "Tags", at, |all| {
            tags.entries().iter().for_each(|tag| set(all, &tag.key, At(tag.key_span), tag.value.clone()));
        });
        set(properties, "PropagateTags", at, at.bool(true));
    }
}

/// The tags of a function or state machine, if what is made of it has them, too.
pub(super) fn tags_to_hand_on(expansion: &Expansion<'_, '_>, route: &Route<'_>) -> Option<Node> {
    let kind = if route.is_state_machine { "StateMachine" } else { "Function" };
    let own = route.owner.value.get("Properties");
    let globals = expansion.template.document.get("Globals").and_then(|globals| globals.get(kind));
    let said = |key: &str| {
        let said =
            |from: Option<&Node>| from.and_then(|node| node.get(key)).filter(|node| is_set(node)).cloned();
        said(own).or_else(|| said(globals))
    };
    said("PropagateTags").and_then(|_| said("Tags"))
}
