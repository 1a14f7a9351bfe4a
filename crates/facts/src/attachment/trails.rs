//! Trails and event data stores that record data events of a bucket. Invariant: the index leaves out only those whose
//! selectors name other buckets.

use graph::NodeId;
use value::{List, Value};

use super::index::{Index, numbered};
use super::{Attached, is_text, place, there};
use crate::arn;
use crate::decision::Decision;
use crate::lists::{choices, elements, fact_origin, list_value, opened};
use crate::pattern::{Symbol, Text};
use crate::policies::exists;
use crate::reader::Reader;

/// All trails and event data stores, by the buckets that they name.
#[derive(Debug, Default)]
pub(crate) struct Trails {
    all: Vec<NodeId>,
    index: Index,
}

impl Trails {
    pub(crate) fn collect(reader: &Reader<'_>) -> Self {
        let mut trails = Self::default();
        for kind in ["cloudtrail", "event-data-store"] {
            for trail in reader.nodes(kind) {
                let Ok(number) = u32::try_from(trails.all.len()) else { break };
                trails.all.push(trail);
                trails.add(reader, trail, number);
            }
        }
        trails
    }

    /// Adds what a trail names: prefixes of ARNs; a selector without any stands for all buckets.
    fn add(&mut self, reader: &Reader<'_>, trail: NodeId, number: u32) {
        let mut named: Vec<Value> = Vec::new();
        let mut open = false;
        let mut take = |value: &Value| {
            let list = elements(value);
            open |= list.open.is_some();
            list.items.into_iter().map(|item| item.value).collect::<Vec<_>>()
        };
        for selector in take(&reader.read(trail, "selectors")) {
            for resource in take(&selector.get("data_resources")) {
                named.extend(take(&resource.get("values")));
            }
        }
        let mut everything = false;
        for selector in take(&reader.read(trail, "advanced_selectors")) {
            let mut prefixes = Vec::new();
            for field in take(&selector.get("fields")) {
                // Equal values name single objects; what they are tells nothing of buckets here.
                prefixes.extend(take(&field.get("starts_with")));
            }
            everything |= prefixes.is_empty();
            named.append(&mut prefixes);
        }
        if open || everything {
            self.index.add_open(number);
            return;
        }
        for (_, prefix) in named.iter().flat_map(choices) {
            self.index.add(&with_star(reader.text(&prefix)), number);
        }
    }
}

fn with_star(prefix: Text) -> Text {
    prefix.into_iter().chain([Symbol::Char('*')]).collect()
}

/// The trails and event data stores that record data events of a bucket.
pub(crate) fn data_event_trails(attached: &Attached, reader: &Reader<'_>, bucket: NodeId) -> Value {
    let mut list = List::default();
    let arn = reader.arn(bucket);
    let trails = attached.trails(reader);
    let mut numbers = Vec::new();
    trails.index.may_match(&objects_of(&arn), &mut numbers);
    for trail in numbered(&trails.all, numbers) {
        if !reader.share_account(bucket, trail) {
            continue;
        }
        let records = there(reader, trail)
            .and(is_logging(reader, trail))
            .and(by_selector(reader, trail, &arn).or(by_advanced_selector(reader, trail, &arn)));
        let atom = format!("whether {} records access to {}", reader.address(trail), reader.address(bucket));
        list.items.extend(records.into_item(reader.reference_to(trail), &atom));
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
    arn::matches(&with_star(reader.text(prefix)), &objects_of(arn))
}

/// The objects of a bucket, all of them.
fn objects_of(arn: &Text) -> Text {
    arn.iter().cloned().chain([Symbol::Char('/'), Symbol::Any]).collect()
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
