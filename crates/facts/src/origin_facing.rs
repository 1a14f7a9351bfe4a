//! Security groups that admit CloudFront and nobody else: by the prefix list that AWS keeps of the addresses from which
//! CloudFront asks origins. Invariant: a group without rules admits nobody, so it is none.

use graph::NodeId;
use value::{Item, Kind, Value};

use crate::decision::Decision;
use crate::lists::{choices, elements};
use crate::reader::Reader;

/// Names of the prefix lists, for IPv4 and IPv6.
const LISTS: [&str; 2] =
    ["com.amazonaws.global.cloudfront.origin-facing", "com.amazonaws.global.ipv6.cloudfront.origin-facing"];

/// Whether all ingress rules of the group name CloudFront's prefix lists as their only source.
pub(crate) fn only_cloudfront(reader: &Reader<'_>, group: NodeId) -> Decision {
    let ingress = elements(&reader.read(group, "ingress"));
    if ingress.items.is_empty() && ingress.open.is_none() {
        return Decision::NO;
    }
    let of_rule = |item: &Item| Decision::of_presence(&item.presence).negated().or(rule(reader, &item.value));
    let rules = ingress.items.iter().map(of_rule);
    let open = ingress.open.iter().map(|open| Decision::unknown(open.reason.clone()));
    Decision::all(rules.chain(open))
}

fn rule(reader: &Reader<'_>, rule: &Value) -> Decision {
    let prefixes = elements(&rule.get("prefixes"));
    let none = |name: &str| {
        let others = elements(&rule.get(name));
        let there = others.items.iter().map(|item| Decision::of_presence(&item.presence));
        let open = others.open.iter().map(|open| Decision::unknown(open.reason.clone()));
        Decision::any(there.chain(open)).negated()
    };
    let some = Decision::any(prefixes.items.iter().map(|item| Decision::of_presence(&item.presence)));
    let named = prefixes
        .items
        .iter()
        .map(|item| Decision::of_presence(&item.presence).negated().or(is_cloudfront(reader, &item.value)));
    // What makes the whole list unknown may well be the one id that is asked for.
    let open = prefixes.open.iter().map(|_| is_cloudfront(reader, &rule.get("prefixes")));
    let some = if prefixes.open.is_some() { Decision::YES } else { some };
    none("cidrs")
        .and(none("groups"))
        .and(Decision::of_bool(&rule.get("own_group")).negated())
        .and(some)
        .and(Decision::all(named.chain(open)))
}

fn is_cloudfront(reader: &Reader<'_>, list: &Value) -> Decision {
    Decision::any(choices(list).into_iter().map(|(condition, choice)| {
        Decision::where_holds(condition).and(match (reader.data_source(&choice), &choice.kind) {
            (Some(data), _) => named(&data.attributes),
            (None, Kind::Unknown(unknown)) => Decision::unknown(unknown.reason.clone()),
            // Ids of AWS's lists differ from region to region.
            (None, Kind::String(id)) => Decision::unknown(format!("whose prefix list {id} is, is not known")),
            _ => Decision::NO,
        })
    }))
}

/// Whether a data source asks for one of the lists, by its name or by a filter.
fn named(asks: &Value) -> Decision {
    let is = |name: &Value| match &name.kind {
        Kind::String(name) => Decision::from(LISTS.contains(&name.as_str())),
        Kind::Absent | Kind::Null => Decision::NO,
        _ => Decision::unknown("the name of the prefix list is not known"),
    };
    let filters = elements(&asks.get("filter"));
    let by_filter = filters.items.iter().flat_map(|filter| elements(&filter.value.get("values")).items);
    is(&asks.get("name")).or(Decision::any(by_filter.map(|item| is(&item.value))))
}
