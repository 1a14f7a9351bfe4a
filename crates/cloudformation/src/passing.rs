//! What passes between stacks: texts, and lists of texts that are joined on the way in and parted where they arrive.

use std::sync::Arc;

use value::{Item, Kind, List, Part, Unknown, Value};

use crate::intrinsic::{each_choice, reason_of};
use crate::stack::Stack;

impl Stack<'_> {
    /// A text that is given to a parameter of a list type, as the list that it makes of it. What stands between two
    /// commas is an element: a reference to a resource has none in it.
    pub(crate) fn parted(&self, value: &Value) -> Value {
        let origin = value.origin.clone();
        each_choice(value, &origin, |choice| match &choice.kind {
            Kind::Reference(_) => Value::list([choice.clone()], choice.origin.clone()),
            Kind::Template(template) => {
                Value::new(Kind::List(Arc::new(self.parts(&template.parts, choice))), choice.origin.clone())
            }
            _ => choice.clone(),
        })
        .with_sensitivity(value.sensitive)
    }

    fn parts(&self, parts: &[Part], whole: &Value) -> List {
        let mut list = List::default();
        let mut piece: Vec<Value> = Vec::new();
        let plain = |text: &str| Value::string(text, whole.origin.clone());
        for part in parts {
            match part {
                Part::Text(known) => {
                    let mut rest = known.as_str();
                    while let Some((before, after)) = rest.split_once(',') {
                        piece.push(plain(before.trim()));
                        let element = self.concat(std::mem::take(&mut piece), &whole.origin);
                        list.items.push(Item::certain(element));
                        rest = after;
                    }
                    piece.push(plain(rest.trim()));
                }
                Part::Value(value) if matches!(value.kind, Kind::Reference(_)) => piece.push(value.clone()),
                Part::Value(value) => {
                    list.open = Some(Arc::new(Unknown::fresh(reason_of(value))));
                    return list;
                }
            }
        }
        list.items.push(Item::certain(self.concat(piece, &whole.origin)));
        list
    }
}

/// A value as it passes between stacks: a text or a list of texts. Anything else fails the deployment, and would
/// let a chain of stacks build values of any depth.
pub(crate) fn text_or_list(value: Value) -> Value {
    let is_text = |value: &Value| !matches!(value.kind, Kind::List(_) | Kind::Map(_));
    let fits = |value: &Value| match &value.kind {
        Kind::List(list) => list.items.iter().all(|item: &Item| is_text(&item.value)),
        _ => is_text(value),
    };
    let all_fit = match &value.kind {
        Kind::Alternatives(alternatives) => alternatives.choices.iter().all(|(_, choice)| fits(choice)),
        _ => fits(&value),
    };
    if all_fit {
        return value;
    }
    Value::unknown(Unknown::fresh("only texts and lists of texts pass between stacks"), value.origin)
}
