//! `Fn::Join` and `Fn::Split`: from a list to a text and back.

use std::sync::Arc;

use value::{Condition, Identity, Item, Kind, List, Origin, Part, Unknown, Value};

use crate::conditions::scalar_text;
use crate::intrinsic::{Call, each_choice, hidden, reason_of};
use crate::stack::Stack;
use crate::text::{is_collection, plain, shown};

/// Most elements that a text is split into.
const MOST_ITEMS: usize = 100_000;

/// Most conditions of which all combinations are looked at.
const MOST_CONDITIONS: usize = 4;

/// Most elements that may be missing before the first one that is there for certain.
const MOST_LEADING: usize = 64;

impl Stack<'_> {
    /// `Fn::Join`: the elements of a list with a delimiter between them.
    pub(crate) fn join(&self, call: &Call<'_>) -> Value {
        let wanted = "a delimiter and a list of texts";
        let [delimiter, list] = call.items() else { return self.misused(call, wanted) };
        let origin = self.computed(call.node);
        let delimiter = self.value(delimiter);
        let Some(delimiter) = scalar_text(&delimiter) else {
            return Value::unknown(Unknown::fresh(reason_of(&delimiter)), origin);
        };
        let list = self.value(list);
        let joined = each_choice(&list, &origin, |list| match &list.kind {
            Kind::List(items) if items.items.iter().any(|item| is_collection(&item.value)) => {
                self.misused(call, wanted)
            }
            Kind::List(items) => self.joined(items, &delimiter, &origin),
            Kind::Unknown(unknown) => {
                Value::unknown(unknown.select(&format!("join({delimiter})")), origin.clone())
            }
            Kind::Reference(_) => {
                let expression = format!("join({delimiter}) {}", shown(list));
                self.unknown_as(&expression, reason_of(list), origin.clone())
            }
            _ => self.misused(call, wanted),
        });
        hidden(joined, list.sensitive)
    }

    /// The texts of a list in one, with a delimiter between them.
    pub(crate) fn joined(&self, list: &List, delimiter: &str, origin: &Origin) -> Value {
        if let Some(open) = &list.open {
            return Value::unknown(Unknown::fresh(open.reason.clone()), origin.clone());
        }
        let Some(settled) = settled(list) else { return self.joined_in_parts(list, delimiter, origin) };
        let choices = settled.into_iter().map(|(when, items)| {
            let mut parts: Vec<Value> = Vec::with_capacity(items.len() * 2);
            for item in items {
                if !parts.is_empty() {
                    parts.push(plain(delimiter));
                }
                parts.push(item.value.clone());
            }
            (when, self.concat(parts, origin))
        });
        Value::alternatives(choices, origin.clone())
    }

    /// A text in which every element that may be missing is a part of its own, together with the delimiter that
    /// comes and goes with it.
    fn joined_in_parts(&self, list: &List, delimiter: &str, origin: &Origin) -> Value {
        let unknown =
            || Value::unknown(Unknown::fresh("which elements are joined is not known"), origin.clone());
        let certain = list.items.iter().position(|item| item.presence.is_certain());
        let leading = certain.unwrap_or(list.items.len());
        if list.items.iter().any(|item| item.presence.many) || leading > MOST_LEADING {
            return unknown();
        }
        let text = |parts: [&Value; 2]| self.concat(parts.into_iter().cloned().collect(), origin);
        let delimiter = &plain(delimiter);
        let mut parts: Vec<Value> = Vec::new();
        // Whether an element is there before, as long as none is for certain.
        let mut before = Condition::Never;
        for (index, Item { value, presence }) in list.items.iter().enumerate() {
            let when = presence.when.clone();
            if presence.is_certain() {
                let follows = certain.is_some_and(|at| at < index);
                parts.extend(follows.then(|| delimiter.clone()));
                parts.push(value.clone());
                continue;
            }
            let missing = (when.clone().not(), plain(""));
            let choices = match certain {
                Some(at) if index < at => vec![(when, text([value, delimiter])), missing],
                Some(_) => vec![(when, text([delimiter, value])), missing],
                None => {
                    let first = when.clone().and(before.clone().not());
                    let later = when.clone().and(before.clone());
                    before = before.or(when);
                    vec![(later, text([delimiter, value])), (first, value.clone()), missing]
                }
            };
            parts.push(Value::alternatives(choices, origin.clone()));
        }
        self.concat(parts, origin)
    }

    /// `Fn::Split`: a text taken apart.
    pub(crate) fn split(&self, call: &Call<'_>) -> Value {
        let [delimiter, text] = call.items() else {
            return self.misused(call, "a delimiter and a text");
        };
        let origin = self.computed(call.node);
        let delimiter = self.value(delimiter);
        let Some(delimiter) = scalar_text(&delimiter) else {
            return Value::unknown(Unknown::fresh(reason_of(&delimiter)), origin);
        };
        if delimiter.is_empty() {
            return self.misused(call, "a delimiter that is not empty, and a text");
        }
        let text = self.value(text);
        let parts = each_choice(&text, &origin, |text| match (&text.kind, scalar_text(text)) {
            (_, Some(known)) if known.matches(delimiter.as_str()).count() > MOST_ITEMS => {
                Value::unknown(Unknown::fresh("the text has too many parts"), origin.clone())
            }
            (_, Some(known)) => {
                let item = |item: &str| {
                    let origin = Origin { place: origin.place, ..text.origin.clone() };
                    Value::string(item, origin).with_sensitivity(text.sensitive)
                };
                self.budget.spend(known.len() / 16);
                Value::list(known.split(delimiter.as_str()).map(item), origin.clone())
            }
            _ if is_collection(text) => self.misused(call, "a delimiter and a text"),
            (Kind::Template(template), _) => self.split_parts(text, &template.parts, &delimiter, &origin),
            (Kind::Unknown(unknown), _) => {
                Value::unknown(unknown.select(&format!("split({delimiter})")), origin.clone())
            }
            _ => {
                let expression = format!("split({delimiter}) {}", shown(text));
                self.unknown_as(&expression, reason_of(text), origin.clone())
            }
        });
        hidden(parts, text.sensitive)
    }

    /// A text that is not wholly known, taken apart up to the first part that may hold a delimiter.
    fn split_parts(&self, text: &Value, parts: &[Part], delimiter: &str, origin: &Origin) -> Value {
        let mut list = List::default();
        let mut piece: Vec<Value> = Vec::new();
        for part in parts {
            match part {
                Part::Text(known) if list.items.len() < MOST_ITEMS => {
                    let mut rest = known.as_str();
                    while let Some((before, after)) = rest.split_once(delimiter) {
                        piece.push(plain(before));
                        let whole = self.concat(std::mem::take(&mut piece), origin);
                        list.items.push(Item::certain(whole));
                        rest = after;
                    }
                    piece.push(plain(rest));
                }
                Part::Value(value) if never_holds(value, delimiter) => piece.push(value.clone()),
                _ => {
                    let expression = format!("split({delimiter}) {}", shown(text));
                    let unknown = self.unknown_as(&expression, reason_of(text), origin.clone());
                    if let Kind::Unknown(unknown) = unknown.kind {
                        list.open = Some(unknown);
                    }
                    return Value::new(Kind::List(Arc::new(list)), origin.clone());
                }
            }
        }
        list.items.push(Item::certain(self.concat(piece, origin)));
        Value::new(Kind::List(Arc::new(list)), origin.clone())
    }
}

