//! Numbers as Terraform has them: binary with 512 bits of precision, printed in the fewest digits that give them back.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::{BigDecimal, ToPrimitive};

use crate::float::Float;

/// A number: a whole number of up to 64 bits exactly and without allocation, any other with 512 bits of precision.
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Small(i64),
    Float(Arc<Float>),
    /// Equal to zero, but printed with its sign.
    NegativeZero,
    /// What a division by zero gives.
    Infinite {
        negative: bool,
    },
}

/// Longest text that is read as a number.
const LONGEST: usize = 1_000;

/// Largest exponent, either way, that is read: what is beyond prints in more digits than anybody reads.
const LARGEST_EXPONENT: u32 = 5_000;

impl Number {
    /// Reads a decimal number as Terraform, JSON and YAML write it (`1`, `-2.50`, `1e3`, `.5`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(small) = text.parse::<i64>() {
            if small == 0 && text.starts_with('-') {
                return Some(Self(Repr::NegativeZero));
            }
            return Some(Self(Repr::Small(small)));
        }
        // A huge exponent would expand to as many digits when printed.
        let exponent = text.rsplit_once(['e', 'E']).map_or(Ok(0), |(_, exponent)| exponent.parse::<i32>());
        let huge = exponent.map_or(true, |exponent| exponent.unsigned_abs() > LARGEST_EXPONENT);
        if huge || text.len() > LONGEST || text.contains('_') {
            return None;
        }
        BigDecimal::from_str(text).ok().and_then(|decimal| Self::of_decimal(&decimal))
    }

    /// The number as a decimal one, exactly; zero if it is infinite.
    #[must_use]
    pub fn to_big(&self) -> BigDecimal {
        match &self.0 {
            Repr::Small(small) => BigDecimal::from(*small),
            Repr::Float(float) => float.to_decimal(),
            Repr::NegativeZero | Repr::Infinite { .. } => BigDecimal::from(0),
        }
    }

    /// The nearest number to a decimal one; infinite if it is too large.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a number that is computed is given away")]
    pub fn from_big(big: BigDecimal) -> Self {
        let negative = big.sign() == bigdecimal::num_bigint::Sign::Minus;
        Self::of_decimal(&big).unwrap_or(Self(Repr::Infinite { negative }))
    }

    fn of_decimal(decimal: &BigDecimal) -> Option<Self> {
        if decimal.sign() == bigdecimal::num_bigint::Sign::NoSign {
            return Some(Self::from(0));
        }
        Float::from_decimal(decimal).map(Self::of_float)
    }

    fn of_float(float: Float) -> Self {
        Self(float.to_i64().map_or_else(|| Repr::Float(Arc::new(float)), Repr::Small))
    }

    /// As a float; none if it is zero or infinite.
    fn float(&self) -> Option<Float> {
        match &self.0 {
            Repr::Small(small) => Float::from_integer(*small),
            Repr::Float(float) => Some((**float).clone()),
            Repr::NegativeZero | Repr::Infinite { .. } => None,
        }
    }

    /// Whether it is zero, of either sign.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Small(0) | Repr::NegativeZero)
    }

    fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(small) => *small < 0,
            Repr::Float(float) => float.is_negative(),
            Repr::NegativeZero => true,
            Repr::Infinite { negative } => *negative,
        }
    }

    /// Whether it is what a division by zero gives.
    #[must_use]
    pub fn is_infinite(&self) -> bool {
        matches!(self.0, Repr::Infinite { .. })
    }

    /// The sum; none if it is too large, or a part of it is infinite.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Option<Self> {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) if let Some(sum) = a.checked_add(*b) => Some(Self::from(sum)),
            (Repr::Infinite { .. }, _) | (_, Repr::Infinite { .. }) => None,
            _ if self.is_zero() => Some(other.clone()),
            _ if other.is_zero() => Some(self.clone()),
            _ if self == &other.negated() => Some(Self::from(0)),
            _ => self.float()?.add(&other.float()?).map(Self::of_float),
        }
    }

    /// The difference, as [`Self::plus`].
    #[must_use]
    pub fn minus(&self, other: &Self) -> Option<Self> {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) if let Some(less) = a.checked_sub(*b) => Some(Self::from(less)),
            _ => self.plus(&other.negated()),
        }
    }

    /// The product, as [`Self::plus`].
    #[must_use]
    pub fn times(&self, other: &Self) -> Option<Self> {
        if self.is_infinite() || other.is_infinite() {
            return None;
        }
        if self.is_zero() || other.is_zero() {
            let negative = self.is_negative() != other.is_negative();
            return Some(if negative { Self(Repr::NegativeZero) } else { Self::from(0) });
        }
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) if let Some(product) = a.checked_mul(*b) => {
                Some(Self::from(product))
            }
            _ => self.float()?.multiply(&other.float()?).map(Self::of_float),
        }
    }

    /// The quotient, infinite for a divisor of zero; none if both are zero, and as [`Self::plus`].
    #[must_use]
    pub fn over(&self, other: &Self) -> Option<Self> {
        if self.is_infinite() || other.is_infinite() {
            return None;
        }
        let negative = self.is_negative() != other.is_negative();
        match (self.is_zero(), other.is_zero()) {
            (true, true) => None,
            (false, true) => Some(Self(Repr::Infinite { negative })),
            (true, false) => Some(Self::from(0)),
            (false, false) => self.float()?.divide(&other.float()?).map(Self::of_float),
        }
    }

    /// What is left of a division towards zero; the number itself for a divisor of zero.
    #[must_use]
    pub fn modulo(&self, other: &Self) -> Option<Self> {
        if let (Repr::Small(a), Repr::Small(b)) = (&self.0, &other.0)
            && let Some(rest) = a.checked_rem(*b)
        {
            return Some(Self::from(rest));
        }
        if other.is_zero() {
            return Some(self.clone());
        }
        let quotient = self.over(other)?;
        let whole = quotient.float().and_then(|float| float.truncated());
        whole.map_or_else(|| Some(self.clone()), |whole| self.minus(&other.times(&Self::of_float(whole))?))
    }

    /// The number with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self(match &self.0 {
            Repr::Small(0) => Repr::NegativeZero,
            Repr::Small(small) => match small.checked_neg() {
                Some(negated) => Repr::Small(negated),
                None => {
                    return self
                        .float()
                        .map_or_else(|| Self::from(0), |float| Self::of_float(float.negated()));
                }
            },
            Repr::Float(float) => return Self::of_float(float.negated()),
            Repr::NegativeZero => Repr::Small(0),
            Repr::Infinite { negative } => Repr::Infinite { negative: !negative },
        })
    }

    /// The number as an integer, if it is whole and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(small) => Some(*small),
            Repr::NegativeZero => Some(0),
            Repr::Float(_) | Repr::Infinite { .. } => None,
        }
    }

    /// The nearest floating point number of 64 bits.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "nearest is what is asked for")]
            Repr::Small(small) => *small as f64,
            Repr::Float(float) => float.to_decimal().to_f64().unwrap_or(f64::NAN),
            Repr::NegativeZero => -0.0,
            Repr::Infinite { negative: false } => f64::INFINITY,
            Repr::Infinite { negative: true } => f64::NEG_INFINITY,
        }
    }
}

