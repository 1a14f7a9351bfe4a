//! Templates: text with interpolations and directives.

use source::Place;
use value::{Condition, Kind, Origin, Part, Value};

use super::condition::choose;
use super::view::view;
use super::{Evaluator, Frame, Scope, text};
use crate::ast::{ForPiece, IfPiece, Piece};

/// Most alternatives that one template is multiplied out to.
const MOST: usize = 4;

/// Most parts of a text that is not wholly known.
pub(crate) const MOST_PARTS: usize = 4_000;

impl Evaluator<'_> {
    pub(crate) fn eval_template(&mut self, pieces: &[Piece], place: Place, scope: &Scope<'_>) -> Value {
        let mut sensitive = false;
        let Some(parts) = self.template_parts(pieces, scope, &mut sensitive) else { return Value::absent() };
        let bytes: usize =
            parts.iter().map(|part| if let Part::Text(text) = part { text.len() } else { 0 }).sum();
        let too_long = bytes > self.sources.limits().string_bytes || parts.len() > MOST_PARTS;
        if !self.pay(bytes / 256) || too_long {
            return self.limit_hit(place);
        }
        multiplied(parts, place).with_sensitivity(sensitive)
    }

    /// The parts of a template; none where Terraform would refuse it.
    fn template_parts(
        &mut self,
        pieces: &[Piece],
        scope: &Scope<'_>,
        sensitive: &mut bool,
    ) -> Option<Vec<Part>> {
        let mut parts = Vec::with_capacity(pieces.len());
        for piece in pieces {
            if !self.step() {
                return None;
            }
            match piece {
                Piece::Text(text) => parts.push(Part::Text(text.clone())),
                Piece::Value(expr) => {
                    let value = self.eval(expr, scope);
                    *sensitive |= value.sensitive;
                    let more = text::parts(&value)?;
                    if !self.pay(more.len() / 2) {
                        return None;
                    }
                    parts.extend(more);
                }
                Piece::If(inner) => parts.extend(self.if_parts(inner, scope, sensitive)?),
                Piece::For(inner) => parts.extend(self.for_parts(inner, scope, sensitive)?),
            }
        }
        Some(parts)
    }

    fn if_parts(&mut self, inner: &IfPiece, scope: &Scope<'_>, sensitive: &mut bool) -> Option<Vec<Part>> {
        let value = self.eval(&inner.condition, scope);
        let value = self.boolean(value)?;
        *sensitive |= value.sensitive;
        match self.condition(&value, &inner.condition, scope) {
            Condition::Always => self.template_parts(&inner.then, scope, sensitive),
            Condition::Never => self.template_parts(&inner.otherwise, scope, sensitive),
            undecided => {
                let place = inner.condition.place;
                let then = self.template_parts(&inner.then, scope, sensitive)?;
                let otherwise = self.template_parts(&inner.otherwise, scope, sensitive)?;
                let origin = Origin::computed(place);
                let string = |parts| text::template(parts, origin.clone());
                let choices = vec![(undecided.clone(), string(then)), (undecided.not(), string(otherwise))];
                Some(vec![Part::Value(choose(choices, origin.clone()))])
            }
        }
    }

    fn for_parts(&mut self, inner: &ForPiece, scope: &Scope<'_>, sensitive: &mut bool) -> Option<Vec<Part>> {
        let collection = self.eval(&inner.collection, scope);
        let collection = self.force(collection);
        *sensitive |= collection.sensitive;
        if matches!(collection.kind, Kind::Null) {
            return None;
        }
        let view = view(&collection)?;
        let settled = view.open.is_none() && view.entries.iter().all(|entry| entry.presence.is_certain());
        if !settled {
            let whole = self.derived("template", &[collection], inner.collection.place);
            return Some(vec![Part::Value(whole)]);
        }
        let mut parts = Vec::new();
        for entry in view.entries {
            let key_frame =
                inner.key.as_ref().map(|name| Frame { name, value: entry.key, outer: scope.frames });
            let outer = key_frame.as_ref().or(scope.frames);
            let frame = Frame { name: &inner.value, value: entry.value, outer };
            let scope = Scope { frames: Some(&frame), ..*scope };
            parts.extend(self.template_parts(&inner.body, &scope, sensitive)?);
        }
        Some(parts)
    }
}

/// The template, multiplied out over its alternatives as long as they are few.
fn multiplied(parts: Vec<Part>, place: Place) -> Value {
    let count = |part: &Part| match part {
        Part::Value(Value { kind: Kind::Alternatives(alternatives), .. }) => alternatives.choices.len(),
        _ => 1,
    };
    let total = parts.iter().map(count).try_fold(1usize, usize::checked_mul).unwrap_or(usize::MAX);
    let origin = if total == 1 && parts.iter().all(|part| matches!(part, Part::Text(_))) {
        Origin { how: value::How::Computed, ..Origin::literal(place) }
    } else {
        Origin::computed(place)
    };
    if total == 1 || total > MOST {
        return text::template(parts, origin);
    }
    let mut variants: Vec<(Condition, Vec<Part>)> = vec![(Condition::Always, Vec::new())];
    for part in parts {
        let Part::Value(Value { kind: Kind::Alternatives(alternatives), .. }) = &part else {
            variants.iter_mut().for_each(|(_, parts)| parts.push(part.clone()));
            continue;
        };
        let mut next = Vec::with_capacity(variants.len() * alternatives.choices.len());
        for (condition, before) in &variants {
            for (here, choice) in &alternatives.choices {
                let mut parts = before.clone();
                // A choice without text is an error of Terraform's: the whole variant is.
                match text::parts(choice) {
                    Some(text) => parts.extend(text),
                    None => parts.push(Part::Value(Value::absent())),
                }
                next.push((condition.clone().and(here.clone()), parts));
            }
        }
        variants = next;
    }
    let value = |(condition, parts): (Condition, Vec<Part>)| {
        let error = parts.iter().any(|part| matches!(part, Part::Value(value) if value.is_absent()));
        (condition, if error { Value::absent() } else { text::template(parts, origin.clone()) })
    };
    choose(variants.into_iter().map(value).collect(), origin.clone())
}
