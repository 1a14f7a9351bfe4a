//! Exports of the stacks of a scan, by name.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::{Condition, Value};

use crate::StackContext;
use crate::stack::Stack;

/// What a name is exported as.
#[derive(Debug, Clone)]
pub(crate) enum Exported {
    /// By one stack.
    Once(Value),
    /// By several, of which any may be meant.
    Ambiguous,
}

/// Exports by environment and name: a name is unique in one region of one account.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exports {
    by_name: FxHashMap<(SmolStr, SmolStr), Exported>,
}

impl Exports {
    /// What is exported as `name` in the environment of `stack`.
    pub(crate) fn get(&self, stack: &StackContext, name: &str) -> Option<&Exported> {
        self.by_name.get(&(environment(stack), SmolStr::new(name)))
    }

    /// Adds what one stack exports.
    pub(crate) fn add(&mut self, stack: &StackContext, exports: Vec<(SmolStr, Value)>) {
        for (name, value) in exports {
            self.by_name
                .entry((environment(stack), name))
                .and_modify(|known| *known = Exported::Ambiguous)
                .or_insert(Exported::Once(value));
        }
    }
}

/// Account and region as far as they are known. Stacks that say neither are taken to stand together.
fn environment(stack: &StackContext) -> SmolStr {
    let text =
        |value: &Option<Value>| value.as_ref().and_then(|value| value.as_str()).unwrap_or("").to_owned();
    SmolStr::from(format!("{}/{}", text(&stack.account), text(&stack.region)))
}

/// The exports of a stack and of the stacks nested in it whose names are known.
pub(crate) fn of(stack: &Stack<'_>) -> Vec<(SmolStr, Value)> {
    let template = stack.template.clone();
    let mut exports = Vec::new();
    for entry in template.section("Outputs") {
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
