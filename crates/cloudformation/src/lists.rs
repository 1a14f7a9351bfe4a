//! Functions that give or read lists: `Fn::Select`, `Fn::GetAZs`, `Fn::Cidr`, `Fn::Length`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use smol_str::SmolStr;
use value::{Identity, Kind, List, Origin, Unknown, Value};

use crate::conditions::scalar_text;
use crate::intrinsic::{Call, each_choice, hidden, reason_of, seen_at};
use crate::join::settled;
use crate::stack::Stack;
use crate::text::{is_collection, shown};

/// How many blocks `Fn::Cidr` gives.
const COUNTS: std::ops::RangeInclusive<u32> = 1..=256;

const ZONES: &str = "GetAZs:";

impl Stack<'_> {
    /// `Fn::Select`: an element of a list.
    pub(crate) fn select(&self, call: &Call<'_>) -> Value {
        let [index, list] = call.items() else {
            return self.misused(call, "an index and a list");
        };
        let origin = self.computed(call.node);
        let (index, list) = (self.value(index), self.value(list));
        each_choice(&index, &origin, |index| {
            if scalar_text(index).is_some_and(|text| text.parse::<usize>().is_err()) {
                return self.misused(call, "an index, counted from 0, and a list");
            }
            let Some(at) = index.as_number().and_then(|index| usize::try_from(index.as_i64()?).ok()) else {
                return Value::unknown(Unknown::fresh(reason_of(index)), origin.clone());
            };
            each_choice(&list, &origin, |list| hidden(self.element(call, list, at, &origin), list.sensitive))
        })
    }

    fn element(&self, call: &Call<'_>, list: &Value, at: usize, origin: &Origin) -> Value {
        match &list.kind {
            Kind::List(items) => self.element_of(call, items, at, origin),
            Kind::Unknown(unknown) => Value::unknown(unknown.select(&at.to_string()), origin.clone()),
            Kind::Reference(_) => seen_at(list.get(&at.to_string()), origin.place),
            _ => self.misused(call, "an index and a list"),
        }
    }

    fn element_of(&self, call: &Call<'_>, list: &List, at: usize, origin: &Origin) -> Value {
        let certain = list.items.iter().take(at + 1).all(|item| item.presence.is_certain());
        if let (true, Some(item)) = (certain, list.items.get(at)) {
            return seen_at(item.value.clone(), origin.place);
        }
        if let (true, Some(open)) = (certain, &list.open) {
            return Value::unknown(member(open, at), origin.clone());
        }
        let Some(settled) = settled(list) else {
            let reason = "which elements the list has is not known";
            return Value::unknown(Unknown::fresh(reason), origin.clone());
        };
        let missing = format!("the list has no element {at}");
        if settled.iter().all(|(_, items)| items.len() <= at) {
            // AWS fails the deployment.
            let help = "count from 0, or make the list longer";
            self.warn("cloudformation-no-element", call.node.span, missing.clone(), help);
        }
        let choices = settled.into_iter().map(|(when, items)| match items.get(at) {
            Some(item) => (when, seen_at(item.value.clone(), origin.place)),
            None => (when, Value::unknown(Unknown::fresh(missing.clone()), origin.clone())),
        });
        Value::alternatives(choices, origin.clone())
    }

    /// `Fn::GetAZs`: zones of a region. How many there are and what they are called is known to AWS alone, but
    /// that they differ is certain.
    pub(crate) fn zones(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        let region = self.argument(call);
        let own = matches!(region.kind, Kind::Null | Kind::Absent) || region.as_str() == Some("");
        let region = if own { self.region(&origin) } else { region };
        each_choice(&region, &origin, |region| {
            let of = match (&region.kind, scalar_text(region)) {
                (_, Some(known)) => known,
                _ if is_collection(region) => return self.misused(call, "the name of a region"),
                (Kind::Unknown(unknown), None) => {
                    let identity = unknown.identity.as_ref();
                    identity.map_or("?".into(), |identity| SmolStr::new(Identity::shown(&identity.text)))
                }
                _ => SmolStr::new_static("?"),
            };
            let reason = format!("the availability zones of {of} are told by AWS at deployment");
            let identity = Identity::new(&self.prefix, &format!("{ZONES}{of}"));
            let open = Some(Arc::new(Unknown::identified(reason, identity)));
            Value::new(Kind::List(Arc::new(List::new(Vec::new(), open))), origin.clone())
        })
    }

    /// `Fn::Cidr`: blocks of equal size of an address block.
    pub(crate) fn cidr(&self, call: &Call<'_>) -> Value {
        let [block, count, rest @ ..] = call.items() else {
            return self.misused(call, "an address block, a count and a number of host bits");
        };
        let origin = self.computed(call.node);
        let (block, count) = (self.value(block), self.value(count));
        let number =
            |value: &Value| value.as_number().and_then(|number| u32::try_from(number.as_i64()?).ok());
        if scalar_text(&count).is_some() && !number(&count).is_some_and(|count| COUNTS.contains(&count)) {
            return self.misused(call, "a count from 1 to 256");
        }
        let Some(count_known) = number(&count) else {
            let expression = format!("Cidr {} {}", shown(&block), shown(&count));
            return self.unknown_as(&expression, reason_of(&count), origin);
        };
        let bits = match rest.first() {
            Some(node) => number(&self.value(node)),
            None => Some(8),
        };
        each_choice(&block, &origin, |block| {
            let known = block.as_str().zip(bits).map(|(block, bits)| blocks(block, count_known, bits));
            match known {
                Some(Some(blocks)) => {
                    let item = |text: String| Value::string(text, origin.clone());
                    Value::list(blocks.into_iter().map(item), origin.clone())
                }
                Some(None) => self.misused(call, "a block that holds as many blocks of that size"),
                None => self.unknown_blocks(block, count_known, bits, &origin),
            }
        })
    }

    /// Blocks of a block that is not known: as many as are asked for, and no two alike.
    fn unknown_blocks(&self, block: &Value, count: u32, bits: Option<u32>, origin: &Origin) -> Value {
        let bits = bits.map_or_else(|| "?".to_owned(), |bits| bits.to_string());
        let group = Identity::new(&self.prefix, &format!("Cidr {} {bits}", shown(block))).text;
        let item = |index: u32| {
            let text = SmolStr::from(format!("{group}.{index}"));
            let identity = Identity { text, distinct: Some((group.clone(), index)) };
            match group.contains('?') {
                true => Value::unknown(Unknown::fresh(reason_of(block)), origin.clone()),
                false => Value::unknown(Unknown::identified(reason_of(block), identity), origin.clone()),
            }
        };
        Value::list((0..count).map(item), origin.clone())
    }

    /// `Fn::Length`: how many elements a list has.
    pub(crate) fn length(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        // The short form tags the list itself.
        let list = self.argument(call);
        each_choice(&list, &origin, |list| {
            let number =
                |length: usize| Value::number(i64::try_from(length).unwrap_or(i64::MAX), origin.clone());
            match &list.kind {
                Kind::List(items) => match settled(items) {
                    Some(settled) => {
                        let choices = settled.into_iter().map(|(when, items)| (when, number(items.len())));
                        Value::alternatives(choices, origin.clone())
                    }
                    None => Value::unknown(Unknown::fresh(reason_of(list)), origin.clone()),
                },
                Kind::Map(map) if map.is_settled() => number(map.entries.len()),
                _ if scalar_text(list).is_some() => self.misused(call, "a list"),
                _ => {
                    let expression = format!("Length {}", shown(list));
                    self.unknown_as(&expression, reason_of(list), origin.clone())
                }
            }
        })
    }
}

