//! `format` and `formatlist`: what is not known stays a part of the text.

use std::sync::Arc;

use value::{Item, Kind, List, ListShape, Part, Presence, Type, Value};

use super::arguments::is_document;
use super::verbs::{Piece, Verb, pieces};
use super::{Invocation, MOST_BYTES, Refusal};
use crate::eval::view::view;
use crate::eval::{Evaluator, text};

pub(super) fn format(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let template = evaluator.force(call.argument(0));
    let arguments: Vec<Value> = call.arguments.iter().skip(1).cloned().collect();
    formatted(evaluator, call, &template, &arguments)
}

fn formatted(
    evaluator: &mut Evaluator<'_>,
    call: &Invocation<'_>,
    template: &Value,
    arguments: &[Value],
) -> Value {
    match parts(evaluator, call, template, arguments) {
        Ok(Some(parts)) => text::template(parts, call.origin()),
        Ok(None) => evaluator.derived_as(&Type::String, "format", &call.arguments, call.place),
        Err(Refusal::Error) => Value::absent(),
        Err(Refusal::Unknown(reason)) => evaluator.opaque(&reason, call, &Type::String),
        Err(Refusal::Limit) => evaluator.limit_hit(call.place),
    }
}

/// The parts of the text; none if the format itself is not known.
fn parts(
    evaluator: &mut Evaluator<'_>,
    call: &Invocation<'_>,
    template: &Value,
    arguments: &[Value],
) -> Result<Option<Vec<Part>>, Refusal> {
    let template = match &template.kind {
        Kind::String(text) => vec![Part::Text(text.clone())],
        Kind::Template(template) => template.parts.clone(),
        _ => return Ok(None),
    };
    let whole = template.iter().all(|part| matches!(part, Part::Text(_)));
    let mut written = Written { parts: Vec::new(), text: String::new(), next: 0, most: 0 };
    for part in template {
        let text = match part {
            Part::Text(text) => text,
            // What is not known of the format is taken to hold no verbs.
            Part::Value(value) => {
                written.value(value);
                continue;
            }
        };
        for piece in pieces(&text)? {
            match piece {
                Piece::Text(text) => written.text.push_str(&text),
                Piece::Verb(verb) => written.verb(evaluator, call, &verb, arguments)?,
            }
            if written.text.len() > MOST_BYTES || !evaluator.pay(1 + written.text.len() / 65_536) {
                return Err(Refusal::Limit);
            }
        }
    }
    // Every argument is asked for.
    if whole && written.most < arguments.len() {
        return Err(Refusal::Error);
    }
    written.flush();
    Ok(Some(written.parts))
}

/// What is written so far.
struct Written {
    parts: Vec<Part>,
    text: String,
    /// Position of the next argument.
    next: usize,
    /// How many arguments the verbs reach to.
    most: usize,
}

impl Written {
    fn flush(&mut self) {
        self.parts.push(Part::Text(std::mem::take(&mut self.text).into()));
    }

    fn value(&mut self, value: Value) {
        self.flush();
        self.parts.push(Part::Value(value));
    }

    fn verb(
        &mut self,
        evaluator: &mut Evaluator<'_>,
        call: &Invocation<'_>,
        verb: &Verb,
        arguments: &[Value],
    ) -> Result<(), Refusal> {
        let at = verb.index.map_or(self.next, |index| index - 1);
        let argument = arguments.get(at).ok_or(Refusal::Error)?;
        self.next = at + 1;
        self.most = self.most.max(self.next);
        let known = evaluator.force_deep(argument.clone());
        let known = match is_document(&known) {
            true => Value::template(text::parts(&known).unwrap_or_default(), known.origin.clone()),
            false => known,
        };
        if known.is_absent() {
            return Err(Refusal::Error);
        }
        if known.is_wholly_known() {
            self.text.push_str(&verb.written(&known)?);
            return Ok(());
        }
        let plain = verb.is_plain() && !matches!(known.kind, Kind::List(_) | Kind::Map(_));
        if plain || verb.is_plain_number() {
            // A reference stays one, so that it can be followed.
            let argument = if is_document(argument) { &known } else { argument };
            self.flush();
            self.parts.extend(text::parts(argument).ok_or(Refusal::Error)?);
            return Ok(());
        }
        let derived = evaluator.derived_as(&Type::String, "format", &[known], call.place);
        self.value(derived);
        Ok(())
    }
}

pub(super) fn formatlist(evaluator: &mut Evaluator<'_>, call: &Invocation<'_>) -> Value {
    let strings = Type::list(Type::String);
    let template = evaluator.force(call.argument(0));
    let mut lists: Vec<Option<Vec<Item>>> = Vec::new();
    for at in 1..call.arguments.len() {
        let value = evaluator.force(call.argument(at));
        let sequence = match &value.kind {
            Kind::List(_) => !is_document(&value),
            Kind::Alternatives(alternatives) => {
                alternatives.choices.iter().any(|(_, choice)| matches!(choice.kind, Kind::List(_)))
            }
            Kind::Unknown(unknown) => !unknown.ty.is_primitive(),
            _ => false,
        };
        if !sequence {
            lists.push(None);
            continue;
        }
        let Some(view) = view(&value).filter(|view| view.open.is_none()) else {
            return evaluator.derived_as(&strings, "formatlist", &call.arguments, call.place);
        };
        let item = |entry: crate::eval::view::Entry| Item { value: entry.value, presence: entry.presence };
        lists.push(Some(view.entries.into_iter().map(item).collect()));
    }
    let rows = lists.iter().flatten().map(Vec::len).max().unwrap_or(1);
    if !evaluator.pay(rows.saturating_mul(lists.len())) {
        return evaluator.limit_hit(call.place);
    }
    let mut items = Vec::with_capacity(rows);
    for row in 0..rows {
        match self::row(evaluator, call, &template, &lists, row) {
            Some(item) => items.push(item),
            None => return Value::absent(),
        }
    }
    let list = List::new(items, None).shaped(ListShape::List(Type::String));
    Value::new(Kind::List(Arc::new(list)), call.origin())
}

/// One text of a list; none if Terraform refuses it, as it does lists of different lengths.
fn row(
    evaluator: &mut Evaluator<'_>,
    call: &Invocation<'_>,
    template: &Value,
    lists: &[Option<Vec<Item>>],
    row: usize,
) -> Option<Item> {
    let mut presence = Presence::CERTAIN;
    let mut arguments = Vec::with_capacity(lists.len());
    for (list, whole) in lists.iter().zip(call.arguments.iter().skip(1)) {
        match list {
            Some(list) => {
                let item = list.get(row)?;
                presence = presence.and(&item.presence);
                arguments.push(item.value.clone());
            }
            None => arguments.push(whole.clone()),
        }
    }
    let value = formatted(evaluator, call, template, &arguments);
    (!value.is_absent()).then_some(Item { value, presence })
}
