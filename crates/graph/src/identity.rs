//! What resources are called: names and ARNs, known or symbolic, and who is called so. Invariant: two texts have
//! the same canonical form only if they are the same text in every deployment.

use std::sync::OnceLock;

use language::ir::{AttrId, How, Kind as Model, KindId, Step, TemplatePart};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::declared::RootId;
use value::{Condition, Identity, Kind, Origin, Part, Reference, References, Unknown, Value, text_parts};

use crate::choices::exclude;
use crate::graph::{Graph, Node, NodeId};

/// Names and ARNs of nodes. Filled on first demand: many scans refer by address only.
#[derive(Default)]
pub(crate) struct Identities {
    names: OnceLock<Names>,
    arns: OnceLock<FxHashMap<SmolStr, Vec<Called>>>,
}

/// A node that is called so where a condition holds.
pub(crate) type Called = (Condition, NodeId);

#[derive(Default)]
struct Names {
    in_root: FxHashMap<(KindId, RootId, SmolStr), Vec<Called>>,
    anywhere: FxHashMap<(KindId, SmolStr), Vec<Called>>,
}

/// Most nodes of one name that are looked at.
const MOST_NAMESAKES: usize = 64;

/// Stands around symbolic parts of a canonical text; texts of the source that contain it have no canonical form.
const MARK: char = '\u{1e}';

/// What an attribute of a resource says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Its name.
    Name,
    /// Its ARN.
    Arn,
    /// Something else.
    Other,
}

/// What a reference to `attribute` of a resource of this kind gives.
pub(crate) fn class(model: &Model, spelling: Option<u16>, attribute: &str) -> Class {
    let reference_is_arn = || model.reference.is_some_and(|id| attribute_name(model, id).ends_with("arn"));
    match attribute {
        "" | "id" if reference_is_arn() => Class::Arn,
        "" | "id" | "name" => Class::Name,
        "arn" | "Arn" => Class::Arn,
        _ if spelled_name(model, spelling) == Some(attribute) => Class::Name,
        _ if attribute.ends_with("Arn") && !attribute.contains('.') => Class::Arn,
        _ => Class::Other,
    }
}

fn attribute_name(model: &Model, id: AttrId) -> &'static str {
    model.attributes.get(id.0 as usize).map_or("", |attribute| attribute.name)
}

/// How a spelling calls the attribute that is the name.
fn spelled_name(model: &Model, spelling: Option<u16>) -> Option<&'static str> {
    let name = model.identity_name?;
    let spelling = model.spellings.get(spelling? as usize)?;
    match spelling.reads.iter().find(|(id, _)| *id == name) {
        Some((_, How::Path([Step::Name(text)]))) => Some(text),
        _ => None,
    }
}

/// An ARN taken apart.
struct Arn {
    /// Service and resource, canonical.
    key: SmolStr,
    region: Option<SmolStr>,
    account: Option<SmolStr>,
}

