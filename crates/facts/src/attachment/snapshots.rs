//! The policies of Data Lifecycle Manager that take snapshots of a volume.

use graph::NodeId;
use value::{Kind, List, Value};

use super::tags::{compare, tag_of};
use super::{is_text, machines, place, there};
use crate::decision::Decision;
use crate::lists::{fact_origin, list_value, opened};
use crate::policies::exists;
use crate::reader::Reader;
use crate::tags;

/// The policies that cover a volume, or a machine that it hangs on.
pub(crate) fn snapshot_policies(reader: &Reader<'_>, volume: NodeId) -> Value {
    let own = [(volume, Decision::YES)];
    let machines = machines(reader, volume);
    let mut list = List::default();
    for policy in reader.nodes("lifecycle-policy") {
        if !reader.share_account(volume, policy) {
            continue;
        }
        let takes = takes(reader, policy, "VOLUME", &own).or(takes(reader, policy, "INSTANCE", &machines));
        let covers = there(reader, policy).and(is_on(reader, policy)).and(takes);
        let atom =
            format!("whether {} takes snapshots of {}", reader.address(policy), reader.address(volume));
        list.items.extend(covers.into_item(reader.reference_to(policy), &atom));
    }
    list.open = reader.open_world(volume).map(opened);
    list_value(list, fact_origin(&place(reader, volume)))
}

fn is_on(reader: &Reader<'_>, policy: NodeId) -> Decision {
    is_text(&reader.read(policy, "state"), "ENABLED")
        .and(is_text(&reader.read(policy, "purpose_type"), "EVENT_BASED_POLICY").negated())
}

/// Whether a policy takes what is of this type: all of it, or what carries one of its tags.
fn takes(reader: &Reader<'_>, policy: NodeId, what: &str, nodes: &[(NodeId, Decision)]) -> Decision {
    let by_default = is_text(&reader.read(policy, "default_for"), what);
    let wanted = exists(&reader.read(policy, "resource_types"), |kind| is_text(kind, what));
    Decision::any(nodes.iter().map(|(node, when)| {
        let tags = tags::of_node(reader, *node);
        let tagged = wanted.clone().and(carries(&tags, &reader.read(policy, "target_tags")));
        let excluded = exists(&reader.read(policy, "excluded_tags"), |tag| {
            let value = tag.get("value");
            compare(&tag_of(&tags, &tag.get("name")), "stringequals", &value)
        });
        let kinds = exists(&reader.read(policy, "excluded_volume_types"), |kind| match kind.as_str() {
            Some(kind) => is_text(&reader.read(*node, "volume_type"), kind),
            None => Decision::unknown("an excluded type of volumes is not known"),
        });
        when.clone().and(tagged.or(by_default.clone().and(excluded.or(kinds).negated())))
    }))
}

/// Whether tags hold one of the wanted pairs.
fn carries(tags: &Value, wanted: &Value) -> Decision {
    Decision::over_choices(wanted, |wanted| match &wanted.kind {
        Kind::Map(map) => {
            let entries = map.entries.iter().map(|entry| {
                Decision::of_presence(&entry.presence).and(compare(
                    &tags.get(&entry.key),
                    "stringequals",
                    &map.get(&entry.key),
                ))
            });
            let open = map.open.iter().map(|open| Decision::unknown(open.reason.clone()));
            Decision::any(entries.chain(open))
        }
        Kind::Unknown(unknown) => Decision::unknown(unknown.reason.clone()),
        _ => Decision::NO,
    })
}
