//! Binary floating point numbers of 512 bits, as Terraform computes with them. Invariant: the mantissa is odd and has
//! at most [`PRECISION`] bits, so that equal numbers are represented alike; zero is no such number.

use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use bigdecimal::num_bigint::{BigInt, BigUint, Sign};
use bigdecimal::num_traits::{One, Signed, ToPrimitive, Zero};

/// Bits of a mantissa.
const PRECISION: u64 = 512;

/// Largest binary exponent, either way: what is beyond prints in more digits than anybody reads.
const LARGEST: i64 = 40_000;

/// `mantissa * 2^exponent`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Float {
    mantissa: BigInt,
    exponent: i64,
}

impl Float {
    /// `mantissa * 2^exponent`, rounded to the nearest, ties to even; `sticky` says that the true number is a little
    /// further from zero. None for zero and beyond [`LARGEST`].
    fn rounded(mantissa: &BigInt, exponent: i64, sticky: bool) -> Option<Self> {
        let (sign, mut bits) = (mantissa.sign(), mantissa.magnitude().clone());
        let mut exponent = exponent;
        if bits.is_zero() {
            return None;
        }
        let excess = bits.bits().saturating_sub(PRECISION);
        if excess > 0 {
            let half = bits.bit(excess - 1);
            let below = sticky || bits.trailing_zeros().is_some_and(|zeros| zeros < excess - 1);
            bits >>= excess;
            exponent += i64::try_from(excess).ok()?;
            if half && (below || bits.bit(0)) {
                bits += BigUint::one();
            }
        }
        let zeros = bits.trailing_zeros().unwrap_or(0);
        bits >>= zeros;
        exponent += i64::try_from(zeros).ok()?;
        (exponent.abs() <= LARGEST).then(|| Self { mantissa: BigInt::from_biguint(sign, bits), exponent })
    }

    /// The nearest number to a decimal one.
    pub(crate) fn from_decimal(decimal: &BigDecimal) -> Option<Self> {
        let (digits, scale) = decimal.as_bigint_and_exponent();
        if scale.abs() > LARGEST {
            return None;
        }
        let power = u32::try_from(scale.unsigned_abs()).ok()?;
        if scale <= 0 {
            return Self::rounded(&(digits * BigInt::from(10u8).pow(power)), 0, false);
        }
        Self::quotient(&digits, &BigInt::from(5u8).pow(power), -scale)
    }

    pub(crate) fn from_integer(integer: i64) -> Option<Self> {
        Self::rounded(&BigInt::from(integer), 0, false)
    }

    /// `dividend / divisor * 2^exponent`.
    fn quotient(dividend: &BigInt, divisor: &BigInt, exponent: i64) -> Option<Self> {
        if divisor.is_zero() {
            return None;
        }
        // Two more bits than are kept, so that rounding can see the rest.
        let shift = (PRECISION + 2 + divisor.bits()).saturating_sub(dividend.bits());
        let shifted = dividend << shift;
        let quotient = &shifted / divisor;
        let exact = (&quotient * divisor) == shifted;
        let exponent = exponent - i64::try_from(shift).ok()?;
        if exact {
            return Self::rounded(&quotient, exponent, false);
        }
        // A bit of the rest below all that are kept.
        let sign = if quotient.sign() == Sign::Minus { -BigInt::one() } else { BigInt::one() };
        Self::rounded(&((quotient << 1) + sign), exponent - 1, true)
    }