impl Graph<'_> {
    /// Nodes of a kind that are called like this, by name or ARN: those of `root` if there are any, else of those
    /// that `reach` admits (told whether they are found by ARN).
    pub(crate) fn called(
        &self,
        parts: &[Part],
        kind: KindId,
        root: Option<RootId>,
        reach: &dyn Fn(&Node, bool) -> bool,
    ) -> Vec<Called> {
        let near = |node: &Node| root.is_some() && self.root_of(node) == root;
        if let Some(text) = self.canonical_name(parts, kind) {
            let names = self.identities.names.get_or_init(|| self.names());
            if let Some(found) = root.and_then(|root| names.in_root.get(&(kind, root, text.clone()))) {
                return found.clone();
            }
            if let Some(found) = names.anywhere.get(&(kind, text)) {
                let found = self.among(found, &|node| reach(node, false));
                if !found.is_empty() {
                    return found;
                }
            }
        }
        let Some(arn) = arn(parts, self) else { return Vec::new() };
        let arns = self.identities.arns.get_or_init(|| self.arns());
        let candidates = arns.get(&arn.key).map_or(&[][..], Vec::as_slice);
        let same = |node: &Node| node.kind == Some(kind) && self.same_place(node, &arn);
        let here = self.among(candidates, &|node| near(node) && same(node));
        if here.is_empty() { self.among(candidates, &|node| reach(node, true) && same(node)) } else { here }
    }

    fn among(&self, nodes: &[Called], admit: &dyn Fn(&Node) -> bool) -> Vec<Called> {
        nodes.iter().filter(|(_, id)| self.node(*id).is_some_and(admit)).cloned().collect()
    }

    fn names(&self) -> Names {
        let mut names = Names::default();
        for (id, node) in self.nodes().filter(|(_, node)| !node.stand_in) {
            let (Some(kind), Some(root), Some(name)) = (node.kind, self.root_of(node), self.name_of(node))
            else {
                continue;
            };
            each_choice(name, &mut |when, name| {
                let Some(text) = canonical(&text_parts(name, self), self) else { return };
                push(names.in_root.entry((kind, root, text.clone())).or_default(), when, id);
                push(names.anywhere.entry((kind, text)).or_default(), when, id);
            });
        }
        names
    }

    fn arns(&self) -> FxHashMap<SmolStr, Vec<Called>> {
        let mut arns: FxHashMap<SmolStr, Vec<Called>> = FxHashMap::default();
        for (id, node) in self.nodes().filter(|(_, node)| !node.stand_in) {
            let mut add = |when: &Condition, name: Option<&Value>| {
                let Some(text) = self.arn_by(node, name) else { return };
                let Some(arn) = arn(&text_parts(&text, self), self) else { return };
                push(arns.entry(arn.key).or_default(), when, id);
            };
            match self.name_of(node) {
                Some(name) => each_choice(name, &mut |when, name| add(when, Some(name))),
                None => add(&Condition::Always, None),
            }
        }
        arns
    }

    /// The name of a node, where the source gives it one.
    pub(crate) fn name_of<'n>(&self, node: &'n Node) -> Option<&'n Value> {
        let model = self.catalogue.kind(node.kind?)?;
        node.slots.get(model.identity_name?.0 as usize).filter(|name| !name.is_absent())
    }

    /// The ARN of a node as a template; a name that the source leaves open is a reference to the node itself.
    pub(crate) fn arn_of(&self, node: &Node) -> Option<Value> {
        self.arn_by(node, self.name_of(node))
    }

    fn arn_by(&self, node: &Node, name: Option<&Value>) -> Option<Value> {
        let model = self.catalogue.kind(node.kind?)?;
        if model.identity_arn.is_empty() {
            return None;
        }
        let resource = self.declared.resources.get(node.resource as usize)?;
        let mut parts = Vec::with_capacity(model.identity_arn.len());
        for part in model.identity_arn {
            parts.push(match part {
                TemplatePart::Text(text) => Part::Text(SmolStr::new_static(text)),
                TemplatePart::Place(place) => self.place_part(node, place),
                TemplatePart::Attribute(id) => match name
                    .filter(|_| model.identity_name == Some(*id))
                    .or(node.slots.get(id.0 as usize))
                {
                    Some(slot) if !slot.is_absent() => Part::Value(slot.clone()),
                    _ => {
                        let attribute = SmolStr::new_static(attribute_name(model, *id));
                        let reference =
                            Reference { to: resource.key.clone(), attribute, many: resource.presence.many };
                        Part::Value(Value::new(Kind::Reference(reference.into()), Origin::default()))
                    }
                },
            });
        }
        Some(Value::template(flat(parts), Origin::default()))
    }

    /// `{partition}`, `{region}` or `{account}` of a node.
    fn place_part(&self, node: &Node, place: &str) -> Part {
        let resource = self.declared.resources.get(node.resource as usize);
        let region = || self.declared.region_of(resource?);
        let value = match place {
            "region" => region(),
            "account" => resource.and_then(|resource| self.declared.account_of(resource)),
            _ => match region().and_then(Value::as_str) {
                Some(region) if region.starts_with("cn-") => {
                    return Part::Text(SmolStr::new_static("aws-cn"));
                }
                Some(region) if region.starts_with("us-gov-") => {
                    return Part::Text(SmolStr::new_static("aws-us-gov"));
                }
                Some(region) if region.contains("-iso") => None,
                Some(_) => return Part::Text(SmolStr::new_static("aws")),
                None => None,
            },
        };
        match value {
            Some(Value { kind: Kind::String(text), .. }) => Part::Text(text.clone()),
            Some(value) => Part::Value(value.clone()),
            None => {
                let root = resource.and_then(|resource| self.declared.root_of(resource));
                let root = root.map_or("", |root| root.name.as_str());
                let unknown =
                    Unknown::identified(format!("the {place} is not known"), Identity::new(root, place));
                Part::Value(Value::unknown(unknown, Origin::default()))
            }
        }
    }

    /// Whether an ARN that is written may be that of a node, by region and account: where either side leaves them
    /// open, it may.
    fn same_place(&self, node: &Node, written: &Arn) -> bool {
        let known = |place| match self.place_part(node, place) {
            Part::Text(text) => Some(text),
            Part::Value(_) => None,
        };
        let agree = |written: &Option<SmolStr>, place| match (written, known(place)) {
            (Some(written), Some(known)) => written.is_empty() || *written == known,
            _ => true,
        };
        agree(&written.region, "region") && agree(&written.account, "account")
    }

    fn canonical_name(&self, parts: &[Part], kind: KindId) -> Option<SmolStr> {
        let text = canonical(parts, self)?;
        let model = self.catalogue.kind(kind)?;
        let fold =
            model.identity_name.and_then(|id| model.attributes.get(id.0 as usize)).is_some_and(|a| a.fold);
        // Symbolic parts keep their case: the names of nodes are folded in their texts only.
        if fold && !text.contains(MARK) { Some(text.to_ascii_lowercase().into()) } else { Some(text) }
    }

    pub(crate) fn root_of(&self, node: &Node) -> Option<RootId> {
        self.declared.resources.get(node.resource as usize).map(|resource| resource.root)
    }

    /// The canonical form of an attribute of a resource: `name`, `arn` or the attribute itself.
    fn reference_mark(&self, reference: &Reference) -> Option<SmolStr> {
        if reference.many {
            return None;
        }
        let attribute = match self.identified(reference) {
            Some((_, Class::Name)) => "name",
            Some((_, Class::Arn)) => "arn",
            _ => reference.attribute.as_str(),
        };
        Some(SmolStr::from(format!("{MARK}{}\u{1f}{attribute}{MARK}", reference.to)))
    }

    /// The modelled node that a reference names, and what the attribute says about it.
    fn identified(&self, reference: &Reference) -> Option<(&Node, Class)> {
        let id = self.subjects_of(self.keys.exact(&reference.to)?).first()?;
        let node = self.node(*id)?;
        let model = self.catalogue.kind(node.kind?)?;
        Some((node, class(model, node.spelling, &reference.attribute)))
    }
}

