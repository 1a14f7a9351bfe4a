//! Functions that make texts: `Fn::Sub`, `Fn::Join`, `Fn::Split`, `Fn::Base64`, and dynamic references in any text.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::Node;
use value::{
    Alternatives, Condition, How, Identity, Item, Kind, List, Origin, Part, StepKind, Unknown, Value,
};

use crate::conditions::scalar_text;
use crate::intrinsic::{Call, each_choice, reason_of};
use crate::stack::Stack;

const DYNAMIC: &str = "{{resolve:";

/// Most parts of a text that is not wholly known.
const MOST_PARTS: usize = 2_000;

/// Most elements that a text is split into.
const MOST_ITEMS: usize = 100_000;

impl Stack<'_> {
    /// `Fn::Sub`: a text with `${names}`, and a map of names that stand for other values.
    pub(crate) fn substitute(&self, call: &Call<'_>) -> Value {
        let (text, variables) = match call.items() {
            [text, variables, ..] => (text, Some(variables)),
            [text] => (text, None),
            [] => (call.argument, None),
        };
        let Some(pattern) = text.text().cloned() else {
            return self.misused(call, "a text, or a list of a text and a map");
        };
        let mut parts: Vec<Value> = Vec::new();
        // A name that occurs twice is evaluated once.
        let mut known: FxHashMap<&str, Value> = FxHashMap::default();
        let mut rest = pattern.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            parts.push(plain(before));
            let Some((name, behind)) = after.split_once('}') else {
                rest = after;
                parts.push(plain("${"));
                break;
            };
            match name.strip_prefix('!') {
                Some(literal) => parts.push(plain(&format!("${{{literal}}}"))),
                None => {
                    let value = known.entry(name.trim());
                    let value = value.or_insert_with_key(|name| self.substituted(name, variables, call.node));
                    parts.push(value.clone());
                }
            }
            rest = behind;
        }
        parts.push(plain(rest));
        let mut origin = self.computed(call.node);
        if parts.iter().all(|part| part.origin.place.is_none() && matches!(part.kind, Kind::String(_))) {
            origin.how = How::Literal;
        }
        self.concat(parts, &origin)
    }

    fn substituted(&self, name: &str, variables: Option<&Node>, node: &Node) -> Value {
        if let Some(variables) = variables {
            self.budget.spend(variables.entries().len() / 8);
            if let Some(variable) = variables.get(name) {
                return self.value(variable);
            }
        }
        let place = self.place(node.span);
        match name.split_once('.') {
            Some((resource, attribute)) => self.attribute_of(resource, attribute, place, node),
            None => self.logical(name, place, node),
        }
    }

    /// `Fn::Join`: the elements of a list with a delimiter between them.
    pub(crate) fn join(&self, call: &Call<'_>) -> Value {
        let [delimiter, list] = call.items() else {
            return self.misused(call, "a delimiter and a list");
        };
        let origin = self.computed(call.node);
        let delimiter = self.value(delimiter);
        let Some(delimiter) = scalar_text(&delimiter) else {
            return Value::unknown(Unknown::fresh(reason_of(&delimiter)), origin);
        };
        let list = self.value(list);
        each_choice(&list, &origin, |list| match &list.kind {
            Kind::List(items) if items.open.is_none() => {
                self.joined(items, &delimiter, &origin).with_sensitivity(list.sensitive)
            }
            Kind::Unknown(unknown) => {
                Value::unknown(unknown.select(&format!("join({delimiter})")), origin.clone())
            }
            _ => Value::unknown(Unknown::fresh(reason_of(list)), origin.clone()),
        })
    }

    fn joined(&self, list: &List, delimiter: &str, origin: &Origin) -> Value {
        let guarded: Vec<&Item> = list.items.iter().filter(|item| !item.presence.is_certain()).collect();
        // Each combination of elements that may be missing is a text of its own.
        if guarded.len() > 3 || guarded.iter().any(|item| item.presence.many) {
            return Value::unknown(Unknown::fresh("which elements are joined is not known"), origin.clone());
        }
        let combinations = 0..1u32 << guarded.len();
        let choices = combinations.map(|combination| {
            let mut when = Condition::Always;
            let mut parts: Vec<Value> = Vec::new();
            let mut bit = 0;
            for item in &list.items {
                if !item.presence.is_certain() {
                    let chosen = combination >> bit & 1 == 0;
                    bit += 1;
                    let condition = item.presence.when.clone();
                    when = when.and(if chosen { condition } else { condition.not() });
                    if !chosen {
                        continue;
                    }
                }
                if !parts.is_empty() {
                    parts.push(plain(delimiter));
                }
                parts.push(item.value.clone());
            }
            (when, self.concat(parts, origin))
        });
        Value::alternatives(choices, origin.clone())
    }

    /// One text made of the texts of `parts`, which has the origin of a part if that is all there is.
    pub(crate) fn concat(&self, parts: Vec<Value>, origin: &Origin) -> Value {
        let sensitive = parts.iter().any(|part| part.sensitive);
        let combinations = parts.iter().try_fold(1usize, |product, part| match &part.kind {
            Kind::Alternatives(alternatives) => {
                Some(product * alternatives.choices.len()).filter(|product| *product <= Alternatives::MOST)
            }
            _ => Some(product),
        });
        let first = parts.iter().position(|part| matches!(part.kind, Kind::Alternatives(_)));
        if let (Some(_), Some(first)) = (combinations, first)
            && let Some(Value { kind: Kind::Alternatives(alternatives), .. }) = parts.get(first)
        {
            let with = |choice: &Value| {
                let mut parts = parts.clone();
                if let Some(part) = parts.get_mut(first) {
                    *part = choice.clone();
                }
                self.concat(parts, origin)
            };
            let choices = alternatives.choices.iter().map(|(when, choice)| (when.clone(), with(choice)));
            return Value::alternatives(choices, origin.clone()).with_sensitivity(sensitive);
        }
        let via = parts.iter().find_map(|part| part.origin.via.clone());
        let origin = Origin { via, ..origin.clone() };
        self.concat_choices(parts, origin).with_sensitivity(sensitive)
    }

    fn concat_choices(&self, values: Vec<Value>, origin: Origin) -> Value {
        let mut parts: Vec<Part> = Vec::new();
        let mut length = 0usize;
        for value in values {
            match &value.kind {
                Kind::Absent | Kind::Null => {}
                Kind::List(_) | Kind::Map(_) => {
                    return Value::unknown(
                        Unknown::fresh("a list or a map stands where a text is wanted"),
                        origin,
                    );
                }
                Kind::Template(template) => parts.extend(template.parts.iter().cloned()),
                _ => match scalar_text(&value) {
                    Some(text) => {
                        length = length.saturating_add(text.len());
                        parts.push(Part::Text(text));
                    }
                    None if has_nested_alternatives(&value) => {
                        return Value::unknown(Unknown::fresh("it depends on too many conditions"), origin);
                    }
                    None => parts.push(Part::Value(value)),
                },
            }
            if length > self.shared.sources.limits().string_bytes || parts.len() > MOST_PARTS {
                self.budget.spend(length / 64);
                return Value::unknown(Unknown::fresh("the text is longer than the limit"), origin);
            }
        }
        self.budget.spend(length / 64);
        parts.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        if let [Part::Value(_)] = parts.as_slice()
            && let Some(Part::Value(only)) = parts.pop()
        {
            return Value { origin: Origin { place: origin.place, ..only.origin }, ..only };
        }
        let has_dynamic = |part: &Part| matches!(part, Part::Text(text) if text.contains(DYNAMIC));
        if parts.iter().any(has_dynamic) {
            return self.with_dynamic(parts, origin);
        }
        Value::template(parts, origin)
    }

    /// `Fn::Split`: a text taken apart.
    pub(crate) fn split(&self, call: &Call<'_>) -> Value {
        let [delimiter, text] = call.items() else {
            return self.misused(call, "a delimiter and a text");
        };
        let origin = self.computed(call.node);
        let delimiter = self.value(delimiter);
        let Some(delimiter) = scalar_text(&delimiter).filter(|delimiter| !delimiter.is_empty()) else {
            return Value::unknown(Unknown::fresh(reason_of(&delimiter)), origin);
        };
        let text = self.value(text);
        each_choice(&text, &origin, |text| match &text.kind {
            Kind::Unknown(unknown) => {
                Value::unknown(unknown.select(&format!("split({delimiter})")), origin.clone())
            }
            _ => match scalar_text(text) {
                Some(known) if known.matches(delimiter.as_str()).count() > MOST_ITEMS => {
                    Value::unknown(Unknown::fresh("the text has too many parts"), origin.clone())
                }
                Some(known) => {
                    let item = |item: &str| {
                        Value::string(item, Origin { place: origin.place, ..text.origin.clone() })
                    };
                    self.budget.spend(known.len() / 16);
                    let items = known.split(delimiter.as_str()).map(item);
                    Value::list(items, origin.clone()).with_sensitivity(text.sensitive)
                }
                None => Value::unknown(Unknown::fresh(reason_of(text)), origin.clone()),
            },
        })
    }

    /// `Fn::Base64`. A text that is not wholly known stays as it is before encoding, so that its known parts can
    /// still be judged.
    pub(crate) fn base64(&self, call: &Call<'_>) -> Value {
        let origin = self.computed(call.node);
        let text = self.argument(call);
        each_choice(&text, &origin, |text| match scalar_text(text) {
            Some(known) => {
                let origin = Origin { place: origin.place, ..text.origin.clone() };
                Value::string(encode_base64(known.as_bytes()), origin).with_sensitivity(text.sensitive)
            }
            None => text.clone(),
        })
    }

    /// Parts in which every dynamic reference is one unknown.
    fn with_dynamic(&self, parts: Vec<Part>, origin: Origin) -> Value {
        let mut found: Vec<Part> = Vec::new();
        // The parts of the reference that is open.
        let mut open: Option<String> = None;
        for part in parts {
            let Part::Text(text) = part else {
                match &mut open {
                    Some(reference) => reference.push_str(&shown_part(&part)),
                    None => found.push(part),
                }
                continue;
            };
            let mut rest = text.as_str();
            while !rest.is_empty() {
                let (mark, inside) = if open.is_some() { ("}}", true) } else { (DYNAMIC, false) };
                let (before, after) = rest.split_once(mark).map_or((rest, None), |(a, b)| (a, Some(b)));
                match (&mut open, inside) {
                    (Some(reference), _) => reference.push_str(before),
                    (None, _) => found.push(Part::Text(before.into())),
                }
                let Some(after) = after else { break };
                rest = after;
                match open.take() {
                    Some(reference) => found.push(Part::Value(self.dynamic_reference(&reference, &origin))),
                    None => open = Some(String::new()),
                }
            }
        }
        if let Some(unclosed) = open {
            found.push(Part::Text(format!("{DYNAMIC}{unclosed}").into()));
        }
        found.retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
        if let [Part::Value(_)] = found.as_slice()
            && let Some(Part::Value(only)) = found.pop()
        {
            return only;
        }
        Value::template(found, origin)
    }

    /// The value of `{{resolve:reference}}`: set, but told to nobody.
    fn dynamic_reference(&self, reference: &str, origin: &Origin) -> Value {
        let (service, name) = reference.split_once(':').unwrap_or((reference, ""));
        let source = match service {
            "secretsmanager" => "Secrets Manager",
            "ssm-secure" => "a secure SSM parameter",
            _ => "SSM",
        };
        let reason = format!("it is read from {source} at deployment: {name}");
        let identity = Identity::new(&self.prefix, &format!("resolve:{reference}"));
        let value = Value::unknown(Unknown::identified(reason, identity), origin.clone());
        value.through(StepKind::Data, format!("{service}:{name}"), origin.place).with_sensitivity(true)
    }
}

