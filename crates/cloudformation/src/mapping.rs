//! `Fn::FindInMap`: constants of the template by two keys.

use std::cell::Cell;

use value::{Alternatives, Condition, Kind, Origin, StepKind, Unknown, Value};

use source::document::{Entry, Node};

use crate::conditions::{is_value, scalar_text};
use crate::intrinsic::{Call, each_choice, reason_of};
use crate::stack::{Stack, exhaustive};
use crate::text::shown;

impl Stack<'_> {
    pub(crate) fn find_in_map(&self, call: &Call<'_>) -> Value {
        let [map, top, second, options @ ..] = call.items() else {
            return self.misused(call, "a mapping and two keys");
        };
        if !options.is_empty() {
            self.needs_extensions("Fn::FindInMap with a default", call.node.span);
        }
        let default = options.first().and_then(|options| options.get("DefaultValue"));
        let default = default.map(|node| self.value(node));
        let origin = self.computed(call.node);
        let (map, top, second) = (self.value(map), self.value(top), self.value(second));
        each_choice(&map, &origin, |map| {
            each_choice(&top, &origin, |top| {
                each_choice(&second, &origin, |second| {
                    Lookup {
                        stack: self,
                        call,
                        default: default.as_ref(),
                        origin: &origin,
                        keys: [map, top, second],
                        quiet: Cell::new(false),
                        misses: Cell::new(0),
                    }
                    .find()
                })
            })
        })
    }
}

struct Lookup<'a, 's> {
    stack: &'a Stack<'s>,
    call: &'a Call<'a>,
    default: Option<&'a Value>,
    origin: &'a Origin,
    /// The mapping and the two keys.
    keys: [&'a Value; 3],
    /// Whether a key that is missing is none that is asked for with certainty.
    quiet: Cell<bool>,
    /// How many keys were missing while nothing was said.
    misses: Cell<usize>,
}

impl Lookup<'_, '_> {
    fn find(&self) -> Value {
        let [map, top, second] = self.keys;
        let Some(name) = scalar_text(map) else { return self.unknown(map) };
        let template = self.stack.template.clone();
        let maps = template.section("Mappings");
        let Some(rows) = self.entry(maps, &name).map(|entry| &entry.value) else {
            return self.not_found(&format!("{name} is not declared"));
        };
        let cell = |row: &Entry, key: &Value| {
            self.select(&format!("{name}.{}", row.key), row.value.entries(), key, &|entry| {
                self.cell(&format!("{name}.{}.{}", row.key, entry.key), entry)
            })
        };
        self.select(&name, rows.entries(), top, &|row| cell(row, second))
    }

    /// The entry that `key` selects, as `found` reads it; one of all of them if the key is an input of the stack.
    fn select(&self, name: &str, entries: &[Entry], key: &Value, found: &dyn Fn(&Entry) -> Value) -> Value {
        if let Some(text) = scalar_text(key) {
            return match self.entry(entries, &text) {
                Some(entry) => found(entry),
                None if key.sensitive => self.unknown(key),
                None => self.not_found(&format!("{name} has no key {text}")),
            };
        }
        let Kind::Unknown(unknown) = &key.kind else { return self.unknown(key) };
        let few = (1..=Alternatives::MOST).contains(&entries.len());
        match &unknown.identity {
            Some(identity) if few => {
                let choice = |entry: &Entry| (is_value(identity, &entry.key), found(entry));
                let was_quiet = self.quiet.replace(true);
                let mut choices: Vec<(Condition, Value)> = entries.iter().map(choice).collect();
                self.quiet.set(was_quiet);
                // What some rows lack is wrong for some deployments; what all of them lack is wrong.
                if !was_quiet && self.misses.take() >= choices.len() {
                    return self.not_found(&format!("{name} has no row with that key"));
                }
                // A key that is in no row gives the default, or else fails the deployment.
                choices.extend(self.default.map(|default| (Condition::Never, default.clone())));
                exhaustive(&mut choices);
                Value::alternatives(choices, self.origin.clone())
            }
            _ => self.same_everywhere(entries, key, found),
        }
    }

    /// The value that every row has, if they all have one.
    fn same_everywhere(&self, entries: &[Entry], key: &Value, found: &dyn Fn(&Entry) -> Value) -> Value {
        let mut values = entries.iter().take(64).map(found);
        match values.next() {
            Some(first)
                if self.default.is_none()
                    && entries.len() <= 64
                    && first.is_wholly_known()
                    && values.all(|value| value.kind == first.kind) =>
            {
                first
            }
            _ => self.unknown(key),
        }
    }

    fn entry<'e>(&self, entries: &'e [Entry], key: &str) -> Option<&'e Entry> {
        self.stack.budget.spend(entries.len() / 8);
        entries.iter().rev().find(|entry| entry.key == key)
    }

    fn cell(&self, name: &str, entry: &Entry) -> Value {
        let value = self.constant(&entry.value);
        let written = value.origin.place;
        let mut value = value.through(StepKind::Mapping, name, written);
        value.origin.place = self.origin.place;
        value
    }

    /// A value of a mapping. Mappings hold no functions, only texts and lists of texts.
    fn constant(&self, node: &Node) -> Value {
        let is_text = |node: &Node| node.text().is_some() && Call::of(node).is_none();
        if is_text(node) || node.items().iter().all(is_text) && !node.items().is_empty() {
            return self.stack.value(node);
        }
        Value::unknown(Unknown::fresh("a mapping holds only texts and lists of texts"), self.origin.clone())
    }

    fn not_found(&self, what: &str) -> Value {
        if let Some(default) = self.default {
            return default.clone();
        }
        if self.stack.template.is_completed() {
            let unknown = Unknown::fresh("the mappings are completed by a transform at deployment");
            return Value::unknown(unknown, self.origin.clone());
        }
        let message = format!("the mapping {what}");
        if self.quiet.get() {
            self.misses.set(self.misses.get() + 1);
            return Value::unknown(Unknown::fresh(message), self.origin.clone());
        }
        let help = "add it under Mappings, or correct the name";
        self.stack.warn("cloudformation-unknown-key", self.call.node.span, message.clone(), help);
        Value::unknown(Unknown::fresh(message), self.origin.clone())
    }

    /// Not known; the same keys give the same value.
    fn unknown(&self, key: &Value) -> Value {
        let reason = format!("a key of the mapping is not known: {}", reason_of(key));
        let expression =
            format!("FindInMap {}", self.keys.iter().map(|key| shown(key)).collect::<Vec<_>>().join("."));
        self.stack.unknown_as(&expression, reason, self.origin.clone())
    }
}
