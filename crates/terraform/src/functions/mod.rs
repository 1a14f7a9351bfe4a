//! Terraform's functions. A pure function is asked only when all its arguments are wholly known; the others look at
//! what is known of theirs. A function that is not here gives an unknown that names it.

mod choices;
mod collections;
mod encoding;
mod files;
mod format;
mod lists;
mod maps;
mod network;
mod numbers;
mod replace;
mod sets;
mod strings;

use source::Place;
use value::{Kind, Origin, Value};

use crate::ast::{Call, Expr};
use crate::eval::condition::{choose, over};
use crate::eval::{Evaluator, Scope, unknown};

pub(crate) use encoding::json_value;
pub(crate) use sets::to_set;

/// Most combinations of alternatives that a function is applied to.
const MOST_COMBINATIONS: usize = 16;

/// A call whose arguments are evaluated.
pub(crate) struct Invocation<'c> {
    pub(crate) name: &'c str,
    pub(crate) arguments: Vec<Value>,
    pub(crate) place: Place,
}

impl Invocation<'_> {
    /// The argument at a position; absent if there is none.
    fn argument(&self, at: usize) -> Value {
        self.arguments.get(at).cloned().unwrap_or_else(Value::absent)
    }

    fn origin(&self) -> Origin {
        Origin::computed(self.place)
    }
}

/// A function of wholly known arguments; none where Terraform would refuse them.
type Pure = fn(&[Value]) -> Option<Kind>;
/// A function that copes with unknown arguments.
type Special = fn(&mut Evaluator<'_>, &Invocation<'_>) -> Value;

/// How a function is evaluated.
enum Function {
    Pure(Pure),
    Special(Special),
    /// A pure function that is not computed: unknown, but the same for the same arguments.
    Opaque,
    /// Different at every call.
    Fresh,
}

fn find(name: &str) -> Option<Function> {
    let pure = strings::find(name).or_else(|| numbers::find(name)).or_else(|| network::find(name));
    let special = || {
        collections::find(name)
            .or_else(|| lists::find(name))
            .or_else(|| maps::find(name))
            .or_else(|| sets::find(name))
            .or_else(|| choices::find(name))
            .or_else(|| encoding::find(name))
            .or_else(|| files::find(name))
            .or_else(|| format::find(name))
    };
    pure.map(Function::Pure).or_else(|| special().map(Function::Special)).or_else(|| not_computed(name))
}

/// Functions whose result is not told.
fn not_computed(name: &str) -> Option<Function> {
    match name {
        "md5" | "sha1" | "sha256" | "sha512" | "base64sha256" | "base64sha512" | "filemd5" | "filesha1"
        | "filesha256" | "filesha512" | "filebase64sha256" | "filebase64sha512" | "uuidv5" | "rsadecrypt"
        | "base64gzip" | "textencodebase64" | "textdecodebase64" | "formatdate" | "timeadd" | "timecmp"
        | "abspath" | "pathexpand" | "type" | "urldecode" | "base64gunzip" => Some(Function::Opaque),
        "timestamp" | "plantimestamp" | "uuid" | "bcrypt" => Some(Function::Fresh),
        _ => None,
    }
}