/// A literal whose dynamic references, if it has any, are unknowns.
pub(crate) fn dynamic(stack: &Stack<'_>, value: Value) -> Value {
    match &value.kind {
        Kind::String(text) if text.contains(DYNAMIC) => {
            stack.with_dynamic(vec![Part::Text(text.clone())], value.origin.clone())
        }
        _ => value,
    }
}

/// A text with what is not known in it as `${name}`: the same text for the same value, however it is spelled.
pub(crate) fn shown(value: &Value) -> String {
    match &value.kind {
        Kind::Reference(reference) => {
            let of = Identity::shown(&reference.to);
            let dot = if reference.attribute.is_empty() { "" } else { "." };
            format!("${{{of}{dot}{}}}", reference.attribute)
        }
        Kind::Unknown(unknown) => {
            let identity = unknown.identity.as_ref();
            format!("${{{}}}", identity.map_or("?", |identity| Identity::shown(&identity.text)))
        }
        Kind::Template(template) => template.parts.iter().map(shown_part).collect(),
        _ => scalar_text(value).map_or_else(|| "${?}".to_owned(), |text| text.to_string()),
    }
}

fn shown_part(part: &Part) -> String {
    match part {
        Part::Text(text) => text.to_string(),
        Part::Value(value) => shown(value),
    }
}

/// Whether alternatives hold texts that depend on further alternatives.
fn has_nested_alternatives(value: &Value) -> bool {
    let Kind::Alternatives(alternatives) = &value.kind else { return false };
    let depends = |part: &Part| matches!(part, Part::Value(Value { kind: Kind::Alternatives(_), .. }));
    alternatives.choices.iter().any(|(_, choice)| match &choice.kind {
        Kind::Template(template) => template.parts.iter().any(depends),
        _ => false,
    })
}

fn plain(text: &str) -> Value {
    Value::string(SmolStr::new(text), Origin::default())
}

/// Base64 of RFC 4648 with padding.
fn encode_base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4u32 {
            let index = group >> (18 - 6 * position) & 63;
            let letter = ALPHABET.get(index as usize).copied().unwrap_or(b'=');
            encoded.push(if position as usize <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    encoded
}
