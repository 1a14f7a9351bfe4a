//! Functions that make texts, `Fn::Sub` and `Fn::Base64`, and how texts are put together of parts.

use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use source::document::Node;
use value::{Alternatives, Condition, How, Identity, Kind, Origin, Part, Type, Unknown, Value};

use crate::conditions::scalar_text;
use crate::dynamic::DYNAMIC;
use crate::intrinsic::{Call, each_choice, hidden};
use crate::stack::Stack;

/// Most parts of a text that is not wholly known.
const MOST_PARTS: usize = 2_000;

impl Stack<'_> {
    /// `Fn::Sub`: a text with `${names}`, and a map of names that stand for other values.
    pub(crate) fn substitute(&self, call: &Call<'_>) -> Value {
        let written = |node: &Node| node.text().filter(|_| Call::of(node).is_none()).cloned();
        let (pattern, variables) = match call.items() {
            [text, variables, ..] => (written(text), Some(variables)),
            [text] => (written(text), None),
            [] => (call.text().cloned(), None),
        };
        let Some(pattern) = pattern else {
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
                    if is_collection(value) {
                        return self.misused(call, &format!("texts, and {name} is a list or a map"));
                    }
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

    /// One text made of the texts of `parts`, which has the origin of a part if that is all there is. Alternatives are
    /// multiplied out where that gives few texts, those under the same conditions once; else they are parts.
    pub(crate) fn concat(&self, parts: Vec<Value>, origin: &Origin) -> Value {
        let sensitive = parts.iter().any(|part| part.sensitive);
        let Some(combinations) = combinations(&parts) else {
            return hidden(self.concat_choices(parts, origin), sensitive);
        };
        self.budget.spend(parts.len().saturating_mul(combinations.len()) / 8);
        let choices = combinations.into_iter().map(|chosen| {
            let when = chosen.iter().fold(Condition::Always, |all, one| all.and((*one).clone()));
            let parts = parts.iter().map(|part| choice_under(part, &chosen)).collect();
            (when, self.concat_choices(parts, origin))
        });
        hidden(Value::alternatives(choices.collect::<Vec<_>>(), origin.clone()), sensitive)
    }

    fn concat_choices(&self, values: Vec<Value>, origin: &Origin) -> Value {
        let via = values.iter().find_map(|part| part.origin.via.clone());
        let origin = Origin { via, ..origin.clone() };
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
            None if is_collection(text) => self.misused(call, "a text"),
            None => text.clone(),
        })
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
        _ if value.sensitive => "${?}".to_owned(),
        _ => scalar_text(value).map_or_else(|| "${?}".to_owned(), |text| text.to_string()),
    }
}

pub(crate) fn shown_part(part: &Part) -> String {
    match part {
        Part::Text(text) => text.to_string(),
        Part::Value(value) => shown(value),
    }
}

/// The ways to decide the conditions of all alternatives among `parts`; none if there are no alternatives, or too many
/// ways. Alternatives under the same conditions are decided together.
fn combinations(parts: &[Value]) -> Option<Vec<Vec<&Condition>>> {
    let mut groups: Vec<Vec<&Condition>> = Vec::new();
    let mut product = 1usize;
    for part in parts {
        let Kind::Alternatives(alternatives) = &part.kind else { continue };
        let choices = &alternatives.choices;
        let is_same = |group: &&Vec<&Condition>| {
            group.len() == choices.len() && choices.iter().all(|(when, _)| group.contains(&when))
        };
        if groups.iter().find(is_same).is_some() {
            continue;
        }
        product = product.checked_mul(choices.len()).filter(|product| *product <= Alternatives::MOST)?;
        groups.push(choices.iter().map(|(when, _)| when).collect());
    }
    if groups.is_empty() {
        return None;
    }
    let none: Vec<&Condition> = Vec::new();
    Some(groups.iter().fold(vec![none], |ways, group| {
        let mut longer = Vec::with_capacity(ways.len() * group.len());
        for way in &ways {
            longer.extend(group.iter().map(|when| way.iter().chain([when]).copied().collect()));
        }
        longer
    }))
}

/// What a part is where the conditions `chosen` hold.
fn choice_under(part: &Value, chosen: &[&Condition]) -> Value {
    match &part.kind {
        Kind::Alternatives(alternatives) => {
            let found = alternatives.choices.iter().find(|(when, _)| chosen.contains(&when));
            found.map_or_else(Value::absent, |(_, choice)| choice.clone())
        }
        _ => part.clone(),
    }
}

/// Whether a value is a list or a map, or will be one.
pub(crate) fn is_collection(value: &Value) -> bool {
    match &value.kind {
        Kind::List(_) | Kind::Map(_) => true,
        Kind::Unknown(unknown) => matches!(unknown.ty, Type::List(_)),
        Kind::Alternatives(alternatives) => alternatives.choices.iter().any(|(_, one)| is_collection(one)),
        _ => false,
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

pub(crate) fn plain(text: &str) -> Value {
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
