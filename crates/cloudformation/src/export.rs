//! Exports of the stacks of a scan, by name. Invariant: what is looked up is one value, or it is told why it is none.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::{Kind, Part, Value};

use crate::StackContext;
use crate::crossing::MARK;
use crate::evaluation::Run;

/// Most stacks that a reason names.
const MOST_NAMED: usize = 3;

/// Most places in a name where an import may go on with what it knows.
const MOST_ENDS: usize = 16;

/// What a name is exported as.
#[derive(Debug, Clone)]
enum Exported {
    /// One value, by the stack of this path.
    Once(Value, SmolStr),
    /// By several, of which any may be meant.
    Several(Vec<SmolStr>),
}

/// What an import finds.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// The value.
    Value(Value),
    /// Nothing that could be told, and why.
    Nothing(String),
    /// Nothing yet.
    Pending(Key),
}

/// Account and region, and name. A name is unique in one region of one account; stacks that say neither are taken to
/// stand together.
pub(crate) type Key = (SmolStr, SmolStr);

/// Exports by account, region and name, and in each of them by the environment that they are evaluated in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Exports {
    by_name: FxHashMap<Key, BTreeMap<Option<SmolStr>, Exported>>,
    /// Ends of names, known or not, with what they are ends of: the name as it is written, and the stack's path.
    by_end: FxHashMap<Key, Vec<(SmolStr, SmolStr)>>,
    /// How many exports of a name have no value yet.
    pending: FxHashMap<Key, usize>,
    /// Whether the names themselves are still being collected.
    pub(crate) is_collecting: bool,
    /// Whether anything reads what stacks give without exporting it.
    pub(crate) is_crossed: bool,
}

impl Exports {
    /// The key of a name where `stack` stands.
    pub(crate) fn key(stack: &StackContext, name: &str) -> Key {
        // Such a name says itself where it is found.
        let place = if name.starts_with(MARK) { SmolStr::default() } else { place_of(stack) };
        (place, SmolStr::new(name))
    }

    /// Adds the name of an export whose value comes later.
    pub(crate) fn announce(&mut self, run: &Run, name: &SmolStr) {
        *self.pending.entry(Self::key(&run.context, name)).or_default() += 1;
    }

    /// Adds the value of an export that was announced.
    pub(crate) fn settle(&mut self, run: &Run, name: &SmolStr, value: Value) {
        if let Some(pending) = self.pending.get_mut(&Self::key(&run.context, name)) {
            *pending = pending.saturating_sub(1);
        }
        self.add(run, name, value);
    }

    /// Whether an export of this name has no value yet.
    pub(crate) fn is_pending(&self, key: &Key) -> bool {
        self.pending.get(key).is_some_and(|pending| *pending > 0)
    }

    /// Adds what the stack of `run` exports as `name`.
    pub(crate) fn add(&mut self, run: &Run, name: &SmolStr, value: Value) {
        let key = Self::key(&run.context, name);
        let parted = if name.starts_with(MARK) { Vec::new() } else { ends(name) };
        for end in parted {
            self.add_end(&key.0, end, name, &run.path);
        }
        let by_environment = self.by_name.entry(key).or_default();
        let own = by_environment.entry(run.inputs.environment.clone());
        let exported = Exported::Once(value, run.path.clone());
        own.and_modify(|known| *known = both(known.clone(), exported.clone())).or_insert(exported);
    }

    /// Adds an export whose name is not wholly known.
    pub(crate) fn add_unnamed(&mut self, run: &Run, name: &Value) {
        if let Some(end) = end_of(name) {
            let shown = SmolStr::from(crate::text::shown(name));
            self.add_end(&place_of(&run.context), end, &shown, &run.path);
        }
    }

    fn add_end(&mut self, place: &SmolStr, end: &str, name: &SmolStr, path: &SmolStr) {
        let known = self.by_end.entry((place.clone(), end.into())).or_default();
        if known.len() <= MOST_NAMED && !known.iter().any(|(_, other)| other == path) {
            known.push((name.clone(), path.clone()));
        }
    }

