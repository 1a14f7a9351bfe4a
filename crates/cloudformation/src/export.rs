//! Exports of the stacks of a scan, by name.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::{Condition, Value};

use crate::stack::Stack;

/// What a name is exported as.
#[derive(Debug, Clone)]
pub(crate) enum Exported {
    /// By one stack.
    Once(Value),
    /// By several, of which any may be meant.
    Ambiguous,
}

/// Exports by name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exports {
    by_name: FxHashMap<SmolStr, Exported>,
}

impl Exports {
    pub(crate) fn get(&self, name: &str) -> Option<&Exported> {
        self.by_name.get(name)
    }

    /// Adds what one stack exports.
    pub(crate) fn add(&mut self, exports: Vec<(SmolStr, Value)>) {
        for (name, value) in exports {
            self.by_name
                .entry(name)
                .and_modify(|known| *known = Exported::Ambiguous)
                .or_insert(Exported::Once(value));
        }
    }
}

/// The exports of a stack and of the stacks nested in it whose names are known.
pub(crate) fn of(stack: &Stack<'_>) -> Vec<(SmolStr, Value)> {
    let template = stack.template.clone();
    let mut exports = Vec::new();
    for entry in stack.entries(template.section("Outputs")) {
        let Some(name) = entry.value.get("Export").and_then(|export| export.get("Name")) else { continue };
        let holds = entry.value.get("Condition").map(|condition| stack.condition_named_by(condition));
        if holds == Some(Condition::Never) {
            continue;
        }
        let name = stack.value(name);
        if let (Some(name), Some(value)) = (name.as_str(), entry.value.get("Value")) {
            exports.push((SmolStr::new(name), stack.value(value)));
        }
    }
    for (_, nested) in stack.all_nested() {
        exports.extend(of(&nested));
    }
    exports
}
