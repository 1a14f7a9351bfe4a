//! Functions on network prefixes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use smol_str::SmolStr;
use value::{Kind, Value};

use super::{integer, strings_kind, text};

pub(super) fn find(name: &str) -> Option<super::Pure> {
    Some(match name {
        "cidrhost" => |a| {
            let prefix = Prefix::parse(&text(a, 0)?)?;
            string(prefix.host(i128::from(integer(a, 1)?))?)
        },
        "cidrnetmask" => |a| {
            let prefix = Prefix::parse(&text(a, 0)?)?;
            string((prefix.bits == 32).then(|| prefix.address(prefix.mask()))?)
        },
        "cidrsubnet" => |a| {
            let prefix = Prefix::parse(&text(a, 0)?)?;
            let subnet =
                prefix.subnet(u32::try_from(integer(a, 1)?).ok()?, u128::try_from(integer(a, 2)?).ok()?)?;
            string(subnet.to_string())
        },
        "cidrsubnets" => cidrsubnets,
        "cidrcontains" => |a| {
            let outer = Prefix::parse(&text(a, 0)?)?;
            let inner = text(a, 1)?;
            let inner = if inner.contains('/') {
                Prefix::parse(&inner)?
            } else {
                let bits = if inner.contains(':') { 128 } else { 32 };
                Prefix::parse(&format!("{inner}/{bits}"))?
            };
            let within = inner.bits == outer.bits && inner.length >= outer.length;
            Some(Kind::Bool(within && inner.network & outer.mask() == outer.network))
        },
        _ => return None,
    })
}

fn string(text: impl Into<SmolStr>) -> Option<Kind> {
    Some(Kind::String(text.into()))
}

/// A network of `length` leading bits out of `bits`.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    network: u128,
    length: u32,
    bits: u32,
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address(self.network), self.length)
    }
}

impl Prefix {
    fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/')?;
        let (address, bits) = match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(v4) => (u128::from(u32::from(v4)), 32),
            IpAddr::V6(v6) => (u128::from(v6), 128),
        };
        let length = length.parse::<u32>().ok().filter(|length| *length <= bits)?;
        let whole = Self { network: 0, length, bits };
        Some(Self { network: address & whole.mask(), ..whole })
    }

    /// Bits of the host part.
    fn host_bits(self) -> u32 {
        self.bits - self.length
    }

    fn mask(self) -> u128 {
        let all = if self.bits == 128 { u128::MAX } else { u128::from(u32::MAX) };
        all & !low_bits(self.host_bits())
    }

    fn address(self, number: u128) -> String {
        if self.bits == 32 {
            Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string()
        } else {
            Ipv6Addr::from(number).to_string()
        }
    }

    /// The host with this number; negative ones count from the end.
    fn host(self, number: i128) -> Option<String> {
        let most = low_bits(self.host_bits());
        let host =
            if number < 0 { most.checked_sub(number.unsigned_abs() - 1)? } else { number.unsigned_abs() };
        (host <= most).then(|| self.address(self.network | host))
    }

    fn subnet(self, more: u32, number: u128) -> Option<Self> {
        let length = self.length.checked_add(more).filter(|length| *length <= self.bits)?;
        if number > low_bits(more) {
            return None;
        }
        let shifted = if self.bits == length { number } else { number << (self.bits - length) };
        Some(Self { network: self.network | shifted, length, ..self })
    }
}

fn low_bits(many: u32) -> u128 {
    if many >= 128 { u128::MAX } else { (1u128 << many) - 1 }
}

/// Subnets of the given sizes, one after another.
fn cidrsubnets(arguments: &[Value]) -> Option<Kind> {
    let prefix = Prefix::parse(&text(arguments, 0)?)?;
    let mut next = prefix.network;
    let last = prefix.network | low_bits(prefix.host_bits());
    let mut subnets = Vec::new();
    for at in 1..arguments.len() {
        let more = u32::try_from(integer(arguments, at)?).ok()?;
        let length = prefix.length.checked_add(more).filter(|length| *length <= prefix.bits)?;
        let size = low_bits(prefix.bits - length);
        let start = next.checked_add(size)? & !size;
        if start > last || start.checked_add(size)? > last {
            return None;
        }
        subnets.push(Prefix { network: start, length, ..prefix }.to_string());
        next = start.checked_add(size).and_then(|end| end.checked_add(1)).unwrap_or(u128::MAX);
    }
    Some(strings_kind(subnets))
}
