//! What a resource is for and whether it holds protected health information, from its tags and names. Invariant:
//! what neither says is unstated; what a tag says that is not known is unknown.

use graph::NodeId;
use smol_str::SmolStr;
use value::{Kind, Map, Origin, Unknown, Value};

use crate::Phi;
use crate::lists::fact_origin;
use crate::pattern::{known, matches};
use crate::reader::Reader;
use crate::tags;

/// Keys of tags that state a purpose, without case, separators and prefix.
const PURPOSE_KEYS: &[&str] = &["purpose", "datapurpose", "bucketpurpose", "usage", "role", "function"];

/// Keys of tags that classify data.
const CLASS_KEYS: &[&str] = &[
    "dataclassification",
    "classification",
    "dataclass",
    "datasensitivity",
    "sensitivity",
    "datatype",
    "data",
];

/// Keys of tags that say whether there is protected health information.
const PHI_KEYS: &[&str] =
    &["phi", "ephi", "containsphi", "containsephi", "hasphi", "phidata", "hipaa", "hipaascope"];

/// Purposes and the words that name them; of several, the first in this order holds: `record-backups` are backups,
/// `backup-logs` logs.
const PURPOSES: &[(&str, &[&str])] = &[
    ("trail", &["trail", "trails", "cloudtrail"]),
    ("audit", &["audit", "audits", "auditing", "auditlog", "auditlogs"]),
    ("logs", &["log", "logs", "logging", "accesslog", "accesslogs", "flowlogs"]),
    ("backup", &["backup", "backups", "bkp", "snapshot", "snapshots"]),
    ("archive", &["archive", "archives", "archival", "glacier"]),
    ("website", &["website", "web", "site", "static", "assets", "frontend", "cdn", "spa"]),
    (
        "records",
        &[
            "record",
            "records",
            "phi",
            "ephi",
            "ehr",
            "emr",
            "patient",
            "patients",
            "medical",
            "clinical",
            "health",
            "imaging",
            "dicom",
            "claims",
            "charts",
            "prescriptions",
            "consultations",
        ],
    ),
];

/// Values of classifying tags that mean protected health information, and those that mean there is none.
const PHI_CLASSES: &[&str] = &["phi", "ephi", "hipaa", "health", "medical", "protectedhealthinformation"];
const OTHER_CLASSES: &[&str] = &["public", "none", "internal", "false", "nonphi", "nophi", "nonsensitive"];

/// A text in lower case without separators.
fn plain(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|char| char.to_ascii_lowercase()).collect()
}

/// A tag's key without its prefix (`org:data-classification`, `example.com/phi`).
fn plain_key(key: &str) -> String {
    plain(key.rsplit([':', '/']).next().unwrap_or(key))
}

/// Words of a text: parts between separators, and between lower and upper case.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for char in text.chars() {
        let starts = !char.is_alphanumeric() || (char.is_uppercase() && before_lower);
        if starts {
            words.push(String::new());
        }
        if char.is_alphanumeric()
            && let Some(last) = words.last_mut()
        {
            last.extend(char.to_lowercase());
        }
        before_lower = char.is_lowercase() || char.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

fn purpose_in(text: &str) -> Option<&'static str> {
    let words = words(text);
    let names = |known: &&str| words.iter().any(|word| word == known);
    PURPOSES.iter().find(|(_, known)| known.iter().any(names)).map(|(purpose, _)| *purpose)
}

/// The purpose of a node. A classification says what data is, not what a store of it is for: it counts where neither a
/// tag nor a name says more.
pub(crate) fn purpose(reader: &Reader<'_>, node: NodeId) -> Value {
    let tags = tags::of_node(reader, node);
    let mut not_known = None;
    let by_tags = |keys: &[&str], not_known: &mut Option<Value>| {
        let said = |value: &Value| Some((said(value, purpose_in, not_known)?, fact_origin(&value.origin)));
        tagged(&tags, keys).iter().find_map(said)
    };
    let by_name = |name: &Value| Some((name.as_str().and_then(purpose_in)?, fact_origin(&name.origin)));
    let found = by_tags(PURPOSE_KEYS, &mut not_known)
        .or_else(|| names(reader, node).iter().find_map(by_name))
        .or_else(|| match tagged(&tags, PURPOSE_KEYS).iter().any(|value| value.as_str().is_some()) {
            // A purpose that is none of ours.
            true => None,
            false => by_tags(CLASS_KEYS, &mut not_known),
        });
    match found {
        Some((found, origin)) => Value::string(found, origin),
        None => stated(not_known, &tags, "purpose"),
    }
}