impl From<i64> for Number {
    fn from(small: i64) -> Self {
        Self(Repr::Small(small))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match number {
            zero if zero.is_zero() => 0,
            Self(Repr::Infinite { negative }) => {
                if *negative {
                    -2
                } else {
                    2
                }
            }
            other => {
                if other.is_negative() {
                    -1
                } else {
                    1
                }
            }
        };
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            _ => match (self.float(), other.float()) {
                (Some(a), Some(b)) => a.compare(&b),
                _ => sign(self).cmp(&sign(other)),
            },
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(small) => write!(f, "{small}"),
            Repr::Float(float) => f.write_str(&float.print()),
            Repr::NegativeZero => f.write_str("-0"),
            Repr::Infinite { negative } => f.write_str(if *negative { "-Inf" } else { "+Inf" }),
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, printed: &str) {
        assert_eq!(Number::parse(text).map(|number| number.to_string()).as_deref(), Some(printed));
    }

    #[test]
    fn numbers_print_as_terraform_prints_them() {
        check("017", "17");
        check("1.50", "1.5");
        check("1e3", "1000");
        check("1e-2", "0.01");
        check("-0.25", "-0.25");
        check("123456789012345678901234567890", "123456789012345678901234567890");
    }

    #[test]
    fn what_decimals_cannot_hold_is_rounded_in_binary() {
        let third = Number::from(1).over(&Number::from(3)).map(|third| third.to_string());
        assert_eq!(third.map(|third| (third.len(), third.ends_with("335"))), Some((157, true)));
        check("0.1", "0.1");
        check("1e-7", "0.0000001");
        check("9.95", "9.95");
        check("0.99999999999999999999", "0.99999999999999999999");
    }

    #[test]
    fn equal_numbers_are_equal_however_written() {
        assert_eq!(Number::parse("1.0"), Number::parse("1"));
        assert!(Number::parse("1.5") > Number::parse("1"));
    }

    #[test]
    fn a_huge_exponent_is_refused() {
        assert_eq!(Number::parse("1e999999999"), None);
    }
}