impl Evaluator<'_> {
    pub(crate) fn eval_call(&mut self, call: &Call, expr: &Expr, scope: &Scope<'_>) -> Value {
        match call.name.as_str() {
            "try" => return self.eval_try(&call.arguments, expr.place, scope),
            "can" => return self.eval_can(&call.arguments, expr.place, scope),
            _ => {}
        }
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            let value = self.eval(argument, scope);
            if value.is_absent() {
                return value;
            }
            arguments.push(value);
        }
        if call.expand_last && !expand_last(&mut arguments) {
            return match self.expanded_unknown(call, &arguments, expr.place) {
                Some(value) => value,
                None => self.derived(&call.name, &arguments, expr.place),
            };
        }
        self.invoke(&Invocation { name: &call.name, arguments, place: expr.place })
    }

    /// `concat(unknown...)` and `merge(unknown...)` over a list whose elements are not all certain.
    fn expanded_unknown(&mut self, call: &Call, arguments: &[Value], place: Place) -> Option<Value> {
        let (last, first) = arguments.split_last()?;
        let view = crate::eval::view::view(last)?;
        let mut arguments = first.to_vec();
        match call.name.as_str() {
            "concat" | "setunion" => arguments.extend(view.entries.into_iter().map(|entry| {
                if entry.presence.many { entry.value } else { entry.value.guarded_by(&entry.presence) }
            })),
            "merge" => arguments
                .extend(view.entries.into_iter().map(|entry| entry.value.guarded_by(&entry.presence))),
            _ => return None,
        }
        Some(self.invoke(&Invocation { name: &call.name, arguments, place }))
    }

    /// The value of a call.
    pub(crate) fn invoke(&mut self, call: &Invocation<'_>) -> Value {
        let size: usize = call.arguments.iter().map(weight).sum();
        if !self.pay(size) {
            return self.limit_hit(call.place);
        }
        let sensitive = call.arguments.iter().any(|argument| argument.sensitive);
        match find(call.name) {
            Some(Function::Pure(function)) => self.pure(function, call).with_sensitivity(sensitive),
            Some(Function::Special(function)) => {
                let value = function(self, call);
                if call.name == "nonsensitive" { value } else { value.with_sensitivity(sensitive) }
            }
            Some(Function::Opaque) => {
                let arguments: Vec<Value> =
                    call.arguments.iter().map(|value| self.force_deep(value.clone())).collect();
                let value = self.derived(call.name, &arguments, call.place);
                rename(value, &arguments, call).with_sensitivity(sensitive)
            }
            Some(Function::Fresh) => {
                unknown(format!("`{}()` gives another value at every deployment", call.name), call.place)
            }
            None => unknown(format!("function `{}` is not evaluated", call.name), call.place),
        }
    }

    fn pure(&mut self, function: Pure, call: &Invocation<'_>) -> Value {
        let arguments: Vec<Value> =
            call.arguments.iter().map(|value| self.force_deep(value.clone())).collect();
        let combinations = |value: &Value| match &value.kind {
            Kind::Alternatives(alternatives) => alternatives.choices.len(),
            _ => 1,
        };
        let total =
            arguments.iter().map(combinations).try_fold(1usize, usize::checked_mul).unwrap_or(usize::MAX);
        if total > MOST_COMBINATIONS {
            return self.derived(call.name, &arguments, call.place);
        }
        self.pure_over(function, call, &arguments)
    }

    /// The function of every combination of the arguments' alternatives.
    fn pure_over(&mut self, function: Pure, call: &Invocation<'_>, arguments: &[Value]) -> Value {
        let alternatives = arguments.iter().enumerate().find_map(|(at, value)| match &value.kind {
            Kind::Alternatives(alternatives) => Some((at, alternatives.clone())),
            _ => None,
        });
        if let Some((at, alternatives)) = alternatives {
            let mut choices = Vec::with_capacity(alternatives.choices.len());
            for (condition, choice) in &alternatives.choices {
                let mut arguments = arguments.to_vec();
                if let Some(slot) = arguments.get_mut(at) {
                    *slot = choice.clone();
                }
                choices.push((condition.clone(), self.pure_over(function, call, &arguments)));
            }
            return choose(choices, call.origin());
        }
        if arguments.iter().any(Value::is_absent) {
            return Value::absent();
        }
        let is_document = |value: &Value| matches!(value.kind, Kind::Map(_) | Kind::List(_));
        if arguments.iter().any(is_document) && strings::find(call.name).is_some() {
            return self.of_document(function, call, arguments);
        }
        if !arguments.iter().all(Value::is_wholly_known) {
            return strings::partly_known(self, call, arguments)
                .unwrap_or_else(|| self.derived(call.name, arguments, call.place));
        }
        match function(arguments) {
            Some(kind) => Value::new(kind, call.origin()),
            None => Value::absent(),
        }
    }

    /// A function of texts, one of which is a document that stands for its JSON.
    fn of_document(&mut self, function: Pure, call: &Invocation<'_>, arguments: &[Value]) -> Value {
        if let Some(value) = strings::partly_known(self, call, arguments) {
            return value;
        }
        let as_text = |value: &Value| match text_of(value) {
            Some(text) => Value { kind: text.kind, ..value.clone() },
            None => value.clone(),
        };
        let texts: Vec<Value> = arguments.iter().map(as_text).collect();
        if texts.iter().all(|value| !matches!(value.kind, Kind::Map(_) | Kind::List(_))) {
            return self.pure_over(function, call, &texts);
        }
        self.derived(call.name, arguments, call.place)
    }

    /// A value, or what takes the place of the alternatives that are errors.
    pub(crate) fn or_else(
        &mut self,
        value: Value,
        place: Place,
        other: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        match &value.kind {
            Kind::Absent => other(self),
            Kind::Alternatives(alternatives)
                if alternatives.choices.iter().any(|(_, choice)| choice.is_absent()) =>
            {
                let other = other(self);
                over(&value, &Origin::computed(place), |choice| {
                    if choice.is_absent() { other.clone() } else { choice.clone() }
                })
            }
            _ => value,
        }
    }
}

