//! Declared resources by small builders, values as short texts, and a catalogue written by hand.

mod catalogue;

pub(crate) use catalogue::CATALOGUE;
use std::sync::Arc;

use carelint_graph::{Graph, NodeId, Resolved, ScopeOptions};
use smol_str::SmolStr;
use source::{FileId, Place};
use value::declared::{Declared, Language, Mode, Resource, Root, RootId, key};
use value::{
    Condition, How, Identity, Item, Kind, List, Map, MapEntry, Number, Origin, Part, Presence, Reference,
    Unknown, Value,
};

pub(crate) fn place(at: usize) -> Place {
    Place::new(FileId::new(0), at..at + 1)
}

pub(crate) fn written() -> Origin {
    Origin::literal(place(7))
}

pub(crate) fn s(text: &str) -> Value {
    Value::string(text, written())
}

pub(crate) fn b(known: bool) -> Value {
    Value::bool(known, written())
}

pub(crate) fn n(number: &str) -> Value {
    Value::number(Number::parse(number).expect("a number"), written())
}

pub(crate) fn null() -> Value {
    Value::new(Kind::Null, written())
}

pub(crate) fn list(items: impl IntoIterator<Item = Value>) -> Value {
    Value::list(items, written())
}

/// A list of elements with their presence, which may hold more.
pub(crate) fn items(items: impl IntoIterator<Item = (Presence, Value)>, open: bool) -> Value {
    let items = items.into_iter().map(|(presence, value)| Item { value, presence }).collect();
    let open = open.then(|| Arc::new(Unknown::fresh("the list is open")));
    Value::new(Kind::List(Arc::new(List::new(items, open))), written())
}

pub(crate) fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    let entries = entries.into_iter().map(|(key, value)| MapEntry::certain(key, value)).collect();
    Value::new(Kind::Map(Arc::new(Map::new(entries, None))), written())
}

/// A block whose header stands at a place.
pub(crate) fn block<const N: usize>(
    at: usize,
    name: &str,
    entries: [(&str, Value); N],
) -> (String, Value, Place) {
    (name.to_owned(), map(entries), place(at))
}

/// A variable of the root `r` without value.
pub(crate) fn var(name: &str) -> Value {
    let identity = Identity::new("r", &format!("var.{name}"));
    Value::unknown(Unknown::identified(format!("var.{name} has no value"), identity), written())
}

/// An unknown that may be absent and is like no other.
pub(crate) fn maybe() -> Value {
    Value::unknown(Unknown { may_be_absent: true, ..Unknown::fresh("who knows") }, written())
}

/// A reference to an attribute of a resource of the root `r`.
pub(crate) fn to(address: &str, attribute: &str) -> Value {
    in_root("r", address, attribute)
}

pub(crate) fn in_root(root: &str, address: &str, attribute: &str) -> Value {
    let reference = Reference { to: key(root, address), attribute: attribute.into(), many: false };
    Value::new(Kind::Reference(Arc::new(reference)), written())
}

/// A reference to one of several instances.
pub(crate) fn any(address: &str, attribute: &str) -> Value {
    let reference = Reference { to: key("r", address), attribute: attribute.into(), many: true };
    Value::new(Kind::Reference(Arc::new(reference)), written())
}

pub(crate) fn template<const N: usize>(parts: [Value; N]) -> Value {
    let part = |value: Value| match value.kind {
        Kind::String(text) => Part::Text(text),
        _ => Part::Value(value),
    };
    Value::template(parts.map(part), written())
}

pub(crate) fn when(atom: &str) -> Condition {
    Condition::literal(Identity::new("r", atom).text, "true")
}

pub(crate) fn if_else(atom: &str, yes: Value, no: Value) -> Value {
    Value::alternatives([(when(atom), yes), (when(atom).not(), no)], written())
}

pub(crate) struct Scan {
    pub(crate) declared: Declared,
    pub(crate) options: ScopeOptions,
}

impl Scan {
    pub(crate) fn new() -> Self {
        let options = ScopeOptions { complete: true, ..ScopeOptions::default() };
        Self { declared: Declared::default(), options }.root("r", Language::Terraform)
    }

    pub(crate) fn root(mut self, name: &str, language: Language) -> Self {
        self.declared.roots.push(Root {
            name: name.into(),
            language,
            folder: name.into(),
            library: false,
            account: None,
            region: None,
            environment: None,
        });
        self
    }

    pub(crate) fn last_root(mut self, change: impl FnOnce(&mut Root)) -> Self {
        change(self.declared.roots.last_mut().expect("a root"));
        self
    }

    /// Adds `type.name` to the last root.
    pub(crate) fn with<const N: usize>(self, address: &str, attributes: [(&str, Value); N]) -> Self {
        self.add(address, map(attributes), |_| {})
    }

    pub(crate) fn guarded<const N: usize>(
        self,
        atom: &str,
        address: &str,
        attributes: [(&str, Value); N],
    ) -> Self {
        self.add(address, map(attributes), |resource| resource.presence = Presence::guarded(when(atom)))
    }

