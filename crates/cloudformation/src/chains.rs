//! What stacks export, where exports rest on imports. Invariant: an export is evaluated once, and again only when
//! something that it waits for has got its value; exports that wait for one another in a circle are unknown.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use source::document::Entry;
use source::{Place, Problem, ProblemSeverity};
use value::{Condition, Origin, Unknown, Value};

use crate::crossing;
use crate::evaluation::{Run, mentions};
use crate::export::{Exports, Key};
use crate::stack::{Shared, Stack};

/// How often the template of one root is opened for its exports. Each round of a chain opens it once.
const MOST_OPENINGS: usize = 32;

/// An output with an export.
#[derive(Debug, Clone)]
struct Export {
    /// The root, by its position.
    run: usize,
    /// Logical ids of the nested stacks that lead to it.
    at: Arc<[SmolStr]>,
    output: Entry,
    place: Place,
    /// Its name, as soon as it is known.
    name: Option<SmolStr>,
    /// The name that it is given under instead of one of its own.
    given: Option<SmolStr>,
}

/// What comes of evaluating an export.
enum Outcome {
    /// There is none: its condition never holds.
    Absent,
    /// The name is not wholly known.
    Unnamed(Value),
    Value(SmolStr, Value),
    /// It rests on exports without a value. The name, if that is known.
    Waits(Option<SmolStr>, BTreeSet<Key>),
}

/// Fills the exports of all roots, if any of them imports something. Gives problems with the root that they concern.
pub(crate) fn resolve(shared: &mut Shared<'_>, runs: &[Run]) -> Vec<(usize, Problem)> {
    let templates = shared.templates.all(shared.sources);
    let templates = || templates.iter().chain(runs.iter().map(|run| &run.template));
    let read = |word: &str| templates().any(|template| mentions(shared.sources, template, word));
    let is_crossed = crossing::WORDS.iter().any(|word| read(word));
    // A nested template may import, too.
    if !is_crossed && !read("ImportValue") {
        return Vec::new();
    }
    shared.exports.is_collecting = true;
    shared.exports.is_crossed = is_crossed;
    let found: Vec<Vec<(Export, Outcome)>> =
        runs.par_iter().enumerate().map(|(at, run)| collect(shared, at, run)).collect();
    shared.exports.is_collecting = false;
    let mut waiting = Waiting::default();
    for (export, outcome) in found.into_iter().flatten() {
        if let (Outcome::Waits(Some(name), _), Some(run)) = (&outcome, runs.get(export.run)) {
            shared.exports.announce(run, name);
        }
        waiting.take(shared, runs, export, outcome);
    }
    waiting.settle_all(shared, runs);
    waiting.give_up(shared, runs)
}

/// All exports of a root and of the stacks nested in it.
fn collect(shared: &Shared<'_>, at: usize, run: &Run) -> Vec<(Export, Outcome)> {
    let mut exports = Vec::new();
    list(&Stack::root(shared, run), at, &mut Vec::new(), &mut exports);
    if exports.is_empty() {
        return Vec::new();
    }
    evaluate(shared, run, exports)
}

fn list(stack: &Stack<'_>, run: usize, path: &mut Vec<SmolStr>, exports: &mut Vec<Export>) {
    let template = stack.template.clone();
    let at: Arc<[SmolStr]> = path.as_slice().into();
    for entry in template.section("Outputs") {
        let name = entry.value.get("Export").and_then(|export| export.get("Name"));
        if let (Some(_), Some(_)) = (name, entry.value.get("Value")) {
            let place = stack.place(entry.key_span);
            exports.push(Export {
                run,
                at: at.clone(),
                output: entry.clone(),
                place,
                name: None,
                given: None,
            });
        }
    }
    if stack.shared.exports.is_crossed && path.is_empty() {
        for (name, output) in crossing::given(stack) {
            let (at, place) = (at.clone(), stack.place(output.key_span));
            exports.push(Export { run, at, output, place, name: None, given: Some(name) });
        }
    }
    // What a stack set exports is exported where its stacks stand.
    for (id, nested) in stack.all_nested().into_iter().filter(|(_, nested)| !nested.elsewhere) {
        path.push(id);
        list(&nested, run, path, exports);
        path.pop();
    }
}

