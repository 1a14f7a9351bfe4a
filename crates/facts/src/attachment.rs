//! What is attached to a resource from afar: backup selections that cover it, trails that record access to it.
//! Invariant: a selection or trail that may cover the resource is given with its condition, never left out.

use graph::NodeId;
use value::{Kind, List, Origin, Value};

use crate::decision::Decision;
use crate::lists::{fact_origin, list_value, opened, record};
use crate::pattern::{Symbol, Text, known, matches};
use crate::policies::exists;
use crate::reader::Reader;
use crate::tags;

/// The backup selections that cover a node.
pub(crate) fn backups(reader: &Reader<'_>, node: NodeId) -> Value {
    let mut list = List::default();
    let about = About { node, arn: reader.arn(node), tags: tags::of_node(reader, node) };
    for selection in reader.nodes("backup-selection") {
        if !reader.share_account(node, selection) {
            continue;
        }
        let covers = there(reader, selection).and(covers(reader, selection, &about));
        if covers.is_no() {
            continue;
        }
        let origin = place(reader, selection);
        let plan = reader.read(selection, "plan");
        let fields = [("plan", plan), ("selection", reader.reference_to(selection))];
        let atom =
            format!("whether backup selection {} covers {}", reader.address(selection), reader.address(node));
        list.items.extend(covers.into_item(record(fields, origin), &atom));
    }
    list.open = reader.open_world(node).map(opened);
    list_value(list, fact_origin(&place(reader, node)))
}

/// What selections tell a node by.
struct About {
    node: NodeId,
    arn: Text,
    tags: Value,
}

fn there(reader: &Reader<'_>, node: NodeId) -> Decision {
    reader.node(node).map_or(Decision::NO, |node| Decision::of_presence(&node.presence))
}

fn place(reader: &Reader<'_>, node: NodeId) -> Origin {
    reader.resource(node).map(|resource| Origin::computed(resource.place)).unwrap_or_default()
}

/// Whether a selection covers a node. ARNs are alternatives; `conditions` must all hold and narrow the ARNs down;
/// entries of `tag_matches` are alternatives of their own.
fn covers(reader: &Reader<'_>, selection: NodeId, about: &About) -> Decision {
    let About { tags, .. } = about;
    let resources = reader.read(selection, "resources");
    let conditions = reader.read(selection, "conditions");
    let by_arn = names(reader, selection, &resources, about);
    let by_tag = exists(&reader.read(selection, "tag_matches"), |tag| {
        compare(&tag_of(tags, &tag.get("key")), "stringequals", &tag.get("value"))
    });
    let has_conditions = exists(&conditions, |_| Decision::YES);
    let fulfilled = exists(&conditions, |condition| holds(tags, condition).negated()).negated();
    let has_resources = exists(&resources, |_| Decision::YES);
    let by_condition = has_conditions.clone().and(has_resources.negated()).and(fulfilled.clone());
    let by_arn = by_arn.and(has_conditions.negated().or(fulfilled));
    let excluded = names(reader, selection, &reader.read(selection, "not_resources"), about);
    by_arn.or(by_tag).or(by_condition).and(excluded.negated())
}

/// Whether a list of ARNs, with wildcards, names a node.
fn names(reader: &Reader<'_>, holder: NodeId, list: &Value, about: &About) -> Decision {
    exists(list, |pattern| {
        let Kind::Reference(reference) = &pattern.kind else {
            return matches(&reader.text(pattern), &about.arn);
        };
        let named = reader.named(reference, pattern, holder);
        let direct = named.is(about.node);
        if direct.is_yes() { direct } else { matches(&named.text, &about.arn) }
    })
}

/// A tag's value by a key that is a value itself.
fn tag_of(tags: &Value, key: &Value) -> Value {
    match key.as_str() {
        // Conditions spell keys as `aws:ResourceTag/key`.
        Some(key) => tags.get(key.strip_prefix("aws:ResourceTag/").unwrap_or(key)),
        None => Value::unknown(value::Unknown::fresh("the key of a tag is not known"), key.origin.clone()),
    }
}

fn holds(tags: &Value, condition: &Value) -> Decision {
    let operator = condition.get("operator");
    let Some(operator) = operator.as_str() else {
        return Decision::unknown("the operator of a condition is not known");
    };
    let operator: String = operator.chars().filter(char::is_ascii_alphanumeric).collect();
    compare(&tag_of(tags, &condition.get("key")), &operator.to_ascii_lowercase(), &condition.get("value"))
}