    /// What is exported as `name` where `stack` stands. A stack without environment sees the exports of all.
    pub(crate) fn get(&self, stack: &StackContext, environment: Option<&SmolStr>, name: &str) -> Found {
        let key = Self::key(stack, name);
        if self.is_collecting || self.is_pending(&key) {
            return Found::Pending(key);
        }
        let Some(known) = self.by_name.get(&key) else {
            return Found::Nothing(self.unmatched(&key.0, name));
        };
        let seen = known
            .iter()
            .filter(|(of, _)| of.is_none() || environment.is_none() || of.as_ref() == environment);
        let found = seen.map(|(_, exported)| exported.clone()).reduce(both);
        match found {
            Some(Exported::Once(value, _)) => Found::Value(value),
            Some(Exported::Several(paths)) => {
                Found::Nothing(format!("several stacks export {name}: {}", paths.join(", ")))
            }
            None => Found::Nothing(format!("no stack of the environment exports {name}")),
        }
    }

    /// Why a name that no stack exports is not known: a stack may export it under a name that is told at deployment.
    fn unmatched(&self, place: &SmolStr, name: &str) -> String {
        let mut ends = ends(name).into_iter();
        let candidates = ends.find_map(|end| self.candidates(place, end, |known| known.contains("${")));
        match candidates {
            Some(candidates) => {
                format!("no stack of the scan exports {name} for certain; {candidates}")
            }
            None => format!("no stack of the scan exports {name}"),
        }
    }

    /// The stacks whose exports an import of a name that is not wholly known may mean, in words.
    pub(crate) fn meant(&self, stack: &StackContext, name: &Value) -> Option<String> {
        self.candidates(&place_of(stack), end_of(name)?, |_| true)
    }

    fn candidates(&self, place: &SmolStr, end: &str, fits: impl Fn(&str) -> bool) -> Option<String> {
        let known = self.by_end.get(&(place.clone(), end.into()))?;
        let named: Vec<String> = known
            .iter()
            .filter(|(name, _)| fits(name))
            .take(MOST_NAMED)
            .map(|(name, path)| format!("{path} exports {name}"))
            .collect();
        let more = if known.len() > MOST_NAMED { ", and more" } else { "" };
        (!named.is_empty()).then(|| format!("{}{more}", named.join(", ")))
    }
}

/// One export or the other: the same value is no contradiction.
fn both(a: Exported, b: Exported) -> Exported {
    match (a, b) {
        (Exported::Once(a, path), Exported::Once(b, other)) => {
            if a.kind == b.kind {
                Exported::Once(a, path)
            } else {
                Exported::Several(vec![path, other])
            }
        }
        (Exported::Several(mut paths), Exported::Once(_, path))
        | (Exported::Once(_, path), Exported::Several(mut paths)) => {
            if paths.len() < MOST_NAMED && !paths.contains(&path) {
                paths.push(path);
            }
            Exported::Several(paths)
        }
        (Exported::Several(mut paths), Exported::Several(others)) => {
            paths.extend(others);
            paths.dedup();
            paths.truncate(MOST_NAMED);
            Exported::Several(paths)
        }
    }
}

/// Account and region as far as they are known.
fn place_of(stack: &StackContext) -> SmolStr {
    let text =
        |value: &Option<Value>| value.as_ref().and_then(|value| value.as_str()).unwrap_or("").to_owned();
    SmolStr::from(format!("{}/{}", text(&stack.account), text(&stack.region)))
}

/// The known text that a name ends in, from its first letter that parts words.
fn end_of(name: &Value) -> Option<&str> {
    let Kind::Template(template) = &name.kind else { return None };
    match template.parts.last()? {
        Part::Text(text) if text.len() > 1 => Some(text),
        _ => None,
    }
}

/// The ends of a name that begin where words part, longest first.
fn ends(name: &str) -> Vec<&str> {
    let parts = name.char_indices().filter(|(_, c)| matches!(c, '-' | ':' | '/' | '.' | '_'));
    parts.take(MOST_ENDS).filter_map(|(at, _)| name.get(at..)).filter(|end| end.len() > 1).collect()
}