/// Evaluates exports of one root. A stack remembers what it has found, so that whatever comes after an export that
/// waits may rest on the same: it is opened anew, while that is allowed.
fn evaluate(shared: &Shared<'_>, run: &Run, exports: Vec<Export>) -> Vec<(Export, Outcome)> {
    let mut stack = Stack::root(shared, run);
    let mut openings = 1;
    let mut found = Vec::with_capacity(exports.len());
    for export in exports {
        let outcome = one(&stack, &export);
        if matches!(outcome, Outcome::Waits(..)) && openings < MOST_OPENINGS {
            stack = Stack::root(shared, run);
            openings += 1;
        }
        found.push((export, outcome));
    }
    found
}

fn one(root: &Stack<'_>, export: &Export) -> Outcome {
    let (name, value) = match export.at.split_first() {
        None => of_stack(root, export),
        Some((first, rest)) => {
            let mut stack = root.nested_named(first);
            for id in rest {
                stack = stack.and_then(|stack| stack.nested_named(id));
            }
            match stack {
                Some(stack) => of_stack(&stack, export),
                None => return Outcome::Absent,
            }
        }
    };
    let awaited = root.tree.awaited.borrow().clone();
    let known = name.as_str().map(SmolStr::new);
    match known {
        _ if !awaited.is_empty() => Outcome::Waits(known, awaited),
        _ if value.is_absent() => Outcome::Absent,
        Some(name) => Outcome::Value(name, value),
        None => Outcome::Unnamed(name),
    }
}

/// Name and value of an export; absent where its condition never holds.
fn of_stack(stack: &Stack<'_>, export: &Export) -> (Value, Value) {
    let output = &export.output;
    let when = stack.condition_of_entry(&output.value);
    if let (Some(name), Some(value)) = (&export.given, output.value.get("Value")) {
        let name = Value::string(name.clone(), Origin::default());
        return match when {
            Condition::Never => (Value::absent(), Value::absent()),
            when => stack.assuming(&when, || (name, stack.value(value))),
        };
    }
    let name = output.value.get("Export").and_then(|export| export.get("Name"));
    match (name, output.value.get("Value")) {
        (Some(name), Some(value)) if when != Condition::Never => {
            stack.assuming(&when, || (stack.value(name), stack.value(value)))
        }
        _ => (Value::absent(), Value::absent()),
    }
}

/// Exports that rest on others.
#[derive(Default)]
struct Waiting {
    exports: Vec<Export>,
    /// How many names each of them waits for.
    missing: Vec<usize>,
    /// Those that wait for a name.
    of_name: BTreeMap<Key, Vec<usize>>,
    /// Those that wait for nothing any more.
    ready: Vec<usize>,
    /// How often each root was opened.
    openings: FxHashMap<usize, usize>,
}

impl Waiting {
    /// Keeps what comes of an export that was announced if its name is known.
    fn take(&mut self, shared: &mut Shared<'_>, runs: &[Run], mut export: Export, outcome: Outcome) {
        let Some(run) = runs.get(export.run) else { return };
        match outcome {
            Outcome::Absent => {}
            Outcome::Unnamed(name) => shared.exports.add_unnamed(run, &name),
            Outcome::Value(name, value) => shared.exports.add(run, &name, value),
            Outcome::Waits(name, awaited) => {
                export.name = name;
                let at = self.exports.len();
                self.exports.push(export);
                self.missing.push(awaited.len());
                for key in awaited {
                    self.of_name.entry(key).or_default().push(at);
                }
            }
        }
    }

    /// Evaluates in rounds what waits for nothing.
    fn settle_all(&mut self, shared: &mut Shared<'_>, runs: &[Run]) {
        let names: Vec<Key> = self.of_name.keys().cloned().collect();
        names.iter().filter(|key| !shared.exports.is_pending(key)).for_each(|key| self.release(key));
        while !self.ready.is_empty() {
            let mut by_run: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
            let mut ready = std::mem::take(&mut self.ready);
            ready.sort_unstable();
            for at in ready {
                if let Some(export) = self.exports.get(at) {
                    by_run.entry(export.run).or_default().push(at);
                }
            }
            let mut by_run: Vec<(usize, Vec<usize>)> = by_run.into_iter().collect();
            by_run.retain(|(run, _)| {
                let openings = self.openings.entry(*run).or_default();
                *openings += 1;
                *openings <= MOST_OPENINGS
            });
            let (exports, all) = (&self.exports, &*shared);
            let round: Vec<Vec<(usize, Outcome)>> = by_run
                .par_iter()
                .filter_map(|(run, ready)| {
                    let stack = Stack::root(all, runs.get(*run)?);
                    let each = ready.iter().filter_map(|at| Some((*at, one(&stack, exports.get(*at)?))));
                    Some(each.collect())
                })
                .collect();
            for (at, outcome) in round.into_iter().flatten() {
                self.settle(shared, runs, at, outcome);
            }
        }
    }

