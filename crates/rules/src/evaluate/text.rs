//! Tests of strings, also of strings that are known in part.

use std::sync::{Arc, PoisonError, RwLock};

use language::ir::{Operand, Program, TextTest};
use regex::Regex;
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use value::{Condition, Kind, Part, Template, Truth, Value, over_choices, text_parts};

use super::Evaluator;

/// The regular expressions of predicates, each compiled on first use: compiling one costs a hundred times what matching
/// a name does.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    compiled: RwLock<FxHashMap<&'static str, Option<Arc<Regex>>>>,
}

impl Patterns {
    /// The compiled pattern; none if it is no regular expression.
    fn get(&self, pattern: &'static str) -> Option<Arc<Regex>> {
        let known = self.compiled.read().unwrap_or_else(PoisonError::into_inner).get(pattern).cloned();
        known.unwrap_or_else(|| {
            let regex = Regex::new(pattern).ok().map(Arc::new);
            let mut compiled = self.compiled.write().unwrap_or_else(PoisonError::into_inner);
            compiled.entry(pattern).or_insert(regex).clone()
        })
    }
}

impl Evaluator<'_, '_> {
    pub(super) fn text_test(
        &mut self,
        program: &Program,
        test: TextTest,
        subject: Operand,
        other: Operand,
    ) -> Truth {
        let (subject, other) = (self.operand(program, subject), self.operand(program, other));
        self.test_against(test, &subject, &other)
    }

    /// A test against a value; no where either is absent.
    fn test_against(&self, test: TextTest, subject: &Value, other: &Value) -> Truth {
        match &other.kind {
            Kind::Absent | Kind::Null => Truth::No,
            Kind::Alternatives(alternatives) => over_choices(&alternatives.choices, self.world, |choice| {
                self.test_against(test, subject, choice)
            }),
            Kind::Unknown(unknown) => match super::has(subject, self.world) {
                Truth::No => Truth::No,
                _ => Truth::unknown(unknown.reason.clone()),
            },
            _ => match other.as_str() {
                Some(wanted) => self.test(test, subject, wanted),
                None => Truth::unknown("the text to compare with is not known"),
            },
        }
    }

    fn test(&self, test: TextTest, subject: &Value, wanted: &str) -> Truth {
        match &subject.kind {
            Kind::Absent | Kind::Null => Truth::No,
            _ if wanted.is_empty() && test != TextTest::AtLeast => super::has(subject, self.world),
            Kind::Alternatives(alternatives) => {
                over_choices(&alternatives.choices, self.world, |choice| self.test(test, choice, wanted))
            }
            Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
            Kind::List(_) | Kind::Map(_) => Truth::No,
            _ => on_parts(test, &text_parts(subject, self.asked.facts.graph), wanted),
        }
    }

    pub(super) fn matches(&mut self, program: &Program, subject: Operand, pattern: &'static str) -> Truth {
        let subject = self.operand(program, subject);
        let Some(regex) = self.asked.patterns.get(pattern) else {
            return Truth::unknown("the pattern is no regular expression");
        };
        self.test_regex(&subject, &regex)
    }

    fn test_regex(&self, subject: &Value, regex: &Regex) -> Truth {
        match &subject.kind {
            Kind::Absent | Kind::Null => Truth::No,
            Kind::Alternatives(alternatives) => {
                over_choices(&alternatives.choices, self.world, |choice| self.test_regex(choice, regex))
            }
            Kind::Unknown(unknown) => Truth::unknown(unknown.reason.clone()),
            _ => match text_parts(subject, self.asked.facts.graph).as_slice() {
                [Part::Text(text)] => Truth::from(regex.is_match(text)),
                [] => Truth::from(regex.is_match("")),
                _ => Truth::unknown("the text is not wholly known"),
            },
        }
    }
}

/// A test on a text of known and unknown parts.
fn on_parts(test: TextTest, parts: &[Part], wanted: &str) -> Truth {
    if let [] | [Part::Text(_)] = parts {
        let text = match parts.first() {
            Some(Part::Text(text)) => text.as_str(),
            _ => "",
        };
        return Truth::from(match test {
            TextTest::StartsWith => text.starts_with(wanted),
            TextTest::EndsWith => text.ends_with(wanted),
            TextTest::Contains => text.contains(wanted),
            TextTest::AtLeast => return value::version::at_least(parts, wanted),
        });
    }
    let unknown = || Truth::unknown("the text is not wholly known");
    let text_of = |part: Option<&Part>| match part {
        Some(Part::Text(text)) => text.clone(),
        _ => SmolStr::default(),
    };
    match test {
        TextTest::StartsWith => {
            let known = text_of(parts.first());
            if known.starts_with(wanted) {
                Truth::Yes
            } else if wanted.starts_with(known.as_str()) {
                unknown()
            } else {
                Truth::No
            }
        }
        TextTest::EndsWith => {
            let known = text_of(parts.last());
            if known.ends_with(wanted) {
                Truth::Yes
            } else if wanted.ends_with(known.as_str()) {
                unknown()
            } else {
                Truth::No
            }
        }
        TextTest::AtLeast => value::version::at_least(parts, wanted),
        TextTest::Contains => {
            let inside = |part: &Part| matches!(part, Part::Text(text) if text.contains(wanted));
            if parts.iter().any(inside) { Truth::Yes } else { unknown() }
        }
    }
}

/// The text in lower case, as far as it is known.
pub(super) fn lower(value: &Value) -> Value {
    let kind = match &value.kind {
        Kind::String(text) => Kind::String(text.to_lowercase().into()),
        Kind::Template(template) => {
            let parts = template.parts.iter().map(|part| match part {
                Part::Text(text) => Part::Text(text.to_lowercase().into()),
                Part::Value(value) => Part::Value(lower(value)),
            });
            Kind::Template(std::sync::Arc::new(Template { parts: parts.collect() }))
        }
        Kind::Alternatives(alternatives) => {
            let choice = |(condition, choice): &(Condition, Value)| (condition.clone(), lower(choice));
            return Value::alternatives(alternatives.choices.iter().map(choice), value.origin.clone());
        }
        // A name that is not known may hold upper case: its lower case is another unknown.
        Kind::Unknown(unknown) => {
            let fresh = value::Unknown { identity: None, ..(**unknown).clone() };
            Kind::Unknown(std::sync::Arc::new(fresh))
        }
        other => other.clone(),
    };
    Value { kind, ..value.clone() }
}
