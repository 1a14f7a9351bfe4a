//! Numeric functions and number and boolean conversion.

use bigdecimal::{BigDecimal, RoundingMode, Signed};
use value::{Kind, Number, Value};

use super::{elements, integer, text};

pub(super) fn find(name: &str) -> Option<super::Pure> {
    Some(match name {
        "abs" => |a| big(number(a, 0)?.to_big().abs()),
        "ceil" => |a| big(number(a, 0)?.to_big().with_scale_round(0, RoundingMode::Ceiling)),
        "floor" => |a| big(number(a, 0)?.to_big().with_scale_round(0, RoundingMode::Floor)),
        "log" => |a| float(number(a, 0)?.as_f64().ln() / number(a, 1)?.as_f64().ln()),
        "pow" => pow,
        "max" => |a| numbers(a)?.into_iter().max().map(Kind::Number),
        "min" => |a| numbers(a)?.into_iter().min().map(Kind::Number),
        "sum" => |a| {
            let items: Option<Vec<Number>> =
                elements(a.first()?)?.into_iter().map(Value::as_number).collect();
            let items = items.filter(|items| !items.is_empty())?;
            big(items.iter().map(Number::to_big).sum())
        },
        "signum" => |a| {
            let number = number(a, 0)?.to_big();
            Some(Kind::Number(Number::from(if number.is_positive() {
                1
            } else {
                -i64::from(number.is_negative())
            })))
        },
        "parseint" => |a| {
            let base = u32::try_from(integer(a, 1)?).ok().filter(|base| (2..=36).contains(base))?;
            i64::from_str_radix(&text(a, 0)?, base).ok().map(|known| Kind::Number(known.into()))
        },
        "tonumber" => |a| match a.first()?.kind {
            Kind::Null => Some(Kind::Null),
            Kind::Bool(_) => None,
            _ => number(a, 0).map(Kind::Number),
        },
        "tobool" => |a| match a.first()?.kind {
            Kind::Null => Some(Kind::Null),
            Kind::Number(_) => None,
            _ => a.first()?.as_bool().map(Kind::Bool),
        },
        _ => return None,
    })
}

fn number(arguments: &[Value], at: usize) -> Option<Number> {
    arguments.get(at).and_then(Value::as_number)
}

fn numbers(arguments: &[Value]) -> Option<Vec<Number>> {
    arguments.iter().map(Value::as_number).collect()
}

fn big(number: BigDecimal) -> Option<Kind> {
    Some(Kind::Number(Number::from_big(number)))
}

fn float(number: f64) -> Option<Kind> {
    Number::parse(&format!("{number}")).map(Kind::Number)
}

fn pow(arguments: &[Value]) -> Option<Kind> {
    let base = number(arguments, 0)?;
    match integer(arguments, 1).and_then(|exponent| u32::try_from(exponent).ok()) {
        Some(exponent) if exponent <= 512 => {
            let one = BigDecimal::from(1);
            big((0..exponent).fold(one, |product, _| product * base.to_big()))
        }
        _ => float(base.as_f64().powf(number(arguments, 1)?.as_f64())),
    }
}
