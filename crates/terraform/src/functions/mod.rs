//! Terraform's functions. A pure function is asked only when all its arguments are wholly known; the others look at
//! what is known of theirs. Arguments are counted and converted before any function sees them; what Terraform would
//! refuse is absent, and a function that nobody has gives an unknown that names it.

mod arguments;
mod arn;
mod choices;
mod collections;
pub(crate) mod convert;
mod csv;
mod dates;
mod encoding;
mod files;
mod format;
mod glob;
mod hashes;
mod lists;
mod maps;
mod network;
mod numbers;
mod partly;
mod pattern;
#[cfg(test)]
mod properties;
mod replace;
mod sets;
mod strings;
mod table;
mod texts;
mod verbs;
mod yaml_decode;
mod yaml_encode;

use smol_str::SmolStr;
use source::{Place, ProblemSeverity};
use value::{Kind, ListShape, Number, Origin, Type, Unknown, Value};

use crate::ast::{Call, Expr};
use crate::eval::condition::{choose, over};
use crate::eval::{Evaluator, Scope, unknown};

pub(crate) use encoding::json_value;

use table::{Definition, Function, Parameter};

/// Most combinations of alternatives that a function is applied to.
const MOST_COMBINATIONS: usize = 16;

/// Most bytes of a text that a function makes.
const MOST_BYTES: usize = 4 << 20;

/// Levels of a value that are looked through for secrets.
const SECRET_DEPTH: usize = 4;

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

/// Why a function gives no value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Refusal {
    /// Terraform refuses the arguments.
    Error,
    /// The result is larger than anything that is computed here.
    Limit,
    /// It cannot be told, for this reason.
    Unknown(SmolStr),
}

