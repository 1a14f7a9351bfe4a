//! Dynamic references: `{{resolve:ssm:…}}`, `ssm-secure` and `secretsmanager` in any text. Invariant: what they stand
//! for is set, told to nobody, and never a literal of the template.

use value::{Identity, Kind, Origin, Part, StepKind, Unknown, Value};

use crate::stack::Stack;
use crate::text::shown_part;

/// How a dynamic reference begins.
pub(crate) const DYNAMIC: &str = "{{resolve:";

/// How an output of a product of AWS Service Catalog is written, where the template has the transform for it.
const PRODUCT: &str = "[[servicecatalog:";

impl Stack<'_> {
    /// Parts in which every dynamic reference is one unknown.
    pub(crate) fn with_dynamic(&self, parts: Vec<Part>, origin: Origin) -> Value {
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
        Kind::String(text)
            if text.contains(PRODUCT) && stack.template.has_transform(crate::macros::SERVICE_CATALOG) =>
        {
            let reason = format!("it is an output of a provisioned product: {text}");
            stack.unknown(text, reason, value.origin.clone())
        }
        _ => value,
    }
}
