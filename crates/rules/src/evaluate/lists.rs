//! `exists`, `all`, `filter`, `map` and `size` over lists whose elements may be there or not.

use std::sync::Arc;

use language::ir::{Macro, Operand, Program};
use value::{Condition, Interval, Item, Kind, List, Presence, Truth, Unknown, Value, World};

use super::{Evaluator, Got, Trace, unknown_value};

impl Evaluator<'_, '_> {
    pub(super) fn over(&mut self, program: &Program, kind: Macro, range: Operand, body: &Program) -> Got {
        let outer = self.trace.take();
        self.trace = outer.as_ref().map(|_| Trace::default());
        let range = self.operand(program, range);
        let of_range = self.trace.take();
        self.trace = outer.as_ref().map(|_| Trace::default());
        let got = self.over_value(kind, &range, body);
        let of_elements = std::mem::replace(&mut self.trace, outer);
        if let (Some(trace), Some(of_range), Some(of_elements)) = (&mut self.trace, of_range, of_elements) {
            // An element that breaks `all`, or meets `exists`, decides, and so does the only one that there is; else it
            // is the list that has none such.
            let only =
                matches!(&range.kind, Kind::List(list) if list.items.len() == 1 && list.open.is_none());
            let by_element = match (kind, &got) {
                (Macro::All, Got::Truth(truth)) => *truth != Truth::Yes,
                (Macro::Exists, Got::Truth(truth)) => only || *truth != Truth::No,
                _ => false,
            };
            let (first, second) = if by_element { (of_elements, of_range) } else { (of_range, of_elements) };
            trace.append(first);
            trace.append(second);
        }
        got
    }

    fn over_value(&mut self, kind: Macro, range: &Value, body: &Program) -> Got {
        match &range.kind {
            Kind::List(list) => self.over_list(kind, range, list, body),
            Kind::Alternatives(alternatives) => {
                self.over_alternatives(kind, range, &alternatives.choices, body)
            }
            Kind::Absent | Kind::Null => match kind {
                Macro::Exists => Got::Truth(Truth::No),
                Macro::All => Got::Truth(Truth::Yes),
                Macro::Filter | Macro::Map => Got::Value(Value::list([], range.origin.clone())),
            },
            Kind::Unknown(unknown) => unknown_range(kind, range, unknown.reason.clone()),
            Kind::Reference(_) => unknown_range(kind, range, "the list is known after deployment".into()),
            _ => {
                let single = List::new(vec![Item::certain(range.clone())], None);
                self.over_list(kind, range, &single, body)
            }
        }
    }

    fn over_alternatives(
        &mut self,
        kind: Macro,
        range: &Value,
        choices: &[(Condition, Value)],
        body: &Program,
    ) -> Got {
        if matches!(kind, Macro::Filter | Macro::Map) {
            let mapped: Vec<_> = choices
                .iter()
                .map(|(condition, choice)| {
                    (condition.clone(), super::value_of(self.over_value(kind, choice, body)))
                })
                .collect();
            return Got::Value(Value::alternatives(mapped, range.origin.clone()));
        }
        let answers: Vec<(Condition, Truth)> = choices
            .iter()
            .map(|(condition, choice)| {
                let got = self.over_value(kind, choice, body);
                (condition.clone(), self.truth_of(got))
            })
            .collect();
        Got::Truth(merge(&answers, self.world))
    }

    fn over_list(&mut self, kind: Macro, range: &Value, list: &List, body: &Program) -> Got {
        match kind {
            Macro::Exists => Got::Truth(self.quantify(list, body, true)),
            Macro::All => Got::Truth(self.quantify(list, body, false)),
            Macro::Filter => Got::Value(self.filter(range, list, body)),
            Macro::Map => Got::Value(self.map(range, list, body)),
        }
    }

    /// `exists` (OR of presence and body) or `all` (AND of absence or body). The trace keeps the reads of the elements
    /// that agree with the result, of a settled one those of the deciding element alone.
    fn quantify(&mut self, list: &List, body: &Program, exists: bool) -> Truth {
        let mut result = Truth::from(!exists);
        let mut parts: Vec<(Truth, Trace)> = Vec::new();
        let outer = self.trace.take();
        for item in &list.items {
            self.trace = outer.as_ref().map(|_| Trace::default());
            let truth = self.with(&item.value, |this| this.truth(body));
            let present = item.presence.exists(self.world);
            let truth = if exists { present.and(truth) } else { present.not().or(truth) };
            parts.extend(self.trace.take().map(|trace| (truth.clone(), trace)));
            result = if exists { result.or(truth) } else { result.and(truth) };
            if result == Truth::from(exists) {
                break;
            }
        }
        self.trace = outer;
        if let Some(trace) = &mut self.trace {
            let agreeing = parts.into_iter().filter(|(truth, _)| *truth == result);
            agreeing.take(4).for_each(|(_, part)| trace.append(part));
        }
        match &list.open {
            Some(open) if exists => result.or(Truth::unknown(open.reason.clone())),
            Some(open) => result.and(Truth::unknown(open.reason.clone())),
            None => result,
        }
    }

