//! Numeric functions. `log` and `pow` are those of Go's floating point, the others are exact.

use bigdecimal::num_bigint::{BigInt, Sign};
use bigdecimal::{BigDecimal, RoundingMode, Zero};
use value::{Kind, Number, Value};

use super::{Answer, Refusal, integer, number, text};

/// Longest text that is read as a number.
const LONGEST: usize = 10_000;

pub(super) fn abs(arguments: &[Value]) -> Answer {
    exact(number(arguments, 0)?.to_big().abs())
}

pub(super) fn ceil(arguments: &[Value]) -> Answer {
    exact(number(arguments, 0)?.to_big().with_scale_round(0, RoundingMode::Ceiling))
}

pub(super) fn floor(arguments: &[Value]) -> Answer {
    exact(number(arguments, 0)?.to_big().with_scale_round(0, RoundingMode::Floor))
}

pub(super) fn max(arguments: &[Value]) -> Answer {
    let numbers = numbers(arguments)?;
    numbers.into_iter().max().map(Kind::Number).ok_or(Refusal::Error)
}

pub(super) fn min(arguments: &[Value]) -> Answer {
    let numbers = numbers(arguments)?;
    numbers.into_iter().min().map(Kind::Number).ok_or(Refusal::Error)
}

pub(super) fn signum(arguments: &[Value]) -> Answer {
    Ok(Kind::Number(integer(arguments, 0)?.signum().into()))
}

/// The sum of a list, a set or a tuple of numbers, of which there is at least one.
pub(super) fn sum(arguments: &[Value]) -> Answer {
    let list = arguments.first().and_then(Value::as_list).ok_or(Refusal::Error)?;
    let mut sum = BigDecimal::zero();
    for item in &list.items {
        if matches!(item.value.kind, Kind::Bool(_)) {
            return Err(Refusal::Error);
        }
        sum += item.value.as_number().ok_or(Refusal::Error)?.to_big();
    }
    if list.items.is_empty() { Err(Refusal::Error) } else { exact(sum) }
}

pub(super) fn log(arguments: &[Value]) -> Answer {
    float(number(arguments, 0)?.as_f64().ln() / number(arguments, 1)?.as_f64().ln())
}

pub(super) fn pow(arguments: &[Value]) -> Answer {
    float(power(number(arguments, 0)?.as_f64(), number(arguments, 1)?.as_f64()))
}

/// `base` to the power of `exponent`, rounded as Go's `math.Pow` rounds: the whole part of the exponent by squaring
/// mantissas, its fraction by a logarithm.
fn power(base: f64, exponent: f64) -> f64 {
    if exponent == 0.0 || base == 1.0 {
        return 1.0;
    }
    if exponent == 1.0 {
        return base;
    }
    if exponent == 0.5 {
        return base.sqrt();
    }
    if exponent == -0.5 {
        return 1.0 / base.sqrt();
    }
    let plain = base == 0.0 || !base.is_finite() || !exponent.is_finite() || exponent.abs() >= 1e9;
    let (mut whole, mut fraction) = (exponent.abs().trunc(), exponent.abs().fract());
    if plain || fraction != 0.0 && base < 0.0 {
        return base.powf(exponent);
    }
    let mut mantissa = 1.0;
    let mut binary: i32 = 0;
    if fraction != 0.0 {
        if fraction > 0.5 {
            fraction -= 1.0;
            whole += 1.0;
        }
        mantissa = (fraction * base.ln()).exp();
    }
    let (mut square, mut square_binary) = split(base);
    #[expect(clippy::cast_possible_truncation, reason = "whole and less than 1e9, as tested above")]
    let mut left = whole as i64;
    while left != 0 {
        if square_binary.abs() > 1 << 12 {
            binary = binary.saturating_add(square_binary);
            break;
        }
        if left & 1 == 1 {
            mantissa *= square;
            binary = binary.saturating_add(square_binary);
        }
        square *= square;
        square_binary <<= 1;
        if square < 0.5 {
            square += square;
            square_binary -= 1;
        }
        left >>= 1;
    }
    if exponent < 0.0 {
        mantissa = 1.0 / mantissa;
        binary = -binary;
    }
    scaled(mantissa, binary)
}

/// A finite number other than zero as a mantissa of at least a half and less than one, and a power of two.
fn split(number: f64) -> (f64, i32) {
    let mut mantissa = number;
    let mut binary = 0;
    while mantissa.abs() >= 1.0 {
        mantissa /= 2.0;
        binary += 1;
    }
    while mantissa.abs() < 0.5 {
        mantissa *= 2.0;
        binary -= 1;
    }
    (mantissa, binary)
}

/// `mantissa` times two to the power of `binary`.
fn scaled(mantissa: f64, binary: i32) -> f64 {
    let mut number = mantissa;
    let mut left = binary.clamp(-2200, 2200);
    while left != 0 {
        let step = left.clamp(-1000, 1000);
        number *= 2.0f64.powi(step);
        left -= step;
    }
    number
}

/// A whole number in a base of 2 to 62.
pub(super) fn parseint(arguments: &[Value]) -> Answer {
    let value = arguments.first().ok_or(Refusal::Error)?;
    if !matches!(value.kind, Kind::String(_)) {
        return Err(Refusal::Error);
    }
    let base = u32::try_from(integer(arguments, 1)?).ok().filter(|base| (2..=62).contains(base));
    let base = base.ok_or(Refusal::Error)?;
    let written = text(arguments, 0)?;
    let digits = written.strip_prefix(['+', '-']).unwrap_or(written);
    if digits.len() > LONGEST {
        return Err(Refusal::Limit);
    }
    if digits.is_empty() {
        return Err(Refusal::Error);
    }
    let mut whole = BigInt::from(0);
    for c in digits.chars() {
        let digit = match c {
            '0'..='9' => u32::from(c) - u32::from('0'),
            'a'..='z' => u32::from(c) - u32::from('a') + 10,
            'A'..='Z' if base <= 36 => u32::from(c) - u32::from('A') + 10,
            'A'..='Z' => u32::from(c) - u32::from('A') + 36,
            _ => return Err(Refusal::Error),
        };
        if digit >= base {
            return Err(Refusal::Error);
        }
        whole = whole * base + digit;
    }
    if written.starts_with('-') && whole.sign() != Sign::NoSign {
        whole = -whole;
    }
    exact(BigDecimal::from(whole))
}

fn numbers(arguments: &[Value]) -> Result<Vec<Number>, Refusal> {
    (0..arguments.len()).map(|at| number(arguments, at)).collect()
}

fn exact(number: BigDecimal) -> Answer {
    Ok(Kind::Number(Number::from_big(number)))
}

fn float(number: f64) -> Answer {
    if number.is_nan() {
        return Err(Refusal::Error);
    }
    if number.is_infinite() {
        return Err(Refusal::Unknown("the number is infinite".into()));
    }
    let number =
        Number::parse(&format!("{number}")).ok_or(Refusal::Unknown("the number is too large".into()))?;
    Ok(Kind::Number(number))
}