/// A value, or each of its alternatives with its condition.
fn each_choice(value: &Value, visit: &mut dyn FnMut(&Condition, &Value)) {
    match &value.kind {
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().for_each(|(when, choice)| visit(when, choice));
        }
        _ => visit(&Condition::Always, value),
    }
}

fn push(known: &mut Vec<Called>, when: &Condition, id: NodeId) {
    if known.len() < MOST_NAMESAKES {
        known.push((when.clone(), id));
    }
}

/// Takes templates inside of parts apart, so that an ARN is one level deep.
fn flat(parts: Vec<Part>) -> Vec<Part> {
    let mut out = Vec::with_capacity(parts.len());
    for part in parts {
        match part {
            Part::Value(Value { kind: Kind::String(text), .. }) => out.push(Part::Text(text)),
            Part::Value(Value { kind: Kind::Template(template), .. }) => {
                out.extend(template.parts.iter().cloned());
            }
            part => out.push(part),
        }
    }
    out
}

/// The one form of a text that all its spellings share; none if a part may differ from one use to the next.
fn canonical(parts: &[Part], graph: &Graph<'_>) -> Option<SmolStr> {
    if let [Part::Text(text)] = parts {
        return (!text.contains(MARK)).then(|| text.clone());
    }
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(known) if known.contains(MARK) => return None,
            Part::Text(known) => text.push_str(known),
            Part::Value(value) => match &value.kind {
                Kind::Unknown(unknown) => {
                    let identity = unknown.identity.as_ref()?;
                    text.push(MARK);
                    text.push_str(&identity.text);
                    text.push(MARK);
                }
                Kind::Reference(reference) => text.push_str(&graph.reference_mark(reference)?),
                _ => return None,
            },
        }
    }
    (!text.is_empty()).then(|| text.into())
}