/// Whether a node holds protected health information, as the configuration or a tag says: `yes`, `no` or `unstated`.
pub(crate) fn phi(reader: &Reader<'_>, phi: &Phi, node: NodeId) -> Value {
    let tags = tags::of_node(reader, node);
    match classified(reader, phi, node, &tags) {
        Ok(value) => value,
        Err(not_known) => stated(not_known, &tags, "data classification"),
    }
}

/// What configuration or tags say; a tag that decides and is not known, if there is one.
fn classified(reader: &Reader<'_>, phi: &Phi, node: NodeId, tags: &Value) -> Result<Value, Option<Value>> {
    let address = reader.address(node);
    let names = |patterns: &[SmolStr]| {
        patterns.iter().any(|pattern| matches(&known(pattern), &known(&address)).is_yes())
    };
    let configured =
        [("no", &phi.holds_none), ("yes", &phi.holds)].into_iter().find(|(_, named)| names(named));
    if let Some((answer, _)) = configured {
        return Ok(Value::string(answer, fact_origin(&tags.origin)));
    }
    let mut not_known = None;
    for (keys, read) in [(PHI_KEYS, yes_or_no as fn(&str) -> Option<&'static str>), (CLASS_KEYS, by_class)] {
        for value in tagged(tags, keys) {
            if let Some(found) = said(&value, read, &mut not_known) {
                return Ok(Value::string(found, fact_origin(&value.origin)));
            }
        }
    }
    Err(not_known)
}

/// What marks a node for the scope of health information.
pub(crate) enum Mark {
    /// It holds some.
    Yes,
    /// It holds none.
    No,
    /// A tag would say so that is not known, for this reason.
    Maybe(SmolStr),
    /// Nothing is said. Tags that are not all known are no mark.
    Nothing,
}

/// What configuration and tags say of a node.
pub(crate) fn mark(reader: &Reader<'_>, phi: &Phi, node: NodeId) -> Mark {
    let tags = tags::of_node(reader, node);
    match classified(reader, phi, node, &tags) {
        Ok(value) if value.as_str() == Some("yes") => Mark::Yes,
        Ok(_) => Mark::No,
        Err(Some(value)) => Mark::Maybe(match &value.kind {
            Kind::Unknown(unknown) => unknown.reason.clone(),
            _ => format!("a tag of {} that says so depends on a condition", reader.address(node)).into(),
        }),
        Err(None) => Mark::Nothing,
    }
}

/// Whether the name of a node says that it holds health records.
pub(crate) fn is_named_so(reader: &Reader<'_>, node: NodeId) -> bool {
    let first = names(reader, node).iter().find_map(|name| purpose_in(name.as_str()?));
    first == Some("records")
}

fn yes_or_no(text: &str) -> Option<&'static str> {
    match plain(text).as_str() {
        "yes" | "true" | "1" | "phi" | "ephi" | "y" | "inscope" => Some("yes"),
        "no" | "false" | "0" | "none" | "n" | "outofscope" => Some("no"),
        _ => None,
    }
}

fn by_class(text: &str) -> Option<&'static str> {
    let class = plain(text);
    if OTHER_CLASSES.contains(&class.as_str()) {
        return Some("no");
    }
    let named = words(text).iter().any(|word| PHI_CLASSES.contains(&word.as_str()));
    (named || PHI_CLASSES.contains(&class.as_str())).then_some("yes")
}

/// What a tag's value says; what is not known is remembered.
fn said(
    value: &Value,
    read: fn(&str) -> Option<&'static str>,
    not_known: &mut Option<Value>,
) -> Option<&'static str> {
    match &value.kind {
        Kind::String(text) => read(text),
        Kind::Bool(known) => read(if *known { "true" } else { "false" }),
        Kind::Absent | Kind::Null => None,
        Kind::Alternatives(alternatives) => {
            let mut all = alternatives.choices.iter().map(|(_, choice)| said(choice, read, not_known));
            let first = all.next().flatten();
            let agree = all.all(|other| other == first);
            if !agree {
                not_known.get_or_insert_with(|| value.clone());
            }
            first.filter(|_| agree)
        }
        _ => {
            not_known.get_or_insert_with(|| value.clone());
            None
        }
    }
}

