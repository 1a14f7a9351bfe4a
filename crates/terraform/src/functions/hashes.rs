//! Hashes of texts and files, and what is made of them: `md5` … `base64sha512`, `uuidv5`.

use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use value::Value;

use super::texts::encoded;
use super::{Answer, Refusal, string, text};

/// A hash of bytes, written as a text.
pub(super) type Hash = fn(&[u8]) -> String;

/// The hash that a function's name ends with; none if there is no such hash.
pub(super) fn by_name(name: &str) -> Option<Hash> {
    Some(match name {
        "md5" => |bytes| hex(&md5::Md5::digest(bytes)),
        "sha1" => |bytes| hex(&Sha1::digest(bytes)),
        "sha256" => |bytes| hex(&Sha256::digest(bytes)),
        "sha512" => |bytes| hex(&Sha512::digest(bytes)),
        "base64sha256" => |bytes| encoded(&Sha256::digest(bytes)),
        "base64sha512" => |bytes| encoded(&Sha512::digest(bytes)),
        _ => return None,
    })
}

pub(super) fn of_text(name: &'static str, arguments: &[Value]) -> Answer {
    let hash = by_name(name).ok_or(Refusal::Error)?;
    string(hash(text(arguments, 0)?.as_bytes()))
}

pub(super) fn md5(arguments: &[Value]) -> Answer {
    of_text("md5", arguments)
}

pub(super) fn sha1(arguments: &[Value]) -> Answer {
    of_text("sha1", arguments)
}

pub(super) fn sha256(arguments: &[Value]) -> Answer {
    of_text("sha256", arguments)
}

pub(super) fn sha512(arguments: &[Value]) -> Answer {
    of_text("sha512", arguments)
}

pub(super) fn base64sha256(arguments: &[Value]) -> Answer {
    of_text("base64sha256", arguments)
}

pub(super) fn base64sha512(arguments: &[Value]) -> Answer {
    of_text("base64sha512", arguments)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes of the namespaces of RFC 4122 differ in their fourth byte alone.
const NAMESPACE: &str = "6ba7b8109dad11d180b400c04fd430c8";

/// A UUID of version 5: the hash of a namespace and a name (RFC 4122, section 4.3).
pub(super) fn uuidv5(arguments: &[Value]) -> Answer {
    let (namespace, name) = (text(arguments, 0)?, text(arguments, 1)?);
    let named = |last: u8| {
        let mut bytes = uuid(NAMESPACE)?;
        if let Some(byte) = bytes.get_mut(3) {
            *byte = last;
        }
        Some(bytes)
    };
    let namespace = match namespace {
        "dns" => named(0x10),
        "url" => named(0x11),
        "oid" => named(0x12),
        "x500" => named(0x14),
        other => uuid(other),
    };
    let mut hash = Sha1::new();
    hash.update(namespace.ok_or(Refusal::Error)?);
    hash.update(name.as_bytes());
    let mut bytes: Vec<u8> = hash.finalize().iter().copied().take(16).collect();
    if let Some(version) = bytes.get_mut(6) {
        *version = *version & 0x0f | 0x50;
    }
    if let Some(variant) = bytes.get_mut(8) {
        *variant = *variant & 0x3f | 0x80;
    }
    let digits = hex(&bytes);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    string([part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-"))
}

/// The bytes of a UUID: with dashes, bare, in braces, or as a URN.
fn uuid(text: &str) -> Option<Vec<u8>> {
    let dashed = match text.len() {
        32 => text.to_owned(),
        36 => undashed(text)?,
        38 => undashed(text.strip_prefix('{')?.strip_suffix('}')?)?,
        45 => {
            let (urn, rest) = text.split_at_checked(9)?;
            urn.eq_ignore_ascii_case("urn:uuid:").then(|| undashed(rest))??
        }
        _ => return None,
    };
    let byte = |at: usize| {
        let digits = dashed.get(at * 2..at * 2 + 2).filter(|digits| !digits.starts_with('+'))?;
        u8::from_str_radix(digits, 16).ok()
    };
    (0..16).map(byte).collect()
}

fn undashed(text: &str) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    (lengths == [8, 4, 4, 4, 12]).then(|| parts.concat())
}