    pub(crate) fn add(
        mut self,
        address: &str,
        attributes: Value,
        change: impl FnOnce(&mut Resource),
    ) -> Self {
        let root = self.declared.roots.last().expect("a root");
        let at = 100 * (self.declared.resources.len() + 1);
        let local = address.rsplit_once("].").map_or(address, |(_, local)| local);
        let whole = local.split_once('[').map_or(local, |(whole, _)| whole);
        let (type_name, _) = whole.rsplit_once('.').expect("type.name");
        let mut resource = Resource {
            key: key(&root.name, address),
            address: address.into(),
            mode: Mode::Managed,
            type_name: type_name.into(),
            attributes,
            presence: Presence::CERTAIN,
            root: RootId(u32::try_from(self.declared.roots.len() - 1).expect("few roots")),
            place: place(at),
            body: place(at),
            logical_id: None,
            construct: None,
            caller: None,
            instance: None,
            region: None,
            account: None,
            meta: map([]),
        };
        change(&mut resource);
        self.declared.resources.push(resource.into());
        self
    }

    pub(crate) fn graph(&self) -> Graph<'_> {
        Graph::build(&self.declared, &CATALOGUE, &self.options)
    }
}

/// The node at an address of the root `r`.
pub(crate) fn at(graph: &Graph<'_>, address: &str) -> NodeId {
    let found =
        graph.nodes().find(|(id, _)| graph.resource(*id).is_some_and(|found| found.address == address));
    found.map(|(id, _)| id).unwrap_or_else(|| panic!("no node at {address}"))
}

/// `address attribute`, as text.
pub(crate) fn attribute(graph: &Graph<'_>, address: &str, name: &str) -> Value {
    let id = at(graph, address);
    let model = graph.model(id).unwrap_or_else(|| panic!("{address} has no model"));
    let (attribute, _) = model.attribute(name).unwrap_or_else(|| panic!("{} has no {name}", model.name));
    graph.attribute(id, attribute)
}

#[track_caller]
pub(crate) fn check(scan: &Scan, address: &str, name: &str, expect: &str) {
    assert_eq!(show(&attribute(&scan.graph(), address, name)), expect);
}

pub(crate) fn addresses(graph: &Graph<'_>, resolved: &Resolved) -> String {
    let address =
        |id: &NodeId| graph.resource(*id).map(|found| found.address.to_string()).unwrap_or_default();
    match resolved {
        Resolved::Node(id) => address(id),
        Resolved::OneOf(nodes, reason) => {
            let each = nodes.iter().map(|(when, id)| format!("{} if {}", address(id), condition(when)));
            format!("{} ({reason})", each.collect::<Vec<_>>().join(", "))
        }
        Resolved::Outside(reason) => format!("outside: {reason}"),
        Resolved::Absent => "absent".to_owned(),
    }
}

/// A value as text: defaults are marked by `=`, references by `>`, unknowns by `?`.
pub(crate) fn show(value: &Value) -> String {
    let mark = if value.origin.how == How::Default { "=" } else { "" };
    let secret = if value.sensitive { "secret " } else { "" };
    let text = match &value.kind {
        Kind::Absent => "absent".to_owned(),
        Kind::Null => "null".to_owned(),
        Kind::Bool(known) => known.to_string(),
        Kind::Number(number) => number.to_string(),
        Kind::String(text) => format!("{text:?}"),
        Kind::List(list) => {
            let item = |item: &Item| format!("{}{}", presence(&item.presence), show(&item.value));
            let mut parts: Vec<String> = list.items.iter().map(item).collect();
            parts.extend(list.open.as_ref().map(|open| format!("...{}", open.reason)));
            format!("[{}]", parts.join(", "))
        }
        Kind::Map(map) => {
            let entry = |entry: &MapEntry| {
                format!("{}{}: {}", presence(&entry.presence), entry.key, show(&entry.value))
            };
            let mut parts: Vec<String> = map.entries.iter().map(entry).collect();
            parts.extend(map.open.as_ref().map(|open| format!("...{}", open.reason)));
            format!("{{{}}}", parts.join(", "))
        }
        Kind::Reference(reference) => {
            let many = if reference.many { "*" } else { "" };
            format!(">{}{many} {}", Identity::shown(&reference.to), reference.attribute).trim_end().to_owned()
        }
        Kind::Unknown(unknown) => {
            format!("?{}{}", if unknown.may_be_absent { "?" } else { "" }, unknown.reason)
        }
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => text.to_string(),
                Part::Value(value) => format!("${{{}}}", show(value)),
            };
            format!("`{}`", template.parts.iter().map(part).collect::<String>())
        }
        Kind::Alternatives(alternatives) => {
            let choice = |(when, value): &(Condition, Value)| format!("{}: {}", condition(when), show(value));
            format!("({})", alternatives.choices.iter().map(choice).collect::<Vec<_>>().join(" | "))
        }
    };
    let mark = if matches!(value.kind, Kind::Alternatives(_) | Kind::Absent) { "" } else { mark };
    format!("{secret}{mark}{text}")
}

fn presence(presence: &Presence) -> String {
    let many = if presence.many { "* " } else { "" };
    match &presence.when {
        Condition::Always => many.to_owned(),
        when => format!("{many}if {} ", condition(when)),
    }
}

pub(crate) fn condition(condition_: &Condition) -> String {
    match condition_ {
        Condition::Always => "always".to_owned(),
        Condition::Never => "never".to_owned(),
        Condition::Literal(literal) if literal.value == "true" => Identity::shown(&literal.atom).to_owned(),
        Condition::Literal(literal) => format!("{}={}", Identity::shown(&literal.atom), literal.value),
        Condition::Not(inner) => format!("!{}", condition(inner)),
        Condition::All(parts) => parts.iter().map(condition).collect::<Vec<_>>().join("&"),
        Condition::Any(parts) => format!("({})", parts.iter().map(condition).collect::<Vec<_>>().join("|")),
    }
}

pub(crate) fn text(text: &str) -> SmolStr {
    SmolStr::new(text)
}
