//! Texts in other encodings: base64 as Go reads and writes it, character sets, compression.

use std::io::Read;

use base64::Engine;
use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use encoding_rs::Encoding;
use value::Value;

use super::{Answer, MOST_BYTES, Refusal, string, text};

/// Standard base64 of bytes, padded.
pub(super) fn encoded(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Bytes of standard base64. Padding is asked for, line ends are skipped, and bits that are left over ignored.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    const LENIENT: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
    );
    LENIENT.decode(text.replace(['\r', '\n'], "")).ok()
}

pub(super) fn base64encode(arguments: &[Value]) -> Answer {
    string(encoded(text(arguments, 0)?.as_bytes()))
}

pub(super) fn base64decode(arguments: &[Value]) -> Answer {
    let bytes = decoded(text(arguments, 0)?).ok_or(Refusal::Error)?;
    string(String::from_utf8(bytes).map_err(|_| Refusal::Error)?)
}

/// OpenTofu's: the text that was compressed.
pub(super) fn base64gunzip(arguments: &[Value]) -> Answer {
    let bytes = decoded(text(arguments, 0)?).ok_or(Refusal::Error)?;
    let most = MOST_BYTES as u64 + 1;
    let mut out = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(most).read_to_end(&mut out);
    if out.len() > MOST_BYTES {
        return Err(Refusal::Limit);
    }
    read.map_err(|_| Refusal::Error)?;
    string(String::from_utf8(out).map_err(|_| Refusal::Error)?)
}

/// A character set.
enum Charset {
    Utf8,
    /// Whether big-endian, and whether with a mark in front.
    Utf16(bool, bool),
    Latin1,
    Ascii,
    Other(&'static Encoding),
}

/// Names of IANA's that differ from the labels of the web, or that these give another meaning.
fn charset(name: &str) -> Result<Charset, Refusal> {
    let lower = name.to_ascii_lowercase();
    Ok(match lower.as_str() {
        "utf-8" | "utf8" | "csutf8" => Charset::Utf8,
        "us-ascii" | "ascii" => Charset::Ascii,
        "utf-16" | "csutf16" => Charset::Utf16(true, true),
        "utf-16be" | "csutf16be" => Charset::Utf16(true, false),
        "utf-16le" | "csutf16le" => Charset::Utf16(false, false),
        "iso-8859-1" | "iso_8859-1" | "iso_8859-1:1987" | "latin1" | "l1" | "iso-ir-100" | "ibm819"
        | "cp819" | "csisolatin1" => Charset::Latin1,
        _ if OURS.contains(&lower.as_str()) => {
            Encoding::for_label(lower.as_bytes()).map(Charset::Other).ok_or(Refusal::Error)?
        }
        _ => return Err(Refusal::Unknown(format!("the character set `{name}` is not computed").into())),
    })
}

/// Character sets that mean the same to IANA and to the web.
const OURS: [&str; 26] = [
    "big5",
    "euc-jp",
    "euc-kr",
    "gb18030",
    "gbk",
    "iso-2022-jp",
    "iso-8859-2",
    "iso-8859-3",
    "iso-8859-4",
    "iso-8859-5",
    "iso-8859-7",
    "iso-8859-10",
    "iso-8859-13",
    "iso-8859-14",
    "iso-8859-15",
    "iso-8859-16",
    "koi8-r",
    "koi8-u",
    "macintosh",
    "shift_jis",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1257",
];

pub(super) fn textencodebase64(arguments: &[Value]) -> Answer {
    let whole = text(arguments, 0)?;
    let bytes: Vec<u8> = match charset(text(arguments, 1)?)? {
        Charset::Utf8 => whole.as_bytes().to_vec(),
        Charset::Utf16(big, mark) => {
            let units = mark.then_some(0xfeff).into_iter().chain(whole.encode_utf16());
            units.flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
        }
        Charset::Latin1 => {
            let bytes: Option<Vec<u8>> = whole.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            bytes.ok_or(Refusal::Error)?
        }
        Charset::Ascii if whole.is_ascii() => whole.as_bytes().to_vec(),
        Charset::Ascii => return Err(Refusal::Error),
        Charset::Other(encoding) => {
            let (bytes, _, replaced) = encoding.encode(whole);
            if replaced {
                return Err(Refusal::Error);
            }
            bytes.into_owned()
        }
    };
    string(encoded(&bytes))
}

pub(super) fn textdecodebase64(arguments: &[Value]) -> Answer {
    let charset = charset(text(arguments, 1)?)?;
    let bytes = decoded(text(arguments, 0)?).ok_or(Refusal::Error)?;
    match charset {
        Charset::Utf8 => string(String::from_utf8(bytes).map_err(|_| Refusal::Error)?),
        Charset::Utf16(big, mark) => {
            let unit = |pair: &[u8]| {
                let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
                if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) }
            };
            let mut units: Vec<u16> = bytes.chunks_exact(2).map(unit).collect();
            if mark && units.first() == Some(&0xfffe) {
                units.iter_mut().for_each(|unit| *unit = unit.swap_bytes());
            }
            let skipped = usize::from(mark && units.first() == Some(&0xfeff));
            let units: Vec<u16> = units.into_iter().skip(skipped).collect();
            let decoded = String::from_utf16(&units).ok().filter(|_| bytes.len().is_multiple_of(2));
            string(decoded.ok_or(Refusal::Error)?)
        }
        Charset::Latin1 => string(bytes.into_iter().map(char::from).collect::<String>()),
        Charset::Ascii if bytes.is_ascii() => string(String::from_utf8(bytes).map_err(|_| Refusal::Error)?),
        Charset::Ascii => Err(Refusal::Error),
        Charset::Other(encoding) => {
            let decoded = encoding.decode_without_bom_handling_and_without_replacement(&bytes);
            string(decoded.ok_or(Refusal::Error)?.into_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use value::{Kind, Origin};

    use super::*;

    fn compressed(bytes: &[u8]) -> Vec<Value> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("it is written");
        vec![Value::string(encoded(&encoder.finish().expect("it ends")), Origin::default())]
    }

    #[test]
    fn what_was_compressed_is_text_again() {
        assert_eq!(base64gunzip(&compressed("héllo".as_bytes())), Ok(Kind::String("héllo".into())));
        assert_eq!(base64gunzip(&compressed(b"\xff")), Err(Refusal::Error));
        let terraform = "H4sIAAAAAAAA/0oEAAAA//8BAAD//0O+t+gBAAAA";
        let given = [Value::string(terraform, Origin::default())];
        assert_eq!(base64gunzip(&given), Ok(Kind::String("a".into())));
        assert_eq!(base64gunzip(&[Value::string("YQ==", Origin::default())]), Err(Refusal::Error));
    }

    #[test]
    fn a_bomb_is_a_limit() {
        assert_eq!(base64gunzip(&compressed(&vec![b'a'; 8 << 20])), Err(Refusal::Limit));
    }
}
