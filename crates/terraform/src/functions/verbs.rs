//! The verbs of a format, `%[flags][width][.precision][[index]]letter`, and known values written by them as Go does.

use std::str::FromStr;

use bigdecimal::num_bigint::Sign;
use bigdecimal::{BigDecimal, RoundingMode, Zero};
use unicode_segmentation::UnicodeSegmentation;
use value::{Kind, Number, Value};

use super::strings::characters;
use super::{MOST_BYTES, Refusal};
use crate::eval::text;

/// Widest field, and most digits, that Go writes.
const WIDEST: usize = 1_000_000;

/// A verb.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Verb {
    left: bool,
    zero: bool,
    plus: bool,
    space: bool,
    sharp: bool,
    width: Option<usize>,
    precision: Option<usize>,
    /// The argument that it names, counted from one.
    pub(super) index: Option<usize>,
    letter: char,
}

/// A piece of a format.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Verb(Verb),
}

/// The pieces of a format; none if a verb is malformed.
pub(super) fn pieces(format: &str) -> Result<Vec<Piece>, Refusal> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            text.push(c);
        } else if chars.next_if_eq(&'%').is_some() {
            text.push('%');
        } else {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            pieces.push(Piece::Verb(verb(&mut chars)?));
        }
    }
    pieces.push(Piece::Text(text));
    Ok(pieces)
}