/// The element at `at` of a list of which only the identity is known. Zones of one region are distinct.
fn member(open: &Unknown, at: usize) -> Unknown {
    let mut member = open.select(&at.to_string());
    let of = open.identity.as_ref().map(|identity| Identity::shown(&identity.text));
    if let (Some(identity), Some(group), Ok(index)) = (&mut member.identity, of, u32::try_from(at))
        && group.starts_with(ZONES)
    {
        identity.distinct = Some((SmolStr::new(group), index));
    }
    member
}

/// The first `count` blocks with `bits` host bits in `block`; none if it does not hold as many.
fn blocks(block: &str, count: u32, bits: u32) -> Option<Vec<String>> {
    let (address, length) = block.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let (base, width) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    };
    if length > width || bits == 0 || bits > width - length {
        return None;
    }
    let room = width - length - bits;
    if room < 32 && u64::from(count) > 1u64 << room {
        return None;
    }
    let host_bits = width - length;
    let network = base.checked_shr(host_bits).unwrap_or(0).checked_shl(host_bits).unwrap_or(0);
    let text = |index: u32| {
        let address = network + (u128::from(index) << bits);
        match width {
            32 => u32::try_from(address).ok().map(|address| Ipv4Addr::from(address).to_string()),
            _ => Some(Ipv6Addr::from(address).to_string()),
        }
        .map(|address| format!("{address}/{}", width - bits))
    };
    (0..count).map(text).collect()
}
