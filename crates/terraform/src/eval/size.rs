//! How large values are. Values share their parts, so a few names can stand for more of them than anything that walks
//! over a value could bear: parts are counted each time they are met.

use source::Place;
use value::{Kind, Part, Value};

use super::Evaluator;
use super::template::MOST_PARTS;

/// Most values within one.
const MOST_VALUES: usize = 1 << 20;

/// Deepest nesting of values.
const DEEPEST: usize = 500;

/// Values that are counted in the time of one step.
const COUNTED: usize = 4;

impl Evaluator<'_> {
    /// The value, or an unknown where it is larger or deeper than the bounds.
    pub(crate) fn bounded(&mut self, value: Value, place: Place) -> Value {
        let mut left = MOST_VALUES;
        let fits = fits(&value, &mut left, DEEPEST, self.sources.limits().string_bytes);
        let counted = MOST_VALUES.saturating_sub(left) / COUNTED;
        self.steps = self.steps.saturating_add(counted as u64);
        if fits && self.has_fuel() {
            return value;
        }
        self.limit_hit(place).with_sensitivity(value.sensitive)
    }
}

fn fits(value: &Value, left: &mut usize, depth: usize, bytes: usize) -> bool {
    if *left == 0 || depth == 0 {
        return false;
    }
    *left -= 1;
    let depth = depth - 1;
    match &value.kind {
        Kind::String(text) => text.len() <= bytes,
        Kind::List(list) => list.items.iter().all(|item| fits(&item.value, left, depth, bytes)),
        Kind::Map(map) => map.entries.iter().all(|entry| fits(&entry.value, left, depth, bytes)),
        Kind::Template(template) => {
            let part = |part: &Part| match part {
                Part::Text(text) => text.len() <= bytes,
                Part::Value(value) => fits(value, left, depth, bytes),
            };
            template.parts.len() <= MOST_PARTS && template.parts.iter().all(part)
        }
        Kind::Alternatives(alternatives) => {
            alternatives.choices.iter().all(|(_, choice)| fits(choice, left, depth, bytes))
        }
        _ => true,
    }
}