    fn filter(&mut self, range: &Value, list: &List, body: &Program) -> Value {
        let mut kept = Vec::new();
        for item in &list.items {
            match self.with(&item.value, |this| this.truth(body)) {
                Truth::Yes => kept.push(item.clone()),
                Truth::No => {}
                unknown @ Truth::Unknown(_) => kept.push(maybe(item, &unknown)),
            }
        }
        let list = list.with(kept);
        Value::new(Kind::List(Arc::new(list)), range.origin.clone())
    }

    fn map(&mut self, range: &Value, list: &List, body: &Program) -> Value {
        let mapped = list
            .items
            .iter()
            .map(|item| {
                let value = self.with(&item.value, |this| this.value(body));
                Item { value, presence: item.presence.clone() }
            })
            .collect();
        let list = list.with(mapped);
        Value::new(Kind::List(Arc::new(list)), range.origin.clone())
    }

    fn with<T>(&mut self, element: &Value, then: impl FnOnce(&mut Self) -> T) -> T {
        self.variables.push(element.clone());
        let result = then(self);
        self.variables.pop();
        result
    }
}

/// An element of which a filter cannot tell whether it belongs: its presence rests on what is not known, so it gets
/// an atom of its own that no world decides.
fn maybe(item: &Item, unknown: &Truth) -> Item {
    let reason = unknown.causes().first().map(|cause| cause.reason.clone()).unwrap_or_default();
    let atom = value::Identity::new("filter", &format!("whether an element is meant ({reason})"));
    let atom = Condition::literal(atom.text, "true");
    let presence = item.presence.and(&Presence::guarded(atom));
    Item { value: item.value.clone(), presence }
}

fn unknown_range(kind: Macro, range: &Value, reason: smol_str::SmolStr) -> Got {
    let truth = Truth::unknown(reason.clone());
    match kind {
        Macro::Exists | Macro::All => Got::Truth(truth),
        Macro::Filter | Macro::Map => {
            let open = Unknown { may_be_absent: true, ..Unknown::fresh(reason) };
            let list = List::new(Vec::new(), Some(Arc::new(open)));
            let mut value = unknown_value(&truth);
            value.kind = Kind::List(Arc::new(list));
            value.origin = range.origin.clone();
            Got::Value(value)
        }
    }
}

/// Answers of alternatives: decided if all that may hold agree.
fn merge(answers: &[(Condition, Truth)], world: &World) -> Truth {
    let mut merged: Option<Truth> = None;
    let mut open = Truth::Yes;
    for (condition, truth) in answers {
        match condition.holds(world) {
            Truth::No => continue,
            Truth::Yes => return truth.clone(),
            unknown @ Truth::Unknown(_) => open = open.and(unknown),
        }
        merged = Some(match merged {
            None => truth.clone(),
            Some(known) if known == *truth && !matches!(known, Truth::Unknown(_)) => known,
            Some(_) => open.clone(),
        });
    }
    merged.unwrap_or_else(|| Truth::unknown("no alternative holds"))
}

/// Why the size of a list or map is not known: the undecided presences of its elements, and the reason it is open.
pub(super) fn open_size(value: &Value, world: &World) -> Truth {
    let undecided = |presence: &Presence| match presence.exists(world) {
        unknown @ Truth::Unknown(_) => unknown,
        _ => Truth::Yes,
    };
    let open = |open: &Option<Arc<Unknown>>| match open {
        Some(open) => Truth::unknown(open.reason.clone()),
        None => Truth::Yes,
    };
    match &value.kind {
        Kind::List(list) => {
            list.items.iter().map(|item| undecided(&item.presence)).fold(open(&list.open), Truth::and)
        }
        Kind::Map(map) => {
            map.entries.iter().map(|entry| undecided(&entry.presence)).fold(open(&map.open), Truth::and)
        }
        Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
        Kind::Alternatives(alternatives) => {
            let choices =
                alternatives.choices.iter().map(|(condition, choice)| match condition.holds(world) {
                    Truth::No => Truth::Yes,
                    Truth::Yes => open_size(choice, world),
                    unknown @ Truth::Unknown(_) => unknown.and(open_size(choice, world)),
                });
            choices.fold(Truth::Yes, Truth::and)
        }
        _ => Truth::Yes,
    }
}

/// How many elements, entries or characters there are.
pub(super) fn size_of(value: &Value, world: &World) -> Interval {
    match &value.kind {
        Kind::Absent | Kind::Null => Interval::exactly(0),
        Kind::List(list) => value::size(list, world),
        Kind::Map(map) => {
            let items = map
                .entries
                .iter()
                .map(|entry| Item { value: Value::absent(), presence: entry.presence.clone() });
            value::size(&List::new(items.collect(), map.open.clone()), world)
        }
        Kind::String(text) => Interval::exactly(i64::try_from(text.chars().count()).unwrap_or(i64::MAX)),
        Kind::Alternatives(alternatives) => {
            let possible =
                alternatives.choices.iter().filter(|(condition, _)| condition.holds(world) != Truth::No);
            let sizes: Vec<Interval> = possible.map(|(_, choice)| size_of(choice, world)).collect();
            let low = sizes.iter().map(|size| size.low.clone()).min().flatten();
            let high = match sizes.iter().all(|size| size.high.is_some()) {
                true => sizes.iter().filter_map(|size| size.high.clone()).max(),
                false => None,
            };
            Interval { low, high }
        }
        _ => Interval { low: Some(0.into()), high: None },
    }
}
