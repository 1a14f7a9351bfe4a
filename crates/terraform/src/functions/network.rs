//! Functions on network prefixes: `cidrhost`, `cidrnetmask`, `cidrsubnet`, `cidrsubnets`, and OpenTofu's
//! `cidrcontains`.

use std::net::{Ipv4Addr, Ipv6Addr};

use bigdecimal::{Signed, ToPrimitive};
use value::{Kind, Value};

use super::{Answer, Refusal, integer, number, string, strings, text};

pub(super) fn cidrhost(arguments: &[Value]) -> Answer {
    let prefix = Prefix::parse(text(arguments, 0)?)?;
    let (negative, size) = whole(arguments, 1)?;
    string(prefix.host(negative, size).ok_or(Refusal::Error)?)
}

pub(super) fn cidrnetmask(arguments: &[Value]) -> Answer {
    let prefix = Prefix::parse(text(arguments, 0)?)?;
    if prefix.bits != 32 {
        return Err(Refusal::Error);
    }
    string(prefix.address(prefix.mask()))
}

pub(super) fn cidrsubnet(arguments: &[Value]) -> Answer {
    let prefix = Prefix::parse(text(arguments, 0)?)?;
    let more = integer(arguments, 1)?;
    let (negative, number) = whole(arguments, 2)?;
    let subnet = prefix.subnet(more, negative, number)?;
    string(subnet.to_string())
}

/// Subnets of the given sizes, one after another.
pub(super) fn cidrsubnets(arguments: &[Value]) -> Answer {
    let prefix = Prefix::parse(text(arguments, 0)?)?;
    let last = prefix.network | low_bits(prefix.host_bits());
    let mut next = Some(prefix.network);
    let mut subnets = Vec::new();
    for at in 1..arguments.len() {
        let more = integer(arguments, at)?;
        let more = u32::try_from(more).ok().filter(|more| (1..=32).contains(more)).ok_or(Refusal::Error)?;
        let length = prefix.length + more;
        if length > prefix.bits {
            return Err(Refusal::Error);
        }
        let size = low_bits(prefix.bits - length);
        let start = next.and_then(|next| next.checked_add(size)).map(|start| start & !size);
        let start = start.filter(|start| *start <= last).ok_or(Refusal::Error)?;
        let end = start.checked_add(size).filter(|end| *end <= last).ok_or(Refusal::Error)?;
        subnets.push(Prefix { network: start, length, ..prefix }.to_string());
        next = end.checked_add(1);
    }
    Ok(strings(subnets))
}

pub(super) fn cidrcontains(arguments: &[Value]) -> Answer {
    let outer = Prefix::parse(text(arguments, 0)?)?;
    let inner = text(arguments, 1)?;
    let inner = if inner.contains('/') {
        Prefix::parse(inner)?
    } else {
        let (network, bits) = address(inner).ok_or(Refusal::Error)?;
        Prefix { network, length: bits, bits }
    };
    if inner.bits != outer.bits {
        return Err(Refusal::Error);
    }
    Ok(Kind::Bool(inner.length >= outer.length && inner.network & outer.mask() == outer.network))
}

/// A whole number argument as its sign and size; more than 128 bits fit no network.
fn whole(arguments: &[Value], at: usize) -> Result<(bool, u128), Refusal> {
    let number = number(arguments, at)?.to_big();
    if !number.is_integer() {
        return Err(Refusal::Error);
    }
    let size = number.abs().to_u128().ok_or(Refusal::Error)?;
    Ok((number.is_negative(), size))
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

/// An address and how many bits it has. Terraform takes leading zeros, which are no octal numbers.
fn address(text: &str) -> Option<(u128, u32)> {
    if text.contains(':') {
        return text.parse::<Ipv6Addr>().ok().map(|address| (u128::from(address), 128));
    }
    let mut parts = text.split('.');
    let mut whole: u128 = 0;
    for _ in 0..4 {
        let part =
            parts.next().filter(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))?;
        let byte: u8 = part.parse().ok()?;
        whole = whole << 8 | u128::from(byte);
    }
    parts.next().is_none().then_some((whole, 32))
}

impl Prefix {
    fn parse(text: &str) -> Result<Self, Refusal> {
        let prefix = Self::read(text).ok_or(Refusal::Error)?;
        // Terraform takes the same network for one of IPv4 in some places and of IPv6 in others.
        if prefix.bits == 128 && prefix.network >> 32 == 0xffff {
            return Err(Refusal::Unknown("an IPv4 network is written as one of IPv6".into()));
        }
        Ok(prefix)
    }

    fn read(text: &str) -> Option<Self> {
        let (written, length) = text.split_once('/')?;
        let (network, bits) = address(written)?;
        let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        let length = digits.then(|| length.parse::<u32>().ok())?.filter(|length| *length <= bits)?;
        let whole = Self { network: 0, length, bits };
        Some(Self { network: network & whole.mask(), ..whole })
    }

    /// Bits of the host part.
    fn host_bits(self) -> u32 {
        self.bits - self.length
    }

    fn mask(self) -> u128 {
        low_bits(self.bits) & !low_bits(self.host_bits())
    }

    fn address(self, number: u128) -> String {
        if self.bits == 32 {
            Ipv4Addr::from(u32::try_from(number).unwrap_or(u32::MAX)).to_string()
        } else {
            Ipv6Addr::from(number).to_string()
        }
    }

    /// The host with this number; negative ones count from the end.
    fn host(self, negative: bool, size: u128) -> Option<String> {
        let most = low_bits(self.host_bits());
        let host = if negative { most.checked_sub(size.checked_sub(1)?)? } else { size };
        (host <= most).then(|| self.address(self.network | host))
    }

    /// The subnet with this number that is longer by `more` bits.
    fn subnet(self, more: i64, negative: bool, number: u128) -> Result<Self, Refusal> {
        let length = i64::from(self.length).checked_add(more).and_then(|length| u32::try_from(length).ok());
        let length = length.filter(|length| *length <= self.bits).ok_or(Refusal::Error)?;
        // A shorter prefix is not compared with.
        let most = u32::try_from(more).map_or(u128::MAX, low_bits);
        if number > most && !negative {
            return Err(Refusal::Error);
        }
        let shifted = number.checked_shl(self.bits - length).unwrap_or(0);
        if !negative {
            return Ok(Self { network: (self.network | shifted) & low_bits(self.bits), length, ..self });
        }
        // The size of what the bits of network and number are together.
        let signed = |bits: u128| i128::try_from(bits).ok().filter(|_| self.bits == 32);
        let both = signed(self.network).zip(signed(shifted)).map(|(network, shifted)| network | -shifted);
        let network = both.map(i128::unsigned_abs).filter(|network| *network <= low_bits(32));
        let network = network.ok_or(Refusal::Unknown("a negative number is no number of a subnet".into()))?;
        Ok(Self { network, length, ..self })
    }
}

fn low_bits(many: u32) -> u128 {
    if many >= 128 { u128::MAX } else { (1u128 << many) - 1 }
}