    fn settle(&mut self, shared: &mut Shared<'_>, runs: &[Run], at: usize, outcome: Outcome) {
        let Some(export) = self.exports.get_mut(at) else { return };
        let Some(run) = runs.get(export.run) else { return };
        let announced = export.name.clone();
        match outcome {
            Outcome::Waits(_, awaited) => {
                if let Some(missing) = self.missing.get_mut(at) {
                    *missing = awaited.len();
                }
                for key in awaited {
                    self.of_name.entry(key).or_default().push(at);
                }
            }
            Outcome::Value(name, value) => match announced {
                Some(name) => {
                    shared.exports.settle(run, &name, value);
                    let key = Exports::key(&run.context, &name);
                    if !shared.exports.is_pending(&key) {
                        self.release(&key);
                    }
                }
                None => shared.exports.add(run, &name, value),
            },
            Outcome::Unnamed(name) => shared.exports.add_unnamed(run, &name),
            Outcome::Absent => {}
        }
    }

    /// Tells those that wait for a name that it has its value.
    fn release(&mut self, key: &Key) {
        for at in self.of_name.remove(key).unwrap_or_default() {
            if let Some(missing) = self.missing.get_mut(at) {
                *missing = missing.saturating_sub(1);
                if *missing == 0 {
                    self.ready.push(at);
                }
            }
        }
    }

    /// Makes unknown what still waits, and tells of the circles in it.
    fn give_up(self, shared: &mut Shared<'_>, runs: &[Run]) -> Vec<(usize, Problem)> {
        let problems = self.circles(runs);
        for export in self.exports {
            let (Some(name), Some(run)) = (export.name, runs.get(export.run)) else { continue };
            if shared.exports.is_pending(&Exports::key(&run.context, &name)) {
                let reason = format!(
                    "the export {name} rests on a circle of imports, or on a chain of them that is too long"
                );
                let value = Value::unknown(Unknown::fresh(reason), Origin::computed(export.place));
                shared.exports.settle(run, &name, value);
            }
        }
        problems
    }

    /// Follows, from each export that still waits, the first name that it waits for: each is visited once.
    fn circles(&self, runs: &[Run]) -> Vec<(usize, Problem)> {
        let mut awaits: FxHashMap<usize, &Key> = FxHashMap::default();
        for (key, waiting) in &self.of_name {
            for at in waiting {
                awaits.entry(*at).or_insert(key);
            }
        }
        let mut by_key: FxHashMap<Key, usize> = FxHashMap::default();
        for (at, export) in self.exports.iter().enumerate() {
            if let (Some(name), Some(run)) = (&export.name, runs.get(export.run)) {
                by_key.insert(Exports::key(&run.context, name), at);
            }
        }
        let mut problems = Vec::new();
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        for start in 0..self.exports.len() {
            let mut way: Vec<usize> = Vec::new();
            let mut next = Some(start).filter(|at| awaits.contains_key(at));
            while let Some(at) = next.filter(|at| seen.insert(*at)) {
                way.push(at);
                next = awaits.get(&at).and_then(|key| by_key.get(*key)).copied();
            }
            let first = next.and_then(|at| way.iter().position(|known| *known == at));
            let circle = first.and_then(|first| way.get(first..));
            problems.extend(circle.and_then(|circle| circular(&self.exports, circle)));
        }
        problems
    }
}

fn circular(exports: &[Export], circle: &[usize]) -> Option<(usize, Problem)> {
    let circle: Vec<&Export> = circle.iter().filter_map(|at| exports.get(*at)).collect();
    let first = circle.first()?;
    let names: Vec<&str> = circle.iter().chain([first]).filter_map(|export| export.name.as_deref()).collect();
    let message = format!("exports import one another in a circle: {}", names.join(" imports "));
    let help = "break the circle: AWS deploys none of these stacks before the others";
    let code = "cloudformation-cycle";
    Some((first.run, Problem::at(ProblemSeverity::Warning, code, first.place, message, help)))
}
