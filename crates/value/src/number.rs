//! Exact decimal numbers, printed as Terraform prints them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use bigdecimal::{BigDecimal, ToPrimitive};

/// An exact decimal number. Whole numbers of up to 64 bits cost no allocation.
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Small(i64),
    Big(Arc<BigDecimal>),
}

impl Number {
    /// Reads a decimal number as HCL, JSON and YAML write it (`1`, `-2.50`, `1e3`).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(small) = text.parse::<i64>() {
            return Some(Self(Repr::Small(small)));
        }
        // A huge exponent would expand to as many digits when printed.
        let exponent = text.rsplit_once(['e', 'E']).map_or(Ok(0), |(_, exponent)| exponent.parse::<i32>());
        if exponent.map_or(true, |exponent| exponent.unsigned_abs() > 500) || text.len() > 1_000 {
            return None;
        }
        BigDecimal::from_str(text).ok().map(Self::from_big)
    }

    /// The number as a big decimal.
    #[must_use]
    pub fn to_big(&self) -> BigDecimal {
        match &self.0 {
            Repr::Small(small) => BigDecimal::from(*small),
            Repr::Big(big) => (**big).clone(),
        }
    }

    /// A number from a big decimal.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "a number that is computed is given away")]
    pub fn from_big(big: BigDecimal) -> Self {
        if big.is_integer()
            && let Some(small) = big.to_i64()
        {
            return Self(Repr::Small(small));
        }
        Self(Repr::Big(Arc::new(big.normalized())))
    }

    /// The number as an integer, if it is whole and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Small(small) => Some(*small),
            Repr::Big(_) => None,
        }
    }

    /// The nearest floating point number.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        match &self.0 {
            #[expect(clippy::cast_precision_loss, reason = "nearest is what is asked for")]
            Repr::Small(small) => *small as f64,
            Repr::Big(big) => big.to_f64().unwrap_or(f64::NAN),
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
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            _ => self.to_big().cmp(&other.to_big()),
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(small) => write!(f, "{small}"),
            Repr::Big(big) => f.write_str(&big.to_plain_string()),
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
        check("-0.25", "-0.25");
        check("123456789012345678901234567890", "123456789012345678901234567890");
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