fn compare(tag: &Value, operator: &str, wanted: &Value) -> Decision {
    let equal = Decision::over_choices(tag, |tag| {
        Decision::over_choices(wanted, |wanted| match (&tag.kind, &wanted.kind) {
            (Kind::Absent | Kind::Null, _) => Decision::NO,
            (Kind::Unknown(unknown), _) | (_, Kind::Unknown(unknown)) if !same_unknown(tag, wanted) => {
                Decision::unknown(unknown.reason.clone())
            }
            (Kind::Unknown(_), _) => Decision::YES,
            _ => match (scalar(tag), scalar(wanted)) {
                (Some(tag), Some(wanted)) if operator.ends_with("like") => {
                    matches(&known(&wanted), &known(&tag))
                }
                (Some(tag), Some(wanted)) => Decision::from(tag == wanted),
                _ => Decision::unknown("the value of a tag is not known"),
            },
        })
    });
    if operator.contains("not") { equal.negated() } else { equal }
}

fn same_unknown(a: &Value, b: &Value) -> bool {
    match (&a.kind, &b.kind) {
        (Kind::Unknown(a), Kind::Unknown(b)) => a.identity.is_some() && a.identity == b.identity,
        _ => false,
    }
}

fn scalar(value: &Value) -> Option<String> {
    match &value.kind {
        Kind::String(text) => Some(text.to_string()),
        Kind::Bool(known) => Some(known.to_string()),
        Kind::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The trails and event data stores that record data events of a bucket.
pub(crate) fn data_event_trails(reader: &Reader<'_>, bucket: NodeId) -> Value {
    let mut list = List::default();
    let arn = reader.arn(bucket);
    for kind in ["cloudtrail", "event-data-store"] {
        for trail in reader.nodes(kind) {
            if !reader.share_account(bucket, trail) {
                continue;
            }
            let records = there(reader, trail)
                .and(is_logging(reader, trail))
                .and(by_selector(reader, trail, &arn).or(by_advanced_selector(reader, trail, &arn)));
            if records.is_no() {
                continue;
            }
            let atom =
                format!("whether {} records access to {}", reader.address(trail), reader.address(bucket));
            list.items.extend(records.into_item(reader.reference_to(trail), &atom));
        }
    }
    list.open = reader.open_world(bucket).map(opened);
    list_value(list, fact_origin(&place(reader, bucket)))
}

fn is_logging(reader: &Reader<'_>, trail: NodeId) -> Decision {
    let logging = reader.read(trail, "logging");
    if logging.is_absent() { Decision::YES } else { Decision::of_bool(&logging) }
}

fn by_selector(reader: &Reader<'_>, trail: NodeId, arn: &Text) -> Decision {
    exists(&reader.read(trail, "selectors"), |selector| {
        exists(&selector.get("data_resources"), |resource| {
            is_text(&resource.get("type"), "AWS::S3::Object")
                .and(exists(&resource.get("values"), |prefix| covers_objects(reader, prefix, arn)))
        })
    })
}

/// Whether a prefix of ARNs covers all objects of a bucket. `arn:aws:s3` stands for all buckets.
fn covers_objects(reader: &Reader<'_>, prefix: &Value, arn: &Text) -> Decision {
    let pattern: Text = reader.text(prefix).into_iter().chain([Symbol::Char('*')]).collect();
    let objects: Text = arn.iter().cloned().chain([Symbol::Char('/'), Symbol::Any]).collect();
    matches(&pattern, &objects)
}

fn by_advanced_selector(reader: &Reader<'_>, trail: NodeId, arn: &Text) -> Decision {
    exists(&reader.read(trail, "advanced_selectors"), |selector| {
        let fields = selector.get("fields");
        let field = |name: &str, wanted: &str| {
            exists(&fields, |field| {
                is_text(&field.get("field"), name)
                    .and(exists(&field.get("equals"), |value| is_text(value, wanted)))
            })
        };
        let elsewhere = exists(&fields, |field| {
            is_text(&field.get("field"), "resources.ARN").and(by_field(reader, field, arn).negated())
        });
        field("eventCategory", "Data")
            .and(field("resources.type", "AWS::S3::Object"))
            .and(elsewhere.negated())
    })
}

/// Whether what a selector says of ARNs takes in the objects of a bucket.
fn by_field(reader: &Reader<'_>, field: &Value, arn: &Text) -> Decision {
    let (equals, starts) = (field.get("equals"), field.get("starts_with"));
    let covered = |prefix: &Value| covers_objects(reader, prefix, arn);
    // A selector that names single objects does not take in the bucket.
    let has_positive = Decision::from(!equals.is_absent() || !starts.is_absent());
    let excluded = exists(&field.get("not_starts_with"), covered);
    has_positive.negated().or(exists(&starts, covered)).and(excluded.negated())
}

fn is_text(value: &Value, wanted: &str) -> Decision {
    Decision::over_choices(value, |choice| match &choice.kind {
        Kind::String(text) => Decision::from(text == wanted),
        Kind::Unknown(unknown) => Decision::unknown(unknown.reason.clone()),
        _ => Decision::NO,
    })
}
