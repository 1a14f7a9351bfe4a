//! Sets of addresses. Invariant: a set covers the internet only if together its blocks hold every address of a
//! family.

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use value::{Kind, Part, Value};

use crate::decision::Decision;
use crate::reader::expression;

/// A block as written; a bare address is a block of one.
pub(crate) fn parse(text: &str) -> Option<IpNet> {
    let text = text.trim();
    match text.parse::<IpNet>() {
        Ok(block) => Some(block),
        Err(_) => text.parse::<std::net::IpAddr>().ok().map(IpNet::from),
    }
}

/// Whether the block alone is every address of its family.
pub(crate) fn is_everything(block: &IpNet) -> bool {
    block.prefix_len() == 0
}

/// Whether the blocks together are every address of a family.
pub(crate) fn cover_everything<'b>(blocks: impl IntoIterator<Item = &'b IpNet>) -> bool {
    let (mut v4, mut v6) = (Vec::<Ipv4Net>::new(), Vec::<Ipv6Net>::new());
    for block in blocks {
        match block {
            IpNet::V4(block) => v4.push(block.trunc()),
            IpNet::V6(block) => v6.push(block.trunc()),
        }
    }
    Ipv4Net::aggregate(&v4).iter().any(|block| block.prefix_len() == 0)
        || Ipv6Net::aggregate(&v6).iter().any(|block| block.prefix_len() == 0)
}

/// What a source of a rule is known to be.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// This block.
    Block(IpNet),
    /// Not public, whatever it turns out to be.
    Private,
    /// Not known, for a reason.
    Open(String),
}

/// What a single address value (no alternatives) is known to be.
pub(crate) fn source(value: &Value) -> Source {
    match &value.kind {
        Kind::Absent | Kind::Null => Source::Private,
        Kind::String(text) => match parse(text) {
            Some(block) => Source::Block(block),
            // AWS refuses what is no block, so it opens nothing.
            None => Source::Private,
        },
        Kind::Template(template) => match template.parts.last() {
            Some(Part::Text(end)) if names_a_length(end) => Source::Private,
            _ => Source::Open("the address range is not wholly known".to_owned()),
        },
        Kind::Unknown(_) | Kind::Reference(_) if is_range_of_a_network(value) => Source::Private,
        Kind::Unknown(unknown) => Source::Open(unknown.reason.to_string()),
        Kind::Reference(_) => {
            let name = expression(value).unwrap_or_default();
            Source::Open(format!("{name} is known after deployment"))
        }
        _ => Source::Open("it is no address range that can be told before deployment".to_owned()),
    }
}

/// Whether a text ends in the length of a block that is not the whole internet (`…/32`).
fn names_a_length(end: &str) -> bool {
    let length = end.rsplit_once('/').and_then(|(_, length)| length.parse::<u8>().ok());
    length.is_some_and(|length| length > 0)
}

/// The range of a VPC or a subnet: AWS allows none larger than `/16` (`/44` in IPv6).
fn is_range_of_a_network(value: &Value) -> bool {
    let Some(expression) = expression(value) else { return false };
    let attribute = expression.rsplit_once('.').map_or("", |(_, attribute)| attribute).to_ascii_lowercase();
    let attribute =
        attribute.trim_end_matches(|char: char| char == ']' || char == '[' || char.is_ascii_digit());
    matches!(
        attribute,
        "cidr_block" | "cidrblock" | "ipv6_cidr_block" | "ipv6cidrblocks" | "cidrblockassociations"
    )
}

/// Whether one destination or source is the whole internet by itself.
pub(crate) fn whole_internet(value: &Value) -> Decision {
    Decision::over_choices(value, |choice| match source(choice) {
        Source::Block(block) => Decision::from(is_everything(&block)),
        Source::Private => Decision::NO,
        Source::Open(reason) => Decision::unknown(reason),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use value::{Origin, Unknown};

    use super::*;

    #[track_caller]
    fn check(blocks: &[&str], expect: bool) {
        let blocks: Vec<IpNet> = blocks.iter().filter_map(|text| parse(text)).collect();
        assert_eq!(cover_everything(&blocks), expect, "{blocks:?}");
    }

    #[test]
    fn halves_make_the_whole() {
        check(&["0.0.0.0/0"], true);
        check(&["::/0"], true);
        check(&["0.0.0.0/1", "128.0.0.0/1"], true);
        check(&["0.0.0.0/1", "128.0.0.0/2", "192.0.0.0/2"], true);
        check(&["0.0.0.0/1", "::/1", "8000::/1"], true);
        check(&["0.0.0.0/1"], false);
        check(&["0.0.0.0/1", "8000::/1"], false);
        check(&["10.0.0.0/8", "192.168.0.0/16"], false);
        check(&[], false);
    }

    #[test]
    fn host_bits_do_not_matter() {
        check(&["1.2.3.4/0"], true);
        check(&["1.2.3.4/1", "200.0.0.0/1"], true);
    }

    #[track_caller]
    fn check_public(value: &Value, expect: &Decision) {
        let decision = whole_internet(value);
        assert_eq!((decision.is_yes(), decision.is_no()), (expect.is_yes(), expect.is_no()), "{decision:?}");
    }

    #[test]
    fn what_is_known_of_a_range_decides() {
        let unknown = |name: &str| {
            let identity = value::Identity::new("root", name);
            Value::unknown(Unknown::identified("why", identity), Origin::default())
        };
        let host = [Part::Value(unknown("var.ip")), Part::Text("/32".into())];
        check_public(&Value::template(host, Origin::default()), &Decision::NO);
        let any = [Part::Text("0.0.0.0/".into()), Part::Value(unknown("var.bits"))];
        check_public(&Value::template(any, Origin::default()), &Decision::unknown(""));
        check_public(&unknown("var.cidr"), &Decision::unknown(""));
        check_public(&unknown("data.aws_vpc.main.cidr_block"), &Decision::NO);
        check_public(&Value::string("0.0.0.0/0", Origin::default()), &Decision::YES);
        check_public(&Value::string("0.0.0.0", Origin::default()), &Decision::NO);
        check_public(&Value::string("no address", Origin::default()), &Decision::NO);
    }

    proptest! {
        #[test]
        fn a_larger_set_covers_no_less(blocks in proptest::collection::vec((any::<u32>(), 0u8..4), 0..12)) {
            let blocks: Vec<IpNet> = blocks
                .into_iter()
                .filter_map(|(address, length)| Ipv4Net::new(address.into(), length).ok().map(IpNet::from))
                .collect();
            if let Some((_, fewer)) = blocks.split_first() {
                prop_assert!(cover_everything(&blocks) || !cover_everything(fewer));
            }
        }
    }
}
