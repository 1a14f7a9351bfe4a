//! Regions and accounts: where a node is deployed to, what an ARN says of it, and whether two places differ.
//! Invariant: two regions differ only if both are known; the region of a root that says none is one region.

use graph::NodeId;
use smol_str::SmolStr;
use value::declared::Root;
use value::{Condition, Identity, Kind, Origin, Unknown, Value};

use crate::arn::fields;
use crate::decision::Decision;
use crate::identity::of_deployment;
use crate::lists::fact_origin;
use crate::pattern::Symbol;
use crate::reader::{Lead, Reader, Target};

/// What the name of a root's own region, chosen at deployment, is called.
const OWN: &str = "region";

/// The region of a node: as its provider, its own argument or its stack says, else the one of its root.
pub(crate) fn of_node(reader: &Reader<'_>, node: NodeId) -> Value {
    let Some(resource) = reader.resource(node) else { return Value::absent() };
    let declared = reader.graph.declared;
    match declared.region_of(resource) {
        Some(value) if matches!(value.kind, Kind::String(_) | Kind::Unknown(_) | Kind::Alternatives(_)) => {
            value.clone()
        }
        Some(value) => not_known("the region is known after deployment", &value.origin),
        None => {
            let root = declared.root_of(resource).map_or("", |root| root.name.as_str());
            let identity = Identity::new(root, OWN);
            let unknown = Unknown::identified("the region is chosen at deployment", identity);
            Value::unknown(unknown, fact_origin(&Origin::computed(resource.place)))
        }
    }
}

fn not_known(why: &str, origin: &Origin) -> Value {
    Value::unknown(Unknown::fresh(why), origin.clone())
}

fn root_of<'g>(reader: &Reader<'g>, node: NodeId) -> Option<&'g Root> {
    reader.graph.declared.root_of(reader.resource(node)?)
}

/// Whether two regions are one, each seen from a node: the region of the deployment is that of the node's root.
pub(crate) fn same(reader: &Reader<'_>, a: (&Value, NodeId), b: (&Value, NodeId)) -> Decision {
    let root = |node| root_of(reader, node).map_or("", |root| root.name.as_str());
    Decision::over_choices(a.0, |x| {
        Decision::over_choices(b.0, |y| match (&x.kind, &y.kind) {
            (Kind::String(x), Kind::String(y)) => Decision::from(x == y),
            _ => match (symbol(x, root(a.1)), symbol(y, root(b.1)), x.as_str().or(y.as_str())) {
                (Some(x), Some(y), _) if x == y => Decision::YES,
                // What is not known is this region, or another: a condition like any other.
                (Some(atom), None, Some(known)) | (None, Some(atom), Some(known)) => {
                    Decision::where_holds(Condition::literal(atom, known))
                }
                _ => Decision::unknown(
                    why(x).or_else(|| why(y)).unwrap_or_else(|| "a region is not known".into()),
                ),
            },
        })
    })
}

fn why(value: &Value) -> Option<SmolStr> {
    match &value.kind {
        Kind::Unknown(unknown) => Some(unknown.reason.clone()),
        _ => None,
    }
}

/// What a region that is not known is, symbolically.
fn symbol(region: &Value, root: &str) -> Option<SmolStr> {
    let Kind::Unknown(unknown) = &region.kind else { return None };
    let text = of_deployment(&unknown.identity.as_ref()?.text);
    Some(if text == OWN { Identity::new(root, OWN).text } else { text })
}

/// Where something lies: its region, and its account where the source tells.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its region; an unknown where the source does not tell.
    pub(crate) region: Value,
    /// Whether it lies in another region than the node that it is seen from.
    pub(crate) other_region: Decision,
    /// Whether it lies in another account.
    pub(crate) other_account: Decision,
}

/// The place of what a reference leads to, seen from `node`.
pub(crate) fn of_lead(reader: &Reader<'_>, node: NodeId, lead: &Lead) -> Place {
    match &lead.target {
        Target::Node(target) => {
            let region = of_node(reader, *target);
            let other_region = same(reader, (&of_node(reader, node), node), (&region, *target)).negated();
            Place { region, other_region, other_account: other_account(reader, node, *target) }
        }
        Target::Outside(why) => of_arn(reader, node, &lead.value, why),
    }
}

/// The place of the region with this name, in the account of `node`.
pub(crate) fn of_region(reader: &Reader<'_>, node: NodeId, region: Value) -> Place {
    let other_region = same(reader, (&of_node(reader, node), node), (&region, node)).negated();
    Place { region, other_region, other_account: Decision::NO }
}

/// What an ARN of something outside the scan says of its place. Other texts say nothing.
fn of_arn(reader: &Reader<'_>, node: NodeId, arn: &Value, why: &str) -> Place {
    let text = reader.text(arn);
    let fields = fields(&text, 6);
    let outside = || not_known(&format!("it lies outside the scan: {why}"), &arn.origin);
    let (region, account) = match fields.as_slice() {
        [scheme, _, _, region, account, _] if spelled(scheme).as_deref() == Some("arn") => {
            (value_of(region, &arn.origin).unwrap_or_else(outside), value_of(account, &arn.origin))
        }
        _ => (outside(), None),
    };
    let other_region = same(reader, (&of_node(reader, node), node), (&region, node)).negated();
    let own = reader.resource(node).and_then(|resource| reader.graph.declared.account_of(resource));
    let other_account = account_differs(own, account.as_ref());
    Place { region, other_region, other_account }
}

/// Whether two accounts, as far as they are written, differ.
pub(crate) fn account_differs(own: Option<&Value>, other: Option<&Value>) -> Decision {
    match (own.map(|own| &own.kind), other.map(|other| &other.kind)) {
        (Some(Kind::String(own)), Some(Kind::String(other))) => Decision::from(own != other),
        (Some(Kind::Unknown(own)), Some(Kind::Unknown(other)))
            if own.identity.is_some() && own.identity == other.identity =>
        {
            Decision::NO
        }
        (None, Some(Kind::Unknown(other)))
            if other.identity.as_ref().is_some_and(|id| of_deployment(&id.text) == "account") =>
        {
            Decision::NO
        }
        _ => Decision::unknown("which accounts they are in is not known"),
    }
}

/// Whether a node is in another account than another.
fn other_account(reader: &Reader<'_>, node: NodeId, target: NodeId) -> Decision {
    let account = |node| reader.node(node).and_then(|node| node.account);
    match (account(node), account(target)) {
        (Some(own), Some(other)) => Decision::from(own != other),
        // Resources of a library are deployed together.
        (None, None) if reader.resource(node).map(|r| r.root) == reader.resource(target).map(|r| r.root) => {
            Decision::NO
        }
        _ => Decision::unknown("which accounts they are in is not known"),
    }
}

fn spelled(field: &[Symbol]) -> Option<String> {
    let char = |symbol: &Symbol| match symbol {
        Symbol::Char(char) => Some(*char),
        _ => None,
    };
    field.iter().map(char).collect()
}

/// A field of an ARN as a value; none where it is empty or a pattern.
fn value_of(field: &[Symbol], origin: &Origin) -> Option<Value> {
    if let [Symbol::Hole(hole)] = field {
        let unknown = match &hole.key {
            Some(key) => {
                Unknown::identified(hole.why.clone(), Identity { text: key.clone(), distinct: None })
            }
            None => Unknown::fresh(hole.why.clone()),
        };
        return Some(Value::unknown(unknown, origin.clone()));
    }
    let text = spelled(field)?;
    (!text.is_empty() && !text.contains('*')).then(|| Value::string(text, origin.clone()))
}
