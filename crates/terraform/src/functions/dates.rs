//! `formatdate`, `timeadd` and `timecmp`: timestamps of RFC 3339 and durations as Go writes them.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use value::{Kind, Number, Value};

use super::{Answer, Refusal, string, text};

pub(super) fn formatdate(arguments: &[Value]) -> Answer {
    let (format, stamp) = (text(arguments, 0)?, Timestamp::parse(text(arguments, 1)?)?);
    let mut out = String::new();
    let mut rest = format.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' => quoted(&mut rest, &mut out)?,
            c if c.is_ascii_alphabetic() => {
                let mut many = 1;
                while rest.next_if_eq(&c).is_some() {
                    many += 1;
                }
                out.push_str(&stamp.verb(c, many)?);
            }
            c => out.push(c),
        }
    }
    string(out)
}

/// What stands between single quotes, the first of which is read; two quotes in a row are one.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, out: &mut String) -> Result<(), Refusal> {
    if rest.next_if_eq(&'\'').is_some() {
        out.push('\'');
        return Ok(());
    }
    loop {
        match rest.next().ok_or(Refusal::Error)? {
            '\'' if rest.next_if_eq(&'\'').is_some() => out.push('\''),
            '\'' => return Ok(()),
            c => out.push(c),
        }
    }
}

pub(super) fn timeadd(arguments: &[Value]) -> Answer {
    let stamp = Timestamp::parse(text(arguments, 0)?)?;
    let duration = duration(text(arguments, 1)?).ok_or(Refusal::Error)?;
    let local = stamp.local.checked_add(duration);
    let local = local.map_err(|_| Refusal::Unknown("the year has more than four digits".into()))?;
    string(Timestamp { local, ..stamp }.to_string())
}

pub(super) fn timecmp(arguments: &[Value]) -> Answer {
    let (a, b) = (Timestamp::parse(text(arguments, 0)?)?, Timestamp::parse(text(arguments, 1)?)?);
    let order = a.instant().cmp(&b.instant()) as i64;
    Ok(Kind::Number(Number::from(order)))
}

/// A local time and its distance from UTC.
#[derive(Debug, Clone, Copy)]
struct Timestamp {
    local: DateTime,
    /// Minutes east of UTC.
    offset: i32,
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (date, time) = (self.local.date(), self.local.time());
        let year = i32::from(date.year());
        let sign = if year < 0 { "-" } else { "" };
        write!(f, "{sign}{:04}-{:02}-{:02}T", year.abs(), date.month(), date.day())?;
        write!(f, "{:02}:{:02}:{:02}{}", time.hour(), time.minute(), time.second(), self.zone(":", "Z"))
    }
}

impl Timestamp {
    /// `2006-01-02T15:04:05Z`, with a fraction of a second or an offset of hours and minutes.
    fn parse(text: &str) -> Result<Self, Refusal> {
        Self::read(text).ok_or(Refusal::Error)
    }

    fn read(text: &str) -> Option<Self> {
        let mut rest = Reader(text);
        let year = rest.number(4)?;
        rest.expect('-')?;
        let month = rest.number(2)?;
        rest.expect('-')?;
        let day = rest.number(2)?;
        rest.expect('T')?;
        let hour = rest.number(2)?;
        rest.expect(':')?;
        let minute = rest.number(2)?;
        rest.expect(':')?;
        let second = rest.number(2)?;
        let nanosecond = rest.fraction()?;
        let offset = rest.offset()?;
        let small = |number: i32| i8::try_from(number).ok();
        let date = Date::new(i16::try_from(year).ok()?, small(month)?, small(day)?).ok()?;
        let time = Time::new(small(hour)?, small(minute)?, small(second)?, nanosecond).ok()?;
        // A leap second is no second of Go's.
        (second < 60).then(|| Self { local: date.to_datetime(time), offset })
    }

    /// Nanoseconds since a fixed instant.
    fn instant(&self) -> i128 {
        let start = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        self.local.duration_since(start).as_nanos() - i128::from(self.offset) * 60_000_000_000
    }

