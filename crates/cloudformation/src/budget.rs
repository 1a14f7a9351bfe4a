//! What one root may spend. Counted in steps and levels, never in time, and shared with its nested stacks.

use std::cell::Cell;

use source::Limits;

/// The fuel of one root.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: Cell<u64>,
    levels: Cell<usize>,
    instances: Cell<usize>,
    stacks: Cell<usize>,
}

/// Levels of evaluation beyond those of the document: conditions that name conditions, nested stacks.
const LEVELS_BESIDE_DOCUMENT: usize = 32;

/// Most nested stacks of one root. AWS allows 2,500 in one operation on a tree of stacks.
const MOST_STACKS: usize = 2_500;

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            steps: Cell::new(limits.steps),
            levels: Cell::new(limits.depth + LEVELS_BESIDE_DOCUMENT),
            instances: Cell::new(limits.instances),
            stacks: Cell::new(MOST_STACKS),
        }
    }

    /// Takes `steps`; false if they are used up.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let left = self.steps.get().checked_sub(steps as u64);
        self.steps.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Runs `work` one level deeper; none at the deepest level, or without fuel.
    pub(crate) fn deeper<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let level = self.levels.get().checked_sub(1)?;
        if !self.spend(1) {
            return None;
        }
        self.levels.set(level);
        let result = work();
        self.levels.set(level + 1);
        Some(result)
    }

    /// Takes one resource; false if there are too many.
    pub(crate) fn take_instance(&self) -> bool {
        take(&self.instances)
    }

    /// Takes one nested stack; false if there are too many.
    pub(crate) fn take_stack(&self) -> bool {
        take(&self.stacks)
    }

    /// Whether the steps are used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.steps.get() == 0
    }
}

fn take(counter: &Cell<usize>) -> bool {
    let left = counter.get().checked_sub(1);
    counter.set(left.unwrap_or(0));
    left.is_some()
}