/// What a function gives.
type Answer = Result<Kind, Refusal>;
/// A function of wholly known arguments.
type Pure = fn(&[Value]) -> Answer;
/// A function that copes with unknown arguments.
type Special = fn(&mut Evaluator<'_>, &Invocation<'_>) -> Value;

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
        if call.expand_last {
            let last = arguments.pop().map(|last| self.force(last));
            arguments.extend(last);
            match expand_last(&mut arguments) {
                Spread::Done => {}
                Spread::Refused => return Value::absent(),
                Spread::Unknown => {
                    return match self.expanded_unknown(call, &arguments, expr.place) {
                        Some(value) => value,
                        None => self.derived(&call.name, &arguments, expr.place),
                    };
                }
            }
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
        let Some(definition) = table::find(call.name) else { return self.unknown_function(call) };
        let size: usize = call.arguments.iter().map(weight).sum();
        let size = if looks_only(definition.name) { size / LOOK } else { size };
        if !self.pay(size) {
            return self.limit_hit(call.place);
        }
        let pure = matches!(definition.function, Function::Pure(_) | Function::Opaque(_));
        let mut forced = Vec::with_capacity(call.arguments.len());
        for (at, value) in call.arguments.iter().enumerate() {
            let value = value.clone();
            forced.push(match definition.parameter(at) {
                _ if pure => self.force_deep(value),
                Some(Parameter::Any | Parameter::Nullable) | None => value,
                Some(parameter) if parameter.is_primitive() => self.force_deep(value),
                Some(_) => self.force(value),
            });
        }
        let secret = forced.iter().any(|argument| {
            if pure { arguments::holds_secret(argument, SECRET_DEPTH) } else { argument.sensitive }
        });
        let Some(arguments) = arguments::accepted(definition, forced) else { return Value::absent() };
        let call = Invocation { name: definition.name, arguments, place: call.place };
        let value = match definition.function {
            Function::Pure(function) => self.pure(function, definition, &call),
            Function::Special(function) => function(self, &call),
            Function::Opaque(reason) => self.opaque(reason, &call, &definition.result()),
            Function::Fresh => {
                unknown(format!("`{}()` gives another value at every run", call.name), call.place)
            }
        };
        let value = of_type(value, definition.result());
        let value = self.bounded(value, call.place);
        match definition.name {
            "nonsensitive" | "issensitive" => value,
            _ => value.with_sensitivity(secret),
        }
    }

    /// A function of a provider, which is pure but not computed here, or one that does not exist.
    fn unknown_function(&mut self, call: &Invocation<'_>) -> Value {
        if call.name.starts_with("provider::") {
            let reason = format!("`{}` is defined by its provider", call.name);
            return self.opaque(&reason, call, &Type::Any);
        }
        let message = format!("there is no function `{}`", call.name);
        let help = "correct its name; what depends on it is unknown";
        self.problem(ProblemSeverity::Warning, "terraform-function", call.place, message.clone(), help);
        unknown(message, call.place)
    }

    /// The unknown result of a pure function: the same for the same arguments, with a reason of its own if these are
    /// known.
    fn opaque(&mut self, reason: &str, call: &Invocation<'_>, ty: &Type) -> Value {
        let arguments: Vec<Value> =
            call.arguments.iter().map(|value| self.force_deep(value.clone())).collect();
        let value = self.derived(call.name, &arguments, call.place);
        let known = arguments.iter().all(Value::is_wholly_known);
        let Kind::Unknown(unknown) = &value.kind else { return value };
        let reason = if known { reason.into() } else { unknown.reason.clone() };
        Value::unknown(Unknown { reason, ty: ty.clone(), ..(**unknown).clone() }, value.origin.clone())
            .with_sensitivity(value.sensitive)
    }

    fn pure(&mut self, function: Pure, definition: &Definition, call: &Invocation<'_>) -> Value {
        let combinations = |value: &Value| match &value.kind {
            Kind::Alternatives(alternatives) => alternatives.choices.len(),
            _ => 1,
        };
        let total = call.arguments.iter().map(combinations).try_fold(1usize, usize::checked_mul);
        if total.is_none_or(|total| total > MOST_COMBINATIONS) {
            return self.typed(definition, call, &call.arguments);
        }
        self.pure_over(function, definition, call, &call.arguments)
    }

    /// The function of every combination of the arguments' alternatives.
    fn pure_over(
        &mut self,
        function: Pure,
        definition: &Definition,
        call: &Invocation<'_>,
        arguments: &[Value],
    ) -> Value {
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
                choices.push((condition.clone(), self.pure_over(function, definition, call, &arguments)));
            }
            return choose(choices, call.origin());
        }
        if arguments.iter().any(Value::is_absent) {
            return Value::absent();
        }
        if arguments.iter().any(arguments::is_document) {
            return self.of_document(function, definition, call, arguments);
        }
        if !arguments.iter().all(Value::is_wholly_known) {
            return partly::known(self, call, arguments)
                .unwrap_or_else(|| self.typed(definition, call, arguments));
        }
        let patterns = matches!(call.name, "regex" | "regexall" | "replace");
        if patterns && !self.pay(pattern::COST) {
            return self.limit_hit(call.place);
        }
        match function(arguments) {
            Ok(Kind::String(text)) if text.len() > MOST_BYTES => self.limit_hit(call.place),
            Ok(kind) => {
                let value = Value::new(kind, call.origin());
                if self.pay(weight(&value)) { value } else { self.limit_hit(call.place) }
            }
            Err(Refusal::Error) => Value::absent(),
            Err(Refusal::Limit) => self.limit_hit(call.place),
            Err(Refusal::Unknown(reason)) => self.opaque(&reason, call, &definition.result()),
        }
    }

    /// A function of texts, one of which is a document: that becomes a text, unless its structure tells more.
    fn of_document(
        &mut self,
        function: Pure,
        definition: &Definition,
        call: &Invocation<'_>,
        arguments: &[Value],
    ) -> Value {
        if let Some(value) = partly::known(self, call, arguments) {
            return value;
        }
        let as_text = |value: &Value| match arguments::is_document(value) {
            true => {
                let parts = crate::eval::text::parts(value).unwrap_or_default();
                let text = Value::template(parts, value.origin.clone());
                text.with_sensitivity(value.sensitive)
            }
            false => value.clone(),
        };
        let texts: Vec<Value> = arguments.iter().map(as_text).collect();
        if texts.iter().any(arguments::is_document) {
            return self.typed(definition, call, arguments);
        }
        self.pure_over(function, definition, call, &texts)
    }

    /// The unknown result of a function.
    fn typed(&self, definition: &Definition, call: &Invocation<'_>, arguments: &[Value]) -> Value {
        self.derived_as(&definition.result(), definition.name, arguments, call.place)
    }

    /// The unknown result of an operation, of a type.
    fn derived_as(&self, ty: &Type, operation: &str, arguments: &[Value], place: Place) -> Value {
        let value = self.derived(operation, arguments, place);
        let Kind::Unknown(unknown) = &value.kind else { return value };
        let unknown = Unknown { ty: ty.clone(), ..(**unknown).clone() };
        Value { kind: Kind::Unknown(std::sync::Arc::new(unknown)), ..value }
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

/// An unknown result with the type that the function always gives, if it has none of its own.
fn of_type(value: Value, ty: Type) -> Value {
    match &value.kind {
        Kind::Unknown(unknown) if unknown.ty == Type::Any && ty != Type::Any => {
            let unknown = Unknown { ty, ..(**unknown).clone() };
            Value { kind: Kind::Unknown(std::sync::Arc::new(unknown)), ..value }
        }
        _ => value,
    }
}

/// What became of a last argument with three dots.
enum Spread {
    Done,
    /// It is no sequence.
    Refused,
    /// Its elements are not all certain.
    Unknown,
}

/// Spreads the last argument.
fn expand_last(arguments: &mut Vec<Value>) -> Spread {
    let Some(last) = arguments.last() else { return Spread::Refused };
    let list = match &last.kind {
        Kind::List(_) | Kind::Map(_) if arguments::is_document(last) => return Spread::Refused,
        Kind::List(list) => list.clone(),
        Kind::Unknown(_) | Kind::Reference(_) | Kind::Alternatives(_) => return Spread::Unknown,
        _ => return Spread::Refused,
    };
    if !list.is_settled() {
        return Spread::Unknown;
    }
    let sensitive = last.sensitive;
    arguments.pop();
    arguments.extend(list.items.iter().map(|item| item.value.clone().with_sensitivity(sensitive)));
    Spread::Done
}

/// How many elements are looked at in the time that one is made.
const LOOK: usize = 32;

/// Whether a function looks at its arguments without making as much as they are.
fn looks_only(name: &str) -> bool {
    matches!(
        name,
        "coalesce"
            | "coalescelist"
            | "element"
            | "ephemeralasnull"
            | "issensitive"
            | "length"
            | "lookup"
            | "nonsensitive"
            | "one"
            | "sensitive"
    )
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
fn strings(items: impl IntoIterator<Item = impl Into<SmolStr>>) -> Kind {
    let items = items.into_iter().map(|text| Value::string(text, Origin::default()));
    Value::shaped_list(items, ListShape::List(Type::String), Origin::default()).kind
}

fn string(text: impl Into<SmolStr>) -> Answer {
    Ok(Kind::String(text.into()))
}

/// The text of a known argument.
fn text(arguments: &[Value], at: usize) -> Result<&str, Refusal> {
    arguments.get(at).and_then(Value::as_str).ok_or(Refusal::Error)
}

/// A known number argument.
fn number(arguments: &[Value], at: usize) -> Result<Number, Refusal> {
    arguments.get(at).and_then(Value::as_number).ok_or(Refusal::Error)
}

/// A known argument that is a whole number of 64 bits.
fn integer(arguments: &[Value], at: usize) -> Result<i64, Refusal> {
    number(arguments, at)?.as_i64().ok_or(Refusal::Error)
}