fn verb(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<Verb, Refusal> {
    let mut verb = Verb::default();
    while let Some(flag) = chars.next_if(|c| "-0+ #".contains(*c)) {
        match flag {
            '-' => verb.left = true,
            '0' => verb.zero = true,
            '+' => verb.plus = true,
            ' ' => verb.space = true,
            _ => verb.sharp = true,
        }
    }
    if chars.peek().is_some_and(char::is_ascii_digit) {
        verb.width = Some(number(chars)?);
    }
    if chars.next_if_eq(&'.').is_some() {
        let digits = chars.peek().is_some_and(char::is_ascii_digit);
        verb.precision = if digits { Some(number(chars)?) } else { None };
    }
    if chars.next_if_eq(&'[').is_some() {
        let from_one = chars.peek().is_some_and(|c| matches!(c, '1'..='9'));
        verb.index = Some(if from_one { number(chars)? } else { return Err(Refusal::Error) });
        chars.next_if_eq(&']').ok_or(Refusal::Error)?;
    }
    verb.letter = chars.next().filter(char::is_ascii_alphabetic).ok_or(Refusal::Error)?;
    if "vtbdoxXeEfgGsq".contains(verb.letter) { Ok(verb) } else { Err(Refusal::Error) }
}

fn number(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Result<usize, Refusal> {
    let mut text = String::new();
    while let Some(digit) = chars.next_if(char::is_ascii_digit) {
        text.push(digit);
    }
    text.parse().ok().filter(|number| *number <= WIDEST).ok_or(Refusal::Limit)
}

impl Verb {
    /// Whether a text is written as it is.
    pub(super) fn is_plain(&self) -> bool {
        matches!(self.letter, 's' | 'v') && !self.sharp && self.width.is_none() && self.precision.is_none()
    }

    /// Whether a number is written as its digits.
    pub(super) fn is_plain_number(&self) -> bool {
        self.letter == 'd' && *self == Self { letter: 'd', index: self.index, ..Self::default() }
    }

    /// A known value, written.
    pub(super) fn written(&self, value: &Value) -> Result<String, Refusal> {
        let text = match self.letter {
            'v' => return Ok(self.padded(self.default_form(value)?)),
            't' => return as_bool(value).map(|known| known.to_string()).ok_or(Refusal::Error),
            's' => self.cut(primitive(value)?),
            'q' => json(&Value::string(self.cut(primitive(value)?), value::Origin::default()))?,
            letter => {
                let number = numeric(value)?;
                return match letter {
                    'e' | 'E' | 'f' | 'g' | 'G' => self.float(&number),
                    _ => self.integer(&number),
                };
            }
        };
        Ok(self.padded(text))
    }

    /// The characters of a text that the precision leaves.
    fn cut(&self, text: String) -> String {
        match self.precision {
            Some(most) => text.graphemes(true).take(most).collect(),
            None => text,
        }
    }

    fn default_form(&self, value: &Value) -> Result<String, Refusal> {
        match &value.kind {
            _ if self.sharp => json(value),
            Kind::Null => Ok("null".to_owned()),
            Kind::Number(number) => Ok(shortest(number)),
            Kind::String(_) | Kind::Bool(_) => primitive(value),
            _ => json(value),
        }
    }

    /// A text, filled up to the width; with zeros too, whatever it is.
    fn padded(&self, text: String) -> String {
        let missing = self.width.unwrap_or(0).saturating_sub(characters(&text));
        let fill = if self.zero { "0" } else { " " };
        match self.left {
            true => text + &fill.repeat(missing),
            false => fill.repeat(missing) + &text,
        }
    }

    /// A number whose sign stands before the zeros that fill it up.
    fn signed(&self, negative: bool, prefix: &str, digits: &str, zeros: bool) -> String {
        let sign = match (negative, self.plus, self.space) {
            (true, _, _) => "-",
            (false, true, _) => "+",
            (false, false, true) => " ",
            _ => "",
        };
        let whole = format!("{sign}{prefix}{digits}");
        let missing = self.width.unwrap_or(0).saturating_sub(whole.len());
        match (self.left, self.zero && zeros) {
            (true, _) => whole + &" ".repeat(missing),
            (false, true) => format!("{sign}{prefix}{}{digits}", "0".repeat(missing)),
            (false, false) => " ".repeat(missing) + &whole,
        }
    }

    fn integer(&self, number: &Number) -> Result<String, Refusal> {
        let number = number.to_big();
        if !number.is_integer() {
            return Err(Refusal::Error);
        }
        let whole = number.with_scale(0).as_bigint_and_exponent().0;
        let (radix, prefix) = match self.letter {
            'b' => (2, "0b"),
            'o' => (8, "0"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let mut digits = whole.magnitude().to_str_radix(radix);
        if self.letter == 'X' {
            digits.make_ascii_uppercase();
        }
        let missing = self.precision.unwrap_or(0).saturating_sub(digits.len());
        let digits = "0".repeat(missing) + &digits;
        let prefix = if self.sharp { prefix } else { "" };
        // A precision says how many digits there are, and zeros do not fill then.
        Ok(self.signed(whole.sign() == Sign::Minus, prefix, &digits, self.precision.is_none()))
    }

    fn float(&self, number: &Number) -> Result<String, Refusal> {
        let negative = number.to_string().starts_with('-');
        let size = number.to_big().abs();
        let digits = match self.letter {
            'f' => fixed(&size, self.precision.unwrap_or(6)),
            'e' | 'E' => exponential(&size, self.precision.unwrap_or(6)),
            _ => match self.precision {
                None => shortest(number).trim_start_matches('-').to_owned(),
                Some(precision) => general(&size, precision.max(1)),
            },
        };
        if digits.len() > MOST_BYTES {
            return Err(Refusal::Limit);
        }
        let digits = if self.letter.is_ascii_uppercase() { digits.to_ascii_uppercase() } else { digits };
        Ok(self.signed(negative, "", &digits, true))
    }
}

/// A number as `%v` writes it: the fewest digits that give it back, with an exponent from a million on and below a
/// ten-thousandth.
fn shortest(number: &Number) -> String {
    let plain = number.to_string();
    let decimal = BigDecimal::from_str(&plain).unwrap_or_default();
    if decimal.is_zero() {
        return plain;
    }
    let (digits, exponent) = mantissa(&decimal);
    if (-4..6).contains(&exponent) {
        return plain;
    }
    let sign = if plain.starts_with('-') { "-" } else { "" };
    format!("{sign}{}", with_exponent(&digits, exponent))
}

/// The significant digits of a number other than zero, without zeros at their end, and the exponent of the first.
fn mantissa(number: &BigDecimal) -> (String, i64) {
    let (digits, scale) = number.abs().normalized().into_bigint_and_exponent();
    let digits = digits.to_string();
    let exponent = i64::try_from(digits.len()).unwrap_or(i64::MAX) - 1 - scale;
    (digits, exponent)
}

fn with_exponent(digits: &str, exponent: i64) -> String {
    let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.abs())
}

/// So many digits after the point.
fn fixed(number: &BigDecimal, precision: usize) -> String {
    let scale = i64::try_from(precision).unwrap_or(i64::MAX);
    rounded(number, scale).to_plain_string()
}

/// One digit before the point, so many after it, and an exponent.
fn exponential(number: &BigDecimal, precision: usize) -> String {
    if number.is_zero() {
        return with_exponent(&"0".repeat(precision + 1), 0);
    }
    let (_, exponent) = mantissa(number);
    let scale = i64::try_from(precision).unwrap_or(i64::MAX).saturating_sub(exponent);
    let number = rounded(number, scale);
    // Rounding up may have made one digit more.
    let (digits, exponent) = mantissa(&number);
    let missing = (precision + 1).saturating_sub(digits.len());
    with_exponent(&(digits + &"0".repeat(missing)), exponent)
}

/// So many significant digits, with an exponent where there are more before the point.
fn general(number: &BigDecimal, precision: usize) -> String {
    if number.is_zero() {
        return "0".to_owned();
    }
    let (_, exponent) = mantissa(number);
    let wanted = i64::try_from(precision).unwrap_or(i64::MAX);
    let number = rounded(number, wanted - 1 - exponent);
    let (digits, exponent) = mantissa(&number);
    if exponent < -4 || exponent >= wanted {
        return with_exponent(&digits, exponent);
    }
    number.normalized().to_plain_string()
}

/// A number, which is exactly what it is in binary, rounded half to even.
fn rounded(number: &BigDecimal, scale: i64) -> BigDecimal {
    number.with_scale_round(scale, RoundingMode::HalfEven)
}

/// The text of a primitive.
fn primitive(value: &Value) -> Result<String, Refusal> {
    text::primitive(value).map(|text| text.to_string()).ok_or(Refusal::Error)
}

fn numeric(value: &Value) -> Result<Number, Refusal> {
    match value.kind {
        Kind::Number(_) | Kind::String(_) => {
            let number = value.as_number().ok_or(Refusal::Error)?;
            if number.is_infinite() {
                Err(Refusal::Unknown("a number is infinite".into()))
            } else {
                Ok(number)
            }
        }
        _ => Err(Refusal::Error),
    }
}

fn as_bool(value: &Value) -> Option<bool> {
    match super::convert::to_bool(value.clone()).kind {
        Kind::Bool(known) => Some(known),
        _ => None,
    }
}

fn json(value: &Value) -> Result<String, Refusal> {
    let json = Value::template(text::json(value), value::Origin::default());
    json.as_str().map(str::to_owned).ok_or(Refusal::Error)
}