    /// Both mantissas over one exponent; none if that takes too many bits.
    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let exponent = self.exponent.min(other.exponent);
        let shifted = |float: &Self| &float.mantissa << (float.exponent - exponent).unsigned_abs();
        (shifted(self), shifted(other), exponent)
    }

    /// The sum; none if it is zero or too large.
    pub(crate) fn add(&self, other: &Self) -> Option<Self> {
        let (a, b, exponent) = self.aligned(other);
        Self::rounded(&(a + b), exponent, false)
    }

    pub(crate) fn multiply(&self, other: &Self) -> Option<Self> {
        Self::rounded(&(&self.mantissa * &other.mantissa), self.exponent + other.exponent, false)
    }

    pub(crate) fn divide(&self, other: &Self) -> Option<Self> {
        Self::quotient(&self.mantissa, &other.mantissa, self.exponent - other.exponent)
    }

    /// The number without its fraction; none for zero.
    pub(crate) fn truncated(&self) -> Option<Self> {
        if self.exponent >= 0 {
            return Some(self.clone());
        }
        let bits = self.mantissa.magnitude() >> self.exponent.unsigned_abs();
        Self::rounded(&BigInt::from_biguint(self.mantissa.sign(), bits), 0, false)
    }

    pub(crate) fn negated(&self) -> Self {
        Self { mantissa: -&self.mantissa, exponent: self.exponent }
    }

    pub(crate) fn is_negative(&self) -> bool {
        self.mantissa.is_negative()
    }

    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let (a, b, _) = self.aligned(other);
        a.cmp(&b)
    }

    /// The number as an integer of 64 bits, if it is one.
    pub(crate) fn to_i64(&self) -> Option<i64> {
        if self.exponent < 0 || self.exponent > 64 {
            return None;
        }
        (&self.mantissa << self.exponent.unsigned_abs()).to_i64()
    }

    /// The number as a decimal one, exactly.
    pub(crate) fn to_decimal(&self) -> BigDecimal {
        let (digits, scale) = self.scaled(&self.mantissa, self.exponent);
        BigDecimal::new(digits, scale)
    }

    /// `mantissa * 2^exponent` as `digits / 10^scale`.
    fn scaled(&self, mantissa: &BigInt, exponent: i64) -> (BigInt, i64) {
        let power = u32::try_from(exponent.unsigned_abs()).unwrap_or(u32::MAX);
        if exponent >= 0 {
            (mantissa << power, 0)
        } else {
            (mantissa * BigInt::from(5u8).pow(power), -exponent)
        }
    }

    /// Decimal digits of `mantissa * 2^exponent` without sign and without zeros at their end, and how many of them
    /// are before the point.
    fn digits(&self, mantissa: &BigInt, exponent: i64) -> (Vec<u8>, i64) {
        let (digits, scale) = self.scaled(mantissa, exponent);
        let mut digits: Vec<u8> =
            digits.magnitude().to_string().into_bytes().into_iter().map(|byte| byte - b'0').collect();
        let before = i64::try_from(digits.len()).unwrap_or(i64::MAX) - scale;
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (digits, before)
    }

    /// The fewest digits that no other number of this precision is nearer to.
    fn shortest(&self) -> (Vec<u8>, i64) {
        let (mut digits, before) = self.digits(&self.mantissa, self.exponent);
        // One bit more than the precision: the last one is half a step to the next number.
        let shift = (PRECISION + 1).saturating_sub(self.mantissa.bits());
        let mantissa = BigInt::from_biguint(Sign::Plus, self.mantissa.magnitude() << shift);
        let exponent = self.exponent - i64::try_from(shift).unwrap_or(0);
        let (lower, _) = self.digits(&(&mantissa - 1u8), exponent);
        let (upper, _) = self.digits(&(&mantissa + 1u8), exponent);
        let inclusive = !mantissa.bit(1);
        let at = |digits: &[u8], at: usize| digits.get(at).copied().unwrap_or(0);
        for place in 0..digits.len() {
            let (digit, low, high) = (at(&digits, place), at(&lower, place), at(&upper, place));
            let down = low != digit || inclusive && place + 1 == lower.len();
            let up = digit != high && (inclusive || digit + 1 < high || place + 1 < upper.len());
            let nearest_is_up = || {
                let next = at(&digits, place + 1);
                let tie = next == 5 && place + 2 == digits.len();
                if tie { digit % 2 == 1 } else { next >= 5 }
            };
            match (down, up) {
                (false, false) => continue,
                (true, true) if !nearest_is_up() => digits.truncate(place + 1),
                (true, false) => digits.truncate(place + 1),
                _ => return (raised(digits, place), before),
            }
            break;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        (digits, before)
    }

    /// The number as Terraform prints it, without exponent.
    pub(crate) fn print(&self) -> String {
        let (digits, before) = self.shortest();
        // Rounding up may have carried into a digit more.
        let (digits, before) = match digits.split_first() {
            Some((&10, rest)) => {
                let mut carried = vec![1, 0];
                carried.extend(rest);
                while carried.last() == Some(&0) {
                    carried.pop();
                }
                (carried, before + 1)
            }
            _ => (digits, before),
        };
        let mut text = String::new();
        if self.is_negative() {
            text.push('-');
        }
        let digit = |at: i64| usize::try_from(at).ok().and_then(|at| digits.get(at)).copied().unwrap_or(0);
        if before <= 0 {
            text.push('0');
        }
        text.extend((0..before).map(|at| char::from(b'0' + digit(at))));
        let last = i64::try_from(digits.len()).unwrap_or(0);
        if last > before {
            text.push('.');
            text.extend((before.min(0)..0).map(|_| '0'));
            text.extend((before.max(0)..last).map(|at| char::from(b'0' + digit(at))));
        }
        text
    }
}

/// The digits up to `place`, the last one raised; a carry out of the first one leaves 10 there.
fn raised(mut digits: Vec<u8>, place: usize) -> Vec<u8> {
    digits.truncate(place + 1);
    while digits.len() > 1 && digits.last() == Some(&9) {
        digits.pop();
    }
    if let Some(last) = digits.last_mut() {
        *last += 1;
    }
    digits
}
