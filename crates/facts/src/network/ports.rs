//! Protocols and port ranges. Invariant: an opening's ports are 0 to 65,535 wherever the rule admits all of them.

use value::{Kind, Number, Value};

use crate::decision::Decision;
use crate::lists::{elements, fact_origin, map_choices};

/// The highest port.
const LAST: i64 = 65_535;

/// The protocol as rules know it: `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, other numbers and names in lower
/// case.
pub(crate) fn protocol(written: &Value) -> Value {
    map_choices(written, |choice| {
        let text = match &choice.kind {
            Kind::String(text) => text.to_ascii_lowercase(),
            Kind::Number(number) => number.to_string(),
            _ => return choice.clone(),
        };
        let name = match text.trim() {
            "-1" | "all" => "-1",
            "6" => "tcp",
            "17" => "udp",
            "1" => "icmp",
            "58" | "ipv6-icmp" => "icmpv6",
            other => other,
        };
        Value::string(name, choice.origin.clone())
    })
}

/// First and last port of a rule.
pub(crate) fn ports(protocol: &Value, from: &Value, to: &Value) -> (Value, Value) {
    let all = |value: &Value| value.is_absent() || value.as_number() == Some(Number::from(-1));
    let everything = protocol.as_str() == Some("-1")
        || (all(from) && all(to) && !matches!(protocol.as_str(), Some("icmp" | "icmpv6")));
    if everything {
        let at = |port: i64, written: &Value| Value::number(port, written.origin.clone());
        return (at(0, from), at(LAST, to));
    }
    // A single end stands for both.
    let end = |written: &Value, other: &Value| if all(written) { other.clone() } else { written.clone() };
    (end(from, to), end(to, from))
}

/// An end of a range, if it is known.
fn end(value: &Value) -> Option<i64> {
    value.as_number().and_then(|number| number.as_i64())
}

/// Whether ports from `from` to `to` of `protocol` overlap one of `ranges` (`"22"`, `"1433-1434"`) of `wanted`.
pub(crate) fn admits(opening: &Value, wanted: &Value, ranges: &Value) -> Decision {
    let (from, to) = (opening.get("from"), opening.get("to"));
    let protocol =
        Decision::over_choices(&opening.get("protocol"), |protocol| same_protocol(protocol, wanted));
    if protocol.is_no() {
        return Decision::NO;
    }
    let ranges = elements(ranges);
    let overlap = |range: &Value| {
        Decision::over_choices(&from, |from| Decision::over_choices(&to, |to| overlaps(from, to, range)))
    };
    let everything = Decision::over_choices(&opening.get("protocol"), |protocol| {
        Decision::from(protocol.as_str() == Some("-1"))
    });
    let some = Decision::any(ranges.items.iter().map(|item| overlap(&item.value)));
    protocol.and(everything.or(some))
}

fn same_protocol(protocol: &Value, wanted: &Value) -> Decision {
    match (protocol.as_str(), wanted.as_str()) {
        (Some("-1"), _) => Decision::YES,
        (Some(protocol), Some(wanted)) => Decision::from(protocol.eq_ignore_ascii_case(wanted)),
        _ => Decision::unknown(why(protocol, "the protocol of the rule is not known")),
    }
}

fn overlaps(from: &Value, to: &Value, range: &Value) -> Decision {
    if let Kind::Unknown(unknown) = &range.kind {
        // A port that is not known is one of all ports.
        let all = end(from) == Some(0) && end(to) == Some(LAST);
        return if all { Decision::YES } else { Decision::unknown(unknown.reason.clone()) };
    }
    let Some((low, high)) = range_of(range) else { return Decision::NO };
    match (end(from), end(to)) {
        (Some(from), Some(to)) => Decision::from(from <= high && low <= to),
        (Some(from), None) if from > high => Decision::NO,
        (None, Some(to)) if to < low => Decision::NO,
        (Some(_), None) => Decision::unknown(why(to, "the last port of the rule is not known")),
        _ => Decision::unknown(why(from, "the first port of the rule is not known")),
    }
}