    fn zone(&self, separator: &str, utc: &str) -> String {
        if self.offset == 0 && !utc.is_empty() {
            return utc.to_owned();
        }
        let sign = if self.offset < 0 { '-' } else { '+' };
        let minutes = self.offset.abs();
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }

    /// A letter, repeated `many` times.
    fn verb(&self, letter: char, many: usize) -> Result<String, Refusal> {
        let (date, time) = (self.local.date(), self.local.time());
        let half_day = |hour: i8| if hour % 12 == 0 { 12 } else { hour % 12 };
        let month = MONTHS.get(usize::try_from(date.month()).unwrap_or(1) - 1).copied().unwrap_or_default();
        let weekday = WEEKDAYS
            .get(usize::try_from(date.weekday().to_monday_zero_offset()).unwrap_or(0))
            .copied()
            .unwrap_or_default();
        let short = |name: &str| name.chars().take(3).collect::<String>();
        let number = |number: i8| match many {
            1 => Ok(number.to_string()),
            2 => Ok(format!("{number:02}")),
            _ => Err(Refusal::Error),
        };
        let half = if time.hour() < 12 { "am" } else { "pm" };
        match (letter, many) {
            ('Y', 2) => Ok(format!("{:02}", date.year() % 100)),
            ('Y', 4) => Ok(format!("{:04}", date.year())),
            ('M', 3) => Ok(short(month)),
            ('M', 4) => Ok(month.to_owned()),
            ('M', _) => number(date.month()),
            ('D', _) => number(date.day()),
            ('E', 3) => Ok(short(weekday)),
            ('E', 4) => Ok(weekday.to_owned()),
            ('h', _) => number(time.hour()),
            ('H', _) => number(half_day(time.hour())),
            ('A', 2) => Ok(half.to_uppercase()),
            ('a', 2) => Ok(half.to_owned()),
            ('m', _) => number(time.minute()),
            ('s', _) => number(time.second()),
            ('Z', 1) => Ok(self.zone(":", "Z")),
            ('Z', 3) => Ok(self.zone("", "UTC")),
            ('Z', 4) => Ok(self.zone("", "")),
            ('Z', 5) => Ok(self.zone(":", "")),
            _ => Err(Refusal::Error),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// What is left of a timestamp.
struct Reader<'t>(&'t str);

impl Reader<'_> {
    /// A number of exactly `digits` digits.
    fn number(&mut self, digits: usize) -> Option<i32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
    }

    fn expect(&mut self, c: char) -> Option<()> {
        self.0 = self.0.strip_prefix(c)?;
        Some(())
    }

    /// Nanoseconds after a point, if there is one.
    fn fraction(&mut self) -> Option<i32> {
        let Some(rest) = self.0.strip_prefix('.') else { return Some(0) };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        self.0 = rest.get(digits.len()..)?;
        let nanoseconds: String = digits.chars().chain(std::iter::repeat('0')).take(9).collect();
        (!digits.is_empty()).then(|| nanoseconds.parse().ok())?
    }

    /// Minutes east of UTC, up to the end.
    fn offset(&mut self) -> Option<i32> {
        if self.0 == "Z" {
            return Some(0);
        }
        let sign = if self.0.starts_with('-') { -1 } else { 1 };
        self.0 = self.0.strip_prefix(['+', '-'])?;
        let hours = self.number(2).filter(|hours| *hours < 24)?;
        self.expect(':')?;
        let minutes = self.number(2).filter(|minutes| *minutes < 60)?;
        self.0.is_empty().then_some(sign * (hours * 60 + minutes))
    }
}

/// A duration as Go writes it: `1h30m`, `-1.5h`, `300ms`. None if it is none, or longer than Go's can be.
fn duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, after) = rest.split_at_checked(digits(rest))?;
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => after.split_at_checked(digits(after))?,
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(end)?;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        // Digits beyond the eighteenth are less than a nanosecond of any unit.
        let fraction = fraction.get(..fraction.len().min(18))?;
        let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        let part = whole.checked_mul(unit)?.checked_add(fraction.checked_mul(unit)? / scale)?;
        total = total.checked_add(part)?;
        rest = after;
    }
    let total = i64::try_from(if negative { -total } else { total }).ok()?;
    Some(SignedDuration::from_nanos(total))
}