/// Whether a value is one of those that have letters, digits and dashes alone, and the delimiter is none of these.
fn never_holds(value: &Value, delimiter: &str) -> bool {
    let Kind::Unknown(unknown) = &value.kind else { return false };
    let identity = unknown.identity.as_ref().map(|identity| Identity::shown(&identity.text));
    matches!(identity, Some("AWS::AccountId" | "AWS::Region" | "AWS::StackName"))
        && !delimiter.chars().any(|c| c.is_ascii_alphanumeric() || c == '-')
}

/// The lists that a list may turn out to be, each under its condition; none if that are too many.
pub(crate) fn settled(list: &List) -> Option<Vec<(Condition, Vec<&Item>)>> {
    if list.open.is_some() || list.items.iter().any(|item| item.presence.many) {
        return None;
    }
    let mut conditions: Vec<Condition> = Vec::new();
    for item in &list.items {
        let when = &item.presence.when;
        if *when != Condition::Always
            && !conditions.iter().any(|known| known == when || is_contrary(known, when))
        {
            conditions.push(when.clone());
        }
        if conditions.len() > MOST_CONDITIONS {
            return None;
        }
    }
    let way = |combination: u32| {
        let mut when = Condition::Always;
        for (bit, condition) in conditions.iter().enumerate() {
            let holds = combination >> bit & 1 == 0;
            let condition = condition.clone();
            when = when.and(if holds { condition } else { condition.not() });
        }
        let is_there = |item: &&Item| match &item.presence.when {
            Condition::Always => true,
            presence => conditions.iter().enumerate().any(|(bit, condition)| {
                let holds = combination >> bit & 1 == 0;
                if holds { condition == presence } else { is_contrary(condition, presence) }
            }),
        };
        (when, list.items.iter().filter(is_there).collect())
    };
    Some((0..1u32 << conditions.len()).map(way).collect())
}

fn is_contrary(a: &Condition, b: &Condition) -> bool {
    match (a, b) {
        (Condition::Not(inner), other) | (other, Condition::Not(inner)) => **inner == *other,
        _ => false,
    }
}