fn range_of(range: &Value) -> Option<(i64, i64)> {
    if let Some(port) = range.as_number().and_then(|number| number.as_i64()) {
        return Some((port, port));
    }
    let (low, high) = range.as_str()?.split_once('-')?;
    Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
}

fn why(value: &Value, otherwise: &str) -> String {
    match &value.kind {
        Kind::Unknown(unknown) => unknown.reason.to_string(),
        _ => otherwise.to_owned(),
    }
}

/// How many ports an opening admits; the value of an end that is not known.
pub(crate) fn width(opening: &Value) -> Value {
    let (from, to) = (opening.get("from"), opening.get("to"));
    map_choices(&from, |from| {
        map_choices(&to, |to| match (end(from), end(to)) {
            (Some(from), Some(to)) => {
                let ports = to.saturating_sub(from).saturating_add(1).max(0);
                Value::number(ports, fact_origin(&opening.origin))
            }
            (None, _) => from.clone(),
            (_, None) => to.clone(),
        })
    })
}

/// First and last port, both known.
pub(crate) fn known_range(from: &Value, to: &Value) -> Option<(i64, i64)> {
    Some((end(from)?, end(to)?))
}

#[cfg(test)]
mod tests {
    use value::{Origin, Unknown};

    use super::*;
    use crate::lists::record;

    fn value(text: &str) -> Value {
        match text {
            "" => Value::absent(),
            "?" => Value::unknown(Unknown::fresh("why"), Origin::default()),
            text => Value::string(text, Origin::default()),
        }
    }

    fn opening(rule: &str) -> Value {
        let fields: Vec<&str> = rule.split(' ').collect();
        let [name, from, to] = fields.as_slice() else { panic!("{rule}") };
        let protocol = protocol(&value(name));
        let (from, to) = ports(&protocol, &value(from), &value(to));
        record([("protocol", protocol), ("from", from), ("to", to)], Origin::default())
    }

    #[track_caller]
    fn check(rule: &str, wanted: &str, range: &str, expect: &str) {
        let ranges = Value::list([value(range)], Origin::default());
        let decision = admits(&opening(rule), &value(wanted), &ranges);
        let shown = if decision.is_yes() {
            "yes"
        } else if decision.is_no() {
            "no"
        } else {
            "unknown"
        };
        assert_eq!(shown, expect, "{rule} admits {wanted} {range}");
    }

    #[test]
    fn ranges_overlap() {
        check("tcp 22 22", "tcp", "22", "yes");
        check("tcp 20 30", "tcp", "22", "yes");
        check("tcp 1400 1433", "tcp", "1433-1434", "yes");
        check("tcp 80 443", "tcp", "22", "no");
    }

    #[test]
    fn all_traffic_admits_every_port_whatever_the_ports_say() {
        check("-1 0 0", "tcp", "22", "yes");
        check("all  ", "udp", "1434", "yes");
        check("tcp  ", "tcp", "22", "yes");
        check("tcp -1 -1", "tcp", "22", "yes");
    }

    #[test]
    fn protocols_are_known_by_number() {
        check("6 22 22", "tcp", "22", "yes");
        check("17 22 22", "tcp", "22", "no");
        check("17 1434 1434", "udp", "1433-1434", "yes");
        check("icmp 8 -1", "tcp", "8", "no");
    }

    #[test]
    fn what_is_not_known_decides_only_where_it_can() {
        check("? 22 22", "tcp", "22", "unknown");
        check("? 80 80", "tcp", "22", "no");
        check("tcp 22 ?", "tcp", "22", "unknown");
        check("tcp 23 ?", "tcp", "22", "no");
        check("tcp ? 21", "tcp", "22", "no");
    }

    #[test]
    fn width_counts_ports() {
        let width = |rule| super::width(&opening(rule)).as_number().and_then(|number| number.as_i64());
        assert_eq!(width("tcp 22 22"), Some(1));
        assert_eq!(width("-1 0 0"), Some(65_536));
        assert_eq!(width("tcp 1000 2999"), Some(2_000));
        assert_eq!(width("tcp 1 ?"), None);
    }
}