/// What an opaque function of wholly known arguments says.
fn rename(value: Value, arguments: &[Value], call: &Invocation<'_>) -> Value {
    let Kind::Unknown(unknown) = &value.kind else { return value };
    if !arguments.iter().all(Value::is_wholly_known) {
        return value;
    }
    let reason = format!("`{}` is not evaluated", call.name).into();
    Value {
        kind: Kind::Unknown(std::sync::Arc::new(value::Unknown { reason, ..(**unknown).clone() })),
        ..value
    }
}

/// Spreads the last argument; false if its elements are not all certain.
fn expand_last(arguments: &mut Vec<Value>) -> bool {
    let Some(Kind::List(list)) = arguments.last().map(|last| last.kind.clone()) else { return false };
    if list.open.is_some() || list.items.iter().any(|item| !item.presence.is_certain()) {
        return false;
    }
    arguments.pop();
    arguments.extend(list.items.iter().map(|item| item.value.clone()));
    true
}

/// The JSON that a list or a map stands for, where a text is wanted.
fn text_of(value: &Value) -> Option<Value> {
    matches!(value.kind, Kind::Map(_) | Kind::List(_))
        .then(|| crate::eval::text::template(crate::eval::text::json(value), value.origin.clone()))
}

/// How much work a value is, roughly.
fn weight(value: &Value) -> usize {
    match &value.kind {
        Kind::List(list) => list.items.len(),
        Kind::Map(map) => map.entries.len(),
        Kind::String(text) => text.len() / 256,
        _ => 0,
    }
}

/// A list of strings.
fn strings_kind(items: impl IntoIterator<Item = impl Into<smol_str::SmolStr>>) -> Kind {
    Value::list(items.into_iter().map(|text| Value::string(text, Origin::default())), Origin::default()).kind
}

/// The elements of a known list.
fn elements(value: &Value) -> Option<Vec<&Value>> {
    value.as_list().map(|list| list.items.iter().map(|item| &item.value).collect())
}

/// The text of a known primitive argument.
fn text(arguments: &[Value], at: usize) -> Option<smol_str::SmolStr> {
    arguments.get(at).and_then(crate::eval::text::primitive)
}

/// A known whole number argument.
fn integer(arguments: &[Value], at: usize) -> Option<i64> {
    arguments.get(at).and_then(Value::as_number).and_then(|number| number.as_i64())
}