/// Takes an ARN apart: `arn:partition:service:region:account:resource`. Colons count in known text only.
fn arn(parts: &[Part], graph: &Graph<'_>) -> Option<Arn> {
    let Some(Part::Text(first)) = parts.first() else { return None };
    first.starts_with("arn:").then_some(())?;
    let mut fields: Vec<Vec<Part>> = vec![Vec::new()];
    for part in parts {
        let Part::Text(text) = part else {
            fields.last_mut()?.push(part.clone());
            continue;
        };
        let mut rest = text.as_str();
        while fields.len() < 6
            && let Some((before, after)) = rest.split_once(':')
        {
            fields.last_mut()?.push(Part::Text(before.into()));
            fields.push(Vec::new());
            rest = after;
        }
        if !rest.is_empty() {
            fields.last_mut()?.push(Part::Text(rest.into()));
        }
    }
    let [_, _, service, region, account, resource] = fields.as_slice() else { return None };
    let known = |field: &[Part]| match field {
        [] => Some(SmolStr::default()),
        [Part::Text(text)] => Some(text.clone()),
        _ => None,
    };
    let key = SmolStr::from(format!("{}:{}", known(service)?, canonical(resource, graph)?));
    Some(Arn { key, region: known(region), account: known(account) })
}

impl References for Graph<'_> {
    fn text(&self, reference: &Reference) -> Option<Value> {
        if reference.many {
            return None;
        }
        let (node, class) = self.identified(reference)?;
        match class {
            // Names that refer to names multiply; a name of very many parts is compared as a whole instead.
            Class::Name => self.name_of(node).filter(|name| is_short(name)).cloned(),
            Class::Arn => self.arn_of(node),
            Class::Other => None,
        }
    }

    fn distinct(&self, a: &Reference, b: &Reference) -> bool {
        if a.to == b.to || a.many || b.many {
            return false;
        }
        let (Some((x, class_x)), Some((y, class_y))) = (self.identified(a), self.identified(b)) else {
            return false;
        };
        // Where both texts are told, they are compared.
        if class_x == Class::Other || class_x != class_y || (self.text(a).is_some() && self.text(b).is_some())
        {
            return false;
        }
        let same_place = x.account == y.account && x.region == y.region;
        let together = same_place && (x.account.is_some() || self.root_of(x) == self.root_of(y));
        let together = together && !exclude(&x.presence.when, &y.presence.when);
        x.kind == y.kind && !x.presence.many && !y.presence.many && together
    }
}

fn is_short(name: &Value) -> bool {
    !matches!(&name.kind, Kind::Template(template) if template.parts.len() > 16)
}