/// Values of the tags with one of these keys, in order of the keys.
fn tagged(tags: &Value, keys: &[&str]) -> Vec<Value> {
    let Kind::Map(map) = &tags.kind else { return Vec::new() };
    let of = |wanted: &&str| {
        let entries = map.entries.iter().filter(|entry| plain_key(&entry.key) == *wanted);
        entries.map(|entry| map.get(&entry.key)).collect::<Vec<_>>()
    };
    keys.iter().flat_map(of).collect()
}

/// The names of a node: its own, its tag `Name`, its address.
fn names(reader: &Reader<'_>, node: NodeId) -> Vec<Value> {
    let mut names = Vec::new();
    if let Some(id) = reader.kind(node).and_then(|kind| kind.identity_name) {
        let name = reader.graph.attribute(node, id);
        match &name.kind {
            Kind::Template(template) => names.extend(template.parts.iter().filter_map(|part| match part {
                value::Part::Text(text) => Some(Value::string(text.clone(), name.origin.clone())),
                value::Part::Value(_) => None,
            })),
            _ => names.push(name),
        }
    }
    names.extend(tagged(&tags::of_node(reader, node), &["name"]));
    if let Some(resource) = reader.resource(node) {
        // The label alone: a folder or a module called `logs` says nothing of what is in it.
        let construct = resource.construct_path().map(|path| SmolStr::new(construct_id(path)));
        let label = construct.or_else(|| resource.logical_id.clone()).unwrap_or_else(|| {
            let address = resource.address.split('[').next().unwrap_or_default();
            address.rsplit(['.', '/']).next().unwrap_or_default().into()
        });
        names.push(Value::string(label, Origin::computed(resource.place)));
    }
    names
}

/// What the application calls a construct: the CDK makes logical ids of whole paths and a hash, and calls the main
/// resource of a construct always the same.
fn construct_id(path: &str) -> &str {
    let mut ids = path.rsplit('/').filter(|id| !matches!(*id, "Resource" | "Default"));
    ids.next().unwrap_or(path)
}

fn stated(not_known: Option<Value>, tags: &Value, what: &str) -> Value {
    let unknown = |why: &str| Value::unknown(Unknown::fresh(why), fact_origin(&tags.origin));
    if let Some(value) = not_known {
        return match &value.kind {
            Kind::Unknown(known) => unknown(&known.reason),
            _ => unknown(&format!("the tag that states the {what} depends on a condition")),
        };
    }
    let open = match &tags.kind {
        Kind::Map(map) => open_of(map),
        Kind::Unknown(known) => Some(known.reason.to_string()),
        _ => None,
    };
    match open {
        Some(why) => unknown(&format!("the tags are not all known: {why}")),
        None => Value::string("unstated", fact_origin(&tags.origin)),
    }
}

fn open_of(map: &Map) -> Option<String> {
    map.open.as_ref().map(|open| open.reason.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, purpose: Option<&str>) {
        assert_eq!(purpose_in(text), purpose, "{text}");
    }

    #[test]
    fn names_tell_a_purpose_by_their_words() {
        check("acme-patient-records", Some("records"));
        check("acme-records-backup", Some("backup"));
        check("record_backup_logs", Some("logs"));
        check("CloudTrailLogs", Some("trail"));
        check("audit-logs", Some("audit"));
        check("ArchiveBucket", Some("archive"));
        check("catalog", None);
        check("staticweb", None);
        check("website", Some("website"));
        check("data", None);
    }

    #[test]
    fn a_construct_is_called_by_its_own_id() {
        assert_eq!(construct_id("Prod/Data/Records/Resource"), "Records");
        assert_eq!(construct_id("Prod/Data/Records/Policy/Resource"), "Policy");
        assert_eq!(construct_id("Prod/Site/Insights/Resource/Default"), "Insights");
        assert_eq!(construct_id("Data/Queue"), "Queue");
    }

    #[test]
    fn classes_tell_health_information() {
        assert_eq!(by_class("PHI"), Some("yes"));
        assert_eq!(by_class("restricted-phi"), Some("yes"));
        assert_eq!(by_class("non-phi"), Some("no"));
        assert_eq!(by_class("public"), Some("no"));
        assert_eq!(by_class("confidential"), None);
        assert_eq!(yes_or_no("True"), Some("yes"));
    }

    #[test]
    fn keys_are_read_without_prefix_and_case() {
        assert_eq!(plain_key("example.com/Data-Classification"), "dataclassification");
        assert_eq!(plain_key("org:contains_phi"), "containsphi");
    }
}
