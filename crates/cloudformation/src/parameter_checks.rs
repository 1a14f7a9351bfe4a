//! What CloudFormation refuses of a parameter's default or given value: the constraints that the template itself
//! states. Invariant: only what is known is judged, and no value that may not be shown is.

use regex::RegexBuilder;
use source::Place;
use source::document::{Entry, Node};
use value::{Kind, Number, Value};

use crate::conditions::scalar_text;
use crate::parameters::{is_list_type, is_true, type_of};
use crate::stack::Stack;

/// Most bytes that a compiled pattern may take.
const PATTERN_BYTES: usize = 1 << 18;

/// Most texts of one parameter that are looked at.
const MOST_TEXTS: usize = 1_000;

impl Stack<'_> {
    /// Says where the value of a parameter, given or by default, is none that CloudFormation takes.
    pub(crate) fn check_parameter(&self, entry: &Entry) {
        if self.template.resource(&entry.key).is_some() {
            let message = format!("{} is the name of a parameter and of a resource", entry.key);
            let help = "give one of them another name: CloudFormation does not take the template";
            self.warn("cloudformation-duplicate-name", entry.key_span, message, help);
        }
        let type_name = type_of(entry);
        if type_name.is_empty() {
            let message = format!("the parameter {} has no type", entry.key);
            let help = "add its Type, for example String";
            return self.warn("cloudformation-parameter-value", entry.key_span, message, help);
        }
        let default = entry.value.get("Default");
        let (value, place, word) = match (self.given.get(&entry.key), default) {
            (Some(given), _) => (given.clone(), given.origin.place, "value given for"),
            (None, Some(node)) => (self.default(node), Some(self.place(node.span)), "default of"),
            (None, None) => return,
        };
        let place = place.unwrap_or_else(|| self.place(entry.key_span));
        let texts = texts(&value, is_list_type(&type_name));
        let constraints = Constraints { stack: self, entry, type_name: &type_name };
        let wrong = texts.iter().find_map(|text| Some((text, constraints.violated(text)?)));
        if let Some((text, wrong)) = wrong {
            let is_hidden = value.sensitive || entry.value.get("NoEcho").is_some_and(is_true);
            let shown = if is_hidden { String::new() } else { format!(" {text:?}") };
            self.refused(place, format!("the {word} parameter {}{shown} {wrong}", entry.key));
        }
    }

    fn refused(&self, place: Place, message: String) {
        let help = "correct the value or the constraint: CloudFormation does not deploy the template with it";
        self.warn_at("cloudformation-parameter-value", place, message, help);
    }
}

/// The constraints of one parameter.
struct Constraints<'a, 's> {
    stack: &'a Stack<'s>,
    entry: &'a Entry,
    type_name: &'a str,
}

impl Constraints<'_, '_> {
    /// What of the constraints a text does not meet.
    fn violated(&self, text: &str) -> Option<String> {
        let allowed = self.entry.value.get("AllowedValues").map_or(&[][..], Node::items);
        let is_allowed = |node: &Node| {
            // A value that a function gives is not known here.
            scalar_text(&self.stack.default(node)).is_none_or(|known| known == text)
        };
        if !allowed.is_empty() && !allowed.iter().any(is_allowed) {
            return Some("is none of its allowed values".to_owned());
        }
        if self.refuses_pattern(text) {
            return Some("does not match its allowed pattern".to_owned());
        }
        match self.type_name {
            "String" => self.violated_length(text),
            "Number" | "List<Number>" => self.violated_range(text),
            _ => None,
        }
    }

    fn violated_length(&self, text: &str) -> Option<String> {
        let length = Number::from(i64::try_from(text.chars().count()).ok()?);
        if self.bound("MinLength").is_some_and(|least| length < least) {
            return Some("is shorter than its least length".to_owned());
        }
        self.bound("MaxLength").filter(|most| length > *most)?;
        Some("is longer than its greatest length".to_owned())
    }

    fn violated_range(&self, text: &str) -> Option<String> {
        let Some(number) = Number::parse(text) else { return Some("is no number".to_owned()) };
        if self.bound("MinValue").is_some_and(|least| number < least) {
            return Some("is less than its least value".to_owned());
        }
        self.bound("MaxValue").filter(|most| number > *most)?;
        Some("is more than its greatest value".to_owned())
    }

    fn bound(&self, key: &str) -> Option<Number> {
        Number::parse(self.entry.value.get(key)?.text()?)
    }

    /// Whether the whole text does not match the pattern. Patterns are those of Java, whose `\d` and `\w` are ASCII; one
    /// that only Java knows is not judged.
    fn refuses_pattern(&self, text: &str) -> bool {
        let Some(pattern) = self.entry.value.get("AllowedPattern").and_then(Node::text) else { return false };
        let pattern = format!("^(?:{pattern})$");
        let compile =
            |unicode: bool| RegexBuilder::new(&pattern).size_limit(PATTERN_BYTES).unicode(unicode).build();
        // What may match half a character, as `.` and `[^a]` do, is refused without Unicode.
        let compiled = compile(false).or_else(|_| compile(true));
        compiled.is_ok_and(|compiled| !compiled.is_match(text))
    }
}

/// The known texts of a value: of a list those of its elements.
fn texts(value: &Value, is_list: bool) -> Vec<String> {
    match (&value.kind, scalar_text(value)) {
        (_, Some(text)) if is_list => {
            let items = text.split(',').map(|item| item.trim().to_owned());
            items.filter(|_| !text.is_empty()).take(MOST_TEXTS).collect()
        }
        (_, Some(text)) => vec![text.to_string()],
        (Kind::List(list), None) => {
            let items = list.items.iter().filter_map(|item| scalar_text(&item.value));
            items.map(|text| text.to_string()).take(MOST_TEXTS).collect()
        }
        _ => Vec::new(),
    }
}
